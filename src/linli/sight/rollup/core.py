"""The dense cube: hits and n of every community, dimension and month, and their totals at every level above. Pure numpy.

Communities are whole numbers of twelve digits; sorted, everything below a place is one contiguous range. A cube keeps its cells in *storage
order*: streets in runs, the largest of a run first, and within a run every street's first community, then every street's second, and so
on. Adding up streets is then adding long rows of whole memory, which costs little more than reading it; `Tree.rows` says where a community
is. Cells are uint16; as many of them are added in uint16 as the largest cell allows (`Cube.cell_max`), so no sum can run over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Cells = NDArray[np.uint16]
Pairs = NDArray[np.int32]
Sums = dict[int, NDArray[np.uint32] | Ints]

DIMENSIONS = ("facilities", "coverage", "response", "satisfaction", "participation", "vitality", "sharing", "safety")
MONTHS = 12
COMMUNITY, STREET, DISTRICT, CITY, PROVINCE, NATION = 12, 9, 6, 4, 2, 0
ABOVE = (STREET, DISTRICT, CITY, PROVINCE, NATION)  # digits of the levels above a community, finest first
CELL_TOP = 65_535
RUN_STREETS = 512  # about what lies in a core's own cache
SMALL_UINT32 = 65_537  # so many cells of at most 65,535 fit in 32 bits
HALF_BITS, INT32_TOP = 32, 2_147_483_647  # hits below, n above, in one whole number
OUT_OF_BOUNDS = "a cell would leave 0 ≤ hits ≤ n ≤ 65535"
CELL_MONTH = np.dtype(f"V{2 * 2 * len(DIMENSIONS)}")  # a community's month as one thing: copied at once, not number by number
SPARSE_SHARE = 16  # a month where fewer than one in sixteen communities change is changed cell by cell


@dataclass(frozen=True, slots=True)
class Level:
    """The places of one level in code order: their codes (nation: 0) and the first child of each in the level below."""

    digits: int
    codes: Ints
    starts: Ints


@dataclass(frozen=True, slots=True)
class Run:
    """Streets `first` … `last` - 1 as they are stored from row `at`: `order` by size, and how many have a first, second, … community."""

    first: int
    last: int
    at: int
    order: Ints
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Communities in code order, the levels above, and where the cells of each community are stored."""

    codes: Ints
    levels: dict[int, Level]
    rows: Ints  # storage row of each community
    stored: Ints  # community of each storage row
    runs: tuple[Run, ...]

    def index_of(self, code: str) -> int:
        """Return the number of a place within its level. Raises KeyError for a place the tree does not have."""
        known = self.codes if len(code) == COMMUNITY else self.levels[len(code)].codes if len(code) in self.levels else self.codes[:0]
        number = int(code or 0)
        at = int(np.searchsorted(known, number))
        if at == len(known) or known[at] != number:
            raise KeyError(code)
        return at

    def children(self, code: str) -> tuple[int, slice]:
        """Return the digits of the level below a place and the slice of its children there. Raises KeyError as `index_of`."""
        level, at = self.levels[len(code)], self.index_of(code)
        below = COMMUNITY if level.digits == STREET else ABOVE[ABOVE.index(level.digits) - 1]
        many = len(self.codes) if below == COMMUNITY else len(self.levels[below].codes)
        return below, slice(int(level.starts[at]), int(level.starts[at + 1]) if at + 1 < len(level.starts) else many)

    def communities(self, code: str) -> slice:
        """Return the slice of communities at or below a place, in code order."""
        if not code:
            return slice(0, len(self.codes))
        low = int(code) * 10 ** (COMMUNITY - len(code))
        high = (int(code) + 1) * 10 ** (COMMUNITY - len(code))
        found = np.searchsorted(self.codes, [low, high])
        return slice(int(found[0]), int(found[1]))


