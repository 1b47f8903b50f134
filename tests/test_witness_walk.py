"""The record before outsiders: witnesses that sign it over HTTP, another city's log held by us, and Go's own packages reading it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from linli.doors.commands import outbound
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.journeys import witness
from linli.journeys.keep_record import keep_record
from linli.journeys.witness import Said
from linli.kernel.actor import Actor
from linli.trust.evidence import reads as evidence
from linli.trust.evidence import tables
from linli.trust.evidence.core import entries, handing
from linli.trust.evidence.core.notes import Checkpoint, SigningKey, decode, sign
from linli.trust.evidence.core.tree import consistency_path, fold, inclusion_path, leaf_hash, root_of
from linli_verify import tilelog
from linli_verify.note import Key
from linli_verify.witness import Forked, Log, Witness
from linli_verify.witness_site import Site
from tests.cast import Street
from tests.lived import leaves
from tests.test_receipt_walk import exported, key_of, visited
from tests.walk import client_of

OPERATOR = Actor.system("operator")
GO = shutil.which("go")


@contextmanager
def served(folder: Path, name: str) -> Iterator[tuple[Witness, str]]:
    somebody = Witness.new(folder, name)
    site = Site(("127.0.0.1", 0), somebody, lambda: int(now().timestamp()))
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield somebody, f"http://127.0.0.1:{site.server_address[1]}"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


def told(url: str, body: bytes) -> Said:
    return outbound.post(url, body)


def test_two_witnesses_sign_our_record_and_catch_it_when_it_is_rewritten(street: Street, tmp_path: Path) -> None:
    leaves(40)
    keep_record()
    vkey = Key.read(evidence.vkey())
    with served(tmp_path / "a", "family.example/w") as (family, one), served(tmp_path / "b", "ngo.example/w") as (ngo, two):
        for somebody, url in ((family, one), (ngo, two)):
            somebody.watch(Log(vkey, ""))
            witness.name_witness(OPERATOR, url, somebody.secret.public().text())
        assert witness.ask_witnesses(told) == 2
        assert witness.ask_witnesses(told) == 0  # nothing is new
        visited(street)
        steps.move_clock(by=timedelta(minutes=2))
        assert witness.ask_witnesses(told) == 2
        note = client_of(street).get("/log/checkpoint").content.decode()
        opened, _ = tilelog.signed_by(note, vkey, [family.secret.public(), ngo.secret.public()])
        assert {name for name, _ in opened.witnesses} == {"family.example/w", "ngo.example/w"}
        assert note == client_of(street).get("/log/witnessed").content.decode()
        page = client_of(street).get("/check/").content.decode()
        assert "family.example/w" in page
        assert "ngo.example/w" in page

        # A witness that remembers another history signs no more, and everybody can read it.
        kept = next((tmp_path / "a/logs").glob("*/checkpoint"))
        kept.write_text(note.replace(note.split("\n")[1], str(int(note.split("\n")[1]) + 1), 1), encoding="utf-8")
        leaves(3)
        keep_record()
        steps.move_clock(by=timedelta(minutes=2))
        assert witness.ask_witnesses(told) == 1
    outcomes = {row.name: row.outcome for row in evidence.witnesses()}
    assert outcomes == {"family.example/w": "refused", "ngo.example/w": "signed"}
    assert "不肯签" in client_of(street).get("/check/").content.decode()
    leaves(3)
    keep_record()
    steps.move_clock(by=timedelta(minutes=2))
    assert witness.ask_witnesses(told) == 0  # both are away now: nothing is lost, they are asked again
    assert {row.outcome for row in evidence.witnesses()} == {"away"}


def test_we_witness_another_city_over_http(living_street: Street, live_server: LiveServer) -> None:
    keep_record()
    leaves(2)
    keep_record()
    stranger = client_of(living_street)
    add = f"{live_server.url}/log/add-checkpoint"
    # The other city is a log written apart from ours.
    other = SmallCity()
    assert told(add, other.handed(3, 0)).status == 404
    witness.watch(OPERATOR, other.vkey)
    assert told(add, other.handed(3, 0)).status == 200
    assert told(add, other.handed(5, 0)) == Said(409, "3\n")
    line = told(add, other.handed(5, 3))
    assert line.status == 200
    ours = Key.read(stranger.get("/log/seen/vkey").content.decode().strip())
    seen = stranger.get(f"/log/seen/{sha256(other.origin.encode()).hexdigest()}/checkpoint").content.decode()
    assert seen.endswith(line.text)
    assert tilelog.signed_by(seen, Key.read(other.vkey), [ours])[0].witnesses
    assert told(add, other.handed(5, 3).replace(b"old 3", b"old x")).status == 400
    assert told(add, b"x" * 70_000).status == 413
    assert told(add, SmallCity(seed=b"x" * 32).handed(6, 5)).status == 403
    assert told(add, SmallCity(salt="else").handed(5, 5)).status == 409
    assert told(add, other.handed(6, 5)).text == "this log told two histories\n"
    assert "两种历史" in stranger.get("/check/").content.decode()
    assert stranger.get("/log/seen/0/checkpoint").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/log/add-checkpoint", b"x", content_type="text/plain").status_code == 400


class SmallCity:
    """Another city's log of a few leaves."""

    origin = "other.example/log"

    def __init__(self, *, seed: bytes = bytes(range(32)), salt: str = "") -> None:
        self.key = SigningKey(self.origin, seed)
        self.vkey = self.key.verifier().text()
        self.hashes = [leaf_hash(f"{salt if n > 2 else ''}{n}".encode()) for n in range(8)]

    def _node(self, level: int, index: int) -> bytes:
        return fold(self.hashes[index << level : (index + 1) << level])

    def handed(self, size: int, old: int) -> bytes:
        note = sign(Checkpoint(self.origin, size, root_of(self._node, size)).text(), self.key)
        return handing.written(old, consistency_path(self._node, old, size) if old else [], note)


