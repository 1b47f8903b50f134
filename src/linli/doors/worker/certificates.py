"""Certificates of volunteer service at the desk: issued for who asks on the phone or in person, printed, revoked where one was wrong."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.certificate import sheet_of
from linli.doors.site.desk import frame_of
from linli.doors.site.forms import choice_of, date_of, key_of, shown_again
from linli.doors.site.who import actor_of
from linli.doors.worker.helpers import helper_for, show_one
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import certificates as journey

WHY = (("mistake", gettext_lazy("开错了")), ("corrected", gettext_lazy("时长后来更正过")))


@require_POST
@shown_again(show_one)
def issue(request: HttpRequest, person: UUID) -> HttpResponse:
    """Issue one for a volunteer of the place."""
    actor = actor_of(request)
    row = helper_for(actor, person, now())
    made = journey.issue(actor, row.person, date_of(request, "since"), date_of(request, "until"), key_of(request))
    return redirect("worker:certificate", certificate=made["certificate"])


def _show(request: HttpRequest, certificate: UUID) -> HttpResponse:
    actor = actor_of(request)
    row, text = journey.mine(actor, certificate)
    frame = frame_of(request, "worker:helpers", places.names([post.place for post in actor.posts]))
    facts = {"sheet": sheet_of(row, text), "person": row.person, "whys": WHY, "frame": frame}
    return render(request, "worker/certificate.html", facts)


@require_GET
def one(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Show one as it is printed."""
    return _show(request, certificate)


@require_POST
@shown_again(_show)
def revoke(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Revoke one that was wrong."""
    journey.revoke(actor_of(request), certificate, choice_of(request, "why", tuple(code for code, _words in WHY)), key_of(request))
    messages.success(request, _("作废了，已经告诉本人。"))
    return redirect("worker:certificate", certificate=certificate)
