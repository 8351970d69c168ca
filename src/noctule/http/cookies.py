"""The cookies of a session: what makes a browser signed in, and what its page sends back with changes."""

from litestar.datastructures import Cookie

from noctule.accounts.sessions import csrf
from noctule.http.context import AppRequest
from noctule.http.gate import CSRF_COOKIE, SESSION_COOKIE
from noctule_agent.wire.limits import SESSION_DAYS


def session_cookies(request: AppRequest, secret: str) -> list[Cookie]:
    age, secure = SESSION_DAYS * 24 * 3600, is_secure(request)
    return [
        Cookie(SESSION_COOKIE, value=secret, max_age=age, httponly=True, samesite="lax", secure=secure),
        Cookie(CSRF_COOKIE, value=csrf(secret), max_age=age, samesite="lax", secure=secure),
    ]


def no_cookies(request: AppRequest) -> list[Cookie]:
    """Those of who is signed out."""
    secure = is_secure(request)
    return [
        Cookie(SESSION_COOKIE, value="", max_age=0, httponly=True, samesite="lax", secure=secure),
        Cookie(CSRF_COOKIE, value="", max_age=0, samesite="lax", secure=secure),
    ]


def is_secure(request: AppRequest) -> bool:
    """It came by https, to this server or to the proxy in front of it (the gate knows)."""
    return bool(request.scope.get("state", {}).get("secure"))
