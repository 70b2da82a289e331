"""Gathers what the engine evaluates: everything that is known of one period at this moment, and a mark of it.

It reads by the queries of this room and of those below. Nothing is computed or written here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import queries, rules
from ietvars.institution.indicators.facts import Cell, Facts, Field, Key
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.values import State
from ietvars.institution.services import queries as services


@dataclass(frozen=True)
class Snapshot:
    """Services of a period with all they reported. `reported` are those that some edition lists."""

    period: periods.Period
    facts: Mapping[int, Facts]
    holders: Mapping[int, int]
    sources: Mapping[int, frozenset[str]]
    reported: frozenset[int]


def snapshot(period: periods.Period) -> Snapshot:
    """Everything reported of a period, newest word first, and the catalogue's services of that time."""
    listed = measurements.listed(period.code)
    current = measurements.current(period.code)
    sources = {edition.pk: edition.source for edition in measurements.editions(period.code)}
    cells: dict[int, dict[str, dict[Key, Cell]]] = defaultdict(lambda: defaultdict(dict))
    holders: dict[int, int] = {}
    said_by: dict[int, set[str]] = defaultdict(set)
    for row in current:
        cells[row.service_id][row.quantity][row.stage, row.channel] = _cell(row)
        holders[row.service_id] = row.holder_id
        said_by[row.service_id].add(sources[row.edition_id])
    for service, found in listed.items():
        holders[service] = found.holder_id
        said_by[service].update(sources[edition] for edition in found.editions)
    _add_standards(cells, said_by, period.code, sources)
    holders = {**_expected(period), **holders}
    return Snapshot(
        period=period,
        facts={service: Facts(_fields(listed.get(service)), cells.get(service, {})) for service in sorted(holders)},
        holders=holders,
        sources={service: frozenset(found) for service, found in said_by.items()},
        reported=frozenset(listed),
    )


def _expected(period: periods.Period) -> dict[int, int]:
    """Services whose silence is a gap, to their holders. Services are counted by the year: nobody owes a month."""
    return _catalogue(period) if period.kind in queries.YEARS else {}


def _catalogue(period: periods.Period) -> dict[int, int]:
    """The state's own published services that had a holder when the period ended, reported or not, to that holder."""
    own = services.published().filter(source="").values_list("pk", flat=True)
    return services.holders_on(own, period.end)


def members(period: periods.Period) -> set[int]:
    """Services that were there in a period: listed, measured or in the catalogue."""
    return looked_at(period) | _catalogue(period).keys()


def looked_at(period: periods.Period) -> set[int]:
    """Services of which figures are computed in a period: those that reported, and those whose silence is a gap."""
    measured = measurements.measured_in(period.code)
    return measurements.services_in(period.code) | measured | _expected(period).keys()


def _cell(row: measurements.Current) -> Cell:
    earlier = None
    if row.before is not None:
        earlier = Cell(State(row.before.state), row.before.value, edition=row.before.edition_id)
    return Cell(
        state=State(row.state),
        value=row.value,
        n=row.n,
        spread=row.spread,
        spread_kind=row.spread_kind,
        scale=row.scale,
        edition=row.edition_id,
        scatter=row.scatter,
        is_counted=row.is_counted,
        is_illustrative=row.is_illustrative,
        earlier=earlier,
    )


def _fields(listed: measurements.Listed | None) -> dict[str, Field]:
    if listed is None:
        return {}
    return {
        name: Field(State(said["state"]), _values(said.get("value")), listed.editions[-1])
        for name, said in listed.fields.items()
    }


def _values(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else (str(value),)


def _add_standards(
    cells: dict[int, dict[str, dict[Key, Cell]]],
    said_by: Mapping[int, set[str]],
    period: str,
    sources: Mapping[int, str],
) -> None:
    """Give each service its standards as counted quantities.

    Where a source reports standards at all, they do not apply to a service of it that has promised none.
    """
    results: dict[int, list[rules.Promise]] = defaultdict(list)
    edition_of: dict[int, int] = {}
    speaking: set[str] = set()
    for row in measurements.results(period):
        promise = rules.Promise(row.claimed, row.target, row.met, row.total, row.performance)
        results[row.service_id].append(promise)
        edition_of[row.service_id] = row.edition_id
        speaking.add(sources[row.edition_id])
    for service, promises in results.items():
        for quantity, number in rules.counted(promises).items():
            state = State.MISSING if number is None else State.MEASURED
            cells[service][quantity]["", ""] = Cell(state, number, edition=edition_of[service])
    for service, said in said_by.items():
        if service not in results and said & speaking:
            for quantity in rules.COUNTED:
                cells[service][quantity]["", ""] = Cell(State.NOT_APPLICABLE)


def input_mark(*wanted: periods.Period) -> str:
    """A hash that changes when anything changes from which the figures of these periods are computed."""
    return rules.fingerprint(
        rules.canonical(
            {
                "method": rules.METHOD,
                "definitions": [(row.code, row.version, row.spec) for row in queries.all_definitions()],
                "periods": {period.code: _mark(period) for period in wanted},
            }
        )
    )


def _mark(period: periods.Period) -> list[object]:
    return [
        list(measurements.editions(period.code).values_list("pk", "content_hash")),
        list(measurements.rows_of(period.code)),
        sorted(_catalogue(period).items()),
    ]
