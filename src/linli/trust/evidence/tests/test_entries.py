"""The vocabulary keeps its promises; canonical bytes are what they were; nothing personal gets in."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import linli
from linli.trust.evidence.core import entries
from linli.trust.evidence.core.entries import Content, Kind, QueuedEntry
from linli_verify import receipt as other
from linli_verify import words

PACKAGE = Path(linli.__file__).parent
DOC = PACKAGE.parents[1] / "docs" / "interfaces" / "evidence.md"
AT = datetime(2026, 3, 2, 8, 0, 1, 500, tzinfo=UTC)
SAMPLE = Content(UUID(int=7), "visit:confirmed", "440104001001", "visit:00000000-0000-0000-0000-000000000077", AT, AT + timedelta(minutes=1), {"minutes": 45, "by": ["helper", "asker"], "first": None})  # fmt: skip
SALT = bytes(range(16))

GOLDEN = {
    "v1/body": (
        b"linli.evidence.v1\nlinli.canon.v1\n"
        b'{"id":"00000000-0000-0000-0000-000000000007","kind":"visit:confirmed","occurred_at":"2026-03-02T08:00:01.000500Z",'
        b'"payload":{"by":["helper","asker"],"first":null,"minutes":45},"place":"440104001001",'
        b'"recorded_at":"2026-03-02T08:01:01.000500Z","ref":"visit:00000000-0000-0000-0000-000000000077"}'
    ),
    "v1/commitment": "65d82ac2a9d22ee44008edd0f64dc7beadfcd135c52646f1d5d671425915baa7",
    "v1/leaf_hash": "91fba48368c7c7ef7232e129e8b933798231a0c99d56e3f12e464a8f709d1a66",
}


def test_canonical_bytes_are_those_of_version_1() -> None:
    body = entries.body_of(entries.plain(SAMPLE))
    assert body == GOLDEN["v1/body"]
    commitment = entries.commitment_of(body, SALT)
    assert commitment.hex() == GOLDEN["v1/commitment"]
    assert commitment == hmac.new(SALT, body, hashlib.sha256).digest()
    leaf = entries.leaf_of(commitment)
    assert leaf == b"linli.leaf.v1\n" + commitment
    assert len(leaf) == entries.LEAF_BYTES
    assert hashlib.sha256(b"\x00" + leaf).hexdigest() == GOLDEN["v1/leaf_hash"]


def test_the_verifier_opens_the_same_leaf() -> None:
    opened = {**entries.plain(SAMPLE), "salt": "AAECAwQFBgcICQoLDA0ODw=="}
    assert other.leaf_data(opened) == entries.leaf_of(entries.commitment_of(entries.body_of(entries.plain(SAMPLE)), SALT))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_follows_the_grammar(kind: Kind) -> None:
    assert entries.GRAMMAR.fullmatch(kind.value)
    assert kind.name == re.sub(r"[:]", "_", kind.value).upper()
    parts = kind.value.split(":")
    assert kind.source == parts[0]
    assert kind.action == parts[-1]
    assert kind.subject == (parts[1] if len(parts) == 3 else parts[0])


def test_examples_of_the_grammar() -> None:
    assert (Kind.LEDGER_HOLD_POSTED.source, Kind.LEDGER_HOLD_POSTED.subject, Kind.LEDGER_HOLD_POSTED.action) == ("ledger", "hold", "posted")
    assert (Kind.NEED_OPENED.source, Kind.NEED_OPENED.subject, Kind.NEED_OPENED.action) == ("need", "need", "opened")
    for bad in ("need", "need:", ":opened", "a:b:c:d", "Need:opened", "need opened", "need:opened_", "need:__x"):
        assert not entries.GRAMMAR.fullmatch(bad)


def test_the_vocabulary_is_written_down_and_spoken_by_the_verifier() -> None:
    written = set(re.findall(r"^\| `([a-z_]+:[a-z_:]+)` \|", DOC.read_text(encoding="utf-8"), re.MULTILINE))
    assert written == {kind.value for kind in Kind}
    assert set(words.KINDS) == {kind.value for kind in Kind}


def test_every_recorded_kind_is_in_the_vocabulary() -> None:
    """A kind that is not listed would end the step that records it: find it here instead."""
    sources = "|".join(sorted({kind.source for kind in Kind}))
    literal = re.compile(rf"""["']((?:{sources}):[a-z_]+(?::[a-z_]+)?)["']""")
    used = {
        (file.relative_to(PACKAGE).as_posix(), kind)
        for file in PACKAGE.rglob("verbs.py")
        for kind in literal.findall(file.read_text(encoding="utf-8"))
    }
    assert len(used) > 5
    known = {kind.value for kind in Kind}
    assert {(file, kind) for file, kind in used if kind not in known} == set()


def queued(**changes: Any) -> QueuedEntry:
    fields: dict[str, Any] = {"kind": "need:opened", "place": "440104001001", "payload": {}, "occurred_at": AT, "recorded_at": AT}
    return QueuedEntry(**{**fields, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "need:eaten"},
        {"kind": ""},
        {"ref": "visit"},
        {"ref": "visit:" + "1" * 80},
        {"ref": "visit:李"},
        {"place": "广州"},
        {"place": "4" * 25},
        {"payload": {"name": "李奶奶"}},
        {"kind": "places:place:renamed", "payload": {"new": "越\n秀"}},
        {"kind": "places:place:renamed", "payload": {"new": "\ud800"}},
        {"payload": {"李奶奶": 1}},
        {"payload": {"who": {"at": ["door\n3"]}}},
        {"payload": {"list": [{"deep": "13800138000"}]}},
        {"payload": {"phone": "+8613800138000"}},
        {"payload": {"long": "x" * 101}},
        {"payload": {f"k{n}": "x" * 90 for n in range(50)}},
    ],
)
def test_what_may_not_enter_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        entries.check(queued(**changes))


