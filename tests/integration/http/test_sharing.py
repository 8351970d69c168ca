"""Sharing over HTTP: what people grant one another, what they see of it, and what attackers in each role do not get."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from noctule.accounts import sharing
from noctule.accounts.common import By
from noctule.http.items import uploads
from noctule.store import accounts, batches, items
from noctule.store.rows import BatchRow
from noctule_agent.wire.limits import ACCESS_REQUESTS, GRANTS_PER_ITEM
from noctule_agent.wire.values import BatchId, ItemId, Millis, NotebookId, UserId
from tests.support.notebooks import ipynb
from tests.support.team import Team

V1 = "/api/v1"


class Person:
    """An account, and its browser."""

    def __init__(self, id_: str, http: httpx.AsyncClient) -> None:
        self.id = id_
        self.http = http

    async def ok(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.http.request(method, f"{V1}/{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        answer = await self.http.request(method, f"{V1}/{path}", **more)
        assert answer.is_error, f"{method} {path}: {answer.text}"
        return answer.status_code, answer.json()["code"]

    async def folder(self, name: str, parent: str = "root") -> str:
        return str((await self.ok("POST", f"items/{parent}/folders", json={"name": name}))["id"])

    async def book(self, name: str = "n.ipynb", parent: str = "root") -> str:
        return str((await self.ok("POST", f"items/{parent}/notebooks", json={"name": name}))["id"])

    async def file(self, name: str, data: bytes = b"x", parent: str = "root") -> str:
        wish = {"upload": f"up-{name.partition('.')[0]}-{self.id}", "name": name, "size": len(data)}
        await self.ok("POST", f"items/{parent}/uploads", json=wish)
        done = await self.ok("PATCH", f"uploads/{wish['upload']}?offset=0", content=data)
        return str(done["item"]["id"])

    async def share(self, item: str, kind: str, whom: str, role: str, **more: Any) -> Any:
        return await self.ok("PUT", f"items/{item}/grants", json={"kind": kind, "whom": whom, "role": role, **more})

    async def list(self, query: str) -> list[str]:
        found = await self.ok("GET", f"items?{query}")
        return [each["name"] for each in found["items"]]


@pytest.fixture
async def ada(team: Team) -> Person:
    return await person(team, "ada")


@pytest.fixture
async def bob(team: Team) -> Person:
    return await person(team, "bob")


@pytest.fixture
async def eve(team: Team) -> Person:
    return await person(team, "eve")


async def person(team: Team, login: str, *, admin: bool = False) -> Person:
    return Person(await team.make(login, admin=admin), await team.signed_in(login))


HIDDEN = (404, "item-not-found")
REFUSED = (403, "capability-refused")


# --- what is granted ---


async def test_a_folder_is_shared_with_all_in_it_and_ends_with_the_grant(team: Team, ada: Person, bob: Person) -> None:
    outer = await ada.folder("outer")
    inner = await ada.folder("inner", outer)
    book = await ada.book("n.ipynb", inner)
    assert await bob.refused("GET", f"items/{inner}") == HIDDEN
    grant = await ada.share(inner, "user", bob.id, "viewer")
    assert (grant["name"], grant["login"], grant["by"]["id"], grant["item"]) == ("bob", "bob", ada.id, None)
    page = await bob.ok("GET", f"items/{book}")
    assert page["path"] == [{"id": inner, "name": "inner"}]
    assert (page["item"]["role"], page["item"]["shared"], page["item"]["parent"]) == ("viewer", True, inner)
    assert page["item"]["owner"] == {"id": ada.id, "name": "ada"}
    seen = (await bob.ok("GET", f"items/{inner}"))["item"]
    assert (seen["parent"], seen["shared"]) == (None, True)
    assert [each["role"] for each in (await bob.ok("GET", f"items/{inner}/children"))["items"]] == ["viewer"]
    assert (await ada.ok("GET", f"items/{inner}"))["item"]["shared"]
    assert not (await ada.ok("GET", f"items/{book}"))["item"]["shared"]
    assert (await ada.ok("GET", f"items/{book}"))["item"]["role"] == "owner"

    assert await bob.refused("PATCH", f"items/{book}", json={"name": "x"}) == REFUSED
    await ada.share(inner, "user", bob.id, "editor")
    await bob.ok("PATCH", f"items/{book}", json={"name": "x.ipynb"})
    await ada.ok("DELETE", f"items/{inner}/grants/{grant['id']}")
    assert await bob.refused("GET", f"items/{book}") == HIDDEN
    assert await bob.refused("GET", f"notebooks/{book}") == (404, "notebook-not-found")
    assert await ada.refused("DELETE", f"items/{inner}/grants/{grant['id']}") == (404, "grant-not-found")
    told = [what for what in await team.told(who=ada.id) if what.startswith("share")]
    assert told == ["share-made", "share-changed", "share-ended"]


async def test_the_highest_of_several_grants_counts(team: Team, ada: Person, bob: Person) -> None:
    folder = await ada.folder("f")
    book = await ada.book("n.ipynb", folder)
    group = (await (await person(team, "root", admin=True)).ok("POST", "admin/teams", json={"name": "Lab"}))["id"]
    await team.core.accounts.teams.join(By("server"), group, UserId(bob.id))
    await ada.share(folder, "team", group, "commenter")
    await ada.share(book, "user", bob.id, "viewer")
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "commenter"
    await ada.share(folder, "anyone", "", "editor")
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "editor"
    found = await ada.ok("GET", f"items/{book}/grants")
    assert [(each["kind"], each["item"]) for each in found["grants"]] == [
        ("user", None),
        ("team", {"id": folder, "name": "f"}),
        ("anyone", {"id": folder, "name": "f"}),
    ]
    assert found["grants"][1]["name"] == "Lab"
    await team.core.accounts.teams.leave(By("server"), group, UserId(bob.id))
    await ada.share(folder, "anyone", "", "viewer")
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "viewer"


async def test_a_grant_expires(team: Team, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    book = await ada.book()
    until = datetime.now(UTC) + timedelta(hours=1)
    await ada.share(book, "user", bob.id, "editor", expires_at=until.isoformat())
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "editor"
    now = team.core.clock.now()
    monkeypatch.setattr(team.core.accounts.roles, "_clock", Later(now + 3600_001))
    assert await bob.refused("GET", f"items/{book}") == HIDDEN
    assert not (await ada.ok("GET", f"items/{book}"))["item"]["shared"]
    past = {"kind": "user", "whom": bob.id, "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}
    assert await ada.refused("PUT", f"items/{book}/grants", json=past) == (422, "expiry-past")
    # It goes on from there when it is given anew.
    await ada.share(book, "user", bob.id, "viewer")
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "viewer"


class Later:
    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        return self._now


async def test_what_cannot_be_granted_is_refused(team: Team, ada: Person, bob: Person) -> None:
    book = await ada.book()
    gone = await person(team, "gone")
    admin = await person(team, "root", admin=True)
    await admin.ok("PATCH", f"admin/accounts/{gone.id}", json={"disabled": True})
    for body, why in [
        ({"kind": "user", "whom": ada.id, "role": "viewer"}, (422, "grant-to-owner")),
        ({"kind": "user", "whom": gone.id, "role": "viewer"}, (404, "account-not-found")),
        ({"kind": "user", "whom": "nobody", "role": "viewer"}, (404, "account-not-found")),
        ({"kind": "user", "whom": "a\0b", "role": "viewer"}, (404, "account-not-found")),
        ({"kind": "team", "whom": bob.id, "role": "viewer"}, (404, "team-not-found")),
        ({"kind": "team", "whom": "\0", "role": "viewer"}, (404, "team-not-found")),
    ]:
        assert await ada.refused("PUT", f"items/{book}/grants", json=body) == why, body
    for role in ("owner", "manage", ""):
        assert (await ada.refused("PUT", f"items/{book}/grants", json={"kind": "anyone", "role": role}))[0] in (
            400,
            422,
        )
    for item in ("root", ada.id):
        body = {"kind": "anyone", "role": "viewer"}
        assert await ada.refused("PUT", f"items/{item}/grants", json=body) == (422, "item-fixed")
    await ada.ok("DELETE", f"items/{book}")
    assert await ada.refused("PUT", f"items/{book}/grants", json=body) == (422, "item-fixed")


async def test_an_item_has_so_many_grants(ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    assert GRANTS_PER_ITEM == 200
    monkeypatch.setattr(sharing, "GRANTS_PER_ITEM", 2)
    book = await ada.book()
    people = [await team.make(f"p{number}") for number in range(3)]
    for each in people[:2]:
        await ada.share(book, "user", each, "viewer")
    body = {"kind": "user", "whom": people[2], "role": "viewer"}
    assert await ada.refused("PUT", f"items/{book}/grants", json=body) == (409, "too-many-grants")
    await ada.share(book, "user", people[0], "editor")
    assert len((await ada.ok("GET", f"items/{book}/grants"))["grants"]) == 2


async def test_one_leaves_what_one_was_given_and_nothing_else(ada: Person, bob: Person) -> None:
    folder = await ada.folder("f")
    book = await ada.book("n.ipynb", folder)
    await ada.share(folder, "user", bob.id, "editor")
    assert await bob.refused("DELETE", f"items/{book}/mine") == (409, "not-yours-to-leave")
    assert await ada.refused("DELETE", f"items/{folder}/mine") == (409, "not-yours-to-leave")
    await bob.ok("DELETE", f"items/{folder}/mine")
    assert await bob.refused("DELETE", f"items/{folder}/mine") == HIDDEN
    assert (await ada.ok("GET", f"items/{folder}/grants"))["grants"] == []


# --- lists ---


async def test_lists_hold_what_one_has_and_forget_what_one_has_no_more(
    team: Team, ada: Person, bob: Person, eve: Person
) -> None:
    first, second, link = await ada.folder("first"), await ada.folder("second"), await ada.book("link.ipynb")
    below = await ada.book("below.ipynb", first)
    await ada.share(first, "user", bob.id, "viewer")
    newest = await ada.share(second, "user", bob.id, "viewer")
    await ada.share(link, "anyone", "", "viewer")
    assert await bob.list("view=shared") == ["second", "first"]
    assert await bob.list("search=link") == []
    await bob.ok("GET", f"items/{link}")
    assert await bob.list("view=shared") == ["link.ipynb", "second", "first"]
    await bob.ok("GET", f"notebooks/{below}")
    assert await bob.list("view=recent") == ["below.ipynb", "link.ipynb"]
    assert await bob.list("view=shared") == ["link.ipynb", "second", "first"], "below is in what is shared already"
    assert sorted(await bob.list("search=below")) == ["below.ipynb"]
    assert sorted(await bob.list("search=n")) == ["below.ipynb", "link.ipynb", "second"]
    for item in (below, second):
        await bob.ok("PATCH", f"items/{item}/mine", json={"starred": True})
    assert sorted(await bob.list("view=starred")) == ["below.ipynb", "second"]
    assert await ada.list("view=shared") == []
    assert await ada.list("view=starred") == []
    assert await eve.list("view=shared") == []

    await ada.ok("DELETE", f"items/{second}/grants/{newest['id']}")
    await ada.ok("DELETE", f"items/{first}")
    assert await bob.list("view=shared") == ["link.ipynb"]
    assert await bob.list("view=starred") == []
    assert await bob.list("search=below") == []
    assert await ada.list("search=below") == []
    assert await bob.list("view=recent") == ["link.ipynb"]
    assert await bob.list("view=bin") == []
    await ada.ok("POST", f"items/{first}/restore")
    assert await bob.list("view=shared") == ["link.ipynb", "first"]


async def test_places_in_a_list_tell_nothing_of_what_was_left_out(ada: Person, bob: Person) -> None:
    shared = [await ada.folder(f"f{number}") for number in range(5)]
    for item in shared:
        await ada.share(item, "user", bob.id, "viewer")
    for item in shared[1:4]:
        await ada.ok("DELETE", f"items/{item}")
    page = await bob.ok("GET", "items?view=shared&limit=1")
    assert [each["name"] for each in page["items"]] == ["f4"]
    rest = await bob.ok("GET", "items", params={"view": "shared", "limit": 1, "after": page["after"]})
    assert [each["name"] for each in rest["items"]] == ["f0"]
    assert rest["after"] is None
    # Another's place, and one of another list, lead to nothing more than one's own list.
    assert (await ada.ok("GET", "items", params={"view": "shared", "after": page["after"]}))["items"] == []
    for view in ("recent", "starred"):
        assert await bob.refused("GET", f"items?view={view}", params={"view": view, "after": page["after"]}) == (
            422,
            "cursor-invalid",
        )


async def test_ones_notebooks_and_runs_are_those_of_others_too_while_one_has_them(
    team: Team, ada: Person, bob: Person, eve: Person
) -> None:
    folder = await ada.folder("f")
    book, unseen = await ada.book("n.ipynb", folder), await ada.book("unseen.ipynb", folder)
    own = await bob.book("own.ipynb")

    async def books(who: Person) -> set[str]:
        return {each["id"] for each in (await who.ok("GET", "notebooks"))["notebooks"]}

    async def runs(who: Person) -> set[str]:
        return {each["id"] for each in (await who.ok("GET", "runs"))["runs"]}

    given = await ada.share(folder, "user", bob.id, "editor")
    await ada.share(folder, "user", eve.id, "viewer")
    rows = [
        BatchRow(BatchId(f"by {who.id}"), NotebookId(book), UserId(who.id), "page", Millis(1)) for who in (ada, bob)
    ]
    for row in rows:
        await team.core.store.write(lambda tx, row=row: batches.create(tx, row))  # type: ignore[misc]
    # What one has not opened is found in Drive.
    assert await books(bob) == {own}
    for who in (bob, eve):
        await who.ok("GET", f"notebooks/{book}")
    assert await books(bob) == {own, book}
    assert await books(eve) == {book}
    assert await books(ada) == {book, unseen}
    # Of what runs in a notebook its owner has all, and others what they ran.
    assert await runs(bob) == {f"by {bob.id}"}
    assert await runs(ada) == {f"by {bob.id}", f"by {ada.id}"}
    assert await runs(eve) == set()
    await ada.ok("DELETE", f"items/{folder}/grants/{given['id']}")
    assert await books(bob) == {own}
    assert await runs(bob) == set()
    await ada.ok("DELETE", f"items/{folder}")
    assert await books(eve) == set()
    assert await books(ada) == set(), "the bin's are in no list"


# --- what attackers do not get ---


async def test_a_viewer_puts_nothing_into_a_folder(ada: Person, bob: Person) -> None:
    folder = await ada.folder("f")
    await ada.share(folder, "user", bob.id, "viewer")
    own, mine = await bob.folder("own"), await bob.file("mine.txt")
    for method, path, body in [
        ("POST", f"items/{folder}/uploads", {"upload": "evil", "name": "x", "size": 1}),
        ("POST", f"items/{folder}/folders", {"name": "x"}),
        ("POST", f"items/{folder}/notebooks", {}),
        ("POST", f"items/{folder}/import", {"address": "https://example.org/x.ipynb"}),
        ("PATCH", f"items/{mine}", {"parent": folder}),
        ("POST", f"items/{mine}/copy", {"parent": folder}),
        ("PATCH", f"items/{folder}", {"parent": own}),
        ("PATCH", f"items/{folder}", {"parent": "root"}),
        ("DELETE", f"items/{folder}", None),
        ("GET", f"items/{folder}/grants", None),
        ("PUT", f"items/{folder}/grants", {"kind": "user", "whom": bob.id, "role": "editor"}),
        ("POST", f"items/{folder}/transfer", {"to": bob.id}),
        ("DELETE", f"items/{folder}/requests/{bob.id}", None),
    ]:
        assert await bob.refused(method, path, json=body) == REFUSED, (method, path)
    assert (await ada.ok("GET", f"items/{folder}/children"))["items"] == []


async def test_an_editor_does_not_rise_nor_take_away(ada: Person, bob: Person, eve: Person) -> None:
    folder = await ada.folder("f")
    book = await ada.book("n.ipynb", folder)
    grant = await ada.share(book, "user", bob.id, "editor")
    own = await bob.folder("own")
    for role in ("editor", "viewer"):
        for kind, whom in (("user", bob.id), ("user", eve.id), ("anyone", "")):
            body = {"kind": kind, "whom": whom, "role": role}
            assert await bob.refused("PUT", f"items/{book}/grants", json=body) == REFUSED
    assert await bob.refused("DELETE", f"items/{book}/grants/{grant['id']}") == REFUSED
    assert await bob.refused("POST", f"items/{book}/transfer", json={"to": bob.id}) == REFUSED
    # The folder that it lies in is not theirs to change, nor to know of.
    assert await bob.refused("PATCH", f"items/{book}", json={"parent": own}) == REFUSED
    assert await bob.refused("DELETE", f"items/{book}") == REFUSED
    assert await bob.refused("DELETE", f"notebooks/{book}") == REFUSED
    assert await bob.refused("PATCH", f"items/{book}", json={"parent": folder}) == HIDDEN
    await bob.ok("PATCH", f"items/{book}", json={"name": "renamed.ipynb"})
    # Where they may, their own tree is still no place to move it to.
    await ada.share(folder, "user", bob.id, "editor")
    assert await bob.refused("PATCH", f"items/{book}", json={"parent": own}) == (422, "other-tree")
    assert await bob.refused("PATCH", f"items/{own}", json={"parent": folder}) == (422, "other-tree")
    shown = (await bob.ok("GET", f"items/{book}/grants"))["grants"]
    assert [each["item"] for each in shown] == [None, {"id": folder, "name": "f"}]


async def test_folders_that_an_editor_may_not_see_are_not_named(ada: Person, bob: Person, eve: Person) -> None:
    secret = await ada.folder("secret plans")
    book = await ada.book("n.ipynb", secret)
    await ada.share(secret, "user", eve.id, "viewer")
    await ada.share(book, "user", bob.id, "editor")
    answer = await bob.http.get(f"{V1}/items/{book}/grants")
    assert secret not in answer.text
    assert "secret plans" not in answer.text
    assert [each["login"] for each in answer.json()["grants"]] == ["bob", "eve"]


async def test_what_an_editor_bins_is_the_owners(ada: Person, bob: Person) -> None:
    folder = await ada.folder("f")
    book = await ada.book("n.ipynb", folder)
    await ada.share(folder, "user", bob.id, "editor")
    gone = await bob.ok("DELETE", f"items/{book}")
    assert gone["role"] == "editor"
    assert await bob.list("view=bin") == []
    assert await ada.list("view=bin") == ["n.ipynb"]
    for method, path in [
        ("GET", f"items/{book}"),
        ("GET", f"items/{book}/content"),
        ("POST", f"items/{book}/restore"),
        ("POST", f"items/{book}/copy"),
        ("DELETE", f"items/{book}?forever=1"),
    ]:
        assert await bob.refused(method, path, json={}) == HIDDEN
    assert await bob.refused("GET", f"notebooks/{book}/file") == (404, "notebook-not-found")
    await ada.ok("POST", f"items/{book}/restore")
    assert (await bob.ok("GET", f"items/{book}"))["item"]["role"] == "editor"


async def test_a_copy_is_whose_folder_it_is_put_into(team: Team, ada: Person, bob: Person, eve: Person) -> None:
    folder = await ada.folder("f")
    data = await ada.file("data.bin", b"x" * 1000, folder)
    await ada.share(folder, "user", bob.id, "viewer")
    copied = await bob.ok("POST", f"items/{data}/copy", json={})
    assert (copied["owner"]["id"], copied["parent"], copied["role"]) == (bob.id, bob.id, "owner")
    await ada.share(folder, "user", bob.id, "editor")
    beside = await bob.ok("POST", f"items/{data}/copy", json={})
    assert (beside["owner"]["id"], beside["parent"], beside["role"]) == (ada.id, folder, "editor")
    assert (await bob.ok("GET", "drive"))["used"] == 1000
    assert (await ada.ok("GET", "drive"))["used"] == 2000
    assert await eve.refused("POST", f"items/{data}/copy", json={"parent": "root"}) == HIDDEN
    whole = await bob.ok("POST", f"items/{folder}/copy", json={"parent": "root", "name": "mine"})
    assert whole["owner"]["id"] == bob.id
    assert len((await bob.ok("GET", f"items/{whole['id']}/children"))["items"]) == 2


async def test_the_quota_is_the_owners_whoever_uploads(team: Team, ada: Person, bob: Person) -> None:
    admin = await person(team, "root", admin=True)
    await admin.ok("PATCH", f"admin/accounts/{ada.id}", json={"quota": 1000})
    await admin.ok("PATCH", f"admin/accounts/{bob.id}", json={"quota": 10})
    folder = await ada.folder("f")
    await ada.share(folder, "user", bob.id, "editor")
    wish = {"upload": "one", "name": "a", "size": 900}
    await bob.ok("POST", f"items/{folder}/uploads", json=wish)
    assert await bob.refused("POST", f"items/{folder}/uploads", json={**wish, "upload": "two"}) == (
        507,
        "quota-reached",
    )
    assert await ada.refused("POST", "items/root/uploads", json={**wish, "upload": "three"}) == (507, "quota-reached")
    await bob.ok("POST", "items/root/uploads", json={"upload": "four", "name": "a", "size": 10})


async def test_a_notebook_takes_room_of_whose_folder_it_is_made_in(team: Team, ada: Person, bob: Person) -> None:
    admin = await person(team, "root", admin=True)
    folder = await ada.folder("f")
    await ada.share(folder, "user", bob.id, "editor")
    await admin.ok("PATCH", f"admin/accounts/{ada.id}", json={"quota": 10})
    await admin.ok("PATCH", f"admin/accounts/{bob.id}", json={"quota": 10_000})
    full = (507, "quota-reached")
    assert await bob.refused("POST", f"items/{folder}/notebooks", json={"name": "n"}) == full
    assert await ada.refused("POST", "notebooks", json={"name": "n"}) == full
    assert (await ada.ok("GET", f"items/{folder}/children"))["items"] == []
    await bob.ok("POST", "items/root/notebooks", json={"name": "n"})


async def test_an_upload_is_its_makers_and_only_while_they_may(ada: Person, bob: Person, eve: Person) -> None:
    folder = await ada.folder("f")
    grant = await ada.share(folder, "user", bob.id, "editor")
    await ada.share(folder, "user", eve.id, "editor")
    await bob.ok("POST", f"items/{folder}/uploads", json={"upload": "up", "name": "a.txt", "size": 4})
    await bob.ok("PATCH", "uploads/up?offset=0", content=b"ab")
    for other in (eve, ada):
        assert await other.refused("GET", "uploads/up") == (404, "upload-not-found")
        assert await other.refused("PATCH", "uploads/up?offset=2", content=b"xx") == (404, "upload-not-found")
        assert await other.refused("DELETE", "uploads/up") == (404, "upload-not-found")
    await ada.share(folder, "user", bob.id, "viewer")
    assert await bob.refused("PATCH", "uploads/up?offset=2", content=b"cd") == REFUSED
    await ada.ok("DELETE", f"items/{folder}/grants/{grant['id']}")
    assert await bob.refused("PATCH", "uploads/up?offset=2", content=b"cd") == HIDDEN
    assert await bob.refused("GET", "uploads/up") == HIDDEN
    assert (await ada.ok("GET", f"items/{folder}/children"))["items"] == []


async def test_a_right_that_ends_while_a_body_comes_ends_the_upload(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WRITE_BYTES", 2)
    folder = await ada.folder("f")
    grant = await ada.share(folder, "user", bob.id, "editor")
    await bob.ok("POST", f"items/{folder}/uploads", json={"upload": "slow", "name": "a.txt", "size": 4})

    async def body() -> Any:
        yield b"ab"
        await ada.ok("DELETE", f"items/{folder}/grants/{grant['id']}")
        yield b"cd"

    assert await bob.refused("PATCH", "uploads/slow?offset=0", content=body()) == HIDDEN
    assert (await ada.ok("GET", f"items/{folder}/children"))["items"] == []


# --- asking ---


async def test_who_asks_learns_nothing_and_the_owner_answers(team: Team, ada: Person, bob: Person, eve: Person) -> None:
    book, other = await ada.book(), await ada.book("other.ipynb")
    answers = set()
    for item in (book, "nothing", "\0", "root", ada.id, bob.id, "x" * 200):
        answer = await bob.http.post(f"{V1}/requests", json={"item": item, "role": "editor", "text": "please\0"})
        answers.add((answer.status_code, answer.content))
    assert answers == {(204, b"")}
    told = await team.told(who=bob.id, what="access-asked")
    assert len(told) == 7
    [request] = (await ada.ok("GET", "requests"))["requests"]
    assert (request["user"]["login"], request["item"]["id"], request["role"]) == ("bob", book, "editor")
    assert (await ada.ok("GET", "drive"))["requests"] == 1
    assert (await bob.ok("GET", "requests"))["requests"] == []
    # One a person and item; the last word counts.
    await bob.ok("POST", "requests", json={"item": book, "role": "viewer"})
    assert [each["role"] for each in (await ada.ok("GET", f"items/{book}/grants"))["requests"]] == ["viewer"]
    # A grant answers it.
    await ada.share(book, "user", bob.id, "viewer")
    assert (await ada.ok("GET", "requests"))["requests"] == []
    # Who has it asks for more, and for nothing less.
    await bob.ok("POST", "requests", json={"item": book, "role": "viewer"})
    assert (await ada.ok("GET", "requests"))["requests"] == []
    await bob.ok("POST", "requests", json={"item": book, "role": "editor"})
    assert await bob.refused("DELETE", f"items/{book}/requests/{bob.id}") == REFUSED
    await ada.share(other, "user", eve.id, "editor")
    assert (await eve.ok("GET", f"items/{other}/grants"))["requests"] == []
    await ada.ok("DELETE", f"items/{book}/requests/{bob.id}")
    assert (await ada.ok("GET", "requests"))["requests"] == []
    assert (await team.told(who=ada.id, what="access-refused")) == ["access-refused"]


async def test_a_grant_to_a_team_answers_its_members(team: Team, ada: Person, bob: Person, eve: Person) -> None:
    book = await ada.book()
    group = await team.core.accounts.teams.make(By("server"), "Lab")
    await team.core.accounts.teams.join(By("server"), group.id, UserId(bob.id))
    for asker, role in ((bob, "viewer"), (eve, "viewer")):
        await asker.ok("POST", "requests", json={"item": book, "role": role})
    await ada.share(book, "team", group.id, "commenter")
    [left] = (await ada.ok("GET", "requests"))["requests"]
    assert left["user"]["login"] == "eve"
    await ada.share(book, "anyone", "", "viewer")
    assert (await ada.ok("GET", "requests"))["requests"] == []


async def test_whatever_grants_what_was_asked_for_answers_it(team: Team, ada: Person, bob: Person, eve: Person) -> None:
    folder = await ada.folder("f")
    book = await ada.book("n.ipynb", await ada.folder("inner", folder))
    group = await team.core.accounts.teams.make(By("server"), "Lab")

    async def asks(who: Person, role: str) -> None:
        await who.ok("POST", "requests", json={"item": book, "role": role})

    async def left() -> list[str]:
        return [each["user"]["login"] for each in (await ada.ok("GET", "requests"))["requests"]]

    # On a folder above: who asked for more than that still asks.
    await asks(bob, "editor")
    await asks(eve, "viewer")
    given = await ada.share(folder, "anyone", "", "viewer")
    assert await left() == ["bob"]
    await ada.ok("DELETE", f"items/{folder}/grants/{given['id']}")
    assert await left() == ["bob"], "what was granted for a while does not ask again"
    await ada.share(folder, "user", bob.id, "editor")
    assert await left() == []

    # By a team that they come into.
    await ada.share(folder, "team", group.id, "commenter")
    await asks(eve, "commenter")
    await team.core.accounts.teams.join(By("server"), group.id, UserId(eve.id))
    assert await left() == []

    # By a place.
    alone = await ada.book("alone.ipynb")
    await bob.ok("POST", "requests", json={"item": alone, "role": "viewer"})
    await ada.ok("PATCH", f"items/{alone}", json={"name": "here.ipynb"})
    assert await left() == ["bob"]
    await ada.ok("PATCH", f"items/{alone}", json={"parent": folder})
    assert await left() == []


async def test_nobody_asks_without_end(ada: Person, bob: Person) -> None:
    for number in range(ACCESS_REQUESTS):
        await bob.ok("POST", "requests", json={"item": f"guess{number}", "role": "viewer"})
    answer = await bob.http.post(f"{V1}/requests", json={"item": "guess", "role": "viewer"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert int(answer.headers["retry-after"]) > 0
    assert await ada.refused("POST", "requests", json={"item": "x", "role": "viewer", "text": "x" * 501}) == (
        422,
        "text-too-long",
    )


async def test_people_and_teams_are_found_to_share_with(team: Team, ada: Person) -> None:
    for name in ("Adams_Lab", "Ökologie"):
        await team.core.accounts.teams.make(By("server"), name)
    found = await ada.ok("GET", "people?search=ada")
    assert [each["login"] for each in found["people"]] == ["ada"]
    assert [each["name"] for each in found["teams"]] == ["Adams_Lab"]
    assert (await ada.ok("GET", "people", params={"search": "%"}))["teams"] == []
    assert [each["name"] for each in (await ada.ok("GET", "people?search=Öko"))["teams"]] == ["Ökologie"]
    assert (await ada.ok("GET", f"people?ids={ada.id}"))["teams"] == []


async def test_who_is_gone_has_nothing_and_a_program_has_what_its_scopes_say(
    team: Team, ada: Person, bob: Person
) -> None:
    book = await ada.book()
    await ada.share(book, "user", bob.id, "editor")
    program = Person(bob.id, await team.program(bob.http, "view"))
    assert (await program.ok("GET", f"items/{book}"))["item"]["role"] == "editor"
    assert await program.refused("PATCH", f"items/{book}", json={"name": "x"}) == REFUSED
    assert await program.refused("POST", f"items/{book}/copy", json={"parent": "root"}) == REFUSED
    own = Person(ada.id, await team.program(ada.http, "view", "edit"))
    assert await own.refused("PUT", f"items/{book}/grants", json={"kind": "anyone", "role": "viewer"}) == REFUSED
    admin = await person(team, "root", admin=True)
    await admin.ok("DELETE", f"admin/accounts/{bob.id}")
    assert (await ada.ok("GET", f"items/{book}/grants"))["grants"] == []


# --- giving away ---


async def test_an_item_has_another_owner(team: Team, ada: Person, bob: Person, eve: Person) -> None:
    drive = team.core.config.drive
    folder = await ada.folder("project")
    inner = await ada.folder("inner", folder)
    data = await ada.file("data.txt", b"words", inner)
    await bob.folder("project")
    await ada.share(inner, "user", bob.id, "viewer")
    await ada.share(inner, "user", eve.id, "viewer")
    moved = await ada.ok("POST", f"items/{folder}/transfer", json={"to": bob.id})
    assert (moved["id"], moved["owner"]["id"], moved["role"], moved["parent"]) == (folder, bob.id, "editor", None)
    assert moved["name"] == "project (2)"
    assert (drive / bob.id / moved["name"] / "inner" / "data.txt").read_bytes() == b"words"
    assert not (drive / ada.id / "project").exists()
    for item in (folder, inner, data):
        seen = (await bob.ok("GET", f"items/{item}"))["item"]
        assert (seen["role"], seen["owner"]["id"]) == ("owner", bob.id)
        assert (await ada.ok("GET", f"items/{item}"))["item"]["role"] == "editor"
    assert (await eve.ok("GET", f"items/{data}"))["item"]["role"] == "viewer"
    assert [each["login"] for each in (await bob.ok("GET", f"items/{inner}/grants"))["grants"]] == ["eve", "ada"]
    assert (await bob.ok("GET", "drive"))["used"] == 5
    assert (await ada.ok("GET", "drive"))["used"] == 0
    assert await ada.list("view=shared") == [moved["name"]]
    assert "ownership-transferred" in await team.told(who=ada.id)
    assert await ada.refused("POST", f"items/{folder}/transfer", json={"to": ada.id}) == REFUSED
    rows = await team.core.store.read(lambda tx: items.lineage(tx, ItemId(data)))
    assert {row.tree for row in rows} == {bob.id}


async def test_who_is_gone_when_something_was_given_away_gets_nothing_of_it(
    team: Team, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = await ada.file("data.txt")
    room = team.core.transfers.room

    async def meanwhile(to: UserId, size: int) -> None:
        await room(to, size)
        await team.core.store.write(lambda tx: accounts.remove(tx, UserId(ada.id)))

    monkeypatch.setattr(team.core.transfers, "room", meanwhile)
    await ada.http.post(f"{V1}/items/{data}/transfer", json={"to": bob.id})
    assert (await bob.ok("GET", f"items/{data}"))["item"]["role"] == "owner"
    assert (await bob.ok("GET", f"items/{data}/grants"))["grants"] == []


async def test_what_cannot_be_given_away_stays(team: Team, ada: Person, bob: Person) -> None:
    data = await ada.file("data.txt", b"x" * 100)
    admin = await person(team, "root", admin=True)
    await admin.ok("PATCH", f"admin/accounts/{bob.id}", json={"quota": 99})
    for item, to, why in [
        (data, bob.id, (507, "quota-reached")),
        (data, ada.id, (422, "grant-to-owner")),
        (data, "nobody", (404, "account-not-found")),
        (data, "\0", (404, "account-not-found")),
        ("root", bob.id, (422, "item-fixed")),
        ("nothing", bob.id, HIDDEN),
    ]:
        assert await ada.refused("POST", f"items/{item}/transfer", json={"to": to}) == why, (item, to)
    await ada.ok("DELETE", f"items/{data}")
    assert await ada.refused("POST", f"items/{data}/transfer", json={"to": bob.id}) == (422, "item-fixed")


async def test_a_notebook_that_was_never_written_is_given_away(ada: Person, bob: Person, team: Team) -> None:
    book = (await ada.http.post(f"{V1}/notebooks/upload", params={"name": "n.ipynb"}, content=ipynb("1"))).json()["id"]
    await ada.ok("POST", f"items/{book}/transfer", json={"to": bob.id})
    assert (await bob.ok("GET", f"notebooks/{book}"))["name"] == "n.ipynb"
    assert b"cells" in (await bob.http.get(f"{V1}/items/{book}/content")).content


async def test_what_was_binned_before_comes_back_to_its_own_tree(ada: Person, bob: Person) -> None:
    folder = await ada.folder("f")
    data = await ada.file("data.txt", b"x", folder)
    await ada.ok("DELETE", f"items/{data}")
    await ada.ok("POST", f"items/{folder}/transfer", json={"to": bob.id})
    back = await ada.ok("POST", f"items/{data}/restore")
    assert (back["owner"]["id"], back["parent"]) == (ada.id, ada.id)


async def test_one_user_alone_shares_with_nobody(program: httpx.AsyncClient) -> None:
    me = Person("you", program)
    book = await me.book()
    assert (await me.ok("GET", f"items/{book}/grants")) == {"grants": [], "requests": []}
    assert await me.refused("PUT", f"items/{book}/grants", json={"kind": "anyone", "role": "viewer"}) == (
        409,
        "personal-mode",
    )
    assert await me.refused("POST", f"items/{book}/transfer", json={"to": "you"}) == (409, "personal-mode")
    assert await me.refused("POST", "requests", json={"item": book, "role": "viewer"}) == (409, "personal-mode")
    assert (await me.ok("GET", "requests"))["requests"] == []
    assert await me.list("view=shared") == []
