"""The indicators of a place and month, one of them with its line of twelve months and what it was counted from, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.indicator_words import better_words, formula_words, topics
from linli.doors.city.past import PastShown, past_shown
from linli.doors.city.scope import checked
from linli.doors.city.shown import plain_path
from linli.doors.site.desk import Frame, frame_of, with_query
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.kernel.actor import STAFF, Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.sight.facts import reads as facts
from linli.sight.facts import sheets
from linli.sight.facts.figure import Figure, Withheld
from linli.sight.facts.indicator import Indicator, Shape, Unit
from linli.sight.facts.sheets import Format

MONTHS, COMMUNITY = 12, 12
WIDTH, HEIGHT = 600, 160
TYPES = {Format.CSV: "text/csv; charset=utf-8", Format.PARQUET: "application/vnd.apache.parquet", Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator as a line: name, value in words, interval, n."""

    code: str
    name: str
    says: str
    url: str
    value: str
    interval: str
    n: int | None
    missing: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A topic with its lines."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """Every indicator of a place and month. `files`: (name, address) of the downloads."""

    frame: Frame
    place: str
    place_name: str
    month: str
    before: str
    after: str
    asked: str
    groups: tuple[Group, ...]
    fact_set: str
    files: tuple[tuple[str, str], ...]
    past: PastShown


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over months: SVG path data in a box of WIDTH × HEIGHT, its points, the lowest and highest value in words, the first month."""

    line: str
    band: str
    points: tuple[tuple[int, int], ...]
    low: str
    high: str
    first: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """One indicator: its definition, twelve months, the places below, the facts behind it (for those who work there)."""

    frame: Frame
    place_name: str
    month: str
    row: Row
    formula: str
    source: str
    better: str
    chart: Chart
    months: tuple[tuple[str, Row], ...]
    below: tuple[Row, ...]
    facts: tuple[facts.FactRef, ...]
    sees_facts: bool
    next_url: str
    fact_set: str
    back: str
    past: PastShown


def said(figure: Figure, value: int | None) -> str:
    """Return a whole number of a figure's unit in words."""
    if value is None:
        return ""
    match figure.unit:
        case Unit.PPM:
            return f"{value / 10_000:.1f}%"
        case Unit.PER_1000:
            return f"{value / 1000:.1f}‰"
        case Unit.MILLI:
            return f"{value / 1000:.2f}"
        case Unit.MINUTES:
            return _("%(n)s 分钟") % {"n": f"{value:,}"}
    return f"{value:,}"


def _value(figure: Figure) -> str:
    missing = {"no_record": _("还没有记录"), "no_data": _("没有数据"), "too_few": _("太少，不显示")}
    return missing[figure.withheld.value] if figure.withheld.value else said(figure, figure.value)


def _row(line: Indicator, figure: Figure, name: str = "", url: str = "") -> Row:
    interval = f"{said(figure, figure.low)} – {said(figure, figure.high)}" if figure.low is not None else ""
    n = None if line.shape is Shape.COUNT else figure.denominator  # a count is its own n
    return Row(line.code, name or gettext(line.zh), gettext(line.says), url, _value(figure), interval, n, figure.value is None)


def month_of(request: HttpRequest) -> date:
    """Return the first day of the month asked for (`?month=2026-11`), of this one without a choice. Raises Refused(INPUT_INVALID)."""
    text = request.GET.get("month", "")
    if not text:
        return now().astimezone(SHANGHAI).date().replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field="month") from None


def month_before(first: date, months: int = 1) -> date:
    """Return the first day of the month `months` before that of `first`."""
    years, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(years, month + 1, 1)


def _sees_small(actor: Actor, place: str) -> bool:
    # Who works in a community knows its people anyway; whoever looks at several from above does not need single ones.
    return len(place) == COMMUNITY and actor.holds(Role.WORKER, place)


@require_GET
def listed(request: HttpRequest, place: str) -> HttpResponse:
    """Show every indicator of a place and month, or (`format`) hand them out as a file. Raises NotFound for a place of others."""
    actor, first = actor_of(request), month_of(request)
    checked(actor, place, STAFF)
    found = facts.figures(place, first, facts.after(first), small=_sees_small(actor, place))
    if request.GET.get("format"):
        return _file(request, place, first, found)
    names, asked = places.names([place, *(p.place for p in actor.posts)]), request.GET.get("q", "").strip()[:40]
    month, url = f"{first:%Y-%m}", reverse("street:indicators", args=[place])
    groups = []
    for topic, name in topics().items():
        rows = [
            _row(i, found[i.code], url=with_query(reverse("street:indicator", args=[place, i.code]), month=month))
            for i in facts.indicators()
            if i.topic is topic and asked.lower() in f"{gettext(i.zh)} {gettext(i.says)} {i.code}".lower()
        ]
        groups += [Group(name, tuple(rows))] if rows else []
    later = facts.after(first)
    page = ListPage(
        frame_of(request, "street:communities", names), place, names.get(place, place), month, with_query(url, month=f"{month_before(first):%Y-%m}", q=asked),
        with_query(url, month=f"{later:%Y-%m}", q=asked) if later <= now().astimezone(SHANGHAI).date() else "", asked, tuple(groups),
        found["needs_asked"].fact_set, tuple((f.value, with_query(url, month=month, format=f.value)) for f in Format),
        past_shown(place, names.get(place, place)),
    )  # fmt: skip
    return render(request, "city/indicators.html", {"page": page, "frame": page.frame})


