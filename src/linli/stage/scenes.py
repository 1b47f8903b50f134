"""What the personas have lived through, and what waits for them: the scenes a visitor of the demo walks into.

Every scene is played through the journeys, at its own held moment, by made-up people of the personas' community. Nothing is written
past the rooms' rules: a scene that the rules refuse ends the making of the district with that refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from linli.ground.people import happened as people_happened
from linli.ground.people import reads as people
from linli.ground.steps.reads import held_at, now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, escalate, propose, rate, sheets, visit
from linli.kernel.actor import Actor, Channel, Role

NAMESPACE = UUID("0b2f5a0e-7f0d-4a0c-9d57-3f3d8a1b6e22")
STRANGER = Actor("anonymous", None, Channel.CODE)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Made-up residents for the minor parts, as (person, home): all who can ask, and those of special groups among them."""

    askers: tuple[tuple[UUID, str], ...]
    members: tuple[tuple[UUID, str], ...]


def play(community: str, neighbours: Neighbours, start: datetime, end: datetime) -> None:
    """Play all scenes of `community` in [start, end), in order of time. Raises LinliError for the first that the rules refuse."""
    scene = _Scene(community, neighbours, end)
    scene.weeks_before(start)
    scene.this_morning()
    scene.just_now()


class _Scene:
    """The people of the scenes and the few moves they are made of."""

    def __init__(self, community: str, neighbours: Neighbours, end: datetime) -> None:
        self.community, self.near, self.end = community, neighbours, end
        self.personas: Mapping[str, UUID] = people.personas()
        self._keys = count(1)
        self._askers, self._members = iter(neighbours.askers), iter(neighbours.members)

    def key(self) -> str:
        return f"scene-{uuid5(NAMESPACE, str(next(self._keys)))}"

    def actor(self, name: str) -> Actor:
        return people.actor_of(self.personas[name], now(), channel=Channel.STAGE)

    def neighbour(self, *, member: bool = False) -> Actor:
        """Return a neighbour who had no part yet."""
        person, _home = next(self._members if member else self._askers)
        return people.actor_of(person, now(), channel=Channel.STAGE)

    def ask(self, who: Actor, service: str, **more: Any) -> UUID:
        return UUID(ask.ask(who, ask.AskDraft(service=service, **more), self.key())["need"])

    def best(self, need: UUID) -> Actor:
        """Return the helper whom the desk would call best for a need."""
        choice = propose.who_could_help(self.actor("chen"), need, now(), limit=4).choices
        left = set(self.personas.values())
        return people.actor_of(next(c.helper for c in choice if c.helper not in left), now(), channel=Channel.STAGE)

    def booked(self, need: UUID, helper: Actor) -> UUID:
        """陈工 offers the need, the helper accepts; where two go, this one waits for the other."""
        if helper.person is None:
            raise AssertionError("a helper is a person")
        offer = propose.offer_to(self.actor("chen"), need, helper.person, self.key())["offer"]
        return UUID(accept.accept(helper, UUID(offer), self.key())["visit"])

    def visited(self, resident: Actor, helper: Actor, booked: UUID, *, minutes: int) -> datetime:
        """Let the helper come on time and stay for `minutes`; return when they left."""
        row = visits.visit(booked)
        with held_at(row.starts_at):
            visit.check_in(helper, booked, visit.code_shown(resident, booked, now()).code, self.key())
        left_at = row.starts_at + timedelta(minutes=minutes)
        with held_at(left_at):
            service = needs.service(row.service)
            for item in range(len(service.checklist) if service else 0):
                visit.tick(helper, booked, item, True, self.key())
            visit.check_out(helper, booked, self.key())
        return left_at

    def both_say(self, resident: Actor, helper: Actor, booked: UUID, at: datetime, said: tuple[int, int]) -> None:
        with held_at(at + timedelta(minutes=3)):
            confirm.confirm(helper, booked, said[0], self.key())
        with held_at(at + timedelta(minutes=20)):
            confirm.confirm(resident, booked, said[1], self.key())

    def weeks_before(self, start: datetime) -> None:
        """小王 has helped 李奶奶 some times since `start`; that is why the desk calls them a pair."""
        for days, service, minutes in ((24, "medicine", 40), (17, "talk", 50), (10, "shopping", 40), (4, "repair", 45)):
            at = self._morning(days)
            if at < start:
                continue
            with held_at(at):
                li, wang = self.actor("li"), self.actor("wang")
                need = self.ask(li, service)
            with held_at(at + timedelta(minutes=8)):
                booked = self.booked(need, wang)
            left_at = self.visited(li, wang, booked, minutes=minutes)
            self.both_say(li, wang, booked, left_at, (minutes, minutes))
            with held_at(left_at + timedelta(minutes=30)):
                rate.rate(li, booked, 5, ["on_time"], self.key())

    def _morning(self, days: int) -> datetime:
        """Return nine in the morning of `days` ago, Beijing time."""
        return (self.end - timedelta(days=days)).replace(hour=1, minute=0, second=0, microsecond=0)

    def this_morning(self) -> None:
        """What the desk has on hand: a dispute, a bad rating, a pause, needs that climbed, one sent elsewhere and objected to."""
        self._disputed(self.end - timedelta(hours=26), said=(60, 150))
        self._badly_rated(self.end - timedelta(hours=30))
        self._paused(self.end - timedelta(hours=22))
        self._climbed(self.end - timedelta(hours=3, minutes=10))
        with held_at(self.end - timedelta(hours=2, minutes=30)):
            answer.declare_service(self.actor("chen"), "after_school", self.community, self.key())

    def _disputed(self, at: datetime, *, said: tuple[int, int]) -> None:
        with held_at(at):
            who = self.neighbour()
            need = self.ask(who, "clean")
        with held_at(at + timedelta(minutes=15)):
            helper = self.best(need)
            booked = self.booked(need, helper)
        left_at = self.visited(who, helper, booked, minutes=80)
        self.both_say(who, helper, booked, left_at, said)

    def _badly_rated(self, at: datetime) -> None:
        with held_at(at):
            who = self.neighbour(member=True)
            need = self.ask(who, "meal")
        with held_at(at + timedelta(minutes=12)):
            helper = self.best(need)
            booked = self.booked(need, helper)
        left_at = self.visited(who, helper, booked, minutes=30)
        self.both_say(who, helper, booked, left_at, (30, 30))
        with held_at(left_at + timedelta(hours=1)):
            rate.rate(who, booked, 2, ["late"], self.key())

    def _paused(self, at: datetime) -> None:
        with held_at(at):
            need = self.ask(self.neighbour(), "haircut")
        with held_at(at + timedelta(minutes=25)):
            answer.answer(self.actor("chen"), need, self.key())
            answer.pause(self.actor("chen"), need, "住院检查，周五回家再约", self.key())

    def _climbed(self, at: datetime) -> None:
        """Two needs nobody answered: both climb to the street; one is sent to a community that objects."""
        with held_at(at):
            waiting, sent = self.ask(self.neighbour(), "repair", words="楼道灯坏了三天"), self.ask(self.neighbour(), "teach")
        rung = at + timedelta(hours=2, minutes=1)
        with held_at(rung):
            while escalate.run_due(within=[self.community]):
                pass
        if needs.need(waiting, rung).level != "street":
            raise AssertionError("an unanswered need did not climb")
        he = self.actor("he")
        other = next(code for code in self._communities() if code != self.community)
        with held_at(rung + timedelta(minutes=6)):
            answer.dispatch(he, sent, other, "那边有教手机的老师", self.key())
        with held_at(rung + timedelta(minutes=20)):
            worker = people.actor_of(self._worker(other), now(), channel=Channel.STAGE)
            answer.object_to(worker, sent, "老师这周不在，排不开", self.key())

    def _communities(self) -> tuple[str, ...]:
        return tuple(sorted(people_happened.ages_by_community(self.community[:9], 0)))

    def _worker(self, community: str) -> UUID:
        return people.holders(Role.WORKER, community, now())[0]

    def just_now(self) -> None:
        """What is fresh: needs that wait for an answer, one from the stairwell, a caller's, a booked visit, and 小王 on his way."""
        self._fresh(55, lambda: self.ask(self.neighbour(), "shopping", words="大米一袋，米铺送到楼下"))
        self._fresh(50, self._by_sheet)
        self._fresh(48, self._on_his_way)
        self._fresh(42, self._booked_for_tomorrow)
        self._fresh(31, self._called)
        self._fresh(20, self._one_of_two)
        self._fresh(12, lambda: self.ask(self.neighbour(member=True), "escort", words="明早去越秀区人民医院复查"))
        self._fresh(9, lambda: self.ask(self.neighbour(), "repair", words="厨房水管漏水"))
        self._fresh(4, self._for_wang)

    def _fresh(self, minutes: int, scene: Callable[[], object]) -> None:
        with held_at(self.end - timedelta(minutes=minutes)):
            scene()

    def _by_sheet(self) -> None:
        building = next(home for _, home in self.near.askers)
        token = sheets.issue(self.actor("chen"), building, "楼道门口", self.key())["token"]
        ask.ask(STRANGER, ask.AskDraft(service="talk", sheet_token=token, caller_name="刘伯", words="眼睛不好，想找人念念报纸"), self.key())

    def _on_his_way(self) -> None:
        need = self.ask(self.actor("li"), "medicine", words="降压片一盒", wanted_from=self.end + timedelta(minutes=25))
        self.booked(need, self.actor("wang"))

    def _booked_for_tomorrow(self) -> None:
        need = self.ask(self.neighbour(), "clean", wanted_from=self._morning(-1) + timedelta(hours=1))
        self.booked(need, self.best(need))

    def _called(self) -> None:
        chen, (_, home) = self.actor("chen"), self.near.askers[-1]
        draft = ask.AskDraft(
            service="childcare", place=home, caller_name="小林妈妈", caller_phone="+8610090000301", words="孩子发烧，放学到六点没人看"
        )
        need = UUID(ask.ask(chen, draft, self.key())["need"])
        answer.answer(chen, need, self.key())

    def _one_of_two(self) -> None:
        """A child is to be minded, which two adults go to: one has said yes and waits for the other."""
        need = self.ask(self.neighbour(), "childcare", words="我去住院陪护，孩子晚上没人看", wanted_from=self.end + timedelta(hours=5))
        if propose.who_could_help(self.actor("chen"), need, now(), limit=4).choices:
            self.booked(need, self.best(need))

    def _for_wang(self) -> None:
        later = self.end + timedelta(hours=3)
        need = self.ask(self.neighbour(), "meal", words="腿脚不便，帮忙到食堂打一份饭", wanted_from=later)
        propose.offer_to(self.actor("chen"), need, self.personas["wang"], self.key())
