"""Who is answered what at every door: rights.txt is the table, re-recorded on purpose with RECORD=1 and read before it is committed.

A cell is the status a person of the cast gets, `in` where a stranger is led to the sign-in page. Forms are filled in right, so that a
refusal is one of rights and not of fields. The cast: li and her daughter, wang who helps, chen who works in their community, zheng who
works in another, he of their street, lin of the city, zhou who is nobody's neighbour, operator who keeps the machines running.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.ground.people import reads as people
from linli.ground.people import verbs as people_verbs
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.take_stock import STOCK
from linli.kernel.actor import Actor, Role
from linli.sight.wellbeing import reads as wellbeing
from tests.cast import HOME
from tests.doors.conftest import taken_back
from tests.doors.forms import FORMS, Form
from tests.doors.program import BASE, UNSAFE, Program, operations, program_of
from tests.lived import Lived
from tests.test_doors import NO_PAGE, STEPS_OF_DOORS, pages_of
from tests.walk import Route, address, client_of, faults_of, routes

FILE = Path(__file__).with_name("rights.txt")
RECORDS = os.environ.get("RECORD") == "1"
STRANGER = "stranger"
CAST = (STRANGER, "li", "daughter", "wang", "chen", "zheng", "he", "lin", "zhou", "operator")
# Doors that do not ask who comes: what a stranger and one of the cast are answered is enough.
OPEN = ("GET public:", "GET nation:", "GET log:", "GET demo:", "POST public:")
ANSWERED_ALIKE = (STRANGER, "zhou")
WRITES = ("INSERT", "UPDATE", "DELETE")
# What a look at a page may write: the log of looks, and the session that remembers the place a desk shows.
LEFT_BY_LOOKING = ("people_look", "django_session")
BODIES: dict[str, object] = {
    "askNeed": {"service": "meal"}, "askBySheet": {"service": "meal"}, "withdrawNeed": {"reason": "x"}, "reopenNeed": {"reason": "x"},
    "declineOffer": {"reason": "x"}, "checkIn": {"code": "0000"}, "tick": {"item": 0}, "confirmVisit": {"minutes": 30},
    "disputeVisit": {"reason": "x"}, "cancelVisit": {"reason": "x"}, "rateVisit": {"stars": 5}, "confirmByFollow": {"minutes": 30},
    "askBooking": {"kind": "wheelchair", "begins_at": "2026-05-20T10:00:00+08:00", "ends_at": "2026-05-22T10:00:00+08:00"},
    "cancelBooking": {"reason": "x"}, "refuseBooking": {"reason": "x"}, "takeBack": {"condition": "good"}, "handOut": {},
    "signIn": {"phone": "+8610090000001", "password": "x"}, "issueToken": {"label": "x"},
}  # fmt: skip


def pages() -> list[Route]:
    """Return every route that is looked at, those that lead on among them."""
    return [r for r in routes() if r.name not in STEPS_OF_DOORS | NO_PAGE and not r.name.startswith("api-1:")]


def cell(answer: HttpResponse) -> str:
    """Return what stands in the table for an answer."""
    led_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    return "in" if led_in else str(answer.status_code)


def browser(lived: Lived, name: str) -> Client:
    return client_of(lived.street, None if name == STRANGER else name)


def api_url(lived: Lived, path: str) -> str:
    """Return an address of an API call that exists on the lived street."""
    known = {
        "need": lived.open, "visit_id": lived.booked_visit, "offer": lived.offer, "token_id": UUID(int=1), "place": HOME, "booking": lived.borrowed,
        "token": lived.follow if "follow" in path else lived.sheet_token,
    }  # fmt: skip
    query = "?q=440104" if path.endswith("/places") else ""
    return path.removeprefix(BASE).format(**known) + query


def called(lived: Lived, *, program: Program, method: str, path: str, name: str) -> str:
    body = {"helper": str(lived.street.people["wu"])} if name == "offerNeed" else BODIES.get(name)
    with taken_back():
        key = {"key": "key-of-this-call"} if method in UNSAFE else {}
        return str(program.call(method.upper(), api_url(lived, path), body, **key).status_code)


def sent(lived: Lived, client: Client, form: Form) -> str:
    with taken_back():
        return cell(client.post(form.url(lived), form.filled(lived)))  # type: ignore[arg-type]


def looked(client: Client, url: str) -> str:
    """Return what a look is answered; a look that writes is said in the cell."""
    with taken_back(), CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
    wrote = [sql for row in seen if (sql := row["sql"]).startswith(WRITES) and not any(name in sql[:60] for name in LEFT_BY_LOOKING)]
    return cell(answer) + ("!writes" if wrote else "")  # type: ignore[arg-type]


def each(asked: str, answered: Callable[[str], str]) -> tuple[str, list[str]]:
    """Return a line of the table: what is asked, what each of the cast is answered; '·' where it is not asked who comes."""
    who = ANSWERED_ALIKE if asked.startswith(OPEN) or asked.endswith("@") else CAST
    return asked.rstrip("@"), [answered(name) if name in who else "·" for name in CAST]


def rows(lived: Lived) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of the table."""
    clients = {name: browser(lived, name) for name in CAST}
    for route in pages():
        url = address(lived, route)
        yield each(f"GET {route.name}", lambda who, url=url: looked(clients[who], url))  # type: ignore[misc]
    for form in FORMS:
        yield each(f"POST {form.route} ({form.name})", lambda who, form=form: sent(lived, clients[who], form))  # type: ignore[misc]
    programs = {name: Program() if name == STRANGER else program_of(lived.street, name) for name in CAST}
    for method, path, op in operations():
        name, mark = op["operationId"], "" if op.get("security") else "@"
        ask = partial(called, lived, method=method, path=path, name=name)
        yield each(f"{method.upper()} {path} ({name}){mark}", lambda who, ask=ask: ask(program=programs[who]))  # type: ignore[misc]


