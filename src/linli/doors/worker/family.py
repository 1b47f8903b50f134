"""Family on the register: who acts for a resident, on what grounds; entered and ended by the community's worker."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.doors.site.forms import choice_of, id_of, key_of, shown_again, text_of
from linli.doors.site.terms import FAMILY_GROUNDS
from linli.doors.site.who import actor_of
from linli.doors.worker.register import show_member
from linli.journeys import ground


@require_POST
@shown_again(show_member)
def enter(request: HttpRequest, person: UUID) -> HttpResponse:
    """Enter somebody as family who acts for a resident."""
    ground.enter_family(
        actor_of(request), person, text_of(request, "phone"), choice_of(request, "grounds", tuple(FAMILY_GROUNDS)), key_of(request)
    )
    messages.success(request, _("已登记，两位都会收到消息。"))
    return redirect("worker:member", person=person)


@require_POST
@shown_again(show_member)
def end(request: HttpRequest, person: UUID) -> HttpResponse:
    """End that somebody acts for a resident."""
    ground.end_family(actor_of(request), person, id_of(request, "guardian"), key_of(request))
    messages.success(request, _("登记已结束，两位都会收到消息。"))
    return redirect("worker:member", person=person)
