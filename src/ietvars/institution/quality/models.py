"""Tables of the links that descriptions name and of what each check of one found."""

from django.db import models

from ietvars.institution.quality.links import LONGEST, Outcome


class Link(models.Model):
    """An address that a description names or named. Where it stands is read from the descriptions themselves."""

    url = models.CharField(max_length=LONGEST, unique=True)

    def __str__(self) -> str:
        return self.url


class LinkCheck(models.Model):
    """What one check of a link found: history is rows."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Outcome])
    status = models.PositiveSmallIntegerField(null=True, help_text="status of the answer, if there was one")
    note = models.CharField(max_length=20, blank=True, help_text="why there was no answer")

    class Meta:
        indexes = [models.Index(fields=["link", "at"]), models.Index(fields=["outcome"])]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at:%Y-%m-%d} {self.outcome}"
