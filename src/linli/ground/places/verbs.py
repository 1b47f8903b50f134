"""Load the built-in tree; add grids and buildings; rename, merge, locate places; mark kinds of region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from linli.ground.places import builtin, loading
from linli.ground.places.core import (
    LENGTHS,
    Level,
    Point,
    RegionKind,
    common_place,
    level_of,
    numbered,
    parent_of,
    tidy_name,
)
from linli.ground.places.datum import to_wgs84
from linli.ground.places.models import NAME_LENGTH_MAX, DivisionsLoad, Place, PlaceChange
from linli.ground.places.spelling import spell
from linli.kernel.canon import digest
from linli.kernel.errors import Refusal, Refused
from linli.kernel.step import Step

CHINA = timedelta(hours=8)  # a change of divisions holds from a day in China


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed, in divisions; all zero where these data were in already. `total` is how many the data hold."""

    total: int
    added: int = 0
    renamed: int = 0
    closed: int = 0
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class Below:
    """A grid (where `parent` is a community) or building (where it is a grid) to add."""

    parent: str
    name: str
    point: Point | None = None
    synthetic: bool = False


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("places are written inside a step")


def _today(s: Step) -> date:
    return (s.now + CHINA).date()


def load_divisions(s: Step, *, within: Sequence[str] = (), progress: loading.Progress | None = None) -> Loaded:
    """Bring in the built-in tree, 665,276 divisions of five levels; the same data a second time change nothing.

    Into an empty table by COPY with indexes built afterwards (seconds); into one in use by comparison: new divisions are added, other
    names taken over where nobody renamed the place here, ceased divisions closed, never deleted. `within` brings in no more than these
    subtrees and what is above them, and only adds. `progress(done, total)` is called now and then. Raises builtin.BrokenData for
    damaged data.
    """
    _require_transaction()
    about = builtin.about()
    loading.lock()
    if DivisionsLoad.objects.filter(sha256=about.sha256).exists():
        return Loaded(about.total)
    changed = _bring(s, about, within, progress)
    if not within:
        DivisionsLoad.objects.create(
            package=about.package, version=about.version, sha256=about.sha256, added=changed.added, renamed=changed.renamed,
            closed=changed.closed, recorded_at=s.now,
        )  # fmt: skip
    s.record(
        "places:divisions:loaded",
        place=common_place(within),
        payload={
            "package": about.package, "version": about.version, "sha256": about.sha256, "within": ",".join(within),
            "added": changed.added, "renamed": changed.renamed, "closed": changed.closed, "reopened": changed.reopened,
        },
    )  # fmt: skip
    return Loaded(about.total, changed.added, changed.renamed, changed.closed, changed.reopened)


def _bring(s: Step, about: builtin.About, within: Sequence[str], progress: loading.Progress | None) -> loading.Compared:
    blocks = builtin.blocks(within)
    if loading.is_empty():
        return loading.fill(blocks, total=about.total, progress=progress)
    if within:
        return loading.add_missing(blocks, total=about.total, progress=progress)
    return loading.compare_in(blocks, as_of=about.as_of, now=s.now, actor_ref=s.actor.ref, total=about.total, progress=progress)


def add_grid(s: Step, community: str, *, name: str, synthetic: bool = False) -> str:
    """Add a grid to a community; return its code. Raises as `add_below`."""
    return add_below(s, [Below(_parent(community, Level.COMMUNITY), name, None, synthetic)])[0]


def add_building(s: Step, grid: str, *, name: str, point: Point | None = None, synthetic: bool = False) -> str:
    """Add a building to a grid; return its code. Raises as `add_below`."""
    return add_below(s, [Below(_parent(grid, Level.GRID), name, point, synthetic)])[0]


def _parent(code: str, level: Level) -> str:
    if level_of(code) is not level:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem="level", place=code, wanted=level.name.lower())
    return code


def add_below(s: Step, rows: Sequence[Below]) -> tuple[str, ...]:
    """Add many grids and buildings in a constant number of queries; return their codes in the order of `rows`.

    Numbers go up within each parent and are never given twice. Raises Refused: PLACE_UNKNOWN for a parent that is unknown, ended or
    neither community nor grid (fact `problem`), INPUT_MISSING and INPUT_TOO_LONG for a name, INPUT_INVALID where the name stands
    under this parent already or its numbers are used up. One bad row and none is added.
    """
    _require_transaction()
    if not rows:
        return ()
    for row in rows:
        if level_of(row.parent) not in {Level.COMMUNITY, Level.GRID}:
            raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem="level", place=row.parent, wanted="community, grid")
    parents = sorted({row.parent for row in rows})
    _lock_living(parents)
    places = _numbered(rows, _children(parents))
    Place.objects.bulk_create(places, batch_size=2_000)
    codes = tuple(place.code for place in places)
    s.record("places:below:added", place=common_place(parents), payload={"count": len(codes), "first": codes[0], "codes": digest(codes)})
    return codes


