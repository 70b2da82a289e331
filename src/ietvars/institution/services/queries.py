"""Reads services. Pages ask `page` for one service with all it shows, and narrow `published()` for lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Max, Prefetch
from django.utils import timezone

from ietvars.ground.bodies.models import Body
from ietvars.ground.terms import rules as terms
from ietvars.ground.words import rules as words
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases import requirements
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.services import rules
from ietvars.institution.services.models import (
    Delivery,
    Fee,
    Identifier,
    PublishedVersion,
    Service,
    ServiceSet,
    Stage,
    StateRow,
    Tenure,
)

COLUMNS = (
    "code",
    "title_lv",
    "title_en",
    "summary_lv",
    "summary_en",
    "holder",
    "holder_name_lv",
    "kind",
    "area",
    "state",
    "audience",
    "life_events",
    "term_days",
    "immediate",
    "free",
    "request_channels",
    "receipt_channels",
    "template",
    "offered",
    "reviewed_on",
    "illustrative",
)
"""Columns of the table of services, in order; stable."""


def all_services() -> ServiceSet:
    """Every service in every state, common descriptions included."""
    return Service.objects.all()


def published() -> ServiceSet:
    """Services that people can read and receive."""
    return Service.objects.published()


def of(body_ids: Iterable[int]) -> ServiceSet:
    """Services held today by any of the bodies, in any state; chain `.published()` for what people see."""
    return Service.objects.of(body_ids)


def with_holder(services: ServiceSet) -> ServiceSet:
    """Each with holder_id, holder_code, holder_name and holder_short of today."""
    return services.with_holder()


def by_code(code: str) -> Service | None:
    """The service of a code in any state, with its holder of today; None when there is none."""
    return Service.objects.with_holder().filter(code=code).first()


def by_codes(codes: Iterable[str]) -> dict[str, Service]:
    """Services by code; unknown codes are left out."""
    return {service.code: service for service in Service.objects.filter(code__in=list(codes))}


def page(code: str) -> Service | None:
    """One service with all that its page shows, in a fixed number of queries: stages with deliveries and providers,
    fees, identifiers, holders over time, the common description."""
    return (
        Service.objects.with_holder()
        .select_related("template")
        .prefetch_related(
            Prefetch("stages", Stage.objects.order_by("pk")),
            Prefetch("stages__deliveries", Delivery.objects.select_related("provider").order_by("pk")),
            "fees",
            "identifiers",
            Prefetch("tenures", Tenure.objects.select_related("holder").order_by("since", "pk")),
        )
        .filter(code=code)
        .first()
    )


def in_brief(services: ServiceSet) -> ServiceSet:
    """Each with holder_id of today, its name, its state and when it is to be reviewed: who has thousands waits for what
    is read of each."""
    return services.in_brief()


NOT_IN_LISTS = (
    "keywords", "eligibility", "evidence", "outputs", "legal_acts", "appeal", "apply_within", "languages",
    "not_offered_because", "own_fields", "life_events", "receives", "illustrative",
)  # fmt: skip
"""What only the page of a service shows; a list of a hundred does not read it."""


def for_lists(codes: Iterable[str] | None = None) -> ServiceSet:
    """Published services with what a row of a list shows, in a fixed number of queries; narrowed to `codes`.

    Of the stages only the request is read, with its channels.
    """
    chosen = published() if codes is None else published().filter(code__in=list(codes))
    requests = Stage.objects.filter(name=Stage.Name.REQUEST).only("service_id", "name")
    channels = Delivery.objects.only("stage_id", "channel").order_by("pk")
    return (
        chosen.with_holder()
        .select_related("template")
        .defer(*NOT_IN_LISTS, *(f"template__{name}" for name in NOT_IN_LISTS))
        .prefetch_related(Prefetch("stages", requests), Prefetch("stages__deliveries", channels), "fees")
    )


def audiences(codes: Iterable[str]) -> dict[str, list[str]]:
    """Code of each of these published services to whom it is for."""
    return dict(published().filter(code__in=list(codes)).values_list("code", "audience"))


def counts_by_holder() -> dict[int, int]:
    """Id of each holder to the number of services that people can read there today."""
    rows = published().filter(tenures__until__isnull=True).values_list("tenures__holder").annotate(size=Count("pk"))
    return {int(holder): int(size) for holder, size in rows if holder is not None}


def variants(template: Service) -> ServiceSet:
    """Local services of a common description with their holders, those not offered included."""
    return Service.objects.with_holder().filter(template=template).order_by("sort_key", "code")


def holder_of(service: Service) -> Body:
    """The body that holds the service today."""
    return Tenure.objects.select_related("holder").get(service=service, until__isnull=True).holder


def holder_id(service: Service) -> int | None:
    """Id of the body that holds the service today; None where nobody is known."""
    return Tenure.objects.filter(service=service, until__isnull=True).values_list("holder_id", flat=True).first()


def why(service: Service) -> str:
    """What was said when the service came to its state; empty where nothing was."""
    row = StateRow.objects.filter(service=service).order_by("-at", "-pk").first()
    return row.why if row else ""


def version_of(service: Service) -> CanvasVersion | None:
    """The version of the canvas that the description was made from; None when it was made from none."""
    if service.canvas_version_id is None:
        return None
    return canvases.versions([service.canvas_version_id])[service.canvas_version_id]


def holder_on(service: Service, day: date) -> Body | None:
    """The body that held the service on a day; None where nobody is known."""
    rows = {row.pk: row for row in Tenure.objects.filter(service=service).select_related("holder")}
    found = rules.holder_on((rules.Held(pk, row.since, row.until) for pk, row in rows.items()), day)
    return rows[found].holder if found is not None else None


def holders_on(service_ids: Iterable[int], day: date) -> dict[int, int]:
    """Service id to id of the body that held it on a day; services without one are left out. One query."""
    rows: dict[int, list[rules.Held]] = {}
    found = Tenure.objects.filter(service__in=list(service_ids)).values_list("service", "holder", "since", "until")
    for service_id, holder_id, since, until in found:
        rows.setdefault(service_id, []).append(rules.Held(holder_id, since, until))
    holders = {service_id: rules.holder_on(tenures, day) for service_id, tenures in rows.items()}
    return {service_id: holder for service_id, holder in holders.items() if holder is not None}


def by_identifier(scheme: str) -> dict[str, int]:
    """Number in a register or inventory to service id."""
    return dict(Identifier.objects.filter(scheme=scheme).values_list("value", "service_id"))


def channels_at(stage: str, service_ids: Iterable[int]) -> dict[int, set[str]]:
    """Service id to the channels of one stage; services without any are left out. One query."""
    found: dict[int, set[str]] = {}
    rows = Delivery.objects.filter(stage__name=stage, stage__service__in=list(service_ids)).exclude(channel="")
    for service_id, channel in rows.values_list("stage__service", "channel"):
        found.setdefault(service_id, set()).add(channel)
    return found


def stages_of(service_id: int) -> frozenset[str]:
    """The stages that a service's description has."""
    return frozenset(Stage.objects.filter(service=service_id).values_list("name", flat=True))


