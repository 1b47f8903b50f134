"""The tile map of the nation: one tile for each province, roughly where it lies. No boundaries are drawn, so none can be drawn wrong."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

# Province code -> its one-character and its everyday name, column (1 … 9) and row (1 … 8).
TILES: dict[str, tuple[str, int, int]] = {
    "23": (gettext_noop("黑|黑龙江"), 9, 1),
    "65": (gettext_noop("新|新疆"), 1, 2), "15": (gettext_noop("蒙|内蒙古"), 7, 2), "22": (gettext_noop("吉|吉林"), 9, 2),
    "63": (gettext_noop("青|青海"), 3, 3), "62": (gettext_noop("甘|甘肃"), 4, 3), "64": (gettext_noop("宁|宁夏"), 5, 3), "14": (gettext_noop("晋|山西"), 6, 3),
    "13": (gettext_noop("冀|河北"), 7, 3), "11": (gettext_noop("京|北京"), 8, 3), "21": (gettext_noop("辽|辽宁"), 9, 3),
    "54": (gettext_noop("藏|西藏"), 2, 4), "61": (gettext_noop("陕|陕西"), 5, 4), "41": (gettext_noop("豫|河南"), 6, 4), "37": (gettext_noop("鲁|山东"), 7, 4),
    "12": (gettext_noop("津|天津"), 8, 4),
    "51": (gettext_noop("川|四川"), 4, 5), "50": (gettext_noop("渝|重庆"), 5, 5), "42": (gettext_noop("鄂|湖北"), 6, 5), "34": (gettext_noop("皖|安徽"), 7, 5),
    "32": (gettext_noop("苏|江苏"), 8, 5), "31": (gettext_noop("沪|上海"), 9, 5),
    "53": (gettext_noop("滇|云南"), 3, 6), "52": (gettext_noop("黔|贵州"), 4, 6), "43": (gettext_noop("湘|湖南"), 5, 6), "36": (gettext_noop("赣|江西"), 6, 6),
    "33": (gettext_noop("浙|浙江"), 7, 6),
    "45": (gettext_noop("桂|广西"), 4, 7), "44": (gettext_noop("粤|广东"), 5, 7), "35": (gettext_noop("闽|福建"), 6, 7), "71": (gettext_noop("台|台湾"), 8, 7),
    "46": (gettext_noop("琼|海南"), 5, 8), "81": (gettext_noop("港|香港"), 6, 8), "82": (gettext_noop("澳|澳门"), 7, 8),
}  # fmt: skip

ABSENT = ("71", "81", "82")  # without communities in the tree


def province_names(code: str) -> tuple[str, str]:
    """Return a province's one-character and everyday name, in the page's language."""
    short, _bar, name = gettext(TILES[code][0]).partition("|")
    return short, name
