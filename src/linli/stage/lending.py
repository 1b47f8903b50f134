"""What the home street's communities lend each other in the demo: things, an alliance, some bookings behind, some ahead. All made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from uuid import UUID, uuid5

from linli.ground.people import made_up
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import held_at, now
from linli.help.supply import lending
from linli.journeys import borrow, lend, loans, things
from linli.journeys.borrow import Wish
from linli.journeys.plans import policy_at
from linli.journeys.things import ThingForm
from linli.kernel.actor import Actor, Channel, Role

NAMESPACE = UUID("d1b0a6c2-3c52-4a3c-8a53-5f0a9be6a911")
BEIJING = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
EVERY_DAY, WORKDAYS = tuple((day, 540, 1080) for day in range(7)), tuple((day, 540, 1020) for day in range(5))
EVENINGS = tuple((day, 540, 1260) for day in range(7))
ALLIES_MAX = 6

# What each community in turn lends; where it stands is filled in.
HOME = (
    ThingForm("wheelchair", "便民轮椅", "", 2, EVERY_DAY, note="社区服务站前台"),
    ThingForm("room", "一楼活动室", "", 1, EVENINGS, note="社区服务站一楼"),
    ThingForm("bed", "长者驿站短住床位", "", 2, EVERY_DAY, only_group=True, ask_first=True, note="长者驿站二楼，先看看身体情况"),
)
OTHERS = (
    (ThingForm("wheelchair", "便民轮椅", "", 1, EVERY_DAY), ThingForm("oxygen", "制氧机", "", 1, WORKDAYS, ask_first=True, note="居委会值班室")),
    (ThingForm("walker", "四脚助行器", "", 2, EVERY_DAY), ThingForm("meeting_room", "议事厅", "", 1, WORKDAYS)),
    (ThingForm("care_bed", "带护栏的护理床", "", 1, WORKDAYS, ask_first=True), ThingForm("toolbox", "家用工具箱", "", 2, EVERY_DAY)),
    (ThingForm("van", "接送车（带升降板）", "", 1, WORKDAYS, ask_first=True, note="司机是社区志愿者"), ThingForm("kitchen", "邻里厨房", "", 1, EVENINGS)),
)  # fmt: skip


class _Street:
    """The street's workers and the keys of their forms."""

    def __init__(self, communities: Sequence[str]) -> None:
        self.communities = tuple(communities)[:ALLIES_MAX]
        self._keys = count(1)

    def key(self) -> str:
        return f"lending-{uuid5(NAMESPACE, str(next(self._keys)))}"

    def actor(self, person: UUID) -> Actor:
        return people.actor_of(person, now(), channel=Channel.STAGE)

    def worker(self, community: str) -> Actor:
        return self.actor(people.holders(Role.WORKER, community, now())[0])

    def enter(self, community: str, kit: Sequence[ThingForm]) -> None:
        houses = places.buildings(community)
        place, worker = houses[0].code if houses else community, self.worker(community)
        for form in kit:
            things.enter_thing(worker, replace(form, place=place, synthetic=True), self.key())

    def furnish(self, dispatcher: UUID) -> None:
        """Enter what each community lends, and the alliance of all."""
        self.enter(self.communities[0], HOME)
        for n, community in enumerate(self.communities[1:]):
            self.enter(community, OTHERS[n % len(OTHERS)])
        if len(self.communities) > 1:
            street = self.communities[0][:9]
            things.form_alliance(
                self.actor(dispatcher), street, "建设街道邻里联盟", "2025 年第 3 次街道联席会议纪要", self.communities, self.key()
            )

    def lend(self, borrower: UUID, kind: str, begin: datetime, length: timedelta, end: datetime) -> None:
        """Let a neighbour borrow what is best for them, fetch it and, where that lies before `end`, bring it back."""
        who = self.actor(borrower)
        wish = Wish(kind, begin, begin + length)
        neighbour = borrow.borrower_of(who, None, now())
        found = borrow.what_is_free(neighbour, wish, policy_at(neighbour.card.place, now()), now()).found
        if not found:
            return
        booking = UUID(borrow.ask(who, Wish(kind, begin, begin + length, found[0].thing.id), self.key())["booking"])
        desk = self.worker(found[0].thing.community)
        if lending.booking(booking).state.value == "offered":
            lend.approve(desk, booking, self.key())
        if begin < end:
            with held_at(begin + timedelta(minutes=5)):
                lend.hand_out(desk, booking, None, self.key())
        if begin + length < end:
            with held_at(begin + length - timedelta(minutes=10)):
                lend.take_back(desk, booking, "good", None, self.key())


def _ten(moment: datetime) -> datetime:
    """Return ten in the morning, Beijing time, of the day after `moment`."""
    here = moment.astimezone(BEIJING).replace(hour=10, minute=0, second=0, microsecond=0) + DAY
    return here.astimezone(UTC)


def play(communities: Sequence[str], dispatcher: UUID, granny: UUID, start: datetime, end: datetime) -> None:
    """Furnish the street and let some weeks of borrowing pass in [start, end); once only. Raises LinliError where the rules refuse it."""
    street = _Street(communities)
    if not street.communities or lending.things_in(street.communities):
        return
    personas = set(people.personas().values())
    rows = [person for person, _home in made_up.residents(street.communities) if person not in personas]
    members = sorted(set(made_up.members(street.communities, now())) - personas)
    with held_at(start):
        street.furnish(dispatcher)
    kinds = (("wheelchair", 3 * DAY), ("room", timedelta(hours=2)), ("walker", 2 * DAY), ("toolbox", DAY), ("kitchen", timedelta(hours=2)))
    days = max(1, (end - start) // DAY - 1)
    for n in range(min(10, len(rows))):
        kind, length = kinds[n % len(kinds)]
        moment = start + DAY * (n * days // 10)
        with held_at(moment + timedelta(hours=1)):
            street.lend(rows[n * 37 % len(rows)], kind, _ten(moment), length, end)
    with held_at(end - timedelta(hours=3)):
        _today(street, rows, members, granny, end)


def _today(street: _Street, rows: Sequence[UUID], members: Sequence[UUID], granny: UUID, end: datetime) -> None:
    """Leave what the visitor finds: 李奶奶's wheelchair, a bed that waits for 陈工's yes, a request that nothing is free for."""
    street.lend(granny, "wheelchair", _ten(end), 3 * DAY, end)
    beds = lending.things_in([street.communities[0]], ["bed"])
    wanted = next((person for person in members if person != granny), None)
    if beds and wanted is not None:
        who, begin = street.actor(wanted), _ten(end + DAY)
        borrow.ask(who, Wish("bed", begin, begin + 7 * DAY, beds[0].id), street.key())
    begin = _ten(end)
    begin += DAY * ((7 - begin.weekday()) % 7)  # a Monday: on a Saturday nobody is at the counter
    for person in rows[-3:]:
        borrow.ask(street.actor(person), Wish("oxygen", begin, begin + 4 * DAY), street.key())
    loans.place_waiting()
