"""The layout of C2SP tlog-tiles (c2sp.org/tlog-tiles): which hashes stand in which tile, and how its path is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linli.trust.evidence.core.tree import HASH_BYTES, fold

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_BYTES
LEVEL_MAX = 7  # 256^8 leaves: more than a 63-bit index can name
LENGTH_BYTES = 2  # of an entry in a bundle, big-endian

PATH = re.compile(r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")

Fetch = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Tile:
    """`hashes` of the nodes index·256 … of tree level 8·level, 1 to 256 of them, one after the other."""

    level: int
    index: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class TileName:
    """A tile or, with level None, a bundle of entries, `width` hashes or entries wide."""

    level: int | None
    index: int
    width: int


def path_of(name: TileName) -> str:
    """Return the path below the log's prefix, e.g. `tile/0/x001/234.p/5`."""
    digits = f"{name.index % 1000:03d}"
    rest = name.index // 1000
    while rest:
        digits = f"x{rest % 1000:03d}/{digits}"
        rest //= 1000
    level = "entries" if name.level is None else str(name.level)
    partial = f".p/{name.width}" if name.width < WIDTH else ""
    return f"tile/{level}/{digits}{partial}"


def parse_path(path: str) -> TileName:
    """Read a tile path. Raises ValueError for every spelling that `path_of` does not write."""
    match = PATH.fullmatch(path)
    if match is None:
        raise ValueError(f"not a tile path: {path!r}")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    name = TileName(level, index, int(match["width"]) if match["width"] else WIDTH)
    if (level is not None and level > LEVEL_MAX) or path_of(name) != path:
        raise ValueError(f"not a tile path: {path!r}")
    return name


def names_of(size: int) -> Iterator[TileName]:
    """Yield the tiles, bundles left out, of a tree of `size` leaves, level by level: full ones, then the partial one."""
    level = 0
    while size:
        for index in range(size // WIDTH):
            yield TileName(level, index, WIDTH)
        if size % WIDTH:
            yield TileName(level, size // WIDTH, size % WIDTH)
        size, level = size // WIDTH, level + 1


def width_at(size: int, level: int, index: int) -> int:
    """Return how many hashes tile (level, index) has in a tree of `size` leaves: 0 where it has none, 256 where it is full."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def hashes_in(tile: bytes) -> list[bytes]:
    """Cut a tile into its hashes. Raises ValueError where its length is no whole number of hashes, or it holds none or too many."""
    if len(tile) % HASH_BYTES or not 0 < len(tile) <= TILE_BYTES:
        raise ValueError(f"a tile of {len(tile)} bytes")
    return [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]


def grow(size: int, edge: Mapping[int, bytes], leaves: Sequence[bytes]) -> list[Tile]:
    """Return the tiles that are new or longer after appending leaf hashes to a tree of `size`.

    `edge` holds, per level, the hashes of the partial tile at the right end; a level without one is left out.
    """
    changed: list[Tile] = []
    level, incoming = 0, list(leaves)
    while incoming:
        row = edge.get(level, b"") + b"".join(incoming)
        first = size >> HEIGHT * (level + 1)
        cut = [row[i : i + TILE_BYTES] for i in range(0, len(row), TILE_BYTES)]
        changed += [Tile(level, first + i, hashes) for i, hashes in enumerate(cut)]
        incoming = [fold(hashes_in(hashes)) for hashes in cut if len(hashes) == TILE_BYTES]
        level += 1
    return changed


class Nodes:
    """Gives any node of the tree out of its tiles, each fetched once. Call it as `nodes(level, index)`."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the node. Raises ValueError where the tile is too short to hold it."""
        tile_level, inner = divmod(level, HEIGHT)
        tile_index, offset = divmod(index << inner, WIDTH)
        key = (tile_level, tile_index)
        if key not in self._tiles:
            self._tiles[key] = hashes_in(self._fetch(*key))
        row = self._tiles[key][offset : offset + (1 << inner)]
        if len(row) != 1 << inner:
            raise ValueError(f"tile {tile_level}/{tile_index} is too short for node {level}/{index}")
        return fold(row)


def bundle_of(leaves: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each leaf behind its length in two bytes, big-endian."""
    return b"".join(len(leaf).to_bytes(LENGTH_BYTES, "big") + leaf for leaf in leaves)