def overdue(on: date) -> ServiceSet:
    """Published services whose description is to be read again, by the rhythm each owner picked, with their holders."""
    return Service.objects.with_holder().overdue(on)


def description(service: Service) -> dict[str, Any]:
    """The whole description by the paths of its parts. A stage given by the holder names no provider."""
    return _without_holder(descriptions.parts(facts(service)), _holder_code(service))


def descriptions_of(services: ServiceSet) -> Iterator[tuple[Service, dict[str, Any]]]:
    """Each service with its description, in a fixed number of queries for every 400."""
    found = services.with_holder().prefetch_related(
        Prefetch("stages", Stage.objects.order_by("pk")),
        Prefetch("stages__deliveries", Delivery.objects.select_related("provider").order_by("pk")),
        Prefetch("fees", Fee.objects.order_by("pk")),
        Prefetch("identifiers", Identifier.objects.order_by("pk")),
    )
    for service in found.iterator(chunk_size=400):
        yield service, _without_holder(descriptions.parts(facts_of(service)), service.holder_code)


def _without_holder(found: dict[str, Any], holder: str | None) -> dict[str, Any]:
    return {path: value for path, value in found.items() if not path.endswith(".providers") or value != [holder]}


def _holder_code(service: Service) -> str | None:
    rows = Tenure.objects.filter(service=service, until__isnull=True)
    return rows.values_list("holder__code", flat=True).first()


