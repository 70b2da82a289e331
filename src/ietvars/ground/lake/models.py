"""The manifest: which files count, from which generation until which. A file is never changed, so rows only end."""

from typing import Any, ClassVar

from django.db import models


class LakePart(models.Model):
    """One file of the lake. It counts in the generations from `since` to before `until`."""

    dataset = models.SlugField(max_length=40)
    cohort = models.PositiveIntegerField(help_text="yyyymm")
    bucket = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=250, unique=True, help_text="relative to the lake")
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    first_seq = models.PositiveBigIntegerField(help_text="lowest seq that went into it")
    last_seq = models.PositiveBigIntegerField()
    since = models.PositiveBigIntegerField(help_text="generation that first counted it")
    until = models.PositiveBigIntegerField(null=True, help_text="generation that no longer counts it")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dataset", "until", "cohort"]),
            models.Index(fields=["retired_at"]),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="lake_part_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True, retired_at__isnull=True)
                | models.Q(until__isnull=False, retired_at__isnull=False),
                name="lake_part_has_ended_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(last_seq__gte=models.F("first_seq")), name="lake_part_has_its_seqs_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class LakeState(models.Model):
    """Where one data set stands. One row a data set, locked by whoever publishes."""

    dataset = models.SlugField(max_length=40, primary_key=True)
    generation = models.PositiveBigIntegerField(default=0)
    watermark = models.PositiveBigIntegerField(default=0, help_text="seq of the inbox up to which everything is in it")
    made_at = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="what its maker noted: version of the formula, what it noticed")

    def __str__(self) -> str:
        return f"{self.dataset} {self.generation}"
