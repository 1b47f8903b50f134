"""The programme's pages: every promise of the report at a place, who owes it, and where the report says two things."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.gantt import chart, say_phase
from linli.doors.city.programme_pages import Choice, ConflictsPage, DutiesPage, OwnerBlock, ProgrammePage, TargetLine, Tile
from linli.doors.city.programme_shown import clash, clashes_by_figure, codes_around, head_of, place_of, target_line
from linli.doors.city.programme_words import AREAS, KINDS, PROMISES, SCOPES, STATES
from linli.doors.site.desk import frame_of
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Standing

ORDER = tuple(STATES)
NOBODY = "nobody"  # the filter's word for figures without an owner named in the report
EVERY = "every"
FIELDS = ("kind", "area", "owner", "phase", "scope", "state")


def _value(row: Standing, field: str) -> str:
    figure = row.figure
    return {
        "kind": figure.kind.value, "area": figure.area, "owner": row.owner or NOBODY, "phase": str(figure.phase or ""),
        "scope": figure.scope.split(":")[0], "state": row.state,
    }[field]  # fmt: skip


def _words(field: str, value: str) -> str:
    if field == "phase":
        return say_phase(int(value)) if value else _("没有写年份")
    if field == "owner":
        office = programme.offices().get(value)
        return _(office.zh) if office else _("报告里没有写")
    tables = {"kind": KINDS, "area": AREAS, "scope": SCOPES | {"city": _("一个城市"), "province": _("一个省")}, "state": STATES}
    return say(tables[field], value)


def _choices(rows: Sequence[Standing], chosen: dict[str, str]) -> tuple[Choice, ...]:
    labels = {
        "kind": (_("哪一种"), _("全部承诺")), "area": (_("领域"), _("全部领域")), "owner": (_("谁负责"), _("不论谁负责")),
        "phase": (_("阶段"), _("全部阶段")), "scope": (_("范围"), _("全部范围")), "state": (_("做到没有"), _("不论做到没有")),
    }  # fmt: skip
    order = {"kind": PROMISES, "area": tuple(AREAS), "scope": tuple(SCOPES), "state": ORDER}
    choices = []
    for field in FIELDS:
        found = {_value(row, field) for row in rows}
        ranked = sorted(found, key=lambda v, field=field: (order[field].index(v) if v in order.get(field, ()) else 99, v))  # type: ignore[misc]
        options = tuple(Option(v, _words(field, v), chosen[field] == v) for v in ranked if v)
        choices.append(Choice(field, labels[field][0], labels[field][1], options))
    return tuple(choices)


def _ranked(rows: Sequence[Standing]) -> list[Standing]:
    return sorted(rows, key=lambda r: (ORDER.index(r.state), r.figure.due is None, r.figure.due or r.figure.code, r.figure.code))


def _tiles(rows: Sequence[Standing]) -> tuple[Tile, ...]:
    def count(*states: str) -> str:
        return str(sum(row.state in states for row in rows))

    judged = sum(row.state not in {"none", "part", "early"} for row in rows)
    return (
        Tile(_("报告的承诺"), str(len(rows)), _("目标、规则、资金和预期，同一句话只算一次")),
        Tile(_("我们的记录能对上"), str(judged), _("其余的本系统没有记录，不当成做到，也不当成没做到")),
        Tile(_("做到了"), count("met"), _("连区间一起都过了线")),
        Tile(_("到期没做到"), count("late"), _("刚过线、还说不准的有 %(n)s 项") % {"n": count("unsure")}),
        Tile(_("报告里对不上的"), str(len(programme.conflicts())), _("两个数都留着，不替它选")),
    )


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the phases, what is due when, and every promise as it stands at a place."""
    place, moment = place_of(request), now()
    today = moment.astimezone(SHANGHAI).date()
    rows = programme.standings(place, today)
    chosen = {field: request.GET.get(field, "") for field in FIELDS}
    chosen["kind"] = chosen["kind"] if "kind" in request.GET else "target"
    shown = [row for row in rows if all(not chosen[field] or _value(row, field) == chosen[field] for field in FIELDS)]
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    clashes = clashes_by_figure()
    page = ProgrammePage(
        frame=frame_of(request, "programme:home", names), head=head_of(request, place, codes, names, "home"), tiles=_tiles(rows),
        gantt=chart(rows, today), states=tuple((code, say(STATES, code)) for code in STATES), choices=_choices(rows, chosen), filtered=any(field in request.GET for field in FIELDS),
        lines=tuple(target_line(row, place, today, clashes) for row in _ranked(shown)), moment=moment,
    )  # fmt: skip
    return render(request, "city/programme.html", {"page": page, "frame": page.frame})


def _block(name: str, section: str, lines: Sequence[TargetLine]) -> OwnerBlock:
    return OwnerBlock(
        name, section, tuple(lines), sum(line.state == "met" for line in lines), sum(line.state == "late" for line in lines),
        sum(line.state in {"none", "part", "early"} for line in lines),
    )  # fmt: skip


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """Show who owes what by when: the offices the report names, then what it names nobody for."""
    place, moment = place_of(request), now()
    today, clashes = moment.astimezone(SHANGHAI).date(), clashes_by_figure()
    rows = _ranked(programme.standings(place, today))
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    blocks = []
    for code in (*programme.offices(), ""):
        owed = [row for row in rows if row.owner == code]
        if owed:
            lines = [target_line(row, place, today, clashes) for row in owed]
            blocks.append(_block(lines[0].owner, owed[0].owner_section, lines))
    page = DutiesPage(frame_of(request, "programme:home", names), head_of(request, place, codes, names, "duties"), tuple(blocks), moment)
    return render(request, "city/programme_duties.html", {"page": page, "frame": page.frame})


@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """Show where the report gives two values for one thing: both, with their sections, and why they cannot both hold."""
    place = place_of(request)
    codes = codes_around(request, place)
    names = places.names({*codes, *(p.place for p in actor_of(request).posts)})
    page = ConflictsPage(
        frame_of(request, "programme:home", names), head_of(request, place, codes, names, "conflicts"),
        tuple(clash(found, place) for found in programme.conflicts()),
    )  # fmt: skip
    return render(request, "city/programme_conflicts.html", {"page": page, "frame": page.frame})
