"""What the pages of the programme share: which place is shown, the tabs, one promise as a line, one conflict or claim as a block."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.doors.city.programme_pages import Clash, FigureLine, Head, MonthLine, SumLine, TargetLine
from linli.doors.city.programme_words import AREAS, KINDS, SCOPES, STATES, TONES, measured, promised, reckoned
from linli.doors.city.scope import CITY, DISTRICT, PROVINCE, STREET
from linli.doors.site.desk import with_query
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.kernel.actor import STAFF
from linli.kernel.errors import NotFound
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Actual, Figure, Reckoned, Standing

COUNTED = (PROVINCE, CITY, DISTRICT, STREET)  # the levels that months are counted for
TABS = ("home", "duties", "conflicts", "benefits", "risks")


def own_places(request: HttpRequest) -> tuple[str, ...]:
    """Return the places of the actor's posts, widest first; a community's is its street: months are counted from streets up."""
    posts = {post.place[:STREET] for post in actor_of(request).posts if post.role in STAFF and len(post.place) >= PROVINCE}
    return tuple(sorted(posts, key=lambda place: (len(place), place)))


def place_of(request: HttpRequest) -> str:
    """Return the place a page of the programme shows: `?place=` where it is one's own, below it or above it, else the widest own.

    These are sums without anybody's name, so that staff may look upward too. Raises NotFound for any other place.
    """
    asked, own = request.GET.get("place", "") or request.POST.get("place", ""), own_places(request)
    if not own:
        raise NotFound
    if not asked:
        return own[0]
    fits = asked.isascii() and asked.isdigit() and len(asked) in COUNTED
    if not fits or not any(asked.startswith(place) or place.startswith(asked) for place in own):
        raise NotFound
    return asked


def codes_around(request: HttpRequest, place: str) -> tuple[str, ...]:
    """Return the places one may choose: those counted at or below one's own, and those above; one query."""
    own = own_places(request)
    above = {code[:digits] for code in own for digits in COUNTED if digits <= len(code)}
    return tuple(sorted({*programme.places_counted(own), *above, place}))


def head_of(request: HttpRequest, place: str, codes: Sequence[str], names: Mapping[str, str], current: str) -> Head:
    """Return the head of a page."""
    labels = {
        "home": _("目标"), "duties": _("责任清单"), "conflicts": _("报告里对不上的"), "benefits": _("效益"), "risks": _("风险"),
    }  # fmt: skip
    kept = {"place": place} if request.GET.get("place") else {}
    tabs = tuple(Option(with_query(reverse(f"programme:{name}"), **kept), labels[name], name == current) for name in TABS)
    return Head(place, names.get(place, place), tuple(Option(code, _indented(code, names), code == place) for code in codes), tabs)


def _indented(code: str, names: Mapping[str, str]) -> str:
    return "\u2003" * COUNTED.index(len(code)) + names.get(code, code)


def due_words(figure: Figure) -> str:
    """Return when a figure is due, in words."""
    return figure.due.isoformat() if figure.due else _("没有写年份")


def interval_words(measure: programme.Measure) -> str:
    """Return the interval of a measure, '' where it has none."""
    if measure.low is None or measure.high is None:
        return ""
    return _("区间 %(low)s–%(high)s") % {"low": measured(measure.low, measure.unit), "high": measured(measure.high, measure.unit)}


def target_line(row: Standing, place: str, today: date, clashes: Mapping[str, int]) -> TargetLine:
    """Return one promise as shown; `clashes` counts the conflicts each figure stands in."""
    figure, measure = row.figure, row.measure
    return TargetLine(
        code=figure.code, url=with_query(reverse("programme:target", args=[figure.code]), place=place), section=figure.section,
        subject=_(figure.zh), promised=promised(figure), scope=say(SCOPES, figure.scope), kind=say(KINDS, figure.kind.value),
        due=due_words(figure), overdue=figure.due is not None and figure.due < today,
        owner=_(row.owner_words.zh) if row.owner_words else _("报告里没有写"), area=say(AREAS, figure.area),
        here=measured(measure.value, measure.unit) if measure else "", interval=interval_words(measure) if measure else "",
        n=measure.n if measure else 0, state=row.state, state_words=say(STATES, row.state), tone=TONES[row.state],
        note=row.note.owner if row.note else "", conflicts=clashes.get(figure.code, 0),
    )  # fmt: skip


def clashes_by_figure() -> dict[str, int]:
    """Return in how many conflicts each figure stands."""
    found: dict[str, int] = {}
    for reckoning in programme.conflicts():
        for figure in reckoning.figures:
            found[figure.code] = found.get(figure.code, 0) + 1
    return found


def figure_line(figure: Figure, place: str) -> FigureLine:
    """Return one figure of the report as shown beside others."""
    return FigureLine(
        figure.code, with_query(reverse("programme:target", args=[figure.code]), place=place), _(figure.zh), promised(figure), figure.section,
        say(SCOPES, figure.scope), figure.year or _("没有写年份"), say(KINDS, figure.kind.value),
    )  # fmt: skip


def clash(found: Reckoned, place: str) -> Clash:
    """Return a conflict or claim with its figures and sums as shown."""
    claim = found.claim
    sums = tuple(SumLine(_(s.zh), _formula(s.top, s.bottom), reckoned(result, s.decimals, s.unit)) for s, result in found.results)
    return Clash(claim.code, _(claim.title), _(claim.zh), tuple(figure_line(f, place) for f in found.figures), sums)


def _formula(top: str, bottom: str) -> str:
    over = re.sub(r"\s*\*\s*", " × ", top).replace(" - ", " − ")
    under = re.sub(r"\s*\*\s*", " × ", bottom).replace(" - ", " − ")
    if under == "1":
        return over
    return f"{_bracketed(over)} ÷ {_bracketed(under)}"


def _bracketed(text: str) -> str:
    return f"({text})" if re.search(r" [+−×] ", text) else text


def month_line(row: Actual) -> MonthLine:
    """Return one month of an indicator as shown."""
    measure, first = row.month.measure, row.month.first
    counts = f"{measure.hits} / {measure.n}" if measure.unit == "ppm" else str(measure.n)
    return MonthLine(
        f"{first.year}-{first.month:02}", measured(measure.value, measure.unit), interval_words(measure), counts, row.recorded_at
    )
