"""The table of jobs. Progress is written often, so a job keeps no history; audit holds who asked, stopped, resumed."""

from typing import Any, ClassVar

from django.db import models

from ietvars.ground.jobs.rules import ENDED, State
from ietvars.ground.terms.models import LanguageMapField

_ALL = [state.value for state in State]
_ENDED = [state.value for state in State if state in ENDED]
_OPEN = [state.value for state in State if state not in ENDED]


class Job(models.Model):
    """One piece of work in the background. `attempt` tells a worker whether the job is still its own."""

    kind = models.SlugField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in State], default=State.QUEUED.value
    )
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0, help_text="0 while it is not known how much there is to do")
    kept = models.JSONField(null=True, help_text="what the function needs to go on after an interruption")
    report = models.JSONField(null=True)
    error = LanguageMapField(help_text="the sentence for people when the job failed")
    asked_by = models.CharField(max_length=150)
    asked_role = models.CharField(max_length=40, blank=True)
    asked_for = models.CharField(max_length=80, blank=True, help_text="code of the body the person acted for")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="the worker's last sign of life")
    attempt = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0, help_text="how often the worker died over it")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "-asked_at"]),
            models.Index(fields=["state"]),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(state__in=_ALL), name="job_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=_ENDED, ended_at__isnull=False)
                | models.Q(state__in=_OPEN, ended_at__isnull=True),
                name="job_has_ended_when_its_state_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state} {self.done}/{self.of}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in (State.QUEUED, State.RUNNING)
