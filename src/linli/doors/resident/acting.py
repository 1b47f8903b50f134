"""One shape for every button: do the step, say what came of it, go back; a refusal is said at the top of the same page."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

from linli.doors.site.middleware import describe
from linli.kernel.errors import Refused

Did = Callable[[], Any]


def acted(request: HttpRequest, did: Did, where: str, said: str = "") -> HttpResponse:
    """Take a step and return to `where`; what was refused has changed nothing, and the page says why."""
    try:
        did()
    except Refused as refused:
        return shown_refusal(request, refused, where)
    if said:
        messages.success(request, said)
    return redirect(where)


def shown_refusal(request: HttpRequest, refused: Refused, where: str) -> HttpResponse:
    """Answer with the page at `where`, what was refused at its top, and the status that says so to programs too."""
    status, body = describe(refused)
    messages.error(request, body["description"])
    page = copy(request)
    page.method, page.path, page.path_info = "GET", where, where
    match = resolve(where)
    page.resolver_match = match
    answer: HttpResponse = match.func(page, *match.args, **match.kwargs)
    answer.status_code = status
    return answer
