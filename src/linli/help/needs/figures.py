"""Counts of needs over time and by service, for boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from linli.help.needs.catalogue import Service, catalogue
from linli.help.needs.core import LIVE, State
from linli.help.needs.models import Need
from linli.help.needs.reads import COUNTS, Counts


@dataclass(frozen=True, slots=True)
class HourCount:
    """Needs asked within the hour that begins at `at`, how many of them were answered since, and how many of those in time."""

    at: datetime
    asked: int
    answered: int
    in_time: int


def hourly(place: str, start: datetime, end: datetime) -> tuple[HourCount, ...]:
    """Return the hours of [start, end) in which anything was asked below a place, oldest first; one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end)
    hours = rows.annotate(hour=TruncHour("recorded_at", tzinfo=UTC)).values("hour").order_by("hour")
    counted = hours.annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(answered_in_time__isnull=False)),
        in_time=Count("pk", filter=Q(answered_in_time=True)),
    )
    return tuple(HourCount(row["hour"], row["asked"], row["answered"], row["in_time"]) for row in counted)


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """Whole counts of one service, and how many of its needs a visit met."""

    service: Service
    counts: Counts
    met: int


def by_service(place: str, start: datetime, end: datetime) -> tuple[ServiceCount, ...]:
    """Return what was asked below a place in [start, end), the most wanted service first; one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end).values("service")
    counted = rows.annotate(met=Count("pk", filter=Q(state=State.CLOSED.value))).annotate(**COUNTS).order_by("service")
    found = [
        ServiceCount(catalogue()[code], Counts(*numbers), met) for code, met, *numbers in counted.values_list("service", "met", *COUNTS)
    ]
    return tuple(sorted(found, key=lambda row: -row.counts.opened))


@dataclass(frozen=True, slots=True)
class OnHand:
    """Live needs of a place: all, and those nobody has answered yet."""

    live: int
    unanswered: int


def on_hand(place: str) -> OnHand:
    """Return what lives below a place now; one query."""
    rows = Need.objects.filter(community_code__startswith=place, state__in=[s.value for s in LIVE])
    sums = rows.aggregate(live=Count("pk"), unanswered=Count("pk", filter=Q(answered_at=None)))
    return OnHand(sums["live"], sums["unanswered"])
