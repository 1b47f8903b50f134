"""Counting facts of files with DuckDB: one statement for every measure, remembered, since files never change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb

from linli.sight.facts import counted  # noqa: F401 — registers the measures
from linli.sight.facts.asking import behind, statement
from linli.sight.facts.core import FactKind
from linli.sight.facts.measures import MEASURES

KEPT = 128  # counted tables kept in memory; one of a district and month is some hundred kilobytes
BATCH = 10_000  # rows of an export in memory at once
DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted: files, the subtree, the days [start, end), at which level (None: at all), by month or as a whole."""

    files: tuple[str, ...]
    place: str
    start: date
    end: date
    digits: int | None
    monthly: bool = False
    only: tuple[str, ...] = ()  # the measures that are wanted; none: all


# One for each process: the threads of a database stay behind in a fork, and whoever asks it there waits for ever.
_OPENED: dict[int, duckdb.DuckDBPyConnection] = {}


def _database() -> duckdb.DuckDBPyConnection:
    own = _OPENED.get(os.getpid())
    if own is None:
        own = _OPENED[os.getpid()] = duckdb.connect()
    return own


def _asked(asked: Asked, text: str) -> duckdb.DuckDBPyConnection:
    """Run a statement over the rows that are asked for, as a table `facts`; return the cursor to fetch from."""
    if not set(asked.place) <= DIGITS:
        raise ValueError("a place is digits")
    files = ", ".join("'{}'".format(path.replace("'", "''")) for path in asked.files)
    held = f"day >= DATE '{asked.start.isoformat()}' AND day < DATE '{asked.end.isoformat()}' AND starts_with(place, '{asked.place}')"
    # A cursor is a connection of its own to the same memory: threads do not meet.
    cursor = _database().cursor()
    cursor.execute(f"CREATE TEMP VIEW facts AS SELECT * FROM read_parquet([{files}]) WHERE {held}")  # noqa: S608 — digits, days, our paths
    return cursor.execute(text)


def _columns(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description or ())


@lru_cache(maxsize=KEPT)
def count(asked: Asked) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Return every measure per (place, month); the month is '' where not asked for. No files count nothing."""
    if not asked.files or asked.start >= asked.end:
        return {}
    result = _asked(asked, statement(asked.digits, asked.monthly, asked.only))
    names = _columns(result)
    keys = 2 if asked.monthly else 1
    return {(row[0], row[1] if asked.monthly else ""): dict(zip(names[keys:], row[keys:], strict=True)) for row in result.fetchall()}


def facts_behind(asked: Asked, measures: tuple[str, ...], *, after: int, limit: int) -> tuple[int, ...]:
    """Return the numbers of the facts that any of `measures` counts, ascending, those above `after`, at most `limit`."""
    if not asked.files or not measures:
        return ()
    registers = any(FactKind.STOCK.value in MEASURES[name].kinds for name in measures)
    return tuple(row[0] for row in _asked(asked, behind(measures, registers=registers, after=after, limit=limit)).fetchall())


def rows(asked: Asked) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """Return the columns and, some at a time, the rows of the frozen facts themselves, in the order of their numbers."""
    if not asked.files:
        return (), iter(())
    cursor = _asked(asked, "SELECT * FROM facts ORDER BY fact")
    return _columns(cursor), _some_at_a_time(cursor)


def _some_at_a_time(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(BATCH):
        yield from batch


def empty() -> dict[str, int]:
    """Return a row in which nothing was counted."""
    return dict.fromkeys(MEASURES, 0)
