"""A few cities as the files that a cluster reads: requests to foresee and batches to match, with one of each that must be refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from benches._city import city as batch_of

from linli.help.matching import frames as matching
from linli.help.matching.core.arrays import Batch
from linli.help.matching.core.outcome import Fine
from linli.help.matching.core.snapshot import Inputs, pack
from linli.sight.forecast import frames as forecasts

TODAY, DAYS = date(2026, 5, 11), 140
FORESEEN, ABSURD = ("3301", "4401", "4403", "5101"), "6101"
MATCHED, EMPTY, SPOILT = ("3301", "4401"), "4403", "5101"


def asked() -> pa.Table:
    """Return what was asked in four cities (three to eight a day and more), and in a fifth on one day a number below nought."""
    rng, rows = np.random.default_rng(8), []
    for city in FORESEEN:
        for place in (f"{city}01001001", f"{city}01001002", f"{city}02003001"):
            for service, rate in (("meal", 5.0), ("escort", 1.0)):
                counts = rng.poisson(rate, DAYS)
                rows += [(city, place, service, TODAY - timedelta(days=DAYS - at), int(n)) for at, n in enumerate(counts) if n]
    rows.append((ABSURD, f"{ABSURD}01001001", "meal", TODAY - timedelta(days=3), -4))
    columns = zip(*[rows[at] for at in rng.permutation(len(rows))], strict=True)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, forecasts.ASKED, strict=True)], schema=forecasts.ASKED)


def batches() -> pa.Table:
    """Return two batches that the auction takes and one of the same city that goes the exact way, one of nobody, and bytes that are none."""
    made = [(city, batch_of(80, 120, seed)) for seed, city in enumerate(MATCHED)]
    made += [(MATCHED[0], _one_slot(made[0][1])), (EMPTY, batch_of(0, 5, 1))]
    packed = [pack(inputs(batch)) for _, batch in made]
    table = {"city": [city for city, _ in made] + [SPOILT], "packed": pa.array([*packed, packed[0][:200]], pa.binary())}
    return pa.table(table, schema=matching.BATCHES)


def _one_slot(batch: Batch) -> Batch:
    needs = batch.needs._replace(slot=np.zeros_like(batch.needs.slot))
    helpers = batch.helpers._replace(caps=np.ones_like(batch.helpers.caps), free=np.ones_like(batch.helpers.free))
    return Batch(needs, helpers, batch.pairs, batch.costs, 1, 1)


def inputs(batch: Batch) -> Inputs:
    """Return a batch as a run's inputs."""
    return Inputs(batch, Fine(), (), ())


def written(folder: Path, table: pa.Table) -> Path:
    """Write a table as two files, cut across cities."""
    folder.mkdir()
    for at, part in enumerate((table.slice(0, len(table) // 2), table.slice(len(table) // 2))):
        pq.write_table(part, folder / f"{at}.parquet")
    return folder
