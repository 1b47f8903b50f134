"""A small log of its own for the tests: grown leaf by leaf, signed, written out as C2SP tiles. Written apart from what is tested."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

WIDTH = 256


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def leaf_of(number: int, *, salt: str = "") -> bytes:
    return b"linli.leaf.v1\n" + sha256(f"{salt}{number}".encode()).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """Return MTH of RFC 6962 over leaf hashes, as the paper says it."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + tree_root(hashes[:k]) + tree_root(hashes[k:])).digest()


def proof(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """Return SUBPROOF of RFC 6962, as the paper says it."""
    if old == len(hashes):
        return [] if whole else [tree_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if old <= k:
        return [*proof(old, hashes[:k], whole), tree_root(hashes[k:])]
    return [*proof(old - k, hashes[k:], False), tree_root(hashes[:k])]


class SmallLog:
    """Leaves, a key, and a folder to publish to."""

    def __init__(self, origin: str = "linli.example/log", seed: bytes = bytes(range(32))) -> None:
        self.origin, self.secret = origin, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.secret.public_key().public_bytes_raw()
        self.leaves: list[bytes] = []

    def key_id(self, kind: int) -> bytes:
        return sha256(self.origin.encode() + bytes([10, kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.origin}+{self.key_id(1).hex()}+{b64(bytes([1]) + self.public)}"

    def grow(self, size: int, *, salt: str = "") -> SmallLog:
        self.leaves += [leaf_of(n, salt=salt) for n in range(len(self.leaves), size)]
        return self

    def hashes(self, size: int | None = None) -> list[bytes]:
        return [sha256(b"\x00" + leaf).digest() for leaf in self.leaves[:size]]

    def note(self, size: int | None = None) -> str:
        hashes = self.hashes(size)
        text = f"{self.origin}\n{len(hashes)}\n{b64(tree_root(hashes))}\n"
        return f"{text}\n— {self.origin} {b64(self.key_id(1) + self.secret.sign(text.encode()))}\n"

    def publish(self, folder: Path) -> Path:
        """Write checkpoint, tiles and bundles."""
        rows, level = self.hashes(), 0
        while rows:
            self._row(folder, str(level), rows, 32)
            rows = [tree_root(rows[i : i + WIDTH]) for i in range(0, len(rows) // WIDTH * WIDTH, WIDTH)]
            level += 1
        self._row(folder, "entries", [len(leaf).to_bytes(2, "big") + leaf for leaf in self.leaves], 0)
        (folder / "checkpoint").write_text(self.note(), encoding="utf-8")
        return folder

    def _row(self, folder: Path, level: str, parts: list[bytes], _each: int) -> None:
        for start in range(0, len(parts), WIDTH):
            some = parts[start : start + WIDTH]
            number = f"{start // WIDTH:03d}"
            path = folder / "tile" / level / (number if len(some) == WIDTH else f"{number}.p/{len(some)}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(some))
