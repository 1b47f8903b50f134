"""Where a kept cube lies: one folder of plain .npy files beside a description in canonical bytes. Arithmetic on paths and bytes, no rules."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from linli.kernel.canon import PREFIX, canonical

VERSION = 1
FOLDER, DESCRIPTION, PROGRESS = "nation", "nation.json", "progress.json"
CODES, CELLS = "codes.npy", "cells.npy"


def totals_file(digits: int) -> str:
    """Return the name of the file that holds the totals of one level."""
    return f"totals-{digits:02}.npy"


@dataclass(frozen=True, slots=True)
class About:
    """What a kept cube is: whether made up and from which seed, its last month (2026-11), the largest cell, how long adding up took.

    `left_out` is the place whose figures are not in it, because they are real and come from elsewhere; `files` holds their SHA-256.
    """

    synthetic: bool
    seed: int
    months: int
    last_month: str
    communities: int
    cell_max: int
    left_out: str
    added_up_us: int
    files: dict[str, str]

    def packed(self) -> bytes:
        """Return the description as it is kept."""
        return canonical({"version": VERSION} | {name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the making of a cube has come: communities, and the time it took until there."""

    done: int
    total: int
    elapsed_ms: int

    @property
    def left_s(self) -> int | None:
        """Seconds until the rest is done, at the pace so far; None before anything is."""
        return -(-self.elapsed_ms * (self.total - self.done) // (self.done * 1000)) if self.done else None


def read_progress(folder: Path) -> Progress | None:
    """Return how far the cube being made for `folder` has come, None where none is being made."""
    path = being_made(folder) / PROGRESS
    return Progress(**json.loads(path.read_bytes())) if path.exists() else None


def being_made(folder: Path) -> Path:
    """Return where the cube for `folder` lies until it counts."""
    return folder.with_name(f"{folder.name}.new")


def read_about(folder: Path) -> About | None:
    """Return the description of the cube in a folder, None where there is none or it is of another version."""
    path = folder / DESCRIPTION
    if not path.exists():
        return None
    plain = json.loads(path.read_bytes().removeprefix(PREFIX))
    return About(**plain) if plain.pop("version") == VERSION else None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
