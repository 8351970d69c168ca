"""Errors as problem details (RFC 9457): one shape, one place."""

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException

from noctule.errors import NoctuleError, TooMany, problem
from noctule.http.context import AppRequest
from noctule_agent.wire.values import Problem

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


def body(found: Problem) -> bytes:
    """The JSON of a problem. `type` is a name, not an address: docs/problems.md says what the code means."""
    return msgspec.json.encode(
        {
            "type": f"urn:noctule:problem:{found.code}",
            "title": found.title,
            "status": found.status,
            "detail": found.detail,
            "code": found.code,
        }
    )


def respond(found: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(content=body(found), status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


def on_noctule_error(_: AppRequest, error: NoctuleError) -> Response[bytes]:
    headers = {"retry-after": str(error.after)} if isinstance(error, TooMany) else None
    return respond(problem(error), headers)


def on_http_exception(_: AppRequest, error: HTTPException) -> Response[bytes]:
    """What Litestar itself refuses: an unknown path, a method, a body that does not decode."""
    codes = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 400: "request-invalid"}
    detail = str(error.detail) if error.status_code < 500 else ""
    code = codes.get(error.status_code, "request-refused" if error.status_code < 500 else "internal-error")
    return respond(Problem(code=code, title=error.__class__.__name__, detail=detail, status=error.status_code))


def on_defect(request: AppRequest, error: Exception) -> Response[bytes]:
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    return respond(problem(error))
