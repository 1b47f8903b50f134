"""The risk register's pages: a matrix of likelihood and impact, the six risks of the report, one risk by itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.programme_pages import Cell, HistoryLine, MatrixRow, MonthLine, PolicyLine, RiskLine, RiskPage, RisksPage
from linli.doors.city.programme_shown import codes_around, figure_line, head_of, interval_words, place_of
from linli.doors.city.programme_words import (
    IMPACTS,
    LIKELY,
    RISK_EVENTS,
    RISK_KINDS,
    RISK_STATES,
    RISK_TONES,
    indicator_name,
    measured,
)  # fmt: skip
from linli.doors.city.target import value_words
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.forms import choice_of, go_back, key_of, shown_again, text_of
from linli.doors.site.templatetags.linli import phrases
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.journeys import programme as journey
from linli.kernel.actor import Role
from linli.kernel.errors import NotFound
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import RiskEvent, RiskStanding

DECISIONS = ("accept", "mitigate", "close")


def _impact_key(code: str) -> str:
    return f"risk_{code}_impact_count"


def _standings(place: str, policy: Policy) -> tuple[RiskStanding, ...]:
    return programme.register(place, journey.risk_bars(policy), needed=policy.count("risk_months"), least=policy.count("observations_min"))


def _trigger(row: RiskStanding, policy: Policy) -> str:
    risk = row.risk
    if not risk.indicator:
        return _("本系统没有这项记录：%(what)s") % {"what": _(risk.missing.zh) if risk.missing else ""}
    said = _("连着 %(n)s 个月，%(indicator)s高过 %(bar)s") if risk.over else _("连着 %(n)s 个月，%(indicator)s低于 %(bar)s")
    bar = measured(row.bar or 0, "ppm")
    return said % {"n": policy.count("risk_months"), "indicator": indicator_name(risk.indicator), "bar": bar}


def _seen(row: RiskStanding) -> str:
    return phrases(f"{m.first.year}-{m.first.month:02} {measured(m.measure.value, m.measure.unit)}" for m in row.verdict.months)


def risk_line(row: RiskStanding, place: str, policy: Policy) -> RiskLine:
    """Return one risk as shown."""
    risk, impact = row.risk, policy.count(_impact_key(row.risk.code))
    office = programme.offices().get(risk.owner)
    return RiskLine(
        code=risk.code, url=with_query(reverse("programme:risk", args=[risk.code]), place=place), title=_(risk.title.zh), words=_(risk.words.zh),
        kind=say(RISK_KINDS, risk.kind), section=risk.section, owner=_(office.zh) if office else _("报告里没有写"),
        likely=row.verdict.likely.value, likely_words=say(LIKELY, row.verdict.likely.value), impact=impact, impact_words=_(IMPACTS[impact]),
        state=row.state, state_words=say(RISK_STATES, row.state), tone=RISK_TONES[row.state], trigger=_trigger(row, policy), seen=_seen(row),
    )  # fmt: skip


def matrix_of(lines: Sequence[RiskLine]) -> tuple[MatrixRow, ...]:
    """Return the matrix: likelihood from happening down to unknown, impact from small to large; heat 0 to 4 colours the cell."""
    heat = {"happening": 2, "possible": 1, "unlikely": 0, "unknown": 0}
    return tuple(
        MatrixRow(
            say(LIKELY, likely),
            tuple(
                Cell(_(words), tuple(x for x in lines if (x.likely, x.impact) == (likely, i)), heat[likely] + i - 1)
                for i, words in IMPACTS.items()
            ),
        )
        for likely in LIKELY
    )


@require_GET
def risks(request: HttpRequest) -> HttpResponse:
    """Show the matrix and the list of a place."""
    place, moment = place_of(request), now()
    policy = policy_at(place, moment)
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    lines = tuple(risk_line(row, place, policy) for row in _standings(place, policy))
    page = RisksPage(
        frame_of(request, "programme:home", names), head_of(request, place, codes, names, "risks"),
        tuple(_(words) for words in IMPACTS.values()), matrix_of(lines), lines, moment,
    )  # fmt: skip
    return render(request, "city/programme_risks.html", {"page": page, "frame": page.frame})


def _history(row: RiskEvent) -> HistoryLine:
    evidence = [
        _("%(month)s：%(value)s，%(n)s 次") % {"month": f"{first.year}-{first.month:02}", "value": measured(value, unit), "n": n}
        for first, value, unit, n in row.months
    ]
    if row.bar is not None:
        evidence.append(_("线是 %(bar)s") % {"bar": measured(row.bar, "ppm")})
    return HistoryLine(
        say(RISK_EVENTS, row.event), say(RISK_STATES, row.state), row.reason, tuple(evidence), row.by_person, row.occurred_at
    )


def _policy_line(policy: Policy, name: str) -> PolicyLine | None:
    row = next((row for row in policy.rows() if row.key.name == name), None)
    return PolicyLine(_(row.key.zh), value_words(row), row.value.source) if row else None


def risk_page(request: HttpRequest, code: str, place: str) -> RiskPage:
    """Gather one risk at a place. Raises NotFound for an unknown one."""
    policy = policy_at(place, now())
    row = next((row for row in _standings(place, policy) if row.risk.code == code), None)
    if row is None:
        raise NotFound
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    risk, impact_rule = row.risk, _policy_line(policy, _impact_key(code))
    if impact_rule is None:
        raise NotFound
    months = tuple(
        MonthLine(
            f"{m.first.year}-{m.first.month:02}", measured(m.measure.value, m.measure.unit), interval_words(m.measure),
            f"{m.measure.hits} / {m.measure.n}",
        )
        for m in reversed(row.verdict.months)
    )  # fmt: skip
    may = tuple(Option(event, say(RISK_EVENTS, event)) for event in row.may) if actor_of(request).holds(Role.CITY, place) else ()
    return RiskPage(
        frame=frame_of(request, "programme:home", names), head=head_of(request, place, codes, names, "risks"),
        line=risk_line(row, place, policy), measures=tuple(_(m.zh) for m in risk.measures),
        figures=tuple(figure_line(f, place) for f in programme.figures_of(risk.figures)), months=months,
        missing=_(risk.missing.zh) if risk.missing else "", rule=_policy_line(policy, risk.bar) if risk.bar else None, impact_rule=impact_rule,
        history=tuple(_history(event) for event in programme.risk_history(place, code)), may=may,
        act_url=reverse("programme:risk-decide", args=[code]),
    )  # fmt: skip


def _again(request: HttpRequest, risk: str) -> HttpResponse:
    page = risk_page(request, risk, place_of(request))
    return render(request, "city/programme_risk.html", {"page": page, "frame": page.frame})


@require_GET
def risk(request: HttpRequest, risk: str) -> HttpResponse:
    """Show one risk. Raises NotFound for an unknown one."""
    return _again(request, risk)


@require_POST
@shown_again(_again)
def decide(request: HttpRequest, risk: str) -> HttpResponse:
    """Accept, mitigate or close a risk at a place of the city, with a reason."""
    place = place_of(request)
    journey.decide(
        actor_of(request), place, risk, choice_of(request, "event", DECISIONS), text_of(request, "reason", needed=False), key_of(request)
    )
    messages.success(request, _("记下了，写在经过里。"))
    return go_back(request, with_query(reverse("programme:risk", args=[risk]), place=place))
