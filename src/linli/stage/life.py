"""Days of life in the synthetic district: needs come, helpers answer, visits happen — through the same journeys as everybody's.

Every need is a story: a generator that takes one step and yields the moment of its next. The stories run in order of time, either at
once over past days (clock held at each moment) or live beside the running site.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Generator
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

STORY = Generator[datetime, None, None]
DAY = 24 * 60  # minutes
TICK = timedelta(minutes=20)  # how often the clock looks while past days are lived
TAKE_OVER_EVERY = timedelta(minutes=5)
NO_SHOW_FOUND_MINUTES = 40  # policy calls it a no-show earlier; by then a tick of the clock has seen it
NAMESPACE = UUID("6f7f2b0e-5d0d-4b55-9b1e-0d2f1c7f4a11")

# Service and its share among needs; hours of the day people ask at.
SERVICES = (
    ("meal", 16), ("shopping", 14), ("medicine", 14), ("escort", 12), ("repair", 12), ("talk", 14), ("bathing", 4), ("clean", 8), ("childcare", 6),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can ask, how readily each does, and who watches over a community."""

    askers: tuple[UUID, ...]
    homes: tuple[str, ...]  # building code of each asker
    weights: tuple[int, ...]  # how readily each asks, beside the others
    workers: dict[str, UUID]  # community code -> worker
    left: frozenset[UUID] = frozenset()  # people whose part the visitor plays: nothing is done in their name


