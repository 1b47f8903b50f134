"""The index of places, today and before; the stars of communities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count as Rows
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject, Length

from linli.kernel.errors import NotFound
from linli.kernel.quarter import Quarter
from linli.kernel.stats import Share
from linli.sight.wellbeing.core import Count, Dimension, Kinship, Likeness, Profile, Weights
from linli.sight.wellbeing.models import IndexRow, StarAppeal, StarGrade, StarRun
from linli.sight.wellbeing.sensitivity import Sensitivity, vary

METHOD = "health-2"  # peers alike instead of the whole district; health-1 until then. Names sort by age: the newest method is the last.


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
    prior: int
    likeness: Likeness
    peer_places: int
    starts_at: datetime
    recorded_at: datetime
    dimensions: tuple[DimensionRow, ...]


def _index(row: IndexRow) -> Index:
    dimensions = tuple(
        DimensionRow(Dimension(d["code"]), d["weight_ppm"], d["hits"], d["n"], d["peers_ppm"], d["value_ppm"], d["low_ppm"], d["high_ppm"])
        for d in row.dimensions
    )
    return Index(
        row.place_code, row.day, row.method, row.value_ppm, row.low_ppm, row.high_ppm, row.known_ppm, row.prior,
        Likeness(row.likeness), row.peer_places, row.starts_at, row.recorded_at, dimensions,
    )  # fmt: skip


def _newest_method(place: str) -> Subquery:
    # Data of an earlier version has only the earlier method's rows until the next stock-taking scores its days anew.
    return Subquery(IndexRow.objects.filter(place_code=place).order_by("-method").values("method")[:1])


def index(place: str) -> Index | None:
    """Return the newest index of a place, or None before the first stock-taking."""
    row = IndexRow.objects.filter(place_code=place).order_by("-method", "-day").first()
    return _index(row) if row else None


def indexes(places: Collection[str]) -> dict[str, Index]:
    """Return the newest index of each place that has one, in one query."""
    rows = IndexRow.objects.filter(place_code__in=places).order_by("place_code", "-method", "-day").distinct("place_code")
    return {row.place_code: _index(row) for row in rows}


def below(place: str) -> dict[str, Index]:
    """Return the index of a place and of everything below it, as of the place's newest stock-taking; one query.

    Empty before the first one.
    """
    own = IndexRow.objects.filter(place_code=place).order_by("-method", "-day")
    rows = IndexRow.objects.filter(
        place_code__startswith=place, method=Subquery(own.values("method")[:1]), day=Subquery(own.values("day")[:1])
    )
    return {row.place_code: _index(row) for row in rows}


def at_level(digits: int) -> dict[str, Index]:
    """Return the newest index of every place of one level that has one, in one query."""
    rows = IndexRow.objects.annotate(digits=Length("place_code")).filter(digits=digits)
    return {row.place_code: _index(row) for row in rows.order_by("place_code", "-method", "-day").distinct("place_code")}


def history(place: str, days: int = 90) -> tuple[Index, ...]:
    """Return the last `days` daily indexes of a place by its newest method, oldest first."""
    rows = IndexRow.objects.filter(place_code=place, method=_newest_method(place)).order_by("-day")[:days]
    return tuple(_index(row) for row in reversed(rows))


def behind(city: str, method: str = METHOD) -> dict[date, dict[str, Index]]:
    """Return the communities' rows of an earlier method on days that `method` has not scored yet, by day and code; one query."""
    done = IndexRow.objects.filter(place_code=OuterRef("place_code"), day=OuterRef("day"), method=method)
    rows = IndexRow.objects.annotate(digits=Length("place_code")).filter(
        ~Exists(done), place_code__startswith=city, digits=12, method__lt=method
    )
    found: dict[date, dict[str, Index]] = {}
    for row in rows.order_by("day", "place_code", "method"):
        found.setdefault(row.day, {})[row.place_code] = _index(row)
    return found


