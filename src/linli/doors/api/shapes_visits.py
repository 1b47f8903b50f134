"""Shapes of offers and visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema

from linli.doors.api.shapes import PersonOut


class OfferOut(Schema):
    """What a helper is asked, without a name."""

    id: UUID
    need: UUID
    service: str
    place: str
    starts_at: datetime
    minutes: int
    expires_at: datetime


class OfferAccepted(Schema):
    """The visit that was booked; or, where two adults go and the other has still to be found, until when this one waits ('' once booked)."""

    visit: UUID
    starts_at: datetime
    minutes: int
    waits_until: str


class VisitOut(Schema):
    """A visit without anything personal."""

    id: UUID
    need: UUID
    service: str
    place: str
    state: str
    starts_at: datetime
    minutes_estimated: int
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    helper_minutes: int | None
    resident_minutes: int | None
    minutes_final: int | None
    together: UUID | None
    waits_until: datetime | None


class VisitList(Schema):
    """A page; `next` is the cursor of the following one."""

    items: list[VisitOut]
    next: str | None


class Item(Schema):
    """One line of the checklist; its number is its place in the list, from 0."""

    item: int
    words: str
    done: bool


class HelperOut(PersonOut):
    """Somebody who goes, and how far their visit is."""

    visit: UUID
    state: str


class VisitFull(VisitOut):
    """A visit with the other side, as far as it is open, and the checklist; `helpers` are all who go, each with their own visit."""

    helper: PersonOut | None
    helpers: list[HelperOut]
    resident: PersonOut | None
    checklist: list[Item]
