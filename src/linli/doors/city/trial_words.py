"""What trials are called on their pages: outcomes, states, verdicts, assumptions. Tables hold zh-Hans; `gettext` turns them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.doors.site.templatetags.linli import minutes as minutes_words
from linli.doors.site.templatetags.linli import percent
from linli.ground.policy.keys import KEYS, Kind, Topic
from linli.kernel.stats import Interval

OUTCOMES: dict[str, tuple[str, str]] = {
    "answered_in_time": (gettext_noop("按时回话"), gettext_noop("有人回话的事里，按这一套自己承诺的时间回的")),
    "first_answer": (gettext_noop("头一次回话"), gettext_noop("从提出到头一次回话，居中的那件事等了多久")),
    "handled": (gettext_noop("按时办好"), gettext_noop("全部的事里，在现行办结时限内办好的；两套用同一把尺")),
    "met": (gettext_noop("邻居帮成"), gettext_noop("全部的事里，邻居上门办成的")),
    "satisfied": (gettext_noop("满意"), gettext_noop("评价里，四星和五星的")),
    "risen": (gettext_noop("升级"), gettext_noop("每一百件事，升级几次")),
    "no_shows": (gettext_noop("爽约"), gettext_noop("约好的上门里，帮手没来的")),
    "helper_minutes": (gettext_noop("帮手出的时间"), gettext_noop("出过力的帮手，平均每人记了多久")),
    "top_tenth": (gettext_noop("最忙的一成帮手"), gettext_noop("全部时间里，最忙的一成帮手出的")),
    "seeded": (gettext_noop("发出的种子时间"), gettext_noop("开头发给特殊群体的")),
}
STATES: dict[str, str] = {
    "waiting": gettext_noop("排队等跑"), "running": gettext_noop("正在跑"), "done": gettext_noop("跑完了"), "failed": gettext_noop("没跑成"),
    "cancelled": gettext_noop("停了"),
}  # fmt: skip
TONES: dict[str, str] = {"running": "lamp", "done": "pine"}
WHY: dict[str, str] = {
    "too_slow": gettext_noop("跑得太久，到了时限。天数或对数少一些再试。"),
    "broken": gettext_noop("有一次没有跑到底。运行日志里有原因，请告诉运维。"),
    "cut_short": gettext_noop("后台进程断了几次，不再重来。可以照样再提一次。"),
    "no_right": gettext_noop("数据库不让另建试验用的库。请运维给数据库用户建库的权限。"),
}
VERDICTS: dict[str, str] = {
    "same": gettext_noop("两套一模一样"), "more": gettext_noop("B 更多，差得比偶然大"), "less": gettext_noop("B 更少，差得比偶然大"),
    "unclear": gettext_noop("分不清，可能只是偶然"), "missing": gettext_noop("记录太少，不下结论"),
}  # fmt: skip
TOPICS: dict[Topic, str] = {
    Topic.NEEDS: gettext_noop("回话和办结"), Topic.MATCHING: gettext_noop("找帮手"), Topic.VISITS: gettext_noop("上门"), Topic.HOURS: gettext_noop("时间"),
}  # fmt: skip

HINTS: dict[Topic, str] = {
    Topic.NEEDS: gettext_noop("急事不能比特殊群体慢，特殊群体不能比一般的慢；办好的时限不能比回话的短。"),
}


def key_words(key: str) -> str:
    """Return the sentence of a policy key in the page's language."""
    return gettext(KEYS[key].zh)


def value_words(key: str, value: int | str) -> str:
    """Return a policy value with its unit."""
    kind = KEYS[key].kind
    if isinstance(value, str):
        return value
    if kind is Kind.MINUTES:
        return minutes_words(value)
    if kind is Kind.METRES:
        return _("%(n)s 米") % {"n": value}
    return percent(value) if kind is Kind.PPM else str(value)


def bounds_words(key: str) -> str:
    """Return which whole numbers a key takes."""
    unit = {Kind.MINUTES: _("分钟"), Kind.METRES: _("米")}.get(KEYS[key].kind, "")
    said = _("可填 %(low)s–%(high)s %(unit)s") % {"low": KEYS[key].low, "high": KEYS[key].high, "unit": unit}
    return said.strip()


def number_words(value: int, unit: str, *, sign: bool = False) -> str:
    """Return a number of an outcome with its unit; with `sign`, as a difference: in points of a hundred where it is a share."""
    way = "" if not sign or value == 0 else "+" if value > 0 else "−"
    size = abs(value) if sign else value
    if unit == "minutes":
        return way + _("%(n)s 分钟") % {"n": size}
    if unit == "per_hundred":
        return _("每百件 %(n)s 次") % {"n": f"{way}{size / 10_000:.1f}"}
    return way + (_("%(n)s 个百分点") % {"n": f"{size / 10_000:.1f}"} if sign else f"{size / 10_000:.1f}%")


def range_words(found: Interval, unit: str, *, sign: bool = False) -> str:
    """Return both ends of an interval, without the unit."""

    def plain(value: int) -> str:
        way = "" if not sign or value == 0 else "+" if value > 0 else "−"
        return way + (str(abs(value)) if unit == "minutes" else f"{abs(value) / 10_000:.1f}")

    return _("%(low)s 至 %(high)s") % {"low": plain(found.low), "high": plain(found.high)}


def finding_words(name: str, found: Interval, unit: str) -> str:
    """Return what one outcome's difference says, in a sentence."""
    words = _("%(outcome)s：B 比 A 多 %(size)s（%(range)s）。") if found.mean > 0 else _("%(outcome)s：B 比 A 少 %(size)s（%(range)s）。")
    size = number_words(abs(found.mean), unit, sign=True).lstrip("+")
    return words % {"outcome": gettext(OUTCOMES[name][0]), "size": size, "range": range_words(found, unit, sign=True)}


def assumption_words(known: Mapping[str, int]) -> tuple[str, ...]:
    """Return how the made-up people of a trial behave, each a sentence with its value."""
    if not known:
        return ()
    share = {name.removesuffix("_ppm"): percent(value) for name, value in known.items() if name.endswith("_ppm")}
    return (
        _("社区工作者：%(all)s 的事会亲自回话，在承诺时间的 %(from)s 到 %(until)s 之间回。所以承诺越短，回得越快；这是设定，不是量出来的。")
        % {"all": share["worker_answers"], "from": share["answered_from"], "until": share["answered_until"]},
        _("帮手：每次被问到，有 %(no)s 推辞，和远近、忙闲、时间奖励都无关。") % {"no": share["helper_declines"]},
        _("约好以后，有 %(no)s 不来；%(found)s 分钟后才看得出来。") % {"no": share["no_show"], "found": known["no_show_found_minutes"]},
        _("一件事最多找 %(n)s 轮帮手，找不到就算没帮成。") % {"n": known["rounds_max"]},
        _(
            "评价：%(some)s 的人会评，其中 %(good)s 给四星五星；另有 %(poor)s 的社区口碑差，只有 %(low)s 给四星五星。满意不满意和等了多久无关。"
        )
        % {"some": share["rates"], "good": share["satisfied"], "poor": share["poor_share"], "low": share["poor_satisfied"]},
        _("两边报的时长有 %(some)s 对不上，由社区调定。") % {"some": share["differing_claims"]},
        _("特殊群体提事的多，是别人的 %(n)s 倍。提多少事、提什么事，不随政策变。") % {"n": known["member_asks"]},
        _("时钟每 %(n)s 分钟看一次，所以升级最多晚这么久。") % {"n": known["looks_every_minutes"]},
    )
