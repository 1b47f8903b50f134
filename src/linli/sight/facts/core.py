"""The kinds of facts that figures come from, what each counts, and which of them are taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

BEIJING = timezone(timedelta(hours=8))  # figures are cut at midnight in Beijing; China keeps one time the whole year
AHEAD = timedelta(minutes=5)  # clocks of two machines may differ by so much; what is later has not happened yet
COMMUNITY_DIGITS, CITY_DIGITS = 12, 4


class FactKind(StrEnum):
    """One row per thing that happened. `good` says whether it counts as a hit; a kind's share is hits over rows."""

    # needs; group, channel and tag "urgent" as they were asked
    NEED_ASKED = "need_asked"
    NEED_ANSWERED = "need_answered"  # good: within its clock; value: minutes until the first answer
    CARE_ANSWERED = "care_answered"  # the same for urgent needs and special groups
    NEED_ENDED = "need_ended"  # good: met by a confirmed visit; value: minutes from asking to the end
    NEED_HANDLED = "need_handled"  # good: within its handling clock (72 h); value: minutes
    NEED_WITHDRAWN = "need_withdrawn"
    NEED_REFERRED = "need_referred"
    NEED_REOPENED = "need_reopened"
    NEED_ESCALATED = "need_escalated"  # tag: the level it came to
    NEED_DISPATCHED = "need_dispatched"
    OBJECTION_MADE = "objection_made"
    OBJECTION_SETTLED = "objection_settled"  # good: upheld; value: minutes; tag: in_time or late
    # offers and visits; subject: the helper
    OFFER_ENDED = "offer_ended"  # tag: accepted, declined, lapsed, withdrawn; good: accepted; value: minutes until then
    VISIT_BOOKED = "visit_booked"
    CHECKED_IN = "checked_in"  # good: within policy's tolerance; tag: code or paper; value: minutes late
    CONFIRMED = "confirmed"  # tag: self, guardian or call_back
    VISIT_DONE = "visit_done"  # value: minutes; good: to the whole checklist
    NO_SHOW = "no_show"
    VISIT_CANCELLED = "visit_cancelled"
    VISIT_DISPUTED = "visit_disputed"
    VISIT_SETTLED = "visit_settled"
    VISIT_CORRECTED = "visit_corrected"
    TOOK_PART = "took_part"  # subject: who asked or helped; tag: asked or helped
    # helpers
    HELPER_JOINED = "helper_joined"
    CERTIFIED = "certified"
    # things that are lent and rooms that are booked
    BOOKING_ENDED = "booking_ended"  # good: it took place; tag: returned, not_fetched, run_out, refuse or cancel; value: minutes it was out
    # hours; value: minutes
    HOURS_HELD = "hours_held"
    HOURS_POSTED = "hours_posted"
    HOURS_HONOUR = "hours_honour"
    HOURS_RETURNED = "hours_returned"
    HOURS_CORRECTED = "hours_corrected"
    HOURS_SEEDED = "hours_seeded"
    # voice
    RATED = "rated"  # value: stars; good: four or five
    RECTIFY_OPENED = "rectify_opened"
    RECTIFY_ENDED = "rectify_ended"  # good: in time; value: minutes
    RECTIFY_REJECTED = "rectify_rejected"
    # data of persons and the record; LOOKED, EVIDENCED and SIGN_LAG are one row a day and community
    CONSENT_GRANTED = "consent_granted"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LOOKED = "looked"  # value: looks at somebody else's data
    EVIDENCED = "evidenced"  # value: entries queued that day
    SIGN_LAG = "sign_lag"  # value: the longest wait of that day's entries for a signature, in minutes; good: within the promise
    # warnings
    WARNING_OPENED = "warning_opened"  # tag: blue, yellow, red …
    WARNING_PLANNED = "warning_planned"  # good: in time; value: minutes
    WARNING_CLOSED = "warning_closed"  # value: minutes
    # registers: one row a day, community and Stock (tag); value: how many
    STOCK = "stock"


