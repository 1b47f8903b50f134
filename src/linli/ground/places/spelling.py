"""How a name is read: pinyin and initials from one reading per character, made at build time. Pure but for reading its own file."""

from __future__ import annotations

import lzma
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
VERSION_LINE = "linli.readings.v1"


@dataclass(frozen=True, slots=True)
class Spelling:
    """The sort key of a name in a–z and 0–9, and the first letter of each of its syllables."""

    pinyin: str
    initials: str


class Readings:
    """Character → reading for one province."""

    def __init__(self, by_character: dict[str, str]) -> None:
        """Take the readings; characters without one are missing."""
        self.by_character = by_character
        self.to_pinyin, self.to_initials = _Table(self, None), _Table(self, 1)

    def of(self, char: str) -> str:
        """Return the reading of one character; letters and digits read as themselves, what has no reading as ''."""
        plain = unicodedata.normalize("NFKC", char).lower()
        return plain if plain.isascii() and plain.isalnum() else self.by_character.get(char, "")


class _Table(dict[int, str]):
    """A table for str.translate over lines of names, filled as characters come up."""

    def __init__(self, known: Readings, letters: int | None) -> None:
        super().__init__({ord("\n"): "\n"})
        self.known, self.letters = known, letters

    def __missing__(self, number: int) -> str:
        word = self[number] = self.known.of(chr(number))[: self.letters]
        return word


@cache
def _lines() -> tuple[tuple[str, str, str], ...]:
    version, *lines = lzma.decompress((DATA / "readings.txt.xz").read_bytes()).decode().split("\n")
    if version != VERSION_LINE:
        raise ValueError(f"readings.txt.xz begins with {version!r}, expected {VERSION_LINE!r}")
    rows = []
    for line in lines:
        char, reading, *local = line.split("\t")
        rows.append((char, reading, local[0] if local else ""))
    return tuple(rows)


@cache
def readings(province: str) -> Readings:
    """Return the readings of a province (two digits; '' for none): 涌 is `chong` in Guangdong and `yong` elsewhere."""
    if province not in _provinces():
        return readings("") if province else Readings({char: reading for char, reading, _ in _lines() if reading})
    own = {}
    for char, _, local in _lines():
        for part in local.split(",") if local else ():
            where, word = part.split("=")
            if where == province:
                own[char] = word
    return Readings(readings("").by_character | own)


@cache
def _provinces() -> frozenset[str]:
    return frozenset(part.split("=")[0] for _, _, local in _lines() if local for part in local.split(","))


def spell(name: str, *, province: str = "") -> Spelling:
    """Return how `name` is read, character by character: phrases are known only for the built-in names."""
    known, line = readings(province), name.replace("\n", "")
    return Spelling(line.translate(known.to_pinyin), line.translate(known.to_initials))


def joined(syllables: list[str]) -> Spelling:
    """Return the spelling of readings given one by one; '' stands for a character without one."""
    return Spelling("".join(syllables), "".join(word[:1] for word in syllables))
