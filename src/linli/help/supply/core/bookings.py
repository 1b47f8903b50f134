"""Bookings: their states, what may happen in each, and which of them hold a unit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linli.help.supply.core.things import Manner, Span, minutes_of


class State(StrEnum):
    """Where a booking stands."""

    ASKED = "asked"  # waits for a thing
    OFFERED = "offered"  # a unit is held; the borrower or the lender has yet to say yes
    BOOKED = "booked"
    HANDED_OUT = "handed_out"
    OVERDUE = "overdue"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REFUSED = "refused"


S = State
# (state, event) -> state. Every state but the last three has a way on and a way out.
MOVES: dict[tuple[State, str], State] = {
    (S.ASKED, "offer"): S.OFFERED,
    (S.ASKED, "cancel"): S.CANCELLED,
    (S.ASKED, "refuse"): S.REFUSED,
    (S.ASKED, "run_out"): S.REFUSED,
    (S.OFFERED, "agree"): S.OFFERED,
    (S.OFFERED, "approve"): S.OFFERED,
    (S.OFFERED, "book"): S.BOOKED,
    (S.OFFERED, "decline"): S.ASKED,
    (S.OFFERED, "lapse"): S.ASKED,
    (S.OFFERED, "release"): S.ASKED,
    (S.OFFERED, "cancel"): S.CANCELLED,
    (S.OFFERED, "refuse"): S.ASKED,  # this lender says no; another may say yes
    (S.BOOKED, "hand_out"): S.HANDED_OUT,
    (S.BOOKED, "release"): S.ASKED,
    (S.BOOKED, "cancel"): S.CANCELLED,
    (S.BOOKED, "not_fetched"): S.CANCELLED,
    (S.HANDED_OUT, "take_back"): S.RETURNED,
    (S.HANDED_OUT, "late"): S.OVERDUE,
    (S.OVERDUE, "take_back"): S.RETURNED,
}
EVENTS = tuple(sorted({event for _, event in MOVES}))
HOLDING = (S.OFFERED, S.BOOKED, S.HANDED_OUT, S.OVERDUE)  # a unit's time is taken
OUT = (S.HANDED_OUT, S.OVERDUE)
RUNNING = (S.ASKED, *HOLDING)
ENDED = (S.RETURNED, S.CANCELLED, S.REFUSED)


class Condition(StrEnum):
    """How a thing came back."""

    GOOD = "good"
    WORN = "worn"  # usable; somebody should have a look
    BROKEN = "broken"  # out of use until it is repaired
    LOST = "lost"


UNUSABLE = (Condition.BROKEN, Condition.LOST)


@dataclass(frozen=True, slots=True)
class Limits:
    """Policy's numbers for bookings."""

    days_max: int
    room_minutes_max: int
    ahead_days_max: int
    open_max: int
    answer_minutes: int
    offer_minutes: int
    early_minutes: int

    def minutes_max(self, manner: Manner) -> int:
        """Return the longest booking of a manner."""
        return self.days_max * 1440 if manner is Manner.DAY else self.room_minutes_max


class Wrong(StrEnum):
    """What is wrong with a span asked for, in the order in which it is told."""

    BACKWARDS = "backwards"
    PAST = "past"
    FAR = "far"
    LONG = "long"


def wrong_span(span: Span, manner: Manner, limits: Limits, now: datetime) -> Wrong | None:
    """Return what is wrong with a span asked for at `now`, or None."""
    if span[1] <= span[0]:
        return Wrong.BACKWARDS
    if span[0] < now:
        return Wrong.PAST
    if span[0] > now + timedelta(days=limits.ahead_days_max):
        return Wrong.FAR
    return Wrong.LONG if minutes_of(span) > limits.minutes_max(manner) else None
