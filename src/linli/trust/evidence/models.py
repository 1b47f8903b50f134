"""The log's tables. Entries and checkpoints never change, tiles only grow, and triggers say so (migration 0001)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One thing that was done, queued in the transaction that did it. `payload` is canonical JSON text, `commitment` stands in the log."""

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    place_code = models.CharField(max_length=24, db_collation="C")
    ref = models.CharField(max_length=80, null=True, db_collation="C")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    payload = models.TextField()
    salt = models.BinaryField()
    commitment = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["ref"], name="entry_ref", condition=models.Q(ref__isnull=False))]


class Waiting(models.Model):
    """An entry that has no place in the tree yet; the integrator takes it away in the transaction that gives it one."""

    entry_id = models.BigIntegerField(primary_key=True)


class Tile(models.Model):
    """Tile `index` of `level` (C2SP tlog-tiles): 1 to 256 hashes. At level 0 `entries` names the entry behind each hash."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    entries = ArrayField(models.BigIntegerField(), null=True)
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)


class Checkpoint(models.Model):
    """A signed statement of the log: at `size` leaves its root is `root`.

    `at` is the moment bound by the note, in whole seconds; `number` counts them from 1, so that none can be taken out unseen.
    """

    size = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()
