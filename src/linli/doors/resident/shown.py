"""A need as its asker sees it: where it stands in plain words, who comes, what to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.doors.site.steps import StepShown, steps_of
from linli.doors.site.templatetags.linli import daytime, left
from linli.doors.site.terms import LEVELS, say
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.visits import reads as visits
from linli.help.visits.reads import VisitRow
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass, Purpose

SOON = timedelta(hours=2)
COMING = frozenset({"booked", "checked_in"})
SEEN = frozenset({DataClass.NAME, DataClass.PHONE})


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
    """One need: its steps, one line of where it stands, a pill with the time that matters now, who comes, whose it is ('' for one's own)."""

    card: NeedCard
    title: str
    steps: tuple[StepShown, ...]
    line: str
    pill: str
    helper: Helper | None
    visit: VisitRow | None
    whose: str
    to_confirm: bool


def _why(row: VisitRow, helper: people.PersonCard | None, times: int, names: Mapping[str, str]) -> tuple[str, ...]:
    why = []
    if helper is not None and helper.place[:12] == row.place[:12]:
        same = helper.place == row.place and len(row.place) > 12
        why.append(_("同一栋楼") if same else _("%(building)s邻居") % {"building": names.get(helper.place, "")})
    if times:
        why.append(ngettext("帮过您 %(n)s 次", "帮过您 %(n)s 次", times) % {"n": times})
    return tuple(why)


def helpers_of(actor: Actor, rows: Sequence[VisitRow], moment: datetime) -> dict[UUID, Helper]:
    """Return who comes for each visit; a constant number of queries, one look per helper in the log of looks."""
    ids = {row.helper for row in rows}
    if not ids:
        return {}
    shown = people.disclose(actor, ids, wanted=SEEN, purpose=Purpose.VISIT, now=moment)
    cards = people.cards(ids, moment)
    names = places.names([card.place for card in cards.values()])
    times = visits.pair_counts({(row.resident, row.helper) for row in rows if row.resident is not None})
    found = {}
    for row in rows:
        name = shown[row.helper].name or _("一位邻居")
        known = times.get((row.resident, row.helper), 0) if row.resident else 0
        face = name[:1] if shown[row.helper].name else "邻"
        found[row.id] = Helper(row.helper, name, face, shown[row.helper].phone, _why(row, cards.get(row.helper), known, names))
    return found


def line_of(card: NeedCard, visit: VisitRow | None, asked: int) -> str:
    """Say where a need stands, as a neighbour would."""
    state = card.state.value
    if state == "matched" and visit is not None:
        return _("约好%(when)s上门。") % {"when": daytime(visit.starts_at)}
    said = {
        "under_way": _("来了，正在做。"),
        "disputed": _("两边说的时长对不上。社区会打电话问清楚，不用您再做什么。"),
        "closed": _("办完了。"),
        "withdrawn": _("您撤回了这件事。"),
        "referred": _("已经转给 %(where)s，社区会接着问。") % {"where": card.referred_to},
    }
    if state in said:
        return said[state]
    if state == "finished":
        waits = visit is not None and visit.resident_minutes is None
        return _("做完了。请看看时长对不对。") if waits else _("您确认过了，等帮手那边。")
    if state == "offered" and asked:
        return ngettext("正在问 %(n)s 位邻居，有人应了就告诉您。", "正在问 %(n)s 位邻居，有人应了就告诉您。", asked) % {"n": asked}
    return _waiting(card)


def _waiting(card: NeedCard) -> str:
    if card.answered_at is not None:
        return _("社区看到了，正在给您找人。")
    when = daytime(card.due_at) if card.due_at else ""
    if card.level.value != "community":
        risen = say(LEVELS, card.level.value)
        return _("社区没有按时回话，%(level)s。%(when)s之前一定有人回话。") % {"level": risen, "when": when}
    return _("收到了。%(when)s之前一定有人回话。") % {"when": when}


def pill_of(card: NeedCard, visit: VisitRow | None, moment: datetime) -> str:
    """Return the time that matters now, or ''."""
    if visit is not None and visit.state.value == "booked":
        ahead = int((visit.starts_at - moment).total_seconds())
        return _("%(left)s到") % {"left": left(ahead)} if 0 <= ahead < SOON.total_seconds() else daytime(visit.starts_at)
    if card.answered_at is None and card.due_at is not None and card.left_s is not None and card.left_s >= 0:
        return _("%(left)s回话") % {"left": left(card.left_s)}
    return ""


def shown_needs(actor: Actor, cards: Sequence[NeedCard], moment: datetime) -> tuple[NeedShown, ...]:
    """Return needs as their asker, or who acts for them, sees them; a constant number of queries."""
    found = visits.visits_of_needs([card.id for card in cards])
    rows = [row for row in found.values() if row.state.value not in {"cancelled", "no_show"}]
    helpers = helpers_of(actor, [row for row in rows if row.state.value in COMING], moment)
    wards = {card.asker for card in cards if card.asker is not None and card.asker != actor.person}
    names = people.disclose(actor, wards, wanted=frozenset({DataClass.NAME}), purpose=Purpose.CARE, now=moment) if wards else {}
    by_need = {row.need: row for row in rows}
    running = visits.running_offers([card.id for card in cards if card.state.value == "offered"])
    result = []
    for card in cards:
        row = by_need.get(card.id)
        asked = running.get(card.id, 0)
        whose = (names[card.asker].name or "") if card.asker in names else ""
        waits = card.state.value == "finished" and row is not None and row.resident_minutes is None
        result.append(
            NeedShown(
                card, _(card.service.name), steps_of(card.state.value), line_of(card, row, asked), pill_of(card, row, moment),
                helpers.get(row.id) if row else None, row, whose, waits,
            )
        )  # fmt: skip
    return tuple(result)


def own_and_wards(actor: Actor, moment: datetime) -> tuple[NeedCard, ...]:
    """Return one's own needs and those of the people one acts for, newest first."""
    if actor.person is None:
        return ()
    cards = list(needs.of_person(actor.person, moment))
    for ward in people.wards_of(actor.person, moment):
        cards += needs.of_person(ward, moment)
    return tuple(sorted(cards, key=lambda card: card.opened_at, reverse=True))
