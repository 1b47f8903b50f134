"""What kind of day each is: weekday, a day off, a weekend that is worked, a festival by name. Pure; which days they are is told from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from linli.sight.forecast.core.tree import Absurd

WEEK = 7
SUNDAY, SATURDAY = 6, 5
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_DAYS = "-"  # how policy says that there are none


class Kind(IntEnum):
    """How a day is lived, whatever its name in the week."""

    ORDINARY = 0
    OFF = 1  # a festival or a day off beside it
    WORKED = 2  # a Saturday or Sunday that is worked to make up


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of days that differ: names of the festivals by day, all days off, all weekends worked, and the last year that is announced."""

    festivals: Mapping[date, str]
    off: frozenset[date]
    worked: frozenset[date]
    last_year: int


NOTHING_KNOWN = Known({}, frozenset(), frozenset(), 0)


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days: the first, and for each its weekday (Monday 0), kind and festival (number in `names`, from 1; 0: none)."""

    first: date
    weekday: NDArray[np.int64]
    kind: NDArray[np.int64]
    festival: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return how many days there are."""
        return len(self.weekday)

    def day(self, at: int) -> date:
        """Return the date of a day."""
        return self.first + timedelta(days=at)

    def name(self, at: int) -> str:
        """Return the festival of a day, '' for none."""
        return self.names[self.festival[at] - 1] if self.festival[at] else ""


def days_in(text: str) -> tuple[date, ...]:
    """Return the days that a policy names, dates with blanks between; the dash is none. Raises Absurd("days") for anything else."""
    found = []
    for word in text.split() if text != NO_DAYS else ():
        if not DAY.fullmatch(word):
            raise Absurd("days", word)
        try:
            found.append(date.fromisoformat(word))
        except ValueError:
            raise Absurd("days", word) from None
    return tuple(found)


def edited(known: Known, *, off: tuple[date, ...], worked: tuple[date, ...]) -> Known:
    """Return the known days with those that an operator set: these win over what the almanac says."""
    return Known(known.festivals, (known.off | set(off)) - set(worked), (known.worked | set(worked)) - set(off), known.last_year)


def days_from(first: date, many: int, known: Known = NOTHING_KNOWN) -> Days:
    """Return `many` days from `first`. Raises Absurd("days") for fewer than one."""
    if many < 1:
        raise Absurd("days", "none")
    run = [first + timedelta(days=at) for at in range(many)]
    names = tuple(sorted(set(known.festivals.values())))
    number = {name: at + 1 for at, name in enumerate(names)}
    weekday = (first.weekday() + np.arange(many)) % WEEK
    kind = [
        Kind.OFF if day in known.off else Kind.WORKED if day in known.worked and day.weekday() >= SATURDAY else Kind.ORDINARY for day in run
    ]
    festival = [number.get(known.festivals.get(day, ""), 0) for day in run]
    return Days(first, weekday, np.array(kind, np.int64), np.array(festival, np.int64), names)
