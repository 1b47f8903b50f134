"""Receipts: read strictly, then checked from the entry up to the signature. Shares no code with the program that writes them."""

from __future__ import annotations

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NoReturn

from linli_verify.merkle import Mismatch, leaf, root_through
from linli_verify.note import BadNote, Checkpoint, Key, open_note, unbase64

BYTES_MAX = 1_000_000
QR = "linli1."
FIELDS = {"checkpoint": str, "entries": list, "format": str, "origin": str, "ref": str, "size": int, "vkey": str}
ENTRY_FIELDS = {
    "id": str, "index": int, "kind": str, "occurred_at": str, "path": list, "payload": dict, "place": str, "recorded_at": str, "ref": str,
    "salt": str,
}  # fmt: skip


class Broken(Exception):
    """The receipt does not hold: `where` is one of format, key, signature, witness, checkpoint, entry; `entry` counts from 1."""

    def __init__(self, where: str, entry: int = 0, name: str = "") -> None:
        super().__init__(where)
        self.where, self.entry, self.name = where, entry, name


@dataclass(frozen=True)
class Checked:
    """A receipt that holds."""

    ref: str
    origin: str
    size: int
    root: bytes
    at: int | None
    vkey: str
    entries: tuple[dict[str, Any], ...]


def _refuse(_text: str) -> NoReturn:
    raise ValueError("only whole numbers")


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _shaped(value: object, fields: dict[str, type]) -> dict[str, Any]:
    if type(value) is not dict or value.keys() != fields.keys():
        raise ValueError("other fields")
    if any(type(value[name]) is not kind for name, kind in fields.items()):
        raise ValueError("other types")
    return value


def read(data: bytes) -> dict[str, Any]:
    """Read a receipt file. Raises Broken(format) for anything but its one spelling."""
    try:
        if len(data) > BYTES_MAX:
            raise ValueError("too long")
        whole = _shaped(json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse), FIELDS)
        if _compact(whole) + b"\n" != data or whole["format"] != "linli.receipt.v1" or not whole["entries"]:
            raise ValueError("another spelling")
        before = -1
        for entry in whole["entries"]:
            _shaped(entry, ENTRY_FIELDS)
            if entry["index"] <= before or entry["ref"] != whole["ref"]:
                raise ValueError("entries out of order, or of something else")
            before = entry["index"]
    except (ValueError, RecursionError):
        raise Broken("format") from None
    return whole


def unpack(text: str) -> bytes:
    """Return the receipt file behind the text of a QR code. Raises Broken(format)."""
    body = text[len(QR) :]
    try:
        data = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if not text.startswith(QR) or urlsafe_b64encode(data).decode().rstrip("=") != body or len(text) > BYTES_MAX:
            raise ValueError("another spelling")
        checksum, packed = data[:8], data[8:]
        inflate = zlib.decompressobj()
        file = inflate.decompress(packed, BYTES_MAX + 1)
    except (ValueError, zlib.error):
        raise Broken("format") from None
    if sha256(packed).digest()[:8] != checksum or not inflate.eof or inflate.unused_data:
        raise Broken("format")
    return file


def leaf_data(entry: dict[str, Any]) -> bytes:
    """Return the published leaf bytes of an opened entry. Raises ValueError for a malformed salt."""
    body = {name: entry[name] for name in ("id", "kind", "occurred_at", "payload", "place", "recorded_at", "ref")}
    salt = unbase64(entry["salt"])
    if len(salt) != 16:
        raise ValueError("not a salt")
    return b"linli.leaf.v1\n" + hmac.new(salt, b"linli.evidence.v1\nlinli.canon.v1\n" + _compact(body), sha256).digest()


def _check_entry(entry: dict[str, Any], signed: Checkpoint) -> bool:
    try:
        path = [unbase64(text) for text in entry["path"] if type(text) is str]
        if len(path) != len(entry["path"]):
            return False
        return root_through(leaf(leaf_data(entry)), index=entry["index"], size=signed.size, path=path) == signed.root
    except (Mismatch, ValueError):
        return False


def check(data: bytes, pinned: Key | None = None, witnesses: Sequence[Key] = ()) -> Checked:
    """Check a receipt file against `pinned`, or against the key it carries where none is given. Raises Broken with the first flaw."""
    whole = read(data)
    try:
        own = Key.read(whole["vkey"])
    except BadNote:
        raise Broken("key") from None
    if own.kind != 1 or (pinned is not None and own != pinned):
        raise Broken("key")
    try:
        note = open_note(whole["checkpoint"], own, witnesses)
        signed = Checkpoint.read(note.text)
    except BadNote:
        raise Broken("signature") from None
    if note.unknown:
        raise Broken("witness", name=note.unknown[0])
    if (signed.origin, signed.size) != (whole["origin"], whole["size"]) or signed.origin != own.name:
        raise Broken("checkpoint")
    for number, entry in enumerate(whole["entries"], start=1):
        if not _check_entry(entry, signed):
            raise Broken("entry", number, entry["kind"])
    return Checked(whole["ref"], signed.origin, signed.size, signed.root, note.at, whole["vkey"], tuple(whole["entries"]))
