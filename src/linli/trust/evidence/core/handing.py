"""What a log hands to a witness, and what a witness reads (C2SP tlog-witness): an old size, a consistency proof, a checkpoint. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from linli.trust.evidence.core.notes import NoteBroken, decode, encode, text_of
from linli.trust.evidence.core.tree import HASH_BYTES

PATH_MAX = 63
BODY_BYTES_MAX = 64_000
OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")


class Unreadable(NoteBroken):
    """What was handed in is no checkpoint with a proof, whoever signed it."""


def number_of(origin: str) -> str:
    """Return what a log is filed under at a witness: SHA-256 of its origin, in hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def written(old: int, path: Sequence[bytes], note: str) -> bytes:
    """Return what is handed in: `old SIZE`, the hashes of the proof, an empty line, the checkpoint."""
    return "".join([f"old {old}\n", *(f"{encode(step)}\n" for step in path), "\n", note]).encode()


def read(body: bytes) -> tuple[int, list[bytes], str]:
    """Return (old size, proof, checkpoint) of what was handed in. Raises Unreadable."""
    try:
        head, gap, note = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        old, path = OLD.fullmatch(first), [decode(line) for line in lines]
        text_of(note)
    except (UnicodeDecodeError, NoteBroken) as error:
        raise Unreadable(str(error)) from None
    if old is None or not gap or len(path) > PATH_MAX or any(len(step) != HASH_BYTES for step in path):
        raise Unreadable("not a checkpoint handed in")
    return int(old[1]), path, note


def size_said(text: str) -> int | None:
    """Return the size that a witness saw last, out of its answer 409; None where it says none: then it will not sign at all."""
    found = SIZE.fullmatch(text)
    return int(found[1]) if found else None
