"""The synthetic district: 20,000 made-up residents on the real streets and communities of 越秀区, thirty days of life, then life goes on."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import django
from django.db import connections

from linli.ground.people import made_up
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps import reads as steps
from linli.ground.steps.reads import held_at, now
from linli.help.supply import reads as supply
from linli.journeys import clockwork, escalate, fairness, populate, warn
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from linli.kernel.actor import Channel, Role
from linli.sight.warnings import reads as warnings
from linli.sight.wellbeing import reads as wellbeing
from linli.stage import lending, papers, population, quarters, scenes
from linli.stage.life import Cast, Told, Town, live_on, live_past

DISTRICT, CITY, PROVINCE, HOME_STREET = "440104", "4401", "44", "建设街道"
NEEDS_A_DAY = 38
SEED = 20_251_124
MEMBER_ASKS, HOME_ASKS = 4, 5  # how many times as often as others
SLEPT = timedelta(minutes=10)
PLAN_AFTER_DAYS = 4
FIRST_BACK, LATE_BACK, PROOF_BACK = 17, 5, 2  # days back: the survey is carried in, its late part, a rectification is shown
STOCK_OVERLAP = timedelta(days=2)  # as the hourly stock-taking looks back
STOCK_DAYS_BACK = (20, 17, 14, 11, 8, 5, 2, 0)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a district is made, and over how many processes its past is shared."""

    residents: int = 20_000
    helpers: int = 3_000
    days: int = 30
    needs_a_day: int = NEEDS_A_DAY
    processes: int = 2


FULL = Scale()

# Personas: name, birth year, sex, what they are. All made up.
GRANNY, DAUGHTER, WANG, CHEN, HE, LIN, FENG, ZHOU = "li", "daughter", "wang", "chen", "he", "lin", "feng", "zhou"


def is_built() -> bool:
    """Tell whether the district is there with its past: taking stock of it is the last step of making it."""
    return wellbeing.index(DISTRICT) is not None


def communities() -> tuple[str, ...]:
    """Return the real community codes of the district, in code order."""
    return places.codes_below(DISTRICT, places.COMMUNITY)


def home_community() -> str:
    """Return the community where the personas live: the first of the home street."""
    street = next(row.code for row in places.below(DISTRICT, places.STREET).rows if row.name == HOME_STREET)
    return places.codes_below(street, places.COMMUNITY)[0]


def settlement_of(plan: population.CommunityPlan, *, first_phone: int, year: int, seed: int = SEED) -> populate.Settlement:
    """Return one community to settle, its people drawn with `seed`."""
    houses = population.buildings(plan, seed=seed)
    made = population.residents(plan, houses, year=year, first_phone=first_phone, seed=seed)
    index = {house.code: i for i, house in enumerate(houses)}
    rows = [
        populate.NewResident(
            r.name, index[r.building], r.door, r.birth_year, r.sex, r.phone, r.group, r.skills,
            certificate="care" if {"care", "bathing"} & set(r.skills) and i % 3 == 0 else "",
        )
        for i, r in enumerate(made)
    ]  # fmt: skip
    adults = [i for i, r in enumerate(made) if 25 <= year - r.birth_year <= 58]
    members = [i for i, r in enumerate(made) if r.group]
    helpers = [i for i, r in enumerate(made) if r.skills] or adults
    # About six in seven members of special groups have a named helper: the register shows who is not yet covered.
    paired = [(m, helpers[k % len(helpers)]) for k, m in enumerate(members) if k % 7 and helpers[k % len(helpers)] != m]
    return populate.Settlement(
        plan.code,
        [populate.NewBuilding(h.name, h.lat_micro, h.lon_micro) for h in houses],
        rows,
        worker=adults[0],
        paired=paired,
        seeded=members[::4],
    )


