"""Figures of any place and time from frozen facts, the registry, lineage; and tallies over the star table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Left, TruncDate, TruncQuarter

from linli.ground.policy import reads as policies
from linli.kernel.canon import digest
from linli.kernel.errors import NotFound
from linli.sight.facts import counting, sets
from linli.sight.facts.core import BEIJING, FactKind, Tally, day_of, month_of
from linli.sight.facts.counting import Asked
from linli.sight.facts.figure import LOOKED, About, Figure, figure_of
from linli.sight.facts.indicator import Indicator
from linli.sight.facts.indicators import LISTED, REGISTRY, RULES, kinds_of
from linli.sight.facts.indicators import near as nearest
from linli.sight.facts.measures import MEASURES
from linli.sight.facts.models import Aside, Fact, FactSet
from linli.sight.facts.small import Cell, by_district, hidden, in_any_month, over_months

CITY, DISTRICT, STREET, COMMUNITY = 4, 6, 9, 12
PAGE = 50
Table = Mapping[tuple[str, str], Mapping[str, int]]
LIVE = Q(later=None, gone=False)


def tallies(place: str, start: datetime, end: datetime) -> dict[tuple[str, FactKind], Tally]:
    """Return one tally per community below `place` and kind, for facts that happened in [start, end); one query."""
    rows = (
        Fact.objects.filter(LIVE, place_code__startswith=place, occurred_at__gte=start, occurred_at__lt=end)
        .exclude(kind=FactKind.STOCK.value)
        .annotate(community=Left("place_code", 12))
        .values_list("community", "kind")
        .annotate(hits=Count("pk", filter=Q(good=True)), n=Count("pk"), total=Sum("value"), subjects=Count("subject", distinct=True))
    )
    return {(community, FactKind(kind)): Tally(hits, n, total or 0, subjects) for community, kind, hits, n, total, subjects in rows}


def asked_by_day(place: str, start: datetime, end: datetime) -> dict[tuple[str, str, date], int]:
    """Return how many needs were asked in [start, end) per community below `place`, service and Beijing day; one query."""
    rows = (
        Fact.objects.filter(LIVE, place_code__startswith=place, kind=FactKind.NEED_ASKED.value, occurred_at__gte=start, occurred_at__lt=end)
        .annotate(community=Left("place_code", COMMUNITY), day=TruncDate("occurred_at", tzinfo=BEIJING))
        .values_list("community", "service", "day")
        .annotate(n=Count("pk"))
    )
    return {(community, service, day): n for community, service, day, n in rows}


def ratings_by_quarter(place: str, start: datetime, end: datetime) -> dict[tuple[str, date], Tally]:
    """Return the ratings given in [start, end) per community below `place` and first Beijing day of the quarter; one query."""
    rows = (
        Fact.objects.filter(LIVE, place_code__startswith=place, kind=FactKind.RATED.value, occurred_at__gte=start, occurred_at__lt=end)
        .annotate(community=Left("place_code", 12), quarter=TruncQuarter("occurred_at", tzinfo=BEIJING))
        .values_list("community", "quarter")
        .annotate(hits=Count("pk", filter=Q(good=True)), n=Count("pk"), total=Sum("value"))
    )
    return {(community, quarter.date()): Tally(hits, n, total or 0) for community, quarter, hits, n, total in rows}


def latest(place: str) -> datetime | None:
    """Return when the newest fact below `place` happened, or None where there is none."""
    moment: datetime | None = Fact.objects.filter(place_code__startswith=place).aggregate(at=Max("occurred_at"))["at"]
    return moment


def earliest(place: str) -> datetime | None:
    """Return when the first fact below `place` happened, or None where there is none."""
    moment: datetime | None = Fact.objects.filter(place_code__startswith=place).aggregate(at=Min("occurred_at"))["at"]
    return moment


def told(communities: Collection[str]) -> set[str]:
    """Return which of `communities`, by the codes that facts were told under, have any fact; one query that looks into an index."""
    if not communities:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT old FROM unnest(%s::varchar[]) AS old"
            ' WHERE EXISTS (SELECT FROM facts_fact f WHERE f.place_code >= old COLLATE "C" AND f.place_code < (old || \':\') COLLATE "C")',
            [sorted(communities)],
        )
        return {code for (code,) in cursor.fetchall()}


def districts() -> set[str]:
    """Return the district codes that have any fact."""
    return set(Fact.objects.annotate(district=Left("place_code", 6)).values_list("district", flat=True).distinct())


def oldest_of_few() -> datetime | None:
    """Return when the oldest fact happened where only kinds of an earlier version are there: everything is gathered again then."""
    if Fact.objects.filter(kind=FactKind.NEED_ASKED.value).exists():
        return None
    moment: datetime | None = Fact.objects.aggregate(at=Min("occurred_at"))["at"]
    return moment


def looked_on(midnight: datetime) -> bool:
    """Tell whether the registers were looked at on the Beijing day that begins at `midnight`."""
    return Fact.objects.filter(kind=FactKind.STOCK.value, occurred_at=midnight).exists()


def last_of(kind: FactKind) -> datetime | None:
    """Return when the newest fact of a kind happened, or None."""
    moment: datetime | None = Fact.objects.filter(kind=kind.value).aggregate(at=Max("occurred_at"))["at"]
    return moment


@dataclass(frozen=True, slots=True)
class SetRow:
    """A frozen fact set."""

    digest: str
    city: str
    number: int
    facts: int
    occurred_until: datetime | None
    recorded_until: datetime
    manifest: str


def _set(r: FactSet) -> SetRow:
    return SetRow(r.digest, r.city, r.number, r.facts, r.occurred_until, r.recorded_until, r.manifest)


def fact_sets(place: str = "", *, before: str = "", limit: int = PAGE) -> tuple[SetRow, ...]:
    """Return the sets of the cities at, above or below `place`, newest first, those frozen before the set `before`; one or two queries."""
    rows = FactSet.objects.filter(city__startswith=place[:CITY])
    if before:
        last = fact_set(before)
        rows = rows.filter(Q(recorded_until__lt=last.recorded_until) | Q(recorded_until=last.recorded_until, digest__lt=last.digest))
    return tuple(_set(r) for r in rows.order_by("-recorded_until", "-digest")[:limit])


def fact_set(of: str) -> SetRow:
    """Return a set by its digest. Raises NotFound."""
    row = FactSet.objects.filter(digest=of).first()
    if row is None:
        raise NotFound
    return _set(row)


def newest_sets(place: str) -> tuple[SetRow, ...]:
    """Return the newest set of each city at, above or below `place`, by city; one query."""
    rows = FactSet.objects.filter(city__startswith=place[:CITY]).order_by("city", "-number").distinct("city")
    return tuple(_set(r) for r in rows)


@dataclass(frozen=True, slots=True)
class Source:
    """What figures are counted from: the files' months and paths, the digest to cite, and when it was frozen."""

    files: tuple[tuple[str, str], ...]
    digest: str
    as_of: datetime | None

    def between(self, start: date, end: date) -> tuple[str, ...]:
        """Return the paths of the files that hold days of [start, end)."""
        first, last = month_of(start), month_of(end)
        return tuple(path for month, path in self.files if first <= month <= last)


