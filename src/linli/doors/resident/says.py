"""Words of the resident's pages for codes: what may be shown to whom, why somebody looked, tags of a rating, lines of the time book."""

from __future__ import annotations

from django.utils.translation import gettext_noop

CLASSES: dict[str, str] = {
    "name": gettext_noop("姓名"),
    "phone": gettext_noop("电话"),
    "door": gettext_noop("门牌"),
    "age": gettext_noop("年龄段"),
    "groups": gettext_noop("需要照顾的情况"),
    "words": gettext_noop("写下的话"),
    "helped": gettext_noop("办过的事"),
}

AUDIENCES: dict[str, str] = {
    "neighbours": gettext_noop("本社区的邻居"),
    "helpers": gettext_noop("本社区的帮手"),
    "public": gettext_noop("看白皮书的人（不写您是谁）"),
}

# What a resident can choose to open beyond what a visit needs: (data class, audience, purpose).
OFFERED: tuple[tuple[str, str, str], ...] = (
    ("name", "neighbours", "neighbourliness"),
    ("age", "helpers", "help"),
    ("groups", "helpers", "help"),
    ("helped", "public", "paper"),
)

PURPOSES: dict[str, str] = {
    "self": gettext_noop("看自己的"),
    "visit": gettext_noop("上门帮忙"),
    "queue": gettext_noop("给您回话"),
    "escalated": gettext_noop("没按时回话，升上来接着办"),
    "care": gettext_noop("家人照看"),
    "register": gettext_noop("核对名册"),
}

ROLES: dict[str, str] = {
    "worker": gettext_noop("社区工作者"),
    "grid_worker": gettext_noop("网格员"),
    "dispatcher": gettext_noop("街道调度员"),
    "city": gettext_noop("市级管理员"),
    "": gettext_noop("邻居"),
}

TAGS: dict[str, str] = {
    "on_time": gettext_noop("准时"),
    "kind": gettext_noop("和气"),
    "careful": gettext_noop("细心"),
    "clear": gettext_noop("说得明白"),
    "late": gettext_noop("来晚了"),
    "rough": gettext_noop("毛糙"),
    "unfinished": gettext_noop("没做完"),
    "asked_money": gettext_noop("提到要钱"),
}

STARS: dict[str, str] = {
    "5": gettext_noop("很好"),
    "4": gettext_noop("好"),
    "3": gettext_noop("一般"),
    "2": gettext_noop("不太好"),
    "1": gettext_noop("不好"),
}

LINES: dict[str, str] = {
    "earned": gettext_noop("帮人所得"),
    "given": gettext_noop("请人所用"),
    "seed": gettext_noop("种子时间"),
    "gift_in": gettext_noop("家人送来"),
    "gift_out": gettext_noop("送给家人"),
    "donated": gettext_noop("捐给社区时间池"),
    "returned": gettext_noop("更正退回"),
    "taken_back": gettext_noop("更正收回"),
    "other": gettext_noop("其他"),
}

# Reasons a helper can tap; "other" is written out.
DECLINES: dict[str, str] = {
    "busy": gettext_noop("这个时间没空"),
    "far": gettext_noop("太远了"),
    "unable": gettext_noop("这件事我做不来"),
    "rest": gettext_noop("这阵子想歇一歇"),
}

# Parts of a day as (code, words, from minute, until minute).
PARTS: tuple[tuple[str, str, int, int], ...] = (
    ("am", gettext_noop("上午"), 480, 720),
    ("pm", gettext_noop("下午"), 720, 1080),
    ("eve", gettext_noop("晚上"), 1080, 1260),
)

# What the entries of a visit's receipt are called.
RECORDS: dict[str, str] = {
    "offer:accepted": gettext_noop("有人接了"),
    "visit:waiting": gettext_noop("答应了，等另一位"),
    "visit:released": gettext_noop("没等到另一位，不用去了"),
    "visit:booked": gettext_noop("约好上门"),
    "visit:checked_in": gettext_noop("已签到"),
    "visit:checked_out": gettext_noop("已签退"),
    "visit:claimed": gettext_noop("一边报了时长"),
    "visit:confirmed": gettext_noop("双方确认"),
    "visit:disputed": gettext_noop("两边说的对不上"),
    "visit:settled": gettext_noop("社区调定"),
    "visit:corrected": gettext_noop("时长已更正"),
    "visit:cancelled": gettext_noop("取消"),
    "visit:no_show": gettext_noop("没有来"),
    "ledger:hold:opened": gettext_noop("预留时间"),
    "ledger:hold:posted": gettext_noop("时间入账"),
    "ledger:hold:voided": gettext_noop("预留退回"),
    "ledger:hold:expired": gettext_noop("预留过期退回"),
    "ledger:transfer:posted": gettext_noop("时间转账"),
    "ledger:transfer:reversed": gettext_noop("冲正"),
    "rating:given": gettext_noop("评价"),
}
