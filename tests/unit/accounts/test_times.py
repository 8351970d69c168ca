"""What ends by itself: sessions, tokens, invitations, rows of the audit log; and what is noted of their use."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.capabilities import ALL, Capability
from noctule.accounts.common import DAY_MS, NOTED_MS, By, Rules, Visitor, neighbourhood
from noctule.accounts.live import At, Held
from noctule.accounts.people import NewPerson
from noctule.accounts.principal import Principal, check_in_person
from noctule.accounts.service import Accounts
from noctule.errors import Forbidden, NotFound, Unauthorized
from noctule.store import Store, Tx, items
from noctule.store.rows import AccountRow, ItemRow
from noctule_agent.wire.values import ItemId, Millis, NotebookId
from tests.support.team import PASSWORD

HERE = Visitor("192.0.2.1", "a browser\0")


class Clock:
    def __init__(self) -> None:
        self.at = 1_000_000_000_000

    def now(self) -> Millis:
        return Millis(self.at)


class Numbers:
    def __init__(self) -> None:
        self._each: Iterator[int] = iter(range(1_000_000))

    def new(self) -> str:
        return f"id{next(self._each)}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(store: Store, clock: Clock, cheap_passwords: None) -> Accounts:
    rules = Rules(team=True, audit_days=10)
    return Accounts(store, clock, Numbers(), asyncio.to_thread, rules, "the server's token")


async def ada(people: Accounts) -> AccountRow:
    return await people.people.make(By("server"), NewPerson("ada", PASSWORD))


async def test_a_session_ends_after_thirty_days_whatever_is_done_with_it(people: Accounts, clock: Clock) -> None:
    row = await ada(people)
    secret = await people.sessions.begin(row.id, HERE, None, "test")
    clock.at += 30 * DAY_MS - 1
    principal = await people.sessions.who(secret, HERE)
    assert (principal.account, principal.in_person) == (row.id, True)
    [told] = await people.sessions.mine(principal)
    assert (told.address, told.agent) == (HERE.address, HERE.agent)
    clock.at += 1
    with pytest.raises(Unauthorized):
        await people.sessions.who(secret, HERE)


async def test_that_it_is_used_is_noted_every_five_minutes(people: Accounts, clock: Clock) -> None:
    row = await ada(people)
    secret = await people.sessions.begin(row.id, HERE, None, "test")
    begun = clock.at
    for after, seen in ((NOTED_MS - 1, 0), (1, NOTED_MS), (1000, NOTED_MS)):
        clock.at += after
        principal = await people.sessions.who(secret, HERE)
        [told] = await people.sessions.mine(principal)
        assert told.seen_at == begun + seen


async def test_a_token_ends_when_it_was_said(people: Accounts, clock: Clock) -> None:
    row = await ada(people)
    owner = Principal(row.id, ALL, session="s")
    _, secret = await people.tokens.make(owner, "ci", frozenset({Capability.VIEW}), 7)
    principal = await people.bearer(secret, HERE)
    assert principal.capabilities == {Capability.VIEW}
    with pytest.raises(Forbidden):
        check_in_person(principal)
    clock.at += 7 * DAY_MS
    for wrong in (secret, secret + "x", "nct_", ""):
        with pytest.raises(Unauthorized):
            await people.bearer(wrong, HERE)


async def test_an_invitation_ends_after_seven_days(people: Accounts, clock: Clock) -> None:
    _, secret = await people.invitations.make(By("server"))
    clock.at += 7 * DAY_MS - 1
    await people.invitations.look(secret)
    clock.at += 1
    with pytest.raises(NotFound):
        await people.invitations.look(secret)
    with pytest.raises(NotFound):
        await people.people.sign_up(NewPerson("eve", PASSWORD), secret, HERE, None)
    assert await people.people.all() == []


async def test_the_audit_log_is_aged_out_and_not_before(people: Accounts, clock: Clock) -> None:
    await people.note(By("server"), What.SERVER_STOPPED)
    clock.at += 10 * DAY_MS
    await people.note(By("server"), What.SERVER_STOPPED)
    await people._sweep()
    assert len(await audit.page(people.means.store, audit.Wanted(), 10)) == 2
    clock.at += 1
    await people._sweep()
    assert len(await audit.page(people.means.store, audit.Wanted(), 10)) == 1


async def test_a_review_closes_what_has_ended_elsewhere_and_nothing_else(people: Accounts, clock: Clock) -> None:
    row = await ada(people)
    principal = await people.sessions.who(await people.sessions.begin(row.id, HERE, None, "test"), HERE)
    lasting = replace(principal, session=None)
    ended: list[str] = []

    async def close(code: int, reason: str) -> None:
        ended.append(f"{code} {reason}")

    tree, book = ItemId(row.id), NotebookId("book")

    def write(tx: Tx) -> None:
        items.create(tx, ItemRow(tree, row.id, None, b"", "folder"))
        items.create(tx, ItemRow(ItemId(book), row.id, tree, b"n.ipynb", "notebook"))

    await people.means.store.write(write)
    at = At(book, Capability.VIEW, Held())
    with people.live.entered(principal, close, at), people.live.entered(lasting, close, at):
        await people.review()
        clock.at += 30 * DAY_MS
        await people.review()
        await asyncio.sleep(0)
        assert ended == ["4401 You are signed out."]
        assert len(people.live) == 1
    assert len(people.live) == 0


def test_a_cell_of_csv_is_no_formula() -> None:
    from noctule.store.rows import AuditRow

    line = audit.csv_line(AuditRow(1, Millis(0), "@who", "-1", "=what", "\tabout", {"a": "=1"})).decode()
    assert line.startswith("1,1970-01-01T00:00:00.000+00:00,'@who,'-1,'=what,'\tabout,")


@pytest.mark.parametrize(
    ("address", "near"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"), ("::ffff:192.0.2.1", "192.0.2.1"), ("", "")],
)
def test_a_network_of_one_person_counts_as_one(address: str, near: str) -> None:
    assert neighbourhood(address) == near
