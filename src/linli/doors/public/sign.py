"""Signing in by password, code or passkey; registering; signing out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.doors.site import session
from linli.doors.site.forms import go_back, json_of, key_of, number_of, text_of
from linli.doors.site.words import sentence
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import signing
from linli.kernel.errors import Refusal, Refused
from linli.kernel.ids import new_token

STATE = "passkey_state"
NAME_MAX_HITS = 12


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with phone and password, or phone and one-time code; what was typed stays, but for the password."""
    kept: dict[str, Any] = {"phone": request.POST.get("phone", ""), "next": request.POST.get("next", request.GET.get("next", ""))}
    status = 200
    if request.method == "POST":
        try:
            phone = text_of(request, "phone")
            if "code" in request.POST:
                person = signing.by_code(phone, text_of(request, "code"))
            else:
                person = signing.by_password(phone, text_of(request, "password"))
            session.begin(request, person)
            return go_back(request, "/")
        except Refused as refused:
            kept |= {"wrong": sentence(refused), "field": refused.field, "sent": "code" in request.POST}
            status = 429 if refused.code is Refusal.TOO_MANY_TRIES else 422
    return render(request, "public/sign_in.html", kept, status=status)


@require_http_methods(["GET", "POST"])
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a one-time code; the answer is the same whether or not the phone is known. By GET one is led to where it is asked for."""
    if request.method == "GET":
        return redirect("public:sign-in")
    phone = request.POST.get("phone", "")
    registers = request.POST.get("for") == "register"
    shown: dict[str, Any] = {**_kept(request), "phone": phone, "key": request.POST.get("key") or new_token()}
    try:
        signing.send_code(text_of(request, "phone"))
    except Refused as refused:
        # A number that was never sent to stays where it was typed: beside the name, or on the page of the code where one came before.
        template = (
            "public/sign_in.html"
            if not registers
            else "public/register_code.html"
            if "code" in request.POST
            else "public/register_who.html"
        )
        status = 429 if refused.code is Refusal.TOO_MANY_TRIES else 422
        return render(request, template, shown | {"wrong": sentence(refused), "field": refused.field or "phone"}, status=status)
    return render(request, "public/register_code.html" if registers else "public/sign_in.html", shown | {"sent": True})


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("next", "name", "place", "place_name", "door", "birth_year", "sex")}


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register in three steps on one address: where, who, the code. Nothing typed is lost on the way."""
    place = text_of(request, "place", needed=False) or request.GET.get("place", "")
    if not place:
        text = request.GET.get("q", "").strip()
        hits = [hit for hit in places.search(text, limit=40) if hit.level >= 5][:NAME_MAX_HITS] if text else []
        return render(request, "public/register_place.html", {"q": text, "hits": hits})
    kept = _kept(request) | {"place": place, "place_name": places.labels([place]).get(place, "")}
    if not kept["place_name"]:
        if request.method == "POST":
            raise Refused(Refusal.PLACE_UNKNOWN, field="place")
        return redirect("public:register")
    if request.method == "GET" or "code" not in request.POST:
        return render(request, "public/register_who.html", kept)
    try:
        year = request.POST.get("birth_year", "").strip()
        form = signing.Registration(
            name=text_of(request, "name"), phone=text_of(request, "phone"), code=text_of(request, "code"), place=place,
            password=request.POST.get("password") or None, door=text_of(request, "door", needed=False),
            birth_year=number_of(request, "birth_year", low=1890, high=now().year) if year else None,
            sex=request.POST.get("sex", "") if request.POST.get("sex") in {"f", "m"} else "",
        )  # fmt: skip
        answer = signing.register(form, key_of(request))
    except Refused as refused:
        context = {
            **kept, "phone": request.POST.get("phone", ""), "sent": True, "wrong": sentence(refused), "field": refused.field,
            "key": request.POST.get("key") or new_token(),
        }  # fmt: skip
        return render(request, "public/register_code.html", context, status=422)
    session.begin(request, answer["person"])
    messages.success(request, _("登记好了，欢迎。"))
    return redirect("resident:home")


@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """Give the browser a challenge for a passkey."""
    begun = signing.passkey_begin()
    request.session[STATE] = begun["state"]
    return JsonResponse(begun["options"])


@require_POST
def passkey_finish(request: HttpRequest) -> HttpResponse:
    """Sign in with the passkey that answered the challenge; a challenge is good once."""
    state = request.session.pop(STATE, "")
    session.begin(request, signing.passkey_finish(state, json_of(request)))
    return JsonResponse({"next": reverse("public:index")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    session.end(request)
    return redirect("public:index")
