"""The receipt file: entries opened, their paths to the root, a signed checkpoint. One canonical spelling; any other is refused.

The file is JSON with sorted keys and no blanks, in UTF-8, ended by one newline. The text for a QR code is the same file,
squeezed: `linli1.` + base64url(8 bytes of SHA-256 over the rest ‖ deflated file).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NoReturn

from linli.trust.evidence.core import entries, notes
from linli.trust.evidence.core.tree import HASH_BYTES, ProofBroken, leaf_hash, root_from_path

FORMAT = "linli.receipt.v1"
FILE_BYTES_MAX = 1_000_000
PUBLISH_EVERY_SECONDS = 60  # the worker's timer; residents are told to wait no longer than this
QR_PREFIX = "linli1."
QR_CHARS_MAX = 1_700  # QR version 30, level L, in byte mode holds 1,732; a printed code larger than that does not scan
QR_SUM_BYTES = 8
QR_TEXT = re.compile(r"linli1\.[A-Za-z0-9_-]{1,200000}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NAMES = frozenset({"checkpoint", "entries", "format", "origin", "ref", "size", "vkey"})
ENTRY_NAMES = frozenset({"id", "index", "kind", "occurred_at", "path", "payload", "place", "recorded_at", "ref", "salt"})
BODY_NAMES = ENTRY_NAMES - {"index", "path", "salt"}

# Kept first where a QR code can not hold all entries: what was done, then what it was worth.
MAIN_KINDS = (entries.Kind.VISIT_SETTLED, entries.Kind.VISIT_CONFIRMED, entries.Kind.LEDGER_HOLD_POSTED)


class Flaw(StrEnum):
    """Where a receipt is broken. The order is part of the contract: the first that holds is told."""

    FORMAT = "format"  # not a receipt, or not in its one spelling
    KEY = "key"  # the key is malformed, or of another log than asked for
    SIGNATURE = "signature"  # the checkpoint is malformed or its signature does not hold
    CHECKPOINT = "checkpoint"  # size or origin are not those of the checkpoint
    ENTRY = "entry"  # this entry, as it stands here, is not in the signed tree
    FORK = "fork"  # signed with the log's key, but not the tree the log shows


class ReceiptBroken(ValueError):
    """A receipt does not hold. `entry` counts from 1 where the flaw is in one entry."""

    def __init__(self, flaw: Flaw, entry: int | None = None) -> None:
        super().__init__(flaw.value if entry is None else f"{flaw.value} {entry}")
        self.flaw, self.entry = flaw, entry


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """One opened entry: `body` are its fields as spelled in the log (core.entries.plain), `path` leads from its leaf to the root."""

    index: int
    body: Mapping[str, Any]
    salt: bytes
    path: tuple[bytes, ...]

    @property
    def kind(self) -> str:
        """What happened, a word of the vocabulary."""
        return str(self.body["kind"])

    @property
    def occurred_at(self) -> datetime:
        """When it happened, UTC."""
        return datetime.fromisoformat(str(self.body["occurred_at"])).astimezone(UTC)

    def plain(self) -> dict[str, Any]:
        """Return the entry as it stands in the file."""
        return {**self.body, "index": self.index, "path": [notes.encode(p) for p in self.path], "salt": notes.encode(self.salt)}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the log can show about `ref`: entries in the order of the log under the checkpoint note of a tree of `size` leaves."""

    ref: str
    origin: str
    size: int
    entries: tuple[ReceiptEntry, ...]
    checkpoint: str
    vkey: str

    def file(self) -> bytes:
        """Return the bytes of the receipt file."""
        whole = {
            "checkpoint": self.checkpoint,
            "entries": [entry.plain() for entry in self.entries],
            "format": FORMAT,
            "origin": self.origin,
            "ref": self.ref,
            "size": self.size,
            "vkey": self.vkey,
        }
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"not a whole number: {text[:20]}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= notes.SIZE_MAX:
        raise ValueError("not a size or index")
    return value


def _moment(value: Any) -> str:
    if not MOMENT.fullmatch(_text(value)):
        raise ValueError("not a moment")
    datetime.fromisoformat(value)
    return _text(value)


def _entry(raw: Any) -> ReceiptEntry:
    if not isinstance(raw, dict) or raw.keys() != ENTRY_NAMES or not isinstance(raw["payload"], dict):
        raise ValueError("not an entry")
    for name in ("id", "kind", "place", "ref"):
        _text(raw[name])
    for name in ("occurred_at", "recorded_at"):
        _moment(raw[name])
    salt = notes.decode(_text(raw["salt"]))
    if len(salt) != entries.SALT_BYTES or not isinstance(raw["path"], list):
        raise ValueError("not an entry")
    path = tuple(notes.decode(_text(p)) for p in raw["path"])
    if any(len(p) != HASH_BYTES for p in path):
        raise ValueError("a path of other things than hashes")
    return ReceiptEntry(_whole(raw["index"]), {name: raw[name] for name in BODY_NAMES}, salt, path)


