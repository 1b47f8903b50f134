"""Raw SQL for tests of what the database itself refuses, whatever a program does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction


def run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement; return its rows where it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def refused(says: str) -> Iterator[None]:
    """Expect the database to refuse what is done inside, naming `says` (a constraint or a trigger's sentence); the test goes on."""
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        yield


def cells(table: str) -> str:
    """Return everything that stands in a table as one text, bytes in hexadecimal and as the letters they spell."""
    rows = run(f"SELECT to_jsonb(t)::text FROM {table} t")
    spelled = [bytes.fromhex(part).decode("utf-8", "ignore") for (row,) in rows for part in row.split("\\\\x")[1:] for part in [_hex(part)]]
    return "\n".join([*(row for (row,) in rows), *spelled])


def _hex(text: str) -> str:
    end = next((i for i, char in enumerate(text) if char not in "0123456789abcdef"), len(text))
    return text[: end // 2 * 2]
