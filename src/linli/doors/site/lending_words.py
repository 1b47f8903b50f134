"""What things that are lent are called, and what may be said of a booking. One table each; `say` turns an entry into the page's language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

THINGS: dict[str, str] = {
    "wheelchair": gettext_noop("轮椅"),
    "walker": gettext_noop("助行器"),
    "oxygen": gettext_noop("制氧机"),
    "care_bed": gettext_noop("护理床（搬回家用）"),
    "bed": gettext_noop("短住床位"),
    "toolbox": gettext_noop("工具箱"),
    "farm_tool": gettext_noop("农具"),
    "room": gettext_noop("活动室"),
    "meeting_room": gettext_noop("会议室"),
    "kitchen": gettext_noop("公用厨房"),
    "van": gettext_noop("接送车"),
}
ICONS: dict[str, str] = {
    "wheelchair": "walk", "walker": "walk", "oxygen": "heart", "care_bed": "home", "bed": "home", "toolbox": "tool", "farm_tool": "tool",
    "room": "town", "meeting_room": "talk", "kitchen": "meal", "van": "map",
}  # fmt: skip

STATES: dict[str, str] = {
    "asked": gettext_noop("在排着"),
    "offered": gettext_noop("等回话"),
    "booked": gettext_noop("订好了"),
    "handed_out": gettext_noop("借出"),
    "overdue": gettext_noop("逾期没还"),
    "returned": gettext_noop("已归还"),
    "cancelled": gettext_noop("已取消"),
    "refused": gettext_noop("没有借成"),
}
TONES: dict[str, str] = {"asked": "lamp", "offered": "lamp", "booked": "pine", "handed_out": "pine", "overdue": "red"}

EVENTS: dict[str, str] = {
    "ask": gettext_noop("提出借用"),
    "offer": gettext_noop("留出一件"),
    "agree": gettext_noop("借的人说要"),
    "approve": gettext_noop("出借的社区同意"),
    "book": gettext_noop("订好了"),
    "decline": gettext_noop("想换一件"),
    "lapse": gettext_noop("没有等到回话，另找"),
    "release": gettext_noop("原来那件不行了，另找"),
    "refuse": gettext_noop("出借的社区没有同意"),
    "run_out": gettext_noop("到了时间还没有空的"),
    "cancel": gettext_noop("取消"),
    "not_fetched": gettext_noop("没有来取，放给别人"),
    "hand_out": gettext_noop("取走"),
    "late": gettext_noop("过了时间没有还"),
    "take_back": gettext_noop("归还"),
}

# Reasons kept as codes; every other reason is what somebody wrote.
CONDITIONS: dict[str, str] = {
    "good": gettext_noop("完好"),
    "worn": gettext_noop("能用，要检查一下"),
    "broken": gettext_noop("坏了，先停用"),
    "lost": gettext_noop("丢了"),
}
REASONS: dict[str, str] = CONDITIONS | {
    "blackout": gettext_noop("这段时间停用"),
    "retired": gettext_noop("不再出借"),
}

WHY_NOT: dict[str, str] = {
    "retired": gettext_noop("不再出借"),
    "not_shared": gettext_noop("只借给本社区"),
    "group": gettext_noop("留给独居老人、残疾人等重点照护的人"),
    "certificate": gettext_noop("要有证书才能借"),
    "declined": gettext_noop("您说过想换一件"),
    "long": gettext_noop("这件借不了这么久"),
    "closed": gettext_noop("取或还的时候没有开门"),
    "taken": gettext_noop("那段时间已经订出去了"),
    "far": gettext_noop("太远了"),
}