def _receipt(raw: Any) -> Receipt:
    if not isinstance(raw, dict) or raw.keys() != NAMES or raw["format"] != FORMAT or not isinstance(raw["entries"], list):
        raise ValueError("not a receipt")
    opened = tuple(_entry(entry) for entry in raw["entries"])
    ref, indexes = _text(raw["ref"]), [entry.index for entry in opened]
    if not opened or indexes != sorted(set(indexes)) or any(entry.body["ref"] != ref for entry in opened):
        raise ValueError("entries of other things, or out of order")
    return Receipt(ref, _text(raw["origin"]), _whole(raw["size"]), opened, _text(raw["checkpoint"]), _text(raw["vkey"]))


def parse(file: bytes) -> Receipt:
    """Read a receipt file. Raises ReceiptBroken(FORMAT) for every spelling but the canonical one."""
    if len(file) > FILE_BYTES_MAX:
        raise ReceiptBroken(Flaw.FORMAT)
    try:
        receipt = _receipt(json.loads(file.decode(), parse_float=_no_number, parse_constant=_no_number))
        same = receipt.file() == file
    except (ValueError, TypeError, RecursionError):
        raise ReceiptBroken(Flaw.FORMAT) from None
    if not same:
        raise ReceiptBroken(Flaw.FORMAT)
    return receipt


def check(receipt: Receipt, key: notes.VerifierKey | None = None) -> int | None:
    """Check a parsed receipt, against `key` where one is known, else against the key it carries; return the signed moment (POSIX) if any.

    Raises ReceiptBroken with the first flaw. A signature line of a key that can not be checked here is a flaw: nothing in a receipt
    goes unchecked.
    """
    try:
        own = notes.VerifierKey.parse(receipt.vkey)
    except notes.NoteBroken:
        raise ReceiptBroken(Flaw.KEY) from None
    if key is not None and own != key:
        raise ReceiptBroken(Flaw.KEY)
    try:
        opened = notes.open_note(receipt.checkpoint, own)
        checkpoint = notes.Checkpoint.parse(opened.text)
    except notes.NoteBroken:
        raise ReceiptBroken(Flaw.SIGNATURE) from None
    if opened.strangers:
        raise ReceiptBroken(Flaw.SIGNATURE)
    if (checkpoint.origin, checkpoint.size) != (receipt.origin, receipt.size) or checkpoint.origin != own.name:
        raise ReceiptBroken(Flaw.CHECKPOINT)
    for number, entry in enumerate(receipt.entries, start=1):
        leaf = leaf_hash(entries.leaf_of(entries.commitment_of(entries.body_of(entry.body), entry.salt)))
        try:
            root = root_from_path(leaf, entry.index, size=checkpoint.size, path=entry.path)
        except ProofBroken:
            raise ReceiptBroken(Flaw.ENTRY, number) from None
        if root != checkpoint.root:
            raise ReceiptBroken(Flaw.ENTRY, number)
    return opened.at_seconds


def _squeezed(receipt: Receipt, chosen: list[ReceiptEntry]) -> str:
    packed = zlib.compress(replace(receipt, entries=tuple(sorted(chosen, key=lambda e: e.index))).file(), 9)
    data = hashlib.sha256(packed).digest()[:QR_SUM_BYTES] + packed
    return QR_PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def encode_qr(receipt: Receipt, *, chars_max: int = QR_CHARS_MAX) -> str:
    """Return the receipt as text for a QR code. Where it is longer than `chars_max`, entries are left out, the main ones last.

    One entry always stays, even where it alone is too long. What comes out decodes to a receipt that holds by itself.
    """
    ranked = sorted(receipt.entries, key=lambda e: (MAIN_KINDS.index(e.kind) if e.kind in MAIN_KINDS else len(MAIN_KINDS), -e.index))
    text = _squeezed(receipt, ranked[:1])
    for count in range(2, len(ranked) + 1):
        longer = _squeezed(receipt, ranked[:count])
        if len(longer) > chars_max:
            break
        text = longer
    return text


def decode_qr(text: str) -> bytes:
    """Return the receipt file behind a QR text. Raises ReceiptBroken(FORMAT) for anything `encode_qr` does not write, bombs included."""
    if not QR_TEXT.fullmatch(text):
        raise ReceiptBroken(Flaw.FORMAT)
    encoded = text[len(QR_PREFIX) :]
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        file = unpacker.decompress(data[QR_SUM_BYTES:], FILE_BYTES_MAX)
    except (binascii.Error, zlib.error):
        raise ReceiptBroken(Flaw.FORMAT) from None
    whole = unpacker.eof and not unpacker.unused_data
    if not whole or base64.urlsafe_b64encode(data).decode().rstrip("=") != encoded:
        raise ReceiptBroken(Flaw.FORMAT)
    if hashlib.sha256(data[QR_SUM_BYTES:]).digest()[:QR_SUM_BYTES] != data[:QR_SUM_BYTES]:
        raise ReceiptBroken(Flaw.FORMAT)
    return file