class Stock(StrEnum):
    """What stands on a register at the end of a look. One row a day, community and stock."""

    RESIDENTS = "residents"
    AGED_60 = "aged_60"
    AGED_80 = "aged_80"
    HOUSEHOLDS = "households"
    GRIDS = "grids"
    BUILDINGS = "buildings"
    ACCOUNTS = "accounts"
    GUARDED = "guarded"  # residents somebody may act for
    WORKERS = "workers"
    GRID_WORKERS = "grid_workers"
    CONSENTS = "consents"
    GROUP_ALONE = "group_alone"
    GROUP_DISABLED = "group_disabled"
    GROUP_CHILD = "group_child"
    GROUP_LOW_INCOME = "group_low_income"
    PAIRED_ALONE = "paired_alone"  # of these, how many have a named helper
    PAIRED_DISABLED = "paired_disabled"
    PAIRED_CHILD = "paired_child"
    PAIRED_LOW_INCOME = "paired_low_income"
    HELPERS = "helpers"
    HELPERS_PAUSED = "helpers_paused"
    HELPERS_CERTIFIED = "helpers_certified"
    NEEDS_LIVE = "needs_live"
    NEEDS_LATE = "needs_late"
    SPECIALS = "specials"  # special services open here
    SHEETS = "sheets"  # need codes in use
    BOOKS = "books"
    BOOK_MINUTES = "book_minutes"


class Problem(StrEnum):
    """Why a fact is not taken. It is put aside with this word; nothing is guessed and nothing is dropped unseen."""

    FUTURE = "future"  # happened later than we look
    REVERSED = "reversed"  # ended before it began
    PLACE = "place"  # not in a community
    VALUE = "value"  # stars outside one to five


@dataclass(frozen=True, slots=True)
class FactIn:
    """One fact. `about` is an opaque reference, unique within its kind, so that loading twice counts once.

    `gone`: what was once loaded under this reference did not happen after all; it is taken back by a correction.
    """

    kind: FactKind
    about: str
    place: str  # community code
    good: bool
    occurred_at: datetime
    value: int = 0
    service: str = ""
    subject: UUID | None = None
    group: str = ""
    channel: str = ""
    tag: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of facts: new ones, corrections of known ones, known ones left as they were, and those put aside."""

    added: int
    corrected: int
    known: int
    aside: int


def problem_of(fact: FactIn, now: datetime) -> Problem | None:
    """Return why a fact can not be taken at `now`, or None."""
    if fact.occurred_at > now + AHEAD:
        return Problem.FUTURE
    if fact.value < 0:
        return Problem.REVERSED
    if len(fact.place) < COMMUNITY_DIGITS or not (fact.place.isascii() and fact.place.isdigit()):
        return Problem.PLACE
    if fact.kind is FactKind.RATED and not 1 <= fact.value <= 5:
        return Problem.VALUE
    return None


def day_of(moment: datetime) -> date:
    """Return the Beijing day of a moment."""
    return moment.astimezone(BEIJING).date()


def month_of(day: date) -> str:
    """Return the month of a day as it stands in paths and series: 2026-05."""
    return f"{day.year:04d}-{day.month:02d}"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Return the moments between which a month such as 2026-05 lies in Beijing, half-open, in UTC. Raises ValueError for another text."""
    year, number = (int(part) for part in month.split("-"))
    first = datetime(year, number, 1, tzinfo=BEIJING)
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=BEIJING)
    return first.astimezone(UTC), after.astimezone(UTC)


def resolved(moved: dict[str, str]) -> dict[str, str]:
    """Return where each old code leads in the end: merges of merges are followed, a circle ends where it closes."""
    found: dict[str, str] = {}
    for old, first in moved.items():
        seen, at = {old}, first
        while at in moved and moved[at] not in seen:
            seen.add(at)
            at = moved[at]
        found[old] = at
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits over rows, the sum of values, and how many different subjects."""

    hits: int
    n: int
    value_sum: int = 0
    subjects: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Add two tallies of different places; subjects of two communities are different people."""
        return Tally(self.hits + other.hits, self.n + other.n, self.value_sum + other.value_sum, self.subjects + other.subjects)


NOTHING = Tally(0, 0)
