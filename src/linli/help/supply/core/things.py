"""Things that are lent and rooms that are booked: when they are open, when they are free, who may have them. Pure.

A thing has units, each of which is with one borrower at a time. What is booked by the hour (a room, a van) lies within one opening slot. What is
lent for days (a bed, a wheelchair) is fetched and brought back in opening hours; what lies between does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from linli.help.supply.core.helpers import Slot, bad_slot

BEIJING = timedelta(hours=8)
MINUTES_A_DAY = 1440
UNITS_MAX = 50
SLOTS_MAX = 28
Span = tuple[datetime, datetime]


class Manner(StrEnum):
    """How a thing is lent."""

    HOUR = "hour"
    DAY = "day"


KINDS: dict[str, Manner] = {
    "wheelchair": Manner.DAY,
    "walker": Manner.DAY,
    "oxygen": Manner.DAY,
    "care_bed": Manner.DAY,  # a bed with rails, taken home
    "bed": Manner.DAY,  # a short stay in a day-care or respite home
    "toolbox": Manner.DAY,
    "farm_tool": Manner.DAY,
    "room": Manner.HOUR,
    "meeting_room": Manner.HOUR,
    "kitchen": Manner.HOUR,
    "van": Manner.HOUR,
}


class WhyNot(StrEnum):
    """Why a thing is not to be had for a span. The order is the order in which rules are tried."""

    RETIRED = "retired"
    NOT_SHARED = "not_shared"  # of another community, and not lent beyond its own
    GROUP = "group"  # kept for special groups
    CERTIFICATE = "certificate"
    DECLINED = "declined"  # the borrower did not want this one
    LONG = "long"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a thing is lent: `hours` as (weekday 0-6, from minute, until minute) Beijing time, none for always."""

    manner: Manner
    hours: tuple[Slot, ...] = ()
    minutes_max: int | None = None  # less than policy's, where the lender says so
    only_group: bool = False
    certificate: str = ""
    shared: bool = True
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who asks, as the terms see them: of the thing's own community, of a special group, certificates in force, whether they declined it."""

    here: bool
    in_group: bool = False
    certificates: frozenset[str] = frozenset()
    declined: bool = False


def minutes_of(span: Span) -> int:
    """Return how long a span is in whole minutes, rounded up."""
    return -((span[0] - span[1]) // timedelta(minutes=1))


def _minute(moment: datetime) -> tuple[int, int]:
    here = moment + BEIJING
    return here.weekday(), here.hour * 60 + here.minute


def _at_counter(hours: Iterable[Slot], moment: datetime) -> bool:
    """Tell whether somebody is there at a moment: opening and closing time both count."""
    day, minute = _minute(moment)
    return any(
        (wd == day and low <= minute <= high) or (minute == 0 and high == MINUTES_A_DAY and (wd + 1) % 7 == day) for wd, low, high in hours
    )


def is_open(terms: Terms, span: Span) -> bool:
    """Tell whether a thing can be had for all of a span by its opening hours."""
    if not terms.hours:
        return True
    if terms.manner is Manner.DAY:
        return all(_at_counter(terms.hours, moment) for moment in span)
    day, minute = _minute(span[0])
    return any(wd == day and low <= minute and minute + minutes_of(span) <= high for wd, low, high in terms.hours)


def longest(terms: Terms, minutes_max: int) -> int:
    """Return the longest booking in minutes: policy's `minutes_max`, or less where the lender says so."""
    return min(minutes_max, terms.minutes_max or minutes_max)


def why_not(terms: Terms, borrower: Borrower, span: Span, minutes_max: int) -> WhyNot | None:
    """Return the first rule that keeps a borrower from a thing for a span, or None. Whether a unit is free is another question."""
    tried = (
        (WhyNot.RETIRED, terms.retired),
        (WhyNot.NOT_SHARED, not borrower.here and not terms.shared),
        (WhyNot.GROUP, terms.only_group and not borrower.in_group),
        (WhyNot.CERTIFICATE, bool(terms.certificate) and terms.certificate not in borrower.certificates),
        (WhyNot.DECLINED, borrower.declined),
        (WhyNot.LONG, minutes_of(span) > longest(terms, minutes_max)),
        (WhyNot.CLOSED, not is_open(terms, span)),
    )
    return next((why for why, holds in tried if holds), None)


def clashes(span: Span, taken: Iterable[Span]) -> bool:
    """Tell whether a span meets any that is taken; where one ends another may begin."""
    return any(begin < span[1] and span[0] < end for begin, end in taken)


def opened(hours: Sequence[Slot], window: Span) -> tuple[Span, ...]:
    """Return the opening slots that lie in a window, cut to it, in order of time; the window itself where there are no hours."""
    begin, end = window
    if not hours:
        return (window,) if begin < end else ()
    here = begin + BEIJING
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) - BEIJING
    found = []
    for n in range((end - midnight).days + 1):
        day = midnight + timedelta(days=n)
        for weekday, low, high in hours:
            if weekday == (day + BEIJING).weekday():
                slot = max(begin, day + timedelta(minutes=low)), min(end, day + timedelta(minutes=high))
                found += [slot] if slot[0] < slot[1] else []
    return tuple(sorted(found))


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of spans once others are taken out of them; a blackout of part of a day leaves the rest of the day."""
    left = list(spans)
    for begin, end in sorted(taken):
        cut = []
        for low, high in left:
            if end <= low or high <= begin:
                cut.append((low, high))
                continue
            cut += [(low, begin)] if low < begin else []
            cut += [(end, high)] if end < high else []
        left = cut
    return tuple(sorted(left))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans that meet or touch as one, in order of time."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)


def free_spans(terms: Terms, taken: Iterable[Span], window: Span) -> tuple[Span, ...]:
    """Return when one unit is free in a window: by the hour within opening hours, by the day at all times that nobody has it."""
    return without(opened(terms.hours if terms.manner is Manner.HOUR else (), window), taken)


def bad_hours(hours: Sequence[Slot]) -> bool:
    """Tell whether opening hours cannot be: a slot of no day, one that ends before it begins, two that overlap, or too many."""
    if len(hours) > SLOTS_MAX or bad_slot(hours) is not None:
        return True
    rows = sorted(hours)
    return any(one[0] == other[0] and other[1] < one[2] for one, other in pairwise(rows))
