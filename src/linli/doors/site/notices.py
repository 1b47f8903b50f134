"""Notices in words and where they lead: what happened, said once for every kind that journeys leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from linli.doors.site.desk import COMMUNITY, own_communities
from linli.doors.site.lending_words import THINGS
from linli.doors.site.templatetags.linli import daytime, minutes
from linli.doors.site.terms import LEVELS, RAN_OUT, say
from linli.ground.people import reads as people
from linli.ground.people.reads import NoticeRow
from linli.help.needs import reads as needs
from linli.help.supply import lending
from linli.help.visits import reads as visits
from linli.journeys import ask, borrow, visit
from linli.kernel.actor import STAFF, Actor, Role
from linli.sight.warnings import reads as warnings
from linli.trust.voice import reads as voice

UPPER = frozenset({Role.DISPATCHER, Role.CITY})

# A test compares this table with the kinds that journeys tell.
KINDS: dict[str, str] = {
    "need.opened": gettext_noop("新的一件：%(service)s，单号 %(number)s"),
    "need.answered": gettext_noop("%(number)s（%(service)s）有人回话了"),
    "need.paused": gettext_noop("%(number)s（%(service)s）时钟暂停，原因写在经过里"),
    "need.referred": gettext_noop("%(number)s（%(service)s）已转出"),
    "need.dispatched": gettext_noop("上级派来一件：%(service)s，单号 %(number)s"),
    "need.duty_stays": gettext_noop("%(number)s（%(service)s）派给了别的社区，您这里仍负责问到底"),
    "need.escalated": gettext_noop("%(number)s：%(clock)s，%(level)s"),
    "need.objection": gettext_noop("%(number)s：社区对派单有异议，等您复核"),
    "need.objection_settled": gettext_noop("%(number)s：异议%(verdict)s"),
    "need.reopened": gettext_noop("%(number)s 重新打开，接着办"),
    "service.declared": gettext_noop("社区申报开办：%(service)s"),
    "service.approved": gettext_noop("街道同意开办：%(service)s"),
    "offer.made": gettext_noop("有一件想请您帮：%(service)s"),
    "need.one_of_two": gettext_noop("%(service)s要两位一起上门：已有一位答应，还差一位；找到 %(starts_at)s，到时有没有都会告诉您"),
    "need.not_two": gettext_noop("%(service)s：还没有凑齐两位，接着找人"),
    "visit.one_went": gettext_noop("%(service)s：约好的两位有一位来不了，再找一位；没有凑齐，不上门"),
    "visit.both": gettext_noop("两位都齐了，一起去：%(service)s，%(starts_at)s"),
    "visit.waits_again": gettext_noop("%(service)s：另一位来不了了，先别出门，再找一位；找到 %(starts_at)s，到时有没有都会告诉您"),
    "visit.released": gettext_noop("%(service)s：没有等到另一位，这次不用去了，谢谢您答应"),
    "visit.alone": gettext_noop("%(service)s：另一位没有来，这件事不能一个人做，请先回去；谢谢您跑一趟"),
    "visit.booked": gettext_noop("约好了：%(service)s，%(starts_at)s"),
    "visit.cancelled": gettext_noop("取消了一次上门：%(service)s"),
    "visit.no_show": gettext_noop("到点没有来：%(service)s，已在另找人"),
    "visit.finished": gettext_noop("做完了：%(service)s，请确认时长"),
    "visit.disputed": gettext_noop("两边说的时长对不上，等您调定"),
    "visit.confirmed": gettext_noop("双方确认，记了 %(minutes)s"),
    "visit.corrected": gettext_noop("时长更正为 %(minutes)s"),
    "rectify.opened": gettext_noop("收到 %(stars)s 星评价，开了一张整改单"),
    "rectify.shown": gettext_noop("整改请您看：%(service)s"),
    "warning.opened": gettext_noop("开了一张预警单，样本 %(n)s 份，方案有时限"),
    "warning.planned": gettext_noop("社区交了整改方案"),
    "warning.shown": gettext_noop("社区交了整改凭据，回访名单随后自动抽出"),
    "warning.drawn": gettext_noop("回访名单抽好了，请打电话核实整改"),
    "warning.risen_late": gettext_noop("预警升了一级：没有按时交方案或凭据"),
    "warning.risen_false": gettext_noop("预警升了一级：回访发现没有真改"),
    "warning.late": gettext_noop("最高一级的预警超时了，还没有交方案或凭据"),
    "warning.grave": gettext_noop("报了一起重大事故，开了红色预警"),
    "warning.closed": gettext_noop("预警结案"),
    "risk.raised": gettext_noop("报告里的一项风险触发了，等您决定"),
    "stars.graded": gettext_noop("这一年的服务星级公示了，不服可以申诉"),
    "stars.appealed": gettext_noop("社区对服务星级提出申诉，等您答复"),
    "stars.decided": gettext_noop("服务星级的申诉有答复了"),
    "hours.seeded": gettext_noop("收到种子时间 %(minutes)s"),
    "family.entered": gettext_noop("社区登记了一位家人：可以替对方提事、替对方确认"),
    "family.ended": gettext_noop("一位家人的登记结束了，不再替对方办事"),
    "certificate.issued": gettext_noop("社区给您开了一份服务证明"),
    "certificate.revoked": gettext_noop("一份服务证明作废了，社区可以说明原因"),
    "hours.gift": gettext_noop("家人送来时间 %(minutes)s"),
    "booking.asked": gettext_noop("有人想借%(thing)s，单号 %(number)s，眼下没有空的"),
    "booking.offered": gettext_noop("给您找到了%(thing)s（%(number)s），要不要请回个话"),
    "booking.to_approve": gettext_noop("有人想借您社区的%(thing)s，单号 %(number)s，等您点头"),
    "booking.booked": gettext_noop("订好了：%(thing)s，%(starts_at)s，单号 %(number)s"),
    "booking.released": gettext_noop("%(thing)s（%(number)s）原来那件不行了，在给您另找"),
    "booking.refused": gettext_noop("%(thing)s（%(number)s）这次没有借成"),
    "booking.cancelled": gettext_noop("取消了一次借用：%(thing)s，单号 %(number)s"),
    "booking.not_fetched": gettext_noop("%(thing)s（%(number)s）过了时间没有来取，先放给别人了"),
    "booking.unanswered": gettext_noop("想借%(thing)s的还没有着落，单号 %(number)s，请给个说法"),
    "booking.due_soon": gettext_noop("%(thing)s（%(number)s）快到归还的时间了：%(ends_at)s"),
    "booking.overdue": gettext_noop("%(thing)s（%(number)s）过了归还时间，还没有还"),
    "alliance.joined": gettext_noop("社区加入了联盟“%(name)s”：东西和房间可以互相借"),
}

# What a notice may tell; one that tells less leaves the rest empty.
FACTS = ("service", "number", "n", "stars", "minutes", "starts_at", "ends_at", "clock", "level", "verdict", "thing", "name")


def notice_words(kind: str, facts: Mapping[str, Any]) -> str:
    """Return a notice in the page's language; a kind without words is shown by its code, so that nothing is hidden."""
    if kind not in KINDS:
        return kind
    said: dict[str, Any] = {**dict.fromkeys(FACTS, ""), **facts}
    service = needs.service(str(said["service"]))
    said["service"] = gettext(service.short) if service else said["service"]
    if isinstance(said["minutes"], int):
        said["minutes"] = minutes(said["minutes"])
    for name in ("starts_at", "ends_at"):
        said[name] = daytime(datetime.fromisoformat(said[name])) if said[name] else ""
    said["thing"] = say(THINGS, said["thing"]) if said["thing"] else ""
    if "from" in facts:
        said["clock"], said["level"] = say(RAN_OUT, f"{facts['clock']}:{facts['from']}"), say(LEVELS, str(facts["to"]))
    said["verdict"] = _("成立，派单收回") if facts.get("upheld") else _("不成立，请接着办")
    return gettext(KINDS[kind]) % said


