"""Runs that compute, until they publish: which files a stopped one has laid already."""

from __future__ import annotations

from django.db import models


class CaseRun(models.Model):
    """A run that has not published yet. Its number, never given twice, is in the names of its files, so no run ever
    writes over what readers hold."""

    key = models.CharField(
        max_length=120, blank=True, help_text="of what it computes: facts, formula, dimensions; empty: a refresh"
    )
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"run {self.pk}"


class CaseRunPart(models.Model):
    """A file that an unfinished run has laid, or with an empty data set a place that it has finished."""

    run = models.ForeignKey(CaseRun, on_delete=models.CASCADE, related_name="parts")
    dataset = models.SlugField(max_length=40, blank=True)
    cohort = models.PositiveIntegerField()
    bucket = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=250, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    first_seq = models.PositiveBigIntegerField(default=0)
    last_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "dataset", "cohort", "bucket"], name="run_lays_a_part_once")
        ]

    def __str__(self) -> str:
        return self.path or f"{self.cohort}/{self.bucket}"
