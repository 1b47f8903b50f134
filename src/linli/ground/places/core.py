"""Arithmetic on place codes, distances, and how a search text is read. Pure.

A place is a text of digits: 2 province, 4 city, 6 district, 9 street, 12 community (statistical codes, National Bureau of Statistics,
国统字〔2009〕91号); below a community, ours: grid = community + 2 digits, building = grid + 3 digits. '' is the nation. The code is the
path: a parent's code begins its children's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt
from os.path import commonprefix

from linli.kernel.errors import Refusal, Refused
from linli.kernel.text import clean

NATION = ""
SEARCH_LENGTH_MAX = 60
BETWEEN = re.compile(r"[\s'’]+")  # what people put between syllables
BLANK_BESIDE_HAN = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
BRACKETS = str.maketrans("()", "（）")  # as the built-in names have them
UDEG = 1_000_000  # microdegrees in a degree
EARTH_RADIUS_METRES = 6_371_009  # mean radius R1 of GRS 80 (Moritz 2000)


class Level(IntEnum):
    """How far down the tree a place stands."""

    NATION = 0
    PROVINCE = 1
    CITY = 2
    DISTRICT = 3
    STREET = 4
    COMMUNITY = 5
    GRID = 6
    BUILDING = 7


LENGTHS: dict[Level, int] = {
    Level.NATION: 0, Level.PROVINCE: 2, Level.CITY: 4, Level.DISTRICT: 6, Level.STREET: 9, Level.COMMUNITY: 12,
    Level.GRID: 14, Level.BUILDING: 17,
}  # fmt: skip
FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
LEVELS: dict[int, Level] = {length: level for level, length in LENGTHS.items()}


class RegionKind(StrEnum):
    """The three kinds of region that policy tells apart (mission P4)."""

    MEGA = "mega"  # mega-city cluster
    SMALL = "small"  # small and middle city
    RURAL = "rural"


class Datum(StrEnum):
    """Which grid the degrees of a given point are of."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"  # what maps published in China show


@dataclass(frozen=True, slots=True)
class Point:
    """A point in microdegrees. What is stored and handed out is WGS-84; what is handed in says its datum."""

    lat_udeg: int
    lon_udeg: int
    datum: Datum = Datum.WGS84

    def __post_init__(self) -> None:
        """Raise Refused(INPUT_INVALID) where the point is not on the earth."""
        if not (-90 * UDEG <= self.lat_udeg <= 90 * UDEG and -180 * UDEG <= self.lon_udeg <= 180 * UDEG):
            raise Refused(Refusal.INPUT_INVALID, field="point", lat_udeg=self.lat_udeg, lon_udeg=self.lon_udeg)


def level_of(code: str) -> Level:
    """Return the level of a code by its form; the place need not exist.

    Raises Refused(PLACE_UNKNOWN) with the fact `problem`: `letters` (anything but the digits 0–9) or `length`.
    """
    # str.isdigit also takes Ÿ³, ３ and ٣: a code is plain ASCII.
    if code and not (code.isascii() and code.isdigit()):
        raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem="letters")
    level = LEVELS.get(len(code))
    if level is None:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place", problem="length", digits=len(code))
    return level


def is_code(text: str) -> bool:
    """Tell whether `text` has the form of a code; the nation's '' has."""
    return len(text) in LEVELS and (not text or (text.isascii() and text.isdigit()))


def at_level(code: str, level: Level) -> str:
    """Return the ancestor of `code` at `level`, or `code` itself. Raises ValueError where `code` stands above it, Refused as `level_of`."""
    if level_of(code) < level:
        raise ValueError(f"place {code!r} stands above {level.name.lower()}")
    return code[: LENGTHS[level]]


def community_of(code: str) -> str:
    """Return the community that `code` (community, grid, building) lies in. Raises as `at_level`."""
    return at_level(code, Level.COMMUNITY)


def street_of(code: str) -> str:
    """Return the street or town that `code` lies in. Raises as `at_level`."""
    return at_level(code, Level.STREET)


