"""Needs with their flips, clocks, objections, need-code sheets and the specials a community declared.

Flips are never changed, a clock's deadline never comes nearer, a clock that ended stays ended: triggers hold that (0002_guards).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.help.needs.catalogue import MINUTES_MAX, MINUTES_MIN
from linli.help.needs.core import ENDED, ClockKind, Level, State
from linli.kernel.actor import Channel

STATES = [s.value for s in State]
LIVE_STATES = [s.value for s in State if s not in ENDED]
PEOPLE_MAX = 20


class CodeSheet(models.Model):
    """A printed need-code sheet of a building or a household; its token is kept as a hash only."""

    id = models.UUIDField(primary_key=True)
    token_hash = models.CharField(max_length=64, unique=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    household = models.UUIDField(null=True)
    label = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="sheet_place")]


class Need(models.Model):
    """One request for a service. `community_code` answers first and keeps the duty; `dispatched_to` is where it was sent, if anywhere."""

    id = models.UUIDField(primary_key=True)
    serial = models.BigIntegerField(unique=True)
    number = models.CharField(max_length=12, unique=True)
    service = models.CharField(max_length=40)
    place_code = models.CharField(max_length=24, db_collation="C")
    community_code = models.CharField(max_length=12, db_collation="C")
    asker = models.UUIDField(null=True)
    sheet = models.ForeignKey(CodeSheet, null=True, on_delete=models.PROTECT)
    entered_by = models.UUIDField(null=True)
    channel = models.CharField(max_length=8)
    urgent = models.BooleanField(default=False)
    group = models.CharField(max_length=20, default="")
    level = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    first_receiver = models.CharField(max_length=12, db_collation="C")
    dispatched_to = models.CharField(max_length=24, db_collation="C", default="")
    words_sealed = models.BinaryField(null=True)
    follow_hash = models.CharField(max_length=64, null=True, unique=True)
    wanted_from = models.DateTimeField(null=True)
    wanted_until = models.DateTimeField(null=True)
    minutes_estimated = models.PositiveIntegerField()
    people_needed = models.PositiveSmallIntegerField(default=1)
    same_sex = models.BooleanField(default=False)
    sex_of_asker = models.CharField(max_length=1, default="")
    language = models.CharField(max_length=10, default="")
    referred_to = models.CharField(max_length=20, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_in_time = models.BooleanField(null=True)
    finished_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    handled_in_time = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["community_code", "state"], name="need_community"),
            models.Index(fields=["community_code", "recorded_at"], name="need_community_at"),
            models.Index(fields=["dispatched_to"], name="need_dispatched", condition=~Q(dispatched_to="")),
            models.Index(fields=["asker", "-recorded_at"], name="need_asker"),
            models.Index(fields=["finished_at"], name="need_finished", condition=Q(state=State.FINISHED.value)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="need_state"),
            models.CheckConstraint(condition=Q(level__in=[x.value for x in Level]), name="need_level"),
            models.CheckConstraint(condition=Q(channel__in=[x.value for x in Channel]), name="need_channel"),
            models.CheckConstraint(condition=Q(minutes_estimated__range=(MINUTES_MIN, MINUTES_MAX)), name="need_minutes"),
            models.CheckConstraint(condition=Q(people_needed__range=(1, PEOPLE_MAX)), name="need_people"),
            models.CheckConstraint(
                condition=Q(wanted_from=None) | Q(wanted_until=None) | Q(wanted_until__gt=F("wanted_from")), name="need_wanted"
            ),
            models.CheckConstraint(condition=Q(occurred_at__lte=F("recorded_at")), name="need_occurred"),
            models.CheckConstraint(
                condition=Q(ended_at=None, state__in=LIVE_STATES) | Q(ended_at__isnull=False, state__in=[s.value for s in ENDED]),
                name="need_ended",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_in_time=None) | Q(answered_at__isnull=False, answered_in_time__isnull=False),
                name="need_answered",
            ),
            models.CheckConstraint(condition=~Q(state=State.REFERRED.value) | ~Q(referred_to=""), name="need_referred"),
            models.CheckConstraint(condition=Q(place_code__startswith=F("community_code")), name="need_place"),
            models.CheckConstraint(condition=Q(sex_of_asker__in=["", "f", "m"]), name="need_sex"),
        ]


class NeedFlip(models.Model):
    """One change of state, level or duty of a need: a row, never an edit."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="flips")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    event = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, default="")
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["need", "at"], name="needflip_need"), models.Index(fields=["at"], name="needflip_at")]
        constraints = [
            models.CheckConstraint(condition=Q(new__in=STATES) & (Q(old="") | Q(old__in=STATES)), name="needflip_states"),
        ]


class Clock(models.Model):
    """One running deadline. It stops, or fires once; a pause needs a reason and moves the deadline by its length."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=8)
    level = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, default="")
    paused_total_s = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="clock_running", condition=Q(stopped_at=None, fired_at=None, paused_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ClockKind]), name="clock_kind"),
            models.CheckConstraint(condition=Q(level__in=[x.value for x in Level]), name="clock_level"),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="clock_due"),
            models.CheckConstraint(condition=Q(paused_at=None) | ~Q(pause_reason=""), name="clock_paused"),
            models.CheckConstraint(condition=Q(stopped_at=None) | Q(fired_at=None), name="clock_one_end"),
            models.CheckConstraint(condition=Q(fired_at=None) | Q(paused_at=None), name="clock_paused_never_fires"),
            models.CheckConstraint(condition=Q(fired_at=None) | Q(fired_at__gte=F("due_at")), name="clock_fired_when_due"),
            # Stronger than one per level: a need has one answer clock and one handle clock running, at the level that answers for it.
            models.UniqueConstraint(fields=["need", "kind"], condition=Q(stopped_at=None, fired_at=None), name="clock_one_running"),
        ]


class Likeness(models.Model):
    """Two needs that looked like the same thing when the later one was opened. Shown, never acted upon."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="likenesses")
    other = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "other"], name="likeness_once"),
            models.CheckConstraint(condition=~Q(need=F("other")), name="likeness_two"),
        ]


class Objection(models.Model):
    """A community's objection to a dispatch, reviewed by the level above within a clock; an overdue review goes one level further up."""

    id = models.UUIDField(primary_key=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="objections")
    place_code = models.CharField(max_length=24, db_collation="C")
    reviewer = models.CharField(max_length=12, db_collation="C")
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    settled_reason = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="objection_due", condition=Q(settled_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["need"], condition=Q(settled_at=None), name="objection_one_open"),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_reason"),
            models.CheckConstraint(condition=Q(due_at__gt=F("made_at")), name="objection_due_later"),
            models.CheckConstraint(
                condition=Q(settled_at=None, upheld=None) | Q(settled_at__isnull=False, upheld__isnull=False),
                name="objection_settled",
            ),
        ]


class ServiceHere(models.Model):
    """A special service that a community declared; open to residents once the level above approved it."""

    service = models.CharField(max_length=40)
    place_code = models.CharField(max_length=24, db_collation="C")
    declared_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "place_code"], condition=Q(ended_at=None), name="service_here_once"),
        ]
