"""What the pages of the nation's big screen are given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.city.pages import Bar
from linli.doors.city.past import PastShown
from linli.doors.worker.pages import Option, WarningLine


@dataclass(frozen=True, slots=True)
class Tile:
    """One place on the map. `value_ppm` is None where nothing is shown; `note` then says why. `column`, `row` are 0 off the tile map."""

    url: str
    short: str
    name: str
    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    band: int
    note: str
    live: bool
    column: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class RankLine:
    """One place among its like: the ranks its interval allows, in words."""

    url: str
    name: str
    rank: str
    value_ppm: int
    low_ppm: int
    high_ppm: int
    live: bool


@dataclass(frozen=True, slots=True)
class RankGroup:
    """Places that may be compared, the highest first."""

    kin: str
    many: int
    lines: tuple[RankLine, ...]


@dataclass(frozen=True, slots=True)
class MonthStep:
    """One month of the time line, a link."""

    url: str
    label: str
    value_ppm: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class MonthLine:
    """The line of twelve months and its band as path data in a box of `MONTH_WIDTH` × `MONTH_HEIGHT`, and what its edges stand for."""

    line: str
    band: str
    bottom_ppm: int
    top_ppm: int
    at_x: int


@dataclass(frozen=True, slots=True)
class Headline:
    """A number seen from five metres, and a line about it."""

    label: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Switch:
    """One of several ways to look, a link."""

    url: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class NationPage:
    """The big screen of the nation or a place in it, in one month, by the index or one dimension."""

    place: str
    place_name: str
    path: tuple[Option, ...]
    measure: str
    measure_words: str
    tiles: tuple[Tile, ...]
    legend: tuple[str, ...]
    size: str
    headlines: tuple[Headline, ...]
    rank_top: tuple[RankGroup, ...]
    rank_all: tuple[RankGroup, ...]
    bars: tuple[Bar, ...]
    months: tuple[MonthStep, ...]
    month_label: str
    line: MonthLine | None
    before: str
    after: str
    switches: tuple[Switch, ...]
    warnings: tuple[WarningLine, ...]
    by_level: tuple[tuple[str, int], ...]
    synthetic: bool
    live_name: str
    least: int
    fault: str
    city_url: str
    moment: datetime
    past: PastShown


@dataclass(frozen=True, slots=True)
class NoNationPage:
    """Where there are no national figures: being made (with what is left of it), or none; and the installation's own cities."""

    making: bool
    percent: int
    left_s: int | None
    cities: tuple[Tile, ...]
    city_url: str
