"""Receipts without a database: made by hand, read strictly, broken in every part, squeezed for a QR code."""

from __future__ import annotations

import base64
import dataclasses
import json
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from linli.trust.evidence.core import entries, notes, receipts, tree
from linli.trust.evidence.core.receipts import Flaw, Receipt, ReceiptBroken, ReceiptEntry
from linli.trust.evidence.tests.room import NOW, VISIT, visit_rows
from linli.trust.evidence.tests.test_tree import hashes, nodes_of
from linli_verify import receipt as other
from linli_verify.note import Key

KEY = notes.SigningKey("linli.example/log", bytes(range(32)))
REF = f"visit:{VISIT}"


def made(*, spread: int = 3, total: int = 100, key: notes.SigningKey = KEY) -> Receipt:
    """Return a receipt of one visit whose entries stand `spread` leaves apart in a tree of `total`."""
    row = hashes(total)
    opened = []
    for n, entry in enumerate(visit_rows()):
        uid, salt = VISIT.__class__(int=n), bytes([n]) * 16
        body = entries.plain(entries.Content(uid, entry.kind, entry.place, entry.ref, entry.occurred_at, entry.recorded_at, entry.payload))
        row[5 + n * spread] = tree.leaf_hash(entries.leaf_of(entries.commitment_of(entries.body_of(body), salt)))
        opened.append((5 + n * spread, body, salt))
    node = nodes_of(row)
    checkpoint = notes.Checkpoint(key.name, total, tree.root_of(node, total))
    note = notes.sign(checkpoint.text(), key, int(NOW.timestamp()))
    whole = tuple(ReceiptEntry(i, body, salt, tuple(tree.inclusion_path(node, i, total))) for i, body, salt in opened)
    return Receipt(REF, key.name, total, whole, note, key.verifier().text())


GOOD = made()


def flaw_of(receipt: Receipt, key: notes.VerifierKey | None = None) -> tuple[Flaw, int | None]:
    with pytest.raises(ReceiptBroken) as caught:
        receipts.check(receipt, key)
    return caught.value.flaw, caught.value.entry


def test_a_good_receipt_holds_for_both() -> None:
    assert receipts.check(receipts.parse(GOOD.file())) == int(NOW.timestamp())
    assert receipts.check(GOOD, KEY.verifier()) == int(NOW.timestamp())
    checked = other.check(GOOD.file(), Key.read(KEY.verifier().text()))
    assert (checked.ref, checked.size, len(checked.entries)) == (REF, 100, 5)
    assert GOOD.entries[3].kind == "visit:confirmed"
    assert GOOD.entries[0].occurred_at == NOW


def test_each_flaw_is_named() -> None:
    stranger = notes.SigningKey("linli.example/log", bytes(32))
    assert flaw_of(GOOD, stranger.verifier()) == (Flaw.KEY, None)
    assert flaw_of(dataclasses.replace(GOOD, vkey="x")) == (Flaw.KEY, None)
    assert flaw_of(dataclasses.replace(GOOD, vkey=stranger.verifier().text())) == (Flaw.SIGNATURE, None)
    assert flaw_of(dataclasses.replace(GOOD, size=101)) == (Flaw.CHECKPOINT, None)
    assert flaw_of(dataclasses.replace(GOOD, origin="other")) == (Flaw.CHECKPOINT, None)
    witness = notes.sign(GOOD.checkpoint.split("\n\n")[0] + "\n", notes.SigningKey("w", bytes(32))).split("\n\n")[1]
    assert flaw_of(dataclasses.replace(GOOD, checkpoint=GOOD.checkpoint + witness)) == (Flaw.SIGNATURE, None)
    with pytest.raises(other.Broken) as caught:
        other.check(dataclasses.replace(GOOD, checkpoint=GOOD.checkpoint + witness).file())
    assert (caught.value.where, caught.value.name) == ("witness", "w")
    named = Key("w", 1, notes.SigningKey("w", bytes(32)).verifier().public)
    assert other.check(dataclasses.replace(GOOD, checkpoint=GOOD.checkpoint + witness).file(), None, [named]).size == 100
    other_log = notes.sign(notes.Checkpoint("other", 100, bytes(32)).text(), KEY)
    assert flaw_of(dataclasses.replace(GOOD, checkpoint=other_log, origin="other")) == (Flaw.CHECKPOINT, None)


