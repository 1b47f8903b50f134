"""Who acts for whom: family as the community's worker entered it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from linli.ground.people.kept import groups_of, live
from linli.ground.people.models import Guardian, Person
from linli.ground.people.reads import PersonCard, card_of
from linli.kernel.disclosure import Group
from linli.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """Somebody who acts for a person: who, on what grounds (a code, '' where none were kept), since when."""

    guardian: UUID
    grounds: str
    since: datetime


def family_of(person: UUID, now: datetime) -> tuple[FamilyRow, ...]:
    """Return who acts for `person`, the first entered first; one query."""
    rows = Guardian.objects.filter(live(now), ward_id=person).order_by("starts_at", "pk")
    return tuple(FamilyRow(*row) for row in rows.values_list("guardian_id", "grounds", "starts_at"))


def card_and_family(person: UUID, now: datetime) -> tuple[PersonCard, tuple[FamilyRow, ...]]:
    """Return `card` and `family_of` of a person in one query. Raises NotFound."""
    family = Guardian.objects.filter(live(now), ward_id=OuterRef("pk")).order_by("starts_at", "pk")
    told = family.values(row=JSONObject(guardian="guardian_id", grounds="grounds", since="starts_at"))
    row = Person.objects.filter(pk=person).annotate(in_groups=groups_of("pk", now), told=ArraySubquery(told)).first()
    if row is None:
        raise NotFound
    rows = tuple(FamilyRow(UUID(r["guardian"]), r["grounds"], datetime.fromisoformat(r["since"])) for r in row.told)
    return card_of(row, tuple(Group(name) for name in row.in_groups), now), rows
