"""A played month in words and drawings. Every number comes from its record; nothing is counted here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.template.defaultfilters import date as date_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.doors.city.month_pages import (
    EffectLine,
    EffectShown,
    EffectTable,
    LoadChange,
    LoadLine,
    MonthShown,
    SpanMark,
    StrainLine,
    WaitLine,
)
from linli.doors.city.trial_words import key_words, value_words
from linli.doors.site.templatetags.linli import minutes as minutes_words
from linli.doors.site.templatetags.linli import percent
from linli.help.matching.reads import MonthRow
from linli.journeys.effect import Effect
from linli.kernel.stats import wilson

WIDE, STEPS = 1000, (15, 30, 60, 120, 240, 480, 960, 1440, 2880, 4320)
PPM = 1_000_000
Figures = Mapping[str, Any]

WAYS: dict[str, str] = {
    "engine": gettext_noop("放在一起配"),
    "control": gettext_noop("一件件挑（对照）"),
    "real": gettext_noop("真实的"),
}
GROUPS: dict[str, str] = {
    "group": gettext_noop("特殊群体"),
    "elder": gettext_noop("老人"),
    "other": gettext_noop("其余的人"),
    "urgent": gettext_noop("急事"),
}
HANDS: dict[str, str] = {"elder": gettext_noop("上了年纪的帮手"), "other": gettext_noop("其余的帮手")}


def _minutes(value: int | None) -> str:
    return _("一直没等到") if value is None else minutes_words(value)


def _between(found: Figures) -> str:
    if found["low"] is None:
        return ""
    high = _("没等到") if found["high"] is None else minutes_words(found["high"])
    return _("%(low)s到 %(high)s") % {"low": minutes_words(found["low"]), "high": high}


def scale_of(all_found: Iterable[Figures]) -> int:
    """Return up to how many minutes a drawing of several lines goes: a round number that holds nine in ten of each."""
    ends = [value for found in all_found for value in (found["middle"], found["high"], found["long"]) if value is not None]
    most = max(ends, default=STEPS[0])
    return next((step for step in STEPS if step >= most), STEPS[-1])


def scale_words(most: int) -> tuple[str, ...]:
    """Return what stands under a drawing, from left to right."""
    return ("0", minutes_words(most // 2), minutes_words(most))


def _mark(found: Figures, most: int, against: int | None) -> SpanMark | None:
    if found["middle"] is None or found["low"] is None:
        return None

    def at(value: int | None) -> int:
        return WIDE if value is None else min(WIDE, value * WIDE // most)

    low, high = at(found["low"]), at(found["high"])
    return SpanMark(low, max(4, high - low), at(found["middle"]), at(found["long"]), -1 if against is None else at(against))


def wait_line(name: str, found: Figures, most: int, *, note: str = "", against: int | None = None) -> WaitLine:
    """Return one line of waiting; `most` minutes are as wide as the drawing."""
    needs = found["needs"]
    met = percent(found["met"] * PPM // needs) if needs else "—"
    middle, long = _minutes(found["middle"]), _minutes(found["long"])
    said = _("%(name)s：一半的事 %(middle)s 以内有人答应，九成 %(long)s 以内") % {"name": name, "middle": middle, "long": long}
    return WaitLine(
        name, needs, middle, _between(found), long, met, minutes_words(found["walk"]) if found["walk"] is not None else "—",
        _mark(found, most, against), note=note, words=said,
    )  # fmt: skip


def load_line(name: str, found: Figures) -> LoadLine:
    """Return one line of load."""
    times = _("%(n)s 次")
    idle = percent(found["idle"] * PPM // found["helpers"]) if found["helpers"] else "—"
    return LoadLine(
        name, found["helpers"], f"{found['visits']:,}", idle, times % {"n": found["middle"]}, times % {"n": found["high"]},
        percent(found["tenth_ppm"]) if found["visits"] else "—",
    )  # fmt: skip


def small(counts: Mapping[str, int], least: int) -> frozenset[str]:
    """Return the parts that are not shown: those with fewer than `least`, and one more where that one could be worked out from the whole."""
    found = {name for name, n in counts.items() if 0 < n < least}
    rest = sorted((n, name) for name, n in counts.items() if name not in found and n)
    if len(found) == 1 and rest:
        found.add(rest[0][1])
    return frozenset(found)


def _hidden(line: WaitLine, least: int) -> WaitLine:
    said = ngettext("不到 %(n)s 件，或由它能算出别处的，不显示", "不到 %(n)s 件，或由它能算出别处的，不显示", least) % {"n": least}
    return WaitLine(line.name, 0, "", "", "", "", "", None, hidden=said)


def differ(one: Figures, other: Figures) -> bool:
    """Tell whether two middle values differ by more than chance: their intervals do not touch."""
    ends = [(endless(found["low"]), endless(found["high"])) for found in (one, other)]
    return ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0]


def endless(value: int | None) -> int:
    """Return minutes to compare: who never got anybody waited longest."""
    return 2**31 if value is None else value


def _found(figures: Figures) -> str:
    one, other = figures["engine"]["all"], figures["control"]["all"]
    if not differ(one, other):
        n = figures["engine"]["largest"]
        return ngettext(
            "这个月分不出快慢：同一时刻最多只有 %(n)s 件事在等，谁先挑都一样。",
            "这个月分不出快慢：同一时刻最多只有 %(n)s 件事在等，谁先挑都一样。",
            n,
        ) % {"n": n}
    faster = endless(one["middle"]) < endless(other["middle"])
    said = {"engine": _minutes(one["middle"]), "control": _minutes(other["middle"])}
    return (
        (_("放在一起配，等得短：%(engine)s；一件件挑，%(control)s。") % said)
        if faster
        else _("这个月一件件挑反而等得短：%(control)s；放在一起配，%(engine)s。") % said
    )


def _strain(found: Figures) -> StrainLine:
    what = {"n": found["one_in"], "helpers": found["helpers"]}
    name = _("帮手只有 %(n)s 分之一（%(helpers)s 位）") % what
    if found["in_a_day"]:
        name = _("一个月的事都在一天里来，帮手只有 %(n)s 分之一（%(helpers)s 位）") % what
    whole = {way: found[way]["all"] for way in ("engine", "control")}
    most = scale_of(whole.values())
    return StrainLine(name, *(wait_line(_(WAYS[way]), waits, most) for way, waits in whole.items()))


def _answers(row: MonthRow) -> str:
    yes, no = row.answers["yes_ppm"], row.answers["no_ppm"]
    return _("%(yes)s 答应，%(no)s 谢绝，%(none)s 没有回音；一半的人 %(middle)s 内回话") % {
        "yes": percent(yes), "no": percent(no), "none": percent(PPM - yes - no), "middle": minutes_words(row.answers["minutes"][5]),
    }  # fmt: skip


def day_words(day: date) -> str:
    """Return a day as people say it."""
    return str(date_words(day, _("n月j日")))


def month_shown(row: MonthRow) -> MonthShown:
    """Return a city's month as shown."""
    figures = row.figures
    most = scale_of(figures[way]["all"] for way in WAYS)
    notes = {"engine": _("重演"), "control": _("重演，作对照"), "real": _("记录")}
    return MonthShown(
        day_words(row.first_day), day_words(row.first_day + timedelta(days=row.days - 1)), row.needs, row.helpers,
        percent(row.sampled_ppm) if row.sampled_ppm < PPM else "",
        tuple(wait_line(_(name), figures[way]["all"], most, note=notes[way]) for way, name in WAYS.items()), scale_words(most),
        tuple(load_line(_(name), figures[way]["load"]["all"]) for way, name in WAYS.items()), _found(figures),
        tuple(_strain(found) for found in figures["strained"]), _answers(row), row.at, row.inputs_digest,
    )  # fmt: skip


