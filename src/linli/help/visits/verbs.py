"""Writes of the visits room: offers, the visit from booking to both confirmations, disputes and corrections."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.help.visits.core import DONE, GONE, MOVES, OFFER_MOVES, OfferState, VisitState, Way, code_fits
from linli.help.visits.models import MINUTES_MAX, Offer, Ticked, Visit, VisitFlip
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.hours import Agreed, settle_claims
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.kernel.text import clean


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer to be made. `reasons` are [code, number] pairs."""

    need: UUID
    helper: UUID
    resident: UUID | None
    service: str
    place: str
    starts_at: datetime
    minutes: int
    cost: int
    walk_minutes: int | None
    reasons: tuple[tuple[str, int], ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Booked:
    """A visit that was booked."""

    id: UUID
    need: UUID
    helper: UUID
    resident: UUID | None
    service: str
    place: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Seated:
    """After one of two said yes: both visits, the earlier seat first, or the one that waits for the other until `waits_until`.

    `gone`: whoever had waited and can not come at the time that it would be now.
    """

    booked: tuple[Booked, ...] = ()
    waiting: Booked | None = None
    waits_until: datetime | None = None
    gone: Booked | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """After a claim: state 'waiting', 'confirmed' (with minutes) or 'disputed'."""

    state: str
    minutes: int | None
    need: UUID
    helper: UUID
    resident: UUID | None
    place: str
    together: UUID | None = None


def _reason(text: str) -> str:
    try:
        kept = clean(text, length_max=300)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="reason", length_max=300) from None
    if not kept:
        raise Refused(Refusal.REASON_REQUIRED, field="reason")
    return kept


def _minutes(minutes: int, *, least: int) -> None:
    if not least <= minutes <= MINUTES_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="minutes")


def offer(s: Step, new: NewOffer) -> UUID | None:
    """Offer a need to a helper; None where they have a running offer for it already."""
    pk = new_id(s.now)
    row = Offer(
        id=pk, need=new.need, helper=new.helper, resident=new.resident, service=new.service, place_code=new.place,
        starts_at=new.starts_at, minutes_estimated=new.minutes, state=OfferState.MADE.value, cost=new.cost,
        walk_minutes=new.walk_minutes, reasons=[list(r) for r in new.reasons], by_person=s.actor.person, made_at=s.now,
        expires_at=new.expires_at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    s.record(
        "offer:made", place=new.place[:12], payload={"offer": str(pk), "need": str(new.need), "helper": str(new.helper), "cost": new.cost}
    )
    return pk


def _move_offer(s: Step, row: Offer, event: str) -> None:
    new = OFFER_MOVES.get((OfferState(row.state), event))
    won = new and Offer.objects.filter(pk=row.pk, state=row.state).update(state=new.value, answered_at=s.now)
    if not won:
        raise Refused(Refusal.OFFER_GONE)


def _offer(offer_id: UUID, helper: UUID | None) -> Offer:
    row = Offer.objects.select_for_update().filter(pk=offer_id).first()
    if row is None or (helper is not None and row.helper != helper):
        raise NotFound
    return row


def _said_yes(s: Step, offer_id: UUID) -> Offer:
    row = _offer(offer_id, s.actor.person)
    if row.expires_at <= s.now:
        raise Refused(Refusal.OFFER_GONE)
    _move_offer(s, row, "accept")
    s.record("offer:accepted", place=row.place_code[:12], payload={"offer": str(row.pk), "need": str(row.need), "helper": str(row.helper)})
    return row


def _book(s: Step, row: Offer, starts_at: datetime, state: VisitState, seed: bytes, **seat: Any) -> Visit:
    visit = Visit(
        id=new_id(s.now), need=row.need, offer=row, resident=row.resident, helper=row.helper, service=row.service, place_code=row.place_code,
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=row.minutes_estimated), minutes_estimated=row.minutes_estimated,
        state=state.value, seed=seed, booked_at=s.now, **seat,
    )  # fmt: skip
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        full = any(name in str(error) for name in ("visit_one_live", "visit_two_helpers"))
        raise Refused(Refusal.OFFER_GONE if full else Refusal.SLOT_TAKEN) from None
    event = "book" if state is VisitState.BOOKED else "wait"
    VisitFlip.objects.create(visit=visit, old="", new=visit.state, event=event, actor_ref=s.actor.ref, at=s.now)
    return visit


