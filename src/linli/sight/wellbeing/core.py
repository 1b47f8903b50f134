"""The community health index: eight dimensions, each a share with an interval, weighed by policy. Pure.

A community's own share is pulled toward that of its peers (the district) by a policy weight, so that three ratings do not make a
verdict; the interval says how sure it is. A dimension without any record is missing: it never counts as good, it takes part in no
mean, and the page says so. An index is given only where dimensions of a least total weight have data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from linli.kernel.stats import Share, shrunk, wilson
from linli.kernel.units import PPM_ONE


class Dimension(StrEnum):
    """The eight dimensions of report §5.5, in the order they are shown."""

    FACILITIES = "facilities"  # kinds of facility on the register, of twelve
    COVERAGE = "coverage"  # special-group members with a named helper
    RESPONSE = "response"  # needs answered within their clock
    SATISFACTION = "satisfaction"  # ratings of four and five stars
    PARTICIPATION = "participation"  # residents who asked or helped
    VITALITY = "vitality"  # needs met by a neighbour's confirmed visit
    SHARING = "sharing"  # bookings of shared rooms and things that took place
    SAFETY = "safety"  # urgent and special-group needs answered within their shorter clock


@dataclass(frozen=True, slots=True)
class Count:
    """Hits over observations of one dimension."""

    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the dimensions in ppm, the strength of the peers' prior, and the least known weight for an index."""

    by_dimension: Mapping[Dimension, int]
    prior: int
    known_min_ppm: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One dimension of one place: None where nothing is known."""

    dimension: Dimension
    weight_ppm: int
    hits: int
    n: int
    peers_ppm: int | None
    share: Share | None


@dataclass(frozen=True, slots=True)
class Score:
    """The index of one place; `value_ppm` is None where too little is known."""

    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    known_ppm: int
    dimensions: tuple[Scored, ...]


def score(counts: Mapping[Dimension, Count], peers: Mapping[Dimension, Count], weights: Weights) -> Score:
    """Return the index of a place from its own counts and those of its peers.

    index = Σ w·share / Σ w over dimensions with data; the interval adds the dimensions' half widths in quadrature, as for
    independent shares. Raises ValueError where the weights do not add up to one million.
    """
    if sum(weights.by_dimension.values()) != PPM_ONE:
        raise ValueError("weights must add up to 1000000 ppm")
    scored = tuple(_dimension(d, counts.get(d), peers.get(d), weights) for d in Dimension)
    known = [(s.weight_ppm, s.share) for s in scored if s.share is not None]
    known_ppm = sum(weight for weight, _ in known)
    if known_ppm < weights.known_min_ppm or known_ppm == 0:
        return Score(None, 0, PPM_ONE, known_ppm, scored)
    value = round(sum(weight * share.value_ppm for weight, share in known) / known_ppm)
    half = sqrt(sum((weight / known_ppm * (share.high_ppm - share.low_ppm) / 2) ** 2 for weight, share in known))
    return Score(value, max(0, round(value - half)), min(PPM_ONE, round(value + half)), known_ppm, scored)


def _dimension(dimension: Dimension, own: Count | None, peers: Count | None, weights: Weights) -> Scored:
    weight = weights.by_dimension[dimension]
    hits, n = (own.hits, own.n) if own else (0, 0)
    if n == 0:
        return Scored(dimension, weight, 0, 0, None, None)
    pool = wilson(peers.hits, peers.n) if peers else None
    share = shrunk(hits, n, peers_ppm=pool.value_ppm, weight=weights.prior) if pool else wilson(hits, n)
    return Scored(dimension, weight, hits, n, pool.value_ppm if pool else None, share)


# Stars 服务星级 (report §4.1.2, F171): five grades from a year's satisfaction, by the lower end of its interval ----------------------

STARS_MAX = 5


@dataclass(frozen=True, slots=True)
class StarBars:
    """The least lower end of satisfaction for two, three, four and five stars, rising, and the least number of ratings for any."""

    bars_ppm: tuple[int, int, int, int]
    least: int


@dataclass(frozen=True, slots=True)
class Starred:
    """The stars of a year: 0 where it rests on too few ratings to say (share then tells what there is, None where nothing)."""

    stars: int
    hits: int
    n: int
    share: Share | None


def starred(hits: int, n: int, bars: StarBars) -> Starred:
    """Return the stars of hits good ratings of n. A few glowing ratings make no five stars: their interval reaches far down.

    Raises ValueError where the bars do not rise.
    """
    if list(bars.bars_ppm) != sorted(bars.bars_ppm):
        raise ValueError("the bars of the stars must rise")
    share = wilson(hits, n)
    if share is None or n < bars.least:
        return Starred(0, hits, n, share)
    return Starred(1 + sum(share.low_ppm >= bar for bar in bars.bars_ppm), hits, n, share)
