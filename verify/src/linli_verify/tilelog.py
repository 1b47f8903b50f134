"""A whole log audited from what it publishes (C2SP tlog-tiles), out of a folder or over the net: entries, tiles, root, signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from linli_verify.merkle import HASH, Growing, leaf, parent, root_of_full
from linli_verify.note import BadNote, Checkpoint, Key, Opened, open_note

WIDTH = 256
RESOURCE_BYTES_MAX = 1_000_000
TIMEOUT_SECONDS = 30
LEAF_MARK, LEAF_BYTES = b"linli.leaf.v1\n", 46

Read = Callable[[str], bytes]


class Missing(Exception):
    """The log does not have this resource."""


def reader(place: str) -> Read:
    """Return a function that reads a resource below a folder or an http(s) address. It raises Missing, or OSError where it can not tell."""
    if place.startswith(("http://", "https://")):
        return lambda path: _fetch(f"{place.rstrip('/')}/{path}")
    return lambda path: _open(Path(place) / path)


def _open(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(RESOURCE_BYTES_MAX)
    except (FileNotFoundError, NotADirectoryError):
        raise Missing(str(path)) from None


def _fetch(url: str) -> bytes:
    try:
        with urlopen(Request(url, headers={"User-Agent": "linli-verify"}), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 — http(s) by reader
            data: bytes = answer.read(RESOURCE_BYTES_MAX)
            return data
    except HTTPError as error:
        error.close()
        if error.code in {404, 410}:
            raise Missing(url) from None
        raise
    except (HTTPException, ValueError) as error:
        raise OSError(str(error)) from error


def path_to(level: int | str, index: int, width: int) -> str:
    """Return the path of a tile, or of a bundle with level `entries`."""
    groups = []
    while True:
        index, low = divmod(index, 1000)
        groups.append(f"{low:03d}")
        if not index:
            break
    number = "/".join([f"x{group}" for group in groups[:0:-1]] + groups[:1])
    return f"tile/{level}/{number}" + (f".p/{width}" if width < WIDTH else "")


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: `what` is a word of words.FINDINGS, `where` a path, leaf index or size."""

    what: str
    where: str


@dataclass
class Audit:
    """What an audit found; sound where `findings` stayed empty."""

    checkpoint: Checkpoint
    at: int | None
    unknown: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    done: int = 0


def _cut_hashes(data: bytes) -> list[bytes]:
    return [data[i : i + HASH] for i in range(0, len(data), HASH)]


