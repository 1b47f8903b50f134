"""Who may be asked for what, for a whole city in one pass: a grid keyed by skill and radius class. Pure; compiled by numba.

A helper stands once for each skill in the grid of their radius class, whose cells are half as wide as the class reaches, so that a need looks
at five rows of five cells a class. Helpers without a point stand by community. Every rule is tried on every pair that the grid offers:
the same rules as `pairs.why_not`, the same costs as `pairs.propose`.
"""

from __future__ import annotations

from math import cos, floor, radians, sqrt
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from linli.help.matching.core.arrays import METRES_PER_MICRODEGREE, MICRO, MINUTES_A_DAY, NOWHERE, Array, BadBatch, Batch, Edges

CLASSES = 4  # of reach: each half as wide again as the one before
WIDER = 3, 2
AROUND = 2  # cells are half as wide as their class reaches: less is looked at in vain than in whole ones
ROWS = 2 * AROUND + 1
ANY = 63  # the skill under which everybody stands, for needs that ask none
KEYS_MAX = 100_000_000
REACH_METRES_MIN = 100
RUNS_MAX = ROWS * CLASSES + 1


class Grid(NamedTuple):
    """Where helpers stand: for each skill the cells of each class, then the pointless by community, then everybody by community."""

    skill_rows: Array  # of a skill; -1: nobody asks it
    skills: Array
    reaches: Array  # metres, by class
    cells: Array  # metres, by class
    rows: Array
    columns: Array
    offsets: Array  # int64, (skills, classes): the first key of a class
    pointless: int  # the first key of those without a point
    everybody: int  # the first key of everybody, for needs without a point
    keys: int
    communities: int
    lat0: int
    lon0: int
    wide: float  # metres east per metre north of a degree, at the highest latitude: cells are never too narrow


