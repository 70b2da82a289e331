"""Tables of feedback, the rows of its state and the answers that went out."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ietvars.ground.bodies.models import Body
from ietvars.institution.feedback.rules import RATINGS, Category, Found, State
from ietvars.institution.services.models import Service


def _choices(kind: type[State | Found | Category]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of a day and of the day after another one, as the clocks of the state show them."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(first, time.min, zone)
    return start, datetime.combine(date.fromordinal(last.toordinal() + 1), time.min, zone)


class FeedbackSet(models.QuerySet["Feedback"]):
    """Sets of feedback; each method narrows, and they chain."""

    def on_services(self, services: models.QuerySet[Service]) -> FeedbackSet:
        """On any of these services."""
        return self.filter(service__in=services.values("pk"))

    def between(self, first: date, last: date) -> FeedbackSet:
        """Left on these days, both included."""
        start, end = moments(first, last)
        return self.filter(at__gte=start, at__lt=end)

    def waiting(self) -> FeedbackSet:
        """Neither answered nor closed; those who wait for an answer first, then the oldest."""
        return self.filter(state=State.NEW.value).order_by("-wants_answer", "at", "pk")


class Feedback(models.Model):
    """What somebody said of a page. The comment is masked before it comes here; the address is sealed."""

    at = models.DateTimeField(db_index=True)
    page = models.CharField(max_length=300, help_text="path without query and language, or the address it came with")
    language = models.CharField(max_length=2, default="lv")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="feedback")
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, related_name="+", help_text="the institution whose page it was"
    )
    stage = models.CharField(max_length=10, blank=True)
    part = models.CharField(max_length=40, blank=True, help_text="path of a part of the description")
    category = models.CharField(max_length=12, choices=_choices(Category))
    rating = models.PositiveSmallIntegerField()
    found = models.CharField(max_length=6, choices=_choices(Found), blank=True)
    comment = models.TextField(blank=True)
    masked = models.JSONField(default=dict, help_text="what was taken out of the comment, and how often")
    wants_answer = models.BooleanField(default=False)
    address = models.TextField(blank=True, help_text="sealed; empty once the answer has gone or the time is over")
    state = models.CharField(max_length=8, choices=_choices(State), default=State.NEW.value, db_index=True)
    source = models.SlugField(max_length=40, default="form", help_text="form, or the tool it was brought from")
    batch = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file it was brought in")
    is_illustrative = models.BooleanField(default=False)
    objects = FeedbackSet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["service", "at"]), models.Index(fields=["state", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=RATINGS[0], rating__lte=RATINGS[-1]), name="feedback_rates_from_1_to_5"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | Q(address=""), name="closed_feedback_keeps_no_address"
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(body__isnull=True), name="feedback_is_about_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.page}: {self.rating}"


class FeedbackStateRow(models.Model):
    """One change of the state of feedback: history is rows."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="state_rows")
    state = models.CharField(max_length=8, choices=_choices(State))
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.state}"


class Answer(models.Model):
    """The holder's answer. `sent_at` is empty until the letter has gone out."""

    feedback = models.OneToOneField(Feedback, on_delete=models.CASCADE, related_name="answer")
    text = models.TextField()
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.username}"