def _with_personas(home: populate.Settlement, *, street: str, first_phone: int) -> populate.Settlement:
    def persona(code: str, name: str, birth_year: int, sex: str, **more: object) -> populate.NewResident:
        number = len(rows)
        made = populate.NewResident(
            name,
            number % 3,
            f"1 单元 {3 + (number - begin) // 2}0{1 + (number - begin) % 2}",
            birth_year,
            sex,
            f"+86100{first_phone + number:08d}",
            persona=code,
            account=True,
        )
        return replace(made, **more)  # type: ignore[arg-type]

    rows = list(home.residents)
    begin = len(rows)
    skills = ("meal", "shopping", "escort", "repair", "talk", "clean", "teach")
    for code, name, year, sex, more in (
        (GRANNY, "李奶奶", 1947, "f", {"group": "alone", "building": 0, "elder_view": True}),
        (DAUGHTER, "李晓梅", 1975, "f", {"building": 1}),
        (WANG, "小王", 1996, "m", {"skills": skills, "building": 1}),
        (CHEN, "陈工", 1985, "m", {"building": 2}),
        (HE, "何姐", 1980, "f", {"building": 2}),
        (LIN, "林处", 1978, "m", {"building": 2}),
        (FENG, "冯厅", 1973, "f", {"building": 2}),
    ):
        rows.append(persona(code, name, year, sex, **more))
    at = {row.persona: begin + i for i, row in enumerate(rows[begin:])}
    return replace(
        home,
        residents=rows,
        worker=at[CHEN],
        posts=[(at[HE], Role.DISPATCHER, street), (at[LIN], Role.CITY, CITY), (at[FENG], Role.CITY, PROVINCE)],
        guardians=[(at[GRANNY], at[DAUGHTER])],
        paired=[*home.paired, (at[GRANNY], at[WANG])],
        seeded=[*home.seeded, at[GRANNY]],
        specials=["silver_class"],
    )


def _with_onlooker(settlement: populate.Settlement, *, phone: int) -> populate.Settlement:
    zhou = populate.NewResident("老周", 0, "2 单元 501", 1961, "m", f"+86100{phone:08d}", persona=ZHOU, account=True)
    return replace(settlement, residents=[*settlement.residents, zhou])


def build(progress: Progress, scale: Scale = FULL) -> Told:
    """Settle the district and live its past days; returns how the stories went. One that was cut short is gone on with."""
    if is_built():
        return Told()
    start = now() - timedelta(days=scale.days)
    with held_at(start - timedelta(days=1)):
        _settle(progress, start, scale)
    told = _past(start, now(), progress, scale)
    end = now()
    progress("scenes", 0, 1)
    scenes.play(home_community(), neighbours(), start, end)
    share(start, end)
    progress("scenes", 1, 1)
    _count(progress, start, end)
    fairness.play_cities(end)
    progress("evidence", 0, 1)
    keep_record()
    warn.run_due()  # the record is signed: whom to call back is drawn
    progress("evidence", 1, 1)
    return told


def share(start: datetime, end: datetime) -> None:
    """Let the home street's communities lend each other things over [start, end); once only."""
    home, personas = home_community(), people.personas()
    allies = places.codes_below(home[:9], places.COMMUNITY)
    lending.play((home, *(code for code in allies if code != home)), personas[HE], personas[GRANNY], start, end)


def _count(progress: Progress, start: datetime, end: datetime) -> None:
    # Stock is taken as it would have been on those evenings, so that the index has a past and warnings have a clock that runs.
    codes, home = communities(), home_community()
    cast, days = quarters.parts(home, codes), [(back, end - timedelta(days=back)) for back in STOCK_DAYS_BACK]
    since = start
    brought = start < end - timedelta(days=FIRST_BACK)  # a past too short has nobody yet who could carry it in
    for done, (back, moment) in enumerate(days):
        with held_at(moment):
            city = people.actor_of(people.personas()[LIN], moment, channel=Channel.STAGE)
            if brought and back in {FIRST_BACK, LATE_BACK}:
                quarters.carry_in(DISTRICT, codes, cast, city, late=back == LATE_BACK, seed=SEED)
            _answer_warnings()
            take_stock(since - STOCK_OVERLAP, freezing=moment == end, looking_back=moment < end)
            since = moment
            if brought and back == PROOF_BACK:
                quarters.put_right(cast.rectified)
                quarters.grade(DISTRICT, cast, city)
        progress("stock", done + 1, len(days))


def _answer_warnings() -> None:
    # Communities hand in their plan some days after a warning, most of them in time; the personas' own is left to the visitor.
    moment, home = now(), home_community()
    for card in warnings.open_in(DISTRICT, moment):
        late = moment - card.opened_at > timedelta(days=PLAN_AFTER_DAYS + int(card.place[-1]))
        if card.state == "open" and late and card.place != home:
            worker = people.actor_of(people.holders(Role.WORKER, card.place, moment)[0], moment, channel=Channel.STAGE)
            warn.plan(worker, card.id, "逐户回访低分的事，补两位帮手，下月再看评价", f"stage-plan-{card.id}")