def table(found: list[tuple[str, list[str]]]) -> str:
    """Return the table as it stands in rights.txt."""
    wide = max(len(asked) for asked, _ in found)
    lines = [f"{asked:<{wide}} " + " ".join(f"{c:>8}" for c in cells) for asked, cells in [("", list(CAST)), *found]]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def test_everybody_is_answered_what_the_table_says(standing: Lived) -> None:
    found = table(list(rows(standing)))
    if RECORDS:
        FILE.write_text(found, "utf-8")
    known = FILE.read_text("utf-8").splitlines()
    assert [line for line in found.splitlines() if line not in known] == []
    assert len(known) == len(found.splitlines())


def test_no_unsafe_step_is_open_to_more_than_the_table_of_doors() -> None:
    asked = {line.split("  ")[0].strip() for line in FILE.read_text("utf-8").splitlines()[1:]}
    assert {f"GET {r.name}" for r in pages()} <= asked
    assert {f"POST {form.route} ({form.name})" for form in FORMS} <= asked


def test_zhou_sees_nothing_of_anybody(standing: Lived) -> None:
    """The table is recorded, so it could be recorded wrong: what an onlooker must never be answered is said here once more."""
    lines = [line.split() for line in FILE.read_text("utf-8").splitlines()[1:]]
    column = len(CAST) - CAST.index("zhou")
    own = {"resident:home", "resident:notices", "resident:ask", "resident:help", "resident:join", "resident:book", "resident:community",
           "resident:me", "resident:looks", "resident:things", "resident:thing-kind", "resident:programs", "resident:send", "resident:give"}  # fmt: skip
    open_to_all = ("public:", "nation:", "log:", "demo:")
    for line in lines:
        name, answer = line[1], line[-column]
        if line[0] == "GET" and not name.startswith((*open_to_all, "/")) and name not in own:
            assert answer == "404", line
        if name.startswith(("worker:", "street:", "city:")):
            assert answer == "404", line


def changed_ids(url: str, other: str) -> str:
    """Return an address with its ids replaced by `other`."""
    return "/".join(other if len(part) == 36 and part.count("-") == 4 else part for part in url.split("/"))


