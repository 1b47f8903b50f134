"""What each page of the programme is given: words and numbers ready to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Option


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of every page of the programme: the place, the places one may choose, the pages beside this one."""

    place: str
    place_name: str
    places: tuple[Option, ...]
    tabs: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One promise: what is promised, who owes it, what our records say, where it stands."""

    code: str
    url: str
    section: str
    subject: str
    promised: str
    scope: str
    kind: str
    due: str
    overdue: bool
    owner: str
    area: str
    here: str
    interval: str
    n: int
    state: str
    state_words: str
    tone: str
    note: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its field, its label, what may be chosen."""

    name: str
    label: str
    every: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Promises of one area due on one day in one state; x and y are the centre of their sign."""

    x: int
    y: int
    state: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Band:
    """A phase as a band: its left side and width, name and months."""

    x: int
    width: int
    name: str
    months: str
    even: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An area with its line, from the start of the first phase to its last due day."""

    y: int
    name: str
    left: int
    right: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a quarter on the axis."""

    x: int
    words: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole chart in its own units."""

    width: int
    height: int
    bottom: int
    left: int
    bands: tuple[Band, ...]
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today_x: int
    today: str
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One number on top of a page."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """The programme at a place: phases, promises, how many stand where."""

    frame: Frame
    head: Head
    tiles: tuple[Tile, ...]
    gantt: Gantt
    states: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    filtered: bool
    lines: tuple[TargetLine, ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class OwnerBlock:
    """Everything one office owes, the latest first."""

    name: str
    section: str
    lines: tuple[TargetLine, ...]
    met: int
    late: int
    unknown: int


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """Who owes what by when."""

    frame: Frame
    head: Head
    owners: tuple[OwnerBlock, ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of the report inside a conflict or claim."""

    code: str
    url: str
    subject: str
    value: str
    section: str
    scope: str
    year: str
    kind: str


@dataclass(frozen=True, slots=True)
class SumLine:
    """One sum with its formula in figures and its result."""

    name: str
    formula: str
    result: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict or a claim that does not hold: its figures, why, and the arithmetic."""

    code: str
    title: str
    words: str
    figures: tuple[FigureLine, ...]
    sums: tuple[SumLine, ...]


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """Where the report says two things, and what its own numbers do not carry."""

    frame: Frame
    head: Head
    conflicts: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of a target's indicator."""

    month: str
    value: str
    interval: str
    counts: str
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of months as SVG path data, the bar's height, and the same in words; None where there is nothing to draw."""

    path: str
    band: str
    dots: tuple[tuple[int, int], ...]
    bar_y: int | None
    first: str
    last: str
    words: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Who answers here, since when, and how it goes by their word."""

    place: str
    owner: str
    said: str
    words: str
    since: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A policy value that keeps this figure as a rule."""

    words: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class TargetPage:
    """One promise on its own page."""

    frame: Frame
    head: Head
    line: TargetLine
    year: str
    fit: str
    fit_words: str
    bar: str
    span: str
    indicator: str
    indicator_url: str
    months: tuple[MonthLine, ...]
    chart: Line | None
    ahead: tuple[str, ...]
    notes: tuple[NoteLine, ...]
    conflicts: tuple[Clash, ...]
    claims: tuple[Clash, ...]
    repeats: tuple[FigureLine, ...]
    rules: tuple[RuleLine, ...]
    may_assign: bool
    assign_url: str
    said: tuple[Option, ...]
    today: str
    owed: bool


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One benefit: low, middle and high, with its formula in words and in numbers."""

    name: str
    low: str
    mid: str
    high: str
    formula: str
    exact: bool


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One number of policy with its place and source."""

    words: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class BenefitsPage:
    """What a place gained in a span, with formulas, beside what the report claims."""

    frame: Frame
    head: Head
    start: str
    end: str
    visits: int
    helpers: int
    reckonings: tuple[Reckoning, ...]
    inputs: tuple[PolicyLine, ...]
    beside: tuple[str, ...]
    claims: tuple[Clash, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk at a place."""

    code: str
    url: str
    title: str
    words: str
    kind: str
    section: str
    owner: str
    likely: str
    likely_words: str
    impact: int
    impact_words: str
    state: str
    state_words: str
    tone: str
    trigger: str
    seen: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix."""

    impact: str
    risks: tuple[RiskLine, ...]
    heat: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of the matrix: a likelihood in words, and its cells from small to large impact."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RisksPage:
    """The risk register of a place."""

    frame: Frame
    head: Head
    impacts: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    lines: tuple[RiskLine, ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a risk."""

    event: str
    state: str
    reason: str
    evidence: tuple[str, ...]
    by_person: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RiskPage:
    """One risk on its own page."""

    frame: Frame
    head: Head
    line: RiskLine
    measures: tuple[str, ...]
    figures: tuple[FigureLine, ...]
    months: tuple[MonthLine, ...]
    missing: str
    rule: PolicyLine | None
    impact_rule: PolicyLine
    history: tuple[HistoryLine, ...]
    may: tuple[Option, ...]
    act_url: str
