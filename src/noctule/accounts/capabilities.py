"""What each operation needs: one table, one door for frames (rooms/page.py) and one for requests (http/gate.py).

An operation that is not in the table is refused (invariant 11); a test proves that the table is complete.
"""

from enum import StrEnum
from typing import Final

from noctule.errors import Forbidden
from noctule_agent.wire import page


class Capability(StrEnum):
    VIEW = "view"
    """See a notebook and its outputs."""
    EDIT = "edit"
    """Change sources, order, names and outputs; make and delete notebooks."""
    COMMENT = "comment"
    """See what others say about the cells of a notebook, and say something."""
    RUN = "run"
    """Run code, answer it, stop it, start and end its runtime."""
    SHARE = "share"
    """Say who else has an item, and give it away."""
    MANAGE = "manage"
    """Accounts, teams and the audit log; stop the server, read its metrics. It gives no right to read a notebook."""


ALL: Final = frozenset(Capability)

FRAMES: Final[dict[type, Capability]] = {
    page.Open: Capability.VIEW,
    page.Presence: Capability.VIEW,
    page.Ping: Capability.VIEW,
    page.Need: Capability.VIEW,
    page.Update: Capability.EDIT,
    page.ClearOutputs: Capability.EDIT,
    page.StartThread: Capability.COMMENT,
    page.Reply: Capability.COMMENT,
    page.EditComment: Capability.COMMENT,
    page.DeleteComment: Capability.COMMENT,
    page.ResolveThread: Capability.COMMENT,
    page.Run: Capability.RUN,
    page.Interrupt: Capability.RUN,
    page.Restart: Capability.RUN,
    page.CancelRun: Capability.RUN,
    page.Connect: Capability.RUN,
    page.Disconnect: Capability.RUN,
    page.AnswerPrompt: Capability.RUN,
    page.Comm: Capability.RUN,
    page.Ask: Capability.RUN,
}

NOTEBOOK_PARAMETERS: Final = frozenset({"notebook_id", "other_id"})
"""Of a path: what is needed is needed for these notebooks (accounts/roles.py)."""
RUN_PARAMETER: Final = "run_id"
ITEM_PARAMETER: Final = "item_id"

_NOTEBOOKS: Final = "/api/v1/notebooks"
_ITEM: Final = "/api/v1/items/{item_id}"
_REQUESTS: Final = "/api/v1/requests"
_UPLOAD: Final = "/api/v1/uploads/{upload}"
_FILES: Final = "/api/v1/notebooks/{notebook_id}/files"
_TERMINALS: Final = "/api/v1/notebooks/{notebook_id}/terminals"
_DAV: Final = "/dav"
_OUTPUT: Final = "/api/v1/notebooks/{notebook_id}/outputs/{output_id}"
_REVISIONS: Final = "/api/v1/notebooks/{notebook_id}/revisions"
_REVISION: Final = "/api/v1/notebooks/{notebook_id}/revisions/{revision_id}"
_ADMIN: Final = "/api/v1/admin"

