"""Certificates of volunteer service. What one says is sealed under its person's key; what stands here besides is what its status needs."""

from __future__ import annotations

from django.db import models

from linli.trust.certificates.core.document import STATUS_BITS

REASONS = ("mistake", "corrected", "asked")


class Certificate(models.Model):
    """One certificate as issued. `document` is the signed text, sealed; `digest` its SHA-256, as the record knows it."""

    id = models.UUIDField(primary_key=True)
    person = models.UUIDField()
    place_code = models.CharField(max_length=24, db_collation="C")
    since = models.DateField()
    until = models.DateField()
    minutes = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    document = models.BinaryField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=60, default="")
    revoked_why = models.CharField(max_length=10, default="")

    class Meta:
        indexes = [models.Index(fields=["person", "-issued_at"], name="certificate_person")]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="certificate_span"),
            models.CheckConstraint(condition=models.Q(minutes__gt=0, visits__gt=0), name="certificate_of_something"),
            models.CheckConstraint(condition=models.Q(status_index__lt=STATUS_BITS, status_list__gte=1), name="certificate_index"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="certificate_place"),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_why="", revoked_by="")
                | models.Q(revoked_at__isnull=False, revoked_why__in=REASONS) & ~models.Q(revoked_by=""),
                name="certificate_revoked",
            ),
        ]