def bare(answer: HttpResponse, url: str) -> str:
    """Return a page without its own address and without the token that is new on each."""
    text = answer.content.decode().replace(url, "").replace(quote(url), "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_somebody_elses_thing_looks_exactly_like_a_missing_one(standing: Lived) -> None:
    nothing = str(uuid4())
    tried = 0
    for who in ("zhou", "zheng"):
        client = browser(standing, who)
        asked = [(partial(client.get), address(standing, r)) for r in pages() if {"need", "visit_id", "person", "ref"} & set(r.params)]
        asked += [
            (partial(client.post, data=f.filled(standing)), f.url(standing))
            for f in FORMS
            if changed_ids(f.url(standing), nothing) != f.url(standing)
        ]
        for ask, url in asked:
            if who == "zheng" and any(str(own) in url for own in (standing.sent, standing.held)):
                continue  # it was sent to her community; it is lent by her community
            with taken_back():
                theirs, missing = ask(url), ask(changed_ids(url, nothing))
            assert (theirs.status_code, missing.status_code) == (404, 404), (who, url)
            assert bare(theirs, url) == bare(missing, changed_ids(url, nothing)), url
            assert {k: v for k, v in theirs.items() if k != "Content-Length"} == {k: v for k, v in missing.items() if k != "Content-Length"}
            tried += 1
    assert tried > 60


def test_every_unsafe_form_wants_the_token_of_the_site(standing: Lived) -> None:
    open_doors = []
    clients = {who: browser(standing, who or STRANGER) for who in {form.who for form in FORMS}}
    for form in FORMS:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = clients[form.who].cookies
        answer = strict.post(form.url(standing), form.filled(standing))
        if answer.status_code != 403 or "刷新" not in answer.content.decode():
            open_doors.append(form.name)
    assert not open_doors


def test_every_form_that_writes_wants_its_key(standing: Lived) -> None:
    wrong = []
    for form in FORMS:
        if not form.keyed or form.route.startswith("worker:sheet-"):
            continue  # sheets are drawn after their step: slow, and held to their key by tests/doors/test_input.py
        with taken_back():
            without = form.filled(standing)
            del without["key"]
            answer = browser(standing, form.who or STRANGER).post(form.url(standing), without)
        if answer.status_code not in {404, 422, 409}:
            wrong.append((form.name, answer.status_code))
    assert not wrong


def test_looking_never_writes() -> None:
    assert "!writes" not in FILE.read_text("utf-8")


def test_other_methods_are_refused_in_words(standing: Lived) -> None:
    lin = browser(standing, "lin")
    for route in pages():
        for method in ("PUT", "DELETE", "PATCH"):
            answer = lin.generic(method, address(standing, route))
            assert answer.status_code in {404, 405}, (method, route.name)  # type: ignore[attr-defined]
            assert answer.content  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("who", "url"),
    [
        ("chen", "worker:member"),
        ("chen", "worker:need"),
        ("chen", "worker:visit"),
        ("chen", "worker:groups"),
        ("wang", "resident:visit"),
        ("daughter", "resident:home"),
    ],
)
def test_every_look_at_somebody_is_told_to_them(standing: Lived, who: str, url: str) -> None:
    person = standing.street.people["li"]
    route = next(r for r in routes() if r.name == url)
    before = len(people.looks_at(person, limit=1000))
    answer = browser(standing, who).get(address(standing, route))
    assert answer.status_code == 200
    looks = people.looks_at(person, limit=1000)
    assert len(looks) > before
    assert looks[0].viewer_ref == f"person:{standing.street.people[who]}"
    assert looks[0].at == now()
    shown = browser(standing, "li").get("/home/me/looks/").content.decode()
    assert shown.count("<li>") >= min(50, len(looks))


def test_a_helpers_look_is_logged_through_the_api_too(standing: Lived) -> None:
    person = standing.street.people["li"]
    before = len(people.looks_at(person, limit=1000))
    body = json.loads(program_of(standing.street, "wang").call("GET", f"/visits/{standing.booked_visit}").content)
    assert body["resident"]["name"] == "李奶奶"
    assert len(people.looks_at(person, limit=1000)) == before + 1


