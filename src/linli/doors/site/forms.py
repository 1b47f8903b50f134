"""Reading what a form sent: each reader returns a clean value or refuses, naming the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme

from linli.doors.site.middleware import describe
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.kernel.errors import Refusal, Refused

LENGTH_MAX = 2000
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Problem:
    """A form that was refused: its address, what to say, the field at fault and what had been typed."""

    url: str
    sentence: str
    field: str
    typed: dict[str, str]


def shown_again(page: View) -> Callable[[View], View]:
    """Show `page` again where the step of a form on it is refused: the sentence at the field, everything typed still there.

    `page` takes the request and the step's arguments; its template finds the `problem` (see site/problem.html). Where the form is no
    longer on the page, because the thing has moved on, the sentence stands at the top instead: nobody is refused in silence.
    """

    def around(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, **arguments: object) -> HttpResponse:
            try:
                return view(request, **arguments)
            except Refused as refused:
                status, said = describe(refused)
                typed = {name: str(value) for name, value in request.POST.items()}
                request.linli_problem = Problem(request.path, said["description"], refused.field or "", typed)  # type: ignore[attr-defined]
                answer = page(request, **arguments)
                if escape(said["description"]) not in answer.content.decode():
                    messages.error(request, said["description"])
                    answer = page(request, **arguments)
                answer.status_code = status
                return answer

        return inner

    return around


def key_of(request: HttpRequest) -> str:
    """Return the key that the form made for itself. Raises Refused(INPUT_MISSING, INPUT_INVALID); what else is unreadable names itself."""
    keys = request.POST.getlist("key")
    if not keys or not keys[-1].strip():
        raise Refused(Refusal.INPUT_MISSING, field="key")
    if len(keys) > 1 or len(keys[0]) > LENGTH_MAX or not keys[0].isascii():
        raise Refused(Refusal.INPUT_INVALID, field="key")
    return keys[0].strip()


def text_of(request: HttpRequest, field: str, *, needed: bool = True) -> str:
    """Return a text field without outer blanks. Raises Refused(INPUT_MISSING) where it must not be empty, INPUT_TOO_LONG, INPUT_INVALID.

    A field that stands twice is refused: nobody can say which of the two was meant. So are bytes that are no UTF-8 (they arrive as
    the mark of replacement): what was meant is lost.
    """
    value = request.POST.get(field, "").strip()
    if "\0" in value or "\ufffd" in value or len(request.POST.getlist(field)) > 1 or not _readable(request):
        raise Refused(Refusal.INPUT_INVALID, field=field)
    if needed and not value:
        raise Refused(Refusal.INPUT_MISSING, field=field)
    if len(value) > LENGTH_MAX:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=LENGTH_MAX)
    return value


def _readable(request: HttpRequest) -> bool:
    # Raw bytes that are no UTF-8 would be read as Latin letters, each a letter that nobody typed.
    if request.content_type != "application/x-www-form-urlencoded" or request.body.isascii():
        return True
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return False
    return True


def flag_of(request: HttpRequest, field: str) -> bool:
    """Tell whether a box is ticked."""
    return request.POST.get(field, "") in {"1", "on", "true"}


def number_of(request: HttpRequest, field: str, *, low: int, high: int) -> int:
    """Return a whole number in [low, high]. Raises Refused(INPUT_MISSING, INPUT_INVALID)."""
    value = text_of(request, field)
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or not low <= int(value) <= high:
        raise Refused(Refusal.INPUT_INVALID, field=field)
    return int(value)


def id_of(request: HttpRequest, field: str) -> UUID:
    """Return an id. Raises Refused(INPUT_MISSING, INPUT_INVALID)."""
    try:
        return UUID(text_of(request, field))
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


def choice_of(request: HttpRequest, field: str, known: tuple[str, ...]) -> str:
    """Return one of the offered values. Raises Refused(INPUT_MISSING, INPUT_INVALID)."""
    value = text_of(request, field)
    if value not in known:
        raise Refused(Refusal.INPUT_INVALID, field=field)
    return value


def moment_of(request: HttpRequest, field: str) -> datetime | None:
    """Return a moment typed in Beijing time as UTC, or None where left empty. Raises Refused(INPUT_INVALID)."""
    value = text_of(request, field, needed=False)
    if not value:
        return None
    try:
        typed = datetime.fromisoformat(value)
        return typed.replace(tzinfo=typed.tzinfo or SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 has no evening before it in UTC
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


def json_of(request: HttpRequest) -> dict[str, Any]:
    """Return the object a script of ours sent. Raises Refused(INPUT_INVALID) for anything else, however deep it is nested."""
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise Refused(Refusal.INPUT_INVALID, field="body")
    return sent


def date_of(request: HttpRequest, field: str) -> date:
    """Return a day. Raises Refused(INPUT_MISSING, INPUT_INVALID)."""
    try:
        return date.fromisoformat(text_of(request, field))
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


def go_back(request: HttpRequest, default: str) -> HttpResponse:
    """Return to the page the form named in `next`, where it is one of ours, else to `default`."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if target and safe else default)
