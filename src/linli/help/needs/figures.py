"""Counts of needs over time and by service, for boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Exists, F, JSONField, OuterRef, Q, Value
from django.db.models.functions import JSONObject, TruncHour

from linli.help.needs.catalogue import Service, catalogue
from linli.help.needs.core import LIVE, Level, State
from linli.help.needs.models import LIVE_STATES, Clock, Need, ServiceHere
from linli.help.needs.reads import COUNTS, Counts, LiveCount, services_with


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


def standing() -> tuple[tuple[str, str, int], ...]:
    """Return how many live needs stand in each (state, level); one query over what lives, whatever ended before."""
    rows = Need.objects.filter(state__in=LIVE_STATES).values("state", "level").order_by("state", "level").annotate(n=Count("pk"))
    return tuple(rows.values_list("state", "level", "n"))


def overdue(now: datetime) -> int:
    """Return how many running clocks are past their end and were not fired; one query."""
    return Clock.objects.filter(stopped_at=None, fired_at=None, paused_at=None, due_at__lte=now).count()


def sheet(community: str, start: datetime, now: datetime) -> tuple[tuple[ServiceCount, ...], LiveCount]:
    """Return what was asked in a community since `start`, the most wanted service first, and what lives there now; one query."""
    asked = Need.objects.filter(community_code=community, recorded_at__gte=start, recorded_at__lt=now).values("service").order_by()
    counted = asked.annotate(met=Count("pk", filter=Q(state=State.CLOSED.value))).annotate(**COUNTS)
    rows = counted.values_list("service", JSONObject(met=F("met"), **{name: F(name) for name in COUNTS}))
    over = Clock.objects.filter(need=OuterRef("pk"), stopped_at=None, fired_at=None, paused_at=None, due_at__lte=now)
    living = Need.objects.filter(community_code=community, state__in=LIVE_STATES).annotate(over=Exists(over), none=Value("")).values("none")
    risen = Count("pk", filter=~Q(level=Level.COMMUNITY.value))
    live = living.order_by().annotate(live=Count("pk"), risen=risen, late=Count("pk", filter=Q(over=True)))
    found = dict(rows.union(live.values_list("none", JSONObject(live=F("live"), risen=F("risen"), late=F("late"))), all=True))
    now_live = LiveCount(**found.pop("", {"live": 0, "risen": 0, "late": 0}))
    lines = [ServiceCount(catalogue()[code], Counts(*(n[name] for name in COUNTS)), n["met"]) for code, n in sorted(found.items())]
    return tuple(sorted(lines, key=lambda row: -row.counts.opened)), now_live


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


@dataclass(frozen=True, slots=True)
class Here:
    """A community's needs of some days, and the services one can ask for there."""

    counts: Counts
    services: tuple[Service, ...]


def here(community: str, start: datetime, end: datetime) -> Here:
    """Return what was asked for in a community in [start, end) and what can be asked for there; one query."""
    opened = Need.objects.filter(community_code=community, recorded_at__gte=start, recorded_at__lt=end)
    kept = opened.values("community_code").annotate(**COUNTS).values(numbers=JSONObject(**{name: F(name) for name in COUNTS}))
    specials = ServiceHere.objects.filter(place_code=community, ended_at=None, approved_at__isnull=False).values_list(
        "service", Value(None, JSONField())
    )
    found = dict(kept.annotate(service=Value("")).values_list("service", "numbers").union(specials, all=True))
    numbers = found.pop("", None) or dict.fromkeys(COUNTS, 0)
    return Here(Counts(*(numbers[name] for name in COUNTS)), services_with(set(found)))