def wait_lines(
    parts: Mapping[str, Figures], names: Mapping[str, str], least: int, *, against: int | None = None, pointed: bool = True
) -> tuple[WaitLine, ...]:
    """Return lines of waiting by part in the order of their codes, small ones hidden, parts without a need left out.

    `against`: the city's middle, drawn beside each; `pointed`: parts that wait longer by more than chance are pointed out.
    """
    shut = small({code: found["needs"] for code, found in parts.items()}, least)
    most = scale_of(found for code, found in parts.items() if code not in shut)
    lines = []
    for code, found in parts.items():
        if found["needs"]:
            line = wait_line(names.get(code, code), found, most, against=against)
            out = pointed and against is not None and code not in shut and stands_out(found, against)
            lines.append(_hidden(line, least) if code in shut else replace(line, stands_out=out))
    return tuple(lines)


def stands_out(found: Figures, city: int) -> bool:
    """Tell whether a part waits longer than the city's middle by more than chance, with all parts looked at together."""
    return bool(found["needs"]) and endless(found["sure_low"]) > city


def load_lines(parts: Mapping[str, Figures], names: Mapping[str, str], least: int) -> tuple[LoadLine, ...]:
    """Return lines of load by part, small ones hidden."""
    shut = small({code: found["helpers"] for code, found in parts.items()}, least)
    said = ngettext("不到 %(n)s 位帮手，不显示", "不到 %(n)s 位帮手，不显示", least) % {"n": least}
    return tuple(
        LoadLine(names.get(code, code), 0, "", "", "", "", "", said) if code in shut else load_line(names.get(code, code), found)
        for code, found in parts.items()
        if found["helpers"]
    )


