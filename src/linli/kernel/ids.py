"""Identifiers: time-ordered UUIDs, unguessable tokens, numbers people can read out."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

# No 0 O 1 I L U: a number is read out over the phone by people with weak eyes.
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(now: datetime) -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7) whose first 48 bits are `now` in milliseconds."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


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