def _name(text: str) -> str:
    try:
        name = tidy_name(text, length_max=NAME_LENGTH_MAX)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="name", length_max=NAME_LENGTH_MAX) from None
    if not name:
        raise Refused(Refusal.INPUT_MISSING, field="name")
    return name


def _lock_living(codes: Iterable[str]) -> None:
    """Keep others from adding below or ending these places until the step is done. Raises Refused(PLACE_UNKNOWN)."""
    wanted = sorted(set(codes))
    # In order, so that two steps over the same places do not wait for each other.
    rows = Place.objects.select_for_update(no_key=True).filter(code__in=wanted).order_by("code")
    ended = dict(rows.values_list("code", "valid_until"))
    for code in wanted:
        if ended.get(code, True) is not None:
            raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem="ended" if code in ended else "unknown", place=code)


@dataclass(slots=True)
class _Siblings:
    """What stands below one parent: the last number ever given and the names in use."""

    last: int
    names: set[str]


def _children(parents: Sequence[str]) -> dict[str, _Siblings]:
    found = {parent: _Siblings(0, set()) for parent in parents}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.parent_code, c.code, c.name, c.valid_until IS NULL FROM unnest(%s::text[], %s::int[]) AS p (code, level)"
            " JOIN places_place c ON c.level = p.level + 1 AND c.code > p.code AND c.code < p.code || ':'",
            [list(parents), [int(level_of(parent)) for parent in parents]],
        )
        for parent, code, name, living in cursor.fetchall():
            found[parent].last = max(found[parent].last, int(code[len(parent) :]))
            if living:
                found[parent].names.add(name)
    return found


def _numbered(rows: Sequence[Below], siblings: dict[str, _Siblings]) -> list[Place]:
    places = []
    for row in rows:
        below, name = siblings[row.parent], _name(row.name)
        if name in below.names:
            raise Refused(Refusal.INPUT_INVALID, field="name", problem="taken", place=row.parent)
        below.last += 1
        below.names.add(name)
        spelling = spell(name, province=row.parent[: LENGTHS[Level.PROVINCE]])
        place = Place(
            code=numbered(row.parent, below.last), name=name, pinyin=spelling.pinyin, initials=spelling.initials, synthetic=row.synthetic
        )
        if row.point is not None:
            stored = to_wgs84(row.point)
            place.lat_udeg, place.lon_udeg, place.datum = stored.lat_udeg, stored.lon_udeg, row.point.datum.value
        places.append(place)
    return places


def _note(s: Step, code: str, kind: str, *, old: str, new: str, on: date) -> None:
    PlaceChange.objects.create(code=code, kind=kind, old=old, new=new, occurred_on=on, recorded_at=s.now, actor_ref=s.actor.ref)
    s.record(f"places:place:{kind}", place=code, payload={"place": code, "old": old, "new": new, "on": on.isoformat()})


def _day(s: Step, on: date | None) -> date:
    day = on or _today(s)
    if day > _today(s):
        raise Refused(Refusal.TIME_TOO_FAR, field="on")
    return day


def rename(s: Step, code: str, *, name: str, on: date | None = None) -> None:
    """Give a place another name from the day `on` (today in China where None). The same name again changes nothing.

    Raises Refused: PLACE_UNKNOWN, INPUT_MISSING or INPUT_TOO_LONG for the name, INPUT_INVALID where a sibling grid or building has it,
    TIME_TOO_FAR for a day to come.
    """
    _require_transaction()
    day, new = _day(s, on), _name(name)
    level, parent = level_of(code), parent_of(code)
    _lock_living([code] if level < Level.GRID or parent is None else [parent, code])
    if level >= Level.GRID and parent is not None:
        same = Place.objects.filter(parent_code=parent, level=level, code__startswith=parent, name=new, valid_until=None)
        if same.exclude(code=code).exists():
            raise Refused(Refusal.INPUT_INVALID, field="name", problem="taken", place=parent)
    old = Place.objects.values_list("name", flat=True).get(code=code)
    if old == new:
        return
    spelling = spell(new, province=code[: LENGTHS[Level.PROVINCE]])
    Place.objects.filter(code=code, name=old).update(name=new, pinyin=spelling.pinyin, initials=spelling.initials)
    _note(s, code, "renamed", old=old, new=new, on=day)


