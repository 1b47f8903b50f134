"""One citation of a white paper on its own page: what the figure is, what it was added up from place by place, and what that stands on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.doors.city.paper_list import day_words
from linli.doors.public.paper_shown import formula_words, fraction_words, name_of_place
from linli.doors.public.paper_words import amount, interval_words, period_words, value_words
from linli.doors.site.sources import cited
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.ground.places import reads as places
from linli.kernel.errors import NotFound
from linli.sight.facts import reads as facts
from linli.sight.facts.figure import Figure
from linli.sight.facts.indicator import Shape
from linli.sight.papers import reads
from linli.sight.papers.paper import Note, Number, Paper

COMMUNITY = 12


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """What one place brings to a figure: counts as they are added up, or why they are not told."""

    name: str
    numerator: str
    denominator: str
    value: str
    withheld: str


@dataclass(frozen=True, slots=True)
class NotePage:
    """A citation with everything behind it. `adds`: the places' counts add up to the figure's; else each has its own middle or mean."""

    number: int
    name: str
    says: str
    value: str
    interval: str
    fraction: str
    code: str
    formula: str
    source: str
    shape: str
    place: str
    period: str
    title: str
    rows: tuple[PlaceCount, ...]
    withheld: int
    counts_only: bool
    ranked: bool  # the middle one, or that of nine in ten: no fraction
    fact_set: str
    fact_set_number: int
    fact_set_facts: str
    as_of: str
    checkpoint: str
    checkpoint_root: str
    digest: str
    short: str


def _shapes() -> dict[str, str]:
    return {
        "count": _("数出来的条数：各处的加起来，就是这个数。"), "amount": _("合计：各处的加起来，就是这个数。"),
        "share": _("占比：各处的分子加起来，除以各处的分母加起来。"), "ratio": _("比值：各处的分子加起来，除以各处的分母加起来。"),
        "mean": _("平均：各处的分子加起来，除以各处的分母加起来。"), "quantile": _("排在正中间（或九成处）的一个：各处自己的不能相加，要把全部重新排过。"),
    }  # fmt: skip


def note_page(paper: Paper, digest: str, short: str, number: int) -> NotePage:
    """Gather the page of a citation from the frozen facts that the edition names. Raises NotFound for a number it does not have."""
    note = next((note for note in paper.notes if note.number == number), None)
    if note is None:
        raise NotFound
    line, told = facts.indicator(note.code), paper.number(note.code)
    formula = next(f for f in paper.formulas if f.code == note.code)
    rows, withheld = _rows(paper, note)
    kept, size = facts.fact_set(paper.cited.fact_set), paper.cited.checkpoint_size
    return NotePage(
        number=number, name=gettext(line.zh), says=gettext(line.says), value=value_words(told), interval=interval_words(told),
        fraction=fraction_words(told, formula), code=note.code, formula=formula_words(formula.top, formula.bottom), source=cited(formula.source),
        shape=_shapes().get(formula.shape, ""), place=paper.name, period=period_words(paper), title=_("%(place)s社区互助白皮书") % {"place": paper.name},
        rows=rows, withheld=withheld, counts_only=formula.shape in {Shape.COUNT.value, Shape.AMOUNT.value}, ranked=formula.shape == Shape.QUANTILE.value,
        fact_set=paper.cited.fact_set, fact_set_number=kept.number, fact_set_facts=f"{kept.facts:,}", as_of=day_words(paper.cited.as_of.astimezone(SHANGHAI).date()),
        checkpoint=f"{size:,}" if size else "", checkpoint_root=paper.cited.checkpoint_root, digest=digest, short=short,
    )  # fmt: skip


def _rows(paper: Paper, note: Note) -> tuple[tuple[PlaceCount, ...], int]:
    """Return what each place one level below brings, and how many are not told.

    Streets and communities are told by the rule of the edition itself: nothing small, nothing that another cut of the same days would
    give away.
    """
    if len(paper.place) >= COMMUNITY:
        return (), 0
    found = _counted(paper, note, paper.cited.fact_set)
    quiet = reads.behind(paper, found, (_counted(paper, note, other) for other in reads.other_sets(paper)))
    names = places.names(found)
    rows = [_row(name_of_place(at, names.get(at, at)), n) for at, n in quiet.items()]
    return tuple(rows), sum(bool(row.withheld) for row in rows)


def _counted(paper: Paper, note: Note, fact_set: str) -> dict[str, Number]:
    below = facts.figures_below(paper.place, paper.start, paper.end, fact_set=fact_set, nested=True)
    return {at: _number(row[note.code]) for at, row in below.items()}


def _number(f: Figure) -> Number:
    return Number(f.code, f.unit.value, f.value, f.numerator, f.denominator, f.low, f.high, f.withheld.value)


def _row(name: str, n: Number) -> PlaceCount:
    if n.withheld:
        return PlaceCount(name, "", "", "", value_words(n))
    return PlaceCount(name, f"{n.numerator:,}", f"{n.denominator:,}", amount(n.unit, n.value), "")
