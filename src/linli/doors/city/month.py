"""Fairness seen 公平看得见: how waiting and load are spread over streets and groups, and what a rule of matching would change. No person is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.month_pages import EffectShown, FairnessPage, LoadTable, RuleChoice, RulePage
from linli.doors.city.month_shown import (
    GROUPS,
    HANDS,
    effect_shown,
    load_lines,
    month_shown,
    scale_of,
    scale_words,
    small,
    stands_out,
    wait_lines,
)
from linli.doors.city.scope import CITY, own_place
from linli.doors.city.screen import CITY_ROLES
from linli.doors.city.trial_words import bounds_words, key_words, value_words
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.templatetags.linli import minutes as minutes_words
from linli.doors.site.who import actor_of
from linli.doors.site.words import sentence
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.policy.keys import KEYS
from linli.ground.steps.reads import now
from linli.help.matching import reads as matching
from linli.help.matching.reads import MonthRow
from linli.journeys import effect
from linli.journeys.recast import ELDER_YEARS
from linli.kernel.errors import Refused

PLAIN, STRAINED = "plain", "strained"


def _out(row: MonthRow, names: dict[str, str], least: int) -> tuple[str, ...]:
    """Return the streets that wait longer than the city by more than chance, a sentence each."""
    real = row.figures["real"]
    city, streets = real["all"]["middle"], real["streets"]
    shut = small({code: found["needs"] for code, found in streets.items()}, least)
    return tuple(
        _("%(street)s：一半的事等了 %(middle)s 以上，全市是 %(city)s；就算碰巧，也至少是 %(low)s。") % {
            "street": names.get(code, code), "middle": _minutes(found["middle"]), "city": minutes_words(city), "low": _minutes(found["sure_low"]),
        }
        for code, found in streets.items()
        if code not in shut and city is not None and stands_out(found, city)
    )  # fmt: skip


def _minutes(value: int | None) -> str:
    return _("一直没等到") if value is None else minutes_words(value)


@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """Show how waiting and load were spread in the last month of the actor's city, as recorded."""
    actor = actor_of(request)
    place = own_place(actor, CITY_ROLES)
    row = matching.last_month(place[:CITY])
    real: Mapping[str, Any] = (
        row.figures["real"] if row else {"streets": {}, "groups": {}, "all": {"middle": None}, "load": {"streets": {}, "groups": {}}}
    )
    names = places.names({place, *real["streets"], *real["load"]["streets"], *(p.place for p in actor.posts)})
    least, city = policy_at(place, now()).count("figure_least"), real["all"]["middle"]
    groups, hands = ({code: _(name) for code, name in table.items()} for table in (GROUPS, HANDS))
    page = FairnessPage(
        frame_of(request, "city:matching", names), names.get(place, place), month_shown(row) if row else None,
        wait_lines(real["streets"], names, least, against=city), wait_lines(real["groups"], groups, least, against=city, pointed=False),
        _out(row, names, least) if row else (), scale_words(scale_of(real["streets"].values())), scale_words(scale_of(real["groups"].values())),
        (LoadTable(_("人群"), load_lines(real["load"]["groups"], hands, least)), LoadTable(_("街道"), load_lines(real["load"]["streets"], names, least))), least, ELDER_YEARS,
    )  # fmt: skip
    return render(request, "city/fairness.html", {"page": page, "frame": page.frame})


def _tried(row: MonthRow, key: str, typed: str, names: dict[str, str], least: int, *, strained: bool) -> EffectShown:
    found = effect.effect_of(row, key, effect.value_of(row, key, typed), strained=strained)
    return effect_shown(found, names, least, strained=strained)


@require_GET
def rule(request: HttpRequest) -> HttpResponse:
    """Show the rules of matching, and what one of them would change on the last month: `?key=`, `?value=`, `?month=plain|strained`."""
    actor = actor_of(request)
    place = own_place(actor, CITY_ROLES)
    row = matching.last_month(place[:CITY])
    key, typed, which = (request.GET.get(name, "") for name in ("key", "value", "month"))
    key, which = key if key in effect.TRIED else "", which if which in {PLAIN, STRAINED} else PLAIN
    names = places.names({place, *(row.figures["engine"]["streets"] if row else ()), *(p.place for p in actor.posts)})
    least = policy_at(place, now()).count("figure_least")
    shown, wrong = None, ""
    if row and key and typed:
        try:
            shown = _tried(row, key, typed, names, least, strained=which == STRAINED)
        except Refused as refused:
            wrong = sentence(refused)
    today = row.policy[key] if row and key else 0
    month = month_shown(row) if row else None
    page = RulePage(
        frame=frame_of(request, "city:matching", names), place_name=names.get(place, place), month=month,
        rules=tuple(
            RuleChoice(with_query(request.path, key=k), key_words(k), value_words(k, row.policy[k]), k == key) for k in effect.TRIED
        ) if row else (),
        key=key, key_words=key_words(key) if key else "", today=value_words(key, today) if key else "", bounds=bounds_words(key) if key else "",
        low=KEYS[key].low if key else 0, high=KEYS[key].high if key else 0, typed=typed, wrong=wrong,
        months=(
            Option(PLAIN, _("上个月原样"), chosen=which == PLAIN),
            *(Option(STRAINED, line.name, chosen=which == STRAINED) for line in (month.strains[-1:] if month else ())),
        ),
        effect=shown, trial_url=reverse("city:trial-new"), least=least,
    )  # fmt: skip
    return render(request, "city/rule.html", {"page": page, "frame": page.frame}, status=422 if wrong else 200)
