"""Tables of service lists, their entries and the rows of their state."""

from django.db import models
from simple_history.models import HistoricalRecords

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.services.models import Service


class ServiceList(models.Model):
    """An institution's list of a year. Author and approver are different people, and the database says so too."""

    class State(models.TextChoices):
        """The way of a list; the table of allowed changes is in the room's rules."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        PUBLISHED = "published"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    title = LanguageMapField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.CharField(max_length=150, help_text="username")
    approver = models.CharField(max_length=150, blank=True, help_text="username")
    document_number = models.CharField(max_length=80, blank=True)
    document_date = models.DateField(null=True, blank=True)
    history = HistoricalRecords(related_name="past")

    class Meta:
        ordering = ["body", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["body", "year"], name="one_list_a_body_and_year"),
            models.CheckConstraint(
                condition=~models.Q(author=models.F("approver")), name="list_is_approved_by_another"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "published"])
                | (~models.Q(approver="") & ~models.Q(document_number="") & models.Q(document_date__isnull=False)),
                name="approved_list_has_approver_and_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body.code} {self.year}"


class ListEntry(models.Model):
    """One line of a list: a described service, or the name of one that nobody has described yet."""

    service_list = models.ForeignKey(ServiceList, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField(default=0)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = LanguageMapField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_list", "service"], name="service_once_a_list"),
        ]

    def __str__(self) -> str:
        return f"{self.service_list} #{self.position}"


class ListStateRow(models.Model):
    """One change of a list's state."""

    service_list = models.ForeignKey(ServiceList, on_delete=models.CASCADE, related_name="state_rows")
    state = models.CharField(max_length=10, choices=ServiceList.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.service_list} {self.state}"


class ListDocument(models.Model):
    """The document by which a list was approved, as a file: kept for ever, so that an approval can be read later.

    It stands in the database, in one transaction and one backup with the approval that rests on it.
    """

    service_list = models.ForeignKey(ServiceList, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10, help_text="pdf, asice or edoc: found in the content, never taken from the name"
    )
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    document_number = models.CharField(max_length=80, blank=True, help_text="of the approval it was attached to")
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    is_current = models.BooleanField(default=True, help_text="belongs to the approval in force")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["service_list"], condition=models.Q(is_current=True), name="one_current_document_a_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_list} {self.name}"
