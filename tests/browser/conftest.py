"""Fixtures of the browser tests: the real web process on the test's database and clock, one chromium, one fresh context per person."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from linli.doors.commands.processes import wait_until
from linli.doors.commands.supervisor import MARK, mark_of
from tests.browser.people import Guest, Watch
from tests.cast import Street
from tests.walk import client_of

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "shots"
LINLI = str(Path(sys.executable).with_name("linli"))
CHROMIUM = "/usr/bin/chromium"
PHONE, DESKTOP = (390, 844), (1280, 800)
CALM = [  # nothing of the browser's own calls out, and it runs as root in a container too
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
START_SECONDS, STOP_SECONDS = 60.0, 20.0
FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True, slots=True)
class Site:
    """The running site: its address, and the file that its one-time codes are printed into."""

    base: str
    said: Path

    def code_for(self, phone: str) -> str:
        """Return the newest one-time code sent to a phone."""
        return str(re.findall(rf"code for …{phone[-4:]}: (\d{{6}})", self.said.read_text())[-1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        there.request("GET", "/healthz")
        return there.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        there.close()


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return bool(cursor.fetchone()[0] == 0)


def session_of(street: Street, name: str) -> str:
    """Return the session of somebody of the cast who is signed in already; it counts for the site once it is committed."""
    return str(client_of(street, name).cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """The web process as `linli serve` starts it, beside this test process: same database, same clock, same keys."""
    folder, port, asked = Path(os.environ["LINLI_DATA"]), _free_port(), connection.settings_dict
    database = f"postgresql://{asked['USER']}:{quote(asked['PASSWORD'], safe='')}@{quote(str(asked['HOST']), safe='')}/{asked['NAME']}"
    own = {
        "LINLI_DATABASE_URL": database, "LINLI_PORT": str(port), "LINLI_WEB_WORKERS": "1", "LINLI_CODE_SENDER": "console",
        MARK: mark_of(folder, "browser-tests"),
    }  # fmt: skip
    said = folder / "web-said"
    with said.open("wb") as out:
        # Its standard input ends with this process, however that ends; then the web process ends too.
        web = subprocess.Popen([LINLI, "process", "web"], env=os.environ | own, stdin=subprocess.PIPE, stdout=out, stderr=out)
    try:
        assert wait_until(lambda: _answers(port), START_SECONDS), said.read_text()
        yield Site(f"http://localhost:{port}", said)
    finally:
        web.terminate()
        web.communicate(timeout=STOP_SECONDS)
        with django_db_blocker.unblock():  # the test's database can be dropped only when its last visitor has left
            assert wait_until(_alone, STOP_SECONDS)


@pytest.fixture(scope="session")
def chromium(django_db_blocker: Any) -> Iterator[Browser]:
    """One browser for all tests of this process."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps its event loop in this thread, and Django takes that for asynchronous code; every test here is plain code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CALM)
        yield browser
        browser.close()
        with django_db_blocker.unblock():
            connections.close_all()  # beside a running loop Django keeps connections of its own; nobody finds them afterwards


Browse = Callable[..., Guest]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether a test failed, so that its pages are kept as pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def browse(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Browse]:
    """Open browsers: `browse("li")` is 李奶奶 at her phone, signed in by the demo's click (or by a `session`); without a name a stranger's.

    Whatever the pages complained about fails the test in the end; a failed test leaves a picture of every open page in shots/.
    """
    opened: list[tuple[str, BrowserContext]] = []
    watch = Watch(site.base)

    def open_one(
        who: str = "", *, session: str = "", size: tuple[int, int] = PHONE, scripts: bool = True, language: str = "", look: str = "light"
    ) -> Guest:
        context = chromium.new_context(
            base_url=site.base, viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="zh-CN",
            reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        chosen = {"linli_look": look, "linli_language": language, settings.SESSION_COOKIE_NAME: session}
        context.add_cookies([{"name": name, "value": value, "url": site.base} for name, value in chosen.items() if value])
        opened.append((who or "stranger", context))
        guest = Guest(context.new_page(), watch)
        watch.follow(guest.page)
        if who and not session:
            guest.become(who)
        return guest

    yield open_one
    if request.node.stash.get(FAILED, False) or watch.faults:
        _picture(opened, request.node.name)
    for _who, context in opened:
        context.close()
    assert not watch.faults


def _picture(opened: list[tuple[str, BrowserContext]], test: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", test)
    for number, (who, context) in enumerate(opened):
        for page in context.pages:
            with suppress(Exception):
                page.screenshot(path=SHOTS / f"{name}-{number}-{who}.png", full_page=True)
