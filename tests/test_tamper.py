"""Any change of a record is found and located: every column of every table of the ledger and of the evidence, edited by hand.

The database's own guards are all taken away first (triggers, checks, foreign keys, indexes), so that what finds the change is the
verifier alone. Each change is made, looked for and taken back; `LINLI_LONG=1` does so with every row instead of the telling ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, models, transaction

from linli.ground.steps import verbs as steps
from linli.help.visits import reads as visits
from linli.journeys import ask, books, confirm
from linli.journeys.corridor import step
from linli.journeys.keep_record import keep_record
from linli.journeys.loops import expire_holds
from linli.kernel.actor import Actor
from linli.kernel.units import Unit
from linli.trust.evidence import keys
from linli.trust.evidence import reads as evidence
from linli.trust.evidence import verbs as evidence_verbs
from linli.value.ledger import verbs as ledger_verbs
from tests.cast import HOME, Street
from tests.lived import asked, booked, leaves, live

LONG = os.environ.get("LINLI_LONG") == "1"
SYSTEM = Actor.system("stock")
# What outsiders signed, and what other logs showed us, stands beside the record, which does not hang on it: an edit of it is found by its own
# signature (src/linli/trust/evidence/tests/test_witnesses.py).
BESIDE = {"witness", "cosignature", "watched", "fork"}
TABLES = [
    model for label in ("ledger", "evidence") for model in apps.get_app_config(label).get_models() if model._meta.model_name not in BESIDE
]
Named = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: what it is called and the new value of the column."""

    name: str
    value: Any


@pytest.fixture
def books_of_a_street(street: Street) -> Street:
    """A street with every kind of row: holds in every state, a reversal, a closed and a never used account, entries that still wait."""
    made = live(street)
    chen = street.actor("chen")
    confirm.correct(chen, made.done_visit, 20, "路上的时间多算了", street.key())
    for need in (made.booked, made.open):
        ask.withdraw(street.actor("li"), need, "", street.key())
    left = booked(street, asked(street, "shopping"), "wu")
    steps.move_clock(to=visits.visit(left).ends_at + timedelta(days=60), speed=0)
    assert expire_holds() >= 1
    with step(SYSTEM, None, "sight.take_stock", {}, place=HOME) as s:
        ledger_verbs.open_account(s, "person:nobody", Unit.MINUTE, kind="book", place=HOME)
        closed = ledger_verbs.open_account(s, "person:gone", Unit.MINUTE, kind="book", place=HOME)
        ledger_verbs.close_account(s, closed)
    leaves(300)
    keep_record()
    steps.move_clock(by=timedelta(minutes=1))
    booked(street, asked(street, "meal"))
    keep_record()
    ask.ask(street.actor("daughter"), ask.AskDraft(service="talk"), street.key())
    return street


@pytest.fixture
def unguarded(books_of_a_street: Street) -> None:
    """Take every guard of the two rooms away; only the verifier is left. Sound before anything is changed."""
    assert books.verify() == []
    assert evidence.verify() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in TABLES:
            table = model._meta.db_table
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
                " AND (conrelid = %s::regclass OR confrelid = %s::regclass)",
                [table, table],
            )
            for of, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {of} DROP CONSTRAINT "{name}"')
        for model in TABLES:
            table = model._meta.db_table
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'u' AND conrelid = %s::regclass", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(
                "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE NOT i.indisprimary AND i.indrelid = %s::regclass",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")


def findings(room: str) -> Named:
    """Return what the verifier of a room names; that the guards are away is no news."""
    if room == "ledger":
        return {(f.table, f.row) for f in books.verify() if f.rule != "guard"}
    return {(f.table, f.row) for f in evidence.verify()}


class TakeBack(Exception):
    """Ends a savepoint so that the change in it is undone."""


def found_after(room: str, sql: str, values: list[Any]) -> Named | None:
    """Make a change, see what is found, take it back; None where primary key or type refuse it."""
    found: Named | None = None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                assert cursor.rowcount >= 1, sql
            found = findings(room)
            raise TakeBack
    except TakeBack:
        return found
    except (IntegrityError, DataError):
        return None


