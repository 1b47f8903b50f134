"""Offers and visits with their flips and checklists. The database refuses a double booking (see the first migration)."""

from __future__ import annotations

from django.db import models

from linli.help.visits.core import DONE, SEATS_MAX, OfferState, VisitState, Way

DONE_STATES = [s.value for s in DONE]
MINUTES_MAX = 1440  # a day, as for needs and claims


def _minutes_and_ways() -> list[models.BaseConstraint]:
    def minutes(name: str, low: int) -> models.Q:
        return models.Q((name, None)) | models.Q((f"{name}__range", (low, MINUTES_MAX)))

    return [
        models.CheckConstraint(
            condition=models.Q(minutes_estimated__range=(1, MINUTES_MAX))
            & minutes("helper_minutes", 1)
            & minutes("resident_minutes", 1)
            & minutes("minutes_final", 0),
            name="visit_minutes",
        ),
        models.CheckConstraint(
            condition=models.Q(check_in_way__in=["", Way.CODE.value])
            | models.Q(check_in_way=Way.PAPER.value, called_back_at__isnull=False),
            name="visit_check_in_way",
        ),
        models.CheckConstraint(
            condition=models.Q(resident_way="", resident_minutes=None)
            | models.Q(resident_way__in=[Way.SELF.value, Way.GUARDIAN.value, Way.CALL_BACK.value], resident_minutes__isnull=False),
            name="visit_resident_way",
        ),
    ]


def _two_together() -> list[models.BaseConstraint]:
    live = models.Q(state__in=["waiting", "booked", "checked_in", "checked_out", "disputed"])
    return [
        # One live visit of a need in each seat; only visits that go together have a second seat.
        models.UniqueConstraint(fields=["need", "seat"], condition=live, name="visit_one_live"),
        models.UniqueConstraint(fields=["need", "helper"], condition=live, name="visit_two_helpers"),
        models.CheckConstraint(
            condition=models.Q(seat=1) | models.Q(seat__range=(2, SEATS_MAX), together__isnull=False), name="visit_seat"
        ),
        # Who waits for the other has a clock, and nobody else.
        models.CheckConstraint(
            condition=models.Q(state="waiting", together__isnull=False, waits_until__isnull=False)
            | ~models.Q(state="waiting") & models.Q(waits_until=None),
            name="visit_waits",
        ),
    ]


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
    again_at = models.DateTimeField(null=True)  # from then on the same helper may be asked for the same need again

    class Meta:
        indexes = [
            models.Index(fields=["helper", "state"], name="offer_helper"),
            models.Index(fields=["need"], name="offer_need"),
            models.Index(fields=["expires_at"], name="offer_expiry", condition=models.Q(state="made")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in OfferState]), name="offer_state"),
            models.UniqueConstraint(fields=["need", "helper"], condition=models.Q(state__in=["made", "accepted"]), name="offer_once"),
            models.CheckConstraint(condition=models.Q(resident=None) | ~models.Q(resident=models.F("helper")), name="offer_two_people"),
            models.CheckConstraint(condition=models.Q(minutes_estimated__range=(1, MINUTES_MAX)), name="offer_minutes"),
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("made_at")), name="offer_lives"),
            models.CheckConstraint(condition=models.Q(state="made", answered_at=None) | ~models.Q(state="made"), name="offer_answered"),
        ]


class Visit(models.Model):
    """The helping itself: one helper's part of it. Two who go together have a visit each, with `together` and the number for the door in common."""

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
    together = models.UUIDField(null=True)  # common to the two who go together; NULL for one who goes alone
    seat = models.PositiveSmallIntegerField(default=1)
    waits_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["together"], name="visit_together", condition=models.Q(together__isnull=False)),
            models.Index(fields=["waits_until"], name="visit_waiting", condition=models.Q(state="waiting")),
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
            *_two_together(),
            *_minutes_and_ways(),
            # A helper can not confirm alone, whatever a program does: both claims stand there, the resident's not from the helper.
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | models.Q(helper_minutes__isnull=False, resident_minutes__isnull=False),
                name="visit_both_said",
            ),
            models.CheckConstraint(
                condition=models.Q(resident_by=None) | ~models.Q(resident_by=models.F("helper")), name="visit_not_by_helper"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["checked_in", "checked_out", "confirmed"]) | models.Q(checked_in_at__isnull=False),
                name="visit_was_there",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["checked_out", "confirmed"])
                | models.Q(checked_out_at__isnull=False, checked_out_at__gte=models.F("checked_in_at")),
                name="visit_was_left",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DONE_STATES, minutes_final__isnull=False, done_at__isnull=False)
                | ~models.Q(state__in=DONE_STATES) & models.Q(minutes_final=None, done_at=None),
                name="visit_done",
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
