"""Trials as rows: taken up one after the other, kept run by run, ended once, never rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.canon import digest
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.sight.trials import reads, verbs
from linli.sight.trials.core import Arm, Outcome, State
from linli.sight.trials.models import TRIES_MAX

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
PLACE = "440104"
NEW = verbs.NewTrial(
    PLACE, date(2026, 6, 1), {"answer_minutes": 120, "radius_metres": 1200}, {"radius_metres": 300}, 2, 3, {"residents": 90}
)
OUTCOMES: dict[str, int | None] = {o.value: 10 for o in Outcome}


def step(minutes: int = 0) -> FakeStep:
    return FakeStep(Actor.of_person(UUID(int=3)), NOW + timedelta(minutes=minutes))


def keep(pk: UUID, arm: Arm, seed: int, **changed: int | None) -> bool:
    return verbs.keep_run(step(), pk, verbs.NewRun(arm, seed, OUTCOMES | changed, 12, 900))


@contextmanager
def refused(code: Refusal) -> Iterator[None]:
    with pytest.raises(Refused, match=code.value):
        yield


@pytest.mark.django_db
def test_a_trial_is_asked_taken_run_and_finished() -> None:
    s = step()
    pk = verbs.ask(s, NEW)
    assert s.kinds() == ["trial:asked"]
    card = reads.trial(pk)
    assert card.changes == (("radius_metres", 1200, 300),)
    assert card.set_of(Arm.A) == NEW.rules
    assert card.set_of(Arm.B) == {"answer_minutes": 120, "radius_metres": 300}
    assert reads.lacking(card, ()) == ((Arm.A, 1), (Arm.B, 1), (Arm.A, 2), (Arm.B, 2))
    assert not keep(pk, Arm.A, 1)  # nobody runs it yet
    assert verbs.take(step()) == pk
    for seed in (1, 2):
        for arm in Arm:
            assert keep(pk, arm, seed, met=20 if arm is Arm.B else 10)
    s = step(9)
    made = verbs.finish(s, pk, {"rates_ppm": 700_000})
    assert s.kinds() == ["trial:finished"]
    found = reads.result(pk)
    assert (found.card.state, found.card.runs_done, found.card.digest) == (State.DONE, 4, made)
    outcomes = [{"arm": r.arm.value, "seed": r.seed, "outcomes": dict(r.outcomes)} for r in found.runs]
    assert made == digest({"inputs": found.card.inputs_digest, "assumptions": {"rates_ppm": 700_000}, "runs": outcomes})
    met = next(line for line in found.lines if line.outcome == "met")
    assert met.difference is not None
    assert met.difference.mean == 10
    assert not reads.any_to_run()


@pytest.mark.django_db
def test_the_same_run_is_kept_once_and_first_come_stays() -> None:
    pk = verbs.ask(step(), NEW)
    verbs.take(step())
    assert keep(pk, Arm.A, 1, met=1)
    assert keep(pk, Arm.A, 1, met=2)
    (kept,) = reads.runs_of(pk)
    assert kept.outcomes["met"] == 1
    assert reads.trial(pk).runs_done == 1
    with refused(Refusal.STATE_FORBIDS):
        verbs.finish(step(), pk, {})


@pytest.mark.django_db
def test_the_one_that_waits_longest_comes_first_and_a_dead_one_is_given_up() -> None:
    first, second = verbs.ask(step(), NEW), verbs.ask(step(1), NEW)
    for _ in range(TRIES_MAX):
        assert verbs.take(step(2)) == first  # its worker died: it is taken up again
    assert verbs.take(step(3)) is None
    assert (reads.trial(first).state, reads.trial(first).why) == (State.FAILED, "cut_short")
    assert verbs.take(step(4)) == second
    verbs.put_back(step(5), second)
    assert reads.trial(second).state is State.WAITING
    for _ in range(TRIES_MAX):  # an orderly stop is no failure
        assert verbs.take(step(6)) == second
        verbs.put_back(step(6), second)


@pytest.mark.django_db
def test_what_was_called_off_takes_no_more_runs() -> None:
    pk = verbs.ask(step(), NEW)
    verbs.take(step())
    keep(pk, Arm.A, 1)
    verbs.cancel(step(), pk)
    assert not keep(pk, Arm.B, 1)
    assert len(reads.runs_of(pk)) == 1
    for act in (verbs.cancel, verbs.put_back):
        with refused(Refusal.STATE_FORBIDS):
            act(step(), pk)
    with pytest.raises(NotFound):
        verbs.cancel(step(), UUID(int=9))
    with pytest.raises(NotFound):
        verbs.finish(step(), UUID(int=9), {})
    with pytest.raises(NotFound):
        reads.trial(UUID(int=9))


@pytest.mark.django_db
def test_a_place_sees_its_own_and_below() -> None:
    verbs.ask(step(), NEW)
    assert reads.any_asked()
    assert len(reads.trials_in("4401")) == reads.waiting("4401") == 1
    assert reads.trials_in("440105") == ()


@pytest.mark.django_db
def test_the_database_keeps_runs_and_what_was_compared() -> None:
    pk = verbs.ask(step(), NEW)
    verbs.take(step())
    keep(pk, Arm.A, 1)
    for statement in (
        "UPDATE trials_trialrun SET outcomes = '{}'", "DELETE FROM trials_trialrun", "UPDATE trials_trial SET changes = '{}'",
        "DELETE FROM trials_trial", "UPDATE trials_trial SET rules = '{}'",
    ):  # fmt: skip
        with database_refuses("never changed|does not change"):
            run(statement)
    with database_refuses("trial_done"):  # not all runs are there
        run("UPDATE trials_trial SET state = 'done', ended_at = now(), digest = 'x'")
    run("UPDATE trials_trial SET state = 'cancelled', ended_at = now()")
    with database_refuses("does not change"):
        run("UPDATE trials_trial SET state = 'waiting', ended_at = NULL")
