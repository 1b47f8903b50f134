"""Benches run at their smallest size and print what they promise; what they are made of is right. How fast they are is no test."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benches import _frame

ROOT = Path(__file__).resolve().parents[1]
FIELDS = ["bench", "figure", "value", "unit", "against", "ratio", "n", "seed"]
PROMISED = {
    "places": {"load_seconds", "search_p99_ms", "exponent"},
    "ask": {"per_second", "p99_ms", "exponent"},
    "confirm": {"per_second", "p99_ms", "exponent"},
    "matching": {
        "or_tools_speedup", "value_loss", "greedy_time_ratio", "scarcity_seconds", "scarcity_gap", "million_seconds", "million_gib",
        "one_need_p99_ms", "exponent",
    },
    "forecast": {"oracle_ratio_min", "vs_seasonal_naive", "series_per_s", "exponent"},
    "rollup": {"cube_vs_memory_read", "cube_vs_duckdb", "delta_ms", "events_vs_scan", "exponent"},
}  # fmt: skip
PGBENCH = [*Path("/usr/lib/postgresql").glob("*/bin/pgbench")]


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("LINLI_", "DJANGO_"))}
    command = [sys.executable, "-m", f"benches.{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=900)


def test_every_bench_is_looked_at() -> None:
    assert {path.stem for path in (ROOT / "benches").glob("[!_]*.py")} == set(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_a_small_bench_prints_its_figures(name: str) -> None:
    ran = run(name, "--size", "small", "--seed", "7")
    assert ran.returncode == 0, ran.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert all(list(line) == FIELDS for line in lines)
    assert {(line["bench"], line["seed"]) for line in lines} == {(name, 7)}
    figures = [line["figure"] for line in lines]
    wanted = PROMISED[name] | ({"vs_tpcb"} if PGBENCH and name in {"ask", "confirm"} else set())
    if name == "forecast" and importlib.util.find_spec("statsforecast"):
        wanted |= {"ets_speedup"}
    assert wanted <= set(figures)
    assert all(figures.count(figure) == 1 for figure in wanted)
    assert len({line["n"] for line in lines}) >= 3
    assert all(line["value"] > 0 for line in lines if line["figure"] != "exponent")
    against = [line for line in lines if line["figure"] == "vs_tpcb"]
    assert all(line["ratio"] == line["value"] and "TPC-B" in line["against"] for line in against)


def test_a_bench_leaves_nothing_behind() -> None:
    assert run("ask", "--size", "city-wide").returncode == 2
    assert not [path for path in Path("/var/tmp").glob("linli-bench-*") if not (path / "postgres.log").exists()]


def test_a_percentile_is_a_sample() -> None:
    samples = [*range(1, 201)]
    assert _frame.percentile(samples[::-1], 99) == 198
    assert _frame.percentile(samples, 100) == 200
    assert _frame.percentile([5], 50) == 5
    with pytest.raises(_frame.BenchFailed):
        _frame.percentile([], 99)


def test_the_exponent_of_a_power_is_that_power() -> None:
    sizes = [10, 100, 1_000]
    for power in (0.5, 1.0, 2.0):
        assert _frame.exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)
    with pytest.raises(_frame.BenchFailed):
        _frame.exponent([10, 10, 100], [1.0, 1.0, 2.0])


def test_a_wrong_result_ends_a_bench() -> None:
    with pytest.raises(_frame.BenchFailed, match="seven"):
        _frame.check(False, "seven needs, not eight")
    assert _frame.rounded(12345.678) == 12350.0
