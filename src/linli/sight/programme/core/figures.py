"""Figures of the 2025 report as whole numbers: amounts, due days, phases, and reading the shipped data. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

CODE = re.compile(r"F\d{3}")
YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?")
DAYS_OF_MONTH = {6: 30, 12: 31}  # what is due by a month is due by its last day; the report names only these two

# The three phases of §4.5 and §6.4, by their first and last day.
PHASES: dict[int, tuple[date, date]] = {
    1: (date(2024, 1, 1), date(2024, 6, 30)),
    2: (date(2024, 7, 1), date(2025, 6, 30)),
    3: (date(2025, 7, 1), date(2025, 12, 31)),
}


class Kind(StrEnum):
    """What a number of the report is."""

    BASELINE = "baseline"
    TARGET = "target"
    CLAIM = "claim"
    RULE = "rule"
    CASE = "case"
    BUDGET = "budget"
    FORECAST = "forecast"


# What somebody owes: targets, rules set up, money promised, effects expected. The others say how things stood.
PROMISED = frozenset({Kind.TARGET, Kind.RULE, Kind.BUDGET, Kind.FORECAST})


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report. `value` over ten to the power of `decimals` is in `unit`; `same` is the earlier figure it repeats."""

    code: str
    section: str
    zh: str
    en: str
    kind: Kind
    scope: str
    year: str
    comparator: str
    value: int
    decimals: int
    unit: str
    area: str
    base: str = ""
    same: str = ""
    strict: bool = False

    @property
    def promised(self) -> bool:
        """Tell whether somebody owes it; a number of one city or firm that serves as an example is owed by nobody here."""
        return self.kind in PROMISED

    @property
    def exact(self) -> Fraction:
        """Return the number itself."""
        return Fraction(self.value, 10**self.decimals)

    @property
    def due(self) -> date | None:
        """Return the last day it is due, or None where the report names no year."""
        return due_of(self.year)

    @property
    def phase(self) -> int | None:
        """Return the phase (1 to 3) whose days hold the due day; None where there is none."""
        due = self.due
        return next((number for number, (first, last) in PHASES.items() if due is not None and first <= due <= last), None)


def written(value: int, decimals: int) -> str:
    """Return a scaled whole number as it is written: (6616, 2) is "66.16"."""
    return str(Decimal(value).scaleb(-decimals)) if decimals else str(value)


def due_of(year: str) -> date | None:
    """Return the last day of a year or month as the report gives it. Raises ValueError where it is neither."""
    if not year:
        return None
    found = YEAR.fullmatch(year)
    if found is None:
        raise ValueError(f"not a year or month: {year!r}")
    month = int(found[2] or 12)
    if month not in DAYS_OF_MONTH:
        raise ValueError(f"no last day is known for month {month}")
    return date(int(found[1]), month, DAYS_OF_MONTH[month])


def figure_of(row: Mapping[str, Any]) -> Figure:
    """Return a figure from its line in the data file. Raises ValueError or KeyError naming what does not fit."""
    figure = Figure(
        code=row["id"], section=row["s"], zh=row["zh"], en=row["en"], kind=Kind(row["kind"]), scope=row["scope"], year=row["year"],
        comparator=row["is"], value=row["value"], decimals=row["decimals"], unit=row["unit"], area=row["area"], base=row.get("base", ""),
        same=row.get("same", ""), strict=row.get("strict", False),
    )  # fmt: skip
    if not CODE.fullmatch(figure.code) or figure.comparator not in {"=", ">=", "<=", "+", "-", "~"}:
        raise ValueError(f"{figure.code}: unknown code or comparator")
    if type(figure.value) is not int or type(figure.decimals) is not int or not 0 <= figure.decimals <= 6:
        raise ValueError(f"{figure.code}: a value is a whole number with up to six decimal places")
    due_of(figure.year)
    return figure
