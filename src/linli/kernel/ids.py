"""Identifiers: time-ordered UUIDs, unguessable tokens, numbers people can read out."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

# No 0 O 1 I L U: a number is read out over the phone by people with weak eyes.
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_bits: list[Callable[[int], int]] = [secrets.randbits]


def new_id(now: datetime) -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7) whose first 48 bits are `now` in milliseconds."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | _bits[0](12) << 64 | 0b10 << 62 | _bits[0](62)
    return UUID(int=value)


def repeat_ids(seed: int) -> None:
    """Draw the ids of this process from `seed` from now on, so that the same run of made-up people comes out the same to the last one.

    Only for a process whose database is thrown away: whoever knows the seed can guess every id. Tokens stay unguessable.
    """
    _bits[0] = random.Random(seed).getrandbits  # noqa: S311 — ids of a trial, on purpose


def new_token(size_bytes: int = 24) -> str:
    """Return an unguessable URL-safe token of `size_bytes` random bytes."""
    return secrets.token_urlsafe(size_bytes)


def readable(value: int, width: int = 6) -> str:
    """Return `value` in a 30-letter alphabet without look-alikes, at least `width` long, e.g. for a need's number."""
    if value < 0:
        raise ValueError("readable: value must not be negative")
    digits = []
    while value:
        value, rest = divmod(value, len(READABLE))
        digits.append(READABLE[rest])
    text = "".join(reversed(digits)).rjust(width, READABLE[0])
    return f"{text[:-3]}-{text[-3:]}"
