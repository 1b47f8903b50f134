"""Visits of a community: the day's list, the call-backs, and each visit with its ways out of trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of
from linli.doors.site.forms import go_back, key_of, moment_of, number_of, shown_again, text_of
from linli.doors.site.templatetags.linli import SHANGHAI, day_of, daytime
from linli.doors.site.terms import VISIT_EVENTS, VISIT_TONES, VISITS, WAYS, reason_words, say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Act, Beside, Event, Tick, VisitLineRow, VisitPage, VisitsPage
from linli.doors.worker.who import CALL, shown_as
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.help.visits.reads import VisitRow
from linli.journeys import confirm, visit
from linli.kernel.actor import Actor
from linli.kernel.disclosure import Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.evidence import reads as evidence

DONE = ("confirmed", "settled", "corrected")
MINUTES_MAX = 1440


def local(moment: datetime) -> str:
    """Return a moment as a date-time field of a form shows it, Beijing time."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def _note(row: VisitRow, moment: datetime) -> str:
    if row.state.value == "booked" and row.starts_at < moment:
        return _("过了时间还没有签到")
    if row.waits_until is not None:
        return _("等另一位答应，到 %(when)s") % {"when": daytime(row.waits_until)}
    if row.wrong_tries:
        return _("对码错了 %(n)s 次") % {"n": row.wrong_tries}
    if row.state.value == "checked_out" and row.resident_minutes is None:
        return _("等受助的人确认")
    return _("等帮手报时长") if row.state.value == "checked_out" else ""


def _line(row: VisitRow, names: Mapping[str, str], moment: datetime) -> VisitLineRow:
    service = needs.service(row.service)
    return VisitLineRow(
        reverse("worker:visit", args=[row.id]), row.starts_at, _(service.short) if service else row.service,
        names.get(row.place, row.place), row.minutes_estimated, say(VISITS, row.state.value), VISIT_TONES.get(row.state.value, ""),
        _note(row, moment),
    )  # fmt: skip


@require_GET
def visits_today(request: HttpRequest) -> HttpResponse:
    """Show the day's visits of a community and those that wait for a call; a constant number of queries."""
    actor, moment, community = actor_of(request), now(), community_of(request)
    start, end = day_of(moment)
    groups = visits.at_place(community, start, end), visits.unconfirmed_at(community, moment), visits.disputed_at(community)
    names = places.names([community, *(row.place for rows in groups for row in rows), *(p.place for p in actor.posts)])
    today, call_back, disputed = (tuple(_line(row, names, moment) for row in rows) for rows in groups)
    frame = frame_of(request, "worker:visits", names, counts={"worker:visits": len(today)})
    page = VisitsPage(frame, names.get(community, community), today, call_back, disputed)
    return render(request, "worker/visits.html", {"page": page, "frame": frame})


def visit_for(actor: Actor, pk: UUID) -> VisitRow:
    """Return a visit of the actor's community, or one whose need was sent there. Raises NotFound for any other."""
    row = visit.visit_for(actor, pk)
    if not visit.works_at(actor, row):
        raise NotFound
    return row


def _act(row: VisitRow, code: str, label: str, **more: object) -> Act:
    return Act(code, label, reverse("worker:visit-act", args=[row.id, code]), button=_("就这样办"), **more)  # type: ignore[arg-type]


def _minutes_act(row: VisitRow, code: str, label: str, **more: object) -> Act:
    value = str(row.minutes_final or row.helper_minutes or row.minutes_estimated)
    return _act(row, code, label, field="minutes", field_label=_("多少分钟"), field_type="number", field_value=value, **more)


def acts_of(row: VisitRow, moment: datetime) -> Iterator[Act]:
    """Yield the steps a worker may take on a visit in its state."""
    state = row.state.value
    if state == "booked":
        yield _act(
            row, "paper", _("纸面签到"), field="called_back_at", field_label=_("几点打的回访电话"), field_type="datetime-local",
            field_value=local(moment), second_field="arrived_at", second_label=_("帮手几点到的"), second_value=local(min(moment, row.starts_at)), help=_("没有手机对码时用：先打电话问过本人，再登记。记录里会写明是纸面。"), main=row.starts_at < moment,
        )  # fmt: skip
        yield _act(row, "cancel", _("取消这次上门"), field="reason", field_label=_("原因"))
    elif state == "waiting":
        yield _act(row, "cancel", _("不用这位等了"), field="reason", field_label=_("原因"))
    elif state == "checked_out" and row.resident_minutes is None:
        yield _minutes_act(row, "confirm", _("电话回访确认"), main=True, help=_("打电话问受助的人：来了吗，做了多久。照他说的填。"))
    elif state == "disputed":
        yield _minutes_act(
            row, "settle", _("调定时长"), main=True, help=_("两边都问过，再填；查实没有来，填 0。您是当事人时要请别人来调。"), reason=True
        )
    elif state in DONE:
        yield _minutes_act(row, "correct", _("更正时长"), help=_("原来的账不改，另记一笔冲正。"), reason=True)


