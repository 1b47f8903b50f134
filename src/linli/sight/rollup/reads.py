"""The kept cube, as pages look at it: one place in twelve months, and what lies one level below it in one of them. No query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from linli.kernel.errors import NotFound
from linli.kernel.stats import Share
from linli.sight.rollup import core, files
from linli.sight.rollup.files import About, Progress
from linli.sight.rollup.scoring import NONE, Scores, Weights, ranks, score, withheld

DIMENSIONS = core.DIMENSIONS
COMMITTEES = 200  # the last three digits of a community: residents' committees below, villages from here (policy.core.is_village)
MOSTLY = 3  # a place is a town or country where two of three communities are
Known = Sequence[tuple[int, int, int]]  # (value, low, high) of the index, then of the eight dimensions; value -1 for none
Counts = Sequence[tuple[int, int]]  # hits and n of the eight dimensions, in their order


@dataclass(frozen=True, slots=True)
class Seen:
    """One place in one month. `value_ppm` is None where too little is known; a share where there is no record or it is withheld.

    `kin` is what it may be compared with: town, country or mixed (`municipality` for the four cities that are provinces);
    `best` and `worst` are the ranks among its kin that its interval allows.
    """

    code: str
    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    known_ppm: int
    n: int
    shares: tuple[Share | None, ...]
    withheld: tuple[bool, ...]
    communities: int
    kin: str
    best: int
    worst: int
    of: int
    live: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A place, its twelve months (oldest first) and its children in the month asked for. `months` are as 2026-11."""

    about: About
    months: tuple[str, ...]
    month: int
    own: tuple[Seen, ...]
    children: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    about: About
    tree: core.Tree
    cells: core.Cells
    totals: core.Sums
    villages: NDArray[np.int64]  # how many of the communities before each, in code order, are villages


def folder() -> Path:
    """Return where the cube of this installation lies."""
    return Path(settings.LINLI_DATA) / files.FOLDER


def about() -> About | None:
    """Return what the kept cube is, None where none is made yet."""
    return files.read_about(folder())


def progress() -> Progress | None:
    """Return how far the making of a cube has come, None where none is being made."""
    return files.read_progress(folder())


@lru_cache(maxsize=1)
def _opened(path: Path, _changed_ns: int) -> _Kept:
    known = files.read_about(path)
    if known is None:
        raise NotFound
    codes = np.load(path / files.CODES)
    totals: core.Sums = {digits: np.load(path / files.totals_file(digits), mmap_mode="r") for digits in core.ABOVE}
    village = codes % 1000 >= COMMITTEES
    return _Kept(known, core.tree_of(codes), np.load(path / files.CELLS, mmap_mode="r"), totals, np.r_[0, np.cumsum(village)])


def _kept() -> _Kept:
    described = folder() / files.DESCRIPTION
    if not described.exists():
        raise NotFound
    return _opened(folder(), described.stat().st_mtime_ns)


def months_until(last: str, many: int) -> tuple[str, ...]:
    """Return `many` months up to `last`, as 2026-11, oldest first."""
    year, month = (int(x) for x in last.split("-"))
    numbers = range(year * 12 + month - many, year * 12 + month)
    return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in numbers)