def _cut_bundle(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 + length > len(data):
            raise ValueError("cut off")
        yield entry
        at += 2 + length


class Reach:
    """The roots of ranges of a log's leaves, out of its tiles, as they are asked for. A log of `size` leaves serves them."""

    def __init__(self, read: Read, size: int) -> None:
        self.read, self.size = read, size
        self.tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile. Raises Missing where the log does not show it whole."""
        if (level, index) not in self.tiles:
            width = min(WIDTH, (self.size >> 8 * level) - index * WIDTH)
            try:
                data = self.read(path_to(level, index, width))
            except Missing:
                data = self.read(path_to(level, index, WIDTH))
            if len(data) < width * HASH:
                raise Missing(path_to(level, index, width))
            self.tiles[level, index] = data[: width * HASH]
        return self.tiles[level, index]

    def node(self, height: int, index: int) -> bytes:
        """Return the root over the leaves from index · 2^height up to, and without, (index + 1) · 2^height."""
        level, rest = divmod(height, 8)
        first = index << rest
        hashes = _cut_hashes(self.tile(level, first // WIDTH))[first % WIDTH : first % WIDTH + (1 << rest)]
        if len(hashes) != 1 << rest:
            raise Missing(f"height {height}, {index}")
        return root_of_full(hashes)

    def root_of(self, start: int, stop: int) -> bytes:
        """Return the root over the leaves from `start` up to, and without, `stop`, as the proofs of RFC 6962 cut them."""
        parts = []
        while start < stop:
            height = (stop - start).bit_length() - 1
            parts.append(self.node(height, start >> height))
            start += 1 << height
        digest = parts.pop()
        while parts:
            digest = parent(parts.pop(), digest)
        return digest


class _Auditor:
    def __init__(self, read: Read, audit: Audit, old: Checkpoint | None) -> None:
        self.read, self.audit, self.old = read, audit, old
        self.tree = Growing()
        self.rows: dict[int, list[bytes]] = {}
        if old is not None and old.size == 0 and old.root != self.tree.root():
            self.found("old", "0")

    def found(self, what: str, where: str) -> None:
        self.audit.findings.append(Finding(what, where))

    def resource(self, level: int | str, index: int, width: int) -> bytes | None:
        """Read a tile or bundle; a full one stands in for a partial one that was cleared away. None, and a finding, where neither is there.

        One that is longer than its name says is a finding too: nothing in a log goes unchecked.
        """
        path, each = path_to(level, index, width), LEAF_BYTES + 2 if level == "entries" else HASH
        for name, wide in {path: width, path_to(level, index, WIDTH): WIDTH}.items():
            try:
                data = self.read(name)
            except Missing:
                continue
            if len(data) > wide * each:
                self.found("long", name)
            return data
        self.found("missing", path)
        return None

    def tile(self, level: int, index: int, expected: Sequence[bytes]) -> None:
        """Compare a tile with the hashes that were computed."""
        data = self.resource(level, index, len(expected))
        if data is not None and data[: len(expected) * HASH] != b"".join(expected):
            self.found("tile", path_to(level, index, len(expected)))

    def bundle(self, index: int, width: int) -> None:
        """Hash the entries of one bundle into the tree, compare them with their tile."""
        data = self.resource("entries", index, width)
        hashes = [leaf(entry) for entry in self.entries(data or b"", index, width)]
        tile = self.resource(0, index, width) or b""
        for n, (digest, shown) in enumerate(zip(hashes, _cut_hashes(tile), strict=False)):
            if digest != shown:
                self.found("leaf", str(index * WIDTH + n))
        if len(hashes) < width or len(tile) < width * HASH:
            self.found("short", path_to("entries", index, width))
        for digest in hashes:
            self.tree.add(digest)
            if self.old is not None and self.tree.size == self.old.size and self.tree.root() != self.old.root:
                self.found("old", str(self.old.size))
        if len(hashes) == WIDTH:
            self.lift(1, root_of_full(hashes))

    def entries(self, data: bytes, index: int, width: int) -> list[bytes]:
        """Cut a bundle, and look that every entry is a commitment as Linli writes it."""
        try:
            found = list(_cut_bundle(data))[:width]
        except ValueError:
            self.found("short", path_to("entries", index, width))
            return []
        for n, entry in enumerate(found):
            if len(entry) != LEAF_BYTES or not entry.startswith(LEAF_MARK):
                self.found("form", str(index * WIDTH + n))
        return found

    def lift(self, level: int, digest: bytes) -> None:
        """Put the root of a full tile into the level above."""
        row = self.rows.setdefault(level, [])
        row.append(digest)
        if len(row) % WIDTH == 0:
            full = row[-WIDTH:]
            self.tile(level, len(row) // WIDTH - 1, full)
            self.lift(level + 1, root_of_full(full))

    def end(self) -> None:
        """Compare the partial upper tiles and the root."""
        for level, row in sorted(self.rows.items()):
            rest = len(row) % WIDTH
            if rest:
                self.tile(level, len(row) // WIDTH, row[-rest:])
        signed = self.audit.checkpoint
        if (self.tree.size, self.tree.root()) != (signed.size, signed.root):
            self.found("root", str(signed.size))
        if self.old is not None and self.old.size > signed.size:
            self.found("rollback", str(self.old.size))


def audit(place: str, key: Key, old: str | None = None, progress: Callable[[int, int], None] | None = None) -> Audit:
    """Audit the log at `place`; `old` is a checkpoint note kept from earlier, which must still be part of it.

    Raises BadNote where a checkpoint is not signed by `key`, Missing where there is none, OSError where the place can not be read.
    """
    read = reader(place)
    note, signed = signed_by(read("checkpoint").decode(errors="replace"), key)
    result = Audit(signed, note.at, note.unknown)
    auditor = _Auditor(read, result, None if old is None else signed_by(old, key)[1])
    for index in range(-(-signed.size // WIDTH)):
        auditor.bundle(index, min(WIDTH, signed.size - index * WIDTH))
        result.done = auditor.tree.size
        if progress is not None:
            progress(result.done, signed.size)
    auditor.end()
    return result


def signed_by(text: str, key: Key, witnesses: Sequence[Key] = ()) -> tuple[Opened, Checkpoint]:
    """Open a checkpoint of the log whose key is `key`; lines of `witnesses` must hold too. Raises BadNote."""
    note = open_note(text, key, witnesses)
    checkpoint = Checkpoint.read(note.text)
    if checkpoint.origin != key.name:
        raise BadNote("a checkpoint of another log")
    return note, checkpoint
