"""One promise of the report on its own page: its source, what our months say, where they lead, who answers here."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.programme_pages import Line, NoteLine, RuleLine, TargetPage
from linli.doors.city.programme_shown import (
    clash,
    clashes_by_figure,
    codes_around,
    due_words,
    figure_line,
    head_of,
    month_line,
    place_of,
    target_line,
)  # fmt: skip
from linli.doors.city.programme_words import SAID, indicator_name, measured, month_words
from linli.doors.city.shown import SPARK_HEIGHT, SPARK_WIDTH, plain_path
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.forms import choice_of, date_of, go_back, key_of, shown_again, text_of
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy, Row
from linli.ground.steps.reads import now
from linli.journeys import programme as journey
from linli.kernel.actor import Role
from linli.kernel.errors import NotFound
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Actual, Detail, Forecast


def value_words(row: Row) -> str:
    """Return a policy value in words: a share in per cent, money in yuan, spans and counts as they are."""
    value, kind = row.value.value, row.key.kind.value
    if isinstance(value, str):
        return value
    if kind == "fen":
        return _("%(yuan)s 元") % {"yuan": f"{value // 100}.{value % 100:02}"}
    unit = {"ppm": "ppm", "minutes": "minutes", "days": "day"}.get(kind)
    return measured(value, unit) if unit else str(value)


def rules_of(policy: Policy, code: str) -> tuple[RuleLine, ...]:
    """Return the policy values whose source names a figure: there the report's promise is a rule of this system."""
    rows = [row for row in policy.rows() if code in row.value.source.replace(",", " ").replace(":", " ").replace("(", " ").split()]
    return tuple(RuleLine(_(row.key.zh), value_words(row), row.value.source) for row in rows)


def line_of(months: tuple[Actual, ...], bar: int | None) -> Line | None:
    """Return months as a line with its band and the bar; None under two months."""
    if len(months) < 2:
        return None
    found = [(m.month.measure.value, m.month.measure.low, m.month.measure.high) for m in months]
    edges = [v for row in found for v in row if v is not None] + ([bar] if bar is not None else [])
    low, high = min(edges), max(edges)

    def at(place: int, value: int) -> tuple[int, int]:
        return round(place * SPARK_WIDTH / (len(months) - 1)), SPARK_HEIGHT - round((value - low) * SPARK_HEIGHT / max(1, high - low))

    dots = tuple(at(place, row[0]) for place, row in enumerate(found))
    band = ""
    if all(row[1] is not None and row[2] is not None for row in found):
        tops = [at(place, row[2] or 0) for place, row in enumerate(found)]
        bottoms = [at(place, row[1] or 0) for place, row in reversed(list(enumerate(found)))]
        band = f"{plain_path(tops + bottoms)}Z"
    first, last = months[0].month, months[-1].month
    words = _("从 %(start)s 的 %(old)s 到 %(end)s 的 %(new)s") % {
        "start": month_words(first.first), "old": measured(first.measure.value, first.measure.unit), "end": month_words(last.first),
        "new": measured(last.measure.value, last.measure.unit),
    }  # fmt: skip
    bar_y = at(0, bar)[1] if bar is not None else None
    return Line(plain_path(dots), band, dots, bar_y, month_words(first.first), month_words(last.first), words)


def ahead_words(ahead: Forecast | None, unit: str, least: int) -> tuple[str, ...]:
    """Return where the months lead, in sentences; too little history says so."""
    if ahead is None:
        return ()
    if not ahead.enough or ahead.at is None or ahead.value is None or ahead.low is None or ahead.high is None:
        return (_("能用的只有 %(n)s 个月，至少要 %(least)s 个月才往前推。") % {"n": ahead.months, "least": least},)
    said = [
        _("照这 %(n)s 个月的走势，到 %(day)s 是 %(value)s，多半在 %(low)s 到 %(high)s 之间。") % {
            "n": ahead.months, "day": ahead.at.isoformat(), "value": measured(ahead.value, unit), "low": measured(ahead.low, unit),
            "high": measured(ahead.high, unit),
        },
    ]  # fmt: skip
    if ahead.by is None:
        said.append(_("照这样走，五年里到不了线。"))
    else:
        late = month_words(ahead.latest) if ahead.latest else _("五年以后")
        early = month_words(ahead.earliest) if ahead.earliest else late
        said.append(_("到线的月份：%(by)s，最早 %(early)s，最晚 %(late)s。") % {"by": month_words(ahead.by), "early": early, "late": late})
    return tuple(said)


