"""Real request series for the bench of the forecast, read from the folder that LINLI_BENCH_SERIES names; without it there are none."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import holidays
import numpy as np

from linli.sight.forecast.core.days import Days, Known, days_from
from linli.sight.forecast.core.tree import MISSING, Floats, Ints, Tree, tree_of

FOLDER = "LINLI_BENCH_SERIES"
AHEAD = 60
# name -> file, categories left out, country and subdivision whose holidays hold there
SERIES = {
    "boston": ("boston311.csv.gz", (), ("US", "MA")),
    "boston_no_snow": ("boston311.csv.gz", ("Sidewalk Not Shoveled",), ("US", "MA")),
    "toronto": ("toronto_intake.csv.gz", (), ("CA", "ON")),
}


@dataclass(frozen=True, slots=True)
class Real:
    """A real series: counts (category by category, area by area; days), how they add up, the days, and which are areas."""

    name: str
    counts: Ints
    tree: Tree
    days: Days
    areas: int

    def levels(self, values: Floats | Ints) -> dict[str, Floats | Ints]:
        """Return values (series, days) at every level by its name; a place of one area has no levels of areas."""
        cube = values.reshape(-1, self.areas, values.shape[1])
        found: dict[str, Floats | Ints] = {"total": cube.sum(axis=(0, 1))[None], "category": cube.sum(axis=1)}
        if self.areas > 1:
            found |= {"area": cube.sum(axis=0), "area_category": values}
        return found


def folder() -> Path | None:
    """Return where real series lie, None where nobody said."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def real(name: str, where: Path) -> Real:
    """Read one series. Raises FileNotFoundError where the folder does not have it."""
    file, without, (country, part) = SERIES[name]
    with gzip.open(where / file, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["category"] not in without]
    first, last = (date.fromisoformat(end(row["date"] for row in rows)) for end in (min, max))
    many = (last - first).days + 1
    keys = sorted({(row["category"], row["area"]) for row in rows})
    number = {key: at for at, key in enumerate(keys)}
    counts = np.full((len(keys), many), MISSING, np.int64)
    for row in rows:
        counts[number[row["category"], row["area"]], (date.fromisoformat(row["date"]) - first).days] = int(row["count"])
    return Real(name, counts, _tree(keys), _days(first, many, country, part), len({area for _, area in keys}))


def _tree(keys: Sequence[tuple[str, str]]) -> Tree:
    return tree_of([category for category, _ in keys], [area for _, area in keys], ())


def _days(first: date, many: int, country: str, part: str) -> Days:
    last = first + timedelta(days=many + AHEAD)
    found = holidays.country_holidays(country, subdiv=part, years=range(first.year, last.year + 1))
    return days_from(first, many + AHEAD, Known(dict(found.items()), frozenset(found), frozenset(), last.year))
