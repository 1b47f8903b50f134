"""What goes over the wire of /api/v1: whole numbers with units in the name, moments in ISO 8601 with their zone.

What comes in is held to its shape: an unknown field is refused by name, a number is a whole number and no text, a moment has a zone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Header, Schema
from pydantic import AwareDatetime, ConfigDict, StrictBool

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=120, pattern=r"^[\x21-\x7e]+$")]
Text = Annotated[str, Field(max_length=500)]
Short = Annotated[str, Field(max_length=60)]
PlaceCode = Annotated[str, Field(max_length=24, pattern=r"^[0-9]*$")]
Minutes = Annotated[int, Field(ge=1, le=1440, strict=True)]


class Sent(Schema):
    """The root of what programs send: no field but the named ones."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """The one shape of every error; `field` names what is at fault."""

    code: str
    description: str
    field: str | None = None


class Label(Sent):
    """What a token is for, in the person's own words."""

    label: Annotated[str, Field(min_length=1, max_length=40)]


class SignIn(Sent):
    """Phone and password."""

    phone: Annotated[str, Field(max_length=20)]
    password: Annotated[str, Field(max_length=200)]
    label: Annotated[str, Field(min_length=1, max_length=40)] = "api"


class Token(Schema):
    """A bearer token; it is told here and nowhere else."""

    id: UUID
    token: str
    until: datetime
    lives_seconds: int


class TokenRow(Schema):
    """A token that still opens something; never the token itself."""

    id: UUID
    label: str
    issued_at: datetime
    until: datetime


class Ident(Schema):
    """What was changed."""

    id: UUID


class PostOut(Schema):
    """A role held at a place and below."""

    role: str
    place: str


class Me(Schema):
    """Who the token acts for."""

    person: UUID
    home: str
    posts: list[PostOut]
    wards: list[UUID]


class ServiceOut(Schema):
    """A service one can ask for."""

    code: str
    name: str
    domain: str
    minutes: int
    checklist: list[str]
    special: bool


class NeedIn(Sent):
    """A need for oneself, for a ward (`for_person`), or by a community worker for a caller (`place`, `caller_name`)."""

    service: Annotated[str, Field(max_length=40)]
    words: Text = ""
    for_person: UUID | None = None
    place: PlaceCode | None = None
    caller_name: Short = ""
    caller_phone: Annotated[str, Field(max_length=20)] = ""
    door: Annotated[str, Field(max_length=40)] = ""
    wanted_from: AwareDatetime | None = None
    wanted_until: AwareDatetime | None = None
    urgent: StrictBool = False
    same_sex: StrictBool = False


class SheetNeedIn(Sent):
    """A need from a need-code sheet, without an account."""

    service: Annotated[str, Field(max_length=40)]
    words: Text = ""
    caller_name: Short = ""
    caller_phone: Annotated[str, Field(max_length=20)] = ""
    urgent: StrictBool = False


class NeedAsked(Schema):
    """What was promised; `follow` opens the need to whoever asked without an account."""

    need: UUID
    number: str
    place: str
    answer_minutes: int
    answer_by: datetime
    emergency: str
    duplicates: list[str]
    follow: str | None = None


class NeedOut(Schema):
    """A need without anything personal; `left_seconds` is negative where the running clock ran out."""

    id: UUID
    number: str
    service: str
    place: str
    community: str
    level: str
    state: str
    channel: str
    urgent: bool
    adults: int
    minutes_estimated: int
    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    left_seconds: int | None


class NeedList(Schema):
    """A page; `next` is the cursor of the following one."""

    items: list[NeedOut]
    next: str | None


class PersonOut(Schema):
    """Somebody as far as they are open to the one who looks; every look at somebody else is logged and shown to them."""

    name: str | None
    phone: str | None
    door: str | None


class NeedFull(NeedOut):
    """A need with who asked, what they said and its newest visit (`visits`: both of two who go together), as far as those are open to the one who looks."""

    words: str | None
    asker: PersonOut | None
    visit: UUID | None
    visits: list[UUID]


class Reason(Sent):
    """Why."""

    reason: Text = ""


