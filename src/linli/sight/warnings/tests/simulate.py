"""The rule of warnings on made-up quarters: how often it errs, how long a real fall takes.

    .venv/bin/python -m linli.sight.warnings.tests.simulate

prints the table of the room's README (about a minute).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.kernel.quarter import Quarter
from linli.sight.warnings.core import Rule, Seen, walk

RULE = Rule(bar_ppm=700_000, error_ppm=10_000)
FIRST = Quarter(2000, 1)
BEFORE, AFTER = 20, 80  # quarters before a fall and after it


@dataclass(frozen=True, slots=True)
class Alarms:
    """Warnings of steady communities: judged quarters, warnings per quarter, and the share of communities with any."""

    quarters: int
    per_quarter: float
    any_share: float


def _walked(hits: NDArray[np.int64], n: int) -> list[int]:
    """Return the numbers of the quarters that called for a case."""
    rows = [Seen(FIRST.plus(number), int(value), n) for number, value in enumerate(hits)]
    return [number for number, verdict in enumerate(walk(rows, RULE)) if verdict.calls]


def false_alarms(share: float, n: int, *, communities: int, quarters: int, seed: int) -> Alarms:
    """Return how often steady communities with `n` ratings a quarter, `share` of them good, are warned."""
    rng = np.random.default_rng(seed)
    found = [len(_walked(rng.binomial(n, share, quarters), n)) for _ in range(communities)]
    return Alarms(communities * quarters, sum(found) / (communities * quarters), sum(f > 0 for f in found) / communities)


def delays(before: float, after: float, n: int, *, communities: int, seed: int) -> list[int]:
    """Return for each community after how many quarters a fall was called: 1 is the first closing after it; 81 where it was not."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(communities):
        hits = np.concatenate([rng.binomial(n, before, BEFORE), rng.binomial(n, after, AFTER)])
        found.append(next((number - BEFORE + 1 for number in _walked(hits, n) if number >= BEFORE), AFTER + 1))
    return found


def main() -> None:
    """Print both tables."""
    print("steady share, ratings a quarter: warnings per 1,000 judged quarters; communities with any in 200 quarters")  # noqa: T201
    for share in (0.85, 0.75, 0.70):
        for n in (5, 20, 200):
            found = false_alarms(share, n, communities=1000, quarters=200, seed=n)
            print(f"{share:.2f} {n:4d}: {1000 * found.per_quarter:6.3f}  {100 * found.any_share:5.1f} %")  # noqa: T201
    print("fall from 0.85, ratings a quarter: quarters until called, half / 90 % / 95 % of communities")  # noqa: T201
    for after in (0.55, 0.40):
        for n in (5, 20, 200):
            late = delays(0.85, after, n, communities=1000, seed=n)
            print(f"to {after:.2f} {n:4d}: {np.percentile(late, 50):4.0f} {np.percentile(late, 90):4.0f} {np.percentile(late, 95):4.0f}")  # noqa: T201


if __name__ == "__main__":
    main()
