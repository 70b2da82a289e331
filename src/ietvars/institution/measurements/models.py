"""Tables of what was reported: editions, rows, measurements, standards and results, kept for ever as they came."""

from django.db import models

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.services.models import Service


class ValueState(models.TextChoices):
    """Five facts that are never merged into each other. A zero is measured."""

    MEASURED = "measured"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"
    UNREADABLE = "unreadable"


class Edition(models.Model):
    """One run of figures from one source: a file as it was on a day, a round, a form. Later ones restate it."""

    source = models.SlugField(max_length=60, help_text="inventory, register, round or deliveries")
    code = models.CharField(max_length=160)
    title = LanguageMapField()
    content_hash = models.CharField(max_length=64, help_text="SHA-256 over all files of the edition")
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150)
    is_illustrative = models.BooleanField(default=False)
    report = models.JSONField(default=dict, blank=True, help_text="what the run added, changed, refused")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="edition_once_a_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.code}"


class PeriodRow(models.Model):
    """What every dated row says: service, period and the holder of that day."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=10, help_text="canonical code, e.g. 2025, 2023-24, 2025-Q1, 2025-03")
    period_start = models.DateField()
    holder = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="holder in that period")

    class Meta:
        abstract = True


class Reported(PeriodRow):
    """One row of an edition about one service and period: that it was there, and its described fields."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rows")
    fields = models.JSONField(default=dict, blank=True, help_text="{field: {state, value, raw}}; value text or list")
    line = models.PositiveIntegerField(default=0, help_text="line in the file")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "service", "period"], name="reported_once")]
        indexes = [models.Index(fields=["period", "service"])]

    def __str__(self) -> str:
        return f"{self.service_id} {self.period} in {self.edition_id}"


class Measurement(PeriodRow):
    """One value of one quantity: what was counted or asked, where, when, by which edition, in which state."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="measurements")
    quantity = models.SlugField(max_length=60, help_text="what is counted, e.g. requests, closed_on_time, satisfaction")
    stage = models.CharField(max_length=10, blank=True)
    channel = models.SlugField(max_length=40, blank=True, help_text="empty: over all channels")
    state = models.CharField(max_length=14, choices=ValueState)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    n = models.BigIntegerField(null=True, help_text="observations behind a mean or median")
    spread = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    spread_kind = models.CharField(max_length=4, blank=True, help_text="sd or iqr")
    scale = models.CharField(max_length=40, blank=True, help_text="method or scale, e.g. 1-10")
    scatter = models.FloatField(null=True, help_text="variance between days as a multiple of chance, where known")
    raw = models.CharField(max_length=400, blank=True, help_text="the text as it came, where it could not be read")
    is_illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "service", "period", "quantity", "stage", "channel"],
                name="measured_once_an_edition",
            ),
            models.CheckConstraint(
                condition=models.Q(state="measured", value__isnull=False)
                | (~models.Q(state="measured") & models.Q(value__isnull=True)),
                name="only_a_measured_value_has_a_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="unreadable") | ~models.Q(raw=""), name="unreadable_keeps_its_text"
            ),
        ]
        indexes = [models.Index(fields=["period", "quantity", "service"])]

    def __str__(self) -> str:
        return f"{self.service_id} {self.period} {self.quantity} {self.channel}: {self.value}"


class Standard(models.Model):
    """What a service promises, per channel: the promise's words and its target."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=80)
    source = models.SlugField(max_length=60, blank=True)
    promise = LanguageMapField()
    kind = models.SlugField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "source", "code"], name="standard_once_a_service")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.code}"


class StandardResult(models.Model):
    """How a promise was kept in a period, as reported. Contradictions in it are findings, never corrected."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="results")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="standard_results")
    period = models.CharField(max_length=10)
    period_start = models.DateField()
    channel = models.SlugField(max_length=40, blank=True)
    target = models.DecimalField(max_digits=24, decimal_places=6, null=True, help_text="as a share of 1")
    target_state = models.CharField(max_length=14, choices=ValueState)
    met = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    met_state = models.CharField(max_length=14, choices=ValueState)
    total = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    total_state = models.CharField(max_length=14, choices=ValueState)
    performance = models.DecimalField(
        max_digits=24, decimal_places=6, null=True, help_text="as reported, as a share of 1"
    )
    performance_state = models.CharField(max_length=14, choices=ValueState)
    claimed = models.CharField(
        max_length=14, blank=True, help_text="the source's own word: met, not-met, or a value state"
    )
    raw = models.JSONField(default=dict, blank=True, help_text="the texts as they came")
    faults = models.JSONField(default=list, blank=True, help_text="codes of contradictions found by the room's rules")
    line = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "edition", "period", "channel"], name="standard_result_once")
        ]

    def __str__(self) -> str:
        return f"{self.standard_id} {self.period}: {self.met}/{self.total}"