def _file(request: HttpRequest, place: str, first: date, found: dict[str, Figure]) -> HttpResponse:
    try:
        kind = Format(request.GET["format"])
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field="format") from None
    rows = sheets.figure_rows(found.values(), {i.code: gettext(i.zh) for i in facts.indicators()})
    # The mark at the beginning lets Excel read Chinese; other programs pass over it.
    response = HttpResponse(sheets.encoded(kind, sheets.COLUMNS, rows, bom=True), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="linli-{place}-{first:%Y-%m}.{kind.value}"'
    return response


def _called(place: str, code: str, month: str, names: dict[str, str]) -> tuple[str, str]:
    """Return the name of a place below and where it is looked at; what lies in no known community has no page."""
    if places.is_rest(place):
        return _("旧代码下的，说不清归哪个社区"), ""
    return names.get(place, place), with_query(reverse("street:indicator", args=[place, code]), month=month)


@require_GET
def one(request: HttpRequest, place: str, code: str) -> HttpResponse:
    """Show one indicator of a place. Raises NotFound for a place of others or an unknown code."""
    actor, first, line = actor_of(request), month_of(request), facts.indicator(code)
    checked(actor, place, STAFF)
    small = _sees_small(actor, place)
    series = facts.figure_series(place, code, [month_before(first, n) for n in range(MONTHS - 1, -1, -1)], small=small)
    below = facts.figures_below(place, first, facts.after(first)) if len(place) < COMMUNITY else {}
    names = places.names([place, *below, *(p.place for p in actor.posts)])
    sees = small or (len(place) < COMMUNITY and actor.holds(Role.CITY, place))
    cursor, month = request.GET.get("after", "0"), f"{first:%Y-%m}"
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise NotFound
    behind = facts.events_of(place, code, first, facts.after(first), int(cursor)) if sees else facts.FactPage((), None)
    url = reverse("street:indicator", args=[place, code])
    known = next((n for n, f in enumerate(series) if f.withheld is not Withheld.NO_DATA), len(series) - 1)  # nobody was there before
    page = OnePage(
        frame_of(request, "street:communities", names), names.get(place, place), month, _row(line, series[-1]),
        formula_words(line), line.source,
        better_words(line.direction), _chart(series),
        tuple((f"{f.start:%Y-%m}", _row(line, f)) for f in reversed(series[known:])),
        tuple(_row(line, found[code], *_called(at, code, month, names)) for at, found in below.items()),
        behind.rows, sees, with_query(url, month=month, after=str(behind.next)) if behind.next else "", series[-1].fact_set,
        with_query(reverse("street:indicators", args=[place]), month=month), past_shown(place, names.get(place, place)),
    )  # fmt: skip
    return render(request, "city/indicator.html", {"page": page, "frame": page.frame})


def _chart(series: tuple[Figure, ...]) -> Chart:
    """Return the line of the months with a value and, for shares, the band of their intervals."""
    known = [(n, f, f.value) for n, f in enumerate(series) if f.value is not None]
    first = f"{series[0].start:%Y-%m}"
    if not known:
        return Chart("", "", (), "", "", first)
    low = min(v if f.low is None else f.low for _n, f, v in known)
    high = max(v if f.high is None else f.high for _n, f, v in known)

    def at(n: int, value: int) -> tuple[int, int]:
        return n * WIDTH // (MONTHS - 1), HEIGHT - (value - low) * HEIGHT // max(1, high - low)

    points = [at(n, v) for n, _f, v in known]
    upper = [at(n, f.high) for n, f, _v in known if f.high is not None]
    lower = [at(n, f.low) for n, f, _v in reversed(known) if f.low is not None]
    line = plain_path(points) if len(known) > 1 else ""
    band = f"{plain_path([*upper, *lower])}Z" if len(upper) > 1 else ""
    return Chart(line, band, tuple(points), said(known[0][1], low), said(known[0][1], high), first)
