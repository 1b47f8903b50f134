"""Ask for a trial, take it up, keep its runs, end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from linli.kernel.canon import digest
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.sight.trials.core import MOVES, Arm, State
from linli.sight.trials.models import TRIES_MAX, Trial, TrialRun


@dataclass(frozen=True, slots=True)
class NewTrial:
    """What is compared: `rules` is the whole set in force at `place` on `on`, `changes` what is different in set B."""

    place: str
    on: date
    rules: Mapping[str, int | str]
    changes: Mapping[str, int | str]
    seeds: int
    days: int
    size: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewRun:
    """What one run came to."""

    arm: Arm
    seed: int
    outcomes: Mapping[str, int | None]
    needs: int
    took_ms: int


def ask(s: Step, new: NewTrial) -> UUID:
    """Keep a trial that waits to be run; return its id."""
    pk = new_id(s.now)
    inputs: dict[str, Any] = {
        "place": new.place, "on": new.on.isoformat(), "rules": dict(new.rules), "changes": dict(new.changes), "seeds": new.seeds,
        "days": new.days, "size": dict(new.size),
    }  # fmt: skip
    Trial.objects.create(
        id=pk, place_code=new.place, policy_on=new.on, rules=inputs["rules"], changes=inputs["changes"], days=new.days, seeds=new.seeds,
        size=inputs["size"], inputs_digest=digest(inputs), state=State.WAITING.value, asked_by=s.actor.ref, asked_at=s.now,
    )  # fmt: skip
    s.record("trial:asked", place=new.place, payload={"trial": str(pk), "inputs": digest(inputs), "changes": sorted(new.changes)})
    return pk


def _move(s: Step, pk: UUID, event: str, **changes: Any) -> Trial:
    row = Trial.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    new = MOVES.get((State(row.state), event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    ended = {} if new in {State.WAITING, State.RUNNING} else {"ended_at": s.now}
    Trial.objects.filter(pk=pk).update(state=new.value, **ended, **changes)
    return row


def take(s: Step) -> UUID | None:
    """Take up the trial that waits longest, or go on with one that was cut short; None where there is none.

    The caller holds the lock that only one runner can have. A trial whose runner died too often has failed.
    """
    row = Trial.objects.select_for_update(skip_locked=True).filter(state__in=["waiting", "running"]).order_by("asked_at", "pk").first()
    if row is None:
        return None
    if row.tries >= TRIES_MAX:
        fail(s, row.pk, "cut_short")
        return None
    _move(s, row.pk, "take", tries=row.tries + 1, started_at=row.started_at or s.now)
    return row.pk


def put_back(s: Step, pk: UUID) -> None:
    """Let a trial wait again whose worker was told to stop; its runs stay. Raises Refused(STATE_FORBIDS), NotFound."""
    row = _move(s, pk, "put_back")
    Trial.objects.filter(pk=pk).update(tries=row.tries - 1)  # an orderly stop is no failure


def keep_run(s: Step, pk: UUID, run: NewRun) -> bool:
    """Keep what one run came to; tell False where the trial was ended meanwhile, whose runs nobody wants any more."""
    row = Trial.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.state != State.RUNNING.value:
        return False
    TrialRun.objects.bulk_create(
        [
            TrialRun(
                trial=row, arm=run.arm.value, seed=run.seed, outcomes=dict(run.outcomes), needs=run.needs, took_ms=run.took_ms,
                recorded_at=s.now,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    Trial.objects.filter(pk=pk).update(runs_done=TrialRun.objects.filter(trial=row).count())
    return True


def finish(s: Step, pk: UUID, assumptions: Mapping[str, int]) -> str:
    """End a trial whose runs are all there; return the digest of inputs and outcomes. Raises Refused(STATE_FORBIDS), NotFound."""
    runs = TrialRun.objects.filter(trial=pk).order_by("seed", "arm")
    outcomes = [{"arm": run.arm, "seed": run.seed, "outcomes": run.outcomes} for run in runs]
    row = Trial.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    if len(outcomes) != 2 * row.seeds:
        raise Refused(Refusal.STATE_FORBIDS)
    made = digest({"inputs": row.inputs_digest, "assumptions": dict(assumptions), "runs": outcomes})
    _move(s, pk, "finish", digest=made, assumptions=dict(assumptions))
    s.record("trial:finished", place=row.place_code, payload={"trial": str(pk), "digest": made, "runs": len(outcomes)})
    return made


def fail(s: Step, pk: UUID, why: str) -> None:
    """End a trial that cannot be run; `why` is a code. Raises Refused(STATE_FORBIDS), NotFound."""
    _move(s, pk, "fail", why=why)


def cancel(s: Step, pk: UUID) -> None:
    """End a trial that nobody wants any more; its runs stay. Raises Refused(STATE_FORBIDS), NotFound."""
    row = _move(s, pk, "cancel")
    s.record("trial:cancelled", place=row.place_code, payload={"trial": str(pk)})
