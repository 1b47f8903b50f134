"""`linli-verify` alone: keys, notes, trees and receipts written here by hand, and every byte of them changed."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from hmac import digest as hmac_digest
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linli_verify import merkle, receipt, tilelog
from linli_verify.main import main
from linli_verify.note import BadNote, Key, open_note

ORIGIN = "linli.example/log"
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SECRET.public_key().public_bytes_raw()
# Leaves and roots that every implementation of RFC 6962 carries.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def key_id(kind: int) -> bytes:
    return sha256(ORIGIN.encode() + bytes([10, kind]) + PUBLIC).digest()[:4]


VKEY = f"{ORIGIN}+{key_id(1).hex()}+{b64(bytes([1]) + PUBLIC)}"


def note(text: str) -> str:
    at = 1_772_438_400
    timed = key_id(4) + at.to_bytes(8, "big") + SECRET.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return f"{text}\n— {ORIGIN} {b64(key_id(1) + SECRET.sign(text.encode()))}\n— {ORIGIN} {b64(timed)}\n"


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def made() -> bytes:
    """Return a receipt of two entries, leaves 0 and 1 of a tree of two."""
    entries, leaves = [], []
    for n, kind in enumerate(("visit:booked", "visit:confirmed")):
        body = {
            "id": f"00000000-0000-7000-8000-00000000000{n}", "kind": kind, "occurred_at": "2026-03-02T08:00:00.000000Z",
            "payload": {"minutes": 45, "visit": "v-1"}, "place": "440104001001", "recorded_at": "2026-03-02T08:00:00.000000Z", "ref": "visit:v-1",
        }  # fmt: skip
        salt = bytes([n]) * 16
        leaves.append(b"linli.leaf.v1\n" + hmac_digest(salt, b"linli.evidence.v1\nlinli.canon.v1\n" + compact(body), "sha256"))
        entries.append(body | {"salt": b64(salt), "index": n})
    hashes = [merkle.leaf(leaf) for leaf in leaves]
    for n, entry in enumerate(entries):
        entry["path"] = [b64(hashes[1 - n])]
    root = merkle.parent(*hashes)
    whole = {
        "checkpoint": note(f"{ORIGIN}\n2\n{b64(root)}\n"), "entries": entries, "format": "linli.receipt.v1", "origin": ORIGIN, "ref": "visit:v-1",
        "size": 2, "vkey": VKEY,
    }  # fmt: skip
    return compact(whole) + b"\n"


FILE = made()
PACKED = zlib.compress(FILE, 9)
QR = "linli1." + urlsafe_b64encode(sha256(PACKED).digest()[:8] + PACKED).decode().rstrip("=")


def ends(*words: str) -> int:
    return main(list(words))


def written(folder: Path, data: bytes) -> str:
    path = folder / "receipt"
    path.write_bytes(data)
    return str(path)


def test_file_and_code_hold_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for data in (FILE, QR.encode()):
        for language, words in (("zh", "凭证有效"), ("en", "The receipt holds")):
            assert ends("receipt", written(tmp_path, data), "--vkey", VKEY, "--lang", language) == 0
            assert words in capsys.readouterr().out


def test_every_byte_of_a_receipt_counts() -> None:
    tried = 0
    for n, byte in enumerate(FILE):
        for instead in {byte ^ 1, byte ^ 0x20, 0x20, 0x0A} - {byte}:
            with pytest.raises(receipt.Broken):
                receipt.check(FILE[:n] + bytes([instead]) + FILE[n + 1 :])
            tried += 1
        with pytest.raises(receipt.Broken):
            receipt.check(FILE[:n])
        with pytest.raises(receipt.Broken):
            receipt.check(FILE[:n] + b" " + FILE[n:])
    assert tried > 3_000


def test_every_byte_of_key_and_checkpoint_counts() -> None:
    text = note(f"{ORIGIN}\n0\n{b64(sha256().digest())}\n")
    key = Key.read(VKEY)
    assert open_note(text, key).unknown == ()
    for n, char in enumerate(VKEY):
        with pytest.raises(BadNote):
            Key.read(VKEY[:n] + chr(ord(char) ^ 1) + VKEY[n + 1 :])
    for n, char in enumerate(text):
        changed = text[:n] + chr(ord(char) ^ 1) + text[n + 1 :]
        # A line whose name or key id is another's is a stranger's: nobody vouches for it, and a receipt with one is refused.
        try:
            opened = open_note(changed, key)
        except BadNote:
            continue
        assert opened.unknown
        assert opened.text == open_note(text, key).text


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b" " * 3_000_000, b"\xff\xfe", b"linli1.AAAA",
     FILE.replace(b'{"checkpoint"', b'{"size":2,"checkpoint"'), FILE + b"\n", FILE[:-1] + b"\r\n"],
    ids=["empty", "words", "deep list", "deep object", "huge", "no text", "no code", "a key twice", "a line more", "crlf"],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(data: bytes, tmp_path: Path) -> None:
    assert ends("receipt", written(tmp_path, data), "--vkey", VKEY) == 1


def test_another_key_or_log_is_refused_and_what_can_not_be_told_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = written(tmp_path, FILE)
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    stranger = f"{ORIGIN}+{sha256(ORIGIN.encode() + bytes([10, 1]) + other).digest()[:4].hex()}+{b64(bytes([1]) + other)}"
    assert ends("receipt", name, "--vkey", stranger) == 1
    assert ends("receipt", written(tmp_path, FILE.replace(b'"origin":"linli.', b'"origin":"linla.'))) == 1
    assert ends("receipt", str(tmp_path / "none")) == 2
    assert ends("receipt", name, "--vkey", "no key", "--lang", "en") == 2
    assert "not a key" in capsys.readouterr().err


def test_it_runs_where_django_can_not_be_imported(tmp_path: Path) -> None:
    script = "import sys; sys.modules['django'] = sys.modules['linli'] = None; from linli_verify.main import main; sys.exit(main())"
    for words, code in ((["receipt", written(tmp_path, FILE)], 0), (["--help"], 0), (["receipt"], 2)):
        ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, timeout=60, check=False)
        assert ran.returncode == code, ran.stderr
        assert b"Traceback" not in ran.stderr


def test_the_tree_is_that_of_rfc_6962() -> None:
    tree = merkle.Growing()
    for data in LEAVES:
        tree.add(merkle.leaf(data))
    assert tree.root().hex() == ROOT_OF_8
    left = merkle.parent(merkle.leaf(LEAVES[0]), merkle.leaf(LEAVES[1]))
    assert left.hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"


def log_in(folder: Path, count: int) -> Path:
    """Write a log of `count` leaves as tiles into a folder."""
    leaves = [b"linli.leaf.v1\n" + sha256(bytes([n])).digest() for n in range(count)]
    hashes, tree = [merkle.leaf(leaf) for leaf in leaves], merkle.Growing()
    for digest in hashes:
        tree.add(digest)
    for level, data in (("0", b"".join(hashes)), ("entries", b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves))):
        path = folder / tilelog.path_to(level, 0, count)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "checkpoint").write_text(note(f"{ORIGIN}\n{count}\n{b64(tree.root())}\n"))
    return folder


def test_a_log_in_a_folder_is_whole_and_every_byte_of_its_tiles_counts(tmp_path: Path) -> None:
    folder = log_in(tmp_path, 5)
    assert ends("log", str(folder), "--vkey", VKEY) == 0
    old = tmp_path / "old"
    old.write_text((log_in(tmp_path / "three", 3) / "checkpoint").read_text())
    assert ends("log", str(folder), "--vkey", VKEY, "--old", str(old)) == 0
    key = Key.read(VKEY)
    for path in (folder / "tile/0/000.p/5", folder / "tile/entries/000.p/5"):
        good = path.read_bytes()
        for n in range(len(good)):
            path.write_bytes(good[:n] + bytes([good[n] ^ 1]) + good[n + 1 :])
            assert tilelog.audit(str(folder), key).findings, (path, n)
        for changed in (good[:-1], good + b"\0", good + good[:48], b""):
            path.write_bytes(changed)
            assert tilelog.audit(str(folder), key).findings, (path, len(changed))
        path.write_bytes(good)
    old.write_text(note(f"{ORIGIN}\n3\n{b64(bytes(32))}\n"))
    assert ends("log", str(folder), "--vkey", VKEY, "--old", str(old)) == 1
    assert ends("log", str(tmp_path / "nowhere"), "--vkey", VKEY) == 2
