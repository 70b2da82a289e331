"""Reads what was not understood."""

from collections.abc import Iterable

from ietvars.institution.linked.models import Leftover
from ietvars.institution.services.models import Service


def triples(service_ids: Iterable[int] | None = None) -> dict[int, str]:
    """Service id to its N-Triples; of all services, or of some."""
    rows = Leftover.objects.exclude(triples="")
    if service_ids is not None:
        rows = rows.filter(service__in=list(service_ids))
    return dict(rows.values_list("service_id", "triples"))


def of(service: Service) -> Leftover | None:
    """What came with a service and was not understood; None when nothing did."""
    return Leftover.objects.filter(service=service).first()


def by_origin(origins: Iterable[str] | None = None) -> dict[str, str]:
    """IRI of a service where it came from to its code here."""
    rows = Leftover.objects.exclude(origin="")
    if origins is not None:
        rows = rows.filter(origin__in=list(origins))
    return dict(rows.values_list("origin", "service__code"))
