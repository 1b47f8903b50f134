"""A month of needs and helpers as columns, so that the same arrivals can be matched again in other ways or under other rules. Pure.

Nothing in a month hangs on policy but how long a need may wait at most: reach, costs and caps are laid over it when it is played (`play`).
Minutes count from the midnight (Beijing) on which the month begins. Nobody's id is kept: a row is a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from linli.help.matching.core.arrays import MINUTES_A_DAY, Array, BadBatch, Batch, Costs, Helpers, Needs, Pairs
from linli.help.matching.core.columns import Wanted, Worths, columns, table
from linli.help.matching.core.pairs import BEIJING, HelperSnap, NeedSnap, Rules
from linli.help.matching.core.snapshot import BadSnapshot, read_columns, write_columns

FORM = b"linli.month.v1\n"
REACH_MAX = 2_000_000  # metres; no policy looks farther
STREET = 9  # digits of a street's code
DECILES = 11  # of how long answers take, least and most among them
WIDE = Rules(REACH_MAX, 1, 1, 0, 0, 0, 0, 0)
NO_WORTH = Worths(1, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A need as it came. `need.starts_at` is from when it was wanted; what was wanted at once says when it came."""

    need: NeedSnap
    elder: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """A helper as registered, and since when; `snap` knows no visits."""

    snap: HelperSnap
    since: datetime
    elder: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """How helpers answer: shares that say yes and no, parts per million (the rest say nothing), and deciles of the minutes it takes them."""

    yes_ppm: int
    no_ppm: int
    minutes: tuple[int, ...]


class Came(NamedTuple):
    """What the month knows of its needs besides the batch; a row each."""

    opened: Array  # int32, minutes
    wanted: Array  # int32
    minutes: Array  # int32
    asker: Array  # int32, number of the asker; -1: nobody on the register
    urgent: Array  # bool
    group: Array  # bool
    elder: Array  # bool
    street: Array  # int32


class Crew(NamedTuple):
    """What it knows of its helpers; `week` holds (weekday, from minute, until minute), none: at any time."""

    since: Array  # int32, minutes
    street: Array  # int32
    elder: Array  # bool
    week_rows: Array  # int64, (helpers + 1)
    week: Array  # int32, (windows, 3)


@dataclass(frozen=True, slots=True)
class Month:
    """Everything that decides a month but policy. `weekday` of its first day (Monday 0); `streets` are the codes that numbers stand for."""

    batch: Batch
    came: Came
    crew: Crew
    answers: Answers
    weekday: int
    days: int
    streets: tuple[str, ...]
    seed: int


def _checked(answers: Answers) -> Answers:
    fair = answers.yes_ppm >= 0 and answers.no_ppm >= 0 and answers.yes_ppm + answers.no_ppm <= 1_000_000
    rising = all(a <= b for a, b in zip(answers.minutes, answers.minutes[1:], strict=False))
    if not (fair and rising and len(answers.minutes) == DECILES and answers.minutes[0] >= 0):
        raise BadBatch("answers: shares of one whole and eleven rising deciles are wanted")
    return answers


