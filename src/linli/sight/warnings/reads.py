"""Quarters with their verdicts, warnings of a place and below, and the whole story of one case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count as Rows
from django.db.models import DateField, Exists, ExpressionWrapper, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Left

from linli.kernel.errors import NotFound
from linli.kernel.quarter import Quarter
from linli.kernel.stats import Share
from linli.sight.warnings.core import LIVE, Heard, Level, Reason, State
from linli.sight.warnings.models import CallBack, CarriedQuarter, Judgement, WarningFlip
from linli.sight.warnings.models import Warning as WarningRow

QUARTER_DAYS_MAX = 92
ENDED = [State.CLOSED.value, State.RISEN.value]


@dataclass(frozen=True, slots=True)
class WarningCard:
    """One case with what opened it; `left_s` is what its running clock has left (negative: overdue), None where none runs.

    value, low and high are None where a grave incident opened it; `brought`: some of the quarters behind it were carried in.
    """

    id: UUID
    place: str
    level: Level
    dimension: str
    state: State
    reason: Reason
    quarter: Quarter | None
    quarters: int
    value_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    n: int
    bar_ppm: int
    grave: str
    grounds: str
    came_from: UUID | None
    plan: str
    proof: str
    file_hash: str
    findings: str
    opened_at: datetime
    plan_due_at: datetime
    planned_at: datetime | None
    planned_by: str
    rectify_due_at: datetime | None
    shown_at: datetime | None
    shown_by: str
    drawn_at: datetime | None
    call_due_at: datetime | None
    checkpoint_size: int | None
    checkpoint_root: str
    closed_at: datetime | None
    left_s: int | None
    brought: bool

    @property
    def share(self) -> Share | None:
        """Return the figures that opened it."""
        if self.value_ppm is None or self.low_ppm is None or self.high_ppm is None:
            return None
        return Share(self.value_ppm, self.low_ppm, self.high_ppm, self.n)

    @property
    def due_at(self) -> datetime | None:
        """Return when the running clock ends: plan, proof or call-back; None where none runs."""
        return {State.OPEN: self.plan_due_at, State.PLANNED: self.rectify_due_at, State.CALLING: self.call_due_at}.get(self.state)


def _quarter(day: date | None) -> Quarter | None:
    return Quarter.of(day) if day else None


def _rows() -> QuerySet[WarningRow]:
    """Return all cases, each with `brought`: whether any of the quarters that opened it was carried in."""
    # A quarter has at most 92 days: so many for each quarter back, and the one before it stays outside.
    first = ExpressionWrapper(OuterRef("quarter") - (OuterRef("quarters") - 1) * QUARTER_DAYS_MAX, output_field=DateField())
    behind = CarriedQuarter.objects.filter(place_code=OuterRef("place_code"), quarter__lte=OuterRef("quarter"), quarter__gte=first)
    return WarningRow.objects.annotate(brought=Exists(behind))


def _card(row: Any, now: datetime) -> WarningCard:
    due = {"open": row.plan_due_at, "planned": row.rectify_due_at, "calling": row.call_due_at}.get(row.state)
    return WarningCard(
        row.pk, row.place_code, Level(row.level), row.dimension, State(row.state), Reason(row.reason), _quarter(row.quarter), row.quarters,
        row.value_ppm, row.low_ppm, row.high_ppm, row.n, row.bar_ppm, row.grave, row.grounds, row.came_from_id, row.plan, row.proof,
        row.file_hash, row.findings, row.opened_at, row.plan_due_at, row.planned_at, row.planned_by, row.rectify_due_at, row.shown_at,
        row.shown_by, row.drawn_at, row.call_due_at, row.checkpoint_size, row.checkpoint_root, row.closed_at,
        int((due - now).total_seconds()) if due else None, row.brought,
    )  # fmt: skip


def open_in(place: str, now: datetime, *, limit: int = 100, level: str = "") -> tuple[WarningCard, ...]:
    """Return live warnings of `place` and everything below, the most urgent first; one query."""
    rows = _rows().filter(place_code__startswith=place).exclude(state__in=ENDED)
    found = (rows.filter(level=level) if level else rows).order_by("plan_due_at")[:limit]
    return tuple(_card(row, now) for row in found)


def tally(place: str) -> dict[str, int]:
    """Return how many warnings of a place and below are open, by level; one query."""
    rows = WarningRow.objects.filter(place_code__startswith=place).exclude(state__in=ENDED)
    return dict(rows.order_by().values_list("level").annotate(n=Rows("pk")))


def newest_in(place: str, now: datetime, *, limit: int) -> tuple[WarningCard, ...]:
    """Return the open warnings of `place` and below that were opened last; one query."""
    rows = _rows().filter(place_code__startswith=place).exclude(state__in=ENDED).order_by("-opened_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def closed_in(place: str, now: datetime, *, limit: int = 20) -> tuple[WarningCard, ...]:
    """Return the newest ended warnings of `place` and below."""
    rows = _rows().filter(place_code__startswith=place, state__in=ENDED).order_by("-closed_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def cases_in(
    place: str, now: datetime, *, limit: int = 100, closed: int = 20, level: str = ""
) -> tuple[tuple[WarningCard, ...], tuple[WarningCard, ...]]:
    """Return `open_in` and `closed_in` of a place, of one level where given; one query."""
    below = _rows().filter(place_code__startswith=place)
    below = below.filter(level=level) if level else below
    rows = (
        below.exclude(state__in=ENDED).order_by("plan_due_at")[:limit]
        .union(below.filter(state__in=ENDED).order_by("-closed_at")[:closed], all=True)
    )  # fmt: skip
    cards = [_card(row, now) for row in rows]
    ended = sorted((c for c in cards if c.closed_at is not None), key=lambda c: c.closed_at or now, reverse=True)
    return tuple(sorted((c for c in cards if c.closed_at is None), key=lambda c: c.due_at or c.opened_at)), tuple(ended)


def warning(pk: UUID, now: datetime) -> WarningCard:
    """Return one case. Raises NotFound."""
    row = _rows().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _card(row, now)


def warnings(ids: Collection[UUID], now: datetime) -> dict[UUID, WarningCard]:
    """Return cases by id; one query."""
    return {row.pk: _card(row, now) for row in _rows().filter(pk__in=ids)}


def overdue(now: datetime, *, limit: int = 100) -> tuple[WarningCard, ...]:
    """Return live cases whose plan or proof is late, oldest first; one query."""
    late = Q(state=State.OPEN.value, plan_due_at__lte=now) | Q(state=State.PLANNED.value, rectify_due_at__lte=now)
    return tuple(_card(row, now) for row in _rows().filter(late).order_by("plan_due_at")[:limit])


def waiting_for_draw(now: datetime, *, limit: int = 100) -> tuple[WarningCard, ...]:
    """Return cases whose proof is in and whose call-back is not yet drawn, oldest first; one query."""
    rows = _rows().filter(state=State.SHOWN.value).order_by("shown_at")[:limit]
    return tuple(_card(row, now) for row in rows)


def live_ids(place: str, levels: Collection[Level]) -> frozenset[str]:
    """Return the communities below `place` with a live satisfaction case at one of `levels`; one query."""
    rows = WarningRow.objects.filter(
        place_code__startswith=place,
        level__in=[level.value for level in levels],
        state__in=[s.value for s in LIVE],
        dimension="satisfaction",
    )
    return frozenset(rows.values_list("place_code", flat=True))


# The story of a case ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One change of a case."""

    event: str
    old: State
    new: State
    actor_ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallRow:
    """One person of the drawn order; `heard` is None before the call."""

    number: int
    person: UUID
    heard: Heard | None
    note: str
    called_by: str
    called_at: datetime | None


