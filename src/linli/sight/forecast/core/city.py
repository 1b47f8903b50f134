"""A city as the rows that came: which place and service each series and level stands for, and what is to be expected of each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from linli.sight.forecast.core.days import Known, days_from
from linli.sight.forecast.core.foresee import HORIZON, Foreseen, Level, foresee
from linli.sight.forecast.core.tree import COUNT_TOP, MISSING, Absurd, Ints, tree_of

CITY, DISTRICT, STREET, COMMUNITY = 4, 6, 9, 12
HISTORY_DAYS_MAX = 1_100  # three years: a season seen twice


class Asked(NamedTuple):
    """Requests by community, service and day, in any order; the same three may stand there more than once."""

    places: Sequence[str]
    services: Sequence[str]
    days: Ints  # from the first day of the history
    counts: Ints


@dataclass(frozen=True, slots=True)
class CityLevel:
    """One level of a city: digits of its places, by service or all together; the place and service of each node, and what is said of them."""

    digits: int
    by_service: bool
    places: tuple[str, ...]
    services: tuple[str, ...]
    level: Level


def table_of(asked: Asked, until: int) -> tuple[list[tuple[str, str]], Ints]:
    """Return the keys (service, place) in order and requests (keys, days). Raises Absurd("series", "days", "counts") for what cannot be."""
    services, which = np.unique(np.asarray(asked.services, str), return_inverse=True)
    places, where = np.unique(np.asarray(asked.places, str), return_inverse=True)
    if any(not (len(place) == COMMUNITY and place.isascii() and place.isdigit()) for place in places.tolist()):
        raise Absurd("series", "a place that is no community")
    if len(asked.days) and not (0 <= int(asked.days.min()) <= int(asked.days.max()) < until):
        raise Absurd("days", "before the first or after the last")
    if len(asked.counts) and not (0 <= int(asked.counts.min()) <= int(asked.counts.max()) <= COUNT_TOP):
        raise Absurd("counts", "fewer than none, or more than anybody can ask")
    found, row = np.unique(which * len(places) + where, return_inverse=True)
    table = np.zeros((len(found), until), np.int64)
    np.add.at(table, (row, asked.days), asked.counts)
    keys = [(str(services[at // len(places)]), str(places[at % len(places)])) for at in found.tolist()]
    _not_yet(table, [place for _, place in keys])
    return keys, table


def _not_yet(table: Ints, places: list[str]) -> None:
    # A district that joined later was not silent before: nothing is known of those days.
    for district in {place[:DISTRICT] for place in places}:
        rows = [at for at, place in enumerate(places) if place.startswith(district)]
        came = np.flatnonzero(table[rows].any(axis=0))
        table[rows, : came[0] if len(came) else table.shape[1]] = MISSING


def of_city(city: str, asked: Asked, first: date, today: date, known: Known) -> tuple[CityLevel, ...]:
    """Return what is to be expected from `today` on, of what came from `first` until yesterday; nothing where nothing ever came.

    `known` covers the days from `first` to the end of what is foreseen. Raises Absurd as `table_of` and `foresee`.
    """
    until = (today - first).days
    if until < 1:
        raise Absurd("days", "none before today")
    keys, table = table_of(asked, until)
    if not keys:
        return ()
    tree = tree_of([service for service, _ in keys], [place for _, place in keys], (STREET, DISTRICT))
    return _levels(city, keys, foresee(table, tree, days_from(first, until + HORIZON, known)))


def history_from(first: date, today: date) -> date:
    """Return the first day that a forecast looks at, where records begin on `first`."""
    return max(first, today - timedelta(days=HISTORY_DAYS_MAX))


def _levels(city: str, keys: list[tuple[str, str]], found: Foreseen) -> tuple[CityLevel, ...]:
    levels = []
    for at, digits in enumerate((COMMUNITY, STREET, DISTRICT, CITY)):
        nodes = list(dict.fromkeys((service, place[:digits]) for service, place in keys))
        levels.append(CityLevel(digits, True, tuple(p for _, p in nodes), tuple(s for s, _ in nodes), found.levels[at]))
    for at, digits in enumerate((COMMUNITY, STREET, DISTRICT)):
        places = tuple(sorted({place[:digits] for _, place in keys}))
        levels.append(CityLevel(digits, False, places, ("",) * len(places), found.margins[at]))
    levels.append(CityLevel(CITY, False, (city,), ("",), found.levels[-1]))
    return tuple(levels)