@dataclass(slots=True)
class Cube:
    """Cells in storage order, shape (communities, 12, 8, 2): hits and n; totals by digits, shape (places, 12, 8, 2); the largest cell."""

    cells: Cells
    totals: Sums
    cell_max: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What came in since: arrays of equal length; hits and n are added (taken away where negative)."""

    community: Ints  # number in code order
    month: Ints
    dimension: Ints
    hits: Ints
    n: Ints


def tree_of(codes: Ints) -> Tree:
    """Return the tree over sorted, different twelve-digit codes. Raises ValueError for anything else."""
    if not len(codes) or (np.diff(codes) <= 0).any() or codes[0] < 10**11 or codes[-1] >= 10**12:
        raise ValueError("a tree wants different twelve-digit codes in order")
    levels: dict[int, Level] = {}
    below, digits_below = codes, COMMUNITY
    for digits in ABOVE:
        own = below // 10 ** (digits_below - digits) if digits else np.zeros_like(below)
        starts = np.flatnonzero(np.r_[True, np.diff(own) != 0]).astype(np.int64)
        levels[digits] = Level(digits, own[starts], starts)
        below, digits_below = own[starts], digits
    many = np.bincount(np.searchsorted(levels[DISTRICT].codes, codes // 10**6))
    if many.max() > SMALL_UINT32:
        raise ValueError("a district holds more communities than its sum has room for")
    runs = tuple(_runs(levels[STREET], len(codes)))
    rows = _rows(levels[STREET], runs, len(codes))
    stored = np.empty_like(rows)
    stored[rows] = np.arange(len(codes))
    return Tree(codes, levels, rows, stored, runs)


def _runs(streets: Level, communities: int) -> Iterator[Run]:
    sizes = np.diff(np.r_[streets.starts, communities])
    provinces = streets.codes // 10 ** (STREET - PROVINCE)
    edges = np.flatnonzero(np.r_[True, np.diff(provinces) != 0, True])
    at = 0
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        for first in range(begin, end, RUN_STREETS):
            last = min(end, first + RUN_STREETS)
            order = np.argsort(-sizes[first:last], kind="stable")
            falling = sizes[first:last][order]
            counts = tuple(int(x) for x in len(falling) - np.searchsorted(falling[::-1], np.arange(1, int(falling[0]) + 1)))
            yield Run(first, last, at, order.astype(np.int64), counts)
            at += int(falling.sum())


def _rows(streets: Level, runs: tuple[Run, ...], communities: int) -> Ints:
    sizes = np.diff(np.r_[streets.starts, communities])
    rank, run_at, offsets = np.empty_like(sizes), np.empty_like(sizes), []
    slot_of = np.arange(communities) - np.repeat(streets.starts, sizes)
    rows = np.empty(communities, np.int64)
    for run in runs:
        rank[run.first + run.order] = np.arange(len(run.order))
        run_at[run.first : run.last] = run.at
        offsets.append(np.r_[0, np.cumsum(run.counts)])
    for run, offset in zip(runs, offsets, strict=True):
        begin = int(streets.starts[run.first])
        end = int(streets.starts[run.last]) if run.last < len(streets.starts) else communities
        rows[begin:end] = run.at + offset[slot_of[begin:end]] + np.repeat(rank[run.first : run.last], sizes[run.first : run.last])
    return rows


def totals(cells: Cells, tree: Tree, *, cell_max: int, threads: int = 2) -> Sums:
    """Return the sums at every level above the community, for every dimension and month; uint32 for streets and districts, else int64.

    `cell_max` is the largest cell: it says how many cells may be added in uint16. Raises ValueError where the shapes do not fit.
    """
    if cells.shape != (len(tree.codes), MONTHS, len(DIMENSIONS), 2) or not 0 <= cell_max <= CELL_TOP:
        raise ValueError(f"cells are {cells.shape}, of {len(tree.codes)} communities")
    flat = cells.reshape(len(tree.codes), -1)
    streets = np.empty((len(tree.levels[STREET].codes), flat.shape[1]), np.uint32)
    districts = np.empty((len(tree.levels[DISTRICT].codes), flat.shape[1]), np.uint32)
    work = partial(_add_part, flat, streets, districts, tree, CELL_TOP // max(1, cell_max))
    parts = _parts(tree, threads)
    if len(parts) == 1:
        work(parts[0])
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            list(pool.map(work, parts))
    found: Sums = {STREET: streets, DISTRICT: districts}
    finer: NDArray[np.uint32] | Ints = districts
    for digits in (CITY, PROVINCE, NATION):
        finer = np.add.reduceat(finer, tree.levels[digits].starts, axis=0, dtype=np.int64)
        found[digits] = finer
    return {digits: sums.reshape(len(sums), *cells.shape[1:]) for digits, sums in found.items()}


def _parts(tree: Tree, threads: int) -> list[tuple[Run, ...]]:
    """Return the runs in `threads` parts of about equal work, cut between provinces: a district lies in one part."""
    parts: list[list[Run]] = [[]]
    share, there, province = len(tree.codes) / max(1, threads), 0, -1
    codes = tree.levels[STREET].codes
    for run in tree.runs:
        own = int(codes[run.first]) // 10 ** (STREET - PROVINCE)
        if own != province and there >= share * len(parts):
            parts.append([])
        parts[-1].append(run)
        there, province = there + sum(run.counts), own
    return [tuple(part) for part in parts]


def _add_part(
    flat: Cells, streets: NDArray[np.uint32], districts: NDArray[np.uint32], tree: Tree, at_once: int, runs: tuple[Run, ...]
) -> None:
    narrow, wide = np.empty((RUN_STREETS, flat.shape[1]), np.uint16), np.empty((RUN_STREETS, flat.shape[1]), np.uint32)
    for run in runs:
        _add_run(flat, run, narrow, wide, at_once)
        streets[run.first + run.order] = wide[: len(run.order)]
    starts = tree.levels[DISTRICT].starts
    first, last = np.searchsorted(starts, [runs[0].first, runs[-1].last])
    ends = np.r_[starts[1:], len(streets)]
    for at in range(int(first), int(last)):
        np.add.reduce(streets[starts[at] : ends[at]], axis=0, out=districts[at])


def _add_run(flat: Cells, run: Run, narrow: Cells, wide: NDArray[np.uint32], at_once: int) -> None:
    row, slots = run.at, len(run.counts)
    for begin in range(0, slots, at_once):
        most = run.counts[begin]
        narrow[:most] = flat[row : row + most]
        row += most
        for slot in range(begin + 1, min(begin + at_once, slots)):
            many = run.counts[slot]
            np.add(narrow[:many], flat[row : row + many], out=narrow[:many])
            row += many
        if begin:
            np.add(wide[:most], narrow[:most], out=wide[:most])
        else:
            wide[:most] = narrow[:most]


def apply(cube: Cube, tree: Tree, changes: Changes, *, threads: int = 2) -> None:
    """Add changes to cells and totals, in place. Raises ValueError, and leaves everything as it was, where a cell would leave
    0 ≤ hits ≤ n ≤ 65,535, for a change of no cell, and for two billion hits or observations at once."""
    key, packed = _packed(tree, changes)
    each = np.bincount(changes.month, minlength=MONTHS).tolist()
    done: list[tuple[Change, Callable[[], None]]] = []
    try:
        for month in (month for month in range(MONTHS) if each[month]):
            picked = slice(None) if each[month] == len(key) else changes.month == month
            plan = partial(_dense, threads=threads) if each[month] * SPARSE_SHARE > len(tree.codes) else _sparse
            done.append(plan(cube, tree, month, key[picked], packed[picked]))
    except ValueError:
        for _change, undo in done:
            undo()
        raise
    for change, _undo in done:
        cube.cell_max = max(cube.cell_max, change.most)
        finer = change.streets
        for digits in ABOVE:
            finer = finer if digits == STREET else np.add.reduceat(finer, tree.levels[digits].starts, axis=0)
            own = cube.totals[digits]
            own[:, change.month] += finer.astype(own.dtype)  # what is taken away wraps round, and comes out right


@dataclass(frozen=True, slots=True)
class Change:
    """What has been added to the cells of one month: the sums by street, shape (streets, 8, 2), and the largest cell seen."""

    month: int
    streets: Ints
    most: int


def _packed(tree: Tree, changes: Changes) -> tuple[Ints, Ints]:
    """Return, for each change, the number of its cell within a month and hits + n · 2^32: one pass adds both."""
    for part, top in ((changes.community, len(tree.codes)), (changes.month, MONTHS), (changes.dimension, len(DIMENSIONS))):
        if len(part) and (part.min() < 0 or part.max() >= top):
            raise ValueError("a change of no cell")
    if any(int(np.abs(part).sum()) > INT32_TOP for part in (changes.hits, changes.n)):
        raise ValueError("more than two billion at once: bring them in parts")
    return tree.rows[changes.community] * len(DIMENSIONS) + changes.dimension, changes.hits + (changes.n << HALF_BITS)


def _unpacked(packed: Ints) -> Pairs:
    """Return hits and n, shape (…, 2), out of hits + n · 2^32 in the same memory; below zero, hits have borrowed one from n."""
    two = packed.astype("<i8", copy=False).view("<i4").reshape(*packed.shape, 2)
    two[..., 1] -= two[..., 0] >> 31
    return two


def _checked(now: Pairs) -> int:
    """Return the largest n, -1 where a cell would leave its bounds."""
    most = int(now.max(initial=0))
    return -1 if now.min(initial=0) < 0 or most > CELL_TOP or (now[..., 0] > now[..., 1]).any() else most


def _dense(cube: Cube, tree: Tree, month: int, key: Ints, packed: Ints, *, threads: int) -> tuple[Change, Callable[[], None]]:
    # Cells are changed and looked at in one pass, run by run, so that what is worked on stays in the core's own cache;
    # what was refused is taken back: uint16 wraps round, so that taking away is exact whatever was added.
    added = np.zeros((len(tree.codes), len(DIMENSIONS)), np.int64)
    np.add.at(added.reshape(-1), key, packed)
    streets = np.zeros((len(tree.levels[STREET].codes), len(DIMENSIONS), 2), np.int64)
    work = partial(_change_part, cube.cells, month, added, streets)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        most = list(pool.map(work, _parts(tree, threads)))
    two = added.view("<i4").reshape(-1, len(DIMENSIONS), 2)

    def undo() -> None:
        cube.cells[:, month] -= two.astype(np.uint16)

    if min(most) < 0:
        undo()
        raise ValueError(OUT_OF_BOUNDS)
    return Change(month, streets, max(most)), undo


def _change_part(cells: Cells, month: int, added: Ints, streets: Ints, runs: tuple[Run, ...]) -> int:
    """Add what is `added` to the cells of some runs and their sums to `streets`; return the largest n, -1 where a cell left its bounds."""
    found, whole = [], cells.reshape(*cells.shape[:2], -1).view(CELL_MONTH)[..., 0]
    for run in runs:
        part = slice(run.at, run.at + sum(run.counts))
        two = _unpacked(added[part])
        now = whole[part, month].copy().view(np.uint16).reshape(two.shape).astype(np.int32)
        now += two
        found.append(_checked(now))
        whole[part, month] = now.astype(np.uint16).reshape(len(now), -1).view(CELL_MONTH)[:, 0]
        sums, row = np.zeros((len(run.order), len(DIMENSIONS), 2), np.int32), 0
        for count in run.counts:
            sums[:count] += two[row : row + count]
            row += count
        streets[run.first + run.order] = sums
    return -1 if min(found) < 0 else max(found)


def _sparse(cube: Cube, tree: Tree, month: int, key: Ints, packed: Ints) -> tuple[Change, Callable[[], None]]:
    touched, inverse = np.unique(key, return_inverse=True)
    added = np.zeros(len(touched), np.int64)
    np.add.at(added, inverse, packed)
    two = _unpacked(added)
    row, dimension = np.divmod(touched, len(DIMENSIONS))
    before = cube.cells[row, month, dimension]
    now = before + two
    most = _checked(now)
    if most < 0:
        raise ValueError(OUT_OF_BOUNDS)
    cube.cells[row, month, dimension] = now
    level = tree.levels[STREET]
    streets = np.zeros((len(level.codes), len(DIMENSIONS), 2), np.int64)
    street = np.searchsorted(level.codes, tree.codes[tree.stored[row]] // 10 ** (COMMUNITY - STREET))
    np.add.at(streets, (street, dimension), two)

    def undo() -> None:
        cube.cells[row, month, dimension] = before

    return Change(month, streets, most), undo
