"""A worker takes a need up: answers, pauses, refers, dispatches, objects; and special services are declared and approved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.needs.core import Level, level_place
from linli.help.needs.reads import NeedCard
from linli.journeys.ask import end_helping, need_for, staff_of
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused

REFERRALS = ("110", "119", "120", "122", "12345")
UPPER = frozenset({Role.DISPATCHER, Role.CITY})
EMERGENCY = ("110", "119", "120", "122")


def _as_staff(actor: Actor, need: UUID) -> NeedCard:
    card = need_for(actor, need)
    if not staff_of(actor, card):
        raise NotFound
    return card


def _desk(actor: Actor, card: NeedCard) -> str:
    # The right is asked at the place the actor answers for: the need's own, or where it was dispatched.
    here = [p.place for p in actor.posts if p.covers(card.community) or (card.dispatched_to and p.covers(card.dispatched_to))]
    return card.community if any(p.covers(card.community) for p in actor.posts) else card.dispatched_to if here else card.community


def _tell_asker(s: OpenStep, card: NeedCard, kind: str) -> None:
    if card.asker is not None:
        people.tell(s, kind, about=f"need:{card.id}", person=card.asker, facts={"number": card.number, "service": card.service.code})


def answer(actor: Actor, need: UUID, key: str) -> dict[str, Any]:
    """Say that somebody has taken it up: the answer clock stops. Answering twice changes nothing."""
    card = _as_staff(actor, need)
    with step(actor, key, "need.answer", {"need": str(need)}, place=_desk(actor, card)) as s:
        if s.answer is not None:
            return s.answer
        fresh = needs.answer(s, need)
        if fresh:
            _tell_asker(s, card, "need.answered")
        return s.done({"need": str(need), "fresh": fresh})


def pause(actor: Actor, need: UUID, reason: str, key: str) -> dict[str, Any]:
    """Pause a need's clocks for a reason that stays on record."""
    card = _as_staff(actor, need)
    with step(actor, key, "need.pause", {"need": str(need), "reason": reason}, place=_desk(actor, card)) as s:
        if s.answer is not None:
            return s.answer
        needs.pause(s, need, reason)
        _tell_asker(s, card, "need.paused")
        return s.done({"need": str(need)})


def resume(actor: Actor, need: UUID, key: str) -> dict[str, Any]:
    """Let a need's clocks run on."""
    card = _as_staff(actor, need)
    with step(actor, key, "need.resume", {"need": str(need)}, place=_desk(actor, card)) as s:
        if s.answer is not None:
            return s.answer
        needs.resume(s, need)
        return s.done({"need": str(need)})


def refer(actor: Actor, need: UUID, where: str, reason: str, key: str) -> dict[str, Any]:
    """Hand a need to 110, 119, 120, 122 or 12345; it ends here as referred. An emergency number needs no reason."""
    card = _as_staff(actor, need)
    if where not in REFERRALS:
        raise Refused(Refusal.INPUT_INVALID, field="where")
    why = where if where in EMERGENCY and not reason.strip() else needs.reason_of(reason)
    with step(actor, key, "need.refer", {"need": str(need), "where": where, "reason": reason}, place=_desk(actor, card)) as s:
        if s.answer is not None:
            return s.answer
        needs.answer(s, need)
        needs.move(s, need, "refer", reason=why, where=where)
        end_helping(s, need)
        _tell_asker(s, card, "need.referred")
        return s.done({"need": str(need)})


