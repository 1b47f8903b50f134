"""Snapshots of needs and helpers turned into columns: sorted by id, so that the order in which they came is forgotten. Pure.

A batch made here asks nobody for two things: one slot, one question a helper. Minutes count from the first midnight (Beijing) of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from linli.help.matching.core.arrays import (
    MINUTES_A_DAY,
    NOWHERE,
    PLACES_MAX,
    SKILLS_MAX,
    Array,
    BadBatch,
    Batch,
    Costs,
    Helpers,
    Needs,
    Pairs,
)
from linli.help.matching.core.pairs import BEIJING, PAIRING_MAX, HelperSnap, NeedSnap, Rules, check_point

ENDLESS = 2**30  # minutes: no end
OTHER = SKILLS_MAX - 1  # the bit for words that no need of the batch uses


@dataclass(frozen=True, slots=True)
class Worths:
    """What serving somebody is worth by policy's ranks, in the points of `Rules`."""

    place: int  # anybody's first helper
    urgent: int
    group: int
    hour: int  # of waiting
    hours_max: int
    more: int  # less for each further helper of the same need

    def of(self, need: NeedSnap, places: int, moment: datetime) -> list[int]:
        """Return what the first, second … helper of a need is worth."""
        hours = min(self.hours_max, max(0, int((moment - need.opened_at).total_seconds()) // 3600))
        first = self.place + need.urgent * self.urgent + need.group * self.group + hours * self.hour
        return [first - copy * self.more for copy in range(places)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need of a batch and how many different helpers are to be asked for it; with fewer than `least` nobody is."""

    need: NeedSnap
    places: int
    least: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """A batch, whose its rows are, and which words its numbers stand for."""

    batch: Batch
    needs: tuple[UUID, ...]
    helpers: tuple[UUID, ...]
    skills: tuple[str, ...]
    communities: tuple[str, ...]


class _Words:
    """Gives each word of a batch a number, in order of the alphabet."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted(set(words) - {""})
        if len(known) >= OTHER:
            raise BadBatch(f"{len(known)} different words in one column; at most {OTHER - 1}")
        self.numbers = {word: number for number, word in enumerate(known)}

    def number(self, word: str) -> int:
        return self.numbers[word] if word else -1

    def set(self, words: Iterable[str]) -> int:
        return sum(1 << number for number in {self.numbers.get(word, OTHER) for word in words})


def table(rows: Sequence[Sequence[Any]], kind: Any, width: int = 0) -> tuple[Array, Array]:
    """Return (first of each row, everything) of rows of different lengths; `width`: numbers to a cell, 0 for one by itself."""
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(row) for row in rows], dtype=np.int64)])
    flat = [cell for row in rows for cell in row]
    return starts, np.array(flat, kind).reshape((len(flat), width) if width else len(flat))


def _point(snap: NeedSnap | HelperSnap) -> tuple[int, int]:
    check_point(snap.lat_micro, snap.lon_micro)
    return (int(NOWHERE), int(NOWHERE)) if snap.lat_micro is None or snap.lon_micro is None else (snap.lat_micro, snap.lon_micro)


def _midnight(moment: datetime) -> datetime:
    here = moment + BEIJING
    return datetime(here.year, here.month, here.day, tzinfo=UTC) - BEIJING


def _windows(helper: HelperSnap, rules: Rules, first: datetime, days: int) -> list[tuple[int, int]]:
    """Return when a helper's visits may begin and must end; [] for at any time. A day that is full has no window."""
    visits: dict[int, int] = {}
    for begin, _ in helper.busy:
        day = (_midnight(begin) - first).days
        visits[day] = visits.get(day, 0) + 1
    full = {day for day, n in visits.items() if n >= rules.visits_per_day_max and 0 <= day < days}
    if not helper.free and not full:
        return []
    weekday = (first + BEIJING).weekday()
    open_ = ((day, low, high) for day in range(days) if day not in full for wd, low, high in helper.free if (weekday + day) % 7 == wd)
    always = ((day, 0, ENDLESS) for day in range(days) if day not in full)
    found = [(day * MINUTES_A_DAY + low, day * MINUTES_A_DAY + high) for day, low, high in (open_ if helper.free else always)]
    return sorted(found) or [(-ENDLESS, -ENDLESS)]


