"""What a white paper says in words: chapters, sentences, units. The figures come from the edition, never from here."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.doors.city.paper_list import day_words, last_day
from linli.doors.site.templatetags.linli import minutes as minutes_words
from linli.sight.papers.paper import Number, Paper

CHAPTERS: dict[str, str] = {
    "summary": gettext_noop("三句话"),
    "coverage": gettext_noop("覆盖：谁被照看到"),
    "response": gettext_noop("响应：多久有人回话"),
    "satisfaction": gettext_noop("满意：帮得好不好"),
    "mutual_aid": gettext_noop("参与和互助"),
    "hours": gettext_noop("时间：帮了多少，记了多少"),
    "groups": gettext_noop("特殊群体"),
    "index": gettext_noop("健康指数"),
    "places": gettext_noop("各处相比"),
    "warnings": gettext_noop("预警和它们的下文"),
    "risks": gettext_noop("报告说的六个风险"),
    "cases": gettext_noop("一件事的经过"),
    "quality": gettext_noop("数据本身好不好"),
    "method": gettext_noop("怎么算的"),
}
LEADS: dict[str, str] = {
    "coverage": gettext_noop("特殊群体里有结对人的占多少，帮手和社区工作者够不够，不用手机的人有没有路可走。"),
    "response": gettext_noop("从提出到有人回话，再到办结。急事和特殊群体走更短的时钟；过了时钟，事情自己升一级。"),
    "satisfaction": gettext_noop("上门办完以后，受助的人给几颗星。四星、五星算满意；两星以下要整改。"),
    "mutual_aid": gettext_noop("有多少居民提过事、帮过人，担子是不是压在少数人身上。"),
    "hours": gettext_noop("帮一分钟记一分钟，双方确认才算。记在居民本子里的时间，随时可以兑成别人的帮助。"),
    "groups": gettext_noop("独居老人、残疾人、困境儿童、低收入家庭。一个人属于两类算两次。"),
    "index": gettext_noop("八个维度合成一个数，满意占一半。样本少的地方向相像的地方靠拢；括住的是 95% 区间。"),
    "places": gettext_noop("点是指数，横条是 95% 区间。区间重叠的两处分不出高低，所以按地区代码排，不排名次。"),
    "warnings": gettext_noop("满意率明显低于线、样本也够，才亮预警；社区交自查方案，上级核实才结案。"),
    "risks": gettext_noop("每个风险有一条线，由记录里的一个指标触发；接受、处理还是关闭，由人决定并写明理由。"),
    "cases": gettext_noop("只写本人同意公开的事，不写是谁，也不抄原话。"),
    "quality": gettext_noop("这些数没有说到的：没有记录的、放在一边的、因为太少没有写出来的。"),
    "method": gettext_noop("每个数都是“分子除以分母”，由封存的事实数出来。同一批事实，谁来数都一样。"),
}
MISSING: dict[str, str] = {
    "no_record": gettext_noop("还没有记录"),
    "no_data": gettext_noop("没有数据"),
    "too_few": gettext_noop("太少，不显示"),
    "crossed": gettext_noop("这些天在别的一版里另外分过段，不显示"),
}


def period_words(paper: Paper) -> str:
    """Show which days an edition rests on."""
    return _("%(start)s 至 %(end)s，共 %(days)s 天") % {
        "start": day_words(paper.start), "end": day_words(last_day(paper.end)), "days": paper.days,
    }  # fmt: skip


def amount(unit: str, value: int | None) -> str:
    """Show a whole number of a unit of the registry; '' for none."""
    if value is None:
        return ""
    match unit:
        case "ppm":
            return f"{value / 10_000:.1f}%"
        case "per_1000":
            return f"{value / 1000:.1f}‰"
        case "milli":
            return f"{value / 1000:.2f}"
        case "minutes":
            return str(minutes_words(value))
    return f"{value:,}"


def value_words(n: Number) -> str:
    """Show a figure, or why it is not shown."""
    return _(MISSING[n.withheld]) if n.withheld else amount(n.unit, n.value)


def interval_words(n: Number) -> str:
    """Show the interval of a figure; '' where it has none."""
    return f"{amount(n.unit, n.low)} – {amount(n.unit, n.high)}" if n.low is not None and n.high is not None else ""


def points(ppm: int | None) -> str:
    """Show an index in points of a hundred."""
    return "—" if ppm is None else f"{ppm / 10_000:.1f}"


def summary(paper: Paper) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the three sentences, each with the codes of the figures it tells."""
    told = {code: value_words(paper.number(code)) for code in paper.chapters[0].figures}
    asked = _(
        "%(days)s 天里，%(place)s的居民提了 %(needs_asked)s 件事，回了话的有 %(answered_in_time)s 没有过时钟，正中间的一件等了 %(answer_median)s。"
    )
    helped = _("邻居上门 %(visits_done)s 次，帮了 %(minutes_helped)s；受助的人给的评价里，四星五星占 %(satisfaction)s。")
    facts = told | {"days": str(paper.days), "place": paper.name}
    index = paper.index.newest if paper.index else None
    if index is not None and index.value_ppm is not None:
        facts |= {"index": points(index.value_ppm), "low": points(index.low_ppm), "high": points(index.high_ppm)}
        well = _("健康指数 %(index)s（95%% 区间 %(low)s–%(high)s）；亮过 %(warnings_opened)s 个预警，结案 %(warnings_closed)s 个。")
    else:
        well = _("数据还少，不给健康指数；亮过 %(warnings_opened)s 个预警，结案 %(warnings_closed)s 个。")
    return (
        (asked % facts, ("needs_asked", "answered_in_time", "answer_median")),
        (helped % facts, ("visits_done", "minutes_helped", "satisfaction")),
        (well % facts, ("warnings_opened", "warnings_closed")),
    )
