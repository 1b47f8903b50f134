"""A program that calls /api/v1 and holds every answer to what openapi.json promises."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator

from linli.journeys import tokens
from tests.cast import Street

BASE = "/api/v1"
UNSAFE = ("post", "put", "patch", "delete")


@cache
def promised() -> dict[str, Any]:
    """Return the openapi document as a program reads it."""
    answer = Client().get(f"{BASE}/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.content)  # type: ignore[no-any-return]


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, path, operation) of every call."""
    return [(method, path, op) for path, calls in promised()["paths"].items() for method, op in calls.items()]


def operation(method: str, url: str) -> dict[str, Any] | None:
    """Return the operation that answers a call; the most literal path wins."""
    where = url.partition("?")[0]
    fits = [
        (path.count("{"), op)
        for way, path, op in operations()
        if way == method.lower() and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), where)
    ]
    return min(fits, key=lambda fit: fit[0])[1] if fits else None


def held_to_promise(method: str, url: str, answer: HttpResponse) -> None:
    """Fail where an answer is not what openapi.json says of this call: its status, its kind, its shape."""
    op = operation(method, url)
    assert op is not None, f"{method} {url} is not promised"
    status = str(answer.status_code)
    assert status in op["responses"], f"{method} {url} answered {status}, promised {sorted(op['responses'])}: {answer.content[:300]!r}"
    content = op["responses"][status].get("content")
    if content is None:
        assert not answer.content
        return
    assert answer["Content-Type"].startswith("application/json"), answer["Content-Type"]
    schema = content["application/json"]["schema"] | {"components": promised()["components"]}
    found = [f"{'.'.join(map(str, e.path))}: {e.message}" for e in Draft202012Validator(schema).iter_errors(json.loads(answer.content))]
    assert not found, f"{method} {url}: {found}"


def said_why(answer: HttpResponse) -> dict[str, str]:
    """Return the error of an answer; it must have the one shape and a sentence."""
    body = json.loads(answer.content)
    assert set(body) <= {"code", "description", "field"}, body
    assert re.fullmatch(r"[a-z_]+", body["code"])
    assert len(body["description"]) >= 4
    return body  # type: ignore[no-any-return]


@dataclass
class Program:
    """Acts for somebody of the cast, or for nobody."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def call(self, method: str, url: str, body: object = None, *, key: str | None = None, **headers: str) -> HttpResponse:
        """Call and hold the answer to its promise. `body` is sent as JSON; bytes are sent as they are."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        known |= {"Idempotency-Key": key} if key is not None else {}
        answer = self.client.generic(method, BASE + url, sent, "application/json", headers=known | headers)
        held_to_promise(method, BASE + url, answer)  # type: ignore[arg-type]
        return answer  # type: ignore[return-value]


def program_of(street: Street, name: str) -> Program:
    """Return a program that acts for somebody of the cast."""
    return Program(str(tokens.issue(street.actor(name), street.people[name], "试验", street.key())["token"]))