REQUESTS: Final[dict[tuple[str, str], Capability | None]] = {
    # None: answered to anyone, for it holds nothing of anybody, or says by itself who may go on.
    ("GET", "/"): None,
    ("GET", "/healthz"): None,
    ("GET", "/readyz"): None,
    ("GET", "/static/{name}"): None,
    ("GET", "/static/nbextensions/{name}"): None,
    ("WEBSOCKET", "/api/v1/agent"): None,
    # The page holds nothing; in personal mode the gate wants a session for it all the same.
    ("GET", "/notebooks/{notebook_id}"): None,
    ("GET", "/drive"): None,
    ("GET", "/drive/{place}"): None,
    ("GET", "/sign-in"): None,
    ("GET", "/invitation/{secret}"): None,
    ("GET", "/account"): None,
    ("GET", "/account/{part}"): None,
    ("GET", "/admin"): None,
    ("GET", "/admin/{part}"): None,
    ("GET", "/api/v1/door"): None,
    ("POST", "/api/v1/session"): None,
    ("POST", "/api/v1/accounts"): None,
    ("GET", "/api/v1/invitations/{secret}"): None,
    ("GET", "/oidc/start"): None,
    ("GET", "/oidc/back"): None,
    # One's own account: whoever is in has it; what a token may not, its handler says (principal.check_in_person).
    ("DELETE", "/api/v1/session"): Capability.VIEW,
    ("GET", "/api/v1/me"): Capability.VIEW,
    ("PATCH", "/api/v1/me"): Capability.VIEW,
    ("DELETE", "/api/v1/me"): Capability.VIEW,
    ("POST", "/api/v1/me/password"): Capability.VIEW,
    ("GET", "/api/v1/me/sessions"): Capability.VIEW,
    ("DELETE", "/api/v1/me/sessions"): Capability.VIEW,
    ("DELETE", "/api/v1/me/sessions/{session_id}"): Capability.VIEW,
    ("GET", "/api/v1/me/tokens"): Capability.VIEW,
    ("POST", "/api/v1/me/tokens"): Capability.VIEW,
    ("DELETE", "/api/v1/me/tokens/{token_id}"): Capability.VIEW,
    ("GET", "/api/v1/people"): Capability.VIEW,
    ("GET", "/api/v1/openapi.json"): Capability.VIEW,
    ("GET", "/api/v1/openapi.json/openapi.json"): Capability.VIEW,
    ("GET", "/api/v1/openapi.json/{path}"): Capability.VIEW,
    ("WEBSOCKET", f"{_NOTEBOOKS}/{{notebook_id}}/socket"): Capability.VIEW,
    ("GET", _NOTEBOOKS): Capability.VIEW,
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}"): Capability.VIEW,
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}/file"): Capability.VIEW,
    # A notebook's past may hold what was taken out of it on purpose: it is for who may edit.
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}/executions"): Capability.EDIT,
    ("GET", _REVISIONS): Capability.EDIT,
    ("POST", _REVISIONS): Capability.EDIT,
    ("GET", _REVISION): Capability.EDIT,
    ("PATCH", _REVISION): Capability.EDIT,
    ("DELETE", _REVISION): Capability.EDIT,
    ("GET", f"{_REVISION}/file"): Capability.EDIT,
    ("GET", f"{_REVISION}/cells/{{cell_id}}/outputs"): Capability.EDIT,
    ("POST", f"{_REVISION}/restore"): Capability.EDIT,
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}/compare"): Capability.EDIT,
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}/compare/{{other_id}}"): Capability.VIEW,
    ("GET", f"{_OUTPUT}/text"): Capability.VIEW,
    ("GET", f"{_OUTPUT}/lines"): Capability.VIEW,
    ("GET", f"{_OUTPUT}/search"): Capability.VIEW,
    ("GET", f"{_OUTPUT}/log"): Capability.VIEW,
    ("GET", f"{_OUTPUT}/mime"): Capability.VIEW,
    ("GET", f"{_NOTEBOOKS}/{{notebook_id}}/widgets/buffers/{{sha256}}"): Capability.VIEW,
    ("GET", "/api/v1/templates"): Capability.VIEW,
    ("GET", "/api/v1/runs"): Capability.VIEW,
    ("GET", "/api/v1/runs/{run_id}"): Capability.VIEW,
    ("POST", _NOTEBOOKS): Capability.EDIT,
    ("PATCH", f"{_NOTEBOOKS}/{{notebook_id}}/mine"): Capability.VIEW,
    ("POST", f"{_NOTEBOOKS}/upload"): Capability.EDIT,
    ("POST", f"{_NOTEBOOKS}/import"): Capability.EDIT,
    ("POST", f"{_NOTEBOOKS}/convert"): Capability.EDIT,
    ("PATCH", f"{_NOTEBOOKS}/{{notebook_id}}"): Capability.EDIT,
    ("DELETE", f"{_NOTEBOOKS}/{{notebook_id}}"): Capability.EDIT,
    ("POST", f"{_NOTEBOOKS}/{{notebook_id}}/runs"): Capability.RUN,
    # A runtime's terminals and files: whoever has them has the runtime, so reading needs what running does.
    ("GET", _TERMINALS): Capability.RUN,
    ("POST", _TERMINALS): Capability.RUN,
    ("DELETE", f"{_TERMINALS}/{{terminal_id}}"): Capability.RUN,
    ("WEBSOCKET", f"{_TERMINALS}/{{terminal_id}}/socket"): Capability.RUN,
    ("GET", _FILES): Capability.RUN,
    ("GET", f"{_FILES}/entry"): Capability.RUN,
    ("GET", f"{_FILES}/count"): Capability.RUN,
    ("GET", f"{_FILES}/content"): Capability.RUN,
    ("PUT", f"{_FILES}/content"): Capability.RUN,
    ("POST", f"{_FILES}/folders"): Capability.RUN,
    ("POST", f"{_FILES}/move"): Capability.RUN,
    ("DELETE", _FILES): Capability.RUN,
    ("POST", f"{_FILES}/uploads"): Capability.RUN,
    ("GET", f"{_FILES}/uploads/{{upload_id}}"): Capability.RUN,
    ("PATCH", f"{_FILES}/uploads/{{upload_id}}"): Capability.RUN,
    ("DELETE", f"{_FILES}/uploads/{{upload_id}}"): Capability.RUN,
    ("GET", "/api/v1/drive"): Capability.VIEW,
    ("GET", "/api/v1/items"): Capability.VIEW,
    ("DELETE", "/api/v1/items"): Capability.EDIT,
    ("GET", _ITEM): Capability.VIEW,
    ("GET", f"{_ITEM}/children"): Capability.VIEW,
    ("GET", f"{_ITEM}/content"): Capability.VIEW,
    ("PATCH", f"{_ITEM}/mine"): Capability.VIEW,
    ("PATCH", _ITEM): Capability.EDIT,
    ("DELETE", _ITEM): Capability.EDIT,
    ("POST", f"{_ITEM}/folders"): Capability.EDIT,
    ("POST", f"{_ITEM}/notebooks"): Capability.EDIT,
    ("POST", f"{_ITEM}/import"): Capability.EDIT,
    # Where the copy is put, EDIT is asked for there.
    ("POST", f"{_ITEM}/copy"): Capability.VIEW,
    ("POST", f"{_ITEM}/restore"): Capability.EDIT,
    ("POST", f"{_ITEM}/uploads"): Capability.EDIT,
    ("GET", _UPLOAD): Capability.EDIT,
    ("PATCH", _UPLOAD): Capability.EDIT,
    ("DELETE", _UPLOAD): Capability.EDIT,
    # Who else has it.
    ("GET", f"{_ITEM}/grants"): Capability.EDIT,
    ("PUT", f"{_ITEM}/grants"): Capability.SHARE,
    ("DELETE", f"{_ITEM}/grants/{{grant_id}}"): Capability.SHARE,
    ("DELETE", f"{_ITEM}/mine"): Capability.VIEW,
    ("POST", f"{_ITEM}/transfer"): Capability.SHARE,
    ("DELETE", f"{_ITEM}/requests/{{account_id}}"): Capability.SHARE,
    ("GET", _REQUESTS): Capability.SHARE,
    ("POST", _REQUESTS): Capability.VIEW,
    # WebDAV: all below the mount. A lock is for who writes.
    ("OPTIONS", _DAV): Capability.VIEW,
    ("GET", _DAV): Capability.VIEW,
    ("PROPFIND", _DAV): Capability.VIEW,
    ("PUT", _DAV): Capability.EDIT,
    ("DELETE", _DAV): Capability.EDIT,
    ("MKCOL", _DAV): Capability.EDIT,
    ("COPY", _DAV): Capability.EDIT,
    ("MOVE", _DAV): Capability.EDIT,
    ("PROPPATCH", _DAV): Capability.EDIT,
    ("LOCK", _DAV): Capability.EDIT,
    ("UNLOCK", _DAV): Capability.EDIT,
    ("GET", "/metrics"): Capability.MANAGE,
    ("POST", f"{_ADMIN}/stop"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/accounts"): Capability.MANAGE,
    ("POST", f"{_ADMIN}/accounts"): Capability.MANAGE,
    ("PATCH", f"{_ADMIN}/accounts/{{account_id}}"): Capability.MANAGE,
    ("DELETE", f"{_ADMIN}/accounts/{{account_id}}"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/invitations"): Capability.MANAGE,
    ("POST", f"{_ADMIN}/invitations"): Capability.MANAGE,
    ("DELETE", f"{_ADMIN}/invitations/{{invitation_id}}"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/teams"): Capability.MANAGE,
    ("POST", f"{_ADMIN}/teams"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/teams/{{team_id}}"): Capability.MANAGE,
    ("PATCH", f"{_ADMIN}/teams/{{team_id}}"): Capability.MANAGE,
    ("DELETE", f"{_ADMIN}/teams/{{team_id}}"): Capability.MANAGE,
    ("PUT", f"{_ADMIN}/teams/{{team_id}}/members/{{account_id}}"): Capability.MANAGE,
    ("DELETE", f"{_ADMIN}/teams/{{team_id}}/members/{{account_id}}"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/audit"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/audit/export"): Capability.MANAGE,
    ("GET", f"{_ADMIN}/settings"): Capability.MANAGE,
}


def check(needed: Capability | None, held: frozenset[Capability]) -> None:
    """Raise Forbidden when it is not held."""
    if needed is not None and needed not in held:
        raise Forbidden("capability-refused", f"You may not {needed} here.", "Ask the owner.")


def of_frame(frame: object) -> Capability:
    """What a frame of a page needs. Raises Forbidden for one that nobody put into the table."""
    return _known(FRAMES.get(type(frame)))


def of_request(method: str, path_template: str) -> Capability | None:
    """What a request needs; None when nothing. Raises Forbidden for a route that nobody put into the table."""
    key = (method, path_template)
    return REQUESTS[key] if key in REQUESTS else _known(None)


def _known(found: Capability | None) -> Capability:
    if found is None:
        raise Forbidden("capability-refused", "This operation is not open to anyone.", "Please report it.")
    return found
