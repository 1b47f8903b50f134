"""Warnings: lists by level for street and city, one case with its whole story, and the report of a grave incident."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.case_pages import CasePage, CasesPage, GravePage
from linli.doors.city.case_shown import call_lines, chart_of, next_words, story_of, table_of
from linli.doors.city.scope import COMMUNITY, UPPER, checked, own_place, street_of
from linli.doors.site.desk import frame_of, policy_at
from linli.doors.site.forms import choice_of, key_of, number_of, shown_again, text_of
from linli.doors.site.terms import GRAVES, HEARD, WARNING_LEVELS, WARNING_REASONS, WARNING_STATES, WARNING_TONES, WATCHERS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.cases import level_filter, warning_clock, warning_line, warning_title
from linli.doors.worker.pages import Option
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import judge, warn
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound
from linli.kernel.quarter import Quarter, closed_before
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.reads import CallRow, QuarterRow, WarningCard

CITY_ROLES = frozenset({Role.CITY})
NAME_AND_PHONE = frozenset({DataClass.NAME, DataClass.PHONE})
STEPS = ("plan", "show", "call", "close")


def _list(request: HttpRequest, place: str, current: str) -> HttpResponse:
    actor, moment = actor_of(request), now()
    level, levels = level_filter(request)
    found, closed = warnings.cases_in(place, moment, level=level)
    names = places.names([place, *(w.place for w in found), *(w.place for w in closed), *(p.place for p in actor.posts)])
    frame = frame_of(request, current, names, counts={current: len(found)})
    page = CasesPage(
        frame, names.get(place, place), tuple(warning_line(w, names) for w in found), tuple(warning_line(w, names) for w in closed), levels,
        policy_at(place, moment).ppm("warning_error_ppm"), frame.home,
        reverse("city:quarters") if current == "city:cases" else "",
    )  # fmt: skip
    return render(request, "city/cases.html", {"page": page, "frame": frame})


@require_GET
def street_cases(request: HttpRequest) -> HttpResponse:
    """Show every warning of the actor's street, of one level where `?level=` asks."""
    return _list(request, street_of(request), "street:cases")


@require_GET
def city_cases(request: HttpRequest) -> HttpResponse:
    """Show every warning of the actor's city, of one level where `?level=` asks."""
    actor, asked = actor_of(request), request.GET.get("place", "")
    return _list(request, checked(actor, asked, CITY_ROLES) if asked else own_place(actor, CITY_ROLES), "city:cases")


# One case -----------------------------------------------------------------------------------------------------------------------


def _place_url(actor: Actor, code: str) -> str:
    return reverse("street:community", args=[code]) if actor.posts else ""


def _current(actor: Actor) -> str:
    for role, name in ((Role.CITY, "city:cases"), (Role.DISPATCHER, "street:cases")):
        if any(post.role is role for post in actor.posts):
            return name
    return "worker:cases"


def _sources(rows: tuple[warnings.CarriedRow, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.source for row in rows))


def _quarter_rows(card: WarningCard, moment: datetime) -> tuple[tuple[QuarterRow, ...], tuple[warnings.CarriedRow, ...]]:
    since = closed_before(moment, judge.LOOK_BACK_QUARTERS)[0]
    since = min(since, card.quarter.plus(-judge.LOOK_BACK_QUARTERS)) if card.quarter else since
    return warnings.judged(card.place, since), warnings.carried(card.place, since)


def _filled(rows: list[QuarterRow]) -> list[QuarterRow]:
    """Return the newest verdicts with the empty quarters between them, so that a gap is seen as one."""
    filled: list[QuarterRow] = []
    for row in rows:
        while filled and filled[-1].quarter.plus(1) < row.quarter:
            gap: Quarter = filled[-1].quarter.plus(1)
            filled.append(QuarterRow(row.place, gap, 0, 0, row.bar_ppm, row.error_ppm, 0, "", "", row.recorded_at, True))
        filled.append(row)
    return filled


