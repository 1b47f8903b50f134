"""Counts of needs over time and by service, for boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from linli.help.needs.catalogue import Service, catalogue
from linli.help.needs.core import LIVE, State
from linli.help.needs.models import Need


@dataclass(frozen=True, slots=True)
class HourCount:
    """Needs asked within the hour that begins at `at`, and how many of them were answered in time."""

    at: datetime
    asked: int
    in_time: int


def hourly(place: str, start: datetime, end: datetime) -> tuple[HourCount, ...]:
    """Return the hours of [start, end) in which anything was asked below a place, oldest first; one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end)
    hours = rows.annotate(hour=TruncHour("recorded_at", tzinfo=UTC)).values("hour").order_by("hour")
    counted = hours.annotate(asked=Count("pk"), in_time=Count("pk", filter=Q(answered_in_time=True)))
    return tuple(HourCount(row["hour"], row["asked"], row["in_time"]) for row in counted)


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """How often a service was asked for, and how often a visit met it."""

    service: Service
    asked: int
    met: int


def by_service(place: str, start: datetime, end: datetime) -> tuple[ServiceCount, ...]:
    """Return what was asked below a place in [start, end), the most wanted service first; one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end).values("service")
    counted = rows.annotate(asked=Count("pk"), met=Count("pk", filter=Q(state=State.CLOSED.value))).order_by("-asked", "service")
    return tuple(ServiceCount(catalogue()[row["service"]], row["asked"], row["met"]) for row in counted)


def unanswered(place: str) -> int:
    """Return how many live needs below a place nobody has answered yet; one query."""
    return Need.objects.filter(community_code__startswith=place, state__in=[s.value for s in LIVE], answered_at=None).count()
