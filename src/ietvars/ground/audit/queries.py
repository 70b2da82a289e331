"""Reads the audit trail. It never judges it."""

from django.db.models import QuerySet

from ietvars.ground.audit.models import Entry


def of(kind: str, key: str) -> QuerySet[Entry]:
    """Rows about one thing, newest first."""
    return Entry.objects.filter(subject_kind=kind, subject_key=key).order_by("-at", "-pk")


def latest(limit: int = 100) -> QuerySet[Entry]:
    """The newest rows of all."""
    return Entry.objects.order_by("-at", "-pk")[:limit]