def changes(field: models.Field[Any, Any], old: Any) -> Iterator[Change]:
    """Yield edits of one value, each other than it was."""
    several: list[Change] = []
    match old:
        case None:
            several = [Change("put where nothing stood", put) for put in _made_up(field)]
        case bool():
            several = [Change("turned", not old)]
        case int():
            several = [Change("one more", old + 1), Change("one less", old - 1), Change("none", 0)]
        case str():
            several = [
                Change("longer", old + "x"),
                Change("shorter", old[:-1]),
                Change("a blank", old + " "),
                Change("-", "-"),
                Change("empty", ""),
            ]
            several += [Change("another letter", old.swapcase())]
        case bytes():
            several = (
                [Change("first bit", bytes([old[0] ^ 1]) + old[1:]), Change("last bit", old[:-1] + bytes([old[-1] ^ 128]))] if old else []
            )
            several += [Change("shorter", old[:-1]), Change("longer", old + b"\0"), Change("empty", b"")]
        case datetime():
            several = [Change("a microsecond later", old + timedelta(microseconds=1)), Change("an hour earlier", old - timedelta(hours=1))]
        case UUID():
            several = [Change("another", uuid4()), Change("the next", UUID(int=old.int ^ 1))]
        case list():
            several = [Change("reversed", old[::-1]), Change("cut", old[:-1]), Change("longer", [*old, old[-1] + 1]), Change("empty", [])]
            several += [Change("one twice", [*old[:-1], old[0]]), Change("a hole", [None, *old[1:]])]
        case _:
            raise AssertionError(f"no way to change {field.name}: {old!r}")
    if field.null and old is not None:
        several.append(Change("nothing", None))
    yield from (change for change in several if change.value != old)


def _made_up(field: models.Field[Any, Any]) -> list[Any]:
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    match kind.get_internal_type():
        case "BigIntegerField" | "SmallIntegerField":
            return [0, 7]
        case "CharField" | "TextField":
            return ["x", "-", ""]
        case "BinaryField":
            return [b"x", b""]
        case "DateTimeField":
            return [datetime.fromisoformat("2026-05-11T00:00:00Z")]
        case "UUIDField":
            return [uuid4()]
        case "ArrayField":
            return [[], [1]]
        case other:
            raise AssertionError(f"no value for {other}")


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    """Return the rows to try: the first, the last and one of each make (which columns are empty), or every one in the long run."""
    names = [field.attname for field in model._meta.concrete_fields]
    key = key_of(model)
    every = [{name: plain(row[name]) for name in names} for row in model._default_manager.order_by(*key).values(*names)]
    assert every, model
    if LONG:
        return every
    telling = {(*(value is None for value in row.values()), row.get("state")): row for row in every}
    if model._meta.db_table == "evidence_entry":
        placed = set().union(*(row or [] for row in apps.get_model("evidence", "Tile")._default_manager.values_list("entries", flat=True)))
        telling[("waiting",)] = next(row for row in every if row["id"] not in placed)
    picked = [every[0], every[-1], *telling.values()]
    return [row for n, row in enumerate(picked) if row not in picked[:n]]


def key_of(model: type[models.Model]) -> list[str]:
    pk = model._meta.pk
    assert pk is not None
    return [field.attname for field in getattr(pk, "fields", [])] if pk.name == "pk" else [pk.attname]


def names_of(model: type[models.Model], row: dict[str, Any]) -> Named:
    """Return what a finding may call a row: itself, and for a movement that is gone the accounts whose chain it leaves broken."""
    table, room = model._meta.db_table, model._meta.app_label
    own = "/".join(str(row[name]) for name in key_of(model))
    if room == "ledger":
        return {(table, own)} | {("ledger_account", str(row[side])) for side in ("debit_id", "credit_id") if side in row}
    short = table.removeprefix("evidence_")
    named = {(short, own)}
    if short in {"waiting", "entry"}:
        named |= {("entry", own), ("waiting", own)}
    if short == "tile":
        named |= {("tile", f"{row['level']}/{row['index']}")} | {("entry", str(pk)) for pk in row["entries"] or []}
    return named


def leaf_names(row: dict[str, Any]) -> Named:
    """Return the leaves of a tile, by their numbers."""
    return {("leaf", str(row["index"] * 256 + n)) for n in range(256)} if row.get("level") == 0 else set()


