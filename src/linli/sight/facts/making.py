"""Short hands for the lines of the registry. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linli.sight.facts.indicator import Direction, Indicator, Owner, Shape, Topic, Unit

UP, DOWN, FLAT = Direction.UP, Direction.DOWN, Direction.NEUTRAL
Line = Callable[..., Indicator]


def _names(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


class Under:
    """Makes the lines of one topic: each method takes code, measures, the four texts, the source, and what differs from its defaults."""

    def __init__(self, topic: Topic, owner: Owner) -> None:
        self.topic, self.owner = topic, owner

    def _make(
        self, shape: Shape, unit: Unit, code: str, measures: tuple[Any, Any], texts: tuple[str, str, str, str], source: str, **more: Any
    ) -> Indicator:
        top, bottom = (_names(side) for side in measures)
        kept = {"direction": FLAT, "owner": self.owner, **more}
        return Indicator(code, self.topic, shape, unit, kept.pop("direction"), top, bottom, *texts, source, **kept)

    def count(self, code: str, top: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a plain count; it stands on itself."""
        return self._make(Shape.COUNT, Unit.COUNT, code, (top, top), texts, source, **more)  # type: ignore[arg-type]

    def amount(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a sum of minutes over so many facts."""
        return self._make(Shape.AMOUNT, Unit.MINUTES, code, (top, bottom), texts, source, **more)  # type: ignore[arg-type]

    def share(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a share of trials."""
        return self._make(Shape.SHARE, Unit.PPM, code, (top, bottom), texts, source, **more)  # type: ignore[arg-type]

    def rate(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a number per thousand."""
        return self._make(Shape.RATIO, Unit.PER_1000, code, (top, bottom), texts, source, **more)  # type: ignore[arg-type]

    def ratio(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a ratio shown per cent that is no share of trials."""
        return self._make(Shape.RATIO, Unit.PPM, code, (top, bottom), texts, source, **more)  # type: ignore[arg-type]

    def mean(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a mean in thousandths."""
        return self._make(Shape.MEAN, Unit.MILLI, code, (top, bottom), texts, source, **more)  # type: ignore[arg-type]

    def time(self, code: str, top: Any, bottom: Any, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a middle or nearly longest time in minutes."""
        return self._make(Shape.QUANTILE, Unit.MINUTES, code, (top, bottom), texts, source, **{"direction": DOWN, **more})  # type: ignore[arg-type]

    def missing(self, code: str, *texts: str, source: str, **more: Any) -> Indicator:
        """Make a line the report asks for and no record yields yet."""
        return self._make(Shape.SHARE, Unit.PPM, code, ((), ()), texts, source, missing=True, **more)  # type: ignore[arg-type]