def _came(arrivals: Sequence[Arrival], first: datetime, streets: dict[str, int]) -> Came:
    askers: dict[UUID, int] = {}
    needs = [a.need for a in arrivals]

    def minute(moment: datetime) -> int:
        return (moment - first) // timedelta(minutes=1)

    return Came(
        np.array([minute(n.opened_at) for n in needs], np.int32),
        np.array([-(-(n.starts_at - first) // timedelta(minutes=1)) for n in needs], np.int32),
        np.array([n.minutes for n in needs], np.int32),
        np.array([askers.setdefault(n.asker, len(askers)) if n.asker else -1 for n in needs], np.int32),
        np.array([n.urgent for n in needs], np.bool_), np.array([n.group for n in needs], np.bool_),
        np.array([a.elder for a in arrivals], np.bool_), np.array([streets[n.place[:STREET]] for n in needs], np.int32),
    )  # fmt: skip


def _crew(hands: Sequence[Hand], first: datetime, streets: dict[str, int]) -> Crew:
    rows, week = table([h.snap.free for h in hands], np.int32, 3)
    return Crew(
        np.array([(h.since - first) // timedelta(minutes=1) for h in hands], np.int32),
        np.array([streets[h.snap.place[:STREET]] for h in hands], np.int32), np.array([h.elder for h in hands], np.bool_), rows, week,
    )  # fmt: skip


def month_of(
    arrivals: Sequence[Arrival], hands: Sequence[Hand], first: datetime, days: int, answers: Answers, *, patience: timedelta, seed: int
) -> Month:
    """Return a month as columns: `first` is its first midnight (Beijing), `patience` how long a need may wait under any policy played.

    Raises BadBatch naming what is wrong. A certificate counts for a need where it holds until the last moment that the need may begin.
    """
    came, crew = sorted(arrivals, key=lambda a: a.need.id), sorted(hands, key=lambda h: h.snap.id)
    latest = [replace(a.need, starts_at=max(a.need.starts_at, a.need.opened_at + patience)) for a in came]
    plain = [replace(h.snap, free=(), busy=(), week_visits=0, paired={}) for h in crew]
    made = columns([Wanted(need, 1) for need in latest], plain, WIDE, NO_WORTH, first)
    names = sorted({p[:STREET] for p in (*(a.need.place for a in came), *(h.snap.place for h in crew))})
    streets = {name: number for number, name in enumerate(names)}
    weekday = (first + BEIJING).weekday()
    return Month(made.batch, _came(came, first, streets), _crew(crew, first, streets), _checked(answers), weekday, days, tuple(names), seed)


def keep_some(month: Month, one_in: int) -> Month:
    """Return the same month with every `one_in`-th helper only: the same arrivals, and helpers scarce."""
    batch, crew = month.batch, month.crew
    kept = np.arange(0, len(crew.since), one_in)
    number = np.full(len(crew.since) + 1, -1, np.int32)
    number[kept] = np.arange(len(kept))
    rows = np.repeat(np.arange(len(batch.needs.lat)), np.diff(batch.pairs.barred_rows))
    barred = number[batch.pairs.barred]
    counts = np.bincount(rows[barred >= 0], minlength=len(batch.needs.lat))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
    pairs = batch.pairs._replace(barred_rows=starts, barred=barred[barred >= 0])
    weeks = [crew.week[crew.week_rows[h] : crew.week_rows[h + 1]].tolist() for h in kept.tolist()]
    own = Crew(crew.since[kept], crew.street[kept], crew.elder[kept], *table(weeks, np.int32, 3))
    return replace(month, batch=batch._replace(helpers=some_helpers(batch.helpers, kept), pairs=pairs), crew=own)


def in_a_day(month: Month) -> Month:
    """Return the same month with all its needs on its first day, each at the hour it came, and helpers who are all there already."""
    came, crew = month.came, month.crew
    days = came.opened - came.opened % MINUTES_A_DAY
    own = came._replace(opened=came.opened - days, wanted=came.wanted - days)
    return replace(month, came=own, crew=crew._replace(since=np.minimum(crew.since, 0)), days=1)


def some_helpers(helpers: Helpers, rows: Array) -> Helpers:
    """Return some helpers of a batch without windows or visits."""
    nothing = np.zeros(len(rows) + 1, np.int64)
    whole = {name: getattr(helpers, name)[rows] for name in Helpers._fields if name not in LISTS}
    return Helpers(**whole, window_rows=nothing, windows=helpers.windows[:0], busy_rows=nothing, busy=helpers.busy[:0])


LISTS = frozenset({"window_rows", "windows", "busy_rows", "busy"})
TABLES: tuple[tuple[str, type[Needs] | type[Helpers] | type[Pairs] | type[Came] | type[Crew]], ...] = (
    ("needs", Needs), ("helpers", Helpers), ("pairs", Pairs), ("came", Came), ("crew", Crew),
)  # fmt: skip


def pack(month: Month) -> bytes:
    """Return the bytes of a month: always the same for the same month."""
    tables: tuple[Needs | Helpers | Pairs | Came | Crew, ...] = (
        month.batch.needs, month.batch.helpers, month.batch.pairs, month.came, month.crew,
    )  # fmt: skip
    found = {f"{name}.{field}": column for (name, _), rows in zip(TABLES, tables, strict=True) for field, column in rows._asdict().items()}
    about = {
        "answers": asdict(month.answers), "weekday": month.weekday, "days": month.days, "streets": list(month.streets), "seed": month.seed,
        "costs": month.batch.costs._asdict(),
    }  # fmt: skip
    return write_columns(FORM, about, found)


def unpack(packed: bytes) -> Month:
    """Return the month that `pack` made bytes of. Raises BadSnapshot."""
    about, found = read_columns(FORM, packed)

    def table_of(name: str, kind: Any) -> Any:
        return kind(**{field: found[f"{name}.{field}"] for field in kind._fields})

    try:
        needs, helpers, pairs, came, crew = (table_of(name, kind) for name, kind in TABLES)
        answers = Answers(about["answers"]["yes_ppm"], about["answers"]["no_ppm"], tuple(about["answers"]["minutes"]))
        batch = Batch(needs, helpers, pairs, Costs(**about["costs"]), 1, 1)
        return Month(batch, came, crew, answers, about["weekday"], about["days"], tuple(about["streets"]), about["seed"])
    except (KeyError, TypeError) as error:
        raise BadSnapshot(f"what should follow does not: {error}") from error
