"""The visit itself: check in, tick the list, check out; on paper where there is no phone; cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.help.visits.core import Code
from linli.journeys.accept import waits_until
from linli.journeys.ask import end_visit
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank


def visit_for(actor: Actor, visit: UUID) -> visits_reads.VisitRow:
    """Return a visit the actor may know of: as helper, as resident or their guardian, as worker of the place. Raises NotFound."""
    row = visits_reads.visit(visit)
    if actor.person is not None and actor.person == row.helper:
        return row
    if actor.holds(Role.WORKER, row.place) or speaks_for(actor, row) or works_at(actor, row):
        return row
    raise NotFound


def works_at(actor: Actor, row: visits_reads.VisitRow) -> bool:
    """Tell whether a visit lies in the actor's community, or its need was dispatched there."""
    return actor.holds(Role.WORKER, row.place) or works_on(actor, row, needs_reads.need(row.need, now()))


def works_on(actor: Actor, row: visits_reads.VisitRow, card: needs_reads.NeedCard) -> bool:
    """Tell the same where the visit's need has been read already."""
    return actor.holds(Role.WORKER, row.place) or (bool(card.dispatched_to) and actor.holds(Role.WORKER, card.dispatched_to))


def speaks_for(actor: Actor, row: visits_reads.VisitRow) -> bool:
    """Tell whether the actor is the resident of a visit, or acts for them."""
    return actor.person is not None and row.resident is not None and people_reads.acts_for(actor.person, row.resident, now())


def _checklist(row: visits_reads.VisitRow) -> int:
    service = needs_reads.service(row.service)
    return len(service.checklist) if service else 0


def code_shown(actor: Actor, visit: UUID, moment: datetime) -> Code:
    """Return the check-in code for the resident's own page. Raises NotFound for anybody else, and once it is used."""
    row = visits_reads.visit(visit)
    if not speaks_for(actor, row):
        raise NotFound
    row = _still_to_come(row)
    window = policy_at(row.place, moment).minutes("check_in_code_minutes")
    return visits_reads.code_for(row.id, moment, window_minutes=window)


def _still_to_come(row: visits_reads.VisitRow) -> visits_reads.VisitRow:
    """Return the visit whose helper has not checked in, of the two who go together: the number for the door is one."""
    return next((one for one in visits_reads.outing(row) if one.state == "booked"), row)


def code_by_follow(token: str, moment: datetime) -> Code | None:
    """Return the check-in code for a need asked without an account, by its follow link; None where there is nothing to show."""
    card = needs_reads.by_follow(token, moment)
    row = visits_reads.visit_of_need(card.id) if card else None
    row = _still_to_come(row) if row is not None else None
    if row is None or row.state != "booked":
        return None
    return visits_reads.code_for(row.id, moment, window_minutes=policy_at(row.place, moment).minutes("check_in_code_minutes"))


def check_in(actor: Actor, visit: UUID, code: str, key: str) -> dict[str, Any]:
    """Check in at the door with the number the resident sees. Where two adults go, the visit begins when both have.

    Raises NotFound for somebody else's visit, Refused(CHECK_IN_CODE_WRONG, CHECK_IN_TOO_EARLY, TOO_MANY_TRIES, STATE_FORBIDS).
    """
    row = visits_reads.visit(visit)
    if row.helper != actor.person:
        raise NotFound
    rules = policy_at(row.place, now())
    try:
        with step(actor, key, "visit.check_in", {"visit": str(visit), "code": code}, place=row.place) as s:
            if s.answer is not None:
                return s.answer
            _lock_need(s, row)
            visits.check_in(
                s, visit, code, window_minutes=rules.minutes("check_in_code_minutes"),
                early_minutes=rules.minutes("check_in_early_minutes"), tries_max=rules.count("check_in_tries_max"),
            )  # fmt: skip
            _begin_together(s, row)
            return s.done({"visit": str(visit)})
    except Refused as refused:
        if refused.code is Refusal.CHECK_IN_CODE_WRONG:
            visits.wrong_code(visit)  # outside the step that was rolled back: the count must stay
        raise


def _lock_need(s: OpenStep, row: visits_reads.VisitRow) -> None:
    """Take the need's lock, which comes before the visit's; one who goes alone begins at once."""
    if row.together is None:
        needs.move(s, row.need, "start")
    else:
        needs.lock(row.need)


def _begin_together(s: OpenStep, row: visits_reads.VisitRow) -> None:
    """Begin the visit of two who go together once both have checked in."""
    if row.together is not None and all(one.state == "checked_in" for one in visits_reads.outing(visits_reads.visit(row.id))):
        needs.move(s, row.need, "start")


