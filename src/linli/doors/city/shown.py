"""How indexes, figures and small lines are shown on the boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.doors.city.case_pages import StarShown
from linli.doors.city.pages import DimensionLine, IndexShown, Spark
from linli.doors.site.terms import DIMENSIONS, say
from linli.kernel.stats import Share
from linli.sight.wellbeing.reads import DimensionRow, Index, StarBrief

NOTHING = IndexShown(None, 0, 1_000_000, 0, 0, 0)
BANDS_PPM = (600_000, 700_000, 800_000, 900_000)  # the colour of a tile; the number always stands beside it
LOW_PPM = 650_000  # under it a bar is drawn in the lamp's colour
SPARK_WIDTH, SPARK_HEIGHT = 300, 56

# What each dimension counts, in one line.
COUNTS: dict[str, str] = {
    "facilities": gettext_noop("十二类设施里，登记在册的几类"),
    "coverage": gettext_noop("特殊群体里，有结对人的"),
    "response": gettext_noop("提出的事里，按时回话的"),
    "satisfaction": gettext_noop("评价里，四星和五星的"),
    "participation": gettext_noop("在册居民里，提过事或帮过人的"),
    "vitality": gettext_noop("办结的事里，由邻居上门帮成的"),
    "sharing": gettext_noop("共享空间和物品的预约里，用成了的"),
    "safety": gettext_noop("急事和特殊群体的事里，按短时钟回话的"),
}


def band_of(value_ppm: int | None) -> int:
    """Return the colour band of an index: 0 for none, 1 (under 60) to 5 (90 and more)."""
    return 0 if value_ppm is None else 1 + sum(value_ppm >= bar for bar in BANDS_PPM)


def index_shown(index: Index | None) -> IndexShown:
    """Return an index as shown; None before the first stock-taking."""
    if index is None:
        return NOTHING
    n = sum(d.n for d in index.dimensions)
    return IndexShown(index.value_ppm, index.low_ppm, index.high_ppm, n, index.known_ppm, band_of(index.value_ppm))


# With whom a community was compared, by how alike they are.
PEERS: dict[str, str] = {
    "alike": gettext_noop("%(n)s 个相像的社区（同类地区，人数、老人比例相近）"),
    "size": gettext_noop("%(n)s 个同类地区、人数相近的社区"),
    "region": gettext_noop("%(n)s 个同类地区的社区"),
    "district": gettext_noop("全区另外 %(n)s 个社区"),
}


def peers_words(index: Index | None) -> str:
    """Return with whom a place was compared, in words; empty where it is its own measure."""
    if index is None or index.likeness.value not in PEERS:
        return ""
    return gettext(PEERS[index.likeness.value]) % {"n": index.peer_places}


def dimension_line(row: DimensionRow, least: int) -> DimensionLine:
    """Return one dimension as shown; `least` is the number of observations a verdict needs."""
    code = row.code.value
    if row.value_ppm is None or row.low_ppm is None or row.high_ppm is None:
        return DimensionLine(say(DIMENSIONS, code), gettext(COUNTS[code]), 0, 0, None, row.weight_ppm, False, _("还没有数据，不算进指数"))
    share = Share(row.value_ppm, row.low_ppm, row.high_ppm, row.n)
    peers = _("相像的社区 %(peers)s") % {"peers": f"{row.peers_ppm / 10_000:.1f}%"} if row.peers_ppm is not None else ""
    small = _("样本小，先别下结论") if row.n < least else ""
    return DimensionLine(
        say(DIMENSIONS, code), gettext(COUNTS[code]), row.hits, row.n, share, row.weight_ppm, row.value_ppm < LOW_PPM,
        _("；").join(words for words in (peers, small) if words),
    )  # fmt: skip


def star_shown(brief: StarBrief | None) -> StarShown:
    """Return a community's stars as shown; None before the first grading."""
    if brief is None:
        return StarShown(0, "", None, "")
    state = _("已定") if brief.final else _("公示中，可以申诉")
    return StarShown(brief.holds, f"{brief.last.plus(-3).code()}–{brief.last.code()}", brief.share, state, brief.brought)


def place_url(code: str) -> str:
    """Return where a place is looked at: a community on its own page, anything wider as a list."""
    return reverse("street:community" if len(code) == 12 else "street:place", args=[code])


def spark_of(days: Sequence[Index]) -> Spark | None:
    """Return the index of the last days as a small line with its band; None under two days with a value."""
    known = [(i.day, i.value_ppm, i.low_ppm, i.high_ppm) for i in days if i.value_ppm is not None]
    if len(known) < 2:
        return None
    low, high = min(k[2] for k in known), max(k[3] for k in known)
    first, last = known[0], known[-1]
    tops = [(_x(k[0], first[0], last[0]), _y(k[3], low, high)) for k in known]
    bottoms = [(_x(k[0], first[0], last[0]), _y(k[2], low, high)) for k in reversed(known)]
    line = plain_path([(_x(k[0], first[0], last[0]), _y(k[1], low, high)) for k in known])
    words = _("从 %(start)s 的 %(old)s 到 %(end)s 的 %(new)s") % {
        "start": first[0].isoformat(), "old": f"{first[1] / 10_000:.1f}", "end": last[0].isoformat(), "new": f"{last[1] / 10_000:.1f}",
    }  # fmt: skip
    return Spark(line, f"{plain_path(tops + bottoms)}Z", words)


def _x(day: date, first: date, last: date) -> int:
    return round((day - first).days * SPARK_WIDTH / max(1, (last - first).days))


def _y(value: int, low: int, high: int) -> int:
    return SPARK_HEIGHT - round((value - low) * SPARK_HEIGHT / max(1, high - low))


def plain_path(points: Sequence[tuple[int, int]]) -> str:
    """Return SVG path data of a line through points."""
    return "".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(points))
