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
from linli.sight.forecast.core.days import WEEK, days_from
from linli.sight.forecast.core.foresee import HORIZON, Foreseen, foresee
from linli.sight.forecast.core.tree import MISSING, Ints, tree_of

STOCK = Actor.system("stock")
CITY, DISTRICT, STREET, COMMUNITY = 4, 6, 9, 12
HISTORY_DAYS_MAX = 1_100  # three years: a season seen twice
Counts = Mapping[tuple[str, str, date], int]


def foresee_cities(cities: Iterable[str], moment: datetime) -> int:
    """Make the forecast of each city that has none for today yet, and score what came due; return how many were made."""
    return sum(foresee_city(city, day_of(moment)) for city in cities)


def foresee_city(city: str, today: date) -> bool:
    """Make a city's forecast from `today` on, of what came until yesterday; tell False where it was made before or nothing ever came."""
    if forecast_reads.is_made(city, today):
        return False
    first = max(today - timedelta(days=HISTORY_DAYS_MAX), _begun(city, today))
    if first >= today:
        return False
    counts = facts_reads.asked_by_day(city, _midnight(first), _midnight(today))
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
    keys = sorted({(service, place) for place, service, _ in counts})
    if not keys:
        return None
    until = (today - first).days
    table = np.zeros((len(keys), until), np.int64)
    number = {key: at for at, key in enumerate(keys)}
    for (place, service, day), n in counts.items():
        table[number[service, place], (day - first).days] = n
    _not_yet(table, [place for _, place in keys])
    rules = policy_at(city, _midnight(today))
    known = forecast_reads.known_days(first, until + HORIZON, off=rules.text("days_off"), worked=rules.text("days_worked"))
    tree = tree_of([service for service, _ in keys], [place for _, place in keys], (STREET, DISTRICT))
    found = foresee(table, tree, days_from(first, until + HORIZON, known))
    return forecast.NewForecast(city, today, HORIZON, until, known.last_year, _depths(city, keys, found))


def _not_yet(table: Ints, places: list[str]) -> None:
    # A district that joined later was not silent before: nothing is known of those days.
    for district in {place[:DISTRICT] for place in places}:
        rows = [at for at, place in enumerate(places) if place.startswith(district)]
        came = np.flatnonzero(table[rows].any(axis=0))
        table[rows, : came[0] if len(came) else table.shape[1]] = MISSING


def _depths(city: str, keys: list[tuple[str, str]], found: Foreseen) -> tuple[forecast.NewDepth, ...]:
    depths = []
    for at, digits in enumerate((COMMUNITY, STREET, DISTRICT, CITY)):
        nodes = list(dict.fromkeys((service, place[:digits]) for service, place in keys))
        depths.append(forecast.NewDepth(digits, True, tuple(p for _, p in nodes), tuple(s for s, _ in nodes), found.levels[at]))
    for at, digits in enumerate((COMMUNITY, STREET, DISTRICT)):
        places = tuple(sorted({place[:digits] for _, place in keys}))
        depths.append(forecast.NewDepth(digits, False, places, ("",) * len(places), found.margins[at]))
    depths.append(forecast.NewDepth(CITY, False, (city,), ("",), found.levels[-1]))
    return tuple(depths)