def _notes(detail: Detail, names: dict[str, str]) -> tuple[NoteLine, ...]:
    return tuple(
        NoteLine(names.get(n.place, n.place), n.owner, say(SAID, n.said), n.words, n.occurred_on, n.recorded_at) for n in detail.notes
    )


def _fit_words(fit: str) -> str:
    return {"same": _("量的就是这一项"), "near": _("量的是相近的一项，不完全一样"), "part": _("只是全国总数里本地的一份，不拿来比")}.get(
        fit, ""
    )


def target_page(request: HttpRequest, code: str, place: str) -> TargetPage:
    """Gather one figure at a place; a constant number of queries. Raises NotFound for an unknown code."""
    moment = now()
    today, policy = moment.astimezone(SHANGHAI).date(), policy_at(place, moment)
    least = policy.count("forecast_months_min")
    detail = programme.detail(code, place, today, least=least)
    if detail is None:
        raise NotFound
    standing, codes = detail.standing, codes_around(request, place)
    names = places.names({*codes, *(n.place for n in detail.notes), *(p.place for p in actor_of(request).posts)})
    measure, binding = standing.measure, standing.binding
    return TargetPage(
        frame=frame_of(request, "programme:home", names), head=head_of(request, place, codes, names, ""),
        line=target_line(standing, place, today, clashes_by_figure()), year=due_words(standing.figure),
        fit=_fit_words(binding.fit.value) if binding else "", fit_words=_(binding.zh) if binding else "",
        bar=measured(standing.bar, measure.unit) if standing.bar is not None and measure else "",
        span=_span(standing.actual) if standing.actual else "", indicator=indicator_name(binding.indicator) if binding else "",
        indicator_url=reverse("public:indicator", args=[binding.indicator]) if binding else "",
        months=tuple(month_line(m) for m in reversed(detail.months)), chart=line_of(detail.months, standing.bar),
        ahead=ahead_words(detail.ahead, measure.unit if measure else "count", least), notes=_notes(detail, names),
        conflicts=tuple(clash(c, place) for c in detail.conflicts), claims=tuple(clash(c, place) for c in detail.claims),
        repeats=tuple(figure_line(f, place) for f in detail.repeats), rules=rules_of(policy, code),
        may_assign=standing.figure.promised and actor_of(request).holds(Role.CITY, place),
        assign_url=reverse("programme:assign", args=[code]), said=tuple(Option(v, say(SAID, v)) for v in SAID), today=today.isoformat(),
        owed=standing.figure.promised,
    )  # fmt: skip


def _span(actual: Actual) -> str:
    return _("%(start)s 起，到 %(end)s") % {
        "start": actual.starts_at.astimezone(SHANGHAI).date().isoformat(), "end": actual.ends_at.astimezone(SHANGHAI).date().isoformat()
    }  # fmt: skip


@require_GET
def target(request: HttpRequest, figure: str) -> HttpResponse:
    """Show one figure of the report. Raises NotFound for an unknown one."""
    return _again(request, figure)


def _again(request: HttpRequest, figure: str) -> HttpResponse:
    page = target_page(request, figure, place_of(request))
    return render(request, "city/programme_target.html", {"page": page, "frame": page.frame})


@require_POST
@shown_again(_again)
def assign(request: HttpRequest, figure: str) -> HttpResponse:
    """Name who answers for a figure at a place of the city. Raises NotFound for another place."""
    actor, place = actor_of(request), place_of(request)
    occurred_on: date = date_of(request, "occurred_on")
    journey.assign(
        actor, place, figure, owner=text_of(request, "owner"), said=choice_of(request, "said", tuple(SAID)),
        words=text_of(request, "words", needed=False), occurred_on=occurred_on, key=key_of(request),
    )  # fmt: skip
    messages.success(request, _("记下了，写在经过里。"))
    return go_back(request, with_query(reverse("programme:target", args=[figure]), place=place))
