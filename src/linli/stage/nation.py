"""The made-up nation: twelve months of eight dimensions in each of the 620,573 real communities, drawn from a seed. Nothing of it happened.

Sizes and shares are made to look like life, no more: towns are larger than villages, villages have fewer bookings and slower answers but
more neighbours' help, provinces, counties and communities each have a level of their own, and things get a little better over the year.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.steps.reads import now
from linli.journeys import roll_up
from linli.sight.rollup import reads
from linli.sight.rollup.files import About
from linli.stage.district import DISTRICT

SEED = 20_261_101
MONTHS, DIMENSIONS = 12, 8
COMMITTEES, MEGA = 200, "mega"
FACILITY_KINDS, RESIDENTS_MAX, N_MAX = 12, 8_100, 1_500
Floats = NDArray[np.float32]

# By dimension, in the cube's order. Rows: a middling town community, a community of a mega city, a village.
# Observations a month (facilities and participation are set apart: kinds of facility, residents), and shares as log odds.
N_BASE = np.array([[12, 60, 42, 26, 0, 34, 9, 11], [12, 90, 78, 48, 0, 60, 22, 18], [12, 34, 16, 10, 0, 14, 2, 6]], np.float32)
ODDS = np.array(
    [[0.7, 1.5, 1.6, 1.5, -2.6, 0.9, 1.2, 1.8], [1.3, 1.7, 1.9, 1.4, -2.4, 0.8, 1.4, 2.0], [-0.4, 1.1, 0.9, 1.5, -2.2, 1.3, 0.6, 1.0]],
    np.float32,
)
RESIDENTS = np.array([2_600, 4_300, 1_300], np.float32)
# How far provinces, counties, communities and single months lie apart, as log odds.
SPREAD_PROVINCE, SPREAD_DISTRICT, SPREAD_COMMUNITY, SPREAD_MONTH = 0.16, 0.16, 0.34, 0.10
YEARLY_GAIN = 0.22
SEASON = np.array([0.92, 0.84, 0.98, 1.0, 1.02, 1.04, 1.1, 1.08, 1.0, 0.98, 1.0, 1.04], np.float32)  # of needs, January first


def build(progress: Callable[[int, int], None] | None = None) -> About:
    """Make the nation and return what it is; the demo's own district is left out of it, for it has figures of its own."""
    moment = now()
    codes = places.codes_below("", places.COMMUNITY)
    rules = policies.policies({code[:4] for code in codes}, moment.date())
    mega = {int(city) for city, policy in rules.items() if policy.region == MEGA}
    draw = Draw(SEED, mega, moment.month)
    return roll_up.make(codes, draw, seed=SEED, moment=moment, left_out=DISTRICT, progress=progress)


def is_made() -> bool:
    """Tell whether the nation is there, over as many communities as the tree has."""
    about = reads.about()
    return about is not None and about.seed == SEED


class Draw:
    """Draws blocks of communities: the same seed and block give the same cells, in whatever order blocks are drawn."""

    def __init__(self, seed: int, mega: set[int], last_month: int) -> None:
        self.seed, self.mega, self.last_month = seed, np.array(sorted(mega), np.int64), last_month

    def __call__(self, codes: NDArray[np.int64], number: int) -> NDArray[np.uint16]:
        """Return hits and n of a block, shape (codes, 12, 8, 2)."""
        rng = np.random.default_rng([self.seed, number])
        kind = np.where(codes % 1000 >= COMMITTEES, 2, np.where(np.isin(codes // 10**8, self.mega), 1, 0))
        size = np.exp(rng.normal(0, 0.45, len(codes))).astype(np.float32)
        n = self._sizes(rng, kind, size)
        odds = ODDS[kind][:, None, :] + self._levels(rng, codes)[:, None, :] + self._months(rng, len(codes))
        share = 1 / (1 + np.exp(-odds))
        noise = rng.standard_normal(n.shape, np.float32) * np.sqrt(n * share * (1 - share))
        hits = np.clip(np.rint(n * share + noise), 0, n)
        # What a community has does not change by chance from month to month.
        hits[:, :, 0] = np.rint(n[:, :, 0] * share[:, :1, 0])
        return np.stack([hits, n], axis=-1).astype(np.uint16)

    def _sizes(self, rng: np.random.Generator, kind: NDArray[np.int64], size: Floats) -> Floats:
        season = np.roll(SEASON, -self.last_month)[None, :, None]
        n = N_BASE[kind][:, None, :] * size[:, None, None] * season
        n = n * np.exp(0.22 * rng.standard_normal(n.shape, np.float32))
        n[:, :, 0] = FACILITY_KINDS
        n[:, :, 1] = (N_BASE[kind][:, 1] * size)[:, None]  # members of special groups: the same people every month
        n[:, :, 4] = np.minimum(RESIDENTS_MAX, RESIDENTS[kind] * size)[:, None]
        limit = np.full(DIMENSIONS, N_MAX, np.float32)
        limit[4] = RESIDENTS_MAX
        sizes: Floats = np.clip(np.rint(n), 0, limit).astype(np.float32)
        return sizes

    def _levels(self, rng: np.random.Generator, codes: NDArray[np.int64]) -> Floats:
        own = rng.normal(0, SPREAD_COMMUNITY, (len(codes), DIMENSIONS))
        # A province's and a county's own level hangs on its code alone: blocks may cut through them.
        for digits, spread in ((10, SPREAD_PROVINCE), (6, SPREAD_DISTRICT)):
            above, at = np.unique(codes // 10**digits, return_inverse=True)
            drawn = np.stack([np.random.default_rng([self.seed, int(code)]).normal(0, spread, DIMENSIONS) for code in above])
            own += drawn[at]
        return own.astype(np.float32)

    def _months(self, rng: np.random.Generator, many: int) -> Floats:
        gain = np.linspace(-YEARLY_GAIN / 2, YEARLY_GAIN / 2, MONTHS, dtype=np.float32)[None, :, None]
        return gain + SPREAD_MONTH * rng.standard_normal((many, MONTHS, DIMENSIONS), np.float32)
