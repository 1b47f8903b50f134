"""Canonical bytes: one value, one spelling, so that a hash means the same on every machine and in ten years."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = b"linli.canon.v1\n"


def _check(value: Any) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"canonical keys are text, not {type(key).__name__}")
            _check(inner)
        return
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for inner in value:
            _check(inner)
        return
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical(value: Any) -> bytes:
    """Return version-1 canonical bytes of a tree of text, whole numbers, booleans, None, lists and text-keyed maps.

    The form is JSON with sorted keys, no blanks, UTF-8, behind a version line. Raises TypeError for floats and anything else.
    """
    _check(value)
    return PREFIX + json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of `canonical(value)` in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
