"""The book as plain text for other people's checkers: Beancount and hledger. Pure.

Signs are the book-keepers' own: the debited account gets the amount, the credited one loses it, so a time book that holds hours stands
below zero among the liabilities, and what the pools issued stands against it in equity. Every transfer says what both accounts came to
by it; an edited line then breaks a sum or a stated balance, and the checker names the line.

Syntax: Beancount Language Syntax (v3) and hledger's journal format (1.25 and newer).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Tongue(StrEnum):
    """Whose file."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


@dataclass(frozen=True, slots=True)
class Sheet:
    """An account in the file: what stood in it before the first day and after the last, credits less debits, in `unit`.

    Of an account that is not of `here` the file has only what it exchanged with this place, so what it came to by each is not said.
    """

    id: UUID
    unit: str
    kind: str
    issuing: bool  # without a floor: a pool that may owe without end
    here: bool
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Line:
    """A transfer in the file: `amount` moves from `debit` to `credit`, which then stand at `debit_after` and `credit_after`."""

    id: UUID
    seq: int
    day: date
    debit: UUID
    credit: UUID
    unit: str
    amount: int
    debit_after: int
    credit_after: int
    reason: str
    about: str
    reverses: UUID | None


class _Writer(Protocol):
    def head(self, title: str, sheets: Sequence[Sheet], first: date) -> Iterator[str]: ...
    def entry(self, line: Line) -> Iterator[str]: ...
    def foot(self, sheets: Sequence[Sheet], end: date) -> Iterator[str]: ...


def written(tongue: Tongue, title: str, sheets: Sequence[Sheet], lines: Iterable[Line], first: date, end: date) -> Iterator[str]:
    """Yield the file line by line, without line breaks: accounts and opening balances on `first`, transfers in order, what stands on `end`.

    `lines` come in the book's order; `end` is the day after the last. Raises ValueError where days run backwards or a line names an
    account that is no sheet.
    """
    names = {sheet.id: _name(sheet) for sheet in sheets}
    here = frozenset(sheet.id for sheet in sheets if sheet.here)
    writer: _Writer = _Beancount(names, here) if tongue is Tongue.BEANCOUNT else _Hledger(names, here)
    yield from writer.head(title, sheets, first)
    last = first
    for line in lines:
        if not last <= line.day < end:
            raise ValueError(f"transfer {line.id} stands on {line.day}, after {last} or beyond {end}")
        if not {line.debit, line.credit} <= names.keys():
            raise ValueError(f"transfer {line.id} names an account that is not in the file")
        last = line.day
        yield from writer.entry(line)
    yield from writer.foot(sheets, end)


@dataclass(frozen=True, slots=True)
class Cut:
    """A span of the book: its lines by day and number, and each account's sum (credits less debits) before it and by its end."""

    lines: tuple[Line, ...]
    before: Mapping[UUID, int]
    after: Mapping[UUID, int]


def cut(lines: Iterable[Line], start: date, end: date) -> Cut:
    """Return what falls on [start, end) of the whole book's `lines`, given in its order.

    A line is put off to the day of the line before it on the same account where it stands on an earlier one: two steps that met at
    midnight may have been numbered the other way round, and an account's days must run as its balances do.
    """
    last: dict[UUID, date] = {}
    before: dict[UUID, int] = {}
    after: dict[UUID, int] = {}
    within = []
    for line in lines:
        day = max(line.day, last.get(line.debit, line.day), last.get(line.credit, line.day))
        last[line.debit] = last[line.credit] = day
        if day >= end:
            continue
        for sums in (before, after) if day < start else (after,):
            sums[line.debit] = sums.get(line.debit, 0) - line.amount
            sums[line.credit] = sums.get(line.credit, 0) + line.amount
        if day >= start:
            within.append(replace(line, day=day))
    return Cut(tuple(sorted(within, key=lambda line: (line.day, line.seq))), before, after)


def _name(sheet: Sheet) -> str:
    root = "Equity" if sheet.issuing else "Liabilities"
    return f"{root}:{sheet.unit.capitalize()}:{sheet.kind.capitalize().replace('_', '-')}:{str(sheet.id).upper()}"


