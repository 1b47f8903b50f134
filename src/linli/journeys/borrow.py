"""Somebody borrows a thing or books a room: asks, takes what is offered or wants another, takes it back. For oneself, a ward, or as a worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.people.reads import PersonCard
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.core.bookings import State
from linli.help.supply.core.things import KINDS
from linli.help.supply.lending import BookingRow
from linli.help.supply.verbs import bookings as supply
from linli.journeys import loans
from linli.journeys.ask import GROUP_ORDER
from linli.journeys.corridor import OpenStep, step
from linli.journeys.loans import Choices, tell_state
from linli.journeys.plans import loan_limits, policy_at
from linli.journeys.things import end_access, tell_borrower, tell_workers
from linli.kernel.actor import STAFF, Actor, Channel, Role
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused

LENDER_SEES = frozenset({DataClass.NAME, DataClass.PHONE})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to borrow, and when; `thing` where they chose one, None where they wait for any."""

    kind: str
    begins_at: datetime
    ends_at: datetime
    thing: UUID | None = None
    for_person: UUID | None = None


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who borrows, as far as things are concerned."""

    card: PersonCard
    certificates: frozenset[str]

    @property
    def group(self) -> str:
        """Return the special group that counts, '' for none."""
        return next((group for group in GROUP_ORDER if group in self.card.groups), "")


def borrower_of(actor: Actor, person: UUID | None, moment: datetime) -> Borrower:
    """Return somebody the actor may borrow for: oneself (None), a ward, a resident of one's community as its worker. Raises NotFound."""
    whom = person or actor.person
    if whom is None or actor.person is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    card = people_reads.card(whom, moment)
    if not actor.holds(Role.WORKER, card.place) and not people_reads.acts_for(actor.person, whom, moment):
        raise NotFound
    return Borrower(card, lending.certificates_of([whom], moment).get(whom, frozenset()))


def what_is_free(who: Borrower, wish: Wish, rules: Policy, moment: datetime, *, also: Collection[str] = ()) -> Choices:
    """Return what is to be had for a wish, best first, and what is not and why; `also`: places whose names are wanted too.

    Raises Refused(INPUT_INVALID).
    """
    if wish.kind not in KINDS or wish.ends_at <= wish.begins_at:
        raise Refused(Refusal.INPUT_INVALID, field="kind" if wish.kind not in KINDS else "ends_at")
    span = wish.begins_at, wish.ends_at
    asking = loans.asking_now(wish.kind, who.card.place, span, moment, group=who.group, certificates=who.certificates)
    return loans.choices(asking, rules, moment, also=also)


