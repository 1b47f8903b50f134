"""Marked words in every personal field of the cast: nobody without the right meets one, in no page, answer, header, file or line of the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from django.http import HttpResponse
from pypdf import PdfReader

from linli.doors.site import logs
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.journeys import answer, ask, ground, propose
from linli.journeys.accounts import open_account
from linli.kernel.actor import Actor
from tests.cast import HOME
from tests.doors.conftest import taken_back
from tests.doors.forms import BY_NAME, FORMS, send
from tests.doors.program import operations, program_of
from tests.doors.test_rights import BODIES, UNSAFE, api_url, pages
from tests.lived import Lived
from tests.walk import address, client_of

# Ours alone: no name, number or sentence of the cast or the catalogue holds them.
NAME, PHONE, DOOR, WORDS, CALLER = "金丝雀甲", "+8613911112222", "金丝雀单元 777", "金丝雀的原话", "金丝雀来电"
MARKS = (NAME, PHONE, "13911112222", "139 1111 2222", DOOR, WORDS, CALLER)
# What each of the cast may never meet of somebody in 三眼井社区 whom no step opened to them.
OUTSIDERS = ("zhou", "zheng", "operator", "wang", "li", "daughter", "he", "lin")


@dataclass(frozen=True, slots=True)
class Marked:
    """A lived street with one resident whose every field is marked, and a caller whose words are."""

    lived: Lived
    person: UUID
    need: UUID
    called: UUID


@pytest.fixture
def marked(standing: Lived) -> Marked:
    """Enter the marked resident, let them ask, and take down a marked caller."""
    street, chen = standing.street, standing.street.actor("chen")
    form = ground.ResidentForm(NAME, street.homes["li"], PHONE, DOOR, 1949, "f", groups=("alone",))
    person = UUID(ground.enter_resident(chen, form, street.key())["person"])
    open_account(Actor.system("operator"), person, None, street.key())
    need = UUID(ask.ask(chen, ask.AskDraft(service="talk", words=WORDS, for_person=person), street.key())["need"])
    answer.answer(chen, need, street.key())
    propose.offer_to(chen, need, street.people["wu"], street.key())
    draft = ask.AskDraft(service="meal", words=WORDS, place=HOME, caller_name=CALLER, caller_phone=PHONE, door=DOOR)
    return Marked(standing, person, need, UUID(ask.ask(chen, draft, street.key())["need"]))


def met(response: HttpResponse) -> list[str]:
    """Return the marks in a response: body, headers, cookies; a PDF is read."""
    if response.get("Content-Type") == "application/pdf":
        body = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    else:
        body = response.getvalue().decode("utf-8", "replace")
    text = body + str(dict(response.items())) + str(response.cookies)
    return [mark for mark in MARKS if mark in text]


def asked(marked: Marked, who: str) -> Iterator[tuple[str, HttpResponse]]:
    """Yield every page and API answer somebody gets, asked about the marked resident wherever a route takes an id."""
    about = replace(marked.lived, open=marked.need, by_sheet=marked.called)
    client, program = client_of(marked.lived.street, who), program_of(marked.lived.street, who)
    for route in pages():
        url = address(about, route).replace(str(marked.lived.street.people["li"]), str(marked.person))
        with taken_back():
            yield url, client.get(url)  # type: ignore[misc]
    for need in (marked.need, marked.called):
        for url in (f"/home/need/{need}/", f"/desk/needs/{need}/", f"/desk/number/{needs.need(need, now()).number}/"):
            with taken_back():
                yield url, client.get(url)  # type: ignore[misc]
    for method, path, op in operations():
        key = {"key": "key-of-this-call"} if method in UNSAFE else {}
        with taken_back():
            yield path, program.call(method.upper(), api_url(about, path), BODIES.get(op["operationId"]), **key)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_meets_a_mark(marked: Marked, who: str) -> None:
    seen = [(url, found) for url, response in asked(marked, who) if (found := met(response))]
    assert not seen


def test_the_worker_of_the_community_meets_them(marked: Marked) -> None:
    """The marks are where they should be: else the test above could not fail."""
    client = client_of(marked.lived.street, "chen")
    page = client.get(f"/desk/people/{marked.person}/").content.decode()
    assert NAME in page
    assert DOOR in page
    assert WORDS in client.get(f"/desk/needs/{marked.need}/").content.decode()
    assert CALLER in client.get(f"/desk/needs/{marked.called}/").content.decode()


def test_no_mark_stands_in_a_title_an_address_or_a_header(marked: Marked) -> None:
    client = client_of(marked.lived.street, "chen")
    for url in (
        f"/desk/people/{marked.person}/",
        f"/desk/needs/{marked.need}/",
        f"/desk/needs/{marked.called}/",
        "/desk/",
        "/desk/groups/",
    ):
        response = client.get(url)
        text = response.getvalue().decode()
        title = text.partition("<title>")[2].partition("</title>")[0]
        links = "".join(part.partition('"')[0] for part in text.split('href="')[1:] if not part.startswith("tel:"))
        assert not [mark for mark in MARKS if mark in title + links + str(dict(response.items()))], url
    found = send(marked.lived, BY_NAME["find"], phone=PHONE)
    assert found.status_code == 302
    assert not [mark for mark in MARKS if mark in found["Location"]]


def test_a_sheet_of_a_household_tells_nothing_of_who_lives_there(marked: Marked) -> None:
    # The resident was entered with a door of their own: their household gets a sheet.
    printed = send(marked.lived, BY_NAME["household sheet"], phone=PHONE)
    assert printed["Content-Type"] == "application/pdf"
    assert not met(printed)


def test_no_line_of_the_log_holds_a_mark(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.formatter())
    roots = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security.csrf", "django.server")]
    for logger in roots:
        logger.addHandler(handler)
        monkeypatch.setattr(logger, "level", logging.DEBUG)
    try:
        for _ in asked(marked, "zhou"):
            pass
        for _ in asked(marked, "chen"):
            pass
        for form in FORMS:
            fields = {name: WORDS for name in form.fields if name in {"words", "reason", "text"}} | {
                name: NAME for name in form.fields if name in {"name", "caller_name"}
            }
            with taken_back():
                send(marked.lived, form, **fields)
        broken = client_of(marked.lived.street, "chen")
        broken.raise_request_exception = False
        monkeypatch.setattr("linli.doors.worker.needs.pane_of", _broken)
        shown = broken.get(f"/desk/needs/{marked.need}/")
        assert shown.status_code == 500
        assert not met(shown)  # type: ignore[arg-type]
    finally:
        for logger in roots:
            logger.removeHandler(handler)
    lines = out.getvalue()
    assert "RuntimeError" in lines  # the error is told, without its words
    assert not [mark for mark in MARKS if mark in lines]


def _broken(*_: object) -> None:
    raise RuntimeError(f"{NAME} {PHONE} {DOOR} {WORDS}")
