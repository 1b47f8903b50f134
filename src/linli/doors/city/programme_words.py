"""What the programme's codes are called: units, areas, scopes, states. One table each; `say` turns an entry into the page's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.doors.site.terms import say
from linli.sight.facts import reads as facts
from linli.sight.programme import reads as programme

UNITS: dict[str, str] = {
    "CNY": gettext_noop("元"), "CNY/month": gettext_noop("元/月"), "CNY/year": gettext_noop("元/年"), "CNY/hour": gettext_noop("元/小时"),
    "person": gettext_noop("人"), "person-time": gettext_noop("人次"), "person/community": gettext_noop("人/社区"),
    "person/household": gettext_noop("人/户"), "household": gettext_noop("户"), "pp": gettext_noop("个百分点"),
    "hour": gettext_noop("小时"), "hour/year": gettext_noop("小时/年"), "hour/week": gettext_noop("小时/周"), "day": gettext_noop("天"), "working day": gettext_noop("个工作日"), "month": gettext_noop("个月"),
    "quarter": gettext_noop("个季度"), "year": gettext_noop("年"), "time/month": gettext_noop("次/月"), "time/year": gettext_noop("次/年"),
    "level": gettext_noop("级"), "city": gettext_noop("个城市"), "item": gettext_noop("项"), "community": gettext_noop("个社区"),
    "enterprise": gettext_noop("家企业"), "org": gettext_noop("个组织"), "org/community": gettext_noop("个组织/社区"),
    "ratio": gettext_noop("倍"), "score": gettext_noop("分"), "department": gettext_noop("个部门"), "dimension": gettext_noop("个维度"),
    "group": gettext_noop("个小组"), "fund": gettext_noop("个基金"), "field": gettext_noop("个领域"), "request": gettext_noop("件"),
    "project": gettext_noop("个项目"), "project/community": gettext_noop("个项目/社区"), "account": gettext_noop("个账户"),
    "region": gettext_noop("个省级地区"), "institution": gettext_noop("家机构"), "town": gettext_noop("个新城"), "category": gettext_noop("类"),
    "party": gettext_noop("方"), "track": gettext_noop("轨"), "type": gettext_noop("类"), "pilot": gettext_noop("个试点"),
    "centre": gettext_noop("个中心"), "village": gettext_noop("个村"), "site": gettext_noop("处"), "function": gettext_noop("项功能"),
    "phase": gettext_noop("个阶段"), "channel": gettext_noop("条渠道"), "service": gettext_noop("项服务"), "window": gettext_noop("个窗口"),
    "college": gettext_noop("所学院"), "agency": gettext_noop("家评估机构"), "vote": gettext_noop("票"), "file/community": gettext_noop("份档案/社区"),
    "document": gettext_noop("项制度"), "platform": gettext_noop("个平台"), "count": gettext_noop("次"),
}  # fmt: skip

AREAS: dict[str, str] = {
    "programme": gettext_noop("分阶段推进"), "governance": gettext_noop("治理"), "supply": gettext_noop("服务与设施"), "people": gettext_noop("人的参与"),
    "network": gettext_noop("互助网络"), "matching": gettext_noop("供需对接"), "timebank": gettext_noop("时间银行"), "workforce": gettext_noop("队伍"),
    "devices": gettext_noop("智慧设备"), "evidence": gettext_noop("数据与存证"), "oversight": gettext_noop("监督评估"), "council": gettext_noop("议事会"),
    "market": gettext_noop("市场"), "funds": gettext_noop("资金"), "needs": gettext_noop("需求"), "demography": gettext_noop("人口"),
}  # fmt: skip

SCOPES: dict[str, str] = {
    "national": gettext_noop("全国"), "pilot-cities": gettext_noop("试点城市"), "urban": gettext_noop("城市"), "rural": gettext_noop("农村"),
    "east": gettext_noop("东部"), "central-west": gettext_noop("中西部"),
}  # fmt: skip
# What a figure is about more closely: its code is the kind, a colon and the name.
NARROWER: dict[str, tuple[str, ...]] = {
    "urban": (
        gettext_noop("一线城市"), gettext_noop("一线城市新建社区"), gettext_noop("老旧社区"), gettext_noop("中小城市"), gettext_noop("超大城市群"),
    ),
    "international": (gettext_noop("发达国家"),),
    "city": (gettext_noop("上海"), gettext_noop("成都"), gettext_noop("广州"), gettext_noop("北京"), gettext_noop("深圳")),
    "province": (gettext_noop("浙江"), gettext_noop("广东")),
    "community": (gettext_noop("上海张江科学城社区"), gettext_noop("成都锦官新城")),
    "enterprise": (gettext_noop("万科物业"),),
}  # fmt: skip
SCOPES |= {f"{kind}:{name}": name for kind, names in NARROWER.items() for name in names}

KINDS: dict[str, str] = {
    "target": gettext_noop("目标"), "rule": gettext_noop("规则"), "budget": gettext_noop("资金"), "forecast": gettext_noop("预期"),
    "baseline": gettext_noop("现状"), "claim": gettext_noop("主张"), "case": gettext_noop("案例"),
}  # fmt: skip
PROMISES = ("target", "rule", "budget", "forecast")

# Where a promise stands, in the order of the list, with the tone of its mark.
STATES: dict[str, str] = {
    "late": gettext_noop("没做到，已到期"), "unsure": gettext_noop("刚过线，还说不准"), "coming": gettext_noop("没做到，还没到期"),
    "met": gettext_noop("做到了"), "early": gettext_noop("还没有满一个月的数"), "part": gettext_noop("只有本地的一份"), "none": gettext_noop("本系统没有记录"),
}  # fmt: skip
TONES: dict[str, str] = {"late": "red", "unsure": "lamp", "coming": "", "met": "pine", "early": "", "part": "", "none": ""}

PHASES: dict[int, str] = {1: gettext_noop("试点启动"), 2: gettext_noop("全面推广"), 3: gettext_noop("深化提升")}

SAID: dict[str, str] = {
    "none": gettext_noop("先不说"), "on_way": gettext_noop("在按计划做"), "behind": gettext_noop("落后了"), "done": gettext_noop("已经做完"),
}  # fmt: skip

RISK_STATES: dict[str, str] = {
    "quiet": gettext_noop("平静"), "raised": gettext_noop("已触发，等人决定"), "accepted": gettext_noop("已知情，接受"),
    "mitigated": gettext_noop("在处理"), "closed": gettext_noop("已关闭"),
}  # fmt: skip
RISK_TONES: dict[str, str] = {"quiet": "", "raised": "red", "accepted": "lamp", "mitigated": "pine", "closed": ""}
RISK_EVENTS: dict[str, str] = {
    "raise": gettext_noop("触发"), "ease": gettext_noop("回落"), "accept": gettext_noop("接受"), "mitigate": gettext_noop("处理"),
    "close": gettext_noop("关闭"),
}  # fmt: skip
RISK_KINDS: dict[str, str] = {
    "technical": gettext_noop("技术风险"), "policy": gettext_noop("政策风险"), "social": gettext_noop("社会风险"),
}  # fmt: skip
LIKELY: dict[str, str] = {
    "happening": gettext_noop("正在发生"), "possible": gettext_noop("有可能"), "unlikely": gettext_noop("眼下不会"), "unknown": gettext_noop("没有记录，说不准"),
}  # fmt: skip
IMPACTS: dict[int, str] = {1: gettext_noop("影响小"), 2: gettext_noop("影响中等"), 3: gettext_noop("影响大")}
MYRIAD, HUNDRED_MILLION = 10**4, 10**8
MILLION, MILLIARD = 10**6, 10**9


def indicator_name(code: str) -> str:
    """Return what a line of the registry is called, as everywhere."""
    return gettext(facts.indicator(code).zh)


def amount(text: str, unit: str) -> str:
    """Return a written number with its unit: 90%, 15 分钟, 1500 亿元; large ones in the way of the page's language."""
    chinese = (get_language() or "").startswith("zh")
    number, words = text, say(UNITS, unit)
    digits = text.lstrip("-")
    if digits.isdigit():
        value = int(text)
        if chinese and abs(value) >= HUNDRED_MILLION:
            number, words = _short(value, HUNDRED_MILLION), _("亿") + words
        elif chinese and abs(value) >= MYRIAD:
            number, words = _short(value, MYRIAD), _("万") + words
        elif chinese:
            number = str(value)
        elif abs(value) >= MILLIARD:
            number = _("%(n)s 十亿") % {"n": _short(value, MILLIARD)}
        elif abs(value) >= MILLION:
            number = _("%(n)s 百万") % {"n": _short(value, MILLION)}
        else:
            number = f"{value:,}"
    if unit == "percent":
        return f"{number}%"
    if unit in {"minute", "minutes"}:
        return _("%(n)s 分钟") % {"n": number}  # the word by itself is a label of a field elsewhere
    return _("%(n)s %(unit)s") % {"n": number, "unit": words}


