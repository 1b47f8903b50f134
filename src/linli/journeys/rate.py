"""The resident rates; a bad rating opens a rectification that the community plans, shows, and the resident accepts or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.visits import reads as visits_reads
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.journeys.visit import speaks_for
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.voice import reads as voice_reads
from linli.trust.voice import verbs as voice

RATED_FROM = ("checked_out", "confirmed", "disputed", "settled", "corrected")


def rate(actor: Actor, visit: UUID, stars: int, tags: Sequence[str], key: str) -> dict[str, Any]:
    """Rate a visit one received, from one's own channel: one to five stars.

    Raises NotFound for a stranger, Refused(NOT_YOUR_RATING) for the helper, Refused(ALREADY_RATED, STATE_FORBIDS, INPUT_INVALID).
    """
    row = visits_reads.visit(visit)
    if actor.person == row.helper:
        raise Refused(Refusal.NOT_YOUR_RATING)
    if not speaks_for(actor, row) or row.resident is None:
        raise NotFound
    if row.state not in RATED_FROM:
        raise Refused(Refusal.STATE_FORBIDS)
    with step(actor, key, "visit.rate", {"visit": str(visit), "stars": stars, "tags": list(tags)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        rules = policy_at(row.place, s.now)
        opened = voice.rate(
            s,
            voice.NewRating(visit, row.need, row.resident, row.place, row.service, stars, tuple(tags)),
            rectify_days=rules.days("rectify_days"),
        )
        if opened is not None:
            people.tell(s, "rectify.opened", about=f"rectification:{opened}", post=(Role.WORKER, row.place[:12]), facts={"stars": stars})
        return s.done({"stars": stars, "rectification": str(opened) if opened else ""})


def plan(actor: Actor, rectification: UUID, text: str, key: str) -> dict[str, Any]:
    """Say how it will be put right, as the community's worker."""
    row = voice_reads.rectification(rectification, now())
    with step(actor, key, "rectify.plan", {"rectification": str(rectification), "text": text}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        voice.plan(s, rectification, text)
        return s.done({"rectification": str(rectification)})


def show(actor: Actor, rectification: UUID, text: str, key: str) -> dict[str, Any]:
    """Show that it was put right; the resident is asked."""
    row = voice_reads.rectification(rectification, now())
    with step(actor, key, "rectify.show", {"rectification": str(rectification), "text": text}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        voice.show(s, rectification, text)
        people.tell(s, "rectify.shown", about=f"rectification:{rectification}", person=row.resident, facts={"service": row.service})
        return s.done({"rectification": str(rectification)})


def accept_rectification(actor: Actor, rectification: UUID, true: bool, key: str) -> dict[str, Any]:
    """Say whether it was really put right, as the resident who rated."""
    row = voice_reads.rectification(rectification, now())
    if actor.person != row.resident:
        raise NotFound
    with step(actor, key, "rectify.accept", {"rectification": str(rectification), "true": true}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        voice.accept(s, rectification, true=true)
        return s.done({"rectification": str(rectification), "true": true})
