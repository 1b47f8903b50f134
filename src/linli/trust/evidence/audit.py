"""The log checked from the ground up: entries → commitments → leaves → tiles → checkpoints, and what stands outside of them.

What does not fit is named by table and row. Whoever could rewrite everything, signatures included, is not caught here but by a
checkpoint somebody else kept (`linli-verify log --old`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from linli.trust.evidence import keys, tables
from linli.trust.evidence.core import entries, notes, tiles
from linli.trust.evidence.core.tree import CompactRange, fold, leaf_hash
from linli.trust.evidence.models import Checkpoint, Cosignature, Entry, Fork, Tile, Waiting, Watched

ROWS = ("pk", "uid", "kind", "place_code", "ref", "occurred_at", "recorded_at", "payload", "salt", "commitment")
TILES_PER_FETCH = 16
IDS_SHOWN_MAX = 1_000

_STRAYS = """
SELECT id FROM evidence_entry WHERE NOT EXISTS (SELECT FROM evidence_waiting w WHERE w.entry_id = evidence_entry.id)
EXCEPT SELECT unnest(entries) FROM evidence_tile WHERE level = 0 ORDER BY id LIMIT %s
"""
_TWICE = "SELECT id FROM (SELECT unnest(entries) AS id FROM evidence_tile WHERE level = 0) t GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT %s"
_LOST = """
SELECT entry_id FROM evidence_waiting WHERE NOT EXISTS (SELECT FROM evidence_entry e WHERE e.id = entry_id) ORDER BY entry_id LIMIT %s
"""
_DONE = (
    "SELECT entry_id FROM evidence_waiting INTERSECT SELECT unnest(entries) FROM evidence_tile WHERE level = 0 ORDER BY entry_id LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit, located: `table` is entry, leaf, tile, checkpoint, waiting, key, cosignature, watched or fork, `row` its id."""

    table: str
    row: str
    text: str


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@contextmanager
def _one_moment() -> Iterator[None]:
    # The log grows while it is read; one snapshot keeps what is seen of it in one piece.
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def run(progress: Callable[[int, int], None]) -> list[Finding]:
    """Return every finding, in the order of the log."""
    signed, findings = _last_signed()  # before the snapshot, so that whatever is in the file should be in the tables too
    with _one_moment():
        rebuilt = _Rebuild()
        total = tables.tree_size()
        for row in Tile.objects.filter(level=0).order_by("index").iterator(chunk_size=TILES_PER_FETCH):
            rebuilt.take(row)
            progress(rebuilt.walked, total)
        rebuilt.end()
        return rebuilt.findings + list(_outside()) + findings + list(_taken_off(signed)) + list(_witnessed())


def _witnessed() -> Iterator[Finding]:
    """Yield what outsiders did not sign as it stands here, and what we keep of other logs that they did not."""
    for line in Cosignature.objects.select_related("checkpoint", "witness").order_by("pk").iterator():
        try:
            at_seconds = notes.WitnessKey.parse(line.witness.vkey).moment_of(notes.text_of(line.checkpoint.note), line.line)
            holds = datetime.fromtimestamp(at_seconds, UTC) == line.at
        except notes.NoteBroken:
            holds = False
        if not holds:
            yield Finding("cosignature", str(line.pk), f"{line.witness_id} did not sign this")
    for log in Watched.objects.exclude(note="").order_by("pk"):
        if not _is_signed(log, log.note, (log.size, bytes(log.root))):
            yield Finding("watched", log.pk, "this is not what the log showed")
    for fork in Fork.objects.select_related("watched").order_by("pk"):
        if not (_is_signed(fork.watched, fork.mine) and _is_signed(fork.watched, fork.theirs)):
            yield Finding("fork", str(fork.pk), "the log signed neither of these")


def _is_signed(log: Watched, note: str, said: tuple[int, bytes] | None = None) -> bool:
    try:
        shown = notes.Checkpoint.parse(notes.open_note(note, notes.VerifierKey.parse(log.vkey)).text)
    except notes.NoteBroken:
        return False
    return shown.origin == log.origin and said in {None, (shown.size, shown.root)}


def _last_signed() -> tuple[keys.LastSigned | None, list[Finding]]:
    tables.await_log()
    try:
        key = keys.signing_key()
        return (None if key is None else keys.last_signed(key)), []
    except notes.NoteBroken as error:
        return None, [Finding("key", "evidence", f"the key or the checkpoint that was signed last is damaged: {error}")]


