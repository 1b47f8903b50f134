"""Queries over things that are lent, who shares them, when they are free, and their bookings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from linli.help.supply.core.bookings import OUT, RUNNING, State
from linli.help.supply.core.helpers import Slot
from linli.help.supply.core.things import KINDS, Manner, Span, Terms, merged, opened, without
from linli.help.supply.models import Alliance, Blackout, Booking, BookingFlip, Certificate, Member, Round, Taken, Thing, Unit
from linli.help.supply.terms import circles, members_at, terms_of
from linli.kernel.errors import NotFound

STILL_OUT = timedelta(days=1)  # what is overdue is not counted on for so long
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing as everybody may see it; `units` in order of their numbers."""

    id: UUID
    kind: str
    name: str
    place: str
    lat_micro: int | None
    lon_micro: int | None
    terms: Terms
    ask_first: bool
    note: str
    units: tuple[UUID, ...]
    synthetic: bool

    @property
    def community(self) -> str:
        """Return the code of the community that lends it."""
        return self.place[:12]

    @property
    def hours(self) -> tuple[Slot, ...]:
        """Return its opening hours."""
        return self.terms.hours


def _things(rows: QuerySet[Thing]) -> tuple[ThingRow, ...]:
    units = Unit.objects.filter(thing=OuterRef("pk")).order_by("number").values("pk")
    return tuple(
        ThingRow(
            t.pk, t.kind, t.name, t.place_code, t.lat_micro, t.lon_micro, terms_of(t), t.ask_first, t.note, tuple(t.unit_ids), t.synthetic,
        )
        for t in rows.annotate(unit_ids=ArraySubquery(units)).order_by("kind", "place_code", "name", "pk")
    )  # fmt: skip


def thing(pk: UUID) -> ThingRow:
    """Return one thing. Raises NotFound."""
    found = _things(Thing.objects.filter(pk=pk))
    if not found:
        raise NotFound
    return found[0]


def things_in(communities: Collection[str], kinds: Collection[str] = (), *, retired: bool = False) -> tuple[ThingRow, ...]:
    """Return the things that communities lend, of `kinds` or of all; one query."""
    where = Q(pk=None)
    for code in sorted(communities):
        where |= Q(place_code__startswith=code)
    rows = Thing.objects.filter(where) if retired else Thing.objects.filter(where, retired_at=None)
    return _things(rows.filter(kind__in=kinds) if kinds else rows)


def things_shared(community: str, kinds: Collection[str], moment: datetime) -> tuple[ThingRow, ...]:
    """Return the things of `kinds` that a community and all that share with it lend; one query."""
    live = Member.objects.filter(members_at(moment))
    allies = live.filter(alliance__in=live.filter(community_code=community).values("alliance")).values("community_code")
    rows = Thing.objects.annotate(community=Left("place_code", 12)).filter(
        Q(community=community) | Q(community__in=allies), retired_at=None
    )
    return _things(rows.filter(kind__in=kinds))


