"""How fast the national tree comes in and is found in: 665,276 divisions by COPY into an empty table, then searches drawn from them.

load_seconds is the whole journey (unpacking, spelling, COPY, indexes, commit); searches are Chinese names, pinyin, initials and codes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benches import _room
from benches._frame import NS_PER_MS, NS_PER_S, BenchFailed, Lines, Options, Size, check, exponent, note, options, percentile
from linli.ground.places import builtin, reads
from linli.ground.places import verbs as places
from linli.journeys.corridor import step
from linli.journeys.ground import LOADER, import_places

# What is loaded at each size, smallest first; () is the whole nation.
GUANGZHOU, GUANGDONG, SOUTH = ("4401",), ("44",), ("44", "45", "46", "50", "51", "52", "53")
WITHIN: dict[Size, tuple[tuple[str, ...], ...]] = {
    Size.SMALL: (("440104",), GUANGZHOU, GUANGDONG), Size.CITY: (GUANGDONG, SOUTH, ()), Size.FULL: (GUANGZHOU, GUANGDONG, SOUTH, ()),
}  # fmt: skip
SEARCHES = {Size.SMALL: 200, Size.CITY: 4_000, Size.FULL: 40_000}
LOAD_SECONDS_MAX, LIMIT = 10.0, 20
KINDS = ("name", "beginning", "pinyin", "initials", "code")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A search and the place it was drawn from."""

    kind: str
    text: str
    code: str


def _load(within: tuple[str, ...]) -> tuple[int, float]:
    """Load as the product does; return (divisions, seconds)."""
    begun = time.monotonic()
    if within:
        with step(LOADER, None, "ground.load", {}) as s:
            added = places.load_divisions(s, within=within).added
    else:
        added = import_places().added
    return added, time.monotonic() - begun


def _check_loaded(within: tuple[str, ...], added: int) -> None:
    wanted = sum(len(block.codes) for block in builtin.blocks(within))
    there = sum(n for level, n in reads.counts().items() if level > 0)
    check(added == wanted == there, f"{added} places came in and {there} are there, of {wanted}")
    if not within:
        check(wanted == builtin.about().total, f"the nation has {builtin.about().total} divisions, not {wanted}")


def _drawn(within: tuple[str, ...], count: int, seed: int) -> list[Drawn]:
    rng = np.random.default_rng(seed)
    rows = [row for block in builtin.blocks(within) for row in block.rows()]
    found = []
    for number, at in enumerate(rng.integers(0, len(rows), count)):
        code, name, pinyin, initials = rows[int(at)]
        kind = KINDS[number % len(KINDS)]
        beginning = name[: max(2, len(name) // 2)]
        text = {"name": name, "beginning": beginning, "pinyin": pinyin, "initials": initials, "code": code}[kind]
        found.append(Drawn(kind, text[:60], code))
    return found


def _timed(work: Callable[[], object]) -> int:
    begun = time.monotonic_ns()
    work()
    return time.monotonic_ns() - begun


def _search(drawn: Drawn) -> int:
    begun = time.monotonic_ns()
    hits = reads.search(drawn.text, limit=LIMIT)
    took = time.monotonic_ns() - begun
    # Of places that many share a name with, the first twenty are told: then all of them bear what was looked for.
    check(any(hit.code == drawn.code for hit in hits) or len(hits) == LIMIT, f"{drawn.kind} of {drawn.code} does not find it")
    if drawn.kind == "code":
        check(hits[0].code == drawn.code, f"the code {drawn.code} finds {hits[0].code} first")
    if drawn.kind in {"name", "beginning"}:
        # Labels are everyday names (三眼井社区 for 三眼井社区居委会), so they share the beginning.
        check(all(drawn.text[:2] in hit.label for hit in hits), f"{drawn.text} finds something else")
    return took


def _around(lines: Lines, within: tuple[str, ...], n: int, count: int, seed: int) -> None:
    """Measure the two other ways about the tree: everything below a county, and what lies near a community."""
    rng = np.random.default_rng(seed)
    codes = [code for block in builtin.blocks(within) for code in block.codes]
    counties = [code for code in codes if len(code) == 6]
    communities = [code for code in codes if len(code) == 12]
    below = [counties[int(i)] for i in rng.integers(0, len(counties), max(20, count // 20))]
    subtree = [_timed(lambda code=code: reads.codes_below(code, reads.COMMUNITY)) for code in below]  # type: ignore[misc]
    for code in below[:20]:
        wanted = tuple(c for c in communities if c.startswith(code))
        check(reads.codes_below(code, reads.COMMUNITY) == wanted, f"{code} does not hold its communities")
    near = [communities[int(i)] for i in rng.integers(0, len(communities), max(20, count // 10))]
    neighbours = [_timed(lambda code=code: reads.neighbours(code)) for code in near]  # type: ignore[misc]
    check(all(code not in {n.code for n in reads.neighbours(code)} for code in near[:20]), "a community is its own neighbour")
    lines.figure("subtree_p99_ms", percentile(subtree, 99) / NS_PER_MS, "ms", n=n)
    lines.figure("neighbours_p99_ms", percentile(neighbours, 99) / NS_PER_MS, "ms", n=n)


def run(wanted: Options) -> None:
    """Load each size into an empty database and search in the largest."""
    lines, sizes, seconds = Lines("places", wanted.seed), [], []
    with _room.cluster() as own:
        for within in WITHIN[wanted.size]:
            with _room.fresh(own):
                note(f"loading {'the nation' if not within else ', '.join(within)}")
                added, took = _load(within)
                _check_loaded(within, added)
                sizes.append(added)
                seconds.append(took)
                if within != WITHIN[wanted.size][-1]:
                    lines.figure("seconds", took, "s", n=added)
                    continue
                lines.figure("load_seconds", took, "s", n=added, against=f"at most {LOAD_SECONDS_MAX:g} s", ratio=took / LOAD_SECONDS_MAX)
                note("searching")
                drawn = _drawn(within, SEARCHES[wanted.size], wanted.seed)
                begun = time.monotonic_ns()
                samples = [_search(one) for one in drawn]
                rate = len(samples) * NS_PER_S / (time.monotonic_ns() - begun)
                for kind in KINDS:
                    of_kind = [took for took, one in zip(samples, drawn, strict=True) if one.kind == kind]
                    lines.figure(f"search_{kind}_p99_ms", percentile(of_kind, 99) / NS_PER_MS, "ms", n=added)
                lines.figure("search_p99_ms", percentile(samples, 99) / NS_PER_MS, "ms", n=added)
                lines.figure("searches_per_second", rate, "1/s", n=added)
                _around(lines, within, added, SEARCHES[wanted.size], wanted.seed)
    lines.figure("exponent", exponent(sizes, seconds), "", n=sizes[-1])


if __name__ == "__main__":
    try:
        run(options("places", __doc__ or ""))
    except BenchFailed as failed:
        sys.exit(f"places: {failed}")
