"""What the log shows: checkpoint, tiles and bundles as published, receipts, checks of receipts, and its own audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, Subquery, Value
from django.db.models.functions import Coalesce

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.evidence import audit, keys, tables
from linli.trust.evidence.core import entries, handing, notes, receipts, tiles
from linli.trust.evidence.core.notes import WitnessKey
from linli.trust.evidence.core.tree import HASH_BYTES, consistency_path, inclusion_path
from linli.trust.evidence.models import Checkpoint, Cosignature, Entry, Tile, Waiting, Watched, Witness

PAYLOADS_PER_FETCH = 5_000

_OF_REF = """
SELECT e.uid, e.kind, e.place_code, e.ref, e.occurred_at, e.recorded_at, e.payload, e.salt,
    t.index * 256 + array_position(t.entries, e.id) - 1
FROM evidence_entry e
LEFT JOIN evidence_tile t ON t.level = 0 AND int8range(t.first_entry, t.last_entry, '[]') @> e.id AND e.id = ANY(t.entries)
WHERE e.ref = %s ORDER BY 9, e.id
"""


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """The newest signed statement of the log. `note` is what /log/checkpoint serves."""

    origin: str
    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LogState:
    """What an operator looks at: leaves in the tree, leaves under a signature, entries without a place yet."""

    size: int
    published: int
    waiting: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the public page says of a receipt. Where `ok` is false, `flaw` (receipts.Flaw) and `entry` (from 1) say where it is broken."""

    ok: bool
    flaw: str | None
    entry: int | None
    receipt: receipts.Receipt | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asking:
    """What one witness is to be handed: where, and what."""

    name: str
    url: str
    size: int
    body: bytes


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """A witness as people see it. `signed_size` and `signed_at`: the newest checkpoint it signed; `outcome` of the last try."""

    name: str
    vkey: str
    url: str
    outcome: str
    tried_at: datetime | None
    signed_size: int | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """A log that we are a witness of: what we saw last, and whether it told two histories."""

    origin: str
    vkey: str
    number: str
    size: int
    seen_at: datetime | None
    forked: bool


def checkpoint() -> CheckpointView:
    """Return the newest checkpoint. Raises NotFound before the first publication."""
    last = Checkpoint.objects.order_by("-size").first()
    if last is None:
        raise NotFound("checkpoint")
    return CheckpointView(last.note.partition("\n")[0], last.size, bytes(last.root), last.note, last.at)


def checkpoint_after(moment: datetime) -> CheckpointView | None:
    """Return the first checkpoint signed after `moment`, or None while there is none: nobody knew it then, nobody chooses it later."""
    found = Checkpoint.objects.filter(at__gt=moment).order_by("size").first()
    return CheckpointView(found.note.partition("\n")[0], found.size, bytes(found.root), found.note, found.at) if found else None


def vkey() -> str:
    """Return the log's public key, as it is printed and handed on. Raises NotFound before the first publication."""
    key = keys.signing_key()
    if key is None:
        raise NotFound("vkey")
    return key.verifier().text()


def state() -> LogState:
    """Return how the log stands; two queries, one more before the first publication."""
    waits = Waiting.objects.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    last = Checkpoint.objects.order_by("-size").annotate(waiting=Coalesce(Subquery(waits), 0)).values_list("size", "at", "waiting").first()
    size, at, waiting = last or (0, None, Waiting.objects.count())
    return LogState(tables.tree_size(), size, waiting, at)


def _published_size() -> int:
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def tile(level: int, index: int, width: int) -> bytes:
    """Return `width` hashes of a tile. Raises NotFound where no checkpoint covers that many."""
    if not 0 < width <= tiles.width_at(_published_size(), level, index):
        raise NotFound("tile")
    return tables.fetch_tile(level, index)[: width * HASH_BYTES]


def entry_bundle(index: int, width: int) -> bytes:
    """Return the first `width` leaves of bundle `index`, each behind its length: commitments, never what they stand for.

    Raises NotFound where no checkpoint covers that many, LogBroken where an entry behind a leaf is gone.
    """
    if not 0 < width <= tiles.width_at(_published_size(), 0, index):
        raise NotFound("bundle")
    ids = (Tile.objects.get(level=0, index=index).entries or [])[:width]
    found = dict(Entry.objects.filter(pk__in=ids).values_list("pk", "commitment"))
    if len(found) != width:
        raise tables.LogBroken(f"entries behind bundle {index} are gone")
    return tiles.bundle_of(entries.leaf_of(bytes(found[pk])) for pk in ids)


