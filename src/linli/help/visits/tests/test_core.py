"""States of offers and visits as tables, the rotating code. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.help.visits.core import DONE, EVENTS, LIVE, MOVES, OFFER_MOVES, OfferState, VisitState, code_at, code_fits

# What each event may start from, written out by hand and held against the table.
ALLOWED: dict[str, dict[str, str]] = {
    "join": {"waiting": "booked"},
    "wait": {"booked": "waiting"},
    "release": {"waiting": "cancelled", "checked_in": "cancelled"},
    "check_in": {"booked": "checked_in"},
    "cancel": {"booked": "cancelled"},
    "no_show": {"booked": "no_show"},
    "check_out": {"checked_in": "checked_out"},
    "dispute": {"checked_in": "disputed", "checked_out": "disputed"},
    "confirm": {"checked_out": "confirmed"},
    "settle": {"disputed": "settled"},
    "correct": {"confirmed": "corrected", "settled": "corrected", "corrected": "corrected"},
}
OFFERS = {"accept": "accepted", "decline": "declined", "lapse": "lapsed", "withdraw": "withdrawn"}


@pytest.mark.parametrize(("state", "event"), list(product(VisitState, sorted(ALLOWED))), ids=str)
def test_every_state_and_event_of_a_visit(state: VisitState, event: str) -> None:
    new = MOVES.get((state, event))
    assert (new.value if new else None) == ALLOWED[event].get(state.value)


@pytest.mark.parametrize(("state", "event"), list(product(OfferState, sorted(OFFERS))), ids=str)
def test_every_state_and_event_of_an_offer(state: OfferState, event: str) -> None:
    new = OFFER_MOVES.get((state, event))
    assert (new.value if new else None) == (OFFERS[event] if state is OfferState.MADE else None)


def test_the_tables_know_no_other_event() -> None:
    assert set(EVENTS) == set(ALLOWED)
    assert {event for _, event in OFFER_MOVES} == set(OFFERS)


def test_every_trouble_has_a_way_out() -> None:
    ways = {state: {new for (old, _), new in MOVES.items() if old is state} for state in VisitState}
    ends = {VisitState.CANCELLED, VisitState.NO_SHOW}
    for state in set(VisitState) - ends:
        assert ways[state], state
    assert not set(LIVE) & set(DONE)
    assert all(ways[state] == {VisitState.CORRECTED} for state in DONE)


SEEDS = st.binary(min_size=32, max_size=32)
MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WINDOWS = st.integers(1, 60)


@given(SEEDS, MOMENTS, WINDOWS)
def test_the_code_shown_fits_and_has_four_digits(seed: bytes, now: datetime, window: int) -> None:
    shown = code_at(seed, now, window_minutes=window)
    assert len(shown.code) == 4
    assert shown.code.isdigit()
    assert 0 < shown.left_s <= window * 60
    assert code_fits(seed, shown.code, now, window_minutes=window)
    assert code_fits(seed, f" {shown.code[:2]} {shown.code[2:]} ", now, window_minutes=window)


@given(SEEDS, MOMENTS, WINDOWS)
def test_a_code_lives_for_its_window_and_one_more(seed: bytes, now: datetime, window: int) -> None:
    shown = code_at(seed, now, window_minutes=window)
    last = now + timedelta(seconds=shown.left_s + window * 60 - 1)
    assert code_fits(seed, shown.code, last.replace(microsecond=0), window_minutes=window)
    fitting = [
        code_fits(seed, shown.code, now + timedelta(minutes=window * n, seconds=shown.left_s), window_minutes=window) for n in range(1, 6)
    ]
    assert not all(fitting)  # an old number can come up again by chance, five times in a row it does not


@given(SEEDS, MOMENTS)
def test_a_code_of_tomorrow_is_no_code(seed: bytes, now: datetime) -> None:
    ahead = {code_at(seed, now + timedelta(minutes=5 * n), window_minutes=5).code for n in range(1, 9)}
    assert sum(code_fits(seed, code, now, window_minutes=5) for code in ahead) <= 2


@pytest.mark.parametrize("said", ["", "12", "abcd", "１２３４", "0" * 5000, "-001", "😀"])
def test_what_is_no_code_does_not_fit(said: str) -> None:
    assert not code_fits(b"\x07" * 32, said, datetime(2026, 6, 1, tzinfo=UTC), window_minutes=5)


def test_golden_code() -> None:
    assert code_at(bytes(range(32)), datetime(2026, 6, 1, 0, 2, tzinfo=UTC), window_minutes=5).left_s == 180
    one, other = (code_at(bytes([n]) * 32, datetime(2026, 6, 1, tzinfo=UTC), window_minutes=5).code for n in (1, 2))
    assert one != other