def neighbours() -> scenes.Neighbours:
    """Return made-up residents of the home community for the scenes' minor parts: who asks, and who helps."""
    home = home_community()
    askers = [row for row in made_up.residents([home]) if not supply.is_helper(row[0])]
    members = made_up.members([home], now())
    return scenes.Neighbours(tuple(askers), tuple(row for row in askers if row[0] in members))


def _settle(progress: Progress, start: datetime, scale: Scale) -> None:
    codes, home = communities(), home_community()
    plans = population.spread(codes, residents=scale.residents, helpers=scale.helpers, home=home, seed=SEED)
    phone, there = 1, {place[:12] for _person, place in made_up.residents(codes)}
    onlooker = next(code for code in codes if code[:9] != home[:9])
    for done, plan in enumerate(plans):
        settlement = settlement_of(plan, first_phone=phone, year=start.year)
        phone += plan.residents
        if plan.code == home:
            settlement = _with_personas(settlement, street=home[:9], first_phone=90_000_000)
        if plan.code == onlooker:
            settlement = _with_onlooker(settlement, phone=91_000_000)
        if plan.code not in there:
            populate.settle(settlement)
        progress("people", done + 1, len(plans))


def _cast(codes: Sequence[str], left: frozenset[UUID] = frozenset()) -> Cast:
    """Return the cast of some communities from the register: made-up residents ask, the community's worker watches.

    Members of special groups ask more often, and so does the personas' own community, where the visitor looks.
    """
    rows, members, home = made_up.residents(codes), made_up.members(codes, now()), home_community()
    weights = tuple((MEMBER_ASKS if person in members else 1) * (HOME_ASKS if place[:12] == home else 1) for person, place in rows)
    workers = {code: people.holders(Role.WORKER, code, now())[0] for code in codes}
    return Cast(tuple(person for person, _ in rows), tuple(place for _, place in rows), weights, workers, left)


def _part(args: tuple[int, tuple[str, ...], datetime, datetime, int]) -> Told:
    """Live the past of some communities in a process of its own."""
    number, codes, start, end, a_day = args
    populate.hasten()
    with held_at(start):
        played = frozenset(
            pk for name, pk in people.personas().items() if name != CHEN
        )  # the desk was at work; the others have their scenes
        town = Town(_cast(codes, left=played), seed=SEED + number)
    return live_past(town, start, end, a_day=a_day, tick=lambda: escalate.run_due(within=codes))


def _past(start: datetime, end: datetime, progress: Progress, scale: Scale) -> Told:
    codes, shares, a_day = communities(), scale.processes, scale.needs_a_day
    parts = [(number, codes[number::shares], start, end, a_day // shares + (number < a_day % shares)) for number in range(shares)]
    if shares == 1:
        return _part(parts[0])
    connections.close_all()
    total = Told()
    with multiprocessing.get_context("spawn").Pool(shares, initializer=django.setup) as pool:
        for done, told in enumerate(pool.imap_unordered(_part, parts)):
            total = total.joined(told)
            progress("life", done + 1, len(parts))
    return total


def wake() -> None:
    """Let the demo's time go on where it stood when the demo was last stopped: what nobody saw is not late."""
    stood = steps.last_step()
    if stood is not None and is_built() and now() - stood > SLEPT:
        clockwork.move(to=stood + timedelta(seconds=30))


def live(stop: threading.Event, *, a_day: int = NEEDS_A_DAY) -> None:
    """Let life go on in the whole district until `stop`, at whatever speed the clock runs. The personas are left to the visitor."""
    papers.first_edition(DISTRICT)  # here, not while building: nobody waits for it, and demos made before have one too
    share(now() - timedelta(days=1), now())  # so does what is lent, where the demo was made before
    town = Town(_cast(communities(), left=frozenset(people.personas().values())), seed=SEED + int(now().timestamp()))
    live_on(town, a_day=a_day, stop=stop)


def persona(code: str) -> UUID | None:
    """Return a persona's person, or None before the district is built."""
    return people.personas().get(code)
