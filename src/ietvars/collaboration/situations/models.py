"""Tables of life situations and their steps."""

from datetime import datetime

from django.db import models
from simple_history.models import HistoricalRecords

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.services.models import Service


class Situation(models.Model):
    """A life situation as a person would name it. `code` is a term of life-events."""

    code = models.SlugField(max_length=80, unique=True)
    title = LanguageMapField()
    summary = LanguageMapField()
    keywords = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    history = HistoricalRecords(related_name="past")

    # Read by simple-history, which asks the clock unless it is told the time.
    _history_date: datetime

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code


class Step(models.Model):
    """One step. With a service its title may be empty; without one it says what else is to be done."""

    situation = models.ForeignKey(Situation, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    is_beside_previous = models.BooleanField(default=False, help_text="at the same time as the step before")
    is_optional = models.BooleanField(default=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = LanguageMapField()
    text = LanguageMapField()
    deadline = LanguageMapField()
    turn_to = models.ForeignKey(
        Body,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="whom to turn to where no service does it",
    )
    illustrative = models.JSONField(default=list, blank=True, help_text="names of fields whose values are illustrative")

    class Meta:
        ordering = ["situation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["situation", "position"], name="step_has_its_place"),
            models.CheckConstraint(
                condition=~models.Q(position=1) | models.Q(is_beside_previous=False),
                name="first_step_stands_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.situation.code} #{self.position}"
