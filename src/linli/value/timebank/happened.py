"""What happened to hours in a time, and what stands in the books, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from linli.kernel.units import Unit
from linli.value.ledger import reads as ledger
from linli.value.timebank.models import VisitHours
from linli.value.timebank.reads import BOOK


@dataclass(frozen=True, slots=True)
class HoursNow:
    """One round of a visit's hours that began or ended in the time, in minutes."""

    visit: UUID
    round: int
    community: str
    state: str
    held_minutes: int
    posted_minutes: int
    honour_minutes: int
    began_at: datetime
    ended_at: datetime | None


def rounds(start: datetime, end: datetime) -> tuple[HoursNow, ...]:
    """Return the rounds that began or ended in [start, end); one query."""
    began, ended = Q(recorded_at__gte=start, recorded_at__lt=end), Q(ended_at__gte=start, ended_at__lt=end)
    rows = VisitHours.objects.filter(began | ended).annotate(held=Sum("parts__minutes")).order_by("pk")
    return tuple(
        HoursNow(
            r.visit, r.round, r.place_code[:12], r.state, r.held or 0, r.posted_minutes or 0, r.honour_minutes, r.recorded_at, r.ended_at
        )
        for r in rows
    )


def seeded(start: datetime, end: datetime) -> tuple[ledger.Moved, ...]:
    """Return the seed hours given in [start, end), by the community whose pool gave them; one query."""
    return ledger.moved("seed", Unit.MINUTE, start, end)


def books() -> dict[str, tuple[int, int]]:
    """Return (open time books, minutes in them) of each community that has any; one query."""
    return ledger.standing(BOOK, Unit.MINUTE)