def asked(service: Service, on: date) -> tuple[requirements.Asked, ...]:
    """What the service must and should say on a day, by its canvas."""
    return canvases.asked(version_of(service), on, is_offered=service.is_offered)


def gaps(service: Service, on: date) -> tuple[requirements.Gap, ...]:
    """What the description does not say and must or should."""
    return requirements.gaps(description(service), asked(service, on))


def last_change() -> int:
    """Grows whenever what people read of any service changes; 0 before anything was published."""
    return PublishedVersion.objects.aggregate(last=Max("pk"))["last"] or 0


def gaps_of(services: ServiceSet, on: date) -> Iterator[tuple[Service, tuple[requirements.Gap, ...]]]:
    """Each service with its gaps, in a fixed number of queries for every 400."""
    on_canvas = services.filter(canvas_version__isnull=False).order_by().values_list("canvas_version_id", flat=True)
    stood = canvases.versions({pk or 0 for pk in on_canvas})
    asked_by: dict[tuple[int | None, bool], tuple[requirements.Asked, ...]] = {}
    for service, described in descriptions_of(services):
        key = (service.canvas_version_id, service.is_offered)
        if key not in asked_by:
            version = stood.get(service.canvas_version_id) if service.canvas_version_id else None
            asked_by[key] = canvases.asked(version, on, is_offered=service.is_offered)
        yield service, requirements.gaps(described, asked_by[key])


def changes_since(sequence: int, limit: int = 100) -> list[PublishedVersion]:
    """The next published versions after a key, oldest first: one page of the change feed."""
    rows = PublishedVersion.objects.select_related("service", "holder").filter(pk__gt=sequence)
    return list(rows.order_by("pk")[:limit])


def versions_of(service: Service) -> list[PublishedVersion]:
    """All that was published of a service, newest first."""
    return list(PublishedVersion.objects.select_related("holder").filter(service=service).order_by("-number"))


def promised_terms() -> Iterator[tuple[int, int, int]]:
    """(service id, number of its published version, working days to the result), 0 days for at once.

    Number 0 stands for what is described today. What promises no term is left out.
    """
    versions = PublishedVersion.objects.order_by("service_id", "number").values_list(
        "service_id", "number", "description__term__immediate", "description__term__days"
    )
    today = Service.objects.order_by("pk").values_list("pk", "is_immediate", "term_days")
    for service_id, number, is_immediate, days in versions.iterator(chunk_size=2000):
        if is_immediate or days is not None:
            yield service_id, number, 0 if is_immediate else int(days or 0)
    for service_id, is_immediate, days in today:
        if is_immediate or days is not None:
            yield service_id, 0, 0 if is_immediate else int(days or 0)


def adoption(canvas_code: str) -> list[dict[str, Any]]:
    """How many services of each holder stand on each version of a canvas today: number, holder, size."""
    rows = (
        Service.objects.filter(canvas_version__canvas__code=canvas_code, tenures__until__isnull=True)
        .exclude(state=Service.State.RETIRED)
        .values_list("canvas_version__number", "tenures__holder__code", "tenures__holder__name")
        .annotate(size=Count("pk", distinct=True))
        .order_by("canvas_version__number", "tenures__holder__code")
    )
    return [{"number": number, "holder": code, "name": name, "size": size} for number, code, name, size in rows]


def adopted_by_day(canvas_code: str) -> list[tuple[date, int, int]]:
    """(day, number of the version, services that came to stand on it that day), oldest first, from the history."""
    changes: dict[tuple[date, int], int] = {}
    rows = (
        Service.history.filter(canvas_version__canvas__code=canvas_code)
        .order_by("id", "history_date", "history_id")
        .values_list("id", "history_date", "canvas_version__number")
    )
    before: tuple[int, int] | None = None
    for pk, at, number in rows.iterator():
        if (pk, number) != before:
            day = timezone.localdate(at)
            changes[day, number] = changes.get((day, number), 0) + 1
        before = (pk, number)
    return [(day, number, size) for (day, number), size in sorted(changes.items())]


def facts(service: Service) -> rules.ServiceFacts:
    """The whole description as a value, e.g. to fill a form or to say it anew."""
    fresh = (
        Service.objects.filter(pk=service.pk)
        .prefetch_related(
            Prefetch("stages", Stage.objects.order_by("pk")),
            Prefetch("stages__deliveries", Delivery.objects.select_related("provider").order_by("pk")),
            Prefetch("fees", Fee.objects.order_by("pk")),
            Prefetch("identifiers", Identifier.objects.order_by("pk")),
        )
        .get()
    )
    return facts_of(service, fresh)


