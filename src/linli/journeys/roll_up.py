"""Rolling up: the cells of every community become a kept cube with totals at every level."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from linli.ground.policy.reads import Policy
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.sight.rollup import files, reads, verbs
from linli.sight.rollup.core import DIMENSIONS, Cube, totals, tree_of
from linli.sight.rollup.files import About, Progress
from linli.sight.rollup.scoring import Weights

ROLLER = Actor.system("stock")
BLOCK = 32_768  # communities drawn at once
Draw = Callable[[NDArray[np.int64], int], NDArray[np.uint16]]


def weights(rules: Policy) -> Weights:
    """Return the weights of the health index in the order of the cube's dimensions."""
    each = tuple(rules.ppm(f"weight_{dimension}_ppm") for dimension in DIMENSIONS)
    return Weights(each, rules.count("shrink_weight"), rules.ppm("known_min_ppm"))


def make(
    codes: Sequence[str], draw: Draw, *, seed: int, moment: datetime, left_out: str = "", progress: Callable[[int, int], None] | None = None
) -> About:
    """Make the cube of made-up cells over the communities `codes` (in order) and put it in the place of the one before.

    `draw(codes, number)` returns the cells of one block of communities, shape (codes, 12, 8, 2); those of `left_out` are emptied: what is
    there is real and comes from elsewhere. The last month is that of `moment`. Raises ValueError for cells that are no counts.
    """
    tree, target = tree_of(np.array([int(code) for code in codes], np.int64)), reads.folder()
    folder = files.being_made(target)
    cells, most, started = verbs.new_cells(folder, len(codes)), 0, time.monotonic_ns()
    verbs.tell(folder, Progress(0, len(codes), 0))
    for number, at in enumerate(range(0, len(codes), BLOCK)):
        part = slice(at, min(at + BLOCK, len(codes)))
        drawn = draw(tree.codes[part], number)
        out = tree.communities(left_out) if left_out else slice(0, 0)
        drawn[max(0, out.start - at) : max(0, out.stop - at)] = 0
        cells[tree.rows[part]] = drawn
        most = max(most, int(drawn.max()))
        verbs.tell(folder, Progress(part.stop, len(codes), (time.monotonic_ns() - started) // 1_000_000))
        if progress:
            progress(part.stop, len(codes))
    begun = time.monotonic_ns()
    sums = totals(cells, tree, cell_max=most)
    took = (time.monotonic_ns() - begun) // 1000
    with step(ROLLER, None, "sight.roll_up", {}) as s:
        return verbs.keep(
            s, folder, target, tree=tree, cube=Cube(cells, sums, most), seed=seed, last_month=f"{moment:%Y-%m}", left_out=left_out,
            added_up_us=took,
        )  # fmt: skip
