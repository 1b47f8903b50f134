"""The need-code page: no account, one tap to choose, one to send; and the page that follows such a need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.doors.resident.home import ELDER_TILES, tiles_of
from linli.doors.resident.shown import standing
from linli.doors.site.forms import flag_of, key_of, number_of, shown_again, text_of
from linli.doors.site.steps import StepShown, steps_of
from linli.doors.site.terms import ENDED_STATES
from linli.doors.site.who import rules_of, view_of
from linli.doors.site.words import sentence
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.catalogue import Service
from linli.help.visits import reads as visits
from linli.help.visits.reads import Around
from linli.journeys import ask, confirm, visit
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_token

STRANGER = Actor("anonymous", None, Channel.CODE)


MINUTES_MAX = 1440


@dataclass(frozen=True, slots=True)
class SheetPage:
    """What a need code opens: the services of its place (`more`: there are others), the one chosen, what was typed, why it was refused."""

    token: str
    place: str
    community: str
    services: tuple[Service, ...]
    more: bool
    service: Service | None
    answer_minutes: int
    kept: Mapping[str, str]
    key: str
    wrong: str = ""
    field: str = ""


def _sheet_page(request: HttpRequest, row: needs.SheetRow, token: str, refused: Refused | None = None) -> SheetPage:
    services = needs.services_at(row.place[:12])
    fewer = tiles_of(services, tiles=ELDER_TILES) if view_of(request).elder and "all" not in request.GET else services
    return SheetPage(
        token=token, place=places.near(row.place), community=row.place[:12], services=fewer, more=len(fewer) < len(services),
        service=needs.service(request.POST.get("service", request.GET.get("service", ""))),
        answer_minutes=rules_of(request, row.place)[row.place].minutes("answer_minutes"), kept=request.POST,
        key=request.POST.get("key") or new_token(), wrong=sentence(refused) if refused else "",
        field=(refused.field or "").removeprefix("caller_") if refused else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """Show the services of the sheet's place, then one page to send. An unknown and a revoked sheet look the same."""
    row = needs.sheet_by_token(token)
    if row is None:
        return render(request, "public/sheet_gone.html", status=404)
    if request.method == "POST":
        text_of(request, "service", needed=False)  # a field that stands twice is refused, whichever of the two was meant
    page = _sheet_page(request, row, token)
    if request.method == "GET":
        return render(request, "public/sheet_send.html" if page.service else "public/sheet.html", {"page": page})
    if page.service is None:
        messages.error(request, sentence(Refused(Refusal.SERVICE_UNKNOWN, field="service")))
        return render(request, "public/sheet.html", {"page": page}, status=422)
    try:
        draft = ask.AskDraft(
            service=page.service.code, words=text_of(request, "words", needed=False), urgent=flag_of(request, "urgent"), sheet_token=token,
            caller_name=text_of(request, "name", needed=False), caller_phone=text_of(request, "phone", needed=False),
        )  # fmt: skip
        answer = ask.ask(STRANGER, draft, key_of(request))
    except Refused as refused:
        return render(request, "public/sheet_send.html", {"page": _sheet_page(request, row, token, refused)}, status=422)
    return redirect("public:follow", token=answer["follow"])


@dataclass(frozen=True, slots=True)
class FollowPage:
    """How a need asked without an account goes; `ask_minutes` is what to suggest where the minutes are asked for, else None."""

    token: str
    title: str
    number: str
    place: str
    steps: tuple[StepShown, ...]
    line: str
    pill: str
    code: str
    live: bool
    can_withdraw: bool
    ask_minutes: int | None


def _follow_page(request: HttpRequest, token: str) -> FollowPage:
    moment = now()
    card = needs.by_follow(token, moment)
    if card is None:
        raise NotFound
    rules = rules_of(request, card.place)[card.place]
    at = standing(card, visits.around([card.id]).get(card.id, Around()), rules, moment, still=view_of(request).elder)
    row, code, state = at.visit, visit.code_by_follow(token, moment), card.state.value
    asks = row is not None and row.state.value == "checked_out" and row.resident_minutes is None
    return FollowPage(
        token=token, title=_(card.service.name), number=card.number, place=places.near(card.place),
        steps=steps_of(state, near=at.near), line=at.line, pill=at.pill, code=code.code if code else "",
        live=state not in ENDED_STATES, can_withdraw=state in {"open", "offered", "matched"},
        ask_minutes=(row.helper_minutes or row.minutes_estimated) if row is not None and asks else None,
    )  # fmt: skip


def _show(request: HttpRequest, *, token: str) -> HttpResponse:
    return render(request, "public/follow.html", {"page": _follow_page(request, token)})


@require_http_methods(["GET"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a need asked without an account goes, to whoever has the link."""
    return _show(request, token=token)


@require_http_methods(["GET", "POST"])
@shown_again(_show)
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take such a need back. By GET, from a browser that opens its last page anew, one is led to the need."""
    if request.method == "GET":
        return redirect("public:follow", token=token)
    ask.withdraw_by_follow(token, key_of(request))
    messages.success(request, _("撤回了。以后有事再扫一次就好。"))
    return redirect("public:follow", token=token)


@require_http_methods(["GET", "POST"])
@shown_again(_show)
def confirm_minutes(request: HttpRequest, token: str) -> HttpResponse:
    """Say how long it took; a refused number is shown again where it was typed. By GET one is led to the need."""
    if request.method == "GET":
        return redirect("public:follow", token=token)
    confirm.by_follow(token, number_of(request, "minutes", low=1, high=MINUTES_MAX), key_of(request))
    messages.success(request, _("记下了，谢谢您。"))
    return redirect("public:follow", token=token)
