"""The one row that says what this installation is."""

from django.db import models

from ietvars.ground.terms.models import LanguageMapField


class Deployment(models.Model):
    """Singleton; the check constraint forbids a second row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_sample = models.BooleanField(default=False)
    name = LanguageMapField()
    reference_hash = models.CharField(max_length=64, blank=True, help_text="hash of the loaded reference data")
    sample_hash = models.CharField(max_length=64, blank=True, help_text="hash of the loaded sample state")
    as_of = models.DateField(null=True, help_text="day that the sample state calls today; empty for a real state")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="deployment_is_one_row")]

    def __str__(self) -> str:
        return "sample" if self.is_sample else "real"
