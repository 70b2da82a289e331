"""Tables of initiatives, the services they name and the rows of their state."""

from datetime import datetime

from django.db import models
from simple_history.models import HistoricalRecords

from ietvars.ground.bodies.models import Body
from ietvars.institution.services.models import Service


class Initiative(models.Model):
    """One proposal to change something, from its frozen evidence to the check whether the indicator moved."""

    class State(models.TextChoices):
        """The way of an initiative; the table of allowed changes is in the room's rules."""

        PROPOSED = "proposed"
        ADOPTED = "adopted"
        REJECTED = "rejected"
        CHECKED = "checked"

    code = models.SlugField(max_length=40, unique=True, help_text="year and number, e.g. 2026-007")
    kind = models.SlugField(max_length=60, help_text="term of initiative-kinds")
    title = models.CharField(max_length=300)
    reason = models.TextField(help_text="why, in the proposer's words")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    finder = models.SlugField(max_length=60, blank=True)
    finding_key = models.CharField(max_length=200, blank=True)
    period = models.CharField(max_length=10, help_text="period of the frozen figures")
    frozen = models.TextField(help_text="canonical JSON: result rows, definition version and edition")
    frozen_hash = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=150)
    owner = models.CharField(max_length=150, help_text="username of who answers for it")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="body that carries it out")
    indicator = models.SlugField(max_length=80, help_text="indicator that is expected to move")
    expected_direction = models.CharField(max_length=10, help_text="up or down")
    baseline = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    target = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    deadline = models.DateField()
    check_period = models.CharField(max_length=10, help_text="period whose figure is checked after the deadline")
    decision_text = models.TextField(blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True, help_text="reached, moved, not_moved, opposite or unknown")
    outcome_reason = models.CharField(max_length=60, blank=True)
    checked_at = models.DateTimeField(null=True)
    check_frozen = models.TextField(blank=True, help_text="canonical JSON of the figures at the check")
    check_hash = models.CharField(max_length=64, blank=True)
    is_illustrative = models.BooleanField(default=False)
    services = models.ManyToManyField(Service, related_name="+")
    history = HistoricalRecords(related_name="past")
    # Read by simple-history, which asks the clock unless it is told the time.
    _history_date: datetime

    class Meta:
        ordering = ["-code"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["adopted", "rejected", "checked"])
                | (~models.Q(decided_by="") & models.Q(decided_at__isnull=False)),
                name="decided_initiative_says_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by="system") | ~models.Q(decided_by=models.F("proposed_by")),
                name="initiative_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state="checked", outcome__gt="", check_hash__gt="", checked_at__isnull=False)
                | (~models.Q(state="checked") & models.Q(outcome="", check_hash="", checked_at__isnull=True)),
                name="checked_initiative_has_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class InitiativeStateRow(models.Model):
    """One change of an initiative's state."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="state_rows")
    state = models.CharField(max_length=10, choices=Initiative.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.initiative.code} {self.state}"
