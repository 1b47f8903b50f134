"""What the pages about a played month show: waiting and load, drawn and in a table, by way, street and group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Option


@dataclass(frozen=True, slots=True)
class SpanMark:
    """Where a span lies in a drawing 1000 wide: its interval, its middle, how far nine in ten reach, and what it is held against (-1: nothing)."""

    low: int
    width: int
    middle: int
    long: int
    against: int = -1


@dataclass(frozen=True, slots=True)
class WaitLine:
    """How one way, street or group waited, in words; `mark` None where nothing is drawn, `hidden` says why nothing is told."""

    name: str
    needs: int
    middle: str
    between: str
    long: str
    met: str
    walk: str
    mark: SpanMark | None
    note: str = ""
    hidden: str = ""
    stands_out: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class LoadLine:
    """What helpers of one way, street or group carried."""

    name: str
    helpers: int
    visits: str
    idle: str
    middle: str
    high: str
    tenth: str
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class StrainLine:
    """A harder month: what is different, and how both ways waited."""

    name: str
    engine: WaitLine
    control: WaitLine


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A city's month with the engine, with the control and as it was."""

    first: str
    last: str
    needs: int
    helpers: int
    sampled: str
    ways: tuple[WaitLine, ...]
    scale: tuple[str, ...]
    loads: tuple[LoadLine, ...]
    found: str
    strains: tuple[StrainLine, ...]
    answers: str
    at: datetime
    digest: str

    @property
    def ways_and_loads(self) -> tuple[tuple[WaitLine, LoadLine], ...]:
        """Return each way's waiting beside its load."""
        return tuple(zip(self.ways, self.loads, strict=True))


@dataclass(frozen=True, slots=True)
class LoadTable:
    """Lines of load under one heading."""

    name: str
    lines: tuple[LoadLine, ...]


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """How waiting and load are spread over streets and groups, as it really was."""

    frame: Frame
    place_name: str
    month: MonthShown | None
    streets: tuple[WaitLine, ...]
    groups: tuple[WaitLine, ...]
    out: tuple[str, ...]
    scale: tuple[str, ...]
    group_scale: tuple[str, ...]
    load_tables: tuple[LoadTable, ...]
    least: int
    elder_years: int


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """One rule that can be tried: its words and its value."""

    url: str
    words: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One part of the city with the rule as it is and as tried: middle wait, met, walk."""

    name: str
    needs: int
    middle: tuple[str, str]
    between: tuple[str, str]
    met: tuple[str, str]
    walk: tuple[str, str]
    verdict: str
    sure: bool
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class LoadChange:
    """One line of load with the rule as it is and as tried."""

    name: str
    was: str
    tried: str


@dataclass(frozen=True, slots=True)
class EffectTable:
    """Lines of an effect under one heading."""

    name: str
    lines: tuple[EffectLine, ...]


@dataclass(frozen=True, slots=True)
class EffectShown:
    """What one rule would change."""

    words: str
    was: str
    tried: str
    found: str
    tables: tuple[EffectTable, ...]
    loads: tuple[LoadChange, ...]
    strained: bool


@dataclass(frozen=True, slots=True)
class RulePage:
    """Rules that can be tried on a month, the form for one of them, and what it would change."""

    frame: Frame
    place_name: str
    month: MonthShown | None
    rules: tuple[RuleChoice, ...]
    key: str
    key_words: str
    today: str
    bounds: str
    low: int
    high: int
    typed: str
    wrong: str
    months: tuple[Option, ...]
    effect: EffectShown | None
    trial_url: str
    least: int