def district_of(code: str) -> str:
    """Return the district or county that `code` lies in. Raises as `at_level`."""
    return at_level(code, Level.DISTRICT)


def city_of(code: str) -> str:
    """Return the city that `code` lies in. Raises as `at_level`."""
    return at_level(code, Level.CITY)


def ancestors_of(code: str) -> tuple[str, ...]:
    """Return the codes above `code` from the nation '' down, `code` itself left out. Raises Refused as `level_of`."""
    own = level_of(code)
    return tuple(code[: LENGTHS[level]] for level in Level if level < own)


def parent_of(code: str) -> str | None:
    """Return the code one level up, or None for the nation. Raises Refused as `level_of`."""
    own = level_of(code)
    return None if own is Level.NATION else code[: LENGTHS[Level(own - 1)]]


def successor(code: str) -> str:
    """Return the least text after every code that begins with `code`, in byte order: `code` ≤ x < successor(code) is the subtree."""
    # ':' follows '9' in ASCII, so the last digit needs no carry; of the nation every code begins with a digit.
    return code[:-1] + chr(ord(code[-1]) + 1) if code else ":"


def subtree_range(code: str) -> tuple[str, str]:
    """Return (low, high) of the half-open range of codes that is `code` and everything below. Raises Refused as `level_of`."""
    level_of(code)
    return code, successor(code)


def common_place(codes: Iterable[str]) -> str:
    """Return the deepest place that holds all of `codes`; the nation where nothing else does or there are none."""
    shared = commonprefix(list(codes))  # noqa: RUF071 — codes are no file paths: character by character is what is wanted
    return shared[: max(length for length in LEVELS if length <= len(shared))]


def everyday(name: str) -> str:
    """Return a place's name as people say it: 六马路社区 for 六马路社区居民委员会, 王家村 for 王家村民委员会. The official name stays in the tree."""
    for ending in ("村民委员会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            base = name.removesuffix(ending)
            return base if base.endswith("村") else f"{base}村"
    for ending in ("居民委员会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


def label(names: Iterable[str]) -> str:
    """Return the names of a path as one address, without those that only fill a level of the statistical tree (市辖区)."""
    return "".join(name for name in names if name not in FILLERS)


def numbered(parent: str, number: int) -> str:
    """Return the code of the `number`-th (from 1) grid of a community or building of a grid.

    Raises Refused(INPUT_INVALID) with `numbers_max` where the numbers of the parent are used up, ValueError for another parent.
    """
    level = level_of(parent)
    if level not in {Level.COMMUNITY, Level.GRID}:
        raise ValueError(f"nothing is numbered below {level.name.lower()}: {parent!r}")
    width = LENGTHS[Level(level + 1)] - len(parent)
    if not 1 <= number < 10**width:
        raise Refused(Refusal.INPUT_INVALID, field="place", numbers_max=10**width - 1)
    return f"{parent}{number:0{width}d}"


def metres_between(lat1_udeg: int, lon1_udeg: int, lat2_udeg: int, lon2_udeg: int) -> int:
    """Return the great-circle distance in whole metres of two points of the same datum (haversine; error below 0.6 %)."""
    lat1, lon1, lat2, lon2 = (radians(value / UDEG) for value in (lat1_udeg, lon1_udeg, lat2_udeg, lon2_udeg))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(half))))


