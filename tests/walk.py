"""Walking the doors: every route with arguments from a lived street, and what every page must have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from tests.cast import HOME, Street
from tests.lived import Lived

BACKEND = "linli.doors.site.signin.AccountBackend"


def client_of(street: Street, name: str | None = None, **cookies: str) -> Client:
    """Return the browser of somebody of the cast, or of a stranger; what the site fails at is raised."""
    client = Client()
    if name is not None:
        client.force_login(get_user_model()._default_manager.get(pk=street.people[name]), backend=BACKEND)
    client.cookies.load(cookies)
    return client


@dataclass(frozen=True, slots=True)
class Route:
    """A named route and the arguments its address asks for."""

    name: str
    params: tuple[str, ...]


def _routes(patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...], params: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        wanted = (*params, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            own = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _routes(pattern.url_patterns, own, wanted)
        else:
            yield Route(":".join((*spaces, pattern.name or "")), wanted)


def routes() -> tuple[Route, ...]:
    """Return every route of the site."""
    return tuple(_routes(get_resolver().url_patterns, (), ()))


def address(lived: Lived, route: Route) -> str:
    """Return an address of a route that exists on the lived street."""
    people, moment = lived.street.people, now()
    known: dict[str, object] = {
        "need": lived.open, "number": needs.need(lived.open, moment).number, "kind": "visit", "ref": lived.done_visit,
        "visit_id": lived.booked_visit, "person": people["li"], "sheet": lived.sheet, "warning": lived.warning,
        "rectification": lived.rectification, "offer": lived.offer, "place": HOME, "service": "meal", "step": "answer",
        "token": lived.sheet_token, "rest": "0/000.p/1", "figure": "F180", "risk": "form", "code": "needs_asked", "grade": lived.star,
        "trial": lived.trial, "certificate": lived.certificate,  "paper": lived.white_paper, "note": 2, "thing": lived.thing,
        "booking": lived.borrowed,
    }  # fmt: skip
    own: dict[str, dict[str, object]] = {
        "worker:helper": {"person": people["wang"]}, "worker:certify": {"person": people["wang"]},
        "worker:helper-pause": {"person": people["wang"]}, "worker:certificate-issue": {"person": people["wang"]}, "log:seen": {"number": "0" * 64}, "public:certificate-status": {"number": 1}, "street:place": {"place": HOME[:9]}, "street:choices": {"place": HOME[:9]}, "city:paper-publish": {"paper": lived.white_draft}, "public:follow": {"token": lived.follow},
        "public:follow-withdraw": {"token": lived.follow}, "public:follow-confirm": {"token": lived.follow},
        "resident:code": {"need": lived.booked}, "resident:receipt": {"visit_id": lived.done_visit}, "resident:receipt-file": {"visit_id": lived.done_visit},
        "nation:place": {"place": HOME[:2]}, "resident:thing-kind": {"kind": "wheelchair"}, "resident:thing-ask": {"kind": "wheelchair"},
        "api-1:placeIndex": {"place": HOME},
    }  # fmt: skip
    chosen = known | own.get(route.name, {})
    return reverse(route.name, kwargs={name: chosen[name] for name in route.params})


@dataclass
class Page:
    """What a page is made of, as far as the walkers judge it."""

    lang: str = ""
    title: str = ""
    headings: int = 0
    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    fields: list[tuple[str, bool]] = field(default_factory=list)
    post_forms: int = 0
    tokens: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self._open = Page(), [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, known = self.page, {name: value or "" for name, value in attrs}
        if tag not in {"meta", "link", "input", "br", "img", "path", "rect"}:
            self._open.append(tag)
        page.lang = known.get("lang", "") if tag == "html" else page.lang
        page.headings += tag == "h1"
        page.ids += [known["id"]] if "id" in known else []
        page.classes |= set(known.get("class", "").split())
        page.links += [known["href"]] if tag == "a" else []
        page.post_forms += tag == "form" and known.get("method") == "post"
        page.tokens += known.get("name") == "csrfmiddlewaretoken"
        if tag == "label" and "for" in known:
            page.labelled.add(known["for"])
        if tag in {"input", "select", "textarea"} and known.get("type") not in {"hidden", "submit"}:
            page.fields.append((known.get("id", ""), "label" in self._open or "aria-label" in known or "aria-labelledby" in known))
        if tag == "style" or "style" in known or (tag == "script" and "src" not in known):
            page.faults.append(f"inline style or script in <{tag}>")
        page.faults += [f"{name} on <{tag}>" for name in known if name.startswith("on")]
        if known.get("href", "").strip().lower().startswith("javascript:"):
            page.faults.append("a script as an address")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open[-1] == "title" and "svg" not in self._open:
            self.page.title += data.strip()


def read(html: str) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def faults_of(html: str, *, language: str) -> list[str]:
    """Return what is wrong with a page: no heading or two, no title, no language, inline script or style, fields without a label."""
    page = read(html)
    found = list(page.faults)
    found += [f"{page.headings} first headings"] if page.headings != 1 else []
    found += ["no title"] if not page.title else []
    found += [f"lang is {page.lang!r}"] if page.lang != language else []
    found += ["no mark of synthetic people"] if "synthetic" not in page.classes else []
    found += [f"id {name} stands twice" for name in {name for name in page.ids if page.ids.count(name) > 1}]
    found += [f"field {name or '?'} has no label" for name, inside in page.fields if not inside and name not in page.labelled]
    found += ["a form without a token"] if page.post_forms > page.tokens else []
    found += [f"empty address in a link: {link!r}" for link in page.links if not link or link.startswith("None")]
    return found
