"""Seed hours: a worker gives a person of a special group the hours policy provides, with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.needs.verbs import reason_of
from linli.journeys.corridor import step
from linli.journeys.plans import hour_rules, policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank


def seed(actor: Actor, person: UUID, reason: str, key: str) -> dict[str, Any]:
    """Give seed hours out of the community's pool; return {"minutes"}.

    Raises NotFound outside one's community, Refused(PARTY_TO_IT) for oneself, Refused(INPUT_INVALID) for somebody in no special group,
    Refused(OVER_CAP, REASON_REQUIRED).
    """
    card = people_reads.card(person, now())
    if not actor.holds(Role.WORKER, card.place):
        raise NotFound
    if actor.person == person:
        raise Refused(Refusal.PARTY_TO_IT)
    if not card.groups:
        raise Refused(Refusal.INPUT_INVALID, field="person")
    why = reason_of(reason)
    with step(actor, key, "hours.seed", {"person": str(person), "reason": why}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        rules = policy_at(card.place, s.now)
        minutes = rules.minutes("seed_minutes")
        timebank.seed(s, person, place=card.place, minutes=minutes, rules=hour_rules(rules), key=f"seed:{key}")
        people.tell(s, "hours.seeded", about=f"person:{person}", person=person, facts={"minutes": minutes})
        return s.done({"minutes": minutes})
