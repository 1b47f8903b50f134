"""What each page of the boards is given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Figure, Option, Pager, WarningLine, WorkRow
from linli.kernel.stats import Share


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An open objection to a dispatch."""

    url: str
    number: str
    place: str
    reason: str
    made_at: datetime
    left_s: int


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """A special service that a community declared and that waits for a yes."""

    service: str
    code: str
    place: str
    place_code: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class StreetPage:
    """What came up to a street: cases, objections, declared services."""

    frame: Frame
    place: str
    place_name: str
    rows: tuple[WorkRow, ...]
    pager: Pager
    objections: tuple[ObjectionLine, ...]
    declared: tuple[DeclaredLine, ...]
    figures: tuple[Figure, ...]
    figures_days: int
    late_count: int
    selected: None
    back: str


@dataclass(frozen=True, slots=True)
class IndexShown:
    """A health index as shown: value with interval in ppm, or why there is none; `band` 0 (none) to 5 colours the tile."""

    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    n: int
    known_ppm: int
    band: int

    @property
    def weak(self) -> bool:
        """Tell whether the interval is so wide that two places should not be compared by it (more than 20 points)."""
        return self.value_ppm is not None and self.high_ppm - self.low_ppm > 200_000


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place below: its index, what lives there now, how it answered."""

    code: str
    name: str
    url: str
    index: IndexShown
    live: int
    risen: int
    late: int
    answered: Share | None
    warnings: int


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """The places one level down."""

    frame: Frame
    place: str
    place_name: str
    path: tuple[Option, ...]
    index: IndexShown
    rows: tuple[PlaceLine, ...]
    figures: tuple[Figure, ...]
    figures_days: int
    satisfied: Share | None
    satisfied_small: bool
    live: int
    risen: int
    late: int
    warnings: tuple[WarningLine, ...]
    warnings_count: int
    pager: Pager


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """One of the eight dimensions: what it counts, its value with interval and n, and what to make of it."""

    name: str
    counts: str
    share: Share | None
    weight_ppm: int
    percent: int
    note: str


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of the last days: SVG path data in a box of 300 × 56, and what it says in words."""

    line: str
    band: str
    words: str


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One community as the levels above see it: no names, no needs of a person."""

    frame: Frame
    place: str
    place_name: str
    path: tuple[Option, ...]
    index: IndexShown
    index_day: str
    dimensions: tuple[DimensionLine, ...]
    spark: Spark | None
    residents: int
    in_groups: int
    with_helper: int
    helpers: int
    buildings: int
    live: int
    risen: int
    late: int
    figures: tuple[Figure, ...]
    figures_days: int
    warnings: tuple[WarningLine, ...]
    closed: tuple[WarningLine, ...]
    issued_minutes: int
    returned_minutes: int
    here: str


@dataclass(frozen=True, slots=True)
class CasesPage:
    """Every open warning of a city."""

    frame: Frame
    place_name: str
    warnings: tuple[WarningLine, ...]
    closed: tuple[WarningLine, ...]
    here: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The evidence log and what the time bank owes."""

    frame: Frame
    place_name: str
    size: int
    waiting: int
    published_at: datetime | None
    origin: str
    root: str
    note: str
    issued_minutes: int
    returned_minutes: int
    books: int
    in_books_minutes: int
    promised_minutes: int
