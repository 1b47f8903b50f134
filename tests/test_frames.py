"""One set of expressions: the dense cube, DuckDB and a cluster of Spark give the same totals, whatever happened to the facts on their way; and
cities that are foreseen and matched on the cluster come out as they do here, to the last bit."""

from __future__ import annotations

import gc
import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from benches._city import city as batch_of
from pyspark.sql import SparkSession

from linli.help.matching.core import choose
from linli.help.matching.core.outcome import Fine
from linli.help.matching.core.snapshot import answer_of
from linli.journeys import cities
from linli.sight.rollup import core, frames, settling
from tests import many_cities, sparking

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # of ibis about duckdb
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # pyspark leaves those to its executors to the collector
]
FIRST = 2025 * 12 + 11  # December 2025 … November 2026
EMPTY = (3, 4, 5)  # March, April, May: a quarter without a fact
DAY = 86_400_000_000
NOW = 20_783 * DAY
Rows = set[tuple[int, int, int, int, int, int]]
Totals = Callable[[list[dict[str, Any]], Mapping[int, int], int], Rows]

CODES = np.array(sorted(
    province * 10**10 + city * 10**8 + district * 10**6 + street * 10**3 + place
    for province in (11, 44, 65) for city in (1, 2) for district in (1, 3) for street in (2, 5, 7) for place in range(1, 3 + street)
), np.int64)  # fmt: skip
TREE = core.tree_of(CODES)
CLOSED, HEIR, RENAMED, NEW = 110_101_002_900, int(CODES[0]), 650_203_007_950, int(CODES[-1])
MOVED = {CLOSED: 110_101_002_901, 110_101_002_901: HEIR, RENAMED: NEW}


def fact(reference: str, place: int, month: int = 11, **other: Any) -> dict[str, Any]:
    usual = {"revision": 0, "dimension": 2, "hits": 1, "n": 1, "occurred_us": NOW - 300 * DAY, "recorded_us": NOW - 299 * DAY}
    return usual | {"reference": reference, "place": place, "month": FIRST + month} | other


def many(seed: int = 3, count: int = 6_000) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    months = [month for month in range(core.MONTHS) if month not in EMPTY]
    draws = zip(*(rng.integers(0, top, count).tolist() for top in (len(CODES), len(months), 8, 2)), strict=True)
    return [fact(f"a:{i}", int(CODES[c]), months[m], dimension=d, hits=h) for i, (c, m, d, h) in enumerate(draws)]


