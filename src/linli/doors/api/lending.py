"""Things that are lent and rooms that are booked: what there is and when it is free, and a booking from the wish to the return."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.doors.api.auth import actor_of, bearer, own
from linli.doors.api.lending_shapes import BookingIn, BookingList, BookingOut, BookingState, HandedOut, TakenBack, ThingList, Why
from linli.doors.api.paging import SIZE, id_cursor, number_cursor, page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import Key
from linli.doors.site.templatetags.linli import day_of
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import BookingRow, DayFree, ThingRow
from linli.journeys import borrow, lend

router = Router(auth=bearer, tags=["lending"])
DAYS = 7


def _thing(row: ThingRow, days: tuple[DayFree, ...]) -> dict[str, Any]:
    terms = row.terms
    return {
        "id": row.id, "kind": row.kind, "manner": terms.manner.value, "name": row.name, "community": row.community, "units": len(row.units),
        "hours": [{"weekday": day, "from_minute": low, "until_minute": high} for day, low, high in row.hours],
        "minutes_max": terms.minutes_max, "only_group": terms.only_group, "certificate": terms.certificate, "ask_first": row.ask_first,
        "where": row.note, "free": [{"begins_at": begin, "ends_at": end} for day in days for begin, end in day.spans],
    }  # fmt: skip


def shown(row: BookingRow) -> dict[str, Any]:
    """Return a booking without anything personal."""
    return {
        "id": row.id, "number": row.number, "kind": row.kind, "state": row.state.value, "community": row.community, "lender": row.lender,
        "thing": row.thing, "thing_name": row.thing_name, "unit": row.unit_number, "begins_at": row.begins_at, "ends_at": row.ends_at,
        "agreed": row.agreed, "approved": row.approved, "held_until": row.offer_until, "handed_out_at": row.handed_out_at,
        "returned_at": row.returned_at, "condition": row.condition, "asked_at": row.asked_at, "ended_at": row.ended_at,
    }  # fmt: skip


def _stands(booking: UUID) -> dict[str, Any]:
    return {"booking": booking, "state": lending.booking(booking).state.value}


@router.get("/things", response={200: ThingList, **PROBLEMS}, operation_id="listThings")
def list_things(request: HttpRequest, kind: str = "", after: str = "") -> Any:
    """List what may be borrowed where the person lives and in the communities that share with it, with when it is free."""
    moment, start = now(), number_cursor(after, "after") or 0
    community = people.card(own(request), moment).place[:12]
    kinds = [kind] if kind else list(lending.known_kinds())
    known = [row for row in lending.things_shared(community, kinds, moment) if row.community == community or row.terms.shared]
    rows = known[start : start + SIZE]
    free = lending.free_days(rows, day_of(moment)[0].astimezone(UTC), DAYS, moment)
    return {"items": [_thing(row, free[row.id]) for row in rows], "next": str(start + SIZE) if len(known) > start + SIZE else None}


@router.post("/bookings", response={200: BookingState, **PROBLEMS}, operation_id="askBooking")
def ask_booking(request: HttpRequest, key: Key, body: BookingIn) -> Any:
    """Book the thing chosen, or wait for any: `booked`, `offered` (the lender has yet to say yes) or `asked` (it waits)."""
    wish = borrow.Wish(body.kind, body.begins_at.astimezone(UTC), body.ends_at.astimezone(UTC), body.thing, body.for_person)
    return borrow.ask(actor_of(request), wish, key)


@router.get("/me/bookings", response={200: BookingList, **PROBLEMS}, operation_id="myBookings")
def my_bookings(request: HttpRequest, before: str = "") -> Any:
    """List one's bookings and those of one's wards, newest first."""
    person, moment = own(request), now()
    rows = lending.booked_by([person, *people.wards_of(person, moment)], before=id_cursor(before), limit=SIZE + 1)
    return page(rows, shown, lambda row: row.id)


@router.get("/bookings/{uuid:booking}", response={200: BookingOut, **PROBLEMS}, operation_id="getBooking")
def get_booking(request: HttpRequest, booking: UUID) -> Any:
    """Return one booking to its borrower, who acts for them, or the desks of both sides."""
    return shown(borrow.booking_for(actor_of(request), booking))


@router.post("/bookings/{uuid:booking}/agree", response={200: BookingState, **PROBLEMS}, operation_id="agreeBooking")
def agree_booking(request: HttpRequest, booking: UUID, key: Key) -> Any:
    """Take what is offered."""
    return borrow.agree(actor_of(request), booking, key)


@router.post("/bookings/{uuid:booking}/decline", response={200: BookingState, **PROBLEMS}, operation_id="declineBooking")
def decline_booking(request: HttpRequest, booking: UUID, key: Key) -> Any:
    """Want another one than the one offered."""
    borrow.decline(actor_of(request), booking, key)
    return _stands(booking)


@router.post("/bookings/{uuid:booking}/cancel", response={200: BookingState, **PROBLEMS}, operation_id="cancelBooking")
def cancel_booking(request: HttpRequest, booking: UUID, key: Key, body: Why) -> Any:
    """Take a booking back before it is handed out; a desk says why."""
    borrow.cancel(actor_of(request), booking, body.reason, key)
    return _stands(booking)


@router.post("/bookings/{uuid:booking}/approve", response={200: BookingState, **PROBLEMS}, operation_id="approveBooking")
def approve_booking(request: HttpRequest, booking: UUID, key: Key) -> Any:
    """Say yes as the community that lends."""
    return lend.approve(actor_of(request), booking, key)


@router.post("/bookings/{uuid:booking}/refuse", response={200: BookingState, **PROBLEMS}, operation_id="refuseBooking")
def refuse_booking(request: HttpRequest, booking: UUID, key: Key, body: Why) -> Any:
    """Say no with a reason: a request that waits ends, for an offer another thing is looked for."""
    lend.refuse(actor_of(request), booking, body.reason, key)
    return _stands(booking)


@router.post("/bookings/{uuid:booking}/hand-out", response={200: BookingState, **PROBLEMS}, operation_id="handOut")
def hand_out(request: HttpRequest, booking: UUID, key: Key, body: HandedOut) -> Any:
    """Hand the thing out, now or at a moment written down on paper."""
    lend.hand_out(actor_of(request), booking, body.at.astimezone(UTC) if body.at else None, key)
    return _stands(booking)


@router.post("/bookings/{uuid:booking}/take-back", response={200: BookingState, **PROBLEMS}, operation_id="takeBack")
def take_back(request: HttpRequest, booking: UUID, key: Key, body: TakenBack) -> Any:
    """Take the thing back; what is broken or lost is out of use, and who booked it next gets another."""
    lend.take_back(actor_of(request), booking, body.condition, body.at.astimezone(UTC) if body.at else None, key)
    return _stands(booking)
