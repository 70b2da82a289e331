"""Tables of bodies, their places in the hierarchy, their former names and how they came from one another."""

from django.db import models

from ietvars.ground.bodies.plans import Kind, State
from ietvars.ground.terms.models import LanguageMapField


class Body(models.Model):
    """An institution, municipality, company or partner. `code` is its stable name in links and files."""

    code = models.SlugField(max_length=80, unique=True)
    kind = models.SlugField(max_length=40, help_text="term of the code list body-kinds")
    name = LanguageMapField()
    short = LanguageMapField()
    sort_key = models.CharField(max_length=240, blank=True, db_index=True)
    registration_code = models.CharField(max_length=40, blank=True)
    territory_code = models.CharField(max_length=20, blank=True, help_text="ATVK code of a municipality")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="last day; empty while the body exists")
    is_invented = models.BooleanField(default=False, help_text="a body that exists only in the sample state")
    source = models.SlugField(max_length=60, blank=True, help_text="inventory it was imported from, if any")

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="body_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.code


class FormerName(models.Model):
    """A name the body bore until a day."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="former_names")
    name = LanguageMapField()
    short = LanguageMapField()
    until = models.DateField(help_text="last day of this name")

    class Meta:
        ordering = ["-until"]
        constraints = [models.UniqueConstraint(fields=["body", "until"], name="one_name_ends_on_a_day")]

    def __str__(self) -> str:
        return f"{self.body.code} until {self.until}"


class Placement(models.Model):
    """Under which body a body stood, from and to which day; an empty end is today."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="placements")
    parent = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="placed_below")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body"], condition=models.Q(until__isnull=True), name="body_has_one_parent_at_a_time"
            ),
            models.CheckConstraint(condition=~models.Q(body=models.F("parent")), name="body_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.body.code} < {self.parent.code}"


class Succession(models.Model):
    """One body went over into another: merged, split or renamed with a new code."""

    class Kind(models.TextChoices):
        """What happened to the predecessor."""

        MERGED = "merged"
        SPLIT = "split"
        RENAMED = "renamed"

    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(help_text="first day of the successor")
    predecessor = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="origins")
    document = LanguageMapField()

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor", "on"], name="succession_once"),
            models.CheckConstraint(
                condition=models.Q(kind="renamed") | ~models.Q(predecessor=models.F("successor")),
                name="only_a_renamed_body_succeeds_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor.code} {self.kind} {self.successor.code}"


class Reorganisation(models.Model):
    """A merger, split or renaming as one operation: its plan, what it did to rows, and who did and undid it."""

    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in State], default=State.PLANNED.value
    )
    on = models.DateField(help_text="first day of the successors")
    plan = models.JSONField(help_text="see bodies.plans.Plan")
    moved = models.JSONField(default=dict, blank=True, help_text="room to what it did to its rows, see bodies.journal")
    counts = models.JSONField(default=dict, blank=True, help_text="kind of thing to how many went over")
    planned_by = models.CharField(max_length=150)
    planned_at = models.DateTimeField()
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True, help_text="why it was undone or dropped")

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "dropped"], applied_at__isnull=True)
                | models.Q(state__in=["applied", "undone"], applied_at__isnull=False),
                name="reorganisation_applied_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
