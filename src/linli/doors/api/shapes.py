"""What goes over the wire of /api/v1: whole numbers with units in the name, moments in ISO 8601 UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema

Text = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(max_length=24, pattern=r"^\d*$")]


class Problem(Schema):
    """The one shape of every error."""

    code: str
    description: str
    field: str | None = None


class SignIn(Schema):
    """Phone and password."""

    phone: Annotated[str, Field(max_length=20)]
    password: Annotated[str, Field(max_length=200)]


class Token(Schema):
    """A bearer token and how long it is good."""

    token: str
    lives_seconds: int


class NeedIn(Schema):
    """A need for oneself, for a ward (`for_person`), or from a need-code sheet (`sheet_token`, no sign-in)."""

    service: Annotated[str, Field(max_length=40)]
    words: Text = ""
    for_person: UUID | None = None
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    urgent: bool = False
    same_sex: bool = False
    sheet_token: Annotated[str, Field(max_length=120)] | None = None


class NeedAsked(Schema):
    """What was promised."""

    need: UUID
    number: str
    place: str
    answer_minutes: int
    answer_by: datetime
    emergency: str
    duplicates: list[str]
    follow: str | None = None


class Withdrawn(Schema):
    """The need that was withdrawn."""

    need: UUID


class Reason(Schema):
    """Why."""

    reason: Text


class PlaceOut(Schema):
    """A place of the national tree or below it."""

    code: str
    name: str
    level: int


class OfferAccepted(Schema):
    """The visit that was booked."""

    visit: UUID
    starts_at: datetime
    minutes: int


class CodeIn(Schema):
    """The number shown at the resident's side."""

    code: Annotated[str, Field(max_length=12)]


class MinutesIn(Schema):
    """How long it took, in whole minutes, as this side says."""

    minutes: Annotated[int, Field(ge=1, le=1440)]


class Confirmed(Schema):
    """Where the confirmation stands: waiting, confirmed or disputed."""

    state: str
    minutes: int | None = None


class Done(Schema):
    """The step was taken."""

    ok: bool = True


class RatingIn(Schema):
    """One to five stars."""

    stars: Annotated[int, Field(ge=1, le=5)]
    tags: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=8)] = []


class BookOut(Schema):
    """A time book in minutes."""

    available_minutes: int
    held_minutes: int
    earned_minutes: int
    given_minutes: int


class DimensionOut(Schema):
    """One dimension of the index; null where nothing is known."""

    code: str
    weight_ppm: int
    hits: int
    n: int
    value_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


class IndexOut(Schema):
    """The health index of a place in parts per million, with its interval."""

    place: str
    day: str
    method: str
    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    known_ppm: int
    dimensions: list[DimensionOut]
