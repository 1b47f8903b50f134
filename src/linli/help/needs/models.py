"""Needs with their flips, clocks, objections, need-code sheets and the specials a community declared."""

from __future__ import annotations

from django.db import models

from linli.help.needs.core import ClockKind, Level, State

STATES = [s.value for s in State]


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
    """One request for a service."""

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
    same_sex = models.BooleanField(default=False)
    sex_of_asker = models.CharField(max_length=1, default="")
    language = models.CharField(max_length=10, default="")
    referred_to = models.CharField(max_length=20, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_in_time = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True)
    handled_in_time = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["community_code", "state"], name="need_community"),
            models.Index(fields=["asker", "-recorded_at"], name="need_asker"),
            models.Index(fields=["sheet"], name="need_sheet"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="need_state"),
            models.CheckConstraint(condition=models.Q(level__in=[x.value for x in Level]), name="need_level"),
            models.CheckConstraint(condition=models.Q(minutes_estimated__range=(5, 1440)), name="need_minutes"),
            models.CheckConstraint(
                condition=models.Q(wanted_from=None) | models.Q(wanted_until=None) | models.Q(wanted_until__gt=models.F("wanted_from")),
                name="need_wanted",
            ),
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


class Clock(models.Model):
    """One running deadline. It stops, or fires once; a pause needs a reason and moves the deadline by its length."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=8)
    level = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, default="")
    stopped_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="clock_running", condition=models.Q(stopped_at=None, fired_at=None, paused_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=[k.value for k in ClockKind]), name="clock_kind"),
            models.CheckConstraint(condition=models.Q(due_at__gt=models.F("started_at")), name="clock_due"),
            models.UniqueConstraint(
                fields=["need", "kind"], condition=models.Q(stopped_at=None, fired_at=None), name="clock_one_running"
            ),
        ]


class Objection(models.Model):
    """A community's objection to a dispatch, reviewed by the level above within a clock."""

    id = models.UUIDField(primary_key=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="objections")
    place_code = models.CharField(max_length=24, db_collation="C")
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    settled_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need"], condition=models.Q(settled_at=None), name="objection_one_open"),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, upheld=None) | models.Q(settled_at__isnull=False, upheld__isnull=False),
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
            models.UniqueConstraint(fields=["service", "place_code"], condition=models.Q(ended_at=None), name="service_here_once")
        ]
