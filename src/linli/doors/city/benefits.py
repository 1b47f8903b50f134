"""What a place gained in a span, by stated formulas with ranges, beside what the report claims. A value to the city, nobody's wage."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.programme_pages import BenefitsPage, PolicyLine, Reckoning
from linli.doors.city.programme_shown import clash, codes_around, head_of, place_of
from linli.doors.city.programme_words import promised
from linli.doors.city.target import value_words
from linli.doors.site.desk import frame_of, policy_at
from linli.doors.site.templatetags.linli import SHANGHAI, minutes
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.kernel.errors import Refusal, Refused
from linli.sight.facts import reads as facts
from linli.sight.facts.figure import Figure
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Benefits

HOURS = ("hour_low_fen", "hour_mid_fen", "hour_high_fen")
SPARED = ("spared_low_minutes", "spared_mid_minutes", "spared_high_minutes")
VISITS, MINUTES, HELPERS = "visits_done", "minutes_helped", "helpers_active"
DAYS_SHOWN = 365  # without a choice: the last year


def yuan(fen: int) -> str:
    """Return fen as whole yuan with separators, rounded half up: these are reckonings, not accounts."""
    return _("%(yuan)s 元") % {"yuan": f"{(fen + 50) // 100:,}"}


def _day(request: HttpRequest, field: str, default: date) -> date:
    if not request.GET.get(field):
        return default
    try:
        return date.fromisoformat(request.GET[field])
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


def _given(place: str, start: date, end: date) -> dict[str, Figure]:
    # Lines of the registry, from frozen facts, both days included.
    return facts.figures_within(place, start, end + timedelta(days=1), (VISITS, MINUTES, HELPERS), digits=(len(place),)).get(place, {})


def _reckonings(found: Benefits, policy: Policy) -> tuple[Reckoning, ...]:
    pay = [yuan(policy.fen(key)) for key in HOURS]
    spared = [policy.minutes(key) for key in SPARED]
    given = minutes(found.given_minutes)
    return (
        Reckoning(_("邻居给的时间"), given, given, given, _("双方确认的上门分钟数，加起来"), True),
        Reckoning(
            _("另外省下的张罗时间"), minutes(found.spared_minutes.low), minutes(found.spared_minutes.mid), minutes(found.spared_minutes.high),
            _("%(n)s 次上门 × 每次 %(low)s、%(mid)s、%(high)s 分钟") % {"n": found.visits, "low": spared[0], "mid": spared[1], "high": spared[2]}, False,
        ),
        Reckoning(
            _("请人来做要花的钱"), yuan(found.cost_fen.low), yuan(found.cost_fen.mid), yuan(found.cost_fen.high),
            _("邻居给的时间 × 每小时 %(low)s、%(mid)s、%(high)s") % {"low": pay[0], "mid": pay[1], "high": pay[2]}, False,
        ),
        Reckoning(
            _("对城市的价值"), yuan(found.value_fen.low), yuan(found.value_fen.mid), yuan(found.value_fen.high),
            _("（邻居给的时间 + 省下的时间）× 每小时的钱"), False,
        ),
    )  # fmt: skip


def _beside(policy: Policy) -> tuple[str, ...]:
    low, high = policy.fen(HOURS[0]), policy.fen(HOURS[2])
    hours, worth = (promised(figure) for figure in programme.figures_of(["F256", "F257"]))
    hour = next(result for found in programme.claims() if found.claim.code == "P01" for s, result in found.results if s.unit == "CNY/hour")
    return (
        _("报告说释放 %(hours)s，相当于 %(worth)s：除下来每小时 %(hour)s 元。") % {"hours": hours, "worth": worth, "hour": f"{hour:,}"},
        _("这里每小时按 %(low)s 到 %(high)s 算，报告的数是它的 %(least)s 到 %(most)s 倍。") % {
            "low": yuan(low), "high": yuan(high), "least": hour * 100 // max(1, high), "most": hour * 100 // max(1, low),
        },
    )  # fmt: skip


@require_GET
def benefits(request: HttpRequest) -> HttpResponse:
    """Show the benefits of a place between two days, with every formula and every number it stands on."""
    place, moment = place_of(request), now()
    today = moment.astimezone(SHANGHAI).date()
    start, end = _day(request, "start", today - timedelta(days=DAYS_SHOWN)), _day(request, "end", today)
    start, end = min(start, end), max(start, end)  # the wrong way round is still a span, and the page says which
    policy = policy_at(place, moment)
    given = {code: figure.value or 0 for code, figure in _given(place, start, end).items()}
    visits, minutes_given = given.get(VISITS, 0), given.get(MINUTES, 0)
    found = programme.benefits_of(
        visits, minutes_given, hour_fen=(policy.fen(HOURS[0]), policy.fen(HOURS[1]), policy.fen(HOURS[2])),
        spared_minutes=(policy.minutes(SPARED[0]), policy.minutes(SPARED[1]), policy.minutes(SPARED[2])),
    )  # fmt: skip
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    rows = [row for row in policy.rows() if row.key.name in {*HOURS, *SPARED}]
    page = BenefitsPage(
        frame=frame_of(request, "programme:home", names), head=head_of(request, place, codes, names, "benefits"), start=start.isoformat(),
        end=end.isoformat(), visits=visits, helpers=given.get(HELPERS, 0), reckonings=_reckonings(found, policy),
        inputs=tuple(PolicyLine(_(row.key.zh), value_words(row), row.value.source) for row in rows), beside=_beside(policy),
        claims=tuple(clash(claim, place) for claim in programme.claims()), empty=visits == 0,
    )  # fmt: skip
    return render(request, "city/programme_benefits.html", {"page": page, "frame": page.frame})
