"""Index values and stars as they were computed, with the counts they came from."""

from __future__ import annotations

from django.db import models

from linli.sight.wellbeing.core import Likeness


class IndexRow(models.Model):
    """The index of one place on one day, by one method. A new day is a new row, and so is the same day by another method."""

    place_code = models.CharField(max_length=24, db_collation="C")
    day = models.DateField()
    method = models.CharField(max_length=40)
    value_ppm = models.IntegerField(null=True)
    low_ppm = models.IntegerField()
    high_ppm = models.IntegerField()
    known_ppm = models.IntegerField()
    prior = models.IntegerField(default=0)  # 0 in rows of a method that did not keep it
    likeness = models.CharField(max_length=12, default=Likeness.NONE.value)
    peer_places = models.IntegerField(default=0)
    dimensions = models.JSONField()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "day", "method"], name="index_once"),
            models.CheckConstraint(condition=models.Q(value_ppm=None) | models.Q(value_ppm__range=(0, 1_000_000)), name="index_range"),
            models.CheckConstraint(
                condition=models.Q(
                    low_ppm__gte=0, high_ppm__gte=models.F("low_ppm"), high_ppm__lte=1_000_000, known_ppm__range=(0, 1_000_000)
                ),
                name="index_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(value_ppm=None) | models.Q(value_ppm__gte=models.F("low_ppm"), value_ppm__lte=models.F("high_ppm")),
                name="index_inside",
            ),
            models.CheckConstraint(
                condition=models.Q(likeness__in=[step.value for step in Likeness], prior__gte=0, peer_places__gte=0)
                & (
                    models.Q(likeness=Likeness.NONE.value, peer_places=0)
                    | ~models.Q(likeness=Likeness.NONE.value) & models.Q(peer_places__gt=0)
                ),
                name="index_peers",
            ),
        ]


class StarRun(models.Model):
    """The grading of one year of quarters, up to and with `last_quarter`, for everything below a place."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    last_quarter = models.DateField()
    graded_at = models.DateTimeField()
    graded_by = models.CharField(max_length=60)
    appeal_until = models.DateTimeField()
    final_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "last_quarter"], name="star_run_once"),
            models.CheckConstraint(condition=models.Q(appeal_until__gt=models.F("graded_at")), name="star_run_window"),
            models.CheckConstraint(
                condition=models.Q(final_at=None) | models.Q(final_at__gte=models.F("appeal_until")), name="star_run_final"
            ),
        ]


class StarGrade(models.Model):
    """The stars of one community in one run, with what they rest on; `holds` is what an appeal made of them."""

    run = models.ForeignKey(StarRun, on_delete=models.PROTECT)
    place_code = models.CharField(max_length=24, db_collation="C")
    hits = models.IntegerField()
    n = models.IntegerField()
    brought = models.IntegerField(null=True)  # how many of n were carried in; null: graded before that was kept
    low_ppm = models.IntegerField()
    value_ppm = models.IntegerField()
    high_ppm = models.IntegerField()
    stars = models.PositiveSmallIntegerField()
    holds = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place_code"], name="star_grade_once"),
            models.CheckConstraint(condition=models.Q(stars__range=(0, 5), holds__range=(0, 5)), name="star_grade_range"),
            models.CheckConstraint(
                condition=models.Q(
                    hits__gte=0, n__gte=models.F("hits"), low_ppm__gte=0, value_ppm__gte=models.F("low_ppm"),
                    high_ppm__gte=models.F("value_ppm"), high_ppm__lte=1_000_000,
                ),
                name="star_grade_figures",
            ),
            models.CheckConstraint(
                condition=models.Q(brought=None) | models.Q(brought__gte=0, brought__lte=models.F("n")), name="star_grade_brought"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["place_code"], name="star_grade_place")]


class StarAppeal(models.Model):
    """A community's word against its stars, and the answer from above."""

    grade = models.OneToOneField(StarGrade, on_delete=models.PROTECT, related_name="appeal")
    grounds = models.CharField(max_length=1000)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    reason = models.CharField(max_length=1000, default="")
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(grounds=""), name="star_appeal_grounds"),
            models.CheckConstraint(
                condition=models.Q(upheld=None, decided_at=None, decided_by="", reason="")
                | models.Q(upheld__isnull=False, decided_at__isnull=False) & ~models.Q(decided_by="") & ~models.Q(reason=""),
                name="star_appeal_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("made_by")), name="star_appeal_two_people"
            ),
        ]
