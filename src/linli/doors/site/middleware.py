"""What happens around every request: limits, rights of routes, headers, refusals of one shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.doors.site.rights import Need, need_of
from linli.doors.site.who import actor_of
from linli.doors.site.words import sentence
from linli.kernel.errors import Conflict, LinliError, NotAllowed, NotFound, Refusal, Refused

Next = Callable[[HttpRequest], HttpResponse]
BODY_BYTES_MAX = 1_000_000
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
STATUS = {Refusal.SIGN_IN_FIRST: 401, Refusal.TOO_MANY_TRIES: 429, Refusal.TOO_MANY_OPEN: 429, Refusal.NOT_PUBLISHED_YET: 409}


def limits(get_response: Next) -> Next:
    """Refuse bodies that no form of ours can have, before they are read, and addresses with a NUL, which no text of ours can hold."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > BODY_BYTES_MAX:
            return JsonResponse({"code": "input_too_long", "description": f"body larger than {BODY_BYTES_MAX} bytes"}, status=413)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return get_response(request)

    return middleware


def headers(get_response: Next) -> Next:
    """Add the security headers; pages about people are never cached."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class Rights:
    """Check the route's row of the rights table before its view runs; a route without a row does not exist."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Answer a visitor who may not be here: sign-in for strangers, not-found for everybody else."""
        match = request.resolver_match
        need = need_of(match.view_name if match else "")
        if need is None:
            raise Http404
        if need is Need.PUBLIC:
            return None
        if need is Need.DEMO:
            if not settings.LINLI_DEMO:
                raise Http404
            return None
        actor = actor_of(request)
        if actor.person is None:
            if request.path.startswith("/api/") or request.headers.get("HX-Request"):  # a piece of a page cannot hold the page to sign in
                return error_answer(request, Refused(Refusal.SIGN_IN_FIRST))
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        if not need.met_by(actor):
            raise Http404
        return None


class Refusals:
    """Turn LinliError into an answer of one shape: a page for people, {"code", "description", "field"} for programs."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer errors of the family; others are faults of ours and go on to the 500 page."""
        if isinstance(error, RequestDataTooBig):
            error = Refused(Refusal.INPUT_TOO_LONG, field="body", length_max=BODY_BYTES_MAX)
        return error_answer(request, error) if isinstance(error, LinliError) else None


def describe(error: LinliError) -> tuple[int, dict[str, str]]:
    """Return the HTTP status and the one wire shape of an error."""
    if isinstance(error, Refused):
        body = {"code": error.code.value, "description": sentence(error)}
        if error.field:
            body["field"] = error.field
        return STATUS.get(error.code, 422), body
    if isinstance(error, NotAllowed):
        return 403, {"code": "not_allowed", "description": _("这一步不在您的职责里。需要的话，请找社区工作者。")}
    if isinstance(error, Conflict):
        return 409, {"code": "key_reused", "description": _("这张表已经用别的内容交过一次。请刷新后再填。")}
    if isinstance(error, NotFound):
        return 404, {"code": "not_found", "description": _("没有找到，或者这不是给您看的。")}
    raise TypeError(f"unknown error kind {type(error).__name__}")


def error_answer(request: HttpRequest, error: LinliError) -> HttpResponse:
    """Answer an error in the visitor's way: JSON for programs, a fragment for htmx, a page for people."""
    status, body = describe(error)
    wants_json = request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")
    if wants_json:
        return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    template = "site/error_piece.html" if request.headers.get("HX-Request") else "site/error.html"
    return render(request, template, {"error": body, "status": status}, status=status)
