"""A month played batch by batch: the same arrivals and the same answers of helpers, matched by the engine or by the control. Pure.

Whether and when a helper answers is drawn from (seed, need, helper) alone, so every way of matching meets the same people. A helper who was
asked is not asked again for the same need; who accepted is busy for that time; what was carried lately costs points, as policy says.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from linli.help.matching.core import choose, control, one
from linli.help.matching.core.arrays import MINUTES_A_DAY, Array, Batch, Edges, Pairs
from linli.help.matching.core.columns import Worths
from linli.help.matching.core.month import Month, some_helpers
from linli.help.matching.core.outcome import Fine
from linli.help.matching.core.pairs import PAIRING_MAX, Rules

PPM = 1_000_000
NEVER = -1
RETRY_MINUTES = 30  # a need for which nobody is free just now is tried again after so long
BITS = 20


class Way(StrEnum):
    """Who assigns."""

    ENGINE = "engine"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Terms:
    """Policy's numbers for playing a month, and how often what waits is matched together. Spans in minutes."""

    rules: Rules
    worths: Worths
    fine: Fine
    offers: int  # helpers asked at once for one need
    offer_minutes: int
    urgent_minutes: int  # that an offer of an urgent need lives
    soon_minutes: int  # from accepting to the beginning of a visit, at least
    patience_minutes: int  # that a need waits before it ends unmet
    batch_minutes: int
    load_minutes: int  # how long a visit counts as load
    load_parts: int = 1  # it counts whole at first and so many times a part less, until it counts nothing
    quiet: tuple[int, int] | None = None  # minutes of a day from and until which only who named the hour is asked, urgent needs apart
    opens: int = 0  # minute of a day from which a need of the night is done that nobody wished for the night


@dataclass(frozen=True, slots=True)
class Played:
    """What became of each need (row): the minute somebody said yes, who, when the visit begins; -1: nobody in time."""

    met_at: Array  # int32
    helper: Array  # int32
    begins: Array  # int32
    asked: int
    batches: int
    largest: int  # most needs in one batch


class Able(NamedTuple):
    """Who may be asked for one need at all, and how they would answer: `after` minutes; `says` 1 yes, 0 no, -1 nothing."""

    helpers: Array
    costs: Array
    says: Array
    after: Array


Ables = Sequence[Able]


def laid(month: Month, rules: Rules) -> Batch:
    """Return the month's batch with policy's reach and costs laid over it."""
    batch = month.batch
    return batch._replace(
        needs=batch.needs._replace(reach=np.full(len(batch.needs.lat), rules.radius_metres, np.int32)),
        helpers=batch.helpers._replace(reach=np.minimum(batch.helpers.reach, rules.radius_metres).astype(np.int32)),
        costs=batch.costs._replace(
            radius_metres=rules.radius_metres, metre_per_hundred=rules.cost_metre_per_hundred, language=rules.cost_language,
            other_community=rules.cost_other_community,
        ),
    )  # fmt: skip


def _drawn(month: Month, i: int, helpers: Array) -> tuple[Array, Array]:
    """Return (says, after) of some helpers for need `i` (splitmix64 of seed, need, helper)."""
    z = helpers.astype(np.uint64) + np.uint64((month.seed << 44) ^ (i << 22))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z + np.uint64(0x9E3779B97F4A7C15)) ^ (z >> np.uint64(shift))
        z = z * np.uint64(factor)
    z ^= z >> np.uint64(31)
    share = ((z >> np.uint64(64 - BITS)).astype(np.int64) * PPM) >> BITS
    says = np.where(share < month.answers.yes_ppm, 1, np.where(share < month.answers.yes_ppm + month.answers.no_ppm, 0, -1))
    place = (z & np.uint64(2**BITS - 1)).astype(np.int64) * (len(month.answers.minutes) - 1)
    deciles = np.array(month.answers.minutes, np.int64)
    low = place >> BITS
    after = deciles[low] + (((deciles[low + 1] - deciles[low]) * (place & (2**BITS - 1))) >> BITS)
    return says, np.maximum(1, after)


def able_of(month: Month, rules: Rules) -> Ables:
    """Return who may be asked for each need by every rule that does not hang on the hour."""
    batch = laid(month, rules)
    found = []
    for i in range(len(batch.needs.lat)):
        helpers, costs = one.candidates(batch, i)
        found.append(Able(helpers, costs, *_drawn(month, i, helpers)))
    return found


