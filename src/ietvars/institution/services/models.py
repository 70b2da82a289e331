"""Tables of services, their holders over time, stages, deliveries, fees and identifiers elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, FilteredRelation, Q
from simple_history.models import HistoricalRecords

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.services import rules

HOLDER_KEY: dict[str, Any] = {"holder_id": F("tenure_now__holder_id")}
HOLDER: dict[str, Any] = {
    **HOLDER_KEY,
    "holder_code": F("tenure_now__holder__code"),
    "holder_name": F("tenure_now__holder__name"),
    "holder_short": F("tenure_now__holder__short"),
}


class ServiceSet(models.QuerySet["Service"]):
    """Sets of services; each method narrows or annotates, and they chain."""

    def published(self) -> ServiceSet:
        """Services that people can read and receive: no drafts, no common descriptions, none that is not offered."""
        return self.filter(state=Service.State.PUBLISHED, is_template=False, is_offered=True)

    def of(self, body_ids: Iterable[int]) -> ServiceSet:
        """Services held today by any of the bodies, in any state."""
        return self.filter(tenures__holder__in=list(body_ids), tenures__until__isnull=True)

    def with_holder(self) -> ServiceSet:
        """Each with `holder_id`, `holder_code`, `holder_name` and `holder_short` of today's holder."""
        return self._held().annotate(**HOLDER)

    def in_brief(self) -> ServiceSet:
        """Each with `holder_id`, its name, its state and when it is to be reviewed, and no other column."""
        brief = ("code", "title", "state", "is_offered", "is_template", "reviewed_on", "review_months")
        return self._held().annotate(**HOLDER_KEY).only(*brief)

    def _held(self) -> ServiceSet:
        return self.alias(tenure_now=FilteredRelation("tenures", condition=Q(tenures__until__isnull=True)))

    def overdue(self, on: date) -> ServiceSet:
        """Published services whose description nobody has confirmed within the rhythm its owner picked."""
        late = Q(reviewed_on__isnull=True)
        for months in range(1, rules.LONGEST_RHYTHM + 1):
            late |= Q(review_months=months, reviewed_on__lt=rules.months_before(on, months))
        return self.published().filter(late)


