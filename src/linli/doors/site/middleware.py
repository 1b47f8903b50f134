"""What happens around every request: limits, rights of routes, headers, refusals of one shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
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
API = "/api/"
LENGTH_DIGITS_MAX = 9
STATUS = {Refusal.SIGN_IN_FIRST: 401, Refusal.TOO_MANY_TRIES: 429, Refusal.TOO_MANY_OPEN: 429, Refusal.NOT_PUBLISHED_YET: 409}


def limits(get_response: Next) -> Next:
    """Refuse, before it is read, what no form and no program of ours sends: huge bodies, NULs in addresses and cookies, no JSON for the API."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()) or len(length) > LENGTH_DIGITS_MAX or int(length) > BODY_BYTES_MAX:
            return plain_answer(request, 413)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return plain_answer(request, 404)
        if any("\0" in value for value in request.COOKIES.values()):
            return plain_answer(request, 400)
        if request.path.startswith(API) and int(length) and request.content_type != "application/json":
            return plain_answer(request, 415)
        return get_response(request)

    return middleware


def headers(get_response: Next) -> Next:
    """Add the security headers; pages about people are never cached."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
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
            if _wants_json(request) or request.headers.get("HX-Request"):  # a piece of a page cannot hold the page to sign in
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
        """Pass the request on; what the framework refuses without a word, or for programs in words of its own, is said in ours."""
        response = self.get_response(request)
        bare = response.status_code in PLAIN and not response.get("Content-Type", "").startswith("application/json")
        if bare and (response.status_code == 405 or _wants_json(request)):
            return _kept(response, plain_answer(request, response.status_code))
        return response

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


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(API) or "application/json" in request.headers.get("Accept", "")


def error_answer(request: HttpRequest, error: LinliError) -> HttpResponse:
    """Answer an error in the visitor's way: JSON for programs, a fragment for htmx, a page for people."""
    status, body = describe(error)
    return _answer(request, status, body)


def _answer(request: HttpRequest, status: int, body: dict[str, str]) -> HttpResponse:
    if _wants_json(request):
        return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json; charset=utf-8", status=status)
    template = "site/error_piece.html" if request.headers.get("HX-Request") else "site/error.html"
    return render(request, template, {"error": body, "status": status}, status=status)


# What is refused before any rule of ours is asked: status -> (code, words).
PLAIN = {
    400: ("bad_request", gettext_noop("送来的内容读不出来，请重新填一次。")),
    401: ("sign_in_first", gettext_noop("请先登录。")),
    403: ("form_expired", gettext_noop("这张表放久了，或者不是从这里打开的。请刷新页面，再交一次。")),
    404: ("not_found", gettext_noop("没有找到，或者这不是给您看的。")),
    405: ("method_not_allowed", gettext_noop("这个地址不收这样的请求。请从页面上的按钮走。")),
    413: ("input_too_long", gettext_noop("送来的内容太大了，没有收。")),
    415: ("media_type", gettext_noop("这里只收 JSON（Content-Type: application/json）。")),
    429: ("too_many_tries", gettext_noop("来得太密了，请过一会儿再试。")),
}


def plain_answer(request: HttpRequest, status: int) -> HttpResponse:
    """Answer what was refused before any rule was asked, in the one shape."""
    code, words = PLAIN.get(status, PLAIN[400])
    fields = {415: "Content-Type", 413: "body", 400: "body"}
    field = {"field": fields[status]} if status in fields else {}
    return _answer(request, status, {"code": code, "description": gettext(words), **field})


def _kept(old: HttpResponse, new: HttpResponse) -> HttpResponse:
    for name in ("Allow", "WWW-Authenticate"):
        if name in old:
            new[name] = old[name]
    return new


def form_expired(request: HttpRequest, **_reason: object) -> HttpResponse:
    """Answer a form without its token; the reason is the framework's and tells an attacker more than a neighbour."""
    return plain_answer(request, 403)


def unreadable(request: HttpRequest, *_: object, **_exception: object) -> HttpResponse:
    """Answer what the framework could not read: broken multipart, too many fields, a host that is not ours."""
    return plain_answer(request, 400)


def nowhere(request: HttpRequest, *_: object, **_exception: object) -> HttpResponse:
    """Answer an address where nothing is, or nothing for this visitor: the two look the same."""
    return plain_answer(request, 404)
