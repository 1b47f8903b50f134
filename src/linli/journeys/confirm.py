"""Both sides say how long it took: hours are posted, the need closes; or it is disputed, settled, corrected, reopened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.help.visits.core import Way
from linli.journeys.ask import need_for
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import clock_plan, hour_rules, policy_at
from linli.journeys.visit import speaks_for, visit_for, works_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank

MINUTES_MAX = 24 * 60
DONE = ("confirmed", "settled", "corrected")


def _minutes(minutes: int, *, least: int = 1) -> None:
    if not least <= minutes <= MINUTES_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="minutes")


def _side(actor: Actor, row: visits_reads.VisitRow, by: str) -> tuple[str, Way]:
    if by == "call_back":
        if not works_at(actor, row):
            raise NotFound
        if actor.person in (row.helper, row.resident):
            raise Refused(Refusal.PARTY_TO_IT)
        return "resident", Way.CALL_BACK
    if actor.person == row.helper:
        return "helper", Way.SELF
    if speaks_for(actor, row):
        return "resident", Way.SELF if actor.person == row.resident else Way.GUARDIAN
    raise NotFound


def confirm(actor: Actor, visit: UUID, minutes: int, key: str, by: str = "self") -> dict[str, Any]:
    """State one side's minutes; when both sides have and agree, hours are posted and the need closes.

    `by` is 'self' (helper, resident or guardian, as the actor is) or 'call_back' (a worker asked the resident by phone).
    Answer: {"state": waiting | confirmed | disputed, "minutes"}. Raises NotFound for others, Refused(ALREADY_CONFIRMED, NOT_CHECKED_IN,
    PARTY_TO_IT, INPUT_INVALID).
    """
    _minutes(minutes)
    row = visit_for(actor, visit)
    side, way = _side(actor, row, by)
    with step(actor, key, "visit.confirm", {"visit": str(visit), "minutes": minutes, "side": side}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        return s.done(_claim(s, row, minutes, side, way))


def _claim(s: OpenStep, row: visits_reads.VisitRow, minutes: int, side: str, way: Way) -> dict[str, Any]:
    """State one side's minutes: a helper's of their own visit, the resident's of both where two came together."""
    rules = policy_at(row.place, s.now)
    needs.lock(row.need)  # the need's lock comes before the visit's, in every step
    both = visits_reads.outing(row) if side == "resident" else (row,)
    if len(both) > 1:
        timebank.lock_for_visits(
            s, [one.id for one in both], helpers=[one.helper for one in both], receiver=row.resident, place=row.place,
            rules=hour_rules(rules),
        )  # fmt: skip
    answers = {}
    for one in both:
        if one.id != row.id and (one.state != "checked_out" or one.resident_minutes is not None):
            continue  # of the other's part something was decided already
        claimed = visits.claim(
            s, one.id, minutes, side=side, way=way, share_ppm=rules.ppm("claims_share_ppm"), gap_minutes=rules.minutes("claims_gap_minutes")
        )
        answers[one.id] = {"state": claimed.state, "minutes": claimed.minutes, "credited": _after(s, one.id, claimed, rules)}
    return answers[row.id]


