"""Days of life in the synthetic district: needs come, helpers answer, visits happen — through the same journeys as everybody's.

Every need is a story: a generator that takes one step and yields the moment of its next. The stories run in order of time, either at
once over past days (clock held at each moment) or live beside the running site.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import numpy as np

from linli.ground.people import reads as people
from linli.ground.steps.reads import held_at, now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, propose, rate, visit
from linli.kernel.actor import Actor, Channel, Post, Role
from linli.kernel.errors import LinliError

STORY = Iterator[datetime]
NAMESPACE = UUID("6f7f2b0e-5d0d-4b55-9b1e-0d2f1c7f4a11")

# Service and its share among needs; hours of the day people ask at.
SERVICES = (
    ("meal", 16), ("shopping", 14), ("medicine", 14), ("escort", 12), ("repair", 12), ("talk", 14), ("bathing", 4), ("clean", 8), ("childcare", 6),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can ask, and who watches over a community."""

    askers: tuple[UUID, ...]
    homes: tuple[str, ...]  # building code of each asker
    workers: dict[str, UUID]  # community code -> worker


@dataclass(frozen=True, slots=True)
class Manners:
    """How people of this run behave. Shares are probabilities of a made-up town, shown on the stage page."""

    helper_declines: float = 0.12
    worker_answers: float = 0.9
    answer_minutes: tuple[int, int] = (4, 95)
    no_show: float = 0.02
    differing_claims: float = 0.04
    rates: float = 0.7
    stars: tuple[float, float, float, float, float] = (0.02, 0.04, 0.12, 0.34, 0.48)
    poor_share: float = 0.06  # share of communities where ratings run low
    poor_stars: tuple[float, float, float, float, float] = (0.12, 0.2, 0.28, 0.25, 0.15)


@dataclass
class Told:
    """How many stories went how far; refusals by code, so that nothing fails unseen."""

    begun: int = 0
    met: int = 0
    unmet: int = 0
    disputed: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def joined(self, other: Told) -> Told:
        """Return both counts together."""
        refused = {code: self.refused.get(code, 0) + other.refused.get(code, 0) for code in {*self.refused, *other.refused}}
        return Told(self.begun + other.begun, self.met + other.met, self.unmet + other.unmet, self.disputed + other.disputed, refused)

    def refuse(self, error: LinliError) -> None:
        """Count a refusal by its code."""
        self.refused[str(error)] = self.refused.get(str(error), 0) + 1


