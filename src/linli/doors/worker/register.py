"""The register of a community: find a resident, enter a new one, name who helps them, give seed hours, add a building."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of, policy_at
from linli.doors.site.forms import choice_of, flag_of, id_of, key_of, number_of, shown_again, text_of
from linli.doors.site.templatetags.linli import minutes
from linli.doors.site.terms import FAMILY_GROUNDS, GROUNDS, GROUPS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.groups import group_line
from linli.doors.worker.pages import FamilyLine, MemberPage, Option, RegisterPage
from linli.doors.worker.who import CALL, FACE, neighbour, shown_as
from linli.ground.people import family as family_reads
from linli.ground.people import reads as people
from linli.ground.people.reads import PersonCard
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import reads as supply
from linli.journeys import ground, seeds
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import reads as timebank

CANDIDATES = 50


def _show(request: HttpRequest) -> HttpResponse:
    actor, moment, community = actor_of(request), now(), community_of(request)
    names = places.names([community, *(p.place for p in actor.posts)])
    frame = frame_of(request, "worker:register", names)
    chosen, building = request.POST.getlist("groups"), request.POST.get("place", "")
    page = RegisterPage(
        frame=frame,
        community_name=names.get(community, community),
        residents=people.population(community, moment).residents,
        buildings=tuple(Option(b.code, b.name, b.code == building) for b in places.buildings(community)),
        groups=tuple(Option(code, say(GROUPS, code), code in chosen) for code in GROUPS),
    )
    return render(request, "worker/register.html", {"page": page, "frame": frame})


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show the three forms of the register."""
    return _show(request)


@require_POST
@shown_again(_show)
def find(request: HttpRequest) -> HttpResponse:
    """Lead from a phone number to the resident of the actor's community; anybody else looks unknown."""
    person = people.person_by_phone(text_of(request, "phone"))
    if person is None or not actor_of(request).holds(Role.WORKER, people.card(person, now()).place):
        raise Refused(Refusal.INPUT_INVALID, field="phone")
    return redirect("worker:member", person=person)


def _resident(request: HttpRequest, community: str) -> ground.ResidentForm:
    year = text_of(request, "birth_year", needed=False)
    helper_phone = text_of(request, "helper_phone", needed=False)
    return ground.ResidentForm(
        name=text_of(request, "name"),
        place=text_of(request, "place", needed=False) or community,
        phone=text_of(request, "phone", needed=False),
        door=text_of(request, "door", needed=False),
        birth_year=number_of(request, "birth_year", low=1890, high=now().year) if year else None,
        sex=choice_of(request, "sex", ("f", "m")) if request.POST.get("sex", "").strip() else "",
        elder_view=flag_of(request, "elder_view"),
        groups=tuple(request.POST.getlist("groups")),
        helper=people.person_by_phone(helper_phone) if helper_phone else None,
    )


@require_POST
@shown_again(_show)
def enter_resident(request: HttpRequest) -> HttpResponse:
    """Enter a resident; a refused field keeps everything already typed."""
    made = ground.enter_resident(actor_of(request), _resident(request, community_of(request)), key_of(request))
    messages.success(request, _("已登记。"))
    return redirect("worker:member", person=made["person"])


@require_POST
@shown_again(_show)
def enter_building(request: HttpRequest) -> HttpResponse:
    """Add a building to the community."""
    ground.enter_building(actor_of(request), community_of(request), text_of(request, "building"), key_of(request))
    messages.success(request, _("楼栋已登记，可以去印需求码了。"))
    return redirect("worker:register")


def member_for(actor: Actor, person: UUID, moment: datetime) -> PersonCard:
    """Return a resident of one of the actor's communities. Raises NotFound for anybody else."""
    return _of_the_actor(actor, people.card(person, moment))


def _of_the_actor(actor: Actor, card: PersonCard) -> PersonCard:
    if not actor.holds(Role.WORKER, card.place):
        raise NotFound
    return card


def show_member(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one resident with what a worker may do for them."""
    actor, moment = actor_of(request), now()
    card, family = family_reads.card_and_family(person, moment)
    _of_the_actor(actor, card)
    rows = people.register_of(card.place, moment, person=person) if card.groups else ()
    community = card.place[:12]
    helpers = [h.person for h in supply.list_at(community, moment, limit=CANDIDATES) if h.person != person] if rows else []
    asked = (
        people.Asked((person,), CALL, Purpose.REGISTER),
        people.Asked(
            tuple({person, *helpers, *(r.helper for r in rows if r.helper), *(f.guardian for f in family)}), FACE, Purpose.REGISTER
        ),
    )
    (whole, named), _words = people.disclose_all(actor, asked, now=moment)
    faces = {pk: shown.name or neighbour() for pk, shown in named.items()}
    names = places.names([community, card.place, *(p.place for p in actor.posts)])
    policy = policy_at(card.place, moment)
    frame = frame_of(request, "worker:register", names)
    page = MemberPage(
        frame=frame, person=person, who=shown_as(whole[person]), place=names.get(card.place, card.place),
        rows=tuple(group_line(r, faces, names, moment) for r in rows),
        candidates=tuple(Option(str(h), faces[h]) for h in sorted(helpers, key=lambda h: faces[h])),
        seed_minutes=policy.minutes("seed_minutes"), seed_source=policy.explain("seed_minutes").source, book=timebank.book(person, moment),
        pool=timebank.pool(community), family=tuple(FamilyLine(str(f.guardian), named[f.guardian].name or _("一位家人"), _grounds(f.grounds), f.since) for f in family if f.guardian in named),
        grounds=tuple(Option(code, say(FAMILY_GROUNDS, code)) for code in FAMILY_GROUNDS), elder_view=card.elder_view, has_household=card.household is not None,
    )  # fmt: skip
    return render(request, "worker/member.html", {"page": page, "frame": frame})


def _grounds(code: str) -> str:
    return say(FAMILY_GROUNDS if code in FAMILY_GROUNDS else GROUNDS, code) if code else _("依据没有记")


@require_GET
def member(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one resident with what a worker may do for them."""
    return show_member(request, person)


@require_POST
@shown_again(show_member)
def pair(request: HttpRequest, person: UUID) -> HttpResponse:
    """Name the helper who looks after a member of a special group."""
    actor = actor_of(request)
    member_for(actor, person, now())
    helper = id_of(request, "helper")
    if not supply.is_helper(helper):
        raise Refused(Refusal.INPUT_INVALID, field="helper")
    ground.name_helper(actor, person, helper, key_of(request))
    messages.success(request, _("结对人已定。"))
    return redirect("worker:member", person=person)


@require_POST
@shown_again(show_member)
def seed(request: HttpRequest, person: UUID) -> HttpResponse:
    """Give somebody the seed hours of policy with a reason."""
    actor = actor_of(request)
    member_for(actor, person, now())
    given = seeds.seed(actor, person, text_of(request, "reason"), key_of(request))
    messages.success(request, _("给了 %(span)s，已记入时间本。") % {"span": minutes(int(given["minutes"]))})
    return redirect("worker:member", person=person)
