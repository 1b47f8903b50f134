"""Notices in words, for staff pages: what happened, said once for every kind that journeys leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.doors.site.templatetags.linli import daytime, minutes
from linli.doors.site.terms import LEVELS, RAN_OUT, say
from linli.help.needs import reads as needs

# A test compares this table with the kinds that journeys tell.
KINDS: dict[str, str] = {
    "need.opened": gettext_noop("新的一件：%(service)s，单号 %(number)s"),
    "need.answered": gettext_noop("%(number)s（%(service)s）有人回话了"),
    "need.paused": gettext_noop("%(number)s（%(service)s）时钟暂停，原因写在经过里"),
    "need.referred": gettext_noop("%(number)s（%(service)s）已转出"),
    "need.dispatched": gettext_noop("上级派来一件：%(service)s，单号 %(number)s"),
    "need.duty_stays": gettext_noop("%(number)s（%(service)s）派给了别的社区，您这里仍负责问到底"),
    "need.escalated": gettext_noop("%(number)s：%(clock)s，%(level)s"),
    "need.objection": gettext_noop("%(number)s：社区对派单有异议，等您复核"),
    "need.objection_settled": gettext_noop("%(number)s：异议%(verdict)s"),
    "need.reopened": gettext_noop("%(number)s 重新打开，接着办"),
    "service.declared": gettext_noop("社区申报开办：%(service)s"),
    "service.approved": gettext_noop("街道同意开办：%(service)s"),
    "offer.made": gettext_noop("有一件想请您帮：%(service)s"),
    "visit.booked": gettext_noop("约好了：%(service)s，%(starts_at)s"),
    "visit.cancelled": gettext_noop("取消了一次上门：%(service)s"),
    "visit.no_show": gettext_noop("到点没有来：%(service)s，已在另找人"),
    "visit.finished": gettext_noop("做完了：%(service)s，请确认时长"),
    "visit.disputed": gettext_noop("两边说的时长对不上，等您调定"),
    "visit.confirmed": gettext_noop("双方确认，记了 %(minutes)s"),
    "visit.corrected": gettext_noop("时长更正为 %(minutes)s"),
    "rectify.opened": gettext_noop("收到 %(stars)s 星评价，开了一张整改单"),
    "rectify.shown": gettext_noop("整改请您看：%(service)s"),
    "warning.opened": gettext_noop("开了一张预警单，样本 %(n)s 份，方案有时限"),
    "warning.planned": gettext_noop("社区交了自查方案"),
    "warning.closed": gettext_noop("预警结案"),
    "hours.seeded": gettext_noop("收到种子时间 %(minutes)s"),
}

# What a notice may tell; one that tells less leaves the rest empty.
FACTS = ("service", "number", "n", "stars", "minutes", "starts_at", "clock", "level", "verdict")


def notice_words(kind: str, facts: Mapping[str, Any]) -> str:
    """Return a notice in the page's language; a kind without words is shown by its code, so that nothing is hidden."""
    if kind not in KINDS:
        return kind
    said: dict[str, Any] = {**dict.fromkeys(FACTS, ""), **facts}
    service = needs.service(str(said["service"]))
    said["service"] = gettext(service.short) if service else said["service"]
    if isinstance(said["minutes"], int):
        said["minutes"] = minutes(said["minutes"])
    if said["starts_at"]:
        said["starts_at"] = daytime(datetime.fromisoformat(said["starts_at"]))
    if "from" in facts:
        said["clock"], said["level"] = say(RAN_OUT, f"{facts['clock']}:{facts['from']}"), say(LEVELS, str(facts["to"]))
    said["verdict"] = _("成立，派单收回") if facts.get("upheld") else _("不成立，请接着办")
    return gettext(KINDS[kind]) % said


def notice_url(about: str) -> str:
    """Return where a staff member goes from a notice, or '' where it leads nowhere on the desk."""
    kind, _colon, ref = about.partition(":")
    leads = {"need": "worker:need", "visit": "worker:visit"}
    if kind in leads:
        return reverse(leads[kind], args=[ref])
    return reverse("worker:cases") if kind in {"warning", "rectification"} else ""
