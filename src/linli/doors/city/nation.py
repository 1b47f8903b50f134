"""The nation's big screen: provinces → cities → districts → streets → communities, by month and measure. Published counts, for anybody.

Figures come from the kept cube; those of the place that is left out of it are this system's own and are added into the levels above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.nation_pages import Headline, MonthLine, MonthStep, NationPage, NoNationPage, RankGroup, RankLine, Switch, Tile
from linli.doors.city.pages import Bar
from linli.doors.city.past import past_shown
from linli.doors.city.shown import BANDS_PPM, COUNTS, LOW_PPM, band_of, plain_path
from linli.doors.city.tiles import ABSENT, TILES, province_names
from linli.doors.site.desk import policy_at, with_query
from linli.doors.site.terms import DIMENSIONS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.cases import warning_line
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys.roll_up import weights
from linli.kernel.actor import Role
from linli.kernel.errors import NotFound
from linli.kernel.stats import Share
from linli.kernel.units import PPM_ONE
from linli.sight.rollup import reads as rollup
from linli.sight.rollup.reads import Look, Seen
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.reads import WarningCard
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.reads import Index

LEVELS = (2, 4, 6, 9)
COMMUNITY = 12
WARNINGS_SHOWN, RANKED_SHOWN = 3, 3
MONTH_WIDTH, MONTH_HEIGHT = 1200, 100  # a hundred units a month
BAND_PARTS, TENTH_PPM = 5, 1_000  # a tenth of a point: what a legend says is where the colour ends
SOME, MANY = 36, 72  # tiles that the middle of a screen holds large, and small
KINS: dict[str, str] = {
    "town": gettext_noop("城镇为主"), "country": gettext_noop("乡村为主"), "mixed": gettext_noop("城乡都有"), "municipality": gettext_noop("直辖市"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a page was asked for: place, month as written, dimension (empty: the index)."""

    place: str
    month: str
    dimension: str

    def url(self, **changes: str) -> str:
        """Return the address of another place, month or dimension, the rest as it is."""
        wanted = {"place": self.place, "month": self.month, "dim": self.dimension} | changes
        own = reverse("nation:place", args=[wanted["place"]]) if wanted["place"] else reverse("nation:home")
        return with_query(own, month=wanted["month"], dim=wanted["dim"])


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the nation."""
    return _page(request, "")


@require_GET
def place(request: HttpRequest, place: str) -> HttpResponse:
    """Show a province, city, district or street. Raises NotFound for anything else."""
    if len(place) not in LEVELS or not (place.isascii() and place.isdigit()):
        raise NotFound
    return _page(request, place)


def _page(request: HttpRequest, place: str) -> HttpResponse:
    moment = now()
    asked = _Asked(place, request.GET.get("month", ""), request.GET.get("dim", ""))
    if asked.dimension and asked.dimension not in rollup.DIMENSIONS:
        raise NotFound
    if rollup.about() is None:
        if place and not places.names({place}):
            raise NotFound
        return render(request, "city/no_nation.html", {"page": _no_nation(request)})
    page = nation_page(request, asked, moment)
    return render(request, "city/nation.html", {"page": page}, status=404 if page.fault else 200)


def _city_url(request: HttpRequest) -> str:
    return reverse("city:screen") if any(post.role is Role.CITY for post in actor_of(request).posts) else ""


def _no_nation(request: HttpRequest) -> NoNationPage:
    found, making = wellbeing.at_level(4), rollup.progress()
    names = places.names(found)
    cities = tuple(
        Tile("", names.get(code, code), names.get(code, code), i.value_ppm, i.low_ppm, i.high_ppm, band_of(i.value_ppm), "", live=True)
        for code, i in found.items()
    )
    percent = making.done * 100 // making.total if making else 0
    # A demo makes them by itself, as soon as all else answers.
    return NoNationPage(making is not None or settings.LINLI_DEMO, percent, making.left_s if making else None, cities, _city_url(request))


def _known(index: Index) -> tuple[tuple[int, int, int], ...]:
    """Return an index and its dimensions as (value, low, high) in ppm, -1 for no value."""
    rows = [(index.value_ppm, index.low_ppm, index.high_ppm), *((d.value_ppm, d.low_ppm, d.high_ppm) for d in index.dimensions)]
    return tuple((-1, 0, PPM_ONE) if v is None or low is None or high is None else (v, low, high) for v, low, high in rows)


def nation_page(request: HttpRequest, asked: _Asked, moment: datetime) -> NationPage:
    """Gather the big screen of a place; a constant number of queries. Raises NotFound for a place the nation does not have."""
    about, rules = rollup.about(), policy_at(asked.place, moment)
    if about is None:
        raise NotFound
    own = wellbeing.below(about.left_out) if about.left_out else {}
    live = {code: [(d.hits, d.n) for d in index.dimensions] for code, index in own.items()}
    months = rollup.months_until(about.last_month, about.months)
    fault = (
        "" if not asked.month or asked.month in months else _("%(month)s 没有数据：这里有 %(first)s 到 %(last)s。现在看的是最新的一个月。")
    )
    fault = fault % {"month": asked.month, "first": months[0], "last": months[-1]} if fault else ""
    at = months.index(asked.month) if asked.month in months else len(months) - 1
    asked = _Asked(asked.place, months[at] if at < len(months) - 1 else "", asked.dimension)
    by = rollup.DIMENSIONS.index(asked.dimension) if asked.dimension else None
    least = rules.count("observations_min")
    known = {code: _known(index) for code, index in own.items() if len(code) == COMMUNITY}
    look = rollup.look(asked.place, at, weights(rules), least=least, live=live, known=known, ranked_by=by)
    cards = warnings.newest_in(asked.place, moment, limit=WARNINGS_SHOWN)
    names = _names(asked.place, about.left_out, look, cards)
    tally = warnings.tally(asked.place)
    ranking = _ranking(look.children, by, asked, names)
    measure = say(DIMENSIONS, asked.dimension) if asked.dimension else _("健康指数")
    return NationPage(
        place=asked.place, place_name=names.get(asked.place, asked.place) if asked.place else pgettext("place", "全国"), path=_path(asked, names),
        measure=measure, measure_words=gettext(COUNTS[asked.dimension]) if asked.dimension else "",
        tiles=_tiles(look, by, asked, names, live=bool(live)), legend=_legend(_bands(look, by, asked.place)), size=_size(asked.place, len(look.children)),
        headlines=_headlines(look, least), rank_top=_top(ranking), rank_all=ranking, bars=_bars(look.own[look.month], least),
        months=_months(look, by, asked), month_label=months[at], line=_line(look, by),
        before=asked.url(month=months[at - 1]) if at else "", after=asked.url(month=months[at + 1]) if at + 1 < len(months) else "",
        switches=_switches(asked), warnings=tuple(warning_line(card, names) for card in cards),
        by_level=tuple((level, tally[level]) for level in ("red", "yellow", "blue") if level in tally),
        synthetic=about.synthetic and not (look.own[look.month].live and asked.place.startswith(about.left_out or "-")),
        live_name=names.get(about.left_out, "") if live and at == len(months) - 1 and _touches(asked.place, about.left_out) else "",
        least=least, fault=fault, city_url=_city_url(request), moment=moment,
        past=past_shown(asked.place, names.get(asked.place, "")),
    )  # fmt: skip


def _touches(place: str, left_out: str) -> bool:
    return left_out.startswith(place) or place.startswith(left_out)


def _names(place: str, left_out: str, look: Look, cards: Iterable[WarningCard]) -> dict[str, str]:
    above = (place[:digits] for digits in LEVELS if digits <= len(place))
    found = places.names({*above, left_out, *(seen.code for seen in look.children), *(card.place for card in cards)} - {""})
    return found | {code: province_names(code)[1] for code in found if code in TILES}


def _path(asked: _Asked, names: Mapping[str, str]) -> tuple[Option, ...]:
    steps = [asked.place[:digits] for digits in LEVELS if digits <= len(asked.place)]
    return (
        Option(asked.url(place=""), pgettext("place", "全国")),
        *(Option(asked.url(place=code), names.get(code, code)) for code in steps),
    )


def _shown(seen: Seen, by: int | None) -> Share | None:
    if by is not None:
        return seen.shares[by]
    return None if seen.value_ppm is None else Share(seen.value_ppm, seen.low_ppm, seen.high_ppm, seen.n)


def _tile(seen: Seen, by: int | None, asked: _Asked, names: Mapping[str, str], bands: Sequence[int], *, own: bool) -> Tile:
    share, name = _shown(seen, by), names.get(seen.code, seen.code)
    hidden = by is not None and seen.withheld[by]
    note = "" if share else _("次数太少，不显示") if hidden else _("没有数据")
    url = asked.url(place=seen.code) if len(seen.code) < COMMUNITY else ""
    on_map = seen.code in TILES
    short, column, row = (province_names(seen.code)[0], *TILES[seen.code][1:]) if on_map else (name, 0, 0)
    band = sum(share.value_ppm >= bar for bar in (0, *bands)) if share else 0
    value, low, high = (share.value_ppm, share.low_ppm, share.high_ppm) if share else (None, 0, PPM_ONE)
    return Tile(url, short, name, value, low, high, band, note, own, column, row)


def _bands(look: Look, by: int | None, place: str) -> tuple[int, ...]:
    """Return where a tile's colour ends and the next begins: fixed, but for large places, which lie so close that one colour would be all."""
    known = [share.value_ppm for seen in look.children if (share := _shown(seen, by)) is not None]
    if len(place) > LEVELS[0] or len(set(known)) < BAND_PARTS:
        return BANDS_PPM
    low, high = min(known), max(known)
    return tuple((low + (high - low) * part // BAND_PARTS) // TENTH_PPM * TENTH_PPM for part in range(1, BAND_PARTS))


def _legend(bands: Sequence[int]) -> tuple[str, ...]:
    edges = [f"{bar / 10_000:.1f}".removesuffix(".0") for bar in bands]
    return (f"<{edges[0]}", *(f"{low}–{high}" for low, high in pairwise(edges)), f"≥{edges[-1]}")


def _tiles(look: Look, by: int | None, asked: _Asked, names: Mapping[str, str], *, live: bool) -> tuple[Tile, ...]:
    # What holds the system's own figures within is marked too; only the newest month has them.
    bands = _bands(look, by, asked.place)
    newest, out = look.month == len(look.months) - 1, look.about.left_out
    found = [
        _tile(seen, by, asked, names, bands, own=seen.live or (live and newest and bool(out) and out.startswith(seen.code)))
        for seen in look.children
    ]
    if not asked.place:
        note = _("本系统的地名树里没有数据")
        found += [
            Tile("", *province_names(code), None, 0, PPM_ONE, 0, note, live=False, column=TILES[code][1], row=TILES[code][2])
            for code in ABSENT
        ]
    return tuple(found)


def _size(place: str, many: int) -> str:
    return "map" if not place else "large" if many <= SOME else "small" if many <= MANY else "tiny"


def _rank_words(seen: Seen) -> str:
    if seen.best == seen.worst:
        return _("第 %(n)s") % {"n": seen.best}
    return _("第 %(best)s–%(worst)s") % {"best": seen.best, "worst": seen.worst}


def _ranking(children: Iterable[Seen], by: int | None, asked: _Asked, names: Mapping[str, str]) -> tuple[RankGroup, ...]:
    groups: dict[str, list[RankLine]] = {}
    for seen in children:
        share = _shown(seen, by)
        if share is not None and seen.best:
            url = asked.url(place=seen.code) if len(seen.code) < COMMUNITY else ""
            groups.setdefault(seen.kin, []).append(
                RankLine(url, names.get(seen.code, seen.code), _rank_words(seen), share.value_ppm, share.low_ppm, share.high_ppm, seen.live)
            )
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return tuple(RankGroup(say(KINS, kin), len(lines), tuple(sorted(lines, key=lambda x: -x.value_ppm))) for kin, lines in ordered)


def _top(ranking: tuple[RankGroup, ...]) -> tuple[RankGroup, ...]:
    # The largest group of like places; its first and its last.
    if not ranking:
        return ()
    group = ranking[0]
    lines = group.lines if len(group.lines) <= 2 * RANKED_SHOWN else (*group.lines[:RANKED_SHOWN], *group.lines[-RANKED_SHOWN:])
    return (RankGroup(group.kin, group.many, lines),)


def _headlines(look: Look, least: int) -> tuple[Headline, ...]:
    seen, first = look.own[look.month], look.own[0]
    index = Share(seen.value_ppm, seen.low_ppm, seen.high_ppm, seen.n) if seen.value_ppm is not None else None
    shown = [
        Headline(
            _("健康指数"), f"{index.value_ppm / 10_000:.1f}" if index else "—", _interval(index) if index else _("数据太少，先不给指数")
        )
    ]
    if index and first.value_ppm is not None and look.month:
        gain, apart = index.value_ppm - first.value_ppm, seen.low_ppm > first.high_ppm or seen.high_ppm < first.low_ppm
        words = _("区间没有重叠") if apart else _("区间重叠，不算变化")
        shown.append(Headline(_("和 %(month)s 比") % {"month": look.months[0]}, f"{gain / 10_000:+.1f}", words))
    for code in ("satisfaction", "response", "vitality"):
        share = seen.shares[rollup.DIMENSIONS.index(code)]
        share = share if share and share.n >= least else None
        shown.append(
            Headline(
                say(DIMENSIONS, code),
                f"{share.value_ppm / 10_000:.1f}%" if share else "—",
                gettext(COUNTS[code]) if share else _("次数太少，不显示"),
            )
        )
    took = _("全国重算 %(ms)s 毫秒") % {"ms": look.about.added_up_us // 1000}
    shown.append(Headline(_("社区数"), f"{seen.communities:,}", took))
    return tuple(shown)


def _interval(share: Share) -> str:
    return _("区间 %(low)s–%(high)s") % {"low": f"{share.low_ppm / 10_000:.1f}", "high": f"{share.high_ppm / 10_000:.1f}"}


def _bars(seen: Seen, least: int) -> tuple[Bar, ...]:
    shares = [share if share and share.n >= least else None for share in seen.shares]
    return tuple(
        Bar(say(DIMENSIONS, code), gettext(COUNTS[code]), share, share is not None and share.value_ppm < LOW_PPM)
        for code, share in zip(rollup.DIMENSIONS, shares, strict=True)
    )


def _months(look: Look, by: int | None, asked: _Asked) -> tuple[MonthStep, ...]:
    shares = [_shown(seen, by) for seen in look.own]
    return tuple(
        MonthStep(asked.url(month=month), month, share.value_ppm if share else None, number == look.month)
        for number, (month, share) in enumerate(zip(look.months, shares, strict=True))
    )


def _line(look: Look, by: int | None) -> MonthLine | None:
    known = [(number, share) for number, seen in enumerate(look.own) if (share := _shown(seen, by)) is not None]
    if len(known) < 2:
        return None
    bottom, top = min(share.low_ppm for _number, share in known), max(share.high_ppm for _number, share in known)
    step = MONTH_WIDTH // len(look.own)

    def at(number: int, value: int) -> tuple[int, int]:
        return number * step + step // 2, MONTH_HEIGHT - (value - bottom) * MONTH_HEIGHT // max(1, top - bottom)

    line = plain_path([at(n, share.value_ppm) for n, share in known])
    band = plain_path([at(n, share.high_ppm) for n, share in known] + [at(n, share.low_ppm) for n, share in reversed(known)])
    return MonthLine(line, f"{band}Z", bottom, top, look.month * step + step // 2)


def _switches(asked: _Asked) -> tuple[Switch, ...]:
    every = [("", _("健康指数")), *((code, say(DIMENSIONS, code)) for code in rollup.DIMENSIONS)]
    return tuple(Switch(asked.url(dim=code), label, code == asked.dimension) for code, label in every)