def _met_differs(before: Figures, after: Figures) -> bool:
    one, other = wilson(before["met"], before["needs"]), wilson(after["met"], after["needs"])
    return one is not None and other is not None and (one.high_ppm < other.low_ppm or other.high_ppm < one.low_ppm)


def _effect_line(name: str, before: Figures, after: Figures) -> EffectLine:
    one, other = wait_line(name, before, WIDE), wait_line(name, after, WIDE)
    sure = differ(before, after) or _met_differs(before, after)
    same = before["middle"] == after["middle"] and before["met"] == after["met"]
    verdict = _("差得比偶然大") if sure else _("一样") if same else _("差不多，可能只是偶然")
    return EffectLine(
        name,
        one.needs,
        (one.middle, other.middle),
        (one.between, other.between),
        (one.met, other.met),
        (one.walk, other.walk),
        verdict,
        sure,
    )


def _effect_lines(
    before: Mapping[str, Figures], after: Mapping[str, Figures], names: Mapping[str, str], shut: Collection[str], least: int
) -> tuple[EffectLine, ...]:
    said = ngettext("不到 %(n)s 件，或由它能算出别处的，不显示", "不到 %(n)s 件，或由它能算出别处的，不显示", least) % {"n": least}
    none = ("", "")
    return tuple(
        EffectLine(names.get(code, code), 0, none, none, none, none, "", False, said)
        if code in shut
        else _effect_line(names.get(code, code), before[code], found)
        for code, found in after.items()
        if found["needs"]
    )


def _load_changes(one: Figures, other: Figures) -> tuple[LoadChange, ...]:
    pair = load_line("", one), load_line("", other)
    told = (
        (_("最忙的一成帮手担了全部上门的"), "tenth"),
        (_("一次也没有去的帮手"), "idle"),
        (_("去过的帮手里，居中的那位"), "middle"),
        (_("去过的帮手里，十位中最忙的那位"), "high"),
    )
    return tuple(LoadChange(words, *(str(getattr(line, field)) for line in pair)) for words, field in told)


def _effect_found(whole: Sequence[EffectLine], streets: Sequence[EffectLine]) -> str:
    sure, many = [line.name for line in whole if line.sure], sum(line.sure for line in streets)
    if many:
        sure.append(ngettext("%(n)s 条街道", "%(n)s 条街道", many) % {"n": many})
    if sure:
        return _("等的时间或等到人的多少，这几处差得比偶然大：%(names)s。") % {"names": _("、").join(sure)}
    return _("哪一处等的时间、等到人的多少，都没有差得比偶然大。这条规则在这样的月份里，多半感觉不到。")


def effect_shown(effect: Effect, names: Mapping[str, str], least: int, *, strained: bool) -> EffectShown:
    """Return what one rule would change, as shown: the whole city, groups, streets, load."""
    before, after = effect.before, effect.after
    groups = {code: _(name) for code, name in GROUPS.items()}
    shut = [small({code: found["needs"] for code, found in before[part].items()}, least) for part in ("groups", "streets")]
    whole = (
        _effect_line(_("全市"), before["all"], after["all"]),
        *_effect_lines(before["groups"], after["groups"], groups, shut[0], least),
    )
    streets = _effect_lines(before["streets"], after["streets"], names, shut[1], least)
    return EffectShown(
        key_words(effect.key), value_words(effect.key, effect.was), value_words(effect.key, effect.tried), _effect_found(whole, streets),
        (EffectTable(_("全市和人群"), whole), EffectTable(_("街道"), streets)), _load_changes(before["load"]["all"], after["load"]["all"]), strained,
    )  # fmt: skip