def _taken_off(signed: keys.LastSigned | None) -> Iterator[Finding]:
    """Yield a finding where the tables do not hold, as their last, the checkpoint that was signed last."""
    if signed is None:
        return
    found = Checkpoint.objects.order_by("-size").values_list("size", "number").first()
    said = (signed.checkpoint.size, signed.number)
    if found is None or found < said:
        yield Finding("checkpoint", str(said[0]), f"number {said[1]} was signed last and is gone from the table")


def _fault(row: tuple[Any, ...]) -> str | None:
    """Say what is wrong with an entry's row by itself, or nothing. No row, however it was mistreated, ends the audit."""
    _, uid, kind, place, ref, occurred_at, recorded_at, text, salt, commitment = row
    try:
        payload = entries.payload_of(text)
        body = entries.body_of(entries.plain(entries.Content(uid, kind, place, ref, occurred_at, recorded_at, payload)))
    except ValueError:
        return "its payload is not in canonical form"
    if len(salt) != entries.SALT_BYTES or entries.commitment_of(body, bytes(salt)) != bytes(commitment):
        return "it does not match its commitment: changed after it was queued"
    return None


def _leaf(commitment: bytes) -> bytes | None:
    return leaf_hash(entries.leaf_of(commitment)) if len(commitment) == entries.COMMITMENT_BYTES else None


def _span(ids: Sequence[int | None]) -> tuple[int | None, int | None]:
    known = [pk for pk in ids if pk is not None]
    return min(known, default=None), max(known, default=None)


