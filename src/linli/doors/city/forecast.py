"""What is expected at a place in the next days, at which level that can be trusted, and how right the forecasts were that came due."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import date as date_words
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.scope import COMMUNITY, checked
from linli.doors.city.shown import place_url
from linli.doors.site.desk import Frame, frame_of, policy_at, with_query
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.kernel.actor import STAFF, Role
from linli.sight.forecast import reads as forecast
from linli.sight.forecast.reads import DayShown, Expected, MadeRow, Right

MILLI, PERCENT_PPM, WEEK = 1_000, 10_000, 7
FAINT_PPM = 100_000  # of a ceiling: below, a day's number says next to nothing
LEFT, COLUMN, HEIGHT, TOP = 40, 44, 170, 12


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the chart: where its range and middle stand, its short name, whether it differs from its weekday."""

    x: int
    high_y: int
    height: int
    mean_y: int
    label: str
    number: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Fourteen days with their ranges: size, columns, lines of the scale as (y, words), and the whole in a sentence."""

    width: int
    height: int
    bottom: int
    columns: tuple[Column, ...]
    lines: tuple[tuple[int, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day as a line of the table."""

    day: str
    note: str
    expected: str
    between: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service: what is expected this week and the next."""

    name: str
    first: str
    first_range: str
    second: str
    second_range: str


@dataclass(frozen=True, slots=True)
class RightLine:
    """One level: the ceiling, how right forecasts were, last week beside them, days in range, and whether the report's promise can hold."""

    level: str
    ceiling: str
    right: str
    source: str
    last_week: str
    inside: str
    can_hold: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Standby:
    """The busiest day ahead beside the helpers of a community; `more` says how many to ask besides, 0: enough."""

    day: str
    low: int
    high: int
    service: str
    helpers: int
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """What is expected of a place; `chart` None where nothing is."""

    frame: Frame
    place: str
    place_name: str
    back: str
    made: MadeRow | None
    trust: tuple[str, ...]
    chart: Chart | None
    standby: Standby | None
    days: tuple[DayLine, ...]
    services: tuple[ServiceLine, ...]
    levels: tuple[RightLine, ...]
    report: str
    inside_goal: str
    unannounced: int


def per_cent(ppm: int | None) -> str:
    """Return a share in whole per cent, a dash where there is none."""
    return "—" if ppm is None else f"{ppm // PERCENT_PPM}%"


def requests(milli: int) -> str:
    """Return thousandths of a request in words: whole from ten on, a decimal below."""
    return f"{round(milli / MILLI):,}" if milli >= 10 * MILLI else f"{milli // 100 / 10:.1f}"


def _range(low: int, high: int) -> str:
    return f"{low:,}–{high:,}" if low != high else f"{low:,}"


def _note(day: DayShown) -> str:
    if day.kind == "worked":
        return _("调休上班")
    if day.festival:
        return _(day.festival)
    return _("放假") if day.kind == "off" else ""


def _day_words(day: DayShown) -> str:
    return f"{day.day.month}-{day.day.day:02} {date_words(day.day, 'D')}"