def _short(value: int, by: int) -> str:
    return f"{value / by:.4f}".rstrip("0").rstrip(".")


def promised(figure: programme.Figure) -> str:
    """Return what a figure says, with its comparator: 不低于 90%, 2 小时以内, 增加 50%."""
    words = amount(programme.written_value(figure), figure.unit)
    if figure.comparator == ">=":
        return (_("超过 %(amount)s") if figure.strict else _("至少 %(amount)s")) % {"amount": words}
    if figure.comparator == "<=":
        return (_("不到 %(amount)s") if figure.strict else _("最多 %(amount)s")) % {"amount": words}
    if figure.comparator in {"+", "-"}:
        base = _("比 %(year)s 年") % {"year": figure.base} if figure.base else ""
        change = (_("多 %(amount)s") if figure.comparator == "+" else _("少 %(amount)s")) % {"amount": words}
        return f"{base}{change}"
    return _("约 %(amount)s") % {"amount": words} if figure.comparator == "~" else words


def measured(value: int, unit: str) -> str:
    """Return a measure of ours in words: a share in per cent, minutes and counts as they are."""
    return f"{value / 10_000:.1f}%" if unit == "ppm" else amount(str(value), unit)


def reckoned(value: int, decimals: int, unit: str) -> str:
    """Return the result of a sum in words."""
    return amount(programme.written_result(value, decimals), unit)


def month_words(first: date) -> str:
    """Return a month as 2026年3月."""
    return _("%(year)s年%(month)s月") % {"year": first.year, "month": first.month}
