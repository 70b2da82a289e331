"""The table of what was not understood, one row a service."""

from django.db import models

from ietvars.institution.services.models import Service


class Leftover(models.Model):
    """Triples about a service that no part of its description could take."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=400, blank=True, help_text="IRI of the service where it came from")
    source = models.CharField(max_length=160, help_text="name of the file or catalogue")
    triples = models.TextField(blank=True, help_text="N-Triples, sorted, about the service by its IRI here")
    held_back = models.TextField(blank=True, help_text="the same of what would break the profile if it were given out")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.service_id} from {self.source}"
