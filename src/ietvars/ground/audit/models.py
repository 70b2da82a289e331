"""The audit table. Rows are only ever added; triggers made by the migration refuse the rest."""

from django.db import models


class Entry(models.Model):
    """One action: who did what to which thing, when, why, with its state before and after."""

    at = models.DateTimeField(db_index=True)
    username = models.CharField(max_length=150)
    role = models.CharField(max_length=40, blank=True)
    body_code = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_key", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.username} {self.action} {self.subject_kind}:{self.subject_key}"