@dataclass(frozen=True, slots=True)
class Told:
    """What the notices of a page are about, read once for all of them; `own` are the reader and those they act for."""

    actor: Actor
    own: frozenset[UUID]
    needs: Mapping[UUID, needs.NeedCard]
    visits: Mapping[UUID, visits.VisitRow]
    rectifications: Mapping[UUID, voice.RectificationRow]
    warnings: Mapping[UUID, warnings.WarningCard]
    bookings: Mapping[UUID, lending.BookingRow]


def _told(actor: Actor, rows: Iterable[NoticeRow], moment: datetime) -> Told:
    ids: dict[str, set[UUID]] = {}
    for row in rows:
        kind, _colon, ref = row.about.partition(":")
        if kind in {"need", "visit", "rectification", "warning", "booking"}:
            ids.setdefault(kind, set()).add(UUID(ref))
    wards = people.wards_of(actor.person, moment) if actor.person else ()
    rectified = voice.rectifications(ids.get("rectification", ()), moment)
    visited = visits.visits({*ids.get("visit", ()), *(row.visit for row in rectified.values())})
    needed = needs.needs({*ids.get("need", ()), *(row.need for row in visited.values())}, moment)
    warned = warnings.warnings(ids.get("warning", ()), moment)
    booked = lending.bookings(ids.get("booking", ()))
    return Told(actor, frozenset({*wards, *({actor.person} if actor.person else ())}), needed, visited, rectified, warned, booked)


