"""How waiting and load are spread: middle values with intervals, shares, and how much the busiest carry. Pure; whole numbers, no person.

A need that nobody took in time waited longer than any that was met: it counts so in every middle value.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np

from linli.help.matching.core.arrays import NOWHERE, Array
from linli.help.matching.core.month import Month
from linli.help.matching.core.pairs import METRES_PER_DEGREE, MICRO
from linli.help.matching.core.play import NEVER, Played

BINS = (15, 30, 60, 120, 240, 480, 1440)  # minutes: up to each, then longer; those never met stand by themselves
PPM = 1_000_000
Z95 = 1.959963984540054
SURE = 3.3  # of a normal: some fifty parts looked at together stay within five in a hundred


@dataclass(frozen=True, slots=True)
class Waits:
    """How long needs waited until somebody said yes, minutes. None: that many were never met. `low`, `high`: 95 % interval of the middle."""

    needs: int
    met: int
    middle: int | None
    low: int | None
    high: int | None
    long: int | None  # nine in ten waited no longer
    bins: tuple[int, ...]  # met within each of BINS, then later
    walk: int | None = None  # middle minutes on foot of those that were met
    sure_low: int | None = None  # the middle's lower end where many parts are looked at together


@dataclass(frozen=True, slots=True)
class Load:
    """What helpers carried: of those who came at all the middle one's visits and the ninth in ten's; the busiest tenth's share, per million."""

    helpers: int
    visits: int
    idle: int
    middle: int
    high: int
    most: int
    tenth_ppm: int


def _at(rising: Array, met: int, rank: int) -> int | None:
    return int(rising[rank]) if rank < met else None


def waits_of(minutes: Array, walks: Array | None = None) -> Waits:
    """Return how waiting is spread; `minutes` NEVER where nobody came, `walks` minutes on foot, NEVER where not known."""
    many = len(minutes)
    rising = np.sort(minutes[minutes != NEVER])
    met = len(rising)
    if not many:
        return Waits(0, 0, None, None, None, None, (0,) * (len(BINS) + 1))

    def end(z: float, up: bool) -> int:
        # The middle of many lies between the values at these ranks (binomial, normal approximation), drawn outward.
        rank = ceil(many / 2 + z * sqrt(many) / 2) if up else floor(many / 2 - z * sqrt(many) / 2) - 1
        return min(many - 1, max(0, rank))

    bins = np.bincount(np.searchsorted(BINS, rising, side="left"), minlength=len(BINS) + 1)
    known = walks[walks != NEVER] if walks is not None else np.zeros(0, np.int64)
    return Waits(
        many, met, _at(rising, met, (many - 1) // 2), _at(rising, met, end(Z95, up=False)), _at(rising, met, end(Z95, up=True)),
        _at(rising, met, -(-many * 9 // 10) - 1), tuple(bins.tolist()), int(np.sort(known)[(len(known) - 1) // 2]) if len(known) else None,
        _at(rising, met, end(SURE, up=False)),
    )  # fmt: skip


def load_of(visits: Array) -> Load:
    """Return how visits are spread over helpers; `visits` of each helper, those without any among them."""
    many = len(visits)
    if not many:
        return Load(0, 0, 0, 0, 0, 0, 0)
    falling = np.sort(visits)[::-1]
    total, tenth, came = int(falling.sum()), int(falling[: -(-many // 10)].sum()), int((visits > 0).sum())
    if not came:
        return Load(many, 0, many, 0, 0, 0, 0)
    return Load(many, total, many - came, int(falling[came // 2]), int(falling[came // 10]), int(falling[0]), tenth * PPM // total)


def waited(month: Month, played: Played) -> Array:
    """Return how many minutes each need waited until somebody said yes, NEVER where nobody did."""
    found: Array = np.where(played.met_at == NEVER, NEVER, played.met_at - month.came.opened)
    return found


def walked(month: Month, played: Played, metres_a_minute: int) -> Array:
    """Return how many minutes on foot lie between each need and who came, NEVER where nobody did or a point is missing."""
    needs, helpers, met = month.batch.needs, month.batch.helpers, np.flatnonzero(played.met_at != NEVER)
    who = played.helper[met]
    lat = needs.lat[met].astype(np.int64)
    north = (lat - helpers.lat[who]) * METRES_PER_DEGREE / MICRO
    east = (needs.lon[met].astype(np.int64) - helpers.lon[who]) * METRES_PER_DEGREE / MICRO * np.cos(np.radians(lat / MICRO))
    minutes = np.maximum(1, np.ceil(np.rint(np.hypot(north, east)) / metres_a_minute)).astype(np.int64)
    found = np.full(len(played.met_at), NEVER, np.int64)
    found[met] = np.where((needs.lat[met] == NOWHERE) | (helpers.lat[who] == NOWHERE), NEVER, minutes)
    return found


def carried(month: Month, played: Played) -> Array:
    """Return how many visits each helper of the month carried."""
    return np.bincount(played.helper[played.helper != NEVER], minlength=len(month.crew.since))