def look(
    place: str,
    month: int,
    weights: Weights,
    *,
    least: int,
    live: Mapping[str, Counts],
    known: Mapping[str, Known],
    ranked_by: int | None = None,
) -> Look:
    """Return a place down to a street, its months and its children in month number `month` (0 … 11, -1 for the last).

    Children are ranked by their index, or by the dimension of number `ranked_by` where it is not withheld. `least` is the number of observations under which a share is withheld. `live` are counts by place code of the newest month for the
    place that is left out of the cube (`About.left_out`) and what is below it: they are shown as they are, and added to what is above.
    `known` are indexes of live
    communities as they are shown elsewhere: there they have closer peers than their district, which is all the cube knows.
    Raises NotFound for a place the cube does not have, KeyError for no month.
    """
    kept = _kept()
    if len(place) not in core.ABOVE:
        raise NotFound
    months = months_until(kept.about.last_month, kept.about.months)
    month = range(kept.about.months)[month]
    try:
        below, part = kept.tree.children(place)
        at = kept.tree.index_of(place)
    except KeyError:
        raise NotFound from None
    newest = month == kept.about.months - 1
    own = np.array(kept.totals[len(place)][at], np.int64)
    codes = [f"{code:0{below}}" for code in _codes(kept, below)[part].tolist()]
    counts = _counts(kept, below, part, month)
    peers = None
    if live:
        _add_live(own[-1:], [place], live, kept.about.left_out)
        if newest:
            _add_live(counts, codes, live, kept.about.left_out)
    if below == core.COMMUNITY:
        district = place[: core.DISTRICT]
        peers = np.array(kept.totals[core.DISTRICT][kept.tree.index_of(district)][month], np.int64)[None]
        if newest and live:
            _add_live(peers, [district], live, kept.about.left_out)
    found = score(own, weights)
    mine = tuple(
        _seen(kept, place, found, i, hidden=np.zeros(len(DIMENSIONS), bool), rank=(0, 0, 0), live=live) for i in range(len(months))
    )
    below_it = score(counts, weights, peers)
    if newest:
        _put_known(below_it, codes, known)
    return Look(kept.about, months, month, mine, _children(kept, codes, below_it, least, live if newest else {}, ranked_by))


TableRow = tuple[str | int | None, ...]
TABLE = ("place", "index_ppm", "low_ppm", "high_ppm", "known_ppm", *(f"{d}_{part}" for d in DIMENSIONS for part in ("hits", "n")))


