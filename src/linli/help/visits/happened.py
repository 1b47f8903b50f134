"""What happened to offers and visits in a time, for figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q

from linli.help.visits.core import OfferState, VisitState
from linli.help.visits.models import Offer, Visit, VisitFlip

BATCH = 2000


@dataclass(frozen=True, slots=True)
class OfferEnd:
    """An offer that ended in the time."""

    id: UUID
    need: UUID
    helper: UUID
    community: str
    service: str
    state: OfferState
    made_at: datetime
    ended_at: datetime


def offers(start: datetime, end: datetime) -> Iterator[OfferEnd]:
    """Yield the offers that ended in [start, end); one query, read in batches."""
    rows = Offer.objects.filter(answered_at__gte=start, answered_at__lt=end).exclude(state=OfferState.MADE.value).order_by("pk")
    columns = ("pk", "need", "helper", "place_code", "service", "state", "made_at", "answered_at")
    for pk, need, helper, place, service, state, made, ended in rows.values_list(*columns).iterator(BATCH):
        yield OfferEnd(pk, need, helper, place[:12], service, OfferState(state), made, ended)


@dataclass(frozen=True, slots=True)
class VisitNow:
    """A visit that had a turn in the time, as it stands. `done_at`: when it was first confirmed or settled; `ticked`: items done."""

    id: UUID
    need: UUID
    helper: UUID
    resident: UUID | None
    community: str
    service: str
    state: VisitState
    booked_at: datetime
    starts_at: datetime
    checked_in_at: datetime | None
    check_in_way: str
    resident_way: str
    done_at: datetime | None
    minutes: int | None
    ticked: int


def changed(start: datetime, end: datetime) -> Iterator[VisitNow]:
    """Yield the visits that were booked or had any turn in [start, end); one query, read in batches."""
    touched = VisitFlip.objects.filter(visit=OuterRef("pk"), at__gte=start, at__lt=end)
    # Who waited for another and was let go never had a visit.
    booked = VisitFlip.objects.filter(visit=OuterRef("pk"), new=VisitState.BOOKED.value)
    agreed = Q(flips__event__in=("confirm", "settle"))
    rows = (
        Visit.objects.filter(Exists(touched) | Q(booked_at__gte=start, booked_at__lt=end))
        .filter(Exists(booked))
        .annotate(agreed_at=Min("flips__at", filter=agreed), items=Count("ticked", distinct=True))
    )
    for r in rows.order_by("pk").iterator(BATCH):
        yield VisitNow(
            r.pk, r.need, r.helper, r.resident, r.place_code[:12], r.service, VisitState(r.state), r.booked_at, r.starts_at,
            r.checked_in_at, r.check_in_way, r.resident_way, r.agreed_at, r.minutes_final, r.items,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VisitTurn:
    """One turn of a visit."""

    number: int
    visit: UUID
    event: str
    at: datetime
    community: str
    service: str
    helper: UUID


def turns(start: datetime, end: datetime, events: tuple[str, ...]) -> Iterator[VisitTurn]:
    """Yield the turns of the named events in [start, end); one query, read in batches."""
    rows = VisitFlip.objects.filter(at__gte=start, at__lt=end, event__in=events).order_by("at", "pk")
    columns = ("pk", "visit_id", "event", "at", "visit__place_code", "visit__service", "visit__helper")
    for pk, visit, event, at, place, service, helper in rows.values_list(*columns).iterator(BATCH):
        yield VisitTurn(pk, visit, event, at, place[:12], service, helper)
