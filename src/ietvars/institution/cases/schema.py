"""The columns of what is computed of facts: case state, the marts of months, days and steps, and of the whole state.

The one place where they are named: `computing` makes exactly these, `queries` reads them, tests compare them. Every
column of a mart but its keys is a count or a sum of whole numbers, so cells are added and subtracted in any order and
on any engine without a rest; quantiles come from the counts by whole days, exactly, for any grain and any span.
It must not know Django, files or an engine.
"""

from enum import IntEnum, StrEnum

FORMULA_VERSION = 1
"""Grows whenever the same facts would give other figures; figures of different versions are never mixed."""

LAYOUT = 2
"""Grows whenever files lie otherwise than before; figures stay what they are, and are laid anew."""

REPEAT_DAYS = 30
"""A case is a repeat when the same person opened one of the same service so many days before it or fewer."""

GAMMA = 1.0202
"""Times fall into buckets whose ends grow by this factor: whoever reads a time off a bucket errs by 1 % at most."""

LOG_SCALE = 10_000
"""Logarithms of days are kept as whole ten-thousandths."""


class Basis(StrEnum):
    """In which month a case is counted. Every figure says which."""

    OPENED = "opened"
    """The month of its first legal day. Never moves for a cohort that is closed; recent months hold open cases."""
    DELIVERED = "delivered"
    """The month in which it ended: was delivered, or else withdrawn or expired. What yearly reports count."""


class Measure(IntEnum):
    """What a row of `mart_hist` counts cases by."""

    LEAD = 1
    """Delivered cases; `bucket` is the working days from opening to result. Exact."""
    DROPPED = 2
    """Cases withdrawn or expired; `bucket` is the working days from opening to that. Exact."""
    OPEN = 3
    """Cases still open; `bucket` is the legal day of their opening, days since 1970-01-01. Exact."""
    PROCESSING = 4
    """Delivered cases; `bucket` is ceil(log(time without waiting for the person) / log(GAMMA)). Within 1 %."""
    WAIT = 5
    """Delivered cases that waited for the person; bucket as of PROCESSING. Within 1 %."""
    METHOD = 6
    """Ratings; `bucket` is the number of the method."""


CASE = {
    "service_id": "int32",
    "case_id": "int64",
    # -- who and how: from the opening event that came first; where there is none, from the event that came first
    "service_version": "int32",
    "holder_id": "int32",
    "provider_id": "int32",
    "channel": "int32",
    "origin": "int32",
    "person_key": "int64",  # nullable; the smallest named
    # -- when
    "opened_us": "int64",  # min
    "opened_day": "int32",  # min
    "receipt": "int64",  # nullable; max of delivery's microseconds * 128 + its channel
    "delivered_day": "int32",  # nullable; max
    "dropped_day": "int32",  # nullable; max of withdrawn and expired
    "due_us": "int64",  # nullable; by when, as said last
    "last_step": "int64",  # nullable; max of the moment in units of 2**20 microseconds * 2**31 + activity
    # -- how often and how much: sums and counts
    "facts_n": "int32",  # all facts that count
    "events_n": "int32",  # those that are events of somebody's work
    "wait_us": "int64",  # ends minus starts; meaningless while a wait is open
    "wait_started_n": "int32",
    "wait_ended_n": "int32",
    "decided_n": "int32",
    "contested_n": "int32",
    "overturned_n": "int32",
    "evidence_n": "int32",
    "breach_n": "int32",  # evidence asked for that a register holds
    "contact_n": "int32",
    "status_contact_n": "int32",
    "failure_contact_n": "int32",  # status, correction, repeat
    "rating_n": "int32",
    "rating_sum": "int64",
    "rating_sq": "int64",
    "rating_method": "int32",  # max; 0 none
    "cost_n": "int32",
    "cost_cents": "int64",
    "stages": "int32",  # 1 << stage for each stage of law that was met, added up
    # -- about the row
    "of_cohort": "int32",  # cohort of its facts; earlier than its month when its first facts were taken back
    "input_watermark": "int64",  # up to which seq it was computed
}
"""Case state: one row a case. It lies by the month of `opened_day`, or by `of_cohort` where that is later.

In a piece that was laid over a whole file, the row of a case stands for its earlier ones in the same place, and one
with no facts says that the case no longer lies there.
"""

ABOUT_CASE = ("of_cohort", "input_watermark")
"""Columns of a case state that its facts do not say."""

CELL = {
    "service_id": "int32",
    "service_version": "int32",
    "holder_id": "int32",
    "provider_id": "int32",
    "channel": "int32",  # of the request; deliveries.facts.CHANNELS
    "origin": "int32",
    "month": "int32",  # yyyymm of opening
    "ended": "int32",  # yyyymm of the result, else of withdrawal or expiry; 0 while open
}
"""Keys of a cell of `mart_month`. Both months stand in it, so one set of cells serves both bases, and whatever happens
to a case changes only files of the month in which it was opened."""

