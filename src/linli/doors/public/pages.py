"""The first page, help, how pages look, and what a watcher asks."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.forms import go_back
from linli.doors.site.who import LOOKS, actor_of, rules_of
from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.steps.reads import now
from linli.journeys import mine
from linli.kernel.actor import Role
from linli.trust.evidence import reads as evidence

YEAR = int(timedelta(days=365).total_seconds())


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Lead somebody signed in to their own first page; tell a stranger what this is."""
    actor = actor_of(request)
    if actor.person is None:
        rules = policies.policy("", now().date())
        return render(request, "public/index.html", {"answer_minutes": rules.minutes("answer_minutes"), "log": evidence.state()})
    roles = [post.role for post in actor.posts]
    for role, name in ((Role.CITY, "city:home"), (Role.DISPATCHER, "street:home"), (Role.WORKER, "worker:list")):
        if role in roles:
            return redirect(name)
    return redirect("resident:home")


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Say in plain words how everything works; every number comes from the policy in force where the reader lives."""
    home = actor_of(request).home or ""
    rules = rules_of(request, home)[home]
    label = places.labels([home[:12]]).get(home[:12], "") if home else ""
    return render(request, "public/help.html", {"rules": rules, "place": label, "lines": _lines(rules)})


def _lines(rules: policies.Policy) -> dict[str, int | str]:
    spans = (
        "answer_minutes",
        "answer_group_minutes",
        "answer_urgent_minutes",
        "handle_minutes",
        "no_show_minutes",
        "check_in_code_minutes",
    )
    numbers = {name: rules.minutes(name) for name in spans}
    texts = {name: rules.text(name) for name in ("emergency_fire", "emergency_ambulance", "emergency_police", "community_phone")}
    return {**numbers, **texts, "handle_days": rules.minutes("handle_minutes") // 1440, "reopen_days": rules.days("reopen_days")}


@require_POST
def view(request: HttpRequest) -> HttpResponse:
    """Keep how pages look for this visitor: big type, light or dark, language."""
    response = go_back(request, "/")
    secure = settings.SESSION_COOKIE_SECURE
    if request.POST.get("elder") in {"0", "1"}:
        response.set_cookie("linli_elder", request.POST["elder"], max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    if request.POST.get("look") in LOOKS:
        response.set_cookie("linli_look", request.POST["look"], max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    actor = actor_of(request)
    if actor.person is not None:
        elder = request.POST.get("elder")
        mine.settings(
            actor,
            language=language if language in dict(settings.LANGUAGES) else None,
            elder_view=elder == "1" if elder in {"0", "1"} else None,
        )
    return response


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the web process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the site can serve: database, places, policy."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ready = {"database": True, "places": places.last_load() is not None, "policy": policies.loaded()}
    except OperationalError:
        ready = {"database": False}
    return JsonResponse(ready, status=200 if all(ready.values()) else 503)
