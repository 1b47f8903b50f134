"""Many cities at once: what each city wrote into a file goes through the same pure functions, one city after the other here or many at a time
on a cluster of Spark, and comes out the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from linli.ground.policy.core import day_of
from linli.help.matching import frames as matching
from linli.help.matching import reads as matching_reads
from linli.help.matching.core.snapshot import unseal
from linli.journeys.foresee import counts_of
from linli.sight.forecast import frames as forecasts

Work = Callable[[pa.Table], pa.Table]
SPARK, SPARK_TYPES = "pyspark.sql", "pyspark.sql.pandas.types"


class NoSpark(Exception):
    """A cluster was named, and pyspark is not installed."""


class NotThere(Exception):
    """What should be read is not there or has other columns, or what should be written is there already."""


@dataclass(frozen=True, slots=True)
class Gone:
    """How many cities went through, and which were refused and why."""

    cities: int
    refused: dict[str, str]


def forecast(source: Path, target: Path, today: date, *, off: str, worked: str, master: str = "") -> Gone:
    """Foresee every city of the files in `source` (columns `forecast.frames.ASKED`) from `today` on, into files in `target`.

    `off`, `worked`: days as policy has them, the same for every city. `master`: the cluster of Spark, '' for here. Raises NotThere, NoSpark.
    """
    work = partial(forecasts.forecast, today=today, off=off, worked=worked)
    return _through(work, forecasts.ASKED, forecasts.SAID, source, target, master)


def match(source: Path, target: Path, *, master: str = "") -> Gone:
    """Match every city of the files in `source` (columns `matching.frames.BATCHES`), into files in `target`. Raises NotThere, NoSpark."""
    return _through(matching.match, matching.BATCHES, matching.ASKED, source, target, master)


def write_counts(city: str, moment: datetime, target: Path) -> int:
    """Write what was asked in a city by community, service and day until yesterday; return how many rows. Raises NotThere."""
    _free(target)
    rows = [(city, place, service, day, n) for (place, service, day), n in sorted(counts_of(city, day_of(moment)).items())]
    columns = zip(*rows, strict=True) if rows else [()] * len(forecasts.ASKED)
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, forecasts.ASKED, strict=True)], schema=forecasts.ASKED)
    pq.write_table(table, target)
    return len(rows)


def write_batch(run: UUID, target: Path) -> None:
    """Write the inputs of a kept run. Raises NotFound, NotThere, and BadSnapshot where what was kept is not what was matched."""
    _free(target)
    kept = matching_reads.kept(run)
    packed = unseal(kept.inputs, kept.row.inputs_digest)
    pq.write_table(pa.table({"city": [kept.row.city], "packed": pa.array([packed], pa.binary())}, schema=matching.BATCHES), target)


def _free(target: Path) -> None:
    if target.exists():
        raise NotThere(f"{target} is there already")


def _through(work: Work, columns: pa.Schema, found: pa.Schema, source: Path, target: Path, master: str) -> Gone:
    _free(target)
    if not source.exists():
        raise NotThere(f"{source} is not there")
    there = ds.dataset(source, format="parquet")
    lacking = [field.name for field in columns if field.name not in there.schema.names]
    if lacking:
        raise NotThere(f"{source} lacks the columns {', '.join(lacking)}")
    if master:
        _on_spark(work, columns, found, source, target, master)
    else:
        _here(work, columns, found, there, target)
    told = ds.dataset(target, format="parquet", schema=found).to_table(columns=["city", "refused"])
    bad = told.filter(pc.is_valid(told["refused"]))
    return Gone(len(told["city"].unique()), dict(zip(bad["city"].to_pylist(), bad["refused"].to_pylist(), strict=True)))


def by_city(table: pa.Table) -> Iterator[pa.Table]:
    """Yield the rows of each city."""
    ordered = table.sort_by("city")
    cities = np.array(ordered["city"].to_pylist(), object)
    starts = [at for at in range(len(cities)) if at == 0 or cities[at] != cities[at - 1]]
    for first, end in zip(starts, [*starts[1:], len(cities)], strict=True):
        yield ordered.slice(first, end - first)


def _here(work: Work, columns: pa.Schema, found: pa.Schema, there: Any, target: Path) -> None:
    target.mkdir(parents=True)
    with pq.ParquetWriter(target / "part-0.parquet", found, compression="zstd") as out:
        for city in by_city(there.to_table(columns=columns.names).cast(columns)):
            out.write_table(work(city))


def _on_spark(work: Work, columns: pa.Schema, found: pa.Schema, source: Path, target: Path, master: str) -> None:
    # Loaded by name and here alone: only who has a cluster has pyspark.
    try:
        sql, types = import_module(SPARK), import_module(SPARK_TYPES)
    except ModuleNotFoundError as error:
        raise NoSpark("pyspark is not installed: pip install 'linli[spark]'") from error
    session = sql.SparkSession.builder.master(master).appName("linli cities").getOrCreate()
    rows = session.read.schema(types.from_arrow_schema(columns)).parquet(str(source))
    grouped = rows.groupBy("city").applyInArrow(work, types.from_arrow_schema(found))
    grouped.write.parquet(str(target), compression="zstd")
