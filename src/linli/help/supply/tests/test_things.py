"""Opening hours, blackouts and free spans; the table of states: every state and event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.help.supply.core.bookings import ENDED, EVENTS, HOLDING, MOVES, RUNNING, Limits, State, Wrong, wrong_span
from linli.help.supply.core.things import (
    BEIJING,
    KINDS,
    Borrower,
    Manner,
    Span,
    Terms,
    WhyNot,
    bad_hours,
    clashes,
    free_spans,
    is_open,
    opened,
    why_not,
    without,
)

MONDAY = datetime(2026, 6, 1, 0, 0, tzinfo=UTC) - BEIJING  # a Monday's midnight in Beijing
WEEKDAYS = tuple((day, 540, 1020) for day in range(5))  # nine to five
HOUR = timedelta(hours=1)
LIMITS = Limits(days_max=30, room_minutes_max=240, ahead_days_max=60, open_max=3, answer_minutes=1440, offer_minutes=720, early_minutes=60)
slots = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[1] < s[2])
hours_of = st.lists(slots, max_size=6).map(tuple).filter(lambda h: not bad_hours(h))
moments = st.integers(0, 21 * 1440).map(lambda m: MONDAY + timedelta(minutes=m))
spans = st.tuples(moments, st.integers(1, 5 * 1440)).map(lambda s: (s[0], s[0] + timedelta(minutes=s[1])))


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


@pytest.mark.parametrize(
    ("manner", "begin", "end", "open_"),
    [
        (Manner.HOUR, at(0, 9), at(0, 17), True),
        (Manner.HOUR, at(0, 8.5), at(0, 10), False),
        (Manner.HOUR, at(0, 16), at(0, 17.5), False),
        (Manner.HOUR, at(0, 16), at(1, 10), False),  # overnight
        (Manner.HOUR, at(5, 10), at(5, 11), False),  # a Saturday
        (Manner.DAY, at(4, 16), at(7, 10), True),  # over a weekend: fetched on Friday, back on Monday
        (Manner.DAY, at(4, 16), at(6, 10), False),  # nobody takes it back on a Sunday
        (Manner.DAY, at(0, 17), at(1, 9), True),  # opening and closing time both count
    ],
)
def test_rooms_lie_within_hours_and_things_are_fetched_and_brought_back_in_them(
    manner: Manner, begin: datetime, end: datetime, open_: bool
) -> None:
    assert is_open(Terms(manner, WEEKDAYS), (begin, end)) is open_
    assert is_open(Terms(manner), (begin, end))


def test_midnight_belongs_to_the_day_that_ends() -> None:
    late = Terms(Manner.DAY, ((0, 1380, 1440),))
    assert is_open(late, (at(0, 23.5), at(1, 0)))
    assert not is_open(late, (at(0, 23.5), at(2, 0)))


def test_a_partial_blackout_leaves_the_rest_of_the_day() -> None:
    room = Terms(Manner.HOUR, WEEKDAYS)
    day = (at(0, 0), at(1, 0))
    assert free_spans(room, [(at(0, 11), at(0, 13))], day) == ((at(0, 9), at(0, 11)), (at(0, 13), at(0, 17)))
    assert free_spans(room, [(at(0, 0), at(9, 0))], day) == ()
    assert free_spans(Terms(Manner.DAY, WEEKDAYS), [(at(0, 11), at(0, 13))], day) == ((at(0, 0), at(0, 11)), (at(0, 13), at(1, 0)))


@given(hours_of, st.lists(spans, max_size=8), spans)
def test_what_is_free_is_open_and_not_taken_and_nothing_is_forgotten(
    hours: tuple[tuple[int, int, int], ...], taken: list[Span], window: Span
) -> None:
    free = free_spans(Terms(Manner.HOUR, hours), taken, window)
    assert free == free_spans(Terms(Manner.HOUR, hours), list(reversed(taken)), window)
    open_ = opened(hours, window)
    for begin, end in free:
        assert window[0] <= begin < end <= window[1]
        assert not clashes((begin, end), taken)
        assert any(low <= begin and end <= high for low, high in open_)
    for low, high in open_:  # each minute of an opening slot is free or taken
        at_minute = low
        while at_minute < high:
            inside = any(begin <= at_minute < end for begin, end in free)
            assert inside != clashes((at_minute, at_minute + timedelta(seconds=1)), taken)
            at_minute += timedelta(minutes=37)


@given(st.lists(spans, max_size=8))
def test_taking_out_nothing_changes_nothing_and_everything_leaves_nothing(found: list[Span]) -> None:
    assert sorted(without(found, [])) == sorted(found)
    assert without(found, found) == ()


@pytest.mark.parametrize(
    "hours",
    [((7, 0, 60),), ((0, 60, 60),), ((0, 0, 1441),), ((0, 0, 120), (0, 60, 180)), tuple((n % 7, n, n + 1) for n in range(29))],
)
def test_hours_that_cannot_be_are_bad(hours: tuple[tuple[int, int, int], ...]) -> None:
    assert bad_hours(hours)


def test_the_first_rule_that_keeps_somebody_away_is_told() -> None:
    terms = Terms(Manner.DAY, WEEKDAYS, minutes_max=1440, only_group=True, certificate="care", shared=False)
    span = (at(0, 10), at(0, 12))
    order = [
        (Borrower(here=False), WhyNot.NOT_SHARED),
        (Borrower(here=True), WhyNot.GROUP),
        (Borrower(here=True, in_group=True), WhyNot.CERTIFICATE),
        (Borrower(True, True, frozenset({"care"}), declined=True), WhyNot.DECLINED),
    ]
    for who, why in order:
        assert why_not(terms, who, span, 43_200) is why
    fits = Borrower(True, True, frozenset({"care"}))
    assert why_not(terms, fits, (at(0, 10), at(2, 12)), 43_200) is WhyNot.LONG
    assert why_not(terms, fits, (at(0, 8), at(0, 12)), 43_200) is WhyNot.CLOSED
    assert why_not(terms, fits, span, 60) is WhyNot.LONG  # policy's own limit
    assert why_not(terms, fits, span, 43_200) is None


def test_every_state_and_event_is_decided() -> None:
    ways = {(state, event): MOVES.get((state, event)) for state in State for event in EVENTS}
    assert len(ways) == len(State) * len(EVENTS)
    assert {state for state in State if not any(ways[state, event] for event in EVENTS)} == set(ENDED)
    assert all(any(new in ENDED for new in reach(state)) for state in RUNNING)
    assert all(state in RUNNING for state in HOLDING)


def reach(state: State) -> set[State]:
    """Return every state that can come after one."""
    found: set[State] = set()
    edge = {state}
    while edge:
        edge = {new for (old, _event), new in MOVES.items() if old in edge} - found
        found |= edge
    return found


@pytest.mark.parametrize(
    ("span", "manner", "wrong"),
    [
        ((at(1, 10), at(1, 9)), Manner.HOUR, Wrong.BACKWARDS),
        ((at(-1, 10), at(1, 9)), Manner.DAY, Wrong.PAST),
        ((at(61, 10), at(61, 11)), Manner.HOUR, Wrong.FAR),
        ((at(1, 9), at(1, 13.5)), Manner.HOUR, Wrong.LONG),
        ((at(1, 9), at(32, 9)), Manner.DAY, Wrong.LONG),
        ((at(1, 9), at(31, 9)), Manner.DAY, None),
    ],
)
def test_a_span_that_cannot_be_is_named(span: Span, manner: Manner, wrong: Wrong | None) -> None:
    assert wrong_span(span, manner, LIMITS, at(0, 9)) is wrong


def test_every_kind_has_its_manner() -> None:
    assert set(KINDS.values()) == set(Manner)
