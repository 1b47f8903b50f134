"""A helper accepts or declines: need matched, visit booked, hours held, the two opened to each other — in one step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.supply import reads as supply_reads
from linli.help.supply.verbs import helpers as supply
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import hour_rules, policy_at
from linli.journeys.propose import starts_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank


def _own_offer(actor: Actor, offer: UUID) -> visits_reads.OfferRow:
    row = visits_reads.offer(offer)
    if row.helper != actor.person:
        raise NotFound
    return row


def accept(actor: Actor, offer: UUID, key: str) -> dict[str, Any]:
    """Accept an offer made to oneself; return {"visit", "starts_at", "minutes"}.

    Raises NotFound for somebody else's offer, Refused(OFFER_GONE, SLOT_TAKEN, BLOCKED_PAIR).
    """
    row = _own_offer(actor, offer)
    card = needs_reads.need(row.need, now())
    with step(actor, key, "offer.accept", {"offer": str(offer)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        if row.resident is not None and supply_reads.blocked_between(row.helper, row.resident):
            raise Refused(Refusal.BLOCKED_PAIR)
        rules = policy_at(row.place, s.now)
        # Lock the need first: everything that moves a need takes its lock before the visit's.
        needs.move(s, row.need, "accept")
        booked = visits.accept(s, offer, starts_at=max(row.starts_at, starts_at(card, rules, s.now)))
        needs.answer(s, row.need)  # accepting is an answer too: somebody will come
        timebank.hold_for_visit(
            s, booked.id, helper=booked.helper, receiver=booked.resident, place=booked.place, minutes=booked.minutes,
            rules=hour_rules(rules),
        )  # fmt: skip
        people.open_for_visit(s, visit=booked.id, need=row.need, asker=booked.resident, helper=booked.helper)
        _tell_booked(s, booked, card)
        return s.done({"visit": str(booked.id), "starts_at": booked.starts_at.isoformat(), "minutes": booked.minutes})


def _tell_booked(s: OpenStep, booked: visits.Booked, card: needs_reads.NeedCard) -> None:
    facts: dict[str, str | int] = {"number": card.number, "service": booked.service, "starts_at": booked.starts_at.isoformat()}
    about = f"visit:{booked.id}"
    if booked.resident is not None:
        people.tell(s, "visit.booked", about=about, person=booked.resident, facts=facts)
        for guardian in people_reads.guardians_of(booked.resident, s.now):
            people.tell(s, "visit.booked", about=about, person=guardian, facts=facts)
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