def _grid(batch: Batch) -> Grid:
    needs, helpers = batch.needs, batch.helpers
    skills = np.unique(np.where(needs.skill < 0, ANY, needs.skill)).astype(np.int16)
    skill_rows = np.full(ANY + 1, -1, np.int16)
    skill_rows[skills] = np.arange(len(skills))
    reach = max(1, min(int(needs.reach.max(initial=1)), int(helpers.reach.max(initial=1))))
    reaches = np.array([max(REACH_METRES_MIN, reach * WIDER[1] ** k // WIDER[0] ** k) for k in range(CLASSES - 1, -1, -1)], np.int64)
    cells = -(-reaches // AROUND)
    both = [np.concatenate([needs.lat, helpers.lat]), np.concatenate([needs.lon, helpers.lon])]
    lat, lon = (column[column != NOWHERE].astype(np.int64) for column in both)
    lat0, lon0 = (int(column.min()) if len(column) else 0 for column in (lat, lon))
    wide = cos(radians(min(89.0, float(np.abs(lat).max(initial=0)) / MICRO)))
    north, east = ((int(np.ptp(column)) if len(column) else 0) * METRES_PER_MICRODEGREE for column in (lat, lon))
    rows, columns = (north // cells).astype(np.int64) + 1, (east * wide // cells).astype(np.int64) + 1
    each = rows * columns
    offsets = np.arange(len(skills))[:, None] * each.sum() + np.concatenate([[0], np.cumsum(each)[:-1]])[None, :]
    communities = int(max(needs.community.max(initial=-1), helpers.community.max(initial=-1))) + 1
    pointless = int(len(skills) * each.sum())
    everybody = pointless + len(skills) * communities
    keys = everybody + (len(skills) * communities if (needs.lat == NOWHERE).any() else 0)
    if keys > KEYS_MAX:
        raise BadBatch(f"a grid of {keys} cells: match one city at a time")
    return Grid(
        skill_rows, skills, reaches, cells, rows, columns, offsets.astype(np.int64), pointless, everybody, keys, communities, lat0, lon0, wide,
    )  # fmt: skip


@njit(cache=True)
def _key(grid: Any, helpers: Any, h: int, s: int) -> Any:
    if helpers.lat[h] == NOWHERE:
        return grid.pointless + s * grid.communities + helpers.community[h]
    k = 0
    while k < CLASSES - 1 and helpers.reach[h] > grid.reaches[k]:
        k += 1
    row = floor((helpers.lat[h] - grid.lat0) * METRES_PER_MICRODEGREE / grid.cells[k])
    column = floor((helpers.lon[h] - grid.lon0) * METRES_PER_MICRODEGREE * grid.wide / grid.cells[k])
    return grid.offsets[s, k] + row * grid.columns[k] + column


@njit(cache=True)
def _stand(grid: Any, helpers: Any) -> Any:
    """Return where each key's helpers begin, and the helpers; a counting sort, so within a key they stay in their order."""
    starts = np.zeros(grid.keys + 2, np.int64)
    for step in range(2):
        if step == 1:
            for key in range(grid.keys + 1):
                starts[key + 1] += starts[key]
            found = np.empty(starts[grid.keys + 1], np.int32)
        for h in range(len(helpers.lat)):
            for s in range(len(grid.skills)):
                skill = grid.skills[s]
                if skill != ANY and not (helpers.skills[h] >> np.uint64(skill)) & np.uint64(1):
                    continue
                for where in range(2 if grid.keys > grid.everybody else 1):
                    key = _key(grid, helpers, h, s) if where == 0 else grid.everybody + s * grid.communities + helpers.community[h]
                    if step == 0:
                        starts[key + 2] += 1
                    else:
                        found[starts[key + 1]] = h
                        starts[key + 1] += 1
    return starts[:-1], found


@njit(cache=True)
def _looks(grid: Any, starts: Any, needs: Any) -> Any:
    """Return the stretches of standing helpers that each need looks at: (needs, RUNS_MAX, 2)."""
    runs = np.zeros((len(needs.lat), RUNS_MAX, 2), np.int32)
    for i in range(len(needs.lat)):
        s = grid.skill_rows[needs.skill[i] if needs.skill[i] >= 0 else ANY]
        alone = needs.lat[i] == NOWHERE
        key = (grid.everybody if alone else grid.pointless) + s * grid.communities + needs.community[i]
        runs[i, 0, 0], runs[i, 0, 1] = starts[key], starts[key + 1]
        if alone:
            continue
        for k in range(CLASSES):
            middle = floor((needs.lat[i] - grid.lat0) * METRES_PER_MICRODEGREE / grid.cells[k])
            column = floor((needs.lon[i] - grid.lon0) * METRES_PER_MICRODEGREE * grid.wide / grid.cells[k])
            for row in range(max(0, middle - AROUND), min(grid.rows[k], middle + AROUND + 1)):
                base, run = grid.offsets[s, k] + row * grid.columns[k], ROWS * k + row - middle + AROUND + 1
                runs[i, run, 0] = starts[base + max(0, column - AROUND)]
                runs[i, run, 1] = starts[base + min(grid.columns[k], column + AROUND + 1)]
    return runs


@njit(cache=True)
def _near(runs: Any, asked: Any, standing: Any) -> Any:
    """Return who stands near enough and is free in the slot, with the square of the metres (-1: no point to measure from)."""
    (lats, lons, reaches, slots), (who, lat, lon, reach, free) = asked, standing
    rows = np.zeros(len(lats) + 1, np.int64)
    room, total = max(1024, len(lats) * 16), 0
    out, far = np.empty(room, np.int32), np.empty(room, np.float64)
    for i in range(len(lats)):
        lean, own_lat, own_lon, bit = cos(radians(lats[i] / MICRO)), lats[i], lons[i], np.uint64(1) << np.uint64(slots[i])
        own = (reaches[i] + 0.5) ** 2
        for run in range(RUNS_MAX):
            first, last = runs[i, run, 0], runs[i, run, 1]
            if total + last - first > room:  # whatever this stretch holds finds room
                room = 2 * room + last - first
                more, farther = np.empty(room, np.int32), np.empty(room, np.float64)
                more[:total], farther[:total] = out[:total], far[:total]
                out, far = more, farther
            for at in range(first, last):
                north = (own_lat - lat[at]) * METRES_PER_MICRODEGREE
                east = (own_lon - lon[at]) * METRES_PER_MICRODEGREE * lean
                square = north * north + east * east if run > 0 else -1.0
                # Written in any case and kept by counting on: a branch here would be guessed wrong half of the time.
                out[total], far[total] = who[at], square
                total += (free[at] & bit) != 0 and square < min(reach[at], own)
        rows[i + 1] = total
    return rows, out[:total], far[:total]


@njit(cache=True)
def _is_free(begin: int, end: int, busy: Any, windows: Any) -> bool:
    for k in range(len(busy)):
        if busy[k, 0] < end and begin < busy[k, 1]:
            return False
    for k in range(len(windows)):
        low = windows[k, 0]
        if low <= begin and end <= windows[k, 1] and begin // MINUTES_A_DAY == low // MINUTES_A_DAY:
            return True
    return len(windows) == 0


@njit(cache=True)
def _rules(rows: Any, out: Any, needs: Any, helpers: Any, per_day: int) -> Any:
    """Return which of the near pairs the rules for one person at a time allow."""
    fine = np.empty(len(out), np.bool_)
    paper, sex, begins, ends = needs.certificate, needs.sex, needs.begins, needs.ends
    papers, sexes, minor, caps = helpers.certificates, helpers.sex, helpers.minor, helpers.caps
    busy, busy_rows, windows, window_rows = helpers.busy, helpers.busy_rows, helpers.windows, helpers.window_rows
    timed = len(busy) + len(windows) > 0
    for i in range(len(rows) - 1):
        day = needs.slot[i] // per_day
        for e in range(rows[i], rows[i + 1]):
            h = out[e]
            good = not minor[h] and caps[h, day] > 0 and (sex[i] == 0 or sexes[h] == sex[i])
            if good and paper[i] >= 0:
                good = (papers[h] >> np.uint64(paper[i])) & np.uint64(1) != 0
            if good and timed:
                own = busy[busy_rows[h] : busy_rows[h + 1]]
                good = _is_free(begins[i], ends[i], own, windows[window_rows[h] : window_rows[h + 1]])
            fine[e] = good
    return fine


@njit(cache=True)
def _pairs(rows: Any, out: Any, fine: Any, prices: Any, pairs: Any) -> None:
    """Take out pairs that may never meet, and give credit to those that know each other."""
    barred_rows, barred, credit_rows, credited, credit = pairs.barred_rows, pairs.barred, pairs.credit_rows, pairs.credited, pairs.credit
    for i in range(len(rows) - 1):
        for e in range(rows[i], rows[i + 1]):
            for k in range(barred_rows[i], barred_rows[i + 1]):
                fine[e] &= barred[k] != out[e]
            for k in range(credit_rows[i], credit_rows[i + 1]):
                if credited[k] == out[e]:
                    prices[e] -= credit[k]


@njit(cache=True)
def _prices(rows: Any, out: Any, far: Any, needs: Any, helpers: Any, costs: Any) -> Any:
    """Return what near pairs cost."""
    language, community = needs.language, needs.community
    languages, communities, load = helpers.languages, helpers.community, helpers.load
    prices = np.empty(len(out), np.int32)
    for i in range(len(rows) - 1):
        for e in range(rows[i], rows[i + 1]):
            h = out[e]
            metres = int(sqrt(far[e]) + 0.5) if far[e] >= 0 else costs.radius_metres
            cost = metres * costs.metre_per_hundred // 100 + load[h] + (community[i] != communities[h]) * costs.other_community
            if language[i] >= 0 and languages[h] != 0 and not (languages[h] >> np.uint64(language[i])) & np.uint64(1):
                cost += costs.language
            prices[e] = cost
    return prices


@njit(cache=True)
def _sort(found_helpers: Any, found_costs: Any, first: int, last: int) -> None:
    # Rows are short and come in a few rising runs: insertion is quick, and rows do not tell in which cell a helper was found.
    for a in range(first + 1, last):
        h, c = found_helpers[a], found_costs[a]
        b = a - 1
        while b >= first and found_helpers[b] > h:
            found_helpers[b + 1], found_costs[b + 1] = found_helpers[b], found_costs[b]
            b -= 1
        found_helpers[b + 1], found_costs[b + 1] = h, c


@njit(cache=True)
def _keep(rows: Any, out: Any, prices: Any, fine: Any) -> Any:
    """Close the gaps, in place; helpers rise within a row."""
    kept = np.zeros_like(rows)
    total = 0
    for i in range(len(rows) - 1):
        first = total
        for e in range(rows[i], rows[i + 1]):
            if fine[e]:
                out[total], prices[total] = out[e], prices[e]
                total += 1
        _sort(out, prices, first, total)
        kept[i + 1] = total
    return kept, out[:total], prices[:total]


def edges(batch: Batch) -> Edges:
    """Return who may be asked for what, and at what cost. Raises BadBatch where the points make no grid of a city."""
    needs, helpers, pairs, costs, _, per_day = batch
    grid = _grid(batch)
    starts, standing = _stand(grid, helpers)
    lat, lon, free = (column[standing] for column in (helpers.lat, helpers.lon, helpers.free))
    reach = (helpers.reach[standing] + 0.5) ** 2  # metres are rounded, so half a metre more is as near
    runs = _looks(grid, starts, needs)
    rows, out, far = _near(runs, (needs.lat, needs.lon, needs.reach, needs.slot), (standing, lat, lon, reach, free))
    fine = _rules(rows, out, needs, helpers, per_day)
    prices = _prices(rows, out, far, needs, helpers, costs)
    if len(pairs.barred) + len(pairs.credited):
        _pairs(rows, out, fine, prices, pairs)
    return Edges(*_keep(rows, out, prices, fine))