def things_by_id(ids: Collection[UUID]) -> dict[UUID, ThingRow]:
    """Return things by id; one query."""
    return {row.id: row for row in _things(Thing.objects.filter(pk__in=ids))}


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A time in which a unit is not free: `booking` or a blackout with its `reason`."""

    unit: UUID
    begins_at: datetime
    ends_at: datetime
    booking: UUID | None
    state: str
    borrower: UUID | None
    blackout: UUID | None
    reason: str


def taken(units: Collection[UUID], window: Span, moment: datetime) -> tuple[TakenRow, ...]:
    """Return what takes units in a window, in order of time; what is overdue counts as out for a day more. One query."""
    begin, end = window
    late = Q(booking__state=State.OVERDUE.value)
    rows = Taken.objects.filter(Q(ends_at=None) | Q(ends_at__gt=begin) | late, unit__in=units, begins_at__lt=end).order_by(
        "begins_at", "pk"
    )
    columns = rows.values_list(
        "unit", "begins_at", "ends_at", "booking", "booking__state", "booking__borrower", "blackout", "blackout__reason"
    )
    found = []
    for unit, begins, ends, booking, state, borrower, blackout, reason in columns:
        until = ends or end
        until = max(until, moment + STILL_OUT) if state == State.OVERDUE.value else until
        found.append(TakenRow(unit, begins, until, booking, state or "", borrower, blackout, reason or ""))
    return tuple(found)


def recent_uses(units: Collection[UUID], moment: datetime) -> dict[UUID, int]:
    """Return how often each unit was booked in the last thirty days; one query."""
    rows = Booking.objects.filter(unit__in=units, begins_at__gt=moment - RECENT).exclude(state="cancelled").values_list("unit")
    return dict(rows.annotate(n=Count("pk")).values_list("unit", "n"))


@dataclass(frozen=True, slots=True)
class BlackoutRow:
    """A blackout that still holds."""

    id: UUID
    unit: int | None
    begins_at: datetime
    ends_at: datetime | None
    reason: str


def blackouts_of(thing_id: UUID, moment: datetime) -> tuple[BlackoutRow, ...]:
    """Return the blackouts of a thing that hold or come; `unit` is the number of the one it is about, None for all. One query."""
    rows = Blackout.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment), thing=thing_id, ended_at=None).order_by("begins_at")
    return tuple(BlackoutRow(*row) for row in rows.values_list("pk", "unit__number", "begins_at", "ends_at", "reason"))


def blackout_thing(blackout: UUID) -> ThingRow:
    """Return the thing a blackout is of. Raises NotFound."""
    found = Blackout.objects.filter(pk=blackout).values_list("thing", flat=True).first()
    if found is None:
        raise NotFound
    return thing(found)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking; `thing`, `thing_name`, `unit` and `lender` are '' or None while it waits. No name of anybody."""

    id: UUID
    number: str
    kind: str
    borrower: UUID
    place: str
    group: str
    urgent: bool
    begins_at: datetime
    ends_at: datetime
    state: State
    unit: UUID | None
    unit_number: int | None
    thing: UUID | None
    thing_name: str
    thing_place: str
    thing_note: str
    walk_metres: int | None
    agreed: bool
    approved: bool
    offer_until: datetime | None
    declined: frozenset[UUID]
    answer_by: datetime
    channel: str
    entered_by: UUID | None
    handed_out_at: datetime | None
    returned_at: datetime | None
    condition: str
    asked_at: datetime
    ended_at: datetime | None

    @property
    def community(self) -> str:
        """Return the community of who borrows."""
        return self.place[:12]

    @property
    def lender(self) -> str:
        """Return the community that lends, '' while none does."""
        return self.thing_place[:12]

    @property
    def manner(self) -> Manner:
        """Return whether it is by the hour or by the day."""
        return KINDS[self.kind]


def _booking(b: Any) -> BookingRow:
    unit = b.unit
    of = unit.thing if unit else None
    return BookingRow(
        b.pk, b.number, b.kind, b.borrower, b.place_code, b.group, b.urgent, b.begins_at, b.ends_at, State(b.state), b.unit_id,
        unit.number if unit else None, of.pk if of else None, of.name if of else "", of.place_code if of else "", of.note if of else "",
        b.walk_metres, b.agreed_at is not None, b.approved_at is not None, b.offer_until, frozenset(b.declined), b.answer_by, b.channel,
        b.entered_by, b.handed_out_at, b.returned_at, b.condition, b.asked_at, b.ended_at,
    )  # fmt: skip


def _bookings(rows: QuerySet[Booking]) -> tuple[BookingRow, ...]:
    return tuple(_booking(row) for row in rows.select_related("unit__thing"))


def booking(pk: UUID) -> BookingRow:
    """Return one booking. Raises NotFound."""
    found = bookings([pk])
    if pk not in found:
        raise NotFound
    return found[pk]


def bookings(ids: Collection[UUID]) -> dict[UUID, BookingRow]:
    """Return bookings by id; one query, none where there are no ids."""
    return {row.id: row for row in _bookings(Booking.objects.filter(pk__in=ids))} if ids else {}


def bookings_of(persons: Collection[UUID], *, running: bool = False, limit: int = 20) -> tuple[BookingRow, ...]:
    """Return the bookings of people, those that run first, then the newest; one query."""
    rows = Booking.objects.filter(borrower__in=persons)
    rows = rows.filter(ended_at=None) if running else rows
    found = _bookings(rows.order_by("-asked_at", "pk")[:limit])
    return tuple(sorted(found, key=lambda b: b.state not in RUNNING))


