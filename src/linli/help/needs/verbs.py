"""Writes of the needs room: open, move, answer, pause, escalate, dispatch, object; need-code sheets; special services.

Every write takes the need's row lock first and its clocks after, so that two steps on one need wait instead of deadlocking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.help.needs.catalogue import catalogue
from linli.help.needs.core import (
    ENDED,
    ClockKind,
    ClockPlan,
    Known,
    Level,
    NeedDraft,
    State,
    alike,
    due_after_pause,
    level_place,
    lifted,
    place_above,
    reopen_until,
)
from linli.help.needs.models import Clock, CodeSheet, Likeness, Need, Objection, ServiceHere
from linli.help.needs.reads import ObjectionRow, likely_same, objection
from linli.help.needs.rows import (
    COMMUNITY_DIGITS,
    after,
    check_draft,
    check_open_count,
    flip,
    kept_promise,
    locked,
    new_row,
    next_serial,
    opened_at,
    run_on,
    short,
    start_clock,
    start_clocks,
    stop,
    token_hash,
)
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id, new_token, readable
from linli.kernel.step import Step

REASON_LENGTH_MAX = 300
LABEL_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Opened:
    """What was promised when the need was opened. `follow` is told once; only its hash is kept.

    `handle_by` is None for an emergency: it was referred to `emergency`, and the answer clock asks somebody to ring back.
    """

    id: UUID
    number: str
    service: str
    answer_by: datetime
    answer_minutes: int
    duplicates: tuple[str, ...]
    follow: str | None
    handle_by: datetime | None = None
    emergency: str = ""


@dataclass(frozen=True, slots=True)
class Escalated:
    """A clock that ran out: who answered before, who answers now.

    `repeat` is true where the city is reminded again. `dispatched_to` and `first_receiver` keep their duty and are told too.
    """

    need: UUID
    number: str
    kind: ClockKind
    asker: UUID | None
    from_level: Level
    to_level: Level
    from_place: str
    to_place: str
    community: str
    dispatched_to: str
    first_receiver: str
    repeat: bool
    due_at: datetime


def reason_of(text: str) -> str:
    """Return a cleaned reason. Raises Refused(REASON_REQUIRED, INPUT_TOO_LONG)."""
    kept = short(text, "reason", REASON_LENGTH_MAX)
    if not kept:
        raise Refused(Refusal.REASON_REQUIRED, field="reason")
    return kept


def open_need(s: Step, draft: NeedDraft, plan: ClockPlan, *, wanted_days_max: int, open_max: int | None = None) -> Opened:
    """Open a need at its community with both clocks running; return what was promised.

    `open_max` is how many live needs the asker (or the sheet) may have, counted under a lock. An emergency is recorded as referred at
    once and keeps its answer clock: somebody rings back. Raises Refused(SERVICE_UNKNOWN, PLACE_UNKNOWN, SERVICE_NOT_HERE, TIME_PAST,
    TIME_TOO_FAR, INPUT_INVALID, TOO_MANY_OPEN).
    """
    check_draft(draft, s.now, wanted_days_max)
    if open_max is not None:
        check_open_count(draft, open_max)
    serial = next_serial()
    household = CodeSheet.objects.filter(pk=draft.sheet).values_list("household", flat=True).first() if draft.sheet else None
    same = alike(
        Known(draft.id, "", draft.service, draft.place, draft.asker, s.now, household), likely_same(draft.community, draft.service)
    )
    follow = new_token() if draft.asker is None and draft.sheet is not None else None
    new_row(s, draft, serial, follow).save(force_insert=True)
    Likeness.objects.bulk_create(Likeness(need_id=draft.id, other_id=other.id, found_at=s.now) for other in same)
    flip(s, draft.id, "", State.OPEN.value, event="open")
    kinds = (ClockKind.ANSWER,) if draft.emergency else tuple(ClockKind)
    due = start_clocks(s, draft.id, Level.COMMUNITY, {kind: plan.at(kind, Level.COMMUNITY) for kind in kinds})
    answer_by = due[ClockKind.ANSWER]
    s.record(
        "need:opened", place=draft.community,
        payload={"need": str(draft.id), "service": draft.service, "channel": draft.channel, "answer_by": answer_by.isoformat()},
    )  # fmt: skip
    if draft.emergency:
        flip(s, draft.id, State.OPEN.value, State.REFERRED.value, event="refer", reason=draft.emergency)
        s.record("need:referred", place=draft.community, payload={"need": str(draft.id), "where": draft.emergency})
    numbers = tuple(other.number for other in same)
    return Opened(
        draft.id, readable(serial), draft.service, answer_by, plan.answer_minutes, numbers, follow, due.get(ClockKind.HANDLE),
        draft.emergency,
    )  # fmt: skip


def lock(need: UUID) -> None:
    """Take a need's lock before a visit's: every step that touches both takes them in this order. Raises NotFound."""
    if not Need.objects.select_for_update().filter(pk=need).values_list("pk", flat=True).first():
        raise NotFound


def answer(s: Step, need: UUID) -> bool:
    """Stop the answer clock: somebody has taken it up. Returns False where it was answered before.

    Raises NotFound, Refused(STATE_FORBIDS) for a need that ended (an emergency that was referred can be rung back about).
    """
    row = locked(need)
    after(row, "answer")
    if row.answered_at is not None:
        return False
    in_time = kept_promise(need, s.now, ClockKind.ANSWER, since=opened_at(row))
    Need.objects.filter(pk=need).update(answered_at=s.now, answered_in_time=in_time)
    stop(need, s.now, ClockKind.ANSWER)
    flip(s, need, row.state, row.state, event="answer")
    s.record("need:answered", place=row.community_code, payload={"need": str(need), "in_time": in_time, "level": row.level})
    return True


_KINDS = {
    "withdraw": "need:withdrawn",
    "refer": "need:referred",
    "reopen": "need:reopened",
    "confirm": "need:closed",
    "settle": "need:closed",
}


def move(
    s: Step, need: UUID, event: str, *, reason: str = "", where: str = "", plan: ClockPlan | None = None, days: int | None = None
) -> State:
    """Move a need by one event; return its new state. Clocks follow: finishing and ending stop them, reopening starts them anew.

    `refer` needs `where` (a number or office); `reopen` needs `plan`, and `days` within which it may (None: the caller looked).
    Raises NotFound, Refused(STATE_FORBIDS) where the event is not allowed in its state, Refused(REOPEN_TOO_LATE).
    """
    row = locked(need)
    old, new = State(row.state), after(row, event)
    update: dict[str, Any] = {"state": new.value}
    if event == "refer":
        update["referred_to"] = _where(where)
    if event == "reopen":
        update |= _reopened(s, row, plan, days)
    elif new is State.FINISHED or new in ENDED:
        update |= _done(s, row, event, new)
    elif event == "dispute":
        run_on(s, row)
    kept = short(reason, "reason", REASON_LENGTH_MAX)
    Need.objects.filter(pk=need, state=old.value).update(**update)
    flip(s, need, old.value, new.value, event=event, reason=kept)
    if event in _KINDS:
        s.record(_KINDS[event], place=row.community_code, payload={"need": str(need), "event": event})
    return new


def _where(where: str) -> str:
    if not where:
        raise Refused(Refusal.INPUT_MISSING, field="where")
    return where


def _done(s: Step, row: Need, event: str, new: State) -> dict[str, Any]:
    """Stop clocks and decide, once, whether the need was handled in time. A withdrawn need was not handled: it counts nowhere."""
    update: dict[str, Any] = {}
    if row.handled_in_time is None and event != "withdraw":
        update["handled_in_time"] = kept_promise(row.pk, s.now, ClockKind.HANDLE, since=opened_at(row))
    if new is State.FINISHED:
        update["finished_at"] = s.now
        stop(row.pk, s.now, ClockKind.HANDLE)
    else:
        update["ended_at"] = s.now
        stop(row.pk, s.now)
    return update


def _reopened(s: Step, row: Need, plan: ClockPlan | None, days: int | None) -> dict[str, Any]:
    if plan is None:
        raise ValueError("reopening needs a plan for its clocks")
    if days is not None and row.ended_at is not None and s.now >= reopen_until(row.ended_at, days):
        raise Refused(Refusal.REOPEN_TOO_LATE, days=days)
    stop(row.pk, s.now)  # an emergency nobody rang back about has its answer clock still
    start_clocks(s, row.pk, Level.COMMUNITY, {kind: plan.at(kind, Level.COMMUNITY) for kind in ClockKind})
    return {
        "ended_at": None, "finished_at": None, "handled_in_time": None, "answered_at": None, "answered_in_time": None,
        "level": Level.COMMUNITY.value, "dispatched_to": "", "referred_to": "",
    }  # fmt: skip


def pause(s: Step, need: UUID, reason: str) -> None:
    """Pause the running clocks for a recorded reason; one that ran out already fires all the same.

    Raises NotFound, Refused(REASON_REQUIRED, STATE_FORBIDS) where no clock can be paused.
    """
    kept = reason_of(reason)
    row = locked(need)
    after(row, "pause")
    if not Clock.objects.filter(need=row, stopped_at=None, fired_at=None, paused_at=None, due_at__gt=s.now).update(
        paused_at=s.now, pause_reason=kept
    ):
        raise Refused(Refusal.STATE_FORBIDS)
    flip(s, need, row.state, row.state, event="pause", reason=kept)


def resume(s: Step, need: UUID) -> None:
    """Let paused clocks run on; each deadline moves by the length of its pause. Raises NotFound, Refused(STATE_FORBIDS)."""
    row = locked(need)
    after(row, "resume")
    clocks = list(Clock.objects.filter(need=row, stopped_at=None, fired_at=None, paused_at__isnull=False))
    if not clocks:
        raise Refused(Refusal.STATE_FORBIDS)
    for clock in clocks:
        due = due_after_pause(clock.due_at, clock.paused_at or s.now, s.now)
        seconds = clock.paused_total_s + (due - clock.due_at) // timedelta(seconds=1)
        Clock.objects.filter(pk=clock.pk).update(paused_at=None, due_at=due, paused_total_s=seconds)
    flip(s, need, row.state, row.state, event="resume")


def fire(s: Step, clock_id: int, plan: ClockPlan) -> Escalated | None:
    """Fire a clock that ran out: once, whoever races; the need goes a level up and the next level's clock starts.

    At the city it starts again as a reminder. Returns None where the clock was stopped, paused or fired in the meantime, or where
    another step holds the need right now (the next round sees it again). Raises NotFound for an unknown clock.
    """
    clock = Clock.objects.filter(pk=clock_id).first()
    if clock is None:
        raise NotFound
    row = Need.objects.select_for_update(skip_locked=True).filter(pk=clock.need_id).first()
    if row is None:
        return None
    won = Clock.objects.filter(pk=clock_id, fired_at=None, stopped_at=None, paused_at=None, due_at__lte=s.now).update(fired_at=s.now)
    if not won:
        return None
    kind, ran_out = ClockKind(clock.kind), Level(clock.level)
    new = lifted(ran_out, Level(row.level))
    Need.objects.filter(pk=row.pk).update(level=new.value)
    due = start_clock(s, row.pk, kind, new, lasts=plan.at(kind, new))
    flip(s, row.pk, row.state, after(row, "escalate").value, event="escalate", reason=f"{kind.value}:{ran_out.value}")
    s.record(
        "need:escalated", place=row.community_code,
        payload={"need": str(row.pk), "clock": kind.value, "from": ran_out.value, "to": new.value},
    )  # fmt: skip
    return Escalated(
        row.pk, row.number, kind, row.asker, ran_out, new, level_place(row.community_code, ran_out), level_place(row.community_code, new),
        row.community_code, row.dispatched_to, row.first_receiver, ran_out is new, due,
    )  # fmt: skip


def dispatch(s: Step, need: UUID, to_place: str, reason: str) -> None:
    """Send a need to a community below; the first receiver keeps its duty, and the running clocks run on: dispatching buys no time.

    Raises NotFound, Refused(REASON_REQUIRED, STATE_FORBIDS, OBJECTION_OPEN, PLACE_UNKNOWN).
    """
    kept = reason_of(reason)
    row = locked(need)
    after(row, "dispatch")
    if Objection.objects.filter(need=row, settled_at=None).exists():
        raise Refused(Refusal.OBJECTION_OPEN)
    if len(to_place) != COMMUNITY_DIGITS or to_place == row.dispatched_to:
        raise Refused(Refusal.PLACE_UNKNOWN, field="to_place")
    Need.objects.filter(pk=need).update(dispatched_to=to_place)
    flip(s, need, row.state, row.state, event="dispatch", reason=kept)
    s.record("need:dispatched", place=row.community_code, payload={"need": str(need), "to": to_place})


def object_to(s: Step, need: UUID, reason: str, *, minutes: int) -> UUID:
    """Object to a dispatch; the level above the community it was sent to reviews it within `minutes`.

    Raises NotFound, Refused(REASON_REQUIRED, STATE_FORBIDS, OBJECTION_OPEN).
    """
    kept = reason_of(reason)
    row = locked(need)
    after(row, "object")
    if not row.dispatched_to:
        raise Refused(Refusal.STATE_FORBIDS)
    if Objection.objects.filter(need=row, settled_at=None).exists():
        raise Refused(Refusal.OBJECTION_OPEN)
    pk, due = new_id(s.now), s.now + timedelta(minutes=minutes)
    Objection.objects.create(
        id=pk, need=row, place_code=row.dispatched_to, reviewer=place_above(row.dispatched_to), reason=kept, made_at=s.now, due_at=due
    )
    flip(s, need, row.state, row.state, event="object", reason=kept)
    s.record("need:objection:made", place=row.community_code, payload={"need": str(need), "objection": str(pk)})
    return pk


def settle_objection(s: Step, need: UUID, *, upheld: bool, reason: str) -> None:
    """Settle the open objection; an upheld one takes the dispatch back. Raises Refused(REASON_REQUIRED, STATE_FORBIDS), NotFound."""
    kept = reason_of(reason)
    row = locked(need)
    open_ones = Objection.objects.filter(need=row, settled_at=None)
    if not open_ones.update(settled_at=s.now, upheld=upheld, settled_reason=kept):
        raise Refused(Refusal.STATE_FORBIDS)
    if upheld:
        Need.objects.filter(pk=need).update(dispatched_to="")
    event = "uphold" if upheld else "overrule"
    flip(s, need, row.state, after(row, event).value, event=event, reason=kept)
    s.record("need:objection:settled", place=row.community_code, payload={"need": str(need), "upheld": upheld})


def remind_objection(s: Step, objection_id: UUID, *, minutes: int) -> ObjectionRow | None:
    """Take an overdue review one level up, with `minutes` more; return it with its new reviewer, or None where it was settled or taken.

    Once per deadline, whoever races. Raises NotFound.
    """
    row = Objection.objects.filter(pk=objection_id).first()
    if row is None:
        raise NotFound
    won = Objection.objects.filter(pk=objection_id, settled_at=None, due_at=row.due_at, due_at__lte=s.now).update(
        due_at=s.now + timedelta(minutes=minutes), reminders=F("reminders") + 1, reviewer=place_above(row.reviewer)
    )
    return objection(row.need_id) if won else None


def issue_sheet(s: Step, place: str, label: str, *, household: UUID | None = None) -> tuple[UUID, str]:
    """Issue a need-code sheet; return its id and the token for its QR (told once, kept as a hash).

    Raises Refused(PLACE_UNKNOWN) above a community, Refused(INPUT_TOO_LONG).
    """
    if len(place) < COMMUNITY_DIGITS:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    pk, token = new_id(s.now), new_token(18)
    CodeSheet.objects.create(
        id=pk, token_hash=token_hash(token), place_code=place, household=household, label=short(label, "label", LABEL_LENGTH_MAX),
        issued_at=s.now, issued_by=s.actor.person,
    )  # fmt: skip
    return pk, token


def revoke_sheet(s: Step, sheet: UUID) -> None:
    """Take a sheet out of use; its code answers like an unknown one from now. Raises NotFound."""
    if not CodeSheet.objects.filter(pk=sheet, revoked_at=None).update(revoked_at=s.now):
        raise NotFound


def declare_service(s: Step, service: str, community: str) -> None:
    """Declare a special service for a community; declaring it twice changes nothing. Raises Refused(SERVICE_UNKNOWN, PLACE_UNKNOWN)."""
    known = catalogue().get(service)
    if known is None or not known.special:
        raise Refused(Refusal.SERVICE_UNKNOWN, field="service")
    if len(community) != COMMUNITY_DIGITS:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    ServiceHere.objects.get_or_create(service=service, place_code=community, ended_at=None, defaults={"declared_at": s.now})


def approve_service(s: Step, service: str, community: str) -> None:
    """Approve a declared service; residents can ask for it from now. Raises NotFound where none waits for approval."""
    if not ServiceHere.objects.filter(service=service, place_code=community, ended_at=None, approved_at=None).update(approved_at=s.now):
        raise NotFound


def end_service(s: Step, service: str, community: str) -> None:
    """End a declared or approved special service; needs asked for it go on. Raises NotFound where there is none."""
    if not ServiceHere.objects.filter(service=service, place_code=community, ended_at=None).update(ended_at=s.now):
        raise NotFound