def source_of(place: str, fact_set_digest: str | None = None) -> Source:
    """Return what figures of a place are counted from: the named set, or the newest of each city. Raises NotFound for an unknown digest."""
    found = (fact_set(fact_set_digest),) if fact_set_digest else newest_sets(place)
    if not found:
        return Source((), "", None)
    files = tuple((f.month, str(sets.folder() / f.path)) for row in found for f in sets.manifest_in(row.manifest).files)
    # Several cities: what is cited is the list of their sets.
    cited = found[0].digest if len(found) == 1 else digest([row.digest for row in found])
    return Source(files, cited, min(row.recorded_until for row in found))


def indicators() -> tuple[Indicator, ...]:
    """Return the registry in the order pages list it."""
    return LISTED


def indicator(code: str) -> Indicator:
    """Return one line of the registry. Raises NotFound."""
    line = REGISTRY.get(code)
    if line is None:
        raise NotFound
    return line


def near(line: Indicator) -> tuple[Indicator, ...]:
    """Return the lines nearest to one: counted from the same measures or kinds of facts."""
    return nearest(line)


def recorded_since(line: Indicator) -> datetime | None:
    """Return from when on everything an indicator is counted from was recorded anywhere, None where some of it never was; one query."""
    tags = {tag for name in (*line.top, *line.bottom) if MEASURES[name].frame == "stock" for tag in MEASURES[name].where[0][1]}
    kinds = kinds_of(line)
    firsts = [
        Fact.objects.filter(LIVE, kind=kind, **({"tag__in": tags} if kind == FactKind.STOCK.value else {}))
        .order_by("occurred_at")
        .values_list("kind", "occurred_at")[:1]
        for kind in kinds
    ]
    found = dict(firsts[0].union(*firsts[1:], all=True)) if firsts else {}
    return max(found.values()) if kinds and len(found) == len(kinds) else None


