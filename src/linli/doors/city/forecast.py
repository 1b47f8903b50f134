"""What is expected at a place in the next days, at which level that can be trusted, and how right the forecasts were that came due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import date as date_words
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from linli.doors.city.scope import COMMUNITY, checked
from linli.doors.city.shown import place_url
from linli.doors.site.desk import Frame, frame_of, policy_at, with_query
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.terms import SKILLS, say
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.help.supply.reads import Free
from linli.kernel.actor import STAFF, Role
from linli.sight.facts import reads as facts
from linli.sight.forecast import reads as forecast
from linli.sight.forecast.reads import DayShown, Expected, MadeRow, Right

MILLI, PERCENT_PPM, WEEK = 1_000, 10_000, 7
FAINT_PPM = 100_000  # of a ceiling: below, a day's number says next to nothing
WORTH_A_LINE = 500  # thousandths of a request a week: a skill of which less is expected needs nobody on standby
ENOUGH_ON_A_DAY = 2  # helpers free: with one, somebody who is ill leaves nobody
NOBODY = Free(0, (0,) * WEEK)
CITY, PAST_SHOWN = 4, 8
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
    came_y: int | None = None


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
class StandbyLine:
    """One skill over the coming week: requests expected and their range, who can do it, what to say, whether hands may be short, and who they are."""

    skill: str
    expected: str
    between: str
    helpers: int
    words: str
    short: bool
    url: str


@dataclass(frozen=True, slots=True)
class Standby:
    """The busiest day ahead beside the helpers free on it; `more` says how many to ask besides, 0: enough. Then skill by skill."""

    day: str
    low: int
    high: int
    service: str
    helpers: int
    more: int
    url: str
    lines: tuple[StandbyLine, ...]


@dataclass(frozen=True, slots=True)
class PastLine:
    """A forecast whose week is over, at this level: its first day, what came, how right it was beside last week, days in range, and its page."""

    first_day: str
    came: str
    right: str
    last_week: str
    inside: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day of a past forecast at this place: what was said, between what, what came, and whether it lay inside."""

    day: str
    said: str
    between: str
    came: int
    inside: bool


@dataclass(frozen=True, slots=True)
class PastLook:
    """The forecasts that came due, and one of them day by day beside what came: `chart` None where it said nothing of this place."""

    lines: tuple[PastLine, ...]
    name: str
    chart: Chart | None
    days: tuple[PastDay, ...]
    words: str


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
    past: PastLook | None
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


