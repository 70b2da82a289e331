"""Case states and `mart_month` written by hand, as somebody would who knew one tool well: SQL, pandas, Polars.

Each way reads the files, computes in memory, and writes the cells; the time is taken until the cells stand. All must
come to the cells of the expressions, which is also a second opinion on these. It must not import what it is set beside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ietvars.institution.cases.dimensions import Dimensions

Way = Callable[[Sequence[str], Dimensions, Path], float]

KEYS = ("service_id", "service_version", "holder_id", "provider_id", "channel", "origin", "month", "ended")
SUMMED = (
    "decided", "contested", "overturned", "evidence_n", "breach_n", "contact_n", "status_contact_n",
    "failure_contact_n", "rating_n", "rating_sum", "rating_sq", "cost_n", "cost_cents", "events",
)  # fmt: skip
"""Columns of a case that are simply added up."""

LATER, BIG = 1 << 62, 1 << 22


# ---- SQL -------------------------------------------------------------------------------------------------------------

SQL = """
WITH fact AS (
    SELECT *, CASE WHEN type = 1 THEN 0 ELSE {later} END + seq * {big} AS place FROM read_parquet([{files}])
    WHERE type <> 14
), standing AS (
    SELECT * FROM fact ANTI JOIN (
        SELECT DISTINCT corrects AS event_id, case_id FROM read_parquet([{files}]) WHERE corrects IS NOT NULL
    ) AS gone USING (event_id, case_id)
), cases AS (
    SELECT service_id, case_id,
        min(place + holder_id) & {mask} AS holder_id, min(place + provider_id) & {mask} AS provider_id,
        min(place + (service_version::BIGINT << 11) + (channel::BIGINT << 4) + origin) & {mask} AS manner,
        min(person_key) AS person_key, min(occurred_us) AS opened_us, min(day) AS opened_day,
        max(occurred_us * 128 + channel) FILTER (type = 8) AS receipt, max(day) FILTER (type = 8) AS delivered_day,
        max(day) FILTER (type IN (10, 11)) AS dropped_day, arg_max(due_us, seq) FILTER (due_us IS NOT NULL) AS due_us,
        sum(CASE type WHEN 3 THEN -occurred_us WHEN 4 THEN occurred_us ELSE 0 END)::BIGINT AS wait_us,
        count_if(type = 3) AS wait_started, count_if(type = 4) AS wait_ended, count_if(activity >= 0) AS events,
        count_if(type = 7) AS decided, count_if(type = 12) AS contested, count_if(type = 13) AS overturned,
        count_if(type = 5) AS evidence_n, count_if(type = 5 AND evidence_held_by IS NOT NULL) AS breach_n,
        count_if(type = 6) AS contact_n, count_if(type = 6 AND contact = 1) AS status_contact_n,
        count_if(type = 6 AND contact IN (1, 2, 3)) AS failure_contact_n, count(rating) AS rating_n,
        coalesce(sum(rating), 0)::BIGINT AS rating_sum, coalesce(sum(rating::INTEGER * rating), 0)::BIGINT AS rating_sq,
        count(cost_cents) AS cost_n, coalesce(sum(cost_cents), 0)::BIGINT AS cost_cents,
        max(stage = 1) AS in_1, max(stage = 2) AS in_2, max(stage = 3) AS in_3
    FROM standing GROUP BY service_id, case_id
), dated AS (
    SELECT c.*, manner >> 11 AS service_version, (manner >> 4) & 127 AS channel, manner & 15 AS origin,
        o.month AS month, coalesce(e.month, 0) AS ended, greatest(e.working - o.working, 0) AS lead,
        receipt >> 7 AS delivered_us, receipt & 127 AS received_by, t.term_days,
        receipt IS NOT NULL AS delivered, receipt IS NULL AND dropped_day IS NOT NULL AS dropped,
        wait_started > wait_ended AS waiting
    FROM cases AS c JOIN calendar AS o ON o.day = c.opened_day
    LEFT JOIN calendar AS e ON e.day = coalesce(c.delivered_day, c.dropped_day)
    LEFT JOIN terms AS t ON t.service_id = c.service_id AND t.service_version = manner >> 11
), told AS (
    SELECT *, opened_day - lag(opened_day) OVER w AS since, month = lag(month) OVER w AS again FROM dated
    WINDOW w AS (PARTITION BY service_id, person_key ORDER BY opened_us, case_id)
)
SELECT {keys}, count(*) AS cases, count_if(delivered) AS delivered, count_if(dropped) AS dropped,
    count_if(NOT delivered AND NOT dropped) AS open_now,
    count(*) FILTER (delivered AND CASE WHEN due_us IS NOT NULL THEN delivered_us <= due_us ELSE lead <= term_days END)
        AS on_time_n,
    count_if(delivered AND (due_us IS NOT NULL OR term_days IS NOT NULL)) AS on_time_base,
    coalesce(sum(lead) FILTER (delivered), 0)::BIGINT AS lead_days_sum,
    coalesce(sum(round(ln(lead + 1) * 10000)) FILTER (delivered), 0)::BIGINT AS lead_log,
    coalesce(sum(round(ln(lead + 1) * 10000) ** 2) FILTER (delivered), 0)::BIGINT AS lead_sq_log,
    count_if(delivered AND NOT waiting AND wait_started > 0) AS wait_n,
    coalesce(sum(wait_us) FILTER (delivered AND NOT waiting AND wait_started > 0), 0)::BIGINT AS wait_us,
    count_if(NOT delivered AND NOT dropped AND waiting) AS waiting_now,
    count_if(delivered AND NOT waiting) AS processing_n,
    coalesce(sum(delivered_us - opened_us - wait_us) FILTER (delivered AND NOT waiting), 0)::BIGINT AS processing_us,
    {summed},
    count(*) FILTER (person_key IS NOT NULL AND since <= 30) AS repeat_n, count(person_key) AS repeat_base,
    count_if(person_key IS NOT NULL AND NOT coalesce(again, false)) AS persons,
    count(*) FILTER (channel IN ({electronic})) AS digital_request_n, count_if(channel > 0) AS digital_request_base,
    count(*) FILTER (delivered AND received_by IN ({electronic})) AS digital_receipt_n,
    count(*) FILTER (delivered AND received_by > 0) AS digital_receipt_base,
    count_if(in_1) AS reached_request, count_if(in_2) AS reached_execution, count_if(in_3) AS reached_receipt
