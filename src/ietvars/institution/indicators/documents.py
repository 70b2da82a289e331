"""The two stable documents of this room: the indicators of a period, and its comparison with another.

Console, API and frozen evidence give the same document, so its shape changes only with its `version`;
docs/howto/json-of-commands.md describes it. Nothing is computed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import comparison as verdicts
from ietvars.institution.indicators import definitions, engine, queries, rules
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.values import State

if TYPE_CHECKING:
    from ietvars.institution.indicators.models import Comparison

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
    known = queries.indicators()
    wanted = [
        pk for pk, each in known.items() if (codes is None or each.code in codes) and register in {None, each.register}
    ]
    named = None if service is None else [queries.service_named(service).pk]
    kept = queries.kept(period, wanted, named)
    made = _head("ietvars/indicators", period) | {
        "filter": {"codes": sorted(codes) if codes else [], "register": register or "", "service": service or ""},
        "services": {
            "reported": len(measurements.services_in(period)),
            "computed": len({each.service_id for each in kept}),
        },
        "is_illustrative": any(each.figure.is_illustrative for each in kept),
        "editions": _editions({edition for each in kept for edition in each.figure.editions}),
    }
    if named is not None:
        return made | {"figures": [_own(each, known) for each in kept]}
    aggregates = queries.aggregates(kept, known)
    names = queries.named_services(_named_in(aggregates.values()))
    places = {pk: at for at, pk in enumerate(known)}
    return made | {
        "reported": _reported(period),
        "indicators": [
            _aggregate(known[key[0]], key, aggregates[key], names)
            for key in sorted(aggregates, key=lambda key: (places[key[0]], key[1:]))
        ],
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
    named = None if service is None else [queries.service_named(service).pk]
    rows = list(
        queries.comparisons(period, with_period, codes=codes, service_ids=named, verdict=verdict).select_related(None)
    )
    known = queries.indicators()
    kept = {each.pk: each for code in (period, with_period) for each in queries.kept(code, service_ids=named)}
    presence = queries.presence(period, with_period)
    names = queries.named_services({row.service_id for row in rows} | presence.gone | presence.new)
    holders = queries.named_bodies({row.holder_id for row in rows})
    used = {kept[pk].figure.editions for row in rows for pk in (row.now_id, row.before_id) if pk}
    made = _head("ietvars/comparison", period) | {
        "with": _period(with_period),
        "filter": {"codes": sorted(codes) if codes else [], "service": service or "", "verdict": verdict or ""},
        "is_illustrative": any(row.is_illustrative for row in rows),
        "editions": _editions({edition for editions in used for edition in editions}),
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
    series = [
        _compared(row, kept, known, service=names[row.service_id]["code"], holder=holders[row.holder_id])
        for row in rows
    ]
    return made | {"series": sorted(series, key=lambda one: [one[part] for part in _SERIES])}


_SERIES = ("service", "indicator", "stage", "channel")


# ---- parts of a document ----------------------------------------------------------------------------------------


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


def _own(kept: queries.Kept, known: Mapping[int, definitions.Indicator]) -> Document:
    key = {"stage": kept.figure.stage, "channel": kept.figure.channel}
    return _definition(known[kept.definition_id]) | key | _figure(kept, known)


def _figure(kept: queries.Kept, known: Mapping[int, definitions.Indicator]) -> Document:
    figure = kept.figure
    return {
        "definition": known[kept.definition_id].mark,
        "state": figure.state.value,
        "value": rules.plain(figure.value),
        "numerator": rules.plain(figure.numerator),
        "denominator": rules.plain(figure.denominator),
        "n": figure.n,
        "spread": rules.plain(figure.spread),
        "spread_kind": figure.spread_kind,
        "scale": figure.scale,
        "scatter": figure.scatter,
        "counted": figure.counted,
        "coverage": {"parts_measured": figure.measured, "parts_expected": figure.expected},
        "gaps": list(figure.gaps),
        "exclusions": list(figure.exclusions),
        "alternatives": list(figure.alternatives),
        "checks": list(figure.checks),
        "restated": list(figure.restated),
        "editions": list(figure.editions),
        "is_illustrative": figure.is_illustrative,
    }


def _compared(
    row: Comparison,
    kept: Mapping[int, queries.Kept],
    known: Mapping[int, definitions.Indicator],
    *,
    service: str,
    holder: str,
) -> Document:
    now, before = (kept[pk] if pk else None for pk in (row.now_id, row.before_id))
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
        "now": _figure(now, known) if now else None,
        "before": _figure(before, known) if before else None,
    }
