"""How one's community fares: the index with its interval, what was asked and met, where to ask."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.doors.city.shown import dimension_line, index_shown, spark_of
from linli.doors.site.who import person_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.journeys.plans import policy_at
from linli.kernel.stats import wilson
from linli.sight.wellbeing import reads as wellbeing
from linli.trust.voice import reads as voice
from linli.value.timebank import reads as timebank

DAYS = 30


@require_GET
def community(request: HttpRequest) -> HttpResponse:
    """Show one's own community."""
    moment = now()
    place = people.card(person_of(request), moment).place[:12]
    rules = policy_at(place, moment)
    start = moment - timedelta(days=DAYS)
    counts, index = needs.counts(place, start, moment), wellbeing.index(place)
    good, rated = voice.satisfied(place, start, moment)
    least = rules.count("observations_min")
    context = {
        "place": places.near(place), "index": index_shown(index), "days": DAYS, "counts": counts,
        "answered": wilson(counts.answered_in_time, counts.answered), "satisfied": wilson(good, rated), "small": rated < least,
        "dimensions": [dimension_line(row, least) for row in index.dimensions] if index else [], "spark": spark_of(wellbeing.history(place, DAYS)),
        "helpers": supply.count_at(place), "issued_minutes": timebank.pool(place).issued_minutes, "phone": rules.text("community_phone"),
        "specials": needs.specials_below(place), "tab": "community",
    }  # fmt: skip
    return render(request, "resident/community.html", context)
