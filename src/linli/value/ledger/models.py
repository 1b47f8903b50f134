"""Accounts, holds and transfers. Rows are written only by the functions of migrations/sql; triggers refuse every other hand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.kernel.units import Unit


class Account(models.Model):
    """One account in one unit. Its four sums are kept by the database's own functions and replayed by `reads.verify`.

    Available is credits_posted − debits_posted − debits_pending and never falls below `floor` (None: no limit, the issuing pool);
    credits_posted + credits_pending − debits_posted never rises above `cap` (None: no limit). Because pending sums count in both,
    a hold that was opened can always be posted. `head` chains the marks of all that ever touched the account.
    """

    id = models.UUIDField(primary_key=True)
    unit = models.CharField(max_length=8)
    kind = models.CharField(max_length=24)
    owner_ref = models.CharField(max_length=80)
    place_code = models.CharField(max_length=24, db_collation="C")
    debits_pending = models.BigIntegerField(default=0)
    debits_posted = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)
    cap = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    mark = models.BinaryField()
    head = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_ref", "unit", "kind"], name="ledger_account_once"),
            models.UniqueConstraint(fields=["id", "unit"], name="ledger_account_unit"),
            models.CheckConstraint(condition=Q(unit__in=[unit.value for unit in Unit]), name="ledger_account_known_unit"),
            models.CheckConstraint(
                condition=Q(debits_pending__gte=0, debits_posted__gte=0, credits_pending__gte=0, credits_posted__gte=0),
                name="ledger_account_sums",
            ),
            models.CheckConstraint(condition=Q(floor__isnull=True) | Q(floor__lte=0), name="ledger_account_floor_sign"),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gte=0), name="ledger_account_cap_sign"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(floor__lte=F("credits_posted") - F("debits_posted") - F("debits_pending")),
                name="ledger_account_floor",
            ),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(cap__gte=F("credits_posted") + F("credits_pending") - F("debits_posted")),
                name="ledger_account_cap",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(debits_pending=0, credits_pending=0, debits_posted=F("credits_posted")),
                name="ledger_account_closed_empty",
            ),
        ]
        indexes = [models.Index(fields=["place_code", "unit"], name="ledger_account_place")]


class Movement(models.Model):
    """What holds and transfers have in common. `seq` is drawn under both accounts' locks: per account it is the order of things."""

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(unique=True)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    unit = models.CharField(max_length=8)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    actor_ref = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    inputs_hash = models.BinaryField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    mark = models.BinaryField()

    class Meta:
        abstract = True


def _movement_checks(room: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["key"], name=f"{room}_key"),
        models.CheckConstraint(condition=Q(amount__gt=0), name=f"{room}_positive"),
        models.CheckConstraint(condition=~Q(debit=F("credit")), name=f"{room}_two_accounts"),
        # Codes and opaque references only: no words of people, no line break that could shift a field of the mark.
        models.CheckConstraint(condition=Q(reason__regex=r"^[a-z][a-z0-9_]*$", about__regex=r"^[!-~]*$"), name=f"{room}_opaque"),
        models.CheckConstraint(condition=Q(actor_ref__regex=r"^[!-~]+$", key__regex=r"^[!-~]+$"), name=f"{room}_plain"),
    ]


class Hold(Movement):
    """An amount kept back for one purpose until it is posted (in part or whole), voided or expired — once."""

    class State(models.TextChoices):
        """How a hold stands."""

        OPEN = "open"
        POSTED = "posted"
        VOIDED = "voided"
        EXPIRED = "expired"

    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    end_seq = models.BigIntegerField(null=True)
    end_reason = models.CharField(max_length=40, null=True)
    end_actor_ref = models.CharField(max_length=60, null=True)
    end_key = models.CharField(max_length=160, null=True)
    end_hash = models.BinaryField(null=True)
    end_mark = models.BinaryField(null=True)

    class Meta:
        constraints = [
            *_movement_checks("ledger_hold"),
            models.UniqueConstraint(fields=["end_key"], name="ledger_hold_end_key", condition=Q(end_key__isnull=False)),
            models.CheckConstraint(condition=Q(state__in=["open", "posted", "voided", "expired"]), name="ledger_hold_known_state"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, end_seq__isnull=True, end_mark__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False, end_seq__isnull=False, end_mark__isnull=False)),
                name="ledger_hold_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(state="voided", end_key__isnull=False) | (~Q(state="voided") & Q(end_key__isnull=True)),
                name="ledger_hold_void_key",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="ledger_hold_due", condition=Q(state="open")),
            models.Index(fields=["debit"], name="ledger_hold_debit_open", condition=Q(state="open")),
            models.Index(fields=["credit"], name="ledger_hold_credit_open", condition=Q(state="open")),
        ]


class Transfer(Movement):
    """An amount that moved from one account (debit) to another (credit). Never edited, never deleted; undone by one that `reverses` it.

    `debit_after` and `credit_after` are each account's credits_posted − debits_posted right after this transfer.
    """

    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+", db_index=False)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    debit_after = models.BigIntegerField()
    credit_after = models.BigIntegerField()

    class Meta:
        constraints = [
            *_movement_checks("ledger_transfer"),
            models.UniqueConstraint(fields=["hold"], name="ledger_transfer_hold_once", condition=Q(hold__isnull=False)),
            models.UniqueConstraint(fields=["reverses"], name="ledger_transfer_reversed_once", condition=Q(reverses__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["debit", "seq"], name="ledger_transfer_debit"),
            models.Index(fields=["credit", "seq"], name="ledger_transfer_credit"),
            models.Index(fields=["recorded_at", "seq"], name="ledger_transfer_recorded"),
        ]
