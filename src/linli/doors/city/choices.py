"""What the index hangs on: every decision of the method made otherwise, and how far the communities move."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.pages import ChoicesPage, SpreadLine, VariantLine
from linli.doors.city.places import path_to, prefixes
from linli.doors.city.scope import DISTRICT, STREET, UPPER, checked, own_place
from linli.doors.city.shown import place_url
from linli.doors.site.desk import frame_of, policy_at
from linli.doors.site.terms import DIMENSIONS, say
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys.plans import kinship, weights
from linli.journeys.recast import profiles_of
from linli.kernel.errors import NotFound
from linli.kernel.stats import Share
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.sensitivity import Choice, Spread, Variant

DAYS_COMPARED = 8
WORDS: dict[Choice, str] = {
    Choice.WEIGHT_MORE: gettext_noop("“%(dimension)s”加重一半"),
    Choice.WEIGHT_LESS: gettext_noop("“%(dimension)s”减轻一半"),
    Choice.SATISFACTION: gettext_noop("满意占到六成"),
    Choice.EVEN: gettext_noop("满意以外的七个维度一样重"),
    Choice.PRIOR_NONE: gettext_noop("几乎不向相像的社区靠拢"),
    Choice.PRIOR_DOUBLE: gettext_noop("加倍向相像的社区靠拢"),
    Choice.PEERS_ALL: gettext_noop("和同类地区的全部社区比，不管大小老少"),
}


def _variant(row: Variant) -> VariantLine:
    dimension = say(DIMENSIONS, row.dimension.value) if row.dimension else ""
    return VariantLine(gettext(WORDS[row.choice]) % {"dimension": dimension}, row.tau_ppm, row.moved, row.last_changed, row.most_ppm)


def _spread(row: Spread, names: dict[str, str]) -> SpreadLine:
    share = Share(row.value_ppm, row.low_ppm, row.high_ppm, 0)
    return SpreadLine(names.get(row.place, row.place), place_url(row.place), share, row.rank, row.rank_best, row.rank_worst)


def _methods(place: str) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[int | None, ...]], ...]]:
    days = wellbeing.by_method(place, DAYS_COMPARED)
    names = tuple(sorted({method for _day, values in days for method in values}))
    return names, tuple((day.isoformat(), tuple(values.get(name) for name in names)) for day, values in days)


@require_GET
def choices(request: HttpRequest, place: str) -> HttpResponse:
    """Show what the index of a district or street hangs on. Raises NotFound for a wider place, a community, or one of somebody else."""
    actor, code, moment = actor_of(request), checked(actor_of(request), place), now()
    if len(code) not in (DISTRICT, STREET):
        raise NotFound
    district = code[:DISTRICT]
    rows = wellbeing.below(district)
    communities = [row for row in rows if len(row) > STREET]
    rules = policy_at(district, moment)
    profiles = {c: (p.region, p.residents, p.elders) for c, p in profiles_of(district, communities, moment).items()}
    found = wellbeing.sensitivity(rows, profiles, kinship=kinship(rules), weights=weights(rules))
    names = places.names([*prefixes(code), *communities, *(p.place for p in actor.posts)])
    method_names, methods = _methods(code)
    page = ChoicesPage(
        frame=frame_of(request, "street:communities", names), place_name=names.get(code, code),
        path=(*path_to(code, names, len(own_place(actor, UPPER))),), day=rows[code].day.isoformat() if code in rows else "",
        communities=len(found.spreads), variants=tuple(_variant(row) for row in sorted(found.variants, key=lambda v: v.tau_ppm)),
        spreads=tuple(_spread(row, names) for row in found.spreads if row.place.startswith(code)),
        least_tau_ppm=min((v.tau_ppm for v in found.variants), default=0), method=wellbeing.METHOD, methods=methods,
        method_names=method_names,
    )  # fmt: skip
    return render(request, "city/choices.html", {"page": page, "frame": page.frame, "title": _("换一种算法会怎样")})
