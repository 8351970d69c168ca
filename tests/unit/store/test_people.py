"""Accounts and what belongs to them, on both databases."""

import pytest

from noctule.errors import Conflict, NotFound
from noctule.store import Store, Tx, accounts, audit, invitations, plans, sessions, teams, tokens
from noctule.store.rows import STANDARD, AccountRow, InvitationRow, PlanRow, SessionRow, TeamRow, TokenRow
from noctule_agent.wire.values import Millis, UserId

ADA, BOB = UserId("a1"), UserId("b1")


def person(id_: UserId, login: str, **values: object) -> AccountRow:
    return AccountRow(id=id_, login=login, shown=login.title(), created_at=Millis(1), **values)  # type: ignore[arg-type]


@pytest.fixture
async def people(store: Store) -> Store:
    def write(tx: Tx) -> None:
        accounts.create(tx, person(ADA, "ada", email="ada@example.org", password="hash", admin=True))
        accounts.create(tx, person(BOB, "bob_1"))

    await store.write(write)
    return store


async def test_a_login_and_an_email_are_one_accounts_own(people: Store) -> None:
    for taken, code in (
        (person(UserId("x"), "ada"), "login-taken"),
        (person(UserId("x"), "eve", email="ada@example.org"), "email-taken"),
    ):
        with pytest.raises(Conflict) as refused:
            await people.write(lambda tx, taken=taken: accounts.create(tx, taken))  # type: ignore[misc]
        assert refused.value.code == code
    with pytest.raises(Conflict):
        await people.write(lambda tx: accounts.change(tx, BOB, email="ada@example.org"))
    changed = await people.write(lambda tx: accounts.change(tx, ADA, email="ada@example.org", shown="A\u2028"))
    assert changed.shown == "A\u2028"
    with pytest.raises(NotFound):
        await people.write(lambda tx: accounts.change(tx, UserId("nobody"), shown="x"))


async def test_people_are_found_by_what_is_known_of_them(people: Store) -> None:
    async def found(words: str) -> list[str]:
        return [row.login for row in await people.read(lambda tx: accounts.search(tx, words, 20))]

    assert await found("AD") == ["ada"]
    assert await found("ada@example.org") == ["ada"]
    assert await found("ada@example") == []
    assert await found("%") == []
    assert await found("b_b") == []
    assert await found("bob_") == ["bob_1"]
    await people.write(lambda tx: accounts.change(tx, ADA, shown="Łucja Żak"))
    assert await found("Łucja") == await found("żak") == ["ada"]
    await people.write(lambda tx: accounts.change(tx, BOB, disabled=True))
    assert await found("bob") == []


async def test_only_an_admin_who_can_come_in_counts(people: Store) -> None:
    async def others(but: UserId | None = None) -> int:
        return await people.read(lambda tx: accounts.other_admins(tx, but))

    assert await others() == 1
    assert await others(ADA) == 0
    await people.write(lambda tx: accounts.change(tx, BOB, admin=True))
    assert await others(ADA) == 0
    await people.write(lambda tx: accounts.identify(tx, BOB, "https://issuer", "bob"))
    assert await others(ADA) == 1
    await people.write(lambda tx: accounts.change(tx, BOB, disabled=True))
    assert await others(ADA) == 0


async def test_an_identity_is_one_accounts_own(people: Store) -> None:
    await people.write(lambda tx: accounts.identify(tx, ADA, "https://issuer", "1"))
    await people.write(lambda tx: accounts.identify(tx, ADA, "https://issuer", "1"))
    with pytest.raises(Conflict):
        await people.write(lambda tx: accounts.identify(tx, BOB, "https://issuer", "1"))
    row = await people.read(lambda tx: accounts.by_identity(tx, "https://issuer", "1"))
    assert row is not None
    assert row.id == ADA
    assert await people.read(lambda tx: accounts.by_identity(tx, "https://other", "1")) is None
    assert await people.read(lambda tx: accounts.issuers(tx, ADA)) == ["https://issuer"]


async def test_what_belongs_to_an_account_goes_with_it(people: Store) -> None:
    def write(tx: Tx) -> None:
        sessions.create(tx, SessionRow("h", "s1", BOB, Millis(1), Millis(100), Millis(1), "::1", "a\0b"))
        tokens.create(tx, TokenRow("t1", BOB, "a\0label", "th", frozenset({"view", "run"}), Millis(1)))
        teams.create(tx, TeamRow("team", "Owls", Millis(1)))
        assert teams.join(tx, "team", BOB)
        assert not teams.join(tx, "team", BOB)

    await people.write(write)
    found = await people.read(lambda tx: (sessions.get(tx, "h"), tokens.get(tx, "th"), teams.members(tx, "team")))
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][0].agent == "a\0b"
    assert found[0][1].login == "bob_1"
    assert found[1][0].label == "a\0label"
    assert found[1][0].scopes == {"view", "run"}
    assert [row.id for row in found[2]] == [BOB]
    living = await people.read(lambda tx: (sessions.ids_living(tx, Millis(50)), tokens.ids_living(tx, Millis(50))))
    assert living == ({"s1"}, {"t1"})
    await people.write(lambda tx: accounts.change(tx, BOB, disabled=True))
    living = await people.read(lambda tx: (sessions.ids_living(tx, Millis(50)), tokens.ids_living(tx, Millis(50))))
    assert living == (set(), set())
    await people.write(lambda tx: accounts.remove(tx, BOB))
    left = await people.read(lambda tx: (sessions.get(tx, "h"), tokens.get(tx, "th"), teams.members(tx, "team")))
    assert left == (None, None, [])


