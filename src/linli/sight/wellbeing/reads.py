"""The index of places, today and before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

from linli.sight.wellbeing.core import Dimension
from linli.sight.wellbeing.models import IndexRow

METHOD = "health-1"


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One dimension as shown: a missing one has no value and n = 0. `hits`/`n` are the place's own observations."""

    code: Dimension
    weight_ppm: int
    hits: int
    n: int
    peers_ppm: int | None
    value_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


@dataclass(frozen=True, slots=True)
class Index:
    """The index of a place; value_ppm is None where too little is known, `known_ppm` tells how much of the weight has data."""

    place: str
    day: date
    method: str
    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    known_ppm: int
    starts_at: datetime
    recorded_at: datetime
    dimensions: tuple[DimensionRow, ...]


def _index(row: IndexRow) -> Index:
    dimensions = tuple(
        DimensionRow(Dimension(d["code"]), d["weight_ppm"], d["hits"], d["n"], d["peers_ppm"], d["value_ppm"], d["low_ppm"], d["high_ppm"])
        for d in row.dimensions
    )
    return Index(
        row.place_code, row.day, row.method, row.value_ppm, row.low_ppm, row.high_ppm, row.known_ppm, row.starts_at, row.recorded_at,
        dimensions,
    )  # fmt: skip


def index(place: str) -> Index | None:
    """Return the newest index of a place, or None before the first stock-taking."""
    row = IndexRow.objects.filter(place_code=place, method=METHOD).order_by("-day").first()
    return _index(row) if row else None


def indexes(places: Collection[str]) -> dict[str, Index]:
    """Return the newest index of each place that has one, in one query."""
    rows = IndexRow.objects.filter(place_code__in=places, method=METHOD).order_by("place_code", "-day").distinct("place_code")
    return {row.place_code: _index(row) for row in rows}


def below(place: str) -> dict[str, Index]:
    """Return the index of a place and of everything below it, as of the place's newest stock-taking; one query.

    Empty before the first one.
    """
    newest = IndexRow.objects.filter(place_code=place, method=METHOD).order_by("-day").values("day")[:1]
    rows = IndexRow.objects.filter(place_code__startswith=place, method=METHOD, day=Subquery(newest))
    return {row.place_code: _index(row) for row in rows}


def history(place: str, days: int = 90) -> tuple[Index, ...]:
    """Return the last `days` daily indexes of a place, oldest first."""
    rows = IndexRow.objects.filter(place_code=place, method=METHOD).order_by("-day")[:days]
    return tuple(_index(row) for row in reversed(rows))
