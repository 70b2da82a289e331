"""The two stable documents of this room: the indicators of a period, and its comparison with another.

Console, API and frozen evidence give the same document, so its shape changes only with its `version`;
docs/howto/json-of-commands.md describes it. Nothing is computed here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import comparison as verdicts
from ietvars.institution.indicators import definitions, engine, queries, rules
from ietvars.institution.indicators.models import Comparison, Figure
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.values import State

VERSION = 1
Document = dict[str, Any]


def indicators(
    period: str,
    *,
    codes: Collection[str] | None = None,
    register: str | None = None,
    service: str | None = None,
) -> Document:
    """The indicators of a period over all services; with `service` that service's figures instead."""
    named = None if service is None else _service_id(service)
    rows = list(queries.figures(period, codes=codes, register=register, service_ids=None if named is None else [named]))
    known = queries.indicators()
    made = _head("ietvars/indicators", period) | {
        "filter": {"codes": sorted(codes) if codes else [], "register": register or "", "service": service or ""},
        "services": {
            "reported": len(measurements.services_in(period)),
            "computed": len({row.service_id for row in rows}),
        },
        "is_illustrative": any(row.is_illustrative for row in rows),
        "editions": _editions({edition for row in rows for edition in row.editions}),
    }
    if named is not None:
        figures = [_series_key(row, known[row.definition_id]) | _figure(row, known) for row in rows]
        return made | {"figures": figures}
    aggregates = queries.aggregates(rows, known)
    names = queries.named_services(_named_in(aggregates.values()))
    in_order = sorted(aggregates, key=lambda key: (known[key[0]].register, _position(known, key[0]), key[1:]))
    return made | {
        "reported": _reported(period),
        "indicators": [_aggregate(known[key[0]], key, aggregates[key], names) for key in in_order],
    }


def comparison(
    period: str,
    with_period: str,
    *,
    codes: Collection[str] | None = None,
    service: str | None = None,
    verdict: str | None = None,
) -> Document:
    """A period set beside another: services kept, gone and new, and one verdict a series."""
    named = None if service is None else [_service_id(service)]
    rows = list(queries.comparisons(period, with_period, codes=codes, service_ids=named, verdict=verdict))
    known = queries.indicators()
    presence = queries.presence(period, with_period)
    names = queries.named_services({row.service_id for row in rows} | presence.gone | presence.new)
    holders = queries.named_bodies({row.holder_id for row in rows})
    used = {edition for row in rows for each in (row.now, row.before) if each for edition in each.editions}
    made = _head("ietvars/comparison", period) | {
        "with": _period(with_period),
        "filter": {"codes": sorted(codes) if codes else [], "service": service or "", "verdict": verdict or ""},
        "is_illustrative": any(row.is_illustrative for row in rows),
        "editions": _editions(used),
        "verdicts": {word.value: sum(row.verdict == word.value for row in rows) for word in verdicts.Word},
        "reasons": dict(sorted(Counter(row.reason for row in rows if row.reason).items())),
    }
    if named is None:
        made |= {
            "services": {
                "kept": len(presence.kept),
                "gone": len(presence.gone),
                "new": len(presence.new),
                "gone_codes": sorted(names[pk]["code"] for pk in presence.gone),
                "new_codes": sorted(names[pk]["code"] for pk in presence.new),
            },
            "reported": {"now": _reported(period), "before": _reported(with_period)},
        }
    return made | {
        "series": [_compared(row, known, names[row.service_id]["code"], holders[row.holder_id]) for row in rows]
    }


# ---- parts of a document ----------------------------------------------------------------------------------------


def _service_id(code: str) -> int:
    return queries.service_named(code).pk


def _head(document: str, period: str) -> Document:
    return {"document": document, "version": VERSION, "period": _period(period)}