def resource(path: str) -> bytes:
    """Return what the log serves below its prefix: `checkpoint`, `witnessed`, `tile/<level>/<index>[.p/<width>]`, `tile/entries/<index>[.p/<width>]`.

    Raises NotFound for any other path, and for tiles that no checkpoint covers.
    """
    if path == "checkpoint":
        newest = checkpoint()
        return (newest.note + lines_under(newest.size)).encode()
    if path == "witnessed":
        return witnessed().encode()
    try:
        name = tiles.parse_path(path)
    except ValueError:
        raise NotFound("tile") from None
    return entry_bundle(name.index, name.width) if name.level is None else tile(name.level, name.index, name.width)


def _content(row: tuple[Any, ...]) -> entries.Content:
    uid, kind, place, ref, occurred_at, recorded_at, payload = row[:7]
    return entries.Content(UUID(str(uid)), kind, place, ref, occurred_at, recorded_at, entries.payload_of(payload))


def receipt(ref: str, *, now: datetime) -> receipts.Receipt:
    """Return the receipt of everything the log knows under `ref`, e.g. `visit:<uuid>`, under the first checkpoint that covers it.

    So it stays the same file until something new happens. Raises NotFound where nothing was recorded, and
    Refused(NOT_PUBLISHED_YET, seconds=…) while an entry waits for its signature, with the seconds until the next publication.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_REF, [ref])
        rows = cursor.fetchall()
    if not rows:
        raise NotFound("receipt")
    last = rows[-1][8]  # NULL, without a place in the tree, sorts last
    signed = None if last is None else Checkpoint.objects.filter(size__gt=last).order_by("size").first()
    key = keys.signing_key()
    if signed is None or key is None:
        raise Refused(Refusal.NOT_PUBLISHED_YET, seconds=_seconds_to_wait(now))
    nodes = tables.nodes()
    opened = tuple(
        receipts.ReceiptEntry(row[8], entries.plain(_content(row)), bytes(row[7]), tuple(inclusion_path(nodes, row[8], signed.size)))
        for row in rows
    )
    return receipts.Receipt(ref, key.name, signed.size, opened, signed.note, key.verifier().text())


def number_of(ref: str) -> int | None:
    """Return the number in the log of the newest entry under `ref`, counted from 0; None where nothing of it stands in the tree yet."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_REF, [ref])
        numbers = [int(row[8]) for row in cursor.fetchall() if row[8] is not None]
    return max(numbers, default=None)


