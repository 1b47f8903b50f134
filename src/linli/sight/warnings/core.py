"""Warnings (report §5.5.2, §4.4.3): which case the quarters call for, and how a case goes from opened to closed. Pure.

A verdict is given only where a quarter has closed, so that looking every hour gives nobody more chances. Against noise there are
four tests, each with a quarter of the stated error, so that a community whose residents are just as satisfied as the bar asks is
warned by mistake in at most `error_ppm` of its judged quarters, and a better one more rarely:

interval   the quarter alone excludes the bar (exact one-sided binomial, Clopper & Pearson 1934)
persists   the deficit piles up over quarters: the Shiryaev–Roberts e-detector over five alternatives under the bar. Its mean under
           the bar grows by at most one a quarter, so crossing 1/a happens on average not before 1/a quarters, whatever the number of
           ratings in each (Shiryaev 1963; Roberts 1966; Shin, Ramdas & Rinaldo 2024, E-detectors)
running    two judged quarters in a row lie under the bar and together exclude it (report: 连续两季度不达标)
years      each of two calendar years in a row excludes it (report: 连续两年评估不合格)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from uuid import UUID

from linli.kernel.actor import Actor, Role
from linli.kernel.quarter import Quarter
from linli.kernel.stats import binomial_tail
from linli.kernel.units import PPM_ONE

TESTS = 4  # the error is shared by as many tests
DEPTHS_PPM = (50_000, 100_000, 150_000, 200_000, 300_000)  # how far under the bar the alternatives of `persists` lie
LAST_QUARTER = 4


class Level(StrEnum):
    """Blue, yellow, red, and the accountability card; each is watched from higher up than the one before."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    CARD = "card"


class Reason(StrEnum):
    """Why a case was opened."""

    INDEX = "index"  # by the first method, from the index of a day; kept for cases of before
    INTERVAL = "interval"
    PERSISTS = "persists"
    RUNNING = "running"
    YEARS = "years"
    GRAVE = "grave"  # somebody above reported a grave incident
    OVERDUE = "overdue"  # the case below ran out of time
    FALSE = "false"  # the call-back found that nothing had been put right


class Grave(StrEnum):
    """The grave incidents 重大服务事故 that open a red case (report §5.5.2 names none; the list is an operating choice)."""

    DEATH = "death"  # death or severe injury during help or for want of it
    ABUSE = "abuse"  # somebody helped was abused
    UNANSWERED = "unanswered"  # a person living alone called and nobody came, with harm
    MONEY = "money"  # hours, goods or money of residents were taken
    LEAK = "leak"  # residents' data got out
    FORGED = "forged"  # records were forged in numbers


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    PLANNED = "planned"  # being put right
    SHOWN = "shown"  # proof handed in; who will be called is drawn by the next published checkpoint
    CALLING = "calling"
    CLOSED = "closed"
    RISEN = "risen"  # goes on as a case of its own one level up


class Event(StrEnum):
    """What can happen to a case."""

    PLAN = "plan"
    SHOW = "show"
    DRAW = "draw"
    CALL = "call"
    CLOSE = "close"
    DENY = "deny"  # enough people called say that nothing was put right
    OVERDUE = "overdue"
    RISE = "rise"  # the next quarter calls for a higher level


LIVE = (State.OPEN, State.PLANNED, State.SHOWN, State.CALLING)
# (state, event) -> state. What is not here is refused; a closed case opens anew only as a new case.
MOVES: dict[tuple[State, Event], State] = {
    (State.OPEN, Event.PLAN): State.PLANNED,
    (State.PLANNED, Event.PLAN): State.PLANNED,  # a better plan before the proof
    (State.PLANNED, Event.SHOW): State.SHOWN,  # once: a second proof would be a second draw
    (State.SHOWN, Event.DRAW): State.CALLING,
    (State.CALLING, Event.CALL): State.CALLING,
    (State.CALLING, Event.CLOSE): State.CLOSED,
    (State.CALLING, Event.DENY): State.RISEN,
    (State.OPEN, Event.OVERDUE): State.RISEN,
    (State.PLANNED, Event.OVERDUE): State.RISEN,
    **{(state, Event.RISE): State.RISEN for state in LIVE},
}
# One level up. Above red there is nobody: what runs out there is told again, and a false proof starts red anew.
UP: dict[Level, Level] = {Level.BLUE: Level.YELLOW, Level.YELLOW: Level.RED, Level.RED: Level.RED, Level.CARD: Level.CARD}
TOP = frozenset({Level.RED, Level.CARD})
# Who calls back and closes: the roles, and how wide their place must at least be (digits of its code).
STREET_DIGITS, CITY_DIGITS, PROVINCE_DIGITS = 9, 4, 2
WATCH: dict[Level, tuple[Role, int]] = {
    Level.BLUE: (Role.DISPATCHER, STREET_DIGITS),
    Level.YELLOW: (Role.CITY, CITY_DIGITS),
    Level.RED: (Role.CITY, PROVINCE_DIGITS),
    Level.CARD: (Role.CITY, PROVINCE_DIGITS),
}


