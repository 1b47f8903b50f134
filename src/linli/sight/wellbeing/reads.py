"""The index of places, today and before; the stars of communities."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from linli.kernel.errors import NotFound
from linli.kernel.quarter import Quarter
from linli.kernel.stats import Share
from linli.sight.wellbeing.core import Dimension
from linli.sight.wellbeing.models import IndexRow, StarAppeal, StarGrade, StarRun

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


# Stars --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunRow:
    """One grading of a year of quarters; provisional until `final_at`."""

    id: UUID
    place: str
    last: Quarter
    graded_at: datetime
    appeal_until: datetime
    final_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal with its answer, where there is one."""

    grounds: str
    made_at: datetime
    upheld: bool | None
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StarRow:
    """The stars of one community: as graded and as they hold, what they rest on. `share` is None where nobody rated."""

    id: int
    run: RunRow
    place: str
    stars: int
    holds: int
    hits: int
    n: int
    share: Share | None
    appeal: AppealRow | None


def _run(row: StarRun) -> RunRow:
    return RunRow(row.pk, row.place_code, Quarter.of(row.last_quarter), row.graded_at, row.appeal_until, row.final_at)


def _star(row: StarGrade) -> StarRow:
    found: StarAppeal | None = getattr(row, "appeal", None)
    share = Share(row.value_ppm, row.low_ppm, row.high_ppm, row.n) if row.n else None
    said = AppealRow(found.grounds, found.made_at, found.upheld, found.reason, found.decided_at) if found else None
    return StarRow(row.pk, _run(row.run), row.place_code, row.stars, row.holds, row.hits, row.n, share, said)


@dataclass(frozen=True, slots=True)
class StarBrief:
    """A community's stars as they hold, for a page that tells no more."""

    holds: int
    last: Quarter
    final: bool
    share: Share | None


def history_and_stars(place: str, days: int = 90) -> tuple[tuple[Index, ...], StarBrief | None]:
    """Return `history` of a place and its newest stars; one query. Stars are known only beside an index."""
    newest = StarGrade.objects.filter(place_code=OuterRef("place_code")).order_by("-run__last_quarter", "-run__graded_at")
    told = JSONObject(
        holds="holds", n="n", low="low_ppm", value="value_ppm", high="high_ppm", last="run__last_quarter", final="run__final_at"
    )  # fmt: skip
    rows = list(
        IndexRow.objects.filter(place_code=place, method=METHOD)
        .annotate(star=Subquery(newest.values(told=told)[:1]))
        .order_by("-day")[:days]
    )
    star: dict[str, Any] | None = rows[0].star if rows else None
    brief = None
    if star is not None:
        share = Share(star["value"], star["low"], star["high"], star["n"]) if star["n"] else None
        brief = StarBrief(star["holds"], Quarter.of(date.fromisoformat(star["last"])), star["final"] is not None, share)
    return tuple(_index(row) for row in reversed(rows)), brief


def runs(place: str) -> tuple[RunRow, ...]:
    """Return the gradings of `place` and below, newest first; one query."""
    return tuple(_run(row) for row in StarRun.objects.filter(place_code__startswith=place).order_by("-last_quarter", "place_code"))


def brief_of(row: StarRow) -> StarBrief:
    """Return the short form of a grade."""
    return StarBrief(row.holds, row.run.last, row.run.final_at is not None, row.share)


def stars_of(run: UUID) -> tuple[StarRow, ...]:
    """Return every community of a run with its appeal, in order of code; one query."""
    return tuple(_star(row) for row in StarGrade.objects.filter(run=run).select_related("run", "appeal").order_by("place_code"))


def star_of(place: str) -> StarRow | None:
    """Return a community's newest stars, or None before the first grading; one query."""
    row = (
        StarGrade.objects.filter(place_code=place).select_related("run", "appeal").order_by("-run__last_quarter", "-run__graded_at").first()
    )
    return _star(row) if row else None


def star(pk: int) -> StarRow:
    """Return one grade. Raises NotFound."""
    row = StarGrade.objects.filter(pk=pk).select_related("run", "appeal").first()
    if row is None:
        raise NotFound
    return _star(row)


def due_runs(now: datetime) -> tuple[RunRow, ...]:
    """Return provisional gradings whose window is over and whose appeals are all answered; one query."""
    waiting = StarAppeal.objects.filter(grade__run=OuterRef("pk"), decided_at=None)
    return tuple(
        _run(row) for row in StarRun.objects.filter(~Exists(waiting), final_at=None, appeal_until__lte=now).order_by("appeal_until")
    )
