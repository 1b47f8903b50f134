"""Every page of every door, as eyes, thumbs and screen readers meet it: axe finds nothing, nothing is too small, nothing runs off the side."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from linli.ground.steps.reads import now
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, ROOT, Browse, session_of
from tests.lived import Lived, live
from tests.nation import make_nation
from tests.test_doors import ENTERS, OWN_DOOR, pages_of
from tests.walk import address, client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOK = Path(__file__).with_name("look.js")
NARROW = (320, 640)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS_IN = {"zh-hans": ("light", "dark", "elder light", "elder dark"), "en": ("light", "elder light")}
PHONE_TARGET, ELDER_TARGET, LINE_SPACING = 44, 60, 1.3


@dataclass(frozen=True, slots=True)
class Address:
    """A page to look at: where it is, and who may open it."""

    url: str
    who: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a lived street by door, the sessions of who may open them, and what its clock says."""

    by_door: dict[str, list[Address]]
    sessions: dict[str, str]
    clock: str


def more_pages(lived: Lived) -> dict[str, list[Address]]:
    """Return pages that the table of routes has once and life shows in several states."""
    needs = {
        "li": (lived.closed, lived.disputed, lived.booked),
        "chen": (lived.closed, lived.by_sheet, lived.disputed),
        "lin": (lived.sent,),
    }
    own, desk = ([reverse(name, args=[need]) for need in needs[who]] for name, who in (("resident:need", "li"), ("worker:need", "chen")))
    sheet, register = reverse("public:sheet", args=[lived.sheet_token]), reverse("public:register")
    return {
        "resident": [
            *(Address(url, "li") for url in own), *(Address(reverse("resident:visit", args=[v]), "wang") for v in (lived.done_visit, lived.waiting_visit)),
            Address(reverse("resident:help"), "wu"), Address(reverse("resident:home"), "daughter"), Address(reverse("resident:join"), "zhou"),
            Address(f"{reverse('resident:thing-kind', args=['wheelchair'])}?day={now() + timedelta(days=3):%Y-%m-%d}&at=10:00&length=3", "wang"),
            Address(reverse("resident:booking", args=[lived.held]), "li"), Address(reverse("resident:book"), "wang"), Address(reverse("resident:home"), "zhou"), Address(reverse("resident:notices"), "zhou"),
        ],
        "worker": [
            *(Address(url, "chen") for url in desk), Address(reverse("worker:visit", args=[lived.disputed_visit]), "chen"),
            Address(reverse("worker:list") + "?state=withdrawn", "chen"), Address(reverse("worker:list"), "zheng"),
            Address(reverse("worker:need", args=[lived.sent]), "zheng"), Address(reverse("worker:booking", args=[lived.held]), "zheng"),
        ],
        "street": [Address(reverse("worker:need", args=[lived.sent]), "he"), Address(reverse("worker:notices"), "he")],
        "city": [Address(reverse("city:rule") + "?key=radius_metres&value=100&month=strained", "lin"), Address(reverse("worker:need", args=[lived.sent]), "lin"), Address(reverse("street:place", args=["4401"]), "lin"), Address(reverse("street:choices", args=[cast.HOME[:6]]), "lin")],
        "nation": [
            Address(f"/nation/{rest}", "") for rest in ("4401/", f"{cast.HOME[:9]}/", "440105002/?dim=sharing", "?dim=response", "?month=1999-01", "#all")
        ],
        "public": [
            Address(f"{sheet}?service=meal", ""), Address(f"{register}?place={cast.HOME}", ""), Address(f"{register}?q=三眼井", ""),
            Address("/q/nothing/", ""), Address("/nothing/here/", ""), Address(reverse("public:check") + "?r=abc", ""), Address("/help/", "li"),
        ],
    }  # fmt: skip


