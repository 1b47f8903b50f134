"""A figure: an indicator of a place and a time, as a whole number with what it stands on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from linli.kernel.stats import wilson
from linli.kernel.units import PPM_ONE
from linli.sight.facts.indicator import Indicator, Shape, Unit

MILLI = 1000
LOOKED = "looked_at_registers"
UPON = frozenset({Shape.SHARE, Shape.MEAN, Shape.AMOUNT})  # what their top says is about those of their bottom


class Withheld(StrEnum):
    """Why a figure has no value."""

    NO = ""
    NO_RECORD = "no_record"  # nothing records it yet
    NO_DATA = "no_data"  # nothing happened that it could be counted from
    TOO_FEW = "too_few"  # too few to be shown at this place, or it would give such a one away


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is None exactly where `withheld` says why; `denominator` is its n; `low`, `high`: 95 % interval of shares.

    `start` and `end` are Beijing days, half-open. `fact_set` is the digest of what it was counted from, '' where there is none yet;
    `as_of` when that was frozen.
    """

    code: str
    place: str
    start: date
    end: date
    unit: Unit
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    low: int | None = None
    high: int | None = None
    withheld: Withheld = Withheld.NO
    fact_set: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What all figures of one reading share."""

    place: str
    start: date
    end: date
    fact_set: str
    as_of: datetime | None


def rounded(top: int, bottom: int, scale: int) -> int:
    """Return top/bottom in parts of `scale`, the nearest whole number, a half up."""
    return (2 * top * scale + bottom) // (2 * bottom)


def figure_of(line: Indicator, counts: Mapping[str, int], about: About, *, hide: bool, least: int) -> Figure:
    """Return the figure of an indicator from its counted measures; `hide`: one of them is not for everybody; `least`: its least n, or 0."""
    bare = (line.code, about.place, about.start, about.end, line.unit)
    tail = {"fact_set": about.fact_set, "as_of": about.as_of}
    if line.missing:
        return Figure(*bare, withheld=Withheld.NO_RECORD, **tail)  # type: ignore[arg-type]
    if not about.fact_set or (line.registers and not counts[LOOKED]):
        return Figure(*bare, withheld=Withheld.NO_DATA, **tail)  # type: ignore[arg-type]
    top, bottom = sum(counts[name] for name in line.top), sum(counts[name] for name in line.bottom)
    if line.shape is not Shape.COUNT and bottom == 0:
        return Figure(*bare, denominator=0, withheld=Withheld.NO_DATA, **tail)  # type: ignore[arg-type]
    if hide or (line.shape is not Shape.COUNT and bottom < least):
        return Figure(*bare, withheld=Withheld.TOO_FEW, **tail)  # type: ignore[arg-type]
    low = high = None
    value = top
    if line.shape is Shape.SHARE:
        share = wilson(min(top, bottom), bottom)
        if share is None:
            raise AssertionError("a share of none was let through")
        value, low, high = rounded(top, bottom, PPM_ONE), share.low_ppm, share.high_ppm
    elif line.shape is Shape.RATIO:
        value = rounded(top, bottom, PPM_ONE)
    elif line.shape is Shape.MEAN:
        value = rounded(top, bottom, MILLI)
    return Figure(*bare, value, top, bottom, low, high, **tail)  # type: ignore[arg-type]
