"""How far a target is: held against what our records yield, and where the months lead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from linli.kernel.units import PPM_ONE
from linli.sight.programme.core.figures import Figure

# What adds up over a month: a month that is not whole says too little of it. A share of what was done may be read at any time.
CUMULATIVE = frozenset({"participation", "visits_done", "people_took_part", "minutes_helped"})
AHEAD_MONTHS_MAX = 60  # a line drawn further than five years says nothing
TENTH = Fraction(1, 10)


class Fit(StrEnum):
    """How far an indicator of ours is what the report counts."""

    SAME = "same"
    NEAR = "near"
    PART = "part"  # a place's share of a national count: shown, never compared


class State(StrEnum):
    """Where a promise stands at a place on a day."""

    MET = "met"
    UNSURE = "unsure"  # met by the value, but the interval reaches over the bar
    COMING = "coming"  # not met, still time
    LATE = "late"  # not met, and the day has passed
    EARLY = "early"  # what adds up over a month has no whole month yet
    PART = "part"
    NONE = "none"  # no record in this system


@dataclass(frozen=True, slots=True)
class Binding:
    """Which indicator answers a figure, in which direction it is better, and the difference in words."""

    indicator: str
    fit: Fit
    more_is_better: bool
    figures: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What our records yield for one indicator, one place and one span: a whole number in `unit` (ppm, minutes, count).

    `low` and `high` bound a share with 95 %; a count has none. `hits` of `n` observations stand behind it.
    """

    unit: str
    value: int
    n: int
    hits: int = 0
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of an indicator; `first` is its first day, `whole` whether it is over and was on record from its first day."""

    first: date
    measure: Measure
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the months lead: at the due day (or a year on, where it has passed), and when the bar is reached.

    `by` is the month the middle line reaches it, `earliest` and `latest` those of the steepest and flattest tenth of lines; None: not
    within five years. All None with `months` under the least needed means: too little history.
    """

    months: int
    enough: bool
    slope: int = 0
    at: date | None = None
    value: int | None = None
    low: int | None = None
    high: int | None = None
    by: date | None = None
    earliest: date | None = None
    latest: date | None = None


def bar_of(figure: Figure, unit: str) -> int | None:
    """Return a figure in the unit of a measure: percent as ppm, hours as minutes; None where the two do not meet."""
    into = {("percent", "ppm"): PPM_ONE // 100, ("hour", "minutes"): 60, ("minute", "minutes"): 1, ("person", "count"): 1}
    factor = into.get((figure.unit, unit))
    if factor is None or figure.comparator in {"+", "-"}:
        return None  # a rise has no bar without its base
    return round(figure.exact * factor)


def judged(indicator: str, months: Sequence[Month]) -> list[Month]:
    """Return the months an indicator may be judged by: whole ones only, where it adds up over a month."""
    return [month for month in months if month.whole or indicator not in CUMULATIVE]


def state_of(figure: Figure, binding: Binding | None, month: Month | None, today: date) -> State:
    """Return where a figure stands: without a binding, a month or a common unit there is no record to judge by."""
    if binding is None or month is None:
        return State.NONE
    if binding.fit is Fit.PART:
        return State.PART
    if not judged(binding.indicator, [month]):
        return State.EARLY
    measure = month.measure
    bar = bar_of(figure, measure.unit)
    if bar is None:
        return State.NONE
    if _reaches(measure.value, bar, binding.more_is_better):
        worst = measure.low if binding.more_is_better else measure.high
        return State.MET if worst is None or _reaches(worst, bar, binding.more_is_better) else State.UNSURE
    return State.LATE if figure.due is not None and today > figure.due else State.COMING


def _reaches(value: int, bar: int, more: bool) -> bool:
    return value >= bar if more else value <= bar


def forecast(months: Sequence[Month], bar: int | None, *, due: date | None, today: date, least: int, more: bool) -> Forecast:
    """Return where the months lead, by the method of Theil and Sen: the middle of all lines through two months.

    The interval is that of the flattest and steepest tenth of those lines. `least` months are needed, else nothing is forecast.
    """
    if len(months) < max(least, 2):
        return Forecast(len(months), enough=False)
    points = [(_months(m.first), m.measure.value) for m in months]
    slopes = sorted(Fraction(v - u, b - a) for i, (a, u) in enumerate(points) for b, v in points[i + 1 :])
    steps = tuple(_quantile(slopes, at) for at in (Fraction(1, 2), TENTH, 1 - TENTH))
    level = _quantile(sorted(v - steps[0] * a for a, v in points), Fraction(1, 2))
    last = points[-1][0]
    now = level + steps[0] * last
    at = due if due is not None and due > today else _first(_months(today) + 12)
    ahead = _months(at) - last
    values = sorted(_held(now + step * ahead, months[-1].measure.unit) for step in steps)
    reached = [_reached(now, step, bar, last, more) for step in steps] if bar is not None else [None, None, None]
    fast, slow = (reached[2], reached[1]) if more else (reached[1], reached[2])
    return Forecast(len(months), True, round(steps[0]), at, values[1], values[0], values[2], reached[0], fast, slow)


def _held(value: Fraction, unit: str) -> int:
    return max(0, min(round(value), PPM_ONE)) if unit == "ppm" else max(0, round(value))


def _reached(now: Fraction, step: Fraction, bar: int, last: int, more: bool) -> date | None:
    if (now >= bar) if more else (now <= bar):
        return _first(last)
    if step == 0 or (step > 0) is not more:
        return None
    ahead = -((now - bar) // step)  # months until the line has reached it, rounded up
    return _first(last + int(ahead)) if 0 <= ahead <= AHEAD_MONTHS_MAX else None


def _quantile(ordered: Sequence[Fraction], at: Fraction) -> Fraction:
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_after(first: date, by: int = 1) -> date:
    """Return the first day of the month `by` months later (earlier, where negative)."""
    return _first(_months(first) + by)
