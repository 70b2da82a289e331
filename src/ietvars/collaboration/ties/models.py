"""The table of ties."""

from django.db import models

from ietvars.ground.terms.models import LanguageMapField
from ietvars.institution.services.models import Service


class Tie(models.Model):
    """`source` KIND `target`: it requires it, arises from it, gives evidence for it, follows it, replaces it."""

    class Kind(models.TextChoices):
        """Kinds, each read from both ends by the room's rules."""

        ARISES_FROM = "arises-from"
        REQUIRES = "requires"
        EVIDENCE_FOR = "evidence-for"
        FOLLOWS = "follows"
        ALTERNATIVE_TO = "alternative-to"

    kind = models.CharField(max_length=20, choices=Kind)
    source = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    note = LanguageMapField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "target"], name="tie_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="tie_joins_two_services"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
