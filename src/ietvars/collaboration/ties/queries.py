"""Reads ties from both ends."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ietvars.collaboration.ties import rules
from ietvars.collaboration.ties.models import Tie
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

ORDERING = tuple(kind.value for kind, both in rules.READINGS.items() if both.puts_in_order)


@dataclass(frozen=True)
class Tied:
    """A tie as read from one service: `reading` is a message id, `service` is the other end with its holder."""

    tie_id: int
    kind: rules.Kind
    reading: str
    from_source: bool
    service: Service
    note: dict[str, str]


def of(service: Service) -> list[Tied]:
    """Ties of a service to published ones, read from its side, in the order of kinds and titles."""
    rows = list(Tie.objects.filter(Q(source=service) | Q(target=service)))
    others = {row.source_id if row.target_id == service.pk else row.target_id for row in rows}
    readable = services.published() | services.all_services().filter(is_template=True, state="published")
    known = {other.pk: other for other in readable.with_holder().filter(pk__in=others)}
    order = list(rules.Kind)
    found = []
    for row in rows:
        from_source = row.source_id == service.pk
        other = known.get(row.target_id if from_source else row.source_id)
        if other is not None:
            kind = rules.Kind(row.kind)
            found.append(Tied(row.pk, kind, rules.reading(kind, from_source=from_source), from_source, other, row.note))
    return sorted(found, key=lambda tied: (order.index(tied.kind), not tied.from_source, tied.service.sort_key))


def all_ties() -> QuerySet[Tie]:
    """Every tie with both services, for tables and exchange."""
    return Tie.objects.select_related("source", "target").order_by("kind", "source__code", "target__code")


def between(kind: rules.Kind, one: Service, other: Service) -> Tie | None:
    """The tie of a kind between two services; of a kind that reads the same from both ends, in either direction."""
    rows = Q(source=one, target=other)
    if rules.READINGS[kind].is_symmetric:
        rows |= Q(source=other, target=one)
    return Tie.objects.filter(rows, kind=kind.value).first()


def order_pairs() -> Iterable[tuple[int, int]]:
    """(service, the one it depends on) of all ties that put services in order."""
    return Tie.objects.filter(kind__in=ORDERING).values_list("source_id", "target_id")
