"""What each page of the desk is given: words and numbers ready to show, nothing that a template would have to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.doors.site.desk import Frame
from linli.kernel.stats import Share


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a form or filter."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A running deadline: seconds left (negative where it ran out, None where none runs), and the used part in percent."""

    label: str
    left_s: int | None
    used_percent: int
    paused: bool = False
    met: bool = False

    @property
    def late(self) -> bool:
        """Tell whether it ran out unmet."""
        return self.left_s is not None and self.left_s < 0 and not self.met

    @property
    def tone(self) -> str:
        """Return the meter's tone: red when over, lamp in the last fifth."""
        if self.late:
            return "red"
        return "lamp" if self.used_percent >= 80 else ""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One need in the work list. No name: who it is opens in the pane, and that look is logged."""

    id: UUID
    url: str
    number: str
    service: str
    notes: tuple[str, ...]
    place: str
    state: str
    tone: str
    clock: Clock
    level: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of the last days with its interval and n; `small` where n is under the least number a verdict needs."""

    label: str
    share: Share | None
    small: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """Addresses of the neighbouring pages; empty where there is none."""

    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """The work list."""

    frame: Frame
    community: str
    community_name: str
    rows: tuple[WorkRow, ...]
    figures: tuple[Figure, ...]
    figures_days: int
    states: tuple[Option, ...]
    services: tuple[Option, ...]
    levels: tuple[Option, ...]
    filtered: bool
    open_count: int
    late_count: int
    pager: Pager
    selected: UUID | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against a helper, in words."""

    words: str
    good: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper who could come. `name` is None where it is not open to this viewer."""

    helper: UUID
    name: str | None
    initial: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, as far as it is open to the viewer; every field may be missing."""

    name: str | None
    phone: str | None
    door: str | None
    age: str | None
    groups: tuple[str, ...]
    closed_words: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    words: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One step the viewer may take now: a form of one field, or none."""

    code: str
    label: str
    url: str
    main: bool = False
    field: str = ""
    field_label: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    field_type: str = "text"
    field_value: str = ""
    button: str = ""
    second_field: str = ""
    second_label: str = ""


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
    clocks: tuple[Clock, ...]
    answered_at: datetime | None
    duplicates: tuple[Option, ...]
    acts: tuple[Act, ...]
    candidates: tuple[Candidate, ...]
    not_now: tuple[str, ...]
    looking: bool
    offers: tuple[Event, ...]
    visit: VisitLine | None
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
