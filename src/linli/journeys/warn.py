"""A warning's case: opened by a quarter or a grave incident, planned, put right with proof, called back, closed, or gone one level up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.visits import reads as visits_reads
from linli.journeys.corridor import OpenStep, step
from linli.journeys.judge import tell_levels
from linli.journeys.plans import call_rule, plan_days, policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.sight.warnings import reads as warnings_reads
from linli.sight.warnings import verbs as warnings
from linli.sight.warnings.core import TOP, UP, WATCH, CallRule, Event, Finding, Grave, Heard, Level, State, supervises, to_call
from linli.sight.warnings.reads import CallRow, WarningCard
from linli.trust.evidence import reads as evidence_reads
from linli.trust.voice import reads as voice_reads

CLOCK = Actor.system("clock")
COMMUNITY_DIGITS = 12
REMIND_EVERY = timedelta(days=1)
CALL_CLASSES = (DataClass.NAME, DataClass.PHONE)


def may_rectify(actor: Actor, card: WarningCard) -> bool:
    """Tell whether `actor` hands in plan and proof: the community's own worker."""
    return actor.holds(Role.WORKER, card.place)


def may_close(actor: Actor, card: WarningCard) -> bool:
    """Tell whether `actor` calls back and closes: the level that supervises, and nobody who planned or put right."""
    return supervises(actor, card.level, card.place) and actor.ref not in {card.planned_by, card.shown_by}


def rule_of(card: WarningCard, moment: datetime) -> CallRule:
    """Return how many people are heard for a case, and from how many on it is false."""
    return call_rule(policy_at(card.place, moment))


def to_hear(card: WarningCard, calls: tuple[CallRow, ...], moment: datetime) -> tuple[CallRow, ...]:
    """Return those of the drawn order who are to be called, as policy at `moment` has it."""
    return calls[: to_call([row.heard for row in calls], rule_of(card, moment))]


def _worker_of(actor: Actor, card: WarningCard, action: str) -> None:
    if not may_rectify(actor, card):
        raise NotAllowed(action)


def _watcher_of(actor: Actor, card: WarningCard) -> None:
    if not supervises(actor, card.level, card.place):
        raise Refused(Refusal.NOT_YOUR_LEVEL)


