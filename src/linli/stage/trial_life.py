"""One run of a trial, in a process of its own: made-up people settle in a database apart, live some days under one policy set, are counted.

Started by `trial.py`, never by hand: it reads its tasks from standard input and leaves results as files in its own data folder. Ids
are drawn from the seed, every need has its own stream of chance, time is held: the same order comes out the same to the last number.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from linli.ground.people import made_up
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import held_at, now
from linli.help.needs import figures
from linli.journeys import escalate, ground, populate, trial
from linli.kernel.actor import Role
from linli.kernel.ids import repeat_ids
from linli.stage import district, population
from linli.stage.apart import require_apart
from linli.stage.life import STORY, TICK, Cast, Town, arrivals

NICE = 19
LOOK_MILLISECONDS = 100
EXTENSIONS = ("btree_gist", "ltree", "pg_trgm")
BEIJING = timedelta(hours=8)
# Communities stand in a street's own distances: about 400 metres from each other, as in an old inner district.
NORTH, WEST, STEP_LAT, STEP_LON, COLUMNS = 23_130_000, 113_260_000, 3_600, 3_900, 2
SHARE_LOW, SHARE_HIGH = 0.7, 1.3  # how much communities differ in size


@dataclass(frozen=True, slots=True)
class Size:
    """How large the made-up district of a trial is. Needs come more densely than in life, so that few people show a difference."""

    communities: int = 3
    residents: int = 200
    helpers: int = 11
    needs_a_day: int = 10


SMALL = Size(communities=2, residents=60, helpers=6, needs_a_day=6)  # for a quick look


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is told: where and when, the whole policy set as key -> value, the yardstick of both arms, the seed."""

    place: str
    on: str
    rules: Mapping[str, int | str]
    handle_minutes: int
    days: int
    seed: int
    size: Size

    def text(self) -> str:
        """Return the order as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Order:
        """Read an order from its line."""
        plain: dict[str, Any] = json.loads(text)
        return cls(**{f.name: plain[f.name] for f in fields(cls)} | {"size": Size(**plain["size"])})


class PairedTown(Town):
    """A town in which each need has a stream of chance of its own, so that both arms of a pair meet the same wishes and the same luck."""

    def __init__(self, cast: Cast, *, seed: int) -> None:
        """Take the cast; `seed` fixes every draw."""
        super().__init__(cast, seed=seed)
        self._streams: WeakKeyDictionary[STORY, np.random.Generator] = WeakKeyDictionary()

    def _push(self, at: datetime, story: STORY) -> None:
        super()._push(at, story)
        self._streams[story] = np.random.default_rng([self._seed, self.told.begun])

    def _advance(self, story: STORY) -> datetime | None:
        self.rng = self._streams[story]
        return super()._advance(story)


def begin_of(on: str) -> datetime:
    """Return the moment a Beijing day begins, UTC."""
    return datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC) - BEIJING


def communities_of(order: Order) -> tuple[str, ...]:
    """Return the codes of the communities lived in: the first ones of the place."""
    return places.codes_below(order.place, places.COMMUNITY)[: order.size.communities]


def plans_of(codes: Sequence[str], order: Order) -> list[population.CommunityPlan]:
    """Return how many live where: shares of the whole that differ by a third, points on a loose grid."""
    rng, size = np.random.default_rng([order.seed, 3]), order.size
    weights = rng.uniform(SHARE_LOW, SHARE_HIGH, len(codes))
    shares = weights / weights.sum()
    plans = []
    for number, (code, share) in enumerate(zip(codes, shares, strict=True)):
        row, column = divmod(number, COLUMNS)
        lat, lon = NORTH + row * STEP_LAT + int(rng.integers(0, 900)), WEST + column * STEP_LON + int(rng.integers(0, 900))
        plans.append(population.CommunityPlan(code, round(share * size.residents), max(1, round(share * size.helpers)), lat, lon))
    return plans


def prepare(order: Order) -> dict[str, Any]:
    """Make the tables and the places of a trial; every run begins from a copy of this. Returns how many communities are lived in."""
    require_apart()
    with connection.cursor() as cursor:
        # Linli's own cluster has them in every new database; on a server of somebody else's the owner of a database may add them.
        for name in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    call_command("migrate", verbosity=0, interactive=False)
    ground.import_places(within=[order.place])
    return {"communities": len(communities_of(order))}


def live(order: Order) -> dict[str, Any]:
    """Live one run; return its outcomes, how many needs were asked, and what was refused on the way."""
    require_apart()
    populate.hasten()
    repeat_ids(order.seed)
    start, codes = begin_of(order.on), communities_of(order)
    with held_at(start - timedelta(days=1)):
        ground.import_rules(trial.rules_of(order.place, date.fromisoformat(order.on), order.rules))
        phone = 1
        for plan in plans_of(codes, order):
            populate.settle(district.settlement_of(plan, first_phone=phone, year=start.year, seed=order.seed))
            phone += plan.residents
    asked_until = start + timedelta(days=order.days)
    # Nothing new is asked at the end, so that the last need too has its whole time.
    end = asked_until + timedelta(minutes=order.handle_minutes)
    with held_at(start):
        town = PairedTown(_cast(codes), seed=order.seed)
    _live(town, codes, (start, asked_until, end), order.size.needs_a_day)
    outcomes = trial.measure(order.place, codes, (start, end + timedelta(seconds=1)), handle_minutes=order.handle_minutes)
    return {"outcomes": outcomes, "needs": town.told.begun, "refused": town.told.refused}


def _cast(codes: Sequence[str]) -> Cast:
    rows, members = made_up.residents(codes), made_up.members(codes, now())
    weights = tuple(district.MEMBER_ASKS if person in members else 1 for person, _ in rows)
    workers = {code: people.holders(Role.WORKER, code, now())[0] for code in codes}
    return Cast(tuple(person for person, _ in rows), tuple(home for _, home in rows), weights, workers)


def _live(town: Town, codes: Sequence[str], span: tuple[datetime, datetime, datetime], a_day: int) -> None:
    start, asked_until, end = span
    for moment in arrivals(town.rng, start, asked_until, a_day=a_day):
        town.begin(moment)
    ticked = start
    while ticked < end:
        due = town.next_at()
        if due is not None and due < ticked:
            town.take_one(hold=True)
            continue
        # Where no need lives, no clock runs, no offer waits and no visit is booked.
        if figures.standing():
            with held_at(ticked):
                escalate.run_due(within=codes)
        ticked += TICK


def _yield_to_others() -> None:
    """Let everybody else go before the server's process behind this one, where it is one of this machine."""
    if not str(connection.settings_dict["HOST"] or os.environ.get("PGHOST", "")).startswith("/"):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    words = Path(f"/proc/{pid}/cmdline")
    if words.exists() and words.read_bytes().startswith(b"postgres:") and os.geteuid() in {0, words.stat().st_uid}:
        os.setpriority(os.PRIO_PROCESS, pid, NICE)


