"""What every indicator means: for anybody, as a list and each on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from linli.doors.city.indicator_words import (
    adding_words,
    better_words,
    formula_words,
    kept_words,
    measured,
    owner_words,
    topics,
    unit_words,
)
from linli.doors.city.paper_list import day_words
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of, rules_of
from linli.kernel.actor import STAFF, Actor
from linli.kernel.errors import NotFound
from linli.sight.facts import reads as facts
from linli.sight.facts.indicator import Indicator, Shape
from linli.sight.programme import reads as programme

ASKED_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator in the list."""

    code: str
    name: str
    says: str
    url: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A topic with its lines."""

    code: str
    name: str
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator in words; `upon` is what its n counts, '' for a plain count; `since` is a day in words, '' where nothing was
    recorded yet; `goals` are the report's promises it is held against, with their address."""

    code: str
    name: str
    says: str
    topic: str
    formula: str
    exact: str
    upon: str
    unit: str
    better: str
    adding: str
    kept: str
    owner: str
    source: str
    missing: bool
    since: str
    near: tuple[Line, ...]
    goals: tuple[tuple[str, str], ...]
    here: str


def _line(line: Indicator) -> Line:
    return Line(line.code, gettext(line.zh), gettext(line.says), reverse("public:indicator", args=[line.code]), line.missing)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """List the indicators under their headings, those that `?q=` asks for."""
    asked = request.GET.get("q", "").strip()[:ASKED_LENGTH_MAX]
    groups = []
    for topic, name in topics().items():
        rows = [_line(line) for line in facts.indicators() if line.topic is topic and _fits(line, asked)]
        groups += [Group(topic.value, name, tuple(rows))] if rows else []
    return render(request, "public/indicators.html", {"groups": groups, "asked": asked})


def _fits(line: Indicator, asked: str) -> bool:
    return asked.lower() in f"{gettext(line.zh)} {gettext(line.says)} {line.code}".lower()


@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Show what one indicator means. An unknown code gets a page that leads back to the list."""
    try:
        line = facts.indicator(code)
    except NotFound:
        return render(request, "public/indicator_none.html", status=404)
    since = facts.recorded_since(line)
    counted = "" if line.missing else " + ".join(line.top)
    page = Definition(
        code=line.code, name=gettext(line.zh), says=gettext(line.says), topic=topics()[line.topic], formula=formula_words(line),
        exact=f"{counted} / {' + '.join(line.bottom)}" if line.top != line.bottom else counted,
        upon="" if line.missing or line.shape is Shape.COUNT else measured(line.bottom), unit=unit_words(line.unit),
        better=better_words(line.direction), adding=adding_words(line), kept=kept_words(line, rules_of(request, "")[""].count("figure_least")),
        owner=owner_words(line.owner), source=line.source, missing=line.missing, since=day_words(since.astimezone(SHANGHAI).date()) if since else "",
        near=tuple(_line(other) for other in facts.near(line)), goals=tuple((gettext(figure.zh), f"{reverse('public:goals')}?kind=every#{figure.code}") for figure in programme.answered_by(line.code)),
        here=_here(actor_of(request), line),
    )  # fmt: skip
    return render(request, "public/indicator.html", {"page": page})


def _here(actor: Actor, line: Indicator) -> str:
    """Return where somebody with a post sees the figure of their own place, '' for everybody else."""
    own = sorted((p.place for p in actor.posts if p.role in STAFF), key=lambda place: (len(place), place))
    return reverse("street:indicator", args=[own[0], line.code]) if own else ""
