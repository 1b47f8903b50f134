"""What goes over the wire about things that are lent and their bookings; the same habits as `shapes`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from linli.doors.api.shapes import Sent, Text

Code = Annotated[str, Field(max_length=20, pattern=r"^[a-z_]*$")]


class SpanOut(Schema):
    """A span, the end left out."""

    begins_at: datetime
    ends_at: datetime


class SlotOut(Schema):
    """Opening hours of a weekday (0 Monday), in minutes of the day, Beijing time."""

    weekday: int
    from_minute: int
    until_minute: int


class ThingOut(Schema):
    """A thing: how it is lent (`hour` or `day`), on what terms, and when any unit of it is free in opening hours of the next seven days."""

    id: UUID
    kind: str
    manner: str
    name: str
    community: str
    units: int
    hours: list[SlotOut]
    minutes_max: int | None
    only_group: bool
    certificate: str
    ask_first: bool
    where: str
    free: list[SpanOut]


class ThingList(Schema):
    """Things, and the cursor of the next page."""

    items: list[ThingOut]
    next: str | None


class BookingIn(Sent):
    """A wish: the thing chosen, or none to wait for any; for oneself, a ward, or (as a worker) a resident."""

    kind: Code
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    thing: UUID | None = None
    for_person: UUID | None = None


class BookingState(Schema):
    """Where a booking stands after a step."""

    booking: UUID
    state: str


class BookingOut(Schema):
    """A booking without anything personal; `thing` and `lender` are null and '' while it waits."""

    id: UUID
    number: str
    kind: str
    state: str
    community: str
    lender: str
    thing: UUID | None
    thing_name: str
    unit: int | None
    begins_at: datetime
    ends_at: datetime
    agreed: bool
    approved: bool
    held_until: datetime | None
    handed_out_at: datetime | None
    returned_at: datetime | None
    condition: str
    asked_at: datetime
    ended_at: datetime | None


class BookingList(Schema):
    """Bookings, and the cursor of the next page."""

    items: list[BookingOut]
    next: str | None


class Why(Sent):
    """A reason; may stay empty where the borrower takes a booking back."""

    reason: Text = ""


class HandedOut(Sent):
    """When it was handed out; now where left out."""

    at: AwareDatetime | None = None


class TakenBack(Sent):
    """In which condition it came back (good, worn, broken, lost), and when; now where left out."""

    condition: Code
    at: AwareDatetime | None = None
