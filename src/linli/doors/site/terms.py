"""What codes are called on staff pages: states, levels, channels, clocks, events, groups. One table each; a test walks them.

Tables hold zh-Hans as written; `say` turns an entry into the page's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

STATES: dict[str, str] = {
    "open": gettext_noop("收到"),
    "offered": gettext_noop("找人中"),
    "matched": gettext_noop("已接单"),
    "under_way": gettext_noop("在做"),
    "finished": gettext_noop("等确认"),
    "disputed": gettext_noop("说法不一"),
    "closed": gettext_noop("完成"),
    "withdrawn": gettext_noop("已撤回"),
    "referred": gettext_noop("已转出"),
}
TONES: dict[str, str] = {"open": "lamp", "offered": "", "matched": "pine", "under_way": "pine", "finished": "", "disputed": "lamp"}
LIVE_STATES = ("open", "offered", "matched", "under_way", "finished", "disputed")
ENDED_STATES = ("closed", "withdrawn", "referred")

LEVELS: dict[str, str] = {
    "community": gettext_noop("在社区"),
    "street": gettext_noop("已升到街道"),
    "city": gettext_noop("已升到市里"),
}

CHANNELS: dict[str, str] = {
    "web": gettext_noop("网页"),
    "code": gettext_noop("扫需求码"),
    "phone": gettext_noop("代人登记"),
    "api": gettext_noop("接口"),
    "system": gettext_noop("系统"),
    "stage": gettext_noop("演示"),
}

CLOCKS: dict[str, str] = {"answer": gettext_noop("回话"), "handle": gettext_noop("办结")}

GROUPS: dict[str, str] = {
    "alone": gettext_noop("独居老人"),
    "disabled": gettext_noop("残疾"),
    "child": gettext_noop("困境儿童"),
    "low_income": gettext_noop("低收入"),
}

WEEKDAYS: tuple[str, ...] = (
    gettext_noop("周一"), gettext_noop("周二"), gettext_noop("周三"), gettext_noop("周四"), gettext_noop("周五"), gettext_noop("周六"),
    gettext_noop("周日"),
)  # fmt: skip

# What a helper speaks besides Putonghua.
LANGUAGES: dict[str, str] = {
    "cantonese": gettext_noop("粤语"),
    "hakka": gettext_noop("客家话"),
    "teochew": gettext_noop("潮汕话"),
    "sign": gettext_noop("手语"),
    "english": gettext_noop("英语"),
}

# Why somebody stands in a special group.
GROUNDS: dict[str, str] = {
    "entered by the community": gettext_noop("社区核实登记"),
    "stage": gettext_noop("演示数据"),
}

# What a worker saw before somebody was entered as family.
FAMILY_GROUNDS: dict[str, str] = {
    "household_book": gettext_noop("户口簿"),
    "certificate": gettext_noop("出生证、结婚证等证件"),
    "court": gettext_noop("法院或公证文书"),
    "both_present": gettext_noop("两人当面说明"),
}

# What happened to a need, as its timeline tells it.
EVENTS: dict[str, str] = {
    "open": gettext_noop("收到"),
    "answer": gettext_noop("已回话"),
    "propose": gettext_noop("开始找人"),
    "lapse": gettext_noop("没有人应，接着找"),
    "accept": gettext_noop("有人接单"),
    "release": gettext_noop("这次没去成，重新找人"),
    "start": gettext_noop("到了，签到"),
    "finish": gettext_noop("做完，签退"),
    "confirm": gettext_noop("双方确认"),
    "dispute": gettext_noop("两边说的时间对不上"),
    "settle": gettext_noop("工作人员调定"),
    "withdraw": gettext_noop("已撤回"),
    "refer": gettext_noop("已转出"),
    "reopen": gettext_noop("已重新打开"),
    "pause": gettext_noop("时钟暂停"),
    "resume": gettext_noop("时钟又走起来"),
    "escalate": gettext_noop("时钟走完，自动升级"),
    "dispatch": gettext_noop("派下去"),
    "object": gettext_noop("对派单提出异议"),
    "uphold": gettext_noop("异议成立，收回派单"),
    "overrule": gettext_noop("异议不成立"),
}

# An escalation keeps "clock:level" as its reason.
RAN_OUT: dict[str, str] = {
    "answer:community": gettext_noop("社区没有按时回话"),
    "answer:street": gettext_noop("街道没有按时回话"),
    "answer:city": gettext_noop("市里没有按时回话"),
    "handle:community": gettext_noop("社区没有按时办结"),
    "handle:street": gettext_noop("街道没有按时办结"),
    "handle:city": gettext_noop("市里没有按时办结"),
}

# Reasons the system keeps as codes; every other reason is what somebody wrote.
KEPT_REASONS: dict[str, dict[str, str]] = {
    "escalate": RAN_OUT,
    "release": {
        "no_show": gettext_noop("帮手没有来"),
        "nobody": gettext_noop("没有等到另一位"),
        "slot": gettext_noop("改到的时间已有约"),
        "left": gettext_noop("去不了了"),
        "ended": gettext_noop("这件事不用去了"),
        "other_missing": gettext_noop("另一位没有来"),
    },
    "dispute": {
        "helper": gettext_noop("帮手报的和预计差得多"),
        "resident": gettext_noop("受助的人报的和预计差得多"),
        "gap": gettext_noop("两边报的差得多"),
    },
    "refer": {
        "110": gettext_noop("110 报警"),
        "119": gettext_noop("119 火警"),
        "120": gettext_noop("120 急救"),
        "122": gettext_noop("122 交通事故"),
    },
}

# Why a helper is proposed; %(n)s is the number that comes with the reason.
WHY: dict[str, str] = {
    "walk": gettext_noop("步行 %(n)s 分"),
    "same_building": gettext_noop("同一栋楼"),
    "same_community": gettext_noop("同一个社区"),
    "paired": gettext_noop("帮过这位 %(n)s 次"),
    "certificate": gettext_noop("有证书"),
    "light_load": gettext_noop("这周还没有出门"),
    "language": gettext_noop("说得来家乡话"),
}

# Why nobody else: how many were kept away by each rule.
WHY_NOT: dict[str, str] = {
    "self": gettext_noop("%(n)s 位就是提这件事的人"),
    "paused": gettext_noop("%(n)s 位正在休息"),
    "skill": gettext_noop("%(n)s 位没登记这样本事"),
    "certificate": gettext_noop("%(n)s 位没有所需证书，或证书过期"),
    "minor": gettext_noop("%(n)s 位未满十八岁"),
    "same_sex": gettext_noop("%(n)s 位性别与要求不合"),
    "blocked": gettext_noop("%(n)s 位与这位互不安排上门"),
    "refused": gettext_noop("%(n)s 位近来多次谢绝这类事"),
    "asked": gettext_noop("%(n)s 位已经问过"),
    "far": gettext_noop("%(n)s 位住得太远"),
    "busy": gettext_noop("%(n)s 位这段时间已有约"),
    "day_full": gettext_noop("%(n)s 位当天已排满"),
    "not_free": gettext_noop("%(n)s 位这个时段不得空"),
}

# Why not this one person; '' is none of the rules.
WHY_NOT_ONE: dict[str, str] = {
    "": gettext_noop("可以问；眼下先问了更合适的"),
    "self": gettext_noop("就是本人提的"),
    "paused": gettext_noop("正在休息"),
    "skill": gettext_noop("没登记这样本事"),
    "certificate": gettext_noop("没有所需证书，或证书过期"),
    "minor": gettext_noop("未满十八岁"),
    "same_sex": gettext_noop("这件事要同性帮手"),
    "blocked": gettext_noop("两人互不安排上门"),
    "refused": gettext_noop("近来多次谢绝这类事"),
    "asked": gettext_noop("已经问过"),
    "far": gettext_noop("住得太远"),
    "busy": gettext_noop("这段时间已有约"),
    "day_full": gettext_noop("当天已排满"),
    "not_free": gettext_noop("这个时段不得空"),
}

OFFERS: dict[str, str] = {
    "made": gettext_noop("问了%(name)s，等回音"),
    "accepted": gettext_noop("%(name)s接了"),
    "declined": gettext_noop("%(name)s谢绝了"),
    "lapsed": gettext_noop("%(name)s没有回音"),
    "withdrawn": gettext_noop("收回了给%(name)s的邀请"),
}

VISITS: dict[str, str] = {
    "waiting": gettext_noop("等另一位"),
    "booked": gettext_noop("约好了"),
    "checked_in": gettext_noop("已签到"),
    "checked_out": gettext_noop("做完，等确认"),
    "confirmed": gettext_noop("双方确认"),
    "disputed": gettext_noop("说法不一"),
    "settled": gettext_noop("已调定"),
    "corrected": gettext_noop("已更正"),
    "cancelled": gettext_noop("取消了"),
    "no_show": gettext_noop("没有来"),
}
VISIT_TONES: dict[str, str] = {"checked_in": "pine", "confirmed": "pine", "settled": "pine", "disputed": "lamp", "no_show": "lamp"}

VISIT_EVENTS: dict[str, str] = {
    "book": gettext_noop("约好"),
    "wait": gettext_noop("答应了，等另一位"),
    "join": gettext_noop("两位齐了，约好"),
    "release": gettext_noop("不用去了"),
    "check_in": gettext_noop("已签到"),
    "check_out": gettext_noop("已签退"),
    "confirm": gettext_noop("双方确认"),
    "dispute": gettext_noop("两边说法不一"),
    "settle": gettext_noop("调定"),
    "correct": gettext_noop("更正"),
    "cancel": gettext_noop("取消"),
    "no_show": gettext_noop("到点没有来"),
}

WAYS: dict[str, str] = {
    "code": gettext_noop("当面对码"),
    "paper": gettext_noop("纸面登记，电话回访"),
    "self": gettext_noop("本人确认"),
    "guardian": gettext_noop("监护人确认"),
    "call_back": gettext_noop("电话回访确认"),
}

SKILLS: dict[str, str] = {
    "meal": gettext_noop("送餐"),
    "shopping": gettext_noop("代购"),
    "escort": gettext_noop("陪诊"),
    "repair": gettext_noop("小修"),
    "talk": gettext_noop("聊天"),
    "bathing": gettext_noop("助浴"),
    "care": gettext_noop("看护"),
    "clean": gettext_noop("打扫"),
    "teach": gettext_noop("教手机"),
    "childcare": gettext_noop("托管"),
    "haircut": gettext_noop("理发"),
}

CERTIFICATES: dict[str, str] = {
    "care": gettext_noop("护理证"),
    "first_aid": gettext_noop("急救证"),
    "electrician": gettext_noop("电工证"),
    "teacher": gettext_noop("教师证"),
}

DIMENSIONS: dict[str, str] = {
    "facilities": gettext_noop("设施"),
    "coverage": gettext_noop("覆盖"),
    "response": gettext_noop("响应"),
    "satisfaction": gettext_noop("满意"),
    "participation": gettext_noop("参与"),
    "vitality": gettext_noop("互助"),
    "sharing": gettext_noop("共享"),
    "safety": gettext_noop("安全"),
}

RECTIFY_STATES: dict[str, str] = {
    "opened": gettext_noop("等整改办法"),
    "planned": gettext_noop("在改"),
    "shown": gettext_noop("等居民看过"),
    "accepted": gettext_noop("居民认可"),
    "false": gettext_noop("居民说没改，重来"),
}

WARNING_LEVELS: dict[str, str] = {
    "blue": gettext_noop("蓝"),
    "yellow": gettext_noop("黄"),
    "red": gettext_noop("红"),
    "card": gettext_noop("责任牌"),
}
WARNING_TONES: dict[str, str] = {"blue": "blue", "yellow": "yellow", "red": "red", "card": "red"}
WARNING_STATES: dict[str, str] = {
    "open": gettext_noop("等整改方案"),
    "planned": gettext_noop("方案已交，在改"),
    "shown": gettext_noop("凭据已交，等抽回访"),
    "calling": gettext_noop("回访中"),
    "closed": gettext_noop("已结"),
    "risen": gettext_noop("已升一级"),
}
WARNING_REASONS: dict[str, str] = {
    "index": gettext_noop("按早先的办法开出"),
    "interval": gettext_noop("这一季的评价单独看就够低"),
    "persists": gettext_noop("几个季度连着偏低，攒起来够说明问题"),
    "running": gettext_noop("连续两季低于标准"),
    "years": gettext_noop("连续两年低于标准"),
    "grave": gettext_noop("上级报了重大事故"),
    "overdue": gettext_noop("下一级没有按时办，自动升上来"),
    "false": gettext_noop("回访发现没有真改，升一级重办"),
}
# What happened to a case, and on whose side.
WARNING_EVENTS: dict[str, str] = {
    "open": gettext_noop("开出"),
    "plan": gettext_noop("社区交了整改方案"),
    "show": gettext_noop("社区交了整改凭据"),
    "draw": gettext_noop("按公开的存证检查点抽出回访名单"),
    "call": gettext_noop("上级回访了一位居民"),
    "close": gettext_noop("上级核实、结案"),
    "deny": gettext_noop("回访认定没有真改，自动升一级"),
    "overdue": gettext_noop("时钟走完，自动升一级"),
    "rise": gettext_noop("下一季更低，并进上一级的预警"),
}
WATCHERS: dict[str, str] = {
    "blue": gettext_noop("街道"),
    "yellow": gettext_noop("市里"),
    "red": gettext_noop("省里"),
    "card": gettext_noop("省里"),
}
GRAVES: dict[str, str] = {
    "death": gettext_noop("有人死亡或重伤"),
    "abuse": gettext_noop("受助的人被虐待、侵害"),
    "unanswered": gettext_noop("独居的人求助没有人到，受了伤害"),
    "money": gettext_noop("侵占居民的时间、钱物"),
    "leak": gettext_noop("居民信息成批泄露"),
    "forged": gettext_noop("成批造假记录"),
}
HEARD: dict[str, str] = {
    "fixed": gettext_noop("真改了"),
    "not_fixed": gettext_noop("没有改"),
    "unreached": gettext_noop("没打通"),
}


REFER: dict[str, str] = {
    "110": gettext_noop("110 报警"),
    "119": gettext_noop("119 火警"),
    "120": gettext_noop("120 急救"),
    "122": gettext_noop("122 交通事故"),
    "12345": gettext_noop("12345 政务热线"),
}


def say(table: Mapping[str, str], code: str) -> str:
    """Return what `code` is called in the page's language; a code without words is shown as it is, so that nothing is hidden."""
    return gettext(table[code]) if code in table else code


def counted(table: Mapping[str, str], code: str, number: int) -> str:
    """Return what `code` is called with its number in it."""
    return say(table, code) % {"n": number} if "%(n)s" in table.get(code, "") else say(table, code)


def reason_words(event: str, reason: str) -> str:
    """Return the reason of an event in words: kept codes of the system, else what somebody wrote."""
    return say(KEPT_REASONS.get(event, {}), reason)
