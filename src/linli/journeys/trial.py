"""Trying a policy set before it is law: asked for by the city, run beside the live data on made-up people, kept as figures.

What a trial may change is checked by policy's own bounds. Nothing here sets a policy: whoever wants one does so where policy is set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.places import reads as places
from linli.ground.places.core import Level
from linli.ground.policy.core import Value, check, day_of, gaps
from linli.ground.policy.keys import KEYS, Kind
from linli.help.needs import happened as needs_happened
from linli.help.visits import happened as visits_happened
from linli.help.visits import reads as visits_reads
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor
from linli.kernel.clock import minutes_between
from linli.kernel.errors import Refusal, Refused
from linli.sight.trials import reads as trials_reads
from linli.sight.trials import verbs as trials
from linli.sight.trials.core import Lived, measured
from linli.trust.voice import reads as voice_reads
from linli.value.timebank import reads as timebank

# The keys that something in a made-up district reacts to. Others would come out alike, and a page that compares them would say nothing.
FELT = (
    "answer_minutes", "answer_group_minutes", "answer_urgent_minutes", "street_answer_minutes", "street_answer_group_minutes",
    "street_answer_urgent_minutes", "handle_minutes", "handle_again_minutes", "offers_at_once", "offer_minutes", "offer_urgent_minutes",
    "start_soon_minutes", "no_show_minutes", "radius_metres", "visits_per_day_max", "cost_metre_per_hundred", "cost_load", "cost_pairing",
    "cost_other_community", "open_needs_max", "seed_minutes",
)  # fmt: skip
CHANGES_MAX = 5
WAITING_MAX = 4  # trials of one city in the queue
SEEDS, DAYS = (5, 20), (2, 14)
RUNNER = Actor.system("trial")
AROUND = timedelta(days=60)  # visits are booked at most so far ahead, and people settled no longer before


@dataclass(frozen=True, slots=True)
class Sets:
    """Two whole policy sets of one place and day, key -> value: A is in force, B is A with `changes`."""

    place: str
    on: date
    a: Mapping[str, int | str]
    changes: Mapping[str, int | str]

    @property
    def b(self) -> dict[str, int | str]:
        """Return set B."""
        return dict(self.a) | dict(self.changes)


def sets(place: str, moment: datetime, wanted: Mapping[str, str]) -> Sets:
    """Return the policy in force at a place and the same with `wanted` (key -> value as typed).

    Raises Refused(PLACE_UNKNOWN), Refused(INPUT_INVALID) with `field` = the key at fault: unknown, nothing a trial would feel, out of its
    bounds, or a set that would not hold together; with `field` = "changes" where too many keys change, Refused(INPUT_MISSING) where none.
    """
    places.checked(place, Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY)
    on, known = day_of(moment), policy_at(place, moment).values
    changed = {key: _value(known, key, typed) for key, typed in wanted.items()}
    different = {key: value.value for key, value in changed.items() if value.value != known[key].value}
    if not different:
        raise Refused(Refusal.INPUT_MISSING, field="changes")
    if len(different) > CHANGES_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="changes")
    if gaps(dict(known) | changed) and not gaps(known):
        raise Refused(Refusal.INPUT_INVALID, field=_loosener(known, changed))
    return Sets(place, on, {key: value.value for key, value in known.items()}, different)


def _value(known: Mapping[str, Value], key: str, typed: str) -> Value:
    if key not in FELT or key not in known:
        raise Refused(Refusal.INPUT_INVALID, field=key)
    number = typed.strip()
    if not (number.isascii() and number.isdigit()) or len(number) > 9 or KEYS[key].kind is Kind.TEXT:
        raise Refused(Refusal.INPUT_INVALID, field=key)
    value = replace(known[key], value=int(number))
    try:
        check(value, row=key)
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=key) from None
    return value


def _loosener(known: Mapping[str, Value], changed: Mapping[str, Value]) -> str:
    # The key to name: the first one that, taken back alone, would make the set whole again; else the first that was changed.
    whole = (key for key in changed if not gaps(dict(known) | {k: v for k, v in changed.items() if k != key}))
    return next(whole, next(iter(changed)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A trial to ask for. `changes` are values as typed; `size` says how large the made-up district is, whole numbers by name."""

    place: str
    changes: Mapping[str, str]
    seeds: int
    days: int
    size: Mapping[str, int]


