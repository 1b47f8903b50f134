"""What ships with Linli, read once a process: figures, conflicts, claims, owners, bindings, risks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from linli.sight.programme.core.claims import Claim, claim_of
from linli.sight.programme.core.figures import Figure, figure_of
from linli.sight.programme.core.progress import Binding, Fit
from linli.sight.programme.core.risks import Risk, Text, risk_of

DATA = Path(__file__).parent / "data"


def _read(name: str) -> list[dict[str, Any]]:
    table = tomllib.loads((DATA / f"{name}s.toml").read_text("utf-8"))
    rows: list[dict[str, Any]] = table[name]
    return rows


@cache
def figures() -> Mapping[str, Figure]:
    """Return every figure of the report by its code, in the order of the report. Raises ValueError for a code that stands twice."""
    rows = [figure_of(row) for row in _read("figure")]
    found = {row.code: row for row in rows}
    if len(found) != len(rows):
        raise ValueError("a figure stands twice")
    return found


@cache
def numbers() -> Mapping[str, Fraction]:
    """Return the exact number of every figure."""
    return {code: figure.exact for code, figure in figures().items()}


@cache
def conflicts() -> tuple[Claim, ...]:
    """Return where figures of the report cannot all hold."""
    return tuple(claim_of(row) for row in _read("conflict"))


@cache
def claims() -> tuple[Claim, ...]:
    """Return claims of the report that its own numbers do not carry."""
    return tuple(claim_of(row) for row in _read("claim"))


@cache
def bindings() -> Mapping[str, Binding]:
    """Return the binding of each figure that an indicator of ours answers."""
    found: dict[str, Binding] = {}
    for row in _read("binding"):
        binding = Binding(row["indicator"], Fit(row["as"]), row["better"] == "more", tuple(row["figures"]), row["zh"], row["en"])
        found |= dict.fromkeys(binding.figures, binding)
    return found


@cache
def owners() -> Mapping[str, tuple[str, Text, str]]:
    """Return for each figure with a named owner: the owner's code, words, and the section that names it."""
    return {code: (row["code"], Text(row["zh"], row["en"]), row["section"]) for row in _read("owner") for code in row["figures"]}


@cache
def offices() -> Mapping[str, Text]:
    """Return the offices the report names, by code."""
    return {row["code"]: Text(row["zh"], row["en"]) for row in _read("owner")}


@cache
def risks() -> Mapping[str, Risk]:
    """Return the risks of the report by their code."""
    return {row["code"]: risk_of(row) for row in _read("risk")}
