"""What residents said in a time and what followed, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.trust.voice.core import State
from linli.trust.voice.models import Rectification, RectificationFlip


@dataclass(frozen=True, slots=True)
class RectificationNow:
    """A rectification that opened or ended in the time."""

    visit: UUID
    community: str
    service: str
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None


def rectifications(start: datetime, end: datetime) -> tuple[RectificationNow, ...]:
    """Return the rectifications opened or accepted in [start, end); one query."""
    opened, ended = Q(opened_at__gte=start, opened_at__lt=end), Q(ended_at__gte=start, ended_at__lt=end)
    rows = Rectification.objects.filter(opened | ended).order_by("pk")
    columns = rows.values_list("visit", "place_code", "service", "opened_at", "due_at", "ended_at")
    return tuple(RectificationNow(visit, place[:12], service, at, due, ended) for visit, place, service, at, due, ended in columns)


def rejected(start: datetime, end: datetime) -> tuple[tuple[int, UUID, str, str, datetime], ...]:
    """Return (number, visit, community, service, moment) of each time in [start, end) a resident said it was not put right; one query."""
    rows = RectificationFlip.objects.filter(at__gte=start, at__lt=end, new=State.FALSE.value).order_by("pk")
    columns = ("pk", "rectification__visit", "rectification__place_code", "rectification__service", "at")
    return tuple((pk, visit, place[:12], service, at) for pk, visit, place, service, at in rows.values_list(*columns))