class NeedDone(Schema):
    """The need that moved."""

    need: UUID


class Because(Schema):
    """One reason for a proposal: a code and its number."""

    code: str
    number: int


class CandidateOut(Schema):
    """Somebody who could help."""

    helper: UUID
    walk_minutes: int | None
    reasons: list[Because]


class OfferTo(Sent):
    """To whom a need is offered."""

    helper: UUID


class OfferMade(Schema):
    """The offer that went out."""

    offer: UUID


class CodeOut(Schema):
    """The number at the resident's side and for how many seconds it is still shown."""

    code: str
    left_seconds: int


class CodeIn(Sent):
    """The number shown at the resident's side."""

    code: Annotated[str, Field(min_length=1, max_length=12)]


class TickIn(Sent):
    """One item of the checklist."""

    item: Annotated[int, Field(ge=0, le=99, strict=True)]
    done: StrictBool = True


class MinutesIn(Sent):
    """How long it took, in whole minutes, as this side says."""

    minutes: Minutes


class Confirmed(Schema):
    """Where the confirmation stands: waiting, confirmed or disputed; `credited` is what was booked."""

    state: str
    minutes: int | None = None
    credited: int | None = None


class VisitDone(Schema):
    """The visit that moved."""

    visit: UUID


class RatingIn(Sent):
    """One to five stars."""

    stars: Annotated[int, Field(ge=1, le=5, strict=True)]
    tags: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=8)] = []


class Rated(Schema):
    """What was given."""

    stars: int


class BookOut(Schema):
    """A time book in minutes."""

    available_minutes: int
    held_minutes: int
    earned_minutes: int
    given_minutes: int


class LineOut(Schema):
    """One line of a time book; minutes are signed."""

    seq: int
    kind: str
    minutes: int
    balance_minutes: int
    visit: UUID | None
    at: datetime


class LineList(Schema):
    """A page; `next` is the cursor of the following one."""

    items: list[LineOut]
    next: str | None


class NoticeOut(Schema):
    """A message: its kind, what it is about (kind:id) and its facts."""

    id: UUID
    kind: str
    about: str
    facts: dict[str, str | int]
    at: datetime
    read_at: datetime | None


class NoticeList(Schema):
    """A page; `next` is the cursor of the following one."""

    items: list[NoticeOut]
    next: str | None


class PlaceOut(Schema):
    """A place of the national tree or below it."""

    code: str
    name: str
    level: int


class PlaceList(Schema):
    """A page; `next` is the cursor of the following one."""

    items: list[PlaceOut]
    next: str | None


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


class FollowOut(Schema):
    """How a need asked without an account goes; `code` is the check-in number while one is due."""

    number: str
    state: str
    opened_at: datetime
    answered_at: datetime | None
    due_at: datetime | None
    visit_state: str | None
    starts_at: datetime | None
    code: str | None


class IndicatorRow(Schema):
    """One line of the registry. `numerator` and `denominator` name measures; `missing`: no record yields it yet."""

    code: str
    topic: str
    name: str
    name_en: str
    says: str
    says_en: str
    unit: str
    shape: str
    direction: str
    numerator: list[str]
    denominator: list[str]
    source: str
    owner: str
    grain: str
    missing: bool


class IndicatorList(Schema):
    """The registry."""

    items: list[IndicatorRow]


class FigureRow(Schema):
    """One figure; `value` is null exactly where `withheld` says why (no_record, no_data, too_few). ppm and per_1000 are millionths."""

    code: str
    unit: str
    value: int | None
    numerator: int | None
    denominator: int | None
    low: int | None
    high: int | None
    withheld: str


class IndicatorFigures(Schema):
    """Every indicator of a place and time, and the fact set it was counted from."""

    place: str
    start: str
    end: str
    fact_set: str
    as_of: str | None
    items: list[FigureRow]


class FactSetRow(Schema):
    """A frozen fact set."""

    digest: str
    city: str
    number: int
    facts: int
    recorded_until: str
    occurred_until: str | None


class FactSetList(Schema):
    """Fact sets, newest first, and the cursor of the next page."""

    items: list[FactSetRow]
    next: str | None