def facts_of(service: Service, with_parts: Service | None = None) -> rules.ServiceFacts:
    """The row's own fields of `service`, and the parts as they were prefetched."""
    parts = with_parts or service
    stages = {
        stage.name: rules.StageFacts(
            text=stage.text,
            url=stage.url,
            channels=tuple(dict.fromkeys(row.channel for row in stage.deliveries.all() if row.channel)),
            providers=tuple(dict.fromkeys(row.provider.code for row in stage.deliveries.all())),
        )
        for stage in parts.stages.all()
    }
    row: dict[str, Any] = {name: getattr(service, name) for name in rules.ROW_FIELDS}
    row = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return rules.ServiceFacts(
        **row,
        identifiers=tuple((one.scheme, one.value) for one in parts.identifiers.all()),
        stages=stages,
        fees=tuple(
            rules.FeeFacts(stage=fee.stage, amount=fee.amount, currency=fee.currency, text=fee.text)
            for fee in parts.fees.all()
        ),
    )


def rows(services: ServiceSet) -> Iterator[dict[str, Any]]:
    """The table of services, row by row, with the keys of COLUMNS. Lists are joined by a space."""
    deliveries = Prefetch("stages__deliveries", Delivery.objects.order_by("pk"))
    for service in services.with_holder().select_related("template").prefetch_related("stages", deliveries, "fees"):
        channels = {
            stage.name: " ".join(dict.fromkeys(row.channel for row in stage.deliveries.all() if row.channel))
            for stage in service.stages.all()
        }
        yield {
            "code": service.code,
            "title_lv": service.title.get("lv", ""),
            "title_en": service.title.get("en", ""),
            "summary_lv": service.summary.get("lv", ""),
            "summary_en": service.summary.get("en", ""),
            "holder": service.holder_code,
            "holder_name_lv": (service.holder_name or {}).get("lv", ""),
            "kind": service.kind,
            "area": service.area,
            "state": service.state,
            "audience": " ".join(service.audience),
            "life_events": " ".join(service.life_events),
            "term_days": service.term_days,
            "immediate": service.is_immediate,
            "free": not service.fees.all(),
            "request_channels": channels.get("request", ""),
            "receipt_channels": channels.get("receipt", ""),
            "template": service.template.code if service.template else "",
            "offered": service.is_offered,
            "reviewed_on": service.reviewed_on.isoformat() if service.reviewed_on else "",
            "illustrative": " ".join(service.illustrative),
        }


def tenures(service_ids: Iterable[int]) -> dict[int, list[Tenure]]:
    """Holders over time of many services, oldest first."""
    found: dict[int, list[Tenure]] = {}
    for row in Tenure.objects.filter(service__in=list(service_ids)).order_by("service", "since", "pk"):
        found.setdefault(row.service_id, []).append(row)
    return found


def documents(service: Service) -> list[words.Document]:
    """What the search index is told of a service, one document a language. Needs `with_holder` and the template.

    A local service stands in the group of its common description and is meant for its holder's inhabitants.
    """
    group = service.template.code if service.template else service.code
    made = []
    for language in terms.LANGUAGES:
        texts = [
            terms.pick(service.summary, language),
            terms.pick(service.receives, language),
            *service.eligibility.get(language, ()),
            *(terms.pick(entry.get("title"), language) for entry in (*service.evidence, *service.outputs)),
            terms.pick(service.holder_name, language),
            terms.pick(service.holder_short, language),
        ]
        made.append(
            words.Document(
                kind="service",
                key=service.code,
                language=language,
                title=terms.pick(service.title, language),
                keywords=", ".join(service.keywords.get(language, ())),
                text="\n".join(text for text in texts if text),
                boost=_boost(service),
                group=group,
                place=service.holder_code if service.template else "",
                audience=tuple(service.audience),
            )
        )
    return made


def _boost(service: Service) -> float:
    """A common description stands for its local services, unless the visitor has said where he lives."""
    if service.is_template:
        return 2.0
    return -2.0 if service.template else 0.0
