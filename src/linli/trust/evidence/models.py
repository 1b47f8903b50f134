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


class Witness(models.Model):
    """Somebody outside who is asked to sign our checkpoints. `size` is what it saw last, as far as we know; `outcome` what it answered."""

    name = models.CharField(max_length=200, primary_key=True)
    vkey = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    size = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=10, default="new")
    named_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=["new", "signed", "away", "refused"]), name="witness_outcome"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="witness_size"),
        ]


class Cosignature(models.Model):
    """A witness's line under one of our checkpoints, and the moment it binds."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures", db_constraint=False)  # see 0004
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosigned_once")]


class Watched(models.Model):
    """Another log that we are a witness of: its key, and what we saw of it last. `note` is "" before the first."""

    origin = models.CharField(max_length=200, primary_key=True)
    number = models.CharField(max_length=64, unique=True)
    vkey = models.CharField(max_length=300)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    note = models.TextField(default="")
    watched_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)


class Fork(models.Model):
    """Two notes of a log that cannot both be true. A log with one gets no line of ours any more."""

    watched = models.ForeignKey(Watched, on_delete=models.PROTECT, related_name="forks")
    mine = models.TextField()
    theirs = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watched"], name="forked_once")]
