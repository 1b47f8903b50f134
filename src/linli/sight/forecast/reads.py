"""What is expected at a place, how right forecasts were, and which of them can be scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isqrt
from uuid import UUID

import numpy as np

from linli.kernel.units import PPM_ONE
from linli.sight.forecast import almanac
from linli.sight.forecast.core.days import WEEK, Kind, Known, days_from
from linli.sight.forecast.core.foresee import LEVEL_PPM, REPORT_PPM
from linli.sight.forecast.core.scored import Key, Score, Told, together
from linli.sight.forecast.core.scored import score as scored
from linli.sight.forecast.core.tree import MILLI, Ints
from linli.sight.forecast.models import Depth, Made, Said

CITY = 4
SCORED_SHOWN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A forecast as it was made."""

    id: UUID
    city: str
    first_day: date
    horizon: int
    version: str
    history_days: int
    known_year: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one service ('': all) at a place: by day thousandths of a request and the ends of ranges in requests; weeks likewise."""

    place: str
    service: str
    mean_milli: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    week_milli: tuple[int, ...]
    week_low: tuple[int, ...]
    week_high: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """One level: digits of its places, by service or all together; the ceiling; how right forecasts were that came due (`score` None: none yet),
    over how many forecasts, and before that on the past, when the newest was made."""

    digits: int
    by_service: bool
    ceiling_ppm: int
    tested_ppm: int | None
    score: Score | None
    forecasts: int

    @property
    def can_hold(self) -> bool:
        """Tell whether the report's accuracy can be reached here at all."""
        return self.ceiling_ppm >= REPORT_PPM


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day ahead: its date, kind ("off", "worked" or "") and the festival's message id, '' for none."""

    day: date
    kind: str
    festival: str


def _made(row: Made) -> MadeRow:
    return MadeRow(row.pk, row.city, row.first_day, row.horizon, row.version, row.history_days, row.known_year, row.made_at)


def newest(place: str) -> MadeRow | None:
    """Return the newest forecast of a place's city, or None; one query."""
    row = Made.objects.filter(city=place[:CITY]).order_by("-first_day").first()
    return _made(row) if row else None


def expected(made: MadeRow, place: str) -> tuple[Expected, ...]:
    """Return what a forecast says of a place, all services together first, then those with most expected; one query."""
    rows = Said.objects.filter(made=made.id, place_code=place)
    found = [
        Expected(r.place_code, r.service, *(tuple(getattr(r, name)) for name in Expected.__slots__[2:]))
        for r in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda e: (e.service != "", -sum(e.mean_milli), e.service)))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the newest forecast says of one day at a place: the range of all services together, and the service most is expected of ('': none)."""

    low: int
    high: int
    service: str


def ahead(place: str, day: date) -> Ahead | None:
    """Return what is expected at a place on a day ahead, None where the newest forecast says nothing of it; one query."""
    last = Made.objects.filter(city=place[:CITY]).order_by("-first_day").values("pk")[:1]
    rows = list(Said.objects.filter(made=last, place_code=place).select_related("made"))
    at = (day - rows[0].made.first_day).days if rows else -1
    whole = next((row for row in rows if not row.service), None)
    if whole is None or not 0 <= at < len(whole.mean_milli):
        return None
    most = max((row for row in rows if row.service), key=lambda row: (row.mean_milli[at], row.service), default=None)
    return Ahead(whole.low[at], whole.high[at], most.service if most and most.mean_milli[at] else "")


def week_of(rows: Iterable[Expected]) -> tuple[int, int, int]:
    """Return thousandths expected in the first week of several services together, and the ends of the range; what they do is taken to be apart."""
    mean, below, above = 0, 0, 0
    for row in rows:
        mean += row.week_milli[0]
        below += (row.week_milli[0] - MILLI * row.week_low[0]) ** 2
        above += (MILLI * row.week_high[0] - row.week_milli[0]) ** 2
    return mean, max(0, (mean - isqrt(below)) // MILLI), -(-(mean + isqrt(above)) // MILLI)


@dataclass(frozen=True, slots=True)
class Past:
    """A forecast whose week is over, and how right it was at one level, all services together."""

    made: MadeRow
    score: Score


def past(city: str, digits: int, *, limit: int) -> tuple[Past, ...]:
    """Return the last forecasts of a city that came due, the newest first, with how right they were at a level; one query."""
    rows = Depth.objects.filter(made__city=city, digits=digits, by_service=False).exclude(scored_at=None).select_related("made")
    return tuple(
        Past(_made(d.made), Score(d.came or 0, d.off_milli or 0, d.naive_off or 0, d.inside or 0, d.days or 0))
        for d in rows.order_by("-made__first_day")[:limit]
    )


def how_right(made: MadeRow) -> tuple[Right, ...]:
    """Return every level of a city, the widest first: the newest ceiling and how right the forecasts of the last months were; one query."""
    rows = Depth.objects.filter(made__city=made.city, made__made_at__gte=made.made_at - SCORED_SHOWN).select_related("made")
    by: defaultdict[tuple[int, bool], list[Depth]] = defaultdict(list)
    for row in rows.order_by("made__first_day"):
        by[row.digits, row.by_service].append(row)
    found = []
    for (digits, by_service), depths in by.items():
        scores = [Score(d.came, d.off_milli or 0, d.naive_off or 0, d.inside or 0, d.days or 0) for d in depths if d.came is not None]
        last = depths[-1]
        found.append(Right(digits, by_service, last.ceiling_ppm, last.tested_ppm, together(scores) if scores else None, len(scores)))
    return tuple(sorted(found, key=lambda r: (r.digits, r.by_service)))


def to_score(city: str, today: date) -> tuple[MadeRow, ...]:
    """Return forecasts whose first week is over and that are not scored yet, the oldest first; one query."""
    rows = (
        Made.objects.filter(city=city, first_day__lte=today - timedelta(days=WEEK), depths__scored_at=None).distinct().order_by("first_day")
    )
    return tuple(_made(row) for row in rows)


def is_made(city: str, first_day: date) -> bool:
    """Tell whether a city's forecast from a day on was made."""
    return Made.objects.filter(city=city, first_day=first_day).exists()


