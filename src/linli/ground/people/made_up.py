"""The made-up people of a demo, for the stage alone: who may play a part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Left

from linli.ground.people.kept import live
from linli.ground.people.models import GroupRow, Person


def residents(communities: Collection[str]) -> tuple[tuple[UUID, str], ...]:
    """Return (person, home) of the made-up grown-up residents of some communities, personas left out; one query."""
    rows = Person.objects.filter(synthetic=True, persona="", birth_year__lte=2005).annotate(community=Left("place_code", 12))
    return tuple(rows.filter(community__in=communities).order_by("pk").values_list("pk", "place_code"))


def members(communities: Collection[str], now: datetime) -> frozenset[UUID]:
    """Return the made-up residents of some communities who belong to a special group; one query."""
    rows = GroupRow.objects.filter(live(now), person__synthetic=True).annotate(community=Left("person__place_code", 12))
    return frozenset(rows.filter(community__in=communities).values_list("person_id", flat=True))
