"""What the pane of one need is given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Act, Clock, Event, Who


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against a helper, in words."""

    words: str
    good: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper who could come, and why."""

    helper: UUID
    name: str
    initial: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now: why, in words, and one control — a step of the need, an offer to one helper, or a page."""

    words: str
    act: Act | None = None
    helper: Candidate | None = None
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another need that looks like this one, told in the same lines, so that both can be read side by side."""

    url: str
    number: str
    asked_at: datetime
    place: str
    channel: str
    state: str
    tone: str
    said: str
    mergeable: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """The visit of a need in one line."""

    url: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class NeedPane:
    """The pane that answers: what do I do now."""

    id: UUID
    url: str
    number: str
    title: str
    state: str
    tone: str
    place: str
    level: str
    channel: str
    who: Who
    said: str | None
    said_closed: bool
    wanted: str
    wishes: tuple[str, ...]
    clock: Clock
    due_at: datetime | None
    opened_at: datetime
    answered_at: datetime | None
    next: NextStep
    duplicates: tuple[Duplicate, ...]
    withdraw_url: str
    acts: tuple[Act, ...]
    candidates: tuple[Candidate, ...]
    not_now: tuple[str, ...]
    looking: bool
    visits: tuple[VisitLine, ...]
    events: tuple[Event, ...]
    record_number: int | None
    record_url: str
    offer_url: str
    back: str


@dataclass(frozen=True, slots=True)
class NeedPage:
    """The pane on its own address."""

    frame: Frame
    pane: NeedPane
