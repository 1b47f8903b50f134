"""The almanac of China: festivals, days off, weekends that are worked, and what it says of years that nobody announced."""

from __future__ import annotations

from datetime import date

import pytest

from linli.sight.forecast import almanac
from linli.sight.forecast.core.days import Kind, days_from
from linli.sight.forecast.core.tree import Absurd


def test_a_year_that_was_announced_has_its_shifted_days() -> None:
    known = almanac.known(date(2025, 1, 1), date(2026, 12, 31), off="-", worked="-")
    days = days_from(date(2026, 2, 14), 16, known)
    assert [int(kind) for kind in days.kind] == [Kind.WORKED, *[Kind.OFF] * 9, *[Kind.ORDINARY] * 4, Kind.WORKED, Kind.ORDINARY]
    assert {days.name(at) for at in range(1, 10)} == {"春节"}  # with the weekend inside it and the day off after it
    assert days.name(12) == ""
    assert known.festivals[date(2025, 10, 6)] == "中秋节"
    assert known.festivals[date(2025, 10, 8)] == "中秋节"


def test_a_later_year_has_its_festivals_by_law_and_says_that_nothing_is_announced() -> None:
    later = almanac.last_announced() + 3
    known = almanac.known(date(later, 1, 1), date(later, 12, 31), off="-", worked="-")
    assert known.last_year < later
    assert set(known.festivals.values()) >= {"元旦", "春节", "清明节", "劳动节", "端午节", "国庆节"}
    assert not [day for day in known.worked if day.year == later]


def test_an_operator_sets_days_and_is_refused_what_is_none() -> None:
    known = almanac.known(date(2026, 1, 1), date(2026, 12, 31), off="2026-03-03 2026-02-14", worked="2026-06-20")
    assert {date(2026, 3, 3), date(2026, 2, 14)} <= known.off
    assert date(2026, 6, 20) in known.worked
    assert date(2026, 6, 20) not in known.off
    with pytest.raises(Absurd, match="days"):
        almanac.known(date(2026, 1, 1), date(2026, 1, 2), off="tomorrow", worked="-")