class Town:
    """The running life of some communities: deterministic for a seed as far as the journeys are."""

    def __init__(self, cast: Cast, *, seed: int, manners: Manners | None = None) -> None:
        """Take the cast; `seed` fixes every draw."""
        self.cast, self.manners, self.told = cast, manners or Manners(), Told()
        self.rng = np.random.default_rng(seed)
        self._seed, self._count = seed, 0
        self._queue: list[tuple[datetime, int, STORY]] = []
        self._shares = np.array([share for _, share in SERVICES], dtype=float) / sum(share for _, share in SERVICES)
        codes = sorted(cast.workers)
        self._poor = {code for code in codes if self.rng.random() < self.manners.poor_share}

    def _key(self) -> str:
        self._count += 1
        return f"stage-{uuid5(NAMESPACE, f'{self._seed}:{self._count}')}"

    def _person(self, person: UUID, home: str, *, volunteer: bool = False) -> Actor:
        posts = (Post(Role.VOLUNTEER, home[:12]),) if volunteer else ()
        return Actor.of_person(person, channel=Channel.STAGE, posts=posts, home=home)

    def _worker(self, community: str) -> Actor:
        return Actor.of_person(self.cast.workers[community], channel=Channel.STAGE, posts=(Post(Role.WORKER, community),), home=community)

    def _soon(self, low: int, high: int) -> datetime:
        return now() + timedelta(minutes=int(self.rng.integers(low, high + 1)), seconds=int(self.rng.integers(0, 60)))

    def begin(self, at: datetime) -> None:
        """Let one more need arise at `at`."""
        self._count += 1
        self.told.begun += 1
        heapq.heappush(self._queue, (at, self._count, self._story()))

    def _story(self) -> STORY:
        asker = int(self.rng.integers(len(self.cast.askers)))
        service = SERVICES[int(self.rng.choice(len(SERVICES), p=self._shares))][0]
        person, home = self.cast.askers[asker], self.cast.homes[asker]
        asked = ask.ask(self._person(person, home), ask.AskDraft(service=service), self._key())
        need = UUID(asked["need"])
        yield self._soon(*self.manners.answer_minutes)
        if self.rng.random() < self.manners.worker_answers:
            answer.answer(self._worker(home[:12]), need, self._key())
        propose.propose_now(need)
        yield self._soon(3, 40)
        for _ in range(3):
            booked = self._somebody_accepts(need)
            if booked is not None:
                yield from self._visit(person, home, booked)
                return
            propose.propose_now(need)
            yield self._soon(20, 240)
        self.told.unmet += 1

    def _somebody_accepts(self, need: UUID) -> UUID | None:
        for offer in visits.offers_of_need(need):
            helper = people.actor_of(offer.helper, now(), channel=Channel.STAGE)
            try:
                if self.rng.random() < self.manners.helper_declines:
                    accept.decline(helper, offer.id, "不方便", self._key())
                    continue
                return UUID(accept.accept(helper, offer.id, self._key())["visit"])
            except LinliError as error:
                self.told.refuse(error)
        return None

    def _visit(self, person: UUID, home: str, booked: UUID) -> STORY:
        card = visits.visit(booked)
        resident, helper = self._person(person, home), people.actor_of(card.helper, now(), channel=Channel.STAGE)
        yield max(now(), card.starts_at) + timedelta(minutes=int(self.rng.integers(0, 9)))
        if self.rng.random() < self.manners.no_show:
            self.told.unmet += 1  # the clock finds the no-show and looks for somebody else
            return
        code = visit.code_shown(resident, booked, now())
        visit.check_in(helper, booked, code.code, self._key())
        yield now() + timedelta(minutes=max(5, int(card.minutes_estimated * self.rng.uniform(0.85, 1.15))))
        service = needs.service(card.service)
        for item in range(len(service.checklist) if service else 0):
            visit.tick(helper, booked, item, True, self._key())
        visit.check_out(helper, booked, self._key())
        minutes = max(5, card.minutes_estimated)
        confirm.confirm(helper, booked, minutes, self._key())
        yield self._soon(1, 300)
        theirs = minutes * 3 if self.rng.random() < self.manners.differing_claims else minutes
        state = confirm.confirm(resident, booked, theirs, self._key())["state"]
        yield self._soon(1, 600)
        if state == "disputed":
            self.told.disputed += 1
            confirm.settle(self._worker(home[:12]), booked, minutes, "打电话核对过", self._key())
        self.told.met += 1
        if self.rng.random() < self.manners.rates:
            stars = self.manners.poor_stars if home[:12] in self._poor else self.manners.stars
            rate.rate(resident, booked, int(self.rng.choice(5, p=stars)) + 1, [], self._key())

    def _advance(self, story: STORY) -> datetime | None:
        try:
            return next(story)
        except StopIteration:
            return None
        except LinliError as error:
            self.told.refuse(error)
            return None

    def next_at(self) -> datetime | None:
        """Return when the next step of any story is due, or None."""
        return self._queue[0][0] if self._queue else None

    def take_one(self, *, hold: bool) -> datetime | None:
        """Take the next step of the earliest story, with the clock held at its moment where `hold`; return that moment."""
        if not self._queue:
            return None
        at, count, story = heapq.heappop(self._queue)
        if hold:
            with held_at(at):
                following = self._advance(story)
        else:
            following = self._advance(story)
        if following is not None:
            heapq.heappush(self._queue, (max(following, at), count, story))
        return at


def arrivals(rng: np.random.Generator, start: datetime, end: datetime, *, a_day: float) -> list[datetime]:
    """Return moments at which needs arise in [start, end): more by day than by night, in Beijing time."""
    hours = np.array([0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 1, 2, 3.2, 3.4, 3, 2.2, 1.6, 1.8, 2.4, 2.6, 2.4, 2, 1.6, 1.4, 1, 0.6, 0.3, 0.2])
    moments = []
    for hour in range(int((end - start) / timedelta(hours=1)) + 1):
        moment = start + timedelta(hours=hour)
        mean = a_day * hours[(moment.hour + 8) % 24] / hours.sum()
        moments += [moment + timedelta(seconds=int(s)) for s in rng.integers(0, 3600, rng.poisson(mean))]
    return sorted(m for m in moments if start <= m < end)


def live_past(town: Town, start: datetime, end: datetime, *, a_day: float, each: Callable[[datetime], None]) -> Told:
    """Live [start, end) at once with the clock held; stories still open at `end` stay open for `live_on`."""
    for moment in arrivals(town.rng, start, end, a_day=a_day):
        town.begin(moment)
    while (due := town.next_at()) is not None and due < end:
        taken = town.take_one(hold=True)
        if taken is not None:
            each(taken)
    return town.told


def live_on(town: Town, *, a_day: float, stop: threading.Event) -> None:
    """Let life go on with the site's own clock until `stop`; a step whose moment has come is taken, at whatever speed time runs."""
    planned_until = now()
    while not stop.is_set():
        moment = now()
        if moment >= planned_until:
            until = moment + timedelta(hours=1)
            for at in arrivals(town.rng, planned_until, until, a_day=a_day):
                town.begin(at)
            planned_until = until
        due = town.next_at()
        if due is not None and due <= moment:
            town.take_one(hold=False)
        else:
            stop.wait(0.5)
