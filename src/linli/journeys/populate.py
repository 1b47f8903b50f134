"""Settle a whole community at once: buildings, households, residents, special groups, helpers, posts. By the same rules, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.places import verbs as places
from linli.ground.places.core import Point
from linli.ground.steps import verbs as steps
from linli.help.needs import verbs as needs
from linli.help.supply.verbs import helpers as supply
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import hour_rules, policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import Group
from linli.value.timebank import verbs as timebank

REVIEW_DAYS = 365


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building to add; its point in microdegrees, WGS-84."""

    name: str
    lat_udeg: int
    lon_udeg: int


@dataclass(frozen=True, slots=True)
class NewResident:
    """A resident to settle in building number `building` (index into the settlement's buildings), behind `door`."""

    name: str
    building: int
    door: str
    birth_year: int
    sex: str
    phone: str = ""
    group: str = ""
    skills: tuple[str, ...] = ()
    certificate: str = ""
    persona: str = ""
    elder_view: bool = False
    account: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """A community to settle. `worker` is the index of the resident who becomes its community worker."""

    community: str
    buildings: Sequence[NewBuilding]
    residents: Sequence[NewResident]
    worker: int
    radius_metres: int = 1500
    posts: Sequence[tuple[int, Role, str]] = ()
    guardians: Sequence[tuple[int, int]] = ()  # (ward, guardian)
    paired: Sequence[tuple[int, int]] = ()  # (member of a special group, named helper)
    seeded: Sequence[int] = ()
    specials: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """Who lives where now: ids and building codes in the order of the settlement's residents."""

    community: str
    people: list[UUID] = field(default_factory=list)
    homes: list[str] = field(default_factory=list)


def hasten() -> None:
    """Make the rest of this process's steps in haste; see `steps.verbs.hasten`. Raises ImproperlyConfigured where time is real."""
    steps.hasten()


def settle(plan: Settlement) -> Settled:
    """Settle one community in one step. Raises Refused for the first bad row; nothing is settled then."""
    with step(Actor.system("stage"), None, "stage.build", {}, place=plan.community) as s:
        codes = _buildings(s, plan)
        homes = [codes[r.building] for r in plan.residents]
        ids = _residents(s, plan, homes)
        _helpers(s, plan, ids, codes)
        _posts(s, plan, ids)
        for service in plan.specials:
            needs.declare_service(s, service, plan.community)
            needs.approve_service(s, service, plan.community)
        return Settled(plan.community, ids, homes)


def _buildings(s: OpenStep, plan: Settlement) -> tuple[str, ...]:
    grids = [places.add_grid(s, plan.community, name=name, synthetic=True) for name in ("第一网格", "第二网格")]
    rows = [
        places.Below(grids[i % 2], building.name, Point(building.lat_udeg, building.lon_udeg), synthetic=True)
        for i, building in enumerate(plan.buildings)
    ]
    return places.add_below(s, rows)


def _residents(s: OpenStep, plan: Settlement, homes: list[str]) -> list[UUID]:
    doors = sorted({(home, r.door) for home, r in zip(homes, plan.residents, strict=True)})
    households = dict(zip(doors, people.enter_households(s, doors, synthetic=True), strict=True))
    ids = people.enter_people(
        s,
        [
            people.NewPerson(
                r.name, home, r.phone or None, households[home, r.door], r.birth_year, r.sex, elder_view=r.elder_view, synthetic=True,
                persona=r.persona,
            )
            for r, home in zip(plan.residents, homes, strict=True)
        ],
    )  # fmt: skip
    named = {ids[member]: ids[helper] for member, helper in plan.paired}
    review = s.now.date() + timedelta(days=REVIEW_DAYS)
    people.enter_groups(
        s, [(pk, Group(r.group), "stage", review, named.get(pk)) for pk, r in zip(ids, plan.residents, strict=True) if r.group]
    )
    for pk, r in zip(ids, plan.residents, strict=True):
        if r.account:
            people.open_account(s, pk, None)
    for ward, guardian in plan.guardians:
        people.enter_guardian(s, ward=ids[ward], guardian=ids[guardian], place=plan.community, grounds="stage")
    return ids


def _helpers(s: OpenStep, plan: Settlement, ids: list[UUID], codes: tuple[str, ...]) -> None:
    helping = [(pk, r) for pk, r in zip(ids, plan.residents, strict=True) if r.skills]
    supply.register_many(
        s,
        [
            supply.NewHelper(
                pk, codes[r.building], r.skills, plan.radius_metres, ("zh-hans",), (), r.sex,
                lat_micro=plan.buildings[r.building].lat_udeg, lon_micro=plan.buildings[r.building].lon_udeg,
            )
            for pk, r in helping
        ],
    )  # fmt: skip
    worker = ids[plan.worker]
    until = s.now.date() + timedelta(days=3 * 365)
    for pk, r in helping:
        if r.certificate and pk != worker:
            supply.certify(s, pk, kind=r.certificate, number=f"stage-{pk}", valid_until=until, checked_by=worker)


def _posts(s: OpenStep, plan: Settlement, ids: list[UUID]) -> None:
    helping = [(pk, Role.VOLUNTEER, plan.community) for pk, r in zip(ids, plan.residents, strict=True) if r.skills]
    posts = [(ids[index], role, place) for index, role, place in plan.posts]
    people.grant_posts(s, [*helping, *posts])
    people.grant_post(s, ids[plan.worker], Role.WORKER, plan.community)
    rules = policy_at(plan.community, s.now)
    for index in plan.seeded:
        timebank.seed(
            s, ids[index], place=plan.community, minutes=rules.minutes("seed_minutes"), rules=hour_rules(rules), key=f"seed:{ids[index]}"
        )
