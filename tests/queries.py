"""How many statements a page or an API list costs: recorded in queries.txt, re-recorded on purpose.

    RECORD=1 .venv/bin/pytest -n 0 tests/doors/test_queries.py     writes what was counted; read the difference before you commit it

Savepoints and the like are left out: they come from the test's own transaction.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).with_suffix(".txt")
RECORDS = os.environ.get("RECORD") == "1"
HOUSEKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
MAX = 12


@dataclass
class Counted:
    """What was asked of the database inside the block."""

    statements: list[str]

    @property
    def number(self) -> int:
        return len(self.statements)

    def most(self) -> str:
        """Return the tables asked more than once, for whoever looks for a query too many."""
        tables = Counter(found.group(1) for s in self.statements if (found := re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)', s)))
        return ", ".join(f"{table} ×{n}" for table, n in tables.most_common() if n > 1)


def recorded() -> dict[str, int]:
    """Return the recorded numbers."""
    if not FILE.exists():
        return {}
    rows = (line.split() for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {name: int(number) for name, number in rows}


def record(name: str, number: int) -> None:
    """Keep a number, the others staying as they are."""
    rows = recorded() | {name: number}
    head = "# statements of each page and API list, its session included; see queries.py\n"
    FILE.write_text(head + "".join(f"{key} {rows[key]}\n" for key in sorted(rows)), "utf-8")


@contextmanager
def counted() -> Iterator[Counted]:
    """Count the statements of the block."""
    found = Counted([])
    with CaptureQueriesContext(connection) as seen:
        yield found
    found.statements += [row["sql"] for row in seen.captured_queries if not row["sql"].startswith(HOUSEKEEPING)]


@contextmanager
def expected_queries(name: str) -> Iterator[Counted]:
    """Hold the block to the recorded number of statements for `name`; with RECORD=1, record it."""
    with counted() as found:
        yield found
    if RECORDS:
        record(name, found.number)
        return
    known = recorded()
    assert name in known, f"{name} has no baseline: it costs {found.number}; record it with RECORD=1"
    assert found.number == known[name], f"{name} costs {found.number}, recorded {known[name]}; asked more than once: {found.most()}"
