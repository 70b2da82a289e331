"""Tables of findings (a summary that can be made anew) and of the answers people gave to criteria."""

from django.db import models

from ietvars.ground.bodies.models import Body
from ietvars.institution.services.models import Service


class Finding(models.Model):
    """One thing a finder saw in a period, with the figures that raised it."""

    finder = models.SlugField(max_length=60)
    period = models.CharField(max_length=10)
    key = models.CharField(max_length=200, help_text="what it is about: unique within finder and period")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, null=True, related_name="+", help_text="holder concerned")
    reason = models.SlugField(max_length=60, blank=True, help_text="which of the finder's reasons")
    figures = models.JSONField(default=list, help_text="[{what, value, unit, period, ...}] in the finder's order")
    is_illustrative = models.BooleanField(default=False)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["finder", "key"]
        constraints = [models.UniqueConstraint(fields=["finder", "period", "key"], name="found_once_a_period")]

    def __str__(self) -> str:
        return f"{self.finder} {self.key}"


class CriterionAnswer(models.Model):
    """A yes or no to one of the criteria of Regulation 402, point 3, that figures cannot answer. Newest counts."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    criterion = models.SlugField(max_length=60, help_text="term of digitalisation-criteria")
    answer = models.BooleanField()
    why = models.TextField(blank=True)
    username = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["service", "criterion", "-at"]

    def __str__(self) -> str:
        return f"{self.service_id} {self.criterion}: {self.answer}"