def booked_by(persons: Collection[UUID], *, before: UUID | None, limit: int) -> tuple[BookingRow, ...]:
    """Return a page of the bookings of people, newest first, those before `before`; one query."""
    rows = Booking.objects.filter(borrower__in=persons)
    return _bookings((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[:limit])


def _lent_by(place: str) -> Q:
    return Q(unit__thing__place_code__startswith=place)


def to_do(place: str, *, limit: int = 100) -> tuple[BookingRow, ...]:
    """Return what runs for a community's desk: what it lends, and what its residents wait for; soonest first. One query."""
    rows = Booking.objects.filter(_lent_by(place) | Q(unit=None, place_code__startswith=place), ended_at=None)
    return _bookings(rows.order_by("begins_at", "pk")[:limit])


def of_thing(thing_id: UUID, since: datetime, *, limit: int = 60) -> tuple[BookingRow, ...]:
    """Return the bookings of a thing that end after `since`, soonest first; one query."""
    rows = Booking.objects.filter(unit__thing=thing_id, ends_at__gt=since).exclude(state__in=["cancelled", "refused"])
    return _bookings(rows.order_by("begins_at", "pk")[:limit])


def waiting() -> tuple[BookingRow, ...]:
    """Return every request that waits for a thing and has not run out of time, oldest first; one query."""
    return _bookings(Booking.objects.filter(state=State.ASKED.value).order_by("asked_at", "pk"))


def waiting_in(communities: Collection[str]) -> tuple[BookingRow, ...]:
    """Return the requests of communities that wait, soonest first; one query."""
    where = Q(pk=None)
    for code in sorted(communities):
        where |= Q(place_code__startswith=code)
    return _bookings(Booking.objects.filter(where, state=State.ASKED.value).order_by("begins_at", "pk"))


@dataclass(frozen=True, slots=True)
class Due:
    """What the clock has to look at, by what may be due; each is looked at again under its lock."""

    offers: tuple[BookingRow, ...]
    unmet: tuple[BookingRow, ...]
    unanswered: tuple[BookingRow, ...]
    ending: tuple[BookingRow, ...]


def due(moment: datetime, *, remind: timedelta, limit: int) -> Due:
    """Return bookings a clock may have to act on at `moment`; one query.

    Policy's own numbers are asked for by the caller: `remind` is the longest of them.
    """
    running = Q(ended_at=None)
    offers = Q(state=State.OFFERED.value, offer_until__lte=moment)
    unmet = Q(state__in=[State.ASKED.value, State.BOOKED.value], begins_at__lte=moment)
    unanswered = Q(state=State.ASKED.value, answer_by__lte=moment, risen_at=None)
    ending = Q(state=State.HANDED_OUT.value, ends_at__lte=moment + remind)
    quiet = ending & Q(reminded_at__isnull=False, ends_at__gt=moment)
    found = _bookings(
        Booking.objects.filter(running & (offers | unmet | unanswered | ending)).exclude(quiet).order_by("ends_at", "pk")[:limit]
    )
    return Due(
        tuple(b for b in found if b.state is State.OFFERED),
        tuple(b for b in found if b.state in {State.ASKED, State.BOOKED} and b.begins_at <= moment),
        tuple(b for b in found if b.state is State.ASKED and b.begins_at > moment),
        tuple(b for b in found if b.state is State.HANDED_OUT),
    )


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One change of a booking: what happened, when, when it was learned."""

    event: str
    new: str
    reason: str
    occurred_at: datetime
    recorded_at: datetime


def history(pk: UUID) -> tuple[FlipRow, ...]:
    """Return what happened to a booking, oldest first; one query."""
    rows = BookingFlip.objects.filter(booking=pk).order_by("pk")
    return tuple(FlipRow(*row) for row in rows.values_list("event", "new", "reason", "occurred_at", "recorded_at"))


@dataclass(frozen=True, slots=True)
class AllianceRow:
    """An alliance and its members of this moment."""

    id: UUID
    name: str
    place: str
    agreement: str
    formed_at: datetime
    members: tuple[str, ...]


def alliances(place: str, moment: datetime) -> tuple[AllianceRow, ...]:
    """Return the alliances that have a member below a place (or, asked for a community, that it is in); one query."""
    members = Member.objects.filter(members_at(moment), alliance=OuterRef("pk")).order_by("community_code").values("community_code")
    inside = Member.objects.filter(members_at(moment), community_code__startswith=place).values("alliance")
    rows = Alliance.objects.filter(pk__in=inside).annotate(codes=ArraySubquery(members)).order_by("formed_at", "pk")
    return tuple(AllianceRow(a.pk, a.name, a.place_code, a.agreement, a.formed_at, tuple(a.codes)) for a in rows)


def alliance(pk: UUID, moment: datetime) -> AllianceRow:
    """Return one alliance. Raises NotFound."""
    row = Alliance.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    codes = Member.objects.filter(members_at(moment), alliance=pk).order_by("community_code").values_list("community_code", flat=True)
    return AllianceRow(row.pk, row.name, row.place_code, row.agreement, row.formed_at, tuple(codes))


def circle(community: str, moment: datetime) -> frozenset[str]:
    """Return all communities that share with one, itself among them; one query."""
    return circles([community], moment)[community]


@dataclass(frozen=True, slots=True)
class Lent:
    """How often one community lent to another: bookings that were handed out."""

    lender: str
    borrower: str
    n: int


def lent(communities: Collection[str], since: datetime) -> tuple[Lent, ...]:
    """Return who lent to whom among communities since a moment; one query."""
    where = Q(pk=None)
    for code in sorted(communities):
        where |= _lent_by(code)
    rows = Booking.objects.filter(where, handed_out_at__gte=since).values_list("unit__thing__place_code", "place_code")
    counted: dict[tuple[str, str], int] = {}
    for lender, borrower in rows:
        key = lender[:12], borrower[:12]
        counted[key] = counted.get(key, 0) + 1
    return tuple(Lent(*key, n) for key, n in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def out_now(things: Iterable[ThingRow]) -> Mapping[UUID, int]:
    """Return how many units of each thing are with somebody; one query."""
    rows = Booking.objects.filter(unit__thing__in=[t.id for t in things], state__in=OUT).values_list("unit__thing")
    return dict(rows.annotate(n=Count("pk")).values_list("unit__thing", "n"))


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One batch: how many waited, how many units were looked at, how many were offered, its worth and bound in policy's points."""

    at: datetime
    waiting: int
    units: int
    offered: int
    value: int
    bound: int
    milliseconds: int


def rounds(communities: Collection[str], *, limit: int = 5) -> tuple[RoundRow, ...]:
    """Return the last batches of communities that share, newest first; one query."""
    rows = Round.objects.filter(community_code__in=communities).order_by("-at", "-pk")[:limit]
    return tuple(RoundRow(*row) for row in rows.values_list("at", "waiting", "units", "offered", "value", "bound", "milliseconds"))


def known_kinds() -> dict[str, Manner]:
    """Return every kind of thing with how it is lent."""
    return dict(KINDS)


def certificates_of(persons: Collection[UUID], moment: datetime) -> dict[UUID, frozenset[str]]:
    """Return the certificates of people that hold at a moment; one query."""
    found: dict[UUID, set[str]] = {}
    for person, kind in Certificate.objects.filter(helper__in=persons, valid_until__gte=moment.date()).values_list("helper", "kind"):
        found.setdefault(person, set()).add(kind)
    return {person: frozenset(kinds) for person, kinds in found.items()}


@dataclass(frozen=True, slots=True)
class DayFree:
    """A Beijing day of a thing: how many units are free for all of its opening hours that day, and when any unit is free; both empty: closed."""

    begins_at: datetime
    is_open: bool
    units: int
    spans: tuple[Span, ...]


def free_days(things: Collection[ThingRow], first: datetime, days: int, moment: datetime) -> dict[UUID, tuple[DayFree, ...]]:
    """Return for each thing when it is free on `days` days from the midnight `first` on; what is past of today is left out. One query."""
    window = first, first + timedelta(days=days)
    busy: dict[UUID, list[Span]] = {}
    for row in taken([unit for t in things for unit in t.units], window, moment):
        busy.setdefault(row.unit, []).append((row.begins_at, row.ends_at))
    found: dict[UUID, tuple[DayFree, ...]] = {}
    for t in things:
        lines = []
        for n in range(days):
            begin = max(first + timedelta(days=n), moment)
            open_ = opened(t.hours, (begin, first + timedelta(days=n + 1)))
            left = [without(open_, busy.get(unit, ())) for unit in t.units]
            spans = merged([span for one in left for span in one])
            lines.append(DayFree(first + timedelta(days=n), bool(open_), sum(one == open_ and bool(open_) for one in left), spans))
        found[t.id] = tuple(lines)
    return found