SUMS = (
    "cases",  # cases in the cell; a cell without any does not exist
    "delivered",
    "dropped",  # withdrawn or expired, and not delivered
    "open_now",  # of these cases, neither delivered nor dropped yet
    "on_time_n",
    "on_time_base",  # delivered cases with a promised end or a stated term
    "lead_days_sum",  # working days from opening to result, of delivered cases
    "lead_log",  # sum of logarithms of (1 + working days), in 1/LOG_SCALE, each rounded
    "lead_sq_log",  # sum of their squares, in 1/LOG_SCALE**2
    "wait_n",  # delivered cases that waited for the person, all waits ended
    "wait_us",
    "waiting_now",  # open cases with a wait that has not ended
    "processing_n",  # delivered cases with no wait left open
    "processing_us",  # from opening to result without the waits
    "decided",
    "contested",
    "overturned",
    "evidence_n",
    "breach_n",
    "contact_n",
    "status_contact_n",
    "failure_contact_n",
    "rating_n",
    "rating_sum",  # tenths of a point of 0-100
    "rating_sq",
    "cost_n",
    "cost_cents",
    "repeat_n",
    "repeat_base",  # cases whose person is known
    "persons",  # cases that are their person's first of the service in that month of opening: added up over a month's
    # cells of a service this is its exact number of persons
    "digital_request_n",
    "digital_request_base",  # cases whose channel of request is known
    "digital_receipt_n",
    "digital_receipt_base",  # delivered cases whose channel of receipt is known
    "reached_request",
    "reached_execution",
    "reached_receipt",
    "events",
)
"""Columns of `mart_month` that add up, all int64."""

MARKS = {"input_watermark": "int64", "formula_version": "int32"}
"""What every cell carries besides: up to which seq it was computed, by which version of the formula."""

MONTH = {**CELL, **dict.fromkeys(SUMS, "int64"), **MARKS}

HIST_CELL = {
    "service_id": "int32",
    "holder_id": "int32",
    "provider_id": "int32",
    "channel": "int32",
    "month": "int32",
    "ended": "int32",
    "measure": "int32",  # Measure
    "bucket": "int32",
}
HIST = {**HIST_CELL, "n": "int64", **MARKS}

STEP_CELL = {
    "service_id": "int32",
    "service_version": "int32",
    "channel": "int32",
    "month": "int32",  # of opening
    "activity": "int32",  # deliveries.Activity
    "days": "int32",  # calendar days from the case's first day to the day it first reached the step
}
STEP_SUMS = (
    "reached",  # cases
    "left",  # of these, dropped with this as their last step
    "stalled",  # of these, open with this as their last step
)
STEP = {**STEP_CELL, **dict.fromkeys(STEP_SUMS, "int64"), **MARKS}


class Scope(IntEnum):
    """Of what a row of `state_month` is the sum. Scopes overlap, so rows of different scopes are never added."""

    STATE = 0
    HOLDER = 1
    PROVIDER = 2
    CHANNEL = 3


STATE_CELL = {
    "scope": "int32",  # Scope
    "scope_id": "int32",  # 0 for the state; a holder's, provider's or channel's number
    "month": "int32",
    "ended": "int32",
}
STATE = {**STATE_CELL, **dict.fromkeys(SUMS, "int64"), **MARKS}
"""`state_month`: `mart_month` added up for the whole state, each holder, each provider, each channel."""

STATE_HIST = {**STATE_CELL, "measure": "int32", "bucket": "int32", "n": "int64", **MARKS}
"""`state_hist`: the exact measures of `mart_hist` added up alike."""

DATASETS = {
    "cases": CASE,
    "mart_month": MONTH,
    "mart_hist": HIST,
    "mart_step": STEP,
    "state_month": STATE,
    "state_hist": STATE_HIST,
}
"""Data set of the lake to its columns. All lie by cohort and bucket: `mart_step` by that of its facts, the others
by month of opening."""

LAID_BY: dict[str, tuple[str, ...]] = {
    "cases": (),
    "mart_month": ("service_id", "month", "ended"),
    "mart_hist": ("service_id", "measure", "month", "ended"),
    "mart_step": ("service_id", "activity"),
    "state_month": ("scope", "scope_id"),
    "state_hist": ("scope", "measure", "scope_id"),
}
"""Data set to the order of its rows, so that a service's or a holder's rows lie together. Case states are only read
whole, month by month, and sorting them would cost as much as half of making them."""

COUNTS = {
    "mart_month": "cases",
    "mart_hist": "n",
    "mart_step": "reached",
    "state_month": "cases",
    "state_hist": "n",
}
"""Mart to the column that is above zero in every cell that exists. Rows of a cell may lie in several files, and those
of a piece may take off: whoever reads adds them up, and leaves out cells in which this comes to zero."""
