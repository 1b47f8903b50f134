"""Keep what quarters held and what was found; open cases and move them; keep who was called back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.kernel.canon import digest
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.quarter import Quarter
from linli.kernel.stats import Share, wilson
from linli.kernel.step import Payload, Step
from linli.kernel.text import clean
from linli.sight.warnings import core
from linli.sight.warnings.core import MOVES, Call, CallRule, Event, Finding, Grave, Heard, Level, Reason, Rule, State, Verdict
from linli.sight.warnings.models import CallBack, CarriedQuarter, Judgement, WarningFlip
from linli.sight.warnings.models import Warning as WarningRow

TEXT_LENGTH_MAX, NOTE_LENGTH_MAX, SOURCE_LENGTH_MAX = 1000, 300, 200
SATISFACTION, GRAVE = "satisfaction", "grave"
FILE_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Carried:
    """One quarter that a place brings along: good ratings of all."""

    place: str
    quarter: Quarter
    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed state of the record that decides who is called: its size and its root in hexadecimal."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Risen:
    """A case that went one level up: the new case (or the one open there already), where, from and to which level."""

    old: UUID
    new: UUID
    place: str
    from_level: Level
    to_level: Level


def _text(text: str, field: str, missing: Refusal = Refusal.PLAN_MISSING, length_max: int = TEXT_LENGTH_MAX) -> str:
    try:
        kept = clean(text, length_max=length_max, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=length_max) from None
    if not kept:
        raise Refused(missing, field=field)
    return kept


# Quarters -----------------------------------------------------------------------------------------------------------------------


def carry_in(s: Step, place: str, rows: Sequence[Carried], source: str) -> int:
    """Keep quarters from before of communities below `place`, with their source; return how many are new.

    Figures once carried in are never changed: the same ones again are known, other ones are refused.
    Raises Refused(REASON_REQUIRED, INPUT_TOO_LONG, INPUT_INVALID, ALREADY_CARRIED) and keeps nothing then.
    """
    said = _text(source, "source", Refusal.REASON_REQUIRED, SOURCE_LENGTH_MAX)
    running = Quarter.at(s.now)
    if any(not 0 <= row.hits <= row.n or row.n == 0 or row.quarter >= running for row in rows):
        raise Refused(Refusal.INPUT_INVALID, field="quarter")
    before = CarriedQuarter.objects.filter(place_code__in={row.place for row in rows}).count()
    CarriedQuarter.objects.bulk_create(
        [
            CarriedQuarter(
                place_code=row.place, quarter=row.quarter.first_day(), hits=row.hits, n=row.n, source=said, actor_ref=s.actor.ref,
                recorded_at=s.now,
            )
            for row in rows
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )  # fmt: skip
    now_there = {
        (r.place_code, r.quarter): (r.hits, r.n) for r in CarriedQuarter.objects.filter(place_code__in={row.place for row in rows})
    }
    # Looked at after the writing: who carried in other figures a moment ago is found too, and everything is taken back.
    if any(now_there[row.place, row.quarter.first_day()] != (row.hits, row.n) for row in rows):
        raise Refused(Refusal.ALREADY_CARRIED, field="quarter")
    kept = len(now_there) - before
    if kept:
        told = [{"place": row.place, "quarter": row.quarter.code(), "hits": row.hits, "n": row.n} for row in rows]
        s.record("quarter:carried", place=place, payload={"quarters": kept, "rows": digest(told), "source": _hash(said)})
    return kept


def keep_verdicts(s: Step, place: str, verdicts: Iterable[Verdict], rule: Rule) -> None:
    """Keep what was found of closed quarters, as known now; what was found before stays beside it."""
    Judgement.objects.bulk_create(
        [
            Judgement(
                place_code=place, quarter=v.seen.quarter.first_day(), hits=v.seen.hits, n=v.seen.n, bar_ppm=rule.bar_ppm,
                error_ppm=rule.error_ppm, evidence_milli=v.evidence_milli, level=v.calls[-1].level.value if v.calls else "",
                reason=v.calls[-1].reason.value if v.calls else "", recorded_at=s.now,
            )
            for v in verdicts
        ],
        ignore_conflicts=True,
    )  # fmt: skip


# Opening ------------------------------------------------------------------------------------------------------------------------


def _write(s: Step, row: WarningRow, payload: Payload) -> UUID | None:
    WarningRow.objects.bulk_create([row], ignore_conflicts=True)
    if not WarningRow.objects.filter(pk=row.pk).exists():
        return None
    s.record("warning:opened", place=row.place_code, payload={"warning": str(row.pk), "level": row.level, "reason": row.reason, **payload})
    return row.pk


def open_case(s: Step, place: str, call: Call, quarter: Quarter, *, bar_ppm: int, plan_days: int) -> UUID | None:
    """Open the case that a quarter calls for, with its plan clock; None where one is open at that level, or was opened for that quarter."""
    share = wilson(call.hits, call.n)
    if share is None:
        raise ValueError("a case needs figures")
    row = WarningRow(
        pk=new_id(s.now), place_code=place, level=call.level.value, dimension=SATISFACTION, state=State.OPEN.value,
        reason=call.reason.value, quarter=quarter.first_day(), quarters=call.quarters, opened_at=s.now,
        plan_due_at=s.now + timedelta(days=plan_days), bar_ppm=bar_ppm, **_figures(share),
    )  # fmt: skip
    return _write(s, row, {"value_ppm": share.value_ppm, "n": share.n, "quarter": quarter.code()})


def open_grave(s: Step, place: str, kind: Grave, grounds: str, *, plan_days: int) -> UUID:
    """Open a red case on a grave incident. Raises Refused(REASON_REQUIRED, INPUT_TOO_LONG, ALREADY_OPEN)."""
    row = WarningRow(
        pk=new_id(s.now), place_code=place, level=Level.RED.value, dimension=GRAVE, state=State.OPEN.value, reason=Reason.GRAVE.value,
        grave=kind.value, grounds=_text(grounds, "grounds", Refusal.REASON_REQUIRED), n=0, bar_ppm=0, opened_at=s.now,
        plan_due_at=s.now + timedelta(days=plan_days),
    )  # fmt: skip
    made = _write(s, row, {"grave": kind.value, "grounds": _hash(row.grounds)})
    if made is None:
        raise Refused(Refusal.ALREADY_OPEN, field="place")
    return made


def _figures(share: Share) -> dict[str, Any]:
    return {"value_ppm": share.value_ppm, "low_ppm": share.low_ppm, "high_ppm": share.high_ppm, "n": share.n}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Moving -------------------------------------------------------------------------------------------------------------------------


def lock(pk: UUID) -> WarningRow:
    """Lock one case until the end of the transaction. Raises NotFound."""
    row = WarningRow.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _move(s: Step, row: WarningRow, event: Event, changes: Mapping[str, Any]) -> None:
    new = MOVES.get((State(row.state), event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    WarningRow.objects.filter(pk=row.pk).update(state=new.value, **changes)
    WarningFlip.objects.create(warning=row, old=row.state, new=new.value, event=event.value, actor_ref=s.actor.ref, at=s.now)


def plan(s: Step, pk: UUID, text: str, *, rectify_days: int) -> str:
    """Keep the plan and set the clock for the proof; return the place. A better plan keeps that clock.

    Raises Refused(PLAN_MISSING, INPUT_TOO_LONG, STATE_FORBIDS), NotFound.
    """
    row = lock(pk)
    due = row.rectify_due_at or s.now + timedelta(days=rectify_days)
    _move(s, row, Event.PLAN, {"plan": _text(text, "plan"), "planned_at": s.now, "planned_by": s.actor.ref, "rectify_due_at": due})
    s.record("warning:planned", place=row.place_code, payload={"warning": str(pk)})
    return row.place_code


def show(s: Step, pk: UUID, proof: str, file_hash: str) -> str:
    """Keep what was done, and the SHA-256 of a file where there is one; return the place.

    Raises like `plan`, Refused(PROOF_MISSING, INPUT_INVALID).
    """
    row = lock(pk)
    file = file_hash.strip().lower()
    if file and FILE_HASH.fullmatch(file) is None:
        raise Refused(Refusal.INPUT_INVALID, field="file_hash")
    said = _text(proof, "proof", Refusal.PROOF_MISSING)
    _move(s, row, Event.SHOW, {"proof": said, "file_hash": file, "shown_at": s.now, "shown_by": s.actor.ref})
    s.record("warning:shown", place=row.place_code, payload={"warning": str(pk), "proof": _hash(said), "file": file})
    return row.place_code


def draw(s: Step, pk: UUID, checkpoint: Checkpoint, pool: Collection[UUID], *, call_days: int) -> tuple[UUID, ...]:
    """Fix the order in which people are called; return it. Raises Refused(NOBODY_TO_CALL, STATE_FORBIDS), NotFound."""
    row = lock(pk)
    if not pool:
        raise Refused(Refusal.NOBODY_TO_CALL)
    order = core.draw(checkpoint.root, pk, pool)
    _move(
        s, row, Event.DRAW,
        {
            "drawn_at": s.now, "call_due_at": s.now + timedelta(days=call_days), "checkpoint_size": checkpoint.size,
            "checkpoint_root": checkpoint.root,
        },
    )  # fmt: skip
    CallBack.objects.bulk_create([CallBack(warning=row, number=n, person=person) for n, person in enumerate(order)])
    s.record(
        "warning:drawn", place=row.place_code,
        payload={"warning": str(pk), "size": checkpoint.size, "root": checkpoint.root, "pool": len(order)},
    )  # fmt: skip
    return order


def call(s: Step, pk: UUID, number: int, heard: Heard, note: str, rule: CallRule) -> Finding:
    """Keep what one person said; return what all say together. Nobody who planned or rectified may record it.

    Raises NotFound for somebody not to be called (yet), Refused(PARTY_TO_IT, ALREADY_CALLED, STATE_FORBIDS, INPUT_TOO_LONG).
    """
    row = lock(pk)
    if s.actor.ref in {row.planned_by, row.shown_by}:
        raise Refused(Refusal.PARTY_TO_IT)
    calls = list(CallBack.objects.filter(warning=row).order_by("number"))
    results = [Heard(c.result) if c.result else None for c in calls]
    if row.state == State.CALLING.value and not 0 <= number < core.to_call(results, rule):
        raise NotFound
    if row.state == State.CALLING.value and results[number] in {Heard.FIXED, Heard.NOT_FIXED}:
        raise Refused(Refusal.ALREADY_CALLED)
    try:
        said = clean(note, length_max=NOTE_LENGTH_MAX, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="note", length_max=NOTE_LENGTH_MAX) from None
    _move(s, row, Event.CALL, {})
    CallBack.objects.filter(pk=calls[number].pk).update(result=heard.value, note=said, called_by=s.actor.ref, called_at=s.now)
    s.record("warning:called", place=row.place_code, payload={"warning": str(pk), "number": number, "result": heard.value})
    results[number] = heard
    return core.finding(results, rule)


def close(s: Step, pk: UUID, findings: str, rule: CallRule) -> str:
    """Close a case whose call-back found it true; return the place.

    Raises Refused(PARTY_TO_IT, CALLS_OPEN, PLAN_MISSING, INPUT_TOO_LONG, STATE_FORBIDS), NotFound.
    """
    row = lock(pk)
    if s.actor.ref in {row.planned_by, row.shown_by}:
        raise Refused(Refusal.PARTY_TO_IT)
    said = _text(findings, "findings", Refusal.REASON_REQUIRED)
    if row.state == State.CALLING.value:
        results = [
            Heard(r) if r else None for r in CallBack.objects.filter(warning=row).order_by("number").values_list("result", flat=True)
        ]
        if core.finding(results, rule) is not Finding.TRUE:
            raise Refused(Refusal.CALLS_OPEN)
    _move(s, row, Event.CLOSE, {"findings": said, "closed_at": s.now})
    s.record("warning:closed", place=row.place_code, payload={"warning": str(pk)})
    return row.place_code


def rise(s: Step, pk: UUID, event: Event, *, plan_days: int) -> Risen | None:
    """Let a case go on one level up: out of time (OVERDUE) or found false (DENY). Its figures go with it.

    None where the case was answered in the meantime, or at the top, where what runs out is only told again (`remind`).
    """
    row = lock(pk)
    level = Level(row.level)
    if (State(row.state), event) not in MOVES or (level in core.TOP and event is Event.OVERDUE):
        return None
    _move(s, row, event, {"closed_at": s.now})
    up = core.UP[level]
    new = WarningRow(
        pk=new_id(s.now), place_code=row.place_code, level=up.value, dimension=row.dimension, state=State.OPEN.value,
        reason=(Reason.OVERDUE if event is Event.OVERDUE else Reason.FALSE).value, quarter=row.quarter, quarters=row.quarters,
        value_ppm=row.value_ppm, low_ppm=row.low_ppm, high_ppm=row.high_ppm, n=row.n, bar_ppm=row.bar_ppm, grave=row.grave,
        grounds=row.grounds, came_from=row, opened_at=s.now, plan_due_at=s.now + timedelta(days=plan_days),
    )  # fmt: skip
    made = _write(s, new, {"from": str(pk)})
    if made is None:
        made = (
            WarningRow.objects.exclude(state__in=["closed", "risen"])
            .get(place_code=row.place_code, level=up.value, dimension=row.dimension)
            .pk
        )
    s.record("warning:risen", place=row.place_code, payload={"warning": str(pk), "to": str(made), "why": event.value})
    return Risen(pk, made, row.place_code, level, up)


def supersede(s: Step, place: str, below: Level) -> tuple[UUID, ...]:
    """End live satisfaction cases of `place` at `below`: the quarter called for a higher one, which is open now; return them."""
    rows = WarningRow.objects.select_for_update().filter(place_code=place, level=below.value, dimension=SATISFACTION)
    ended = list(rows.exclude(state__in=["closed", "risen"]))
    for row in ended:
        _move(s, row, Event.RISE, {"closed_at": s.now})
        s.record("warning:risen", place=place, payload={"warning": str(row.pk), "why": Event.RISE.value})
    return tuple(row.pk for row in ended)


def remind(s: Step, pk: UUID, since: datetime) -> bool:
    """Note that an overdue case at the top was told again; False where that was done after `since`."""
    live = WarningRow.objects.filter(pk=pk, state__in=[state.value for state in core.LIVE])
    return bool((live.filter(reminded_at=None) | live.filter(reminded_at__lte=since)).update(reminded_at=s.now))
