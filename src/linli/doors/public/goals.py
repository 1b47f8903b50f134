"""What the report promises and how it stands at a place, for anybody: sums without names, and who the report says is to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.paper_list import day_words
from linli.doors.city.programme_shown import clashes_by_figure, due_words, interval_words
from linli.doors.city.programme_words import KINDS, PROMISES, SCOPES, STATES, TONES, indicator_name, measured, promised
from linli.doors.site.desk import with_query
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.terms import say
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.kernel.errors import NotFound
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Standing

SHOWN_DIGITS = (2, 4, 6)  # below a district a month's count can point at few people
ORDER = tuple(STATES)
EVERY = "every"


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise: what the report says, who owes it by when, what the records here say ('' where nothing does), and from which indicator."""

    code: str
    section: str
    kind: str
    scope: str
    subject: str
    promised: str
    due: str
    owner: str
    here: str
    interval: str
    n: int
    state: str
    state_words: str
    tone: str
    measured_by: str
    measured_url: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class GoalGroup:
    """The promises that stand alike."""

    state: str
    words: str
    tone: str
    rows: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class GoalsPage:
    """Every promise of a kind as it stands at a place ('' and no name where no month was ever counted)."""

    place: str
    place_name: str
    places: tuple[Option, ...]
    kinds: tuple[Option, ...]
    groups: tuple[GoalGroup, ...]
    total: int
    known: int
    clashes: int
    day: str


def _goal(row: Standing, clashes: dict[str, int]) -> Goal:
    figure, measure, binding = row.figure, row.measure, row.binding
    return Goal(
        code=figure.code, section=figure.section, kind=say(KINDS, figure.kind.value), scope=say(SCOPES, figure.scope), subject=_(figure.zh),
        promised=promised(figure), due=due_words(figure), owner=_(row.owner_words.zh) if row.owner_words else "",
        here=measured(measure.value, measure.unit) if measure else "", interval=interval_words(measure) if measure else "",
        n=measure.n if measure else 0, state=row.state, state_words=say(STATES, row.state), tone=TONES[row.state],
        measured_by=indicator_name(binding.indicator) if binding else "",
        measured_url=reverse("public:indicator", args=[binding.indicator]) if binding else "", conflicts=clashes.get(figure.code, 0),
    )  # fmt: skip


def _place(request: HttpRequest, counted: tuple[str, ...]) -> str:
    asked = request.GET.get("place", "")
    if asked and asked not in counted:
        raise NotFound
    return asked or next((code for code in counted if len(code) == SHOWN_DIGITS[1]), counted[0] if counted else "")


def _groups(rows: list[Standing]) -> tuple[GoalGroup, ...]:
    clashes = clashes_by_figure()
    ranked = sorted(rows, key=lambda row: (row.figure.due or date.max, row.figure.code))
    groups = []
    for state in ORDER:
        found = tuple(_goal(row, clashes) for row in ranked if row.state == state)
        groups += [GoalGroup(state, say(STATES, state), TONES[state], found)] if found else []
    return tuple(groups)


@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """Show the report's promises of a kind at a province, city or district. Raises NotFound for a place no month was counted for."""
    today = now().astimezone(SHANGHAI).date()
    counted = tuple(code for code in programme.places_counted([""]) if len(code) in SHOWN_DIGITS)
    place, asked = _place(request, counted), request.GET.get("kind", PROMISES[0])
    kind = asked if asked in {*PROMISES, EVERY} else PROMISES[0]
    rows = [row for row in programme.standings(place, today) if kind in (EVERY, row.figure.kind.value)]
    names = places.names(counted)
    kinds = [Option(with_query(request.path, place=place, kind=code), say(KINDS, code), code == kind) for code in PROMISES]
    page = GoalsPage(
        place, names.get(place, place),
        tuple(Option(with_query(request.path, place=code, kind=kind), names.get(code, code), code == place) for code in counted),
        (*kinds, Option(with_query(request.path, place=place, kind=EVERY), _("全部承诺"), kind == EVERY)), _groups(rows), len(rows),
        sum(row.state not in {"none", "part", "early"} for row in rows), len(programme.conflicts()), day_words(today),
    )  # fmt: skip
    return render(request, "public/goals.html", {"page": page})