Change = Callable[[ReceiptEntry], ReceiptEntry]
CHANGES: dict[str, Change] = {
    "minutes": lambda e: dataclasses.replace(e, body={**e.body, "payload": {**e.body["payload"], "minutes": 60}}),
    "place": lambda e: dataclasses.replace(e, body={**e.body, "place": "440104001002"}),
    "moment": lambda e: dataclasses.replace(e, body={**e.body, "occurred_at": "2026-03-02T09:03:00.000000Z"}),
    "salt": lambda e: dataclasses.replace(e, salt=bytes(16)),
    "index": lambda e: dataclasses.replace(e, index=e.index - 1),
    "far index": lambda e: dataclasses.replace(e, index=100),
    "path cut": lambda e: dataclasses.replace(e, path=e.path[:-1]),
    "path longer": lambda e: dataclasses.replace(e, path=(*e.path, bytes(32))),
    "path": lambda e: dataclasses.replace(e, path=(bytes(32), *e.path[1:])),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_entry_is_located(what: str) -> None:
    changed = dataclasses.replace(GOOD, entries=(*GOOD.entries[:3], CHANGES[what](GOOD.entries[3]), *GOOD.entries[4:]))
    assert flaw_of(changed) == (Flaw.ENTRY, 4)
    if what != "far index":  # there the order of entries is wrong already
        with pytest.raises(other.Broken) as caught:
            other.check(changed.file())
        assert (caught.value.where, caught.value.entry, caught.value.name) == ("entry", 4, "visit:confirmed")


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    whole = json.loads(GOOD.file())
    change(whole)
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def first(whole: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = whole["entries"][0]
    return entry


FILE = GOOD.file()
MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "no json": b"{",
    "a list": b"[]\n",
    "no newline": FILE[:-1],
    "two newlines": FILE + b"\n",
    "crlf": FILE[:-1] + b"\r\n",
    "a blank": FILE.replace(b'"size":', b'"size": '),
    "a mark at the beginning": b"\xef\xbb\xbf" + FILE,
    "utf-16": FILE.decode().encode("utf-16"),
    "latin": FILE.replace(b"visit:booked", b"visit:bo\xe4ked"),
    "escaped": FILE.replace(b'"visit:booked"', b'"visit\\u003abooked"'),
    "surrogate": FILE.replace(b'"visit:booked"', b'"visit\\ud800"'),
    "another order": json.dumps(dict(reversed(json.loads(FILE).items())), separators=(",", ":")).encode() + b"\n",
    "a name twice": FILE.replace(b'{"checkpoint"', b'{"size":100,"checkpoint"'),
    "a float": FILE.replace(b'"size":100', b'"size":100.0'),
    "an exponent": FILE.replace(b'"size":100', b'"size":1e2'),
    "not a number": FILE.replace(b'"size":100', b'"size":NaN'),
    "a truth": edited(lambda w: w.update(size=True)),
    "a negative size": edited(lambda w: w.update(size=-1)),
    "a huge size": edited(lambda w: w.update(size=2**63)),
    "a number of 5,000 digits": FILE.replace(b'"size":100', b'"size":1' + b"0" * 5000),
    "a text for a number": edited(lambda w: w.update(size="100")),
    "another format": edited(lambda w: w.update(format="linli.receipt.v2")),
    "a number for a text": edited(lambda w: w.update(ref=1)),
    "something more": edited(lambda w: w.update(more=1)),
    "something less": edited(lambda w: w.pop("vkey")),
    "no entries": edited(lambda w: w.update(entries=[])),
    "no list of entries": edited(lambda w: w.update(entries={})),
    "an entry twice": edited(lambda w: w["entries"].append(w["entries"][-1])),
    "entries out of order": edited(lambda w: w["entries"].reverse()),
    "no entry": edited(lambda w: w["entries"].append(1)),
    "an entry of something else": edited(lambda w: first(w).update(ref="visit:1")),
    "another ref": edited(lambda w: w.update(ref="visit:1")),
    "more in an entry": edited(lambda w: first(w).update(more=1)),
    "less in an entry": edited(lambda w: first(w).pop("id")),
    "a payload that is none": edited(lambda w: first(w).update(payload=[])),
    "a kind that is none": edited(lambda w: first(w).update(kind=1)),
    "no path": edited(lambda w: first(w).update(path="")),
    "a short hash": edited(lambda w: first(w).update(path=["AAAA"])),
    "a hash that is none": edited(lambda w: first(w).update(path=[1])),
    "loose bits in a hash": edited(lambda w: first(w).update(path=["A" * 42 + "B="])),
    "a short salt": edited(lambda w: first(w).update(salt="AAAA")),
    "no base64": edited(lambda w: first(w).update(salt="*")),
    "deep": b'{"checkpoint":' + b"[" * 200_000,
    "long": b" " * 1_000_001,
}
# The verifier reads these and then finds the entry at fault, which is as good.
FOUND_LATER = {"a short hash", "a hash that is none", "loose bits in a hash", "a short salt", "no base64", "a negative size", "a huge size"}


@pytest.mark.parametrize("why", MALFORMED)
def test_there_is_one_spelling(why: str) -> None:
    with pytest.raises(ReceiptBroken) as caught:
        receipts.parse(MALFORMED[why])
    assert caught.value.flaw is Flaw.FORMAT
    with pytest.raises(other.Broken) as theirs:
        other.check(MALFORMED[why])
    assert theirs.value.where == "format" or why in FOUND_LATER


@pytest.mark.parametrize(
    "moment", ["2026-03-02", "2026-03-02T08:00:00Z", "2026-13-02T08:00:00.000000Z", "2026-03-02T08:00:00.000000+00:00"]
)
def test_moments_are_moments(moment: str) -> None:
    with pytest.raises(ReceiptBroken):
        receipts.parse(edited(lambda w: first(w).update(occurred_at=moment)))


def test_a_short_receipt_fits_a_qr_code_whole() -> None:
    text = receipts.encode_qr(made(spread=1, total=20))
    assert len(text) <= receipts.QR_CHARS_MAX
    assert receipts.decode_qr(text) == made(spread=1, total=20).file()
    assert other.unpack(text) == receipts.decode_qr(text)


def test_a_long_receipt_keeps_its_main_entries_in_a_qr_code() -> None:
    long = made(spread=900, total=4000)
    kept = receipts.parse(receipts.decode_qr(receipts.encode_qr(long)))
    assert 1 <= len(kept.entries) < len(long.entries)
    assert "visit:confirmed" in {entry.kind for entry in kept.entries}
    receipts.check(kept, KEY.verifier())
    smallest = receipts.parse(receipts.decode_qr(receipts.encode_qr(long, chars_max=1)))
    assert [entry.kind for entry in smallest.entries] == ["visit:confirmed"]
    receipts.check(smallest, KEY.verifier())


def packed(data: bytes) -> str:
    whole = sha256(data).digest()[:8] + data
    return receipts.QR_PREFIX + base64.urlsafe_b64encode(whole).decode().rstrip("=")


BAD_QR = {
    "empty": "",
    "another prefix": "linli2." + receipts.encode_qr(GOOD)[7:],
    "no data": "linli1.",
    "padding": receipts.encode_qr(GOOD) + "=",
    "a blank": receipts.encode_qr(GOOD)[:50] + " " + receipts.encode_qr(GOOD)[50:],
    "a newline": receipts.encode_qr(GOOD) + "\n",
    "plain base64": receipts.encode_qr(GOOD).replace("-", "+").replace("_", "/"),
    "not deflated": packed(b"hello"),
    "cut off": packed(zlib.compress(FILE)[:-4]),
    "something behind": packed(zlib.compress(FILE) + b"x"),
    "a bomb": packed(zlib.compress(bytes(50_000_000))),
    "one character": "linli1.A",
    "wrong sum": receipts.QR_PREFIX + base64.urlsafe_b64encode(bytes(8) + zlib.compress(FILE)).decode().rstrip("="),
}


@pytest.mark.parametrize("why", BAD_QR)
def test_bad_qr_texts_are_refused(why: str) -> None:
    with pytest.raises(ReceiptBroken) as caught:
        receipts.decode_qr(BAD_QR[why])
    assert caught.value.flaw is Flaw.FORMAT
    with pytest.raises(other.Broken):
        other.unpack(BAD_QR[why])


def test_every_character_of_a_qr_text_counts() -> None:
    text = receipts.encode_qr(GOOD)
    for n, char in enumerate(text):
        for instead in {"A", "B", "_", "a"} - {char}:
            changed = text[:n] + instead + text[n + 1 :]
            with pytest.raises(ReceiptBroken):
                receipts.decode_qr(changed)
            with pytest.raises(other.Broken):
                other.unpack(changed)
