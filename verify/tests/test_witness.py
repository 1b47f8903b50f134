"""A witness: it signs what grew out of what it saw, and nothing else; a log that tells two histories is caught when two witnesses compare."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from linli_verify import merkle
from linli_verify.main import main
from linli_verify.note import BadNote, Key, Secret, open_note
from linli_verify.tilelog import Missing, Reach, reader
from linli_verify.witness import Forked, Log, Stale, Unknown, Witness
from linli_verify.witness_site import BODY_BYTES_MAX, Site, asked

AT = 1_772_438_400
WIDTH = 256


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def leaf_of(number: int, *, salt: str = "") -> bytes:
    return b"linli.leaf.v1\n" + sha256(f"{salt}{number}".encode()).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """Return MTH of RFC 6962 over leaf hashes, as the paper says it."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + tree_root(hashes[:k]) + tree_root(hashes[k:])).digest()


def proof(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """Return SUBPROOF of RFC 6962, as the paper says it."""
    if old == len(hashes):
        return [] if whole else [tree_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if old <= k:
        return [*proof(old, hashes[:k], whole), tree_root(hashes[k:])]
    return [*proof(old - k, hashes[k:], False), tree_root(hashes[:k])]


class SmallLog:
    """Leaves, a key, and a folder to publish to."""

    def __init__(self, origin: str = "linli.example/log", seed: bytes = bytes(range(32))) -> None:
        self.origin, self.secret = origin, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.secret.public_key().public_bytes_raw()
        self.leaves: list[bytes] = []

    def key_id(self, kind: int) -> bytes:
        return sha256(self.origin.encode() + bytes([10, kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.origin}+{self.key_id(1).hex()}+{b64(bytes([1]) + self.public)}"

    def grow(self, size: int, *, salt: str = "") -> SmallLog:
        self.leaves += [leaf_of(n, salt=salt) for n in range(len(self.leaves), size)]
        return self

    def hashes(self, size: int | None = None) -> list[bytes]:
        return [sha256(b"\x00" + leaf).digest() for leaf in self.leaves[:size]]

    def note(self, size: int | None = None) -> str:
        hashes = self.hashes(size)
        text = f"{self.origin}\n{len(hashes)}\n{b64(tree_root(hashes))}\n"
        return f"{text}\n— {self.origin} {b64(self.key_id(1) + self.secret.sign(text.encode()))}\n"

    def publish(self, folder: Path) -> Path:
        """Write checkpoint, tiles and bundles."""
        rows, level = self.hashes(), 0
        while rows:
            self._row(folder, str(level), rows, 32)
            rows = [tree_root(rows[i : i + WIDTH]) for i in range(0, len(rows) // WIDTH * WIDTH, WIDTH)]
            level += 1
        self._row(folder, "entries", [len(leaf).to_bytes(2, "big") + leaf for leaf in self.leaves], 0)
        (folder / "checkpoint").write_text(self.note(), encoding="utf-8")
        return folder

    def _row(self, folder: Path, level: str, parts: list[bytes], _each: int) -> None:
        for start in range(0, len(parts), WIDTH):
            some = parts[start : start + WIDTH]
            number = f"{start // WIDTH:03d}"
            path = folder / "tile" / level / (number if len(some) == WIDTH else f"{number}.p/{len(some)}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(some))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness.new(tmp_path / "w", "family.example/w")


def watched(witness: Witness, log: SmallLog, url: str = "") -> Log:
    found = Log(Key.read(log.vkey), url)
    witness.watch(found)
    return found


@given(st.integers(1, 90), st.integers(0, 90))
def test_what_shows_a_growth_is_what_the_paper_says(old: int, more: int) -> None:
    hashes = SmallLog().grow(old + more).hashes()
    path = merkle.growth(old, old + more, lambda start, stop: tree_root(hashes[start:stop]))
    assert path == proof(old, hashes)
    ends = (old, tree_root(hashes[:old])), (old + more, tree_root(hashes))
    merkle.check_growth(*ends, path)
    for broken in (path[:-1], [*path, bytes(32)], [sha256(step).digest() for step in path]):
        if broken != path:
            with pytest.raises(merkle.Mismatch):
                merkle.check_growth(*ends, broken)
    with pytest.raises(merkle.Mismatch):
        merkle.check_growth((old, bytes(32)), ends[1], path)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 66_000])
def test_ranges_out_of_tiles_are_those_of_the_leaves(size: int, tmp_path: Path) -> None:
    log = SmallLog().grow(size)
    reach = Reach(reader(str(log.publish(tmp_path))), size)
    assert reach.root_of(0, size) == tree_root(log.hashes())
    for old in {1, size // 3 + 1, size}:
        hashes = log.hashes()
        merkle.check_growth((old, tree_root(hashes[:old])), (size, tree_root(hashes)), merkle.growth(old, size, reach.root_of))


def test_it_signs_what_grew_out_of_what_it_saw(witness: Witness) -> None:
    log = SmallLog().grow(5)
    held = watched(witness, log)
    witness.hold(log.note(), 0, [], AT)
    log.grow(9)
    line = witness.hold(log.note(), 5, proof(5, log.hashes()), AT + 60)
    opened = open_note(log.note() + line, Key.read(log.vkey), [witness.secret.public()])
    assert opened.witnesses == (("family.example/w", AT + 60),)
    assert witness.seen(held) == log.note() + line
    again = witness.hold(log.note() + line, 9, [], AT + 90)  # handed in once more, with the old line under it
    assert (witness.seen(held) or "").count("family.example/w") == 1
    assert again != line


def test_it_signs_nothing_else(witness: Witness, tmp_path: Path) -> None:
    log = SmallLog().grow(8)
    held = watched(witness, log)
    witness.hold(log.note(5), 0, [], AT)
    seen = witness.seen(held)
    with pytest.raises(Stale) as stale:
        witness.hold(log.note(), 4, proof(4, log.hashes()), AT)
    assert stale.value.size == 5
    with pytest.raises(merkle.Mismatch):
        witness.hold(log.note(), 5, proof(4, log.hashes()), AT)
    with pytest.raises(Stale):
        witness.hold(log.note(3), 3, [], AT)
    with pytest.raises(Unknown):
        witness.hold(SmallLog("other.example/log").grow(2).note(), 0, [], AT)
    with pytest.raises(BadNote):
        witness.hold(SmallLog(seed=bytes(32)).grow(8).note(), 5, [], AT)
    with pytest.raises(BadNote):
        witness.watch(Log(Key.read(SmallLog(seed=bytes(32)).vkey), ""))
    assert witness.seen(held) == seen
    assert witness.forks(held) == []


def test_two_histories_told_to_one_witness_end_its_signing_and_are_kept(witness: Witness) -> None:
    log, other = SmallLog().grow(3).grow(6), SmallLog().grow(3).grow(6, salt="other ")
    held = watched(witness, log)
    witness.hold(log.note(), 0, [], AT)
    with pytest.raises(Forked) as forked:
        witness.hold(other.note(), 6, [], AT)
    said = json.loads(forked.value.file.read_text(encoding="utf-8"))
    assert sorted(said["notes"])[0] != sorted(said["notes"])[1]
    assert main(["fork", str(forked.value.file), "--vkey", log.vkey]) == 0
    assert main(["fork", str(forked.value.file), "--vkey", SmallLog(seed=bytes(32)).vkey]) == 1
    log.grow(7)
    with pytest.raises(Forked):
        witness.hold(log.note(), 6, proof(6, log.hashes()), AT)
    assert len(witness.forks(held)) == 1


@pytest.mark.parametrize(("one", "two"), [(6, 6), (6, 300), (300, 6), (256, 512)])
def test_a_fork_shown_to_two_witnesses_is_caught_at_their_next_exchange(one: int, two: int, tmp_path: Path) -> None:
    true, false = SmallLog().grow(3).grow(one), SmallLog().grow(3).grow(two, salt="other ")
    places = [str(log.publish(tmp_path / name)) for log, name in ((true, "true"), (false, "false"))]
    people = []
    for name, place in zip(("a", "b"), places, strict=True):
        somebody = Witness.new(tmp_path / f"w{name}", f"{name}.example/w")
        held = watched(somebody, true, place)
        somebody.look(held, AT)  # each sees a log that is sound in itself
        people.append(somebody)
    caught = []
    for mine, theirs in (people, people[::-1]):  # each asks the other once
        held = mine.logs()[0]
        try:
            mine.exchange(held, theirs.seen(held) or "")
        except Forked as forked:
            caught.append(forked.file)
        except Missing:
            continue  # who was shown the shorter history waits until the log is as long as it signed to the other
    assert caught == [file for somebody in people for file in somebody.forks(somebody.logs()[0])] != []


def test_a_log_that_goes_back_or_hides_its_tiles_is_caught(witness: Witness, tmp_path: Path) -> None:
    log = SmallLog().grow(700)
    held = watched(witness, log, str(log.publish(tmp_path / "log")))
    assert witness.look(held, AT) == 700
    log.grow(1400).publish(tmp_path / "log")
    (tmp_path / "log/tile/0/002").unlink()
    with pytest.raises(Forked):
        witness.look(held, AT)
    fresh = Witness.new(tmp_path / "v", "v.example/w")
    held = watched(fresh, log, str(SmallLog().grow(700).publish(tmp_path / "back")))
    fresh.look(held, AT)
    SmallLog().grow(600).publish(tmp_path / "back")
    with pytest.raises(Forked):
        fresh.look(held, AT)


def test_a_log_that_lags_behind_is_no_fork(tmp_path: Path) -> None:
    old, new = SmallLog().grow(300), SmallLog().grow(400)
    one, two = Witness.new(tmp_path / "a", "a.example/w"), Witness.new(tmp_path / "b", "b.example/w")
    lagging = watched(one, old, str(old.publish(tmp_path / "old")))
    ahead = watched(two, new, str(new.publish(tmp_path / "new")))
    one.look(lagging, AT)
    two.look(ahead, AT)
    with pytest.raises(Missing):
        one.exchange(lagging, two.seen(ahead) or "")
    two.exchange(ahead, one.seen(lagging) or "")
    assert one.forks(lagging) == two.forks(ahead) == []


def test_many_at_once_leave_one_history(witness: Witness) -> None:
    log = SmallLog().grow(40)
    held = watched(witness, log)
    witness.hold(log.note(1), 0, [], AT)

    def hand_in(size: int) -> str:
        try:
            return witness.hold(log.note(size), 1, proof(1, log.hashes(size)), AT)
        except Stale:
            return ""

    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(hand_in, range(2, 40)))
    assert sum(map(bool, lines)) == 1  # whoever came first; for all others another size was seen last
    assert (witness.seen(held) or "").endswith(next(filter(None, lines)))


@contextmanager
def served(witness: Witness) -> Iterator[str]:
    site = Site(("127.0.0.1", 0), witness, lambda: AT)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


def post(url: str, body: bytes) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def body_of(old: int, path: list[bytes], note: str) -> bytes:
    return "".join([f"old {old}\n", *(f"{b64(step)}\n" for step in path), "\n", note]).encode()


def test_over_http_it_answers_as_the_specification_says(witness: Witness) -> None:
    log = SmallLog().grow(9)
    held = watched(witness, log)
    with served(witness) as url:
        add = f"{url}/add-checkpoint"
        assert post(add, body_of(0, [], log.note(5)))[0] == 200
        assert post(add, body_of(2, [], log.note()))[::2] == (409, "5\n")
        assert post(add, body_of(2, [], log.note()))[1] == "text/x.tlog.size"
        assert post(add, body_of(5, [bytes(32)], log.note()))[0] == 422
        assert post(add, body_of(5, [], SmallLog(seed=bytes(32)).grow(9).note()))[0] == 403
        assert post(add, body_of(0, [], SmallLog("else.example/log").grow(1).note()))[0] == 404
        for bad in (b"", b"old -1\n\n", b"old 01\n\n" + log.note().encode(), b"old 5\nx\n\n" + log.note().encode(), b"\xff" * 90):
            assert post(add, bad)[0] == 400
        assert post(add, b"x" * (BODY_BYTES_MAX + 1))[0] == 413
        code, _, line = post(add, body_of(5, proof(5, log.hashes()), log.note()))
        assert code == 200
        assert open_note(log.note() + line, Key.read(log.vkey), [witness.secret.public()]).witnesses
        with urllib.request.urlopen(f"{url}/{held.number}/checkpoint", timeout=10) as answer:
            assert answer.read().decode() == log.note() + line
        with urllib.request.urlopen(f"{url}/", timeout=10) as answer:
            page = answer.read().decode()
        assert "linli.example/log" in page
        with pytest.raises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(f"{url}/../witness.key", timeout=10)
        gone.value.close()
        assert gone.value.code == 404


@given(st.binary(max_size=200))
def test_what_is_handed_in_is_read_or_refused(data: bytes) -> None:
    try:
        asked(data.decode("utf-8", errors="replace"))
    except BadNote:
        return


def test_a_family_keeps_one_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, folder = SmallLog().grow(300), str(tmp_path / "w")
    place = str(log.publish(tmp_path / "log"))
    assert main(["witness", "new", folder, "--name", "two words", "--lang", "en"]) == 2
    assert main(["witness", "new", folder, "--name", "family.example/w", "--lang", "zh"]) == 0
    vkey = capsys.readouterr().out.strip().rpartition("：")[2]
    assert main(["witness", "new", folder, "--name", "family.example/w"]) == 2
    assert main(["witness", "watch", folder, place, "--vkey", log.vkey]) == 0
    assert main(["witness", "look", folder, "--lang", "zh"]) == 0
    assert "300 条" in capsys.readouterr().out
    kept = next((tmp_path / "w/logs").glob("*/checkpoint"))
    assert main(["checkpoint", str(kept), "--vkey", log.vkey, "--witness", vkey, "--need", "1"]) == 0
    assert main(["checkpoint", str(kept), "--vkey", log.vkey, "--witness", vkey, "--need", "2"]) == 1
    SmallLog().grow(2).grow(301, salt="other ").publish(tmp_path / "log")
    assert main(["witness", "look", folder, "--lang", "zh"]) == 1
    assert "两种历史" in capsys.readouterr().out
    assert main(["witness", "look", str(tmp_path / "none")]) == 2


def test_the_key_is_a_file_of_its_owner_and_never_shown(witness: Witness) -> None:
    file = witness.folder / "witness.key"
    assert file.stat().st_mode & 0o077 == 0
    assert Secret.read(file.read_text(encoding="utf-8").strip()) == witness.secret
    assert witness.secret.seed.hex() not in repr(witness.secret)
    with pytest.raises(BadNote):
        Secret.read(witness.secret.text()[:-2] + "AA")


def test_it_can_be_ended_and_goes_on_where_it_was(tmp_path: Path) -> None:
    log = SmallLog().grow(5)
    witness = Witness.new(tmp_path / "w", "w.example/w")
    watched(witness, log)
    command = [sys.executable, "-m", "linli_verify", "witness", "serve", str(tmp_path / "w"), "--listen", "127.0.0.1:0", "--every", "0"]
    for old, size in ((0, 3), (3, 5)):
        running = subprocess.Popen([*command, "--lang", "en"], stdout=subprocess.PIPE, text=True, env={"PYTHONUNBUFFERED": "1"})
        assert running.stdout is not None
        url = running.stdout.readline().split()[-1]
        try:
            hashes = log.hashes(size)
            assert post(f"{url}add-checkpoint", body_of(old, proof(old, hashes) if old else [], log.note(size)))[0] == 200
        finally:
            running.kill()  # as a power cut would
            running.wait(10)
            running.stdout.close()
