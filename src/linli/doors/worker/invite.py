"""More helpers: what one more who can do something would change for those who wait, and a sheet that asks neighbours to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from linli.doors.site.desk import Frame, community_of, frame_of, policy_at, with_query
from linli.doors.site.more import more_words, skill_words
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Lack, Lacks
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.matching import reads as matching
from linli.help.supply import reads as supply
from linli.kernel.errors import NotFound

FRESH = timedelta(days=1)  # what a batch said longer ago may have found somebody since


@dataclass(frozen=True, slots=True)
class InvitePage:
    """A sheet that asks neighbours to help: what for, the address with its code, whom to ring."""

    frame: Frame
    community_name: str
    back: str
    skill: str
    lacks: Lacks
    url: str
    qr: SafeString
    phone: str


def lacks_at(place: str, moment: datetime) -> tuple[datetime | None, tuple[matching.MoreRow, ...]]:
    """Return what more helpers would change at a place as of the last batch, if that is fresh; one query."""
    return matching.more_in(place, moment - FRESH) or (None, ())


def lacks_of(found: tuple[datetime | None, tuple[matching.MoreRow, ...]], names: Mapping[str, str]) -> Lacks:
    """Return what is lacking in words, each with the sheet that asks for it."""
    at, rows = found
    url = reverse("worker:invite")
    return Lacks(tuple(Lack(more_words(row, names), with_query(url, place=row.community, skill=row.skill), row.skill) for row in rows), at)


def qr_of(text: str) -> SafeString:
    """Return the code of an address as SVG that survives a stairwell."""
    out = BytesIO()
    segno.make(text, error="q", micro=False).save(
        out, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True, border=4, light="#fff"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 — drawn by segno from our own text


@require_GET
def invite(request: HttpRequest) -> HttpResponse:
    """Show a sheet for a community that asks for helpers who can `?skill=`; none named: for anybody."""
    actor, moment, community = actor_of(request), now(), community_of(request)
    skill = request.GET.get("skill", "")
    if skill and skill not in supply.known_skills():
        raise NotFound
    found = lacks_at(community, moment)
    names = places.names([community, *(p.place for p in actor.posts)])
    url = settings.LINLI_PUBLIC_URL.rstrip("/") + with_query(reverse("resident:join"), skill=skill)
    page = InvitePage(
        frame_of(request, "worker:helpers", names), names.get(community, community), with_query(reverse("worker:helpers"), place=community),
        skill_words(skill) if skill else "", lacks_of((found[0], tuple(row for row in found[1] if row.skill == skill)), names), url, qr_of(url),
        policy_at(community, moment).text("community_phone"),
    )  # fmt: skip
    return render(request, "worker/invite.html", {"page": page, "frame": page.frame})
