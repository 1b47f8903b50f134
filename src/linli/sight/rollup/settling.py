"""What counts of the facts that came in, on arrays: the rules of `frames` for the dense cube. Pure numpy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from linli.sight.rollup.core import MONTHS, Changes, Ints, Tree

Columns = Mapping[str, NDArray[np.generic]]


def followed(moved: Mapping[int, int]) -> dict[int, int]:
    """Return where each place that was merged or got another code is to be found today. Raises ValueError where that goes in a circle."""
    found = {}
    for old in moved:
        new, seen = moved[old], {old}
        while new in moved:
            if new in seen:
                raise ValueError(f"place {old} moves in a circle")
            seen.add(new)
            new = moved[new]
        found[old] = new
    return found


def settled(facts: Columns, moved: Mapping[int, int], tree: Tree, *, as_of_us: int, first_month: int) -> Changes:
    """Return the facts that count at a moment as changes of an empty cube, whose month number 0 is `first_month`.

    A reference counts once, by its last revision; what is said to have happened after it was recorded, or in a place or month the
    cube does not have, does not count.
    """
    n, recorded = facts["n"].astype(np.int64), facts["recorded_us"].astype(np.int64)
    occurred = facts["occurred_us"].astype(np.int64)
    picked = np.flatnonzero((recorded <= as_of_us) & (occurred <= recorded))
    names = ("hits", "n", "dimension", "month", "place", "occurred_us", "recorded_us", "revision", "reference")
    order = picked[np.lexsort([facts[name][picked] for name in names])]
    reference = facts["reference"][order]
    last = order[np.r_[reference[1:] != reference[:-1], np.ones(min(1, len(order)), bool)]]
    place = _today(facts["place"][last].astype(np.int64), followed(moved))
    at = np.minimum(np.searchsorted(tree.codes, place), len(tree.codes) - 1)
    month = facts["month"][last].astype(np.int64) - first_month
    here = (tree.codes[at] == place) & (month >= 0) & (month < MONTHS)
    kept = last[here]
    return Changes(
        at[here].astype(np.int64), month[here], facts["dimension"][kept].astype(np.int64), facts["hits"][kept].astype(np.int64), n[kept]
    )


def _today(place: Ints, moved: Mapping[int, int]) -> Ints:
    if not moved:
        return place
    old = np.array(sorted(moved), np.int64)
    new = np.array([moved[code] for code in old.tolist()], np.int64)
    at = np.minimum(np.searchsorted(old, place), len(old) - 1)
    return np.where(old[at] == place, new[at], place)
