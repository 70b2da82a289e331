"""Tables of definitions, of what is computed by them, and of the owners' reviews.

Figures and comparisons can be thrown away and made anew from what was reported; definitions and reviews cannot.
"""

from typing import Any

from django.db import models

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.measurements.models import PeriodRow, ValueState
from ietvars.institution.services.models import Service


class Definition(models.Model):
    """One version of an indicator's definition, as data. A new wording is a new version, never an edit."""

    code = models.SlugField(max_length=80)
    version = models.PositiveIntegerField()
    register = models.SlugField(max_length=60, help_text="set it belongs to: national, or an inventory")
    name = LanguageMapField()
    purpose = LanguageMapField()
    spec = models.JSONField(
        help_text="population, numerator, denominator, exclusions ... as institution.indicators.definitions reads them"
    )
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=16, help_text="up_is_better, down_is_better or none")
    aggregation = models.CharField(
        max_length=40, help_text="how figures of services become one, e.g. pooled, sum, weakest, none"
    )
    source = LanguageMapField()
    valid_from = models.DateField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["register", "position", "code", "version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="definition_version_once")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Figure(PeriodRow):
    """One computed value of one indicator for one service and period, with all that made it."""

    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10, blank=True)
    channel = models.SlugField(max_length=40, blank=True)
    state = models.CharField(max_length=14, choices=ValueState)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    n = models.BigIntegerField(null=True)
    spread = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    spread_kind = models.CharField(max_length=4, blank=True)
    scale = models.CharField(max_length=40, blank=True)
    scatter = models.FloatField(null=True, help_text="variance between days as a multiple of chance, where known")
    counted = models.CharField(max_length=4, blank=True, help_text="all or some: made of what was counted from events")
    measured = models.PositiveIntegerField(default=0, help_text="coverage: parts that were measured ...")
    expected = models.PositiveIntegerField(default=0, help_text="... of parts that should have been")
    is_restated = models.BooleanField(default=False, help_text="a used value differs from an earlier edition's")
    details = models.JSONField(
        default=dict,
        blank=True,
        help_text="gaps, exclusions, alternatives, checks, editions, restated; empty ones left out",
    )
    is_illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "service", "period", "stage", "channel"], name="figure_once")
        ]
        indexes = [models.Index(fields=["period", "service"]), models.Index(fields=["holder", "period"])]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.service_id} {self.period}: {self.value}"

    def _detail(self, name: str) -> list[Any]:
        found: list[Any] = self.details.get(name, [])
        return found

    @property
    def gaps(self) -> list[dict[str, str]]:
        """Expected parts that are not measured: [{field, quantity, stage, channel, state}]."""
        return self._detail("gaps")

    @property
    def exclusions(self) -> list[str]:
        """Codes of the conditions that leave the service out."""
        return self._detail("exclusions")

    @property
    def alternatives(self) -> list[str]:
        """Codes of the readings that would leave the service out."""
        return self._detail("alternatives")

    @property
    def checks(self) -> list[str]:
        """Codes of the checks that found something."""
        return self._detail("checks")

    @property
    def editions(self) -> list[int]:
        """Ids of the editions used."""
        return self._detail("editions")

    @property
    def restated(self) -> list[dict[str, Any]]:
        """Used values that an earlier edition gave otherwise: [{quantity, stage, channel, before, now, editions}]."""
        return self._detail("restated")


class Comparison(models.Model):
    """One verdict on one series: a service's indicator in a period, set beside another period."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    holder = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    indicator = models.SlugField(max_length=80)
    stage = models.CharField(max_length=10, blank=True)
    channel = models.SlugField(max_length=40, blank=True)
    period = models.CharField(max_length=10)
    with_period = models.CharField(max_length=10)
    # A period's figures are rewritten in one statement, after the comparisons that lean on them: nothing to collect.
    now = models.ForeignKey(Figure, on_delete=models.DO_NOTHING, null=True, related_name="+")
    before = models.ForeignKey(Figure, on_delete=models.DO_NOTHING, null=True, related_name="+")
    verdict = models.CharField(max_length=16)
    reason = models.CharField(max_length=40, blank=True)
    difference = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    p = models.FloatField(null=True)
    p_adjusted = models.FloatField(null=True)
    is_illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "indicator", "stage", "channel", "period", "with_period"],
                name="compared_once",
            )
        ]
        indexes = [
            models.Index(fields=["period", "with_period", "verdict"]),
            models.Index(fields=["holder", "period"]),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.indicator} {self.period}: {self.verdict}"


class Computation(models.Model):
    """When a period's figures, or its comparison with another, were computed and from which input.

    A stale one is seen by its mark. With an empty `with_period` it is about the figures.
    """

    period = models.CharField(max_length=10)
    with_period = models.CharField(max_length=10, blank=True)
    input_mark = models.CharField(max_length=64, help_text="hash over editions, definitions and services used")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "with_period"], name="computed_once")]

    def __str__(self) -> str:
        return f"{self.period} at {self.at:%Y-%m-%d %H:%M}"


class Review(models.Model):
    """The owner's yearly reading of a service's comparison and the decision taken, with the figures frozen."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=10)
    with_period = models.CharField(max_length=10)
    reading = models.TextField()
    decision = models.SlugField(max_length=40, help_text="term of review-decisions")
    username = models.CharField(max_length=150)
    at = models.DateTimeField()
    frozen = models.TextField(help_text="canonical JSON of the comparison as it was read")
    frozen_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.service_id} {self.period} by {self.username}"
