"""What each page of the desk is given: words and numbers ready to show, nothing that a template would have to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linli.doors.site.desk import Frame
from linli.kernel.stats import Share
from linli.value.timebank.reads import Book, Pool


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
class Waiting:
    """What waits at the desk: words with a number, where it is done; `loud` where somebody should look first."""

    words: str
    count: int
    url: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Tomorrow:
    """What is expected tomorrow and who is free then: two sentences, the page behind them, and whether hands may be short."""

    expected: str
    hands: str
    url: str
    short: bool


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
    waiting: tuple[Waiting, ...]
    tomorrow: Tomorrow | None


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
    needed: bool = True
    second_field: str = ""
    second_label: str = ""
    second_value: str = ""
    reason: bool = False


@dataclass(frozen=True, slots=True)
class VisitLineRow:
    """One visit in the day's list; no names, they open with the visit."""

    url: str
    starts_at: datetime
    service: str
    place: str
    minutes: int
    state: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """Today's visits, those to be called back, those where the two sides differ."""

    frame: Frame
    community_name: str
    today: tuple[VisitLineRow, ...]
    call_back: tuple[VisitLineRow, ...]
    disputed: tuple[VisitLineRow, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """One item of the checklist."""

    words: str
    done: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Who goes along, and how far their part of it is."""

    url: str
    who: Who
    state: str


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit with what a worker may do about it."""

    frame: Frame
    title: str
    state: str
    tone: str
    place: str
    starts_at: datetime
    minutes_estimated: int
    resident: Who | None
    helper: Who
    beside: Beside | None
    waits: str
    check_in: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    helper_minutes: int | None
    resident_minutes: int | None
    resident_way: str
    minutes_final: int | None
    ticks: tuple[Tick, ...]
    acts: tuple[Act, ...]
    events: tuple[Event, ...]
    need_url: str
    need_number: str
    record_number: int | None
    record_url: str
    back: str


@dataclass(frozen=True, slots=True)
class HelperLine:
    """One volunteer in the register."""

    url: str
    name: str
    place: str
    skills: tuple[str, ...]
    certificates: tuple[str, ...]
    paused: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Lack:
    """What more helpers of a skill would change, and where to ask for them."""

    words: str
    url: str
    skill: str


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is lacking at a place, by the batch of its city matched `at`."""

    rows: tuple[Lack, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HelpersPage:
    """The volunteers of a community."""

    frame: Frame
    community_name: str
    rows: tuple[HelperLine, ...]
    pager: Pager
    lacks: Lacks
    only: str  # in words, where only some are shown


@dataclass(frozen=True, slots=True)
class BarredLine:
    """A need that waits, and why this volunteer was not asked for it."""

    url: str
    number: str
    service: str
    why: str


@dataclass(frozen=True, slots=True)
class HelperPage:
    """One volunteer: what they offer, certificates, how reliably they come."""

    frame: Frame
    who: Who
    place: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    slots: tuple[str, ...]
    radius_metres: int
    paused: bool
    certificates: tuple[tuple[str, date], ...]
    kinds: tuple[Option, ...]
    no_shows: int
    resting: tuple[str, ...]
    certify_url: str
    pause_url: str
    attest_url: str
    barred: tuple[BarredLine, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One person's place in a special group."""

    url: str
    name: str
    place: str
    group: str
    grounds: str
    review_on: date
    due: bool
    helper: str


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """The special-group register: who is in it, and who is not covered yet."""

    frame: Frame
    community_name: str
    in_groups: int
    with_helper: int
    covered: Share | None
    rows: tuple[GroupLine, ...]
    uncovered_only: bool
    pager: Pager


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One need-code sheet."""

    number: str
    place: str
    household: bool
    issued_at: datetime
    revoked_at: datetime | None
    revoke_url: str


@dataclass(frozen=True, slots=True)
class SheetsPage:
    """Sheets in use, and the forms to print new ones."""

    frame: Frame
    community_name: str
    rows: tuple[SheetLine, ...]
    buildings: tuple[Option, ...]
    without: tuple[str, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service of the catalogue as it stands in a community."""

    code: str
    name: str
    domain: str
    minutes: int
    certificate: str
    rules: tuple[str, ...]
    checklist: tuple[str, ...]
    state: str
    can_declare: bool


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """The catalogue of a community: base services always, specials once declared and approved."""

    frame: Frame
    community_name: str
    base: tuple[ServiceLine, ...]
    special: tuple[ServiceLine, ...]


@dataclass(frozen=True, slots=True)
class WarningLine:
    """One warning case in a list, with what opened it (no share where a grave incident did); `url` is its own page;
    `brought`: some of the quarters behind it were carried in from elsewhere."""

    id: UUID
    place: str
    place_code: str
    level: str
    tone: str
    title: str
    why: str
    state: str
    share: Share | None
    opened_at: datetime
    plan_clock: Clock
    closed_at: datetime | None
    url: str
    brought: bool = False


@dataclass(frozen=True, slots=True)
class RectificationLine:
    """One rectification from a bad rating."""

    id: UUID
    service: str
    state: str
    tone: str
    clock: Clock
    plan: str
    shown: str
    plan_url: str
    show_url: str


@dataclass(frozen=True, slots=True)
class CasesPage:
    """Warnings and rectifications of a community."""

    frame: Frame
    community_name: str
    warnings: tuple[WarningLine, ...]
    closed: tuple[WarningLine, ...]
    levels: tuple[Option, ...]
    star_url: str
    rectifications: tuple[RectificationLine, ...]
    here: str


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """Somebody who acts for a resident: name as far as it is open to the worker, on what grounds, since when."""

    guardian: str
    name: str
    grounds: str
    since: datetime


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One resident of the community, found by phone or from the register, with what a worker may do for them."""

    frame: Frame
    person: UUID
    who: Who
    place: str
    rows: tuple[GroupLine, ...]
    candidates: tuple[Option, ...]
    seed_minutes: int
    seed_source: str
    book: Book
    pool: Pool
    family: tuple[FamilyLine, ...]
    grounds: tuple[Option, ...]
    elder_view: bool
    has_household: bool


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in words, with where it leads."""

    id: UUID
    words: str
    url: str
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """Notices to the person and to the posts they hold."""

    frame: Frame
    rows: tuple[NoticeLine, ...]
    unread_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Finding somebody by phone, and entering what is new here: a person behind a door, a building."""

    frame: Frame
    community_name: str
    residents: int
    buildings: tuple[Option, ...]
    groups: tuple[Option, ...]