@dataclass(frozen=True, slots=True)
class Manners:
    """How people of this run behave. Shares are probabilities of a made-up town, chosen so that every state of a need is seen."""

    helper_declines: float = 0.12
    worker_answers: float = 0.94
    answered_within: tuple[float, float] = (0.08, 0.92)  # share of the promised time after which the worker answers
    rounds_max: int = 6
    no_show: float = 0.02
    differing_claims: float = 0.04
    rates: float = 0.7
    puts_right: float = 0.9
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
        self._known: set[UUID] = set()  # needs that a story of this run looks after
        self._shares = np.array([share for _, share in SERVICES], dtype=float) / sum(share for _, share in SERVICES)
        self._asks = np.cumsum(np.array(cast.weights, dtype=float)) / max(1, sum(cast.weights))
        codes = sorted(cast.workers)
        self._poor = {code for code in codes if self.rng.random() < self.manners.poor_share}

    def _key(self) -> str:
        self._count += 1
        return f"stage-{uuid5(NAMESPACE, f'{self._seed}:{self._count}')}"

    def _person(self, person: UUID, home: str) -> Actor:
        return Actor.of_person(person, channel=Channel.STAGE, posts=(), home=home)

    def _worker(self, community: str) -> Actor:
        return Actor.of_person(self.cast.workers[community], channel=Channel.STAGE, posts=(Post(Role.WORKER, community),), home=community)

    def _soon(self, low: int, high: int) -> datetime:
        return now() + timedelta(minutes=int(self.rng.integers(low, high + 1)), seconds=int(self.rng.integers(0, 60)))

    def _push(self, at: datetime, story: STORY) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, story))

    def begin(self, at: datetime) -> None:
        """Let one more need arise at `at`."""
        self.told.begun += 1
        self._push(at, self._story())

    def take_over(self) -> int:
        """Begin a story for each need and visit that runs without one of this town's; return how many.

        What a visitor asks for, or what ran when the process last ended, is looked after like everything else. A visitor's own need is
        left to them for a while first; what was asked without an account is left to them for good, since only they hold its link.
        """
        begun = 0
        for card in needs.unmet(now()):
            if card.id not in self._known and card.asker is not None and card.community in self.cast.workers:
                self._known.add(card.id)
                self._push(self._soon(25, 50) if card.asker in self.cast.left else self._soon(6, 30), self._helped(card.id))
                begun += 1
        for row in visits.unfinished():
            if row.state == "waiting":
                continue  # its need still looks for somebody, and has a story of its own
            if row.need not in self._known and row.resident is not None and row.place[:12] in self.cast.workers:
                self._known.add(row.need)
                self._push(now(), self._resumed(row.id))
                begun += 1
        return begun

    def _resumed(self, booked: UUID) -> STORY:
        yield from self._visited(booked)

    def _story(self) -> STORY:
        asker = int(np.searchsorted(self._asks, self.rng.random()))
        service = SERVICES[int(self.rng.choice(len(SERVICES), p=self._shares))][0]
        person, home = self.cast.askers[asker], self.cast.homes[asker]
        asked = ask.ask(self._person(person, home), ask.AskDraft(service=service), self._key())
        need = UUID(asked["need"])
        self._known.add(need)
        if self.cast.workers[home[:12]] not in self.cast.left and self.rng.random() < self.manners.worker_answers:
            yield now() + timedelta(minutes=asked["answer_minutes"] * float(self.rng.uniform(*self.manners.answered_within)))
            answer.answer(self._worker(home[:12]), need, self._key())
        yield from self._helped(need)

    def _helped(self, need: UUID) -> STORY:
        for _ in range(self.manners.rounds_max):
            propose.propose_now(need)
            yield self._soon(3, 40)
            booked = self._somebody_accepts(need)
            if booked is not None and (yield from self._visited(booked)):
                return
            yield self._soon(20, 240)
        self.told.unmet += 1

    def _somebody_accepts(self, need: UUID) -> UUID | None:
        for offer in visits.offers_of_need(need):
            if offer.helper in self.cast.left:
                continue
            helper = people.actor_of(offer.helper, now(), channel=Channel.STAGE)
            try:
                if self.rng.random() < self.manners.helper_declines:
                    accept.decline(helper, offer.id, "不方便", self._key())
                    continue
                answered = accept.accept(helper, offer.id, self._key())
                if not answered["waits_until"]:  # else the first of two, and the next one asked may be the other
                    return UUID(answered["visit"])
            except LinliError as error:
                self.told.refuse(error)
        return None

    def _visited(self, booked: UUID) -> Generator[datetime, None, bool]:
        """Go on with a visit from where it stands; tell whether it came to an end that needs no other helper."""
        card = visits.visit(booked)
        both = visits.outing(card)
        if card.resident is None or any(one.helper in self.cast.left for one in both):
            return True
        resident, helper = self._person(card.resident, card.place), people.actor_of(card.helper, now(), channel=Channel.STAGE)
        if any(one.state == "booked" for one in both):
            yield max(now(), card.starts_at) + timedelta(minutes=int(self.rng.integers(0, 9)))
            if not self._all_came(resident, both):
                yield card.starts_at + timedelta(minutes=NO_SHOW_FOUND_MINUTES)  # the clock finds it and frees the need
                return False
        if any(one.state in {"booked", "checked_in"} for one in both):
            yield now() + timedelta(minutes=max(5, int(card.minutes_estimated * self.rng.uniform(0.85, 1.15))))
            self._check_out(helper, booked, card.service)
        for one in visits.outing(visits.visit(booked)):
            if one.helper_minutes is None:
                said = people.actor_of(one.helper, now(), channel=Channel.STAGE)
                confirm.confirm(said, one.id, max(5, card.minutes_estimated), self._key())
        if card.resident not in self.cast.left:
            yield from self._confirmed(resident, booked, max(5, card.minutes_estimated))
        return True

    def _all_came(self, resident: Actor, both: tuple[visits.VisitRow, ...]) -> bool:
        """Let everybody check in who comes; tell whether all did."""
        missing = self.rng.random() < self.manners.no_show
        for one in both[: len(both) - missing]:
            if one.state == "booked":
                helper = people.actor_of(one.helper, now(), channel=Channel.STAGE)
                visit.check_in(helper, one.id, visit.code_shown(resident, one.id, now()).code, self._key())
        return not missing

    def _check_out(self, helper: Actor, booked: UUID, code: str) -> None:
        service = needs.service(code)
        for item in range(len(service.checklist) if service else 0):
            visit.tick(helper, booked, item, True, self._key())
        visit.check_out(helper, booked, self._key())

    def _confirmed(self, resident: Actor, booked: UUID, minutes: int) -> STORY:
        yield self._soon(1, 300)
        community = str(resident.home)[:12]
        theirs = minutes * 3 if self.rng.random() < self.manners.differing_claims else minutes
        state = confirm.confirm(resident, booked, theirs, self._key())["state"]
        yield self._soon(1, 600)
        if state == "disputed":
            self.told.disputed += 1
            if self.cast.workers[community] in self.cast.left:
                return
            for one in visits.outing(visits.visit(booked)):
                if one.state == "disputed":
                    confirm.settle(self._worker(community), one.id, minutes, "打电话核对过", self._key())
        self.told.met += 1
        if self.rng.random() < self.manners.rates:
            stars = self.manners.poor_stars if community in self._poor else self.manners.stars
            opened = rate.rate(resident, booked, int(self.rng.choice(5, p=stars)) + 1, [], self._key())["rectification"]
            if opened and self.cast.workers[community] not in self.cast.left and self.rng.random() < self.manners.puts_right:
                yield from self._put_right(resident, community, UUID(opened))

    def _put_right(self, resident: Actor, community: str, rectification: UUID) -> STORY:
        yield self._soon(60, 2 * DAY)
        rate.plan(self._worker(community), rectification, "上门道歉，换一位帮手再做一次", self._key())
        yield self._soon(DAY, 4 * DAY)
        rate.show(self._worker(community), rectification, "已经重新做好，本人在场看过", self._key())
        yield self._soon(60, DAY)
        rate.accept_rectification(resident, rectification, True, self._key())

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


def live_past(town: Town, start: datetime, end: datetime, *, a_day: float, tick: Callable[[], object]) -> Told:
    """Live [start, end) at once with the clock held, `tick` being the clock process's work; stories open at `end` are `live_on`'s."""
    for moment in arrivals(town.rng, start, end, a_day=a_day):
        town.begin(moment)
    ticked = start
    while (due := town.next_at()) is not None and due < end:
        while ticked <= due:
            with held_at(ticked):
                tick()
            ticked += TICK
        town.take_one(hold=True)
    return town.told


def live_on(town: Town, *, a_day: float, stop: threading.Event) -> None:
    """Let life go on with the site's own clock until `stop`; a step whose moment has come is taken, at whatever speed time runs."""
    planned_until = taken_over = now()
    town.take_over()
    while not stop.is_set():
        moment = now()
        if moment >= planned_until:
            until = moment + timedelta(hours=1)
            for at in arrivals(town.rng, planned_until, until, a_day=a_day):
                town.begin(at)
            planned_until = until
        if moment - taken_over >= TAKE_OVER_EVERY:
            town.take_over()
            taken_over = moment
        due = town.next_at()
        if due is not None and due <= moment:
            town.take_one(hold=False)
        else:
            stop.wait(0.5)
