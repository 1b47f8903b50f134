"""What the verbs of this room are made of: rows made and locked, drafts checked, clocks started and stopped. Not called from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from linli.help.needs.catalogue import MINUTES_MAX, MINUTES_MIN, catalogue
from linli.help.needs.core import ClockKind, Level, NeedDraft, State, moved, rest_of
from linli.help.needs.models import PEOPLE_MAX, Clock, Need, NeedFlip
from linli.help.needs.reads import open_count_of, open_here
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import readable
from linli.kernel.step import Step
from linli.kernel.text import clean

COMMUNITY_DIGITS = 12


def short(text: str, field: str, length_max: int) -> str:
    """Return cleaned text. Raises Refused(INPUT_TOO_LONG) naming the field."""
    try:
        return clean(text, length_max=length_max)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=length_max) from None


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_row(s: Step, draft: NeedDraft, serial: int, follow: str | None) -> Need:
    """Return the unsaved row of a draft."""
    service = catalogue()[draft.service]
    return Need(
        id=draft.id, serial=serial, number=readable(serial), service=draft.service, place_code=draft.place,
        community_code=draft.community, asker=draft.asker, sheet_id=draft.sheet, entered_by=draft.entered_by, channel=draft.channel,
        urgent=draft.urgent, group=draft.group or "", level=Level.COMMUNITY.value,
        state=(State.REFERRED if draft.emergency else State.OPEN).value, first_receiver=draft.community,
        words_sealed=draft.words_sealed, follow_hash=token_hash(follow) if follow else None, wanted_from=draft.wanted_from,
        wanted_until=draft.wanted_until, minutes_estimated=draft.minutes or service.minutes, people_needed=draft.people_needed,
        same_sex=draft.same_sex or service.same_sex, sex_of_asker=draft.sex_of_asker, language=draft.language,
        referred_to=draft.emergency, occurred_at=draft.occurred_at or s.now, recorded_at=s.now,
        ended_at=s.now if draft.emergency else None,
    )  # fmt: skip


def next_serial() -> int:
    """Return the next number of a need; numbers are read aloud, so they begin where they have five letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_serial')")
        row = cursor.fetchone()
    return int(row[0])


def check_draft(draft: NeedDraft, now: datetime, wanted_days_max: int) -> None:
    """Raise Refused for the first thing wrong with a draft; see `verbs.open_need`."""
    service = catalogue().get(draft.service)
    if service is None:
        raise Refused(Refusal.SERVICE_UNKNOWN, field="service")
    if len(draft.community) != COMMUNITY_DIGITS or not draft.place.startswith(draft.community):
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    if service.special and not open_here(draft.service, draft.community):
        raise Refused(Refusal.SERVICE_NOT_HERE, field="service")
    _check_times(draft, now, wanted_days_max)
    if draft.minutes is not None and not MINUTES_MIN <= draft.minutes <= MINUTES_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="minutes")
    if not 1 <= draft.people_needed <= PEOPLE_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="people_needed")


def _check_times(draft: NeedDraft, now: datetime, wanted_days_max: int) -> None:
    if draft.wanted_until is not None and draft.wanted_until <= max(now, draft.wanted_from or now):
        raise Refused(Refusal.TIME_PAST, field="wanted_until")
    if draft.wanted_from is not None and draft.wanted_from > now + timedelta(days=wanted_days_max):
        raise Refused(Refusal.TIME_TOO_FAR, field="wanted_from")
    if draft.occurred_at is not None and draft.occurred_at > now:
        raise Refused(Refusal.INPUT_INVALID, field="occurred_at")


def check_open_count(draft: NeedDraft, open_max: int) -> None:
    """Raise Refused(TOO_MANY_OPEN) where the asker, or the sheet, has `open_max` live needs. A worker who enters for a caller has no limit."""
    # Two taps at once would both see one too few: whoever comes second waits for the first one's commit.
    if draft.asker is None and draft.sheet is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"linli.needs.open:{draft.asker or draft.sheet}"])
    if open_count_of(asker=draft.asker, sheet=draft.sheet) >= open_max:
        raise Refused(Refusal.TOO_MANY_OPEN, limit=open_max)


def locked(need: UUID) -> Need:
    """Return a need with its row locked. Raises NotFound."""
    row = Need.objects.select_for_update().filter(pk=need).first()
    if row is None:
        raise NotFound
    return row


def after(row: Need, event: str) -> State:
    """Return the state after `event`. Raises Refused(STATE_FORBIDS)."""
    new = moved(State(row.state), event)
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    return new


def stop(need: UUID, now: datetime, kind: ClockKind | None = None) -> None:
    """Stop the running clocks of a need, or those of one kind."""
    clocks = Clock.objects.filter(need_id=need, stopped_at=None, fired_at=None)
    (clocks.filter(kind=kind.value) if kind else clocks).update(stopped_at=now)


def kept_promise(need: UUID, now: datetime, kind: ClockKind, *, since: datetime) -> bool:
    """Tell whether the promise of `kind` holds now: no clock of it fired since the need was opened, none is past its time."""
    clocks = Clock.objects.filter(need_id=need, kind=kind.value, started_at__gte=since)
    broken = clocks.filter(fired_at__isnull=False) | clocks.filter(fired_at=None, stopped_at=None, paused_at=None, due_at__lt=now)
    return not broken.exists()


def opened_at(row: Need) -> datetime:
    """Return since when promises count: the opening, or the last reopening."""
    # After a reopening the promise counts from there.
    again = NeedFlip.objects.filter(need=row, event="reopen").order_by("-at").values_list("at", flat=True).first()
    return again or row.recorded_at


def flip(s: Step, need: UUID, old: str, new: str, *, event: str, reason: str = "") -> None:
    """Leave the row of a change, or of something noted without one."""
    NeedFlip.objects.create(need_id=need, old=old, new=new, event=event, reason=reason, actor_ref=s.actor.ref, at=s.now)


def start_clock(s: Step, need: UUID, kind: ClockKind, level: Level, *, lasts: timedelta) -> datetime:
    """Start a clock now and return when it runs out."""
    return start_clocks(s, need, level, {kind: lasts})[kind]


def start_clocks(s: Step, need: UUID, level: Level, lasts: Mapping[ClockKind, timedelta]) -> dict[ClockKind, datetime]:
    """Start clocks now, in one statement, and return when each runs out."""
    due = {kind: s.now + span for kind, span in lasts.items()}
    Clock.objects.bulk_create(
        Clock(need_id=need, kind=kind.value, level=level.value, started_at=s.now, due_at=at) for kind, at in due.items()
    )
    return due


def run_on(s: Step, row: Need) -> None:
    """Let a stopped handle clock run on with what it had left: a dispute waits for nobody's pleasure."""
    clocks = Clock.objects.filter(need=row, kind=ClockKind.HANDLE.value)
    if clocks.filter(stopped_at=None, fired_at=None).exists():
        return
    last = clocks.filter(stopped_at__isnull=False).order_by("-started_at", "-pk").first()
    if last is not None and last.stopped_at is not None:
        # A clock that was stopped while it stood still had left what it had when it was paused.
        stood = last.paused_at or last.stopped_at
        start_clock(s, row.pk, ClockKind.HANDLE, Level(row.level), lasts=rest_of(last.due_at, stood))
