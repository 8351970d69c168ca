"""The run state as rows. One door: `apply` writes a revision, the others read."""

from .apply import apply, forget_superseded
from .lines import lines, search
from .snapshot import bare, mime, outputs, snapshot, text
from .whole import StoredOutputs, StoredText, full_outputs, stored_outputs
from .widgets import widget_buffer, widget_state

__all__ = [
    "StoredOutputs",
    "StoredText",
    "apply",
    "bare",
    "forget_superseded",
    "full_outputs",
    "lines",
    "mime",
    "outputs",
    "search",
    "snapshot",
    "stored_outputs",
    "text",
    "widget_buffer",
    "widget_state",
]