class Service(models.Model):
    """One service as described by its holder. Everything a visitor reads is here or on its stages."""

    class State(models.TextChoices):
        """Where the description stands. The table of allowed changes is in the room's rules."""

        DRAFT = "draft"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        RETIRED = "retired"

    code = models.SlugField(max_length=120, unique=True)
    title = LanguageMapField()
    summary = LanguageMapField()
    sort_key = models.CharField(max_length=240, blank=True, db_index=True)
    kind = models.SlugField(max_length=40, blank=True, help_text="term of service-kinds")
    area = models.SlugField(max_length=60, blank=True, help_text="term of areas")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    audience = models.JSONField(default=list, blank=True, help_text="codes of target-groups")
    life_events = models.JSONField(default=list, blank=True, help_text="codes of life-events and business-events")
    languages = models.JSONField(default=list, blank=True)
    keywords = models.JSONField(default=dict, blank=True, help_text="language to list of words")
    receives = LanguageMapField(help_text="what the person gets, in a few words")
    eligibility = models.JSONField(default=dict, blank=True, help_text="language to list of conditions")
    evidence = models.JSONField(default=list, blank=True, help_text="[{code, title, held_by}]")
    outputs = models.JSONField(default=list, blank=True, help_text="[{code, title}]")
    legal_acts = models.JSONField(default=list, blank=True, help_text="[{title, url}]")
    is_immediate = models.BooleanField(default=False)
    term_days = models.PositiveIntegerField(null=True, blank=True, help_text="working days to the result")
    apply_within = LanguageMapField()
    appeal = LanguageMapField()
    reviewed_on = models.DateField(null=True, blank=True)
    illustrative = models.JSONField(default=list, blank=True, help_text="names of fields whose values are illustrative")
    template = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="variants",
        help_text="the common description that this local service varies",
    )
    own_fields = models.JSONField(
        default=list, blank=True, help_text="names of fields in which this service differs from its template"
    )
    canvas_version = models.ForeignKey(
        CanvasVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the exact version of the canvas that this description was made from",
    )
    review_months = models.PositiveSmallIntegerField(default=12, help_text="the owner's review rhythm, 1 to 16 months")
    responsible = models.CharField(max_length=150, blank=True, help_text="username of the owner who looks after it")
    is_template = models.BooleanField(default=False, help_text="a common description, not itself given to anybody")
    is_offered = models.BooleanField(default=True)
    not_offered_because = LanguageMapField()
    source = models.SlugField(max_length=60, blank=True, help_text="inventory it was imported from, if any")
    history = HistoricalRecords(related_name="past")
    objects = ServiceSet.as_manager()

    # Filled by ServiceSet.with_holder(), since the holder of a day is a row of its own.
    holder_id: int | None
    holder_code: str
    holder_name: dict[str, str]
    holder_short: dict[str, str]
    # Read by simple-history, which asks the clock unless it is told the time.
    _history_date: datetime

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_immediate=False) | models.Q(term_days__isnull=True),
                name="immediate_service_has_no_term",
            ),
            models.CheckConstraint(
                condition=models.Q(review_months__gte=1, review_months__lte=rules.LONGEST_RHYTHM),
                name="review_rhythm_is_1_to_16_months",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Tenure(models.Model):
    """Who holds a service, from and to which day. The holder of a day is the tenure that covers it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="tenures")
    holder = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(until__isnull=True),
                name="service_has_one_holder_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["holder", "until"])]

    def __str__(self) -> str:
        return f"{self.service.code} @ {self.holder.code}"


class StateRow(models.Model):
    """One change of a service's state: history is rows."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="state_rows")
    state = models.CharField(max_length=10, choices=Service.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.service.code} {self.state}"


class Stage(models.Model):
    """One of the three legal stages of a service (Regulation 399, point 2.3)."""

    class Name(models.TextChoices):
        """Exactly three in law."""

        REQUEST = "request"
        EXECUTION = "execution"
        RECEIPT = "receipt"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=10, choices=Name)
    text = LanguageMapField()
    url = models.URLField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="stage_once_a_service")]

    def __str__(self) -> str:
        return f"{self.service.code}/{self.name}"


class Delivery(models.Model):
    """A stage given by a provider through a channel; an execution nobody sees has no channel."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.SlugField(max_length=40, blank=True, help_text="term of channels")
    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "channel", "provider"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.stage} by {self.provider.code} {self.channel}"


class Fee(models.Model):
    """What a person pays at a stage. A service without rows is free of charge."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="fees")
    stage = models.CharField(max_length=10, choices=Stage.Name)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="empty: see the text")
    currency = models.CharField(max_length=3, default="EUR")
    text = LanguageMapField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="fee_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service.code}: {self.amount} {self.currency}"


class Identifier(models.Model):
    """The service's number in another register or inventory."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.SlugField(max_length=60)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="identifier_names_one_service")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class PublishedVersion(models.Model):
    """What people could read from a moment on; the change feed is these rows in order of their keys.

    The key grows in the order in which rows become visible, so whoever has read up to a key misses nothing.
    """

    class What(models.TextChoices):
        """What happened to the service."""

        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        RETIRED = "retired"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="published_versions")
    number = models.PositiveIntegerField(help_text="1 for the first thing that was published of the service")
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField()
    valid_from = models.DateField(null=True, blank=True)
    holder = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    canvas_version = models.ForeignKey(CanvasVersion, on_delete=models.PROTECT, null=True, related_name="+")
    description = models.JSONField(default=dict, help_text="path of each part to its value")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="version_once_a_service")]

    def __str__(self) -> str:
        return f"{self.service_id} #{self.number} {self.what}"
