"""Signed notes against Go's vectors and against the verifier; what is malformed is refused by both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.trust.evidence.core import notes
from linli.trust.evidence.core.notes import Checkpoint, NoteBroken, SigningKey, VerifierKey
from linli_verify import note as other

# golang.org/x/mod/sumdb/note: the published key, text and signature. Ed25519 is deterministic, so the bytes must be the same.
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # a public test vector
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

KEY = SigningKey("linli.example/log", bytes(range(32)))
OTHER = SigningKey("linli.example/log", bytes(range(1, 33)))
CHECKPOINT = Checkpoint("linli.example/log", 7, bytes(32))


def test_the_note_of_the_go_package() -> None:
    key = SigningKey.parse(SKEY)
    assert notes.sign(TEXT, key) == TEXT + "\n" + LINE
    assert key.text() == SKEY
    assert key.verifier().text() == VKEY
    assert notes.open_note(TEXT + "\n" + LINE, VerifierKey.parse(VKEY)) == notes.Opened(TEXT, None, 0)
    assert other.open_note(TEXT + "\n" + LINE, other.Key.read(VKEY)).text == TEXT


def test_the_cosignature_of_the_spec_is_laid_out_alike() -> None:
    # c2sp.org/tlog-cosignature: time 1679315147 stands in the example line after its key id.
    line = other.unbase64("jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==")
    ours = notes.decode(notes.sign(CHECKPOINT.text(), KEY, 1679315147).splitlines()[-1].split(" ")[2])
    assert len(line) == len(ours) == notes.KEY_ID_BYTES + notes.TIME_BYTES + notes.SIGNATURE_BYTES
    assert line[4:12] == ours[4:12]
    assert ours[:4] == KEY.verifier().key_id(notes.TIMED)


def test_both_signatures_hold_and_bind_the_moment() -> None:
    note = notes.sign(CHECKPOINT.text(), KEY, 1_700_000_000)
    opened = notes.open_note(note, KEY.verifier())
    assert opened.at_seconds == 1_700_000_000
    assert Checkpoint.parse(opened.text) == CHECKPOINT
    theirs = other.open_note(note, other.Key.read(KEY.verifier().text()))
    assert (theirs.text, theirs.at, theirs.unknown) == (opened.text, opened.at_seconds, ())
    assert other.Checkpoint.read(theirs.text) == other.Checkpoint("linli.example/log", 7, bytes(32))


def test_a_secret_key_does_not_show_itself() -> None:
    assert notes.encode(KEY.seed) not in repr(KEY)
    assert "linli.example/log" in repr(KEY)


def test_strangers_are_counted_and_left_alone() -> None:
    note = notes.sign(CHECKPOINT.text(), KEY, 5)
    witness = notes.sign(CHECKPOINT.text(), SigningKey("witness.example/w", bytes(32)), 6).split("\n\n")[1]
    assert notes.open_note(note + witness, KEY.verifier()).strangers == 2
    assert other.open_note(note + witness, other.Key.read(KEY.verifier().text())).unknown == ("witness.example/w", "witness.example/w")
    named = other.Key("witness.example/w", other.PLAIN, SigningKey("w", bytes(32)).verifier().public)
    assert other.open_note(note + witness.splitlines(keepends=True)[0], other.Key.read(KEY.verifier().text()), [named]).unknown == ()


GOOD = notes.sign(CHECKPOINT.text(), KEY, 5)
PLAIN_LINE, TIMED_LINE = GOOD.split("\n\n")[1].splitlines(keepends=True)
HEAD = CHECKPOINT.text() + "\n"
BAD_NOTES = {
    "nothing": "",
    "no signature": CHECKPOINT.text(),
    "no final newline": GOOD[:-1],
    "a control character": GOOD.replace("linli", "lin\tli", 1),
    "other text": GOOD.replace("\n7\n", "\n8\n"),
    "two plain lines": HEAD + PLAIN_LINE + PLAIN_LINE,
    "two moments": HEAD + PLAIN_LINE + TIMED_LINE + TIMED_LINE,
    "only the timed line": HEAD + TIMED_LINE,
    "the key's line damaged": HEAD + PLAIN_LINE.replace("A", "B", 1) + TIMED_LINE,
    "another key under the same name": notes.sign(CHECKPOINT.text(), OTHER, 5),
    "a line without dash": HEAD + PLAIN_LINE.replace("— ", "- "),
    "an empty signature": HEAD + PLAIN_LINE + "— w AAAAAA==\n",
    "loose base64 bits": HEAD + PLAIN_LINE + "— w AAAAAAB=\n",
    "no base64": HEAD + PLAIN_LINE + "— w AAAAA\n",
    "a short timed line": HEAD + PLAIN_LINE + f"— {KEY.name} {notes.encode(KEY.verifier().key_id(notes.TIMED) + b'12')}\n",
    "too many lines": HEAD + PLAIN_LINE + "— w AAAAAAAA\n" * 70,
}


@pytest.mark.parametrize("why", BAD_NOTES)
def test_bad_notes_are_refused_by_both(why: str) -> None:
    with pytest.raises(NoteBroken):
        notes.open_note(BAD_NOTES[why], KEY.verifier())
    with pytest.raises(other.BadNote):
        other.open_note(BAD_NOTES[why], other.Key.read(KEY.verifier().text()))


def test_every_part_of_a_vkey_counts() -> None:
    key = KEY.verifier().text()
    for start in range(len(key)):
        for end in range(start + 1, len(key) + 1):
            if key[start:end] != key:
                assert _refused(key[start:end])
    for n in range(len(key)):
        assert _refused(key[:n] + chr(ord(key[n]) ^ 1) + key[n + 1 :])
    for bad in ("a+b", "a+00000000+AQ==", "x y+" + key.split("+", 1)[1], notes.encode(b"\x02" + bytes(32)), "+" + key):
        assert _refused(bad)


def _refused(text: str) -> bool:
    with pytest.raises(NoteBroken):
        VerifierKey.parse(text)
    with pytest.raises(other.BadNote):
        other.Key.read(text)
    return True


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+x", SKEY[:-1], SKEY.replace("c74f20a3", "c74f20a4"), SKEY.replace("KEY", "LOCK"), SKEY.replace("+AY", "+BY"),
                                  SKEY.replace("Peter", "Pe ter"), "PRIVATE+KEY+a+00000000+AQ=="])  # fmt: skip
def test_damaged_key_files_are_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        SigningKey.parse(text)


@pytest.mark.parametrize("text", ["x", "x\x01\n", "", "a\r\n"])
def test_texts_that_can_not_be_signed(text: str) -> None:
    with pytest.raises(NoteBroken):
        notes.sign(text, KEY)


ROOT = notes.encode(bytes(32))


@pytest.mark.parametrize("text", ["", "o\n1\n", f"o\n01\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n1\n{ROOT}\nmore\n", f"\n1\n{ROOT}\n", f"o\n1\n{ROOT}",
                                  "o\n1\nAAAA\n", f"o\n9999999999999999999\n{ROOT}\n", f"o\n١\n{ROOT}\n", "o\n1\n*\n", f"o\n\n{ROOT}\n"])  # fmt: skip
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        Checkpoint.parse(text)


@given(st.integers(0, notes.SIZE_MAX), st.binary(min_size=32, max_size=32))
def test_checkpoints_are_read_as_written(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("linli.example/log", size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    theirs = other.Checkpoint.read(checkpoint.text())
    assert (theirs.size, theirs.root) == (size, root)
