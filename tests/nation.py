"""A small made-up nation: a few streets of real code, for pages that show one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linli.ground.steps.reads import now
from linli.journeys import roll_up
from tests.cast import HOME

CODES = sorted(
    {f"{street}{n:03}" for street in ("110101001", "440103001", "440104001", "440104009", "440105002", "510104001") for n in range(1, 9)}
)


def draw(codes: NDArray[np.int64], number: int) -> NDArray[np.uint16]:
    """Draw 40 observations everywhere; of sharing three, in one street."""
    rng = np.random.default_rng(number)
    n = np.full((len(codes), 12, 8), 40)
    n[codes // 1000 == 440105002, :, 6] = 3
    return np.stack([rng.binomial(n, 0.7), n], axis=-1).astype(np.uint16)


def make_nation() -> None:
    """Make it in the installation's data folder; the district of the cast is left out, for it has figures of its own."""
    roll_up.make(CODES, draw, seed=1, moment=now(), left_out=HOME[:6])