def plan(actor: Actor, warning: UUID, text: str, key: str) -> dict[str, Any]:
    """Hand in the plan, as the community's worker. Raises NotAllowed, Refused(PLAN_MISSING, INPUT_TOO_LONG, STATE_FORBIDS)."""
    card = warnings_reads.warning(warning, now())
    _worker_of(actor, card, "warning.plan")
    with step(actor, key, "warning.plan", {"warning": str(warning), "text": text}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        warnings.plan(s, warning, text, rectify_days=policy_at(card.place, s.now).days("rectify_days"))
        _tell_watcher(s, "warning.planned", card)
        return s.done({"warning": str(warning)})


def show(actor: Actor, warning: UUID, proof: str, file_hash: str, key: str) -> dict[str, Any]:
    """Say what was done, as the community's worker, with the SHA-256 of a file where there is one.

    Whom to call is drawn by itself once a checkpoint is signed that nobody knew then.
    Raises NotAllowed, Refused(PROOF_MISSING, INPUT_INVALID, INPUT_TOO_LONG, STATE_FORBIDS, NOBODY_TO_CALL).
    """
    card = warnings_reads.warning(warning, now())
    _worker_of(actor, card, "warning.show")
    inputs = {"warning": str(warning), "proof": proof, "file_hash": file_hash}
    with step(actor, key, "warning.show", inputs, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        if card.state is State.PLANNED and not _pool(card, s.now):
            raise Refused(Refusal.NOBODY_TO_CALL)
        warnings.show(s, warning, proof, file_hash)
        _tell_watcher(s, "warning.shown", card)
        return s.done({"warning": str(warning)})


def call(actor: Actor, warning: UUID, number: int, heard: str, note: str, key: str) -> dict[str, Any]:
    """Record what one of those drawn said; return {"finding"}. Enough who say "not put right", and the case goes one level up.

    Raises NotAllowed, NotFound, Refused(INPUT_INVALID, NOT_YOUR_LEVEL, PARTY_TO_IT, ALREADY_CALLED, STATE_FORBIDS, INPUT_TOO_LONG).
    """
    if heard not in list(Heard):
        raise Refused(Refusal.INPUT_INVALID, field="heard")
    card = warnings_reads.warning(warning, now())
    inputs = {"warning": str(warning), "number": number, "heard": heard, "note": note}
    with step(actor, key, "warning.call", inputs, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        _watcher_of(actor, card)
        rule = rule_of(card, s.now)
        found = warnings.call(s, warning, number, Heard(heard), note, rule)
        risen = _rise(s, card, Event.DENY) if found is Finding.FALSE else None
        if risen is None:
            _open_people(s, card, rule)
        return s.done({"warning": str(warning), "finding": found.value, "risen": str(risen.new) if risen else ""})


def close(actor: Actor, warning: UUID, findings: str, key: str) -> dict[str, Any]:
    """Close a case that the call-back found true, as the level that supervises it.

    Raises NotAllowed, Refused(NOT_YOUR_LEVEL, PARTY_TO_IT, PLAN_MISSING, CALLS_OPEN, STATE_FORBIDS, REASON_REQUIRED, INPUT_TOO_LONG).
    """
    card = warnings_reads.warning(warning, now())
    with step(actor, key, "warning.close", {"warning": str(warning), "findings": findings}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        _watcher_of(actor, card)
        if card.state is State.OPEN:
            raise Refused(Refusal.PLAN_MISSING, field="plan")
        warnings.close(s, warning, findings, rule_of(card, s.now))
        people.close_access(s, f"warning:{warning}")
        people.tell(s, "warning.closed", about=f"warning:{warning}", post=(Role.WORKER, card.place), facts={})
        return s.done({"warning": str(warning)})


def report(actor: Actor, place: str, kind: str, grounds: str, key: str) -> dict[str, Any]:
    """Report a grave incident in a community, as a street or above; it opens a red case. Return {"warning"}.

    Raises NotAllowed, Refused(PLACE_UNKNOWN, INPUT_INVALID, REASON_REQUIRED, INPUT_TOO_LONG, ALREADY_OPEN).
    """
    if len(place) != COMMUNITY_DIGITS or kind not in list(Grave):
        raise Refused(Refusal.INPUT_INVALID, field="place" if kind in list(Grave) else "incident")
    places.checked(place)
    with step(actor, key, "warning.report", {"place": place, "kind": kind, "grounds": grounds}, place=place) as s:
        if s.answer is not None:
            return s.answer
        days = plan_days(policy_at(place, s.now), Level.RED)
        opened = warnings.open_grave(s, place, Grave(kind), grounds, plan_days=days)
        tell_levels(s, "warning.grave", f"warning:{opened}", place, Level.RED, {})
        return s.done({"warning": str(opened)})


# By itself ----------------------------------------------------------------------------------------------------------------------


def run_due(limit: int = 100) -> int:
    """Let overdue cases go up, and draw the call-backs whose checkpoint is signed; return how much was done. Idempotent."""
    moment = now()
    done = sum(_overdue(card) for card in warnings_reads.overdue(moment, limit=limit))
    return done + sum(_draw(card) for card in warnings_reads.waiting_for_draw(moment, limit=limit))


def _overdue(card: WarningCard) -> bool:
    with step(CLOCK, None, "warning.rise", {}, place=card.place) as s:
        if card.level not in TOP:
            return _rise(s, card, Event.OVERDUE) is not None
        if not warnings.remind(s, card.id, s.now - REMIND_EVERY):
            return False
        tell_levels(s, "warning.late", f"warning:{card.id}", card.place, card.level, {})
        return True


def _rise(s: OpenStep, card: WarningCard, event: Event) -> warnings.Risen | None:
    days = plan_days(policy_at(card.place, s.now), UP[card.level])
    risen = warnings.rise(s, card.id, event, plan_days=days)
    if risen is None:
        return None
    people.close_access(s, f"warning:{card.id}")
    kind = "warning.risen_late" if event is Event.OVERDUE else "warning.risen_false"
    tell_levels(s, kind, f"warning:{risen.new}", card.place, risen.to_level, {})
    return risen


def _draw(card: WarningCard) -> bool:
    signed = evidence_reads.checkpoint_after(card.shown_at) if card.shown_at else None
    if signed is None:
        return False
    with step(CLOCK, None, "warning.draw", {}, place=card.place) as s:
        row = warnings_reads.warning(card.id, s.now)
        pool = _pool(card, card.shown_at or s.now)
        if row.state is not State.SHOWN or not pool:
            return False
        rules = policy_at(card.place, s.now)
        warnings.draw(
            s, card.id, warnings.Checkpoint(signed.size, signed.root.hex()), pool, call_days=rules.days("call_back_days")
        )  # fmt: skip
        _open_people(s, card, call_rule(rules))
        _tell_watcher(s, "warning.drawn", card)
        return True


def _pool(card: WarningCard, until: datetime) -> frozenset[UUID]:
    """Return whom a call-back may fall on: who was helped or rated in the community before the proof, without those who put it right."""
    start = until - timedelta(days=policy_at(card.place, until).days("call_back_pool_days"))
    helped = visits_reads.helped_between(card.place, start, until) | voice_reads.raters(card.place, start, until)
    return frozenset(pk for pk in helped if f"person:{pk}" not in {card.planned_by, card.shown_by})


def _watch_post(card: WarningCard) -> tuple[Role, str]:
    role, digits = WATCH[card.level]
    return role, card.place[:digits]


def _open_people(s: OpenStep, card: WarningCard, rule: CallRule) -> None:
    """Open name and phone of those to be called to the post that calls, and close those already heard."""
    about = f"warning:{card.id}"
    people.close_access(s, about)
    calls = warnings_reads.calls(card.id)
    for row in calls[: to_call([c.heard for c in calls], rule)]:
        if row.heard in {None, Heard.UNREACHED}:
            people.open_access(
                s, subject=row.person, classes=CALL_CLASSES, purpose=Purpose.ESCALATED, about=about, post=_watch_post(card)
            )  # fmt: skip


def _tell_watcher(s: OpenStep, kind: str, card: WarningCard) -> None:
    people.tell(s, kind, about=f"warning:{card.id}", post=_watch_post(card), facts={})


def seen_by(actor: Actor, warning: UUID, moment: datetime) -> WarningCard:
    """Return a case to whoever holds a staff post that covers its community. Raises NotFound for everybody else."""
    card = warnings_reads.warning(warning, moment)
    if not actor.holds_any(frozenset({Role.WORKER, Role.DISPATCHER, Role.CITY}), card.place):
        raise NotFound
    return card
