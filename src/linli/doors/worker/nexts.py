"""The pane's answer to: what do I do now? One sentence why, one main control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.doors.site.templatetags.linli import daytime
from linli.doors.site.terms import ENDED_STATES
from linli.doors.worker.pages import Act
from linli.doors.worker.panes import Candidate, NextStep
from linli.help.needs.reads import NeedCard, ObjectionRow
from linli.help.visits.reads import OfferRow, VisitRow


def next_of(
    card: NeedCard, acts: Iterable[Act], objection: ObjectionRow | None, best: Candidate | None, offers: Iterable[OfferRow],
    *, visit: VisitRow | None, moment: datetime,
) -> NextStep:  # fmt: skip
    """Return the next best step of a need for its viewer, out of the steps that may be taken."""
    steps = {act.code: act for act in acts}
    if card.state.value in ENDED_STATES:
        return _ended(steps)
    if "settle" in steps:
        return NextStep(_("社区对派单有异议：两边的话都看过，再下结论。"), act=steps["settle"])
    if objection is not None and objection.settled_at is None:
        return NextStep(_("异议已交上去，%(when)s 以前会有结论。") % {"when": daytime(objection.due_at)})
    if visit is not None and card.state.value not in {"open", "offered"}:
        return _visiting(visit, moment)
    found = _waiting(card, steps, best, [o for o in offers if o.state.value == "made"])
    if visit is None or visit.waits_until is None:
        return found
    said = _("这件事要两位一起去：一位已答应，还差一位，%(when)s 为止。") % {"when": daytime(visit.waits_until)}
    return replace(found, words=said + found.words)


def _ended(steps: dict[str, Act]) -> NextStep:
    if "answer" in steps:
        return NextStep(_("急事已转给专门的人。打个电话，问问是不是平安了。"), act=steps["answer"])
    return NextStep(_("这件事到头了。没有真正办好，可以重新打开。"))


def _visiting(row: VisitRow, moment: datetime) -> NextStep:
    url, state = reverse("worker:visit", args=[row.id]), row.state.value
    if state == "booked" and row.starts_at < moment:
        return NextStep(
            _("约好 %(when)s，还没有签到。打电话问一问，到了就登记。") % {"when": daytime(row.starts_at)}, url=url, label=_("登记签到")
        )
    if state == "booked":
        return NextStep(_("约好 %(when)s 上门，到时当面对码签到。") % {"when": daytime(row.starts_at)}, url=url, label=_("看这次上门"))
    if state == "checked_out" and row.resident_minutes is None:
        return NextStep(_("做完了，等本人确认时长。不会用手机的，打电话问了替他记。"), url=url, label=_("电话回访"))
    if state == "disputed":
        return NextStep(_("两边说的时长对不上。都问过，再定一个数。"), url=url, label=_("去调定"))
    return NextStep(_("正在做，不用管。"), url=url, label=_("看这次上门"))


def _waiting(card: NeedCard, steps: dict[str, Act], best: Candidate | None, running: list[OfferRow]) -> NextStep:
    risen, asked = card.level.value != "community", len(running)
    if asked:
        words = ngettext("已问了 %(n)s 位帮手，等回音。", "已问了 %(n)s 位帮手，等回音。", asked) % {"n": asked}
        if card.answered_at is None:
            return NextStep(words + _("先给本人回个话，告诉他正在找人。"), act=steps.get("answer"))
        until = min(offer.expires_at for offer in running)
        return NextStep(words + _("%(when)s 还没有人应，就再问下一位。") % {"when": daytime(until)})
    if risen and "dispatch" in steps:
        return NextStep(_("社区没有按时办，升到了这一级。派给能办的社区，对方会收到通知。"), act=steps["dispatch"])
    if best is not None:
        why = _("、").join(reason.words for reason in best.reasons)
        words = _("%(name)s最合适：%(why)s。") % {"name": best.name, "why": why} if why else _("%(name)s最合适。") % {"name": best.name}
        return NextStep(words, helper=best)
    if card.answered_at is None:
        return NextStep(_("眼下没有合适的帮手。先给本人回个话，再想办法。"), act=steps.get("answer"))
    return NextStep(_("眼下没有合适的帮手。有人得空会接着找；办不了的可以转出去，到点没办结会自己升一级。"))