def payloads(source: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield kind and payload of every entry of a source (`ledger`), oldest first. One that is not readable is left to `verify`."""
    rows = Entry.objects.filter(kind__startswith=f"{source}:").order_by("pk").values_list("kind", "payload")
    for kind, text in rows.iterator(chunk_size=PAYLOADS_PER_FETCH):
        try:
            yield kind, entries.payload_of(text)
        except ValueError:
            continue


def _seconds_to_wait(now: datetime) -> int:
    last = Checkpoint.objects.order_by("-size").values_list("at", flat=True).first()
    gone = 0 if last is None else int((now - last).total_seconds())
    return max(1, min(receipts.PUBLISH_EVERY_SECONDS, receipts.PUBLISH_EVERY_SECONDS - gone))


def encode_qr(receipt: receipts.Receipt) -> str:
    """Return the receipt as text for a QR code (core.receipts.encode_qr): at most 1,700 characters, main entries first."""
    return receipts.encode_qr(receipt)


def check(text: str) -> Verdict:
    """Say whether a receipt holds: a file's content or a QR text, also behind the `#` of a link; blanks around it do not count.

    Checked against this log's key and, beyond what anybody can check offline, against the tree this log shows.
    """
    parsed: receipts.Receipt | None = None
    try:
        parsed = receipts.parse(_file_of(text.strip()))
        key = keys.signing_key()
        at_seconds = receipts.check(parsed, key.verifier() if key else None)
        if key is None or not _is_ours(parsed):
            raise receipts.ReceiptBroken(receipts.Flaw.FORK)
    except receipts.ReceiptBroken as broken:
        return Verdict(False, broken.flaw.value, broken.entry, parsed, None)
    return Verdict(True, None, None, parsed, None if at_seconds is None else datetime.fromtimestamp(at_seconds, UTC))


def _file_of(text: str) -> bytes:
    if text.startswith("{"):
        return text.encode(errors="replace") + b"\n"
    return receipts.decode_qr(text.rpartition("#")[2])


def _is_ours(parsed: receipts.Receipt) -> bool:
    # The signature holds already, so this can fail only where somebody signed two histories or the tables were changed.
    root = notes.Checkpoint.parse(parsed.checkpoint.partition("\n\n")[0] + "\n").root
    try:
        return parsed.size <= tables.tree_size() and tables.root_at(parsed.size) == root
    except tables.LogBroken:
        return False


def verify(progress: Callable[[int, int], None] = audit.silent) -> list[audit.Finding]:
    """Rebuild the whole tree from the entries and compare it with leaves, tiles and every signed checkpoint; return what does not fit.

    `progress(done, total)` is called with leaves. An empty list says that nothing was changed since it was signed.
    """
    return audit.run(progress)


def due(now: datetime, every: timedelta) -> list[str]:
    """Return the names of the witnesses that are to be asked now: those not tried for `every`, where the newest checkpoint lacks their line."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    waiting = Witness.objects.filter(Q(tried_at=None) | Q(tried_at__lte=now - every) | Q(tried_at__gt=now), dropped_at=None)
    return [] if newest is None else list(waiting.exclude(cosignatures__checkpoint=newest).order_by("name").values_list("name", flat=True))


def asking(name: str) -> Asking:
    """Return what a witness is to be handed: the newest checkpoint, and how it grew out of what it saw last. Raises NotFound."""
    row = Witness.objects.filter(name=name, dropped_at=None).first()
    newest = Checkpoint.objects.order_by("-size").first()
    if row is None or newest is None:
        raise NotFound("witness")
    path = consistency_path(tables.nodes(), row.size, newest.size) if 0 < row.size <= newest.size else []
    return Asking(row.name, row.url, newest.size, handing.written(min(row.size, newest.size), path, newest.note))


def witnesses() -> list[WitnessRow]:
    """Return the witnesses of our log, by name. One query."""
    rows = Witness.objects.filter(dropped_at=None).annotate(signed=Max("cosignatures__checkpoint"), last=Max("cosignatures__at"))
    return [WitnessRow(r.name, r.vkey, r.url, r.outcome, r.tried_at, r.signed, r.last) for r in rows.order_by("name")]


def lines_under(size: int) -> str:
    """Return the lines of witnesses under the checkpoint of `size`, one after another."""
    return "".join(Cosignature.objects.filter(checkpoint=size).order_by("witness").values_list("line", flat=True))


def witnessed() -> str:
    """Return the newest checkpoint that most witnesses signed, with their lines. Raises NotFound before any signed."""
    found = Cosignature.objects.values("checkpoint").annotate(n=Count("pk")).order_by("-n", "-checkpoint")
    active = Witness.objects.filter(dropped_at=None).count()
    whole = found.filter(n__gte=active).order_by("-checkpoint").first() or found.first()
    if whole is None:
        raise NotFound("checkpoint")
    note = Checkpoint.objects.values_list("note", flat=True).get(size=whole["checkpoint"])
    return note + lines_under(whole["checkpoint"])


def watched() -> list[WatchedRow]:
    """Return the logs that we are a witness of, by origin. One query."""
    rows = Watched.objects.annotate(forked=Max("forks__pk")).order_by("origin")
    return [WatchedRow(r.origin, r.vkey, r.number, r.size, r.seen_at, r.forked is not None) for r in rows]


def own_vkey() -> str:
    """Return the key that we sign as a witness with. Raises NotFound before our own log begins."""
    key = keys.signing_key()
    if key is None:
        raise NotFound("vkey")
    return WitnessKey(key.name, key.verifier().public).text()


def seen(number: str) -> str:
    """Return what we saw last of a log, by its number, with our line under it. Raises NotFound."""
    note = Watched.objects.filter(number=number).exclude(note="").values_list("note", flat=True).first()
    if note is None:
        raise NotFound("log")
    return note
