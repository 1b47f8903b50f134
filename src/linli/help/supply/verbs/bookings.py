"""Writes about bookings: from the request to the unit in somebody's hands. What comes back is taken back by `things`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from linli.help.supply.core.bookings import ENDED, MOVES, OUT, Limits, State, Wrong, wrong_span
from linli.help.supply.core.things import KINDS, Borrower, Span, WhyNot, why_not
from linli.help.supply.models import Booking, BookingFlip, Certificate, Round, Thing, Unit
from linli.help.supply.terms import allied, terms_of
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id, readable
from linli.kernel.step import Step
from linli.kernel.text import clean


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A request for a kind of thing over a span, for `borrower` who lives at `place`."""

    kind: str
    borrower: UUID
    place: str
    span: Span
    channel: str
    entered_by: UUID | None = None
    group: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Offering:
    """A unit for a booking: how far it is, who has said yes already, and until when it is held for the other."""

    unit: UUID
    walk_metres: int | None
    agreed: bool
    approved: bool
    until: datetime


WRONG_SPANS = {
    Wrong.BACKWARDS: (Refusal.INPUT_INVALID, "ends_at"),
    Wrong.PAST: (Refusal.TIME_PAST, "begins_at"),
    Wrong.FAR: (Refusal.TIME_TOO_FAR, "begins_at"),
    Wrong.LONG: (Refusal.LOAN_TOO_LONG, "ends_at"),
}
TERMS_REFUSED = {
    WhyNot.RETIRED: Refusal.THING_TAKEN,
    WhyNot.NOT_SHARED: Refusal.NOT_ALLIED,
    WhyNot.GROUP: Refusal.THING_FOR_GROUPS,
    WhyNot.CERTIFICATE: Refusal.CERTIFICATE_MISSING,
    WhyNot.DECLINED: Refusal.THING_TAKEN,
    WhyNot.LONG: Refusal.LOAN_TOO_LONG,
    WhyNot.CLOSED: Refusal.THING_CLOSED,
}


def text_of(text: str, field: str, length_max: int, *, needed: bool = True) -> str:
    """Return a text clean and within its length. Raises Refused(INPUT_TOO_LONG, INPUT_MISSING, REASON_REQUIRED) naming the field."""
    try:
        kept = clean(text, length_max=length_max)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=length_max) from None
    if needed and not kept:
        raise Refused(Refusal.REASON_REQUIRED if field == "reason" else Refusal.INPUT_MISSING, field=field)
    return kept


def clear(s: Step, where: Q, span: tuple[datetime, datetime | None], reason: str) -> list[UUID]:
    """Release the bookings in a span that have not begun; return them. Raises Refused(THING_OUT) where somebody has it then."""
    begins_at, ends_at = span
    rows = Booking.objects.select_for_update(of=("self",)).filter(where, ends_at__gt=begins_at, state__in=["offered", "booked", *OUT])
    found = list(rows.filter(begins_at__lt=ends_at) if ends_at else rows)
    if any(State(row.state) in OUT for row in found):
        raise Refused(Refusal.THING_OUT)
    for row in found:
        _release(s, row, "release", reason)
    return [row.pk for row in found]


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('supply_booking_serial')")
        (serial,) = cursor.fetchone()
    return f"J{readable(int(serial), 5)}"


def ask_booking(s: Step, new: NewBooking, limits: Limits) -> UUID:
    """Ask for a thing; the answer clock begins. Raises Refused(INPUT_INVALID, TIME_PAST, TIME_TOO_FAR, LOAN_TOO_LONG, LOANS_FULL)."""
    if new.kind not in KINDS:
        raise Refused(Refusal.INPUT_INVALID, field="kind")
    wrong = wrong_span(new.span, KINDS[new.kind], limits, s.now)
    if wrong is not None:
        code, field = WRONG_SPANS[wrong]
        raise Refused(code, field=field, days=limits.days_max, minutes=limits.room_minutes_max)
    if Booking.objects.filter(borrower=new.borrower, ended_at=None).count() >= limits.open_max:
        raise Refused(Refusal.LOANS_FULL, n=limits.open_max)
    pk = new_id(s.now)
    row = Booking.objects.create(
        id=pk, number=_next_number(), kind=new.kind, borrower=new.borrower, place_code=new.place, entered_by=new.entered_by,
        channel=new.channel, group=new.group, urgent=new.urgent, begins_at=new.span[0], ends_at=new.span[1], state=State.ASKED.value,
        answer_by=min(s.now + timedelta(minutes=limits.answer_minutes), new.span[0]), asked_at=s.now,
    )  # fmt: skip
    _flip(s, row, "", State.ASKED, "ask")
    s.record("booking:asked", place=new.place[:12], payload={"booking": str(pk), "kind": new.kind, "channel": new.channel})
    return pk


def locked(booking: UUID) -> Booking:
    """Return a booking under its lock. Raises NotFound."""
    row = Booking.objects.select_for_update(of=("self",)).select_related("unit__thing").filter(pk=booking).first()
    if row is None:
        raise NotFound
    return row


