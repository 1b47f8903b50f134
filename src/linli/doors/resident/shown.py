"""A need as its asker sees it: where it stands in plain words, who comes, what to do now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.doors.site.steps import StepShown, steps_of
from linli.doors.site.templatetags.linli import clocktime, daytime, span
from linli.doors.site.terms import ENDED_STATES, LEVELS, VISIT_TONES, VISITS, say
from linli.doors.site.who import actor_of, rules_of, view_of, wards_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.visits import reads as visits
from linli.help.visits.reads import Around, OfferRow, VisitRow
from linli.kernel.canon import digest
from linli.kernel.disclosure import DataClass, Purpose

SOON = timedelta(hours=2)
COMING = frozenset({"booked", "checked_in", "checked_out"})
SEEN = frozenset({DataClass.NAME, DataClass.PHONE})
NAME = frozenset({DataClass.NAME})


@dataclass(frozen=True, slots=True)
class Helper:
    """Who comes, as far as disclosure opens it, and why just this neighbour."""

    id: UUID
    name: str
    face: str
    phone: str | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedShown:
    """One need: its steps, one line of where it stands, a pill with the time that matters now, who comes, whose it is ('' for one's own).

    `code` is the number of the moment for the door, shown when the visit is near; `stamp` changes whenever what is shown has changed.
    """

    card: NeedCard
    title: str
    steps: tuple[StepShown, ...]
    line: str
    pill: str
    helper: Helper | None
    visit: VisitRow | None
    whose: str
    to_confirm: bool
    code: str
    live: bool
    stamp: str


def _why(row: VisitRow, helper: people.Shown, times: int, names: Mapping[str, str]) -> tuple[str, ...]:
    why = []
    if helper.place and helper.place[:12] == row.place[:12]:
        same = helper.place == row.place and len(row.place) > 12
        why.append(_("同一栋楼") if same else _("%(building)s邻居") % {"building": names.get(helper.place, "")})
    if times:
        why.append(ngettext("帮过您 %(n)s 次", "帮过您 %(n)s 次", times) % {"n": times})
    return tuple(why)


def _helper(row: VisitRow, shown: people.Shown, times: int, names: Mapping[str, str]) -> Helper:
    name = shown.name or _("一位邻居")
    return Helper(row.helper, name, name[:1] if shown.name else _("邻"), shown.phone, _why(row, shown, times, names))


def line_of(card: NeedCard, visit: VisitRow | None, offers: Sequence[OfferRow], moment: datetime) -> str:
    """Say where a need stands, as a neighbour would, and how long the next thing takes."""
    state = card.state.value
    if state == "matched" and visit is not None:
        words = _("说好 %(when)s 到的，还没签到。再不来，我们就另找人。") if moment > visit.starts_at else _("约好 %(when)s 上门。")
        return words % {"when": daytime(visit.starts_at)}
    if state == "under_way" and visit is not None:
        return _("%(when)s 到的，正在做。") % {"when": daytime(visit.checked_in_at)}
    said = {
        "disputed": _("两边说的时长对不上。社区会打电话问清楚，不用您再做什么。"),
        "closed": _("办完了。"),
        "withdrawn": _("这件事撤回了。"),
        "referred": _("已经转给 %(where)s，社区会接着问。") % {"where": card.referred_to},
    }
    if state in said:
        return said[state]
    if state == "finished":
        waits = visit is not None and visit.resident_minutes is None
        return _("做完了。请看看时长对不对。") if waits else _("您确认过了，等帮手那边。")
    if state == "offered" and offers:
        asked = ngettext("正在问 %(n)s 位邻居。", "正在问 %(n)s 位邻居。", len(offers)) % {"n": len(offers)}
        return asked + _("最晚 %(when)s 有回音，没人应就接着找。") % {"when": clocktime(max(row.expires_at for row in offers))}
    return _waiting(card)


def _waiting(card: NeedCard) -> str:
    if card.answered_at is not None:
        return _("社区看到了，正在给您找人。")
    when = daytime(card.due_at) if card.due_at else ""
    if card.level.value != "community":
        risen = say(LEVELS, card.level.value)
        return _("社区没有按时回话，%(level)s。%(when)s 之前一定有人回话。") % {"level": risen, "when": when}
    return _("收到了。%(when)s 之前一定有人回话。") % {"when": when}


def is_near(visit: VisitRow | None, moment: datetime) -> bool:
    """Tell whether a visit that is booked begins soon, or should have begun."""
    return visit is not None and visit.state.value == "booked" and visit.starts_at - moment < SOON


def pill_of(card: NeedCard, visit: VisitRow | None, moment: datetime, *, still: bool) -> str:
    """Return the time that matters now, or ''. `still`: nothing on the page moves, so a time of day stands where else minutes run down."""
    if visit is not None and visit.state.value == "booked":
        if moment >= visit.starts_at:
            return _("该到了")
        ahead = int((visit.starts_at - moment).total_seconds())
        return _("还有 %(span)s到") % {"span": span(ahead)} if is_near(visit, moment) and not still else daytime(visit.starts_at)
    if card.answered_at is None and card.due_at is not None and card.left_s is not None and card.left_s >= 0 and not still:
        return _("%(span)s内回话") % {"span": span(card.left_s)}
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a need stands, without anybody's name: asking for it again and again leaves no look in anybody's log."""

    visit: VisitRow | None
    line: str
    pill: str
    stamp: str


def standing(card: NeedCard, around: Around, moment: datetime, *, still: bool) -> Standing:
    """Return where a need stands. The stamp changes with what a reader would miss, not with the minutes that run down."""
    visit = around.visit
    row = visit if visit is not None and visit.state.value not in {"cancelled", "no_show"} else None
    line = line_of(card, row, around.running if card.state.value == "offered" else (), moment)
    seen = [card.state.value, line, str(row.id) if row else "", row.state.value if row else "", is_near(row, moment)]
    return Standing(row, line, pill_of(card, row, moment, still=still), digest(seen)[:16])


def _one(card: NeedCard, at: Standing, helper: Helper | None, whose: str, code: str, moment: datetime) -> NeedShown:
    state, row = card.state.value, at.visit
    near = is_near(row, moment)
    waits = state == "finished" and row is not None and row.resident_minutes is None
    return NeedShown(
        card, _(card.service.name), steps_of(state, near=near), at.line, at.pill, helper, row, whose, waits, code if near else "",
        state not in ENDED_STATES, at.stamp,
    )  # fmt: skip


def around_own(request: HttpRequest, cards: Sequence[NeedCard], moment: datetime) -> dict[UUID, Around]:
    """Return what is around needs of the reader and of their wards, with the number for the door where a visit is booked; one query."""
    own = {actor_of(request).person, *wards_of(request)}
    mine = [card for card in cards if card.asker is not None and card.asker in own]
    rules = rules_of(request, *(card.place for card in mine)) if mine else {}
    windows = {card.id: rules[card.place].minutes("check_in_code_minutes") for card in mine}
    return visits.around([card.id for card in cards], now=moment, windows=windows)


@dataclass(frozen=True, slots=True)
class Page:
    """Needs as shown, and what else the page asked for along with them: people, names of places, opened words, numbers for the door."""

    needs: tuple[NeedShown, ...]
    people: tuple[dict[UUID, people.Shown], ...]
    names: dict[str, str]
    words: dict[UUID, str | None]
    codes: dict[UUID, str]


def shown_needs(
    request: HttpRequest, cards: Sequence[NeedCard], moment: datetime, *, asked: Sequence[people.Asked] = (), codes: Collection[str] = (),
    words: Sequence[people.Sealed] = (),
) -> Page:  # fmt: skip
    """Return needs as their asker, or who acts for them, sees them; four queries and one look per helper and ward in the log of looks.

    `asked`, `codes` (of places) and `words` are what the page wants to know besides; they are read along with the rest.
    """
    actor, still = actor_of(request), view_of(request).elder
    found = around_own(request, cards, moment)
    stands = {card.id: standing(card, found.get(card.id, Around()), moment, still=still) for card in cards}
    rows = [at.visit for at in stands.values() if at.visit is not None and at.visit.state.value in COMING]
    helpers = people.Asked(tuple({row.helper for row in rows}), SEEN, Purpose.VISIT)
    wards = people.Asked(tuple({c.asker for c in cards if c.asker is not None and c.asker != actor.person}), NAME, Purpose.CARE)
    (coming, cared, *others), said = people.disclose_all(actor, [helpers, wards, *asked], words=words, now=moment)
    names = places.names({*codes, *(row.place for row in coming.values() if row.place)})
    shown = []
    for card in cards:
        at, here = stands[card.id], found.get(card.id, Around())
        row = at.visit if at.visit is not None and at.visit.state.value in COMING else None
        helper = _helper(row, coming[row.helper], here.times, names) if row is not None else None
        whose = (cared[card.asker].name or "") if card.asker in cared else ""
        shown.append(_one(card, at, helper, whose, here.code, moment))
    return Page(tuple(shown), tuple(others), names, said, {need: here.code for need, here in found.items()})


@dataclass(frozen=True, slots=True)
class VisitShown:
    """One line of a helper's visits."""

    row: VisitRow
    title: str
    place: str
    state: str
    tone: str


def title_of(code: str) -> tuple[str, str]:
    """Return what a service is called and its icon."""
    service = needs.service(code)
    return (_(service.name), service.icon) if service else (code, "more")


def visit_lines(rows: Sequence[VisitRow], names: Mapping[str, str] | None = None) -> tuple[VisitShown, ...]:
    """Return a helper's visits as lines; one query for the places where their names are not given."""
    known = names if names is not None else places.names([row.place for row in rows])
    return tuple(
        VisitShown(
            row, title_of(row.service)[0], known.get(row.place, ""), say(VISITS, row.state.value), VISIT_TONES.get(row.state.value, "")
        )
        for row in rows
    )


def own_and_wards(request: HttpRequest, moment: datetime) -> tuple[NeedCard, ...]:
    """Return one's own needs and those of the people one acts for, newest first; one query."""
    person = actor_of(request).person
    if person is None:
        return ()
    own = (person, *wards_of(request))
    cards = needs.asked_by(own, moment, limit=needs.PAGE_SIZE * len(own))
    return tuple(sorted(cards, key=lambda card: card.opened_at, reverse=True))
