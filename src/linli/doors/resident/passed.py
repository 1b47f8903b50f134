"""A helper reads why they were not asked lately, and what can be done about it: own reasons, counts only, nobody else on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_GET

from linli.doors.resident.shown import title_of
from linli.doors.site.templatetags.linli import listed
from linli.doors.site.who import person_of, rules_of
from linli.ground.steps.reads import now
from linli.help.supply import reads as supply
from linli.journeys.passed import LOOKED_BACK, Passed, passed_by
from linli.kernel.errors import NotFound

JOIN, COMMUNITY = "resident:join", "resident:community"

# Reason -> (what it is called, what can be done, where; '' where nothing need be). In the order they are shown.
REASONS: dict[str, tuple[str, str, str]] = {
    "asked": (gettext_noop("问到您了"), "", ""),
    "nearer": (gettext_noop("有人离得更近"), gettext_noop("路短的先问，不用做什么。"), ""),
    "carried": (gettext_noop("您已经帮了不少"), gettext_noop("先问这阵子还没出门的，让大家分担。"), ""),
    "known": (gettext_noop("有人帮过那一位"), gettext_noop("彼此熟的先问。您帮过的人，下回也会先问您。"), ""),
    "others": (gettext_noop("先问了更合适的"), gettext_noop("不是您不好，是那会儿别人更凑得上。"), ""),
    "nobody": (gettext_noop("没有去问人"), gettext_noop("社区另外办了，或者还在等。"), ""),
    "not_free": (gettext_noop("那个时段您没说有空"), gettext_noop("有空的时候多了，把时段加上。"), JOIN),
    "busy": (gettext_noop("那会儿您已经有约"), gettext_noop("一个时间只约一件，不用做什么。"), ""),
    "day_full": (gettext_noop("那天您已经排满"), gettext_noop("一天有个上限，免得累着。"), ""),
    "certificate": (gettext_noop("要看的证书还没登记，或者过期了"), gettext_noop("把证书带到社区，工作者当面登记。"), COMMUNITY),
    "refused": (gettext_noop("这类事您近来几次去不了"), gettext_noop("先不多问您。想再帮，跟社区说一声，过一阵也会再问。"), COMMUNITY),
    "same_sex": (gettext_noop("那件事要同性的帮手"), gettext_noop("这是为了双方安心，不是您的缘故。"), ""),
    "minor": (gettext_noop("您还没满十八岁"), gettext_noop("和监护人一起来社区，看看有什么能一起做。"), COMMUNITY),
}
ACTIONS: dict[str, str] = {JOIN: gettext_noop("去改一改"), COMMUNITY: gettext_noop("社区在哪、电话多少")}


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason: how many needs, of which services, what can be done."""

    name: str
    many: str
    services: str
    advice: str
    url: str
    action: str
    asked: bool = False


@dataclass(frozen=True, slots=True)
class PassedPage:
    """A helper's last days."""

    days: int
    paused: bool
    within: int
    asked: int
    carried: int
    reasons: tuple[ReasonShown, ...]
    besides: tuple[ReasonShown, ...]


def _services(counts: Mapping[str, int]) -> str:
    return listed(f"{title_of(code)[0]} {n}" for code, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _many(counts: Mapping[str, int]) -> str:
    n = sum(counts.values())
    return ngettext("%(n)s 件", "%(n)s 件", n) % {"n": n}


def _reasons(passed: Passed) -> tuple[ReasonShown, ...]:
    return tuple(
        ReasonShown(
            _(name), _many(counts), _services(counts), _(advice) if advice else "", url, _(ACTIONS[url]) if url else "", code == "asked"
        )
        for code, (name, advice, url) in REASONS.items()
        if (counts := passed.reasons.get(code))
    )


def _besides(passed: Passed) -> tuple[ReasonShown, ...]:
    told = (
        (passed.far, _("比您愿走的远一点"), _("多走几步就够得着的话，把能走多远改大些。")),
        (passed.skill, _("就在附近，要会别的"), _("您也会的话，勾上就行。")),
    )
    return tuple(
        ReasonShown(name, _many(counts), _services(counts), advice, JOIN, _(ACTIONS[JOIN])) for counts, name, advice in told if counts
    )


@require_GET
def passed(request: HttpRequest) -> HttpResponse:
    """Show a helper why they were or were not asked in the last days. Raises NotFound for somebody who does not help."""
    moment, person = now(), person_of(request)
    helper = supply.find(person, moment)
    if helper is None:
        raise NotFound
    found = passed_by(helper, rules_of(request, helper.place[:12]), moment)
    page = PassedPage(
        LOOKED_BACK.days,
        helper.paused,
        found.within,
        sum(found.reasons.get("asked", {}).values()),
        found.carried,
        _reasons(found),
        _besides(found),
    )
    return render(request, "resident/passed.html", {"page": page, "tab": "help"})
