"""Tallies over the star table, for any subtree and time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Left, TruncQuarter

from linli.sight.facts.core import FactKind, Tally
from linli.sight.facts.models import Fact


def tallies(place: str, start: datetime, end: datetime) -> dict[tuple[str, FactKind], Tally]:
    """Return one tally per community below `place` and kind, for facts that happened in [start, end); one query."""
    rows = (
        Fact.objects.filter(place_code__startswith=place, occurred_at__gte=start, occurred_at__lt=end)
        .annotate(community=Left("place_code", 12))
        .values_list("community", "kind")
        .annotate(hits=Count("pk", filter=Q(good=True)), n=Count("pk"), total=Sum("value"), subjects=Count("subject", distinct=True))
    )
    return {(community, FactKind(kind)): Tally(hits, n, total or 0, subjects) for community, kind, hits, n, total, subjects in rows}


BEIJING = timezone(timedelta(hours=8))


def ratings_by_quarter(place: str, start: datetime, end: datetime) -> dict[tuple[str, date], Tally]:
    """Return the ratings given in [start, end) per community below `place` and first Beijing day of the quarter; one query."""
    rows = (
        Fact.objects.filter(place_code__startswith=place, kind=FactKind.RATED.value, occurred_at__gte=start, occurred_at__lt=end)
        .annotate(community=Left("place_code", 12), quarter=TruncQuarter("occurred_at", tzinfo=BEIJING))
        .values_list("community", "quarter")
        .annotate(hits=Count("pk", filter=Q(good=True)), n=Count("pk"), total=Sum("value"))
    )
    return {(community, quarter.date()): Tally(hits, n, total or 0) for community, quarter, hits, n, total in rows}


def latest(place: str) -> datetime | None:
    """Return when the newest fact below `place` happened, or None where there is none."""
    moment: datetime | None = Fact.objects.filter(place_code__startswith=place).aggregate(at=Max("occurred_at"))["at"]
    return moment


def districts() -> set[str]:
    """Return the district codes that have any fact."""
    return set(Fact.objects.annotate(district=Left("place_code", 6)).values_list("district", flat=True).distinct())