def where_of(model: type[models.Model], row: dict[str, Any]) -> tuple[str, list[Any]]:
    key = key_of(model)
    return " AND ".join(f'"{name}" = %s' for name in key), [row[name] for name in key]


def test_every_column_of_every_table_is_watched(unguarded: None) -> None:
    tried, refused, missed = 0, 0, []
    for model in TABLES:
        for row in rows_of(model):
            where, values = where_of(model, row)
            for field in model._meta.concrete_fields:
                for change in changes(field, row[field.attname]):
                    sql = f'UPDATE {model._meta.db_table} SET "{field.column}" = %s WHERE {where}'
                    found = found_after(model._meta.app_label, sql, [change.value, *values])
                    tried, refused = tried + 1, refused + (found is None)
                    edited = row | {field.attname: change.value}
                    wanted = names_of(model, row) | names_of(model, edited) | leaf_names(row)
                    if found is not None and not found & wanted:
                        missed.append((model._meta.db_table, row[key_of(model)[0]], field.name, change.name, sorted(found)[:3]))
    assert missed == []
    assert tried > 1_000
    assert refused < tried // 20


def test_a_row_that_is_taken_away_is_missed(unguarded: None) -> None:
    for model in TABLES:
        for row in rows_of(model):
            where, values = where_of(model, row)
            found = found_after(model._meta.app_label, f"DELETE FROM {model._meta.db_table} WHERE {where}", values)
            assert found is not None
            wanted = names_of(model, row) | leaf_names(row)
            if model._meta.db_table == "evidence_checkpoint":  # the ones after it stand at a number too high, and are named
                wanted |= {("checkpoint", str(size)) for size in model._default_manager.values_list("size", flat=True)}
            assert found & wanted, (model, row)


OTHER: dict[str, Callable[[Any], Any]] = {
    "UUIDField": lambda _old: uuid4(),
    "BigIntegerField": lambda old: old + 1_000_000,
    "BigAutoField": lambda old: old + 1_000_000,
}


def test_a_row_that_is_put_in_is_found(unguarded: None) -> None:
    for model in TABLES:
        key = key_of(model)[-1]
        field = model._meta.get_field(key)
        for row in rows_of(model):
            copied = row | {key: OTHER[field.get_internal_type()](row[key])}
            columns = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
            marks = ", ".join(["%s"] * len(model._meta.concrete_fields))
            sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})"
            found = found_after(model._meta.app_label, sql, [copied[f.attname] for f in model._meta.concrete_fields])
            assert found is not None
            assert found & names_of(model, copied), (model, copied, found)


ORDER = {
    "ledger_hold": "seq", "ledger_transfer": "seq", "ledger_account": "head", "evidence_checkpoint": "number", "evidence_tile": "hashes",
    "evidence_entry": "salt",
}  # fmt: skip


@pytest.mark.parametrize("table", ORDER)
def test_rows_that_change_places_are_found(unguarded: None, table: str) -> None:
    model = next(m for m in TABLES if m._meta.db_table == table)
    column, key = ORDER[table], key_of(model)[-1]
    rows = [row for row in rows_of(model) if row.get("level", 0) == 0]
    first, second = rows[0], next(row for row in rows[1:] if row[column] != rows[0][column])
    sql = f'UPDATE {table} SET "{column}" = CASE "{key}" WHEN %s THEN %s::{ {"number": "bigint", "seq": "bigint"}.get(column, "bytea") } ELSE %s END WHERE "{key}" IN (%s, %s)'
    sql += " AND level = 0" if table == "evidence_tile" else ""
    values = [first[key], second[column], first[column], first[key], second[key]]
    found = found_after(model._meta.app_label, sql, values)
    assert found is not None
    assert found & (names_of(model, first) | leaf_names(first))
    assert found & (names_of(model, second) | leaf_names(second))


def test_the_key_and_what_was_signed_last_are_watched(books_of_a_street: Street) -> None:
    last = keys._path(keys.LAST_NAME)
    good = last.read_text()
    last.write_text(good.replace("— ", "— x", 1))
    assert ("key", "evidence") in findings("evidence")
    with pytest.raises(evidence_verbs.LogBroken):
        evidence_verbs.publish(datetime.fromisoformat("2026-09-01T00:00:00Z"))
    last.write_text(good)
    assert findings("evidence") == set()
