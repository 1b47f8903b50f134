"""How right and how fast the forecast is: beside who knows every rate, same day last week, four same weekdays, and AutoETS, in one run.

Made-up demand has known rates: oracle_ratio_min is the worst level with at least three requests a bucket. Real series are read where
LINLI_BENCH_SERIES names a folder; there the last twelve weeks are forecast week by week, each from what was known before it.
AutoETS is there where `uv sync --group bench` brought statsforecast; without it nothing is held against it.
"""

from __future__ import annotations

import importlib.util
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date

import numpy as np
from scipy import stats

from benches import _series
from benches._frame import NS_PER_S, BenchFailed, Lines, Options, Size, check, exponent, note, options
from linli.kernel.units import PPM_ONE
from linli.sight.forecast.core import chances
from linli.sight.forecast.core.days import WEEK, Days, days_from
from linli.sight.forecast.core.foresee import LEVEL_PPM, Foreseen, foresee
from linli.sight.forecast.core.tree import MILLI, Floats, Ints, Tree, tree_of

SIZES = {Size.SMALL: (800, 1_600, 3_200), Size.CITY: (32_000, 80_000, 160_000), Size.FULL: (32_000, 80_000, 160_000)}
SERVICES, DISTRICTS, STREETS = 16, 4, 5
UNTIL, HORIZON, TRIES = 365, 14, 3
A_BUCKET, NATION = 3.0, 15_000_000
PER_SERIES = 0.12  # requests a day, community and service
SHAPE = np.array([1.2, 1.1, 1.05, 1.0, 1.05, 0.85, 0.75])
ETS_SERIES = {Size.SMALL: 4, Size.CITY: 40, Size.FULL: 100}
ORIGINS = 12
COVERED_WITHIN = 0.15  # of 80 %: twelve weeks, whose days are off together, say no more
ETS = importlib.util.find_spec("statsforecast") is not None


def _city(many: int, rng: np.random.Generator) -> tuple[Tree, Floats, Ints]:
    """Return a city of about `many` series: how it adds up, its true rates and what came, (series, days)."""
    communities = many // (SERVICES * DISTRICTS * STREETS)
    places = [f"4401{d:02d}{s:03d}{c:03d}" for d in range(DISTRICTS) for s in range(STREETS) for c in range(communities)]
    tree = tree_of([f"{s:02d}" for s in range(SERVICES) for _ in places], places * SERVICES, (9, 6))
    at = np.arange(UNTIL + HORIZON)
    shape = SHAPE[at % WEEK] * (1 + 0.15 * np.sin(2 * np.pi * at / 364)) * np.exp(0.0003 * at)
    rates = PER_SERIES * rng.gamma(2, 0.5, (len(places) * SERVICES, 1)).astype(np.float32) * shape.astype(np.float32)
    return tree, rates.astype(np.float32), rng.poisson(rates).astype(np.int16)


def _sums(values: Floats, tree: Tree) -> list[Floats]:
    found = [values.astype(np.float64)]
    for starts in tree.starts:
        found.append(np.add.reduceat(found[-1], starts, axis=0))
    return found


def _off(rate: Floats, said: Floats) -> float:
    """Return the sum of E|X - said| of Poisson counts: exactly, no luck of the draw."""
    whole = np.floor(said)
    return float((rate - said + 2 * (said * stats.poisson.cdf(whole, rate) - rate * stats.poisson.cdf(whole - 1, rate))).sum())


def _made_up(lines: Lines, tree: Tree, rates: Floats, counts: Ints, found: Foreseen) -> None:
    """Print how near the best possible every level comes, and beside same day last week."""
    ratios, naive = [], []
    for at, (level, rate) in enumerate(zip(found.levels, _sums(rates[:, UNTIL : UNTIL + WEEK], tree), strict=True)):
        if rate.mean() < A_BUCKET:
            continue
        said = level.mean_milli[:, :WEEK] / MILLI
        last = _sums(counts[:, UNTIL - WEEK : UNTIL], tree)[at]
        best = 1 - chances.miss(rate).sum() / rate.sum()
        ratios.append((1 - _off(rate, said) / rate.sum()) / best)
        naive.append(_off(rate, last) / _off(rate, said))
        came = _sums(counts[:, UNTIL:], tree)[at]
        lines.figure(f"level{at}_covered", float(((came >= level.low) & (came <= level.high)).mean()), "", n=came.size)
    check(bool(ratios), "no level has three requests a bucket")
    lines.figure("oracle_ratio_min", min(ratios), "", n=tree.series, against="1 - WAPE of who knows every rate", ratio=min(ratios))
    lines.figure(
        "vs_seasonal_naive", min(naive), "×", n=tree.series, against="misses of same day last week, the worst level", ratio=min(naive)
    )


def _best(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TRIES):
        begun = time.monotonic_ns()
        work()
        took.append(time.monotonic_ns() - begun)
    return min(took) / NS_PER_S


def _ets(histories: Ints, horizon: int) -> Floats:
    from statsforecast.models import AutoETS  # noqa: PLC0415 — only where it is installed, and slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = AutoETS(season_length=WEEK)
        said = [model.forecast(np.maximum(row, 0).astype(np.float64), horizon)["mean"] for row in histories]
    return np.maximum(np.array(said), 0)


