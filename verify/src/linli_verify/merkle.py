"""RFC 6962 trees, as a verifier needs them: hashes, the root a path leads to, and the root of leaves that come one after another."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH = 32


class Mismatch(ValueError):
    """A path has the wrong shape."""


def leaf(data: bytes) -> bytes:
    """Return the hash of leaf bytes."""
    return sha256(b"\x00" + data).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """Return the hash over two children."""
    return sha256(b"\x01" + left + right).digest()


def root_through(digest: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root reached from leaf hash `digest`. Raises Mismatch where the path has another length than index and size demand.

    The path has two parts: as long as index and the last leaf part ways the sibling may stand on either side (bits of the index);
    above that the leaf is on the right border and every sibling stands on the left, one for each 1 bit left in the index.
    """
    if not 0 <= index < size or any(len(sibling) != HASH for sibling in path):
        raise Mismatch("not a path")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        raise Mismatch("wrong number of hashes in the path")
    for height, sibling in enumerate(path[:inner]):
        digest = parent(sibling, digest) if index >> height & 1 else parent(digest, sibling)
    for sibling in path[inner:]:
        digest = parent(sibling, digest)
    return digest


class Growing:
    """A tree that grows leaf by leaf. Slot n holds the root of a full subtree of 2^n leaves where the size has that bit, like a counter."""

    def __init__(self) -> None:
        self.size = 0
        self._slots: list[bytes] = []

    def add(self, digest: bytes) -> None:
        """Add the next leaf hash."""
        height = 0
        while self.size >> height & 1:
            digest = parent(self._slots[height], digest)
            height += 1
        if height == len(self._slots):
            self._slots.append(digest)
        else:
            self._slots[height] = digest
        self.size += 1

    def root(self) -> bytes:
        """Return the root so far."""
        root = b""
        for height, slot in enumerate(self._slots):
            if self.size >> height & 1:
                root = parent(slot, root) if root else slot
        return root or sha256().digest()


def root_of_full(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a number of hashes that is a power of two."""
    tree = Growing()
    for digest in hashes:
        tree.add(digest)
    return tree.root()
