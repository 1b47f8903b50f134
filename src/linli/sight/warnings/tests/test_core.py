"""Verdicts over quarters: no noise, no delay beyond what is stated; every state and event; draws and findings."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import Actor, Post, Role
from linli.kernel.quarter import Quarter, closed_before
from linli.kernel.stats import binomial_tail
from linli.sight.warnings.core import (
    MOVES,
    CallRule,
    Event,
    Finding,
    Heard,
    Level,
    Reason,
    Rule,
    Seen,
    State,
    draw,
    excludes,
    finding,
    likelihoods,
    supervises,
    to_call,
    walk,
)
from linli.sight.warnings.tests.simulate import RULE, delays, false_alarms

FIRST = Quarter(2024, 1)
HOME = "440104001001"


def seen(*figures: tuple[int, int], first: Quarter = FIRST) -> tuple[Seen, ...]:
    return tuple(Seen(first.plus(number), hits, n) for number, (hits, n) in enumerate(figures))


def calls(*figures: tuple[int, int]) -> list[tuple[str, str, str]]:
    return [(v.seen.quarter.code(), c.level.value, c.reason.value) for v in walk(seen(*figures), RULE) for c in v.calls]


# The error and the delay that are stated ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 20, 200])
def test_a_steady_healthy_community_is_not_warned_in_two_hundred_quarters(n: int) -> None:
    found = false_alarms(0.85, n, communities=200, quarters=200, seed=n)
    assert found.quarters == 40_000
    assert found.per_quarter <= RULE.error_ppm / 1e6 / 10  # far under what is stated, which is for a community right at the bar
    assert found.any_share <= 0.02


@pytest.mark.parametrize("n", [5, 20, 200])
def test_right_at_the_bar_the_stated_error_holds(n: int) -> None:
    found = false_alarms(RULE.bar_ppm / 1e6, n, communities=150, quarters=200, seed=100 + n)
    assert 0 < found.per_quarter <= RULE.error_ppm / 1e6


@pytest.mark.parametrize(("n", "half_within", "nearly_all_within"), [(5, 16, 36), (20, 5, 14), (200, 1, 2)])
def test_a_real_fall_is_caught_within_the_stated_delay(n: int, half_within: int, nearly_all_within: int) -> None:
    found = delays(0.85, 0.55, n, communities=300, seed=200 + n)
    assert np.percentile(found, 50) <= half_within
    assert np.percentile(found, 95) <= nearly_all_within


def test_figures_that_come_in_uneven_numbers_keep_the_error() -> None:
    rng = np.random.default_rng(7)
    alarms = quarters = 0
    for _ in range(100):
        sizes = rng.choice([0, 0, 1, 3, 8, 30, 150], 200)
        rows = [(int(rng.binomial(size, 0.7)), int(size)) for size in sizes]
        quarters += int((sizes > 0).sum())
        alarms += len(calls(*rows))
    assert alarms / quarters <= RULE.error_ppm / 1e6


@given(st.integers(1, 400), st.integers(500_000, 900_000))
def test_each_alternative_is_a_fair_bet_against_the_bar(n: int, bar_ppm: int) -> None:
    # The e-detector's promise rests on this: under the bar's own share, a likelihood ratio has mean one.
    bar = bar_ppm / 1e6
    total = [0.0] * 5
    for hits in range(n + 1):
        chance = np.exp(_log_pmf(hits, n, bar))
        total = [t + chance * ratio for t, ratio in zip(total, likelihoods(hits, n, bar_ppm), strict=True)]
    assert total == pytest.approx([1.0] * 5, rel=1e-6)


def _log_pmf(hits: int, n: int, p: float) -> float:
    choose = float(np.sum(np.log(np.arange(hits + 1, n + 1))) - np.sum(np.log(np.arange(1, n - hits + 1))))
    return choose + hits * float(np.log(p)) + (n - hits) * float(np.log(1 - p))


@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 999_999))
def test_the_tail_is_the_sum_of_its_terms(hits: int, n: int, ppm: int) -> None:
    hits = min(hits, n)
    assert binomial_tail(hits, n, ppm) == pytest.approx(sum(np.exp(_log_pmf(k, n, ppm / 1e6)) for k in range(hits + 1)), rel=1e-9)


# What opens what ------------------------------------------------------------------------------------------------------------------


def test_one_bad_quarter_opens_blue_only_where_it_excludes_the_bar() -> None:
    assert calls((3, 5)) == calls((1, 5)) == calls((12, 20)) == []
    assert calls((0, 5)) == [("2024Q1", "blue", "interval")]
    assert calls((100, 200)) == [("2024Q1", "blue", "interval")]
    assert excludes(0, 5, RULE)
    assert not excludes(0, 0, RULE)


def test_two_quarters_running_open_yellow_and_a_good_one_between_does_not() -> None:
    assert calls((9, 20), (9, 20)) == [("2024Q2", "yellow", "running")]
    assert calls((9, 20), (19, 20), (9, 20)) == []
    assert calls((100, 200), (100, 200)) == [("2024Q1", "blue", "interval"), ("2024Q2", "yellow", "running")]


def test_a_deficit_that_piles_up_is_called_though_no_quarter_alone_says_so() -> None:
    found = walk(seen(*[(11, 20)] * 8), RULE)
    first = next(v for v in found if v.calls)
    assert first.calls[0].level is Level.YELLOW  # it went on over quarters, all under the bar
    assert first.calls[0].quarters >= 2
    assert first.calls[0].hits * 1_000_000 < first.calls[0].n * RULE.bar_ppm
    assert not any(excludes(11, 20, RULE) for _ in found)


def test_an_empty_quarter_is_no_verdict_and_forgets_nothing() -> None:
    found = walk(seen((9, 20), (0, 0), (9, 20)), RULE)
    assert not found[1].judged
    assert found[1].calls == ()
    assert found[1].evidence_milli == found[0].evidence_milli
    assert [c.reason for c in found[2].calls] == [Reason.RUNNING]
    assert calls(*[(0, 0)] * 12) == []


def test_two_failed_years_running_open_the_card_once_the_second_has_closed() -> None:
    bad, good = (120, 200), (180, 200)
    assert [c for c in calls(*[bad] * 8) if c[1] == "card"] == [("2025Q4", "card", "years")]
    assert [c for c in calls(*[bad] * 7) if c[1] == "card"] == []
    assert [c for c in calls(*[bad] * 4, *[good] * 4) if c[1] == "card"] == []
    # Nobody rated in the last quarter: the years are judged all the same.
    assert [c for c in calls(*[bad] * 7, (0, 0)) if c[1] == "card"] == [("2025Q4", "card", "years")]


def test_quarters_follow_each_other_or_are_refused() -> None:
    with pytest.raises(ValueError, match="follow"):
        walk([Seen(FIRST, 1, 1), Seen(FIRST, 1, 1)], RULE)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=16))
def test_every_call_names_figures_under_the_bar(rows: list[tuple[int, int]]) -> None:
    for verdict in walk(seen(*[(min(h, n), n) for h, n in rows]), RULE):
        for call in verdict.calls:
            assert call.n > 0
            assert call.hits * 1_000_000 < call.n * RULE.bar_ppm
            assert 1 <= call.quarters <= 16


# States ---------------------------------------------------------------------------------------------------------------------------

ALLOWED = {
    ("open", "plan"): "planned", ("planned", "plan"): "planned", ("planned", "show"): "shown", ("shown", "draw"): "calling",
    ("calling", "call"): "calling", ("calling", "close"): "closed", ("calling", "deny"): "risen", ("open", "overdue"): "risen",
    ("planned", "overdue"): "risen", ("open", "rise"): "risen", ("planned", "rise"): "risen", ("shown", "rise"): "risen",
    ("calling", "rise"): "risen",
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)), ids=str)
def test_every_state_and_event(state: State, event: Event) -> None:
    new = MOVES.get((state, event))
    assert (new.value if new else None) == ALLOWED.get((state.value, event.value))


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (Role.WORKER, HOME, ""),
        (Role.DISPATCHER, HOME[:9], "blue"),
        (Role.DISPATCHER, HOME, ""),  # a dispatcher of one community is no street
        (Role.DISPATCHER, "440104002", ""),
        (Role.CITY, HOME[:4], "blue yellow"),
        (Role.CITY, HOME[:6], "blue"),
        (Role.CITY, "44", "blue yellow red card"),
        (Role.CITY, "45", ""),
        (Role.AUDITOR, "44", ""),
    ],
)
def test_each_level_is_closed_from_high_enough(role: Role, place: str, may: str) -> None:
    actor = Actor.of_person(UUID(int=1), posts=(Post(role, place),))
    assert [level.value for level in Level if supervises(actor, level, HOME)] == may.split()


# Call-backs -----------------------------------------------------------------------------------------------------------------------

F, N, U = Heard.FIXED, Heard.NOT_FIXED, Heard.UNREACHED
FIVE = CallRule(people=5, false_from=2)


def test_the_draw_follows_from_the_root_alone() -> None:
    pool = [UUID(int=n) for n in range(50)]
    one = draw("aa" * 32, UUID(int=9), pool)
    assert sorted(one) == pool
    assert one == draw("aa" * 32, UUID(int=9), reversed(pool))
    assert one != draw("ab" * 32, UUID(int=9), pool)
    assert one != draw("aa" * 32, UUID(int=8), pool)
    first = [draw(f"{n:064x}", UUID(int=9), pool)[0].int for n in range(2000)]
    assert np.bincount(first, minlength=50).min() > 15  # everybody comes first about as often (40 on average)


@pytest.mark.parametrize(
    ("results", "says", "listed"),
    [
        ([None] * 9, Finding.PENDING, 5),
        ([F, F, F, F, None, None], Finding.PENDING, 5),
        ([F, F, F, F, F, None], Finding.TRUE, 5),
        ([F, F, N, F, F, None], Finding.TRUE, 5),
        ([F, N, N, None, None, None], Finding.FALSE, 5),  # nobody needs to be called any more
        ([F, U, F, F, F, None, None], Finding.PENDING, 6),
        ([F, U, F, F, F, F, None], Finding.TRUE, 6),
        ([U, U, U], Finding.PENDING, 3),  # they are tried again
        ([U, F, U], Finding.TRUE, 3),
        ([N], Finding.FALSE, 1),
        ([F], Finding.TRUE, 1),
        ([], Finding.PENDING, 0),
    ],
)
def test_what_the_calls_say(results: list[Heard | None], says: Finding, listed: int) -> None:
    assert finding(results, FIVE) is says
    assert to_call(results, FIVE) == listed


# Quarters -------------------------------------------------------------------------------------------------------------------------


def test_a_quarter_begins_when_the_day_begins_in_beijing() -> None:
    quarter = Quarter(2026, 1)
    assert quarter.begins().isoformat() == "2025-12-31T16:00:00+00:00"
    assert quarter.ends() == Quarter(2026, 2).begins()
    assert Quarter.at(quarter.begins()) == quarter
    assert Quarter.of(quarter.first_day()) == quarter
    assert closed_before(quarter.begins(), 2) == (Quarter(2025, 3), Quarter(2025, 4))
    assert [quarter.plus(n).code() for n in (-5, -1, 0, 3, 4)] == ["2024Q4", "2025Q4", "2026Q1", "2026Q4", "2027Q1"]
    assert Rule(700_000, 10_000).each == pytest.approx(0.0025)
