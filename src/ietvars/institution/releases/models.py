"""Tables of releases and of the steps that each has taken. What was released lies in the lake and never changes."""

from django.db import models

from ietvars.institution.releases import rules


class Release(models.Model):
    """Figures of a period, frozen. Maker and approver are different people, and the database says so too."""

    class State(models.TextChoices):
        """The table of allowed changes is in the room's rules."""

        DRAFT = rules.State.DRAFT.value
        PUBLISHED = rules.State.PUBLISHED.value
        SUPERSEDED = rules.State.SUPERSEDED.value
        DROPPED = rules.State.DROPPED.value

    code = models.SlugField(max_length=40, unique=True)
    period = models.CharField(max_length=12)
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField()
    maker = models.CharField(max_length=150, help_text="username")
    approver = models.CharField(max_length=150, blank=True, help_text="username")
    published_at = models.DateTimeField(null=True, blank=True)
    derived_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_illustrative = models.BooleanField(default=False)
    manifest = models.JSONField()
    sums = models.JSONField(default=dict, help_text="how many figures are shown, suppressed and missing, by measure")

    class Meta:
        ordering = ["-end", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(maker=models.F("approver")), name="release_is_approved_by_another"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "dropped"])
                | (~models.Q(approver="") & models.Q(published_at__isnull=False)),
                name="published_release_has_an_approver",
            ),
            models.UniqueConstraint(
                fields=["period"], condition=models.Q(state="published"), name="one_published_release_a_period"
            ),
            models.UniqueConstraint(
                fields=["period"], condition=models.Q(state="draft"), name="one_drafted_release_a_period"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReleaseStep(models.Model):
    """One change of a release's state: history is rows."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=Release.State)
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.release.code} {self.state}"
