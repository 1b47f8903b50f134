"""Sequence, integrate, publish: the three steps of an entry into the log.

queue      in the request's own transaction: one insert, durable with what it is about.
integrate  one at a time (advisory lock): waiting entries get consecutive leaf indexes, tiles grow; all in one transaction.
publish    on a timer: the tree so far is signed as a checkpoint, after a look that the last signed one is still in it.

Witnesses (C2SP tlog-witness): those named here are asked every so often, and their lines kept under the checkpoint; other logs that are
watched hand theirs in (`hold`) and get our line where they grew out of what we saw.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Payload, Step
from linli.trust.evidence import keys, tables
from linli.trust.evidence.core import entries, handing, notes, tiles
from linli.trust.evidence.core.notes import NoteBroken, VerifierKey, WitnessKey
from linli.trust.evidence.core.tree import EMPTY_ROOT, ProofBroken, check_consistency, leaf_hash
from linli.trust.evidence.models import Checkpoint, Cosignature, Fork, Tile, Watched, Witness
from linli.trust.evidence.tables import LogBroken

QUEUE_ROWS_MAX = 5_000
SCHEMES = ("https://", "http://")

_QUEUE = """
WITH fresh AS (
    INSERT INTO evidence_entry (uid, kind, place_code, ref, occurred_at, recorded_at, payload, salt, commitment)
    SELECT uid, kind, place_code, ref, occurred_at, recorded_at, payload, salt, commitment
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::bytea[], %s::bytea[])
        WITH ORDINALITY AS t (uid, kind, place_code, ref, occurred_at, recorded_at, payload, salt, commitment, row)
    ORDER BY row
    RETURNING id)
INSERT INTO evidence_waiting (entry_id) SELECT id FROM fresh
"""

_TAKE = """
WITH taken AS (
    DELETE FROM evidence_waiting WHERE entry_id IN (SELECT entry_id FROM evidence_waiting ORDER BY entry_id LIMIT %s) RETURNING entry_id)
SELECT taken.entry_id, entry.commitment FROM taken LEFT JOIN evidence_entry entry ON entry.id = taken.entry_id ORDER BY taken.entry_id
"""

_GROW = """
INSERT INTO evidence_tile (level, index, hashes, entries, first_entry, last_entry)
VALUES (%s, %s, %s, %s::bigint[], %s, %s)
ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes, entries = EXCLUDED.entries,
    first_entry = EXCLUDED.first_entry, last_entry = EXCLUDED.last_entry
"""


class Stale(Exception):
    """The proof begins at another size than we saw last; carries that size."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Forked(Exception):
    """The log told two histories, now or before."""


def queue(*, kind: str, place: str, payload: Payload, occurred_at: datetime, recorded_at: datetime, ref: str | None = None) -> UUID:
    """Queue one entry in the open transaction and return its id. It is in the log when that transaction is, or not at all.

    Raises ValueError for an unknown kind, a malformed ref, and for anything in `payload` that could be a person's words or phone.
    """
    return queue_many([entries.QueuedEntry(kind, place, payload, occurred_at, recorded_at, ref)])[0]


def queue_many(rows: Sequence[entries.QueuedEntry]) -> list[UUID]:
    """Queue entries in the open transaction, in this order; one insert per 5,000. Returns their ids. Raises ValueError as `queue`."""
    uids: list[UUID] = []
    for start in range(0, len(rows), QUEUE_ROWS_MAX):
        columns = list(zip(*(_columns(row) for row in rows[start : start + QUEUE_ROWS_MAX]), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE, [list(column) for column in columns])
        uids += columns[0]
    return uids


def _columns(row: entries.QueuedEntry) -> tuple[UUID, str, str, str | None, datetime, datetime, str, bytes, bytes]:
    entries.check(row)
    uid, salt = new_id(row.recorded_at), secrets.token_bytes(entries.SALT_BYTES)
    content = entries.Content(uid, row.kind, row.place, row.ref, row.occurred_at, row.recorded_at, row.payload)
    commitment = entries.commitment_of(entries.body_of(entries.plain(content)), salt)
    text = entries.payload_text(row.payload)
    return uid, row.kind, row.place, row.ref, row.occurred_at, row.recorded_at, text, salt, commitment


def integrate(*, batch_max: int = 1_000) -> int:
    """Give up to `batch_max` waiting entries their place in the tree and return how many; 0 says that none waited.

    A second integrator waits for the first. Ended half-way, nothing of the batch is kept and the next call begins it anew.
    Raises LogBroken where a waiting entry is gone or the right edge of the tree is damaged.
    """
    with transaction.atomic():
        tables.lock_log()
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [batch_max])
            taken = cursor.fetchall()
        if not taken:
            return 0
        gone = [entry for entry, commitment in taken if commitment is None]
        if gone:
            raise LogBroken(f"waiting entries are gone: {gone[:5]}")
        size = tables.tree_size()
        leaves = [leaf_hash(entries.leaf_of(bytes(commitment))) for _, commitment in taken]
        changed = tiles.grow(size, tables.right_edge(size), leaves)
        _write(changed, _entries_behind(size, [entry for entry, _ in taken]))
    return len(taken)


