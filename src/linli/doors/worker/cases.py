"""Warnings of a community and rectifications from bad ratings: each a case with a clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of, with_query
from linli.doors.site.forms import go_back, key_of, shown_again, text_of
from linli.doors.site.terms import DIMENSIONS, GRAVES, RECTIFY_STATES, WARNING_LEVELS, WARNING_REASONS, WARNING_STATES, WARNING_TONES, say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import CasesPage, Clock, Option, RectificationLine, WarningLine
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.journeys import rate
from linli.kernel.actor import STAFF
from linli.kernel.errors import NotFound
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.reads import WarningCard
from linli.trust.voice import reads as voice
from linli.trust.voice.reads import RectificationRow

WAITS_FOR_STAFF = ("opened", "planned", "false")


def used_percent(start: datetime, due: datetime, left_s: int | None) -> int:
    """Return how much of a clock is used, 0 to 100."""
    whole_s = max(1, int((due - start).total_seconds()))
    return 0 if left_s is None else min(100, max(0, 100 - left_s * 100 // whole_s))


def warning_title(card: WarningCard) -> str:
    """Return what a case is about, in a few words."""
    if card.grave:
        return say(GRAVES, card.grave)
    return _("%(what)s低于 %(bar)s") % {"what": say(DIMENSIONS, card.dimension), "bar": f"{card.bar_ppm / 10_000:.0f}%"}


def warning_clock(card: WarningCard) -> Clock:
    """Return the clock that runs in a case: plan, proof or call-back."""
    labels = {"open": _("交整改方案"), "planned": _("交整改凭据"), "calling": _("回访完")}
    starts = {"open": card.opened_at, "planned": card.planned_at, "calling": card.drawn_at}
    start, due, state = starts.get(card.state.value), card.due_at, card.state.value
    used = used_percent(start, due, card.left_s) if start and due else 0
    return Clock(labels.get(state, ""), card.left_s, used, met=card.left_s is None)


def warning_line(card: WarningCard, names: dict[str, str]) -> WarningLine:
    """Return one warning as shown in a list, with what opened it."""
    return WarningLine(
        card.id, names.get(card.place, card.place), card.place, say(WARNING_LEVELS, card.level.value), WARNING_TONES[card.level.value],
        warning_title(card), say(WARNING_REASONS, card.reason.value), say(WARNING_STATES, card.state.value), card.share, card.opened_at,
        warning_clock(card), card.closed_at, reverse("street:case", args=[card.id]), card.brought,
    )  # fmt: skip


def level_filter(request: HttpRequest) -> tuple[str, tuple[Option, ...]]:
    """Return the level a list of cases is asked for ('' for all), and the choices with their addresses."""
    asked = request.GET.get("level", "")
    chosen = asked if asked in WARNING_LEVELS else ""
    kept = {"place": request.GET.get("place", "")}
    options = [Option(with_query(request.path, **kept), _("全部"), not chosen)]
    options += [
        Option(with_query(request.path, **kept, level=code), gettext(name), code == chosen) for code, name in WARNING_LEVELS.items()
    ]
    return chosen, tuple(options)


def _rectification_line(row: RectificationRow) -> RectificationLine:
    service, state = needs.service(row.service), row.state.value
    clock = Clock(_("改好"), row.left_s, used_percent(row.opened_at, row.due_at, row.left_s))
    return RectificationLine(
        row.id, _(service.name) if service else row.service, say(RECTIFY_STATES, state), "lamp" if state in {"opened", "false"} else "",
        clock, row.plan, row.proof, reverse("worker:rectify", args=[row.id, "plan"]) if state in WAITS_FOR_STAFF else "",
        reverse("worker:rectify", args=[row.id, "show"]) if state == "planned" else "",
    )  # fmt: skip


def _show(request: HttpRequest, **_case: object) -> HttpResponse:
    actor, moment, community = actor_of(request), now(), community_of(request)
    names = places.names([community, *(p.place for p in actor.posts)])
    frame = frame_of(request, "worker:cases", names)
    level, levels = level_filter(request)
    opened, closed = warnings.cases_in(community, moment, level=level)
    page = CasesPage(
        frame=frame,
        community_name=names.get(community, community),
        warnings=tuple(warning_line(card, names) for card in opened),
        closed=tuple(warning_line(card, names) for card in closed),
        levels=levels,
        star_url=reverse("street:star", args=[community]),
        rectifications=tuple(_rectification_line(row) for row in voice.open_rectifications(community, moment)),
        here=reverse("worker:cases"),
    )
    return render(request, "worker/cases.html", {"page": page, "frame": frame})


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show the warnings and rectifications of a community; a constant number of queries."""
    return _show(request)


@require_POST
@shown_again(_show)
def rectify(request: HttpRequest, rectification: UUID, step: str) -> HttpResponse:
    """Say how it will be put right (plan), or show that it was (show). Raises NotFound for one of another place."""
    actor = actor_of(request)
    row = voice.rectification(rectification, now())
    if not actor.holds_any(STAFF, row.place):
        raise NotFound
    if step == "plan":
        rate.plan(actor, row.id, text_of(request, "text"), key_of(request))
        messages.success(request, _("整改办法已记下。"))
    elif step == "show":
        rate.show(actor, row.id, text_of(request, "text"), key_of(request))
        messages.success(request, _("已请居民来看，认可了才算完。"))
    else:
        raise NotFound
    return go_back(request, reverse("worker:cases"))