def by_method(place: str, days: int = 30) -> tuple[tuple[date, dict[str, int | None]], ...]:
    """Return the last days of a place that more than one method scored, newest first, each with the value by method; one query."""
    twice = IndexRow.objects.filter(place_code=place).values("day").annotate(n=Rows("pk")).filter(n__gt=1).order_by("-day")
    rows = IndexRow.objects.filter(place_code=place, day__in=twice.values("day")[:days]).order_by("-day", "method")
    found: dict[date, dict[str, int | None]] = {}
    for row in rows:
        found.setdefault(row.day, {})[row.method] = row.value_ppm
    return tuple(found.items())


def counts_in(index: Index) -> dict[Dimension, Count]:
    """Return the counts an index was made of; what had no record is not in it."""
    return {d.code: Count(d.hits, d.n) for d in index.dimensions if d.n}


def sensitivity(
    rows: Mapping[str, Index], profiles: Mapping[str, tuple[str, int, int]], *, kinship: Kinship, weights: Weights
) -> Sensitivity:
    """Return how the newest indexes of one district's communities hang on weights, prior and peers.

    `rows` as `below` gives them (wider places are left out); `profiles` hold (region kind, residents, sixty and older) by community.
    """
    counts = {place: counts_in(row) for place, row in rows.items() if len(place) == 12}
    nobody = ("", 0, 0)
    return vary(counts, {place: Profile(*profiles.get(place, nobody)) for place in counts}, weights, kinship)


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
    brought: int


def _run(row: StarRun) -> RunRow:
    return RunRow(row.pk, row.place_code, Quarter.of(row.last_quarter), row.graded_at, row.appeal_until, row.final_at)


def _star(row: StarGrade) -> StarRow:
    found: StarAppeal | None = getattr(row, "appeal", None)
    share = Share(row.value_ppm, row.low_ppm, row.high_ppm, row.n) if row.n else None
    said = AppealRow(found.grounds, found.made_at, found.upheld, found.reason, found.decided_at) if found else None
    return StarRow(row.pk, _run(row.run), row.place_code, row.stars, row.holds, row.hits, row.n, share, said, row.brought or 0)


@dataclass(frozen=True, slots=True)
class StarBrief:
    """A community's stars as they hold, for a page that tells no more."""

    holds: int
    last: Quarter
    final: bool
    share: Share | None
    brought: int = 0  # how many of the ratings were carried in from elsewhere


def history_and_stars(place: str, days: int = 90) -> tuple[tuple[Index, ...], StarBrief | None]:
    """Return `history` of a place and its newest stars; one query. Stars are known only beside an index."""
    newest = StarGrade.objects.filter(place_code=OuterRef("place_code")).order_by("-run__last_quarter", "-run__graded_at")
    told = JSONObject(
        holds="holds", n="n", low="low_ppm", value="value_ppm", high="high_ppm", last="run__last_quarter", final="run__final_at",
        brought="brought",
    )  # fmt: skip
    rows = list(
        IndexRow.objects.filter(place_code=place, method=_newest_method(place))
        .annotate(star=Subquery(newest.values(told=told)[:1]))
        .order_by("-day")[:days]
    )
    star: dict[str, Any] | None = rows[0].star if rows else None
    brief = None
    if star is not None:
        share = Share(star["value"], star["low"], star["high"], star["n"]) if star["n"] else None
        brief = StarBrief(
            star["holds"], Quarter.of(date.fromisoformat(star["last"])), star["final"] is not None, share, star["brought"] or 0
        )
    return tuple(_index(row) for row in reversed(rows)), brief


def runs(place: str) -> tuple[RunRow, ...]:
    """Return the gradings of `place` and below, newest first; one query."""
    return tuple(_run(row) for row in StarRun.objects.filter(place_code__startswith=place).order_by("-last_quarter", "place_code"))


def brief_of(row: StarRow) -> StarBrief:
    """Return the short form of a grade."""
    return StarBrief(row.holds, row.run.last, row.run.final_at is not None, row.share, row.brought)


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