def _own_page(told: Told, kind: str, ref: str) -> str:
    """Return the page of a notice among the reader's own, '' where there is none."""
    match kind:
        case "need":
            card = told.needs.get(UUID(ref))
            return reverse("resident:need", args=[card.id]) if card is not None and card.asker in told.own else ""
        case "visit":
            row = told.visits.get(UUID(ref))
            if row is not None and row.helper == told.actor.person:
                return reverse("resident:visit", args=[row.id])
            return _own_page(told, "need", str(row.need)) if row is not None else ""
        case "rectification":
            found = told.rectifications.get(UUID(ref))
            row = told.visits.get(found.visit) if found is not None and found.resident in told.own else None
            return _own_page(told, "need", str(row.need)) if row is not None else ""
        case "offer":
            return reverse("resident:help")
        case "certificate":
            return reverse("resident:certificates")
        case "booking":
            booked = told.bookings.get(UUID(ref))
            return reverse("resident:booking", args=[booked.id]) if booked is not None and booked.borrower in told.own else ""
        case "family":
            return reverse("resident:me")
        case "person":
            return reverse("resident:book") if UUID(ref) == told.actor.person else ""
    return ""


def _staff_page(told: Told, kind: str, ref: str) -> str:
    """Return the page of a notice on the desk, '' where the reader's posts open none."""
    actor = told.actor
    match kind:
        case "need":
            card = told.needs.get(UUID(ref))
            return reverse("worker:need", args=[card.id]) if card is not None and ask.staff_of(actor, card) else ""
        case "visit":
            row = told.visits.get(UUID(ref))
            works = row is not None and row.need in told.needs and visit.works_on(actor, row, told.needs[row.need])
            return reverse("worker:visit", args=[ref]) if works else ""
        case "rectification":
            found = told.rectifications.get(UUID(ref))
            return _of_place(actor, "worker:cases", found.place) if found is not None else ""
        case "warning":
            case_of = told.warnings.get(UUID(ref))
            return reverse("street:case", args=[ref]) if case_of is not None and actor.holds_any(STAFF, case_of.place) else ""
        case "risk":
            place, _colon, risk = ref.partition(":")
            return f"{reverse('programme:risk', args=[risk])}?{urlencode({'place': place})}" if actor.holds(Role.CITY, place) else ""
        case "stars":
            return reverse("street:star", args=[ref]) if actor.holds_any(STAFF, ref) else ""
        case "booking":
            booked = told.bookings.get(UUID(ref))
            return reverse("worker:booking", args=[booked.id]) if booked is not None and borrow.desk_of(actor, booked) else ""
        case "alliance":
            return reverse("worker:things") if own_communities(actor) else ""
        case "place":
            return _of_place(actor, "worker:services", ref) or (reverse("street:home") if actor.holds_any(UPPER, ref) else "")
    return ""


def _of_place(actor: Actor, name: str, place: str) -> str:
    # A building's code begins with its community's, and the desk shows communities.
    return f"{reverse(name)}?{urlencode({'place': place[:COMMUNITY]})}" if actor.holds(Role.WORKER, place) else ""


def leads(actor: Actor, rows: Sequence[NoticeRow], moment: datetime, *, desk: bool) -> dict[UUID, str]:
    """Return where each notice leads its reader, by id of the notice: only to what they may open now, '' where that is nothing.

    `desk`: on the desk its own pages go first, on the phone the reader's own; who has both gets the other where one does not open.
    A constant number of queries.
    """
    told = _told(actor, rows, moment)
    order = (_staff_page, _own_page) if desk else (_own_page, _staff_page)
    found = {}
    for row in rows:
        kind, _colon, ref = row.about.partition(":")
        found[row.id] = next((url for page in order if (url := page(told, kind, ref))), "")
    return found
