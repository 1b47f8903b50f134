"""What the pages of policy trials are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.site.desk import Frame
from linli.doors.worker.pages import Option


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One key that differs: its sentence, the value in force and the one tried."""

    words: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One trial in the list."""

    url: str
    place: str
    changes: tuple[ChangeLine, ...]
    state: str
    tone: str
    runs_done: int
    runs: int
    asked_at: datetime
    days: int
    ended: bool


@dataclass(frozen=True, slots=True)
class TrialsPage:
    """All trials of a city."""

    frame: Frame
    place_name: str
    rows: tuple[TrialLine, ...]
    new_url: str


@dataclass(frozen=True, slots=True)
class KeyField:
    """One policy key in the form: its sentence, today's value in words and as a number, its bounds, what was typed."""

    key: str
    words: str
    today: str
    number: str
    bounds: str
    low: int
    high: int
    typed: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The keys of one topic; `open` where something was typed in it; `hint` says what must hold together."""

    name: str
    fields: tuple[KeyField, ...]
    open: bool
    hint: str


@dataclass(frozen=True, slots=True)
class NewTrialPage:
    """The form for a trial."""

    frame: Frame
    place: str
    place_name: str
    places: tuple[Option, ...]
    groups: tuple[KeyGroup, ...]
    changes_max: int
    seeds: tuple[Option, ...]
    days: tuple[Option, ...]
    size_words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One arm in the drawing: where its interval begins and ends and where its mean stands, in a box 240 wide."""

    low: int
    mean: int
    high: int


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One outcome: both arms and the difference in words, the drawing, the verdict; `sure` where more than chance."""

    name: str
    counts: str
    a: str
    a_range: str
    b: str
    b_range: str
    difference: str
    difference_range: str
    verdict: str
    sure: bool
    a_mark: Mark | None
    b_mark: Mark | None
    drawn: str


@dataclass(frozen=True, slots=True)
class TrialPage:
    """One trial: what is compared, how it stands, what came out, and what that means."""

    frame: Frame
    url: str
    cancel_url: str
    again_url: str
    place_name: str
    on: str
    changes: tuple[ChangeLine, ...]
    state: str
    state_words: str
    tone: str
    why: str
    runs_done: int
    runs: int
    seeds: int
    days: int
    size_words: str
    needs: int
    outcomes: tuple[OutcomeLine, ...]
    findings: tuple[str, ...]
    assumptions: tuple[str, ...]
    asked_at: datetime
    took_seconds: int
    inputs_digest: str
    digest: str
    can_cancel: bool
    compared: int