class _Rebuild:
    """Walks the level-0 tiles in order; holds the compact range, the expected upper tiles and the checkpoints still to come."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._range = CompactRange()
        self._upper: dict[int, list[bytes]] = {}
        self._index = 0
        self._whole, self._short = True, False
        self.walked = 0
        self._checkpoints = list(_signed(self.findings))[::-1]

    def _found(self, table: str, row: object, text: str) -> None:
        self.findings.append(Finding(table, str(row), text))

    def take(self, row: Tile) -> None:
        """Check one level-0 tile and the entries behind it."""
        if row.index != self._index or self._short:
            at = self._index - 1 if self._short else self._index
            self._found("tile", f"0/{at}", "it is missing or too short: the tree can not be rebuilt beyond it")
            self._whole, self._index = False, row.index
        self._index += 1
        try:
            hashes = tiles.hashes_in(bytes(row.hashes))
        except ValueError:
            self._found("tile", f"0/{row.index}", "it holds no whole number of hashes: the tree can not be rebuilt beyond it")
            self._whole = False
            return
        self._entries(row, hashes)
        self._short = len(hashes) < tiles.WIDTH
        self.walked += len(hashes)
        if self._whole:
            self._append(hashes)

    def _entries(self, row: Tile, hashes: list[bytes]) -> None:
        start, ids = row.index * tiles.WIDTH, row.entries or []
        if (row.first_entry, row.last_entry) != _span(ids):
            self._found("tile", f"0/{row.index}", "its range of entries is wrong")
        if len(ids) != len(hashes):
            self._found("tile", f"0/{row.index}", f"it names {len(ids)} entries for {len(hashes)} leaves")
        behind = {found[0]: found for found in Entry.objects.filter(pk__in=ids).values_list(*ROWS)}
        for leaf, (pk, digest) in enumerate(zip(ids, hashes, strict=False), start):
            found = behind.get(pk)
            if found is None:
                self._found("entry", pk, f"it stands behind leaf {leaf}, but the row is gone")
                continue
            fault = _fault(found)
            if fault:
                self._found("entry", pk, f"(leaf {leaf}) {fault}")
            if _leaf(bytes(found[9])) != digest:
                self._found("leaf", leaf, f"entry {pk} and tile 0/{row.index} disagree: one of them was changed")

    def _append(self, hashes: list[bytes]) -> None:
        done, end = 0, self._range.size + len(hashes)
        start = self._range.size
        while self._checkpoints and self._checkpoints[-1][0] <= end:
            size, root = self._checkpoints.pop()
            for digest in hashes[done : size - start]:
                self._range.append(digest)
            done = size - start
            if self._range.root() != root:
                self._differs(size)
        if done == 0 and len(hashes) == tiles.WIDTH:
            self._range.append(fold(hashes), tiles.HEIGHT)
        else:
            for digest in hashes[done:]:
                self._range.append(digest)
        if len(hashes) == tiles.WIDTH:
            self._raise(1, fold(hashes))

    def _differs(self, size: int) -> None:
        # All later roots differ with it: one finding says where it began.
        self._checkpoints.clear()
        self._found("checkpoint", size, "the tree is not the one signed here; every checkpoint before it fits")

    def _raise(self, level: int, digest: bytes) -> None:
        row = self._upper.setdefault(level, [])
        row.append(digest)
        if len(row) == tiles.WIDTH:
            self._compare(level, (self._range.size >> tiles.HEIGHT * (level + 1)) - 1, row)
            self._upper[level] = []
            self._raise(level + 1, fold(row))

    def _compare(self, level: int, index: int, row: list[bytes]) -> None:
        found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
        if found is None:
            self._found("tile", f"{level}/{index}", "it is missing")
        elif bytes(found) != b"".join(row):
            self._found("tile", f"{level}/{index}", "it is not the fold of the tiles below it")

    def end(self) -> None:
        """Compare what is left once all tiles are walked: the right edge, tiles beyond it, checkpoints beyond the tree."""
        if not self._whole:
            return
        for level, row in sorted(self._upper.items()):
            if row:
                self._compare(level, self._range.size >> tiles.HEIGHT * (level + 1), row)
        expected = {(name.level, name.index) for name in tiles.names_of(self._range.size) if name.level}
        for level, index in Tile.objects.filter(level__gt=0).order_by("level", "index").values_list("level", "index"):
            if (level, index) not in expected:
                self._found("tile", f"{level}/{index}", "it stands beyond the tree")
        for level, index in (
            Tile.objects.filter(level__gt=0).exclude(entries=None, first_entry=None, last_entry=None).values_list("level", "index")
        ):
            self._found("tile", f"{level}/{index}", "it names entries, which only level 0 does")
        for size, _ in self._checkpoints[::-1]:
            self._found("checkpoint", size, f"it was signed for {size} leaves, the tree has {self._range.size}: cut off")


def _signed(findings: list[Finding]) -> Iterator[tuple[int, bytes]]:
    """Yield size and root of each checkpoint whose note holds; what does not hold becomes a finding."""
    try:
        key = keys.signing_key()
    except notes.NoteBroken:
        return  # told by _last_signed already
    rows = Checkpoint.objects.order_by("size")
    if key is None:
        if rows.exists():
            findings.append(Finding("key", "evidence", "there are checkpoints, but the signing key is gone"))
        return
    for number, row in enumerate(rows.iterator(), start=1):
        fault = _note_fault(row, key)
        if not fault and row.number != number:
            fault = f"it is number {row.number} and stands at {number}: one before it was taken out or put in"
            yield row.size, bytes(row.root)
        if fault:
            findings.append(Finding("checkpoint", str(row.size), fault))
        else:
            yield row.size, bytes(row.root)


def _note_fault(row: Checkpoint, key: notes.SigningKey) -> str | None:
    try:
        opened = notes.open_note(row.note, key.verifier())
        said = notes.Checkpoint.parse(opened.text)
    except notes.NoteBroken as error:
        return f"its note does not hold: {error}"
    if said != notes.Checkpoint(key.name, row.size, bytes(row.root)):
        return "its size or root is not what its note says"
    if opened.at_seconds is None or datetime.fromtimestamp(opened.at_seconds, UTC) != row.at:
        return "its moment is not the one it was signed at"
    if row.note != notes.sign(opened.text, key, opened.at_seconds):
        return "its note is not as the log wrote it"  # lines added or put in another order: the signatures hold, the row was changed
    return None


def _outside() -> Iterator[Finding]:
    """Yield what belongs nowhere: entries outside of tree and queue, entries twice in the tree, queue rows that make no sense."""
    for query, table, text in (
        (_STRAYS, "entry", "it is neither in the tree nor waiting"),
        (_TWICE, "entry", "it stands behind more than one leaf"),
        (_LOST, "waiting", "the entry it stands for is gone"),
        (_DONE, "waiting", "the entry it stands for is in the tree already"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(query, [IDS_SHOWN_MAX])
            for (row,) in cursor.fetchall():
                yield Finding(table, str(row), text)
    waiting = Entry.objects.filter(pk__in=Waiting.objects.values("pk")).order_by("pk").values_list(*ROWS)
    for found in waiting.iterator():
        fault = _fault(found)
        if fault:
            yield Finding("entry", str(found[0]), f"(waiting) {fault}")
