"""What every bench is made of: arguments, figures as JSON lines, percentiles, the fitted exponent, checks. Pure but for printing."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SEED = 20_260_511
DIGITS = 4  # significant digits of a printed figure
NS_PER_MS, NS_PER_S = 1_000_000, 1_000_000_000


class Size(StrEnum):
    """How large a bench runs: small in seconds (the tests do), city in a minute or two, full in more."""

    SMALL = "small"
    CITY = "city"
    FULL = "full"


class BenchFailed(Exception):
    """What was measured is not right, so there is no figure to print."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    size: Size
    seed: int


def options(name: str, about: str) -> Options:
    """Read the command line of a bench."""
    parser = argparse.ArgumentParser(prog=f"./run bench {name}", description=about)
    parser.add_argument("--size", choices=[str(size) for size in Size], default=str(Size.CITY), help="default: city")
    parser.add_argument("--seed", type=int, default=SEED, help=f"fixes every draw; default: {SEED}")
    given = parser.parse_args()
    return Options(Size(given.size), given.seed)


def note(text: str) -> None:
    """Print a line about how it goes."""
    print(f"· {text}", file=sys.stderr, flush=True)


def check(right: bool, what: str) -> None:
    """Raise BenchFailed naming what is wrong; it is called before a figure is printed."""
    if not right:
        raise BenchFailed(what)


@dataclass(frozen=True, slots=True)
class Lines:
    """The figures of one run of one bench, printed as they come."""

    bench: str
    seed: int

    def figure(self, name: str, value: float, unit: str, *, n: int, against: str | None = None, ratio: float | None = None) -> None:
        """Print one figure taken at `n` things. `against` and `ratio`: what it was held against in the same run, and how it compares."""
        line = {
            "bench": self.bench, "figure": name, "value": rounded(value), "unit": unit, "against": against,
            "ratio": None if ratio is None else rounded(ratio), "n": n, "seed": self.seed,
        }  # fmt: skip
        print(json.dumps(line, ensure_ascii=False), flush=True)


def rounded(value: float) -> float:
    """Return `value` with four significant digits."""
    return float(f"{value:.{DIGITS}g}")


def percentile(samples: Sequence[int], percent: int) -> int:
    """Return the smallest sample that at least `percent` of the samples do not exceed (nearest rank). Raises BenchFailed without any."""
    check(bool(samples) and 0 < percent <= 100, "no samples to take a percentile of")
    ordered = sorted(samples)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return k of the least-squares fit seconds = c · size^k; 1 is linear. Raises BenchFailed for fewer than three sizes."""
    check(len(set(sizes)) >= 3 and len(sizes) == len(seconds), "an exponent wants three sizes")
    x, y = [math.log(size) for size in sizes], [math.log(took) for took in seconds]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / sum((a - middle_x) ** 2 for a in x)
