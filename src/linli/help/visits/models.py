"""Offers and visits with their flips and checklists. The database refuses a double booking (see the first migration)."""

from __future__ import annotations

from django.db import models

from linli.help.visits.core import OfferState, VisitState


class Offer(models.Model):
    """A need offered to one helper, with the reasons why."""

    id = models.UUIDField(primary_key=True)
    need = models.UUIDField()
    helper = models.UUIDField()
    resident = models.UUIDField(null=True)
    service = models.CharField(max_length=40)
    place_code = models.CharField(max_length=24, db_collation="C")
    starts_at = models.DateTimeField()
    minutes_estimated = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    cost = models.IntegerField()
    walk_minutes = models.IntegerField(null=True)
    reasons = models.JSONField()
    by_person = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["helper", "state"], name="offer_helper"),
            models.Index(fields=["need"], name="offer_need"),
            models.Index(fields=["expires_at"], name="offer_expiry", condition=models.Q(state="made")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in OfferState]), name="offer_state"),
            models.UniqueConstraint(fields=["need", "helper"], condition=models.Q(state__in=["made", "accepted"]), name="offer_once"),
        ]


class Visit(models.Model):
    """The helping itself."""

    id = models.UUIDField(primary_key=True)
    need = models.UUIDField()
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT)
    resident = models.UUIDField(null=True)
    helper = models.UUIDField()
    service = models.CharField(max_length=40)
    place_code = models.CharField(max_length=24, db_collation="C")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes_estimated = models.PositiveIntegerField()
    state = models.CharField(max_length=12)
    seed = models.BinaryField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    checked_in_at = models.DateTimeField(null=True)
    check_in_way = models.CharField(max_length=10, default="")
    called_back_at = models.DateTimeField(null=True)
    checked_out_at = models.DateTimeField(null=True)
    helper_minutes = models.PositiveIntegerField(null=True)
    resident_minutes = models.PositiveIntegerField(null=True)
    resident_way = models.CharField(max_length=10, default="")
    resident_by = models.UUIDField(null=True)
    minutes_final = models.PositiveIntegerField(null=True)
    booked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["helper", "starts_at"], name="visit_helper"),
            models.Index(fields=["resident", "-starts_at"], name="visit_resident"),
            models.Index(fields=["need"], name="visit_need"),
            models.Index(fields=["place_code", "starts_at"], name="visit_place"),
            models.Index(fields=["starts_at"], name="visit_booked", condition=models.Q(state="booked")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in VisitState]), name="visit_state"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="visit_span"),
            models.CheckConstraint(condition=models.Q(resident=None) | ~models.Q(resident=models.F("helper")), name="visit_two_people"),
            models.UniqueConstraint(
                fields=["need"], condition=models.Q(state__in=["booked", "checked_in", "checked_out", "disputed"]), name="visit_one_live"
            ),
        ]


class VisitFlip(models.Model):
    """One change of a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="flips")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    event = models.CharField(max_length=12)
    reason = models.CharField(max_length=300, default="")
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField()


class Ticked(models.Model):
    """One checklist item done on a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="ticked")
    item = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="ticked_once")]
