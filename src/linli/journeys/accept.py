"""A helper accepts or declines: need matched, visit booked, hours held, the two opened to each other — in one step.

Where two adults go, the first who says yes waits for the other; with the second both are booked in the same step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.matching.core.night import not_over_night
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.supply import reads as supply_reads
from linli.help.supply.verbs import helpers as supply
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import hour_rules, policy_at
from linli.journeys.propose import NOBODY, WAITING, starts_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank


def _own_offer(actor: Actor, offer: UUID) -> visits_reads.OfferRow:
    row = visits_reads.offer(offer)
    if row.helper != actor.person:
        raise NotFound
    return row


def accept(actor: Actor, offer: UUID, key: str) -> dict[str, Any]:
    """Accept an offer made to oneself; return {"visit", "starts_at", "minutes", "waits_until"}.

    `waits_until` is '' once the visit is booked; else this is one of two adults, and the other has still to be found until then.
    Raises NotFound for somebody else's offer, Refused(OFFER_GONE, SLOT_TAKEN, BLOCKED_PAIR, MINOR_ALONE).
    """
    row = _own_offer(actor, offer)
    card = needs_reads.need(row.need, now())
    with step(actor, key, "offer.accept", {"offer": str(offer)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        if row.resident is not None and supply_reads.blocked_between(row.helper, row.resident):
            raise Refused(Refusal.BLOCKED_PAIR)
        rules = policy_at(row.place, s.now)
        begins = max(row.starts_at, starts_at(card, rules, s.now))
        if card.adults > 1:
            return s.done(_take_seat(s, row, card, rules, begins))
        # Lock the need first: everything that moves a need takes its lock before the visit's.
        needs.move(s, row.need, "accept")
        booked = visits.accept(s, offer, starts_at=begins)
        needs.answer(s, row.need)  # accepting is an answer too: somebody will come
        _ready(s, [booked], card, rules)
        return s.done(_told(booked, None))


def _told(booked: visits.Booked, waits_until: datetime | None) -> dict[str, Any]:
    until = waits_until.isoformat() if waits_until else ""
    return {"visit": str(booked.id), "starts_at": booked.starts_at.isoformat(), "minutes": booked.minutes, "waits_until": until}


def _take_seat(s: OpenStep, row: visits_reads.OfferRow, card: needs_reads.NeedCard, rules: Policy, begins: datetime) -> dict[str, Any]:
    """Let one of two adults in: the first waits, with the second both go. The need is matched only then, and only then answered."""
    needs.lock(row.need)
    if needs_reads.need(row.need, s.now).state not in WAITING:
        raise Refused(Refusal.OFFER_GONE)
    helper = supply_reads.helper(row.helper, s.now)
    if helper.minor:
        raise Refused(Refusal.MINOR_ALONE)
    seated = visits_reads.seated([row.need]).get(row.need, NOBODY)
    if not seated.isdisjoint(helper.blocked):
        raise Refused(Refusal.OFFER_GONE)  # nobody learns that somebody does not want to meet them
    found = visits.take_seat(s, row.id, starts_at=begins, waits_until=waits_until(card, rules, s.now, begins))
    if found.gone is not None:
        people.tell(s, "visit.released", about=f"visit:{found.gone.id}", person=found.gone.helper, facts={"service": row.service})
    if found.waiting is not None:
        # Whoever may not be arranged with the one who waits is not left with an offer that could only be refused.
        visits.withdraw_offers(s, row.need, helpers=helper.blocked)
        _tell_waiting(s, found.waiting, card, found.waits_until)
        s.later("match.propose", {"need": str(row.need)})
        return _told(found.waiting, found.waits_until)
    needs.move(s, row.need, "accept")
    needs.answer(s, row.need)
    _ready(s, found.booked, card, rules)
    one, other = found.booked
    people.open_to_each_other(s, visits=(one.id, other.id), helpers=(one.helper, other.helper))
    return _told(next(booked for booked in found.booked if booked.helper == row.helper), None)


def waits_until(card: needs_reads.NeedCard, rules: Policy, moment: datetime, begins: datetime) -> datetime:
    """Return until when the first of two waits for the other: policy's span, or where the visit is far ahead until so long before it.

    A wait for a visit of the next day does not run out before anybody could be asked in the morning.
    """
    span = timedelta(minutes=rules.minutes("pair_wait_urgent_minutes" if card.urgent else "pair_wait_minutes"))
    until = max(moment + span, begins - span)
    return until if card.urgent or begins < until else not_over_night(until, span, rules.text("quiet_hours"))


def _ready(s: OpenStep, booked: Iterable[visits.Booked], card: needs_reads.NeedCard, rules: Policy) -> None:
    """Hold hours for each visit of a need, open its two to each other, tell everybody once."""
    some = tuple(booked)
    if len(some) > 1:
        timebank.lock_for_visits(
            s, [one.id for one in some], helpers=[one.helper for one in some], receiver=some[0].resident, place=card.place,
            rules=hour_rules(rules),
        )  # fmt: skip
    for one in some:
        timebank.hold_for_visit(
            s, one.id, helper=one.helper, receiver=one.resident, place=one.place, minutes=one.minutes, rules=hour_rules(rules),
        )  # fmt: skip
        people.open_for_visit(s, visit=one.id, need=card.id, asker=one.resident, helper=one.helper)
    _tell_booked(s, some[0], card)
    if len(some) > 1:
        for one in some:
            people.tell(s, "visit.both", about=f"visit:{one.id}", person=one.helper, facts=_facts(one, card))


def _facts(booked: visits.Booked, card: needs_reads.NeedCard) -> dict[str, str | int]:
    return {"number": card.number, "service": booked.service, "starts_at": booked.starts_at.isoformat()}


def _residents(s: OpenStep, resident: UUID | None) -> tuple[UUID, ...]:
    return (resident, *people_reads.guardians_of(resident, s.now)) if resident is not None else ()


def _tell_waiting(s: OpenStep, waiting: visits.Booked, card: needs_reads.NeedCard, until: datetime | None) -> None:
    facts: dict[str, str | int] = {"number": card.number, "service": waiting.service, "starts_at": until.isoformat() if until else ""}
    for person in _residents(s, waiting.resident):
        people.tell(s, "need.one_of_two", about=f"need:{card.id}", person=person, facts=facts)
    people.tell(s, "need.one_of_two", about=f"need:{card.id}", post=(Role.WORKER, card.community), facts=facts)


def _tell_booked(s: OpenStep, booked: visits.Booked, card: needs_reads.NeedCard) -> None:
    facts, about = _facts(booked, card), f"visit:{booked.id}"
    for person in _residents(s, booked.resident):
        people.tell(s, "visit.booked", about=about, person=person, facts=facts)
    people.tell(s, "visit.booked", about=about, post=(Role.WORKER, card.community), facts=facts)


def decline(actor: Actor, offer: UUID, reason: str, key: str) -> dict[str, Any]:
    """Decline an offer; it is remembered for matching, and somebody else is asked. Raises NotFound, Refused(OFFER_GONE)."""
    row = _own_offer(actor, offer)
    with step(actor, key, "offer.decline", {"offer": str(offer), "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        need, service = visits.decline(s, offer)
        supply.remember_refusal(s, row.helper, service, reason)
        look_again(s, need)
        return s.done({"offer": str(offer)})


def look_again(s: OpenStep, need: UUID) -> None:
    """Put a need without running offers back to open and let the matcher try at once."""
    if not visits_reads.offers_of_need(need):
        card = needs_reads.need(need, s.now)
        if card.state == "offered":
            needs.move(s, need, "lapse")
    s.later("match.propose", {"need": str(need)})
