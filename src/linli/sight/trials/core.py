"""Policy trials: what is measured of a run, and whether two policy sets differ by more than chance. Pure.

Both arms of a pair live with the same seed: the same people, the same wishes. So the seeds' differences are compared, not the two heaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import atan, ceil, cos, floor, pi, sin, sqrt

from linli.kernel.stats import Interval

LEVEL_PPM = 950_000  # of each interval of an arm; of all differences together
PAIRS_MIN = 3  # under three pairs nothing is concluded
BISECTIONS = 60
T_MAX = 1_000_000.0


class Arm(StrEnum):
    """The policy in force (A), or the one that is tried (B)."""

    A = "a"
    B = "b"


class State(StrEnum):
    """Where a trial stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


# (state, event) -> state. What is not here is refused; a trial that ended stays as it ended.
MOVES: dict[tuple[State, str], State] = {
    (State.WAITING, "take"): State.RUNNING,
    (State.RUNNING, "take"): State.RUNNING,  # by the next worker, where one was cut short
    (State.RUNNING, "put_back"): State.WAITING,  # by a worker that was told to stop
    (State.RUNNING, "finish"): State.DONE,
    (State.RUNNING, "fail"): State.FAILED,
    (State.WAITING, "cancel"): State.CANCELLED,
    (State.RUNNING, "cancel"): State.CANCELLED,
}


class Unit(StrEnum):
    """How an outcome counts: a share (ppm), so many in a hundred needs (ppm of needs), or minutes."""

    SHARE = "share"
    PER_HUNDRED = "per_hundred"
    MINUTES = "minutes"


class Outcome(StrEnum):
    """What is measured of a run; the order is the page's."""

    ANSWERED_IN_TIME = "answered_in_time"  # of needs answered: within the arm's own promise
    FIRST_ANSWER = "first_answer"  # median minutes from asking to the first answer
    HANDLED = "handled"  # of all needs: ended within the limit of set A, whatever set B promises
    MET = "met"  # of all needs: met by a neighbour's visit
    SATISFIED = "satisfied"  # of ratings: four and five stars
    RISEN = "risen"  # escalations to a hundred needs
    NO_SHOWS = "no_shows"  # of booked visits: nobody came
    HELPER_MINUTES = "helper_minutes"  # credited minutes of an active helper
    TOP_TENTH = "top_tenth"  # share of all minutes that the busiest tenth of active helpers gave
    SEEDED = "seeded"  # seed hours issued, in minutes


UNITS: dict[Outcome, Unit] = {
    Outcome.ANSWERED_IN_TIME: Unit.SHARE, Outcome.FIRST_ANSWER: Unit.MINUTES, Outcome.HANDLED: Unit.SHARE, Outcome.MET: Unit.SHARE,
    Outcome.SATISFIED: Unit.SHARE, Outcome.RISEN: Unit.PER_HUNDRED, Outcome.NO_SHOWS: Unit.SHARE, Outcome.HELPER_MINUTES: Unit.MINUTES,
    Outcome.TOP_TENTH: Unit.SHARE, Outcome.SEEDED: Unit.MINUTES,
}  # fmt: skip


class Verdict(StrEnum):
    """What can be said of B beside A."""

    SAME = "same"  # no pair differs at all
    MORE = "more"  # B has more, by more than chance
    LESS = "less"  # B has less, by more than chance
    UNCLEAR = "unclear"  # the interval of the difference holds zero
    MISSING = "missing"  # too few pairs know it


@dataclass(frozen=True, slots=True)
class Compared:
    """One outcome: each arm, the paired difference B − A over the seeds that know both, and the verdict."""

    outcome: Outcome
    a: Interval | None
    b: Interval | None
    difference: Interval | None
    verdict: Verdict


Runs = Mapping[int, Mapping[str, int | None]]  # seed -> outcome -> value


def t_within(t: float, degrees: int) -> float:
    """Return P(|T| ≤ t) of Student's distribution with whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4)."""
    if degrees < 1 or t < 0:
        raise ValueError("t_within needs degrees >= 1 and t >= 0")
    angle = atan(t / sqrt(degrees))
    if degrees == 1:
        return 2 * angle / pi
    square, term, total = cos(angle) ** 2, 1.0, 1.0
    first = 1 if degrees % 2 else 0
    if first:
        term = total = cos(angle)
    for k in range(first + 2, degrees - 1, 2):
        term *= square * (k - 1) / k
        total += term
    return 2 / pi * (angle + sin(angle) * total) if first else sin(angle) * total


@cache
def t_quantile(level_ppm: int, degrees: int) -> float:
    """Return t with P(|T| ≤ t) = level, by halving."""
    if not 0 < level_ppm < 1_000_000:
        raise ValueError("a level lies between 0 and 1,000,000 ppm")
    low, high = 0.0, T_MAX
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if t_within(middle, degrees) < level_ppm / 1e6 else (low, middle)
    return high