def test_what_may_enter() -> None:
    payload: Mapping[str, Any] = {
        "visit": str(UUID(int=1)),
        "n": 3,
        "ok": True,
        "none": None,
        "list": ["a", 1],
        "steps": [{"code": "wash"}],
    }
    entries.check(queued(payload=payload, ref="visit:00000000-0000-0000-0000-000000000001"))
    entries.check(queued(place="", ref=None))
    entries.check(queued(kind="places:place:renamed", payload={"old": "东山", "new": "越秀"}))


def test_floats_have_no_canonical_form() -> None:
    with pytest.raises(TypeError):
        entries.check(queued(payload={"hours": 1.5}))


def test_moments_have_one_spelling() -> None:
    east = timezone(timedelta(hours=8))
    assert entries.moment(datetime(2026, 3, 2, 16, 0, tzinfo=east)) == "2026-03-02T08:00:00.000000Z"
    with pytest.raises(ValueError, match="without a zone"):
        entries.moment(datetime(2026, 3, 2))  # noqa: DTZ001 — that is the point


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_salts_and_commitments_have_one_length(size: int) -> None:
    with pytest.raises(ValueError, match="salt is"):
        entries.commitment_of(b"", bytes(size))
    if size != 32:
        with pytest.raises(ValueError, match="commitment is"):
            entries.leaf_of(bytes(size))


PLAIN = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(codec="ascii"), max_size=20)


@given(st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), PLAIN | st.lists(PLAIN, max_size=3), max_size=5))
def test_stored_payloads_are_read_back(payload: dict[str, Any]) -> None:
    text = entries.payload_text(payload)
    assert entries.payload_of(text) == payload


@pytest.mark.parametrize("text", ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1.0}', '{"a":NaN}', "[]", "", "{", '{"a":"\\u0041"}', "[" * 100_000, '{"a":' + "[" * 100_000])  # fmt: skip
def test_stored_payloads_have_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        entries.payload_of(text)
