"""What Drive's requests and answers look like (docs/drive.md, HTTP). Values only."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar.params import FromQuery, QueryParameter

from noctule.store.rows import GivenRole, GrantKind, ItemKind, Role
from noctule_agent.wire.limits import FOLDER_PAGE_ENTRIES
from noctule_agent.wire.values import Id

TIGHT: Final = 0.8
"""From this part of the quota on people are told."""
LARGEST: Final = 2**53
"""Bytes of a file: what a page's own numbers can say."""

After = FromQuery[str | None]
Limit = Annotated[int, QueryParameter(ge=1, le=FOLDER_PAGE_ENTRIES)]


class Person(msgspec.Struct):
    id: str
    name: str


class Item(msgspec.Struct):
    """`name` as people see it. `running`: something of the notebook runs or waits; `live`: it has a runtime."""

    id: str
    kind: ItemKind
    name: str
    parent: str | None
    size: int
    changed_at: datetime
    version: str
    role: Role
    owner: Person
    starred: bool = False
    shared: bool = False
    running: bool = False
    live: bool = False
    opened_at: datetime | None = None
    binned_at: datetime | None = None


class ItemList(msgspec.Struct):
    """`after`: asks for the page that follows; None when there is none. `total`: so many are in the folder, told with the first."""

    items: list[Item]
    after: str | None
    total: int | None = None


class Above(msgspec.Struct):
    """A folder above an item."""

    id: str
    name: str


class ItemPage(msgspec.Struct):
    item: Item
    path: list[Above]


class DriveInfo(msgspec.Struct):
    """Bytes. `quota` None: there is none. `binned`: so much of `used` lies in the bin. `tight`: there is little room left.
    `requests`: so many wait for an answer of this person."""

    root: str
    used: int
    quota: int | None
    binned: int
    tight: bool
    requests: int


class Grant(msgspec.Struct):
    """`whom`: an account or a team, "" for anyone; `name` is theirs, empty when they are gone. `item`: the folder above on which
    it stands, None: this item; without id and name when the asker may not see that folder."""

    id: str
    kind: GrantKind
    whom: str
    name: str
    login: str
    role: GivenRole
    by: Person
    at: datetime
    expires_at: datetime | None
    item: Above | None


class Asker(msgspec.Struct):
    id: str
    login: str
    shown: str


class AccessRequest(msgspec.Struct):
    """Somebody asks for a role for an item."""

    item: Above
    user: Asker
    role: GivenRole
    text: str
    at: datetime


class GrantList(msgspec.Struct):
    """`requests`: for the owner alone."""

    grants: list[Grant]
    requests: list[AccessRequest]


class RequestList(msgspec.Struct):
    requests: list[AccessRequest]


class NewGrant(msgspec.Struct):
    kind: GrantKind
    role: GivenRole
    whom: str = ""
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class NewRequest(msgspec.Struct):
    """`item`: the id of an item or a notebook, as an address says it."""

    item: str
    role: GivenRole
    text: str = ""


class NewOwner(msgspec.Struct):
    """The id of an account."""

    to: str


class NewItem(msgspec.Struct):
    name: str


class NewNotebookHere(msgspec.Struct):
    """`template`: the id of what it begins with. Without a name it has the template's title."""

    name: str | None = None
    template: str | None = None


class Change(msgspec.Struct):
    """What is not said stays."""

    name: str | None = None
    parent: str | None = None


class Keep(msgspec.Struct):
    starred: bool


class UploadWish(msgspec.Struct):
    """`upload` is made by the client, and makes the request idempotent. `path`: folders below. `over`: the version to replace."""

    upload: Id
    name: str
    size: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
    path: str = ""
    sha256: str | None = None
    over: str | None = None


class UploadProgress(msgspec.Struct):
    """`offset`: so much has arrived. `item`: it is whole, and in its place."""

    upload: str
    offset: int
    item: Item | None
