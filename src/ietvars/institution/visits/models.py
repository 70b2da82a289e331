"""The one table of page views."""

from django.db import models

from ietvars.institution.visits.rules import Device


class PageViews(models.Model):
    """How often a page was opened on a day, from one kind of device and one country."""

    day = models.DateField()
    page = models.CharField(max_length=300)
    device = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Device])
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, empty where unknown")
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "page", "device", "country"], name="page_views_are_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.page} {self.device} {self.country}: {self.n}"
