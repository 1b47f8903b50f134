"""The changes between editions of the tree that come with Linli: read from the data folder, a province at a time."""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from linli.ground.places import former
from linli.ground.places.builtin import BrokenData
from linli.ground.places.spelling import DATA

PROVINCES_KEPT = 3  # up to fifteen megabytes each in memory
PROVINCE, CITY = 2, 4


@dataclass(frozen=True, slots=True)
class Editions:
    """Where the changes are from: the package, its licence, the (version, day) of each edition, oldest first; how many by each rule."""

    package: str
    licence: str
    editions: tuple[tuple[str, str], ...]
    changes: dict[str, int]
    bytes: dict[str, int]


@lru_cache(maxsize=1)
def about() -> Editions:
    """Return the description that lies beside the data."""
    plain = json.loads((DATA / "changes.json").read_text(encoding="utf-8"))
    editions = tuple((e["version"], e["as_of"]) for e in plain["editions"])
    return Editions(plain["package"], plain["licence"], editions, plain["changes"], plain["bytes"])


@lru_cache(maxsize=PROVINCES_KEPT)
def of_province(province: str) -> tuple[tuple[former.Pair, ...], frozenset[str]]:
    """Return the pairs of editions of a province and its codes in use again (`former.parsed`); nothing for an unknown one.

    Raises BrokenData where the file is damaged.
    """
    sizes = about().bytes
    if province not in sizes:
        return (), frozenset()
    end = dict(zip(sizes, accumulate(sizes.values()), strict=True))[province]
    with (DATA / "changes.bin").open("rb") as file:
        file.seek(end - sizes[province])
        packed = file.read(sizes[province])
    try:
        return former.parsed(lzma.decompress(packed).decode())
    except (lzma.LZMAError, ValueError) as error:
        raise BrokenData(f"changes.bin, {province}: {error}") from None


def now_of(code: str) -> str:
    """Return what a code of any edition leads to today (`former.now_of`)."""
    return former.now_of(code, *of_province(code[:PROVINCE]))


def before(code: str, name: str) -> tuple[former.Turn, ...]:
    """Return what a place was in earlier editions, latest first (`former.before`)."""
    return former.before(code, name, of_province(code[:PROVINCE])[0]) if len(code) >= CITY else ()


def moved(city: str) -> dict[str, str]:
    """Return what each community's code that is gone counts as today (`former.moved`), for those that lie or lay in a city."""
    return {old: new for old, new in _moved(city[:PROVINCE]).items() if city in (old[:CITY], new[:CITY])}


@lru_cache(maxsize=PROVINCES_KEPT)
def _moved(province: str) -> dict[str, str]:
    return former.moved(*of_province(province))
