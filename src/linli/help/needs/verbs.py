"""Writes of the needs room: open, move, answer, pause, escalate, dispatch, object; need-code sheets; special services."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from linli.help.needs.core import (
    ENDED,
    NEXT_LEVEL,
    ClockKind,
    ClockPlan,
    Level,
    NeedDraft,
    State,
    catalogue,
    due_after_pause,
    duplicates,
    level_place,
    moved,
)
from linli.help.needs.models import Clock, CodeSheet, Need, NeedFlip, Objection, ServiceHere
from linli.help.needs.reads import likely_same, open_here
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id, new_token, readable
from linli.kernel.step import Step
from linli.kernel.text import clean

REASON_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """What was promised when the need was opened. `follow` is told once; only its hash is kept."""

    id: UUID
    number: str
    service: str
    answer_by: datetime
    answer_minutes: int
    duplicates: tuple[str, ...]
    follow: str | None


@dataclass(frozen=True, slots=True)
class Escalated:
    """A clock that ran out: who answered before, who answers now."""

    need: UUID
    number: str
    kind: ClockKind
    asker: UUID | None
    from_level: Level
    to_level: Level
    from_place: str
    to_place: str
    community: str


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def reason_of(text: str) -> str:
    """Return a cleaned reason. Raises Refused(REASON_REQUIRED, INPUT_TOO_LONG)."""
    try:
        kept = clean(text, length_max=REASON_LENGTH_MAX)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field="reason", length_max=REASON_LENGTH_MAX) from None
    if not kept:
        raise Refused(Refusal.REASON_REQUIRED, field="reason")
    return kept


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_serial')")
        row = cursor.fetchone()
    return int(row[0])


def _flip(s: Step, need: UUID, old: str, new: str, *, event: str, reason: str = "") -> None:
    NeedFlip.objects.create(need_id=need, old=old, new=new, event=event, reason=reason, actor_ref=s.actor.ref, at=s.now)


def _start_clock(need: UUID, kind: ClockKind, level: Level, *, at: datetime, plan: ClockPlan) -> datetime:
    due = at + plan.at(kind, level)
    Clock.objects.create(need_id=need, kind=kind.value, level=level.value, started_at=at, due_at=due)
    return due


def _check_draft(draft: NeedDraft, now: datetime, wanted_days_max: int) -> None:
    service = catalogue().get(draft.service)
    if service is None:
        raise Refused(Refusal.SERVICE_UNKNOWN, field="service")
    if service.special and not open_here(draft.service, draft.community):
        raise Refused(Refusal.SERVICE_NOT_HERE, field="service")
    if draft.wanted_until is not None and draft.wanted_until <= max(now, draft.wanted_from or now):
        raise Refused(Refusal.TIME_PAST, field="wanted_until")
    if draft.wanted_from is not None and draft.wanted_from > now + timedelta(days=wanted_days_max):
        raise Refused(Refusal.TIME_TOO_FAR, field="wanted_from")


def open_need(s: Step, draft: NeedDraft, plan: ClockPlan, *, wanted_days_max: int) -> Opened:
    """Open a need at its community with both clocks running; return what was promised.

    Raises Refused(SERVICE_UNKNOWN, SERVICE_NOT_HERE, TIME_PAST, TIME_TOO_FAR).
    """
    _check_draft(draft, s.now, wanted_days_max)
    service = catalogue()[draft.service]
    serial = _next_serial()
    number = readable(serial)
    alike = duplicates(draft, likely_same(draft.community, draft.service), s.now)
    follow = new_token() if draft.asker is None and draft.sheet is not None else None
    Need.objects.create(
        id=draft.id, serial=serial, number=number, service=draft.service, place_code=draft.place, community_code=draft.community,
        asker=draft.asker, sheet_id=draft.sheet, entered_by=draft.entered_by, channel=draft.channel, urgent=draft.urgent,
        group=draft.group or "", level=Level.COMMUNITY.value, state=State.OPEN.value, first_receiver=draft.community,
        words_sealed=draft.words_sealed, follow_hash=token_hash(follow) if follow else None, wanted_from=draft.wanted_from,
        wanted_until=draft.wanted_until, minutes_estimated=service.minutes, same_sex=draft.same_sex or service.same_sex,
        sex_of_asker=draft.sex_of_asker, language=draft.language, occurred_at=s.now, recorded_at=s.now,
    )  # fmt: skip
    _flip(s, draft.id, "", State.OPEN.value, event="open")
    answer_by = _start_clock(draft.id, ClockKind.ANSWER, Level.COMMUNITY, at=s.now, plan=plan)
    _start_clock(draft.id, ClockKind.HANDLE, Level.COMMUNITY, at=s.now, plan=plan)
    s.record(
        "need:opened", place=draft.community,
        payload={"need": str(draft.id), "service": draft.service, "channel": draft.channel, "answer_by": answer_by.isoformat()},
    )  # fmt: skip
    return Opened(draft.id, number, draft.service, answer_by, plan.answer_minutes, alike, follow)


def _locked(need: UUID) -> Need:
    row = Need.objects.select_for_update().filter(pk=need).first()
    if row is None:
        raise NotFound
    return row


def _stop(need: UUID, now: datetime, kind: ClockKind | None = None) -> None:
    clocks = Clock.objects.filter(need_id=need, stopped_at=None, fired_at=None)
    (clocks.filter(kind=kind.value) if kind else clocks).update(stopped_at=now)


def answer(s: Step, need: UUID) -> bool:
    """Stop the answer clock: somebody has taken it up. Returns False where it was answered before."""
    row = _locked(need)
    if row.answered_at is not None:
        return False
    late = Clock.objects.filter(need=row, kind=ClockKind.ANSWER.value, fired_at__isnull=False).exists()
    overdue = Clock.objects.filter(need=row, kind=ClockKind.ANSWER.value, fired_at=None, paused_at=None, due_at__lt=s.now).exists()
    Need.objects.filter(pk=need).update(answered_at=s.now, answered_in_time=not (late or overdue))
    _stop(need, s.now, ClockKind.ANSWER)
    _flip(s, need, row.state, row.state, event="answer")
    s.record("need:answered", place=row.community_code, payload={"need": str(need), "in_time": not (late or overdue), "level": row.level})
    return True


_KINDS = {"withdraw": "need:withdrawn", "refer": "need:referred", "reopen": "need:reopened", "confirm": "need:closed", "settle": "need:closed"}


def move(
    s: Step, need: UUID, event: str, *, reason: str = "", plan: ClockPlan | None = None, changes: Mapping[str, Any] | None = None
) -> State:
    """Move a need by one event; ending stops its clocks, reopening starts them again (needs `plan`).

    Raises NotFound, Refused(STATE_FORBIDS) where the event is not allowed in its state.
    """
    row = _locked(need)
    old = State(row.state)
    new = moved(old, event)
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    update: dict[str, Any] = {"state": new.value, **(changes or {})}
    if new in ENDED:
        handled = not Clock.objects.filter(need=row, kind=ClockKind.HANDLE.value, fired_at__isnull=False).exists()
        update |= {"ended_at": s.now, "handled_in_time": handled}
        _stop(need, s.now)
    if event == "reopen":
        update |= {"ended_at": None, "handled_in_time": None, "answered_at": None, "answered_in_time": None, "level": Level.COMMUNITY.value}
    Need.objects.filter(pk=need).update(**update)
    if event == "reopen" and plan is not None:
        _start_clock(need, ClockKind.ANSWER, Level.COMMUNITY, at=s.now, plan=plan)
        _start_clock(need, ClockKind.HANDLE, Level.COMMUNITY, at=s.now, plan=plan)
    _flip(s, need, old.value, new.value, event=event, reason=reason)
    if event in _KINDS:
        s.record(_KINDS[event], place=row.community_code, payload={"need": str(need), "event": event})
    return new


def pause(s: Step, need: UUID, reason: str) -> None:
    """Pause the running clocks for a recorded reason. Raises Refused(REASON_REQUIRED, STATE_FORBIDS)."""
    kept = reason_of(reason)
    row = _locked(need)
    if not Clock.objects.filter(need=row, stopped_at=None, fired_at=None, paused_at=None).update(paused_at=s.now, pause_reason=kept):
        raise Refused(Refusal.STATE_FORBIDS)
    _flip(s, need, row.state, row.state, event="pause", reason=kept)


def resume(s: Step, need: UUID) -> None:
    """Let paused clocks run on; each deadline moves by the length of its pause. Raises Refused(STATE_FORBIDS)."""
    row = _locked(need)
    clocks = list(Clock.objects.select_for_update().filter(need=row, stopped_at=None, fired_at=None, paused_at__isnull=False))
    if not clocks:
        raise Refused(Refusal.STATE_FORBIDS)
    for clock in clocks:
        paused_at = clock.paused_at or s.now
        Clock.objects.filter(pk=clock.pk).update(paused_at=None, due_at=due_after_pause(clock.due_at, paused_at, s.now))
    _flip(s, need, row.state, row.state, event="resume")


def fire(s: Step, clock_id: int, plan: ClockPlan) -> Escalated | None:
    """Fire a clock that ran out: once, whoever races; the need goes a level up and the next level's clock starts.

    Returns None where the clock was stopped, paused or fired in the meantime.
    """
    clock = Clock.objects.filter(pk=clock_id).first()
    if clock is None:
        raise NotFound
    row = _locked(clock.need_id)
    won = Clock.objects.filter(pk=clock_id, fired_at=None, stopped_at=None, paused_at=None, due_at__lte=s.now).update(fired_at=s.now)
    if not won:
        return None
    kind, old = ClockKind(clock.kind), Level(row.level)
    # Each clock lifts the need one level above its own; two clocks at one moment lift it once.
    new = NEXT_LEVEL[Level(clock.level)]
    order = list(Level)
    new = max(old, new, key=order.index)
    Need.objects.filter(pk=row.pk).update(level=new.value)
    _start_clock(row.pk, kind, new, at=s.now, plan=plan)
    _flip(s, row.pk, row.state, row.state, event="escalate", reason=f"{kind.value}:{clock.level}")
    s.record(
        "need:escalated", place=row.community_code,
        payload={"need": str(row.pk), "clock": kind.value, "from": clock.level, "to": new.value},
    )  # fmt: skip
    return Escalated(
        row.pk, row.number, kind, row.asker, Level(clock.level), new, level_place(row.community_code, Level(clock.level)),
        level_place(row.community_code, new), row.community_code,
    )  # fmt: skip


def dispatch(s: Step, need: UUID, to_place: str, reason: str) -> None:
    """Send a need that came up to a community below; the first receiver keeps its duty. Raises Refused(STATE_FORBIDS)."""
    row = _locked(need)
    if State(row.state) not in (State.OPEN, State.OFFERED):
        raise Refused(Refusal.STATE_FORBIDS)
    Need.objects.filter(pk=need).update(dispatched_to=to_place)
    _flip(s, need, row.state, row.state, event="dispatch", reason=reason_of(reason))
    s.record("need:dispatched", place=row.community_code, payload={"need": str(need), "to": to_place})


def object_to(s: Step, need: UUID, reason: str, *, minutes: int) -> UUID:
    """Object to a dispatch; the level above reviews it within `minutes`. Raises Refused(STATE_FORBIDS, OBJECTION_OPEN)."""
    row = _locked(need)
    if not row.dispatched_to:
        raise Refused(Refusal.STATE_FORBIDS)
    if Objection.objects.filter(need=row, settled_at=None).exists():
        raise Refused(Refusal.OBJECTION_OPEN)
    pk = new_id(s.now)
    Objection.objects.create(
        id=pk, need=row, place_code=row.dispatched_to, reason=reason_of(reason), made_at=s.now, due_at=s.now + timedelta(minutes=minutes)
    )
    _flip(s, need, row.state, row.state, event="object", reason=reason_of(reason))
    s.record("need:objection:made", place=row.community_code, payload={"need": str(need), "objection": str(pk)})
    return pk


def settle_objection(s: Step, need: UUID, *, upheld: bool, reason: str) -> None:
    """Settle the open objection; an upheld one takes the dispatch back. Raises Refused(STATE_FORBIDS) where none is open."""
    row = _locked(need)
    kept = reason_of(reason)
    if not Objection.objects.filter(need=row, settled_at=None).update(settled_at=s.now, upheld=upheld, settled_reason=kept):
        raise Refused(Refusal.STATE_FORBIDS)
    if upheld:
        Need.objects.filter(pk=need).update(dispatched_to="")
    _flip(s, need, row.state, row.state, event="uphold" if upheld else "overrule", reason=kept)
    s.record("need:objection:settled", place=row.community_code, payload={"need": str(need), "upheld": upheld})


def issue_sheet(s: Step, place: str, label: str, *, household: UUID | None = None) -> tuple[UUID, str]:
    """Issue a need-code sheet; return its id and the token for its QR (told once, kept as a hash)."""
    pk, token = new_id(s.now), new_token(18)
    CodeSheet.objects.create(
        id=pk, token_hash=token_hash(token), place_code=place, household=household, label=clean(label, length_max=80),
        issued_at=s.now, issued_by=s.actor.person,
    )  # fmt: skip
    return pk, token


def revoke_sheet(s: Step, sheet: UUID) -> None:
    """Take a sheet out of use; its code answers like an unknown one from now. Raises NotFound."""
    if not CodeSheet.objects.filter(pk=sheet, revoked_at=None).update(revoked_at=s.now):
        raise NotFound


def declare_service(s: Step, service: str, community: str) -> None:
    """Declare a special service for a community. Raises Refused(SERVICE_UNKNOWN)."""
    known = catalogue().get(service)
    if known is None or not known.special:
        raise Refused(Refusal.SERVICE_UNKNOWN, field="service")
    ServiceHere.objects.get_or_create(service=service, place_code=community, ended_at=None, defaults={"declared_at": s.now})


def approve_service(s: Step, service: str, community: str) -> None:
    """Approve a declared service; residents can ask for it from now. Raises NotFound where it was not declared."""
    if not ServiceHere.objects.filter(service=service, place_code=community, ended_at=None, approved_at=None).update(approved_at=s.now):
        raise NotFound