def flips(pk: UUID) -> tuple[FlipRow, ...]:
    """Return what happened to a case, oldest first."""
    rows = WarningFlip.objects.filter(warning=pk).order_by("pk")
    return tuple(FlipRow(r.event, State(r.old), State(r.new), r.actor_ref, r.at) for r in rows)


def calls(pk: UUID) -> tuple[CallRow, ...]:
    """Return the drawn order of a case with what was heard."""
    rows = CallBack.objects.filter(warning=pk).order_by("number")
    return tuple(CallRow(r.number, r.person, Heard(r.result) if r.result else None, r.note, r.called_by, r.called_at) for r in rows)


def went_to(pk: UUID) -> UUID | None:
    """Return the case one level up that this one goes on as, or None."""
    found: UUID | None = WarningRow.objects.filter(came_from=pk).values_list("pk", flat=True).first()
    return found


# Quarters -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """What a closed quarter of a place held and what was found, as known at `recorded_at`; `newest`: the last word on it."""

    place: str
    quarter: Quarter
    hits: int
    n: int
    bar_ppm: int
    error_ppm: int
    evidence_milli: int
    level: str
    reason: str
    recorded_at: datetime
    newest: bool


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """What a place brought along for one quarter, and from where."""

    place: str
    quarter: Quarter
    hits: int
    n: int
    source: str


