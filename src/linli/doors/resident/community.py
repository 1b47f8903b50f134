"""How one's community fares: the index with its interval, what was asked and met, where to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.doors.city.case_pages import StarShown
from linli.doors.city.pages import DimensionLine, IndexShown, Spark
from linli.doors.city.shown import dimension_line, index_shown, spark_of, star_shown
from linli.doors.resident.home import promise_minutes
from linli.doors.site.who import actor_of, home_of, person_of, rules_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.stats import Share, wilson
from linli.sight.wellbeing import reads as wellbeing
from linli.trust.voice import reads as voice
from linli.value.timebank import reads as timebank

DAYS = 30


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One's own community: the index with its interval, what is strong and weak in it, the last days, its own services."""

    place: str
    code: str
    index: IndexShown
    star: StarShown
    dimensions: tuple[DimensionLine, ...]
    best: DimensionLine | None
    weakest: DimensionLine | None
    spark: Spark | None
    days: int
    counts: needs.Counts
    answered: Share | None
    satisfied: Share | None
    small: bool
    promise_minutes: int
    helpers: int
    issued_minutes: int
    specials: tuple[needs.ServiceHereRow, ...]


def _sure(lines: Iterable[DimensionLine], least: int) -> list[DimensionLine]:
    # A comparison is made only between dimensions with enough behind them.
    return sorted((d for d in lines if d.share is not None and d.share.n >= least), key=lambda d: d.percent)


@require_GET
def community(request: HttpRequest) -> HttpResponse:
    """Show one's own community."""
    moment = now()
    actor, person, home = actor_of(request), person_of(request), home_of(request)
    place = home[:12]
    rules = rules_of(request, place, home)[place]
    mine = people.disclose(actor, [person], wanted=frozenset({DataClass.GROUPS}), purpose=Purpose.SELF, now=moment)[person]
    start = moment - timedelta(days=DAYS)
    counts, (history, star) = needs.counts(place, start, moment), wellbeing.history_and_stars(place, DAYS)
    index = history[-1] if history else None
    good, rated = voice.satisfied(place, start, moment)
    least = rules.count("observations_min")
    dimensions = tuple(dimension_line(row, least) for row in index.dimensions) if index else ()
    sure = _sure(dimensions, least)
    page = CommunityPage(
        place=places.near(place), code=place, index=index_shown(index), star=star_shown(star), dimensions=dimensions, best=sure[-1] if len(sure) > 1 else None,
        weakest=sure[0] if len(sure) > 1 else None, spark=spark_of(history), days=DAYS, counts=counts,
        answered=wilson(counts.answered_in_time, counts.answered), satisfied=wilson(good, rated), small=rated < least,
        promise_minutes=promise_minutes(rules_of(request, home)[home], mine.groups or ()), helpers=supply.count_at(place), issued_minutes=timebank.pool(place).issued_minutes,
        specials=needs.specials_below(place),
    )  # fmt: skip
    return render(request, "resident/community.html", {"page": page, "tab": "community"})
