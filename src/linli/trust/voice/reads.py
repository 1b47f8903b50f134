"""Queries over ratings and rectifications."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from linli.kernel.errors import NotFound
from linli.trust.voice.core import GOOD_FROM, OPEN, TAGS, State
from linli.trust.voice.models import Rating, Rectification


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating."""

    visit: UUID
    need: UUID
    resident: UUID
    place: str
    service: str
    stars: int
    tags: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RectificationRow:
    """A rectification; `left_s` is negative where it is overdue."""

    id: UUID
    visit: UUID
    resident: UUID
    place: str
    service: str
    state: State
    plan: str
    proof: str
    opened_at: datetime
    due_at: datetime
    left_s: int


def _rating(r: Rating) -> RatingRow:
    return RatingRow(r.visit, r.need, r.resident, r.place_code, r.service, r.stars, tuple(r.tags), r.at)


def _rectification(r: Rectification, now: datetime) -> RectificationRow:
    left = int((r.due_at - now).total_seconds())
    return RectificationRow(
        r.pk, r.visit, r.resident, r.place_code, r.service, State(r.state), r.plan, r.proof, r.opened_at, r.due_at, left
    )


def rating_of(visit: UUID) -> RatingRow | None:
    """Return the rating of a visit, or None."""
    row = Rating.objects.filter(pk=visit).first()
    return _rating(row) if row else None


def ratings_of(visits: Collection[UUID]) -> dict[UUID, RatingRow]:
    """Return ratings by visit; one query."""
    return {row.visit: _rating(row) for row in Rating.objects.filter(pk__in=visits)}


def satisfied(place: str, start: datetime, end: datetime) -> tuple[int, int]:
    """Return (satisfied, all) ratings of a place and below in [start, end); one query."""
    rows = Rating.objects.filter(place_code__startswith=place, at__gte=start, at__lt=end)
    found = rows.aggregate(good=Count("pk", filter=Q(stars__gte=GOOD_FROM)), n=Count("pk"))
    return found["good"], found["n"]


def given_between(start: datetime, end: datetime) -> tuple[RatingRow, ...]:
    """Return ratings given in [start, end), for figures."""
    return tuple(_rating(row) for row in Rating.objects.filter(at__gte=start, at__lt=end).order_by("at"))


def raters(place: str, start: datetime, end: datetime) -> frozenset[UUID]:
    """Return who rated a visit at `place` or below in [start, end); one query."""
    rows = Rating.objects.filter(place_code__startswith=place, at__gte=start, at__lt=end)
    return frozenset(rows.values_list("resident", flat=True))


def rectification(pk: UUID, now: datetime) -> RectificationRow:
    """Return one rectification. Raises NotFound."""
    row = Rectification.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _rectification(row, now)


def rectifications(ids: Collection[UUID], now: datetime) -> dict[UUID, RectificationRow]:
    """Return rectifications by id; one query."""
    return {row.pk: _rectification(row, now) for row in Rectification.objects.filter(pk__in=ids)}


def rectification_of(visit: UUID, now: datetime) -> RectificationRow | None:
    """Return the rectification a visit's rating opened, or None."""
    row = Rectification.objects.filter(visit=visit).first()
    return _rectification(row, now) if row else None


def open_rectifications(place: str, now: datetime, *, limit: int = 100) -> tuple[RectificationRow, ...]:
    """Return open rectifications of a place and below, the most urgent first; one query."""
    rows = Rectification.objects.filter(place_code__startswith=place, state__in=[s.value for s in OPEN]).order_by("due_at")[:limit]
    return tuple(_rectification(row, now) for row in rows)


def known_tags() -> tuple[str, ...]:
    """Return the tags a rating may carry."""
    return TAGS