def supervises(actor: Actor, level: Level, place: str) -> bool:
    """Tell whether `actor` may call back and close a case of `level` at `place`: its own level of government, or one above."""
    roles = {WATCH[level][0], Role.CITY}
    return any(p.role in roles and len(p.place) <= WATCH[level][1] and p.covers(place) for p in actor.posts)


# Verdicts over quarters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """The bar and what it takes to call a community under it, as policy has it; `running` quarters and `years` in a row."""

    bar_ppm: int
    error_ppm: int
    running: int = 2
    years: int = 2

    @property
    def each(self) -> float:
        """Return the error of each test, a share of judged quarters."""
        return self.error_ppm / PPM_ONE / TESTS


@dataclass(frozen=True, slots=True)
class Seen:
    """What one closed quarter holds: good ratings of all."""

    quarter: Quarter
    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Call:
    """A case to open: why, and the pooled ratings of how many quarters say so."""

    level: Level
    reason: Reason
    hits: int
    n: int
    quarters: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found at the closing of one quarter; `evidence_milli` is the e-detector's value in thousandths, before it starts anew."""

    seen: Seen
    calls: tuple[Call, ...] = ()
    evidence_milli: int = 0

    @property
    def judged(self) -> bool:
        """Tell whether there was anything to judge: an empty quarter is no verdict."""
        return self.seen.n > 0


@dataclass
class _Walk:
    """What is carried from one quarter to the next: sums per alternative, and the judged quarters since the last call."""

    sums: list[float] = field(default_factory=lambda: [0.0] * len(DEPTHS_PPM))
    since: list[Seen] = field(default_factory=list)  # since the last call of any level
    row: list[Seen] = field(default_factory=list)  # since the last yellow


def walk(quarters: Sequence[Seen], rule: Rule) -> tuple[Verdict, ...]:
    """Judge consecutive closed quarters, oldest first; one verdict for each. Raises ValueError where a quarter is left out or comes twice."""
    if any(later.quarter != earlier.quarter.plus(1) for earlier, later in pairwise(quarters)):
        raise ValueError("quarters must follow each other")
    state = _Walk()
    return tuple(_judge(state, quarters[: number + 1], rule) for number in range(len(quarters)))


def _judge(state: _Walk, quarters: Sequence[Seen], rule: Rule) -> Verdict:
    seen = quarters[-1]
    card = _card(quarters, rule)
    calls = (card,) if card else ()
    if seen.n == 0:
        return Verdict(seen, calls, _milli(state.sums))
    ratios = likelihoods(seen.hits, seen.n, rule.bar_ppm)
    state.sums = [min(1e100, (1 + total) * ratio) for total, ratio in zip(state.sums, ratios, strict=True)]
    state.since.append(seen)
    state.row.append(seen)
    evidence = _milli(state.sums)
    call = _running(state.row, rule) or _interval(seen, rule) or _persists(state, rule)
    if call is None:
        return Verdict(seen, calls, evidence)
    state.sums, state.since = [0.0] * len(DEPTHS_PPM), []
    if call.level is Level.YELLOW:
        state.row = []
    return Verdict(seen, (*calls, call), evidence)


def _milli(sums: Sequence[float]) -> int:
    return min(10**15, round(1000 * sum(sums) / len(sums)))


def _under(seen: Seen, rule: Rule) -> bool:
    return seen.hits * PPM_ONE < seen.n * rule.bar_ppm


def excludes(hits: int, n: int, rule: Rule) -> bool:
    """Tell whether these ratings alone exclude the bar: at a share of the bar, so few good ones come in at most the error of a test."""
    return n > 0 and _tail(hits, n, rule.bar_ppm) <= rule.each


@lru_cache(maxsize=100_000)
def _tail(hits: int, n: int, bar_ppm: int) -> float:
    return binomial_tail(hits, n, bar_ppm)


