"""What is kept grows with the logarithm of time, and what a person named is never lost."""

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.thinning import Aged, superfluous
from noctule_agent.wire.limits import REVISION_SECONDS, REVISIONS_BEFORE
from noctule_agent.wire.values import Millis

HOUR = 3_600_000
DAY = 24 * HOUR
STEP = int(REVISION_SECONDS * 1000)


def worked(days: int, kind: str = "automatic") -> list[Aged]:
    """One every ten minutes, day and night."""
    return [Aged(str(number), kind, Millis(number * STEP)) for number in range(days * DAY // STEP)]  # type: ignore[arg-type]


def kept(revisions: list[Aged], now: int) -> list[Aged]:
    gone = set(superfluous(revisions, Millis(now)))
    return [one for one in revisions if one.id not in gone]


def test_a_year_of_work_without_a_pause_leaves_some_hundred() -> None:
    now = 400 * DAY
    left = kept(worked(400), now)
    ages = [now - one.at for one in left]
    assert sum(age <= DAY for age in ages) == DAY // STEP
    assert sum(DAY < age <= 7 * DAY for age in ages) in range(6 * 24, 6 * 24 + 2)
    assert sum(7 * DAY < age <= 60 * DAY for age in ages) in range(53, 55)
    assert sum(age > 60 * DAY for age in ages) in range(43, 46)
    assert max(ages) <= 365 * DAY


def test_named_ones_stay_and_the_way_back_stays_for_a_week() -> None:
    assert superfluous(worked(20, "named"), Millis(9_000 * DAY)) == []
    left = kept(worked(20, "before-restore")[::4], 20 * DAY)
    assert sum(20 * DAY - one.at <= 7 * DAY for one in left) == 7 * DAY // STEP // 4
    assert len(left) < 7 * DAY // STEP // 4 + 20


def test_a_program_that_changes_the_file_all_the_time_leaves_no_more_than_the_limit() -> None:
    now = 2 * HOUR
    every_second = [Aged(str(number), "before-import", Millis(number * 1_000)) for number in range(2 * 3_600)]
    left = kept(every_second, now)
    assert left[-REVISIONS_BEFORE:] == every_second[-REVISIONS_BEFORE:]
    assert len(left) in range(REVISIONS_BEFORE + 1, REVISIONS_BEFORE + 2 * HOUR // STEP + 1)


moments = st.lists(st.tuples(st.integers(0, 500 * DAY), st.sampled_from(["automatic", "named", "before-import"])))


@given(moments, st.integers(0, 500 * DAY))
def test_thinning_twice_is_thinning_once_and_the_last_one_stays(found: list[tuple[int, str]], later: int) -> None:
    revisions = [Aged(str(number), kind, Millis(at)) for number, (at, kind) in enumerate(found)]  # type: ignore[arg-type]
    now = max((one.at for one in revisions), default=0)
    once = kept(revisions, now)
    assert kept(once, now) == once
    if revisions:
        assert max(one.at for one in once) == now
    assert [one for one in revisions if one.kind == "named"] == [one for one in once if one.kind == "named"]
    # Whoever thins often keeps no less than who thins late.
    assert {one.id for one in kept(once, now + later)} <= {one.id for one in once}
