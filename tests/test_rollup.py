"""The dense cube: totals are what adding up by hand gives, changes what adding up anew gives, and an index what one place alone gets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linli.sight.rollup import core, scoring
from linli.sight.wellbeing.core import NO_PEERS, Count, Dimension, Likeness, Peers, Weights, score

SHARES = (60_000, 80_000, 100_000, 500_000, 70_000, 80_000, 40_000, 70_000)
WEIGHTS = scoring.Weights(SHARES, 12, 600_000)


def drawn(seed: int, many: int = 700, top: int = 9_000) -> tuple[core.Tree, core.Cube]:
    rng = np.random.default_rng(seed)
    codes = np.unique(rng.choice([11, 44, 51], many) * 10**10 + rng.integers(1, 4, many) * 10**8 + rng.integers(1, 5, many) * 10**6
                      + rng.integers(1, 6, many) * 10**3 + rng.integers(1, 40, many))  # fmt: skip
    tree = core.tree_of(codes.astype(np.int64))
    cells = np.sort(rng.integers(0, top, (len(codes), 12, 8, 2), dtype=np.uint16), axis=-1)
    most = int(cells.max())
    return tree, core.Cube(cells, core.totals(cells, tree, cell_max=most), most)


def by_hand(tree: core.Tree, cells: core.Cells, digits: int) -> NDArray[np.int64]:
    above = tree.codes // 10 ** (12 - digits) if digits else np.zeros(len(tree.codes), np.int64)
    return np.stack([cells[tree.rows[above == code]].sum(axis=0, dtype=np.int64) for code in np.unique(above)])


@pytest.mark.parametrize(("seed", "top"), [(1, 9_000), (2, 65_536), (3, 2)])
def test_totals_are_the_sums_at_every_level(seed: int, top: int) -> None:
    tree, cube = drawn(seed, top=top)
    for digits in core.ABOVE:
        assert np.array_equal(cube.totals[digits], by_hand(tree, cube.cells, digits))
    one = core.totals(cube.cells, tree, cell_max=cube.cell_max, threads=1)
    assert all(np.array_equal(one[digits], cube.totals[digits]) for digits in core.ABOVE)


@pytest.mark.parametrize("many", [3, 20_000])
def test_a_change_is_adding_up_anew(many: int) -> None:
    tree, cube = drawn(4)
    rng, before = np.random.default_rng(5), cube.cells.copy()
    community, month, dimension = (rng.integers(0, top, many) for top in (len(tree.codes), 12, 8))
    n = rng.integers(1, 3, many)
    core.apply(cube, tree, core.Changes(community, month, dimension, np.zeros(many, np.int64), n))
    wanted = before.astype(np.int64)
    np.add.at(wanted, (tree.rows[community], month, dimension, 1), n)
    assert np.array_equal(cube.cells, wanted)
    for digits in core.ABOVE:
        assert np.array_equal(cube.totals[digits], by_hand(tree, cube.cells, digits))
    core.apply(cube, tree, core.Changes(community, month, dimension, np.zeros(many, np.int64), -n))  # reversed
    assert np.array_equal(cube.cells, before)


@pytest.mark.parametrize("many", [1, 5_000])
def test_a_change_that_cannot_be_changes_nothing(many: int) -> None:
    tree, cube = drawn(6)
    before, sums = cube.cells.copy(), {digits: x.copy() for digits, x in cube.totals.items()}
    zero = np.zeros(many, np.int64)
    with pytest.raises(ValueError, match="hits"):
        core.apply(cube, tree, core.Changes(zero, zero, zero, zero, zero - 65_536))
    assert np.array_equal(cube.cells, before)
    assert all(np.array_equal(cube.totals[digits], sums[digits]) for digits in core.ABOVE)


PAIRS = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)).map(sorted), min_size=8, max_size=8)


@given(PAIRS, PAIRS, st.booleans())
def test_an_index_is_that_of_one_place_alone(own: list[list[int]], peers: list[list[int]], alike: bool) -> None:
    one = score(
        {d: Count(*x) for d, x in zip(Dimension, own, strict=True)},
        Peers(Likeness.DISTRICT, 1, {d: Count(*x) for d, x in zip(Dimension, peers, strict=True)}) if alike else NO_PEERS,
        Weights(dict(zip(Dimension, SHARES, strict=True)), 12, 600_000),
    )
    many = scoring.score(np.array([own], np.int64), WEIGHTS, np.array([peers], np.int64) if alike else None)
    assert (many.value[0], many.low[0], many.high[0], many.known[0]) == (
        scoring.NONE if one.value_ppm is None else one.value_ppm, one.low_ppm, one.high_ppm, one.known_ppm,
    )  # fmt: skip
    for d, scored in enumerate(one.dimensions):
        if scored.share is None:
            assert many.dimensions.value[0, d] == scoring.NONE
        else:
            found = tuple(int(getattr(many.dimensions, x)[0, d]) for x in ("value", "low", "high", "n"))
            assert found == (scored.share.value_ppm, scored.share.low_ppm, scored.share.high_ppm, scored.share.n)


def test_dimensions_stand_in_one_order() -> None:
    assert tuple(d.value for d in Dimension) == core.DIMENSIONS
    assert core.DIMENSIONS[scoring.SATISFACTION] == Dimension.SATISFACTION


def test_without_any_rating_there_is_no_index() -> None:
    counts = np.full((1, 8, 2), 9, np.int64)
    assert scoring.score(counts, WEIGHTS).value[0] != scoring.NONE
    counts[0, scoring.SATISFACTION] = 0
    assert scoring.score(counts, WEIGHTS).value[0] == scoring.NONE
    assert scoring.score(counts, scoring.Weights(SHARES, 12, 0)).value[0] == scoring.NONE


def test_few_observations_are_withheld_and_never_one_alone() -> None:
    assert scoring.withheld(np.array([0, 3, 9, 7]), 5).tolist() == [False, True, False, True]
    assert scoring.withheld(np.array([2, 3, 9]), 5).tolist() == [True, True, False]
    assert scoring.withheld(np.array([0, 8, 9]), 5).tolist() == [False, False, False]


def test_ranks_say_what_the_intervals_allow() -> None:
    value, low, high = np.array([90, 80, -1, 50]), np.array([85, 70, 0, 45]), np.array([95, 88, 100, 55])
    best, worst = scoring.ranks(value, low, high)
    assert (best.tolist(), worst.tolist()) == ([1, 1, 0, 3], [2, 2, 0, 3])


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 40, 3_000]), st.sampled_from([1, 3, 12]), st.booleans())
def test_any_changes_are_adding_up_anew_or_nothing_at_all(seed: int, many: int, months: int, small: bool) -> None:
    tree, cube = drawn(seed, many=200, top=3 if small else 9_000)  # among small cells many a change is refused
    rng, before, most = np.random.default_rng(seed), cube.cells.copy(), cube.cell_max
    sums = {digits: x.copy() for digits, x in cube.totals.items()}
    where = [rng.integers(0, top, many) for top in (len(tree.codes), months, 8)]
    n = rng.integers(-1, 4, many)
    hits = np.where(n < 0, -rng.integers(0, 2, many), rng.integers(0, 4, many) % (np.maximum(n, 0) + 1))
    wanted = before.astype(np.int64)
    for i, part in enumerate((hits, n)):
        np.add.at(wanted, (tree.rows[where[0]], where[1], where[2], i), part)
    changes = core.Changes(*where, hits, n)
    if (wanted[..., 0] < 0).any() or (wanted[..., 0] > wanted[..., 1]).any() or wanted.max() > core.CELL_TOP:
        with pytest.raises(ValueError, match="hits"):
            core.apply(cube, tree, changes)
        wanted = before.astype(np.int64)
        assert cube.cell_max == most
        assert all(np.array_equal(cube.totals[digits], sums[digits]) for digits in core.ABOVE)
    else:
        core.apply(cube, tree, changes)
        assert cube.cell_max >= wanted.max()
    assert np.array_equal(cube.cells, wanted)
    for digits in core.ABOVE:
        assert np.array_equal(cube.totals[digits], by_hand(tree, cube.cells, digits))


@pytest.mark.parametrize(("community", "month", "dimension"), [(-1, 0, 0), (10**6, 0, 0), (0, -1, 0), (0, 12, 0), (0, 0, -1), (0, 0, 8)])
def test_a_change_of_no_cell_is_refused(community: int, month: int, dimension: int) -> None:
    tree, cube = drawn(7, many=50)
    before = cube.cells.copy()
    one = [np.array([x]) for x in (community, month, dimension, 0, 1)]
    with pytest.raises(ValueError, match="no cell"):
        core.apply(cube, tree, core.Changes(*one))
    assert np.array_equal(cube.cells, before)
