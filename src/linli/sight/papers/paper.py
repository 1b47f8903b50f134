"""What a white paper is made of: places, figures, charts' numbers and what each stands on. Whole numbers and codes; no words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of the indicator registry. `value` is None exactly where `withheld` says why; `low`, `high`: 95 % interval of shares."""

    code: str
    unit: str
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    low: int | None = None
    high: int | None = None
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """The health index of a place on its day, in ppm with its 95 % interval; None: too little is known."""

    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    day: date


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of the index. `hits` and `n` are None where the place is too small to tell them; no value: no record."""

    code: str
    weight_ppm: int
    hits: int | None
    n: int | None
    value_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


@dataclass(frozen=True, slots=True)
class Index:
    """The health index as published: its newest day, its dimensions, its past and with whom it was compared."""

    method: str
    newest: Spread
    known_ppm: int
    prior: int
    likeness: str
    peer_places: int
    dimensions: tuple[Dimension, ...]
    past: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One decision of the index made otherwise: how alike the order stays (Kendall's tau-b, ppm) and how many places leave their interval."""

    choice: str
    dimension: str
    tau_ppm: int
    moved: int


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place below: its index and some figures."""

    place: str
    name: str
    index: Spread | None
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Some figures over a part of the period, Beijing days half-open."""

    start: date
    end: date
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class WarningLine:
    """A warning and what became of it. What people wrote in it stays with them."""

    place: str
    name: str
    level: str
    dimension: str
    state: str
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class RiskMonth:
    """What a risk's indicator was in a month of the place, in ppm; its first day."""

    first: date
    value_ppm: int


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A risk of the register as it stood when the edition was written: its state, how likely it looked by the records, and its trigger.

    Raised where the `indicator` lay beyond the bar (`over`: above it) for `months_needed` months in a row; no indicator: the records do
    not yield it. `moved_on` is the day it was last moved. `months` are the newest that were judged, of a district or wider.
    """

    code: str
    state: str
    likely: str
    indicator: str
    over: bool
    bar_ppm: int | None
    months_needed: int
    moved_on: date | None
    months: tuple[RiskMonth, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One matter that somebody agreed to have told: never who, never the words."""

    service: str
    asked_on: date
    answer_minutes: int | None
    visit_minutes: int | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class Formula:
    """How a figure is counted: sums of measures over sums of measures, and where the definition comes from. `shape` as in the registry."""

    code: str
    shape: str
    top: tuple[str, ...]
    bottom: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What the figures do not say: facts put aside and corrected, what no record yields, what was withheld, the smallest samples."""

    facts: int
    aside: int
    corrected: int
    late: int
    late_days: int
    withheld: int
    missing: tuple[str, ...]
    dimensions_missing: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Cited:
    """What every figure stands on: the frozen fact set and the signed record at the time ('' and 0 before the first signature)."""

    fact_set: str
    as_of: datetime
    origin: str
    checkpoint_size: int
    checkpoint_root: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that an edition tells otherwise than the one it corrects; None where it was or is withheld."""

    code: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """The edition that this one corrects, by digest, why, and what changed."""

    digest: str
    why: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter and the codes of the figures it tells, in order."""

    code: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A citation: the figure `code` is numerator over denominator, counted from a fact set, under a signed record of so many entries."""

    number: int
    code: str
    numerator: int | None
    denominator: int | None
    fact_set: str
    checkpoint_size: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole edition. Days are Beijing days, [start, end). `synthetic`: everybody in it is made up."""

    schema: str
    place: str
    name: str
    start: date
    end: date
    synthetic: bool
    cited: Cited
    chapters: tuple[Chapter, ...]
    numbers: tuple[Number, ...]
    notes: tuple[Note, ...]
    parts: tuple[Part, ...]
    index: Index | None
    variants: tuple[Variant, ...]
    below: tuple[PlaceLine, ...]
    communities: tuple[PlaceLine, ...]
    warnings: tuple[WarningLine, ...]
    cases: tuple[Case, ...]
    quality: Quality
    formulas: tuple[Formula, ...]
    correction: Correction | None = None
    risks: tuple[RiskLine, ...] = ()

    @property
    def days(self) -> int:
        """Return how many days the edition rests on."""
        return (self.end - self.start).days

    def number(self, code: str) -> Number:
        """Return a figure of the place. Raises KeyError."""
        for number in self.numbers:
            if number.code == code:
                return number
        raise KeyError(code)
