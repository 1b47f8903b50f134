"""The log on a real database: sequence, integrate, publish; receipts; the audit finds every edit and says where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.errors import NotFound, Refused
from linli.trust.evidence import keys, reads, tables, verbs
from linli.trust.evidence.core import receipts, tiles
from linli.trust.evidence.core.entries import QueuedEntry
from linli.trust.evidence.tables import LogBroken
from linli.trust.evidence.tests.room import COMMUNITY, NOW, VISIT, behind_the_back, drain, rows, visit_rows
from linli_verify import receipt as other

pytestmark = pytest.mark.django_db
REF = f"visit:{VISIT}"


def grown(count: int = 300) -> None:
    """Have a log of `count` leaves and a visit among them, signed twice."""
    verbs.queue_many(rows(count - 50))
    drain()
    verbs.publish(NOW)
    verbs.queue_many(visit_rows())
    verbs.queue_many(rows(45, first=count))
    drain()
    verbs.publish(NOW + timedelta(minutes=2))


def test_an_entry_waits_gets_its_place_and_is_signed() -> None:
    assert (reads.state().size, reads.state().waiting, reads.state().published_at) == (0, 0, None)
    with pytest.raises(NotFound):
        reads.checkpoint()
    assert verbs.publish(NOW) is None
    uid = verbs.queue(
        kind="need:opened", place=COMMUNITY, payload={"need": str(UUID(int=1))}, occurred_at=NOW, recorded_at=NOW, ref=f"need:{UUID(int=1)}"
    )
    assert isinstance(uid, UUID)
    assert (reads.state().size, reads.state().waiting) == (0, 1)
    with pytest.raises(Refused, match="not_published_yet"):
        reads.receipt(f"need:{UUID(int=1)}", now=NOW)
    assert verbs.integrate() == 1
    assert verbs.integrate() == 0
    assert (reads.number_of(f"need:{UUID(int=1)}"), reads.number_of("need:unknown")) == (0, None)
    with pytest.raises(Refused, match="not_published_yet") as caught:
        reads.receipt(f"need:{UUID(int=1)}", now=NOW)
    assert int(caught.value.facts["seconds"]) >= 1
    assert verbs.publish(NOW) == 1
    assert verbs.publish(NOW) is None
    shown = reads.checkpoint()
    assert (shown.size, shown.at, shown.root) == (1, NOW, tables.root_at(1))
    assert (reads.state().published, reads.state().published_at) == (1, NOW)
    assert reads.receipt(f"need:{UUID(int=1)}", now=NOW).size == 1
    with pytest.raises(NotFound):
        reads.receipt("need:unknown", now=NOW)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "need:gossip"}, {"ref": "李奶奶"}, {"payload": {"words": "膝盖疼"}}, {"payload": {"phone": "13812345678"}},
    ],
)  # fmt: skip
def test_nothing_personal_and_nothing_unknown_is_queued(bad: dict[str, object]) -> None:
    good: dict[str, object] = {
        "kind": "need:opened",
        "place": COMMUNITY,
        "payload": {"need": "1"},
        "occurred_at": NOW,
        "recorded_at": NOW,
        "ref": None,
    }
    with pytest.raises(ValueError):
        verbs.queue(**{**good, **bad})  # type: ignore[arg-type]
    assert reads.state().waiting == 0


def test_an_entry_is_there_when_its_transaction_is() -> None:
    with transaction.atomic():
        verbs.queue_many(rows(3))
        transaction.set_rollback(True)
    assert reads.state().waiting == 0


def test_an_integration_that_was_cut_off_begins_anew() -> None:
    verbs.queue_many(rows(10))
    with transaction.atomic():
        assert verbs.integrate(batch_max=7) == 7
        transaction.set_rollback(True)
    assert (reads.state().size, reads.state().waiting) == (0, 10)
    assert drain(3) == 10
    assert reads.verify() == []


@pytest.mark.parametrize("batches", [[1], [255, 2], [256], [257, 255], [100, 412]])
def test_tiles_grow_the_same_whatever_the_batches(batches: list[int]) -> None:
    for n, count in enumerate(batches):
        verbs.queue_many(rows(count, first=1000 * n))
        drain(97)
        verbs.publish(NOW + timedelta(minutes=n))
    size = sum(batches)
    assert tables.tree_size() == size
    assert reads.verify() == []
    told: list[tuple[int, int]] = []
    reads.verify(lambda done, total: told.append((done, total)))
    assert told[-1] == (size, size)


def test_a_receipt_is_the_same_file_for_ever_and_both_verifiers_take_it() -> None:
    grown()
    made = reads.receipt(REF, now=NOW)
    assert [entry.kind for entry in made.entries][:2] == ["visit:booked", "visit:checked_in"]
    checked = other.check(made.file())
    assert (checked.ref, checked.size, len(checked.entries)) == (REF, 300, 5)
    for text in (made.file().decode(), f"https://linli.example/check/#{reads.encode_qr(made)}", f"  {reads.encode_qr(made)}\n"):
        verdict = reads.check(text)
        assert (verdict.ok, verdict.flaw) == (True, None), verdict
        assert verdict.signed_at is not None
    verbs.queue_many(rows(20, first=900))
    drain()
    verbs.publish(NOW + timedelta(minutes=9))
    assert reads.receipt(REF, now=NOW).file() == made.file()
    assert len(reads.encode_qr(made)) <= 1700


@pytest.mark.parametrize("text", ["", "{}", "linli", "#", "{" * 5000, "😀", '{"ref": "visit:1"}'])
def test_what_is_no_receipt_is_told_so(text: str) -> None:
    grown(60)
    verdict = reads.check(text)
    assert not verdict.ok
    assert verdict.flaw in set(receipts.Flaw)


def test_a_receipt_of_another_history_is_a_fork() -> None:
    grown(60)
    made = reads.receipt(REF, now=NOW)
    with behind_the_back() as sql:
        sql("DELETE FROM evidence_checkpoint")
        sql("DELETE FROM evidence_tile")
        sql("DELETE FROM evidence_entry")
    assert reads.check(made.file().decode()).flaw == "fork"


def test_a_receipt_signed_by_somebody_else_is_refused(key_folder: Path) -> None:
    grown(60)
    made = reads.receipt(REF, now=NOW)
    (key_folder / keys.FILE_NAME).unlink()
    assert not reads.check(made.file().decode()).ok
    keys.make_signing_key()
    assert not reads.check(made.file().decode()).ok


def test_what_is_published_can_be_fetched() -> None:
    with pytest.raises(NotFound):
        reads.vkey()
    grown(300)
    assert reads.resource("checkpoint").decode() == reads.checkpoint().note
    assert reads.vkey().startswith(reads.checkpoint().origin)
    assert reads.resource("tile/0/000") == b"".join(tiles.hashes_in(tables.fetch_tile(0, 0)))
    assert reads.resource("tile/0/001.p/44") == tables.fetch_tile(0, 1)
    assert reads.resource("tile/0/001.p/3") == tables.fetch_tile(0, 1)[:96]
    bundle = reads.resource("tile/entries/001.p/44")
    assert b"need:opened" not in bundle  # commitments, never what they stand for
    assert len(bundle) == 44 * (2 + int.from_bytes(bundle[:2], "big"))
    verbs.queue_many(rows(9, first=900))
    drain()
    for path in ("tile/0/001.p/53", "tile/entries/001.p/53", "tile/0/009.p/1", "tile/9/000", "nothing", "../keys", "tile/entries/009"):
        with pytest.raises(NotFound):
            reads.resource(path)
    with behind_the_back() as spoil:
        spoil("DELETE FROM evidence_entry WHERE kind = 'visit:booked'")
    with pytest.raises(LogBroken, match="bundle 0 are gone"):
        reads.resource("tile/entries/000")


def test_a_receipt_is_no_good_where_the_tree_is_damaged() -> None:
    grown(300)
    made = reads.receipt(REF, now=NOW)
    with behind_the_back() as spoil:
        spoil("DELETE FROM evidence_tile WHERE level = 0 AND index = 1")
    assert reads.check(made.file().decode()).flaw == "fork"


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_step_the_audit_looks_at_one_moment() -> None:
    verbs.queue_many(rows(3))
    assert drain() == 3
    assert reads.verify() == []


SPOILS: list[tuple[str, str, str]] = [
    ("UPDATE evidence_entry SET payload = replace(payload, '45', '46') WHERE kind = 'visit:confirmed'", "entry", "changed after it was queued"),
    ("UPDATE evidence_entry SET place_code = '44' WHERE kind = 'visit:booked'", "entry", "changed after it was queued"),
    ("UPDATE evidence_entry SET occurred_at = occurred_at - interval '1 day' WHERE kind = 'visit:booked'", "entry", "changed after it was queued"),
    ("UPDATE evidence_entry SET salt = decode(repeat('00', 16), 'hex') WHERE kind = 'visit:booked'", "entry", "changed after it was queued"),
    ("UPDATE evidence_entry SET payload = '{ }' WHERE kind = 'visit:booked'", "entry", "not in canonical form"),
    ("UPDATE evidence_entry SET commitment = decode(repeat('00', 32), 'hex') WHERE kind = 'visit:booked'", "leaf", "one of them was changed"),
    ("DELETE FROM evidence_entry WHERE kind = 'visit:booked'", "entry", "the row is gone"),
    ("UPDATE evidence_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 0 AND index = 0", "leaf", "one of them was changed"),
    ("UPDATE evidence_tile SET hashes = set_byte(hashes, 4, get_byte(hashes, 4) # 1) WHERE level = 1", "tile", "not the fold"),
    ("DELETE FROM evidence_tile WHERE level = 1", "tile", "missing"),
    ("DELETE FROM evidence_tile WHERE level = 0 AND index = 0", "tile", "can not be rebuilt"),
    ("DELETE FROM evidence_tile WHERE level = 0 AND index = 1", "checkpoint", "cut off"),
    ("UPDATE evidence_tile SET first_entry = first_entry + 1 WHERE index = 1", "tile", "range of entries"),
    ("INSERT INTO evidence_tile (level, index, hashes) VALUES (2, 0, decode(repeat('00', 32), 'hex'))", "tile", "beyond the tree"),
    ("UPDATE evidence_checkpoint SET root = decode(repeat('00', 32), 'hex') WHERE size = 300", "checkpoint", "not what its note says"),
    ("UPDATE evidence_checkpoint SET note = replace(note, 'log', 'lag') WHERE size = 300", "checkpoint", "does not hold"),
    ("UPDATE evidence_checkpoint SET at = at + interval '1 day' WHERE size = 300", "checkpoint", "moment"),
    ("DELETE FROM evidence_checkpoint WHERE size = 250", "checkpoint", "taken out"),
    ("INSERT INTO evidence_waiting SELECT id FROM evidence_entry LIMIT 1", "waiting", "in the tree already"),
    ("INSERT INTO evidence_waiting VALUES (999999999)", "waiting", "is gone"),
    (
        "INSERT INTO evidence_entry (uid, kind, place_code, occurred_at, recorded_at, payload, salt, commitment) SELECT gen_random_uuid(), kind,"
        " place_code, occurred_at, recorded_at, payload, salt, commitment FROM evidence_entry LIMIT 1", "entry", "neither in the tree nor waiting",
    ),
    ("UPDATE evidence_tile SET entries[2] = entries[1] WHERE level = 0 AND index = 0", "entry", "more than one leaf"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "table", "says"), SPOILS)
def test_every_edit_is_found_and_located(sql: str, table: str, says: str) -> None:
    grown()
    assert reads.verify() == []
    with behind_the_back() as spoil:
        spoil(sql)
    found = reads.verify()
    assert any(finding.table == table and says in finding.text for finding in found), found


def test_an_edit_of_what_still_waits_is_found_too() -> None:
    verbs.queue_many(visit_rows())
    with behind_the_back() as spoil:
        spoil("UPDATE evidence_entry SET payload = replace(payload, '45', '46') WHERE kind = 'visit:confirmed'")
    assert ["(waiting)" in finding.text for finding in reads.verify()] == [True]


def test_a_log_without_its_key_says_so(key_folder: Path) -> None:
    grown(60)
    (key_folder / keys.FILE_NAME).unlink()
    assert next(finding.table for finding in reads.verify()) == "key"
    verbs.queue_many(rows(1, first=999))
    drain()
    with pytest.raises(LogBroken, match="key is gone"):
        verbs.publish(NOW)
    keys.make_signing_key()
    with pytest.raises(LogBroken, match="not signed by this key"):
        verbs.publish(NOW)
    (key_folder / keys.FILE_NAME).unlink()
    with pytest.raises(Refused, match="not_published_yet"):
        reads.receipt(REF, now=NOW)


Spoil = Callable[..., list[tuple[object, ...]]]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE evidence_tile SET hashes = set_byte(hashes, 4, get_byte(hashes, 4) # 1) WHERE level = 0", "not the one signed"),
        ("UPDATE evidence_checkpoint SET root = decode(repeat('00', 32), 'hex')", "does not say what its note says|not the one signed"),
        ("DELETE FROM evidence_tile WHERE level = 0", "not the one signed|missing"),
    ],
)
def test_a_log_never_signs_two_histories(sql: str, says: str) -> None:
    verbs.queue_many(rows(60))
    drain()
    verbs.publish(NOW)
    with behind_the_back() as spoil:
        spoil(sql)
    verbs.queue_many(rows(5, first=500))
    drain()
    with pytest.raises(LogBroken, match=says):
        verbs.publish(NOW + timedelta(minutes=1))


def test_a_waiting_entry_that_is_gone_stops_the_integrator() -> None:
    verbs.queue_many(rows(5))
    with behind_the_back() as spoil:
        spoil("DELETE FROM evidence_entry WHERE id = (SELECT min(id) FROM evidence_entry)")
    with pytest.raises(LogBroken, match="are gone"):
        verbs.integrate()
    assert reads.state().waiting == 5


def test_a_damaged_right_edge_stops_the_integrator() -> None:
    grown(300)
    with behind_the_back() as spoil:
        spoil("UPDATE evidence_tile SET hashes = substring(hashes FOR 32), entries = NULL WHERE level = 1")
        spoil("UPDATE evidence_tile SET hashes = hashes || hashes WHERE level = 1")
    verbs.queue_many(rows(5, first=900))
    with pytest.raises(LogBroken, match="1/0"):
        verbs.integrate()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE evidence_entry SET payload = '{}'", "the log only grows"),
        ("DELETE FROM evidence_entry", "the log only grows"),
        ("TRUNCATE evidence_entry", "the log only grows"),
        ("UPDATE evidence_checkpoint SET at = now()", "the log only grows"),
        ("DELETE FROM evidence_checkpoint", "the log only grows"),
        ("UPDATE evidence_waiting SET entry_id = entry_id + 1000000", "the log only grows"),
        ("DELETE FROM evidence_tile", "the log only grows"),
        ("UPDATE evidence_tile SET hashes = substring(hashes FOR 32)", "the log only grows"),
        ("UPDATE evidence_tile SET index = index + 7", "the log only grows"),
        ("INSERT INTO evidence_tile (level, index, hashes) VALUES (9, 0, decode(repeat('00', 32), 'hex'))", "evidence_tile_place"),
        ("INSERT INTO evidence_tile (level, index, hashes) VALUES (1, 9, decode(repeat('00', 31), 'hex'))", "evidence_tile_hashes"),
        ("INSERT INTO evidence_tile (level, index, hashes) VALUES (0, 9, decode(repeat('00', 32), 'hex'))", "evidence_tile_entries"),
        ("INSERT INTO evidence_checkpoint SELECT size, number + 1, root, note, at FROM evidence_checkpoint", "pkey"),
        ("INSERT INTO evidence_checkpoint SELECT size + 1, number, root, note, at FROM evidence_checkpoint LIMIT 1", "number"),
    ],
)
def test_what_the_database_refuses(change: str, says: str) -> None:
    grown(60)
    verbs.queue_many(rows(1, first=999))
    with database_refuses(says):
        run(change)


def test_many_are_queued_in_few_statements_in_order() -> None:
    many = [QueuedEntry(e.kind, e.place, e.payload, e.occurred_at, e.recorded_at) for e in rows(6_000)]
    assert len(set(verbs.queue_many(many))) == 6_000
    assert drain(2_500) == 6_000
    found = run("SELECT occurred_at FROM evidence_entry ORDER BY id")
    assert [at for (at,) in found] == [e.occurred_at for e in many]
    assert connection.in_atomic_block
