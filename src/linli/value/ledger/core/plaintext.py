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


def written(tongue: Tongue, title: str, sheets: Sequence[Sheet], lines: Iterable[Line], first: date, end: date) -> Iterator[str]:
    """Yield the file line by line, without line breaks: accounts and opening balances on `first`, transfers in order, what stands on `end`.

    `lines` come in the book's order; `end` is the day after the last. Raises ValueError where days run backwards or a line names an
    account that is no sheet.
    """
    form = _FORMS[tongue]
    names = {sheet.id: _name(sheet) for sheet in sheets}
    here = frozenset(sheet.id for sheet in sheets if sheet.here)
    yield f"; {title}"
    declared = [(_before(unit), unit) for unit in _units(sheets)] + [(names[s.id], s.unit) for s in sheets]
    yield from form.opened([(first, account, unit) for account, unit in declared])
    for unit, rest in _owed(sheets).items():
        yield form.entry(first, "before", "what stood before")
        for sheet in sheets:
            if sheet.unit == unit and sheet.before:
                yield from form.posting(names[sheet.id], -sheet.before, unit)
        yield from form.posting(_before(unit), rest, unit)
    last = first
    for line in lines:
        if not last <= line.day < end:
            raise ValueError(f"transfer {line.id} stands on {line.day}, after {last} or beyond {end}")
        if not {line.debit, line.credit} <= names.keys():
            raise ValueError(f"transfer {line.id} names an account that is not in the file")
        last = line.day
        yield form.entry(line.day, line.reason, _plain(line.about))
        yield from form.marked(line)
        for account, amount, after in _sides(line):
            yield from form.posting(names[account], amount, line.unit, after if account in here else None)
    yield from form.stands(end, [(names[s.id], -s.after, s.unit) for s in sheets])


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


def _owed(sheets: Sequence[Sheet]) -> dict[str, int]:
    """Return what stood in the file's accounts of each unit before the first day; it is owed to the rest of the book."""
    rest = dict.fromkeys(_units(sheets), 0)
    for sheet in sheets:
        rest[sheet.unit] += sheet.before
    return rest


def _before(unit: str) -> str:
    return f"Equity:{unit.capitalize()}:Before"


class _Beancount:
    """How Beancount writes each part."""

    def opened(self, accounts: Iterable[tuple[date, str, str]]) -> Iterator[str]:
        """Yield every account as (first day, name, unit)."""
        for first, account, unit in accounts:
            yield f"{first} open {account} {unit.upper()}"

    def entry(self, day: date, reason: str, about: str) -> str:
        """Return the first line of an entry."""
        return f'{day} * "{reason}" "{about}"'

    def marked(self, line: Line) -> Iterator[str]:
        """Yield which transfer it is."""
        yield f'  transfer: "{line.id}"'
        if line.reverses is not None:
            yield f'  reverses: "{line.reverses}"'

    def posting(self, account: str, amount: int, unit: str, after: int | None = None) -> Iterator[str]:
        """Yield one side of an entry."""
        yield f"  {account}  {amount} {unit.upper()}"
        if after is not None:
            yield f"    after: {after}"

    def stands(self, end: date, accounts: Iterable[tuple[str, int, str]]) -> Iterator[str]:
        """Yield what stands at the end. A balance is that of the morning: on `end` everything before it has happened."""
        for account, after, unit in accounts:
            yield f"{end} balance {account}  {after} {unit.upper()}"


class _Hledger:
    """How hledger writes each part."""

    def opened(self, accounts: Iterable[tuple[date, str, str]]) -> Iterator[str]:
        """Yield every unit and account of (first day, name, unit); days are not asked for."""
        declared = list(accounts)
        yield from (f"commodity 1000. {unit.upper()}" for unit in sorted({unit for _, _, unit in declared}))
        yield from (f"account {account}" for _, account, _ in declared)

    def entry(self, day: date, reason: str, about: str) -> str:
        """Return the first line of an entry."""
        return f"{day} * {reason} | {about}"

    def marked(self, line: Line) -> Iterator[str]:
        """Yield which transfer it is."""
        yield f"    ; transfer:{line.id}" + (f", reverses:{line.reverses}" if line.reverses is not None else "")

    def posting(self, account: str, amount: int, unit: str, after: int | None = None) -> Iterator[str]:
        """Yield one side of an entry."""
        yield f"    {account}  {amount} {unit.upper()}" + (f" = {after} {unit.upper()}" if after is not None else "")

    def stands(self, end: date, accounts: Iterable[tuple[str, int, str]]) -> Iterator[str]:
        """Yield what stands at the end, as entries that move nothing."""
        for account, after, unit in accounts:
            yield self.entry(end, "after", "what stands")
            yield from self.posting(account, 0, unit, after)


_FORMS: dict[Tongue, _Beancount | _Hledger] = {Tongue.BEANCOUNT: _Beancount(), Tongue.HLEDGER: _Hledger()}
