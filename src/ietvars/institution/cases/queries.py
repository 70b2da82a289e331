"""Reads what is published of cases: months, counts by days, steps, the whole state. The read model of pages.

DuckDB over the Parquet files of one generation; whoever asks gets a single generation within a call. Only the marts are
opened, never facts and never case states. Months are numbers yyyymm. It never writes and never computes a figure that
is not a sum or a quantile of what lies there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ietvars.ground.lake import queries as lake
from ietvars.ground.lake.rules import Part
from ietvars.institution.cases import errors, reading, rules, schema
from ietvars.institution.cases.schema import Basis, Measure, Scope

if TYPE_CHECKING:
    import duckdb

    from ietvars.institution.cases.pieces import Published

GRAINS = {
    "service": "service_id",
    "version": "service_version",
    "holder": "holder_id",
    "provider": "provider_id",
    "channel": "channel",
    "origin": "origin",
}
"""By what months may be counted, and in which column."""

WITH_DAYS = frozenset({"service", "holder", "provider", "channel"})
"""Grains for which days are counted, so that quantiles are known."""


@dataclass(frozen=True)
class Freshness:
    """Of what state of the facts the figures are. `generation` 0: nothing was ever computed."""

    watermark: int
    generation: int
    formula_version: int
    made_at: datetime | None

    @property
    def exists(self) -> bool:
        """Whether anything was computed."""
        return self.generation > 0


@dataclass(frozen=True)
class Month:
    """Cases of a month, or of a whole span where `month` is 0, added up by what was asked for; other keys are None.

    Times are working days for `lead` and quantiles, microseconds for `wait_us` and `processing_us`; ratings are tenths
    of a point of 0-100. `persons` is None but by month of opening. `backlog` is asked for by `months(backlog=True)`.
    """

    month: int
    basis: Basis
    service_id: int | None
    service_version: int | None
    holder_id: int | None
    provider_id: int | None
    channel: int | None
    origin: int | None
    cases: int
    delivered: int
    dropped: int
    open_now: int
    on_time_n: int
    on_time_base: int
    lead_days_sum: int
    lead_log: int
    lead_sq_log: int
    wait_n: int
    wait_us: int
    waiting_now: int
    processing_n: int
    processing_us: int
    decided: int
    contested: int
    overturned: int
    evidence_n: int
    breach_n: int
    contact_n: int
    status_contact_n: int
    failure_contact_n: int
    rating_n: int
    rating_sum: int
    rating_sq: int
    cost_n: int
    cost_cents: int
    repeat_n: int
    repeat_base: int
    persons: int | None
    digital_request_n: int
    digital_request_base: int
    digital_receipt_n: int
    digital_receipt_base: int
    reached_request: int
    reached_execution: int
    reached_receipt: int
    events: int
    input_watermark: int
    formula_version: int
    p50: float | None = None
    p90: float | None = None
    backlog: int | None = None

    @property
    def opened(self) -> int:
        """Cases, when counted by the month of opening; 0 by that of the end, where each is counted as it ended."""
        return self.cases if self.basis is Basis.OPENED else 0

    @property
    def reached(self) -> tuple[int, int, int]:
        """Cases that reached request, execution and receipt."""
        return (self.reached_request, self.reached_execution, self.reached_receipt)


@dataclass(frozen=True)
class Count:
    """So many cases of one value: working days, a legal day, or the number of a bucket, as the measure says."""

    month: int
    service_id: int | None
    holder_id: int | None
    provider_id: int | None
    channel: int | None
    bucket: int
    n: int


@dataclass(frozen=True)
class Step:
    """An activity of a service: how many cases reached it, in how many calendar days, and how many went no further."""

    service_id: int
    activity: int
    month: int
    channel: int | None
    reached: int
    left: int
    stalled: int
    p50: float | None
    p90: float | None


def freshness() -> Freshness:
    """Of what state of the facts the figures are that are read now."""
    state = lake.state("mart_month")
    if not state.generation:
        return Freshness(0, 0, schema.FORMULA_VERSION, None)
    version = state.facts.get("formula_version", schema.FORMULA_VERSION)
    return Freshness(state.watermark, state.generation, int(str(version)), datetime.fromisoformat(state.made_at))


def months(
    service_ids: Collection[int] | None = None,
    *,
    basis: Basis | str = Basis.OPENED,
    since: int | None = None,
    until: int | None = None,
    by: Sequence[str] = ("service",),
    channels: Collection[int] | None = None,
    providers: Collection[int] | None = None,
    holders: Collection[int] | None = None,
    monthly: bool = True,
    quantiles: bool = True,
    backlog: bool = False,
) -> list[Month]:
    """Cells added up by month (or over the whole span, when not `monthly`) and `by`, in order of both.

    `since` and `until` are months yyyymm, both included. p50 and p90 are of working days, type 7, and exact; None where
    `by` or a filter goes beyond WITH_DAYS or nobody was delivered. `backlog` adds cases open at the end of each month;
    it looks at all earlier months. Raises UnknownGrain.
    """
    _require_known(by)
    basis = Basis(basis)
    filters = {"service_id": service_ids, "channel": channels, "provider_id": providers, "holder_id": holders}
    asked = reading.Asked(basis, since, until, filters)
    with reading.snapshot("mart_month", "mart_hist") as opened:
        if not opened:
            return []
        columns = [GRAINS[name] for name in by]
        rows = opened.rows(reading.months(asked, columns, monthly=monthly))
        found = {tuple(row[: 1 + len(columns)]): row for row in rows}
        spread: dict[tuple[Any, ...], tuple[float, float]] = {}
        if quantiles and set(by) <= WITH_DAYS:
            sql = reading.quantiles(asked, columns, measure=Measure.LEAD, monthly=monthly)
            spread = {tuple(row[:-2]): (row[-2], row[-1]) for row in opened.rows(sql)}
        standing = _backlog(opened, asked, columns) if backlog and monthly else {}
    for key in standing.keys() - found.keys():
        found[key] = (*key, *(0 for _ in schema.SUMS), 0, schema.FORMULA_VERSION)
    return [_month(found[key], columns, basis, spread.get(key), standing.get(key)) for key in sorted(found)]


def state_months(
    *,
    basis: Basis | str = Basis.OPENED,
    scope: Scope = Scope.STATE,
    scope_ids: Collection[int] | None = None,
    since: int | None = None,
    until: int | None = None,
    monthly: bool = True,
    backlog: bool = False,
) -> list[Month]:
    """The same for the whole state, or for each holder, provider or channel in it; the scope's key is set alone.

    `persons` are None: a person may have had several services.
    """
    basis = Basis(basis)
    asked = reading.Asked(basis, since, until, {"scope": [int(scope)], "scope_id": scope_ids}, of_state=True)
    with reading.snapshot("state_month", "state_hist") as opened:
        if not opened:
            return []
        columns = ["scope_id"]
        rows = opened.rows(reading.months(asked, columns, monthly=monthly))
        found = {tuple(row[:2]): row for row in rows}
        sql = reading.quantiles(asked, columns, measure=Measure.LEAD, monthly=monthly)
        spread = {tuple(row[:-2]): (row[-2], row[-1]) for row in opened.rows(sql)}
        standing = _backlog(opened, asked, columns) if backlog and monthly else {}
    for key in standing.keys() - found.keys():
        found[key] = (*key, *(0 for _ in schema.SUMS), 0, schema.FORMULA_VERSION)
    named = {Scope.HOLDER: "holder_id", Scope.PROVIDER: "provider_id", Scope.CHANNEL: "channel"}
    return [
        _month(found[key], [named.get(scope, "")], basis, spread.get(key), standing.get(key), is_state=True)
        for key in sorted(found)
    ]


def histogram(
    service_ids: Collection[int] | None = None,
    *,
    measure: Measure = Measure.LEAD,
    basis: Basis | str = Basis.OPENED,
    since: int | None = None,
    until: int | None = None,
    by: Sequence[str] = ("service",),
    channels: Collection[int] | None = None,
    providers: Collection[int] | None = None,
    monthly: bool = True,
) -> list[Count]:
    """How many cases of each value of a measure, by month and `by` (of WITH_DAYS). Raises UnknownGrain."""
    _require_known(by, WITH_DAYS)
    asked = reading.Asked(
        Basis(basis), since, until, {"service_id": service_ids, "channel": channels, "provider_id": providers}
    )
    columns = [GRAINS[name] for name in by]
    with reading.snapshot("mart_hist") as opened:
        rows = opened.rows(reading.counts(asked, columns, measure=measure, monthly=monthly)) if opened else []
    found = []
    for row in rows:
        keys = dict(zip(columns, row[1:-2], strict=True))
        found.append(
            Count(
                row[0], keys.get("service_id"), keys.get("holder_id"), keys.get("provider_id"), keys.get("channel"),
                row[-2], row[-1],
            )
        )  # fmt: skip
    return found


def state_histogram(
    *,
    measure: Measure = Measure.LEAD,
    basis: Basis | str = Basis.OPENED,
    scope: Scope = Scope.STATE,
    scope_ids: Collection[int] | None = None,
    since: int | None = None,
    until: int | None = None,
    monthly: bool = True,
) -> dict[tuple[int, int], dict[int, int]]:
    """(month, scope id) to counts by value, of the exact measures LEAD, DROPPED and OPEN."""
    asked = reading.Asked(Basis(basis), since, until, {"scope": [int(scope)], "scope_id": scope_ids}, of_state=True)
    with reading.snapshot("state_hist") as opened:
        rows = opened.rows(reading.counts(asked, ["scope_id"], measure=measure, monthly=monthly)) if opened else []
    found: dict[tuple[int, int], dict[int, int]] = {}
    for month, scope_id, bucket, n in rows:
        found.setdefault((month, scope_id), {})[bucket] = n
    return found


def steps(
    service_ids: Collection[int],
    *,
    since: int | None = None,
    until: int | None = None,
    channels: Collection[int] | None = None,
    monthly: bool = False,
    by_channel: bool = False,
) -> list[Step]:
    """Activities of services by month of opening: reached, left and stalled cases, and calendar days until reached."""
    asked = reading.Asked(Basis.OPENED, since, until, {"service_id": service_ids, "channel": channels})
    with reading.snapshot("mart_step") as opened:
        rows = opened.rows(reading.steps(asked, monthly=monthly, by_channel=by_channel)) if opened else []
    counted: dict[tuple[int, int, int, int | None], list[Any]] = {}
    for month, service_id, activity, channel, days, reached, left, stalled in rows:
        cell = counted.setdefault((service_id, month, activity, channel), [0, 0, 0, {}])
        cell[0] += reached
        cell[1] += left
        cell[2] += stalled
        cell[3][days] = cell[3].get(days, 0) + reached
    return [
        Step(
            service_id, activity, month, channel, reached, left, stalled, rules.quantile(days, 0.5),
            rules.quantile(days, 0.9),
        )
        for (service_id, month, activity, channel), (reached, left, stalled, days) in counted.items()
    ]  # fmt: skip


def span(basis: Basis | str = Basis.OPENED) -> tuple[int, int] | None:
    """The first and the last month of which there is anything; None where nothing was computed."""
    column = "month" if Basis(basis) is Basis.OPENED else "nullif(ended, 0)"
    cells = "SELECT month, ended FROM state_month WHERE scope = 0 GROUP BY ALL HAVING sum(cases) > 0"
    sql = f"SELECT min({column}), max({column}) FROM ({cells})"  # noqa: S608
    with reading.snapshot("state_month") as opened:
        rows = opened.rows((sql, [])) if opened else []
    return (rows[0][0], rows[0][1]) if rows and rows[0][0] is not None else None


def services_with_cases() -> frozenset[int]:
    """Services of which any case was told."""
    with reading.snapshot("mart_month") as opened:
        sql = "SELECT service_id FROM mart_month GROUP BY service_id HAVING sum(cases) > 0"
        rows = opened.rows((sql, [])) if opened else []
    return frozenset(row[0] for row in rows)


def standing(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part]) -> str:
    """SQL of the case states that stand among these parts of "cases", to be asked of this connection."""
    from ietvars.institution.cases import pieces  # with the engines, which pages do without

    return pieces.standing(connection, laid(parts))


def laid(parts: Iterable[Part]) -> Published:
    """Parts told apart: whole files, and the pieces laid over them, which alone say from which event on they count."""
    from ietvars.institution.cases.pieces import Published  # with the engines, which pages do without

    told: dict[bool, list[Part]] = {False: [], True: []}
    for part in parts:
        told[part.first_seq > 0].append(part)
    return Published(whole=lake.absolute(told[False]), pieces=lake.absolute(told[True]))


def _require_known(by: Iterable[str], known: Collection[str] = tuple(GRAINS)) -> None:
    for name in by:
        if name not in known:
            raise errors.UnknownGrain(name=name, known=", ".join(sorted(known)))


def _backlog(opened: reading.Snapshot, asked: reading.Asked, columns: list[str]) -> dict[tuple[Any, ...], int]:
    """(month, *keys) to cases open at its end, for every month from the key's first to the last asked for."""
    came: dict[tuple[Any, ...], dict[int, int]] = {}
    went: dict[tuple[Any, ...], dict[int, int]] = {}
    last = 0
    for month, ended, *keys, cases in opened.rows(reading.flow(asked, columns)):
        key = tuple(keys)
        came.setdefault(key, {})[month] = came.get(key, {}).get(month, 0) + cases
        if ended:
            went.setdefault(key, {})[ended] = went.get(key, {}).get(ended, 0) + cases
        last = max(last, month, ended)
    until = last if asked.until is None else min(asked.until, last)
    found = {}
    for key, opened_by_month in came.items():
        first = max(min(opened_by_month), asked.since or 0)
        if first <= until:
            wanted = rules.months_between(first, until)
            standing = rules.backlog(opened_by_month, went.get(key, {}), wanted)
            found.update({(month, *key): n for month, n in standing.items()})
    return found


def _month(
    row: Sequence[Any], columns: list[str], basis: Basis, spread: tuple[float, float] | None, backlog: int | None,
    *, is_state: bool = False,
) -> Month:  # fmt: skip
    keys: Mapping[str, Any] = dict(zip(columns, row[1:], strict=False))
    sums = dict(zip((*schema.SUMS, "input_watermark", "formula_version"), row[1 + len(columns) :], strict=True))
    if basis is not Basis.OPENED or is_state:
        sums["persons"] = None
    p50, p90 = spread or (None, None)
    return Month(
        month=row[0],
        basis=basis,
        service_id=keys.get("service_id"),
        service_version=keys.get("service_version"),
        holder_id=keys.get("holder_id"),
        provider_id=keys.get("provider_id"),
        channel=keys.get("channel"),
        origin=keys.get("origin"),
        p50=p50,
        p90=p90,
        backlog=backlog,
        **sums,
    )


def generations() -> dict[str, int]:
    """The generation of each data set of this room: what a change of them is based on."""
    return {dataset: lake.generation(dataset) for dataset in schema.DATASETS}
