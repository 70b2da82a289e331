"""The document of flows for programs: what `ietvars flow --json` prints and the API answers.

Keys are explained in docs/howto/json-of-commands.md; new keys may come without a new version. Times are seconds. It
computes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.deliveries.facts import Stage, Type
from ietvars.institution.flows import queries, rules
from ietvars.institution.services import queries as services

VERSION = 1

Document = dict[str, Any]


def flows(codes: Sequence[str], wanted: queries.Filter, *, on: date) -> Document:
    """The flow of services by code, of all that have events when none is named, counted now from the facts."""
    found = services.by_codes(codes) if codes else {row.code: row for row in services.all_services().order_by()}
    by_id = {row.pk: row for row in found.values()}
    held = queries.flows(sorted(by_id) if codes else [], wanted, on=on)
    return document({by_id[number]: flow for number, flow in held.items() if number in by_id}, wanted)


def document(found: Mapping[Any, rules.Flow], wanted: queries.Filter) -> Document:
    """The document of some services' flows: sums on top, then each service."""
    ids = [row.pk for row in found]
    codes = {row.pk: row.code for row in deliveries.steps(ids)}
    made = [_service(row, flow, codes) for row, flow in sorted(found.items(), key=lambda pair: pair[0].code)]
    return {
        "document": "ietvars/flow",
        "version": VERSION,
        "filter": {"period": wanted.period, "channel": wanted.channel, "provider": wanted.provider},
        "basis": "opened",
        "cases": sum(one["cases"] for one in made),
        "events": sum(one["events"] for one in made),
        "variants": sum(one["variants"] for one in made),
        "activities": sum(len(one["activities"]) for one in made),
        "edges": sum(len(one["edges"]) for one in made),
        "services": made,
    }


def _service(row: Any, flow: rules.Flow, codes: Mapping[int, str]) -> Document:
    def step(number: int) -> str:
        return Type(-number).name.lower().replace("_", "-") if number < 0 else codes.get(number, str(number))

    kept = rules.conformance(flow.ways, queries.described_stages(row.pk))
    return {
        "code": row.code,
        "title": row.title,
        "cases": flow.cases,
        "open_cases": flow.open_cases,
        "events": flow.events,
        "variants": flow.variants_n,
        "activities": [
            {
                "code": step(one.number),
                "type": Type(one.type).name.lower().replace("_", "-"),
                "stage": Stage(one.stage).name.lower() if one.stage else "",
                "events": one.events,
                "cases": one.cases,
                "starts": one.starts,
                "ends": one.ends,
            }
            for one in flow.activities
        ],
        "edges": [
            {
                "from": step(one.source),
                "to": step(one.target),
                "n": one.n,
                "cases": one.cases,
                "mean_seconds": round(one.mean_us / 1e6, 3),
                "median_seconds": round(one.median_us / 1e6, 3),
                "p90_seconds": round(one.p90_us / 1e6, 3),
            }
            for one in flow.edges
        ],
        "commonest_variants": [
            {"activities": [step(number) for number in one.activities], "cases": one.cases} for one in flow.variants
        ],
        "loops": [{"activity": step(one.activity), "cases": one.cases, "times": one.times} for one in flow.loops],
        "self_loops": [{"activity": step(one.source), "cases": one.cases, "times": one.n} for one in flow.self_loops],
        "handovers": _handovers(flow),
        "dropouts": [
            {"after": step(one.activity), "outcome": str(one.outcome), "cases": one.cases} for one in flow.dropouts
        ],
        "conformance": {
            "judged": kept.judged,
            "running": kept.running,
            "unstaged": kept.unstaged,
            "by_the_described_stages": _share(kept.kept),
            "deviations": [{"code": str(one.code), **_share(one)} for one in kept.deviations],
        },
    }


def _share(one: rules.Share) -> Document:
    return {"cases": one.cases, "low": round(one.low, 6), "high": round(one.high, 6)}


def _handovers(flow: rules.Flow) -> list[Document]:
    known = queries.body_codes({number for one in flow.handovers for number in (one.source, one.target)})
    return [
        {
            "from": known.get(one.source, str(one.source)),
            "to": known.get(one.target, str(one.target)),
            "n": one.n,
            "cases": one.cases,
            "median_seconds": round(one.median_us / 1e6, 3),
            "p90_seconds": round(one.p90_us / 1e6, 3),
        }
        for one in flow.handovers
    ]
