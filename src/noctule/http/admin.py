"""Accounts and invitations, for who manages. A token with the scope may do it, but for what would make it worth more."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from noctule.accounts.common import by
from noctule.accounts.people import Change, NewPerson
from noctule.accounts.principal import check_in_person
from noctule.http.context import AppRequest, TheCore, checked_id, principal_of
from noctule.http.links import link_to
from noctule.http.me import Line, Password, maybe
from noctule.http.notebooks import moment
from noctule.store.rows import AccountRow, InvitationRow
from noctule_agent.wire.limits import INVITATION_DAYS, QUOTA_BYTES
from noctule_agent.wire.values import UserId


class AccountInfo(msgspec.Struct):
    """`quota`: bytes of its own, null for what the plan says. `plan`: the id of a plan."""

    id: str
    login: str
    shown: str
    email: str | None
    admin: bool
    disabled: bool
    quota: int | None
    plan: str
    has_password: bool
    created_at: datetime
    visited_at: datetime | None


class AccountList(msgspec.Struct):
    accounts: list[AccountInfo]


class NewAccount(msgspec.Struct):
    """Without a password it can sign in by OpenID Connect alone, once it is linked."""

    login: Line
    shown: Line = ""
    email: Line | None = None
    password: Password | None = None
    admin: bool = False


class AccountChange(msgspec.Struct, omit_defaults=True):
    """What is not there stays; an empty `email` is none, and `quota` -1 none of its own: what the plan says."""

    shown: Line | None = None
    email: Line | None = None
    admin: bool | None = None
    disabled: bool | None = None
    quota: Annotated[int, msgspec.Meta(ge=-1, le=QUOTA_BYTES)] | None = None
    plan: Line | None = None
    password: Password | None = None


class InvitationInfo(msgspec.Struct):
    """`by`: an account's id, or `server`."""

    id: str
    email: str | None
    admin: bool
    by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None


class InvitationList(msgspec.Struct):
    invitations: list[InvitationInfo]


class NewInvitation(msgspec.Struct):
    email: Line | None = None
    admin: bool = False
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = INVITATION_DAYS


class MadeInvitation(msgspec.Struct):
    """`link` is shown this once."""

    invitation: InvitationInfo
    link: str


def account_info(row: AccountRow) -> AccountInfo:
    return AccountInfo(
        id=row.id,
        login=row.login,
        shown=row.shown,
        email=row.email,
        admin=row.admin,
        disabled=row.disabled,
        quota=row.quota,
        plan=row.plan,
        has_password=row.password is not None,
        created_at=moment(row.created_at),
        visited_at=maybe(row.visited_at),
    )


def invitation_info(row: InvitationRow) -> InvitationInfo:
    return InvitationInfo(
        id=row.id,
        email=row.email,
        admin=row.admin,
        by=row.by,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        used_at=maybe(row.used_at),
        used_by=row.used_by,
    )


def change_of(data: AccountChange) -> Change:
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    if given.get("quota") == -1:
        given["quota"] = None
    return Change(**given)


class Admin(Controller):
    path = "/api/v1/admin"
    tags = ("admin",)

    @get("/accounts", summary="All accounts")
    async def accounts(self, core: TheCore) -> AccountList:
        return AccountList([account_info(row) for row in await core.accounts.people.all()])

    @post("/accounts", summary="Make an account for somebody")
    async def make_account(self, request: AppRequest, core: TheCore, data: JSONBody[NewAccount]) -> AccountInfo:
        principal = principal_of(request)
        check_in_person(principal)
        person = NewPerson(data.login, data.password, data.shown, data.email, data.admin)
        return account_info(await core.accounts.people.make(by(principal), person))

    @patch("/accounts/{account_id:str}", summary="Change, disable or enable an account")
    async def change_account(
        self, request: AppRequest, core: TheCore, account_id: FromPath[str], data: JSONBody[AccountChange]
    ) -> AccountInfo:
        principal = principal_of(request)
        # By an email, too, somebody signs in: OpenID Connect gives them an account that was made for it.
        if data.password is not None or data.admin is not None or data.email is not None:
            check_in_person(principal)
        if data.plan is not None:
            checked_id(data.plan)
        account = UserId(checked_id(account_id))
        return account_info(await core.accounts.people.change(by(principal), account, change_of(data)))

    @delete("/accounts/{account_id:str}", summary="Delete an account and all that it has")
    async def remove_account(self, request: AppRequest, core: TheCore, account_id: FromPath[str]) -> None:
        await core.accounts.people.remove(by(principal_of(request)), UserId(checked_id(account_id)))

    @get("/invitations", summary="Invitations, the newest first; used and expired ones for a while")
    async def invitations(self, core: TheCore) -> InvitationList:
        return InvitationList([invitation_info(row) for row in await core.accounts.invitations.all()])

    @post("/invitations", summary="Invite somebody; the link is shown this once")
    async def invite(self, request: AppRequest, core: TheCore, data: JSONBody[NewInvitation]) -> MadeInvitation:
        principal = principal_of(request)
        check_in_person(principal)
        made = core.accounts.invitations.make(by(principal), data.email, admin=data.admin, days=data.days)
        row, secret = await made
        return MadeInvitation(invitation_info(row), link_to(request, core, f"/invitation/{secret}"))

    @delete("/invitations/{invitation_id:str}", summary="Take an invitation back")
    async def revoke(self, request: AppRequest, core: TheCore, invitation_id: FromPath[str]) -> None:
        await core.accounts.invitations.revoke(by(principal_of(request)), checked_id(invitation_id))
