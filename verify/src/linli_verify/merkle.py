"""RFC 6962 trees, as a verifier needs them: hashes, the root a path leads to, and the root of leaves that come one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


Range = Callable[[int, int], bytes]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def growth(old: int, new: int, root_of: Range) -> list[bytes]:
    """Return the hashes that show how a tree of `old` leaves became one of `new` (RFC 6962 §2.1.2), where 0 < old ≤ new.

    `root_of` gives the root over the leaves from `start` up to, and without, `stop`. Raises Mismatch for sizes that cannot be.
    """
    if not 0 < old <= new:
        raise Mismatch(f"nothing grows from {old} to {new}")
    steps: list[bytes] = []
    start, stop, whole = 0, new, True
    while start + old != stop:
        middle = start + _split(stop - start)
        if start + old <= middle:
            steps.append(root_of(middle, stop))
            stop = middle
        else:
            steps.append(root_of(start, middle))
            start, old, whole = middle, start + old - middle, False
    if not whole:
        steps.append(root_of(start, stop))
    return steps[::-1]


def check_growth(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> None:
    """Check that the tree `old` (size, root) is the beginning of the tree `new`. Raises Mismatch where the path does not show it."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 <= old_size <= new_size or any(len(step) != HASH for step in path):
        raise Mismatch("not a path")
    if old_size in {0, new_size}:
        if path or (old_size and old_root != new_root) or (not old_size and old_root != sha256().digest()):
            raise Mismatch("the two do not fit")
        return
    left = list(path)

    def walk(before: int, size: int, whole: bool) -> tuple[bytes, bytes]:
        # The roots over the older leaves and over all leaves of one subtree; `whole` while it begins at the first leaf and no step was to the right.
        if before == size:
            digest = old_root if whole else left.pop(0)
            return digest, digest
        middle = _split(size)
        if before <= middle:
            older, newer = walk(before, middle, whole)
            return older, parent(newer, left.pop(0))
        older, newer = walk(before - middle, size - middle, whole=False)
        side = left.pop(0)
        return parent(side, older), parent(side, newer)

    try:
        older, newer = walk(old_size, new_size, whole=True)
    except IndexError:
        raise Mismatch("the path is too short") from None
    if left or (older, newer) != (old_root, new_root):
        raise Mismatch("the newer tree did not grow out of the older one")