def _flip(s: Step, row: Booking, old: str, new: State, event: str, *, reason: str = "", occurred_at: datetime | None = None) -> None:
    BookingFlip.objects.create(
        booking=row, old=old, new=new.value, event=event, unit=row.unit_id, reason=reason[:300], actor_ref=s.actor.ref,
        occurred_at=occurred_at or s.now, recorded_at=s.now,
    )  # fmt: skip


def move(s: Step, row: Booking, event: str, *, reason: str = "", occurred_at: datetime | None = None, **changes: Any) -> State:
    """Move a locked booking by the table of states, with a flip; return where it stands. Raises Refused(STATE_FORBIDS)."""
    old = State(row.state)
    new = MOVES.get((old, event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    ended = {"ended_at": s.now} if new in ENDED else {}
    for name, value in {"state": new.value, **ended, **changes}.items():
        setattr(row, name, value)
    Booking.objects.filter(pk=row.pk).update(state=new.value, **ended, **changes)
    _flip(s, row, old.value, new, event, reason=reason, occurred_at=occurred_at)
    return new


def payload_of(row: Booking, **more: str | int | None) -> dict[str, str | int | None]:
    """Return what evidence says of a booking: itself, its unit, and `more`."""
    return {"booking": str(row.pk), "unit": str(row.unit_id) if row.unit_id else None, **more}


def _borrower(s: Step, row: Booking, thing: Thing) -> Borrower:
    papers = Certificate.objects.filter(helper=row.borrower, valid_until__gte=row.ends_at.date()).values_list("kind", flat=True)
    here = thing.place_code[:12] == row.place_code[:12]
    if not here and not allied(row.place_code[:12], thing.place_code[:12], s.now):
        raise Refused(Refusal.NOT_ALLIED)
    return Borrower(here, bool(row.group), frozenset(papers), thing.pk in row.declined)


def offer_unit(s: Step, booking: UUID, offering: Offering, limits: Limits) -> State:
    """Hold a unit for a booking that waits; where both have said yes it is booked at once. Return its state.

    Raises NotFound, Refused(STATE_FORBIDS), Refused naming the term it breaks, Refused(NOT_ALLIED) beyond its alliance,
    Refused(THING_TAKEN) where a booking or blackout was quicker (the database decides, whoever races).
    """
    row = locked(booking)
    unit = Unit.objects.select_related("thing").filter(pk=offering.unit).first()
    if unit is None:
        raise NotFound
    thing = unit.thing
    if thing.kind != row.kind:
        raise Refused(Refusal.INPUT_INVALID, field="thing")
    why = why_not(terms_of(thing), _borrower(s, row, thing), (row.begins_at, row.ends_at), limits.minutes_max(KINDS[row.kind]))
    if why is not None:
        raise Refused(TERMS_REFUSED[why], days=limits.days_max, minutes=limits.room_minutes_max)
    try:
        with transaction.atomic():
            move(
                s, row, "offer", unit_id=unit.pk, walk_metres=offering.walk_metres, agreed_at=s.now if offering.agreed else None,
                approved_at=s.now if offering.approved else None, offer_until=min(offering.until, row.begins_at),
            )  # fmt: skip
    except IntegrityError:
        raise Refused(Refusal.THING_TAKEN) from None
    s.record("booking:offered", place=thing.place_code[:12], payload=payload_of(row))
    return _book(s, row, thing)


def _book(s: Step, row: Booking, thing: Thing) -> State:
    if row.agreed_at is None or row.approved_at is None:
        return State(row.state)
    state = move(s, row, "book", offer_until=None)
    s.record("booking:booked", place=thing.place_code[:12], payload=payload_of(row))
    return state


def agree_booking(s: Step, booking: UUID) -> State:
    """The borrower takes what is offered; return where the booking stands. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = locked(booking)
    move(s, row, "agree", agreed_at=s.now)
    return _book(s, row, row.unit.thing)  # type: ignore[union-attr]


def approve_booking(s: Step, booking: UUID) -> State:
    """The lender says yes; return where the booking stands. Raises NotFound, Refused(STATE_FORBIDS, PARTY_TO_IT) for one's own request."""
    row = locked(booking)
    if s.actor.person == row.borrower:
        raise Refused(Refusal.PARTY_TO_IT)
    move(s, row, "approve", approved_at=s.now)
    return _book(s, row, row.unit.thing)  # type: ignore[union-attr]


def _release(s: Step, row: Booking, event: str, reason: str = "", *, again: bool = True) -> None:
    """Put a booking back to waiting, its unit free; `again` False: that thing is not offered for it any more."""
    place = row.unit.thing.place_code[:12] if row.unit else row.place_code[:12]
    declined = row.declined if again or row.unit is None else sorted({*row.declined, row.unit.thing_id})
    payload = payload_of(row, why=event)
    move(
        s, row, event, reason=reason, unit_id=None, agreed_at=None, approved_at=None, offer_until=None, walk_metres=None, declined=declined
    )
    s.record("booking:released", place=place, payload=payload)


def decline_offer(s: Step, booking: UUID) -> None:
    """The borrower wants another one. Raises NotFound, Refused(STATE_FORBIDS)."""
    _release(s, locked(booking), "decline", again=False)


def lapse_offer(s: Step, booking: UUID) -> bool:
    """Let go of a unit that was held for a yes that did not come; False where somebody was quicker."""
    row = locked(booking)
    if row.state != State.OFFERED.value or row.offer_until is None or row.offer_until > s.now:
        return False
    _release(s, row, "lapse", again=False)
    return True


def refuse_booking(s: Step, booking: UUID, reason: str) -> State:
    """Say no with a reason: to a request that waits, it ends; to what is offered, another thing is looked for. Raises NotFound, Refused."""
    row, why = locked(booking), text_of(reason, "reason", 300)
    if row.state == State.OFFERED.value:
        _release(s, row, "refuse", why, again=False)
        return State.ASKED
    move(s, row, "refuse", reason=why)
    s.record("booking:refused", place=row.place_code[:12], payload=payload_of(row, why="refuse"))
    return State.REFUSED


def cancel_booking(s: Step, booking: UUID, reason: str = "") -> None:
    """Take a booking back before it is handed out. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = locked(booking)
    move(s, row, "cancel", reason=text_of(reason, "reason", 300, needed=False))
    s.record("booking:cancelled", place=row.place_code[:12], payload=payload_of(row, why="cancel"))


def end_unmet(s: Step, booking: UUID, limit: datetime) -> str:
    """End what its time has passed for: a request for which nothing was free, a booking not fetched by `limit`; return the event or ''."""
    row = locked(booking)
    if row.state == State.ASKED.value and row.begins_at <= s.now:
        move(s, row, "run_out")
        s.record("booking:refused", place=row.place_code[:12], payload=payload_of(row, why="run_out"))
        return "run_out"
    if row.state == State.BOOKED.value and min(limit, row.ends_at) <= s.now:
        move(s, row, "not_fetched")
        s.record("booking:cancelled", place=row.place_code[:12], payload=payload_of(row, why="not_fetched"))
        return "not_fetched"
    return ""


def happened(s: Step, moment: datetime | None, earliest: datetime, field: str) -> datetime:
    """Return when something happened, now or `moment`. Raises Refused(INPUT_INVALID) before `earliest` and for what is to come."""
    at = moment or s.now
    if not earliest <= at <= s.now:
        raise Refused(Refusal.INPUT_INVALID, field=field)
    return at


def hand_out(s: Step, booking: UUID, at: datetime | None, limits: Limits) -> None:
    """Hand a unit out, now or `at` (written down later); where the one booked is still with somebody, another of the same thing that is free.

    Raises NotFound, Refused(STATE_FORBIDS, THING_NOT_YET, INPUT_INVALID), THING_OUT where every other is taken.
    """
    row = locked(booking)
    if (State(row.state), "hand_out") not in MOVES or row.unit is None:
        raise Refused(Refusal.STATE_FORBIDS)
    earliest = row.begins_at - timedelta(minutes=limits.early_minutes)
    if s.now < earliest:
        raise Refused(Refusal.THING_NOT_YET, minutes=limits.early_minutes)
    moment = happened(s, at, earliest, "at")
    others = Unit.objects.filter(thing=row.unit.thing_id).exclude(pk=row.unit.pk).order_by("number").values_list("pk", flat=True)
    place, old = row.unit.thing.place_code[:12], row.state
    for unit in (row.unit.pk, *others):
        try:
            with transaction.atomic():
                move(s, row, "hand_out", occurred_at=moment, unit_id=unit, handed_out_at=moment)
        except IntegrityError:
            row.state = old
            continue
        s.record("booking:handed_out", place=place, payload=payload_of(row))
        return
    raise Refused(Refusal.THING_OUT)


def mark_late(s: Step, booking: UUID, grace_minutes: int) -> bool:
    """Mark what is not back in time as overdue; False where it came back in the meantime."""
    row = locked(booking)
    if row.state != State.HANDED_OUT.value or row.ends_at + timedelta(minutes=grace_minutes) > s.now or row.unit is None:
        return False
    move(s, row, "late")
    s.record("booking:overdue", place=row.unit.thing.place_code[:12], payload=payload_of(row))
    return True


def note_told(s: Step, booking: UUID, field: str) -> bool:
    """Note once that somebody was told: `risen_at` (the street, that nobody answered) or `reminded_at` (the borrower, that it is due)."""
    return bool(Booking.objects.filter(pk=booking, ended_at=None, **{field: None}).update(**{field: s.now}))


@dataclass(frozen=True, slots=True)
class NewRound:
    """What one batch came to, for the communities that share (`community` is the first of them)."""

    community: str
    alliance: UUID | None
    waiting: int
    units: int
    offered: int
    value: int
    bound: int
    milliseconds: int


def keep_round(s: Step, new: NewRound) -> None:
    """Keep what a batch came to."""
    Round.objects.create(
        at=s.now, alliance_id=new.alliance, community_code=new.community, waiting=new.waiting, units=new.units, offered=new.offered,
        value=new.value, bound=new.bound, milliseconds=new.milliseconds,
    )  # fmt: skip