def table(month: str, weights: Weights, *, least: int) -> Iterator[tuple[TableRow, ...]]:
    """Yield every community of the cube in a month (2026-11), in code order, a district at a time, in the order of TABLE.

    A dimension on fewer than `least` observations is empty, and never one alone in its street (`scoring.withheld`). What is left out of
    the cube has no counts here. The same cube, weights and `least` give the same rows. Raises NotFound for a month it does not have.
    """
    kept = _kept()
    months = months_until(kept.about.last_month, kept.about.months)
    if month not in months:
        raise NotFound
    at = months.index(month)
    for number in kept.tree.levels[core.DISTRICT].codes.tolist():
        district = f"{number:0{core.DISTRICT}}"
        part = kept.tree.communities(district)
        codes, counts = kept.tree.codes[part], np.array(kept.cells[kept.tree.rows[part], at], np.int64)
        peers = np.array(kept.totals[core.DISTRICT][kept.tree.index_of(district)][at], np.int64)[None]
        found = score(counts, weights, peers)
        hidden = np.zeros(counts.shape[:2], bool)
        starts = np.r_[0, np.flatnonzero(np.diff(codes // 1000)) + 1, len(codes)]  # of each street
        for first, end in pairwise(starts.tolist()):
            hidden[first:end] = np.stack([withheld(counts[first:end, d, 1], least) for d in range(len(DIMENSIONS))], axis=-1)
        yield tuple(_table_row(int(code), found, i, counts[i], hidden[i]) for i, code in enumerate(codes.tolist()))


def _table_row(code: int, found: Scores, i: int, counts: NDArray[np.int64], hidden: NDArray[np.bool_]) -> TableRow:
    value = int(found.value[i])
    index = (None, None, None) if value == NONE else (value, int(found.low[i]), int(found.high[i]))
    cells = [None if hide else n for pair, hide in zip(counts.tolist(), hidden.tolist(), strict=True) for n in pair]
    return (f"{code:0{core.COMMUNITY}}", *index, int(found.known[i]), *cells)


def _codes(kept: _Kept, digits: int) -> NDArray[np.int64]:
    return kept.tree.codes if digits == core.COMMUNITY else kept.tree.levels[digits].codes


def _counts(kept: _Kept, digits: int, part: slice, month: int) -> NDArray[np.int64]:
    if digits == core.COMMUNITY:
        return np.array(kept.cells[kept.tree.rows[part], month], np.int64)
    return np.array(kept.totals[digits][part, month], np.int64)


def _add_live(counts: NDArray[np.int64], codes: Sequence[str], live: Mapping[str, Counts], root: str) -> None:
    # What is left out of the cube has no counts in it, so adding is putting in its place.
    for i, code in enumerate(codes):
        source = live.get(code) if code.startswith(root) else live.get(root) if root.startswith(code) else None
        if source is not None:
            counts[i] += np.array(source, np.int64)


def _put_known(found: Scores, codes: Sequence[str], known: Mapping[str, Known]) -> None:
    for i, code in enumerate(codes):
        if code in known:
            index, *dimensions = known[code]
            found.value[i], found.low[i], found.high[i] = index
            d = found.dimensions
            d.value[i], d.low[i], d.high[i] = zip(*dimensions, strict=True)


def _kin(kept: _Kept, code: str) -> tuple[str, int]:
    part = kept.tree.communities(code)
    many, villages = part.stop - part.start, int(kept.villages[part.stop] - kept.villages[part.start])
    if len(code) == core.PROVINCE and _is_municipality(kept, code):
        return "municipality", many
    kin = "country" if villages * MOSTLY >= many * (MOSTLY - 1) else "town" if villages * MOSTLY <= many else "mixed"
    return kin, many


def _is_municipality(kept: _Kept, code: str) -> bool:
    # In the statistical code the cities of a municipality are 01 (districts) and 02 (counties): it has no other.
    _digits, part = kept.tree.children(code)
    return bool((kept.tree.levels[core.CITY].codes[part] % 100 <= 2).all()) and part.stop - part.start <= 2


def _children(
    kept: _Kept, codes: Sequence[str], found: Scores, least: int, live: Mapping[str, Counts], ranked_by: int | None
) -> tuple[Seen, ...]:
    hidden = np.stack([withheld(found.dimensions.n[:, d], least) for d in range(len(DIMENSIONS))], axis=-1)
    kins = np.array([_kin(kept, code)[0] for code in codes])
    value, low, high = found.value, found.low, found.high
    if ranked_by is not None:
        d = found.dimensions
        value, low, high = np.where(hidden[:, ranked_by], NONE, d.value[:, ranked_by]), d.low[:, ranked_by], d.high[:, ranked_by]
    best, worst, of = (np.zeros(len(codes), np.int64) for _ in range(3))
    for kin in set(kins.tolist()):
        alike = kins == kin
        best[alike], worst[alike] = ranks(value[alike], low[alike], high[alike])
        of[alike] = int((value[alike] != NONE).sum())
    return tuple(
        _seen(kept, code, found, i, hidden=hidden[i], rank=(int(best[i]), int(worst[i]), int(of[i])), live=live)
        for i, code in enumerate(codes)
    )


def _seen(
    kept: _Kept, code: str, found: Scores, i: int, *, hidden: NDArray[np.bool_], rank: tuple[int, int, int], live: Mapping[str, Counts]
) -> Seen:
    kin, many = _kin(kept, code)
    d = found.dimensions
    shares = tuple(
        None if hide or value == NONE else Share(value, low, high, n)
        for value, low, high, n, hide in zip(
            d.value[i].tolist(), d.low[i].tolist(), d.high[i].tolist(), d.n[i].tolist(), hidden.tolist(), strict=True
        )
    )
    value = int(found.value[i])
    return Seen(
        code, None if value == NONE else value, int(found.low[i]), int(found.high[i]), int(found.known[i]), int(d.n[i].sum()),
        shares, tuple(hidden.tolist()), many, kin, *rank, code in live,
    )  # fmt: skip
