"""What pages and API lists cost: every one has its number, none costs more than twelve, and twenty rows cost what one costs."""

from __future__ import annotations

from django.test import Client

from tests.cast import HOME
from tests.doors.conftest import taken_back
from tests.doors.crowd import crowd, one_of_each
from tests.doors.program import program_of
from tests.lived import Lived
from tests.queries import MAX, RECORDS, counted, expected_queries, recorded
from tests.test_doors import ENTERS, LEADS_ON, NO_PAGE, OWN_DOOR, STEPS_OF_DOORS, space
from tests.walk import Route, address, client_of, routes

LISTS = {
    "worker:list": "chen", "worker:visits": "chen", "worker:groups": "chen", "worker:helpers": "chen", "worker:sheets": "chen",
    "worker:cases": "chen", "worker:notices": "chen", "worker:register": "chen", "worker:services": "chen", "worker:member": "chen",
    "worker:need": "chen", "worker:things": "chen", "worker:thing": "chen", "street:things": "lin", "resident:things": "daughter", "public:things": "li",
    "street:home": "lin", "street:place": "he", "street:choices": "he", "street:community": "he", "city:home": "lin", "city:screen": "lin",
    "city:cases": "lin", "city:record": "lin", "city:matching": "lin", "city:trials": "lin", "resident:home": "daughter", "resident:notices": "li", "resident:help": "wang", "resident:why": "wang", "resident:book": "wang",
    "resident:looks": "li", "resident:community": "li", "resident:me": "li", "resident:ask": "daughter", "resident:need": "li",
}  # fmt: skip

API_LISTS = {
    "my_needs": ("li", "/me/needs"), "my_visits": ("wang", "/me/visits"), "my_offers": ("wu", "/me/offers"), "my_notices": ("chen", "/me/notices"),
    "my_book_lines": ("wang", "/me/book/lines"), "my_tokens": ("li", "/me/tokens"), "work_list": ("chen", f"/places/{HOME}/needs"),
    "list_services": ("li", "/services"), "search_places": ("li", "/places?q=440104"), "places_below": ("li", f"/places/{HOME[:9]}/children"),
    "list_things": ("li", "/things"), "my_bookings": ("li", "/me/bookings"),
}  # fmt: skip
OVER: set[str] = set()


def pages() -> list[Route]:
    left_out = STEPS_OF_DOORS | LEADS_ON | NO_PAGE
    return [r for r in routes() if space(r) in ENTERS and r.name not in left_out]


def visitor(lived: Lived, route: Route) -> Client:
    return client_of(lived.street, LISTS.get(route.name) or OWN_DOOR.get(route.name, ENTERS[space(route)]))


def open_page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode() if answer["Content-Type"].startswith("text/html") else ""


def warmed(client: Client, url: str) -> str:
    """Open a page once before it is counted: what a process keeps after its first page is no cost of the page."""
    with taken_back():
        return open_page(client, url)


def test_every_page_costs_what_was_recorded(standing: Lived) -> None:
    wrong = []
    for route in pages():
        client, url = visitor(standing, route), address(standing, route)
        warmed(client, url)
        try:
            with taken_back(), expected_queries(route.name):
                open_page(client, url)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n".join(wrong)


def test_pages_over_the_bar_are_known_and_get_fewer() -> None:
    """The bar is twelve. These are over it today: none may join them, and one that comes under it is taken off the list."""
    assert {name for name, number in recorded().items() if number > MAX} == OVER


def test_every_api_list_costs_what_was_recorded(standing: Lived) -> None:
    wrong = []
    for name, (who, url) in API_LISTS.items():
        program = program_of(standing.street, who)
        program.call("GET", url)
        try:
            with taken_back(), expected_queries(f"api-1:{name}"):
                assert program.call("GET", url).status_code == 200
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n".join(wrong)


def test_no_number_is_kept_for_a_page_that_is_gone() -> None:
    known = {r.name for r in routes()}
    assert RECORDS or not [name for name in recorded() if name not in known]


def test_twenty_rows_cost_what_one_costs(standing: Lived) -> None:
    one_of_each(standing)
    before = {}
    found = {r.name: r for r in pages() if r.name in LISTS}
    assert set(found) == set(LISTS)
    programs = {name: program_of(standing.street, who) for name, (who, _) in API_LISTS.items()}

    def asked(name: str) -> int:
        with taken_back(), counted() as cost:
            programs[name].call("GET", API_LISTS[name][1])
        return cost.number

    lists_before = {name: asked(name) for name in API_LISTS}
    urls = {name: address(standing, route) for name, route in found.items()}
    for name, route in found.items():
        client = visitor(standing, route)
        size = len(warmed(client, urls[name]))
        with taken_back(), counted() as cost:
            open_page(client, urls[name])
        before[name] = (size, cost.number)
    crowd(standing)
    wrong = [
        f"api {name}: {lists_before[name]} before, {many} with many" for name in API_LISTS if (many := asked(name)) > lists_before[name]
    ]
    for name, route in found.items():
        client = visitor(standing, route)
        size = len(warmed(client, urls[name]))
        with taken_back(), counted() as cost:
            open_page(client, urls[name])
        if cost.number > before[name][1]:
            wrong.append(f"{name}: one row {before[name][1]}, many {cost.number} ({cost.most()}) size {before[name][0]} → {size}")
    assert not wrong, "\n".join(wrong)