class _Play:
    """One month while it is played."""

    def __init__(self, month: Month, terms: Terms, way: Way, able: Ables) -> None:
        self.month, self.terms, self.way, self.able = month, terms, way, able
        many, crew = len(month.came.opened), len(month.crew.since)
        self.met_at, self.helper, self.begins = (np.full(many, NEVER, np.int32) for _ in range(3))
        self.left = [np.ones(len(able.helpers), np.bool_) for able in self.able]
        self.running = [0] * many
        self.ends: list[int] = np.maximum(month.came.opened + terms.patience_minutes, month.came.wanted).tolist()
        self.opened, self.wanted, self.minutes = (c.tolist() for c in (month.came.opened, month.came.wanted, month.came.minutes))
        self.spans: dict[int, list[tuple[int, int]]] = {}
        self.last = np.full(crew, -(2**30), np.int64)  # the end of each helper's last visit
        self.load = np.zeros(crew, np.int64)  # in parts of a visit
        self.fading: list[tuple[int, int]] = []
        self.known: dict[int, list[tuple[int, int]]] = {}  # asker -> (helper, when that visit ends)
        self.answers: list[tuple[int, int, int, int]] = []  # minute, need, place in its row of helpers, when the visit was to begin
        self.asked = self.batches = self.largest = 0

    def begin(self, i: int, t: int) -> int:
        """Return when a visit would begin that somebody says yes to at `t`."""
        begin = max(int(self.wanted[i]), t + self.terms.soon_minutes)
        if begin == self.wanted[i] or not self.is_quiet(i, begin):
            return begin
        return begin + (self.terms.opens - begin) % MINUTES_A_DAY

    def is_quiet(self, i: int, t: int) -> bool:
        """Tell whether a need lies in the quiet hours at `t`; an urgent one never does."""
        if self.terms.quiet is None or self.month.came.urgent[i]:
            return False
        low, high = self.terms.quiet
        minute = t % MINUTES_A_DAY
        return low <= minute < high if low <= high else minute >= low or minute < high

    def named(self, h: int, t: int) -> bool:
        """Tell whether a helper named the hour of `t` among those they are free in."""
        rows, minute = self.month.crew.week_rows, t % MINUTES_A_DAY
        weekday = (self.month.weekday + t // MINUTES_A_DAY) % 7
        return any(wd == weekday and low <= minute < high for wd, low, high in self.month.crew.week[rows[h] : rows[h + 1]].tolist())

    def clashes(self, h: int, begin: int, end: int) -> bool:
        """Tell whether a visit lies over another of the helper, on a full day, or outside their week."""
        spans, day = self.spans.get(h, []), begin // MINUTES_A_DAY
        if any(low < end and begin < high for low, high in spans):
            return True
        if sum(low // MINUTES_A_DAY == day for low, _ in spans) >= self.terms.rules.visits_per_day_max:
            return True
        rows = self.month.crew.week_rows
        if rows[h] == rows[h + 1]:
            return False
        weekday, minute = (self.month.weekday + day) % 7, begin % MINUTES_A_DAY
        week = self.month.crew.week[rows[h] : rows[h + 1]].tolist()
        return not any(wd == weekday and low <= minute and minute + end - begin <= high for wd, low, high in week)

    def fit(self, i: int, t: int) -> Array:
        """Return the places in need `i`'s row of helpers who may be asked at `t`."""
        able, begin = self.able[i], self.begin(i, t)
        helpers, crew = able.helpers, self.month.crew
        good = self.left[i] & (crew.since[helpers] <= t)
        look = good & (self.last[helpers] > begin - begin % MINUTES_A_DAY)
        if len(crew.week):
            look |= good & (crew.week_rows[helpers] < crew.week_rows[helpers + 1])
        if self.is_quiet(i, t):
            good &= np.array([self.named(h, t) for h in helpers.tolist()], np.bool_)
        for k in np.flatnonzero(look & good).tolist():
            good[k] = not self.clashes(int(helpers[k]), begin, begin + self.minutes[i])
        return np.flatnonzero(good)

    def costs(self, i: int, places: Array, t: int) -> Array:
        able, rules = self.able[i], self.terms.rules
        helpers = able.helpers[places]
        prices = able.costs[places] + self.load[helpers] // self.terms.load_parts * rules.cost_load
        met: dict[int, int] = {}
        for h, end in self.known.get(int(self.month.came.asker[i]), ()):
            met[h] = met.get(h, 0) + (end <= t)
        for h, times in met.items():
            prices[helpers == h] -= min(times, PAIRING_MAX) * rules.cost_pairing
        return prices

    def batch_of(self, needs: list[int], fits: list[Array], t: int) -> tuple[Batch, Edges]:
        """Return what waits at `t` as a batch, with who may be asked for it."""
        terms, month, rows = self.terms, self.month, np.array(needs)
        helpers = np.concatenate([self.able[i].helpers[fit] for i, fit in zip(needs, fits, strict=True)])
        costs = np.concatenate([self.costs(i, fit, t) for i, fit in zip(needs, fits, strict=True)])
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(fit) for fit in fits], dtype=np.int64)])
        crew, number = np.unique(helpers, return_inverse=True)
        worths, waited = terms.worths, (t - month.came.opened[rows]) // 60
        first = worths.place + month.came.urgent[rows] * worths.urgent + month.came.group[rows] * worths.group
        first = first + np.clip(waited, 0, worths.hours_max) * worths.hour
        own = type(month.batch.needs)(*(column[rows] for column in month.batch.needs))
        own = own._replace(
            worth=first[:, None].astype(np.int64) - np.arange(terms.offers) * worths.more,
            places=np.array([terms.offers - self.running[i] for i in needs], np.int8),
        )  # fmt: skip
        none = np.zeros(0, np.int32)
        pairs = Pairs(np.zeros(len(rows) + 1, np.int64), none, np.zeros(len(rows) + 1, np.int64), none, none)
        batch = Batch(own, some_helpers(month.batch.helpers, crew), pairs, month.batch.costs, 1, 1)
        return batch, Edges(starts, number.astype(np.int32), costs.astype(np.int32))

    def match(self, needs: list[int], t: int) -> tuple[list[int], list[int]]:
        """Ask for what waits at `t`; return (needs that wanted somebody and lost to others, needs for which nobody is free now)."""
        fits = {i: self.fit(i, t) for i in needs}
        some = [i for i in needs if len(fits[i])]
        if not some:
            return [], needs
        batch, edges = self.batch_of(some, [fits[i] for i in some], t)
        engine = self.way is Way.ENGINE
        chosen = choose.assign(batch, edges, self.terms.fine).chosen if engine else control.assign(batch, edges)
        self.batches, self.largest = self.batches + 1, max(self.largest, len(some))
        owner = np.searchsorted(edges.starts, chosen, side="right") - 1
        for row, edge in zip(owner.tolist(), chosen.tolist(), strict=True):
            self.offer(some[row], int(fits[some[row]][edge - edges.starts[row]]), t)
        got = {some[row] for row in owner.tolist()}
        return [i for i in some if i not in got], [i for i in needs if not len(fits[i])]

    def offer(self, i: int, place: int, t: int) -> None:
        able, terms = self.able[i], self.terms
        lives = terms.urgent_minutes if self.month.came.urgent[i] else terms.offer_minutes
        answers = able.says[place] >= 0 and able.after[place] < lives
        self.left[i][place] = False
        self.running[i] += 1
        self.asked += 1
        heapq.heappush(self.answers, (t + (int(able.after[place]) if answers else lives), i, place, self.begin(i, t)))

    def answer(self, t: int, i: int, place: int, begin: int) -> bool:
        """Take the answer to an offer, or its end; tell whether the need now wants somebody else asked."""
        if self.met_at[i] != NEVER:
            return False
        self.running[i] -= 1
        able, h = self.able[i], int(self.able[i].helpers[place])
        lives = self.terms.urgent_minutes if self.month.came.urgent[i] else self.terms.offer_minutes
        begin = max(begin, self.begin(i, t))
        end = begin + self.minutes[i]
        says_yes = able.says[place] == 1 and able.after[place] < lives
        if not says_yes or t > self.ends[i] or self.clashes(h, begin, end):
            return t <= self.ends[i]
        self.met_at[i], self.helper[i], self.begins[i] = t, h, begin
        self.spans.setdefault(h, []).append((begin, end))
        self.last[h] = max(self.last[h], end)
        self.load[h] += self.terms.load_parts
        for part in range(1, self.terms.load_parts + 1):
            heapq.heappush(self.fading, (begin + self.terms.load_minutes * part // self.terms.load_parts, h))
        if self.month.came.asker[i] >= 0:
            self.known.setdefault(int(self.month.came.asker[i]), []).append((h, end))
        return False

    def run(self) -> Played:
        """Play the month to its end: until every need is met or has waited as long as it may."""
        every = self.terms.batch_minutes
        due = [(opened, i) for i, opened in enumerate(self.opened)]
        heapq.heapify(due)
        while due or self.answers:
            t = min(queue[0][0] for queue in (due, self.answers) if queue)
            t = -(-t // every) * every  # what happens between two batches is seen by the next
            while self.answers and self.answers[0][0] <= t:
                at, i, place, begin = heapq.heappop(self.answers)
                if self.answer(at, i, place, begin):
                    heapq.heappush(due, (t, i))
            while self.fading and self.fading[0][0] < t:
                self.load[heapq.heappop(self.fading)[1]] -= 1
            ready = set()
            while due and due[0][0] <= t:
                ready.add(heapq.heappop(due)[1])
            waits = [i for i in sorted(ready) if self.met_at[i] == NEVER and t <= self.ends[i] and self.running[i] < self.terms.offers]
            lost, idle = self.match([i for i in waits if self.left[i].any()], t)
            for i in lost:
                heapq.heappush(due, (t + every, i))
            for i in idle:
                heapq.heappush(due, (t + RETRY_MINUTES, i))
        return Played(self.met_at, self.helper, self.begins, self.asked, self.batches, self.largest)


def play(month: Month, terms: Terms, way: Way, able: Ables | None = None) -> Played:
    """Return what becomes of every need of a month. Deterministic. `able`: what `able_of` says under these rules, where it is known already."""
    return _Play(month, terms, way, able_of(month, terms.rules) if able is None else able).run()