def table(facts: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(facts, ibis.schema(frames.FACTS).to_pyarrow())


def dense(facts: list[dict[str, Any]], moved: Mapping[int, int], as_of_us: int = NOW) -> Rows:
    columns = {name: column.to_numpy() for name, column in zip(frames.FACTS, table(facts).columns, strict=True)}
    changes = settling.settled(columns, moved, TREE, as_of_us=as_of_us, first_month=FIRST)
    cells = np.zeros((len(CODES), core.MONTHS, len(core.DIMENSIONS), 2), np.uint16)
    cube = core.Cube(cells, core.totals(cells, TREE, cell_max=0), 0)
    core.apply(cube, TREE, changes)
    found = set()
    for digits in core.ABOVE:
        for at in np.argwhere(cube.totals[digits][..., 1] > 0).tolist():
            hits, n = cube.totals[digits][tuple(at)].tolist()
            found.add((digits, int(TREE.levels[digits].codes[at[0]]), at[1] + FIRST, at[2], hits, n))
    return found


def _asked(database: Any, folder: Path) -> Totals:
    def ask(facts: list[dict[str, Any]], moved: Mapping[int, int], as_of_us: int = NOW) -> Rows:
        ends = settling.followed(moved)
        written = {
            "facts": table(facts), "places": pa.table({"code": CODES}),
            "moved": pa.table({"old": pa.array(ends.keys(), pa.int64()), "new": pa.array(ends.values(), pa.int64())}),
        }  # fmt: skip
        for name, rows in written.items():
            pq.write_table(rows, folder / f"{name}.parquet")
        read = {name: database.read_parquet(str(folder / f"{name}.parquet")) for name in written}
        every = frames.every_level(
            frames.cells(frames.settled(read["facts"], read["moved"], read["places"], as_of_us=as_of_us, first_month=FIRST))
        )
        asked = every.filter(every.n > 0).select("digits", "place", "month", "dimension", "hits", "n")
        return {tuple(row.values()) for row in database.to_pyarrow(asked).to_pylist()}

    return ask


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    folder = tmp_path_factory.mktemp("spark")
    with sparking.cluster(folder) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the two libraries about each other
        yield opened
        gc.collect()  # sockets are let go of while the mark above holds
        assert opened.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == sparking.EXECUTORS + 1  # and the driver
    assert str(folder) not in _processes()


@pytest.fixture
def spark(session: SparkSession, tmp_path: Path) -> Totals:
    return _asked(ibis.pyspark.connect(session), tmp_path)


@pytest.fixture
def duckdb(tmp_path: Path) -> Totals:
    return _asked(ibis.duckdb.connect(), tmp_path)


PLACE = int(CODES[7])
DOUBLED = [fact("b", PLACE), fact("b", PLACE)]
REVERSED = [fact("c", PLACE), fact("c", PLACE, revision=1, hits=0, n=0)]
CORRECTED = [fact("d", PLACE), fact("d", int(CODES[9]), month=2, revision=1, hits=0, recorded_us=NOW)]
LATE = [fact("e", PLACE, month=1, recorded_us=NOW)]
FUTURE = [fact("f", PLACE, occurred_us=NOW + DAY), fact("g", PLACE, recorded_us=NOW + DAY)]
OTHER_YEARS = [fact("h", PLACE, month=12), fact("h2", PLACE, month=-1)]
ELSEWHERE = [fact("i", 990_101_001_001)]
MERGED = [fact("j", CLOSED, month=0), fact("k", HEIR), fact("l", RENAMED), fact("m", NEW)]
EVERYTHING = [*many(), *DOUBLED, *REVERSED, *CORRECTED, *LATE, *FUTURE, *OTHER_YEARS, *ELSEWHERE, *MERGED]


def nation(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return hits and n of the nation by month number."""
    found: dict[int, list[int]] = {}
    for digits, _place, month, _dimension, hits, n in rows:
        if digits == core.NATION:
            sums = found.setdefault(month - FIRST, [0, 0])
            sums[0], sums[1] = sums[0] + hits, sums[1] + n
    return {month: (hits, n) for month, (hits, n) in found.items()}


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        (DOUBLED, {11: (1, 1)}),
        (REVERSED, {}),
        (CORRECTED, {2: (0, 1)}),
        (LATE, {1: (1, 1)}),
        (FUTURE, {}),
        (OTHER_YEARS, {}),
        (ELSEWHERE, {}),
        (MERGED, {0: (1, 1), 11: (3, 3)}),
        ([], {}),
    ],
    ids=["doubled", "reversed", "corrected", "late", "future", "other years", "elsewhere", "merged and renamed", "nothing"],
)
def test_facts_are_settled_alike(facts: list[dict[str, Any]], counts: dict[int, tuple[int, int]], duckdb: Totals) -> None:
    assert nation(dense(facts, MOVED)) == counts
    assert duckdb(facts, MOVED, NOW) == dense(facts, MOVED)


def test_dense_duckdb_and_spark_agree_to_the_last_integer(duckdb: Totals, spark: Totals) -> None:
    own = dense(EVERYTHING, MOVED)
    assert duckdb(EVERYTHING, MOVED, NOW) == own
    assert spark(EVERYTHING, MOVED, NOW) == own
    assert not set(nation(own)) & set(EMPTY)
    assert sum(n for _hits, n in nation(own).values()) == 6_000 + 1 + 0 + 1 + 1 + 0 + 0 + 4
    assert {digits for digits, *_rest in own} == set(core.ABOVE)
    early = NOW - DAY  # before what came late and what was corrected
    assert duckdb(EVERYTHING, {}, early) == dense(EVERYTHING, {}, early) != own


def test_a_merged_place_counts_where_it_went(duckdb: Totals) -> None:
    street = {(place, n) for digits, place, _month, _dimension, _hits, n in duckdb(MERGED[:1], MOVED, NOW) if digits == core.STREET}
    assert street == {(HEIR // 1000, 1)}
    with pytest.raises(ValueError, match="circle"):
        settling.followed({1: 2, 2: 1})


def _rows(folder: Path, *by: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ds.dataset(folder, format="parquet").to_table().sort_by([(name, "ascending") for name in by]).to_pylist()
    return found


def _master(session: SparkSession) -> str:
    return str(session.sparkContext.master)


def test_cities_are_foreseen_on_a_cluster_as_they_are_here(session: SparkSession, tmp_path: Path) -> None:
    asked = many_cities.written(tmp_path / "asked", many_cities.asked())
    here = cities.forecast(asked, tmp_path / "here", many_cities.TODAY, off="-", worked="-")
    there = cities.forecast(asked, tmp_path / "there", many_cities.TODAY, off="-", worked="-", master=_master(session))
    assert here == there
    assert (here.cities, set(here.refused)) == (5, {many_cities.ABSURD})
    order = ("city", "digits", "place", "service")
    own = _rows(tmp_path / "here", *order)
    assert own == _rows(tmp_path / "there", *order)
    assert {row["city"] for row in own if row["mean_milli"]} == set(many_cities.FORESEEN)
    whole = [row for row in own if (row["digits"], row["service"]) == (4, "")]
    assert all(14_000 < sum(row["mean_milli"]) / 14 < 22_000 for row in whole[:4])  # eighteen a day come


def test_cities_are_matched_on_a_cluster_as_they_are_here(session: SparkSession, tmp_path: Path) -> None:
    batches = many_cities.written(tmp_path / "batches", many_cities.batches())
    here = cities.match(batches, tmp_path / "here")
    there = cities.match(batches, tmp_path / "there", master=_master(session))
    assert here == there
    assert (here.cities, set(here.refused)) == (4, {many_cities.SPOILT})
    own = _rows(tmp_path / "here", "city", "inputs_digest")
    assert own == _rows(tmp_path / "there", "city", "inputs_digest")
    assert sorted(row["engine"] for row in own if row["needs"]) == ["auction-1", "auction-1", "exact-1"]
    alone = choose.run(batch_of(80, 120, 1), Fine())  # 4401's, not through any file
    (row,) = (row for row in own if row["city"] == "4401")
    assert [list(pair) for pair in zip(row["needs"], row["helpers"], strict=True)] == answer_of(alone)
    assert (row["value"], row["bound"]) == (alone.value, alone.bound)


def _processes() -> str:
    return subprocess.run(["ps", "-eo", "args", "-ww"], capture_output=True, text=True, check=True).stdout