def _do(task: dict[str, Any]) -> None:
    """Do one task in this very process: connect to its database, live, leave the result under its name."""
    connection.settings_dict["NAME"] = task["database"]
    require_apart()
    _yield_to_others()
    order = Order.read(task["order"])
    result = prepare(order) if task["kind"] == "base" else live(order)
    written = Path(settings.LINLI_DATA, f"{task['name']}.new")
    written.write_text(json.dumps(result))
    written.rename(written.with_suffix(".json"))  # whoever waits for it finds it whole


def _in_a_process_of_its_own(task: dict[str, Any]) -> int:
    """Fork, do the task there, wait for its end and return its exit code; end at once where whoever asked is gone."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _do(task)
            code = 0
        finally:
            if code:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(code)
    gone = select.poll()
    gone.register(sys.stdin, 0)  # tells nothing but the end of the pipe, which comes when the runner ends, however it ends
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        if gone.poll(LOOK_MILLISECONDS):
            os.killpg(0, signal.SIGKILL)
    return os.waitstatus_to_exitcode(ended[1])


def main() -> int:
    """Do the tasks that come as lines on standard input, each in a process of its own, until the first that falls over or the end."""
    for line in iter(sys.stdin.readline, ""):
        if _in_a_process_of_its_own(json.loads(line)):
            return 1
    return 0
