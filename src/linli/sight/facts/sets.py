"""Fact sets on disk: facts frozen as Parquet, one file a city and month, named by what is in them, with a manifest of them all.

A file is never changed and never written twice: who cites a set finds the very bytes. People are numbers that mean nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from linli.kernel.canon import PREFIX, canonical
from linli.sight.facts.core import day_of

FORMAT = "linli.factset.v1"
NUMBER_BYTES = 7  # 56 bits: positive in every engine; two people of a city sharing one is not to be expected before 2^28 of them
MOMENT = pa.timestamp("us")
COLUMNS = pa.schema(
    [
        ("fact", pa.int64()), ("kind", pa.string()), ("place", pa.string()), ("told", pa.string()), ("service", pa.string()),
        ("domain", pa.string()), ("grp", pa.string()), ("channel", pa.string()), ("tag", pa.string()), ("good", pa.bool_()),
        ("value", pa.int64()), ("subject", pa.int64()), ("day", pa.date32()), ("month", pa.string()), ("occurred_at", MOMENT),
        ("recorded_at", MOMENT),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetFile:
    """One partition: its month, path below the folder of facts, rows, bytes and SHA-256."""

    month: str
    path: str
    facts: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a fact set is: its files, both clocks, and which communities were counted as which (merged or renumbered since)."""

    city: str
    number: int
    occurred_until: str
    recorded_until: str
    moved: Mapping[str, str]
    files: tuple[SetFile, ...]

    @property
    def facts(self) -> int:
        """Return how many facts it holds."""
        return sum(f.facts for f in self.files)

    def plain(self) -> dict[str, Any]:
        """Return the manifest as a tree of text and whole numbers."""
        return {
            "format": FORMAT, "city": self.city, "number": self.number, "facts": self.facts,
            "as_of": {"occurred": self.occurred_until, "recorded": self.recorded_until}, "moved": dict(self.moved),
            "files": [
                {"month": f.month, "path": f.path, "facts": f.facts, "bytes": f.size_bytes, "sha256": f.sha256} for f in self.files
            ],
        }  # fmt: skip

    def text(self) -> str:
        """Return the canonical text whose SHA-256 is the set's digest."""
        return canonical(self.plain()).decode()


def manifest_of(tree: Mapping[str, Any]) -> Manifest:
    """Return the manifest of a tree as `plain` makes it."""
    files = tuple(SetFile(f["month"], f["path"], f["facts"], f["bytes"], f["sha256"]) for f in tree["files"])
    return Manifest(tree["city"], tree["number"], tree["as_of"]["occurred"], tree["as_of"]["recorded"], tree["moved"], files)


def manifest_in(text: str) -> Manifest:
    """Return the manifest whose canonical text this is. Raises ValueError for another format."""
    tree = json.loads(text.removeprefix(PREFIX.decode()))
    if tree["format"] != FORMAT:
        raise ValueError(f"fact sets of format {tree['format']} are not read here")
    return manifest_of(tree)


def folder() -> Path:
    """Return where fact sets lie."""
    return Path(settings.LINLI_DATA) / "facts"


def number_of(secret: bytes, person: UUID | None) -> int | None:
    """Return the number a person has in the sets of one city."""
    if person is None:
        return None
    return int.from_bytes(hmac.new(secret, person.bytes, hashlib.sha256).digest()[:NUMBER_BYTES], "big")


def utc(moment: datetime) -> datetime:
    """Return a moment as it stands in a file: UTC without a zone."""
    return moment.replace(tzinfo=None) - (moment.utcoffset() or moment - moment)


def write(city: str, month: str, rows: Iterable[tuple[Any, ...]]) -> SetFile:
    """Write the rows (in the order of COLUMNS) of one month as a file and return what it is; the same rows make the same bytes."""
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in COLUMNS]
    table = pa.table([pa.array(values, field.type) for values, field in zip(columns, COLUMNS, strict=True)], schema=COLUMNS)
    place = folder() / city / month
    place.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            pq.write_table(table, out, compression="zstd", write_statistics=True)
            out.flush()
            os.fsync(out.fileno())
        data = Path(temporary).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        path = place / f"{digest[:16]}.parquet"
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)  # gone already where all went well
    return SetFile(month, f"{city}/{month}/{path.name}", table.num_rows, len(data), digest)


def is_whole(file: SetFile) -> bool:
    """Tell whether a file is there and is what its manifest says."""
    path = folder() / file.path
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def row_of(fact: tuple[Any, ...], *, secret: bytes, domains: Mapping[str, str], moved: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the row of a fact (id, kind, place, service, group, channel, tag, good, value, subject, both clocks) in the order of COLUMNS."""
    pk, kind, place, service, group, channel, tag, good, value, subject, occurred, recorded = fact
    told, day = place[:12], day_of(occurred)
    return (
        pk, kind, moved.get(told, told), told, service, domains.get(service, ""), group, channel, tag, good, value,
        number_of(secret, subject), day, f"{day.year:04d}-{day.month:02d}", utc(occurred), utc(recorded),
    )  # fmt: skip
