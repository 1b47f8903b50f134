"""The big screen: a place seen from five metres. Few things, each with its interval; everything leads one level down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.doors.city.pages import Bar, Chip, ChipGroup, HourLines, IndexShown, ScreenPage
from linli.doors.city.scope import CITY, COMMUNITY, DISTRICT, PROVINCE, STREET, own_place
from linli.doors.city.shown import COUNTS, LOW_PPM, NOTHING, index_shown, plain_path
from linli.doors.site.desk import policy_at, with_query
from linli.doors.site.templatetags.linli import SHANGHAI, span
from linli.doors.site.terms import DIMENSIONS, WARNING_TONES, say
from linli.doors.site.who import actor_of
from linli.doors.worker.cases import warning_line
from linli.doors.worker.helpers import weekday_words
from linli.doors.worker.pages import Figure, Option
from linli.ground.places import reads as places
from linli.help.needs import figures
from linli.help.needs.figures import HourCount
from linli.help.visits import reads as visits
from linli.kernel.actor import Role
from linli.kernel.errors import NotFound
from linli.kernel.stats import Share, wilson
from linli.kernel.units import PPM_ONE
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.reads import WarningCard
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.reads import DimensionRow, Index
from linli.trust.evidence import reads as evidence

CITY_ROLES = frozenset({Role.CITY})
WARNINGS_SHOWN = 6
DAYS = 7
HOURS = DAYS * 24
LINE_WIDTH, LINE_HEIGHT = 1344, 120  # eight units an hour
LEVELS_DOWN = {PROVINCE: CITY, CITY: DISTRICT, DISTRICT: STREET, STREET: COMMUNITY}


def _screen_url(code: str) -> str:
    if len(code) >= COMMUNITY:
        return reverse("street:community", args=[code])
    return with_query(reverse("city:screen"), place=code)


def _children(found: Iterable[str], place: str) -> list[str]:
    digits = LEVELS_DOWN[len(place)]
    return sorted(code for code in found if len(code) == digits and code.startswith(place))


def _shown_place(found: dict[str, Index], place: str) -> str:
    # A province with one city on record shows that city's districts, a city with one district that district's streets: a map with one tile would say nothing.
    while len(place) < STREET and len(below := _children(found, place)) == 1:
        place = below[0]
    return place


def _chip(code: str, found: dict[str, Index], names: dict[str, str], warned: dict[str, int]) -> Chip:
    return Chip(
        _screen_url(code), names.get(code, code), index_shown(found.get(code)), sum(n for at, n in warned.items() if at.startswith(code))
    )


def _groups(found: dict[str, Index], shown: str, names: dict[str, str], cards: tuple[WarningCard, ...]) -> tuple[ChipGroup, ...]:
    warned: dict[str, int] = {}
    for card in cards:
        warned[card.place] = warned.get(card.place, 0) + 1
    if len(shown) == STREET:
        chips = tuple(_chip(code, found, names, warned) for code in _children(found, shown))
        return (ChipGroup("", "", NOTHING, chips),) if chips else ()
    return tuple(
        ChipGroup(
            _screen_url(code), names.get(code, code), index_shown(found.get(code)),
            tuple(_chip(below, found, names, warned) for below in _children(found, code)),
        )
        for code in _children(found, shown)
    )  # fmt: skip


def _bar(row: DimensionRow) -> Bar:
    value, low, high = row.value_ppm, row.low_ppm, row.high_ppm
    known = value is not None and low is not None and high is not None
    share = Share(value, low, high, row.n) if known else None  # type: ignore[arg-type]
    return Bar(say(DIMENSIONS, row.code.value), _(COUNTS[row.code.value]), share, share is not None and share.value_ppm < LOW_PPM)


def _satisfied(index: Index | None) -> Share | None:
    row = next((d for d in index.dimensions if d.code.value == "satisfaction"), None) if index else None
    return wilson(row.hits, row.n) if row else None


def hour_lines(counts: tuple[HourCount, ...], start: datetime) -> HourLines:
    """Return both lines of the last seven days: what was asked in each hour, and how much of it was answered in time.

    `start` is the full hour the first point stands for.
    """
    asked, in_time = [0] * HOURS, [0] * HOURS
    for row in counts:
        hour = int((row.at - start).total_seconds()) // 3600
        if 0 <= hour < HOURS:
            asked[hour], in_time[hour] = row.asked, row.in_time
    top = max(1, *asked)
    step = LINE_WIDTH // HOURS

    def line(values: list[int]) -> str:
        return plain_path([(hour * step, LINE_HEIGHT - value * LINE_HEIGHT // top) for hour, value in enumerate(values)])

    days = [(start + timedelta(days=day, hours=12)).astimezone(SHANGHAI) for day in range(DAYS)]
    labels = tuple(_("%(day)s %(date)s") % {"day": weekday_words()[d.weekday()], "date": f"{d.month}/{d.day}"} for d in days)
    area = f"{line(in_time)}L{(HOURS - 1) * step} {LINE_HEIGHT}L0 {LINE_HEIGHT}Z"
    return HourLines(line(asked), line(in_time), area, labels, top, sum(asked), sum(in_time))


def _path(place: str, widest: int, names: dict[str, str]) -> tuple[Option, ...]:
    steps = [place[:digits] for digits in LEVELS_DOWN if widest <= digits <= len(place)]
    return tuple(Option(_screen_url(code), names.get(code, code)) for code in steps)


def _verifiable() -> tuple[Share | None, int, datetime | None]:
    state = evidence.state()
    total = state.size + state.waiting
    share = Share(state.published * PPM_ONE // total, 0, PPM_ONE, total) if total else None
    return share, total - state.published, state.published_at


def screen_page(request: HttpRequest, place: str, moment: datetime) -> ScreenPage:
    """Gather the screen of a province, city, district or street; a constant number of queries. Raises NotFound for a community."""
    if len(place) not in LEVELS_DOWN:
        raise NotFound
    actor, policy = actor_of(request), policy_at(place, moment)
    found = wellbeing.below(place)
    shown = _shown_place(found, place)
    cards = warnings.open_in(place, moment)
    names = places.names({*found, place, *(place[:digits] for digits in LEVELS_DOWN if digits < len(place)), *(c.place for c in cards)})
    hour = moment.replace(minute=0, second=0, microsecond=0)
    start = hour - timedelta(hours=HOURS - 1)
    midnight = moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    hours = figures.hourly(place, start, moment)
    index, least = found.get(place), policy.count("observations_min")
    satisfied, answered = _satisfied(index), wilson(sum(row.in_time for row in hours), sum(row.answered for row in hours))
    promise = _("%(span)s内回话，近七天") % {"span": span(policy.minutes("answer_minutes") * 60)}
    verifiable, waiting, signed_at = _verifiable()
    levels = [WARNING_TONES[card.level.value] for card in cards]  # an accountability card counts among the red
    return ScreenPage(
        place=place, place_name=names.get(place, place), path=_path(place, len(own_place(actor, CITY_ROLES)), names),
        shown_name=names.get(shown, shown) if shown != place else "", groups=_groups(found, shown, names, cards),
        fine=len(shown) == STREET, communities=sum(1 for code in found if len(code) == COMMUNITY),
        index=index_shown(index) if index else IndexShown(None, 0, PPM_ONE, 0, 0, 0),
        satisfied=Figure(_("满意（四星、五星）"), satisfied, satisfied is not None and satisfied.n < least),
        answered=Figure(promise, answered, answered is not None and answered.n < least),
        given=visits.given_in(place, midnight, moment), verifiable=verifiable, waiting=waiting, signed_at=signed_at,
        bars=tuple(_bar(row) for row in index.dimensions) if index else (), lines=hour_lines(hours, start),
        warnings=tuple(warning_line(card, names) for card in cards[:WARNINGS_SHOWN]),
        by_level=tuple((level, levels.count(level)) for level in ("red", "yellow", "blue") if level in levels),
        moment=moment,
    )  # fmt: skip
