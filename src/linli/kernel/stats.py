"""Small-sample statistics for shares: an interval that is honest at n = 3, and shrinkage toward the peers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A share in parts per million with its 95 % interval and the number of observations behind it."""

    value_ppm: int
    low_ppm: int
    high_ppm: int
    n: int


def wilson(hits: int, n: int) -> Share | None:
    """Return hits/n with its Wilson score interval (Wilson 1927), or None where n is 0: no data is not a zero.

    Raises ValueError unless 0 ≤ hits ≤ n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"share needs 0 <= hits <= n, got {hits}/{n}")
    if n == 0:
        return None
    p, z2 = hits / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Share(round(1e6 * p), max(0, round(1e6 * (centre - half))), min(1_000_000, round(1e6 * (centre + half))), n)


def shrunk(hits: int, n: int, *, peers_ppm: int, weight: int) -> Share:
    """Return the share pulled toward the peers' mean as if `weight` further observations at `peers_ppm` had been made.

    This is the posterior mean of a Beta-Binomial with prior strength `weight`; the interval is the normal approximation of that
    posterior, never narrower than the prior allows. With n = 0 it is the peers' mean and says so through `n`.
    """
    if weight <= 0:
        raise ValueError("shrinkage weight must be positive")
    a, b = hits + weight * peers_ppm / 1e6, n - hits + weight * (1 - peers_ppm / 1e6)
    mean = a / (a + b)
    half = Z95 * sqrt(mean * (1 - mean) / (a + b + 1))
    return Share(round(1e6 * mean), max(0, round(1e6 * (mean - half))), min(1_000_000, round(1e6 * (mean + half))), n)


def binomial_tail(hits: int, n: int, share_ppm: int) -> float:
    """Return the chance of at most `hits` out of `n` where each is one with `share_ppm`: exact up to rounding, for any n.

    Raises ValueError unless 0 ≤ hits ≤ n and the share lies strictly between none and all.
    """
    if not 0 <= hits <= n or not 0 < share_ppm < 1_000_000:
        raise ValueError(f"no tail for {hits}/{n} at {share_ppm} ppm")
    p = share_ppm / 1e6
    top = min(hits, int((n + 1) * p))  # the likeliest of the terms: from there they only fall, on both sides
    term = exp(lgamma(n + 1) - lgamma(top + 1) - lgamma(n - top + 1) + top * log(p) + (n - top) * log1p(-p))
    total = below = above = term
    for k in range(top, 0, -1):
        below *= k * (1 - p) / ((n - k + 1) * p)
        total += below
        if below < total * 1e-17:
            break
    for k in range(top + 1, hits + 1):
        above *= (n - k + 1) * p / (k * (1 - p))
        total += above
        if above < total * 1e-17:
            break
    return min(1.0, total)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean of `n` whole numbers with its interval, in their unit, the ends rounded outward."""

    mean: int
    low: int
    high: int
    n: int

    def excludes(self, value: int) -> bool:
        """Tell whether `value` lies outside."""
        return not self.low <= value <= self.high