def by_follow(token: str, minutes: int, key: str) -> dict[str, Any]:
    """State the resident's minutes for a need asked without an account, by its follow link. Raises NotFound like an unknown link."""
    _minutes(minutes)
    card = needs_reads.by_follow(token, now())
    row = visits_reads.visit_of_need(card.id) if card else None
    if card is None or row is None or card.sheet is None:
        raise NotFound
    actor = Actor.of_code(card.sheet, card.place)
    with step(actor, key, "visit.confirm_by_follow", {"visit": str(row.id), "minutes": minutes}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        return s.done(_claim(s, row, minutes, "resident", Way.SELF))


def _after(s: OpenStep, visit: UUID, claimed: visits.Claimed, rules: Policy) -> int | None:
    if claimed.state == "waiting":
        return None
    about = f"visit:{visit}"
    beside = [one for one in visits_reads.outing(visits_reads.visit(visit)) if one.id != visit] if claimed.together is not None else []
    state = needs_reads.need(claimed.need, s.now).state if beside else None
    if claimed.state == "disputed":
        if state != "disputed":
            needs.move(s, claimed.need, "dispute")
        people.tell(s, "visit.disputed", about=about, post=(Role.WORKER, claimed.place[:12]), facts={})
        return None
    settled = claimed.state == "settled" if state is None else state == "disputed"
    if all(one.state in DONE for one in beside):
        needs.move(s, claimed.need, "settle" if settled else "confirm")
        people.close_access(s, f"need:{claimed.need}")
    credited = 0
    if claimed.minutes:
        credited = timebank.post_for_visit(s, visit, claimed.minutes, hour_rules(rules))
    else:
        timebank.void_for_visit(s, visit)
    people.close_access(s, about)
    sides = [person for person in (claimed.helper, claimed.resident) if person is not None]
    people.tell_each(s, "visit.confirmed", sides, about=about, facts={"minutes": credited})
    return credited


def dispute(actor: Actor, visit: UUID, reason: str, key: str) -> dict[str, Any]:
    """Dispute a visit with a reason, as either side; a worker who is no party decides. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = visit_for(actor, visit)
    if actor.person != row.helper and not speaks_for(actor, row):
        raise NotFound
    with step(actor, key, "visit.dispute", {"visit": str(visit), "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        needs.lock(row.need)
        row = visits_reads.visit(visit)
        if row.state == "checked_in":
            needs.move(s, row.need, "finish")
        if row.together is None or needs_reads.need(row.need, s.now).state != "disputed":
            needs.move(s, row.need, "dispute", reason=needs.reason_of(reason))
        visits.dispute(s, visit, reason)
        for other in visits_reads.outing(row):  # what one went to is asked of both
            if other.id != visit and other.state in {"checked_in", "checked_out"}:
                visits.dispute(s, other.id, reason)
        people.tell(s, "visit.disputed", about=f"visit:{visit}", post=(Role.WORKER, row.place[:12]), facts={})
        return s.done({"state": "disputed"})


def settle(actor: Actor, visit: UUID, minutes: int, reason: str, key: str) -> dict[str, Any]:
    """Decide a dispute with a reason (0 minutes: nothing is credited), as a worker who is no party."""
    _minutes(minutes, least=0)
    row = visit_for(actor, visit)
    if not works_at(actor, row):
        raise NotFound
    with step(actor, key, "visit.settle", {"visit": str(visit), "minutes": minutes, "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        needs.lock(row.need)
        credited = _after(s, visit, visits.settle(s, visit, minutes, reason), policy_at(row.place, s.now))
        return s.done({"state": "settled", "minutes": minutes, "credited": credited})


def correct(actor: Actor, visit: UUID, minutes: int, reason: str, key: str) -> dict[str, Any]:
    """Correct the minutes of a finished visit: the book reverses and posts anew, both are told why.

    Raises Refused(PARTY_TO_IT, STATE_FORBIDS, REASON_REQUIRED, OVER_LIMIT where the hours have been given away).
    """
    _minutes(minutes, least=0)
    row = visit_for(actor, visit)
    if not works_at(actor, row):
        raise NotFound
    with step(actor, key, "visit.correct", {"visit": str(visit), "minutes": minutes, "reason": reason}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        visits.correct(s, visit, minutes, reason)
        timebank.correct_visit(s, visit, minutes, hour_rules(policy_at(row.place, s.now)))
        for person in (row.helper, row.resident):
            if person is not None:
                people.tell(s, "visit.corrected", about=f"visit:{visit}", person=person, facts={"minutes": minutes})
        return s.done({"state": "corrected", "minutes": minutes})


def reopen(actor: Actor, need: UUID, reason: str, key: str) -> dict[str, Any]:
    """Open an ended need again within policy's days, with a reason: by the asker, their guardian or the community's worker.

    Raises NotFound for others, Refused(REOPEN_TOO_LATE, STATE_FORBIDS, REASON_REQUIRED).
    """
    card = need_for(actor, need)
    with step(actor, key, "need.reopen", {"need": str(need), "reason": reason}, place=card.community) as s:
        if s.answer is not None:
            return s.answer
        rules = policy_at(card.community, s.now)
        if card.ended_at is not None and (s.now - card.ended_at).days >= rules.days("reopen_days"):
            raise Refused(Refusal.REOPEN_TOO_LATE)
        plan = clock_plan(rules, urgent=card.urgent, group=card.group)
        needs.move(s, need, "reopen", reason=needs.reason_of(reason), plan=plan)
        visits.ask_again(s, need)  # it is another time: who could not come then may be able to now
        people.tell(s, "need.reopened", about=f"need:{need}", post=(Role.WORKER, card.community), facts={"number": card.number})
        s.later("match.propose", {"need": str(need)})
        return s.done({"need": str(need)})
