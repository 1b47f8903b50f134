"""A receipt from door to verifier: lived on a street, exported as resident's file and QR text, checked by `linli-verify` without us."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from linli.journeys.keep_record import keep_record
from linli.trust.evidence import reads as evidence
from linli_verify import receipt, tilelog
from linli_verify.note import Key
from tests.cast import Street
from tests.lived import asked, both_say, checked_out, leaves
from tests.walk import client_of

VERIFY = str(Path(sys.executable).with_name("linli-verify"))
CHANGES_MIN = 3_000


def verified(*words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the installed command where neither Django nor Linli can be imported, in English."""
    block = "import sys; sys.modules['django'] = sys.modules['linli'] = None; sys.argv = sys.argv[1:]; exec(open(sys.argv[0]).read())"
    command = [sys.executable, "-c", block, VERIFY, *words, "--lang", "en"]
    return subprocess.run(command, input=typed, capture_output=True, timeout=60, check=False)


def visited(street: Street) -> UUID:
    """Take a visit from asking to agreed minutes, and sign the record."""
    made = checked_out(street, asked(street))
    both_say(street, made, 40, 44)
    keep_record()
    return made


def exported(client: Client, made: UUID) -> bytes:
    """Save the receipt as a resident does."""
    answer = client.get(f"/home/visit/{made}/receipt.json")
    assert answer.status_code == 200
    return answer.content


def key_of(client: Client) -> str:
    return client.get("/log/vkey").content.decode().strip()


def changed_bytes(data: bytes, seed: int) -> list[bytes]:
    """Return the file with every byte changed in turn (each by a seeded choice), cut and doubled."""
    rolls = Random(seed)
    found = [data[:n] + bytes([byte ^ rolls.randrange(1, 256)]) + data[n + 1 :] for n, byte in enumerate(data)]
    while len(found) < CHANGES_MIN:
        n = rolls.randrange(len(data))
        found.append(rolls.choice((data[:n] + data[n + 1 :], data[:n] + data[n : n + 1] + data[n:], data[:n])))
    return found


def test_a_receipt_holds_without_us_and_no_byte_of_it_can_be_changed(street: Street, tmp_path: Path) -> None:
    made = visited(street)
    li = client_of(street, "li")
    file, vkey = exported(li, made), key_of(li)
    whole = receipt.check(file, Key.read(vkey))
    kinds = [entry["kind"] for entry in whole.entries]
    assert whole.ref == f"visit:{made}"
    assert {"visit:booked", "visit:checked_in", "visit:checked_out", "visit:confirmed", "ledger:hold:posted"} <= set(kinds)

    page = unescape(li.get(f"/home/visit/{made}/receipt/").content.decode())
    text = re.search(r"linli1\.[A-Za-z0-9_-]+", page)
    assert text is not None
    told = receipt.check(receipt.unpack(text[0]), Key.read(vkey))
    assert {entry["id"] for entry in told.entries} <= {entry["id"] for entry in whole.entries}

    kept = tmp_path / "receipt.json"
    kept.write_bytes(file)
    for words, typed in (([str(kept)], b""), (["-"], file), (["-"], text[0].encode())):
        ran = verified("receipt", *words, "--vkey", vkey, typed=typed)
        assert ran.returncode == 0, ran.stderr
        assert b"The receipt holds" in ran.stdout

    pinned = Key.read(vkey)
    for bad in changed_bytes(file, seed=1):
        for key in (pinned, None):
            with pytest.raises(receipt.Broken):
                receipt.check(bad, key)
    code = text[0].encode()
    for n, char in enumerate(code):
        with pytest.raises(receipt.Broken):
            receipt.unpack((code[:n] + bytes([char ^ 1]) + code[n + 1 :]).decode())
    more = file.replace(b'"minutes":42', b'"minutes":43')
    assert more != file
    for bad in (more, file[:-1], code[:-4]):
        ran = verified("receipt", "-", "--vkey", vkey, typed=bad)
        assert ran.returncode == 1, ran.stdout
        assert b"Traceback" not in ran.stderr


def changed(statement: str) -> None:
    """Change the tables as somebody would who is above every guard of the database."""
    with connection.cursor() as cursor:
        for table in ("evidence_tile", "evidence_entry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount == 1
        for table in ("evidence_tile", "evidence_entry"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


FLIP = "overlay({0} placing set_byte(substring({0} from {1} for 1), 0, get_byte({0}, {1} - 1) # 1) from {1})"
CHANGES = {
    "hash": f"UPDATE evidence_tile SET hashes = {FLIP.format('hashes', 777)} WHERE level = 0 AND index = 0",
    "upper": f"UPDATE evidence_tile SET hashes = {FLIP.format('hashes', 32)} WHERE level = 1 AND index = 0",
    "leaf": f"UPDATE evidence_entry SET commitment = {FLIP.format('commitment', 1)} WHERE id = (SELECT entries[1] FROM evidence_tile WHERE index = 1)",
}


def test_the_log_is_audited_over_http_and_a_changed_tile_is_found(living_street: Street, live_server: LiveServer, tmp_path: Path) -> None:
    visited(living_street)
    stranger = client_of(living_street)
    address, vkey, kept = f"{live_server.url}/log", key_of(stranger), tmp_path / "checkpoint"
    kept.write_bytes(stranger.get("/log/checkpoint").content)
    leaves(300)
    keep_record()
    assert verified("log", address, "--vkey", vkey, "--old", str(kept)).returncode == 0
    pinned = Key.read(vkey)
    for name, change in CHANGES.items():
        changed(change)
        assert tilelog.audit(address, pinned).findings, name
        if name == "hash":
            ran = verified("log", address, "--vkey", vkey)
            assert ran.returncode == 1, ran.stderr
            assert b"Traceback" not in ran.stderr
        changed(change)  # the same bit again
        assert tilelog.audit(address, pinned).findings == []
    assert evidence.verify() == []
