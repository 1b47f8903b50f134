"""How a case is shown: its quarters as a drawing and a table, its story, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.doors.city.case_pages import CallLine, Chart, QuarterLine, QuarterMark, StoryLine
from linli.doors.site.templatetags.linli import daytime
from linli.doors.site.terms import HEARD, WARNING_EVENTS, WARNING_LEVELS, WARNING_REASONS, WATCHERS, say
from linli.doors.worker.who import neighbour
from linli.ground.people.reads import Shown
from linli.kernel.quarter import Quarter
from linli.kernel.stats import wilson
from linli.kernel.units import PPM_ONE
from linli.sight.warnings.reads import CallRow, CarriedRow, FlipRow, QuarterRow, WarningCard

SHOWN_QUARTERS = 8
STEP, LEFT, TOP, HEIGHT = 38, 34, 10, 132
RULES = (0, 500_000, 1_000_000)


def chart_of(newest: Sequence[QuarterRow], bar_ppm: int, brought: Mapping[Quarter, CarriedRow]) -> Chart | None:
    """Return the last quarters as intervals against the bar, those of `brought` marked; None where there is nothing to draw."""
    rows = list(newest)[-SHOWN_QUARTERS:]
    if not rows:
        return None
    marks, said = [], []
    for number, row in enumerate(rows):
        share = wilson(row.hits, row.n)
        x, label = LEFT + STEP // 2 + number * STEP, row.quarter.code()[2:]
        if share is None:
            marks.append(QuarterMark(x, label, 0, 0, 0, False, 0, False))
            said.append(_("%(q)s 没有评价") % {"q": row.quarter.code()})
            continue
        marks.append(
            QuarterMark(
                x, label, _y(share.high_ppm), _y(share.low_ppm), _y(share.value_ppm), bool(row.level), row.n, True, row.quarter in brought
            )
        )
        named = _("%(q)s（带入）") % {"q": row.quarter.code()} if row.quarter in brought else row.quarter.code()
        said.append(f"{named} {share.value_ppm / 10_000:.0f}%")
    words = _("各季满意度和 95%% 区间，标准线 %(bar)s：") % {"bar": f"{bar_ppm / 10_000:.0f}%"} + _("；").join(said)
    lines = tuple((_y(ppm), f"{ppm // 10_000}%") for ppm in RULES)
    return Chart(LEFT + STEP * len(rows) + 6, tuple(marks), _y(bar_ppm), lines, words)


def _y(ppm: int) -> int:
    return TOP + HEIGHT - round(ppm * HEIGHT / PPM_ONE)


def verdict_words(row: QuarterRow) -> str:
    """Return what was found of a quarter."""
    if not row.n and not row.level:
        return _("没有评价，不下结论")
    if not row.level:
        return _("没有到亮预警的程度")
    return f"{say(WARNING_LEVELS, row.level)}{_('：')}{say(WARNING_REASONS, row.reason)}"


def table_of(rows: Sequence[QuarterRow], brought: Mapping[Quarter, CarriedRow]) -> tuple[QuarterLine, ...]:
    """Return every quarter, the newest first, with what was found before late facts came in."""
    lines = []
    for row in reversed([r for r in rows if r.newest]):
        before = [r for r in rows if r.quarter == row.quarter and not r.newest]
        told = tuple(
            _("%(at)s 时是 %(hits)s/%(n)s：%(verdict)s")
            % {"at": daytime(r.recorded_at), "hits": r.hits, "n": r.n, "verdict": verdict_words(r)}
            for r in before
        )
        evidence = f"{row.evidence_milli / 1000:.1f}" if row.evidence_milli < 10_000_000 else ">10000"
        lines.append(
            QuarterLine(
                row.quarter.code(), row.hits, row.n, wilson(row.hits, row.n), evidence, verdict_words(row), row.recorded_at, told,
                brought_words(brought.get(row.quarter)),
            )
        )  # fmt: skip
    return tuple(lines)


def brought_words(row: CarriedRow | None) -> str:
    """Return what of a quarter was carried in, and from where; '' where nothing was."""
    return _("其中 %(hits)s/%(n)s 是带入的：%(source)s") % {"hits": row.hits, "n": row.n, "source": row.source} if row else ""


def story_of(card: WarningCard, flips: Sequence[FlipRow]) -> tuple[StoryLine, ...]:
    """Return what happened to a case, oldest first; by which side, never by whose name."""
    opened = StoryLine(card.opened_at, f"{say(WARNING_EVENTS, 'open')}{_('：')}{say(WARNING_REASONS, card.reason.value)}")
    return (opened, *(StoryLine(flip.at, say(WARNING_EVENTS, flip.event)) for flip in flips))


def next_words(card: WarningCard, heard: int, wanted: int) -> str:
    """Return what comes next in a case, and who does it."""
    above = say(WATCHERS, card.level.value)
    match card.state.value:
        case "open":
            return _("社区交整改方案：查出什么，怎么改，谁来改，哪天改完。")
        case "planned":
            return _("社区按方案改；改完交凭据，回访的人随后自动抽。")
        case "shown":
            return _("等下一个公开的存证检查点。名单由它定，谁都挑不了。")
        case "calling" if heard < wanted:
            return _("%(above)s打电话回访，已听到 %(heard)s 位，要听 %(wanted)s 位。") % {"above": above, "heard": heard, "wanted": wanted}
        case "calling":
            return _("回访听够了，%(above)s核实后结案。") % {"above": above}
        case "risen":
            return _("这一张到此为止，上一级的那张接着办。")
    return _("已经结案。")


TONES = {"fixed": "pine", "not_fixed": "red", "unreached": ""}


def call_lines(card: WarningCard, rows: Sequence[CallRow], people: Mapping[UUID, Shown], *, recorder: bool) -> tuple[CallLine, ...]:
    """Return those to be called: names only where disclosure opened them, a form only for who may record and what is not yet heard."""
    lines = []
    for row in rows:
        shown = people.get(row.person)
        said = row.heard.value if row.heard else ""
        open_call = recorder and card.state.value == "calling" and said in {"", "unreached"}
        lines.append(
            CallLine(
                row.number, (shown.name if shown else None) or neighbour(), (shown.phone if shown else None) or "", say(HEARD, said), TONES.get(said, ""),
                row.note, row.called_at, reverse("street:case-act", args=[card.id, "call"]) if open_call else "",
            )
        )  # fmt: skip
    return tuple(lines)
