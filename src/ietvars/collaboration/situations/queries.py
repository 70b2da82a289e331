"""Reads life situations. That two services are related is derived here from their steps and stored nowhere."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from ietvars.collaboration.situations import rules
from ietvars.collaboration.situations.models import Situation, Step
from ietvars.ground.terms import rules as terms
from ietvars.ground.words import rules as words
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service, ServiceSet


@dataclass(frozen=True)
class Broken:
    """A step that leads to a service nobody can receive any more."""

    situation: Situation
    step: Step
    service: Service


def all_situations() -> QuerySet[Situation]:
    """Every life situation, withdrawn ones included."""
    return Situation.objects.order_by("position", "code")


def published() -> QuerySet[Situation]:
    """Life situations that people can read, in their order."""
    return all_situations().filter(is_published=True)


def by_code(code: str) -> Situation | None:
    """The life situation of a code with its steps, their services and those services' holders."""
    with_services = (
        Step.objects.order_by("position")
        .select_related("turn_to")
        .prefetch_related(Prefetch("service", services.all_services().with_holder()))
    )
    return Situation.objects.prefetch_related(Prefetch("steps", with_services)).filter(code=code).first()


def members() -> dict[str, set[int]]:
    """Code of each published situation to the ids of its services; local services stand under their common one."""
    found: dict[str, set[int]] = {code: set() for code in published().values_list("code", flat=True)}
    rows = Step.objects.filter(situation__is_published=True, service__isnull=False)
    for code, service_id in rows.values_list("situation__code", "service_id"):
        found[code].add(service_id)
    return found


def sizes() -> dict[str, tuple[int, int]]:
    """Code of each published situation to its number of steps and of the holders of their services."""
    steps: dict[str, int] = {}
    holders: dict[str, set[int]] = {}
    rows = Step.objects.filter(situation__is_published=True).values_list("situation__code", "service_id")
    # The annotation comes from another room, where the type checker does not follow it.
    held = dict(services.with_holder(services.all_services()).values_list("pk", "holder_id"))  # type: ignore[misc]
    for code, service_id in rows:
        steps[code] = steps.get(code, 0) + 1
        if held.get(service_id) is not None:
            holders.setdefault(code, set()).add(held[service_id])
    return {code: (count, len(holders.get(code, ()))) for code, count in steps.items()}


def steps_together(situation: Situation) -> list[list[Step]]:
    """Its steps in order, those at the same time in one group."""
    return rules.together(situation.steps.all())


def of_service(service: Service) -> QuerySet[Situation]:
    """Published life situations that have the service, or the common description it varies, as a step."""
    return published().filter(steps__service__in=_itself(service)).distinct()


def related(service: Service) -> ServiceSet:
    """Published services of the same life situations, nearest first in `related_order(service)`; derived."""
    return services.published().with_holder().filter(pk__in=related_ids(service))


def related_ids(service: Service) -> list[int]:
    """Ids of related services: those that share most situations first, then the nearest steps."""
    own = _itself(service)
    rows = (
        Step.objects.filter(situation__in=of_service(service), service__isnull=False)
        .order_by("situation", "position")
        .values_list("situation_id", "service_id")
    )
    members: dict[int, list[int]] = {}
    for situation_id, service_id in rows:
        members.setdefault(situation_id, []).append(service.pk if service_id in own else service_id)
    return rules.related(service.pk, members.values())


def related_services(service: Service, limit: int = 8) -> list[Service]:
    """Related services as a page lists them: published, with holders, nearest first. The common description of
    local services counts as one."""
    ids = related_ids(service)
    found = services.all_services().with_holder().filter(pk__in=ids, state="published").in_bulk()
    return [found[pk] for pk in ids if pk in found][:limit]


def broken() -> list[Broken]:
    """Steps whose service is retired or not offered, to be mended by a coordinator."""
    rows = Step.objects.select_related("situation").filter(service__isnull=False).order_by("situation", "position")
    unreadable = services.all_services().exclude(state="published") | services.all_services().filter(is_offered=False)
    gone = unreadable.with_holder().filter(pk__in=rows.values("service_id")).in_bulk()
    return [Broken(row.situation, row, gone[row.service_id]) for row in rows if row.service_id in gone]


def broken_by(service: Service) -> QuerySet[Situation]:
    """Situations that would break, or broke, with this service: what a button that retires it should name."""
    return all_situations().filter(steps__service=service).distinct()


def documents(situation: Situation) -> list[words.Document]:
    """What the search index is told of a life situation, one document a language."""
    return [
        words.Document(
            kind="situation",
            key=situation.code,
            language=language,
            title=terms.pick(situation.title, language),
            keywords=", ".join(situation.keywords.get(language, ())),
            text="\n".join(
                text
                for text in (
                    terms.pick(situation.summary, language),
                    *(terms.pick(step.title, language) for step in situation.steps.all()),
                )
                if text
            ),
            group=situation.code,
        )
        for language in terms.LANGUAGES
    ]


def _itself(service: Service) -> list[int]:
    return [service.pk, service.template_id] if service.template_id else [service.pk]
