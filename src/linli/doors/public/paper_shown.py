"""An edition as it is shown, in the language of the moment: the same chapters for the page and the PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.doors.city.choices import WORDS as CHOICES
from linli.doors.city.paper_list import day_words
from linli.doors.city.programme_words import LIKELY, RISK_STATES, indicator_name, month_words
from linli.doors.city.shown import COUNTS, PEERS
from linli.doors.public import charts, paper_words
from linli.doors.public.charts import Mark
from linli.doors.public.paper_words import CHAPTERS, LEADS, amount, interval_words, points, value_words
from linli.doors.site.sources import cited
from linli.doors.site.templatetags.linli import minutes as minutes_words
from linli.doors.site.terms import DIMENSIONS, WARNING_LEVELS, WARNING_STATES, say
from linli.ground.places import reads as places
from linli.sight.facts import reads as facts
from linli.sight.papers import reads
from linli.sight.papers.paper import Formula, Number, Paper, PlaceLine, RiskLine
from linli.sight.programme import reads as programme

BARS_MAX = 40  # more places are told by the table alone
VARIANTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as a line: what it is, its value, interval and n, and the number of its citation."""

    name: str
    value: str
    interval: str
    n: str
    note: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its caption, heads, and rows whose first cell is their head. `numeric`: the other cells stand to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with what it says in words, and the same numbers as a table."""

    title: str
    svg: str
    alt: str
    table: Table

    @property
    def drawn(self) -> SafeString:
        """Return the picture for a page; every word in it was escaped where it was drawn."""
        return mark_safe(self.svg)  # noqa: S308 — made in charts.py, which escapes labels and alternatives


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the numbers of the citations of its figures."""

    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChapterShown:
    """A chapter; what it has none of is empty."""

    code: str
    number: int
    title: str
    lead: str
    sentences: tuple[Sentence, ...]
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteShown:
    """A citation: which figure, as what over what, from which facts."""

    number: int
    code: str
    name: str
    fraction: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A whole edition in words."""

    title: str
    place: str
    period: str
    synthetic: bool
    chapters: tuple[ChapterShown, ...]
    notes: tuple[NoteShown, ...]
    fact_set: str
    as_of: str
    checkpoint: str
    checkpoint_root: str
    digest: str
    correction: str
    why: str
    changes: Table | None


def shown(paper: Paper, digest: str) -> PaperShown:
    """Return an edition in the language of the moment."""
    numbers = {note.code: note.number for note in paper.notes}
    names = {line.code: gettext(line.zh) for line in facts.indicators()}
    chapters = tuple(
        _chapter(paper, at, code, figures, numbers, names)
        for at, (code, figures) in enumerate(((c.code, c.figures) for c in paper.chapters), 1)
    )
    size = paper.cited.checkpoint_size
    return PaperShown(
        title=_("%(place)s社区互助白皮书") % {"place": paper.name}, place=paper.name, period=paper_words.period_words(paper),
        synthetic=paper.synthetic, chapters=chapters, notes=_notes(paper, names), fact_set=paper.cited.fact_set,
        as_of=day_words(paper.cited.as_of.date()), checkpoint=_("签过名的记录 %(n)s 条") % {"n": f"{size:,}"} if size else _("当时还没有签过名的记录"),
        checkpoint_root=paper.cited.checkpoint_root, digest=digest,
        correction=paper.correction.digest if paper.correction else "", why=paper.correction.why if paper.correction else "",
        changes=_changes(paper, names),
    )  # fmt: skip


def _row(n: Number, numbers: dict[str, int], names: dict[str, str]) -> Row:
    share = n.low is not None
    return Row(
        names.get(n.code, n.code),
        value_words(n),
        interval_words(n),
        f"{n.denominator:,}" if share else "",
        numbers[n.code],
        bool(n.withheld),
    )


def _chapter(paper: Paper, at: int, code: str, figures: tuple[str, ...], numbers: dict[str, int], names: dict[str, str]) -> ChapterShown:
    sentences: tuple[Sentence, ...] = ()
    rows = tuple(_row(paper.number(figure), numbers, names) for figure in figures)
    if code == "summary":
        sentences = tuple(Sentence(text, tuple(numbers[c] for c in codes)) for text, codes in paper_words.summary(paper))
        rows = ()
    drawn: dict[str, Callable[[Paper], tuple[Chart, ...]]] = {
        "response": lambda p: _over_time(p, "answered_in_time", names), "satisfaction": lambda p: _over_time(p, "satisfaction", names),
        "index": _index_charts, "places": _place_charts, "groups": lambda p: _groups(p, names),
    }  # fmt: skip
    told: dict[str, Callable[[Paper], tuple[Table, ...]]] = {
        "index": _index_tables, "places": lambda p: _place_tables(p, names), "warnings": _warning_tables, "method": lambda p: (_formulas(p, names),),
        "risks": _risk_tables,
    }  # fmt: skip
    said: dict[str, Callable[[Paper], tuple[str, ...]]] = {
        "index": _index_says, "places": _places_say, "warnings": _warnings_say, "risks": _risks_say, "cases": _cases, "quality": lambda p: _quality(p, names),
    }  # fmt: skip
    return ChapterShown(
        code, at, gettext(CHAPTERS[code]), gettext(LEADS[code]) if code in LEADS else "", sentences, rows,
        drawn[code](paper) if code in drawn else (), told[code](paper) if code in told else (), said[code](paper) if code in said else (),
    )  # fmt: skip


def _extremes(marks: Sequence[Mark]) -> tuple[Mark, Mark] | None:
    known = [m for m in marks if m.value is not None]
    return (min(known, key=lambda m: m.value or 0), max(known, key=lambda m: m.value or 0)) if known else None


def _alt(title: str, marks: Sequence[Mark]) -> str:
    found = _extremes(marks)
    if found is None:
        return _("%(title)s：没有数据") % {"title": title}
    return _("%(title)s：%(n)s 个数，最低 %(low)s（%(low_at)s），最高 %(high)s（%(high_at)s）。数都在下面的表里。") % {
        "title": title, "n": len(marks), "low": points(found[0].value), "low_at": found[0].label, "high": points(found[1].value), "high_at": found[1].label,
    }  # fmt: skip


def _interval_table(caption: str, what: str, marks: Sequence[Mark], *, unit: str = "") -> Table:
    rows = tuple(
        (m.label, "—" if m.value is None else f"{points(m.value)}{unit}", f"{points(m.low)} – {points(m.high)}" if m.low is not None and m.high is not None else "")
        for m in marks
    )  # fmt: skip
    return Table(caption, (what, _("数值"), _("95% 区间")), rows)


def _over_time(paper: Paper, code: str, names: dict[str, str]) -> tuple[Chart, ...]:
    marks = []
    for part in paper.parts:
        n = next(n for n in part.numbers if n.code == code)
        marks.append(Mark(f"{part.start:%m-%d}" if paper.days <= 92 else f"{part.start:%Y-%m}", n.value, n.low, n.high))
    title = _("%(name)s，一段一段看（%%）") % {"name": names[code]}
    alt = _alt(title, marks)
    svg = charts.line(marks, alt)
    return (Chart(title, svg, alt, _interval_table(title, _("从这天起"), marks, unit="%")),) if svg else ()


def _groups(paper: Paper, names: dict[str, str]) -> tuple[Chart, ...]:
    codes = ("alone_covered", "disabled_covered", "child_covered", "low_income_covered")
    marks = [Mark(names[code], n.value, n.low, n.high) for code in codes for n in (paper.number(code),)]
    title = _("有结对人的占多少（%）")
    alt = _alt(title, marks)
    svg = charts.intervals(marks, alt)
    return (Chart(title, svg, alt, _interval_table(title, _("谁"), marks, unit="%")),) if svg else ()


def _index_charts(paper: Paper) -> tuple[Chart, ...]:
    if paper.index is None:
        return ()
    past = [Mark(f"{s.day:%m-%d}", s.value_ppm, s.low_ppm, s.high_ppm) for s in paper.index.past]
    dims = [Mark(say(DIMENSIONS, d.code), d.value_ppm, d.low_ppm, d.high_ppm) for d in paper.index.dimensions]
    found = []
    for title, what, marks, draw in (
        (_("指数这段时间怎么走"), _("哪天"), past, charts.line),
        (_("八个维度"), _("维度"), dims, charts.intervals),
    ):
        alt = _alt(title, marks)
        svg = draw(marks, alt)
        found += [Chart(title, svg, alt, _interval_table(title, what, marks))] if svg else []
    return tuple(found)


def _index_says(paper: Paper) -> tuple[str, ...]:
    if paper.index is None or paper.index.newest.value_ppm is None:
        return (_("这段时间里没有够多的数据，不给指数。"),)
    index, newest = paper.index, paper.index.newest
    found = [
        _("%(day)s 的指数是 %(value)s，95%% 区间 %(low)s–%(high)s；有数据的维度占权重的 %(known)s。") % {
            "day": day_words(newest.day), "value": points(newest.value_ppm), "low": points(newest.low_ppm), "high": points(newest.high_ppm),
            "known": amount("ppm", index.known_ppm),
        },
        _("算法：%(method)s。") % {"method": index.method},
    ]  # fmt: skip
    if index.likeness in PEERS:
        peers = gettext(PEERS[index.likeness]) % {"n": index.peer_places}
        found.append(_("跟谁比：%(peers)s，靠拢的分量相当于 %(prior)s 个样本。") % {"peers": peers, "prior": index.prior})
    elif len(paper.place) <= 6:
        found.append(_("区和市的指数由下面各处的数相加得到，不向谁靠拢；社区的指数各自跟相像的社区比。"))
    if paper.variants:
        worst = paper.variants[0]
        found.append(
            _("把算法里每一样决定各换一次，共 %(n)s 种：社区的先后最多变到还有 %(tau)s 分一致（满分 100），最多 %(moved)s 个社区出了原来的区间。") % {
                "n": len(paper.variants), "tau": points(worst.tau_ppm), "moved": max(v.moved for v in paper.variants),
            }
        )  # fmt: skip
    return tuple(found)


def _index_tables(paper: Paper) -> tuple[Table, ...]:
    if paper.index is None:
        return ()
    dims = tuple(
        (
            say(DIMENSIONS, d.code), gettext(COUNTS[d.code]), amount("ppm", d.weight_ppm),
            f"{d.hits:,} / {d.n:,}" if d.n and d.hits is not None else "—", points(d.value_ppm),
        )
        for d in paper.index.dimensions
    )  # fmt: skip
    found = [Table(_("每个维度数的是什么"), (_("维度"), _("数什么"), _("权重"), _("数"), _("得分")), dims, numeric=False)]
    if paper.variants:
        rows = []
        for v in paper.variants[:VARIANTS_SHOWN]:
            dimension = say(DIMENSIONS, v.dimension) if v.dimension else ""
            words = next(gettext(text) for choice, text in CHOICES.items() if choice.value == v.choice)
            rows.append((words % {"dimension": dimension} if dimension else words, points(v.tau_ppm), str(v.moved)))
        found.append(Table(_("换一种算法会怎样（动得最多的几种）"), (_("换了什么"), _("先后一致"), _("出了原区间的社区")), tuple(rows)))
    return tuple(found)


def name_of_place(code: str, name: str) -> str:
    """Return the name of a place; what lies in no known community of its street has words of its own."""
    return _("旧代码下的，说不清归哪个社区") if places.is_rest(code) else name


def _mark(line: PlaceLine) -> Mark:
    i = line.index
    return Mark(line.name, i.value_ppm, i.low_ppm, i.high_ppm) if i and i.value_ppm is not None else Mark(line.name, None)


def _place_charts(paper: Paper) -> tuple[Chart, ...]:
    if not 1 < len(paper.below) <= BARS_MAX:
        return ()
    marks = [_mark(line) for line in paper.below]
    title = _("各处的健康指数")
    alt = _alt(title, marks)
    svg = charts.intervals(marks, alt)
    return (Chart(title, svg, alt, _interval_table(title, _("哪里"), marks)),) if svg else ()


def _is_crossed(paper: Paper) -> bool:
    return any(n.withheld == "crossed" for line in paper.below for n in line.numbers)


def _places_say(paper: Paper) -> tuple[str, ...]:
    crossed = _("这些天里，发布过的另一版用别的起止日子写过各处的数；两版相减会认出人来，所以这一版不写，只写指数。")
    return (*((crossed,) if _is_crossed(paper) else ()), *_grouped(paper))


def _grouped(paper: Paper) -> tuple[str, ...]:
    groups = reads.overlapping(paper.below)
    if not paper.below:
        return (_("下面没有更小的地方可以比。"),)
    if not groups:
        return (_("下面各处都还没有指数。"),)
    if len(groups) == 1:
        return (_("有指数的 %(n)s 处，区间一环扣一环地重叠：这些数分不出谁先谁后。") % {"n": len(groups[0])},)
    return tuple(
        _("第 %(at)s 组，与别的组区间不重叠：%(names)s。") % {"at": at, "names": _("、").join(line.name for line in group)}
        for at, group in enumerate(groups, 1)
    )


def _place_tables(paper: Paper, names: dict[str, str]) -> tuple[Table, ...]:
    if not paper.below or _is_crossed(paper):
        return ()
    codes = tuple(n.code for n in paper.below[0].numbers)
    rows = tuple((name_of_place(line.place, line.name), *(value_words(n) for n in line.numbers)) for line in paper.below)
    return (Table(_("各处的几个数"), (_("哪里"), *(names[code] for code in codes)), rows),)


def _warnings_say(paper: Paper) -> tuple[str, ...]:
    return () if paper.warnings else (_("这段时间没有亮过预警。"),)


def _warning_tables(paper: Paper) -> tuple[Table, ...]:
    if not paper.warnings:
        return ()
    rows = tuple(
        (
            w.name, f"{say(WARNING_LEVELS, w.level)} · {say(DIMENSIONS, w.dimension)}", day_words(w.opened_on),
            say(WARNING_STATES, w.state) + (f" · {day_words(w.closed_on)}" if w.closed_on else ""),
        )
        for w in paper.warnings
    )  # fmt: skip
    return (Table(_("每一个预警"), (_("哪里"), _("什么"), _("哪天亮"), _("到哪一步")), rows, numeric=False),)


def _risks_say(paper: Paper) -> tuple[str, ...]:
    if not paper.risks:
        return (_("社区不单独登记风险，看所在街道的。"),) if len(paper.place) > 9 else (_("写这一版的时候还没有登记过风险。"),)
    raised = [r for r in paper.risks if r.state == "raised"]
    blind = sum(not r.indicator for r in paper.risks)
    return (
        _("写这一版的时候，%(n)s 个风险里有 %(raised)s 个已触发、等人决定；%(blind)s 个这里没有能触发它的记录。")
        % {"n": len(paper.risks), "raised": len(raised), "blind": blind},
    )


def _risk_tables(paper: Paper) -> tuple[Table, ...]:
    if not paper.risks:
        return ()
    known = {risk.code: risk for risk in programme.all_risks()}
    rows = []
    for r in paper.risks:
        risk = known[r.code]
        state = say(RISK_STATES, r.state) + (f" · {day_words(r.moved_on)}" if r.moved_on else "")
        seen = _("、").join(f"{month_words(m.first)}\u00a0{amount('ppm', m.value_ppm)}" for m in r.months)
        rows.append(
            (
                gettext(risk.title.zh),
                state,
                say(LIKELY, r.likely),
                _trigger(r, gettext(risk.missing.zh) if risk.missing else ""),
                seen or "—",
            )
        )
    head = (_("风险"), _("状态"), _("按记录看"), _("什么会触发它"), _("最近几个月"))
    return (Table(_("风险登记"), head, tuple(rows), numeric=False),)


def _trigger(r: RiskLine, missing: str) -> str:
    if not r.indicator:
        return _("本系统没有这项记录：%(what)s") % {"what": missing}
    said = _("连着 %(n)s 个月，%(indicator)s高过 %(bar)s") if r.over else _("连着 %(n)s 个月，%(indicator)s低于 %(bar)s")
    return said % {"n": r.months_needed, "indicator": indicator_name(r.indicator), "bar": amount("ppm", r.bar_ppm)}


def _cases(paper: Paper) -> tuple[str, ...]:
    if not paper.cases:
        return (_("这一期没有人同意把自己的事写进来，所以这里没有。"),)
    found = []
    for case in paper.cases:
        words = _("%(day)s，一位居民要%(service)s。") % {"day": day_words(case.asked_on), "service": gettext(case.service)}
        if case.answer_minutes is not None:
            words += _("%(minutes)s后有人回话。") % {"minutes": minutes_words(case.answer_minutes)}
        if case.visit_minutes is not None:
            words += _("邻居上门帮了%(minutes)s，双方都确认了。") % {"minutes": minutes_words(case.visit_minutes)}
        if case.stars is not None:
            words += _("事后给了 %(n)s 颗星。") % {"n": case.stars}
        found.append(words)
    return tuple(found)


def _quality(paper: Paper, names: dict[str, str]) -> tuple[str, ...]:
    q = paper.quality
    found = [
        _("这一期由 %(n)s 条事实数出来；另有 %(aside)s 条说不通的（比如时间倒着的）放在一边，哪里都不算。") % {"n": f"{q.facts:,}", "aside": q.aside},
        _("有 %(n)s 条是后来更正或收回过的，更正前的也留着；有 %(late)s 条是事情过了 %(days)s 天以后才记进来的。")
        % {"n": q.corrected, "late": q.late, "days": q.late_days},
        _("因为太少、写出来会认得出人，有 %(n)s 格没有写。少于 %(least)s 的不写；能倒推出来的邻格也不写。") % {"n": q.withheld, "least": q.least},
    ]  # fmt: skip
    if q.dimensions_missing:
        found.append(
            _("健康指数里没有数据的维度：%(names)s。它们不算进指数，也不当成零分。")
            % {"names": _("、").join(say(DIMENSIONS, d) for d in q.dimensions_missing)}
        )
    if q.missing:
        found.append(
            _("登记了定义、还没有记录的指标有 %(n)s 个：%(names)s。")
            % {"n": len(q.missing), "names": _("、").join(names.get(c, c) for c in q.missing)}
        )
    small = [p for p in paper.numbers if p.low is not None and p.denominator is not None and p.denominator < 30]
    if small:
        found.append(
            _("样本不到 30 的占比：%(names)s。区间宽，先别下结论。")
            % {"names": _("、").join(f"{names[n.code]} (n={n.denominator})" for n in small)}
        )
    return tuple(found)


def formula_words(top: tuple[str, ...], bottom: tuple[str, ...]) -> str:
    """Return sums of measures over sums of measures as a formula."""
    return (
        " + ".join(top)
        if top == bottom or not bottom
        else f"({' + '.join(top)}) / ({' + '.join(bottom)})"
        if len(top) > 1 or len(bottom) > 1
        else f"{top[0]} / {bottom[0]}"
    )


def _formulas(paper: Paper, names: dict[str, str]) -> Table:
    says = {line.code: gettext(line.says) for line in facts.indicators()}
    rows = tuple(
        (names.get(f.code, f.code), says.get(f.code, ""), f"{f.code} = {formula_words(f.top, f.bottom)}", cited(f.source))
        for f in paper.formulas
    )
    return Table(_("每个数的定义"), (_("指标"), _("数的是什么"), _("算式"), _("出处")), rows, numeric=False)


def _notes(paper: Paper, names: dict[str, str]) -> tuple[NoteShown, ...]:
    formulas = {f.code: f for f in paper.formulas}
    found = []
    for note in paper.notes:
        number, f = paper.number(note.code), formulas[note.code]
        found.append(
            NoteShown(
                note.number,
                note.code,
                names.get(note.code, note.code),
                fraction_words(number, f),
                formula_words(f.top, f.bottom),
                cited(f.source),
            )
        )
    return tuple(found)


def fraction_words(n: Number, f: Formula) -> str:
    """Return what a figure is made of: a count, something over something, or the one in the middle of so many."""
    if n.withheld or n.numerator is None or n.denominator is None:
        return value_words(n)
    if f.shape == "count":
        return f"{n.numerator:,}"
    if f.shape in {"amount", "quantile"}:
        return _("%(value)s，%(n)s 条里数出来") % {"value": amount(n.unit, n.value), "n": f"{n.denominator:,}"}
    return f"{n.numerator:,} / {n.denominator:,}"


def _changes(paper: Paper, names: dict[str, str]) -> Table | None:
    if paper.correction is None:
        return None
    units = {n.code: n.unit for n in paper.numbers}
    rows = tuple(
        (names.get(c.code, c.code), *(amount(units[c.code], v) or _("没有写") for v in (c.old, c.new))) for c in paper.correction.changes
    )
    return Table(_("跟上一版比，改了这些"), (_("指标"), _("原来"), _("现在")), rows)