def interval(values: Sequence[int], *, level_ppm: int = LEVEL_PPM) -> Interval | None:
    """Return the mean of `values` (one a seed) with Student's interval, None under two values. Values that are all alike give no width."""
    n = len(values)
    if n < 2:
        return None
    mean = Fraction(sum(values), n)
    spread = sum((value - mean) ** 2 for value in values)  # exact: values that are alike come to nothing, not to a rounding error
    if spread == 0:
        return Interval(values[0], values[0], values[0], n)
    half = t_quantile(level_ppm, n - 1) * sqrt(spread / (n - 1) / n)
    return Interval(round(mean), floor(mean - Fraction(half)), ceil(mean + Fraction(half)), n)


def together_ppm(outcomes: int) -> int:
    """Return the level of each of `outcomes` intervals that makes all of them hold together at LEVEL_PPM (Bonferroni)."""
    return 1_000_000 - (1_000_000 - LEVEL_PPM) // outcomes


def _verdict(differences: Sequence[int], found: Interval | None) -> Verdict:
    if len(differences) < PAIRS_MIN or found is None:
        return Verdict.MISSING
    if not any(differences):
        return Verdict.SAME
    if not found.excludes(0):
        return Verdict.UNCLEAR
    return Verdict.MORE if found.low > 0 else Verdict.LESS


def _within(found: Interval | None, unit: Unit) -> Interval | None:
    # A share lies between nothing and all, whatever Student says of few seeds; nothing counted here lies under zero.
    if found is None:
        return None
    top = 1_000_000 if unit is Unit.SHARE else found.high
    return Interval(found.mean, max(0, found.low), min(top, found.high), found.n)


def compare(a: Runs, b: Runs) -> tuple[Compared, ...]:
    """Return every outcome compared over the seeds that both arms have, in the order of `Outcome`.

    Differences are paired by seed; their intervals hold all together, so that of ten outcomes none is called different by luck more often
    than one time in twenty.
    """
    level, rows = together_ppm(len(Outcome)), []
    for outcome in Outcome:
        pairs = [(a[seed].get(outcome.value), b[seed].get(outcome.value)) for seed in sorted(a.keys() & b.keys())]
        known = [(x, y) for x, y in pairs if x is not None and y is not None]
        differences = [y - x for x, y in known]
        found = interval(differences, level_ppm=level)
        one, other = (_within(interval([pair[side] for pair in known]), UNITS[outcome]) for side in (0, 1))
        rows.append(Compared(outcome, one, other, found, _verdict(differences, found)))
    return tuple(rows)


def share_ppm(hits: int, n: int) -> int | None:
    """Return hits/n in ppm, rounded half up; None where n is 0: no data is not a zero."""
    return (2_000_000 * hits + n) // (2 * n) if n else None


def median(values: Sequence[int]) -> int | None:
    """Return the middle of `values`, of an even number the lower of the two; None of none."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def top_tenth_ppm(minutes: Sequence[int]) -> int | None:
    """Return the share of all minutes that the busiest tenth gave (at least one helper); None where nobody gave any."""
    busiest = sorted(minutes, reverse=True)[: max(1, len(minutes) // 10)]
    return share_ppm(sum(busiest), sum(minutes))


@dataclass(frozen=True, slots=True)
class Lived:
    """What was counted in one run; lists hold one number a need, helper or visit."""

    needs: int
    answer_minutes: Sequence[int]
    answered_in_time: int
    handled: int
    met: int
    ratings: int
    satisfied: int
    risen: int
    visits: int
    no_shows: int
    helper_minutes: Sequence[int]
    seeded_minutes: int


def measured(lived: Lived) -> dict[str, int | None]:
    """Return the outcomes of one run by name."""
    active = [minutes for minutes in lived.helper_minutes if minutes]
    found = {
        Outcome.ANSWERED_IN_TIME: share_ppm(lived.answered_in_time, len(lived.answer_minutes)),
        Outcome.FIRST_ANSWER: median(lived.answer_minutes),
        Outcome.HANDLED: share_ppm(lived.handled, lived.needs),
        Outcome.MET: share_ppm(lived.met, lived.needs),
        Outcome.SATISFIED: share_ppm(lived.satisfied, lived.ratings),
        Outcome.RISEN: share_ppm(lived.risen, lived.needs),
        Outcome.NO_SHOWS: share_ppm(lived.no_shows, lived.visits),
        Outcome.HELPER_MINUTES: (2 * sum(active) + len(active)) // (2 * len(active)) if active else None,
        Outcome.TOP_TENTH: top_tenth_ppm(active),
        Outcome.SEEDED: lived.seeded_minutes,
    }
    return {outcome.value: value for outcome, value in found.items()}
