"""What people may call themselves, and which passwords will do. Pure: text in, text or Invalid out."""

import re
import unicodedata
from typing import Final

from noctule.errors import Invalid
from noctule_agent.wire.limits import PASSWORD_CHARS, PASSWORD_CHARS_LEAST

LOGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,37}[a-z0-9])?")
EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,190}")
SHOWN_CHARS: Final = 80
LABEL_CHARS: Final = 100
RESERVED: Final = frozenset({"you", "server", "noctule", "anyone", "everyone", "nobody"})
"""What the page and the log say of no account."""


def checked_login(text: str) -> str:
    """In lower case. Raises Invalid. It holds no @, so that it is never taken for an email."""
    login = text.strip().lower()
    if not LOGIN.fullmatch(login) or login in RESERVED:
        raise Invalid(
            "login-invalid",
            "This cannot be a login.",
            "A login has 1 to 39 of a-z, 0-9, dot, dash and underscore, and begins and ends with a letter or figure.",
        )
    return login


def checked_email(text: str | None) -> str | None:
    """In lower case; None for nothing. Raises Invalid."""
    email = (text or "").strip().lower()
    if not email:
        return None
    if not EMAIL.fullmatch(email) or _has_control(email):
        raise Invalid("email-invalid", "This is not an email address.", "It looks like name@example.org.")
    return email


def checked_shown(text: str, login: str) -> str:
    """As people see it; the login when nothing is given. Raises Invalid."""
    shown = unicodedata.normalize("NFC", text).strip() or login
    if len(shown) > SHOWN_CHARS or _has_control(shown):
        raise Invalid(
            "name-invalid",
            "This cannot be a name.",
            f"A name has at most {SHOWN_CHARS} characters, in one line, and none that turn the direction of text.",
        )
    return shown


def checked_name(text: str) -> str:
    """Of a team or a plan. Raises Invalid."""
    name = checked_shown(text, "")
    if not name:
        raise Invalid("name-invalid", "This cannot be a name.", "Give it one.")
    return name


def checked_label(text: str) -> str:
    """What a token is called. Raises Invalid."""
    label = text.strip()
    if not label or len(label) > LABEL_CHARS or _has_control(label):
        raise Invalid(
            "label-invalid", "A token needs a name.", f"It has at most {LABEL_CHARS} characters, in one line."
        )
    return label


def checked_password(password: str, login: str) -> str:
    """Raises Invalid. Length is what counts; rules about figures and signs make passwords no better."""
    if not PASSWORD_CHARS_LEAST <= len(password) <= PASSWORD_CHARS:
        raise Invalid(
            "password-length",
            f"A password has {PASSWORD_CHARS_LEAST} to {PASSWORD_CHARS} characters.",
            "A few words that you remember are a good one.",
        )
    if _same(password) == _same(login):
        raise Invalid("password-is-login", "The password is the login.", "Choose one that nobody can guess.")
    return password


def free_login(wanted: str, taken: frozenset[str]) -> str:
    """A login like this one that is free: for who comes from an issuer, and is not asked."""
    plain = unicodedata.normalize("NFKD", wanted.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9._-]", "-", plain).strip("._-")[:30].rstrip("._-") or "person"
    candidate, number = stem, 1
    while candidate in taken or candidate in RESERVED:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def _same(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _has_control(text: str) -> bool:
    return any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") or each in _TURNING for each in text)


_TURNING: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
