"""Tallies over the star table, for any subtree and time."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Left

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


def latest(place: str) -> datetime | None:
    """Return when the newest fact below `place` happened, or None where there is none."""
    moment: datetime | None = Fact.objects.filter(place_code__startswith=place).aggregate(at=Max("occurred_at"))["at"]
    return moment


def earliest(place: str) -> datetime | None:
    """Return when the first fact below `place` happened, or None where there is none."""
    moment: datetime | None = Fact.objects.filter(place_code__startswith=place).aggregate(at=Min("occurred_at"))["at"]
    return moment


def districts() -> set[str]:
    """Return the district codes that have any fact."""
    return set(Fact.objects.annotate(district=Left("place_code", 6)).values_list("district", flat=True).distinct())
