"""A warning's case: the community plans, the level above closes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import Refusal, Refused
from linli.sight.warnings import reads as warnings_reads
from linli.sight.warnings import verbs as warnings


def plan(actor: Actor, warning: UUID, text: str, key: str) -> dict[str, Any]:
    """Hand in the self-check plan, as the community's worker. Raises NotAllowed, Refused(PLAN_MISSING, STATE_FORBIDS)."""
    card = warnings_reads.warning(warning, now())
    with step(actor, key, "warning.plan", {"warning": str(warning), "text": text}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        place = warnings.plan(s, warning, text)
        people.tell(s, "warning.planned", about=f"warning:{warning}", post=(Role.DISPATCHER, place[:9]), facts={})
        return s.done({"warning": str(warning)})


def close(actor: Actor, warning: UUID, findings: str, key: str) -> dict[str, Any]:
    """Close a planned case with what was found, as the street or city. Raises NotAllowed, Refused(PLAN_MISSING, STATE_FORBIDS)."""
    card = warnings_reads.warning(warning, now())
    if card.state == "open":
        raise Refused(Refusal.PLAN_MISSING, field="plan")
    with step(actor, key, "warning.close", {"warning": str(warning), "findings": findings}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        place = warnings.close(s, warning, findings)
        people.tell(s, "warning.closed", about=f"warning:{warning}", post=(Role.WORKER, place), facts={})
        return s.done({"warning": str(warning)})
