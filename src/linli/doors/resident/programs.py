"""Programs one lets act for oneself: issue a token, see which there are, revoke one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.doors.resident.acting import acted
from linli.doors.site.forms import id_of, key_of, text_of
from linli.doors.site.who import actor_of, person_of
from linli.doors.site.words import sentence
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.journeys import tokens
from linli.kernel.errors import Refused


@require_http_methods(["GET", "POST"])
def programs(request: HttpRequest) -> HttpResponse:
    """Show one's tokens; issue one and show it, this once."""
    person, shown, said = person_of(request), "", {}
    if request.method == "POST":
        try:
            shown = tokens.issue(actor_of(request), person, text_of(request, "label"), key_of(request))["token"]
        except Refused as refused:
            said = {"wrong": sentence(refused), "field": refused.field}
    context = {"rows": people.tokens_of(person, now()), "token": shown, "label": request.POST.get("label", "") if said else "", "tab": "me"}
    return render(request, "resident/programs.html", context | said, status=422 if said else 200)


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token."""
    actor, person = actor_of(request), person_of(request)
    return acted(
        request,
        lambda: tokens.revoke(actor, person, id_of(request, "token"), key_of(request)),
        reverse("resident:programs"),
        _("停用了，马上起作用。"),
    )
