"""The need-code page: no account, one tap to choose, one to send; and the page that follows such a need."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.doors.site.forms import flag_of, key_of, number_of, text_of
from linli.doors.site.steps import steps_of
from linli.doors.site.words import sentence
from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import ask, confirm, visit
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import NotFound, Refusal, Refused

STRANGER = Actor("anonymous", None, Channel.CODE)


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """Show the services of the sheet's place, then one page to send. An unknown and a revoked sheet look the same."""
    row = needs.sheet_by_token(token)
    if row is None:
        return render(request, "public/sheet_gone.html", status=404)
    chosen = text_of(request, "service", needed=False) if request.method == "POST" else request.GET.get("service", "")
    service = needs.service(chosen)
    rules = policies.policy(row.place, now().date())
    context = {
        "token": token, "place": places.near(row.place), "services": needs.services_at(row.place[:12]), "service": service,
        "answer_minutes": rules.minutes("answer_minutes"), "words": request.POST.get("words", ""), "phone": rules.text("community_phone"),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "public/sheet_send.html" if service else "public/sheet.html", context)
    if service is None:
        messages.error(request, sentence(Refused(Refusal.SERVICE_UNKNOWN, field="service")))
        return render(request, "public/sheet.html", context, status=422)
    try:
        draft = ask.AskDraft(
            service=service.code, words=text_of(request, "words", needed=False), urgent=flag_of(request, "urgent"), sheet_token=token,
            caller_name=text_of(request, "name", needed=False), caller_phone=text_of(request, "phone", needed=False),
        )  # fmt: skip
        answer = ask.ask(STRANGER, draft, key_of(request))
    except Refused as refused:
        return render(request, "public/sheet_send.html", context | {"wrong": sentence(refused)}, status=422)
    return redirect("public:follow", token=answer["follow"])


def _follow(token: str) -> needs.NeedCard:
    card = needs.by_follow(token, now())
    if card is None:
        raise NotFound
    return card


@require_http_methods(["GET"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a need asked without an account goes, to whoever has the link."""
    moment = now()
    card = _follow(token)
    row = visits.visit_of_need(card.id)
    rules = policies.policy(card.place, moment.date())
    context = {
        "token": token, "card": card, "steps": steps_of(card.state), "visit": row, "code": visit.code_by_follow(token, moment),
        "place": places.near(card.place), "phone": rules.text("community_phone"),
        "live": card.state in {"open", "offered", "matched"},
        "ask_minutes": row is not None and row.state == "checked_out" and row.resident_minutes is None,
        "fire": rules.text("emergency_fire"), "ambulance": rules.text("emergency_ambulance"), "police": rules.text("emergency_police"),
    }  # fmt: skip
    return render(request, "public/follow.html", context)


@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take such a need back."""
    ask.withdraw_by_follow(token, key_of(request))
    messages.success(request, _("撤回了。以后有事再扫一次就好。"))
    return redirect("public:follow", token=token)


@require_POST
def confirm_minutes(request: HttpRequest, token: str) -> HttpResponse:
    """Say how long it took."""
    confirm.by_follow(token, number_of(request, "minutes", low=1, high=1440), key_of(request))
    messages.success(request, _("记下了，谢谢您。"))
    return redirect("public:follow", token=token)