def _parties(actor: Actor, row: VisitRow, beside: VisitRow | None, moment: datetime) -> dict[UUID, people.Shown]:
    parties = [p for p in (row.resident, row.helper, beside.helper if beside else None) if p is not None]
    return people.disclose(actor, parties, wanted=CALL, purpose=Purpose.VISIT, now=moment)


def _beside(row: VisitRow, shown: people.Shown) -> Beside:
    return Beside(reverse("worker:visit", args=[row.id]), shown_as(shown), say(VISITS, row.state.value))


def _show(request: HttpRequest, visit_id: UUID, **_step: object) -> HttpResponse:
    actor, moment = actor_of(request), now()
    row = visit_for(actor, visit_id)
    other = next((one for one in visits.outing(row) if one.id != row.id and not row.gone), None)
    shown = _parties(actor, row, other, moment)
    need = needs.need(row.need, moment)
    names = places.names([row.place, *(p.place for p in actor.posts)])
    done = visits.ticked(row.id)
    frame = frame_of(request, "worker:visits", names)
    page = VisitPage(
        frame=frame, title=_(need.service.name), state=say(VISITS, row.state.value), tone=VISIT_TONES.get(row.state.value, ""),
        place=names.get(row.place, row.place), starts_at=row.starts_at, minutes_estimated=row.minutes_estimated,
        resident=shown_as(shown[row.resident]) if row.resident else None, helper=shown_as(shown[row.helper]),
        beside=_beside(other, shown[other.helper]) if other is not None else None, waits=_note(row, moment) if row.waits_until else "",
        check_in=say(WAYS, row.check_in_way) if row.check_in_way else "", checked_in_at=row.checked_in_at, checked_out_at=row.checked_out_at,
        helper_minutes=row.helper_minutes, resident_minutes=row.resident_minutes,
        resident_way=say(WAYS, row.resident_way) if row.resident_way else "", minutes_final=row.minutes_final,
        ticks=tuple(Tick(_(words), number in done) for number, words in enumerate(need.service.checklist)), acts=tuple(acts_of(row, moment)),
        events=tuple(Event(f.at, say(VISIT_EVENTS, f.event), reason_words(f.event, f.reason)) for f in visits.history(row.id)),
        need_url=reverse("worker:need", args=[need.id]), need_number=need.number, record_number=evidence.number_of(f"visit:{row.id}"),
        record_url=reverse("worker:record", args=["visit", row.id]), back=reverse("worker:visit", args=[row.id]),
    )  # fmt: skip
    return render(request, "worker/visit.html", {"page": page, "frame": frame})


@require_GET
def visit_page(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show one visit of a community."""
    return _show(request, visit_id)


def _needed(request: HttpRequest, field: str) -> datetime:
    moment = moment_of(request, field)
    if moment is None:
        raise Refused(Refusal.INPUT_MISSING, field=field)
    return moment


def _paper(actor: Actor, pk: UUID, request: HttpRequest, key: str) -> None:
    visit.check_in_paper(actor, pk, _needed(request, "arrived_at"), _needed(request, "called_back_at"), key)


def _minutes(request: HttpRequest, *, low: int = 0) -> int:
    return number_of(request, "minutes", low=low, high=MINUTES_MAX)


STEPS: Mapping[str, Callable[[Actor, UUID, HttpRequest, str], object]] = {
    "paper": _paper,
    "cancel": lambda actor, pk, r, key: visit.cancel(actor, pk, text_of(r, "reason"), key),
    "confirm": lambda actor, pk, r, key: confirm.confirm(actor, pk, _minutes(r, low=1), key, by="call_back"),
    "settle": lambda actor, pk, r, key: confirm.settle(actor, pk, _minutes(r), text_of(r, "reason"), key),
    "correct": lambda actor, pk, r, key: confirm.correct(actor, pk, _minutes(r), text_of(r, "reason"), key),
}


@require_POST
@shown_again(_show)
def visit_act(request: HttpRequest, visit_id: UUID, step: str) -> HttpResponse:
    """Take one of the steps of a visit, then return to it."""
    actor = actor_of(request)
    row = visit_for(actor, visit_id)
    if step not in STEPS:
        raise NotFound
    STEPS[step](actor, row.id, request, key_of(request))
    messages.success(request, _("记下了。"))
    return go_back(request, reverse("worker:visit", args=[row.id]))
