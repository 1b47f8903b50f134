"""How an indicator is said to anybody: what each of its measures counts, the formula, what is kept back, how places add up.

A measure that has a line of its own in the registry is called by that line's name; the others by the table here. A test holds the table to
the registry, so that no formula is without words.
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.sight.facts import reads as facts
from linli.sight.facts.indicator import Direction, Indicator, Owner, Shape, Topic, Unit
from linli.sight.facts.measures import MEASURES

# fmt: off
# A table: what a measure counts, where no line of the registry counts just that.
MEASURED: dict[str, str] = {
    "asked_domain_elder": gettext_noop("养老服务的事"),
    "asked_domain_child": gettext_noop("托育照护的事"),
    "asked_domain_health": gettext_noop("健康陪护的事"),
    "asked_domain_home": gettext_noop("居家便民的事"),
    "asked_domain_disabled": gettext_noop("助残服务的事"),
    "asked_domain_culture": gettext_noop("文化学习的事"),
    "asked_domain_safety": gettext_noop("平安守望的事"),
    "asked_domain_hardship": gettext_noop("困难帮扶的事"),
    "asked_service_medicine": gettext_noop("代买药的事"),
    "answered_in_time": gettext_noop("没过时钟就回了话的事"),
    "urgent_answered": gettext_noop("回了话的急事"),
    "urgent_in_time": gettext_noop("没过时钟就回了话的急事"),
    "groups_answered": gettext_noop("回了话的特殊群体的事"),
    "groups_in_time": gettext_noop("没过时钟就回了话的特殊群体的事"),
    "alone_answered": gettext_noop("回了话的独居老人的事"),
    "alone_in_time": gettext_noop("没过时钟就回了话的独居老人的事"),
    "phoneless_answered": gettext_noop("扫码或电话来的、回了话的事"),
    "phoneless_in_time": gettext_noop("扫码或电话来的、没过时钟就回了话的事"),
    "care_answered": gettext_noop("回了话的急事和特殊群体的事"),
    "care_in_time": gettext_noop("按短时钟回了话的急事和特殊群体的事"),
    "handled": gettext_noop("办结的事"),
    "handled_in_time": gettext_noop("没过办理时钟就办结的事"),
    "objections_settled": gettext_noop("复核过的异议"),
    "objections_upheld": gettext_noop("成立的异议"),
    "objections_in_time": gettext_noop("没过时钟就复核的异议"),
    "offers_accepted": gettext_noop("帮手接下的邀请"),
    "offers_declined": gettext_noop("帮手谢绝的邀请"),
    "offers_lapsed": gettext_noop("过时没人应的邀请"),
    "offers_answered": gettext_noop("帮手接下或谢绝的邀请"),
    "to_checklist": gettext_noop("清单每一项都做到的上门"),
    "checked_in": gettext_noop("签到"),
    "punctual": gettext_noop("准时的签到"),
    "by_paper": gettext_noop("补记的纸面签到"),
    "confirmed": gettext_noop("确认"),
    "confirmed_self": gettext_noop("居民自己的确认"),
    "confirmed_call": gettext_noop("打电话问到的确认"),
    "helpers_paused": gettext_noop("按了暂停的在册帮手"),
    "helpers_certified": gettext_noop("有证书且没过期的在册帮手"),
    "helpers_helped": gettext_noop("至少帮成一次的帮手"),
    "helpers_again": gettext_noop("帮成两次以上的帮手"),
    "load_minutes": gettext_noop("全部帮手上门的分钟数"),
    "load_top": gettext_noop("最忙的一成帮手上门的分钟数（人数不足一个的进一）"),
    "gini_top": gettext_noop("帮手两两相比，分钟数的差，全部加起来"),
    "gini_bottom": gettext_noop("帮手人数乘全部分钟数"),
    "hours_held_n": gettext_noop("预留时间的笔数"),
    "hours_posted_n": gettext_noop("入账的笔数"),
    "hours_honour_n": gettext_noop("记荣誉时间的笔数"),
    "hours_returned_n": gettext_noop("退回预留的笔数"),
    "hours_taken_back_n": gettext_noop("更正冲回的笔数"),
    "satisfied": gettext_noop("四星和五星的评价"),
    "stars": gettext_noop("全部评价的星数"),
    "stars_5": gettext_noop("五星的评价"),
    "rated_low": gettext_noop("一星和两星的评价"),
    "rectify_in_time": gettext_noop("没过时钟就改好的整改"),
    "paired_alone": gettext_noop("有结对人的独居老人"),
    "paired_disabled": gettext_noop("有结对人的残疾人"),
    "paired_child": gettext_noop("有结对人的困境儿童"),
    "paired_low_income": gettext_noop("有结对人的低收入家庭的人"),
    "paired_all": gettext_noop("有结对人的特殊群体的登记"),
    "accounts": gettext_noop("有自己账号的居民"),
    "asked_people": gettext_noop("提过事的不同居民"),
    "helped_people": gettext_noop("帮过人的不同居民"),
    "sign_days": gettext_noop("有条目的日子"),
    "sign_days_in_time": gettext_noop("条目都按时签了名的日子"),
    "plans": gettext_noop("交上来的自查方案"),
    "plans_in_time": gettext_noop("没过期限就交上来的自查方案"),
}
# fmt: on


def topics() -> dict[Topic, str]:
    """Return the headings of the registry."""
    return {
        Topic.ASKING: _("提出的事"), Topic.ANSWERING: _("回话"), Topic.HANDLING: _("办理"), Topic.VISITS: _("上门"), Topic.HELPERS: _("帮手"),
        Topic.HOURS: _("时间"), Topic.VOICE: _("评价与整改"), Topic.GROUPS: _("特殊群体"), Topic.PEOPLE: _("居民与社区"), Topic.TRUST: _("存证与信息"),
        Topic.WARNINGS: _("预警"),
    }  # fmt: skip


def unit_words(unit: Unit) -> str:
    """Return what the figure is told in."""
    return {
        Unit.COUNT: _("个数"), Unit.MINUTES: _("分钟"), Unit.PPM: _("百分比"), Unit.PER_1000: _("千分比"), Unit.MILLI: _("平均数"),
    }[unit]  # fmt: skip


def better_words(direction: Direction) -> str:
    """Return which way is better."""
    return {Direction.UP: _("越高越好"), Direction.DOWN: _("越低越好"), Direction.NEUTRAL: _("不分好坏")}[direction]


def owner_words(owner: Owner) -> str:
    """Return which office answers for it."""
    return {Owner.COMMUNITY: _("社区"), Owner.STREET: _("街道"), Owner.CIVIL: _("民政"), Owner.DATA: _("数据安全")}[owner]


def measured(names: tuple[str, ...]) -> str:
    """Return what measures count, in words."""
    alone = {line.top: line.zh for line in facts.indicators() if line.shape in {Shape.COUNT, Shape.AMOUNT} and line.top}
    return " + ".join(gettext(alone[(name,)]) if (name,) in alone else gettext(MEASURED[name]) for name in names)


def formula_words(line: Indicator) -> str:
    """Return how the figure comes from what is counted; '' where nothing records it yet."""
    if line.missing:
        return ""
    if line.shape is Shape.QUANTILE:
        return _time_words(line)
    words = {"top": measured(line.top), "bottom": measured(line.bottom)}
    match line.shape:
        case Shape.COUNT:
            return _("数一数：%(top)s。") % words
        case Shape.AMOUNT:
            return _("把每一笔的分钟数加起来：%(top)s。") % words
        case Shape.SHARE:
            return _("%(top)s ÷ %(bottom)s。占多少，带 95%% 区间（Wilson）。") % words
        case Shape.MEAN:
            return _("%(top)s ÷ %(bottom)s。平均是多少。") % words
    if line.unit is Unit.PER_1000:
        return _("%(top)s ÷ %(bottom)s × 1000。") % words
    return _("%(top)s ÷ %(bottom)s × 100。分子不是分母的一部分，或者不是一件一件的事，所以没有区间。") % words


def _time_words(line: Indicator) -> str:
    of, measure = {"of": measured(line.bottom)}, MEASURES[line.top[0]]
    if measure.greatest:
        return _("%(of)s里，取分钟数最大的一个。") % of
    if measure.tenths == 5:
        return _("把%(of)s按分钟数从小到大排，取正中的一个；正中落在两个数之间，按比例取，半分钟进一。") % of
    return _("把%(of)s按分钟数从小到大排，取第 %(tenths)s 成处的一个；落在两个数之间，按比例取，半分钟进一。") % (
        of | {"tenths": measure.tenths}
    )


def kept_words(line: Indicator, least: int) -> str:
    """Return when a community's figure is not shown to everybody; `least` is policy's least number."""
    if line.missing:
        return ""
    if line.personal:
        return _(
            "社区里的数、或者它的分母，不到 %(n)s 就不给不在那里工作的人看；要是能从别处的合计里减出来，旁边再藏一个。街道以上只藏会泄露它的数。"
        ) % {"n": least}
    if line.shape is Shape.COUNT:
        return _("说不出是哪个人，多小都看得见。")
    return _("社区里的分母不到 %(n)s，就不给不在那里工作的人看；要是能从别处的合计里减出来，旁边再藏一个。") % {"n": least}


def adding_words(line: Indicator) -> str:
    """Return how a place comes from the places below it."""
    if line.missing:
        return ""
    found = [MEASURES[name] for name in (*line.top, *line.bottom)]
    if any(m.greatest for m in found):
        return _("按社区和月。街道到全国，取下面各处最大的一个。")
    if any(m.frame in {"spread", "load"} for m in found):
        return _("按社区和月。街道到全国，每一级都从事实重新数：同一个人、正中的一个，不能从下面加出来。")
    if line.registers:
        return _("按社区和月。名册上的数，按这段时间里最后一次盘点；街道到全国，分子、分母各自加起来。")
    return _("按社区和月。街道到全国，分子、分母各自加起来。")