def judged(place: str, since: Quarter) -> tuple[QuarterRow, ...]:
    """Return every verdict of `place` and below on quarters from `since` on, in order of place, quarter and when it was known; one query."""
    rows = list(
        Judgement.objects.filter(place_code__startswith=place, quarter__gte=since.first_day()).order_by(
            "place_code", "quarter", "recorded_at", "pk"
        )
    )
    last = {(r.place_code, r.quarter): r.pk for r in rows}
    return tuple(
        QuarterRow(
            r.place_code, Quarter.of(r.quarter), r.hits, r.n, r.bar_ppm, r.error_ppm, r.evidence_milli, r.level, r.reason, r.recorded_at,
            last[r.place_code, r.quarter] == r.pk,
        )
        for r in rows
    )  # fmt: skip


def carried(place: str, since: Quarter) -> tuple[CarriedRow, ...]:
    """Return what `place` and everything below brought along for quarters from `since` on; one query."""
    rows = CarriedQuarter.objects.filter(place_code__startswith=place, quarter__gte=since.first_day()).order_by("place_code", "quarter")
    return tuple(CarriedRow(r.place_code, Quarter.of(r.quarter), r.hits, r.n, r.source) for r in rows)


@dataclass(frozen=True, slots=True)
class CarriedBatch:
    """What was carried in at once: its first row's number, from where, when, how many quarters of how many communities, from when to when."""

    first: int
    source: str
    recorded_at: datetime
    quarters: int
    places: int
    ratings: int
    oldest: Quarter
    newest: Quarter


def carried_batches(place: str, *, limit: int = 20) -> tuple[CarriedBatch, ...]:
    """Return what was carried in for `place` and everything below, the newest first; one query."""
    rows = (
        CarriedQuarter.objects.filter(place_code__startswith=place).values_list("source", "recorded_at").order_by("-recorded_at", "source")
    )
    found = rows.annotate(
        first=Min("pk"), quarters=Rows("pk"), places=Rows("place_code", distinct=True), ratings=Sum("n"), oldest=Min("quarter"),
        newest=Max("quarter"),
    )[:limit]  # fmt: skip
    return tuple(
        CarriedBatch(first, source, at, quarters, there, ratings, Quarter.of(oldest), Quarter.of(newest))
        for source, at, first, quarters, there, ratings, oldest, newest in found
    )


def carried_together(place: str, first: int, *, limit: int = 200) -> tuple[CarriedRow, ...]:
    """Return the quarters of `place` and below that were carried in together with the row numbered `first`; one query."""
    together = CarriedQuarter.objects.filter(pk=first, source=OuterRef("source"), recorded_at=OuterRef("recorded_at"))
    rows = CarriedQuarter.objects.filter(Exists(together), place_code__startswith=place).order_by("place_code", "-quarter")[:limit]
    return tuple(CarriedRow(r.place_code, Quarter.of(r.quarter), r.hits, r.n, r.source) for r in rows)


def carried_districts() -> set[str]:
    """Return the districts that brought anything along."""
    return set(CarriedQuarter.objects.annotate(district=Left(F("place_code"), 6)).values_list("district", flat=True).distinct())
