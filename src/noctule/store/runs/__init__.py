"""The run state as rows. One door: `apply` writes a revision, the others read."""

from .apply import apply, forget_superseded
from .lines import lines, search
from .snapshot import bare, mime, outputs, snapshot, text
from .whole import full_outputs
from .widgets import widget_state

__all__ = [
    "apply",
    "bare",
    "forget_superseded",
    "full_outputs",
    "lines",
    "mime",
    "outputs",
    "search",
    "snapshot",
    "text",
    "widget_state",
]
