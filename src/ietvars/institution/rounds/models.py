"""Tables of rounds: the round, its exemptions, one report an institution with its state rows, and the figures typed in.

What is typed stands here until it is submitted, and as the last word of the reporter after that; what was submitted
stands in the measurements room for ever. Reminders that were sent are rows, so that each goes out once.
"""

from django.db import models

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.measurements.models import Edition, ValueState
from ietvars.institution.services.models import Service


class Round(models.Model):
    """One collection of figures: of which period, which indicators, until when."""

    code = models.SlugField(max_length=60, unique=True)
    title = LanguageMapField()
    period = models.CharField(max_length=10)
    due = models.DateField()
    indicators = models.JSONField(default=list, help_text="codes of the indicators whose figures are asked")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-due", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"], condition=models.Q(closed_at__isnull=True), name="one_open_round_a_period"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Exemption(models.Model):
    """Who need not report what, or after all must, with the reason. Empty columns mean all."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="exemptions")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    quantity = models.SlugField(max_length=60, blank=True)
    # Nulls are never equal to each other, so what makes an exemption unique is a text of its own.
    target = models.CharField(max_length=200, help_text="body:ID, service:ID or nothing, and the quantity")
    is_excused = models.BooleanField(default=True)
    reason = models.TextField()
    at = models.DateTimeField()
    username = models.CharField(max_length=150)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "target"], name="one_exemption_a_target"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="exemption_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(body__isnull=True) | models.Q(service__isnull=True),
                name="exemption_is_of_a_body_or_a_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round.code}: {self.target}"


class Report(models.Model):
    """How far one institution has come in one round. Reporter and accepter are different people."""

    class State(models.TextChoices):
        """The table of allowed changes is in the room's rules."""

        NOT_REPORTED = "not-reported"
        SUBMITTED = "submitted"
        CHANGE_REQUESTED = "change-requested"
        ACCEPTED = "accepted"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="reports")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.NOT_REPORTED)
    reporter = models.CharField(max_length=150, blank=True, help_text="username of who submitted last")
    accepter = models.CharField(max_length=150, blank=True, help_text="username")
    submissions = models.PositiveIntegerField(default=0)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "body"], name="one_report_a_round_and_body"),
            models.CheckConstraint(
                condition=models.Q(accepter="") | ~models.Q(accepter=models.F("reporter")),
                name="report_is_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state="not-reported") | models.Q(edition__isnull=False),
                name="what_was_submitted_has_an_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round.code} {self.body.code}"


class ReportRow(models.Model):
    """One change of a report's state: history is rows."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="rows")
    state = models.CharField(max_length=16, choices=Report.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.report} {self.state}"


class Typed(models.Model):
    """One figure as it was typed, read into a state, with the reason beside it. What was left blank has no row."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="typed")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    quantity = models.SlugField(max_length=60)
    stage = models.CharField(max_length=10, blank=True)
    channel = models.SlugField(max_length=40, blank=True)
    state = models.CharField(max_length=14, choices=ValueState)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    n = models.BigIntegerField(null=True)
    spread = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    scale = models.CharField(max_length=40, blank=True)
    raw = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True, help_text="why it is not applicable, or why a doubtful figure is right")
    at = models.DateTimeField()
    username = models.CharField(max_length=150)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "service", "quantity", "stage", "channel"], name="typed_once_a_report"
            ),
            models.CheckConstraint(
                condition=models.Q(state="measured", value__isnull=False)
                | (~models.Q(state="measured") & models.Q(value__isnull=True)),
                name="only_a_measured_typed_figure_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.service_id} {self.quantity} {self.channel}: {self.value}"


class ReminderSent(models.Model):
    """A reminder that went out to somebody for a report, or that found nobody to go to."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="reminded_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.kind}"
