"""The Merkle tree of RFC 6962 §2.1 (SHA-256): hashes, compact range, inclusion and consistency proofs. Arithmetic only.

A node is named (level, index): the root of the perfect subtree over leaves index·2^level … (index+1)·2^level − 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]


class ProofBroken(ValueError):
    """A proof does not lead where it says."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of 0x00 and its bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    # The largest power of two smaller than size; size is at least 2.
    return 1 << ((size - 1).bit_length() - 1)


class CompactRange:
    """The roots of the perfect subtrees of a growing tree, largest first: all that is needed to append and to know the root."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[tuple[int, bytes]] = []

    def append(self, digest: bytes, level: int = 0) -> None:
        """Append a leaf hash, or at `level` > 0 the root of a perfect subtree of 2^level leaves.

        Raises ValueError where the size is no multiple of 2^level: the subtree would not stand on its own node.
        """
        if self.size & ((1 << level) - 1):
            raise ValueError(f"size {self.size} is not aligned to level {level}")
        self.size += 1 << level
        while self._roots and self._roots[-1][0] == level:
            digest = node_hash(self._roots.pop()[1], digest)
            level += 1
        self._roots.append((level, digest))

    def root(self) -> bytes:
        """Return the root hash of the tree so far."""
        if not self._roots:
            return EMPTY_ROOT
        digest = self._roots[-1][1]
        for _, left in reversed(self._roots[:-1]):
            digest = node_hash(left, digest)
        return digest


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes, at least one."""
    row = hashes
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def _range_root(node: Node, start: int, size: int) -> bytes:
    # `start` is a multiple of the largest power of two in `size`, so every perfect part is a node.
    parts = []
    while size:
        level = size.bit_length() - 1
        parts.append(node(level, start >> level))
        start, size = start + (1 << level), size - (1 << level)
    digest = parts.pop()
    while parts:
        digest = node_hash(parts.pop(), digest)
    return digest


def root_of(node: Node, size: int) -> bytes:
    """Return the root of the tree of `size` leaves whose perfect subtrees `node` gives."""
    return _range_root(node, 0, size) if size else EMPTY_ROOT


def inclusion_path(node: Node, index: int, size: int) -> list[bytes]:
    """Return PATH(index, D[size]) of RFC 6962 §2.1.1, the leaf's sibling first. Raises ValueError where index is not in the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path, start = [], 0
    while size > 1:
        middle = _split(size)
        if index < start + middle:
            path.append(_range_root(node, start + middle, size - middle))
            size = middle
        else:
            path.append(_range_root(node, start, middle))
            start, size = start + middle, size - middle
    return path[::-1]


def consistency_path(node: Node, old: int, new: int) -> list[bytes]:
    """Return PROOF(old, D[new]) of RFC 6962 §2.1.2. Raises ValueError unless 0 < old ≤ new."""
    if not 0 < old <= new:
        raise ValueError(f"no proof from size {old} to size {new}")
    path, start, known = [], 0, True
    while old != new:
        middle = _split(new)
        if old <= middle:
            path.append(_range_root(node, start + middle, new - middle))
            new = middle
        else:
            path.append(_range_root(node, start, middle))
            start, old, new, known = start + middle, old - middle, new - middle, False
    if not known:
        path.append(_range_root(node, start, new))
    return path[::-1]


def root_from_path(leaf: bytes, index: int, *, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that `path` leads to from leaf hash `leaf` (RFC 9162 §2.1.3.2). Raises ProofBroken for a path of wrong length."""
    if not 0 <= index < size:
        raise ProofBroken(f"leaf {index} is not in a tree of {size}")
    place, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofBroken("path too long")
        if place & 1 or place == last:
            digest = node_hash(sibling, digest)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofBroken("path too short")
    return digest


def check_consistency(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> None:
    """Check that the tree `new` (size, root) grew out of the tree `old` (RFC 9162 §2.1.4.2). Raises ProofBroken."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size <= new_size:
        raise ProofBroken(f"no proof from size {old_size} to size {new_size}")
    steps = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if old_size == new_size:
        if path or old_root != new_root:
            raise ProofBroken("same size, other tree")
        return
    if not steps:
        raise ProofBroken("path too short")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise ProofBroken("path too long")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last or before != old_root or after != new_root:
        raise ProofBroken("the newer tree did not grow out of the older one")
