"""The desk that lends: says yes or no, hands out, takes back; and what the clock does by itself when nobody does anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.core.bookings import Condition, State
from linli.help.supply.lending import BookingRow
from linli.help.supply.verbs import bookings as supply
from linli.help.supply.verbs import things
from linli.journeys.borrow import booking_for, desk_of
from linli.journeys.corridor import step
from linli.journeys.loans import tell_state
from linli.journeys.plans import loan_limits, policies_at, policy_at
from linli.journeys.things import end_access, facts_of, look_elsewhere, tell_borrower, tell_workers
from linli.kernel.actor import STAFF, Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused

CLOCK = Actor.system("clock")
REMIND_MAX = timedelta(days=7)  # rows due within so long are looked at; policy then says when to remind


def _lent_by(actor: Actor, booking: UUID) -> BookingRow:
    row = lending.booking(booking)
    if not row.lender or not actor.holds_any(STAFF, row.lender):
        raise NotFound
    return row


def approve(actor: Actor, booking: UUID, key: str) -> dict[str, Any]:
    """Say yes as the community that lends. Raises NotFound, Refused(STATE_FORBIDS, PARTY_TO_IT)."""
    row = _lent_by(actor, booking)
    with step(actor, key, "booking.approve", {"booking": str(booking)}, place=row.lender) as s:
        if s.answer is not None:
            return s.answer
        state = supply.approve_booking(s, booking)
        tell_state(s, booking)
        return s.done({"booking": str(booking), "state": state.value})


def refuse(actor: Actor, booking: UUID, reason: str, key: str) -> dict[str, Any]:
    """Say no with a reason: a request that waits ends, for an offer another thing is looked for. Raises NotFound, Refused."""
    row = booking_for(actor, booking)
    place = desk_of(actor, row)
    if not place:
        raise NotFound
    with step(actor, key, "booking.refuse", {"booking": str(booking), "reason": reason}, place=place) as s:
        if s.answer is not None:
            return s.answer
        if supply.refuse_booking(s, booking, reason) is State.ASKED:
            look_elsewhere(s, [booking])
        else:
            tell_borrower(s, row, "booking.refused")
        return s.done({"booking": str(booking)})


def hand_out(actor: Actor, booking: UUID, at: datetime | None, key: str) -> dict[str, Any]:
    """Hand the thing out, now or `at` (from paper). Raises NotFound, Refused(STATE_FORBIDS, THING_NOT_YET, THING_OUT, INPUT_INVALID)."""
    row = _lent_by(actor, booking)
    with step(actor, key, "booking.hand_out", {"booking": str(booking), "at": str(at)}, place=row.lender) as s:
        if s.answer is not None:
            return s.answer
        supply.hand_out(s, booking, at, loan_limits(policy_at(row.lender, s.now)))
        return s.done({"booking": str(booking)})


def take_back(actor: Actor, booking: UUID, condition: str, at: datetime | None, key: str) -> dict[str, Any]:
    """Take the thing back in a condition, now or `at`; a broken or lost one is out of use, and who booked it next gets another.

    Raises NotFound, Refused(STATE_FORBIDS, INPUT_INVALID).
    """
    row = _lent_by(actor, booking)
    if condition not in list(Condition):
        raise Refused(Refusal.INPUT_INVALID, field="condition")
    inputs = {"booking": str(booking), "condition": condition, "at": str(at)}
    with step(actor, key, "booking.take_back", inputs, place=row.lender) as s:
        if s.answer is not None:
            return s.answer
        released = things.take_back(s, booking, Condition(condition), at)
        end_access(s, booking)
        look_elsewhere(s, released)
        return s.done({"booking": str(booking), "released": len(released)})


# The clock ---------------------------------------------------------------------------------------------------------------------


def run_due(limit: int = 200) -> int:
    """Do everything about bookings whose time has come; return how much was done. Idempotent, restart-proof: each its own small step."""
    moment = now()
    due = lending.due(moment, remind=REMIND_MAX, limit=limit)
    rows = (*due.offers, *due.unmet, *due.unanswered, *due.ending)
    if not rows:
        return 0
    rules = policies_at({row.lender or row.community for row in rows}, moment)

    def minutes(row: BookingRow, name: str) -> timedelta:
        return timedelta(minutes=rules[row.lender or row.community].minutes(name))

    done = sum(_lapse(row) for row in due.offers)
    done += sum(_end_unmet(row, row.begins_at + minutes(row, "loan_fetch_minutes")) for row in due.unmet)
    done += sum(_rise(row) for row in due.unanswered)
    for row in due.ending:
        grace = minutes(row, "loan_grace_minutes")
        if row.ends_at + grace <= moment:
            done += _late(row, grace)
        elif row.ends_at - minutes(row, "loan_remind_minutes") <= moment < row.ends_at:
            done += _remind(row)
    return done


def _lapse(row: BookingRow) -> bool:
    with step(CLOCK, None, "booking.due", {}, place=row.community) as s:
        if not supply.lapse_offer(s, row.id):
            return False
        look_elsewhere(s, [row.id])
        return True


def _end_unmet(row: BookingRow, limit: datetime) -> bool:
    with step(CLOCK, None, "booking.due", {}, place=row.community) as s:
        event = supply.end_unmet(s, row.id, limit)
        if event:
            end_access(s, row.id)
            tell_borrower(s, row, "booking.refused" if event == "run_out" else "booking.not_fetched")
        if event == "not_fetched":
            tell_workers(s, row, "booking.not_fetched", [row.lender])
        return bool(event)


def _rise(row: BookingRow) -> bool:
    with step(CLOCK, None, "booking.due", {}, place=row.community) as s:
        if not supply.note_told(s, row.id, "risen_at"):
            return False
        tell_workers(s, row, "booking.unanswered", [row.community])
        people.tell(s, "booking.unanswered", about=f"booking:{row.id}", post=(Role.DISPATCHER, row.community[:9]), facts=facts_of(row))
        return True


def _remind(row: BookingRow) -> bool:
    with step(CLOCK, None, "booking.due", {}, place=row.community) as s:
        if not supply.note_told(s, row.id, "reminded_at"):
            return False
        tell_borrower(s, row, "booking.due_soon")
        return True


def _late(row: BookingRow, grace: timedelta) -> bool:
    with step(CLOCK, None, "booking.due", {}, place=row.community) as s:
        if not supply.mark_late(s, row.id, grace // timedelta(minutes=1)):
            return False
        tell_borrower(s, row, "booking.overdue")
        tell_workers(s, row, "booking.overdue", [row.lender, row.community])
        return True
