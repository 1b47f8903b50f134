"""Trials on the lived street: one that has ended, with made-up figures in which three outcomes differ, and one that waits."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from linli.journeys import trial
from linli.sight.trials import reads as trials
from linli.stage.trial import assumptions
from linli.stage.trial_life import Size
from tests.cast import Street

DISTRICT, SEEDS = "440104", 5
A = {
    "answered_in_time": 960_000, "first_answer": 52, "handled": 930_000, "met": 910_000, "satisfied": 810_000, "risen": 120_000,
    "no_shows": 20_000, "helper_minutes": 180, "top_tenth": 260_000, "seeded": 1800,
}  # fmt: skip
B = A | {"first_answer": 27, "handled": 700_000, "met": 690_000}


def asked(street: Street, **changes: str) -> UUID:
    """林处 asks for a trial."""
    draft = trial.Draft(DISTRICT, changes, SEEDS, 3, asdict(Size()))
    return UUID(trial.ask(street.actor("lin"), draft, street.key())["trial"])


def tried(street: Street) -> UUID:
    """Return a trial whose runs are all there."""
    made = asked(street, answer_minutes="60", radius_metres="300")
    assert trial.take() == made
    for arm, seed in trials.lacking(trials.trial(made), ()):
        outcomes = {name: value + seed * (value // 90) for name, value in (A if arm.value == "a" else B).items()}
        if seed == 2:
            outcomes["satisfied"] += 9_000 if arm.value == "b" else 0
        assert trial.keep_run(made, trials.RunRow(arm, seed, outcomes, 30, 4_000))
    trial.finish(made, assumptions())
    return made
