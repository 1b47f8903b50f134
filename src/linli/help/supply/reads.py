"""Queries over helpers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from linli.help.supply.core.helpers import CERTIFICATES, SKILLS
from linli.help.supply.models import BlockedPair, Certificate, Helper, Refused
from linli.kernel.errors import NotFound

PAGE_SIZE = 20
REFUSALS_REMEMBERED = timedelta(days=30)
REFUSALS_UNTIL_REST = 3


@dataclass(frozen=True, slots=True)
class HelperRow:
    """A volunteer as kept here; their name comes through disclosure only."""

    person: UUID
    place: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    slots: tuple[tuple[int, int, int], ...]
    radius_metres: int
    sex: str
    minor: bool
    lat_micro: int | None
    lon_micro: int | None
    paused: bool
    joined_at: datetime
    certificates: dict[str, date] = field(default_factory=dict)
    blocked: frozenset[UUID] = frozenset()
    rests_from: frozenset[str] = frozenset()  # services declined so often lately that somebody else is asked


@dataclass(frozen=True, slots=True)
class Free:
    """Active volunteers: how many there are, and how many are free at some hour of each weekday, Monday first."""

    helpers: int
    by_weekday: tuple[int, ...]


def _ties(now: datetime) -> dict[str, ArraySubquery]:
    """Return, as columns of a helper: whom no visit may bring them to, and which services they declined so often that they rest."""
    one, other = OuterRef("pk"), OuterRef("pk")
    ways = (("person", "other", one), ("other", "person", other))
    blocked = {f"blocked_{way}": ArraySubquery(BlockedPair.objects.filter(**{way: me}, ended_at=None).values(far)) for way, far, me in ways}
    declined = Refused.objects.filter(helper=OuterRef("pk"), at__gte=now - REFUSALS_REMEMBERED).values("service").order_by()
    return blocked | {"rests": ArraySubquery(declined.annotate(n=Count("pk")).filter(n__gte=REFUSALS_UNTIL_REST).values("service"))}


def _rows(helpers: QuerySet[Helper], now: datetime, *, ties: bool = True) -> tuple[HelperRow, ...]:
    papers = Certificate.objects.filter(helper_id=OuterRef("pk")).order_by("pk").values(paper=JSONObject(kind="kind", until="valid_until"))
    rows = helpers.annotate(papers=ArraySubquery(papers), **(_ties(now) if ties else {}))
    return tuple(_row(helper, ties=ties) for helper in rows)


def _row(h: Any, *, ties: bool) -> HelperRow:
    certificates: dict[str, date] = {}
    for paper in h.papers:
        until = date.fromisoformat(paper["until"])
        certificates[paper["kind"]] = max(until, certificates.get(paper["kind"], until))
    return HelperRow(
        h.pk, h.place_code, tuple(h.skills), tuple(h.languages), tuple((a, b, c) for a, b, c in h.slots), h.radius_metres, h.sex, h.minor,
        h.lat_micro, h.lon_micro, h.paused, h.joined_at, certificates,
        frozenset([*h.blocked_person, *h.blocked_other]) if ties else frozenset(), frozenset(h.rests) if ties else frozenset(),
    )  # fmt: skip


def find(person: UUID, now: datetime) -> HelperRow | None:
    """Return one volunteer, or None for somebody who is not on the register; one query."""
    rows = _rows(Helper.objects.filter(pk=person), now)
    return rows[0] if rows else None


def helper(person: UUID, now: datetime) -> HelperRow:
    """Return one volunteer. Raises NotFound."""
    row = find(person, now)
    if row is None:
        raise NotFound
    return row


def is_helper(person: UUID) -> bool:
    """Tell whether somebody is on the register."""
    return Helper.objects.filter(pk=person).exists()


def list_at(
    place: str, now: datetime, *, offset: int = 0, limit: int = PAGE_SIZE, skill: str = "", weekday: int | None = None
) -> tuple[HelperRow, ...]:
    """Return a page of volunteers of a place and below, newest first; one query: blocked pairs and rests are left to matching.

    `skill`: only those who have it and do not rest; `weekday` (Monday 0): only those free at some hour of it.
    """
    rows = Helper.objects.filter(place_code__startswith=place)
    if skill:
        rows = rows.filter(skills__contains=[skill], paused=False)
    if weekday is not None:
        path = Func(Value(f"strict $[*] ? (@[0] == {weekday:d})"), template="%(expressions)s::jsonpath")
        rows = rows.filter(Q(slots=[]) | Q(Func(F("slots"), path, function="jsonb_path_exists", output_field=BooleanField())))
    return _rows(rows.order_by("-joined_at", "pk")[offset : offset + limit], now, ties=False)


def free_by_skill(place: str) -> dict[str, Free]:
    """Return the active volunteers of a place by skill, '' for all of them; who named no hours is free every day. One query."""
    found: dict[str, tuple[int, list[int]]] = {}
    for skills, slots in Helper.objects.filter(place_code__startswith=place, paused=False).values_list("skills", "slots"):
        days = {slot[0] for slot in slots} or range(7)
        for skill in ("", *skills):
            helpers, by_weekday = found.setdefault(skill, (0, [0] * 7))
            for day in days:
                by_weekday[day] += 1
            found[skill] = (helpers + 1, by_weekday)
    return {skill: Free(helpers, tuple(by_weekday)) for skill, (helpers, by_weekday) in found.items()}


def count_at(place: str) -> int:
    """Return how many volunteers a place has."""
    return Helper.objects.filter(place_code__startswith=place, paused=False).count()


def counts_by_community(place: str) -> dict[str, int]:
    """Return active volunteers per community below a place; one query."""
    totals: dict[str, int] = {}
    for code, n in Helper.objects.filter(place_code__startswith=place, paused=False).values_list("place_code").annotate(n=Count("pk")):
        totals[code[:12]] = totals.get(code[:12], 0) + n
    return totals


def with_skill(
    skills: Collection[str], *, within: Collection[str], now: datetime, near: tuple[int, int, int] | None = None, limit: int = 2000
) -> tuple[HelperRow, ...]:
    """Return active volunteers with any of `skills` ('' means any), living in the communities `within`, or inside a box.

    `near` is (lat_micro, lon_micro, reach in microdegrees). One query.
    """
    rows = Helper.objects.filter(paused=False)
    if "" not in skills:
        rows = rows.filter(skills__overlap=sorted(skills))
    where = Q()
    for code in within:
        where |= Q(place_code__startswith=code)
    if near is not None:
        lat, lon, reach = near
        where |= Q(lat_micro__range=(lat - reach, lat + reach), lon_micro__range=(lon - reach, lon + reach))
    return _rows(rows.filter(where).order_by("pk")[:limit], now)


def around(
    skills: Collection[str], *, within: Collection[str], boxes: Collection[tuple[int, int, int]], now: datetime, limit: int
) -> tuple[HelperRow, ...]:
    """Return active volunteers with any of `skills` ('' means any) in the communities `within` or inside any box, as `with_skill`; one query."""
    rows = Helper.objects.filter(paused=False)
    if "" not in skills:
        rows = rows.filter(skills__overlap=sorted(skills))
    where = Q(pk=None)
    for code in sorted(within):
        where |= Q(place_code__startswith=code)
    for lat, lon, reach in sorted(boxes):
        where |= Q(lat_micro__range=(lat - reach, lat + reach), lon_micro__range=(lon - reach, lon + reach))
    return _rows(rows.filter(where).order_by("pk")[:limit], now)


def blocked_between(one: UUID, other: UUID) -> bool:
    """Tell whether no visit may be arranged between two people."""
    return BlockedPair.objects.filter(Q(person=one, other=other) | Q(person=other, other=one), ended_at=None).exists()


def blocked_by(person: UUID) -> tuple[UUID, ...]:
    """Return whom a person blocked."""
    return tuple(BlockedPair.objects.filter(person=person, ended_at=None).order_by("at").values_list("other", flat=True))


def known_skills() -> tuple[str, ...]:
    """Return every skill that can be registered."""
    return SKILLS


def known_certificates() -> tuple[str, ...]:
    """Return every kind of certificate."""
    return CERTIFICATES
