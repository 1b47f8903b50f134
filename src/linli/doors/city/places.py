"""The places below a place with their index, what lives there and how it answers; and one community on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.pages import CommunityPage, GroupCount, PlaceLine, PlacesPage, ServiceLine
from linli.doors.city.past import past_shown
from linli.doors.city.scope import COMMUNITY, DISTRICT, UPPER, checked, own_place
from linli.doors.city.shown import dimension_line, index_shown, peers_words, place_url, spark_of, star_shown
from linli.doors.site.desk import community_of, frame_of, policy_at, with_query
from linli.doors.site.terms import GROUPS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.cases import warning_line
from linli.doors.worker.lists import figures_of
from linli.doors.worker.pages import Figure, Option, Pager
from linli.ground.people import happened as people_happened
from linli.ground.places import reads as places
from linli.ground.places.reads import PlaceRow
from linli.ground.steps.reads import now
from linli.help.needs import figures
from linli.help.needs import reads as needs
from linli.help.needs.reads import Counts, LiveCount
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits
from linli.kernel.actor import STAFF, Role
from linli.kernel.errors import NotFound
from linli.kernel.stats import Share, wilson
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.reads import WarningCard
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.reads import Index
from linli.value.timebank import reads as timebank

NO_COUNTS = Counts(0, 0, 0, 0, 0, 0, 0, 0)
NO_LIVE = LiveCount(0, 0, 0)
WARNINGS_SHOWN = 6
CHILDREN = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a place for its list."""

    live: dict[str, LiveCount]
    counts: dict[str, Counts]
    warnings: tuple[WarningCard, ...]


def _total(found: dict[str, LiveCount]) -> LiveCount:
    return LiveCount(sum(c.live for c in found.values()), sum(c.risen for c in found.values()), sum(c.late for c in found.values()))


def _sum(found: dict[str, Counts]) -> Counts:
    rows = list(found.values())
    return Counts(**{name: sum(getattr(row, name) for row in rows) for name in Counts.__slots__})


def prefixes(code: str) -> list[str]:
    """Return the codes from the province down to a place itself."""
    return [code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(code)]


def path_to(code: str, names: dict[str, str], widest: int) -> tuple[Option, ...]:
    """Return the steps that lead to a place as links, from the widest that the actor covers."""
    return tuple(Option(place_url(step), names.get(step, step)) for step in prefixes(code) if len(step) >= widest)


def _satisfied(found: dict[str, Index], children: tuple[PlaceRow, ...]) -> Share | None:
    rows = [d for row in children if row.code in found for d in found[row.code].dimensions if d.code.value == "satisfaction"]
    return wilson(sum(d.hits for d in rows), sum(d.n for d in rows))


def _lines(children: list[PlaceRow], found: dict[str, Index], seen: Seen, names: dict[str, str]) -> tuple[PlaceLine, ...]:
    lines = []
    for row in children:
        live, counts = seen.live.get(row.code, NO_LIVE), seen.counts.get(row.code, NO_COUNTS)
        warned = sum(1 for w in seen.warnings if w.place.startswith(row.code))
        lines.append(
            PlaceLine(
                row.code,
                names.get(row.code, row.name),
                place_url(row.code),
                index_shown(found.get(row.code)),
                live.live,
                live.risen,
                live.late,
                wilson(counts.answered_in_time, counts.answered),
                warned,
            )
        )
    # Where help is late comes first, then the lowest index; places without an index stand last.
    return tuple(sorted(lines, key=lambda x: (-x.late, x.index.value_ppm is None, x.index.value_ppm or 0, x.code)))


def _on_record(row: PlaceRow, found: dict[str, Index], seen: Seen) -> bool:
    return row.code in found or row.code in seen.live or row.code in seen.counts


@dataclass(frozen=True, slots=True)
class Below:
    """The places of a list, and those beside them without any index; `inner` is the one child with data whose own children are listed."""

    rows: tuple[PlaceRow, ...]
    beside: tuple[PlaceRow, ...]
    inner: str
    after: str
    indexes: dict[str, Index]


def _below(place: str, after: str) -> Below:
    found = places.children(place, after=after if after.isascii() and after.isdigit() else "", limit=CHILDREN)
    indexes = wellbeing.indexes([place, *(row.code for row in found.rows)])
    known = [row.code for row in found.rows if row.code in indexes]
    if len(known) != 1 or len(found.rows) == 1 or len(known[0]) >= COMMUNITY or after:
        return Below(found.rows, (), "", found.after or "", indexes)
    # One child with data: its own children say more than a table of one line.
    inner = places.children(known[0], limit=CHILDREN)
    beside = tuple(row for row in found.rows if row.code not in indexes)
    return Below(inner.rows, beside, known[0], "", indexes | wellbeing.indexes([row.code for row in inner.rows]))


def _choices_url(place: str, below: Below) -> str:
    # The choices are looked at within one district: peers are its communities.
    known = [row.code for row in below.rows if row.code in below.indexes]
    district = place if len(place) >= DISTRICT else below.inner or (known[0] if len(known) == 1 else "")
    return reverse("street:choices", args=[district]) if known and len(district) >= DISTRICT else ""


