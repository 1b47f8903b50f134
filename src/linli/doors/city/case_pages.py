"""What the pages of warnings and stars are given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Clock, Option, WarningLine
from linli.kernel.stats import Share


@dataclass(frozen=True, slots=True)
class StarShown:
    """A community's stars: 0 where there are none yet (or too few ratings), the year they rest on, the share behind them, how sure, and
    how many of the ratings were carried in from elsewhere."""

    stars: int
    year: str
    share: Share | None
    state: str
    brought: int = 0

    @property
    def row(self) -> tuple[bool, ...]:
        """Return five places, True for each star."""
        return tuple(number < self.stars for number in range(5))


@dataclass(frozen=True, slots=True)
class CasesPage:
    """Every warning of a street or city."""

    frame: Frame
    place_name: str
    warnings: tuple[WarningLine, ...]
    closed: tuple[WarningLine, ...]
    levels: tuple[Option, ...]
    error_ppm: int
    everywhere: str
    carry_url: str


@dataclass(frozen=True, slots=True)
class QuarterMark:
    """One quarter in the drawing: where it stands (box of the chart), its interval, whether it called for a case, whether it was carried in."""

    x: int
    label: str
    top: int
    bottom: int
    dot: int
    called: bool
    n: int
    labelled: bool
    brought: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The quarters as intervals against the bar, in a box of `width` × 190."""

    width: int
    marks: tuple[QuarterMark, ...]
    bar_y: int
    lines: tuple[tuple[int, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """One quarter in the table; `before` are earlier verdicts on it, made before late facts came in; `brought`: what of it was carried in."""

    label: str
    hits: int
    n: int
    share: Share | None
    evidence: str
    verdict: str
    known_at: datetime
    before: tuple[str, ...]
    brought: str = ""


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened to the case."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """One person to be called: name and phone only where they are open to the reader; the form where the reader records it."""

    number: int
    name: str
    phone: str
    heard: str
    tone: str
    note: str
    called_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case with its whole story, and what the reader may do next ('' where they may not)."""

    frame: Frame
    id: UUID
    place_name: str
    place_url: str
    level: str
    tone: str
    title: str
    why: str
    state: str
    share: Share | None
    bar_ppm: int
    error_ppm: int
    quarter: str
    quarters: int
    grounds: str
    opened_at: datetime
    clock: Clock
    next_words: str
    watcher: str
    plan: str
    planned_at: datetime | None
    proof: str
    file_hash: str
    shown_at: datetime | None
    draw_size: int | None
    draw_root: str
    pool: int
    call_lines: tuple[CallLine, ...]
    findings: str
    closed_at: datetime | None
    came_from: str
    went_to: str
    story: tuple[StoryLine, ...]
    chart: Chart | None
    table: tuple[QuarterLine, ...]
    brought: bool
    sources: tuple[str, ...]
    plan_url: str
    show_url: str
    close_url: str
    call_number: int | None
    hears: tuple[Option, ...]
    grave_open: bool


@dataclass(frozen=True, slots=True)
class GravePage:
    """The form for a grave incident in one community."""

    frame: Frame
    place: str
    place_name: str
    place_url: str
    kinds: tuple[Option, ...]
    plan_days: int
    report_url: str


@dataclass(frozen=True, slots=True)
class StarLine:
    """One community in the list of stars; `subsidy_yuan` is the tier that follows, in yuan, None without stars."""

    id: int
    place: str
    url: str
    shown: StarShown
    graded: int
    subsidy_yuan: int | None
    grounds: str
    made_at: datetime | None
    answer: str
    reason: str
    decide_url: str
    choices: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class StarsPage:
    """The stars of everything below a place: how many of each, the list with open appeals first, what each star asks and brings."""

    frame: Frame
    place_name: str
    year: str
    state: str
    appeal_until: datetime | None
    final_at: datetime | None
    ratings: int
    counts: tuple[tuple[int, int], ...]
    bars: tuple[tuple[int, int, int], ...]
    least: int
    appeals: tuple[StarLine, ...]
    rows: tuple[StarLine, ...]
    grade_url: str
    chosen: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class StarPage:
    """One community's stars with what they rest on, and its appeal."""

    frame: Frame
    place_name: str
    place_url: str
    line: StarLine | None
    appeal_until: datetime | None
    bars: tuple[tuple[int, int, int], ...]
    least: int
    appeal_url: str