def is_page(lived: Lived, at: Address) -> bool:
    """Tell whether an address answers with a page; files and plain texts are not looked at."""
    return client_of(lived.street, at.who or None).get(at.url).headers["Content-Type"].startswith("text/html")


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: Any) -> Iterator[Pages]:
    """One lived street, committed, for all tests of this file."""
    clock = Path(os.environ["LINLI_DATA"], "clock.json")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        lived, more = live(cast.settle()), more_pages
        make_nation()
        found = {d: [Address(address(lived, r), OWN_DOOR.get(r.name, who) or "") for r in pages_of(d)] for d, who in ENTERS.items()}
        by_door = {d: [at for at in [*own, *more(lived).get(d, [])] if is_page(lived, at)] for d, own in found.items()}
        visitors = {at.who for ways in by_door.values() for at in ways if at.who}
        kept = clock.read_text()
        yield Pages(by_door, {who: session_of(lived.street, who) for who in visitors}, kept)
        clock.write_text(kept)
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, allow_cascade=False, inhibit_post_migrate=False)
        clock.unlink()
        shutil.rmtree(Path(os.environ["LINLI_DATA"], "nation"))


@pytest.fixture
def _its_clock(pages: Pages) -> None:
    """Set the street's clock anew: it is taken away after each test."""
    Path(os.environ["LINLI_DATA"], "clock.json").write_text(pages.clock)


def show(page: Page, look: str, size: tuple[int, int]) -> None:
    """Show the page that is open in another look and size: a look is a class of the root and nothing else."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(
        "look => ['elder', 'light', 'dark'].forEach((name) => document.documentElement.classList.toggle(name, look.split(' ').includes(name)))",
        look,
    )


def measured(page: Page, look: str, *, phone: bool) -> list[str]:
    """Return what is too small, too close or runs off the side."""
    elder = "elder" in look
    found = page.evaluate("linliLook.overflow()") + page.evaluate("linliLook.cut()")
    found += page.evaluate("least => linliLook.targets(least)", ELDER_TARGET if elder else PHONE_TARGET) if phone or elder else []
    return found + (page.evaluate("least => linliLook.spacing(least)", LINE_SPACING) if elder else [])


def judged(page: Page, look: str) -> list[str]:
    """Return what axe finds by every rule; large type has contrast to spare."""
    rules = {"color-contrast-enhanced": {"enabled": "elder" in look}}
    found: list[str] = page.evaluate(
        "options => linliLook.axe(options)", {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules, "elder": "elder" in look}
    )
    return found


def faults_of_page(page: Page, language: str) -> list[str]:
    """Look at the open page in its looks on a phone and a desktop; return every fault with how it was seen.

    Every rule of axe is asked in every look and size: a look may hide a part that another shows.
    """
    found = []
    for size in (PHONE, DESKTOP):
        for look in LOOKS_IN[language]:
            show(page, look, size)
            found += [f"{look} {size[0]}: {fault}" for fault in measured(page, look, phone=size is PHONE) + judged(page, look)]
    for look in ("light", "elder light"):
        show(page, look, NARROW)
        found += [f"{look} {NARROW[0]}: {fault}" for fault in measured(page, look, phone=True)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for size in (PHONE, DESKTOP):
        show(page, "light", size)
        found += [f"text doubled {size[0]}: {fault}" for fault in page.evaluate("linliLook.overflow()") + page.evaluate("linliLook.cut()")]
    return found


@pytest.mark.usefixtures("_its_clock")
@pytest.mark.parametrize("language", LOOKS_IN)
@pytest.mark.parametrize("door", ENTERS)
def test_nothing_is_found_on_any_page(pages: Pages, browse: Browse, door: str, language: str) -> None:
    guests: dict[str, Page] = {}
    found: dict[str, list[str]] = {}
    for at in pages.by_door[door]:
        if at.who not in guests:
            guest = browse(at.who, session=pages.sessions.get(at.who, ""), language=language)
            guest.page.context.add_init_script(AXE.read_text() + LOOK.read_text())
            guests[at.who] = guest.page
        page = guests[at.who]
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.goto(at.url)
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        for fault in faults_of_page(page, language):
            found.setdefault(fault, []).append(at.url)
    assert not found, "\n".join(f"{fault}  — on {len(urls)} pages, first {urls[0]}" for fault, urls in found.items())
    assert pages.by_door[door]
