"""Tables of sheets: each download as it went out, each preview of one that came back, and its cells."""

from django.db import models

from ietvars.ground.bodies.models import Body


class Outgoing(models.Model):
    """A sheet that was downloaded, with the plain text of every cell: what comes back is compared with it."""

    class Kind(models.TextChoices):
        """What the rows are about."""

        SERVICES = "services"
        MEASUREMENTS = "measurements"
        ROUNDS = "rounds"

    code = models.SlugField(max_length=10, unique=True, help_text="stands in the mark of each row")
    kind = models.CharField(max_length=14, choices=Kind)
    language = models.CharField(max_length=2)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+", help_text="of the author")
    scope = models.JSONField(default=dict, blank=True, help_text="what was asked for: periods, services")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(db_index=True)
    columns = models.JSONField(help_text="codes of the columns")
    rows = models.JSONField(help_text="[[key, text of each column]], the first row has the number 1")

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Sheet(models.Model):
    """A file that came back, previewed: nothing of it is written until it is applied."""

    class State(models.TextChoices):
        """The way of a preview; the table of allowed changes is in the room's rules."""

        PREVIEWED = "previewed"
        APPLIED = "applied"
        DROPPED = "dropped"

    kind = models.CharField(max_length=14, choices=Outgoing.Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEWED)
    file_name = models.CharField(max_length=200)
    sha = models.CharField(max_length=64, help_text="SHA-256 of the file")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+", help_text="of the author")
    capacity = models.CharField(max_length=80, blank=True, help_text="code of that body; empty for the system")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    notes = models.JSONField(default=dict, blank=True, help_text="rows, hidden rows, columns that lack or are unknown")
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True, help_text="what applying wrote")

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha", "made_by", "capacity"],
                condition=models.Q(state="previewed"),
                name="file_is_previewed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="previewed", ended_at__isnull=True)
                | (~models.Q(state="previewed") & models.Q(ended_at__isnull=False)),
                name="sheet_that_is_done_with_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class SheetCell(models.Model):
    """One cell of a preview that would change something, meets another change, or is refused."""

    class Outcome(models.TextChoices):
        """What the cell does."""

        CHANGE = "change"
        CONFLICT = "conflict"
        REFUSED = "refused"
        SAME = "same"

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="cells")
    row = models.PositiveIntegerField(help_text="as the spreadsheet program counts")
    place = models.PositiveIntegerField(help_text="of the column, from 0")
    key = models.CharField(max_length=300, blank=True, help_text="what the row is about")
    label = models.CharField(max_length=300, blank=True)
    column = models.SlugField(max_length=40)
    outcome = models.CharField(max_length=8, choices=Outcome)
    was = models.TextField(blank=True, help_text="as it went out")
    now = models.TextField(blank=True, help_text="as it stood when it was previewed")
    becomes = models.TextField(blank=True)
    refusal = models.JSONField(default=dict, blank=True, help_text="{code, message, facts}")

    class Meta:
        ordering = ["row", "place"]
        constraints = [models.UniqueConstraint(fields=["sheet", "row", "place"], name="cell_once_a_sheet")]
        indexes = [models.Index(fields=["sheet", "outcome"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.row}/{self.place} {self.outcome}"
