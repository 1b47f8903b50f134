"""The special-group register of a community: who is in it, who is named to help, who is not covered yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.doors.site.desk import community_of, frame_of, with_query
from linli.doors.site.terms import GROUNDS, GROUPS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.lists import offset_of
from linli.doors.worker.pages import GroupLine, GroupsPage, Pager
from linli.doors.worker.who import names_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.kernel.disclosure import Purpose
from linli.kernel.stats import wilson

ROWS = 20


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """Show a page of the register, the uncovered first; a constant number of queries."""
    actor, moment, community = actor_of(request), now(), community_of(request)
    start, uncovered = offset_of(request), request.GET.get("uncovered") == "1"
    found = people.register_of(community, moment, uncovered=uncovered, offset=start, limit=ROWS + 1)
    rows = found[:ROWS]
    wanted = {r.person for r in rows} | {r.helper for r in rows if r.helper}
    faces = names_of(actor, wanted, moment, purpose=Purpose.REGISTER)
    names = places.names([community, *(r.place for r in rows), *(p.place for p in actor.posts)])
    counts = people.population(community, moment)
    frame = frame_of(request, "worker:groups", names)
    kept = {"uncovered": "1" if uncovered else ""}
    page = GroupsPage(
        frame=frame,
        community_name=names.get(community, community),
        in_groups=counts.in_groups,
        with_helper=counts.with_helper,
        covered=wilson(counts.with_helper, counts.in_groups),
        rows=tuple(group_line(r, faces, names, moment) for r in rows),
        uncovered_only=uncovered,
        pager=Pager(
            with_query(request.path, **kept) if start else "",
            with_query(request.path, **kept, **{"from": str(start + ROWS)}) if len(found) > ROWS else "",
        ),
    )
    return render(request, "worker/groups.html", {"page": page, "frame": frame})


def group_line(row: people.RegisterRow, faces: dict[UUID, str], names: dict[str, str], moment: datetime) -> GroupLine:
    """Return one row of the register as shown."""
    return GroupLine(
        reverse("worker:member", args=[row.person]), faces[row.person], names.get(row.place, row.place), say(GROUPS, row.group.value), say(GROUNDS, row.grounds),
        row.review_on, row.review_on <= moment.date(), faces[row.helper] if row.helper else "",
    )  # fmt: skip
