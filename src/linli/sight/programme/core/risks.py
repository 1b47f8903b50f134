"""The risk register: what raises a risk, how likely it looks, and what a person may decide about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from linli.sight.programme.core.progress import Month


class State(StrEnum):
    """Where a risk stands at a place."""

    QUIET = "quiet"
    RAISED = "raised"
    ACCEPTED = "accepted"
    MITIGATED = "mitigated"
    CLOSED = "closed"


class Event(StrEnum):
    """What moves a risk: its trigger, or a person with a reason."""

    RAISE = "raise"
    EASE = "ease"
    ACCEPT = "accept"
    MITIGATE = "mitigate"
    CLOSE = "close"


# A trigger raises and eases; only a person accepts, mitigates or closes. Easing is kept as evidence and leaves a person's decision alone.
MOVES: dict[tuple[State, Event], State] = {
    (State.QUIET, Event.RAISE): State.RAISED,
    (State.CLOSED, Event.RAISE): State.RAISED,
    (State.RAISED, Event.EASE): State.QUIET,
    (State.QUIET, Event.ACCEPT): State.ACCEPTED,
    (State.QUIET, Event.MITIGATE): State.MITIGATED,
    (State.QUIET, Event.CLOSE): State.CLOSED,
    (State.RAISED, Event.ACCEPT): State.ACCEPTED,
    (State.RAISED, Event.MITIGATE): State.MITIGATED,
    (State.RAISED, Event.CLOSE): State.CLOSED,
    (State.ACCEPTED, Event.MITIGATE): State.MITIGATED,
    (State.ACCEPTED, Event.CLOSE): State.CLOSED,
    (State.MITIGATED, Event.ACCEPT): State.ACCEPTED,
    (State.MITIGATED, Event.MITIGATE): State.MITIGATED,
    (State.MITIGATED, Event.CLOSE): State.CLOSED,
    (State.CLOSED, Event.ACCEPT): State.ACCEPTED,
    (State.CLOSED, Event.MITIGATE): State.MITIGATED,
}
BY_PERSON = (Event.ACCEPT, Event.MITIGATE, Event.CLOSE)


class Likely(StrEnum):
    """How likely a risk looks by the records, in words."""

    UNKNOWN = "unknown"  # no record in this system
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"  # the newest month lies beyond the bar, or its interval reaches over it
    HAPPENING = "happening"  # the trigger holds


@dataclass(frozen=True, slots=True)
class Text:
    """Words in two languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk of the report. Without an indicator its trigger has no record here; `missing` says what would be needed."""

    code: str
    kind: str
    title: Text
    section: str
    words: Text
    measures: tuple[Text, ...]
    figures: tuple[str, ...]
    owner: str
    touches: tuple[str, ...]
    indicator: str = ""
    over: bool = False
    bar: str = ""
    missing: Text | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the records say of a trigger: whether it holds, how likely the risk looks, and the months it was judged by."""

    holds: bool
    likely: Likely
    months: tuple[Month, ...]


def judge(months: Sequence[Month], bar: int, *, over: bool, needed: int, least: int) -> Verdict:
    """Judge a trigger by the newest `needed` months in a row with at least `least` observations each.

    It holds where every one of them lies beyond the bar: a single bad month, or a few observations, raise nothing.
    """
    sound = [month for month in months if month.measure.n >= least]
    if not sound:
        return Verdict(False, Likely.UNKNOWN, ())
    newest = tuple(sound[-needed:])
    beyond = [_beyond(month.measure.value, bar, over) for month in newest]
    if len(newest) == needed and all(beyond) and _in_a_row([m.first for m in newest]):
        return Verdict(True, Likely.HAPPENING, newest)
    last = newest[-1].measure
    edge = last.high if over else last.low
    near = beyond[-1] or (edge is not None and _beyond(edge, bar, over))
    return Verdict(False, Likely.POSSIBLE if near else Likely.UNLIKELY, newest)


def _beyond(value: int, bar: int, over: bool) -> bool:
    return value > bar if over else value < bar


def _in_a_row(days: Sequence[date]) -> bool:
    counted = [day.year * 12 + day.month for day in days]
    return counted == list(range(counted[0], counted[0] + len(counted)))


def risk_of(row: Mapping[str, Any]) -> Risk:
    """Return a risk from its table in the data file. Raises KeyError for what is missing, ValueError for an unknown side of the bar."""
    if row.get("is", "under") not in {"under", "over"}:
        raise ValueError(f"{row['code']}: a trigger lies under or over its bar")
    return Risk(
        code=row["code"], kind=row["kind"], title=Text(row["title"], row["title_en"]), section=row["section"],
        words=Text(row["zh"], row["en"]), measures=tuple(Text(m["zh"], m["en"]) for m in row["measures"]), figures=tuple(row["figures"]),
        owner=row["owner"], touches=tuple(row["touches"]), indicator=row.get("indicator", ""), over=row.get("is") == "over",
        bar=row.get("bar", ""), missing=Text(**row["missing"]) if "missing" in row else None,
    )  # fmt: skip