def ask(actor: Actor, draft: Draft, key: str) -> dict[str, Any]:
    """Ask for a trial, as the city; return {"trial"}. It is run later, in the background, one at a time.

    Raises NotAllowed outside one's city, Refused as `sets`, Refused(INPUT_INVALID, "seeds" or "days"), Refused(TOO_MANY_OPEN).
    """
    inputs = {"place": draft.place, "changes": dict(draft.changes), "seeds": draft.seeds, "days": draft.days}
    with step(actor, key, "trial.ask", inputs, place=draft.place) as s:
        if s.answer is not None:
            return s.answer
        for name, value, (low, high) in (("seeds", draft.seeds, SEEDS), ("days", draft.days, DAYS)):
            if not low <= value <= high:
                raise Refused(Refusal.INPUT_INVALID, field=name)
        found = sets(draft.place, s.now, draft.changes)
        if trials_reads.waiting(draft.place[:4]) >= WAITING_MAX:
            raise Refused(Refusal.TOO_MANY_OPEN)
        new = trials.NewTrial(draft.place, found.on, found.a, found.changes, draft.seeds, draft.days, draft.size)
        return s.done({"trial": str(trials.ask(s, new))})


def cancel(actor: Actor, trial: UUID, key: str) -> dict[str, Any]:
    """Call a trial off, as the city. Raises NotFound, NotAllowed, Refused(STATE_FORBIDS) where it has ended."""
    card = trials_reads.trial(trial)
    with step(actor, key, "trial.cancel", {"trial": str(trial)}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        trials.cancel(s, trial)
        return s.done({"trial": str(trial)})


def take() -> UUID | None:
    """Take up the trial that waits longest; None where there is none. The caller holds the runners' lock."""
    with step(RUNNER, None, "trial.run", {}) as s:
        return trials.take(s)


def keep_run(trial: UUID, run: trials_reads.RunRow) -> bool:
    """Keep what one run came to; tell False where the trial was called off meanwhile."""
    with step(RUNNER, None, "trial.run", {}) as s:
        return trials.keep_run(s, trial, trials.NewRun(run.arm, run.seed, run.outcomes, run.needs, run.took_ms))


def put_back(trial: UUID) -> None:
    """Let a trial wait again, since its worker was told to stop. Raises Refused(STATE_FORBIDS) where it was called off meanwhile."""
    with step(RUNNER, None, "trial.run", {}) as s:
        trials.put_back(s, trial)


def finish(trial: UUID, assumptions: Mapping[str, int]) -> str:
    """End a trial whose runs are all there; return the digest. Raises Refused(STATE_FORBIDS) where it was called off meanwhile."""
    with step(RUNNER, None, "trial.run", {}) as s:
        return trials.finish(s, trial, assumptions)


def fail(trial: UUID, why: str) -> None:
    """End a trial that cannot be run; `why` is a code. Raises Refused(STATE_FORBIDS) where it was called off meanwhile."""
    with step(RUNNER, None, "trial.run", {}) as s:
        trials.fail(s, trial, why)


def rules_of(place: str, on: date, values: Mapping[str, int | str]) -> list[Value]:
    """Return a whole set of values as rows at `place`, long in force on the day `on`, for a database of a trial."""
    return [Value(key, place, on - timedelta(days=365), value, "policy trial") for key, value in values.items()]


def measure(place: str, communities: Sequence[str], span: tuple[datetime, datetime], *, handle_minutes: int) -> dict[str, int | None]:
    """Return the outcomes of what was lived below a place in [start, end), by name; of a trial's database, in which nothing else is.

    `handle_minutes` is the limit by which a need counts as handled: that of set A for both arms, so that both are measured alike.
    """
    start, end = span
    asked = tuple(needs_happened.changed(start, end))
    booked = visits_reads.at_place(place, start, end + AROUND, limit=1_000_000)
    done = [v for v in visits_happened.changed(start, end) if v.done_at is not None and start <= v.done_at < end]
    satisfied, ratings = voice_reads.satisfied(place, start, end)
    given: Counter[UUID] = Counter()
    for visit in done:
        given[visit.helper] += visit.minutes or 0
    answered = [need for need in asked if need.answered_at is not None]
    return measured(
        Lived(
            needs=len(asked),
            answer_minutes=[minutes_between(n.asked_at, n.answered_at) for n in answered if n.answered_at is not None],
            answered_in_time=sum(n.answered_in_time is True for n in answered),
            handled=sum(
                n.ended_at is not None and n.state.value != "withdrawn" and minutes_between(n.asked_at, n.ended_at) <= handle_minutes
                for n in asked
            ),
            met=sum(n.state.value == "closed" for n in asked),
            ratings=ratings,
            satisfied=satisfied,
            risen=sum(1 for _turn in needs_happened.turns(start, end, ("escalate",))),
            visits=len(booked),
            no_shows=sum(visit.state.value == "no_show" for visit in booked),
            helper_minutes=list(given.values()),
            seeded_minutes=sum(timebank.seeded(code, start - AROUND) for code in communities),
        )
    )
