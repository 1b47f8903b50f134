"""How far the index and its order hang on choices that could have been made otherwise. Pure.

Weights, the strength of the peers' prior and the choice of peers are decisions, not facts. Each variant here changes one of them, scores
every community anew and says what moved. After OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from linli.kernel.units import PPM_ONE
from linli.sight.wellbeing.core import Count, Dimension, Kinship, Profile, Weights, score_district

SATISFACTION_SHARE_PPM = 600_000
HALF_MORE_PPM, HALF_LESS_PPM = 1_500_000, 500_000
LAST_SHARE = 10  # the last tenth of an order is what warnings and visits look at


class Choice(StrEnum):
    """Which decision a variant changes."""

    WEIGHT_MORE = "weight_more"  # one dimension half heavier
    WEIGHT_LESS = "weight_less"  # one dimension half lighter
    SATISFACTION = "satisfaction"  # satisfaction at 60 %
    EVEN = "even"  # the other seven weigh the same
    PRIOR_NONE = "prior_none"  # as good as no pull toward the peers
    PRIOR_DOUBLE = "prior_double"
    PEERS_ALL = "peers_all"  # the whole district as peers


@dataclass(frozen=True, slots=True)
class Variant:
    """One decision made otherwise, and what it does to the order of the communities.

    `tau_ppm` is Kendall's tau-b with the order as published (one million: the same order); `moved` counts communities whose index
    leaves its published interval, `last_changed` those that enter or leave the last tenth; `most_ppm` is the largest change.
    """

    choice: Choice
    dimension: Dimension | None
    tau_ppm: int
    moved: int
    last_changed: int
    most_ppm: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One community: its index as published, the lowest and highest over the variants, and its place in the order, best to worst."""

    place: str
    value_ppm: int
    low_ppm: int
    high_ppm: int
    rank: int
    rank_best: int
    rank_worst: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What each variant changes, and how far each community moves, the most moved first."""

    variants: tuple[Variant, ...]
    spreads: tuple[Spread, ...]


def _reweighed(weights: Mapping[Dimension, int], fixed: Mapping[Dimension, int]) -> dict[Dimension, int]:
    """Return weights with some set and the rest scaled to fill one million; satisfaction stays at half or more."""
    rest = [d for d in Dimension if d not in fixed]
    room, total = PPM_ONE - sum(fixed.values()), sum(weights[d] for d in rest)
    made = dict(fixed) | {d: weights[d] * room // total for d in rest}
    made[rest[0]] += PPM_ONE - sum(made.values())
    return made


def _variants(weights: Weights, kinship: Kinship) -> list[tuple[Choice, Dimension | None, Weights, Kinship]]:
    own, half = weights.by_dimension, weights.by_dimension[Dimension.SATISFACTION]
    others = [d for d in Dimension if d is not Dimension.SATISFACTION]

    def weighed(fixed: Mapping[Dimension, int]) -> Weights:
        return Weights(_reweighed(own, fixed), weights.prior, weights.known_min_ppm)

    made: list[tuple[Choice, Dimension | None, Weights, Kinship]] = []
    for d in others:
        for choice, factor in ((Choice.WEIGHT_MORE, HALF_MORE_PPM), (Choice.WEIGHT_LESS, HALF_LESS_PPM)):
            made.append((choice, d, weighed({Dimension.SATISFACTION: half, d: own[d] * factor // PPM_ONE}), kinship))
    even = (PPM_ONE - half) // len(others)
    made += [
        (Choice.SATISFACTION, None, weighed({Dimension.SATISFACTION: max(half, SATISFACTION_SHARE_PPM)}), kinship),
        (Choice.EVEN, None, weighed(dict.fromkeys(others, even)), kinship),
        (Choice.PRIOR_NONE, None, Weights(own, 1, weights.known_min_ppm), kinship),
        (Choice.PRIOR_DOUBLE, None, Weights(own, weights.prior * 2, weights.known_min_ppm), kinship),
        (Choice.PEERS_ALL, None, weights, Kinship((), (), kinship.peers_min)),
    ]
    return made


def kendall(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Return Kendall's tau-b of two series of the same length in ppm (Kendall 1945); one million where there is nothing to compare."""
    signs = [np.sign(x[:, None] - x[None, :])[np.triu_indices(len(x), 1)] for x in (one, other)]
    pairs = [int(np.count_nonzero(s)) for s in signs]
    if not all(pairs):
        return PPM_ONE if pairs[0] == pairs[1] else 0
    agreeing = int((signs[0] * signs[1]).sum())
    return round(PPM_ONE * agreeing / sqrt(pairs[0] * pairs[1]))


def _ranks(values: NDArray[np.int64]) -> NDArray[np.int64]:
    # Equal values share the better rank, as in a competition.
    return np.asarray([1 + int((values > value).sum()) for value in values], dtype=np.int64)


def vary(
    counts: Mapping[str, Mapping[Dimension, Count]], profiles: Mapping[str, Profile], weights: Weights, kinship: Kinship
) -> Sensitivity:
    """Return how the indexes of one district's communities change with each decision; communities without an index are left out."""
    published = score_district(counts, profiles, weights, kinship)
    places = [p for p in counts if published[p].value_ppm is not None]
    if not places:
        return Sensitivity((), ())
    base = np.asarray([published[p].value_ppm for p in places], dtype=np.int64)
    low, high = (np.asarray([getattr(published[p], end) for p in places], dtype=np.int64) for end in ("low_ppm", "high_ppm"))
    variants, rows, ranks, last = [], [base], [_ranks(base)], max(1, len(places) // LAST_SHARE)
    for choice, dimension, other_weights, other_kinship in _variants(weights, kinship):
        scores = score_district(counts, profiles, other_weights, other_kinship)
        values = np.asarray([scores[p].value_ppm if scores[p].value_ppm is not None else b for p, b in zip(places, base, strict=True)])
        in_last = [set(np.argsort(x, kind="stable")[:last].tolist()) for x in (base, values)]
        variants.append(
            Variant(
                choice, dimension, kendall(base, values), int(((values < low) | (values > high)).sum()),
                len(in_last[0] - in_last[1]), int(np.abs(values - base).max()),
            )
        )  # fmt: skip
        rows.append(values)
        ranks.append(_ranks(values))
    return Sensitivity(tuple(variants), _spreads(places, np.stack(rows), np.stack(ranks)))


def _spreads(places: Sequence[str], values: NDArray[np.int64], ranks: NDArray[np.int64]) -> tuple[Spread, ...]:
    found = [
        Spread(
            place, int(values[0, i]), int(values[:, i].min()), int(values[:, i].max()), int(ranks[0, i]), int(ranks[:, i].min()),
            int(ranks[:, i].max()),
        )
        for i, place in enumerate(places)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda s: (s.rank_best - s.rank_worst, s.place)))
