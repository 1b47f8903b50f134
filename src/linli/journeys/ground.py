"""What stands before the first need: the national tree, the shipped policy, buildings, households and people on the register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.people.core import FAMILY_GROUNDS
from linli.ground.places import reads as places_reads
from linli.ground.places import verbs as places
from linli.ground.policy import verbs as policies
from linli.ground.policy.core import Value
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import Group
from linli.kernel.errors import NotFound, Refusal, Refused

LOADER = Actor.system("loader")


def import_places(progress: Callable[[int, int], None] | None = None, *, within: Sequence[str] = ()) -> places.Loaded:
    """Load the built-in national tree, or no more of it than the subtrees `within`; the same data twice change nothing."""
    with step(LOADER, None, "ground.load", {}) as s:
        return places.load_divisions(s, within=within, progress=progress)


def import_policy() -> int:
    """Write shipped policy values not yet there; return how many."""
    with step(LOADER, None, "ground.load", {}) as s:
        return policies.load_shipped(s)


def import_rules(values: Sequence[Value]) -> None:
    """Write a whole set of values into a database that has none yet. Raises Refused(INPUT_INVALID) naming the key at fault."""
    with step(LOADER, None, "ground.load", {}) as s:
        policies.set_values(s, values)


@dataclass(frozen=True, slots=True)
class ResidentForm:
    """A resident entered by a worker: many have no phone of their own."""

    name: str
    place: str
    phone: str = ""
    door: str = ""
    birth_year: int | None = None
    sex: str = ""
    elder_view: bool = False
    groups: tuple[str, ...] = ()
    helper: UUID | None = None


def enter_resident(actor: Actor, form: ResidentForm, key: str) -> dict[str, Any]:
    """Enter a resident on the register, with special groups where there are grounds; return {"person"}.

    Raises NotAllowed outside one's place, Refused(PLACE_UNKNOWN, PHONE_TAKEN, PHONE_INVALID, INPUT_MISSING, INPUT_TOO_LONG, INPUT_INVALID).
    """
    if places_reads.checked(form.place).level < 5:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    if any(group not in list(Group) for group in form.groups):
        raise Refused(Refusal.INPUT_INVALID, field="groups")
    inputs = {
        "name": seals.blind_index("name", form.name), "phone": seals.blind_index("raw phone", form.phone), "place": form.place,
        "rest": seals.blind_index("rest", repr((form.door, form.birth_year, form.sex, form.elder_view, form.groups, form.helper))),
    }  # fmt: skip
    with step(actor, key, "person.enter", inputs, place=form.place) as s:
        if s.answer is not None:
            return s.answer
        new = people.NewPerson(
            form.name, form.place, form.phone or None, birth_year=form.birth_year, sex=form.sex, elder_view=form.elder_view
        )
        if form.door:
            new = people.with_household(new, people.enter_households(s, [(form.place, form.door)])[0])
        person = people.enter_person(s, new)
        review = s.now.date() + timedelta(days=365)
        people.enter_groups(s, [(person, Group(group), "entered by the community", review, form.helper) for group in form.groups])
        return s.done({"person": str(person)})


def name_helper(actor: Actor, person: UUID, helper: UUID, key: str) -> dict[str, Any]:
    """Name the helper who looks after a member of a special group (一对一帮扶). Raises NotFound outside one's place."""
    card = people_reads.card(person, now())
    if not actor.holds(Role.WORKER, card.place) or person == helper:
        raise NotFound
    with step(actor, key, "group.enter", {"person": str(person), "helper": str(helper)}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        people.name_helper(s, person, helper)
        return s.done({"person": str(person)})


def enter_family(actor: Actor, ward: UUID, phone: str, grounds: str, key: str) -> dict[str, Any]:
    """Enter somebody on the register as family who acts for `ward`, on grounds that the worker has seen; both are told. Returns {"guardian"}.

    The family may live anywhere. Raises NotFound outside one's place, Refused(PARTY_TO_IT) for oneself, Refused(INPUT_INVALID) for grounds that
    are none of FAMILY_GROUNDS and for a phone that nobody else on the register has, PHONE_INVALID.
    """
    card = people_reads.card(ward, now())
    if not actor.holds(Role.WORKER, card.place):
        raise NotFound
    if grounds not in FAMILY_GROUNDS:
        raise Refused(Refusal.INPUT_INVALID, field="grounds")
    guardian = people_reads.person_by_phone(phone)
    if guardian is None or guardian == ward:
        raise Refused(Refusal.INPUT_INVALID, field="phone")
    if actor.person in {ward, guardian}:
        raise Refused(Refusal.PARTY_TO_IT)
    with step(actor, key, "family.enter", {"ward": str(ward), "guardian": str(guardian), "grounds": grounds}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        people.enter_guardian(s, ward=ward, guardian=guardian, place=card.place, grounds=grounds)
        people.tell_each(s, "family.entered", (ward, guardian), about=f"family:{ward}", facts={})
        return s.done({"guardian": str(guardian)})


def end_family(actor: Actor, ward: UUID, guardian: UUID, key: str) -> dict[str, Any]:
    """End that somebody acts for `ward`: by either of them, or by the ward's worker; both are told. Raises NotFound for anybody else."""
    card = people_reads.card(ward, now())
    if actor.person not in {ward, guardian} and not actor.holds(Role.WORKER, card.place):
        raise NotFound
    with step(actor, key, "family.end", {"ward": str(ward), "guardian": str(guardian)}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        people.end_guardian(s, ward=ward, guardian=guardian, place=card.place)
        people.tell_each(s, "family.ended", (ward, guardian), about=f"family:{ward}", facts={})
        return s.done({"guardian": str(guardian)})


def enter_building(actor: Actor, community: str, name: str, key: str) -> dict[str, Any]:
    """Add a building to a community (in its first grid, made where there is none); return {"place"}."""
    with step(actor, key, "place.enter", {"community": community, "name": name}, place=community) as s:
        if s.answer is not None:
            return s.answer
        grids = [row.code for row in places_reads.grids(community)]
        grid = grids[0] if grids else places.add_grid(s, community, name="第一网格")
        return s.done({"place": places.add_building(s, grid, name=name)})


def grant_post(actor: Actor, person: UUID, role: Role, place: str, key: str) -> dict[str, Any]:
    """Give somebody a role at a place below one's own; nobody grants a post as high as their own or higher.

    Raises NotAllowed, Refused(PLACE_OUT_OF_SCOPE).
    """
    people_reads.card(person, now())
    mine = [post.place for post in actor.posts if post.role in (Role.CITY, Role.DISPATCHER) and post.covers(place)]
    system = actor.ref.startswith("system:")
    if not system and (role in (Role.CITY, Role.OPERATOR, Role.AUDITOR) or not any(len(at) < len(place) for at in mine)):
        raise Refused(Refusal.PLACE_OUT_OF_SCOPE, field="place")
    with step(actor, key, "post.grant", {"person": str(person), "role": role.value, "place": place}, place=place) as s:
        if s.answer is not None:
            return s.answer
        people.grant_post(s, person, role, place)
        return s.done({"person": str(person)})


def end_post(actor: Actor, person: UUID, role: Role, place: str, key: str) -> dict[str, Any]:
    """Take a role away; it is gone at the person's next request."""
    with step(actor, key, "post.end", {"person": str(person), "role": role.value, "place": place}, place=place) as s:
        if s.answer is not None:
            return s.answer
        people.end_post(s, person, role, place)
        return s.done({"person": str(person)})
