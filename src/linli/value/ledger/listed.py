"""Every transfer of a place and span: as rows for a table, as pages for the office, as plain text for other people's checkers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from linli.kernel.errors import NotFound
from linli.kernel.units import Unit
from linli.value.ledger.core import plaintext
from linli.value.ledger.core.plaintext import Cut, Line, Sheet, Tongue
from linli.value.ledger.models import Account, Transfer
from linli.value.ledger.reads import snapshot

CHUNK = 5_000
BEIJING = timezone(timedelta(hours=8))
PLAIN = tuple(tongue.value for tongue in Tongue)  # the kinds of plain text that `book` writes
COLUMNS = (
    "seq", "transfer", "occurred_at", "recorded_at", "unit", "amount", "reason", "about", "from_place", "from_kind", "from_account", "from_after",
    "to_place", "to_kind", "to_account", "to_after", "reverses",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One transfer with both its accounts; `amount` and what each stood at afterwards in `unit`. Accounts are opaque ids."""

    seq: int
    id: UUID
    occurred_at: datetime
    recorded_at: datetime
    unit: Unit
    amount: int
    reason: str
    about: str
    debit: UUID
    debit_place: str
    debit_kind: str
    debit_after: int
    credit: UUID
    credit_place: str
    credit_kind: str
    credit_after: int
    reverses: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transfers: those that touch an account at `place` or below ('' is everywhere), recorded on the days [start, end) in China."""

    place: str
    start: date
    end: date
    reason: str = ""
    unit: Unit | None = None
    amount_min: int = 1


_FIELDS = (
    "seq", "id", "occurred_at", "recorded_at", "unit", "amount", "reason", "about", "debit_id", "debit__place_code", "debit__kind", "debit_after",
    "credit_id", "credit__place_code", "credit__kind", "credit_after", "reverses_id",
)  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _rows(wanted: Wanted) -> QuerySet[Transfer]:
    rows = Transfer.objects.filter(
        recorded_at__gte=_midnight(wanted.start), recorded_at__lt=_midnight(wanted.end), amount__gte=wanted.amount_min
    )
    if wanted.place:
        rows = rows.filter(Q(debit__place_code__startswith=wanted.place) | Q(credit__place_code__startswith=wanted.place))
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    return rows.filter(unit=wanted.unit.value) if wanted.unit else rows


def _listed(values: tuple[Any, ...]) -> Listed:
    seq, pk, occurred_at, recorded_at, unit, *rest = values
    return Listed(seq, pk, occurred_at, recorded_at, Unit(unit), *rest)


def page(wanted: Wanted, *, before: int | None = None, limit: int = 50) -> tuple[Listed, ...]:
    """Return the transfers wanted that were recorded last; the next page begins `before` the last row's `seq`.

    Two queries, one for the first page. Raises NotFound for a `seq` that is no transfer's.
    """
    rows = _rows(wanted)
    if before is not None:
        at = Transfer.objects.filter(seq=before).values_list("recorded_at", flat=True).first()
        if at is None:
            raise NotFound
        rows = rows.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, seq__lt=before))
    return tuple(_listed(values) for values in rows.order_by("-recorded_at", "-seq").values_list(*_FIELDS)[:limit])


def every(wanted: Wanted) -> Iterator[Listed]:
    """Yield the transfers wanted in the order they were recorded, some thousands in memory at once."""
    for values in _rows(wanted).order_by("recorded_at", "seq").values_list(*_FIELDS).iterator(chunk_size=CHUNK):
        yield _listed(values)


def table(wanted: Wanted) -> Iterator[tuple[str | int | datetime | None, ...]]:
    """Yield the transfers wanted as rows in the order of COLUMNS."""
    for row in every(wanted):
        yield (
            row.seq, str(row.id), row.occurred_at, row.recorded_at, row.unit.value, row.amount, row.reason, row.about, row.debit_place,
            row.debit_kind, str(row.debit), row.debit_after, row.credit_place, row.credit_kind, str(row.credit), row.credit_after,
            str(row.reverses) if row.reverses else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Total:
    """How many transfers, and what they move in all, in the unit asked for."""

    count: int
    amount: int


def total(wanted: Wanted) -> Total:
    """Return the count and sum of the transfers wanted; one query. Raises ValueError where no unit was named: units do not add up."""
    if wanted.unit is None:
        raise ValueError("units do not add up")
    found = _rows(wanted).aggregate(n=Count("pk"), amount=Sum("amount"))
    return Total(found["n"], int(found["amount"] or 0))


def reasons(wanted: Wanted) -> tuple[str, ...]:
    """Return the reason codes that occur among the transfers wanted, whatever reason was asked for."""
    rows = _rows(Wanted(wanted.place, wanted.start, wanted.end))
    return tuple(rows.order_by("reason").values_list("reason", flat=True).distinct())


_LINE = (
    "id",
    "seq",
    "recorded_at",
    "debit_id",
    "credit_id",
    "unit",
    "amount",
    "debit_after",
    "credit_after",
    "reason",
    "about",
    "reverses_id",
)


def _line(values: tuple[Any, ...]) -> Line:
    pk, seq, at, *rest = values
    return Line(pk, seq, at.astimezone(BEIJING).date(), *rest)


def book(tongue: str, place: str, start: date, end: date, title: str) -> Iterator[str]:
    """Yield the book of a place for [start, end) as lines of a Beancount or hledger file.

    All accounts at the place and those their transfers touch are in it, with what stood in them before and after. Of an account of
    elsewhere the file has what it exchanged with this place on these days. Reads the place's transfers from the first one on, at one
    moment of the database. Raises ValueError for an unknown tongue.
    """
    with snapshot():
        rows = Transfer.objects.filter(Q(debit__place_code__startswith=place) | Q(credit__place_code__startswith=place))
        found = plaintext.cut(map(_line, rows.order_by("seq").values_list(*_LINE).iterator(chunk_size=CHUNK)), start, end)
        sheets = _sheets(place, found)
    yield from plaintext.written(Tongue(tongue), title, sheets, found.lines, start, end)


def _sheets(place: str, found: Cut) -> tuple[Sheet, ...]:
    touched = {account for line in found.lines for account in (line.debit, line.credit)}
    sheets = []
    for pk, unit, kind, floor, code in (
        Account.objects.order_by("pk").values_list("pk", "unit", "kind", "floor", "place_code").iterator(CHUNK)
    ):
        here, after = code.startswith(place), found.after.get(pk, 0)
        before = found.before.get(pk, 0)
        if here:
            sheets.append(Sheet(pk, unit, kind, floor is None, True, before, after))
        elif pk in touched:
            sheets.append(Sheet(pk, unit, kind, floor is None, False, 0, after - before))
    return tuple(sheets)
