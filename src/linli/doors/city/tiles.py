"""The tile map of the nation: one tile for each province, roughly where it lies. No boundaries are drawn, so none can be drawn wrong."""

from __future__ import annotations

from django.utils.translation import gettext_noop

# Province code -> its one-character name, column (1 … 9) and row (1 … 8).
TILES: dict[str, tuple[str, int, int]] = {
    "23": (gettext_noop("黑"), 9, 1),
    "65": (gettext_noop("新"), 1, 2), "15": (gettext_noop("蒙"), 7, 2), "22": (gettext_noop("吉"), 9, 2),
    "63": (gettext_noop("青"), 3, 3), "62": (gettext_noop("甘"), 4, 3), "64": (gettext_noop("宁"), 5, 3), "14": (gettext_noop("晋"), 6, 3),
    "13": (gettext_noop("冀"), 7, 3), "11": (gettext_noop("京"), 8, 3), "21": (gettext_noop("辽"), 9, 3),
    "54": (gettext_noop("藏"), 2, 4), "61": (gettext_noop("陕"), 5, 4), "41": (gettext_noop("豫"), 6, 4), "37": (gettext_noop("鲁"), 7, 4),
    "12": (gettext_noop("津"), 8, 4),
    "51": (gettext_noop("川"), 4, 5), "50": (gettext_noop("渝"), 5, 5), "42": (gettext_noop("鄂"), 6, 5), "34": (gettext_noop("皖"), 7, 5),
    "32": (gettext_noop("苏"), 8, 5), "31": (gettext_noop("沪"), 9, 5),
    "53": (gettext_noop("滇"), 3, 6), "52": (gettext_noop("黔"), 4, 6), "43": (gettext_noop("湘"), 5, 6), "36": (gettext_noop("赣"), 6, 6),
    "33": (gettext_noop("浙"), 7, 6),
    "45": (gettext_noop("桂"), 4, 7), "44": (gettext_noop("粤"), 5, 7), "35": (gettext_noop("闽"), 6, 7), "71": (gettext_noop("台"), 8, 7),
    "46": (gettext_noop("琼"), 5, 8), "81": (gettext_noop("港"), 6, 8), "82": (gettext_noop("澳"), 7, 8),
}  # fmt: skip

# Without communities in the tree: their names cannot be read from it.
ABSENT: dict[str, str] = {"71": gettext_noop("台湾"), "81": gettext_noop("香港"), "82": gettext_noop("澳门")}
