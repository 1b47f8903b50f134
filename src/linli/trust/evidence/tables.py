"""What verbs, reads and the audit share: the lock of the log and the tree as it stands in the tables."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from linli.trust.evidence.core import tiles
from linli.trust.evidence.core.tree import HASH_BYTES, root_of
from linli.trust.evidence.models import Tile

# Any number no other room uses: held until commit by whoever gives leaves their index or signs.
LOG_LOCK = 6962_2013


class LogBroken(RuntimeError):
    """The tables contradict each other or a signed checkpoint. Nothing is written; `linli verify evidence` says where."""


def lock_log() -> None:
    """Wait for, and until the end of the transaction keep, the only right to grow or sign the tree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])


def await_log() -> None:
    """Wait until nobody grows or signs the tree: what was begun before is done or undone then."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOG_LOCK])


def tree_size() -> int:
    """Return how many leaves the tree has."""
    last = Tile.objects.filter(level=0).order_by("-index").values_list("index", "hashes").first()
    return 0 if last is None else last[0] * tiles.WIDTH + len(last[1]) // HASH_BYTES


def fetch_tile(level: int, index: int) -> bytes:
    """Return the hashes of a tile. Raises LogBroken where it is missing."""
    found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    if found is None:
        raise LogBroken(f"tile {level}/{index} is missing")
    return bytes(found)


def nodes() -> tiles.Nodes:
    """Return the tree's nodes, read from the tiles as they are asked for."""
    return tiles.Nodes(fetch_tile)


def root_at(size: int) -> bytes:
    """Return the root the tree had at `size` leaves. Raises LogBroken where tiles are missing or too short for that."""
    try:
        return root_of(nodes(), size)
    except ValueError as error:
        raise LogBroken(str(error)) from error


def right_edge(size: int) -> Mapping[int, bytes]:
    """Return per level the hashes of the partial tile at the right end of a tree of `size`. Raises LogBroken where one does not fit."""
    edge: dict[int, bytes] = {}
    for level in range(tiles.LEVEL_MAX + 1):
        index = size >> tiles.HEIGHT * (level + 1)
        width = tiles.width_at(size, level, index)
        if not width:
            continue
        edge[level] = fetch_tile(level, index)
        if len(edge[level]) != width * HASH_BYTES:
            raise LogBroken(f"tile {level}/{index} should be {width} hashes wide")
    return edge
