"""Trials of a place and below, and one trial with its runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linli.kernel.errors import NotFound
from linli.kernel.stats import Interval
from linli.sight.trials.core import UNITS, Arm, State, compare
from linli.sight.trials.models import Trial, TrialRun


@dataclass(frozen=True, slots=True)
class TrialCard:
    """One trial: what is compared, how large it is, where it stands. `changes` has (key, value in A, value in B)."""

    id: UUID
    place: str
    on: date
    rules: Mapping[str, int | str]
    changes: tuple[tuple[str, int | str, int | str], ...]
    days: int
    seeds: int
    size: Mapping[str, int]
    state: State
    runs_done: int
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    why: str
    assumptions: Mapping[str, int]
    inputs_digest: str
    digest: str

    @property
    def runs(self) -> int:
        """How many runs there are to be: each seed once in both arms."""
        return 2 * self.seeds

    def set_of(self, arm: Arm) -> dict[str, int | str]:
        """Return the whole policy set of an arm."""
        return dict(self.rules) | ({key: b for key, _, b in self.changes} if arm is Arm.B else {})


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run with its outcomes by name."""

    arm: Arm
    seed: int
    outcomes: Mapping[str, int | None]
    needs: int
    took_ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome compared: its name and unit (share, per_hundred, minutes), both arms, the paired difference B − A, what can be said."""

    outcome: str
    unit: str
    a: Interval | None
    b: Interval | None
    difference: Interval | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Result:
    """A trial with its runs, and the comparison over the seeds both arms have so far."""

    card: TrialCard
    runs: tuple[RunRow, ...]
    lines: tuple[Line, ...]


def lacking(card: TrialCard, runs: Iterable[RunRow]) -> tuple[tuple[Arm, int], ...]:
    """Return which runs a trial still lacks, as (arm, seed), in the order they are made: seed after seed, A before B."""
    there = {(run.arm, run.seed) for run in runs}
    return tuple(pair for seed in range(1, card.seeds + 1) for arm in Arm if (pair := (arm, seed)) not in there)


def unkept(
    place: str, on: date, rules: Mapping[str, int | str], changes: Mapping[str, int | str], *, seeds: int, days: int, size: Mapping[str, int],
    moment: datetime,
) -> TrialCard:  # fmt: skip
    """Return a trial that nobody keeps, for a command that runs one and prints it."""
    rows = tuple((key, rules[key], value) for key, value in changes.items())
    return TrialCard(
        UUID(int=0), place, on, rules, rows, days, seeds, size, State.RUNNING, 0, "", moment, moment, None, "", {}, "", "",
    )  # fmt: skip


def _card(row: Trial) -> TrialCard:
    changes = tuple((key, row.rules[key], value) for key, value in row.changes.items())
    return TrialCard(
        row.pk, row.place_code, row.policy_on, row.rules, changes, row.days, row.seeds, row.size, State(row.state), row.runs_done,
        row.asked_by, row.asked_at, row.started_at, row.ended_at, row.why, row.assumptions, row.inputs_digest, row.digest,
    )  # fmt: skip


def trials_in(place: str, *, limit: int = 40) -> tuple[TrialCard, ...]:
    """Return trials of a place and below, the newest first; one query."""
    return tuple(_card(row) for row in Trial.objects.filter(place_code__startswith=place).order_by("-asked_at", "-pk")[:limit])


def waiting(place: str) -> int:
    """Return how many trials of a place and below wait or run."""
    return Trial.objects.filter(place_code__startswith=place, state__in=["waiting", "running"]).count()


def any_to_run() -> bool:
    """Tell whether a trial waits or was cut short; one query over those that did not end."""
    return Trial.objects.filter(state__in=["waiting", "running"]).exists()


def any_asked() -> bool:
    """Tell whether anybody ever asked for a trial."""
    return Trial.objects.exists()


def trial(pk: UUID) -> TrialCard:
    """Return one trial. Raises NotFound."""
    row = Trial.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _card(row)


def is_running(pk: UUID) -> bool:
    """Tell whether a trial runs still: nobody cancelled it meanwhile."""
    return Trial.objects.filter(pk=pk, state=State.RUNNING.value).exists()


def runs_of(pk: UUID) -> tuple[RunRow, ...]:
    """Return the runs of a trial by seed, A before B; one query."""
    rows = TrialRun.objects.filter(trial=pk).order_by("seed", "arm")
    return tuple(RunRow(Arm(r.arm), r.seed, r.outcomes, r.needs, r.took_ms) for r in rows)


def result(pk: UUID) -> Result:
    """Return a trial with its runs and what they say. Raises NotFound."""
    card, runs = trial(pk), runs_of(pk)
    return Result(card, runs, compared(runs))


def compared(runs: Iterable[RunRow]) -> tuple[Line, ...]:
    """Return the comparison of some runs over the seeds both arms have; no query."""
    found = list(runs)
    a, b = ({run.seed: run.outcomes for run in found if run.arm is arm} for arm in (Arm.A, Arm.B))
    return tuple(
        Line(row.outcome.value, UNITS[row.outcome].value, row.a, row.b, row.difference, row.verdict.value) for row in compare(a, b)
    )
