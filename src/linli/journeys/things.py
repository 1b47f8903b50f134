"""What a community lends: entered, out of use for a time, lent no more; and the alliances in which communities share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.places.core import Point
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import BookingRow, ThingRow
from linli.help.supply.verbs import things as supply
from linli.help.supply.verbs.things import NewThing
from linli.journeys.corridor import OpenStep, step
from linli.kernel.actor import STAFF, Actor, Role
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused

UPPER = frozenset({Role.DISPATCHER, Role.CITY})


def facts_of(row: BookingRow) -> dict[str, str | int]:
    """Return what a notice about a booking tells."""
    return {"thing": row.kind, "number": row.number, "starts_at": row.begins_at.isoformat(), "ends_at": row.ends_at.isoformat()}


def tell_borrower(s: OpenStep, row: BookingRow, kind: str) -> None:
    """Tell who borrows, and those who act for them."""
    people.tell_each(
        s, kind, (row.borrower, *people_reads.guardians_of(row.borrower, s.now)), about=f"booking:{row.id}", facts=facts_of(row)
    )


def tell_workers(s: OpenStep, row: BookingRow, kind: str, communities: Iterable[str]) -> None:
    """Tell the workers of communities, each once."""
    for community in sorted(set(communities) - {""}):
        people.tell(s, kind, about=f"booking:{row.id}", post=(Role.WORKER, community), facts=facts_of(row))


def look_elsewhere(s: OpenStep, released: Collection[UUID]) -> None:
    """Tell those whose unit is gone that another is looked for, and let the matcher try at once."""
    for row in lending.bookings(released).values():
        end_access(s, row.id)
        tell_borrower(s, row, "booking.released")
        s.later("booking.match", {"booking": str(row.id)})


def end_access(s: OpenStep, booking: UUID) -> None:
    """Close what a booking had opened to the lender."""
    people.close_access(s, f"booking:{booking}")


def thing_for(actor: Actor, thing: UUID) -> ThingRow:
    """Return a thing of one of the actor's places, as staff. Raises NotFound."""
    row = lending.thing(thing)
    if not actor.holds_any(STAFF, row.place):
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class ThingForm:
    """A thing to be entered: `hours` as (weekday, from minute, until minute) Beijing time, none for always; `units` how many there are."""

    kind: str
    name: str
    place: str
    units: int = 1
    hours: tuple[tuple[int, int, int], ...] = ()
    minutes_max: int | None = None
    only_group: bool = False
    certificate: str = ""
    ask_first: bool = False
    shared: bool = True
    note: str = ""
    synthetic: bool = False


def _some_point(community: str) -> Point | None:
    """Return where some house of a community stands: near enough for a walk from the next one, where the place itself has no point."""
    return next((house.point for house in places.buildings(community) if house.point is not None), None)


def enter_thing(actor: Actor, new: ThingForm, key: str) -> dict[str, Any]:
    """Enter something a community lends; it stands where its place is, for walks. Returns {"thing"}. Raises Refused naming the field."""
    place = places.checked(new.place)
    if place.level < places.COMMUNITY:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    inputs = {
        "kind": new.kind, "name": new.name, "place": new.place, "units": new.units, "hours": [list(slot) for slot in new.hours],
        "minutes": new.minutes_max, "terms": [new.only_group, new.certificate, new.ask_first, new.shared], "note": new.note,
    }  # fmt: skip
    with step(actor, key, "thing.enter", inputs, place=new.place) as s:
        if s.answer is not None:
            return s.answer
        point = place.point or _some_point(new.place[:12])
        row = NewThing(
            new.kind, new.name, new.place, new.units, new.hours, new.minutes_max, new.only_group, new.certificate, new.ask_first, new.shared,
            new.note, point.lat_udeg if point else None, point.lon_udeg if point else None, new.synthetic,
        )  # fmt: skip
        return s.done({"thing": str(supply.enter_thing(s, row))})