def _period(code: str) -> Document:
    period = periods.parse(code)
    return {"code": period.code, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _editions(ids: Collection[int]) -> list[Document]:
    return [
        {
            "id": edition.pk,
            "source": edition.source,
            "code": edition.code,
            "content_hash": edition.content_hash,
            "is_illustrative": edition.is_illustrative,
        }
        for edition in measurements.editions()
        if edition.pk in ids
    ]


def _reported(period: str) -> list[Document]:
    return [
        {
            "quantity": each.quantity,
            "stage": each.stage,
            "channel": each.channel,
            **each.states,
            "total": rules.plain(each.total),
        }
        for each in queries.reported(period)
    ]


def _position(known: Mapping[int, definitions.Indicator], definition: int) -> int:
    return list(known).index(definition)


def _named_in(aggregates: Iterable[rules.Aggregate]) -> set[int]:
    found: set[int] = set()
    for each in aggregates:
        for group in (each.exclusions, each.checks):
            found.update(service for services in group.values() for service in services)
        found.update(service for reading in each.alternatives.values() for service in reading.services)
        found.update(each.restated)
    return found


def _aggregate(
    indicator: definitions.Indicator,
    key: tuple[int, str, str],
    made: rules.Aggregate,
    names: Mapping[int, Document],
) -> Document:
    texts = engine.BUILT_IN | {each.code: each.text for each in (*indicator.exclusions, *indicator.checks)}
    readings = {each.code: each.text for each in indicator.alternatives}
    return _definition(indicator) | {
        "stage": key[1],
        "channel": key[2],
        "state": made.state.value,
        "value": rules.plain(made.value),
        "numerator": rules.plain(made.numerator),
        "denominator": rules.plain(made.denominator),
        "is_lower_bound": made.at_least,
        "coverage": {
            "services_measured": made.measured,
            "services_expected": made.expected,
            "parts_measured": made.parts_measured,
            "parts_expected": made.parts_expected,
        },
        "states": {state.value: made.states.get(state.value, 0) for state in State},
        "exclusions": [_caught(code, texts[code], found, names) for code, found in made.exclusions.items()],
        "checks": [_caught(code, texts[code], found, names) for code, found in made.checks.items()],
        "alternatives": [
            {
                "code": code,
                "text": dict(readings[code]),
                "count": len(reading.services),
                "services": [names[service] for service in reading.services],
                "value": rules.plain(reading.value),
                "numerator": rules.plain(reading.numerator),
                "denominator": rules.plain(reading.denominator),
            }
            for code, reading in made.alternatives.items()
        ],
        "restated": [names[service]["code"] for service in made.restated],
        "editions": list(made.editions),
        "is_illustrative": made.is_illustrative,
    }


def _caught(code: str, text: Mapping[str, str], found: tuple[int, ...], names: Mapping[int, Document]) -> Document:
    return {
        "code": code,
        "text": dict(text),
        "count": len(found),
        "services": [names[service]["code"] for service in found],
    }


def _definition(indicator: definitions.Indicator) -> Document:
    return {
        "code": indicator.code,
        "definition_version": indicator.version,
        "register": indicator.register,
        "name": dict(indicator.name),
        "unit": indicator.unit,
        "kind": indicator.kind.value,
        "direction": indicator.direction.value,
        "aggregation": indicator.aggregation.value,
    }


def _series_key(row: Figure, indicator: definitions.Indicator) -> Document:
    return _definition(indicator) | {"stage": row.stage, "channel": row.channel}


def _figure(row: Figure, known: Mapping[int, definitions.Indicator]) -> Document:
    return {
        "definition": known[row.definition_id].mark,
        "state": row.state,
        "value": rules.plain(row.value),
        "numerator": rules.plain(row.numerator),
        "denominator": rules.plain(row.denominator),
        "n": row.n,
        "spread": rules.plain(row.spread),
        "spread_kind": row.spread_kind,
        "scale": row.scale,
        "coverage": {"parts_measured": row.measured, "parts_expected": row.expected},
        "gaps": row.gaps,
        "exclusions": row.exclusions,
        "alternatives": row.alternatives,
        "checks": row.checks,
        "restated": row.restated,
        "editions": row.editions,
        "is_illustrative": row.is_illustrative,
    }


def _compared(row: Comparison, known: Mapping[int, definitions.Indicator], service: str, holder: str) -> Document:
    return {
        "service": service,
        "holder": holder,
        "indicator": row.indicator,
        "stage": row.stage,
        "channel": row.channel,
        "verdict": row.verdict,
        "reason": row.reason,
        "difference": row.difference,
        "low": row.low,
        "high": row.high,
        "p": row.p,
        "p_adjusted": row.p_adjusted,
        "is_illustrative": row.is_illustrative,
        "now": _figure(row.now, known) if row.now else None,
        "before": _figure(row.before, known) if row.before else None,
    }