def _least(place: str, on: date) -> int:
    return policies.policy(place, on).count("figure_least")


def _table(
    source: Source, place: str, start: date, end: date, *, digits: int | None, monthly: bool = False, only: tuple[str, ...] = ()
) -> Table:
    return counting.count(Asked(source.between(start, end), place, start, end, digits, monthly, only))


def _rows(table: Table, month: str) -> dict[str, Mapping[str, int]]:
    return {at: row for (at, of), row in table.items() if of == month}


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted rows of places (by month, '' for a whole time) and the cells that are not for everybody."""

    rows: Mapping[str, Mapping[str, Mapping[str, int]]]
    kept: Mapping[str, frozenset[Cell]]
    least: int


def _hidden(rows: Mapping[str, Mapping[str, int]], least: Mapping[str, int], also: frozenset[Cell] = frozenset()) -> frozenset[Cell]:
    """Return what is hidden below each district, found district by district; `least` by district, `also` hidden for another reason."""
    found = (
        hidden(part, RULES, least[district], also={cell for cell in also if cell[0] in part})
        for district, part in by_district(rows).items()
    )
    return frozenset[Cell]().union(*found)


def _counted(
    source: Source, place: str, start: date, end: date, *, digits: int, monthly: bool, small: bool, nested: bool = False
) -> Counted:
    """Count places of so many digits at or below `place`, and find what is hidden.

    Streets and communities are counted with their whole district: what is hidden at one place depends on its neighbours.
    """
    if digits < STREET:
        table = _table(source, place, start, end, digits=digits, monthly=monthly)
        months = {month for _, month in table} or {""}
        return Counted({m: _rows(table, m) for m in months}, dict.fromkeys(months, frozenset()), 0)
    district = place[:DISTRICT]
    table = _table(source, district, start, end, digits=None, monthly=monthly)
    months = {month for _, month in table} or {""}
    by_month = {m: _rows(table, m) for m in months}
    if small:
        return Counted(by_month, dict.fromkeys(months, frozenset()), 0)
    on = day_of(source.as_of) if source.as_of else end
    least = {d: _least(d, on) for d in ({d for rows in by_month.values() for d in by_district(rows)} or {district})}
    also: frozenset[Cell] = frozenset()
    if not monthly and month_of(start) != month_of(end) and (end - start).days > 31:
        each = _table(source, district, start, end, digits=None, monthly=True)
        of_months = [_hidden(_rows(each, m), least) for m in sorted({month for _, month in each})]
        also = in_any_month(of_months) if nested else over_months(of_months)
    return Counted(by_month, {m: _hidden(rows, least, also) for m, rows in by_month.items()}, max(least.values()))


def _figure(line: Indicator, counted: Counted, about: About, month: str) -> Figure:
    row = counted.rows.get(month, {}).get(about.place) or counting.empty()
    kept = counted.kept.get(month, frozenset())
    hide = any((about.place, name) in kept for name in (*line.top, *line.bottom))
    return figure_of(line, row, about, hide=hide, least=counted.least if len(about.place) >= COMMUNITY else 0)


def figures(
    place: str, start: date, end: date, *, fact_set: str | None = None, small: bool = False, nested: bool = False
) -> dict[str, Figure]:
    """Return every indicator of a place over the Beijing days [start, end), by code.

    Counts that are too small, or would give such a one away, are withheld at communities and streets unless `small`: doors give it
    only to who works there. `nested` also withholds over several months what is withheld in any of them, for editions that lie side by
    side. Raises NotFound for an unknown fact set.
    """
    source = source_of(place, fact_set)
    counted = _counted(source, place, start, end, digits=len(place), monthly=False, small=small, nested=nested)
    about = About(place, start, end, source.digest, source.as_of)
    return {line.code: _figure(line, counted, about, "") for line in LISTED}


def figures_below(
    place: str, start: date, end: date, *, fact_set: str | None = None, small: bool = False, digits: int = 0, nested: bool = False
) -> dict[str, dict[str, Figure]]:
    """Return every indicator of each place one level below (or of `digits`) that has any fact, by place and code; as `figures`."""
    digits = digits or next((d for d in (2, CITY, DISTRICT, STREET, COMMUNITY) if d > len(place)), COMMUNITY)
    source = source_of(place, fact_set)
    counted = _counted(source, place, start, end, digits=digits, monthly=False, small=small, nested=nested)
    below = sorted(at for at in counted.rows.get("", {}) if len(at) == digits and at.startswith(place) and at != place)
    return {
        at: {line.code: _figure(line, counted, About(at, start, end, source.digest, source.as_of), "") for line in LISTED} for at in below
    }


def figures_within(place: str, start: date, end: date, codes: Sequence[str], *, digits: Sequence[int]) -> dict[str, dict[str, Figure]]:
    """Return named indicators of each place of so many `digits` at or below `place` that has any fact, by place and code; one statement.

    Nothing is withheld: this is for our own reckoning. Whoever shows it to people looks to what is small.
    """
    lines, source = [indicator(code) for code in codes], source_of(place)
    only = tuple(dict.fromkeys((*(name for line in lines for name in (*line.top, *line.bottom)), LOOKED)))
    table = _table(source, place, start, end, digits=digits[0] if len(digits) == 1 else None, only=only)
    rows = {at: row for (at, _), row in table.items() if len(at) in digits and at.startswith(place)}
    counted = Counted({"": rows}, {}, 0)
    return {
        at: {line.code: _figure(line, counted, About(at, start, end, source.digest, source.as_of), "") for line in lines} for at in rows
    }


def figure_series(place: str, code: str, months: Sequence[date], *, fact_set: str | None = None, small: bool = False) -> tuple[Figure, ...]:
    """Return one indicator of a place for each of `months` (their first days, ascending). Raises NotFound for an unknown code or set."""
    line, source = indicator(code), source_of(place, fact_set)
    if not months:
        return ()
    end, digits = after(months[-1]), len(place)
    if small or digits < STREET:  # nothing is hidden here, so no neighbour needs to be counted
        only = tuple(dict.fromkeys((*line.top, *line.bottom, LOOKED)))
        table = _table(source, place, months[0], end, digits=digits, monthly=True, only=only)
        counted = Counted({m: _rows(table, m) for m in {month for _, month in table}}, {}, 0)
    else:
        counted = _counted(source, place, months[0], end, digits=digits, monthly=True, small=False)
    return tuple(
        _figure(line, counted, About(place, first, after(first), source.digest, source.as_of), month_of(first)) for first in months
    )


def after(first: date) -> date:
    """Return the first day of the month after that of `first`."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class FactRef:
    """One fact behind a figure: what happened where and when, and `about`, by which its evidence is found. Never a person."""

    fact: int
    kind: FactKind
    about: str
    place: str
    service: str
    tag: str
    good: bool
    value: int
    occurred_at: datetime
    recorded_at: datetime
    revision: int

    @property
    def evidence_ref(self) -> str:
        """Return the reference under which evidence keeps what this came from: need:… or visit:…, '' for a count of a register."""
        room, _, rest = self.about.partition(":")
        return f"{room}:{rest.split(':')[0]}" if room in {"need", "visit"} else ""