def _record_booked(s: Step, visit: Visit) -> None:
    both = {"together": str(visit.together)} if visit.together else {}
    payload = _payload(
        visit, offer=str(visit.offer_id), minutes_estimated=visit.minutes_estimated, starts_at=visit.starts_at.isoformat(), **both
    )
    s.record("visit:booked", place=visit.place_code[:12], payload=payload)


def _record_waiting(s: Step, visit: Visit) -> None:
    s.record("visit:waiting", place=visit.place_code[:12], payload=_payload(visit, together=str(visit.together)))


def _booked(visit: Visit) -> Booked:
    return Booked(
        visit.pk, visit.need, visit.helper, visit.resident, visit.service, visit.place_code, visit.starts_at, visit.minutes_estimated
    )


def accept(s: Step, offer_id: UUID, *, starts_at: datetime) -> Booked:
    """Accept one's offer and book the visit; other offers for the need are withdrawn.

    Raises NotFound for somebody else's offer, Refused(OFFER_GONE) where it lapsed or another was quicker, Refused(SLOT_TAKEN) where the
    helper is booked at that time (the database decides, whoever races).
    """
    row = _said_yes(s, offer_id)
    visit = _book(s, row, starts_at, VisitState.BOOKED, os.urandom(32))
    withdraw_offers(s, row.need)
    _record_booked(s, visit)
    return _booked(visit)


def take_seat(s: Step, offer_id: UUID, *, starts_at: datetime, waits_until: datetime) -> Seated:
    """Accept one's offer for a need that two adults go to: the first waits for the other, with the second both are booked.

    The caller holds the need's lock. Both begin when the later of them can. Raises as `accept`; the second seat taken is OFFER_GONE.
    """
    row, gone = _said_yes(s, offer_id), None
    other = Visit.objects.select_for_update(no_key=True).filter(need=row.need, state=VisitState.WAITING.value).first()
    if other is not None and not _begin_at(other, max(other.starts_at, starts_at)):
        _move(s, other, "release", reason="slot", changes={"waits_until": None})
        s.record("visit:released", place=other.place_code[:12], payload=_payload(other, why="slot"))
        gone = _booked(other)
        other = None
    if other is None:
        seat = {"together": new_id(s.now), "seat": 1, "waits_until": waits_until}
        visit = _book(s, row, starts_at, VisitState.WAITING, os.urandom(32), **seat)
        _record_waiting(s, visit)
        return Seated((), _booked(visit), waits_until, gone)
    visit = _book(s, row, other.starts_at, VisitState.BOOKED, bytes(other.seed), together=other.together, seat=3 - other.seat)
    _move(s, other, "join", changes={"waits_until": None})
    withdraw_offers(s, row.need)
    both = sorted((other, visit), key=lambda one: one.seat)
    for one in both:
        _record_booked(s, one)
    return Seated(tuple(_booked(one) for one in both))


def _begin_at(row: Visit, starts_at: datetime) -> bool:
    """Let a visit begin later; False where its helper is taken then."""
    row.starts_at, row.ends_at = starts_at, starts_at + timedelta(minutes=row.minutes_estimated)
    try:
        with transaction.atomic():
            Visit.objects.filter(pk=row.pk).update(starts_at=row.starts_at, ends_at=row.ends_at)
    except IntegrityError:
        return False
    return True


def wait_again(s: Step, visit: UUID, *, until: datetime) -> None:
    """Let a helper wait for another to go with, whose place became free. Raises Refused(STATE_FORBIDS) where they are not booked."""
    row = _locked(visit)
    _move(s, row, "wait", changes={"waits_until": until})
    _record_waiting(s, row)


def release(s: Step, visit: UUID, why: str, *, again_at: datetime | None = None) -> None:
    """Let somebody go who waits for the other, or stands at the door without them; `why` is a code.

    From `again_at` on they may be asked for the same need again. Raises Refused(STATE_FORBIDS).
    """
    row = _locked(visit)
    _move(s, row, "release", reason=why, changes={"waits_until": None})
    if again_at is not None:
        Offer.objects.filter(pk=row.offer_id).update(again_at=again_at)
    s.record("visit:released", place=row.place_code[:12], payload=_payload(row, why=why))


