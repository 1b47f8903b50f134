"""The catalogue as it stands in a community: base services always, specials once declared and approved."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of
from linli.doors.site.forms import choice_of, key_of, shown_again
from linli.doors.site.terms import CERTIFICATES, say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import ServiceLine, ServicesPage
from linli.ground.places import reads as places
from linli.help.needs import reads as needs
from linli.help.needs.reads import ServiceHereRow
from linli.journeys import answer


def _lines(declared: Mapping[str, ServiceHereRow], *, special: bool) -> tuple[ServiceLine, ...]:
    domains = {d.code: d.name for d in needs.all_domains()}
    lines = []
    for service in needs.all_services():
        if service.special is not special:
            continue
        here = declared.get(service.code)
        state = _("在办") if not special or (here and here.approved_at) else _("等街道同意") if here else _("还没有开")
        rules = tuple(words for holds, words in ((service.same_sex, _("要同性帮手")), (service.two_adults, _("两位成人在场"))) if holds)
        lines.append(
            ServiceLine(
                service.code,
                _(service.name),
                _(domains[service.domain]),
                service.minutes,
                say(CERTIFICATES, service.certificate) if service.certificate else "",
                rules,
                tuple(_(item) for item in service.checklist),
                state,
                special and here is None,
            )
        )
    return tuple(lines)


def _show(request: HttpRequest) -> HttpResponse:
    actor, community = actor_of(request), community_of(request)
    declared = {row.service.code: row for row in needs.specials_below(community) if row.place == community}
    names = places.names([community, *(p.place for p in actor.posts)])
    frame = frame_of(request, "worker:services", names)
    page = ServicesPage(frame, names.get(community, community), _lines(declared, special=False), _lines(declared, special=True))
    return render(request, "worker/services.html", {"page": page, "frame": frame})


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Show the catalogue of a community."""
    return _show(request)


@require_POST
@shown_again(_show)
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a special service for the community; the street approves it."""
    specials = tuple(s.code for s in needs.all_services() if s.special)
    answer.declare_service(actor_of(request), choice_of(request, "service", specials), community_of(request), key_of(request))
    messages.success(request, _("已申报，街道同意后居民就能选。"))
    return redirect("worker:services")