def _minutes(first: datetime) -> Callable[[datetime, int], int]:
    # A span takes all of every minute that it touches.
    return lambda moment, up: -((first - moment) // timedelta(minutes=1)) if up else (moment - first) // timedelta(minutes=1)


def _needs(wanted: Sequence[Wanted], words: Mapping[str, _Words], worth: Array, rules: Rules, first: datetime) -> Needs:
    snaps, at = [w.need for w in wanted], _minutes(first)
    points = np.array([_point(snap) for snap in snaps], np.int64).reshape(-1, 2).astype(np.int32)

    def column(of: Callable[[NeedSnap], int], kind: Any) -> Array:
        return np.array([of(snap) for snap in snaps], kind)

    return Needs(
        points[:, 0].copy(), points[:, 1].copy(), column(lambda n: words["skill"].number(n.skill), np.int16),
        column(lambda n: words["paper"].number(n.certificate), np.int16), column(lambda n: words["tongue"].number(n.language), np.int16),
        column(lambda n: words["sex"].number(n.sex_of_asker) + 1 if n.same_sex else 0, np.int8),
        column(lambda n: words["community"].numbers[n.place[:12]], np.int32), np.full(len(snaps), rules.radius_metres, np.int32),
        np.zeros(len(snaps), np.int32), column(lambda n: at(n.starts_at, 0), np.int32), column(lambda n: at(n.starts_at + timedelta(minutes=n.minutes), 1), np.int32),
        np.array([w.places for w in wanted], np.int8), np.array([w.least for w in wanted], np.int8), worth,
    )  # fmt: skip


def _helpers(snaps: Sequence[HelperSnap], words: Mapping[str, _Words], rules: Rules, first: datetime, last: datetime) -> Helpers:
    at, days = _minutes(first), (last - first).days + 1
    points = np.array([_point(snap) for snap in snaps], np.int64).reshape(-1, 2).astype(np.int32)

    def column(of: Callable[[HelperSnap], int], kind: Any) -> Array:
        return np.array([of(snap) for snap in snaps], kind)

    windows = table([_windows(h, rules, first, days) for h in snaps], np.int32, 2)
    busy = table([[(at(begin, 0), at(end, 1)) for begin, end in h.busy if begin < end] for h in snaps], np.int32, 2)
    return Helpers(
        points[:, 0].copy(), points[:, 1].copy(), column(lambda h: words["skill"].set(h.skills), np.uint64),
        column(lambda h: words["paper"].set(h.certificates), np.uint64),
        column(lambda h: words["tongue"].set(h.languages), np.uint64), column(lambda h: words["sex"].numbers.get(h.sex, OTHER) + 1, np.int8),
        column(lambda h: int(h.minor), np.bool_), column(lambda h: words["community"].numbers[h.place[:12]], np.int32),
        column(lambda h: min(rules.radius_metres, h.radius_metres or rules.radius_metres), np.int32),
        column(lambda h: 0 if h.paused else 1, np.uint64), np.ones((len(snaps), 1), np.int8),
        column(lambda h: h.week_visits * rules.cost_load, np.int32), *windows, *busy,
    )  # fmt: skip


def _barred(needs: Sequence[NeedSnap], helpers: Sequence[HelperSnap]) -> list[list[int]]:
    """Return for each need the rows of helpers whom something between the two keeps away: themselves, blocked, asked, tired, out of date."""
    rows = {h.id: row for row, h in enumerate(helpers)}
    tired: dict[str, list[int]] = {}
    blocked: dict[UUID, list[int]] = {}
    papers: dict[str, list[tuple[date, int]]] = {}
    for row, h in enumerate(helpers):
        for service in h.refused_services:
            tired.setdefault(service, []).append(row)
        for person in h.blocked:
            blocked.setdefault(person, []).append(row)
        for kind, until in h.certificates.items():
            papers.setdefault(kind, []).append((until, row))
    return [
        sorted({
            *(rows[person] for person in (*n.asked, *n.beside, n.asker) if person in rows), *tired.get(n.service, ()),
            *(row for person in (*n.beside, *([n.asker] if n.asker else [])) for row in blocked.get(person, ())), *(row for until, row in papers.get(n.certificate, ()) if until < n.starts_at.date()),
        })
        for n in needs
    ]  # fmt: skip


def _pairs(needs: Sequence[NeedSnap], helpers: Sequence[HelperSnap], rules: Rules) -> Pairs:
    met: dict[UUID, list[tuple[int, int]]] = {}
    for row, h in enumerate(helpers):
        for asker, times in h.paired.items():
            met.setdefault(asker, []).append((row, min(times, PAIRING_MAX) * rules.cost_pairing))
    rows, barred = table(_barred(needs, helpers), np.int32)
    credit_rows, both = table([met.get(need.asker, []) if need.asker else [] for need in needs], np.int32, 2)
    return Pairs(rows, barred, credit_rows, both[:, 0].copy(), both[:, 1].copy())


def _unique(ids: Sequence[Hashable], what: str) -> None:
    if len(set(ids)) != len(ids):
        raise BadBatch(f"a {what} stands in the batch twice")


def columns(wanted: Sequence[Wanted], helpers: Sequence[HelperSnap], rules: Rules, worths: Worths, moment: datetime) -> Columns:
    """Return a batch as columns. Raises BadBatch naming what is wrong: half or absurd points, somebody twice, too many places."""
    wanted, crew = sorted(wanted, key=lambda w: w.need.id), sorted(helpers, key=lambda h: h.id)
    needs = [w.need for w in wanted]
    _unique([need.id for need in needs], "need")
    _unique([h.id for h in crew], "helper")
    most = max((w.places for w in wanted), default=0)
    if most > PLACES_MAX:
        raise BadBatch(f"{most} places of one need; at most {PLACES_MAX}")
    words = {
        "skill": _Words(n.skill for n in needs),
        "paper": _Words(n.certificate for n in needs),
        "tongue": _Words(n.language for n in needs),
        "sex": _Words(n.sex_of_asker for n in needs),
        "community": _Words([]),
    }
    places = sorted({*(n.place[:12] for n in needs), *(h.place[:12] for h in crew)})
    words["community"].numbers = {place: number for number, place in enumerate(places)}
    first = min((_midnight(n.starts_at) for n in needs), default=datetime(2000, 1, 1, tzinfo=UTC))
    last = max((n.starts_at for n in needs), default=first)
    worth = np.array([worths.of(w.need, max(1, most), moment) for w in wanted], np.int64).reshape(-1, max(1, most))
    batch = Batch(
        _needs(wanted, words, worth, rules, first), _helpers(crew, words, rules, first, last), _pairs(needs, crew, rules),
        Costs(rules.radius_metres, rules.cost_metre_per_hundred, rules.cost_language, rules.cost_other_community), 1, 1,
    )  # fmt: skip
    return Columns(batch, tuple(need.id for need in needs), tuple(h.id for h in crew), tuple(words["skill"].numbers), tuple(places))
