"""Gathers what the finders read, and reads what they have found. A page reads findings only; it never looks anew."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from ietvars.ground.deployment import queries as deployment
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.comparison import Word
from ietvars.institution.lists import queries as lists
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates import queries as aggregates
from ietvars.oversight.finders import errors, rules
from ietvars.oversight.finders.models import CriterionAnswer, Finding

CASES = "cases"
COUNTED, ANSWERED = "counted", "answered"
YEARS = (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)


# ---- what finders read ------------------------------------------------------------------------------------------


def facts(period: str, on: date, with_period: str = "") -> rules.Facts:
    """Everything the finders may read about a period, as it stands; lists and catalogue as they are on the day `on`."""
    found = periods.parse(period)
    before = periods.parse(with_period) if with_period else periods.of_last_year(found)
    return rules.Facts(
        period=found.code,
        with_period=before.code,
        services=_services(found.code, before.code),
        lists=_lists(found, on),
        limits=limits(found),
        is_sample=deployment.is_sample(),
    )


def limits(period: periods.Period) -> dict[str, Decimal]:
    """Counted criteria of the law with their limits. They are about a year, so a shorter period has none."""
    if period.kind not in YEARS:
        return {}
    return {
        code: Decimal(str(said["limit"]))
        for code, said in terms.facts(rules.CRITERIA).items()
        if said.get("kind") == COUNTED and "limit" in said
    }


def criteria() -> dict[str, Mapping[str, str]]:
    """The criteria that people answer, with their labels, in the order of the law."""
    answered = {code for code, said in terms.facts(rules.CRITERIA).items() if said.get("kind") == ANSWERED}
    return {code: label for code, label in terms.labels(rules.CRITERIA)[rules.CRITERIA].items() if code in answered}


def electronic_channels() -> frozenset[str]:
    """Channels a request through which is electronic, as the code list says."""
    return frozenset(code for code, said in terms.facts("channels").items() if said.get("electronic"))


def _services(period: str, before: str) -> tuple[rules.ServiceFacts, ...]:
    published = set(services.published().values_list("pk", flat=True))
    leaves = [leaf for leaf in aggregates.picture(period, before).leaves if leaf.service_id in published]
    ids = [leaf.service_id for leaf in leaves]
    editions = _Editions()
    cases, cases_before = _cases(period, ids, editions), _cases(before, ids, editions)
    worse = _worse(period, before, ids, editions)
    given = answers(ids)
    electronic, channels = electronic_channels(), services.channels_at("request", ids)
    return tuple(
        rules.ServiceFacts(
            service_id=leaf.service_id,
            code=leaf.code,
            holder_id=leaf.institution.body_id,
            holder_code=leaf.institution.code,
            is_electronic=bool(channels.get(leaf.service_id, set()) & electronic),
            cases=cases.get(leaf.service_id, rules.Amount()),
            cases_before=cases_before.get(leaf.service_id, rules.Amount()),
            measured=leaf.measured,
            expected=leaf.expected,
            worse=tuple(worse.get(leaf.service_id, ())),
            answers={code: row.answer for code, row in given.get(leaf.service_id, {}).items()},
        )
        for leaf in leaves
    )


class _Editions:
    """Names of editions by id, read once: ids mean nothing outside of this database."""

    def __init__(self) -> None:
        self.names = {edition.pk: f"{edition.source} {edition.code}" for edition in measurements.editions()}

    def named(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.names.get(pk, str(pk)) for pk in ids)


def _cases(period: str, ids: Collection[int], editions: _Editions) -> dict[int, rules.Amount]:
    wordings = {pk: each for pk, each in indicators.indicators().items() if each.code == CASES}
    return {
        row.service_id: rules.Amount(
            state=row.figure.state.value,
            value=row.figure.value,
            is_complete=row.figure.measured == row.figure.expected,
            is_illustrative=row.figure.is_illustrative,
            definition=wordings[row.definition_id].mark,
            editions=editions.named(row.figure.editions),
        )
        for row in indicators.kept(period, list(wordings), ids, whole=True)
    }


def _worse(period: str, before: str, ids: Collection[int], editions: _Editions) -> dict[int, list[rules.Worsening]]:
    found: dict[int, list[rules.Worsening]] = defaultdict(list)
    rows = indicators.comparisons(period, before, service_ids=ids, verdict=Word.WORSE.value)
    for row in rows.select_related("now__definition", "before"):
        if row.now is None or row.before is None:
            continue
        found[row.service_id].append(
            rules.Worsening(
                indicator=row.indicator,
                now=row.now.value,
                before=row.before.value,
                difference=row.difference,
                low=row.low,
                high=row.high,
                p_adjusted=row.p_adjusted,
                stage=row.stage,
                channel=row.channel,
                unit=row.now.definition.unit,
                definition=str(row.now.definition),
                editions=editions.named(dict.fromkeys((*row.now.editions, *row.before.editions))),
                is_illustrative=row.is_illustrative,
            )
        )
    return found


def _lists(period: periods.Period, on: date) -> tuple[rules.ListFacts, ...]:
    """Rows of the reconcile reports of the published lists that belong to a period."""
    found: list[rules.ListFacts] = []
    known = {code: pk for pk, code in services.all_services().values_list("pk", "code")}
    published = list(lists.latest_published(rules.years_of_lists(period.end)))
    reports = lists.reports(published, on)
    for each in published:
        found += [
            rules.ListFacts(
                body_id=each.body_id,
                body_code=each.body.code,
                year=each.year,
                kind=row.kind.value,
                title=row.title,
                service_id=known.get(row.code),
                code=row.code,
                reviewed_on=row.reviewed_on,
                looked_on=on,
            )
            for row in reports[each.pk]
        ]
    return tuple(found)


# ---- answers ----------------------------------------------------------------------------------------------------


def answers(service_ids: Iterable[int]) -> dict[int, dict[str, CriterionAnswer]]:
    """Service id to the newest answer to each criterion."""
    found: dict[int, dict[str, CriterionAnswer]] = defaultdict(dict)
    for row in CriterionAnswer.objects.filter(service_id__in=list(service_ids)).order_by("at", "pk"):
        found[row.service_id][row.criterion] = row
    return found


def answers_of(service_id: int) -> QuerySet[CriterionAnswer]:
    """All answers about a service that were ever given, newest first."""
    return CriterionAnswer.objects.filter(service_id=service_id).order_by("-at", "-pk")


# ---- what was found ---------------------------------------------------------------------------------------------


def findings(
    period: str,
    *,
    finders: Collection[str] | None = None,
    body_ids: Collection[int] | None = None,
    service_ids: Collection[int] | None = None,
) -> QuerySet[Finding]:
    """What the finders saw in a period, with service and holder, finder by finder in their order."""
    rows = Finding.objects.filter(period=periods.parse(period).code).select_related("service", "body")
    if finders is not None:
        rows = rows.filter(finder__in=finders)
    if body_ids is not None:
        rows = rows.filter(body_id__in=body_ids)
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    order = Case(
        *(When(finder=finder.code, then=Value(at)) for at, finder in enumerate(rules.FINDERS)),
        default=Value(len(rules.FINDERS)),
        output_field=IntegerField(),
    )
    return rows.order_by(order, "key")


def counts(period: str, *, body_ids: Collection[int] | None = None) -> dict[str, int]:
    """Every finder with how much it found, in their order; zeros too."""
    rows = findings(period, body_ids=body_ids).order_by().values_list("finder").annotate(number=Count("pk"))
    found = dict(rows)
    return {finder.code: found.get(finder.code, 0) for finder in rules.FINDERS}


def finding(period: str, finder: str, key: str) -> Finding:
    """One finding with service and holder. Raises UnknownFinder, NoSuchFinding."""
    rules.finder_named(finder)
    row = findings(period, finders=[finder]).filter(key=key).first()
    if row is None:
        raise errors.NoSuchFinding(period=period)
    return row


def document(
    period: str, *, finder: str = "", body_ids: Collection[int] | None = None, with_period: str = ""
) -> dict[str, Any]:
    """What `ietvars findings --json` prints: stable, told in docs/howto/json-of-commands.md. Raises UnknownFinder."""
    found = periods.parse(period)
    before = periods.parse(with_period) if with_period else periods.of_last_year(found)
    asked = (rules.finder_named(finder),) if finder else rules.FINDERS
    rows = list(findings(found.code, finders=[each.code for each in asked], body_ids=body_ids))
    return {
        "document": "ietvars/findings",
        "version": 1,
        "period": {"code": found.code, "start": found.start.isoformat(), "end": found.end.isoformat()},
        "with": {"code": before.code, "start": before.start.isoformat(), "end": before.end.isoformat()},
        "is_illustrative": any(row.is_illustrative for row in rows),
        "finders": [
            {
                "code": each.code,
                "name": dict(each.name),
                "source": dict(each.source),
                "explanation": dict(each.explanation),
                "what_to_do": dict(each.what_to_do),
                "count": sum(row.finder == each.code for row in rows),
            }
            for each in asked
        ],
        "findings": [told(row) for row in rows],
    }


def told(row: Finding) -> dict[str, Any]:
    """One finding as documents show it and initiatives freeze it."""
    return {
        "finder": row.finder,
        "key": row.key,
        "reason": row.reason,
        "holder": row.body.code if row.body else None,
        "service": row.service.code if row.service else None,
        "title": dict(row.service.title) if row.service else None,
        "figures": row.figures,
        "is_illustrative": row.is_illustrative,
    }