def merge(s: Step, code: str, *, into: str, on: date | None = None) -> None:
    """End a place in favour of another of its level from the day `on`; what hangs on the old code stays there and reads say `merged_into`.

    Raises Refused: PLACE_UNKNOWN where either is unknown or ended, INPUT_INVALID where they are the same, of different levels or the
    day is before the place began, STATE_FORBIDS with `places_below` while living places stand below it, TIME_TOO_FAR for a day to come.
    """
    _require_transaction()
    day = _day(s, on)
    if level_of(code) is not level_of(into) or code == into:
        raise Refused(Refusal.INPUT_INVALID, field="into", place=into)
    _lock_living([code, into])
    below = Place.objects.filter(level=level_of(code) + 1, code__startswith=code, valid_until=None).count()
    if below:
        raise Refused(Refusal.STATE_FORBIDS, field="place", places_below=below)
    began = Place.objects.values_list("valid_from", flat=True).get(code=code)
    if began is not None and day < began:
        raise Refused(Refusal.INPUT_INVALID, field="on")
    Place.objects.filter(code=code, valid_until=None).update(valid_until=day, merged_into=into)
    _note(s, code, "merged", old=code, new=into, on=day)


_LOCATE = """
    WITH given AS (SELECT * FROM unnest(%(codes)s::text[], %(lats)s::int[], %(lons)s::int[], %(datums)s::text[]) AS g (code, lat, lon, datum)),
    moved AS (
        SELECT p.code, p.lat_udeg, p.lon_udeg, g.lat, g.lon, g.datum FROM given g JOIN places_place p ON p.code = g.code
        WHERE (p.lat_udeg, p.lon_udeg) IS DISTINCT FROM (g.lat, g.lon)),
    written AS (
        UPDATE places_place p SET lat_udeg = m.lat, lon_udeg = m.lon, datum = m.datum FROM moved m WHERE p.code = m.code)
    INSERT INTO places_placechange (code, kind, old, new, occurred_on, recorded_at, actor_ref)
    SELECT code, 'located', COALESCE(lat_udeg || ',' || lon_udeg, ''), lat || ',' || lon, %(day)s, %(now)s, %(actor)s FROM moved"""


def locate(s: Step, points: Mapping[str, Point]) -> int:
    """Put places on the map, in a constant number of queries; return how many moved. Points of either datum are kept as WGS-84.

    Raises Refused(PLACE_UNKNOWN) for the first code that is unknown or ended; then none is moved.
    """
    _require_transaction()
    if not points:
        return 0
    codes = sorted(points)
    for code in codes:
        level_of(code)
    _lock_living(codes)
    stored = [to_wgs84(points[code]) for code in codes]
    with connection.cursor() as cursor:
        cursor.execute(_LOCATE, {
            "codes": codes, "lats": [p.lat_udeg for p in stored], "lons": [p.lon_udeg for p in stored],
            "datums": [points[code].datum.value for code in codes], "day": _today(s), "now": s.now, "actor": s.actor.ref,
        })  # fmt: skip
        moved = int(cursor.rowcount)
    if moved:
        at = {code: f"{p.lat_udeg},{p.lon_udeg}" for code, p in zip(codes, stored, strict=True)}
        s.record("places:points:located", place=common_place(codes), payload={"count": moved, "points": digest(at)})
    return moved


def mark_region(s: Step, code: str, *, kind: RegionKind | None, on: date | None = None) -> None:
    """Say what kind of region a place is, for it and everything below that says nothing itself; None takes it back.

    Raises Refused: PLACE_UNKNOWN, TIME_TOO_FAR for a day to come.
    """
    _require_transaction()
    level_of(code)
    day = _day(s, on)
    _lock_living([code])
    old, new = Place.objects.values_list("region_kind", flat=True).get(code=code), kind.value if kind else ""
    if old != new:
        Place.objects.filter(code=code, region_kind=old).update(region_kind=new)
        _note(s, code, "region", old=old, new=new, on=day)
