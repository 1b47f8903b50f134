"""A run's inputs as bytes: the same batch always gives the same bytes, and the bytes give the batch back. Nobody's id is in them. Pure."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from linli.help.matching.core.arrays import Array, Batch, Costs, Helpers, Needs, Pairs
from linli.help.matching.core.outcome import Fine, Outcome, owners

FORM = b"linli.match.v1\n"
KNOWN: tuple[tuple[str, type[Needs] | type[Helpers] | type[Pairs]], ...] = (("needs", Needs), ("helpers", Helpers), ("pairs", Pairs))
KINDS = frozenset({"int8", "int16", "int32", "int64", "uint64", "bool"})


class BadSnapshot(ValueError):
    """Bytes that are no run's inputs, or not those of the digest they came with."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that decides a run, and the words its numbers stand for (skills and communities, by number)."""

    batch: Batch
    fine: Fine
    skills: tuple[str, ...]
    communities: tuple[str, ...]


def _columns(batch: Batch) -> dict[str, Array]:
    tables: tuple[tuple[str, dict[str, Array]], ...] = (
        ("needs", batch.needs._asdict()), ("helpers", batch.helpers._asdict()), ("pairs", batch.pairs._asdict()),
    )  # fmt: skip
    return {f"{table}.{name}": column for table, rows in tables for name, column in rows.items()}


def pack(inputs: Inputs) -> bytes:
    """Return the bytes of a run's inputs."""
    about = {
        "slots": inputs.batch.slots, "per_day": inputs.batch.per_day, "costs": inputs.batch.costs._asdict(), "fine": asdict(inputs.fine),
        "skills": list(inputs.skills), "communities": list(inputs.communities),
    }  # fmt: skip
    return write_columns(FORM, about, _columns(inputs.batch))


def write_columns(form: bytes, about: Mapping[str, Any], columns: Mapping[str, Array]) -> bytes:
    """Return columns as bytes: a line that names the form, a line that tells what follows, then the columns, little-endian."""
    told = dict(about) | {"columns": [[name, column.dtype.name, list(column.shape)] for name, column in columns.items()]}
    line = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    little = (np.ascontiguousarray(column).astype(column.dtype.newbyteorder("<")).tobytes() for column in columns.values())
    return form + line + b"\n" + b"".join(little)


def read_columns(form: bytes, packed: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return (what was told, columns) of what `write_columns` wrote. Raises BadSnapshot."""
    if not packed.startswith(form):
        raise BadSnapshot("this is no run's inputs, or of another version")
    line, _, rest = packed[len(form) :].partition(b"\n")
    try:
        about = json.loads(line)
        return about, _read(rest, about)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise BadSnapshot(f"what should follow does not: {error}") from error


def _read(rest: bytes, about: dict[str, Any]) -> dict[str, Array]:
    found, at = {}, 0
    for name, kind, shape in about["columns"]:
        if kind not in KINDS:
            raise BadSnapshot(f"{name} is of {kind}")
        dtype = np.dtype(kind).newbyteorder("<")
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if at + size > len(rest):
            raise BadSnapshot(f"{name} is cut short")
        found[name] = np.frombuffer(rest[at : at + size], dtype).astype(np.dtype(kind)).reshape(shape)
        at += size
    if at != len(rest):
        raise BadSnapshot("more follows than was told")
    return found


def unpack(packed: bytes) -> Inputs:
    """Return the inputs that `pack` made bytes of. Raises BadSnapshot."""
    about, columns = read_columns(FORM, packed)
    try:
        needs, helpers, pairs = ({name: columns[f"{table}.{name}"] for name in kind._fields} for table, kind in KNOWN)
        costs = Costs(**about["costs"])
        batch = Batch(Needs(**needs), Helpers(**helpers), Pairs(**pairs), costs, about["slots"], about["per_day"])
        return Inputs(batch, Fine(**about["fine"]), tuple(about["skills"]), tuple(about["communities"]))
    except (KeyError, TypeError) as error:
        raise BadSnapshot(f"what should follow does not: {error}") from error


def seal(packed: bytes) -> tuple[str, bytes]:
    """Return (digest, compressed) of packed inputs, to be kept."""
    return hashlib.sha256(packed).hexdigest(), zlib.compress(packed, 6)


def unseal(kept: bytes, digest: str) -> bytes:
    """Return the packed inputs of what was kept. Raises BadSnapshot where they are not those of `digest`."""
    try:
        packed = zlib.decompress(kept)
    except zlib.error as error:
        raise BadSnapshot("what was kept cannot be read") from error
    if hashlib.sha256(packed).hexdigest() != digest:
        raise BadSnapshot("what was kept is not what was matched")
    return packed


def answer_of(outcome: Outcome) -> list[list[int]]:
    """Return who is asked for what as [need's row, helper's row], rising."""
    owner = owners(outcome.edges)[outcome.chosen].tolist()
    return [[i, h] for i, h in zip(owner, outcome.edges.helpers[outcome.chosen].tolist(), strict=True)]
