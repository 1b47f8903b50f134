"""Notices to the person and to the posts they hold."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import frame_of
from linli.doors.site.notices import leads, notice_words
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import NoticeLine, NoticesPage
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import mine

SHOWN = 50


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show the latest notices, newest first."""
    actor = actor_of(request)
    names = places.names([p.place for p in actor.posts])
    told = people.notices(actor, limit=SHOWN)
    urls = leads(actor, told, now(), desk=True)
    rows = tuple(NoticeLine(r.id, notice_words(r.kind, r.facts), urls[r.id], r.at, r.read_at is None) for r in told)
    frame = frame_of(request, "worker:notices", names)
    page = NoticesPage(frame, rows, tuple(str(r.id) for r in rows if r.unread))
    return render(request, "worker/notices.html", {"page": page, "frame": frame})


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the notices of the page read; what is not the actor's is left alone."""
    ids = [UUID(text) for text in request.POST.getlist("id") if _is_id(text)]
    mine.read_notices(actor_of(request), ids)
    return redirect("worker:notices")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
