"""The tree of places that comes with Linli: read from the data folder, in code order, spelled."""

from __future__ import annotations

import hashlib
import json
import lzma
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from linli.ground.places.core import LEVELS, successor
from linli.ground.places.spelling import DATA, joined, readings

VERSION_LINE = "linli.divisions.v1"
FILE = "divisions.txt.xz"
# Each translation holds the interpreter; short ones let the thread that feeds the database have its turn.
BLOCK_ROWS = 4_000


class BrokenData(RuntimeError):
    """A built-in file is not what its description says."""


@dataclass(frozen=True, slots=True)
class About:
    """Where the built-in tree is from. `sha256` is that of the unpacked text; `counts` by the package's own names."""

    package: str
    version: str
    licence: str
    as_of: str
    sha256: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many divisions there are."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Block:
    """A run of at most 4,000 divisions of one province, in code order; the four lists have the same length."""

    codes: list[str]
    names: list[str]
    pinyin: list[str]
    initials: list[str]

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (code, name, pinyin, initials)."""
        return zip(self.codes, self.names, self.pinyin, self.initials, strict=True)


def about() -> About:
    """Return the description that lies beside the data."""
    plain = json.loads((DATA / "divisions.json").read_text(encoding="utf-8"))
    return About(plain["package"], plain["version"], plain["licence"], plain["as_of"], plain["sha256"][FILE], plain["counts"])


def blocks(within: Sequence[str] = ()) -> Iterator[Block]:
    """Yield the built-in divisions in code order: all, or the subtrees of the codes `within` and what is above them.

    Raises BrokenData where the file is damaged or is not the one described.
    """
    codes, names, spelled = _unpacked()
    if within:
        picked = sorted({place for prefix in within for place in _places_of(prefix, codes)})
        codes, names = [codes[i] for i in picked], [names[i] for i in picked]
    start = 0
    for province, group in groupby(codes, key=lambda code: code[:2]):
        end = start + sum(1 for _ in group)
        for at in range(start, end, BLOCK_ROWS):
            part = slice(at, min(at + BLOCK_ROWS, end))
            yield _block(province, codes[part], names[part], spelled)
        start = end


def _places_of(prefix: str, codes: list[str]) -> Iterator[int]:
    """Yield the positions of the places above `prefix` and of its subtree in the sorted `codes`."""
    low, high = bisect_left(codes, prefix), bisect_left(codes, successor(prefix))
    for length in LEVELS:
        at = bisect_left(codes, prefix[:length])
        if 0 < length < len(prefix) and at < low and codes[at] == prefix[:length]:
            yield at
    yield from range(low, high)


def _unpacked() -> tuple[list[str], list[str], dict[str, str]]:
    try:
        raw = lzma.decompress((DATA / FILE).read_bytes())
    except lzma.LZMAError as error:
        raise BrokenData(f"{FILE}: {error}") from None
    if hashlib.sha256(raw).hexdigest() != about().sha256:
        raise BrokenData(f"{FILE} is not the file that divisions.json describes")
    version, rest = raw.decode().split("\n", 1)
    if version != VERSION_LINE:
        raise BrokenData(f"{FILE} begins with {version!r}, expected {VERSION_LINE!r}")
    codes, names, spelled = (block.split("\n") for block in rest.split("\n\n"))
    return codes, names, dict(line.split("\t") for line in spelled)


def _block(province: str, codes: list[str], names: list[str], spelled: dict[str, str]) -> Block:
    # One translation of the whole block: a loop over 665,276 names costs seconds.
    text = "\n".join(names)
    known = readings(province)
    pinyin, initials = text.translate(known.to_pinyin).split("\n"), text.translate(known.to_initials).split("\n")
    for i, code in enumerate(codes):
        if code in spelled:
            spelling = joined(spelled[code].split(" "))
            pinyin[i], initials[i] = spelling.pinyin, spelling.initials
    return Block(codes, names, pinyin, initials)
