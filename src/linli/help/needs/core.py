"""Needs: the catalogue, the states, the clocks, what counts as the same need twice, what is an emergency. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

DATA = Path(__file__).parent / "data" / "catalogue.toml"


class State(StrEnum):
    """Where a need stands."""

    OPEN = "open"  # 收到
    OFFERED = "offered"  # 找人
    MATCHED = "matched"  # 接单
    UNDER_WAY = "under_way"  # 在做
    FINISHED = "finished"  # checked out, waiting for both to confirm
    DISPUTED = "disputed"
    CLOSED = "closed"  # 完成
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"  # handed to 110/119/120/12345


S = State
# (state, event) -> state. What is not here is refused. Every state has a way on; closed, withdrawn and referred can be reopened.
MOVES: dict[tuple[State, str], State] = {
    (S.OPEN, "propose"): S.OFFERED,
    (S.OFFERED, "propose"): S.OFFERED,
    (S.OFFERED, "lapse"): S.OPEN,
    (S.OPEN, "accept"): S.MATCHED,
    (S.OFFERED, "accept"): S.MATCHED,
    (S.MATCHED, "release"): S.OPEN,
    (S.MATCHED, "start"): S.UNDER_WAY,
    (S.UNDER_WAY, "finish"): S.FINISHED,
    (S.FINISHED, "confirm"): S.CLOSED,
    (S.FINISHED, "dispute"): S.DISPUTED,
    (S.DISPUTED, "settle"): S.CLOSED,
    (S.OPEN, "withdraw"): S.WITHDRAWN,
    (S.OFFERED, "withdraw"): S.WITHDRAWN,
    (S.MATCHED, "withdraw"): S.WITHDRAWN,
    (S.OPEN, "refer"): S.REFERRED,
    (S.OFFERED, "refer"): S.REFERRED,
    (S.MATCHED, "refer"): S.REFERRED,
    (S.CLOSED, "reopen"): S.OPEN,
    (S.WITHDRAWN, "reopen"): S.OPEN,
    (S.REFERRED, "reopen"): S.OPEN,
}
EVENTS = tuple(sorted({event for _, event in MOVES}))
LIVE = (S.OPEN, S.OFFERED, S.MATCHED, S.UNDER_WAY, S.FINISHED, S.DISPUTED)
ENDED = (S.CLOSED, S.WITHDRAWN, S.REFERRED)


def moved(state: State, event: str) -> State | None:
    """Return the state after `event`, or None where the event is refused in this state."""
    return MOVES.get((state, event))


class Level(StrEnum):
    """Who answers for a need now."""

    COMMUNITY = "community"
    STREET = "street"
    CITY = "city"


# After the city comes the city again: the clock goes on reminding, it never falls silent.
NEXT_LEVEL = {Level.COMMUNITY: Level.STREET, Level.STREET: Level.CITY, Level.CITY: Level.CITY}
LEVEL_DIGITS = {Level.COMMUNITY: 12, Level.STREET: 9, Level.CITY: 4}


def level_place(community: str, level: Level) -> str:
    """Return the place code whose staff answer at `level` for a need of `community`."""
    return community[: LEVEL_DIGITS[level]]


class ClockKind(StrEnum):
    """Which promise a clock watches."""

    ANSWER = "answer"
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """The promises of policy for one need: minutes to the first answer per level, minutes until it is handled."""

    answer_minutes: int
    handle_minutes: int
    street_answer_minutes: int
    city_answer_minutes: int

    def at(self, kind: ClockKind, level: Level) -> timedelta:
        """Return how long the clock of `kind` runs at `level`."""
        if kind is ClockKind.HANDLE:
            return timedelta(minutes=self.handle_minutes)
        by_level = {Level.COMMUNITY: self.answer_minutes, Level.STREET: self.street_answer_minutes, Level.CITY: self.city_answer_minutes}
        return timedelta(minutes=by_level[level])


def due_after_pause(due_at: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """Return the deadline moved by the pause. A clock that went backwards moves nothing: a deadline never comes nearer."""
    return due_at + max(timedelta(0), resumed_at - paused_at)


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the catalogue."""

    code: str
    domain: str
    short: str
    name: str
    icon: str
    minutes: int
    skill: str
    checklist: tuple[str, ...]
    certificate: str = ""
    same_sex: bool = False
    two_adults: bool = False
    special: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the eight domains."""

    code: str
    name: str


@cache
def catalogue() -> dict[str, Service]:
    """Return the shipped catalogue by code, in the order services are shown."""
    rows = tomllib.loads(DATA.read_text("utf-8"))["service"]
    return {row["code"]: Service(**{**row, "checklist": tuple(row["checklist"])}) for row in rows}


@cache
def domains() -> dict[str, Domain]:
    """Return the domains by code."""
    return {row["code"]: Domain(**row) for row in tomllib.loads(DATA.read_text("utf-8"))["domain"]}


# Words that mean: do not wait for a neighbour. The need is kept, and the number is shown at once (接诉即办条例 art. 11).
EMERGENCIES: dict[str, tuple[str, ...]] = {
    "119": ("着火", "起火", "冒烟", "煤气泄漏", "燃气泄漏", "火灾"),
    "120": ("胸痛", "胸口痛", "喘不上气", "昏迷", "晕倒", "中风", "大出血", "摔倒起不来", "没有呼吸", "心脏病发"),
    "110": ("打人", "家暴", "入室", "抢劫", "有人闯"),
}
NOT_NOW = ("以前", "去年", "演习", "讲座", "预防")


def emergency_number(words: str) -> str | None:
    """Return the number to call at once for what was written, or None. Fire comes before illness, illness before police."""
    if any(word in words for word in NOT_NOW):
        return None
    return next((number for number, signs in EMERGENCIES.items() if any(sign in words for sign in signs)), None)


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """A need before it is opened. `words_sealed` was sealed by the people room; this room never sees plain words."""

    id: UUID
    service: str
    place: str
    community: str
    channel: str
    asker: UUID | None = None
    sheet: UUID | None = None
    entered_by: UUID | None = None
    urgent: bool = False
    group: str | None = None
    words_sealed: bytes | None = None
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    same_sex: bool = False
    sex_of_asker: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An open need as far as likeness goes."""

    number: str
    service: str
    place: str
    asker: UUID | None
    opened_at: datetime


LIKE_WITHIN = timedelta(hours=12)


def duplicates(draft: NeedDraft, others: Iterable[Known], now: datetime) -> tuple[str, ...]:
    """Return the numbers of open needs that look like this one: same service, near in time, same asker or same building.

    They are shown to the worker, never blocked: two neighbours may need the same thing.
    """
    return tuple(
        other.number
        for other in others
        if other.service == draft.service
        and abs(now - other.opened_at) <= LIKE_WITHIN
        and (other.place == draft.place or (draft.asker is not None and other.asker == draft.asker))
    )
