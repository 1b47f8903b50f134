"""The layout of C2SP tlog-tiles: paths, widths, growth; the writer's tiles against trees built otherwise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.trust.evidence.core import tiles, tree
from linli.trust.evidence.core.tiles import TileName
from linli.trust.evidence.tests.test_tree import hashes, mth
from linli_verify import tilelog

# From the spec and from the examples of other implementations of it.
PATHS = {
    "tile/0/x001/x234/067": TileName(0, 1234067, 256),
    "tile/0/000": TileName(0, 0, 256),
    "tile/2/000.p/1": TileName(2, 0, 1),
    "tile/0/273.p/112": TileName(0, 273, 112),
    "tile/entries/x001/x234/067.p/8": TileName(None, 1234067, 8),
    "tile/entries/999": TileName(None, 999, 256),
    "tile/5/x001/000.p/255": TileName(5, 1000, 255),
}
BAD = [
    "", "tile/0", "tile/0/0", "tile/0/00", "tile/0/1000", "tile/00/000", "tile/8/000", "tile/64/000", "tile/-1/000", "tile/0/000.p/0",
    "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/x000/001", "tile/0/001/001", "tile/0/x01/001", "tile/0/000/",
    "/tile/0/000", "tile/0/../000", "tile/Entries/000", "tile/0/٠٠٠", "checkpoint", "tile/0/000.p/1/", "tile/0/000\n",
]  # fmt: skip


def grown(row: list[bytes], steps: list[int]) -> dict[tuple[int, int], bytes]:
    """Return the tiles after appending `row` in batches."""
    kept: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        edge = {level: h for (level, index), h in kept.items() if len(h) < tiles.TILE_BYTES and index == size >> 8 * (level + 1)}
        for tile in tiles.grow(size, edge, row[size : size + step]):
            before = kept.get((tile.level, tile.index), b"")
            assert tile.hashes.startswith(before)
            assert len(tile.hashes) > len(before)
            kept[tile.level, tile.index] = tile.hashes
        size += step
    return kept


@pytest.mark.parametrize("path", PATHS)
def test_paths_are_read_and_written(path: str) -> None:
    name = PATHS[path]
    assert tiles.parse_path(path) == name
    assert tiles.path_of(name) == path
    assert tilelog.path_to("entries" if name.level is None else name.level, name.index, name.width) == path


@pytest.mark.parametrize("path", BAD)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a tile path"):
        tiles.parse_path(path)


def test_the_tiles_of_the_specs_example() -> None:
    # "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial of width 112, one full level 1 tile, …"
    names = list(tiles.names_of(70_000))
    assert [n.width for n in names if n.level == 0] == [256] * 273 + [112]
    assert [(n.index, n.width) for n in names if n.level == 1] == [(0, 256), (1, 17)]
    assert [(n.index, n.width) for n in names if n.level == 2] == [(0, 1)]
    assert len(names) == 277
    assert list(tiles.names_of(256)) == [TileName(0, 0, 256), TileName(1, 0, 1)]
    assert list(tiles.names_of(0)) == []


def test_width_at_agrees_with_the_names() -> None:
    for size in (0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000):
        names = {(n.level, n.index): n.width for n in tiles.names_of(size)}
        for level in range(4):
            for index in (0, 1, 255, 256, 273, 274):
                assert tiles.width_at(size, level, index) == names.get((level, index), 0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1500), st.randoms(use_true_random=False))
def test_batches_of_any_size_make_the_same_tiles(size: int, rand: random.Random) -> None:
    steps: list[int] = []
    while sum(steps) < size:
        steps.append(min(rand.choice([1, 2, 255, 256, 257, 600]), size - sum(steps)))
    row = hashes(size)
    kept = grown(row, steps)
    assert kept == grown(row, [size])
    assert {key: len(h) // 32 for key, h in kept.items()} == {
        (n.level, n.index): n.width for n in tiles.names_of(size) if n.level is not None
    }


def test_three_levels_of_tiles_give_every_root_and_proof() -> None:
    size = 65_536 * 2 + 777
    row = hashes(size)
    kept = grown(row, [size])
    fetched: list[tuple[int, int]] = []

    def fetch(level: int, index: int) -> bytes:
        fetched.append((level, index))
        return kept[level, index]

    range_ = tree.CompactRange()
    roots = {}
    rand = random.Random(7)
    wanted = {1, 255, 256, 257, 65_535, 65_536, 65_537, size, *rand.sample(range(1, size), 20)}
    for n, digest in enumerate(row, start=1):
        range_.append(digest)
        if n in wanted:
            roots[n] = range_.root()
    for n in wanted:
        nodes = tiles.Nodes(fetch)
        fetched.clear()
        assert tree.root_of(nodes, n) == roots[n]
        assert len(fetched) == len(set(fetched)) <= 6
        index = rand.randrange(n)
        path = tree.inclusion_path(nodes, index, n)
        assert tree.root_from_path(row[index], index, size=n, path=path) == roots[n]
    tree.check_consistency((257, roots[257]), (size, roots[size]), tree.consistency_path(tiles.Nodes(fetch), 257, size))


def test_a_node_beyond_the_tile_is_refused() -> None:
    nodes = tiles.Nodes(lambda _level, _index: b"".join(hashes(3)))
    assert nodes(1, 0) == mth(hashes(2))
    with pytest.raises(ValueError, match="too short"):
        nodes(1, 1)
    for bad in (b"", b"x", bytes(32 * 257)):
        with pytest.raises(ValueError, match="a tile of"):
            tiles.hashes_in(bad)


def test_bundles_are_length_prefixed() -> None:
    assert tiles.bundle_of([b"", b"a", b"\xff" * 300]) == b"\x00\x00\x00\x01a\x01\x2c" + b"\xff" * 300