@pytest.mark.parametrize("url", ["ftp://example.test/", "http://me@example.test/", "http:///x", "http://169.254.1.1/latest"])
def test_nothing_of_ours_speaks_where_it_must_not(url: str) -> None:
    with pytest.raises(outbound.Forbidden):
        outbound.post(url, b"x")


def test_a_rewritten_record_is_caught_by_a_witness_that_looks_by_itself(
    living_street: Street, live_server: LiveServer, tmp_path: Path
) -> None:
    keep_record()
    leaves(300)
    keep_record()
    somebody = Witness.new(tmp_path / "w", "family.example/w")
    log = Log(Key.read(key_of(client_of(living_street))), f"{live_server.url}/log")
    somebody.watch(log)
    size = somebody.look(log, 5)
    leaves(10)
    keep_record()
    assert somebody.look(log, 6) == size + 10
    kept = tmp_path / "w/logs" / log.number / "checkpoint"
    kept.write_text(kept.read_text(encoding="utf-8").replace(f"\n{size + 10}\n", f"\n{size + 9}\n"), encoding="utf-8")
    with pytest.raises((Forked, tilelog.BadNote)):
        somebody.look(log, 7)


def published(client: Client, folder: Path) -> int:
    """Write what /log/ serves into a folder; return the size."""
    note = client.get("/log/checkpoint").content
    size = int(note.split(b"\n")[1])
    names = ["checkpoint"]
    for level in range(3):
        hashes = size >> 8 * level
        names += [tilelog.path_to(level, n, min(256, hashes - n * 256)) for n in range(-(-hashes // 256))]
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        answer = client.get(f"/log/{name}")
        assert answer.status_code == 200, name
        path.write_bytes(answer.content)
    return size


@pytest.mark.skipif(GO is None, reason="Go is not installed: its own packages cannot read the log")
def test_go_reads_our_checkpoints_tiles_and_proofs(street: Street, tmp_path: Path) -> None:
    made = visited(street)
    leaves(600)
    keep_record()
    client = client_of(street, "li")
    size = published(client, tmp_path / "log")
    receipt = json.loads(exported(client, made))
    reach = tilelog.Reach(tilelog.reader(str(tmp_path / "log")), size)
    tree = tables.nodes()
    records = [
        {"index": e["index"], "leaf": b64(leaf_behind(e)), "path": [b64(step) for step in inclusion_path(tree, e["index"], size)]}
        for e in receipt["entries"]
    ]
    growths = [
        {"old": old, "root": b64(reach.root_of(0, old)), "path": [b64(step) for step in consistency_path(tree, old, size)]}
        for old in (1, 2, 255, 256, 257, size - 1, size)
    ]
    ran = go(tmp_path, str(tmp_path / "log"), key_of(client), typed=json.dumps({"records": records, "growths": growths}))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(size), str(len(records)), str(len(growths))]
    for broken in ("records", "growths"):
        worse = {"records": json.loads(json.dumps(records)), "growths": json.loads(json.dumps(growths))}
        worse[broken][2]["path"][0] = b64(bytes(32))
        assert go(tmp_path, str(tmp_path / "log"), key_of(client), typed=json.dumps(worse)).returncode == 1
    tile = tmp_path / "log/tile/0/001"
    tile.write_bytes(tile.read_bytes()[:-1] + bytes([tile.read_bytes()[-1] ^ 1]))
    assert go(tmp_path, str(tmp_path / "log"), key_of(client), typed='{"records":[],"growths":[]}').returncode == 1


def go(folder: Path, *words: str, typed: str) -> subprocess.CompletedProcess[str]:
    """Run tests/outside/check.go, built once, against the packages that come with Go itself."""
    assert GO is not None
    program = folder / "check"
    if not program.exists():
        root = Path(subprocess.run([GO, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
        packages = folder / "go/src/golang.org/x/mod/sumdb"
        for name in ("note", "tlog"):
            shutil.copytree(root / "src/cmd/vendor/golang.org/x/mod/sumdb" / name, packages / name)
        crypto = root / "src/cmd/vendor/golang.org/x/crypto/ed25519"
        if crypto.exists():
            shutil.copytree(crypto, folder / "go/src/golang.org/x/crypto/ed25519")
        surroundings = {
            **os.environ, "GO111MODULE": "off", "GOPATH": str(folder / "go"), "GOCACHE": str(folder / "cache"), "GOFLAGS": "", "GOTOOLCHAIN": "local"
        }  # fmt: skip
        source = Path(__file__).with_name("outside") / "check.go"
        built = subprocess.run(
            [GO, "build", "-o", str(program), str(source)], capture_output=True, text=True, env=surroundings, check=False
        )
        assert built.returncode == 0, built.stderr
    return subprocess.run([str(program), *words], input=typed, capture_output=True, text=True, check=False, timeout=120)


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def leaf_behind(entry: dict[str, object]) -> bytes:
    """Return the leaf that an opening of a receipt stands for."""
    fields = {name: value for name, value in entry.items() if name not in {"salt", "index", "path"}}
    return entries.leaf_of(entries.commitment_of(entries.body_of(fields), decode(str(entry["salt"]))))