def chart_of(whole: Expected, days: tuple[DayShown, ...]) -> Chart:
    """Return the range and middle of each day as columns."""
    top = max(1, *whole.high)
    bottom = TOP + HEIGHT

    def y(milli: int) -> int:
        return bottom - milli * HEIGHT // (top * MILLI)

    columns = tuple(
        Column(
            LEFT + at * COLUMN + COLUMN // 2, y(whole.high[at] * MILLI), max(2, (whole.high[at] - whole.low[at]) * HEIGHT // top), y(mean),
            date_words(days[at].day, "D"), str(days[at].day.day), bool(days[at].kind),
        )
        for at, mean in enumerate(whole.mean_milli)
    )  # fmt: skip
    words = _("往后 %(n)s 天，每天预计多少件：最多的一天 %(most)s 件上下，最少的一天 %(least)s 件上下。细数见下表。") % {
        "n": len(days), "most": requests(max(whole.mean_milli)), "least": requests(min(whole.mean_milli)),
    }  # fmt: skip
    lines = tuple((y(value * MILLI), str(value)) for value in sorted({0, top // 2, top}))
    return Chart(LEFT + len(days) * COLUMN + 8, bottom + 46, bottom, columns, lines, words)


def _levels() -> dict[int, str]:
    return {4: _("全市"), 6: _("各区"), 9: _("各街道"), COMMUNITY: _("各社区")}


def _right_line(row: Right, place: str) -> RightLine:
    name = _("%(level)s分服务") if row.by_service else _("%(level)s合起来")
    score = row.score
    if score:
        source = _("%(n)s 次到期的预测") % {"n": row.forecasts}
    else:
        source = _("日子太短，还没法试") if row.tested_ppm is None else _("只在往日上试过")
    return RightLine(
        name % {"level": _levels()[row.digits]}, per_cent(row.ceiling_ppm), per_cent(score.right_ppm if score else row.tested_ppm), source,
        per_cent(score.naive_ppm if score else None), per_cent(score.inside_ppm if score else None), row.can_hold,
        row.digits == len(place),
    )  # fmt: skip


def _trust(rows: tuple[Right, ...], place: str) -> tuple[str, ...]:
    """Return what to make of the numbers of this place, in sentences."""
    here = [row for row in rows if row.digits == len(place)]
    said = []
    for row in here:
        most = {"most": per_cent(row.ceiling_ppm)}
        if row.ceiling_ppm < FAINT_PPM:
            said.append(
                _("分服务按天看，这一级件数太少，谁也说不准，看一周的合计。")
                if row.by_service
                else _("按天看，这一级件数太少，谁也说不准，看一周的合计。")
            )
        elif row.by_service:
            said.append(_("分服务按天看，这一级谁也猜不准超过 %(most)s。") % most)
        else:
            said.append(_("各项服务合起来按天看，这一级谁也猜不准超过 %(most)s。") % most)
    holds = [row for row in rows if row.can_hold]
    report = per_cent(forecast.report_ppm())
    if not holds:
        said.append(_("报告说的 %(report)s，眼下哪一级的件数都不够多，做不到。") % {"report": report})
    else:
        levels = _("、").join(dict.fromkeys(_right_line(row, place).level for row in holds))
        said.append(_("报告说的 %(report)s，只有这几级件数够多，才可能做到：%(levels)s。") % {"report": report, "levels": levels})
    return tuple(said)


def _service_line(row: Expected) -> ServiceLine:
    known = needs.service(row.service)
    name = _(known.name) if known else row.service
    weeks = [(requests(m), _range(low, high)) for m, low, high in zip(row.week_milli, row.week_low, row.week_high, strict=True)]
    return ServiceLine(name, *weeks[0], *weeks[1])


def _standby(place: str, found: tuple[Expected, ...], days: tuple[DayShown, ...], rules: Policy) -> Standby | None:
    # The busiest day of the week ahead, of all services together: helpers do several kinds of things.
    whole = found[0]
    at = max(range(min(WEEK, len(days))), key=lambda n: (whole.high[n], whole.mean_milli[n]))
    if not whole.high[at]:
        return None
    helpers = supply.count_at(place)
    needed = -(-whole.high[at] // rules.count("visits_per_day_max"))
    services = [row for row in found[1:] if row.mean_milli[at]]
    known = needs.service(max(services, key=lambda row: row.mean_milli[at]).service) if services else None
    return Standby(
        _day_words(days[at]), whole.low[at], whole.high[at], _(known.name) if known else "", helpers, max(0, needed - helpers),
        with_query(reverse("worker:helpers"), place=place),
    )  # fmt: skip


@require_GET
def expected(request: HttpRequest, place: str) -> HttpResponse:
    """Show what is expected at a place. Raises NotFound for a place of others."""
    actor = actor_of(request)
    checked(actor, place, STAFF)
    names = places.names([place, *(p.place for p in actor.posts)])
    made = forecast.newest(place)
    found = forecast.expected(made, place) if made else ()
    rows = forecast.how_right(made) if made else ()
    rules = policy_at(place, now())
    days = forecast.days_shown(made.first_day, made.horizon, off=rules.text("days_off"), worked=rules.text("days_worked")) if made else ()
    some = bool(found)
    last = days[-1].day.year if days else 0
    page = ForecastPage(
        frame_of(request, "street:communities", names), place, names.get(place, place), place_url(place), made, _trust(rows, place) if some else (),
        chart_of(found[0], days) if some else None,
        _standby(place, found, days, rules) if some and len(place) == COMMUNITY and actor.holds(Role.WORKER, place) else None,
        _day_lines(found[0], days) if some else (), tuple(_service_line(row) for row in found[1:]),
        tuple(_right_line(row, place) for row in rows), per_cent(forecast.report_ppm()), per_cent(forecast.inside_goal_ppm()),
        last if made and last > made.known_year else 0,
    )  # fmt: skip
    return render(request, "city/forecast.html", {"page": page, "frame": page.frame})


def _day_lines(whole: Expected, days: tuple[DayShown, ...]) -> tuple[DayLine, ...]:
    return tuple(
        DayLine(_day_words(day), _note(day), requests(whole.mean_milli[at]), _range(whole.low[at], whole.high[at]))
        for at, day in enumerate(days)
    )