def chart_of(whole: Expected, days: tuple[DayShown, ...], came: tuple[int, ...] = ()) -> Chart:
    """Return the range and middle of each day as columns, with what came where that is known."""
    means, shown = whole.mean_milli[: len(days)], whole.high[: len(days)]
    top = max(1, *shown, *came)
    bottom = TOP + HEIGHT

    def y(milli: int) -> int:
        return bottom - milli * HEIGHT // (top * MILLI)

    columns = tuple(
        Column(
            LEFT + at * COLUMN + COLUMN // 2, y(whole.high[at] * MILLI), max(2, (whole.high[at] - whole.low[at]) * HEIGHT // top), y(mean),
            date_words(days[at].day, "D"), str(days[at].day.day), bool(days[at].kind), y(came[at] * MILLI) if came else None,
        )
        for at, mean in enumerate(means)
    )  # fmt: skip
    words = _("往后 %(n)s 天，每天预计多少件：最多的一天 %(most)s 件上下，最少的一天 %(least)s 件上下。细数见下表。") % {
        "n": len(days), "most": requests(max(means)), "least": requests(min(means)),
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
    free, most = supply.free_by_skill(place), rules.count("visits_per_day_max")
    helpers = free[""].by_weekday[days[at].day.weekday()] if "" in free else 0
    needed = -(-whole.high[at] // most)
    services = [row for row in found[1:] if row.mean_milli[at]]
    known = needs.service(max(services, key=lambda row: row.mean_milli[at]).service) if services else None
    return Standby(
        _day_words(days[at]), whole.low[at], whole.high[at], _(known.name) if known else "", helpers, max(0, needed - helpers),
        with_query(reverse("worker:helpers"), place=place, day=str(days[at].day.weekday())), _by_skill(place, found[1:], free, days, most),
    )  # fmt: skip


def _by_skill(
    place: str, found: tuple[Expected, ...], free: dict[str, Free], days: tuple[DayShown, ...], most: int
) -> tuple[StandbyLine, ...]:
    by: dict[str, list[Expected]] = {}
    for row in found:
        known = needs.service(row.service)
        if known and known.skill:
            by.setdefault(known.skill, []).append(row)
    weeks = {skill: forecast.week_of(rows) for skill, rows in by.items()}
    shown = sorted((skill for skill in by if weeks[skill][0] >= WORTH_A_LINE), key=lambda skill: -weeks[skill][0])
    return tuple(_skill_line(place, skill, by[skill], free.get(skill, NOBODY), days, most) for skill in shown)


def _skill_line(place: str, skill: str, rows: list[Expected], free: Free, days: tuple[DayShown, ...], most: int) -> StandbyLine:
    mean, low, high = forecast.week_of(rows)
    week = range(min(WEEK, len(days)))
    room = sum(free.by_weekday[days[at].day.weekday()] for at in week) * most
    # The day on which each who is free has most to do.
    tight = max(
        week, key=lambda at: (sum(row.mean_milli[at] for row in rows) * MILLI // (free.by_weekday[days[at].day.weekday()] + 1), -at)
    )
    weekday = days[tight].day.weekday()
    there, day = free.by_weekday[weekday], date_words(days[tight].day, "l")
    if not free.helpers:
        words = _("没有会做的帮手，先请一位来备着")
    elif room < high:
        more = -(-(high - room) // most)
        words = ngettext("再请 %(n)s 位备着", "再请 %(n)s 位备着", more) % {"n": more}
    elif not there:
        words = _("%(day)s没有人有空，请先打招呼") % {"day": day}
    elif there == 1:
        words = _("%(day)s只有一位有空，请先留着时间") % {"day": day}
    else:
        words = _("人手够")
    short = not free.helpers or room < high or there < ENOUGH_ON_A_DAY
    url = with_query(reverse("worker:helpers"), place=place, skill=skill, day=str(weekday) if there else "")
    return StandbyLine(say(SKILLS, skill), requests(mean), _range(low, high), free.helpers, words, short, url)


def _past(request: HttpRequest, place: str) -> PastLook | None:
    """Return the forecasts of the place's city that came due, and one of them beside what came; three queries."""
    rows = forecast.past(place[:CITY], len(place), limit=PAST_SHOWN)
    if not rows:
        return None
    asked = request.GET.get("of", "")
    chosen = next((row for row in rows if row.made.first_day.isoformat() == asked), rows[0])
    first = chosen.made.first_day
    lines = tuple(
        PastLine(
            _date(row.made.first_day), f"{row.score.came:,}", per_cent(row.score.right_ppm), per_cent(row.score.naive_ppm), per_cent(row.score.inside_ppm),
            with_query(request.path, of=row.made.first_day.isoformat()) + "#past", row is chosen,
        )
        for row in rows
    )  # fmt: skip
    said = forecast.expected(chosen.made, place)
    came = [0] * WEEK
    begins = datetime.combine(first, time(), SHANGHAI)
    for (_place, _service, day), n in facts.asked_by_day(place, begins, begins + timedelta(days=WEEK)).items():
        came[(day - first).days] += n
    if not said:
        return PastLook(lines, _date(first), None, (), "")
    whole = said[0]
    days = tuple(DayShown(first + timedelta(days=at), "", "") for at in range(WEEK))
    table = tuple(
        PastDay(_day_words(days[at]), requests(whole.mean_milli[at]), _range(whole.low[at], whole.high[at]), n, whole.low[at] <= n <= whole.high[at])
        for at, n in enumerate(came)
    )  # fmt: skip
    inside = sum(row.inside for row in table)
    words = _("七天里有 %(n)s 天落在范围里；说的是一共 %(said)s 件，来了 %(came)s 件。") % {
        "n": inside, "said": requests(sum(whole.mean_milli[:WEEK])), "came": sum(came),
    }  # fmt: skip
    return PastLook(lines, _date(first), chart_of(whole, days, tuple(came)), table, words)


def _date(day: date) -> str:
    return f"{day.month}-{day.day:02}"


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
        tuple(_right_line(row, place) for row in rows), _past(request, place), per_cent(forecast.report_ppm()), per_cent(forecast.inside_goal_ppm()),
        last if made and last > made.known_year else 0,
    )  # fmt: skip
    return render(request, "city/forecast.html", {"page": page, "frame": page.frame})


def _day_lines(whole: Expected, days: tuple[DayShown, ...]) -> tuple[DayLine, ...]:
    return tuple(
        DayLine(_day_words(day), _note(day), requests(whole.mean_milli[at]), _range(whole.low[at], whole.high[at]))
        for at, day in enumerate(days)
    )
