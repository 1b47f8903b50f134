"""Needs: the states, the clocks and levels, what counts as the same need twice, what is an emergency. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

DATA = Path(__file__).parent / "data" / "emergency.toml"


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
    REFERRED = "referred"  # handed to 110/119/120/122/12345


S = State
# (state, event) -> state. What is neither here nor in STAYS is refused. Every state has a way on; the three ends can be reopened.
MOVES: dict[tuple[State, str], State] = {
    (S.OPEN, "propose"): S.OFFERED,
    (S.OFFERED, "propose"): S.OFFERED,
    (S.OFFERED, "decline"): S.OFFERED,  # one of several helpers asked said no
    (S.OFFERED, "lapse"): S.OPEN,  # nobody is asked any more
    (S.OPEN, "accept"): S.MATCHED,
    (S.OFFERED, "accept"): S.MATCHED,
    (S.MATCHED, "release"): S.OPEN,
    (S.UNDER_WAY, "release"): S.OPEN,  # the helper had to leave before anything was done
    (S.MATCHED, "start"): S.UNDER_WAY,
    (S.UNDER_WAY, "finish"): S.FINISHED,
    (S.UNDER_WAY, "dispute"): S.DISPUTED,  # never checked out
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
LIVE = (S.OPEN, S.OFFERED, S.MATCHED, S.UNDER_WAY, S.FINISHED, S.DISPUTED)
ENDED = (S.CLOSED, S.WITHDRAWN, S.REFERRED)
WAITING = (S.OPEN, S.OFFERED)  # without a helper

# Events that are noted without a change of state, and where they may happen. Somebody rings back about an emergency that was referred;
# an objection is settled even where a helper was found in the meantime.
STAYS: dict[str, tuple[State, ...]] = {
    "answer": (*LIVE, S.REFERRED),
    "pause": LIVE,
    "resume": LIVE,
    "escalate": (*LIVE, S.REFERRED),
    "dispatch": WAITING,
    "object": WAITING,
    "uphold": tuple(State),
    "overrule": tuple(State),
}
EVENTS = tuple(sorted({event for _, event in MOVES} | set(STAYS)))


def moved(state: State, event: str) -> State | None:
    """Return the state after `event` (the same one for an event of STAYS), or None where the event is refused in this state."""
    if event in STAYS:
        return state if state in STAYS[event] else None
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


def place_above(place: str) -> str:
    """Return who reviews what `place` objects to: the street of a community, the city of a street, the city itself for a city."""
    return place[: LEVEL_DIGITS[Level.STREET]] if len(place) > LEVEL_DIGITS[Level.STREET] else place[: LEVEL_DIGITS[Level.CITY]]


def lifted(clock_level: Level, need_level: Level) -> Level:
    """Return where a need stands after a clock of `clock_level` ran out.

    Each clock lifts the need one level above its own, so that two clocks of one moment lift it once; a need never comes down.
    """
    order = list(Level)
    return max(NEXT_LEVEL[clock_level], need_level, key=order.index)


class ClockKind(StrEnum):
    """Which promise a clock watches."""

    ANSWER = "answer"
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """The promises of policy for one need, in minutes: the first answer per level; until it is handled; again after that failed."""

    answer_minutes: int
    handle_minutes: int
    street_answer_minutes: int
    city_answer_minutes: int
    handle_again_minutes: int

    def at(self, kind: ClockKind, level: Level) -> timedelta:
        """Return how long the clock of `kind` runs at `level`."""
        if kind is ClockKind.HANDLE:
            return timedelta(minutes=self.handle_minutes if level is Level.COMMUNITY else self.handle_again_minutes)
        by_level = {Level.COMMUNITY: self.answer_minutes, Level.STREET: self.street_answer_minutes, Level.CITY: self.city_answer_minutes}
        return timedelta(minutes=by_level[level])


def plan_from(minutes: Callable[[str], int], *, urgent: bool, group: str | None) -> ClockPlan:
    """Return the plan for one need from policy's spans (`Policy.minutes`).

    An urgent need and a lone older person's (group `alone`) run on the shortest clock, other special groups on theirs (report §5.1.1, §2.3).
    """
    kind = "_urgent" if urgent or group == "alone" else "_group" if group else ""
    answer, street, city = (minutes(f"{level}answer{kind}_minutes") for level in ("", "street_", "city_"))
    return ClockPlan(answer, minutes("handle_minutes"), street, city, minutes("handle_again_minutes"))


def due_after_pause(due_at: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """Return the deadline moved by the pause. A clock that went backwards moves nothing: a deadline never comes nearer."""
    return due_at + max(timedelta(0), resumed_at - paused_at)


def rest_of(due_at: datetime, stopped_at: datetime) -> timedelta:
    """Return what a stopped clock still had, for letting it run on: at least one minute, so that somebody is asked once more."""
    return max(timedelta(minutes=1), due_at - stopped_at)


def reopen_until(ended_at: datetime, days: int) -> datetime:
    """Return until when an ended need can be reopened."""
    return ended_at + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """A need before it is opened. `words_sealed` was sealed by the people room; this room never sees plain words.

    `emergency` is the number that `emergency_number` found in the words; `minutes` overrides the service's typical length (5 to 1440);
    `occurred_at` is when it was asked, where that was before we learned of it (a paper form).
    """

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
    emergency: str = ""
    people_needed: int = 1
    minutes: int | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An open need as far as likeness goes. `household` is that of the sheet it was asked from."""

    id: UUID
    number: str
    service: str
    place: str
    asker: UUID | None
    opened_at: datetime
    household: UUID | None = None