@dataclass(frozen=True, slots=True)
class FactPage:
    """A page of facts and the cursor of the next one, None at the end."""

    rows: tuple[FactRef, ...]
    next: int | None


def events_of(
    place: str, code: str, start: date, end: date, cursor: int = 0, *, fact_set: str | None = None, limit: int = PAGE
) -> FactPage:
    """Return the facts behind a figure, in the order of their numbers, those above `cursor`; the figure's own fact set is asked.

    Raises NotFound for an unknown code or fact set.
    """
    line, source = indicator(code), source_of(place, fact_set)
    asked = Asked(source.between(start, end), place, start, end, len(place))
    found = counting.facts_behind(asked, (*line.top, *line.bottom), after=cursor, limit=limit + 1)
    rows = {r.pk: r for r in Fact.objects.filter(pk__in=found[:limit])}
    return FactPage(tuple(_ref(rows[pk]) for pk in found[:limit] if pk in rows), found[limit - 1] if len(found) > limit else None)


def _ref(r: Fact) -> FactRef:
    # A reference to who took part ends with the person: it stays here.
    about = ":".join(r.about.split(":")[:2])
    return FactRef(r.pk, FactKind(r.kind), about, r.place_code, r.service, r.tag, r.good, r.value, r.occurred_at, r.recorded_at, r.revision)


