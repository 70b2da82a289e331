"""Tables of persons and their capacities. Passwords, second factors and provider links are Django's and allauth's."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from ietvars.ground.bodies.models import Body
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.models import LanguageMapField


class Person(AbstractUser):
    """Somebody who signs in. The names are what colleagues see; a personal code is never stored."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = LanguageMapField(help_text="name shown to colleagues; sample persons are named by their role")
    is_sample = models.BooleanField(default=False, help_text="may be entered by one click in the sample state")

    REQUIRED_FIELDS = []


class Capacity(models.Model):
    """The right to act in a role for a body and all below it, from and to a day."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="capacities")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role if role != Role.SYSTEM])
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="capacities")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "body"],
                condition=models.Q(until__isnull=True),
                name="one_open_capacity_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person.username}: {self.role} at {self.body.code}"
