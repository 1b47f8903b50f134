"""What happened on the register of helpers and with bookings in a time, and who stands on it, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Left

from linli.help.supply.core.bookings import State
from linli.help.supply.models import Booking, BookingFlip, Certificate, Helper


def joined(start: datetime, end: datetime) -> tuple[tuple[UUID, str, datetime], ...]:
    """Return (helper, community, moment) of who joined in [start, end); one query."""
    rows = Helper.objects.filter(joined_at__gte=start, joined_at__lt=end).order_by("joined_at", "pk")
    return tuple((person, place[:12], at) for person, place, at in rows.values_list("person", "place_code", "joined_at"))


def certified(start: datetime, end: datetime) -> tuple[tuple[int, UUID, str, str, datetime], ...]:
    """Return (number, helper, community, kind, moment) of the certificates seen in [start, end); one query."""
    rows = Certificate.objects.filter(recorded_at__gte=start, recorded_at__lt=end).order_by("pk")
    columns = rows.values_list("pk", "helper_id", "helper__place_code", "kind", "recorded_at")
    return tuple((pk, helper, place[:12], kind, at) for pk, helper, place, kind, at in columns)


@dataclass(frozen=True, slots=True)
class Register:
    """Helpers of a community: all, those who paused, those with a certificate in force."""

    helpers: int
    paused: int
    certified: int


NOBODY = Register(0, 0, 0)


def register(on: date) -> dict[str, Register]:
    """Return the register of each community that has a helper; one query."""
    rows = Helper.objects.annotate(community=Left("place_code", 12)).values("community").order_by()
    counted = rows.annotate(
        n=Count("pk", distinct=True),
        resting=Count("pk", distinct=True, filter=Q(paused=True)),
        held=Count("pk", distinct=True, filter=Q(certificates__valid_until__gte=on)),
    )
    return {row["community"]: Register(row["n"], row["resting"], row["held"]) for row in counted}


@dataclass(frozen=True, slots=True)
class BookingEnd:
    """A booking that ended: whether it took place, by which event it ended, how long the thing was out."""

    id: UUID
    community: str
    group: str
    channel: str
    took_place: bool
    event: str
    began_at: datetime | None
    ended_at: datetime


def bookings_ended(start: datetime, end: datetime) -> tuple[BookingEnd, ...]:
    """Return the bookings that ended in [start, end), at the borrower's community; one query.

    What its borrower took back is in none, as a need that was withdrawn; what a desk called off (it has to say why) did not take place.
    """
    last = BookingFlip.objects.filter(booking=OuterRef("pk")).order_by("-pk")
    rows = Booking.objects.filter(ended_at__gte=start, ended_at__lt=end).annotate(
        event=Subquery(last.values("event")[:1]), why=Subquery(last.values("reason")[:1])
    )
    return tuple(
        BookingEnd(
            b.pk, b.place_code[:12], b.group, b.channel, b.state == State.RETURNED.value, b.event, b.handed_out_at, b.returned_at or b.ended_at
        )
        for b in rows.order_by("ended_at", "pk")
        if b.ended_at is not None and (b.event != "cancel" or (b.why and b.channel != "phone"))
    )  # fmt: skip
