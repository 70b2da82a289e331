"""Reads definitions, figures, comparisons and reviews. Nothing is computed or written here."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Max, QuerySet

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import definitions, errors, rules
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.indicators.models import Comparison, Computation, Definition, Review
from ietvars.institution.indicators.models import Figure as FigureRow
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.values import State
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

YEARS = (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)
NATIONAL = Path(__file__).with_name("national.toml")


# ---- definitions ------------------------------------------------------------------------------------------------


def shipped() -> definitions.Register:
    """The national set that ships with the product."""
    return definitions.read(NATIONAL.read_text(encoding="utf-8"))


def all_definitions() -> QuerySet[Definition]:
    """Every version of every definition, in the order of their registers."""
    return Definition.objects.order_by("register", "position", "code", "version")


def indicators() -> dict[int, definitions.Indicator]:
    """Every definition, read and ready to be evaluated, by its id."""
    return {row.pk: definitions.indicator(row.spec) for row in all_definitions()}


def definitions_in_force(on: date, register: str | None = None) -> list[Definition]:
    """Of each code the newest wording that was valid on a day, in the order of their registers."""
    rows = all_definitions().filter(valid_from__lte=on)
    if register is not None:
        rows = rows.filter(register=register)
    newest: dict[str, Definition] = {}
    for row in rows:
        if row.code not in newest or newest[row.code].version < row.version:
            newest[row.code] = row
    return list(newest.values())


# ---- figures and comparisons ------------------------------------------------------------------------------------


def computed(period: str, with_period: str = "") -> Computation | None:
    """When the figures of a period, or its comparison with another, were last computed."""
    return Computation.objects.filter(period=period, with_period=with_period).first()


def last_computed() -> datetime | None:
    """When figures were computed last, for whatever period; None before the first run."""
    newest: datetime | None = Computation.objects.aggregate(newest=Max("at"))["newest"]
    return newest


def periods_with_figures() -> list[str]:
    """Periods that something was reported of, oldest first."""
    return [code for code, _ in measurements.periods()]


def compared_with(period: str) -> str | None:
    """The earlier period that a period is usually set beside: of last year, where something was reported of it."""
    code = periods.of_last_year(periods.parse(period)).code
    return code if code in periods_with_figures() else None


def set_beside(period: str) -> list[str]:
    """The earlier periods that a period is set beside, if reported: of last year, then just before; of a year one."""
    this, known = periods.parse(period), set(periods_with_figures())
    both = (periods.of_last_year(this).code, periods.previous(this).code)
    return [code for code in dict.fromkeys(both) if code in known]


def figures(
    period: str,
    *,
    codes: Collection[str] | None = None,
    register: str | None = None,
    service_ids: Collection[int] | None = None,
    holder_ids: Collection[int] | None = None,
    whole: bool = False,
) -> QuerySet[FigureRow]:
    """Computed figures of a period. `whole`: without the slices by channel or stage.

    For their definitions chain `.prefetch_related("definition")`: a dozen rows, which a join would read each time.
    """
    rows = FigureRow.objects.filter(period=period)
    if codes is not None:
        rows = rows.filter(definition__code__in=codes)
    if register is not None:
        rows = rows.filter(definition__register=register)
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    if holder_ids is not None:
        rows = rows.filter(holder_id__in=holder_ids)
    if whole:
        rows = rows.filter(channel="")
    return rows.order_by("definition__position", "service_id", "stage", "channel")


DETAILS = ("gaps", "exclusions", "alternatives", "checks", "editions", "restated")
"""Lists of a figure that are kept as one document, empty ones left out."""

_FIGURE = (
    "stage channel state value numerator denominator n spread spread_kind scale scatter counted measured expected "
    "is_illustrative"
).split()


@dataclass(frozen=True, slots=True)
class Kept:
    """A figure with where it is kept and whose it is."""

    pk: int
    definition_id: int
    service_id: int
    holder_id: int
    figure: Figure


def kept(
    period: str,
    definition_ids: Collection[int] | None = None,
    service_ids: Collection[int] | None = None,
    *,
    whole: bool = False,
) -> list[Kept]:
    """Figures of a period as values, which is much faster than as rows where there are many. `whole`: no slices."""
    rows = FigureRow.objects.filter(period=period)
    if definition_ids is not None:
        rows = rows.filter(definition_id__in=definition_ids)
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    if whole:
        rows = rows.filter(channel="")
    columns = ("pk", "definition_id", "service_id", "holder_id", "details", *_FIGURE)
    return [
        Kept(pk, definition, service, holder, _figure(details, said))
        for pk, definition, service, holder, details, *said in rows.order_by("service_id", "pk").values_list(*columns)
    ]


CRITICAL = "national"
"""Register of the critical indicators, by which a service is seen as measured or not."""


def critical(
    period: str, known: Mapping[int, definitions.Indicator] | None = None, register: str = CRITICAL
) -> dict[int, definitions.Indicator]:
    """The critical indicators of a period by the id of their wording: whole, and compared with the year before.

    One that is not compared is another's figure for another use, and would count it twice. `register`: of services
    that an inventory measures in its own way, by the definitions of that inventory.
    """
    known = indicators() if known is None else known
    ids = {each.mark: pk for pk, each in known.items()}
    return {
        ids[each.mark]: each
        for each in rules.in_force(known.values(), periods.parse(period).start)
        if each.register == register and each.whole and each.compared
    }


def register_of(period: str, known: Mapping[int, definitions.Indicator]) -> str:
    """The register by which a period is measured: the national one where anything is, else the first by which it is."""
    measured = figures(period).filter(state=State.MEASURED.value).order_by()
    registers = dict.fromkeys([CRITICAL, *(each.register for each in known.values())])
    return next((code for code in registers if measured.filter(definition__register=code).exists()), CRITICAL)


@dataclass(slots=True)
class Covered:
    """How many critical indicators of a service are measured, of how many that apply to it, and who held it."""

    holder_id: int
    measured: int = 0
    expected: int = 0
    not_applicable: int = 0


def coverage(
    period: str,
    service_ids: Collection[int] | None = None,
    critical_set: Mapping[int, definitions.Indicator] | None = None,
) -> dict[int, Covered]:
    """Service id to its coverage in a period; each indicator counts once, by its whole figure."""
    stages = {pk: each.stage for pk, each in (critical_set or critical(period)).items()}
    rows = figures(period, service_ids=service_ids, whole=True).filter(definition_id__in=stages.keys()).order_by()
    found: dict[int, Covered] = {}
    columns = ("service_id", "holder_id", "definition_id", "stage", "state")
    for service_id, holder_id, definition_id, stage, state in rows.values_list(*columns):
        if stage == stages[definition_id]:
            row = found.setdefault(service_id, Covered(holder_id))
            row.measured += state == State.MEASURED
            row.expected += state != State.NOT_APPLICABLE
            row.not_applicable += state == State.NOT_APPLICABLE
    return found


def figure(row: FigureRow) -> Figure:
    """A kept figure as the rules take it."""
    return _figure(row.details, [getattr(row, name) for name in _FIGURE])


def _figure(details: Mapping[str, list[Any]], said: list[Any]) -> Figure:
    facts: dict[str, Any] = dict(zip(_FIGURE, said, strict=True))
    facts["state"] = State(facts["state"])
    return Figure(**facts | {name: tuple(found) for name, found in details.items()})


def aggregates(
    found: Iterable[Kept], known: Mapping[int, definitions.Indicator]
) -> dict[tuple[int, str, str], rules.Aggregate]:
    """Definition, stage and channel to the one figure of all the services among these."""
    grouped: dict[tuple[int, str, str], dict[int, Figure]] = {}
    for each in found:
        key = (each.definition_id, each.figure.stage, each.figure.channel)
        grouped.setdefault(key, {})[each.service_id] = each.figure
    return {key: rules.aggregate(known[key[0]], figures) for key, figures in grouped.items()}


def comparisons(
    period: str,
    with_period: str,
    *,
    codes: Collection[str] | None = None,
    service_ids: Collection[int] | None = None,
    holder_ids: Collection[int] | None = None,
    verdict: str | None = None,
) -> QuerySet[Comparison]:
    """Verdicts of a period set beside another, each with its two figures."""
    rows = Comparison.objects.filter(period=period, with_period=with_period).select_related("now", "before")
    if codes is not None:
        rows = rows.filter(indicator__in=codes)
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    if holder_ids is not None:
        rows = rows.filter(holder_id__in=holder_ids)
    if verdict is not None:
        rows = rows.filter(verdict=verdict)
    return rows.order_by("service_id", "indicator", "stage", "channel")


def verdict_counts(
    period: str, with_period: str, *, holder_ids: Collection[int] | None = None
) -> dict[str, dict[str, int]]:
    """Verdict to reasons to number of series; a verdict without a reason stands under an empty one."""
    rows = Comparison.objects.filter(period=period, with_period=with_period)
    if holder_ids is not None:
        rows = rows.filter(holder_id__in=holder_ids)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict, reason in rows.values_list("verdict", "reason"):
        found[verdict][reason] += 1
    return {verdict: dict(sorted(reasons.items())) for verdict, reasons in sorted(found.items())}


def series(service_id: int, code: str, *, stage: str | None = None, channel: str = "") -> list[FigureRow]:
    """The figures of one series over all periods that are computed, oldest first."""
    rows = FigureRow.objects.filter(service_id=service_id, definition__code=code, channel=channel)
    if stage is not None:
        rows = rows.filter(stage=stage)
    return list(rows.select_related("definition").order_by("period_start", "period"))


def presence(period: str, with_period: str) -> rules.Presence:
    """Which services were listed in both periods, only before, only now."""
    return rules.presence(frozenset(measurements.services_in(with_period)), frozenset(measurements.services_in(period)))


@dataclass(frozen=True, slots=True)
class Reported:
    """How one quantity was reported in a period: for how many services in which state."""

    quantity: str
    stage: str
    channel: str
    states: Mapping[str, int]
    total: Decimal | None


def reported(period: str) -> list[Reported]:
    """Quantity by quantity how many services measured it, missed it, and so on; nothing missing is in the total."""
    states: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    totals: dict[tuple[str, str, str], Decimal] = {}
    for row in measurements.current(period):
        key = (row.quantity, row.stage, row.channel)
        states[key][row.state] += 1
        if row.value is not None:
            totals[key] = totals.get(key, Decimal(0)) + row.value
    return [
        Reported(*key, {state.value: found[state.value] for state in State}, totals.get(key))
        for key, found in sorted(states.items())
    ]


# ---- names for documents ----------------------------------------------------------------------------------------


def service_named(code: str) -> Service:
    """The service of a code. Raises UnknownService."""
    found = services.by_code(code)
    if found is None:
        raise errors.UnknownService(code=code)
    return found


def named_services(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Service id to its code and title."""
    rows = services.all_services().filter(pk__in=list(ids)).values_list("pk", "code", "title")
    return {pk: {"code": code, "title": title} for pk, code, title in rows}


def named_bodies(ids: Iterable[int]) -> dict[int, str]:
    """Body id to its code."""
    return dict(bodies.all_bodies().filter(pk__in=list(ids)).values_list("pk", "code"))


# ---- reviews ----------------------------------------------------------------------------------------------------


def reviews(service_id: int) -> QuerySet[Review]:
    """Reviews of a service, newest first."""
    return Review.objects.filter(service_id=service_id)


def reviewed(period: str, service_ids: Collection[int]) -> set[int]:
    """Of these services those whose comparison of the period has been reviewed."""
    rows = Review.objects.filter(period=period, service_id__in=service_ids)
    return set(rows.values_list("service_id", flat=True))
