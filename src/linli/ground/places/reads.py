"""What is known of places. Every function says how many queries it costs; none of them grows with the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, radians

from django.db import connection
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left

from linli.ground.places import core, editions, former, searching
from linli.ground.places.core import Kind, Level, Point, RegionKind
from linli.ground.places.models import DivisionsLoad, Place, PlaceChange
from linli.kernel.errors import NotFound, Refusal, Refused

PAGE_MAX = 1_000
NEAR_METRES_MAX = 30_000
UDEG_PER_METRE = 9  # 1,000,000 microdegrees are 111,195 m of a meridian: 8.99 each, rounded up
COMMUNITY, STREET, DISTRICT = Level.COMMUNITY, Level.STREET, Level.DISTRICT  # for those who may not look into the core


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place. `point` is WGS-84. `valid_until` is the day it ended, None while it lives; `merged_into` is what it became part of."""

    code: str
    level: Level
    name: str
    parent: str | None
    pinyin: str
    point: Point | None
    region_kind: RegionKind | None
    synthetic: bool
    valid_from: date | None
    valid_until: date | None
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in code order; `after` is what to ask the next page with, None at the end."""

    rows: tuple[PlaceRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found by a search. `label` is its address from the province down, itself last."""

    code: str
    level: Level
    name: str
    label: str
    how: searching.How


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A community near another: by distance where both are on the map (`how` "near"), else of the same street ("same_street")."""

    code: str
    name: str
    metres: int | None
    how: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that happened to a place: renamed, merged, closed, located, region."""

    kind: str
    old: str
    new: str
    occurred_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A load of the built-in tree."""

    package: str
    version: str
    added: int
    renamed: int
    closed: int
    recorded_at: datetime


def _row(p: Place) -> PlaceRow:
    point = Point(p.lat_udeg, p.lon_udeg) if p.lat_udeg is not None and p.lon_udeg is not None else None
    kind = RegionKind(p.region_kind) if p.region_kind else None
    return PlaceRow(
        p.code, Level(p.level), p.name, p.parent_code, p.pinyin, point, kind, p.synthetic, p.valid_from, p.valid_until, p.merged_into
    )


def _living(code: str) -> QuerySet[Place]:
    low, high = core.subtree_range(code)
    return Place.objects.filter(code__gte=low, code__lt=high, valid_until=None)


def subtree_range(code: str) -> tuple[str, str]:
    """Return (low, high): `low` ≤ code < `high` is the place and everything below it, in the collation "C". No query.

    Raises Refused(PLACE_UNKNOWN) for what is no code.
    """
    return core.subtree_range(code)


def place(code: str) -> PlaceRow:
    """Return a place, ended ones too. One query. Raises NotFound for an unknown or impossible code."""
    found = Place.objects.filter(code=code).first() if core.is_code(code) else None
    if found is None:
        raise NotFound
    return _row(found)


def checked(code: str, *levels: Level) -> PlaceRow:
    """Return the living place that an input names, at one of `levels` where any are given. One query.

    Raises Refused(PLACE_UNKNOWN, field="place") with the fact `problem`: letters, length, unknown, ended or level.
    """
    core.level_of(code)
    found = Place.objects.filter(code=code).first()
    problem = "unknown" if found is None else "ended" if found.valid_until else ""
    if found is not None and not problem and levels and found.level not in levels:
        problem = "level"
    if found is None or problem:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem=problem, place=code)
    return _row(found)


def path(code: str) -> tuple[PlaceRow, ...]:
    """Return the way down from the province to the place itself; for '' the nation alone. One query. Raises NotFound."""
    if not core.is_code(code):
        raise NotFound
    wanted = [*core.ancestors_of(code)[1:], code]
    rows = tuple(_row(p) for p in Place.objects.filter(code__in=wanted).order_by("level"))
    if len(rows) != len(wanted):
        raise NotFound
    return rows


def names(codes: Collection[str]) -> dict[str, str]:
    """Return the everyday names of places by code (`core.everyday`); unknown codes are left out. One query."""
    rows = Place.objects.filter(code__in=set(codes)).values_list("code", "name") if codes else ()
    return {code: core.everyday(name) for code, name in rows}


def steps_to(code: str) -> tuple[str, ...]:
    """Return the codes whose names say where a place is, for those who live there: street, community, building; no query."""
    if not core.is_code(code):
        return ()
    return tuple(
        step for step in (*core.ancestors_of(code), code) if core.level_of(step) in {Level.STREET, Level.COMMUNITY, Level.BUILDING}
    )


def near_by(known: Mapping[str, str], code: str) -> str:
    """Return where a place is, as `near`, from `names` that hold `steps_to` of it; no query."""
    return " · ".join(known[step] for step in steps_to(code) if step in known) or known.get(code, "")


def near(code: str) -> str:
    """Return where a place is, for those who live there: 建设街道 · 六马路社区 · 1栋. "" for an unknown code. One query."""
    return near_by(names([*steps_to(code), code]), code)


def names_and_buildings(codes: Collection[str], community: str) -> tuple[dict[str, str], int]:
    """Return `names` of places, and how many living buildings a community has; one query."""
    count = _living(community).filter(level=Level.BUILDING).order_by().values("level").annotate(n=Count("pk")).values("n")
    rows = Place.objects.filter(code__in=set(codes) | {community}).annotate(buildings=Coalesce(Subquery(count), 0))
    found = list(rows.values_list("code", "name", "buildings"))
    return {code: core.everyday(name) for code, name, _n in found}, found[0][2] if found else 0


def named(codes: Collection[str]) -> dict[str, tuple[str, Point | None]]:
    """Return the everyday name and the point of each place by code; unknown codes are left out. One query."""
    rows = Place.objects.filter(code__in=set(codes)).values_list("code", "name", "lat_udeg", "lon_udeg") if codes else ()
    return {code: (core.everyday(name), Point(lat, lon) if lat is not None and lon is not None else None) for code, name, lat, lon in rows}


def labels(codes: Collection[str]) -> dict[str, str]:
    """Return addresses by code, from the province down (广东省广州市越秀区洪桥街道); unknown codes are left out. One query."""
    paths = {code: [*core.ancestors_of(code)[1:], code] for code in set(codes) if core.is_code(code)}
    known = names({step for steps in paths.values() for step in steps})
    return {code: core.label(known[step] for step in steps if step in known) for code, steps in paths.items() if code in known}


def children(code: str, *, after: str = "", limit: int = 200) -> Page:
    """Return the living places one level down, `limit` (at most 1,000) at a time. One query. Raises Refused for what is no code."""
    level = core.level_of(code)
    return Page((), None) if level is Level.BUILDING else below(code, Level(level + 1), after=after, limit=limit)


def below(code: str, level: Level, *, after: str = "", limit: int = 200) -> Page:
    """Return the living places of `level` at or below `code`, `limit` (at most 1,000) at a time. One query."""
    size = max(1, min(limit, PAGE_MAX))
    rows = [_row(p) for p in _living(code).filter(level=level, code__gt=after).order_by("code")[: size + 1]]
    return Page(tuple(rows[:size]), rows[size - 1].code if len(rows) > size else None)


def codes_below(code: str, level: Level) -> tuple[str, ...]:
    """Return the codes of all living places of `level` at or below `code`, in order. One query; of the nation 620,573 communities."""
    return tuple(_living(code).filter(level=level).order_by("code").values_list("code", flat=True))


def grids(community: str) -> tuple[PlaceRow, ...]:
    """Return the living grids of a community (or of any place above). One query."""
    return tuple(_row(p) for p in _living(community).filter(level=Level.GRID).order_by("code"))


def buildings(community: str) -> tuple[PlaceRow, ...]:
    """Return the living buildings of a community, of one grid, or of any place above. One query."""
    return tuple(_row(p) for p in _living(community).filter(level=Level.BUILDING).order_by("code"))


def counts(code: str = core.NATION) -> dict[Level, int]:
    """Return how many living places stand at each level at or below `code`. One query."""
    rows = _living(code).order_by().values_list("level").annotate(n=Count("code"))
    return dict.fromkeys(Level, 0) | {Level(level): n for level, n in rows}


def region_kind(code: str) -> RegionKind | None:
    """Return the kind of region that the nearest place at or above `code` says, or None. One query."""
    steps = [*core.ancestors_of(code), code]
    said = Place.objects.filter(code__in=steps).exclude(region_kind="").order_by("-level").values_list("region_kind", flat=True).first()
    return RegionKind(said) if said else None


def changes(code: str) -> tuple[ChangeRow, ...]:
    """Return what happened to a place, latest first. One query."""
    rows = PlaceChange.objects.filter(code=code).order_by("-recorded_at", "-pk")
    return tuple(ChangeRow(c.kind, c.old, c.new, c.occurred_on, c.recorded_at) for c in rows)


def last_load() -> LoadRow | None:
    """Return the latest load of the built-in tree, or None. One query."""
    found = DivisionsLoad.objects.order_by("-recorded_at", "-pk").first()
    return LoadRow(found.package, found.version, found.added, found.renamed, found.closed, found.recorded_at) if found else None


def search(text: str, *, within: str = core.NATION, limit: int = 20) -> tuple[Hit, ...]:
    """Find living places by Chinese name, pinyin, initials or the beginning of a code, below `within`; best first, at most 100.

    Two queries as a rule, three where a part inside a name is looked for; up to fifteen for an address in one word (广州越秀洪桥).
    Raises Refused: INPUT_TOO_LONG beyond 60 characters, PLACE_UNKNOWN where `within` is no code.
    """
    core.level_of(within)
    wanted = core.read_search(text)
    if wanted.kind is Kind.NOTHING:
        return ()
    found = searching.find(wanted, within, max(1, min(limit, 100)))
    if not found:
        return ()
    known = names({step for f in found for step in (*core.ancestors_of(f.code)[1:], f.code)})
    return tuple(
        Hit(f.code, Level(f.level), known[f.code], core.label(known[step] for step in (*core.ancestors_of(f.code)[1:], f.code)), f.how)
        for f in found
    )


def neighbours(community: str, *, limit: int = 8) -> tuple[Neighbour, ...]:
    """Return the communities nearest to one, at most 30 km off; where points are missing, its street's others fill the places.

    Up to four queries. Raises NotFound where the community is unknown or the code is not one of a community.
    """
    here = place(community)
    if here.level is not Level.COMMUNITY:
        raise NotFound
    near = _near(here.code, here.point, limit) if here.point else []
    if len(near) < limit:
        rows = _living(core.street_of(community)).filter(level=Level.COMMUNITY).exclude(code__in=[community, *(n.code for n in near)])
        siblings = rows.order_by("code").values_list("code", "name")[: limit - len(near)]
        near += [Neighbour(code, name, None, "same_street") for code, name in siblings]
    return tuple(near)


_MAPPED = "SELECT code, name, lat_udeg, lon_udeg FROM places_place WHERE level = 5 AND lat_udeg IS NOT NULL AND valid_until IS NULL AND code <> %s"


def _near(code: str, here: Point, limit: int) -> list[Neighbour]:
    # The index orders by degrees, which are shorter east–west: its first answer bounds the circle, the second query fills it.
    first = _measured(
        f"{_MAPPED} ORDER BY point(lon_udeg, lat_udeg) <-> point(%s, %s) LIMIT %s", [code, here.lon_udeg, here.lat_udeg, limit], here
    )
    if not first:
        return []
    radius = min(NEAR_METRES_MAX, max(n.metres or 0 for n in first) if len(first) == limit else NEAR_METRES_MAX)
    north = radius * UDEG_PER_METRE + 1
    east = int(north / max(0.01, cos(radians((abs(here.lat_udeg) + north) / core.UDEG)))) + 1
    box = [here.lon_udeg - east, here.lat_udeg - north, here.lon_udeg + east, here.lat_udeg + north]
    inside = _measured(f"{_MAPPED} AND point(lon_udeg, lat_udeg) <@ box(point(%s, %s), point(%s, %s))", [code, *box], here)
    return [n for n in inside if (n.metres or 0) <= NEAR_METRES_MAX][:limit]


def _measured(statement: str, values: list[str | int], here: Point) -> list[Neighbour]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    found = [Neighbour(c, name, core.metres_between(here.lat_udeg, here.lon_udeg, lat, lon), "near") for c, name, lat, lon in rows]
    return sorted(found, key=lambda n: (n.metres, n.code))


def counts_below(communities: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return (grids, buildings) of each of `communities` that has any; one query."""
    rows = Place.objects.filter(level__in=(int(Level.GRID), int(Level.BUILDING)), valid_until=None)
    counted = rows.annotate(community=Left("code", 12)).values("community", "level").order_by().annotate(n=Count("pk"))
    found: dict[str, tuple[int, int]] = {}
    for row in counted:
        if row["community"] in communities:
            grids, buildings = found.get(row["community"], (0, 0))
            found[row["community"]] = (row["n"], buildings) if row["level"] == int(Level.GRID) else (grids, row["n"])
    return found


def former_codes(city: str) -> dict[str, str]:
    """Return what each community's code of an earlier edition that is gone counts as today, for those that lie or lay in a city; no query.

    What lies in no known community of its street any more has the street's code and 000 (`is_rest`).
    """
    return editions.moved(city)


@dataclass(frozen=True, slots=True)
class PastPlace:
    """What a place was: `turns`, latest first. `since` and `until` are the days (ISO) of the oldest and the newest edition that were read."""

    turns: tuple[former.Turn, ...]
    since: str
    until: str


def past(code: str, name: str) -> PastPlace:
    """Return what a place was in earlier editions of the tree; its `name` is that of today. No query."""
    read = editions.about().editions
    return PastPlace(editions.before(code, name), read[0][1], read[-1][1])


def is_rest(code: str) -> bool:
    """Tell whether a code stands for what lies in no known community of its street."""
    return former.is_rest(code)


def moved() -> dict[str, str]:
    """Return which community every merged or renumbered one became, as told by `merge`, one step at a time; one query."""
    rows = Place.objects.filter(level=int(Level.COMMUNITY), merged_into__isnull=False)
    return {old: new for old, new in rows.values_list("code", "merged_into") if new is not None}