def frozen_facts(place: str, start: date, end: date) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """Return the columns and, some at a time, the rows of the newest frozen facts below a place over [start, end)."""
    return counting.rows(Asked(source_of(place).between(start, end), place, start, end, len(place)))


@dataclass(frozen=True, slots=True)
class Put:
    """A fact that was put aside, and why."""

    kind: str
    about: str
    place: str
    problem: str
    occurred_at: datetime
    recorded_at: datetime


def aside(place: str, *, limit: int = PAGE) -> tuple[Put, ...]:
    """Return facts that could not be taken below a place, newest first."""
    rows = Aside.objects.filter(place_code__startswith=place).order_by("-pk")[:limit]
    return tuple(Put(r.kind, ":".join(r.about.split(":")[:2]), r.place_code, r.problem, r.occurred_at, r.recorded_at) for r in rows)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the facts of a time came to be what they are: those that count, those that correct or take back one, those learned late,
    and those put aside."""

    facts: int
    corrected: int
    late: int
    aside: int


def kept(place: str, start: date, end: date, *, late_days: int) -> Kept:
    """Return how the facts of the Beijing days [start, end) below a place were kept; late: recorded over `late_days` after; two queries."""
    span = {
        "place_code__startswith": place,
        "occurred_at__gte": datetime.combine(start, time(), BEIJING),
        "occurred_at__lt": datetime.combine(end, time(), BEIJING),
    }
    late = LIVE & Q(recorded_at__gt=F("occurred_at") + timedelta(days=late_days))
    found = Fact.objects.filter(**span).aggregate(
        facts=Count("pk", filter=LIVE), corrected=Count("pk", filter=Q(revision__gt=0)), late=Count("pk", filter=late)
    )
    return Kept(**found, aside=Aside.objects.filter(**span).count())


def corrections(kind: FactKind, about: str) -> tuple[FactRef, ...]:
    """Return every revision of one fact, oldest first."""
    return tuple(_ref(r) for r in Fact.objects.filter(kind=kind.value, about=about).order_by("revision"))


def subjects_of(person: UUID) -> int:
    """Return how many facts name a person, for their own file."""
    return Fact.objects.filter(LIVE, subject=person).count()
