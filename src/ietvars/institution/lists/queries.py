"""Reads service lists and sets them beside the catalogue."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, QuerySet

from ietvars.ground.terms.rules import pick
from ietvars.institution.lists import rules
from ietvars.institution.lists.models import ListDocument, ListEntry, ServiceList
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service


def of(body_ids: Iterable[int]) -> QuerySet[ServiceList]:
    """Lists of the bodies, newest first, with the count of their entries."""
    return (
        ServiceList.objects.filter(body_id__in=list(body_ids))
        .select_related("body")
        .annotate(size=Count("entries"))
        .order_by("-year", "body__sort_key")
    )


def by_body_and_year(body_code: str, year: int) -> ServiceList | None:
    """The list of a body and year, with its body."""
    return ServiceList.objects.filter(body__code=body_code, year=year).select_related("body").first()


def entries(service_list: ServiceList) -> QuerySet[ListEntry]:
    """The lines of a list in order, with their services."""
    return service_list.entries.select_related("service").order_by("position", "pk")


def document(service_list: ServiceList) -> ListDocument | None:
    """The file of the approval in force, without its content."""
    return service_list.documents.filter(is_current=True).defer("content").first()


def earlier_documents(service_list: ServiceList) -> QuerySet[ListDocument]:
    """Files of earlier approvals, newest first, without their content."""
    return service_list.documents.filter(is_current=False).defer("content").order_by("-at", "-pk")


def content_of(service_list: ServiceList) -> tuple[ListDocument, bytes] | None:
    """The file of the approval in force with its content; None where none is attached."""
    found = service_list.documents.filter(is_current=True).first()
    return (found, bytes(found.content)) if found is not None else None


def latest_published(years: Iterable[int] | None = None) -> QuerySet[ServiceList]:
    """The newest published list of each institution, of any year or of the named ones."""
    published = ServiceList.objects.filter(state=rules.State.PUBLISHED).order_by("body_id", "year")
    if years is not None:
        published = published.filter(year__in=list(years))
    newest = dict(published.values_list("body_id", "pk"))  # the last of a body wins, and it is the newest
    return ServiceList.objects.filter(pk__in=newest.values()).select_related("body").order_by("body__sort_key")


def reconcile(service_list: ServiceList, on: date, language: str = "lv") -> tuple[rules.Disagreement, ...]:
    """The reconcile report of a list, with titles in `language`."""
    return reports([service_list], on, language)[service_list.pk]


def reports(
    service_lists: Iterable[ServiceList], on: date, language: str = "lv"
) -> dict[int, tuple[rules.Disagreement, ...]]:
    """Id of each list to its reconcile report. Two queries, however many lists."""
    bodies = {one.pk: one.body_id for one in service_lists}
    lines: dict[int, list[rules.Line]] = {pk: [] for pk in bodies}
    rows = ListEntry.objects.filter(service_list__in=bodies).select_related("service").order_by("position", "pk")
    for entry in rows:
        lines[entry.service_list_id].append(_line(entry.service, pick(entry.title, language), language))
    catalogue: dict[int, list[rules.Line]] = {pk: [] for pk in bodies.values()}
    held = services.with_holder(services.of(catalogue)).filter(state="published", is_template=False)
    for service in held:
        assert service.holder_id is not None
        catalogue[service.holder_id].append(_line(service, "", language))
    return {pk: rules.reconcile(lines[pk], catalogue[body], on) for pk, body in bodies.items()}


def _line(service: Service | None, title: str, language: str) -> rules.Line:
    if service is None:
        return rules.Line(code="", title=title, state="", reviewed_on=None)
    return rules.Line(service.code, pick(service.title, language), service.state, service.reviewed_on)