def test_the_operator_is_no_member_of_staff(standing: Lived) -> None:
    actor = people.actor_of(standing.street.people["operator"], now())
    assert isinstance(actor, Actor)
    assert [post.role for post in actor.posts] == [Role.OPERATOR]
    assert browser(standing, "operator").get("/desk/").status_code == 404


# The province: figures of her cities by a code of two digits, nobody's name, nobody else's province --------------------------------------

PROVINCE, CITY = HOME[:2], HOME[:4]
NAMES_OF_CAST = ("李奶奶", "李晓梅", "小王", "吴姐", "陈工", "何姐", "林处", "老周", "郑工", "王伯", "10090000001")
# What is about one district, street or community by itself is reached from there.
NARROWER = {"street:choices", "street:own", "street:community", "street:grave", "street:star"}


@pytest.fixture
def province(standing: Lived) -> Client:
    """The browser of somebody whose only post is the province."""
    with step(STOCK, None, "post.grant", {}, place=PROVINCE) as s:
        people_verbs.grant_post(s, standing.street.people["zhou"], Role.CITY, PROVINCE)
    return client_of(standing.street, "zhou", linli_language="zh-hans")


def url_of(lived: Lived, route: Route) -> str:
    return address(lived, route).replace(f"/places/{HOME[:9]}/", f"/places/{PROVINCE}/").replace(f"/places/{HOME}/", f"/places/{PROVINCE}/")


def test_every_page_of_the_boards_opens_for_the_province_and_names_nobody(standing: Lived, province: Client) -> None:
    wrong = []
    for need in (standing.open, standing.sent, standing.disputed):
        wrong += [("worker:need", name) for name in NAMES_OF_CAST if name in province.get(f"/desk/needs/{need}/").content.decode()]
    for route in [*pages_of("city"), *pages_of("street"), *pages_of("programme")]:
        if route.name in NARROWER:
            continue
        with taken_back():
            answer = province.get(url_of(standing, route))
        html = answer.content.decode() if answer["Content-Type"].startswith("text/html") else ""
        wrong += [(route.name, answer.status_code)] if answer.status_code != 200 else []
        wrong += [(route.name, fault) for fault in (faults_of(html, language="zh-hans") if html else [])]
        wrong += [(route.name, name) for name in NAMES_OF_CAST if name in html]
    assert not wrong


def test_the_province_is_called_by_its_name_and_led_down_to_its_cities(standing: Lived, province: Client) -> None:
    home = province.get("/city/").content.decode()
    assert "全省一览" in home
    assert "广东省" in home
    assert f"/street/places/{CITY}/" in home or f"/street/places/{HOME[:6]}/" in home
    assert wellbeing.index(PROVINCE) is not None
    assert "广东省" in province.get("/city/screen/").content.decode()
    assert "省级管理" in home
    below = province.get(f"/street/places/{PROVINCE}/indicators/needs_asked/").content.decode()
    assert "广州市" in below
    goals = province.get("/programme/").content.decode()
    assert f'value="{PROVINCE}"' in goals
    assert f'value="{CITY}"' in goals


def test_another_province_is_not_hers(province: Client) -> None:
    for url in (
        "/street/places/33/",
        "/street/places/3301/",
        "/city/?place=33",
        "/city/screen/?place=3301",
        "/programme/?place=33",
        "/street/places/33/indicators/",
    ):
        assert province.get(url).status_code == 404, url


def test_an_empty_province_has_plain_empty_pages(standing: Lived) -> None:
    with step(STOCK, None, "post.grant", {}, place="33") as s:
        people_verbs.grant_post(s, standing.street.people["wu"], Role.CITY, "33")
    elsewhere = client_of(standing.street, "wu", linli_language="zh-hans")
    for url in (
        "/city/cases/",
        "/city/quarters/",
        "/city/stars/",
        "/city/record/",
        "/programme/",
        "/street/places/33/indicators/",
        "/city/screen/",
    ):
        answer = elsewhere.get(url)
        assert answer.status_code == 200, url
        assert not faults_of(answer.content.decode(), language="zh-hans"), url
