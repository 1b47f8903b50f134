"""How /api/v1 says no: every error in the one shape of every door, in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from linli.doors.api.shapes import Problem
from linli.doors.site.middleware import describe, plain_answer
from linli.kernel.errors import LinliError, NotFound, Refusal, Refused

PROBLEMS: Mapping[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 415, 422, 429), Problem)
TOO_LONG = {"string_too_long", "too_long"}


class OnceEach(Parser):
    """Reads a body; a name that stands twice in one object makes it unreadable, for nobody can say which of the two was meant."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what the body says. Raises ValueError, RecursionError; ninja answers both with 400."""
        return json.loads(request.body, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _name(location: tuple[str | int, ...]) -> str:
    """Return the field at fault as the caller wrote it: without where it stood and without our own parameter's name."""
    parts = [str(part) for part in location[1:]]
    return ".".join(parts[1:] if location[0] == "body" and parts[:1] == ["body"] else parts) or str(location[0])


def on_bad_input(error: ValidationError) -> Refused:
    """Return the refusal for input that does not have its shape: the first field at fault, by name."""
    first = error.errors[0]
    field, kind, facts = _name(tuple(first["loc"])), str(first["type"]), first.get("ctx", {})
    if kind == "missing":
        return Refused(Refusal.INPUT_MISSING, field=field)
    if kind in TOO_LONG and isinstance(facts.get("max_length"), int):
        return Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=facts["max_length"])
    return Refused(Refusal.INPUT_INVALID, field=field)


def install(api: NinjaAPI) -> None:
    """Give every error of `api` the one shape."""

    def family(request: HttpRequest, error: LinliError) -> HttpResponse:
        status, body = describe(error)
        return api.create_response(request, body, status=status)

    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error, AuthenticationError):
            return family(request, Refused(Refusal.SIGN_IN_FIRST))
        return plain_answer(request, error.status_code)

    def shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return family(request, on_bad_input(error))

    def nothing(request: HttpRequest, _error: Http404) -> HttpResponse:
        return family(request, NotFound())

    api.exception_handler(LinliError)(family)
    api.exception_handler(ValidationError)(shape)
    api.exception_handler(Http404)(nothing)
    api.exception_handler(HttpError)(other)