def check_in_paper(actor: Actor, visit: UUID, arrived_at: datetime, called_back_at: datetime, key: str) -> dict[str, Any]:
    """Record a check-in on paper after calling the resident back, as a worker who is no party.

    Raises NotFound, Refused(PARTY_TO_IT, INPUT_INVALID, STATE_FORBIDS).
    """
    row = visit_for(actor, visit)
    inputs = {"visit": str(visit), "arrived": arrived_at.isoformat(), "called": called_back_at.isoformat()}
    with step(actor, key, "visit.check_in_paper", inputs, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        _lock_need(s, row)
        visits.check_in_paper(s, visit, arrived_at=arrived_at, called_back_at=called_back_at)
        _begin_together(s, row)
        return s.done({"visit": str(visit)})


def tick(actor: Actor, visit: UUID, item: int, done: bool, key: str) -> dict[str, Any]:
    """Tick or untick one item of the checklist during the visit."""
    row = visits_reads.visit(visit)
    with step(actor, key, "visit.tick", {"visit": str(visit), "item": item, "done": done}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        visits.tick(s, visit, item, done, items=_checklist(row))
        return s.done({"visit": str(visit), "item": item})


def check_out(actor: Actor, visit: UUID, key: str) -> dict[str, Any]:
    """Check out when the list is done; two who went together leave together, whichever of them says so.

    Raises NotFound, Refused(NOT_CHECKED_IN, CHECKLIST_OPEN, OTHER_NOT_HERE).
    """
    row = visits_reads.visit(visit)
    if row.helper != actor.person:
        raise NotFound
    with step(actor, key, "visit.check_out", {"visit": str(visit)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        if row.state == "booked":
            raise Refused(Refusal.NOT_CHECKED_IN)
        if row.together is not None and any(one.state == "booked" for one in visits_reads.outing(row)):
            raise Refused(Refusal.OTHER_NOT_HERE)
        needs.move(s, row.need, "finish")
        visits.check_out(s, visit, items=_checklist(row))
        if row.resident is not None:
            people.tell(s, "visit.finished", about=f"visit:{visit}", person=row.resident, facts={"service": row.service})
        return s.done({"visit": str(visit)})


def cancel(actor: Actor, visit: UUID, reason: str, key: str) -> dict[str, Any]:
    """Cancel a booked visit with a reason, as either side or the worker; the need looks for somebody else.

    Where two go together and one of them can not, the other waits for a third; the resident's word is about both.

    Raises NotFound, Refused(STATE_FORBIDS, REASON_REQUIRED).
    """
    row = visit_for(actor, visit)
    with step(actor, key, "visit.cancel", {"visit": str(visit), "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        needs.lock(row.need)
        row = visits_reads.visit(visit)  # as it stands under the need's lock
        if row.state == "waiting":
            visits.release(s, visit, "left")
            needs.reason_of(reason)
        else:
            needs.move(s, row.need, "release")
            visits.cancel(s, visit, reason)
        both = speaks_for(actor, row) and actor.person != row.helper
        _go_on_without(s, row, both=both)
        others = None if row.together is None or both else "need.not_two" if row.state == "waiting" else "visit.one_went"
        free(s, row, "visit.cancelled", others)
        return s.done({"visit": str(visit)})


def _go_on_without(s: OpenStep, gone: visits_reads.VisitRow, *, both: bool) -> None:
    """After one of two went: the other waits for a third, or where `both` were told not to come, goes too. At the door nobody waits on."""
    for other in visits_reads.outing(gone):
        if other.id == gone.id:
            continue
        if both:
            end_visit(s, other, "not to come")
        elif other.state == "checked_in":
            stood_in_vain(s, other)
        elif other.state == "booked":
            card = needs_reads.need(other.need, s.now)
            until = waits_until(card, policy_at(other.place, s.now), s.now, other.starts_at)
            timebank.void_for_visit(s, other.id)
            people.close_access(s, f"visit:{other.id}")
            visits.wait_again(s, other.id, until=until)
            facts: dict[str, str | int] = {"service": other.service, "starts_at": until.isoformat()}
            people.tell(s, "visit.waits_again", about=f"visit:{other.id}", person=other.helper, facts=facts)


def stood_in_vain(s: OpenStep, row: visits_reads.VisitRow) -> None:
    """Let go who stands at the door without the other; they said yes, so they may be asked again at once."""
    visits.release(s, row.id, "other_missing", again_at=s.now)
    free(s, row, "visit.alone", "")


def free(s: OpenStep, row: visits_reads.VisitRow, kind: str, others: str | None = None) -> None:
    """After a visit that will not happen: hours return, access closes, both are told, the matcher tries again.

    `others`: what the resident and the desk are told where it is not what the helper is; '' for nothing.
    """
    told = kind if others is None else others
    timebank.void_for_visit(s, row.id)
    people.close_access(s, f"visit:{row.id}")
    facts: dict[str, str | int] = {"service": row.service}
    people.tell(s, kind, about=f"visit:{row.id}", person=row.helper, facts=facts)
    if told and row.resident is not None:
        people.tell(s, told, about=f"visit:{row.id}", person=row.resident, facts=facts)
    if told:
        people.tell(s, told, about=f"visit:{row.id}", post=(Role.WORKER, row.place[:12]), facts=facts)
    s.later("match.propose", {"need": str(row.need)})
