"""What happened on the register of helpers in a time, and who stands on it, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Left

from linli.help.supply.models import Certificate, Helper


def joined(start: datetime, end: datetime) -> tuple[tuple[UUID, str, datetime], ...]:
    """Return (helper, community, moment) of who joined in [start, end); one query."""
    rows = Helper.objects.filter(joined_at__gte=start, joined_at__lt=end).order_by("joined_at", "pk")
    return tuple((person, place[:12], at) for person, place, at in rows.values_list("person", "place_code", "joined_at"))


def certified(start: datetime, end: datetime) -> tuple[tuple[int, UUID, str, str, datetime], ...]:
    """Return (number, helper, community, kind, moment) of the certificates seen in [start, end); one query."""
    rows = Certificate.objects.filter(recorded_at__gte=start, recorded_at__lt=end).order_by("pk")
    columns = rows.values_list("pk", "helper_id", "helper__place_code", "kind", "recorded_at")
    return tuple((pk, helper, place[:12], kind, at) for pk, helper, place, kind, at in columns)


@dataclass(frozen=True, slots=True)
class Register:
    """Helpers of a community: all, those who paused, those with a certificate in force."""

    helpers: int
    paused: int
    certified: int


NOBODY = Register(0, 0, 0)


def register(on: date) -> dict[str, Register]:
    """Return the register of each community that has a helper; one query."""
    rows = Helper.objects.annotate(community=Left("place_code", 12)).values("community").order_by()
    counted = rows.annotate(
        n=Count("pk", distinct=True),
        resting=Count("pk", distinct=True, filter=Q(paused=True)),
        held=Count("pk", distinct=True, filter=Q(certificates__valid_until__gte=on)),
    )
    return {row["community"]: Register(row["n"], row["resting"], row["held"]) for row in counted}
