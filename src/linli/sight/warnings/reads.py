"""Warnings of a place and below."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count as Rows

from linli.kernel.errors import NotFound
from linli.sight.warnings.core import Level, State
from linli.sight.warnings.models import Warning as WarningRow


@dataclass(frozen=True, slots=True)
class WarningCard:
    """One case with the figures that opened it; `plan_left_s` is negative where the plan is overdue, None once it is made."""

    id: UUID
    place: str
    level: Level
    dimension: str
    state: State
    value_ppm: int
    low_ppm: int
    high_ppm: int
    n: int
    bar_ppm: int
    plan: str
    findings: str
    opened_at: datetime
    plan_due_at: datetime
    closed_at: datetime | None
    plan_left_s: int | None


def _card(row: WarningRow, now: datetime) -> WarningCard:
    left = None if row.planned_at else int((row.plan_due_at - now).total_seconds())
    return WarningCard(
        row.pk, row.place_code, Level(row.level), row.dimension, State(row.state), row.value_ppm, row.low_ppm, row.high_ppm, row.n,
        row.bar_ppm, row.plan, row.findings, row.opened_at, row.plan_due_at, row.closed_at, left,
    )  # fmt: skip


def open_in(place: str, now: datetime, *, limit: int = 100) -> tuple[WarningCard, ...]:
    """Return open warnings of `place` and everything below, the most urgent plan first; one query."""
    rows = WarningRow.objects.filter(place_code__startswith=place).exclude(state=State.CLOSED.value).order_by("plan_due_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def tally(place: str) -> dict[str, int]:
    """Return how many warnings of a place and below are open, by level; one query."""
    rows = WarningRow.objects.filter(place_code__startswith=place).exclude(state=State.CLOSED.value)
    return dict(rows.order_by().values_list("level").annotate(n=Rows("pk")))


def newest_in(place: str, now: datetime, *, limit: int) -> tuple[WarningCard, ...]:
    """Return the open warnings of `place` and below that were opened last; one query."""
    rows = WarningRow.objects.filter(place_code__startswith=place).exclude(state=State.CLOSED.value).order_by("-opened_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def closed_in(place: str, now: datetime, *, limit: int = 20) -> tuple[WarningCard, ...]:
    """Return the newest closed warnings of `place` and below."""
    rows = WarningRow.objects.filter(place_code__startswith=place, state=State.CLOSED.value).order_by("-closed_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def cases_in(place: str, now: datetime, *, limit: int = 100, closed: int = 20) -> tuple[tuple[WarningCard, ...], tuple[WarningCard, ...]]:
    """Return `open_in` and `closed_in` of a place; one query."""
    below = WarningRow.objects.filter(place_code__startswith=place)
    rows = (
        below.exclude(state=State.CLOSED.value).order_by("plan_due_at")[:limit]
        .union(below.filter(state=State.CLOSED.value).order_by("-closed_at")[:closed], all=True)
    )  # fmt: skip
    cards = [_card(row, now) for row in rows]
    ended = sorted((c for c in cards if c.closed_at is not None), key=lambda c: c.closed_at or now, reverse=True)
    return tuple(sorted((c for c in cards if c.state is not State.CLOSED), key=lambda c: c.plan_due_at)), tuple(ended)


def warning(pk: UUID, now: datetime) -> WarningCard:
    """Return one case. Raises NotFound."""
    row = WarningRow.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _card(row, now)


def warnings(ids: Collection[UUID], now: datetime) -> dict[UUID, WarningCard]:
    """Return cases by id; one query."""
    return {row.pk: _card(row, now) for row in WarningRow.objects.filter(pk__in=ids)}
