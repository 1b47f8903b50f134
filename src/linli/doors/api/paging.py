"""Cursor pages: a page, and the cursor of the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from linli.kernel.errors import Refusal, Refused

SIZE = 50
Row = TypeVar("Row")


def page(rows: Sequence[Row], shown: Callable[[Row], dict[str, Any]], cursor: Callable[[Row], object], size: int = SIZE) -> dict[str, Any]:
    """Return the page of `rows`, of which one more than `size` was read: it tells whether another page follows."""
    kept = rows[:size]
    return {"items": [shown(row) for row in kept], "next": str(cursor(kept[-1])) if len(rows) > size else None}


def id_cursor(text: str, field: str = "before") -> UUID | None:
    """Return the id a cursor stands for, None for ''. Raises Refused(INPUT_INVALID)."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


def number_cursor(text: str, field: str = "before") -> int | None:
    """Return the number a cursor stands for, None for ''. Raises Refused(INPUT_INVALID)."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Refused(Refusal.INPUT_INVALID, field=field)
    return int(text)
