"""Claims of the report worked out again from its own numbers: sums of products over sums of products, exactly. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

TERM = re.compile(r"\s*([+-])?\s*((?:F\d{3}|\d+)(?:\s*\*\s*(?:F\d{3}|\d+))*)")
FACTOR = re.compile(r"F\d{3}|\d+")


@dataclass(frozen=True, slots=True)
class Sum:
    """One reckoning of a claim: `top` over `bottom`, shown with `decimals` places in `unit`."""

    zh: str
    en: str
    top: str
    bottom: str
    unit: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that does not hold together, the figures it is made of, and why in words."""

    code: str
    title: str
    title_en: str
    figures: tuple[str, ...]
    zh: str
    en: str
    sums: tuple[Sum, ...] = ()


def value_of(text: str, figures: Mapping[str, Fraction]) -> Fraction:
    """Return the value of a sum of products such as `F086 * 130000 + F087`. Raises ValueError for anything else, KeyError for a figure."""
    total, at = Fraction(0), 0
    while at < len(text):
        found = TERM.match(text, at)
        if found is None or (at > 0) is (found[1] is None):
            raise ValueError(f"cannot be reckoned: {text!r}")
        product = Fraction(1)
        for factor in FACTOR.findall(found[2]):
            product *= figures[factor] if factor.startswith("F") else int(factor)
        total, at = total + (-product if found[1] == "-" else product), found.end()
    return total


def result_of(reckoned: Sum, figures: Mapping[str, Fraction]) -> int:
    """Return the result as a whole number scaled by the sum's decimals. Raises like `value_of`, ZeroDivisionError."""
    exact = value_of(reckoned.top, figures) / value_of(reckoned.bottom, figures)
    return round(exact * Fraction(10) ** reckoned.decimals)


def claim_of(row: Mapping[str, Any]) -> Claim:
    """Return a claim (or, without sums, a conflict) from its table in the data file."""
    sums = tuple(Sum(s["zh"], s["en"], s["top"], s["bottom"], s["unit"], s.get("decimals", 0)) for s in row.get("sums", ()))
    return Claim(row["code"], row["title"], row["title_en"], tuple(row["figures"]), row["zh"], row["en"], sums)
