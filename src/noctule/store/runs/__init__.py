"""The run state as rows. One door: `apply` writes a revision, the others read."""

from .apply import apply, forget_superseded
from .snapshot import bare, full_outputs, full_outputs_of, mime, outputs, snapshot, text
from .widgets import widget_state

__all__ = [
    "apply",
    "bare",
    "forget_superseded",
    "full_outputs",
    "full_outputs_of",
    "mime",
    "outputs",
    "snapshot",
    "text",
    "widget_state",
]