def ask(actor: Actor, wish: Wish, key: str) -> dict[str, Any]:
    """Ask for a thing: the one chosen is held or booked at once; without one, the request waits and the matcher tries at once.

    Returns {"booking", "state"}. Raises NotFound for somebody else's person, Refused(TIME_PAST, TIME_TOO_FAR, LOAN_TOO_LONG, LOANS_FULL,
    INPUT_INVALID), THING_TAKEN where the one chosen was taken in the meantime: nothing is asked then, so that another can be chosen.
    """
    moment = now()
    who = borrower_of(actor, wish.for_person, moment)
    card = who.card
    own = actor.person is not None and people_reads.acts_for(actor.person, card.id, moment)
    channel = actor.channel if own else Channel.PHONE
    inputs = {
        "kind": wish.kind, "from": wish.begins_at.isoformat(), "until": wish.ends_at.isoformat(), "thing": str(wish.thing),
        "for": str(card.id),
    }  # fmt: skip
    with step(actor, key, "booking.ask", inputs, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        rules = policy_at(card.place, s.now)
        new = supply.NewBooking(
            wish.kind, card.id, card.place, (wish.begins_at, wish.ends_at), channel.value,
            None if actor.person == card.id else actor.person, who.group,
        )  # fmt: skip
        booking = supply.ask_booking(s, new, loan_limits(rules))
        state = State.ASKED
        if wish.thing is None:
            row = lending.booking(booking)
            tell_workers(s, row, "booking.asked", [row.community])
            s.later("booking.match", {"booking": str(booking)})
        else:
            state = _take(s, booking, wish.thing)
        return s.done({"booking": str(booking), "state": state.value})


def _take(s: OpenStep, booking: UUID, thing: UUID, *, agreed: bool = True) -> State:
    """Hold a unit of the thing chosen; what the terms forbid is refused by the room itself."""
    row = lending.booking(booking)
    rules = policy_at(row.place, s.now)
    held = lending.certificates_of([row.borrower], s.now)
    chosen = lending.thing(thing)
    found = loans.choices_among(loans.asking_of(row, held), [chosen], places.named([row.place]), rules, s.now).found
    unit, far = (found[0].unit, found[0].metres) if found else (chosen.units[0], None)
    state = supply.offer_unit(s, booking, loans.offering_of(unit, far, chosen, agreed=agreed, s=s, rules=rules), loan_limits(rules))
    open_to_lender(s, booking)
    tell_state(s, booking)
    return state


def open_to_lender(s: OpenStep, booking: UUID) -> None:
    """Open who borrows to the worker of the community that lends, until the booking ends: it has to know whom it hands the thing to."""
    row = lending.booking(booking)
    end_access(s, booking)
    if row.lender and row.lender != row.community and row.agreed:
        people.open_access(
            s, subject=row.borrower, classes=LENDER_SEES, purpose=Purpose.QUEUE, about=f"booking:{booking}", post=(Role.WORKER, row.lender)
        )


def offer_to(actor: Actor, booking: UUID, thing: UUID, key: str) -> dict[str, Any]:
    """Offer one thing to a request that waits, as the desk of either side picks it; the borrower says yes. Raises NotFound, Refused."""
    row = booking_for(actor, booking)
    place = desk_of(actor, row) or desk_of_thing(actor, thing)
    with step(actor, key, "booking.offer", {"booking": str(booking), "thing": str(thing)}, place=place) as s:
        if s.answer is not None:
            return s.answer
        return s.done({"booking": str(booking), "state": _take(s, booking, thing, agreed=False).value})


def desk_of_thing(actor: Actor, thing: UUID) -> str:
    """Return the community that lends a thing, where the actor's posts cover it. Raises NotFound."""
    row = lending.thing(thing)
    if not actor.holds_any(STAFF, row.place):
        raise NotFound
    return row.community


def speaks_for(actor: Actor, row: BookingRow, moment: datetime) -> bool:
    """Tell whether a booking is the actor's own or that of somebody they act for."""
    return actor.person is not None and people_reads.acts_for(actor.person, row.borrower, moment)


def desk_of(actor: Actor, row: BookingRow) -> str:
    """Return at which of the two communities of a booking the actor is staff, the lender first; '' at none."""
    return next((place for place in (row.lender, row.community) if place and actor.holds_any(STAFF, place)), "")


def booking_for(actor: Actor, booking: UUID) -> BookingRow:
    """Return a booking the actor may know of: their own, a ward's, or one of their post's. Raises NotFound."""
    row = lending.booking(booking)
    if not desk_of(actor, row) and not speaks_for(actor, row, now()):
        raise NotFound
    return row


def own_booking(actor: Actor, booking: UUID) -> BookingRow:
    """Return a booking whose borrower the actor may speak for: oneself, a ward, or as worker of their community. Raises NotFound."""
    row = lending.booking(booking)
    if not speaks_for(actor, row, now()) and not actor.holds(Role.WORKER, row.community):
        raise NotFound
    return row


def agree(actor: Actor, booking: UUID, key: str) -> dict[str, Any]:
    """Take what is offered. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = own_booking(actor, booking)
    with step(actor, key, "booking.agree", {"booking": str(booking)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        state = supply.agree_booking(s, booking)
        open_to_lender(s, booking)
        tell_state(s, booking)
        return s.done({"booking": str(booking), "state": state.value})


def decline(actor: Actor, booking: UUID, key: str) -> dict[str, Any]:
    """Want another one than the one offered; that one is not offered again. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = own_booking(actor, booking)
    with step(actor, key, "booking.decline", {"booking": str(booking)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        supply.decline_offer(s, booking)
        end_access(s, booking)
        s.later("booking.match", {"booking": str(booking)})
        return s.done({"booking": str(booking)})


def cancel(actor: Actor, booking: UUID, reason: str, key: str) -> dict[str, Any]:
    """Take a booking back before it is handed out: by the borrower, or by a desk of either side with a reason; the other side is told."""
    row = booking_for(actor, booking)
    own = speaks_for(actor, row, now())
    if not own and not reason.strip():
        raise Refused(Refusal.REASON_REQUIRED, field="reason")
    with step(actor, key, "booking.cancel", {"booking": str(booking), "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        supply.cancel_booking(s, booking, reason)
        end_access(s, booking)
        if not own:
            tell_borrower(s, row, "booking.cancelled")
        tell_workers(s, row, "booking.cancelled", [row.lender])
        return s.done({"booking": str(booking)})
