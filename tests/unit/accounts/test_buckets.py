"""Token buckets: nobody gets more tries than the rate gives, and what is kept is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from noctule.accounts.buckets import Buckets
from noctule_agent.wire.values import Millis

STEPS = st.lists(st.tuples(st.integers(0, 200_000), st.sampled_from("abc")), max_size=200)


@given(most=st.integers(1, 20), seconds=st.floats(0.5, 100), steps=STEPS)
def test_nobody_gets_more_tries_than_the_rate_gives(most: int, seconds: float, steps: list[tuple[int, str]]) -> None:
    buckets, now, taken = Buckets(most, seconds, 100), 0, dict.fromkeys("abc", 0)
    for after, name in steps:
        now += after
        if buckets.wait(name, Millis(now)) == 0:
            buckets.take(name, Millis(now))
            taken[name] += 1
        assert taken[name] <= most + now / (seconds * 1000) + 1e-6


@given(most=st.integers(1, 20), seconds=st.floats(0.5, 100), steps=STEPS)
def test_who_waits_as_long_as_told_may_try(most: int, seconds: float, steps: list[tuple[int, str]]) -> None:
    buckets, now = Buckets(most, seconds, 100), 0
    for after, name in steps:
        now += after
        wait = buckets.wait(name, Millis(now))
        assert 0 <= wait <= seconds + 1
        assert buckets.wait(name, Millis(now + wait * 1000)) == 0
        if wait == 0:
            buckets.take(name, Millis(now))


@given(names=st.lists(st.text(max_size=5), max_size=200))
def test_what_is_kept_is_bounded_and_a_full_bucket_is_not_kept(names: list[str]) -> None:
    buckets = Buckets(3, 10, 20)
    for name in names:
        buckets.take(name, Millis(0))
        assert len(buckets) <= 20
    for name in names:
        for _ in range(300):
            buckets.give_back(name, Millis(0))
    assert len(buckets) == 0


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    buckets = Buckets(1, 10, 20)
    buckets.take("a", Millis(100_000))
    assert buckets.wait("a", Millis(50_000)) == 10
