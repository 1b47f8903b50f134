"""The forecast of a city, once a day: what came until yesterday says what is to be expected; forecasts whose week is over are scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

import numpy as np

from linli.ground.policy.core import day_of
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor
from linli.sight.facts import reads as facts_reads
from linli.sight.facts.core import BEIJING
from linli.sight.forecast import reads as forecast_reads
from linli.sight.forecast import verbs as forecast
from linli.sight.forecast.core.city import Asked, history_from, of_city
from linli.sight.forecast.core.days import WEEK
from linli.sight.forecast.core.foresee import HORIZON
from linli.sight.forecast.core.tree import Ints

STOCK = Actor.system("stock")
Counts = Mapping[tuple[str, str, date], int]


def foresee_cities(cities: Iterable[str], moment: datetime) -> int:
    """Make the forecast of each city that has none for today yet, and score what came due; return how many were made."""
    return sum(foresee_city(city, day_of(moment)) for city in cities)


def foresee_city(city: str, today: date) -> bool:
    """Make a city's forecast from `today` on, of what came until yesterday; tell False where it was made before or nothing ever came."""
    if forecast_reads.is_made(city, today):
        return False
    first = history_from(_begun(city, today), today)
    if first >= today:
        return False
    counts = counts_of(city, today)
    with step(STOCK, None, "sight.foresee", {}, place=city) as s:
        for made in forecast_reads.to_score(city, today):
            weeks = [_week(counts, made.first_day + timedelta(days=back)) for back in (0, -WEEK)]
            forecast.score(s, made.id, forecast_reads.scores_of(made, *weeks))
        found = _foreseen(city, counts, first, today)
        if found is None:
            return False
        forecast.keep(s, found)
        forecast.let_go(s, city)
    return True


def counts_of(city: str, today: date) -> Counts:
    """Return what was asked in a city by community, service and day: whole days until yesterday, as far back as a forecast looks."""
    first = history_from(_begun(city, today), today)
    return facts_reads.asked_by_day(city, _midnight(first), _midnight(today)) if first < today else {}


def _begun(city: str, today: date) -> date:
    # The first day on record may be half a day: it does not count.
    at = facts_reads.earliest(city)
    return day_of(at) + timedelta(days=1) if at else today


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _week(counts: Counts, first: date) -> dict[tuple[str, str], Ints]:
    found: dict[tuple[str, str], Ints] = {}
    for (place, service, day), n in counts.items():
        if 0 <= (at := (day - first).days) < WEEK:
            found.setdefault((place, service), np.zeros(WEEK, np.int64))[at] += n
    return found


def _foreseen(city: str, counts: Counts, first: date, today: date) -> forecast.NewForecast | None:
    keys = list(counts)
    asked = Asked(
        [place for place, _, _ in keys], [service for _, service, _ in keys], np.array([(day - first).days for _, _, day in keys], np.int64),
        np.array(list(counts.values()), np.int64),
    )  # fmt: skip
    until = (today - first).days
    rules = policy_at(city, _midnight(today))
    known = forecast_reads.known_days(first, until + HORIZON, off=rules.text("days_off"), worked=rules.text("days_worked"))
    depths = of_city(city, asked, first, today, known)
    return forecast.NewForecast(city, today, HORIZON, until, known.last_year, depths) if depths else None
