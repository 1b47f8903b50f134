"""What happened with people's data in a time, and who stands on the registers, for figures: numbers by community, nobody by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Left, TruncDate

from linli.ground.people.kept import live
from linli.ground.people.models import Account, Consent, GroupRow, Guardian, Household, Look, Person, PostRow
from linli.ground.policy.core import BEIJING, day_of
from linli.kernel.actor import Role
from linli.kernel.disclosure import Group

SENIOR, OLD = 60, 80  # years; the ages the report counts by (§1.1, §2.1)


@dataclass(frozen=True, slots=True)
class ConsentNow:
    """A consent that was granted or withdrawn in the time."""

    id: UUID
    person: UUID
    community: str
    granted_at: datetime
    withdrawn_at: datetime | None


def consents(start: datetime, end: datetime) -> tuple[ConsentNow, ...]:
    """Return the consents granted or withdrawn in [start, end); one query."""
    granted, withdrawn = Q(granted_at__gte=start, granted_at__lt=end), Q(withdrawn_at__gte=start, withdrawn_at__lt=end)
    rows = Consent.objects.filter(granted | withdrawn).order_by("granted_at", "pk")
    columns = rows.values_list("pk", "person_id", "person__place_code", "granted_at", "withdrawn_at")
    return tuple(ConsentNow(pk, person, place[:12], given, taken) for pk, person, place, given, taken in columns)


def looks(start: datetime, end: datetime) -> tuple[tuple[str, str, int], ...]:
    """Return (community of who was looked at, Beijing day, how often) for looks at others in [start, end); one query."""
    home = Subquery(Person.objects.filter(pk=OuterRef("subject")).values("place_code")[:1])
    rows = Look.objects.filter(at__gte=start, at__lt=end)
    counted = rows.annotate(community=Left(home, 12), day=TruncDate("at", tzinfo=timezone(BEIJING))).values("community", "day").order_by()
    return tuple(
        (row["community"], row["day"].isoformat(), row["n"]) for row in counted.annotate(n=Count("pk")) if row["community"] is not None
    )


@dataclass(frozen=True, slots=True)
class Register:
    """Who stands on the registers of a community. `groups`: (members, those with a named helper) of each special group."""

    residents: int
    aged_60: int
    aged_80: int
    households: int
    accounts: int
    guarded: int
    workers: int
    grid_workers: int
    consents: int
    groups: dict[Group, tuple[int, int]]


def registers(now: datetime) -> dict[str, Register]:
    """Return the registers of each community with a resident; seven queries whatever their number."""
    people = Person.objects.annotate(community=Left("place_code", 12)).values("community").order_by()
    year = day_of(now).year
    rows = people.annotate(
        n=Count("pk"), senior=Count("pk", filter=Q(birth_year__lte=year - SENIOR)), old=Count("pk", filter=Q(birth_year__lte=year - OLD))
    )
    households = _by_community(Household.objects.annotate(community=Left("place_code", 12)))
    accounts = _by_community(Account.objects.filter(is_active=True).annotate(community=Left("person__place_code", 12)))
    guarded = _by_community(Guardian.objects.filter(live(now)).annotate(community=Left("ward__place_code", 12)), "ward")
    posts = _posts(now)
    granted = Consent.objects.filter(Q(until=None) | Q(until__gt=now), withdrawn_at=None, granted_at__lte=now)
    consents_live = _by_community(granted.annotate(community=Left("person__place_code", 12)))
    groups = _groups(now)
    return {
        row["community"]: Register(
            row["n"], row["senior"], row["old"], households.get(row["community"], 0), accounts.get(row["community"], 0),
            guarded.get(row["community"], 0), posts.get((row["community"], Role.WORKER.value), 0),
            posts.get((row["community"], Role.GRID_WORKER.value), 0), consents_live.get(row["community"], 0),
            groups.get(row["community"], {}),
        )
        for row in rows
        if len(row["community"]) == 12
    }  # fmt: skip


def _by_community(rows: QuerySet[Any], of: str = "pk") -> dict[str, int]:
    counted = rows.values("community").order_by().annotate(n=Count(of, distinct=True))
    return dict(counted.values_list("community", "n"))


def _posts(now: datetime) -> dict[tuple[str, str], int]:
    rows = PostRow.objects.filter(live(now), role__in=(Role.WORKER.value, Role.GRID_WORKER.value))
    counted = (
        rows.annotate(community=Left("place_code", 12)).values("community", "role").order_by().annotate(n=Count("person", distinct=True))
    )
    return {(row["community"], row["role"]): row["n"] for row in counted}


def _groups(now: datetime) -> dict[str, dict[Group, tuple[int, int]]]:
    rows = GroupRow.objects.filter(live(now)).annotate(community=Left("person__place_code", 12)).values("community", "group").order_by()
    helped = Count("person", distinct=True, filter=Q(helper__isnull=False))
    found: dict[str, dict[Group, tuple[int, int]]] = {}
    for row in rows.annotate(members=Count("person", distinct=True), helped=helped):
        found.setdefault(row["community"], {})[Group(row["group"])] = (row["members"], row["helped"])
    return found


def ages_by_community(place: str, born_until: int) -> dict[str, tuple[int, int]]:
    """Return (residents on the register, those born in `born_until` or before) of each community below `place`; one query."""
    elders = Count("pk", filter=Q(birth_year__lte=born_until))
    rows = Person.objects.filter(place_code__startswith=place).annotate(community=Left("place_code", 12)).values_list("community")
    return {code: (n, old) for code, n, old in rows.annotate(n=Count("pk"), old=elders)}


def on_register(place: str, now: datetime) -> tuple[int, dict[Group, tuple[int, int]]]:
    """Return residents on the register of a place and below, and (members, those with a named helper) of each special group; one query."""
    residents = Person.objects.filter(place_code__startswith=place).annotate(everybody=Value("")).values("everybody").order_by()
    members = GroupRow.objects.filter(live(now), person__place_code__startswith=place).values("group").order_by()
    helped = Count("person", distinct=True, filter=Q(helper__isnull=False))
    counted = members.annotate(members=Count("person", distinct=True), helped=helped).values_list("group", "members", "helped")
    rows = residents.annotate(n=Count("pk"), none=Value(0)).values_list("everybody", "n", "none").union(counted, all=True)
    found = {name: (n, helped) for name, n, helped in rows}
    everybody, _none = found.pop("", (0, 0))
    return everybody, {Group(name): found[name] for name in sorted(found)}


def groups_by_community(place: str, now: datetime) -> dict[str, tuple[int, int]]:
    """Return (members of special groups, those with a named helper) per community below a place; one query."""
    rows = GroupRow.objects.filter(live(now), person__place_code__startswith=place).values_list("person__place_code", "person_id", "helper")
    members: dict[str, set[UUID]] = {}
    helped: dict[str, set[UUID]] = {}
    for code, person, helper in rows:
        members.setdefault(code[:12], set()).add(person)
        if helper is not None:
            helped.setdefault(code[:12], set()).add(person)
    return {code: (len(found), len(helped.get(code, ()))) for code, found in members.items()}
