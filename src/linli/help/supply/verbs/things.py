"""Writes about things that are lent: entered, out of use, taken back; and the alliances that share them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from linli.help.supply.core.bookings import OUT, UNUSABLE, Condition
from linli.help.supply.core.helpers import CERTIFICATES, Slot, good_point
from linli.help.supply.core.things import KINDS, UNITS_MAX, bad_hours
from linli.help.supply.models import NAME_MAX, NOTE_MAX, Alliance, Blackout, Booking, Member, Thing, Unit
from linli.help.supply.verbs.bookings import clear, happened, locked, move, payload_of, text_of
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step

COMMUNITY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class NewThing:
    """A thing to be entered: `hours` as (weekday, from minute, until minute), none for always; `units` how many there are of it."""

    kind: str
    name: str
    place: str
    units: int = 1
    hours: tuple[Slot, ...] = ()
    minutes_max: int | None = None
    only_group: bool = False
    certificate: str = ""
    ask_first: bool = False
    shared: bool = True
    note: str = ""
    lat_micro: int | None = None
    lon_micro: int | None = None
    synthetic: bool = False


def _checked(new: NewThing) -> NewThing:
    wrong = (
        ("kind", new.kind not in KINDS),
        ("units", not 1 <= new.units <= UNITS_MAX),
        ("hours", bad_hours(new.hours)),
        ("minutes_max", new.minutes_max is not None and not 1 <= new.minutes_max <= 527_040),
        ("certificate", new.certificate not in ("", *CERTIFICATES)),
        ("point", not good_point(new.lat_micro, new.lon_micro)),
        ("place", len(new.place) < COMMUNITY_DIGITS),
    )
    field = next((name for name, bad in wrong if bad), None)
    if field is not None:
        raise Refused(Refusal.INPUT_INVALID, field=field)
    return new


def enter_thing(s: Step, new: NewThing) -> UUID:
    """Enter a thing with its units. Raises Refused(INPUT_INVALID, INPUT_MISSING, INPUT_TOO_LONG) naming the field."""
    n = _checked(new)
    name, note, pk = text_of(n.name, "name", NAME_MAX), text_of(n.note, "note", NOTE_MAX, needed=False), new_id(s.now)
    Thing.objects.create(
        id=pk, kind=n.kind, name=name, place_code=n.place, lat_micro=n.lat_micro, lon_micro=n.lon_micro, hours=[list(x) for x in n.hours],
        minutes_max=n.minutes_max, only_group=n.only_group, certificate=n.certificate, ask_first=n.ask_first, shared=n.shared, note=note,
        synthetic=n.synthetic, entered_by=s.actor.person, entered_at=s.now,
    )  # fmt: skip
    Unit.objects.bulk_create(Unit(id=new_id(s.now), thing_id=pk, number=number) for number in range(1, n.units + 1))
    s.record("thing:entered", place=n.place[:12], payload={"thing": str(pk), "kind": n.kind, "units": n.units})
    return pk


def _thing(thing: UUID) -> Thing:
    row = Thing.objects.select_for_update().filter(pk=thing).first()
    if row is None:
        raise NotFound
    return row


def retire_thing(s: Step, thing: UUID) -> list[UUID]:
    """Lend a thing no more; return the bookings that have to look elsewhere. Raises NotFound, Refused(THING_OUT, STATE_FORBIDS)."""
    row = _thing(thing)
    if row.retired_at is not None:
        raise Refused(Refusal.STATE_FORBIDS)
    if Booking.objects.filter(unit__thing=thing, state__in=OUT).exists():
        raise Refused(Refusal.THING_OUT)
    released = clear(s, Q(unit__thing=thing), (s.now, None), "retired")
    Thing.objects.filter(pk=thing).update(retired_at=s.now)
    s.record("thing:retired", place=row.place_code[:12], payload={"thing": str(thing), "released": len(released)})
    return released


def black_out(s: Step, thing: UUID, unit: UUID | None, span: tuple[datetime, datetime | None], reason: str) -> tuple[UUID, list[UUID]]:
    """Take a thing, or one unit, out of use for a span (without an end: until somebody ends it); return it and the bookings that have to look
    elsewhere. Raises NotFound, Refused(REASON_REQUIRED, INPUT_INVALID, THING_OUT), THING_TAKEN where a booking or a blackout was quicker.
    """  # fmt: skip
    row = _thing(thing)
    why = text_of(reason, "reason", NOTE_MAX)
    begins_at, ends_at = span
    if ends_at is not None and ends_at <= max(begins_at, s.now):
        raise Refused(Refusal.INPUT_INVALID, field="ends_at")
    if unit is not None and not Unit.objects.filter(pk=unit, thing=thing).exists():
        raise Refused(Refusal.INPUT_INVALID, field="unit")
    released = clear(s, Q(unit=unit) if unit else Q(unit__thing=thing), span, "blackout")
    pk = new_id(s.now)
    try:
        with transaction.atomic():
            Blackout.objects.create(
                id=pk,
                thing=row,
                unit_id=unit,
                begins_at=begins_at,
                ends_at=ends_at,
                reason=why,
                by_person=s.actor.person,
                recorded_at=s.now,
            )
    except IntegrityError:
        raise Refused(Refusal.THING_TAKEN) from None
    s.record("thing:blacked_out", place=row.place_code[:12], payload={"thing": str(thing), "blackout": str(pk), "released": len(released)})
    return pk, released


def end_blackout(s: Step, blackout: UUID) -> UUID:
    """End a blackout before its time; return the thing. Raises NotFound."""
    row = Blackout.objects.select_for_update().filter(pk=blackout, ended_at=None).select_related("thing").first()
    if row is None:
        raise NotFound
    Blackout.objects.filter(pk=blackout).update(ended_at=s.now)
    s.record("thing:restored", place=row.thing.place_code[:12], payload={"thing": str(row.thing_id), "blackout": str(blackout)})
    return row.thing_id


def take_back(s: Step, booking: UUID, condition: Condition, at: datetime | None) -> list[UUID]:
    """Take a unit back, now or `at`; a broken or lost one is out of use from now on. Return the bookings that have to look elsewhere.

    Raises NotFound, Refused(STATE_FORBIDS, INPUT_INVALID).
    """
    row = locked(booking)
    if row.unit is None or row.handed_out_at is None:
        raise Refused(Refusal.STATE_FORBIDS)
    moment = happened(s, at, row.handed_out_at, "at")
    move(s, row, "take_back", reason=condition.value, occurred_at=moment, returned_at=moment, condition=condition.value)
    s.record("booking:returned", place=row.unit.thing.place_code[:12], payload=payload_of(row, condition=condition.value))
    if condition not in UNUSABLE:
        return []
    _pk, released = black_out(s, row.unit.thing_id, row.unit_id, (s.now, None), condition.value)
    return released


def form_alliance(s: Step, name: str, place: str, agreement: str, communities: Iterable[str]) -> UUID:
    """Enter an alliance of at least two communities. Raises Refused(INPUT_MISSING, INPUT_INVALID, INPUT_TOO_LONG, ALREADY_ALLIED)."""
    members, pk = sorted(set(communities)), new_id(s.now)
    if len(members) < 2:
        raise Refused(Refusal.INPUT_INVALID, field="communities")
    Alliance.objects.create(
        id=pk, name=text_of(name, "name", NAME_MAX), place_code=place, agreement=text_of(agreement, "agreement", NOTE_MAX), formed_at=s.now,
        formed_by=s.actor.person,
    )  # fmt: skip
    s.record("alliance:formed", place=place, payload={"alliance": str(pk), "communities": members})
    for community in members:
        join_alliance(s, pk, community)
    return pk


def join_alliance(s: Step, alliance: UUID, community: str) -> None:
    """Let a community into an alliance from now on. Raises NotFound, Refused(ALREADY_ALLIED) where it is in one (the database decides)."""
    if len(community) != COMMUNITY_DIGITS:
        raise Refused(Refusal.INPUT_INVALID, field="communities")
    if not Alliance.objects.filter(pk=alliance).exists():
        raise NotFound
    try:
        with transaction.atomic():
            Member.objects.create(alliance_id=alliance, community_code=community, since=s.now)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_ALLIED, field="communities") from None
    s.record("alliance:joined", place=community, payload={"alliance": str(alliance)})


def leave_alliance(s: Step, alliance: UUID, community: str) -> None:
    """Let a community leave; what was booked stays booked to its end. Raises NotFound, Refused(STATE_FORBIDS) within the moment it joined."""
    row = Member.objects.select_for_update().filter(alliance=alliance, community_code=community, until=None).first()
    if row is None:
        raise NotFound
    if row.since >= s.now:
        raise Refused(Refusal.STATE_FORBIDS)
    Member.objects.filter(pk=row.pk).update(until=s.now)
    s.record("alliance:left", place=community, payload={"alliance": str(alliance)})
