"""Witnesses: named and asked with a proof of growth, their lines kept; and other logs held, on real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refused
from linli.kernel.step import Payload
from linli.trust.evidence import reads, verbs
from linli.trust.evidence.core import handing, notes
from linli.trust.evidence.core.notes import NoteBroken, SigningKey, WitnessKey
from linli.trust.evidence.core.tree import CompactRange, ProofBroken, consistency_path, leaf_hash, root_of
from linli.trust.evidence.models import Cosignature, Watched
from linli.trust.evidence.tests.room import NOW, drain, rows

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = timedelta(minutes=1)
WITNESS = SigningKey("family.example/w", bytes(range(32)))
VKEY = WitnessKey(WITNESS.name, WITNESS.verifier().public).text()
OTHER = SigningKey("other.example/log", bytes(range(1, 33)))


class Room:
    """A step of this room alone: who acts, when, and what was recorded."""

    actor = Actor.system("operator")
    now = NOW

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def record(self, kind: str, *, place: str, payload: Payload) -> None:
        self.kinds.append(kind)
        assert place == ""
        assert all(len(str(value)) == 64 for value in payload.values())

    def later(self, topic: str, payload: Payload) -> None:
        raise AssertionError(topic)


def grown(count: int) -> int:
    verbs.queue_many(rows(count, first=reads.state().size))
    drain()
    return verbs.publish(NOW) or 0


def named() -> Room:
    s = Room()
    assert verbs.name_witness(s, "https://family.example/", VKEY) == WITNESS.name  # type: ignore[arg-type]
    return s


def signed(asking: reads.Asking, at: int = 1_772_438_400) -> str:
    note = handing.read(asking.body)[2]
    return notes.cosign(notes.text_of(note), WITNESS, at)


def test_a_witness_is_asked_with_how_the_tree_grew_and_its_line_is_served() -> None:
    grown(5)
    assert named().kinds == ["witness:named"]
    assert reads.due(NOW, EVERY) == [WITNESS.name]
    asking = reads.asking(WITNESS.name)
    assert (asking.url, asking.size) == ("https://family.example", 5)
    assert handing.read(asking.body)[:2] == (0, [])
    verbs.keep_line(WITNESS.name, 5, signed(asking), NOW)
    assert reads.due(NOW + EVERY, EVERY) == []  # nothing new to sign
    served = reads.resource("checkpoint").decode()
    assert WitnessKey.parse(VKEY).moment_of(notes.text_of(served), served.rpartition("\n\n")[2]) == 1_772_438_400
    assert reads.witnesses()[0].signed_size == 5

    grown(9)
    assert reads.due(NOW, EVERY) == []  # asked just now
    assert reads.due(NOW + EVERY, EVERY) == [WITNESS.name]
    old, path, note = handing.read(reads.asking(WITNESS.name).body)
    assert (old, notes.Checkpoint.parse(notes.text_of(note)).size) == (5, 14)
    assert path
    assert WITNESS.name not in reads.resource("checkpoint").decode()
    assert reads.resource("witnessed").decode() == served
    verbs.drop_witness(Room(), WITNESS.name)  # type: ignore[arg-type]
    assert reads.due(NOW + EVERY, EVERY) == []
    assert reads.resource("witnessed").decode() == served  # what was signed stays signed


def test_a_line_that_is_not_the_witness_s_is_not_kept() -> None:
    grown(3)
    named()
    asking = reads.asking(WITNESS.name)
    good = signed(asking)
    stranger = notes.cosign(notes.text_of(handing.read(asking.body)[2]), SigningKey(WITNESS.name, bytes(32)), 5)
    for bad in ("", "x", stranger, good.replace("w ", "w  "), notes.cosign("other\n1\nx\n", WITNESS, 5)):
        with pytest.raises(NoteBroken):
            verbs.keep_line(WITNESS.name, 3, bad, NOW)
    assert not Cosignature.objects.exists()
    verbs.keep_line(WITNESS.name, 3, good, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cosignature.objects.update(line="x")
    assert verbs.no_line(WITNESS.name, "away", NOW)
    assert not verbs.no_line(WITNESS.name, "away", NOW)  # no news


@pytest.mark.parametrize("url", ["ftp://x", "https://a b", "https://me@x", "javascript:1", ""])
def test_an_address_that_is_none_is_refused_by_name(url: str) -> None:
    with pytest.raises(Refused) as refused:
        verbs.name_witness(Room(), url, VKEY)  # type: ignore[arg-type]
    assert refused.value.field == "url"


def test_our_own_key_witnesses_nothing_and_a_witness_keeps_its_key() -> None:
    grown(1)
    named()
    again = WitnessKey(WITNESS.name, bytes(32)).text()
    for vkey in (reads.vkey(), reads.own_vkey(), again, "x+00+AA=="):
        with pytest.raises(Refused) as refused:
            verbs.name_witness(Room(), "https://x.example", vkey)  # type: ignore[arg-type]
        assert refused.value.field == "vkey"
    for vkey in (reads.vkey(), VKEY):
        with pytest.raises(Refused):
            verbs.watch(Room(), vkey)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        verbs.drop_witness(Room(), "nobody")  # type: ignore[arg-type]


def leaves(size: int, salt: str = "") -> list[bytes]:
    return [leaf_hash(f"{n}".encode()) if n < 3 else leaf_hash(f"{salt}{n}".encode()) for n in range(size)]


def note_of(hashes: list[bytes], key: SigningKey = OTHER) -> str:
    tree = CompactRange()
    for digest in hashes:
        tree.append(digest)
    return notes.sign(notes.Checkpoint(OTHER.name, len(hashes), tree.root()).text(), key, 1_772_438_400)


def path_of(hashes: list[bytes], old: int) -> list[bytes]:
    def node(level: int, index: int) -> bytes:
        some = hashes[index << level : (index + 1) << level]
        tree = CompactRange()
        for digest in some:
            tree.append(digest)
        return tree.root()

    assert root_of(node, len(hashes))
    return consistency_path(node, old, len(hashes)) if old else []


def handed(hashes: list[bytes], old: int) -> bytes:
    return handing.written(old, path_of(hashes, old), note_of(hashes))


def test_another_log_is_held_and_a_fork_ends_our_signing() -> None:
    grown(1)
    with pytest.raises(NotFound):
        verbs.hold(handed(leaves(4), 0), NOW)
    s = Room()
    assert verbs.watch(s, OTHER.verifier().text()) == OTHER.name  # type: ignore[arg-type]
    assert verbs.watch(s, OTHER.verifier().text()) == OTHER.name  # type: ignore[arg-type]
    assert s.kinds == ["witness:watched"]
    number = sha256(OTHER.name.encode()).hexdigest()
    with pytest.raises(NotFound):
        reads.seen(number)
    line = verbs.hold(handed(leaves(4), 0), NOW)
    assert WitnessKey.parse(reads.own_vkey()).moment_of(notes.text_of(note_of(leaves(4))), line) == int(NOW.timestamp())
    assert verbs.hold(handed(leaves(9), 4), NOW)
    seen = reads.seen(number)
    with pytest.raises(verbs.Stale) as stale:
        verbs.hold(handed(leaves(12), 4), NOW)
    assert stale.value.size == 9
    with pytest.raises(ProofBroken):
        verbs.hold(handed(leaves(12, "else "), 9), NOW)
    with pytest.raises(NoteBroken):
        verbs.hold(handing.written(9, [], note_of(leaves(9), SigningKey(OTHER.name, bytes(32)))), NOW)
    assert reads.seen(number) == seen
    assert not reads.watched()[0].forked
    for _ in range(2):
        with pytest.raises(verbs.Forked):
            verbs.hold(handing.written(9, [], note_of(leaves(9, "else "))), NOW)
    with pytest.raises(verbs.Forked):
        verbs.hold(handed(leaves(12), 9), NOW)  # even the history we know gets no line any more
    assert reads.watched()[0].forked
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_fork")
    with pytest.raises(IntegrityError), transaction.atomic():
        Watched.objects.update(size=3)


EDITS = (
    ("cosignature", "UPDATE evidence_cosignature SET line = replace(line, 'A', 'B')"),
    ("cosignature", "UPDATE evidence_cosignature SET at = at + interval '1 second'"),
    ("cosignature", "UPDATE evidence_witness SET vkey = '{other}'"),
    ("watched", "UPDATE evidence_watched SET size = size + 1"),
    ("watched", "UPDATE evidence_watched SET root = set_byte(root, 3, 255 - get_byte(root, 3))"),
    ("watched", "UPDATE evidence_watched SET note = replace(note, '9', '8')"),
    ("fork", "UPDATE evidence_fork SET theirs = mine || 'x'"),
    ("fork", "UPDATE evidence_watched SET vkey = '{own}'"),
)


@pytest.mark.parametrize(("table", "edit"), EDITS)
def test_an_edit_of_what_others_signed_is_found(table: str, edit: str) -> None:
    grown(5)
    named()
    asking = reads.asking(WITNESS.name)
    verbs.keep_line(WITNESS.name, 5, signed(asking), NOW)
    verbs.watch(Room(), OTHER.verifier().text())  # type: ignore[arg-type]
    verbs.hold(handed(leaves(9), 0), NOW)
    with pytest.raises(verbs.Forked):
        verbs.hold(handing.written(9, [], note_of(leaves(9, "else "))), NOW)
    assert reads.verify() == []
    other = WitnessKey(WITNESS.name, OTHER.verifier().public).text()
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("witness", "cosignature", "watched", "fork"):
            cursor.execute(f"ALTER TABLE evidence_{name} DISABLE TRIGGER USER")
        cursor.execute(edit.format(other=other, own=reads.vkey()))
        assert table in {finding.table for finding in reads.verify()}
        transaction.set_rollback(True)
    assert reads.verify() == []
