"""Hours given away: to one's own family, or to the community's pool. Once given they are the other's; nothing is ever sold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.plans import hour_rules, policy_at
from linli.kernel.actor import Actor
from linli.kernel.errors import NotAllowed, Refusal, Refused
from linli.value.timebank import verbs as timebank


def kin_of(person: UUID) -> tuple[UUID, ...]:
    """Return a person's family as the community has proven it: those they act for, then those who act for them."""
    moment = now()
    return tuple(dict.fromkeys((*people_reads.wards_of(person, moment), *people_reads.guardians_of(person, moment))))


def give(actor: Actor, receiver: UUID, minutes: int, key: str) -> dict[str, Any]:
    """Give minutes of one's own time book to one's own family, and tell them; return {"minutes"}.

    Raises Refused(GIFT_NOT_HERE) where policy does not allow it, NOT_KIN for anybody who is not of the proven family (known or not), and as
    `timebank.verbs.give`.
    """
    person, place = _self(actor)
    inputs = {"receiver": str(receiver), "minutes": minutes}
    with step(actor, key, "hours.give", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        if not policy_at(place, s.now).flag("kin_redeem_allowed"):
            raise Refused(Refusal.GIFT_NOT_HERE)
        if receiver not in kin_of(person):
            raise Refused(Refusal.NOT_KIN, field="to")
        home = people_reads.card(receiver, s.now).place
        rules = (hour_rules(policy_at(place, s.now)), hour_rules(policy_at(home, s.now)))
        timebank.give(s, person, receiver, places=(place, home), minutes=minutes, rules=rules, key=f"{actor.ref}:{key}")
        people.tell(s, "hours.gift", about=f"person:{receiver}", person=receiver, facts={"minutes": minutes})
        return s.done({"minutes": minutes})


def donate(actor: Actor, minutes: int, key: str) -> dict[str, Any]:
    """Give minutes of one's own time book to the pool of one's community; return {"minutes"}. Raises as `timebank.verbs.donate`."""
    person, place = _self(actor)
    with step(actor, key, "hours.donate", {"minutes": minutes}, place=place) as s:
        if s.answer is not None:
            return s.answer
        timebank.donate(s, person, place=place, minutes=minutes, rules=hour_rules(policy_at(place, s.now)), key=f"{actor.ref}:{key}")
        return s.done({"minutes": minutes})


def _self(actor: Actor) -> tuple[UUID, str]:
    if actor.person is None or actor.home is None:
        raise NotAllowed("hours.give")
    return actor.person, actor.home
