"""Bring the built-in tree into the table: by COPY into an empty one, by comparison into one that is in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.copy import QueuedLibpqWriter

from linli.ground.places.builtin import Block

Progress = Callable[[int, int], None]
TABLE = "places_place"
LOAD_LOCK = 0x6C696E6C69_01  # advisory lock: one load at a time
LOCK_SECONDS_MAX = 30
NATION_NAME = ("全国", "quanguo", "qg")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a load changed, in rows."""

    added: int
    renamed: int
    closed: int
    reopened: int


def lock() -> None:
    """Let one load run at a time; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])


def put_nation() -> None:
    """Make the row of the nation, '', where it is missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_place (code, name, pinyin, initials) VALUES ('', %s, %s, %s) ON CONFLICT DO NOTHING", [*NATION_NAME]
        )


def is_empty() -> bool:
    """Tell whether no place but the nation is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM places_place WHERE code > '')")
        return bool(cursor.fetchone()[0])


def fill(blocks: Iterable[Block], *, total: int, progress: Progress | None) -> Compared:
    """Fill the empty table with the nation and `blocks`. `progress(done, total)` is called between blocks."""
    with _bare_table():
        # Rows that nobody could have seen before this transaction are written frozen: no second write of the pages later.
        done = _copy("COPY places_place (code, name, pinyin, initials) FROM STDIN (FREEZE)", blocks, total=total, progress=progress)
        put_nation()
    return Compared(done, 0, 0, 0)


def _copy(statement: str, blocks: Iterable[Block], *, total: int, progress: Progress | None) -> int:
    done = 0
    with connection.cursor() as cursor:
        # The queued writer sends from a thread of its own: the server works on one block while the next is made here.
        writer: Any = QueuedLibpqWriter(cursor.cursor)
        copying: Any = cursor.copy(statement, writer=writer)
        with copying as copy:
            for block in blocks:
                # The names hold no tab, line end or backslash: the build checks it.
                copy.write("\n".join(map("\t".join, block.rows())) + "\n")
                done += len(block.codes)
                if progress is not None:
                    progress(done, total)
    return done


@contextmanager
def _bare_table() -> Iterator[None]:
    """Empty the table, take its indexes (but for its key) and foreign keys off for the block, and put the very same ones back.

    Filling 665,276 rows into living indexes takes a minute, building them afterwards a few seconds. The table is locked until the
    transaction ends. Raises OperationalError where others hold it for more than 30 seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS_MAX}s'")
        cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = 'places_place'::regclass AND NOT i.indisprimary ORDER BY c.relname"
        )
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'places_place'::regclass AND contype = 'f' ORDER BY conname"
        )
        keys = cursor.fetchall()
        for name, _ in keys:
            cursor.execute(f'ALTER TABLE {TABLE} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(f"TRUNCATE {TABLE}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in keys:
            cursor.execute(f'ALTER TABLE {TABLE} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute(f"ANALYZE {TABLE}")


_INCOMING = """
    CREATE TEMPORARY TABLE incoming (
        code varchar(24) COLLATE "C" NOT NULL, name varchar(80) COLLATE "C" NOT NULL,
        pinyin varchar(480) COLLATE "C" NOT NULL, initials varchar(80) COLLATE "C" NOT NULL) ON COMMIT DROP"""
_CLOSE = """
    WITH gone AS (
        UPDATE places_place p SET valid_until = GREATEST(%(as_of)s::date, p.valid_from)
        WHERE p.level BETWEEN 1 AND 5 AND p.valid_until IS NULL AND NOT EXISTS (SELECT FROM incoming i WHERE i.code = p.code)
        RETURNING p.code, p.name)
    INSERT INTO places_placechange (code, kind, old, new, occurred_on, recorded_at, actor_ref)
    SELECT code, 'closed', name, '', %(as_of)s, %(now)s, %(actor)s FROM gone"""
_REOPEN = """
    UPDATE places_place p SET valid_until = NULL FROM incoming i
    WHERE i.code = p.code AND p.valid_until IS NOT NULL AND p.merged_into IS NULL"""
# A name that a person gave here stays.
_RENAME = """
    WITH other AS (
        SELECT p.code, p.name AS old, i.name, i.pinyin, i.initials FROM places_place p JOIN incoming i ON i.code = p.code
        WHERE i.name <> p.name AND NOT EXISTS (
            SELECT FROM places_placechange c WHERE c.code = p.code AND c.kind = 'renamed' AND c.actor_ref LIKE 'person:%%')),
    renamed AS (
        UPDATE places_place p SET name = o.name, pinyin = o.pinyin, initials = o.initials FROM other o WHERE p.code = o.code)
    INSERT INTO places_placechange (code, kind, old, new, occurred_on, recorded_at, actor_ref)
    SELECT code, 'renamed', old, name, %(as_of)s, %(now)s, %(actor)s FROM other"""
_ADD = """
    INSERT INTO places_place (code, name, pinyin, initials)
    SELECT i.code, i.name, i.pinyin, i.initials FROM incoming i
    WHERE NOT EXISTS (SELECT FROM places_place p WHERE p.code = i.code) ORDER BY i.code"""


@contextmanager
def _incoming(
    blocks: Iterable[Block], *, total: int, progress: Progress | None
) -> Iterator[Callable[[str, dict[str, str | datetime]], int]]:
    """Hold `blocks` in the temporary table `incoming`; give a function that runs a statement against it and returns the rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        _copy("COPY incoming (code, name, pinyin, initials) FROM STDIN", blocks, total=total, progress=progress)
        cursor.execute("CREATE UNIQUE INDEX ON incoming (code)")
        cursor.execute("ANALYZE incoming")

        def ran(statement: str, facts: dict[str, str | datetime]) -> int:
            cursor.execute(statement, facts)
            return int(cursor.rowcount)

        yield ran
        cursor.execute("DROP TABLE incoming")
        cursor.execute(f"ANALYZE {TABLE}")


def compare_in(blocks: Iterable[Block], *, as_of: str, now: datetime, actor_ref: str, total: int, progress: Progress | None) -> Compared:
    """Bring a table in use to the state of `blocks`: add, rename, close what ceased at `as_of` (ISO date), reopen what came back.

    Nothing is deleted; what hangs below a closed place stays where it is.
    """
    put_nation()
    facts: dict[str, str | datetime] = {"as_of": as_of, "now": now, "actor": actor_ref}
    with _incoming(blocks, total=total, progress=progress) as ran:
        return Compared(*(ran(statement, facts) for statement in (_ADD, _RENAME, _CLOSE, _REOPEN)))


def add_missing(blocks: Iterable[Block], *, total: int, progress: Progress | None) -> Compared:
    """Add those of `blocks` that are not there; what is there stays as it is."""
    put_nation()
    with _incoming(blocks, total=total, progress=progress) as ran:
        return Compared(ran(_ADD, {}), 0, 0, 0)
