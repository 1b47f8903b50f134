"""Writes of the visits room: offers, the visit from booking to both confirmations, disputes and corrections."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.help.visits.core import DONE, MOVES, OFFER_MOVES, OfferState, VisitState, Way, code_fits
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
class Claimed:
    """After a claim: state 'waiting', 'confirmed' (with minutes) or 'disputed'."""

    state: str
    minutes: int | None
    need: UUID
    helper: UUID
    resident: UUID | None
    place: str


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


def accept(s: Step, offer_id: UUID, *, starts_at: datetime) -> Booked:
    """Accept one's offer and book the visit; other offers for the need are withdrawn.

    Raises NotFound for somebody else's offer, Refused(OFFER_GONE) where it lapsed or another was quicker, Refused(SLOT_TAKEN) where the
    helper is booked at that time (the database decides, whoever races).
    """
    row = _offer(offer_id, s.actor.person)
    if row.expires_at <= s.now:
        raise Refused(Refusal.OFFER_GONE)
    _move_offer(s, row, "accept")
    pk = new_id(s.now)
    visit = Visit(
        id=pk, need=row.need, offer=row, resident=row.resident, helper=row.helper, service=row.service, place_code=row.place_code,
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=row.minutes_estimated), minutes_estimated=row.minutes_estimated,
        state=VisitState.BOOKED.value, seed=os.urandom(32), booked_at=s.now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(Refusal.OFFER_GONE if "visit_one_live" in str(error) else Refusal.SLOT_TAKEN) from None
    withdraw_offers(s, row.need)
    VisitFlip.objects.create(visit=visit, old="", new=visit.state, event="book", actor_ref=s.actor.ref, at=s.now)
    payload: dict[str, str | int] = {
        "visit": str(pk),
        "need": str(row.need),
        "offer": str(row.pk),
        "helper": str(row.helper),
        "minutes_estimated": row.minutes_estimated,
    }
    s.record("offer:accepted", place=row.place_code[:12], payload={"offer": str(row.pk), "need": str(row.need), "helper": str(row.helper)})
    s.record("visit:booked", place=row.place_code[:12], payload={**payload, "starts_at": starts_at.isoformat()})
    return Booked(pk, row.need, row.helper, row.resident, row.service, row.place_code, starts_at, row.minutes_estimated)


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


def withdraw_offers(s: Step, need: UUID) -> None:
    """Withdraw every running offer for a need."""
    Offer.objects.filter(need=need, state=OfferState.MADE.value).update(state=OfferState.WITHDRAWN.value, answered_at=s.now)


def _locked(visit: UUID) -> Visit:
    row = Visit.objects.select_for_update().filter(pk=visit).first()
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
    if s.actor.person in (row.helper, row.resident):
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
    """Tick or untick a checklist item (0 … items-1) while the visit is under way. Raises NotFound, Refused(STATE_FORBIDS, INPUT_INVALID)."""
    row = _locked(visit)
    if row.helper != s.actor.person:
        raise NotFound
    if row.state != VisitState.CHECKED_IN.value:
        raise Refused(Refusal.STATE_FORBIDS)
    if not 0 <= item < items:
        raise Refused(Refusal.INPUT_INVALID, field="item")
    if done:
        Ticked.objects.get_or_create(visit=row, item=item, defaults={"at": s.now})
    else:
        Ticked.objects.filter(visit=row, item=item).delete()


def check_out(s: Step, visit: UUID, *, items: int) -> UUID:
    """Check the helper out; return the need. Raises Refused(NOT_CHECKED_IN, CHECKLIST_OPEN), NotFound."""
    row = _locked(visit)
    if row.helper != s.actor.person:
        raise NotFound
    if row.state == VisitState.BOOKED.value:
        raise Refused(Refusal.NOT_CHECKED_IN)
    if Ticked.objects.filter(visit=row).count() < items:
        raise Refused(Refusal.CHECKLIST_OPEN)
    _move(s, row, "check_out", changes={"checked_out_at": max(s.now, row.checked_in_at or s.now)})
    s.record("visit:checked_out", place=row.place_code[:12], payload=_payload(row))
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
        return Claimed("waiting", None, row.need, row.helper, row.resident, row.place_code)
    joined = settle_claims(row.minutes_estimated, row.helper_minutes, row.resident_minutes, share_ppm=share_ppm, gap_minutes=gap_minutes)
    if isinstance(joined, Agreed):
        _move(s, row, "confirm", changes={**said, "minutes_final": joined.minutes})
        s.record("visit:confirmed", place=row.place_code[:12], payload=_payload(row, minutes=joined.minutes))
        return Claimed("confirmed", joined.minutes, row.need, row.helper, row.resident, row.place_code)
    _move(s, row, "dispute", reason=joined.why, changes=said)
    s.record("visit:disputed", place=row.place_code[:12], payload=_payload(row, why=joined.why))
    return Claimed("disputed", None, row.need, row.helper, row.resident, row.place_code)


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
    return Claimed("settled", minutes, row.need, row.helper, row.resident, row.place_code)


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