def places_page(request: HttpRequest, place: str, current: str, moment: datetime) -> PlacesPage:
    """Gather the places below `place`; a constant number of queries. Raises NotFound where nothing is below."""
    actor, after = actor_of(request), request.GET.get("after", "")
    below = _below(place, after)
    if not below.rows:
        raise NotFound
    digits, policy = len(below.rows[0].code), policy_at(place, moment)
    days, least = policy.days("stock_days"), policy.count("observations_min")
    seen = Seen(
        needs.live_by(place, moment, digits=digits),
        needs.counts_by(place, moment - timedelta(days=days), moment, digits=digits),
        warnings.open_in(place, moment),
    )
    listed, indexes, total = [*below.rows, *below.beside], below.indexes, _total(seen.live)
    names = places.names(
        {*prefixes(place), *(row.code for row in listed), below.inner, *(w.place for w in seen.warnings), *(p.place for p in actor.posts)}
    )
    satisfied = _satisfied(indexes, below.rows)
    return PlacesPage(
        frame=frame_of(request, current, names, counts={"city:cases": len(seen.warnings)}), place=place, place_name=names.get(place, place),
        path=path_to(place, names, len(own_place(actor, UPPER))), index=index_shown(indexes.get(place)),
        rows=_lines([row for row in below.rows if _on_record(row, indexes, seen)], indexes, seen, names),
        inner_name=names.get(below.inner, "") if below.inner else "",
        blank=tuple(Option(place_url(row.code), names[row.code]) for row in listed if not _on_record(row, indexes, seen)),
        figures=figures_of(_sum(seen.counts), policy), figures_days=days,
        satisfied=Figure(_("满意（四星、五星）"), satisfied, satisfied is not None and satisfied.n < least),
        live=total.live, risen=total.risen, late=total.late,
        warnings=tuple(warning_line(card, names) for card in seen.warnings[:WARNINGS_SHOWN]), warnings_count=len(seen.warnings),
        pager=Pager(request.path if after else "", with_query(request.path, after=below.after) if below.after else ""),
        screen_url=with_query(reverse("city:screen"), place=place) if actor.holds(Role.CITY, place) else "",
        choices_url=_choices_url(place, below), past=past_shown(place, names.get(place, place)),
    )  # fmt: skip


@require_GET
def place(request: HttpRequest, place: str) -> HttpResponse:
    """Show the places below a street, district or city of the actor. Raises NotFound for any other."""
    code = checked(actor_of(request), place)
    if len(code) >= COMMUNITY:
        raise NotFound
    page = places_page(request, code, "street:communities", now())
    return render(request, "city/places.html", {"page": page, "frame": page.frame})


def community_page(request: HttpRequest, code: str, moment: datetime, *, current: str = "street:communities") -> CommunityPage:
    """Gather one community on one sheet: figures only, nobody's name; a constant number of queries."""
    actor = actor_of(request)
    policy = policy_at(code, moment)
    days, least = policy.days("stock_days"), policy.count("observations_min")
    start = moment - timedelta(days=days)
    history, star = wellbeing.history_and_stars(code)
    newest = history[-1] if history else None
    names, buildings = places.names_and_buildings([*prefixes(code), *(p.place for p in actor.posts)], code)
    if code not in names:
        raise NotFound
    asked, live = figures.sheet(code, start, moment)
    residents, groups = people_happened.on_register(code, moment)
    opened, closed = warnings.cases_in(code, moment)
    upper = actor.holds_any(UPPER, code)
    return CommunityPage(
        frame=frame_of(request, current, names), place=code, place_name=names[code],
        path=path_to(code, names, len(own_place(actor, UPPER)) if upper else COMMUNITY), index=index_shown(newest),
        peers=peers_words(newest), prior=newest.prior if newest else 0, index_day=newest.day.isoformat() if newest else "",
        dimensions=tuple(dimension_line(row, least) for row in newest.dimensions) if newest else (), spark=spark_of(history),
        residents=residents,
        groups=tuple(GroupCount(say(GROUPS, g.value), *counted) for g, counted in groups.items()),
        helpers=supply.count_at(code), buildings=buildings, live=live.live, risen=live.risen, late=live.late,
        figures=figures_of(_sum({row.service.code: row.counts for row in asked}), policy), figures_days=days,
        services=tuple(ServiceLine(_(row.service.name), row.counts.opened, row.met) for row in asked),
        given=visits.given_in(code, start, moment),
        warnings=tuple(warning_line(card, names) for card in opened),
        closed=tuple(warning_line(card, names) for card in closed), star=star_shown(star),
        grave_url=reverse("street:grave", args=[code]) if upper else "",
        pool=timebank.pool(code), here=reverse("street:community", args=[code]), moment=moment, past=past_shown(code, names[code]),
    )  # fmt: skip


@require_GET
def community(request: HttpRequest, place: str) -> HttpResponse:
    """Show one community on one sheet. Raises NotFound for one that no post of the actor covers."""
    code = checked(actor_of(request), place, STAFF)
    if len(code) != COMMUNITY:
        raise NotFound
    page = community_page(request, code, now())
    return render(request, "city/community.html", {"page": page, "frame": page.frame})


@require_GET
def own_community(request: HttpRequest) -> HttpResponse:
    """Show the community of the desk on one sheet, to its worker."""
    page = community_page(request, community_of(request), now(), current="street:own")
    return render(request, "city/community.html", {"page": page, "frame": page.frame})
