"""Ratings and rectifications."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.trust.voice.core import State


class Rating(models.Model):
    """One rating of one visit, by the resident's own channel."""

    visit = models.UUIDField(primary_key=True)
    need = models.UUIDField()
    resident = models.UUIDField()
    place_code = models.CharField(max_length=24, db_collation="C")
    service = models.CharField(max_length=40)
    stars = models.PositiveSmallIntegerField()
    tags = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place_code", "at"], name="rating_place")]
        constraints = [models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_stars")]


class Rectification(models.Model):
    """What follows a bad rating: a plan, a proof, and the resident's word on it."""

    id = models.UUIDField(primary_key=True)
    visit = models.UUIDField(unique=True)
    resident = models.UUIDField()
    place_code = models.CharField(max_length=24, db_collation="C")
    service = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    plan = models.CharField(max_length=1000, default="")
    proof = models.CharField(max_length=1000, default="")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "due_at"], name="rectify_place")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="rectify_state"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="rectify_due"),
            models.CheckConstraint(
                condition=Q(state=State.ACCEPTED.value, ended_at__isnull=False) | ~Q(state=State.ACCEPTED.value) & Q(ended_at=None),
                name="rectify_ended",
            ),
            models.CheckConstraint(condition=Q(state=State.OPENED.value) | ~Q(plan=""), name="rectify_has_plan"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SHOWN.value, State.ACCEPTED.value, State.FALSE.value]) | ~Q(proof=""),
                name="rectify_has_proof",
            ),
        ]


class RectificationFlip(models.Model):
    """One change of a rectification."""

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT)
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    event = models.CharField(max_length=10)
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField()
