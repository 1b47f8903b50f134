"""Which holds and transfers of the ledger belong to which visit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.value.timebank.core import Side

SIDES = [side.value for side in Side]


class VisitHours(models.Model):
    """One round of a visit's hours: held, then posted or voided. A correction takes the round back and begins the next."""

    class State(models.TextChoices):
        """How a round stands."""

        HELD = "held"
        POSTED = "posted"
        VOIDED = "voided"
        CORRECTED = "corrected"

    visit = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    helper = models.UUIDField()
    receiver = models.UUIDField(null=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    counts = models.BooleanField()
    state = models.CharField(max_length=9)
    posted_minutes = models.PositiveIntegerField(null=True)
    honour_minutes = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "round"], name="timebank_visit_round"),
            # At most one round of a visit counts: a second posting of the same visit can not be written.
            models.UniqueConstraint(fields=["visit"], name="timebank_visit_one_live", condition=Q(state__in=["held", "posted"])),
            models.CheckConstraint(condition=Q(state__in=["held", "posted", "voided", "corrected"]), name="timebank_visit_state"),
            models.CheckConstraint(condition=Q(receiver__isnull=True) | ~Q(receiver=F("helper")), name="timebank_visit_two_people"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True) | (~Q(state="held") & Q(ended_at__isnull=False)),
                name="timebank_visit_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["posted", "corrected"], posted_minutes__isnull=False)
                | Q(state__in=["held", "voided"], posted_minutes__isnull=True),
                name="timebank_visit_minutes",
            ),
        ]
        indexes = [models.Index(fields=["helper", "recorded_at"], name="timebank_visit_helper")]


class VisitPart(models.Model):
    """One movement of a round: a hold, the transfer that posted it, or a transfer made at once. Ids are the ledger's, opaque here."""

    hours = models.ForeignKey(VisitHours, models.PROTECT, related_name="parts")
    hold = models.UUIDField(null=True, unique=True)
    transfer = models.UUIDField(null=True, unique=True)
    debit = models.CharField(max_length=8)
    credit = models.CharField(max_length=8)
    minutes = models.PositiveIntegerField()
    posted_minutes = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hold__isnull=False) | Q(transfer__isnull=False), name="timebank_part_moves"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="timebank_part_positive"),
            models.CheckConstraint(
                condition=Q(debit__in=SIDES, credit__in=SIDES) & ~Q(debit=F("credit")) & ~Q(debit=Side.HELPER.value),
                name="timebank_part_sides",
            ),
            models.CheckConstraint(
                condition=Q(transfer__isnull=True, posted_minutes__isnull=True)
                | Q(transfer__isnull=False, posted_minutes__gt=0, posted_minutes__lte=F("minutes")),
                name="timebank_part_posted",
            ),
            # Said by itself: the check above comes to NULL, and so lets pass, where only one of the two is NULL.
            models.CheckConstraint(
                condition=Q(transfer__isnull=True, posted_minutes__isnull=True) | Q(transfer__isnull=False, posted_minutes__isnull=False),
                name="timebank_part_said",
            ),
        ]