def case_page(request: HttpRequest, warning: UUID, moment: datetime) -> CasePage:
    """Gather one case; a constant number of queries. Raises NotFound for one that no post of the reader covers."""
    actor = actor_of(request)
    card = warn.seen_by(actor, warning, moment)
    rows, brought = _quarter_rows(card, moment)
    calls: tuple[CallRow, ...] = warnings.calls(warning) if card.drawn_at else ()
    rule, recorder = warn.rule_of(card, moment), warn.may_close(actor, card)
    listed = warn.to_hear(card, calls, moment)
    asked = [row.person for row in listed if row.heard in {None, "unreached"}] if recorder and card.state == "calling" else []
    shown = people.disclose(actor, asked, wanted=NAME_AND_PHONE, purpose=Purpose.ESCALATED, now=moment) if asked else {}
    heard = sum(1 for row in listed if row.heard in {"fixed", "not_fixed"})
    wanted = min(rule.people, len(calls))
    names = places.names([card.place, *(p.place for p in actor.posts)])
    up = warnings.went_to(warning) if card.state == "risen" else None
    newest, carried = _filled([row for row in rows if row.newest]), {row.quarter: row for row in brought}
    act, own = reverse("street:case-act", args=[warning, "step"]).removesuffix("step/"), warn.may_rectify(actor, card)
    lines = call_lines(card, listed, shown, recorder=recorder)
    return CasePage(
        frame=frame_of(request, _current(actor), names), id=card.id, place_name=names.get(card.place, card.place),
        place_url=_place_url(actor, card.place), level=say(WARNING_LEVELS, card.level.value), tone=WARNING_TONES[card.level.value],
        title=warning_title(card), why=say(WARNING_REASONS, card.reason.value), state=say(WARNING_STATES, card.state.value),
        share=card.share, bar_ppm=card.bar_ppm, error_ppm=newest[-1].error_ppm if newest else 0,
        quarter=card.quarter.code() if card.quarter else "", quarters=card.quarters, grounds=card.grounds, opened_at=card.opened_at,
        clock=warning_clock(card), next_words=next_words(card, heard, wanted), watcher=say(WATCHERS, card.level.value), plan=card.plan,
        planned_at=card.planned_at, proof=card.proof, file_hash=card.file_hash, shown_at=card.shown_at, draw_size=card.checkpoint_size,
        draw_root=card.checkpoint_root, pool=len(calls), call_lines=lines, findings=card.findings, closed_at=card.closed_at,
        came_from=reverse("street:case", args=[card.came_from]) if card.came_from else "",
        went_to=reverse("street:case", args=[up]) if up else "", story=story_of(card, warnings.flips(warning)),
        chart=chart_of(newest, card.bar_ppm, carried) if not card.grave else None, table=table_of(rows, carried) if not card.grave else (),
        brought=card.brought, sources=_sources(brought), plan_url=f"{act}plan/" if own and card.state in {"open", "planned"} else "",
        show_url=f"{act}show/" if own and card.state == "planned" else "",
        close_url=f"{act}close/" if recorder and card.state == "calling" and heard >= wanted else "",
        call_number=next((line.number for line in lines if line.url), None),
        hears=tuple(Option(code, gettext(name)) for code, name in HEARD.items()), grave_open=bool(card.grave),
    )  # fmt: skip


def _show(request: HttpRequest, warning: UUID, **_step: object) -> HttpResponse:
    page = case_page(request, warning, now())
    return render(request, "city/case.html", {"page": page, "frame": page.frame})


@require_GET
def case(request: HttpRequest, warning: UUID) -> HttpResponse:
    """Show one case with its whole story. Raises NotFound for one of another place."""
    return _show(request, warning)


@require_POST
@shown_again(_show)
def case_act(request: HttpRequest, warning: UUID, step: str) -> HttpResponse:
    """Take a step of a case: plan, show, call, close. Raises NotFound for a case of another place and for another step."""
    actor, key = actor_of(request), key_of(request)
    warn.seen_by(actor, warning, now())
    said = ""
    if step == "plan":
        warn.plan(actor, warning, text_of(request, "text"), key)
        said = _("方案已交，照着改；改完交凭据。")
    elif step == "show":
        warn.show(actor, warning, text_of(request, "text"), text_of(request, "file_hash", needed=False), key)
        said = _("凭据已交。回访谁，由下一个公开的存证检查点来抽。")
    elif step == "call":
        heard = choice_of(request, "heard", tuple(HEARD))
        told = warn.call(actor, warning, number_of(request, "number", low=0, high=9999), heard, text_of(request, "note", needed=False), key)
        said = _("回访认定没有真改，已升一级重办。") if told["finding"] == "false" else _("回访记下了。")
    elif step == "close":
        warn.close(actor, warning, text_of(request, "text"), key)
        said = _("已结案，社区会收到通知。")
    else:
        raise NotFound
    messages.success(request, said)
    return redirect("street:case", warning=warning)


# A grave incident ---------------------------------------------------------------------------------------------------------------


def _grave(request: HttpRequest, place: str) -> HttpResponse:
    actor, moment = actor_of(request), now()
    code = checked(actor, place, UPPER)
    if len(code) != COMMUNITY:
        raise NotFound
    names = places.names([code, *(p.place for p in actor.posts)])
    if code not in names:
        raise NotFound
    page = GravePage(
        frame_of(request, _current(actor), names), code, names[code], reverse("street:community", args=[code]),
        tuple(Option(kind, gettext(name), request.POST.get("incident", "") == kind) for kind, name in GRAVES.items()),
        policy_at(code, moment).days("plan_red_days"), reverse("street:grave-report", args=[code]),
    )  # fmt: skip
    return render(request, "city/grave.html", {"page": page, "frame": page.frame})


@require_GET
def grave(request: HttpRequest, place: str) -> HttpResponse:
    """Show the form for a grave incident in a community. Raises NotFound for one of somebody else."""
    return _grave(request, place)


@require_POST
@shown_again(_grave)
def grave_report(request: HttpRequest, place: str) -> HttpResponse:
    """Report a grave incident; it opens a red case that the province supervises. Raises NotFound for another's community."""
    actor = actor_of(request)
    code = checked(actor, place, UPPER)
    kind = choice_of(request, "incident", tuple(GRAVES))
    opened = warn.report(actor, code, kind, text_of(request, "grounds"), key_of(request))
    messages.success(request, _("已报，红色预警开了，由省里督办。"))
    return redirect("street:case", warning=opened["warning"])
