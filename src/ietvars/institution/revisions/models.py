"""Tables of drafts: what is being written, each save of it, its way, and what colleagues say of its parts."""

from django.db import models

from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.services.models import Service


class Revision(models.Model):
    """One draft of a service's description. What people read stands until the draft is published."""

    class State(models.TextChoices):
        """The way of a draft; the table of allowed steps is in the room's rules."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        SCHEDULED = "scheduled"
        PUBLISHED = "published"
        ABANDONED = "abandoned"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    description = models.JSONField(default=dict, help_text="path of each part to its value")
    edition = models.PositiveIntegerField(default=1, help_text="grows with every save")
    canvas_version = models.ForeignKey(CanvasVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = models.CharField(max_length=150, help_text="username of whoever began or submitted it")
    approver = models.CharField(max_length=150, blank=True, help_text="username")
    waived = models.JSONField(default=dict, blank=True, help_text="code of a mandatory requirement to the reason")
    valid_from = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["service", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="revision_once_a_service"),
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(state__in=["draft", "submitted", "approved", "scheduled"]),
                name="one_open_revision_a_service",
            ),
            models.CheckConstraint(
                condition=models.Q(approver="") | ~models.Q(author=models.F("approver")),
                name="revision_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(valid_from__isnull=False),
                name="scheduled_revision_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service.code} #{self.number} {self.state}"


class RevisionEdit(models.Model):
    """One save: the whole description as it was then, so that nothing written is ever lost."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="edits")
    edition = models.PositiveIntegerField()
    username = models.CharField(max_length=150)
    at = models.DateTimeField()
    description = models.JSONField(default=dict)

    class Meta:
        ordering = ["revision", "edition"]
        constraints = [models.UniqueConstraint(fields=["revision", "edition"], name="edition_once_a_revision")]

    def __str__(self) -> str:
        return f"{self.revision} edition {self.edition}"


class RevisionStateRow(models.Model):
    """One step of a draft."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="state_rows")
    state = models.CharField(max_length=10, choices=Revision.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.revision} {self.state}"


class RevisionComment(models.Model):
    """What a colleague says of one part of a draft, until somebody has settled it. No part: of the whole."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="comments")
    part = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    username = models.CharField(max_length=150)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.revision} {self.part}"


class ReviewReminder(models.Model):
    """That somebody was reminded of a review, once for each day on which one is due."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    due = models.DateField()
    at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0, help_text="how many it reached")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["service", "due"], name="review_reminder_once")]

    def __str__(self) -> str:
        return f"{self.service.code} {self.due}"