def _plain(about: str) -> str:
    # What ends a text in one of the two files; references of ours hold neither.
    return about.replace('"', "'").replace(";", ",")


def _units(sheets: Iterable[Sheet]) -> list[str]:
    return sorted({sheet.unit for sheet in sheets})


def _sides(line: Line) -> tuple[tuple[UUID, int, int], tuple[UUID, int, int]]:
    """Return (account, amount, what it then stands at) of both sides, in the signs of the file."""
    return (line.debit, line.amount, -line.debit_after), (line.credit, -line.amount, -line.credit_after)


def _opened(sheets: Sequence[Sheet]) -> dict[str, int]:
    """Return what stood in the file's accounts of each unit before the first day; it is owed to the rest of the book."""
    rest = dict.fromkeys(_units(sheets), 0)
    for sheet in sheets:
        rest[sheet.unit] += sheet.before
    return rest


@dataclass(frozen=True, slots=True)
class _Beancount:
    names: dict[UUID, str]
    here: frozenset[UUID]

    def head(self, title: str, sheets: Sequence[Sheet], first: date) -> Iterator[str]:
        yield f"; {title}"
        yield f'option "title" "{title}"'
        for unit in _units(sheets):
            yield f'option "operating_currency" "{unit.upper()}"'
            yield f"{first} open Equity:{unit.capitalize()}:Before {unit.upper()}"
        for sheet in sheets:
            yield f"{first} open {self.names[sheet.id]} {sheet.unit.upper()}"
        for unit, rest in _opened(sheets).items():
            yield f'{first} * "what stood before"'
            for sheet in sheets:
                if sheet.unit == unit and sheet.before:
                    yield f"  {self.names[sheet.id]}  {-sheet.before} {unit.upper()}"
            yield f"  Equity:{unit.capitalize()}:Before  {rest} {unit.upper()}"

    def entry(self, line: Line) -> Iterator[str]:
        yield f'{line.day} * "{line.reason}" "{_plain(line.about)}"'
        yield f'  transfer: "{line.id}"'
        if line.reverses is not None:
            yield f'  reverses: "{line.reverses}"'
        for account, amount, after in _sides(line):
            yield f"  {self.names[account]}  {amount} {line.unit.upper()}"
            if account in self.here:
                yield f"    after: {after}"

    def foot(self, sheets: Sequence[Sheet], end: date) -> Iterator[str]:
        # Beancount balances are those of the morning: on `end` everything before it has happened.
        for sheet in sheets:
            yield f"{end} balance {self.names[sheet.id]}  {-sheet.after} {sheet.unit.upper()}"


@dataclass(frozen=True, slots=True)
class _Hledger:
    names: dict[UUID, str]
    here: frozenset[UUID]

    def head(self, title: str, sheets: Sequence[Sheet], first: date) -> Iterator[str]:
        yield f"; {title}"
        for unit in _units(sheets):
            yield f"commodity 1000. {unit.upper()}"
            yield f"account Equity:{unit.capitalize()}:Before"
        for sheet in sheets:
            yield f"account {self.names[sheet.id]}"
        for unit, rest in _opened(sheets).items():
            yield f"{first} * before | what stood before"
            for sheet in sheets:
                if sheet.unit == unit and sheet.before:
                    yield f"    {self.names[sheet.id]}  {-sheet.before} {unit.upper()}"
            yield f"    Equity:{unit.capitalize()}:Before  {rest} {unit.upper()}"

    def entry(self, line: Line) -> Iterator[str]:
        undone = f", reverses:{line.reverses}" if line.reverses is not None else ""
        yield f"{line.day} * {line.reason} | {_plain(line.about)}  ; transfer:{line.id}{undone}"
        for account, amount, after in _sides(line):
            stated = f" = {after} {line.unit.upper()}" if account in self.here else ""
            yield f"    {self.names[account]}  {amount} {line.unit.upper()}{stated}"

    def foot(self, sheets: Sequence[Sheet], end: date) -> Iterator[str]:
        for unit in _units(sheets):
            yield f"{end} * before | what stands"
            for sheet in sheets:
                if sheet.unit == unit:
                    yield f"    {self.names[sheet.id]}  0 {unit.upper()} = {-sheet.after} {unit.upper()}"
