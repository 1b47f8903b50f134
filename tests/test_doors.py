"""Through the doors: every page opens for whoever may enter and for nobody else, every step is taken once, every refusal is said."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from linli.doors.site.rights import DOORS, ROUTES, need_of
from tests.lived import Lived
from tests.walk import Route, address, client_of, faults_of, routes

STEPS_OF_DOORS = {
    "public:view", "public:send-code", "public:passkey-begin", "public:passkey-finish", "public:sign-out", "public:follow-withdraw",
    "public:follow-confirm", "demo:become", "worker:offer", "worker:act", "worker:visit-act", "worker:certify", "worker:helper-pause",
    "worker:sheet-issue", "worker:sheet-household", "worker:sheet-revoke", "worker:declare", "worker:rectify",
    "worker:find", "worker:enter-resident", "worker:enter-building", "worker:pair", "worker:seed", "worker:notices-read",
    "street:approve", "street:case-act", "street:grave-report", "street:star-appeal", "city:stars-grade", "city:star-decide", "resident:notices-read", "resident:act", "resident:pause", "resident:accept",
    "resident:decline", "resident:visit-act", "resident:grant", "resident:withdraw", "resident:unblock", "resident:passkey-begin",
    "resident:passkey-finish", "resident:programs-revoke", "resident:give-send", "resident:family-end", "worker:family", "worker:family-end", "programme:assign", "programme:risk-decide", "city:trial-ask", "city:trial-cancel", "city:paper-draft", "city:paper-publish",
    "city:quarters-look", "city:quarters-carry", "log:add-checkpoint", "resident:certificate-issue", "resident:certificate-revoke", "worker:certificate-issue",
    "worker:certificate-revoke",
    "resident:thing-ask", "resident:booking-act", "worker:thing-enter", "worker:thing-act",
    "worker:booking-act", "worker:borrow-ask", "street:alliance-form", "street:alliance-change",
}  # fmt: skip
LEADS_ON = {"worker:number", "worker:record", "street:communities"}  # a GET that leads to another page
NO_PAGE = {
    "public:readyz",
    "public:metrics",
    "resident:code",
    "resident:now",
}  # asked by tests/test_serve.py on the whole tree; pieces of the page of a need
ENTERS = {
    "public": None,
    "nation": None,
    "demo": None,
    "worker": "chen",
    "street": "he",
    "city": "lin",
    "programme": "lin",
    "resident": "li",
}
OWN_DOOR = {
    "resident:visit": "wang",
    "resident:certificate": "wang",
    "resident:certificate-file": "wang",
    "resident:why": "wang",
    "street:own": "chen",
}  # opened by the helper, not by who asked; by the worker of a community
VIEWS = (
    {},
    {"linli_language": "zh-hant", "linli_look": "dark"},
    {"linli_language": "en", "linli_look": "light", "linli_elder": "1"},
    {"linli_elder": "1", "linli_look": "dark"},
)


def space(route: Route) -> str:
    return route.name.rpartition(":")[0]


def pages_of(door: str) -> list[Route]:
    return [r for r in routes() if space(r) == door and r.name not in STEPS_OF_DOORS | LEADS_ON | NO_PAGE]


def opened(client: object, url: str) -> HttpResponse:
    return client.get(url)  # type: ignore[attr-defined,no-any-return]


def test_every_route_has_a_right_and_every_right_a_route() -> None:
    names = {r.name for r in routes()}
    assert not [name for name in names if need_of(name) is None]
    assert not [name for name in ROUTES if name not in names]
    assert {space(r) for r in routes()} == set(DOORS)
    assert all(":" in name for name in names)


@pytest.mark.parametrize("view", VIEWS, ids=["plain", "traditional-dark", "english-elder", "elder-dark"])
@pytest.mark.parametrize("door", ENTERS)
def test_every_page_opens(lived: Lived, door: str, view: dict[str, str]) -> None:
    wrong = []
    for route in pages_of(door):
        url = address(lived, route)
        answer = opened(client_of(lived.street, OWN_DOOR.get(route.name, ENTERS[door]), **view), url)
        if answer.status_code != 200:
            wrong.append((url, answer.status_code))
        elif answer["Content-Type"].startswith("text/html"):
            wrong += [(url, fault) for fault in faults_of(answer.content.decode(), language=view.get("linli_language", "zh-hans"))]
    assert not wrong
    assert pages_of(door)
