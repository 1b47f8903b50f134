"""One shape for every button: do the step, say what came of it, go back; a refusal is said at the top of the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from linli.doors.site.words import sentence
from linli.kernel.errors import Refused

Did = Callable[[], Any]


def acted(request: HttpRequest, did: Did, where: str, said: str = "") -> HttpResponse:
    """Take a step and return to `where`; what was refused has changed nothing, and the page says why."""
    try:
        did()
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect(where)
