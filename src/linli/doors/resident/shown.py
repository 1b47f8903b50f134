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
from linli.ground.policy.reads import Policy
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.visits import reads as visits
from linli.help.visits.reads import Around, OfferRow, VisitRow
from linli.journeys import propose
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
    """One need: its steps, one line of where it stands, a pill with the time that matters now, who come, whose it is ('' for one's own).

    `code` is the number of the moment for the door, shown when the visit is near; `stamp` changes whenever what is shown has changed.
    """

    card: NeedCard
    title: str
    steps: tuple[StepShown, ...]
    line: str
    pill: str
    helpers: tuple[Helper, ...]
    visit: VisitRow | None
    both: tuple[VisitRow, ...]
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


def line_of(card: NeedCard, visit: VisitRow | None, both: Sequence[VisitRow], offers: Sequence[OfferRow], moment: datetime) -> str:
    """Say where a need stands, as a neighbour would, and how long the next thing takes."""
    state = card.state.value
    if state in {"open", "offered"} and visit is not None and visit.waits_until is not None:
        words = _("这件事要两位一起来。已有一位邻居答应，还差一位，正在问；到 %(when)s 还没有，会告诉您。")
        return words % {"when": daytime(visit.waits_until)}
    if state == "matched" and any(row.state.value == "checked_in" for row in both):
        return _("一位到了，等另一位也对过数字，一起开始。")
    if state == "matched" and len(both) > 1 and visit is not None and moment <= visit.starts_at:
        return _("约好 %(when)s，两位一起上门。") % {"when": daytime(visit.starts_at)}
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
        waits = _waits_for_resident(both)
        return _("做完了。请看看时长对不对。") if waits else _("您确认过了，等帮手那边。")
    if state == "offered" and offers:
        asked = ngettext("正在问 %(n)s 位邻居。", "正在问 %(n)s 位邻居。", len(offers)) % {"n": len(offers)}
        return asked + _("最晚 %(when)s 有回音，没人应就接着找。") % {"when": clocktime(max(row.expires_at for row in offers))}
    return _waiting(card)


def _waits_for_resident(both: Sequence[VisitRow]) -> bool:
    return any(row.resident_minutes is None for row in both)


def night_words(card: NeedCard, rules: Policy, moment: datetime) -> str:
    """Say from when on neighbours are asked for what waits for the day, and whom to call until then; '' where it does not wait."""
    begins = propose.asks_from(card, rules, moment) if card.state.value in {"open", "offered"} else None
    if begins is None:
        return ""
    words = _("夜里不打扰邻居，%(when)s 起给您问人。等不得，打社区电话 %(phone)s；有危险，打 %(ambulance)s。")
    facts = {"phone": rules.text("community_phone"), "ambulance": rules.text("emergency_ambulance")}
    return words % {"when": daytime(begins), **facts}


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
    both: tuple[VisitRow, ...]
    line: str
    pill: str
    near: bool
    stamp: str


def standing(card: NeedCard, around: Around, rules: Policy, moment: datetime, *, still: bool) -> Standing:
    """Return where a need stands. The stamp changes with what a reader would miss, not with the minutes that run down."""
    both = tuple(row for row in around.visits if not row.gone)
    row = both[0] if both else None
    booked = next((one for one in both if one.state.value == "booked"), row)
    line = line_of(card, row, both, around.running if card.state.value == "offered" else (), moment) + night_words(card, rules, moment)
    near = is_near(booked, moment)
    seen = [card.state.value, line, *(f"{one.id}:{one.state.value}" for one in both), near]
    return Standing(row, both, line, pill_of(card, booked, moment, still=still), near, digest(seen)[:16])


def _one(card: NeedCard, at: Standing, helpers: tuple[Helper, ...], whose: str, code: str) -> NeedShown:
    state = card.state.value
    waits = state == "finished" and _waits_for_resident(at.both)
    return NeedShown(
        card, _(card.service.name), steps_of(state, near=at.near), at.line, at.pill, helpers, at.visit, at.both, whose, waits, code if at.near else "",
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
    rules = rules_of(request, *(card.place for card in cards)) if cards else {}
    stands = {card.id: standing(card, found.get(card.id, Around()), rules[card.place], moment, still=still) for card in cards}
    rows = [row for at in stands.values() for row in at.both if row.state.value in COMING]
    helpers = people.Asked(tuple({row.helper for row in rows}), SEEN, Purpose.VISIT)
    wards = people.Asked(tuple({c.asker for c in cards if c.asker is not None and c.asker != actor.person}), NAME, Purpose.CARE)
    (coming, cared, *others), said = people.disclose_all(actor, [helpers, wards, *asked], words=words, now=moment)
    names = places.names({*codes, *(row.place for row in coming.values() if row.place)})
    shown = []
    for card in cards:
        at, here = stands[card.id], found.get(card.id, Around())
        met = {row.id: times for row, times in ((here.visit, here.times), (here.beside, here.beside_times)) if row is not None}
        some = tuple(_helper(row, coming[row.helper], met[row.id], names) for row in at.both if row.state.value in COMING)
        whose = (cared[card.asker].name or "") if card.asker in cared else ""
        shown.append(_one(card, at, some, whose, here.code))
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
