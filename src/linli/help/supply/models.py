"""Helpers, their certificates, blocked pairs and what they refused; things that are lent, who shares them, and their bookings.

The database keeps the calendar itself: triggers (0004_calendar) write a row of `Taken` for each booking that holds a unit and each blackout, and
an exclusion constraint lets no two of them meet, whoever races. No verb writes `Taken`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from linli.help.supply.core.bookings import HOLDING, OUT, Condition, State
from linli.help.supply.core.helpers import CERTIFICATES, RADIUS_METRES_MAX, RADIUS_METRES_MIN
from linli.help.supply.core.things import KINDS, UNITS_MAX

NAME_MAX, NOTE_MAX = 60, 200
HOLDING_STATES, OUT_STATES = [s.value for s in HOLDING], [s.value for s in OUT]


def _point(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(lat_micro=None, lon_micro=None)
        | models.Q(
            # Not NULL is said, because a check that comes to NULL lets a row pass.
            lat_micro__isnull=False,
            lon_micro__isnull=False,
            lat_micro__range=(-90_000_000, 90_000_000),
            lon_micro__range=(-180_000_000, 180_000_000),
        ),
        name=name,
    )


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
            _point("helper_point"),
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


class Alliance(models.Model):
    """Communities that lend to each other by an agreement; `place_code` is the street (or wider place) that entered it."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=NAME_MAX)
    place_code = models.CharField(max_length=24, db_collation="C")
    agreement = models.CharField(max_length=NOTE_MAX)
    formed_at = models.DateTimeField()
    formed_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="alliance_place")]
        constraints = [models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(agreement=""), name="alliance_agreed")]


class Member(models.Model):
    """A community in an alliance from a moment on until another; in one alliance at a time (an exclusion constraint)."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="members")
    community_code = models.CharField(max_length=12, db_collation="C")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gt=models.F("since")), name="member_span"),
        ]


class Thing(models.Model):
    """Something that is lent or booked, of one community; how it is lent follows from its kind."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=NAME_MAX)
    place_code = models.CharField(max_length=24, db_collation="C")
    lat_micro = models.IntegerField(null=True)
    lon_micro = models.IntegerField(null=True)
    hours = models.JSONField(default=list)
    minutes_max = models.PositiveIntegerField(null=True)
    only_group = models.BooleanField(default=False)
    certificate = models.CharField(max_length=20, default="")
    ask_first = models.BooleanField(default=False)
    shared = models.BooleanField(default=True)
    note = models.CharField(max_length=NOTE_MAX, default="")
    synthetic = models.BooleanField(default=False)
    entered_by = models.UUIDField(null=True)
    entered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "kind"], name="thing_place")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="thing_kind"),
            models.CheckConstraint(condition=models.Q(certificate__in=["", *CERTIFICATES]), name="thing_certificate"),
            models.CheckConstraint(condition=models.Q(minutes_max=None) | models.Q(minutes_max__range=(1, 527_040)), name="thing_minutes"),
            models.CheckConstraint(condition=models.Q(place_code__regex=r"^\d{12,24}$") & ~models.Q(name=""), name="thing_where"),
            _point("thing_point"),
        ]


class Unit(models.Model):
    """One of a thing: with one borrower at a time."""

    id = models.UUIDField(primary_key=True)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="units")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "number"], name="unit_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, UNITS_MAX)), name="unit_number"),
        ]


class Blackout(models.Model):
    """A time in which a thing, or one unit of it, is not to be had, with the reason; without an end until somebody ends it."""

    id = models.UUIDField(primary_key=True)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="blackouts")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="blackouts")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=NOTE_MAX)
    by_person = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("begins_at")), name="blackout_span"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="blackout_reason"),
        ]


class Booking(models.Model):
    """One request for a kind of thing and what came of it. Two clocks run on it: `answer_by` while it waits, `ends_at` while it is out."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=20)
    borrower = models.UUIDField()
    place_code = models.CharField(max_length=24, db_collation="C")
    entered_by = models.UUIDField(null=True)
    channel = models.CharField(max_length=8)
    group = models.CharField(max_length=20, default="")
    urgent = models.BooleanField(default=False)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="bookings")
    walk_metres = models.IntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)  # the borrower said yes
    approved_at = models.DateTimeField(null=True)  # the lender said yes
    offer_until = models.DateTimeField(null=True)
    declined = ArrayField(models.UUIDField(), default=list)  # things not to be offered for it again
    answer_by = models.DateTimeField()
    risen_at = models.DateTimeField(null=True)  # the street was told that nobody answered
    reminded_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    condition = models.CharField(max_length=10, default="")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["borrower", "-asked_at"], name="booking_borrower"),
            models.Index(fields=["place_code", "state"], name="booking_place"),
            models.Index(fields=["unit", "begins_at"], name="booking_unit"),
            models.Index(fields=["state", "ends_at"], name="booking_due", condition=models.Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="booking_state"),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="booking_kind"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="booking_span"),
            models.CheckConstraint(
                condition=~models.Q(state__in=[*HOLDING_STATES, "returned"]) | models.Q(unit__isnull=False), name="booking_has_unit"
            ),
            models.CheckConstraint(condition=~models.Q(state="asked") | models.Q(unit=None), name="booking_waits"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["booked", *OUT_STATES, "returned"])
                | models.Q(agreed_at__isnull=False, approved_at__isnull=False),
                name="booking_both_said",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[*OUT_STATES, "returned"]) | models.Q(handed_out_at__isnull=False), name="booking_was_out"
            ),
            models.CheckConstraint(
                condition=models.Q(state="returned", returned_at__gte=models.F("handed_out_at"), condition__in=[c.value for c in Condition])
                | ~models.Q(state="returned") & models.Q(returned_at=None, condition=""),
                name="booking_came_back",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["returned", "cancelled", "refused"], ended_at__isnull=False)
                | ~models.Q(state__in=["returned", "cancelled", "refused"]) & models.Q(ended_at=None),
                name="booking_ended",
            ),
            # What is still with somebody is not handed to somebody else, whatever was booked.
            models.UniqueConstraint(fields=["unit"], condition=models.Q(state__in=OUT_STATES), name="booking_one_out"),
        ]


class BookingFlip(models.Model):
    """One change of a booking: when it happened, and when we learned."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="flips")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    event = models.CharField(max_length=12)
    unit = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, default="")
    actor_ref = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()


class Taken(models.Model):
    """When a unit is not free: by a booking that holds it or a blackout. Written by the database alone."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="taken")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    booking = models.OneToOneField(Booking, null=True, on_delete=models.PROTECT, related_name="taken")
    blackout = models.ForeignKey(Blackout, null=True, on_delete=models.PROTECT, related_name="taken")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(booking=None, blackout__isnull=False) | models.Q(booking__isnull=False, blackout=None),
                name="taken_by_one",
            ),
        ]


class Round(models.Model):
    """One batch of waiting requests matched with the things of an alliance: how many, how good, and how good it could have been."""

    at = models.DateTimeField()
    alliance = models.ForeignKey(Alliance, null=True, on_delete=models.PROTECT, related_name="rounds")
    community_code = models.CharField(max_length=12, db_collation="C")  # the first of those that share
    waiting = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    offered = models.PositiveIntegerField()
    value = models.BigIntegerField()
    bound = models.BigIntegerField()
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["community_code", "-at"], name="round_place")]
        constraints = [models.CheckConstraint(condition=models.Q(bound__gte=models.F("value")), name="round_bound")]