def _speed(lines: Lines, wanted: Options, per_second: float, counts: Ints) -> None:
    lines.figure("series_per_s", per_second, "/s", n=len(counts))
    lines.figure("nation_seconds_carried_on", NATION / per_second, "s", n=NATION)
    if not ETS:
        note("statsforecast is not installed (uv sync --group bench): nothing is held against AutoETS")
        return
    few = counts[np.linspace(0, len(counts) - 1, ETS_SERIES[wanted.size]).astype(np.int64), :UNTIL]
    _ets(few[:1], HORIZON)  # compiled or loaded on its first call
    each = _best(lambda: _ets(few, HORIZON)) / len(few)
    lines.figure("ets_speedup", per_second * each, "×", n=len(few), against="AutoETS, one series after the other", ratio=per_second * each)


def _real(lines: Lines, series: _series.Real) -> None:
    """Print, level by level, how right twelve rolling weeks were: ours, both simple ways, AutoETS on categories, and the ceiling."""
    many = series.counts.shape[1]
    off: dict[tuple[str, str], float] = {}
    inside: dict[str, list[float]] = {}
    for origin in range(many - WEEK * ORIGINS, many, WEEK):
        before, came = series.counts[:, :origin], series.levels(series.counts[:, origin : origin + WEEK])
        found = foresee(before, series.tree, series.days, horizon=WEEK)
        said = {
            "accuracy": series.levels(found.levels[0].mean_milli / MILLI),
            "last_week": series.levels(before[:, -WEEK:]),
            "four_weeks": series.levels(np.mean([before[:, -WEEK * (i + 1) : len(before[0]) - WEEK * i] for i in range(4)], axis=0)),
        }
        if ETS:
            said["ets"] = {"category": _ets(series.levels(before)["category"].astype(np.int64), WEEK)}
        for way, levels in said.items():
            for level, values in levels.items():
                off[level, way] = off.get((level, way), 0.0) + float(np.abs(values - came[level]).sum())
        for level, values in came.items():
            off[level, "came"] = off.get((level, "came"), 0.0) + float(values.sum())
            rate = np.repeat(values.mean(axis=1, keepdims=True), WEEK, axis=1)
            off[level, "ceiling"] = off.get((level, "ceiling"), 0.0) + float(chances.miss(rate).sum())
        parts = {"area_category": found.levels[0], "category": found.levels[1], "total": found.levels[-1]}
        if series.areas > 1:
            parts["area"] = found.margins[0]
        for level, part in ((level, parts[level]) for level in came):
            inside.setdefault(level, []).append(float(((came[level] >= part.low) & (came[level] <= part.high)).mean()))
    _print_real(lines, series, off, inside)


def _print_real(lines: Lines, series: _series.Real, off: dict[tuple[str, str], float], inside: dict[str, list[float]]) -> None:
    n = WEEK * ORIGINS
    for level in dict.fromkeys(level for level, _ in off):
        right = {way: 1 - miss / off[level, "came"] for (at, way), miss in off.items() if at == level and way != "came"}
        for way, value in right.items():
            lines.figure(f"{series.name}_{level}_{way}", value, "1 - WAPE", n=n)
        closed = (right["accuracy"] - right["four_weeks"]) / (right["ceiling"] - right["four_weeks"])
        lines.figure(f"{series.name}_{level}_gap_closed", closed, "", n=n, against="from four same weekdays to the ceiling", ratio=closed)
        if level in inside:
            covered = float(np.mean(inside[level]))
            check(abs(covered - LEVEL_PPM / PPM_ONE) <= COVERED_WITHIN, f"{series.name}: ranges of {level} hold {covered:.2f} of days")
            lines.figure(
                f"{series.name}_{level}_coverage_80", covered, "", n=n, against="80 % of days", ratio=covered * PPM_ONE / LEVEL_PPM
            )


def _days(until: int) -> Days:
    return days_from(date(2025, 1, 6), until)


def run(wanted: Options) -> None:
    """Forecast made-up cities of each size, then the real series where there are any."""
    lines, rng, seconds = Lines("forecast", wanted.seed), np.random.default_rng(wanted.seed), []
    sizes = SIZES[wanted.size]
    for many in sizes:
        tree, rates, counts = _city(many, rng)
        before = np.ascontiguousarray(counts[:, :UNTIL])
        found = foresee(before, tree, _days(UNTIL + HORIZON))
        for lower, upper, starts in zip(found.levels, found.levels[1:], tree.starts, strict=False):
            check(np.array_equal(np.add.reduceat(lower.mean_milli, starts, axis=0), upper.mean_milli), "levels do not agree")
        seconds.append(_best(lambda: foresee(before, tree, _days(UNTIL + HORIZON))))  # noqa: B023
        lines.figure("seconds", seconds[-1], "s", n=tree.series)
    _made_up(lines, tree, rates, counts, found)
    _speed(lines, wanted, tree.series / seconds[-1], counts)
    lines.figure("exponent", exponent(sizes, seconds), "", n=tree.series)
    where = _series.folder()
    if where is None:
        note(f"{_series.FOLDER} names no folder: no real series")
        return
    for name in _series.SERIES:
        _real(lines, _series.real(name, where))


if __name__ == "__main__":
    try:
        run(options("forecast", __doc__ or ""))
    except BenchFailed as failed:
        sys.exit(f"forecast: {failed}")