def scores_of(made: MadeRow, came: Mapping[tuple[str, str], Ints], before: Mapping[tuple[str, str], Ints]) -> dict[tuple[int, bool], Score]:
    """Return how right each level of a forecast was in its first week.

    `came` and `before`: requests of that week and of the one before by (community, service), seven days each. Two queries.
    """
    told: defaultdict[tuple[int, bool], dict[Key, Told]] = defaultdict(dict)
    for row in Said.objects.filter(made=made.id):
        lists = (np.array(part[:WEEK], np.int64) for part in (row.mean_milli, row.low, row.high))
        told[len(row.place_code), bool(row.service)][row.place_code, row.service] = Told(*lists)
    depths = Depth.objects.filter(made=made.id, scored_at=None).values_list("digits", "by_service")
    return {
        (digits, by_service): scored(told[digits, by_service], _up(came, digits, by_service), _up(before, digits, by_service), WEEK)
        for digits, by_service in depths
    }


def _up(counts: Mapping[tuple[str, str], Ints], digits: int, by_service: bool) -> dict[Key, Ints]:
    found: dict[Key, Ints] = {}
    for (place, service), days in counts.items():
        key = (place[:digits], service if by_service else "")
        found[key] = found.get(key, np.zeros(WEEK, np.int64)) + days
    return found


def days_shown(first: date, many: int, *, off: str, worked: str) -> tuple[DayShown, ...]:
    """Return the days ahead with what differs about them; `off` and `worked` as policy has them. Raises Absurd as `almanac.known`."""
    days = days_from(first, many, known_days(first, many, off=off, worked=worked))
    words = {Kind.OFF: "off", Kind.WORKED: "worked"}
    return tuple(DayShown(days.day(at), words.get(Kind(int(days.kind[at])), ""), days.name(at)) for at in range(many))


def known_days(first: date, many: int, *, off: str, worked: str) -> Known:
    """Return what is known of a run of days, with those that an operator set."""
    return almanac.known(first, first + timedelta(days=many), off=off, worked=worked)


def report_ppm() -> int:
    """Return the report's promise of accuracy."""
    return REPORT_PPM


def inside_goal_ppm() -> int:
    """Return the share of days that ranges are made to hold."""
    return min(LEVEL_PPM, PPM_ONE)
