"""Arithmetic on place codes, distances, and how a search text is read. Pure.

A place is a text of digits: 2 province, 4 city, 6 district, 9 street, 12 community (statistical codes, National Bureau of Statistics,
国统字〔2009〕91号); below a community, ours: grid = community + 2 digits, building = grid + 3 digits. '' is the nation. The code is the
path: a parent's code begins its children's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt

from linli.kernel.errors import Refusal, Refused

NATION = ""
SEARCH_LENGTH_MAX = 60
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
    """A search text as it is looked up. For `CODE` there may be two readings, the padded one last."""

    kind: Kind
    texts: tuple[str, ...] = ()


# 越秀区 is looked for as 越秀 and found; a code printed by the bureau is padded with zeros to 12 digits.
ENDINGS: dict[str, str] = {
    "": "", "省": "sheng", "市": "shi", "自治区": "zizhiqu", "区": "qu", "县": "xian", "自治县": "zizhixian", "自治州": "zizhizhou",
    "地区": "diqu", "旗": "qi", "盟": "meng", "街道": "jiedao", "街道办事处": "jiedaobanshichu", "镇": "zhen", "乡": "xiang",
    "民族乡": "minzuxiang", "社区": "shequ", "居委会": "juweihui", "社区居委会": "shequjuweihui", "社区居民委员会": "shequjuminweiyuanhui",
    "居民委员会": "juminweiyuanhui", "村": "cun", "村委会": "cunweihui", "村民委员会": "cunminweiyuanhui", "村村委会": "cuncunweihui",
    "村村民委员会": "cuncunminweiyuanhui",
}  # fmt: skip
_ENDING_INITIALS = ("", *"s s zzq q x zzx zzz dq q m jd jdbsc z x mzx sq jwh sqjwh sqjmwyh jmwyh c cwh cmwyh ccwh ccmwyh".split())


def read_search(text: str) -> Wanted:
    """Read what somebody typed: digits are a code, letters are pinyin, anything else is a name.

    Full-width forms count as plain ones, ü as v, blanks and apostrophes inside are dropped. Raises Refused(INPUT_TOO_LONG) beyond
    60 characters.
    """
    if len(text) > SEARCH_LENGTH_MAX:
        raise Refused(Refusal.INPUT_TOO_LONG, field="search", length_max=SEARCH_LENGTH_MAX)
    folded = re.sub(r"[\s'’·\x00-\x1f\x7f]+", "", unicodedata.normalize("NFKC", text)).lower()
    if not folded:
        return Wanted(Kind.NOTHING)
    if folded.isascii() and folded.isdigit():
        return Wanted(Kind.CODE, tuple(dict.fromkeys((folded, unpadded(folded)))))
    latin = folded.replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv")
    if latin.isascii() and latin.isalnum():
        return Wanted(Kind.PINYIN, (latin,))
    return Wanted(Kind.NAME, (folded,))


def unpadded(code: str) -> str:
    """Return a 6- or 12-digit code of the bureau without the zeros that fill the levels below: 440104000000 → 440104, 440100 → 4401."""
    if len(code) not in {6, 12}:
        return code
    for level in (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET):
        length = LENGTHS[level]
        if length < len(code) and not code[length:].strip("0"):
            return code[:length]
    return code


def full_names(text: str, *, pinyin: bool) -> tuple[str, ...]:
    """Return the whole names that `text` may stand for: 越秀 → 越秀, 越秀市, 越秀区, …; for letters both as pinyin and as initials."""
    if not pinyin:
        return tuple(text + ending for ending in ENDINGS)
    return tuple(dict.fromkeys(text + ending for ending in (*ENDINGS.values(), *_ENDING_INITIALS)))
