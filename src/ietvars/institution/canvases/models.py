"""Tables of canvases and their versions."""

from django.db import models

from ietvars.ground.terms.models import LanguageMapField


class Canvas(models.Model):
    """A template for a kind of service, or the common description of one service that many bodies give."""

    code = models.SlugField(max_length=120, unique=True)
    kind = models.SlugField(max_length=60, blank=True)
    title = LanguageMapField()
    about = LanguageMapField()
    for_services = LanguageMapField(help_text="examples of services made from it")
    is_shipped = models.BooleanField(default=False, help_text="came with the product")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class CanvasVersion(models.Model):
    """A canvas as it was published. Services remember the version they were made from, so it never changes."""

    class State(models.TextChoices):
        """Whether services can be made from it."""

        DRAFT = "draft"
        PUBLISHED = "published"

    canvas = models.ForeignKey(Canvas, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    parts = models.JSONField(default=list, help_text="parts in the form of canvases.rules.entry_of")
    note = LanguageMapField(help_text="what is new in it")
    valid_from = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=150, blank=True)
    edited_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["canvas", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["canvas", "number"], name="canvas_version_once"),
            models.UniqueConstraint(fields=["canvas"], condition=models.Q(state="draft"), name="one_draft_a_canvas"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False),
                name="published_canvas_version_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canvas.code} {self.number}"