FROM told GROUP BY {keys}
"""


def by_sql(paths: Sequence[str], known: Dimensions, out: Path) -> float:
    """One statement for DuckDB."""
    import duckdb

    connection = duckdb.connect(config={"preserve_insertion_order": False})
    begun = time.perf_counter()
    connection.execute("CREATE TEMP TABLE calendar (day INTEGER, month INTEGER, working INTEGER)")
    connection.execute("INSERT INTO calendar SELECT unnest(?), unnest(?), unnest(?)", _columns(known.calendar))
    connection.execute("CREATE TEMP TABLE terms (service_id INTEGER, service_version INTEGER, term_days INTEGER)")
    connection.execute("INSERT INTO terms SELECT unnest(?), unnest(?), unnest(?)", _columns(known.terms))
    asked = SQL.format(
        files=", ".join(f"'{path}'" for path in paths),
        later=LATER,
        big=BIG,
        mask=BIG - 1,
        keys=", ".join(KEYS),
        summed=", ".join(f"sum({name})::BIGINT AS {name}" for name in SUMMED),
        electronic=", ".join(map(str, known.electronic)),
    )
    connection.execute(f"CREATE TEMP TABLE made AS {asked}")
    taken = time.perf_counter() - begun
    _write(connection, "made", out)
    return taken


def _columns(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _write(connection: Any, made: str, out: Path) -> None:
    """The cells with the names, order and types of the mart."""
    from ietvars.institution.cases import schema

    kinds = {"int64": "BIGINT", "int32": "INTEGER"}
    columns = ", ".join(
        f'"{name}"::{kinds[kind]} AS "{name}"' for name, kind in schema.MONTH.items() if name not in schema.MARKS
    )
    connection.execute(f"COPY (SELECT {columns} FROM {made}) TO '{out}' (FORMAT parquet)")  # noqa: S608


# ---- pandas ----------------------------------------------------------------------------------------------------------

READ = (
    "event_id", "seq", "case_id", "service_id", "service_version", "holder_id", "provider_id", "channel", "origin",
    "person_key", "type", "stage", "activity", "contact", "occurred_us", "day", "due_us", "evidence_held_by",
    "cost_cents", "rating", "corrects",
)  # fmt: skip


def by_pandas(paths: Sequence[str], known: Dimensions, out: Path) -> float:
    """Data frames of NumPy columns, sorted once so that groups are cheap."""
    import duckdb
    import pandas as pd

    begun = time.perf_counter()
    fact = pd.concat([pd.read_parquet(path, columns=list(READ)) for path in paths], ignore_index=True)
    gone = fact.loc[fact["corrects"].notna(), ["corrects", "case_id"]].drop_duplicates()
    if len(gone):
        marked = fact[["event_id", "case_id"]].merge(
            gone, how="left", left_on=["event_id", "case_id"], right_on=["corrects", "case_id"], indicator="found"
        )
        fact = fact[(marked["found"] == "left_only").to_numpy()]
    cases = _pandas_cases(fact[fact["type"] != 14], pd)
    made = _pandas_cells(cases, known, pd)
    taken = time.perf_counter() - begun
    connection = duckdb.connect()
    connection.register("made", made)
    _write(connection, "made", out)
    return taken


def _pandas_cases(fact: Any, pd: Any) -> Any:
    """One row a case."""
    import numpy as np

    kind, stage = fact["type"].to_numpy(), fact["stage"].to_numpy()
    seq, occurred = fact["seq"].to_numpy(), fact["occurred_us"].to_numpy()
    channel = fact["channel"].to_numpy().astype("int64")
    place = np.where(kind == 1, 0, LATER) + seq * BIG
    rating, cost = fact["rating"].fillna(0).to_numpy(), fact["cost_cents"].fillna(0).to_numpy()
    contact = fact["contact"].to_numpy()
    version = fact["service_version"].to_numpy().astype("int64")
    least = pd.DataFrame({
        "service_id": fact["service_id"].to_numpy(), "case_id": fact["case_id"].to_numpy(),
        "holder": place + fact["holder_id"].to_numpy(), "provider": place + fact["provider_id"].to_numpy(),
        "manner": place + (version << 11) + (channel << 4) + fact["origin"].to_numpy(),
        "opened_us": occurred, "opened_day": fact["day"].to_numpy(),
        # No key of a person is as large as this.
        "person_key": fact["person_key"].astype("Int64").fillna(np.iinfo(np.int64).max).to_numpy("int64"),
    })  # fmt: skip
    day = fact["day"].to_numpy()
    due = fact["due_us"].astype("Int64")
    most = pd.DataFrame({
        "receipt": np.where(kind == 8, occurred * 128 + channel, -1), "delivered_day": np.where(kind == 8, day, -1),
        "dropped_day": np.where((kind == 10) | (kind == 11), day, -1), "due_seq": np.where(due.notna(), seq, -1),
        "in_1": stage == 1, "in_2": stage == 2, "in_3": stage == 3,
    }, index=least.index)  # fmt: skip
    added = pd.DataFrame({
        "wait_us": np.where(kind == 3, -occurred, np.where(kind == 4, occurred, 0)),
        "wait_started": (kind == 3).astype("int64"), "wait_ended": (kind == 4).astype("int64"),
        "events": (fact["activity"].to_numpy() >= 0).astype("int64"), "decided": (kind == 7).astype("int64"),
        "contested": (kind == 12).astype("int64"), "overturned": (kind == 13).astype("int64"),
        "evidence_n": (kind == 5).astype("int64"),
        "breach_n": ((kind == 5) & fact["evidence_held_by"].notna().to_numpy()).astype("int64"),
        "contact_n": (kind == 6).astype("int64"), "status_contact_n": ((kind == 6) & (contact == 1)).astype("int64"),
        "failure_contact_n": ((kind == 6) & (contact > 0) & (contact < 4)).astype("int64"),
        "rating_n": fact["rating"].notna().to_numpy().astype("int64"), "rating_sum": rating.astype("int64"),
        "rating_sq": rating.astype("int64") ** 2, "cost_n": fact["cost_cents"].notna().to_numpy().astype("int64"),
        "cost_cents": cost.astype("int64"),
    }, index=least.index)  # fmt: skip
    keys = [least["service_id"], least["case_id"]]
    found = pd.concat(
        [
            least.drop(columns=["service_id", "case_id"]).groupby(keys, sort=False).min(),
            most.groupby(keys, sort=False).max(),
            added.groupby(keys, sort=False).sum(),
        ],
        axis=1,
    ).reset_index()
    says = pd.Series(due[due.notna()].to_numpy("int64"), index=seq[due.notna().to_numpy()])
    found["due_us"] = found["due_seq"].map(says)
    return found


def _pandas_cells(cases: Any, known: Dimensions, pd: Any) -> Any:
    """Cells of the cases."""
    import numpy as np

    calendar = pd.DataFrame(known.calendar, columns=["day", "month", "working"]).set_index("day")
    terms = pd.DataFrame(known.terms, columns=["service_id", "service_version", "term_days"])
    mask = BIG - 1
    nobody = cases["person_key"] == np.iinfo(np.int64).max
    cases["holder_id"], cases["provider_id"] = cases["holder"] & mask, cases["provider"] & mask
    manner = cases["manner"].to_numpy() & mask
    cases["service_version"], cases["channel"], cases["origin"] = manner >> 11, (manner >> 4) & 127, manner & 15
    delivered, dropped = cases["receipt"] >= 0, (cases["receipt"] < 0) & (cases["dropped_day"] >= 0)
    end = cases["delivered_day"].where(delivered, cases["dropped_day"])
    cases["month"] = cases["opened_day"].map(calendar["month"])
    cases["ended"] = end.map(calendar["month"]).fillna(0).astype("int64")
    lead = (end.map(calendar["working"]) - cases["opened_day"].map(calendar["working"])).clip(lower=0)
    cases = cases.merge(terms, how="left", on=["service_id", "service_version"])
    received_by, delivered_us = cases["receipt"] & 127, cases["receipt"] // 128
    waiting = cases["wait_started"] > cases["wait_ended"]
    whole, waited = delivered & ~waiting, delivered & ~waiting & (cases["wait_started"] > 0)
    log = np.rint(np.log(lead.fillna(0) + 1) * 10000).astype("int64")
    kept = np.where(cases["due_us"].notna(), delivered_us <= cases["due_us"], lead <= cases["term_days"])
    has_term = cases["due_us"].notna() | cases["term_days"].notna()
    order = cases[["service_id", "person_key", "opened_us", "case_id", "opened_day", "month"]].sort_values(
        ["service_id", "person_key", "opened_us", "case_id"]
    )
    before = order.groupby(["service_id", "person_key"], sort=False)[["opened_day", "month"]].shift()
    since = (order["opened_day"] - before["opened_day"]).reindex(cases.index)
    again = (order["month"] == before["month"]).reindex(cases.index)
    electronic = list(known.electronic)
    told = pd.DataFrame({
        "cases": 1, "delivered": delivered, "dropped": dropped, "open_now": ~delivered & ~dropped,
        "on_time_n": delivered & has_term & kept, "on_time_base": delivered & has_term,
        "lead_days_sum": lead.where(delivered, 0).fillna(0), "lead_log": log.where(delivered, 0),
        "lead_sq_log": (log * log).where(delivered, 0), "wait_n": waited, "wait_us": cases["wait_us"].where(waited, 0),
        "waiting_now": ~delivered & ~dropped & waiting, "processing_n": whole,
        "processing_us": (delivered_us - cases["opened_us"] - cases["wait_us"]).where(whole, 0),
        **{name: cases[name] for name in SUMMED},
        "repeat_n": ~nobody & (since <= 30), "repeat_base": ~nobody, "persons": ~nobody & ~again,
        "digital_request_n": cases["channel"].isin(electronic), "digital_request_base": cases["channel"] > 0,
        "digital_receipt_n": delivered & received_by.isin(electronic),
        "digital_receipt_base": delivered & (received_by > 0),
        "reached_request": cases["in_1"], "reached_execution": cases["in_2"], "reached_receipt": cases["in_3"],
    }, index=cases.index).astype("int64")  # fmt: skip
    found = told.groupby([cases[name] for name in KEYS], sort=False).sum()
    return found.reset_index()


# ---- Polars ----------------------------------------------------------------------------------------------------------


def by_polars(paths: Sequence[str], known: Dimensions, out: Path) -> float:
    """One lazy query, run by the streaming engine."""
    import polars as pl

    begun = time.perf_counter()
    fact = pl.scan_parquet(list(paths), hive_partitioning=False).select(READ)
    gone = fact.filter(pl.col("corrects").is_not_null()).select("corrects", "case_id").unique()
    standing = fact.filter(pl.col("type") != 14).join(
        gone, left_on=["event_id", "case_id"], right_on=["corrects", "case_id"], how="anti"
    )
    made = _polars_cells(_polars_cases(standing, pl), known, pl).collect(engine="streaming")
    taken = time.perf_counter() - begun
    import duckdb

    given = out.with_suffix(".given")
    made.write_parquet(given)
    _write(duckdb.connect(), f"read_parquet('{given}')", out)
    given.unlink()
    return taken


def _polars_cases(fact: Any, pl: Any) -> Any:
    col = pl.col
    kind = col("type")
    place = pl.when(kind == 1).then(0).otherwise(LATER) + col("seq") * BIG
    wide = {
        name: col(name).cast(pl.Int64) for name in ("channel", "origin", "service_version", "holder_id", "provider_id")
    }
    manner = place + wide["service_version"] * 2048 + wide["channel"] * 16 + wide["origin"]
    rating, is_contact = col("rating").cast(pl.Int64), kind == 6
    wait = pl.when(kind == 3).then(-col("occurred_us")).when(kind == 4).then(col("occurred_us")).otherwise(0)
    count = {
        "wait_started": kind == 3, "wait_ended": kind == 4, "events": col("activity") >= 0, "decided": kind == 7,
        "contested": kind == 12, "overturned": kind == 13, "evidence_n": kind == 5,
        "breach_n": (kind == 5) & col("evidence_held_by").is_not_null(), "contact_n": is_contact,
        "status_contact_n": is_contact & (col("contact") == 1),
        "failure_contact_n": is_contact & (col("contact") > 0) & (col("contact") < 4),
    }  # fmt: skip
    return fact.group_by("service_id", "case_id").agg(
        ((place + wide["holder_id"]).min() & (BIG - 1)).alias("holder_id"),
        ((place + wide["provider_id"]).min() & (BIG - 1)).alias("provider_id"),
        (manner.min() & (BIG - 1)).alias("manner"),
        col("person_key").min(),
        col("occurred_us").min().alias("opened_us"),
        col("day").min().alias("opened_day"),
        (col("occurred_us") * 128 + wide["channel"]).filter(kind == 8).max().alias("receipt"),
        col("day").filter(kind == 8).max().alias("delivered_day"),
        col("day").filter(kind.is_in([10, 11])).max().alias("dropped_day"),
        col("due_us")
        .filter(col("due_us").is_not_null())
        .sort_by(col("seq").filter(col("due_us").is_not_null()))
        .last(),
        wait.sum().alias("wait_us"),
        *(condition.cast(pl.Int64).sum().alias(name) for name, condition in count.items()),
        rating.count().cast(pl.Int64).alias("rating_n"),
        rating.sum().alias("rating_sum"),
        (rating * rating).sum().alias("rating_sq"),
        col("cost_cents").count().cast(pl.Int64).alias("cost_n"),
        col("cost_cents").cast(pl.Int64).sum().alias("cost_cents"),
        *((col("stage") == number).any().alias(f"in_{number}") for number in (1, 2, 3)),
    )


def _polars_cells(cases: Any, known: Dimensions, pl: Any) -> Any:
    col = pl.col
    kinds = {"day": pl.Int32, "month": pl.Int32, "working": pl.Int32}
    calendar = pl.LazyFrame(known.calendar, schema=kinds, orient="row")
    ends = calendar.rename({"day": "end_day", "month": "ended", "working": "end_working"})
    terms = pl.LazyFrame(
        known.terms, schema={"service_id": pl.Int32, "service_version": pl.Int64, "term_days": pl.Int32}, orient="row"
    )
    delivered = col("receipt").is_not_null()
    dropped = ~delivered & col("dropped_day").is_not_null()
    dated = (
        cases.with_columns(
            end_day=pl.coalesce("delivered_day", "dropped_day"),
            service_version=col("manner") // 2048,
            channel=(col("manner") // 16) & 127,
            origin=col("manner") & 15,
        )
        .join(calendar, left_on="opened_day", right_on="day")
        .join(ends, on="end_day", how="left")
        .join(terms, on=["service_id", "service_version"], how="left")
        .with_columns(
            ended=col("ended").fill_null(0), lead=(col("end_working") - col("working")).clip(0).cast(pl.Int64)
        )
        .sort("service_id", "person_key", "opened_us", "case_id")
        .with_columns(
            since=col("opened_day") - col("opened_day").shift().over("service_id", "person_key"),
            again=(col("month") == col("month").shift().over("service_id", "person_key")).fill_null(False),  # noqa: FBT003
        )
    )
    waiting, is_person = col("wait_started") > col("wait_ended"), col("person_key").is_not_null()
    whole = delivered & ~waiting
    waited = whole & (col("wait_started") > 0)
    delivered_us, received_by = col("receipt") // 128, col("receipt") & 127
    log = ((col("lead") + 1).cast(pl.Float64).log() * 10000).round().cast(pl.Int64)
    has_due = col("due_us").is_not_null()
    kept = pl.when(has_due).then(delivered_us <= col("due_us")).otherwise(col("lead") <= col("term_days"))
    electronic = list(known.electronic)
    count = {
        "delivered": delivered, "dropped": dropped, "open_now": ~delivered & ~dropped, "on_time_n": delivered & kept,
        "on_time_base": delivered & (has_due | col("term_days").is_not_null()), "wait_n": waited,
        "waiting_now": ~delivered & ~dropped & waiting, "processing_n": whole,
        "repeat_n": is_person & (col("since") <= 30), "repeat_base": is_person, "persons": is_person & ~col("again"),
        "digital_request_n": col("channel").is_in(electronic), "digital_request_base": col("channel") > 0,
        "digital_receipt_n": delivered & received_by.is_in(electronic),
        "digital_receipt_base": delivered & (received_by > 0), "reached_request": col("in_1"),
        "reached_execution": col("in_2"), "reached_receipt": col("in_3"),
    }  # fmt: skip
    added = {
        "lead_days_sum": col("lead").filter(delivered), "lead_log": log.filter(delivered),
        "lead_sq_log": (log * log).filter(delivered), "wait_us": col("wait_us").filter(waited),
        "processing_us": (delivered_us - col("opened_us") - col("wait_us")).filter(whole),
        **{name: col(name) for name in SUMMED},
    }  # fmt: skip
    return dated.group_by(KEYS).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        *(condition.cast(pl.Int64).sum().alias(name) for name, condition in count.items()),
        *(value.sum().alias(name) for name, value in added.items()),
    )


WAYS: dict[str, Way] = {"hand SQL": by_sql, "pandas": by_pandas, "polars": by_polars}
"""Name of each way to its function; it returns seconds until the cells stand."""
