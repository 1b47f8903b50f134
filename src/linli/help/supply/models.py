"""Helpers, their certificates, blocked pairs and what they refused."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from linli.help.supply.core import CERTIFICATES, RADIUS_METRES_MAX, RADIUS_METRES_MIN


class Helper(models.Model):
    """A volunteer on the register; the person's own data stays in people."""

    person = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    skills = ArrayField(models.CharField(max_length=20))
    languages = ArrayField(models.CharField(max_length=10), default=list)
    slots = models.JSONField(default=list)
    radius_metres = models.IntegerField()
    sex = models.CharField(max_length=1, default="")
    minor = models.BooleanField(default=False)
    lat_micro = models.IntegerField(null=True)
    lon_micro = models.IntegerField(null=True)
    paused = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="helper_place"), GinIndex(fields=["skills"], name="helper_skills")]
        constraints = [
            models.CheckConstraint(condition=models.Q(radius_metres__range=(RADIUS_METRES_MIN, RADIUS_METRES_MAX)), name="helper_radius"),
            models.CheckConstraint(condition=models.Q(skills__len__gt=0), name="helper_has_skill"),
            models.CheckConstraint(condition=models.Q(sex__in=["", "f", "m"]), name="helper_sex"),
            models.CheckConstraint(
                condition=models.Q(lat_micro=None, lon_micro=None)
                | models.Q(
                    # Not NULL is said, because a check that comes to NULL lets a row pass.
                    lat_micro__isnull=False,
                    lon_micro__isnull=False,
                    lat_micro__range=(-90_000_000, 90_000_000),
                    lon_micro__range=(-180_000_000, 180_000_000),
                ),
                name="helper_point",
            ),
        ]


class Certificate(models.Model):
    """A certificate a worker saw; its number is kept as a hash."""

    helper = models.ForeignKey(Helper, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=20)
    number_hash = models.CharField(max_length=64)
    valid_until = models.DateField()
    checked_by = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["helper", "kind", "number_hash"], name="certificate_once"),
            models.CheckConstraint(condition=models.Q(kind__in=CERTIFICATES), name="certificate_kind"),
            models.CheckConstraint(condition=~models.Q(checked_by=models.F("helper")), name="certificate_by_another"),
        ]


class BlockedPair(models.Model):
    """Two people between whom no visit is arranged; either may say so, nobody is told the reason."""

    person = models.UUIDField()
    other = models.UUIDField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], condition=models.Q(ended_at=None), name="blocked_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("other")), name="blocked_two"),
        ]


class Refused(models.Model):
    """A helper declined a service; too many in a short time and matching asks somebody else for a while."""

    helper = models.UUIDField()
    service = models.CharField(max_length=40)
    reason = models.CharField(max_length=120, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["helper", "-at"], name="refused_helper")]