def dispatch(actor: Actor, need: UUID, to_place: str, reason: str, key: str) -> dict[str, Any]:
    """Send a need that came up to a community of one's street or city; the first receiver keeps its duty.

    Raises NotAllowed for the community itself, Refused(PLACE_OUT_OF_SCOPE) for a place that is not the actor's or no community,
    Refused(PLACE_UNKNOWN) for one that does not exist.
    """
    card = _as_staff(actor, need)
    if not actor.holds_any(UPPER, card.community):
        raise NotAllowed("need.dispatch")
    if len(to_place) != 12 or not (actor.holds(Role.DISPATCHER, to_place) or actor.holds(Role.CITY, to_place)):
        raise Refused(Refusal.PLACE_OUT_OF_SCOPE, field="to_place")
    if to_place not in places.names([to_place]):
        raise Refused(Refusal.PLACE_UNKNOWN, field="to_place")
    with step(actor, key, "need.dispatch", {"need": str(need), "to": to_place, "reason": reason}, place=card.community) as s:
        if s.answer is not None:
            return s.answer
        needs.answer(s, need)
        needs.dispatch(s, need, to_place, reason)
        facts: dict[str, str | int] = {"number": card.number, "service": card.service.code}
        people.tell(s, "need.dispatched", about=f"need:{need}", post=(Role.WORKER, to_place), facts=facts)
        people.tell(s, "need.duty_stays", about=f"need:{need}", post=(Role.WORKER, card.community), facts=facts)
        if card.asker is not None and to_place != card.community:
            people.open_for_queue(s, card.asker, need, (Role.WORKER, to_place))
        return s.done({"need": str(need), "to": to_place})


def object_to(actor: Actor, need: UUID, reason: str, key: str) -> dict[str, Any]:
    """Object to a dispatch as the community it was sent to; the level above reviews it within policy's minutes."""
    card = _as_staff(actor, need)
    if not card.dispatched_to or not actor.holds(Role.WORKER, card.dispatched_to):
        raise Refused(Refusal.STATE_FORBIDS)
    rules = policy_at(card.community, card.opened_at)
    if not rules.flag("dispatch_objection_allowed"):
        raise Refused(Refusal.STATE_FORBIDS)
    with step(actor, key, "need.object", {"need": str(need), "reason": reason}, place=card.dispatched_to) as s:
        if s.answer is not None:
            return s.answer
        needs.object_to(s, need, reason, minutes=rules.minutes("objection_minutes"))
        above = Level.CITY if card.level == Level.CITY else Level.STREET
        role = Role.CITY if above is Level.CITY else Role.DISPATCHER
        people.tell(
            s, "need.objection", about=f"need:{need}", post=(role, level_place(card.community, above)), facts={"number": card.number}
        )
        return s.done({"need": str(need)})


def settle_objection(actor: Actor, need: UUID, upheld: bool, reason: str, key: str) -> dict[str, Any]:
    """Settle an objection with a reason; an upheld one takes the dispatch back.

    Raises NotAllowed for anybody below the place that reviews it: a street does not judge what the city decided.
    """
    card = _as_staff(actor, need)
    made = needs_reads.objection(need)
    if made is not None and not actor.holds_any(UPPER, made.reviewer):
        raise NotAllowed("need.settle_objection")
    inputs = {"need": str(need), "upheld": upheld, "reason": reason}
    with step(actor, key, "need.settle_objection", inputs, place=card.community) as s:
        if s.answer is not None:
            return s.answer
        needs.settle_objection(s, need, upheld=upheld, reason=reason)
        if card.dispatched_to:
            facts: dict[str, str | int] = {"number": card.number, "upheld": int(upheld)}
            people.tell(s, "need.objection_settled", about=f"need:{need}", post=(Role.WORKER, card.dispatched_to), facts=facts)
        return s.done({"need": str(need)})


def declare_service(actor: Actor, service: str, place: str, key: str) -> dict[str, Any]:
    """Declare a special service for one's community; residents can ask for it once the level above approved it."""
    with step(actor, key, "service.declare", {"service": service, "place": place}, place=place) as s:
        if s.answer is not None:
            return s.answer
        needs.declare_service(s, service, place)
        people.tell(s, "service.declared", about=f"place:{place}", post=(Role.DISPATCHER, place[:9]), facts={"service": service})
        return s.done({"service": service})


def approve_service(actor: Actor, service: str, place: str, key: str) -> dict[str, Any]:
    """Approve a declared special service."""
    with step(actor, key, "service.approve", {"service": service, "place": place}, place=place) as s:
        if s.answer is not None:
            return s.answer
        needs.approve_service(s, service, place)
        people.tell(s, "service.approved", about=f"place:{place}", post=(Role.WORKER, place), facts={"service": service})
        return s.done({"service": service})
