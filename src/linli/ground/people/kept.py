"""All that is kept of some subjects, still sealed, and what ties a viewer to them: one query for any number, for disclosure alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BinaryField, Exists, F, OuterRef, Q, SmallIntegerField, Subquery, UUIDField, Value
from django.db.models.functions import JSONObject

from linli.ground.people import seals
from linli.ground.people.core import Ties
from linli.ground.people.models import Access, Consent, GroupRow, Guardian, Person, SubjectKey
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import DataClass, Group


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one subject; no field is open yet. `place` is "" for what has no home: words kept under a need's own id."""

    id: UUID
    place: str
    household: UUID | None
    name: bytes
    phone: bytes | None
    birth_year: int | None
    door: bytes | None
    wrapped: bytes | None
    door_wrapped: bytes | None
    groups: tuple[Group, ...]
    ties: Ties
    opened_for: str  # the purpose of the newest step that opened something to the viewer, else ""

    def unseal(self, field: str, sealed: bytes) -> str:
        """Open one sealed field of the subject. Raises InvalidTag where it was sealed for another."""
        return seals.unseal(self.key(), self.id, field, bytes(sealed))

    def key(self) -> bytes:
        """Return the subject's key, unwrapped. Raises LookupError where it was destroyed."""
        if self.wrapped is None:
            raise LookupError("the key was destroyed")
        return seals.unwrap(self.id, bytes(self.wrapped))

    def open_door(self) -> str | None:
        """Return the words of the door, or None where there is no household or its key is gone."""
        if self.household is None or self.door is None or self.door_wrapped is None:
            return None
        key = seals.unwrap(self.household, bytes(self.door_wrapped))
        return seals.unseal(key, self.household, "door", bytes(self.door))


def live(now: datetime) -> Q:
    """Return the condition for rows that began and did not end."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def groups_of(person: str, now: datetime) -> ArraySubquery:
    """Return the special groups of the person in column `person`, as a column."""
    rows = GroupRow.objects.filter(live(now), person_id=OuterRef(person)).order_by("pk")
    return ArraySubquery(rows.values("group"))


def _key(subject: str) -> Subquery:
    return Subquery(SubjectKey.objects.filter(subject=OuterRef(subject)).values("wrapped"))


def _opened(subject: str, now: datetime) -> ArraySubquery:
    fields = JSONObject(viewer="viewer", role="role", place="place_code", classes="classes", purpose="purpose")
    return ArraySubquery(Access.objects.filter(live(now), subject=OuterRef(subject)).order_by("pk").values(opening=fields))


def _granted(actor: Actor, subject: str, now: datetime) -> ArraySubquery:
    # To neighbours: people of the same community; to helpers: its volunteers.
    audiences = ["neighbours"] + (["helpers"] if any(p.role is Role.VOLUNTEER for p in actor.posts) else [])
    unended = Q(withdrawn_at=None) & (Q(until=None) | Q(until__gt=now))
    rows = Consent.objects.filter(unended, person_id=OuterRef(subject), audience__in=audiences)
    return ArraySubquery(rows.order_by("pk").values(grant=JSONObject(classes="data_class", place="person__place_code")))


def _columns(actor: Actor, subject: str, now: datetime) -> dict[str, Any]:
    guarding = Guardian.objects.filter(live(now), guardian_id=actor.person, ward_id=OuterRef(subject))
    return {
        "k_opened": _opened(subject, now), "k_granted": _granted(actor, subject, now), "k_guarded": Exists(guarding),
    }  # fmt: skip


FIELDS = ("k_id", "k_place", "k_household", "k_name", "k_phone", "k_year", "k_door", "k_wrapped", "k_door_wrapped", "k_groups")
TIES = ("k_opened", "k_granted", "k_guarded")


def kept(actor: Actor, people: Collection[UUID], others: Collection[UUID], now: datetime) -> dict[UUID, Kept]:
    """Return what is kept of `people` and of `others`, subjects that are no people; unknown ids are left out. One query."""
    return {row.id: row for row in _rows(actor, people, others, now)}


def _rows(actor: Actor, people: Collection[UUID], others: Collection[UUID], now: datetime) -> Iterator[Kept]:
    rows: Any = Person.objects.filter(pk__in=people).annotate(
        k_id=F("pk"), k_place=F("place_code"), k_household=F("household_id"), k_name=F("name_sealed"), k_phone=F("phone_sealed"),
        k_year=F("birth_year"), k_door=F("household__door_sealed"), k_wrapped=_key("pk"), k_door_wrapped=_key("household_id"),
        k_groups=groups_of("pk", now), **_columns(actor, "pk", now),
    ).values_list(*FIELDS, *TIES)  # fmt: skip
    if others:
        none = GroupRow.objects.filter(person_id=OuterRef("subject")).none()
        keys = SubjectKey.objects.filter(subject__in=others).annotate(
            k_id=F("subject"), k_place=Value(""), k_household=Value(None, UUIDField()), k_name=Value(None, BinaryField()),
            k_phone=Value(None, BinaryField()), k_year=Value(None, SmallIntegerField()), k_door=Value(None, BinaryField()),
            k_wrapped=F("wrapped"), k_door_wrapped=Value(None, BinaryField()), k_groups=ArraySubquery(none.values("group")),
            **_columns(actor, "subject", now),
        ).values_list(*FIELDS, *TIES)  # fmt: skip
        rows = rows.union(keys, all=True) if people else keys
    for pk, place, household, name, phone, year, door, wrapped, door_wrapped, groups, opened, granted, guarded in rows:
        ties, purpose = _ties(actor, opened, granted, guarded)
        found = tuple(Group(group) for group in groups or ())  # words have none
        yield Kept(pk, place, household, name, phone, year, door, wrapped, door_wrapped, found, ties, purpose)


def _ties(actor: Actor, opened: Collection[Any], granted: Collection[Any], guarded: bool) -> tuple[Ties, str]:
    mine = [row for row in opened if _is_for(actor, row)]
    classes = frozenset(DataClass(name) for row in mine for name in row["classes"])
    near = frozenset(
        DataClass(row["classes"]) for row in granted if actor.person and actor.home and row["place"][:12] == actor.home[:12]
    )  # fmt: skip
    return Ties(guarded, classes, near), mine[-1]["purpose"] if mine else ""


def _is_for(actor: Actor, row: dict[str, Any]) -> bool:
    if row["viewer"]:
        return actor.person is not None and UUID(row["viewer"]) == actor.person
    role, place = Role(row["role"]), row["place"]
    # What was opened to a city is not its province's to read, though a city post at two digits covers all of it.
    return any(post.role is role and (post.place == place if role is Role.CITY else post.covers(place)) for post in actor.posts)
