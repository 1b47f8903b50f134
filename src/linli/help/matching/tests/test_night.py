"""The quiet hours and the hour a day opens, over midnight and within a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.help.matching.core.night import by_day, is_quiet, next_at, not_over_night, until_day

NIGHT = "22:00-06:00"


def at(text: str) -> datetime:
    """Return a moment of the 11th of May that is 'HH:MM' in Beijing."""
    return datetime.fromisoformat(f"2026-05-11T{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "time", "is_so"),
    [
        (NIGHT, "21:59", False), (NIGHT, "22:00", True), (NIGHT, "00:00", True), (NIGHT, "05:59", True), (NIGHT, "06:00", False),
        ("01:00-05:00", "00:59", False), ("01:00-05:00", "01:00", True), ("01:00-05:00", "05:00", False), ("-", "03:00", False),
    ],
)  # fmt: skip
def test_when_it_is_quiet(quiet: str, time: str, is_so: bool) -> None:
    assert is_quiet(quiet, at(time)) is is_so


def test_what_begins_at_night_begins_when_the_day_opens() -> None:
    assert by_day(at("23:10"), NIGHT, "08:00") == at("08:00") + timedelta(days=1)
    assert by_day(at("05:10"), NIGHT, "08:00") == at("08:00")
    assert by_day(at("06:10"), NIGHT, "08:00") == at("08:00")
    assert by_day(at("08:00"), NIGHT, "08:00") == at("08:00")
    assert by_day(at("03:00"), "-", "08:00") == at("03:00")
    assert until_day(NIGHT, at("23:10")) == at("06:00") + timedelta(days=1)


def test_a_wait_does_not_run_out_while_nobody_is_asked() -> None:
    span, dawn = timedelta(hours=2), at("06:00")
    assert not_over_night(at("21:30"), span, NIGHT) == at("21:30")
    assert not_over_night(at("23:50"), span, NIGHT) == dawn + timedelta(days=1) + span
    assert not_over_night(dawn, span, NIGHT) == dawn + span
    assert not_over_night(at("03:00"), span, "-") == at("03:00")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_time_is_ahead_and_within_a_day(moment: datetime) -> None:
    found = next_at("08:00", moment)
    assert moment <= found <= moment + timedelta(days=1)
    assert (found + timedelta(hours=8)).strftime("%H:%M:%S") == "08:00:00"
