"""Stars 服务星级: every community of a city with what its stars rest on, appeals and their answers; and one community's own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.case_pages import StarLine, StarPage, StarsPage
from linli.doors.city.scope import COMMUNITY, checked, own_place
from linli.doors.city.shown import star_shown
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.forms import choice_of, key_of, number_of, shown_again, text_of
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.journeys import stars as journey
from linli.journeys.plans import star_bars, subsidy_fen
from linli.kernel.actor import STAFF, Role
from linli.kernel.errors import NotFound
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.reads import RunRow, StarRow

CITY_ROLES = frozenset({Role.CITY})
FEN_PER_YUAN = 100
STARS = (5, 4, 3, 2, 1)


def star_words(stars: int) -> str:
    """Return how many stars, in words."""
    return ngettext("%(n)s 星", "%(n)s 星", stars) % {"n": stars} if stars else _("评价太少，先不评")


def _bars(rules: Policy) -> tuple[tuple[int, int, int], ...]:
    """Return for five to one stars: what the lower end must reach in ppm, and the subsidy in yuan."""
    floors = (0, *star_bars(rules).bars_ppm)
    return tuple((stars, floors[stars - 1], (subsidy_fen(rules, stars) or 0) // FEN_PER_YUAN) for stars in STARS)


def _line(row: StarRow, name: str, rules: Policy, *, decides: bool) -> StarLine:
    fen, appeal = subsidy_fen(rules, row.holds), row.appeal
    answer = ""
    if appeal is not None and appeal.upheld is not None:
        answer = _("申诉成立，改为 %(stars)s") % {"stars": star_words(row.holds)} if appeal.upheld else _("申诉不成立，星级不变")
    waits = appeal is not None and appeal.decided_at is None
    choices = (
        Option("", _("不成立，星级不变")),
        *(Option(str(n), _("成立，改为 %(stars)s") % {"stars": star_words(n)}) for n in STARS if n != row.stars),
    )
    return StarLine(
        row.id, name, reverse("street:star", args=[row.place]), star_shown(wellbeing.brief_of(row)), row.stars, None if fen is None else fen // FEN_PER_YUAN,
        appeal.grounds if appeal else "", appeal.made_at if appeal else None, answer, appeal.reason if appeal else "",
        reverse("city:star-decide", args=[row.id]) if decides and waits else "", choices,
    )  # fmt: skip


def _chosen(found: Sequence[RunRow], request: HttpRequest) -> RunRow | None:
    asked = request.GET.get("run", "")
    return next((run for run in found if str(run.id) == asked), found[0] if found else None)


def stars_page(request: HttpRequest, moment: datetime) -> StarsPage:
    """Gather the stars of the actor's city; a constant number of queries."""
    actor = actor_of(request)
    place = own_place(actor, CITY_ROLES)
    found = wellbeing.runs(place)
    run = _chosen(found, request)
    rows = wellbeing.stars_of(run.id) if run else ()
    names = places.names([place, *(r.place for r in rows), *(r.place for r in found), *(p.place for p in actor.posts)])
    rules = policy_at(run.place if run else place, moment)
    lines = [_line(row, names.get(row.place, row.place), rules, decides=True) for row in rows]
    by_stars = sorted(lines, key=lambda x: (-x.shown.stars, -(x.shown.share.low_ppm if x.shown.share else 0)))
    first = run.last.plus(-3) if run else None
    return StarsPage(
        frame=frame_of(request, "city:stars", names), place_name=names.get(run.place, run.place) if run else names.get(place, place),
        year=f"{first.code()}–{run.last.code()}" if run and first else "",
        state=(_("已定") if run.final_at else _("公示中，可以申诉")) if run else "", appeal_until=run.appeal_until if run else None,
        final_at=run.final_at if run else None, ratings=sum(r.n for r in rows),
        counts=tuple((stars, sum(1 for x in lines if x.shown.stars == stars)) for stars in (*STARS, 0)), bars=_bars(rules),
        least=rules.count("observations_min"), appeals=tuple(x for x in lines if x.decide_url), rows=tuple(by_stars),
        grade_url=reverse("city:stars-grade"),
        chosen=tuple(
            Option(with_query(request.path, run=str(r.id)), f"{names.get(r.place, r.place)} {r.last.code()}", run is not None and r.id == run.id)
            for r in found
        ),
    )  # fmt: skip


def _stars(request: HttpRequest, **_grade: object) -> HttpResponse:
    page = stars_page(request, now())
    return render(request, "city/stars.html", {"page": page, "frame": page.frame})


@require_GET
def stars(request: HttpRequest) -> HttpResponse:
    """Show the stars of the actor's city, open appeals first."""
    return _stars(request)


@require_POST
@shown_again(_stars)
def stars_grade(request: HttpRequest) -> HttpResponse:
    """Grade the last four closed quarters of the actor's city; a year already graded stays as it is."""
    actor = actor_of(request)
    journey.grade(actor, own_place(actor, CITY_ROLES), key_of(request))
    messages.success(request, _("这一年评好了，已公示，社区可以申诉。"))
    return redirect("city:stars")


@require_POST
@shown_again(_stars)
def star_decide(request: HttpRequest, grade: int) -> HttpResponse:
    """Answer an appeal. Raises NotFound for a community of another city."""
    actor = actor_of(request)
    row = wellbeing.star(grade)
    checked(actor, row.place, CITY_ROLES)
    chosen = choice_of(request, "stars", ("1", "2", "3", "4", "5")) if request.POST.get("stars") else ""
    journey.decide(actor, grade, bool(chosen), int(chosen or 0), text_of(request, "reason"), key_of(request))
    messages.success(request, _("答复已记下，社区会收到通知。"))
    return redirect("city:stars")


# One community ------------------------------------------------------------------------------------------------------------------


def _star(request: HttpRequest, place: str) -> HttpResponse:
    actor, moment = actor_of(request), now()
    code = checked(actor, place, STAFF)
    names = places.names([code, *(p.place for p in actor.posts)])
    if len(code) != COMMUNITY or code not in names:
        raise NotFound
    rules, row = policy_at(code, moment), wellbeing.star_of(code)
    open_now = row is not None and row.appeal is None and row.run.final_at is None and moment < row.run.appeal_until
    page = StarPage(
        frame=frame_of(request, "worker:cases" if actor.holds(Role.WORKER, code) else "city:stars", names), place_name=names[code],
        place_url=reverse("street:community", args=[code]),
        line=_line(row, names[code], rules, decides=actor.holds(Role.CITY, code)) if row else None,
        appeal_until=row.run.appeal_until if row else None, bars=_bars(rules), least=rules.count("observations_min"),
        appeal_url=reverse("street:star-appeal", args=[code]) if open_now and actor.holds(Role.WORKER, code) else "",
    )  # fmt: skip
    return render(request, "city/star.html", {"page": page, "frame": page.frame, "id": row.id if row else 0})


@require_GET
def star(request: HttpRequest, place: str) -> HttpResponse:
    """Show one community's stars and its appeal, to its staff. Raises NotFound for another's."""
    return _star(request, place)


@require_POST
@shown_again(_star)
def star_appeal(request: HttpRequest, place: str) -> HttpResponse:
    """Appeal against the stars of one's community. Raises NotFound for another's."""
    actor = actor_of(request)
    code = checked(actor, place, STAFF)
    grade = number_of(request, "grade", low=1, high=999_999_999)
    if wellbeing.star(grade).place != code:
        raise NotFound
    journey.appeal(actor, grade, text_of(request, "grounds"), key_of(request))
    messages.success(request, _("申诉已递上去，由市里答复。"))
    return redirect("street:star", place=code)