def retire_thing(actor: Actor, thing: UUID, key: str) -> dict[str, Any]:
    """Lend a thing no more; who had booked it gets another where there is one. Raises NotFound, Refused(THING_OUT)."""
    row = thing_for(actor, thing)
    with step(actor, key, "thing.retire", {"thing": str(thing)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        released = supply.retire_thing(s, thing)
        look_elsewhere(s, released)
        return s.done({"thing": str(thing), "released": len(released)})


def black_out(
    actor: Actor, thing: UUID, span: tuple[datetime | None, datetime | None], reason: str, key: str, *, unit: int | None = None
) -> dict[str, Any]:
    """Take a thing, or its unit of a number, out of use over a span (from None: now; until None: until somebody ends it), with a reason.

    Bookings in that time look elsewhere and are told. Returns {"blackout", "released"}. Raises NotFound,
    Refused(REASON_REQUIRED, INPUT_INVALID, THING_OUT, THING_TAKEN).
    """
    row = thing_for(actor, thing)
    begins_at, ends_at = span
    if unit is not None and not 1 <= unit <= len(row.units):
        raise Refused(Refusal.INPUT_INVALID, field="unit")
    inputs = {"thing": str(thing), "unit": unit, "from": str(begins_at), "until": str(ends_at), "reason": reason}
    with step(actor, key, "thing.black_out", inputs, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        of_unit = row.units[unit - 1] if unit is not None else None
        blackout, released = supply.black_out(s, thing, of_unit, (begins_at or s.now, ends_at), reason)
        look_elsewhere(s, released)
        return s.done({"blackout": str(blackout), "released": len(released)})


def restore(actor: Actor, blackout: UUID, key: str) -> dict[str, Any]:
    """End a blackout before its time. Raises NotFound."""
    row = thing_for(actor, lending.blackout_thing(blackout).id)
    with step(actor, key, "thing.black_out", {"end": str(blackout)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        supply.end_blackout(s, blackout)
        return s.done({"thing": str(row.id)})


def _covered(actor: Actor, communities: Collection[str]) -> None:
    if not all(actor.holds_any(UPPER, community) for community in communities):
        raise NotAllowed("alliance.form")


def _tell_joined(s: OpenStep, alliance: UUID, name: str, communities: Iterable[str]) -> None:
    for community in communities:
        people.tell(s, "alliance.joined", about=f"alliance:{alliance}", post=(Role.WORKER, community), facts={"name": name})


def form_alliance(actor: Actor, place: str, name: str, agreement: str, communities: Collection[str], key: str) -> dict[str, Any]:
    """Enter an alliance of communities of one's street (or wider place) on their agreement; returns {"alliance"}.

    Raises NotAllowed for a community of somebody else, Refused(PLACE_UNKNOWN, INPUT_MISSING, INPUT_INVALID, ALREADY_ALLIED).
    """
    _covered(actor, communities)
    known = places.names(communities)
    if any(code not in known or len(code) != 12 for code in communities):
        raise Refused(Refusal.PLACE_UNKNOWN, field="communities")
    inputs = {"place": place, "name": name, "agreement": agreement, "communities": sorted(communities)}
    with step(actor, key, "alliance.form", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        alliance = supply.form_alliance(s, name, place, agreement, communities)
        _tell_joined(s, alliance, name, sorted(communities))
        return s.done({"alliance": str(alliance)})


def alliance_for(actor: Actor, alliance: UUID, moment: datetime) -> lending.AllianceRow:
    """Return an alliance of the actor's street or wider place. Raises NotFound."""
    row = lending.alliance(alliance, moment)
    if not actor.holds_any(UPPER, row.place):
        raise NotFound
    return row


def change_alliance(actor: Actor, alliance: UUID, community: str, joins: bool, key: str) -> dict[str, Any]:
    """Let a community join an alliance or leave it; what was booked stays booked. Raises NotFound, NotAllowed, Refused(ALREADY_ALLIED)."""
    row = alliance_for(actor, alliance, now())
    _covered(actor, [community])
    with step(actor, key, "alliance.change", {"alliance": str(alliance), "community": community, "joins": joins}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        if joins:
            supply.join_alliance(s, alliance, community)
            _tell_joined(s, alliance, row.name, [community])
        else:
            supply.leave_alliance(s, alliance, community)
        return s.done({"alliance": str(alliance)})
