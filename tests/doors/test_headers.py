"""Every kind of answer carries the headers that keep other sites out of it, and nothing runs on a page that is not a file of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import Morsel

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.doors.conftest import taken_back
from tests.doors.program import program_of
from tests.lived import Lived
from tests.test_doors import ENTERS, LEADS_ON, NO_PAGE, OWN_DOOR, STEPS_OF_DOORS, space
from tests.walk import address, client_of, routes

INLINE = (
    re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE), re.compile(r"<style\b", re.IGNORECASE), re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    re.compile(r"<[^>]+\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
)  # fmt: skip
AWAY = re.compile(r"<(?:script|link|img|iframe|form)\b[^>]*\s(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE)


def policy_of(answer: HttpResponse) -> dict[str, list[str]]:
    """Return the content policy by directive."""
    rows = (row.split() for row in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in rows}


def flaws(answer: HttpResponse) -> list[str]:
    """Return what an answer lacks."""
    found = []
    policy = policy_of(answer)
    if policy.get("default-src") != ["'none'"] or policy.get("frame-ancestors") != ["'none'"] or policy.get("base-uri") != ["'none'"]:
        found.append("policy opens")
    if any("unsafe" in value or "*" in value or "http" in value for values in policy.values() for value in values):
        found.append("policy is loose")
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found += [name for name, value in wanted.items() if answer.get(name) != value]
    if answer.get("Permissions-Policy", "").startswith("camera=(), microphone=()") is False:
        found.append("Permissions-Policy")
    return found


def kinds(lived: Lived) -> Iterator[tuple[str, HttpResponse]]:
    """Yield one answer of every kind."""
    stranger, li, chen = client_of(lived.street), client_of(lived.street, "li"), client_of(lived.street, "chen")
    need = next(r for r in routes() if r.name == "worker:need")
    yield "page", li.get("/home/")
    yield "fragment", chen.get(address(lived, need), headers={"HX-Request": "true"})
    yield "redirect", stranger.get("/home/")
    yield "refused form", li.post("/home/me/grant/", {})
    yield "not found", stranger.get("/nowhere/")
    yield "no such method", stranger.post("/healthz")
    yield "too long", stranger.get("/", headers={"Content-Length": "9999999999"})
    yield "NUL in the address", stranger.get("/help/%00/")
    yield "form without its token", Client(enforce_csrf_checks=True).post("/view/", {"elder": "1"})
    yield "API", program_of(lived.street, "li").call("GET", "/me/needs")
    yield "API refused", stranger.get("/api/v1/me/needs")
    yield "API, no JSON", stranger.post("/api/v1/needs", data="x", content_type="text/plain")
    yield "log", stranger.get("/log/checkpoint")
    yield "plain", stranger.get("/healthz")
    yield "numbers", stranger.get("/metrics")
    yield "static", stranger.get("/static/site/linli.css")
    yield "no such static", stranger.get("/static/site/nothing.css")


def test_every_kind_of_answer_has_its_headers(standing: Lived) -> None:
    wrong, seen = [], set()
    with taken_back():
        for kind, answer in kinds(standing):
            seen.add(answer.status_code)
            wrong += [f"{kind} ({answer.status_code}): {flaw}" for flaw in flaws(answer)]
    assert not wrong, "\n".join(wrong)
    assert {200, 302, 400, 401, 403, 404, 405, 413, 415} - seen <= {400}


def test_a_fault_of_ours_has_them_too(standing: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> HttpResponse:
        raise ZeroDivisionError

    monkeypatch.setattr("linli.doors.resident.home.own_and_wards", broken)
    client = client_of(standing.street, "li")
    client.raise_request_exception = False
    answer = client.get("/home/")
    assert answer.status_code == 500
    assert flaws(answer) == []


def test_nothing_runs_inside_of_a_page(standing: Lived) -> None:
    wrong, number = [], 0
    for route in routes():
        if space(route) not in ENTERS or route.name in STEPS_OF_DOORS | LEADS_ON | NO_PAGE:
            continue
        client = client_of(standing.street, OWN_DOOR.get(route.name, ENTERS[space(route)]))
        with taken_back():
            answer = client.get(address(standing, route))
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        number += 1
        text = answer.content.decode()
        wrong += [f"{route.name}: {found.group(0)[:80]}" for pattern in (*INLINE, AWAY) if (found := pattern.search(text))]
    assert number > 30
    assert not wrong, "\n".join(wrong)


def cookies_of(client: Client) -> dict[str, Morsel[str]]:
    """Return the cookies of a visitor who signed in through the door of the demo and chose how pages look."""
    client.get("/sign-in/")
    client.post("/view/", {"elder": "1", "look": "dark", "language": "en"})
    return dict(client.cookies)


@pytest.mark.parametrize("production", [False, True])
def test_cookies_stay_at_home(standing: Lived, settings: object, production: bool) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = production  # type: ignore[attr-defined]
    client = client_of(standing.street)
    with taken_back():
        client.post("/demo/as/", {"persona": "li"})
        found = cookies_of(client)
    assert {"linli_elder", "linli_look", "linli_language", "linli_session", "csrftoken"} <= set(found)
    for name, morsel in found.items():
        assert morsel["samesite"] == "Lax", name
        assert bool(morsel["secure"]) is production, name
        assert morsel["httponly"], name
