"""What each page of the boards is given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.city.case_pages import StarShown
from linli.doors.city.past import PastShown
from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Figure, Lacks, Option, Pager, WarningLine, WorkRow
from linli.help.visits.reads import Given
from linli.kernel.stats import Share
from linli.value.timebank.reads import Pool


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
    lacks: Lacks


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
    """The places one level down: those with anything on record as rows, the others by name only. `screen_url` where a screen opens."""

    frame: Frame
    place: str
    place_name: str
    path: tuple[Option, ...]
    index: IndexShown
    rows: tuple[PlaceLine, ...]
    inner_name: str
    blank: tuple[Option, ...]
    figures: tuple[Figure, ...]
    figures_days: int
    satisfied: Figure
    live: int
    risen: int
    late: int
    warnings: tuple[WarningLine, ...]
    warnings_count: int
    pager: Pager
    screen_url: str
    choices_url: str
    past: PastShown


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """One of the eight dimensions: what it counts, the place's own hits of n, the value with interval, and what to make of it."""

    name: str
    counts: str
    hits: int
    n: int
    share: Share | None
    weight_ppm: int
    weak: bool
    note: str

    @property
    def percent(self) -> int:
        """Return the value in whole percent, 0 where there is none."""
        return self.share.value_ppm // 10_000 if self.share else 0


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One special group: how many belong to it, how many of them have a named helper."""

    name: str
    members: int
    helped: int


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service: how often it was asked for and met."""

    name: str
    asked: int
    met: int


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of the last days: SVG path data in a box of 300 × 56, and what it says in words."""

    line: str
    band: str
    words: str


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One community on one sheet: figures only, no names, no needs of a person."""

    frame: Frame
    place: str
    place_name: str
    path: tuple[Option, ...]
    index: IndexShown
    peers: str
    prior: int
    index_day: str
    dimensions: tuple[DimensionLine, ...]
    spark: Spark | None
    residents: int
    groups: tuple[GroupCount, ...]
    helpers: int
    buildings: int
    live: int
    risen: int
    late: int
    figures: tuple[Figure, ...]
    figures_days: int
    services: tuple[ServiceLine, ...]
    given: Given
    warnings: tuple[WarningLine, ...]
    closed: tuple[WarningLine, ...]
    star: StarShown
    grave_url: str
    pool: Pool
    here: str
    moment: datetime
    past: PastShown


@dataclass(frozen=True, slots=True)
class Chip:
    """One small tile of the screen's map."""

    url: str
    name: str
    index: IndexShown
    warnings: int


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """A street (or district) with the tiles below it; without a name where the screen shows one street alone."""

    url: str
    name: str
    index: IndexShown
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One dimension as a bar with its interval; `weak` where the value is low."""

    name: str
    counts: str
    share: Share | None
    weak: bool


@dataclass(frozen=True, slots=True)
class HourLines:
    """Seven days by the hour as SVG path data: asked, answered in time (line and area); `top` is the busiest hour's count."""

    asked: str
    in_time: str
    area: str
    days: tuple[str, ...]
    top: int
    asked_count: int
    in_time_count: int


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """The big screen of a place. `shown_name` names the one place below it that has data, where there is only one; `fine`: one street."""

    place: str
    place_name: str
    path: tuple[Option, ...]
    shown_name: str
    groups: tuple[ChipGroup, ...]
    fine: bool
    communities: int
    index: IndexShown
    satisfied: Figure
    answered: Figure
    given: Given
    verifiable: Share | None
    waiting: int
    signed_at: datetime | None
    bars: tuple[Bar, ...]
    lines: HourLines
    warnings: tuple[WarningLine, ...]
    by_level: tuple[tuple[str, int], ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The evidence log and what the time bank owes."""

    frame: Frame
    place: str
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


@dataclass(frozen=True, slots=True)
class VariantLine:
    """One decision made otherwise: what was changed, and what it moved."""

    words: str
    tau_ppm: int
    moved: int
    last_changed: int
    most_ppm: int


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """One community: its index with the span over all variants, and its place in the order with the best and worst."""

    name: str
    url: str
    share: Share
    rank: int
    rank_best: int
    rank_worst: int


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """What hangs on weights, prior and peers in one district; `methods` compares days that two methods scored."""

    frame: Frame
    place_name: str
    path: tuple[Option, ...]
    day: str
    communities: int
    variants: tuple[VariantLine, ...]
    spreads: tuple[SpreadLine, ...]
    least_tau_ppm: int
    method: str
    methods: tuple[tuple[str, tuple[int | None, ...]], ...]
    method_names: tuple[str, ...]
