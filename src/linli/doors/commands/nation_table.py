"""The nation's table: every community of the cube in a month, as CSV and Parquet, with what it was made of and its digest beside it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linli.doors.site.desk import policy_at
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys.roll_up import weights
from linli.kernel.errors import NotFound
from linli.sight.rollup import reads

COLUMNS = ("place", "name", *reads.TABLE[1:])
SCHEMA = pa.schema([(name, pa.string() if name in {"place", "name"} else pa.int64()) for name in COLUMNS])


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, how many rows, and the SHA-256 of the CSV. The description has the rest."""

    files: tuple[Path, ...]
    rows: int
    sha256: str


def write(folder: Path, month: str) -> Written:
    """Write nation-MONTH.csv, .parquet and .json into `folder`; the same cube and policy give the same digest.

    Raises NotFound where there is no cube, or it does not have the month.
    """
    about, rules = reads.about(), policy_at("", now())
    if about is None:
        raise NotFound
    least, weighing = rules.count("observations_min"), weights(rules)
    folder.mkdir(parents=True, exist_ok=True)
    text, table, told = (folder / f"nation-{month}.{ending}" for ending in ("csv", "parquet", "json"))
    digest, rows = hashlib.sha256(), 0
    with text.open("wb") as out, pq.ParquetWriter(table, SCHEMA, compression="zstd") as writer:
        head = _lines([COLUMNS])
        digest.update(head)
        out.write(head)
        for block in reads.table(month, weighing, least=least):
            names = places.names([str(row[0]) for row in block])
            full = [(row[0], names.get(str(row[0]), ""), *row[1:]) for row in block]
            piece = _lines(full)
            digest.update(piece)
            out.write(piece)
            columns = zip(*full, strict=True)
            writer.write_table(pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA))
            rows += len(full)
    described = {
        "month": month, "rows": rows, "csv_sha256": digest.hexdigest(), "synthetic": about.synthetic, "left_out": about.left_out,
        "observations_min": least, "weights_ppm": dict(zip(reads.DIMENSIONS, weighing.by_dimension, strict=True)),
        "shrink_weight": weighing.prior, "known_min_ppm": weighing.known_min_ppm, "cube": about.files,
    }  # fmt: skip
    told.write_text(json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return Written((text, table, told), rows, digest.hexdigest())


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