LIKE_WITHIN = timedelta(hours=12)
COMMUNITY_DIGITS = 12


def alike(draft: Known, others: Iterable[Known]) -> tuple[Known, ...]:
    """Return the open needs that look like `draft`: same service, near in time, and the same asker, household or building.

    They are shown, never blocked: two neighbours may need the same thing. A place known only to its community likens nothing.
    """
    return tuple(
        other
        for other in others
        if other.id != draft.id
        and other.service == draft.service
        and abs(draft.opened_at - other.opened_at) <= LIKE_WITHIN
        and (
            (draft.asker is not None and other.asker == draft.asker)
            or (draft.household is not None and other.household == draft.household)
            or (len(draft.place) > COMMUNITY_DIGITS and other.place == draft.place)
        )
    )


@dataclass(frozen=True, slots=True)
class Screen:
    """One number to call, the words that mean it, the longer phrases that do not."""

    call: str
    words: tuple[str, ...]
    not_now: tuple[str, ...]


@cache
def _screens() -> tuple[tuple[Screen, ...], re.Pattern[str]]:
    tables = tomllib.loads(DATA.read_text("utf-8"))
    rows = tuple(Screen(row["call"], tuple(row["words"]), tuple(row["not_now"])) for row in tables["number"])
    words = sorted({word for row in rows for word in row.words}, key=len, reverse=True)
    past = re.compile(f"(?:{'|'.join(map(re.escape, tables['past']))}).{{0,2}}?(?:{'|'.join(map(re.escape, words))})过?")
    return rows, past


def emergency_number(words: str) -> str | None:
    """Return the number to call at once for what was written, or None: fire before illness before police before traffic.

    Blanks inside Chinese words, width and case do not matter. Nothing of the text is kept. (北京市接诉即办工作条例 art. 11)
    """
    rows, past = _screens()
    text = unicodedata.normalize("NFKC", words).casefold().replace("’", "'")
    for row in rows:
        for phrase in row.not_now:
            text = text.replace(phrase, "／")
    text = past.sub("／", text)
    joined = "".join(text.split())
    return next((row.call for row in rows if any(word in text or word in joined for word in row.words)), None)
