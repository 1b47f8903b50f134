"""The log's test room: entries in the fixed cast's words, edits behind the triggers' back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel.step import Payload
from linli.trust.evidence import verbs
from linli.trust.evidence.core.entries import QueuedEntry

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COMMUNITY = "440104001001"
LI, WANG = UUID(int=0x11), UUID(int=0x22)  # 李奶奶 asks, 小王 helps
VISIT = UUID(int=0x77)
TABLES = ("entry", "waiting", "tile", "checkpoint")


def rows(count: int, *, first: int = 0) -> list[QueuedEntry]:
    """Return `count` entries without a ref."""
    return [
        QueuedEntry("need:opened", COMMUNITY, {"need": str(UUID(int=n)), "urgent": n % 7 == 0}, NOW + timedelta(seconds=n), NOW)
        for n in range(first, first + count)
    ]


def visit_rows(visit: UUID = VISIT) -> list[QueuedEntry]:
    """Return the life of one visit."""
    ref, said = f"visit:{visit}", {"visit": str(visit)}
    steps: list[tuple[str, Payload]] = [
        ("visit:booked", {**said, "need": str(UUID(int=0x33)), "helper": str(WANG)}),
        ("visit:checked_in", {**said, "grade": "code"}),
        ("visit:checked_out", {**said, "minutes": 45}),
        ("visit:confirmed", {**said, "minutes": 45, "by": ["helper", "asker"]}),
        ("ledger:hold:posted", {**said, "minutes_posted": 45, "transfer": str(UUID(int=0x44))}),
    ]
    return [QueuedEntry(kind, COMMUNITY, payload, NOW + timedelta(minutes=n), NOW, ref) for n, (kind, payload) in enumerate(steps)]


def drain(batch_max: int = 1_000) -> int:
    """Integrate until nothing waits; return how many leaves came."""
    total = 0
    while done := verbs.integrate(batch_max=batch_max):
        total += done
    return total


@contextmanager
def behind_the_back() -> Iterator[Callable[..., list[tuple[object, ...]]]]:
    """Run SQL as somebody who owns the database and switches the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("".join(f"ALTER TABLE evidence_{t} DISABLE TRIGGER USER;" for t in TABLES))

        def run(sql: str, params: list[Any] | None = None) -> list[tuple[object, ...]]:
            cursor.execute(sql, params)
            return list(cursor.fetchall()) if cursor.description else []

        yield run
        cursor.execute("".join(f"ALTER TABLE evidence_{t} ENABLE TRIGGER USER;" for t in TABLES))
