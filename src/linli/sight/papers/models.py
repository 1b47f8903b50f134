"""Editions as they were written, and that they were published. Both stay as they are."""

from __future__ import annotations

from django.db import models


class Edition(models.Model):
    """One edition of a white paper: its canonical content and digest. A draft until there is a publication; never edited."""

    digest = models.CharField(max_length=64, primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    starts_on = models.DateField()
    ends_on = models.DateField()
    fact_set = models.CharField(max_length=64)
    checkpoint_size = models.BigIntegerField()
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    content = models.TextField()
    drafted_at = models.DateTimeField()
    tells_small = models.BooleanField(default=True, db_default=True)  # figures of streets or communities

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_on__lt=models.F("ends_on"), checkpoint_size__gte=0), name="edition_sound"),
        ]
        indexes = [models.Index(fields=["place_code", "-drafted_at"], name="edition_place")]


class Publication(models.Model):
    """That somebody of the city published an edition."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, primary_key=True, related_name="publication")
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField()
