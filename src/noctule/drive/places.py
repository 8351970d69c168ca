"""Where something lies in somebody's tree, and which names may be given. Pure: it may not touch the disk.

Names are bytes, as the disk has them. `shown` makes a text of any of them, and `bytes_of` leads back; `checked` is for names that are new.
"""

import re
import unicodedata
from collections.abc import Callable

import msgspec

from noctule.errors import Conflict, Invalid
from noctule_agent.files import names

NAME_BYTES = names.NAME_BYTES
OURS = b".noctule"
"""Names that begin so are the server's and the agents' own: neither listed nor given."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of text, so that `cod.exe` can be read where `exe.doc` stands."""
_NOT_ON_WINDOWS = frozenset('<>:"\\|?*')
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *(port + n for port in ("COM", "LPT") for n in "0123456789¹²³")]
)
_BREAKS = ("Cc", "Zl", "Zp")
_NUMBERED = re.compile(rb"(.+) \(([1-9][0-9]{0,5})\)", re.DOTALL)
_ENDING_BYTES = 32
"""What follows the last dot is the kind of file, if it is no longer than this."""
_TRIES = 1_000_000

shown = names.shown


class Place(msgspec.Struct, frozen=True):
    """A path in somebody's tree: `tree` is the folder of its owner in DATA/drive; no parts: that folder itself."""

    tree: str
    parts: tuple[bytes, ...] = ()

    @property
    def name(self) -> bytes:
        """Empty for the tree itself."""
        return self.parts[-1] if self.parts else b""

    @property
    def above(self) -> "Place":
        """The folder that it is in. The tree itself is in none: ValueError."""
        if not self.parts:
            raise ValueError("nothing is above a tree")
        return Place(self.tree, self.parts[:-1])

    def below(self, name: bytes) -> "Place":
        return Place(self.tree, (*self.parts, name))


def bytes_of(text: str) -> bytes:
    """The name that is shown as this text. Raises Invalid for a text that shows none."""
    try:
        return names.raw(text)
    except UnicodeEncodeError:
        raise _invalid("It has a character that no name can have.") from None


def checked(name: str) -> bytes:
    """A name for something new, as it is kept: NFC, without outer spaces. Raises Invalid with what is wrong with it."""
    text = unicodedata.normalize("NFC", name).strip()
    if text in ("", ".", ".."):
        raise _invalid("A name has at least one character, and is not `.` or `..`.")
    if wrong := _wrong_character(text):
        raise _invalid(wrong)
    if text.endswith("."):
        raise _invalid("Windows keeps no dot at the end of a name. Leave it out.")
    if _is_device(text):
        raise _invalid(f"Windows keeps `{text.partition('.')[0].strip()}` for a device. Choose another name.")
    kept = text.encode()
    if kept.startswith(OURS):
        raise _invalid(f"Names that begin with `{OURS.decode()}` are the server's own. Choose another beginning.")
    if len(kept) > NAME_BYTES:
        raise _invalid(f"It takes {len(kept)} bytes; a name may have {NAME_BYTES}. Shorten it.")
    return kept


def free_name(name: bytes, taken: Callable[[bytes], bool]) -> bytes:
    """`name`, or that name with the first number that is free: `x.ipynb`, `x (2).ipynb`, `x (3).ipynb`."""
    if not taken(name):
        return name
    stem, ending = _ending(name)
    numbered = _NUMBERED.fullmatch(stem)
    first = int(numbered[2]) + 1 if numbered else 2
    stem = numbered[1] if numbered else stem
    for number in range(first, first + _TRIES):
        tail = b" (%d)" % number + ending
        candidate = _cut(stem, NAME_BYTES - len(tail)) + tail
        if not taken(candidate):
            return candidate
    raise Conflict(
        "name-taken", "There is already something of this name.", "Its numbers are taken too. Choose another name."
    )


def portable(name: bytes) -> str:
    """A name that every system can keep, for what is taken elsewhere in an archive: what some cannot becomes `_`."""
    text = "".join("_" if _wrong_character(char) else char for char in unicodedata.normalize("NFC", shown(name)))
    ended = text.rstrip(". ")
    text = ended + "_" * (len(text) - len(ended))
    return "_" + text if _is_device(text) else text


def _is_device(text: str) -> bool:
    """Windows opens a device under this name, whatever ending it has."""
    return text.partition(".")[0].strip().upper() in _DEVICES


def _wrong_character(text: str) -> str:
    """What is wrong with it; empty: nothing."""
    for char in text:
        if char == "/":
            return "A name has no slash: it divides folders. Leave it out."
        if char in _BIDI:
            return "It has an invisible character that turns the direction of text. Leave it out."
        if char in _NOT_ON_WINDOWS:
            return f"Windows cannot keep `{char}` in a name. Leave it out."
        if unicodedata.category(char) in _BREAKS:
            return "It has a control character or a line break. Leave it out."
        if unicodedata.category(char) == "Cs" or names.escapes(char):
            return "It has a character that stands for a byte which is no text. Type that part anew."
    return ""


def _ending(name: bytes) -> tuple[bytes, bytes]:
    """`x`, `.ipynb`. A dot at the beginning begins a name, and no ending."""
    at = name.rfind(b".")
    if at <= 0 or len(name) - at > _ENDING_BYTES:
        return name, b""
    return name[:at], name[at:]


def _cut(stem: bytes, size: int) -> bytes:
    """At most so many bytes, and no half character of what is text."""
    if len(stem) <= size:
        return stem
    try:
        stem.decode()
    except UnicodeDecodeError:
        return stem[:size]
    return stem[:size].decode("utf-8", "ignore").rstrip().encode()


def _invalid(detail: str) -> Invalid:
    return Invalid("name-invalid", "This is no name for a file or a folder.", detail)
