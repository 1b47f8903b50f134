"""How right a forecast was once the days had come: what was off, what lay in its range, and by how much last week would have been off. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linli.kernel.units import PPM_ONE
from linli.sight.forecast.core.tree import MILLI, Ints

Key = tuple[str, str]  # place, service ('' for all)


@dataclass(frozen=True, slots=True)
class Told:
    """What a forecast said of one key: thousandths a day and the ends of its ranges in requests, for the days that are scored."""

    mean_milli: Ints
    low: Ints
    high: Ints


@dataclass(frozen=True, slots=True)
class Score:
    """One level: requests that came, how far off in thousandths, how far off last week was in requests, days in range, all days."""

    came: int
    off_milli: int
    naive_off: int
    inside: int
    days: int

    @property
    def right_ppm(self) -> int | None:
        """Return 1 - WAPE, not below 0; None where nothing came."""
        return max(0, PPM_ONE - self.off_milli * (PPM_ONE // MILLI) // self.came) if self.came else None

    @property
    def naive_ppm(self) -> int | None:
        """Return 1 - WAPE of the same day last week, not below 0; None where nothing came."""
        return max(0, PPM_ONE - self.naive_off * PPM_ONE // self.came) if self.came else None

    @property
    def inside_ppm(self) -> int | None:
        """Return the share of days in their range; None without days."""
        return self.inside * PPM_ONE // self.days if self.days else None


def score(told: Mapping[Key, Told], came: Mapping[Key, Ints], before: Mapping[Key, Ints], days: int) -> Score:
    """Return how right a level was over `days` days. What came where nothing was said counts as off by all of it."""
    nothing = np.zeros(days, np.int64)
    off = naive = inside = whole = 0
    keys = told.keys() | came.keys()
    for key in keys:
        actual, said = came.get(key, nothing), told.get(key)
        mean, low, high = (said.mean_milli, said.low, said.high) if said else (nothing, nothing, nothing)
        off += int(np.abs(mean - MILLI * actual).sum())
        naive += int(np.abs(before.get(key, nothing) - actual).sum())
        inside += int(((low <= actual) & (actual <= high)).sum())
        whole += int(actual.sum())
    return Score(whole, off, naive, inside, days * len(keys))


def together(scores: list[Score]) -> Score:
    """Return several weeks as one."""
    return Score(*(sum(getattr(score, name) for score in scores) for name in Score.__slots__))
