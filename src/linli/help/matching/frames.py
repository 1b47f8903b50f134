"""A city's matching as a function from one table to another, so that a cluster of Spark runs it city by city. Nothing here says where."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from linli.help.matching.core import choose
from linli.help.matching.core.arrays import BadBatch
from linli.help.matching.core.outcome import VERSION
from linli.help.matching.core.snapshot import BadSnapshot, answer_of, unpack

# `packed`: a run's inputs as `snapshot.pack` makes them and every kept run has them.
BATCHES = pa.schema([("city", pa.string()), ("packed", pa.binary())])
# A row a batch: the digest of its inputs, who is asked for what (rows of its needs and helpers, in pairs), the worth and what no assignment
# can pass. A batch that cannot be matched has why in `refused`, and nobody asked.
ASKED = pa.schema(
    [
        ("city", pa.string()), ("refused", pa.string()), ("inputs_digest", pa.string()), ("engine", pa.string()), ("value", pa.int64()),
        ("bound", pa.int64()), ("needs", pa.list_(pa.int64())), ("helpers", pa.list_(pa.int64())),
    ]
)  # fmt: skip


def match(batches: pa.Table) -> pa.Table:
    """Return who is asked for what in each batch of `batches` (`BATCHES`), as `ASKED`; batches of one city stay apart."""
    rows = [_matched(str(row["city"]), row["packed"] or b"") for row in batches.select(["city", "packed"]).to_pylist()]
    return pa.Table.from_pylist(rows, ASKED)


def _matched(city: str, packed: bytes) -> dict[str, object]:
    told: dict[str, object] = {"city": city, "inputs_digest": hashlib.sha256(packed).hexdigest()}
    try:
        inputs = unpack(packed)
        outcome = choose.run(inputs.batch, inputs.fine)
    except (BadSnapshot, BadBatch) as error:
        return told | {"refused": str(error)}
    pairs = answer_of(outcome)
    return told | {
        "engine": f"{choose.way(inputs.batch)}-{VERSION}", "value": outcome.value, "bound": outcome.bound,
        "needs": [need for need, _ in pairs], "helpers": [helper for _, helper in pairs],
    }  # fmt: skip