class Kind(StrEnum):
    """What a search text is."""

    NOTHING = "nothing"
    NAME = "name"
    PINYIN = "pinyin"  # full pinyin or initials: both are tried
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search text as it is looked up. A code may have two readings, as typed and unpadded; a name two, as typed and in capitals."""

    kind: Kind
    texts: tuple[str, ...] = ()


# 越秀区 is looked for as 越秀 and found. Ending: its pinyin, by syllables.
ENDINGS: dict[str, str] = {
    "": "", "省": "sheng", "市": "shi", "自治区": "zi zhi qu", "区": "qu", "县": "xian", "自治县": "zi zhi xian", "自治州": "zi zhi zhou",
    "地区": "di qu", "旗": "qi", "盟": "meng", "街道": "jie dao", "街道办事处": "jie dao ban shi chu", "镇": "zhen", "乡": "xiang",
    "民族乡": "min zu xiang", "社区": "she qu", "居委会": "ju wei hui", "社区居委会": "she qu ju wei hui",
    "社区居民委员会": "she qu ju min wei yuan hui", "居民委员会": "ju min wei yuan hui", "村": "cun", "村委会": "cun wei hui",
    "村民委员会": "cun min wei yuan hui", "村村委会": "cun cun wei hui", "村村民委员会": "cun cun min wei yuan hui",
}  # fmt: skip
_ENDING_PINYIN = tuple(words.replace(" ", "") for words in ENDINGS.values())
_ENDING_INITIALS = tuple("".join(word[0] for word in words.split()) for words in ENDINGS.values())


def tidy_name(text: str, *, length_max: int) -> str:
    """Return a name as it is kept and looked for: plain letters and digits, full brackets, no blank beside a Chinese character.

    Raises ValueError where it is longer than `length_max`.
    """
    # Nothing shrinks to less than an eighth: a text of megabytes is refused without being read through.
    if len(text) > 8 * length_max:
        raise ValueError(f"text longer than {length_max} characters")
    plain = clean(unicodedata.normalize("NFKC", text), length_max=length_max)
    return BLANK_BESIDE_HAN.sub("", plain).translate(BRACKETS)


def read_search(text: str) -> Wanted:
    """Read what somebody typed: digits are a code, letters are pinyin, anything else is a name.

    Full-width forms count as plain ones, ü as v; blanks and apostrophes between syllables are dropped. Raises Refused(INPUT_TOO_LONG)
    beyond 60 characters.
    """
    try:
        name = tidy_name(text, length_max=SEARCH_LENGTH_MAX)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="search", length_max=SEARCH_LENGTH_MAX) from None
    folded = BETWEEN.sub("", name).lower().replace("ü", "v")
    if not folded:
        return Wanted(Kind.NOTHING)
    if folded.isascii() and folded.isdigit():
        return Wanted(Kind.CODE, tuple(dict.fromkeys((folded, unpadded(folded)))))
    if folded.isascii() and folded.isalnum():
        # Passports spell lü as lyu; but in lianyun the same letters belong to two syllables, so both readings are looked for.
        return Wanted(Kind.PINYIN, tuple(dict.fromkeys((folded, folded.replace("lyu", "lv").replace("nyu", "nv")))))
    return Wanted(Kind.NAME, tuple(dict.fromkeys((name, name.upper()))))


def unpadded(code: str) -> str:
    """Return a 6- or 12-digit code of the bureau without the zeros that fill the levels below: 440104000000 → 440104, 440100 → 4401."""
    if len(code) not in {6, 12}:
        return code
    for level in (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET):
        length = LENGTHS[level]
        if length < len(code) and not code[length:].strip("0"):
            return code[:length]
    return code


def whole_names(text: str) -> tuple[str, ...]:
    """Return the names that `text` may be short for: 越秀 → 越秀, 越秀省, 越秀市, 越秀区 …"""
    return tuple(text + ending for ending in ENDINGS)


def whole_pinyin(text: str) -> tuple[str, ...]:
    """Return the pinyin that `text` may be short for: yuexiu → yuexiu, yuexiusheng, yuexiushi, yuexiuqu …"""
    return tuple(text + ending for ending in _ENDING_PINYIN)


def whole_initials(text: str) -> tuple[str, ...]:
    """Return the initials that `text` may be short for: yx → yx, yxs, yxzzq, yxq …"""
    return tuple(dict.fromkeys(text + ending for ending in _ENDING_INITIALS))


def heads(text: str) -> tuple[str, ...]:
    """Return the beginnings of `text` that may name a place above, longest first: of 越秀洪桥 those of three and two characters."""
    return tuple(text[:length] for length in range(len(text) - 1, 1, -1))