async def test_sessions_are_ended_by_their_owner_alone(people: Store) -> None:
    def write(tx: Tx) -> None:
        for number in range(3):
            sessions.create(tx, SessionRow(f"h{number}", f"s{number}", ADA, Millis(1), Millis(100), Millis(1)))

    await people.write(write)
    assert not await people.write(lambda tx: sessions.end(tx, BOB, "s0"))
    assert await people.write(lambda tx: sessions.end(tx, ADA, "s0"))
    assert await people.write(lambda tx: sessions.end_others(tx, ADA, "s1")) == 1
    assert [row.id for row in await people.read(lambda tx: sessions.of_account(tx, ADA))] == ["s1"]


async def test_that_something_was_used_is_noted_now_and_then(people: Store) -> None:
    def write(tx: Tx) -> None:
        sessions.create(tx, SessionRow("h", "s", ADA, Millis(1), Millis(100), Millis(10)))
        tokens.create(tx, TokenRow("t", ADA, "", "th", frozenset(), Millis(1)))

    await people.write(write)
    await people.write(lambda tx: sessions.seen(tx, "s", Millis(12), Millis(7)))
    assert (await people.read(lambda tx: sessions.of_account(tx, ADA)))[0].seen_at == 10
    await people.write(lambda tx: sessions.seen(tx, "s", Millis(20), Millis(15)))
    assert (await people.read(lambda tx: sessions.of_account(tx, ADA)))[0].seen_at == 20
    assert await people.write(lambda tx: tokens.used(tx, "t", Millis(12), Millis(7)))
    assert not await people.write(lambda tx: tokens.used(tx, "t", Millis(13), Millis(8)))
    assert (await people.read(lambda tx: tokens.of_account(tx, ADA)))[0].used_at == 12
    assert not await people.write(lambda tx: tokens.used(tx, "t", Millis(30), Millis(25)))
    assert (await people.read(lambda tx: tokens.of_account(tx, ADA)))[0].used_at == 30


async def test_an_invitation_is_used_once_and_in_time(store: Store) -> None:
    row = InvitationRow("i", "h", "", Millis(1), Millis(100))
    await store.write(lambda tx: invitations.create(tx, row))
    assert not await store.write(lambda tx: invitations.use(tx, "h", ADA, Millis(100)))
    assert await store.write(lambda tx: invitations.use(tx, "h", ADA, Millis(99)))
    assert not await store.write(lambda tx: invitations.use(tx, "h", BOB, Millis(99)))
    found = await store.read(lambda tx: invitations.get(tx, "h"))
    assert found is not None
    assert (found.used_by, found.used_at) == (ADA, 99)


async def test_the_audit_log_is_read_in_parts_and_aged_out(store: Store) -> None:
    def write(tx: Tx) -> None:
        for number in range(10):
            what = "token-made" if number % 2 else "tokens-other"
            audit.append(tx, Millis(number), "ada", "::1", what, "x", {"n": number, "text": "a\0"})

    await store.write(write)
    first = await store.read(lambda tx: audit.page(tx, limit=3))
    assert [row.detail["n"] for row in first] == [9, 8, 7]
    rest = await store.read(lambda tx: audit.page(tx, before=first[-1].key, limit=3, what="token"))
    assert [row.detail["n"] for row in rest] == [5, 3, 1]
    assert rest[0].detail["text"] == "a\0"
    some = await store.read(lambda tx: audit.page(tx, who="ada", since=Millis(2), until=Millis(4)))
    assert [row.at for row in some] == [3, 2]
    assert await store.write(lambda tx: audit.sweep(tx, Millis(8))) == 8
    assert len(await store.read(lambda tx: audit.page(tx))) == 2


async def test_accounts_have_the_standard_plan_until_they_are_given_another(people: Store) -> None:
    def write(tx: Tx) -> None:
        plans.create(tx, PlanRow(STANDARD, "Standard", quota=5))
        plans.create(tx, PlanRow("big", "Big", runtimes=2))
        accounts.change(tx, BOB, plan="big")

    await people.write(write)
    assert await people.read(lambda tx: [row.id for row in plans.list_all(tx)]) == ["big", STANDARD]
    assert await people.read(plans.held) == {STANDARD: 1, "big": 1}
    ada, bob = await people.read(lambda tx: (plans.of_account(tx, ADA), plans.of_account(tx, BOB)))
    assert ada == PlanRow(STANDARD, "Standard", quota=5)
    assert bob == PlanRow("big", "Big", runtimes=2)
    changed = await people.write(lambda tx: plans.change(tx, "big", quota=2**60, runtimes=None))
    assert changed == PlanRow("big", "Big", quota=2**60)
    with pytest.raises(Conflict):
        await people.write(lambda tx: plans.change(tx, "big", name="Standard"))
    with pytest.raises(NotFound):
        await people.write(lambda tx: plans.change(tx, "none", name="x"))
    await people.write(lambda tx: plans.remove(tx, "big"))
    assert await people.read(lambda tx: plans.of_account(tx, BOB)) is None


async def test_what_concerns_an_account_is_what_it_did_and_what_was_done_to_it(store: Store) -> None:
    def write(tx: Tx) -> None:
        for who, about in (("a1", "x"), ("b1", "a1"), ("b1", "b1")):
            audit.append(tx, Millis(1), who, "", "w", about, {})

    await store.write(write)
    rows = await store.read(lambda tx: audit.page(tx, concerning="a1"))
    assert [(row.who, row.about) for row in rows] == [("b1", "a1"), ("a1", "x")]
