"""The matcher's last runs for a city: what was matched, how near the best, and what more helpers would change. No person is on this page."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.match_pages import MatchingPage, RunLine
from linli.doors.city.month_shown import month_shown
from linli.doors.city.scope import CITY, own_place
from linli.doors.city.screen import CITY_ROLES
from linli.doors.site.desk import frame_of, policy_at
from linli.doors.site.more import more_words
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.matching import reads as matching
from linli.help.matching.reads import MoreRow, RunRow

RUNS_SHOWN = 10
PPB_OF_HUNDREDTH = 100_000  # of a per cent


def gap_words(gap_ppb: int) -> str:
    """Return how far from the best a run can be, in words: nothing, or at most so many hundredths of a per cent, rounded up."""
    if gap_ppb <= 0:
        return _("就是最好的")
    hundredths = -(-gap_ppb // PPB_OF_HUNDREDTH)
    return _("离最好的最多差 %(share)s%%") % {"share": f"{hundredths // 100}.{hundredths % 100:02}"}


def _line(run: RunRow) -> RunLine:
    return RunLine(
        run.at,
        run.needs,
        run.served,
        run.asked,
        run.helpers,
        gap_words(run.gap_ppb) if run.asked else _("没有人可问"),
        run.milliseconds,
        str(run.id),
    )


def _of_place(more: Iterable[MoreRow], place: str) -> tuple[MoreRow, ...]:
    return tuple(one for one in more if one.community.startswith(place))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the last runs of the actor's city."""
    actor, moment = actor_of(request), now()
    place = own_place(actor, CITY_ROLES)
    runs, month = matching.last_runs(place[:CITY], limit=RUNS_SHOWN), matching.last_month(place[:CITY])
    more = _of_place(runs[0].more, place) if runs else ()
    names = places.names({place, *(one.community for one in more), *(p.place for p in actor.posts)})
    page = MatchingPage(
        frame_of(request, "city:matching", names), names.get(place, place), tuple(_line(run) for run in runs),
        tuple(more_words(one, names) for one in more), runs[0].at if runs else None, policy_at(place, moment).days("match_run_days"), month_shown(month) if month else None,
    )  # fmt: skip
    return render(request, "city/matching.html", {"page": page, "frame": page.frame})