def decline(s: Step, offer_id: UUID) -> tuple[UUID, str]:
    """Decline one's offer; return (need, service). Raises NotFound, Refused(OFFER_GONE)."""
    row = _offer(offer_id, s.actor.person)
    _move_offer(s, row, "decline")
    s.record("offer:declined", place=row.place_code[:12], payload={"offer": str(row.pk), "need": str(row.need)})
    return row.need, row.service


def lapse(s: Step, offer_id: UUID) -> UUID | None:
    """Let an offer that nobody answered lapse; return its need, or None where it was answered in the meantime."""
    won = Offer.objects.filter(pk=offer_id, state=OfferState.MADE.value, expires_at__lte=s.now).update(
        state=OfferState.LAPSED.value, answered_at=s.now
    )
    if not won:
        return None
    row = Offer.objects.get(pk=offer_id)
    s.record("offer:lapsed", place=row.place_code[:12], payload={"offer": str(row.pk), "need": str(row.need)})
    return row.need


def withdraw_offers(s: Step, need: UUID, *, helpers: Collection[UUID] | None = None) -> None:
    """Withdraw every running offer for a need, or those of some helpers."""
    rows = Offer.objects.filter(need=need, state=OfferState.MADE.value)
    (rows if helpers is None else rows.filter(helper__in=helpers)).update(state=OfferState.WITHDRAWN.value, answered_at=s.now)


def ask_again(s: Step, need: UUID) -> None:
    """Let whoever was asked for a need before be asked for it again."""
    Offer.objects.filter(need=need).exclude(state=OfferState.MADE.value).update(again_at=s.now)


def _locked(visit: UUID) -> Visit:
    # Not against those who only point at the row: each of two who go together ticks the list of both.
    row = Visit.objects.select_for_update(no_key=True).filter(pk=visit).first()
    if row is None:
        raise NotFound
    return row