def _entries_behind(size: int, taken: list[int]) -> dict[int, list[int]]:
    # Per changed level-0 tile, the entries behind its hashes: those of the partial tile before the new ones.
    first = size // tiles.WIDTH
    known = Tile.objects.filter(level=0, index=first).values_list("entries", flat=True).first() if size % tiles.WIDTH else None
    row = [*(known or []), *taken]
    return {first + i // tiles.WIDTH: row[i : i + tiles.WIDTH] for i in range(0, len(row), tiles.WIDTH)}


def _write(changed: Sequence[tiles.Tile], behind: dict[int, list[int]]) -> None:
    rows = []
    for tile in changed:
        ids = behind[tile.index] if tile.level == 0 else None
        rows.append((tile.level, tile.index, tile.hashes, ids, min(ids) if ids else None, max(ids) if ids else None))
    with connection.cursor() as cursor:
        cursor.executemany(_GROW, rows)


def publish(now: datetime) -> int | None:
    """Sign the tree as it stands, where it grew since the last checkpoint; return the size signed, or None.

    Raises LogBroken where the last checkpoint is not of this tree or this key any more: a log never signs two histories.
    """
    with transaction.atomic():
        tables.lock_log()
        size = tables.tree_size()
        last = _recovered(size, Checkpoint.objects.order_by("-size").first())
        if size == (last.size if last else 0):
            return None
        key = keys.make_signing_key() if last is None else _same_key(last)
        if last is not None and (size < last.size or tables.root_at(last.size) != bytes(last.root)):
            raise LogBroken(f"the tree is not the one signed at size {last.size}")
        root, at_seconds = tables.root_at(size), int(now.timestamp())
        note = notes.sign(notes.Checkpoint(key.name, size, root).text(), key, at_seconds)
        number = 1 if last is None else last.number + 1
        keys.keep_last(number, note)
        Checkpoint.objects.create(size=size, number=number, root=root, note=note, at=datetime.fromtimestamp(at_seconds, UTC))
    return size


def _recovered(size: int, last: Checkpoint | None) -> Checkpoint | None:
    """Return the last checkpoint; one that was signed but never reached the table (a crash in between) is put into it first."""
    key = keys.signing_key()
    try:
        signed = None if key is None else keys.last_signed(key)
    except notes.NoteBroken as error:
        raise LogBroken(f"the file of the last checkpoint is damaged: {error}") from error
    if signed is None or (last is not None and last.size >= signed.checkpoint.size):
        return last
    said = signed.checkpoint
    if size < said.size or tables.root_at(said.size) != said.root:
        raise LogBroken(
            f"a checkpoint was signed for {said.size} leaves that these tables do not have; were they restored from an old copy?"
        )
    at = datetime.fromtimestamp(signed.at_seconds, UTC)
    return Checkpoint.objects.create(size=said.size, number=signed.number, root=said.root, note=signed.note, at=at)


def _same_key(last: Checkpoint) -> notes.SigningKey:
    key = keys.signing_key()
    if key is None:
        raise LogBroken("the signing key is gone; restore it from the backup, a new key would be a new log")
    try:
        opened = notes.open_note(last.note, key.verifier())
    except notes.NoteBroken as error:
        raise LogBroken(f"the last checkpoint is not signed by this key: {error}") from error
    if notes.Checkpoint.parse(opened.text) != notes.Checkpoint(key.name, last.size, bytes(last.root)):
        raise LogBroken(f"checkpoint {last.size} does not say what its note says")
    return key


def name_witness(s: Step, url: str, vkey: str) -> str:
    """Name a witness of our log, or give a known one its new address; return its name.

    Raises Refused(INPUT_INVALID): field url or vkey; our own key is no witness.
    """
    if not url.startswith(SCHEMES) or any(char.isspace() for char in url) or "@" in url:
        raise Refused(Refusal.INPUT_INVALID, field="url")
    try:
        key = WitnessKey.parse(vkey)
    except NoteBroken:
        raise Refused(Refusal.INPUT_INVALID, field="vkey") from None
    own, known = keys.signing_key(), Witness.objects.filter(name=key.name).first()
    if (own is not None and own.verifier().public == key.public) or (known is not None and known.vkey != vkey):
        raise Refused(Refusal.INPUT_INVALID, field="vkey")
    Witness.objects.update_or_create(
        name=key.name, defaults={"url": url.rstrip("/"), "dropped_at": None}, create_defaults={"vkey": vkey, "url": url.rstrip("/"), "named_at": s.now}
    )  # fmt: skip
    s.record("witness:named", place="", payload={"key": sha256(vkey.encode()).hexdigest()})
    return key.name


def drop_witness(s: Step, name: str) -> None:
    """Ask a witness no more; what it signed stays. Raises NotFound."""
    vkey = Witness.objects.filter(name=name, dropped_at=None).values_list("vkey", flat=True).first()
    if vkey is None or not Witness.objects.filter(name=name, dropped_at=None).update(dropped_at=s.now):
        raise NotFound("witness")
    s.record("witness:dropped", place="", payload={"key": sha256(vkey.encode()).hexdigest()})


def keep_line(name: str, size: int, answer: str, now: datetime) -> None:
    """Keep a witness's line under the checkpoint of `size`. Raises NoteBroken where the answer holds no good line of it; keeps nothing then."""
    witness, checkpoint = Witness.objects.get(name=name), Checkpoint.objects.get(size=size)
    key = WitnessKey.parse(witness.vkey)
    at_seconds = key.moment_of(notes.text_of(checkpoint.note), answer)
    with transaction.atomic():
        Cosignature.objects.get_or_create(
            checkpoint=checkpoint, witness=witness, defaults={"line": key.line_of(answer), "at": datetime.fromtimestamp(at_seconds, UTC)}
        )
        Witness.objects.filter(name=name, size__lte=size).update(size=size, outcome="signed", tried_at=now)


def saw(name: str, size: int) -> None:
    """Note the size that a witness says it saw last."""
    Witness.objects.filter(name=name).update(size=size)


def no_line(name: str, outcome: str, now: datetime) -> bool:
    """Note that a witness gave no line: `away` or `refused`; return whether that is news."""
    before = Witness.objects.filter(name=name).values_list("outcome", flat=True).get()
    Witness.objects.filter(name=name).update(outcome=outcome, tried_at=now)
    return before != outcome


def watch(s: Step, vkey: str) -> str:
    """Begin to be a witness of another log; return its origin. Raises Refused(INPUT_INVALID): field vkey, for our own key and another one too."""
    try:
        key = VerifierKey.parse(vkey)
    except NoteBroken:
        raise Refused(Refusal.INPUT_INVALID, field="vkey") from None
    own, known = keys.signing_key(), Watched.objects.filter(origin=key.name).values_list("vkey", flat=True).first()
    if (own is not None and own.verifier().public == key.public) or known not in {None, vkey}:
        raise Refused(Refusal.INPUT_INVALID, field="vkey")
    if known is None:
        Watched.objects.create(origin=key.name, number=handing.number_of(key.name), vkey=vkey, root=EMPTY_ROOT, watched_at=s.now)
        s.record("witness:watched", place="", payload={"log": handing.number_of(key.name)})
    return key.name


def hold(body: bytes, now: datetime) -> str:
    """Remember a checkpoint that another log hands in, and return our line under it.

    Raises Unreadable, NoteBroken (not signed by that log), NotFound (we do not watch it), Stale (we saw another size last), ProofBroken
    (the proof shows no growth), Forked (it told two histories, now or before: the two notes are kept).
    """
    old, path, note = handing.read(body)
    forked = False
    with transaction.atomic():
        row = Watched.objects.select_for_update().filter(origin=note.partition("\n")[0]).first()
        if row is None:
            raise NotFound("log")
        opened = notes.open_note(note, VerifierKey.parse(row.vkey))
        new = notes.Checkpoint.parse(opened.text)
        if new.origin != row.origin:
            raise NoteBroken("a checkpoint of another log")
        if row.forks.exists():
            raise Forked
        if new.size == row.size and new.root != bytes(row.root):
            Fork.objects.create(watched=row, mine=row.note, theirs=note, found_at=now)
            forked = True
        elif old != row.size:
            raise Stale(row.size)
        else:
            line = _held(row, new, path, note, now)
    if forked:
        raise Forked
    return line


def _held(row: Watched, new: notes.Checkpoint, path: list[bytes], note: str, now: datetime) -> str:
    if row.size:
        check_consistency((row.size, bytes(row.root)), (new.size, new.root), path)
    elif path or (not new.size and new.root != EMPTY_ROOT):
        raise ProofBroken("a proof from nothing has no steps")
    key = keys.make_signing_key()
    line = notes.cosign(notes.text_of(note), key, int(now.timestamp()))
    Watched.objects.filter(pk=row.pk).update(size=new.size, root=new.root, note=notes.with_line(note, row.origin, line), seen_at=now)
    return line
