"""The first page: ask for help, what is going on now, the time book, notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.resident.acting import acted
from linli.doors.resident.shown import NeedShown, VisitShown, own_and_wards, shown_needs, visit_lines
from linli.doors.site.notices import leads, notice_words
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.terms import ENDED_STATES
from linli.doors.site.who import actor_of, home_of, person_of, rules_of, view_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.needs import figures
from linli.help.needs.catalogue import Service
from linli.help.visits import reads as visits
from linli.journeys import mine
from linli.journeys.ask import GROUP_ORDER
from linli.journeys.plans import clock_plan
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import DataClass, Group, Purpose
from linli.sight.wellbeing import reads as wellbeing
from linli.value.timebank import reads as timebank

TILES = 7
ELDER_TILES = 5  # bigger and fewer; with the open question six
ANYTHING = "other"
NEWS_DAYS = 30
NOTICES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the first page shows."""

    place: str
    name: str
    greeting: str
    promise_minutes: int
    tiles: tuple[Service, ...]
    needs: tuple[NeedShown, ...]
    offers: int
    my_visits: tuple[VisitShown, ...]
    book: timebank.Book
    has_book: bool
    unread: int
    met: int
    asked: int
    index_ppm: int | None
    staff_url: str
    specials: tuple[Service, ...]


def greeting(moment: datetime) -> str:
    """Return how one greets at this hour in Beijing."""
    hour = moment.astimezone(SHANGHAI).hour
    for until, words in ((5, _("夜深了")), (9, _("早上好")), (12, _("上午好")), (14, _("中午好")), (18, _("下午好"))):
        if hour < until:
            return words
    return _("晚上好")


def promise_minutes(rules: Policy, groups: Collection[Group]) -> int:
    """Return within how many minutes somebody of these groups is answered, by the policy of their home."""
    group = next((g for g in GROUP_ORDER if g in groups), "")
    return clock_plan(rules, urgent=False, group=group).answer_minutes


def tiles_of(services: tuple[Service, ...], used: Iterable[str] = (), *, tiles: int = TILES) -> tuple[Service, ...]:
    """Return the services on the first page, at most `tiles` and last the open question: what one used most (`used`: a code per time),
    then the first of the catalogue. They stand in the catalogue's order, so that a tile stays where the thumb knows it.
    """
    known = [s for s in services if s.code != ANYTHING and not s.special]
    times = Counter(used)
    chosen = sorted(known, key=lambda s: -times[s.code])[:tiles]
    return (*[s for s in known if s in chosen], *[s for s in services if s.code == ANYTHING])


def staff_url(actor: Actor) -> str:
    """Return where somebody with a staff post works, or ''."""
    roles = {post.role.value for post in actor.posts}
    for role, name in (("city", "city:home"), ("dispatcher", "street:home"), ("worker", "worker:list")):
        if role in roles:
            return reverse(name)
    return ""


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    actor, moment, person, elder = actor_of(request), now(), person_of(request), view_of(request).elder
    home = home_of(request)
    community = home[:12]
    known = own_and_wards(request, moment)
    live = [c for c in known if c.state.value not in ENDED_STATES]
    helps = any(post.role is Role.VOLUNTEER for post in actor.posts)
    ahead = [v for v in visits.of_helper(person, ahead=True) if v.state.value in {"booked", "checked_in"}] if helps else []
    rules = rules_of(request, home, *(c.place for c in live))[home]
    myself = people.Asked((person,), frozenset({DataClass.NAME, DataClass.GROUPS}), Purpose.SELF)
    seen = shown_needs(request, live, moment, asked=[myself], codes=[*places.steps_to(community), *(v.place for v in ahead)])
    shown = seen.people[0][person]
    here = figures.here(community, moment - timedelta(days=NEWS_DAYS), moment)
    counted, services = here.counts, here.services
    index, book = wellbeing.index(community), timebank.book(person, moment)
    page = HomePage(
        place=places.near_by(seen.names, community), name=shown.name or "", greeting=greeting(moment), promise_minutes=promise_minutes(rules, shown.groups or ()),
        tiles=tiles_of(services, (c.service.code for c in known), tiles=ELDER_TILES if elder else TILES),
        needs=seen.needs, offers=len(visits.offers_for(person, moment)) if helps else 0,
        my_visits=visit_lines(ahead, seen.names),
        book=book, has_book=bool(book.available_minutes or book.earned_minutes or book.given_minutes or book.held_minutes), unread=people.unread(actor), met=counted.ended, asked=counted.opened,
        index_ppm=index.value_ppm if index else None, staff_url=staff_url(actor), specials=tuple(s for s in services if s.special),
    )  # fmt: skip
    return render(request, "resident/home.html", {"page": page, "tab": "home"})


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One message: its words and where it leads ('' nowhere)."""

    words: str
    url: str
    at: datetime
    unread: bool


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show the latest messages, newest first."""
    actor = actor_of(request)
    told = people.notices(actor, limit=NOTICES_SHOWN)
    urls = leads(actor, told, now(), desk=False)
    rows = tuple(NoticeShown(notice_words(r.kind, r.facts), urls[r.id], r.at, r.read_at is None) for r in told)
    return render(request, "resident/notices.html", {"rows": rows, "unread": any(r.unread for r in rows), "tab": "home"})


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark the messages shown as read; those of a post stay unread for colleagues only where they are not the actor's."""
    actor = actor_of(request)
    ids = [r.id for r in people.notices(actor, limit=NOTICES_SHOWN) if r.read_at is None]
    return acted(request, lambda: mine.read_notices(actor, ids), reverse("resident:notices"))