def _move(s: Step, row: Visit, event: str, *, reason: str = "", changes: dict[str, Any] | None = None) -> VisitState:
    old = VisitState(row.state)
    new = MOVES.get((old, event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    done = {"done_at": s.now} if new in DONE else {}
    Visit.objects.filter(pk=row.pk).update(state=new.value, **done, **(changes or {}))
    VisitFlip.objects.create(visit=row, old=old.value, new=new.value, event=event, reason=reason, actor_ref=s.actor.ref, at=s.now)
    return new


def _beside(row: Visit) -> Visit | None:
    """Return the visit of whoever goes along, if any."""
    if row.together is None:
        return None
    others = Visit.objects.filter(together=row.together).exclude(pk=row.pk)
    return others.exclude(state__in=[state.value for state in GONE]).first()


def _payload(row: Visit, **more: str | int | None) -> dict[str, str | int | None]:
    return {"visit": str(row.pk), "need": str(row.need), "helper": str(row.helper), **more}


def wrong_code(visit: UUID) -> None:
    """Count a wrong check-in code; called outside the refused step, so that the count stays."""
    Visit.objects.filter(pk=visit).update(wrong_tries=F("wrong_tries") + 1)


def check_in(s: Step, visit: UUID, code: str, *, window_minutes: int, early_minutes: int, tries_max: int) -> UUID:
    """Check the helper in by the code at the resident's side; return the need.

    Raises NotFound for a visit that is not the actor's, Refused(STATE_FORBIDS) for a second tap, Refused(CHECK_IN_TOO_EARLY),
    Refused(TOO_MANY_TRIES) after `tries_max` wrong codes (then only the paper route is left), Refused(CHECK_IN_CODE_WRONG).
    """
    row = _locked(visit)
    if row.helper != s.actor.person:
        raise NotFound
    if (VisitState(row.state), "check_in") not in MOVES:
        raise Refused(Refusal.STATE_FORBIDS)
    if s.now < row.starts_at - timedelta(minutes=early_minutes):
        raise Refused(Refusal.CHECK_IN_TOO_EARLY, minutes=early_minutes)
    if row.wrong_tries >= tries_max:
        raise Refused(Refusal.TOO_MANY_TRIES, minutes=window_minutes)
    if not code_fits(bytes(row.seed), code, s.now, window_minutes=window_minutes):
        raise Refused(Refusal.CHECK_IN_CODE_WRONG, field="code")
    _move(s, row, "check_in", changes={"checked_in_at": s.now, "check_in_way": Way.CODE.value})
    s.record("visit:checked_in", place=row.place_code[:12], payload=_payload(row, way=Way.CODE.value))
    return row.need


def _not_a_party(s: Step, row: Visit) -> None:
    beside = _beside(row)
    if s.actor.person in (row.helper, row.resident, *([beside.helper] if beside else [])):
        raise Refused(Refusal.PARTY_TO_IT)


def check_in_paper(s: Step, visit: UUID, *, arrived_at: datetime, called_back_at: datetime) -> UUID:
    """Record a check-in on paper, after the worker called the resident back; return the need.

    Raises Refused(PARTY_TO_IT) where the worker is helper or resident, Refused(TIME_PAST) where the call-back lies before the arrival or
    either lies ahead.
    """
    row = _locked(visit)
    _not_a_party(s, row)
    if not arrived_at <= called_back_at <= s.now:
        raise Refused(Refusal.INPUT_INVALID, field="called_back_at")
    _move(
        s, row, "check_in",
        changes={"checked_in_at": arrived_at, "check_in_way": Way.PAPER.value, "called_back_at": called_back_at},
    )  # fmt: skip
    s.record("visit:checked_in", place=row.place_code[:12], payload=_payload(row, way=Way.PAPER.value))
    return row.need


def tick(s: Step, visit: UUID, item: int, done: bool, *, items: int) -> None:
    """Tick or untick a checklist item (0 … items-1) while the visit is under way.

    Raises NotFound, Refused(STATE_FORBIDS, INPUT_INVALID), Refused(OTHER_NOT_HERE) where the other of two has not checked in.
    """
    row = _locked(visit)
    if row.helper != s.actor.person:
        raise NotFound
    if row.state != VisitState.CHECKED_IN.value:
        raise Refused(Refusal.STATE_FORBIDS)
    if not 0 <= item < items:
        raise Refused(Refusal.INPUT_INVALID, field="item")
    beside = _beside(row)
    if row.together is not None and (beside is None or beside.state != VisitState.CHECKED_IN.value):
        raise Refused(Refusal.OTHER_NOT_HERE)
    both = [one for one in (row, beside) if one is not None]  # two who go together have one list
    if done:
        Ticked.objects.bulk_create([Ticked(visit=one, item=item, at=s.now) for one in both], ignore_conflicts=True)
    else:
        Ticked.objects.filter(visit__in=both, item=item).delete()


def check_out(s: Step, visit: UUID, *, items: int) -> UUID:
    """Check the helper out, and with them whoever went along: neither stays alone. Return the need.

    Raises Refused(NOT_CHECKED_IN, CHECKLIST_OPEN), Refused(OTHER_NOT_HERE) where the other of two never checked in, NotFound.
    """
    row = _locked(visit)
    if row.helper != s.actor.person:
        raise NotFound
    if row.state == VisitState.BOOKED.value:
        raise Refused(Refusal.NOT_CHECKED_IN)
    beside = _beside(row)
    if row.together is not None and (beside is None or beside.checked_in_at is None):
        raise Refused(Refusal.OTHER_NOT_HERE)
    if Ticked.objects.filter(visit=row).count() < items:
        raise Refused(Refusal.CHECKLIST_OPEN)
    both = [one for one in (row, beside) if one is not None]
    left_at = max(s.now, *(one.checked_in_at or s.now for one in both))
    for one in both:
        _move(s, one, "check_out", changes={"checked_out_at": left_at})
        s.record("visit:checked_out", place=one.place_code[:12], payload=_payload(one))
    return row.need


def claim(s: Step, visit: UUID, minutes: int, *, side: str, way: Way, share_ppm: int, gap_minutes: int) -> Claimed:
    """State one side's minutes; with both there, they agree or are disputed. A helper can never confirm alone.

    `side` is 'helper' or 'resident' (the journey has checked who speaks for whom). Raises Refused(ALREADY_CONFIRMED) for a second
    claim of the same side, Refused(NOT_CHECKED_IN), Refused(STATE_FORBIDS), Refused(PARTY_TO_IT) where the helper speaks for the resident,
    Refused(INPUT_INVALID) for minutes outside 1 to 1440.
    """
    _minutes(minutes, least=1)
    row = _locked(visit)
    if row.state in (VisitState.BOOKED.value, VisitState.CHECKED_IN.value):
        raise Refused(Refusal.NOT_CHECKED_IN)
    if (row.helper_minutes if side == "helper" else row.resident_minutes) is not None:
        raise Refused(Refusal.ALREADY_CONFIRMED)
    if row.state != VisitState.CHECKED_OUT.value:
        raise Refused(Refusal.STATE_FORBIDS)
    if side == "resident" and s.actor.person == row.helper:
        raise Refused(Refusal.PARTY_TO_IT)
    if side == "helper":
        said: dict[str, Any] = {"helper_minutes": minutes}
        row.helper_minutes = minutes
    else:
        said = {"resident_minutes": minutes, "resident_way": way.value, "resident_by": s.actor.person}
        row.resident_minutes = minutes
    s.record("visit:claimed", place=row.place_code[:12], payload=_payload(row, side=side, minutes=minutes, way=way.value))
    return _join(s, row, said, share_ppm=share_ppm, gap_minutes=gap_minutes)


def _join(s: Step, row: Visit, said: dict[str, Any], *, share_ppm: int, gap_minutes: int) -> Claimed:
    """Keep what one side said (columns of the visit) and, where both have spoken, what follows from it."""
    if row.helper_minutes is None or row.resident_minutes is None:
        Visit.objects.filter(pk=row.pk).update(**said)
        return Claimed("waiting", None, row.need, row.helper, row.resident, row.place_code, row.together)
    joined = settle_claims(row.minutes_estimated, row.helper_minutes, row.resident_minutes, share_ppm=share_ppm, gap_minutes=gap_minutes)
    if isinstance(joined, Agreed):
        _move(s, row, "confirm", changes={**said, "minutes_final": joined.minutes})
        s.record("visit:confirmed", place=row.place_code[:12], payload=_payload(row, minutes=joined.minutes))
        return Claimed("confirmed", joined.minutes, row.need, row.helper, row.resident, row.place_code, row.together)
    _move(s, row, "dispute", reason=joined.why, changes=said)
    s.record("visit:disputed", place=row.place_code[:12], payload=_payload(row, why=joined.why))
    return Claimed("disputed", None, row.need, row.helper, row.resident, row.place_code, row.together)


def dispute(s: Step, visit: UUID, reason: str) -> UUID:
    """Dispute a visit with a reason; return the need. Raises Refused(REASON_REQUIRED, STATE_FORBIDS)."""
    row = _locked(visit)
    _move(s, row, "dispute", reason=_reason(reason))
    s.record("visit:disputed", place=row.place_code[:12], payload=_payload(row, why="said"))
    return row.need


def settle(s: Step, visit: UUID, minutes: int, reason: str) -> Claimed:
    """Decide a dispute with a reason (0 minutes: nothing is credited).

    Raises Refused(INPUT_INVALID, PARTY_TO_IT, STATE_FORBIDS, REASON_REQUIRED).
    """
    _minutes(minutes, least=0)
    row = _locked(visit)
    _not_a_party(s, row)
    _move(s, row, "settle", reason=_reason(reason), changes={"minutes_final": minutes})
    s.record("visit:settled", place=row.place_code[:12], payload=_payload(row, minutes=minutes))
    return Claimed("settled", minutes, row.need, row.helper, row.resident, row.place_code, row.together)


def correct(s: Step, visit: UUID, minutes: int, reason: str) -> Claimed:
    """Correct the minutes of a finished visit with a reason; the ledger reverses and posts anew. Raises like `settle`."""
    _minutes(minutes, least=0)
    row = _locked(visit)
    _not_a_party(s, row)
    _move(s, row, "correct", reason=_reason(reason), changes={"minutes_final": minutes})
    s.record("visit:corrected", place=row.place_code[:12], payload=_payload(row, minutes=minutes))
    return Claimed("corrected", minutes, row.need, row.helper, row.resident, row.place_code)


def cancel(s: Step, visit: UUID, reason: str) -> UUID:
    """Cancel a booked visit with a reason; return the need. Raises Refused(STATE_FORBIDS, REASON_REQUIRED)."""
    row = _locked(visit)
    _move(s, row, "cancel", reason=_reason(reason))
    s.record("visit:cancelled", place=row.place_code[:12], payload=_payload(row))
    return row.need


def no_show(s: Step, visit: UUID, *, minutes: int) -> UUID | None:
    """Record that a helper did not come within `minutes` of the start; return the need, or None where they did in the meantime."""
    row = _locked(visit)
    if row.state != VisitState.BOOKED.value or s.now < row.starts_at + timedelta(minutes=minutes):
        return None
    _move(s, row, "no_show")
    s.record("visit:no_show", place=row.place_code[:12], payload=_payload(row))
    return row.need
