"""Registering a need for somebody who called: the phone first, then what they want. The number never stands in an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.doors.site.desk import Frame, community_of, frame_of
from linli.doors.site.forms import flag_of, key_of, moment_of, text_of
from linli.doors.site.templatetags.linli import daytime
from linli.doors.site.who import actor_of
from linli.doors.site.words import sentence
from linli.doors.worker.pages import Option, Who
from linli.doors.worker.who import who_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.journeys import ask
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import Refused
from linli.kernel.ids import new_token

# What the form keeps when a field was refused, so that nothing has to be said twice on the phone.
KEPT = ("phone", "caller_name", "door", "place", "service", "words", "wanted_from", "wanted_until", "urgent", "same_sex", "key")


@dataclass(frozen=True, slots=True)
class CallerPage:
    """The two steps of registering for a caller. `person` is who the phone belongs to, None for an unknown caller."""

    frame: Frame
    community_name: str
    step: int
    kept: dict[str, str]
    person: UUID | None
    who: Who | None
    place_name: str
    services: tuple[Option, ...]
    buildings: tuple[Option, ...]
    problem: str
    problem_field: str


def _known_caller(actor: Actor, phone: str) -> UUID | None:
    """Return the resident behind `phone` where the actor is their community's worker; anybody else looks unknown."""
    person = people.person_by_phone(phone) if phone else None
    if person is None:
        return None
    return person if actor.holds(Role.WORKER, people.card(person, now()).place) else None


def _page(request: HttpRequest, step: int, *, person: UUID | None = None, problem: Refused | None = None) -> CallerPage:
    actor, moment, community = actor_of(request), now(), community_of(request)
    names = places.names([community, *(p.place for p in actor.posts)])
    kept = {name: request.POST.get(name, "") for name in KEPT}
    kept["key"] = kept["key"] or new_token()
    home = people.card(person, moment).place if person else ""
    return CallerPage(
        frame=frame_of(request, "worker:list", names),
        community_name=names.get(community, community),
        step=step,
        kept=kept,
        person=person,
        who=who_of(actor, person, moment) if person else None,
        place_name=places.place(home).name if home else "",
        services=tuple(Option(s.code, _(s.name), s.code == kept["service"]) for s in needs.services_at(community)) if step == 2 else (),
        buildings=tuple(Option(b.code, b.name, b.code == kept["place"]) for b in places.buildings(community)) if step == 2 else (),
        problem=sentence(problem) if problem else "",
        problem_field=(problem.field or "") if problem else "",
    )


def _show(request: HttpRequest, page: CallerPage, *, status: int = 200) -> HttpResponse:
    return render(request, "worker/caller.html", {"page": page, "frame": page.frame}, status=status)


def _draft(request: HttpRequest, person: UUID | None) -> ask.AskDraft:
    return ask.AskDraft(
        service=text_of(request, "service"),
        words=text_of(request, "words", needed=False),
        place=None if person else (text_of(request, "place", needed=False) or community_of(request)),
        for_person=person,
        wanted_from=moment_of(request, "wanted_from"),
        wanted_until=moment_of(request, "wanted_until"),
        urgent=flag_of(request, "urgent"),
        same_sex=flag_of(request, "same_sex"),
        caller_phone="" if person else text_of(request, "phone", needed=False),
        caller_name="" if person else text_of(request, "caller_name"),
        door="" if person else text_of(request, "door", needed=False),
    )


def _promise(request: HttpRequest, answer: dict[str, object]) -> None:
    if answer.get("emergency"):
        messages.error(request, _("听起来是急事：请他先打 %(number)s，社区这边同时跟上。") % {"number": answer["emergency"]})
    by = daytime(datetime.fromisoformat(str(answer["answer_by"])))
    messages.success(request, _("已登记，单号 %(number)s。最迟 %(by)s 回话。") % {"number": answer["number"], "by": by})


@require_http_methods(["GET", "POST"])
def caller(request: HttpRequest) -> HttpResponse:
    """Look a caller up by phone, then take down what they want; a refused field keeps everything already said."""
    step = request.POST.get("step", "")
    if step == "":
        return _show(request, _page(request, 1))
    try:
        person = _known_caller(actor_of(request), text_of(request, "phone", needed=False))
    except Refused as refused:
        return _show(request, _page(request, 1, problem=refused), status=422)
    if step == "phone":
        return _show(request, _page(request, 2, person=person))
    try:
        answer = ask.ask(actor_of(request), _draft(request, person), key_of(request))
    except Refused as refused:
        return _show(request, _page(request, 2, person=person, problem=refused), status=422)
    _promise(request, answer)
    return redirect("worker:need", need=answer["need"])