@lru_cache(maxsize=100_000)
def likelihoods(hits: int, n: int, bar_ppm: int) -> tuple[float, ...]:
    """Return how many times likelier each alternative under the bar makes hits of n than the bar itself; each has mean ≤ 1 at or above it."""
    bar = bar_ppm / PPM_ONE
    lower = [max(bar / 10, bar - depth / PPM_ONE) for depth in DEPTHS_PPM]
    return tuple(exp(hits * log(p / bar) + (n - hits) * log((1 - p) / (1 - bar))) for p in lower)


def _interval(seen: Seen, rule: Rule) -> Call | None:
    return Call(Level.BLUE, Reason.INTERVAL, seen.hits, seen.n, 1) if excludes(seen.hits, seen.n, rule) else None


def _running(row: Sequence[Seen], rule: Rule) -> Call | None:
    last = row[-rule.running :]
    hits, n = sum(s.hits for s in last), sum(s.n for s in last)
    if len(last) < rule.running or not all(_under(s, rule) for s in last) or not excludes(hits, n, rule):
        return None
    return Call(Level.YELLOW, Reason.RUNNING, hits, n, len(last))


def _persists(state: _Walk, rule: Rule) -> Call | None:
    if sum(state.sums) / len(state.sums) * rule.each < 1:
        return None
    hits, n, quarters = _deepest(state.since, rule)
    last = state.row[-rule.running :]
    long = len(last) == rule.running and quarters >= rule.running and all(_under(s, rule) for s in last)
    return Call(Level.YELLOW if long else Level.BLUE, Reason.PERSISTS, hits, n, quarters)


def _deepest(since: Sequence[Seen], rule: Rule) -> tuple[int, int, int]:
    """Return hits, n and length of the run up to now that speaks loudest against the bar."""
    bar, best, loudest = rule.bar_ppm / PPM_ONE, (0, 0, 0), -1.0
    hits = n = 0
    for length, seen in enumerate(reversed(since), start=1):
        hits, n = hits + seen.hits, n + seen.n
        if hits >= n * bar:
            continue
        share = hits / n
        loud = n * ((share * log(share / bar) if hits else 0.0) + (1 - share) * log((1 - share) / (1 - bar)))
        if loud > loudest:
            best, loudest = (hits, n, length), loud
    return best


def _card(quarters: Sequence[Seen], rule: Rule) -> Call | None:
    year = quarters[-1].quarter.year
    if quarters[-1].quarter.number != LAST_QUARTER:
        return None
    years = [[s for s in quarters if s.quarter.year == year - back] for back in range(rule.years)]
    sums = [(sum(s.hits for s in one), sum(s.n for s in one)) for one in years]
    if any(len(one) < LAST_QUARTER for one in years) or not all(excludes(hits, n, rule) for hits, n in sums):
        return None
    return Call(Level.CARD, Reason.YEARS, sum(h for h, _ in sums), sum(n for _, n in sums), rule.years * LAST_QUARTER)


# Call-backs ---------------------------------------------------------------------------------------------------------------------


class Heard(StrEnum):
    """What somebody called said."""

    FIXED = "fixed"
    NOT_FIXED = "not_fixed"
    UNREACHED = "unreached"  # the next in the drawn order is called instead; may be tried again


class Finding(StrEnum):
    """What the calls say together."""

    PENDING = "pending"
    TRUE = "true"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class CallRule:
    """How many people are to be heard, and from how many who say "not put right" on it was a false rectification."""

    people: int
    false_from: int


def draw(root: str, case: UUID, pool: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return the pool in the order in which to call: by SHA-256 over the published root, the case and the person.

    The root is that of the first checkpoint signed after the proof was handed in, so that nobody could know it, or choose.
    """
    return tuple(
        sorted(set(pool), key=lambda person: (hashlib.sha256(f"linli call-back v1\n{root}\n{case}\n{person}".encode()).digest(), person))
    )


def to_call(results: Sequence[Heard | None], rule: CallRule) -> int:
    """Return how many of the drawn order are to be called: as many as are to be heard, one more for each who was not reached."""
    wanted = rule.people
    for number, heard in enumerate(results):
        if number >= wanted:
            break
        wanted += heard is Heard.UNREACHED
    return min(wanted, len(results))


def finding(results: Sequence[Heard | None], rule: CallRule) -> Finding:
    """Return what the results, in drawn order, say together: false from `false_from` on, true once enough were heard and it is not false."""
    heard = [r for r in results if r in {Heard.FIXED, Heard.NOT_FIXED}]
    if heard.count(Heard.NOT_FIXED) >= min(rule.false_from, max(1, len(results))):
        return Finding.FALSE
    if not heard or any(r is None for r in results[: to_call(results, rule)]):
        return Finding.PENDING
    return Finding.TRUE
