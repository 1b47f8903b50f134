"""What an indicator is: one line of the registry. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """Under which heading an indicator stands."""

    ASKING = "asking"
    ANSWERING = "answering"
    HANDLING = "handling"
    VISITS = "visits"
    HELPERS = "helpers"
    HOURS = "hours"
    VOICE = "voice"
    GROUPS = "groups"
    PEOPLE = "people"
    TRUST = "trust"
    WARNINGS = "warnings"


class Shape(StrEnum):
    """How the value comes from its measures."""

    COUNT = "count"  # top
    AMOUNT = "amount"  # top, over `bottom` facts
    SHARE = "share"  # top of bottom, in ppm, with Wilson's interval
    RATIO = "ratio"  # top over bottom, in ppm, no interval: not a share of trials
    MEAN = "mean"  # top over bottom, in thousandths
    QUANTILE = "quantile"  # top as it is, over `bottom` facts


class Unit(StrEnum):
    """What the whole number of a figure counts."""

    COUNT = "count"
    MINUTES = "minutes"
    PPM = "ppm"  # parts per million; 10,000 are one per cent
    PER_1000 = "per_1000"  # parts per million too; 1,000 are one per thousand
    MILLI = "milli"  # thousandths: 4,321 are 4.321


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class Owner(StrEnum):
    """Which office answers for it."""

    COMMUNITY = "community"
    STREET = "street"
    CIVIL = "civil"  # the city's civil affairs bureau
    DATA = "data"  # the city's data-security officer


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. `zh` and `says` are message ids (name; what is counted, in words), `en` and `says_en` their English.

    `top` and `bottom` are sums of measures (see `measures.MEASURES`). `bottom` is what the figure stands on: its n. `personal`: a
    small count says something about single people, so at a community it is not shown below policy's least number.
    `missing`: no record yields it yet; it has no measures and no figures.
    """

    code: str
    topic: Topic
    shape: Shape
    unit: Unit
    direction: Direction
    top: tuple[str, ...]
    bottom: tuple[str, ...]
    zh: str
    en: str
    says: str
    says_en: str
    source: str
    owner: Owner
    personal: bool = False
    missing: bool = False
    registers: bool = False  # counts lines of registers, as of the last look in the time
    grain: str = "community, month"

    @property
    def additive(self) -> bool:
        """Tell whether places add up to the place above them, so that a hidden one could be had by subtraction."""
        return self.shape in {Shape.COUNT, Shape.AMOUNT, Shape.SHARE, Shape.RATIO, Shape.MEAN}
