"""How each indicator is computed, in words: rendered from its definition, and for events from the way of counting.

For a page that anybody reads and for what stands behind a figure. It must not compute, and no sentence here repeats
what the definition says as data: a changed definition changes the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ietvars.doors.furniture import days, readings, words
from ietvars.doors.furniture.behind import Behind
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.shown import language
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases.schema import FORMULA_VERSION, REPEAT_DAYS
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators import rules as indicator_rules

OPENED, ENDED, CLOSE = "opened", "ended", "close"


@dataclass(frozen=True)
class FromEvents:
    """How a quantity is counted from events: in words, of which types, and in which month a case counts."""

    says: Words
    types: tuple[str, ...]
    basis: str


EVENTS: Mapping[str, FromEvents] = {
    "requests": FromEvents(gettext_lazy("cases, each by its first event"), ("opened",), OPENED),
    "results": FromEvents(gettext_lazy("cases with a result"), ("delivered",), ENDED),
    "results_received": FromEvents(
        gettext_lazy("cases with a result, by the channel that handed it over; where the channel is known"),
        ("delivered",),
        ENDED,
    ),
    "backlog": FromEvents(
        gettext_lazy("cases opened until then, less those delivered, withdrawn or expired until then"),
        ("opened", "delivered", "withdrawn", "expired"),
        CLOSE,
    ),
    "cases_ended": FromEvents(
        gettext_lazy("cases delivered, withdrawn or expired"), ("delivered", "withdrawn", "expired"), ENDED
    ),
    "runs_started": FromEvents(
        gettext_lazy("cases that a person opened on a site or in an app and that have left the request stage"),
        ("opened", "step", "withdrawn", "expired"),
        OPENED,
    ),
    "runs_finished": FromEvents(
        gettext_lazy("of these, cases that went on to execution or receipt"), ("step", "decided", "delivered"), OPENED
    ),
    "stage_reached": FromEvents(gettext_lazy("cases with any event of the stage"), ("opened", "step"), OPENED),
    "stage_left": FromEvents(
        gettext_lazy("cases withdrawn or expired whose last stage it was"), ("withdrawn", "expired"), OPENED
    ),
    "time_to_result_median": FromEvents(
        gettext_lazy("working days from the first day to the day of the result; the middle case (quantile of type 7)"),
        ("opened", "delivered"),
        ENDED,
    ),
    "time_to_result_p90": FromEvents(
        gettext_lazy("the same days; nine cases of ten took no longer"), ("opened", "delivered"), ENDED
    ),
    "closed": FromEvents(
        gettext_lazy("cases with a result that had a promised end or whose service states a term"),
        ("delivered",),
        ENDED,
    ),
    "closed_on_time": FromEvents(
        gettext_lazy("of these, cases with the result by the promised moment, else within the stated working days"),
        ("delivered",),
        ENDED,
    ),
    "processing_days_median": FromEvents(
        gettext_lazy("days of 24 hours from the first event to the result, less waiting for the person; within 1 %"),
        ("opened", "wait-started", "wait-ended", "delivered"),
        ENDED,
    ),
    "person_days_median": FromEvents(
        gettext_lazy("days of 24 hours of waiting for the person, of cases that waited; within 1 %"),
        ("wait-started", "wait-ended"),
        ENDED,
    ),
    "waited": FromEvents(gettext_lazy("cases with a result that waited for the person"), ("wait-started",), ENDED),
    "wait_known": FromEvents(
        gettext_lazy("cases with a result and no wait left open"), ("wait-started", "wait-ended", "delivered"), ENDED
    ),
    "cost_total": FromEvents(
        gettext_lazy("sum of the costs that events name; only where 95 of 100 cases name theirs"), ("delivered",), ENDED
    ),
    "satisfaction": FromEvents(
        gettext_lazy("mean of the ratings, put on 0 to 100 when they come in"), ("rated",), ENDED
    ),
    "contacts": FromEvents(gettext_lazy("contacts about a case"), ("contact",), ENDED),
    "contacts_failure": FromEvents(
        gettext_lazy("of these, contacts asking for status, correcting or repeating"), ("contact",), ENDED
    ),
    "items_asked": FromEvents(gettext_lazy("pieces of evidence asked for"), ("evidence-requested",), ENDED),
    "items_already_held": FromEvents(
        gettext_lazy("of these, pieces that a register of the state holds already"), ("evidence-requested",), ENDED
    ),
    "decisions": FromEvents(gettext_lazy("decisions"), ("decided",), ENDED),
    "contested": FromEvents(gettext_lazy("decisions contested or appealed"), ("contested",), ENDED),
    "overturned": FromEvents(gettext_lazy("contested decisions changed or repealed"), ("overturned",), ENDED),
    "repeats": FromEvents(
        gettext_lazy("cases of a person who had opened one of the same service within 30 days before"),
        ("opened",),
        OPENED,
    ),
    "cases_of_known_persons": FromEvents(gettext_lazy("cases that name a person by a keyed hash"), ("opened",), OPENED),
}
"""Quantity to the way in which it is counted from events. What is not here is reported only."""

assert REPEAT_DAYS == 30, "the sentence above says so"

BASES: Mapping[str, Words] = {
    OPENED: gettext_lazy("a case counts in the month in which it was opened"),
    ENDED: gettext_lazy("a case counts in the month in which it ended"),
    CLOSE: gettext_lazy("a case counts while it is open at the end of the period"),
}

KINDS: Mapping[str, Words] = {
    "share": gettext_lazy("share: one part of cases by all of them"),
    "ratio": gettext_lazy("ratio: one sum by another"),
    "mean": gettext_lazy("mean"),
    "median": gettext_lazy("median"),
    "count": gettext_lazy("count"),
    "amount": gettext_lazy("amount"),
}

TOGETHER: Mapping[str, Words] = {
    "pooled": gettext_lazy("numerators are added and divided by added denominators, so each case weighs the same"),
    "sum": gettext_lazy("added up"),
    "count": gettext_lazy("services are counted"),
    "median": gettext_lazy("the middle service"),
    "weakest": gettext_lazy("the weakest service stands for all"),
    "none": gettext_lazy("there is no honest single figure of several services"),
}

DIRECTIONS: Mapping[str, Words] = {
    "up_is_better": gettext_lazy("more is better"),
    "down_is_better": gettext_lazy("less is better"),
    "none": gettext_lazy("more is neither better nor worse"),
}


@dataclass(frozen=True)
class Method:
    """One indicator on the page: name, purpose, and rows of (term, words)."""

    code: str
    name: str
    purpose: str
    rows: tuple[tuple[Words, Words], ...]


def methods(register: str = indicators.CRITICAL) -> list[Method]:
    """Every indicator of a register by its newest wording, with what changed since the one before."""
    said = language()
    behind = Behind(said)
    versions: dict[str, list[Any]] = {}
    for row in indicators.all_definitions().filter(register=register):
        versions.setdefault(row.code, []).append(row)
    return [_method(rows, behind, said) for rows in versions.values()]


def _method(rows: list[Any], behind: Behind, said: str) -> Method:
    rows = sorted(rows, key=lambda row: row.version)
    row, spec = rows[-1], rows[-1].spec
    top = spec.get("numerator") or spec.get("value") or {}
    bottom = spec.get("denominator")
    named: list[tuple[Words, Words]] = []
    if bottom:
        named += [(_("Numerator"), behind.amount(top)), (_("Denominator"), behind.amount(bottom))]
    else:
        named.append((_("Figure"), behind.amount(top)))
    named.append((_("Kind"), KINDS.get(spec["kind"], spec["kind"])))
    named.append((_("Unit"), readings.unit(row.unit)))
    if spec.get("by"):
        named.append((_("Told apart by"), words.listed([str(_AXES[one]) for one in spec["by"]], said)))
    named.append((_("Left out"), _left_out(spec, said)))
    named += _events(spec, behind, said)
    named.append((_("Several services"), TOGETHER.get(row.aggregation, row.aggregation)))
    named.append((_("Reading"), DIRECTIONS.get(row.direction, row.direction)))
    named.append((_("Source"), pick(row.source, said)))
    named.append((_("Definition"), _wordings(rows, said)))
    return Method(row.code, pick(row.name, said), pick(row.purpose, said), tuple(named))


_AXES: Mapping[str, Words] = {"channel": gettext_lazy("channel"), "stage": gettext_lazy("stage")}


def _left_out(spec: Mapping[str, Any], said: str) -> str:
    found = [pick(one["text"], said) for one in spec.get("exclusion", [])]
    if _is_from_events_only(spec):
        found.append(_("services that send no events"))
    elif spec.get("population"):
        found.append(_("services outside of the population that the definition describes"))
    return "; ".join(found) if found else pgettext("exclusions", "nothing")


def _is_from_events_only(spec: Mapping[str, Any]) -> bool:
    return quantities(spec.get("population") or {}) == ["cases_ended"]


def _events(spec: Mapping[str, Any], behind: Behind, said: str) -> list[tuple[Words, Words]]:
    """How it is counted from events, quantity by quantity, from which types, and in which month a case counts."""
    wanted = dict.fromkeys(
        each for part in ("numerator", "denominator", "value") for each in quantities(spec.get(part))
    )
    told = {each: EVENTS[each] for each in wanted if each in EVENTS}
    if not told:
        return [(_("From events"), _("not counted from events: it is reported"))]
    says = [f"{pick(behind.quantities.get(each, {}), said) or each}: {one.says}" for each, one in told.items()]
    reported = [pick(behind.quantities.get(each, {}), said) or each for each in wanted if each not in EVENTS]
    if reported:
        says.append(_("reported: %(names)s") % {"names": words.listed(reported, said)})
    types = dict.fromkeys(each for one in told.values() for each in one.types)
    bases = dict.fromkeys(one.basis for one in told.values())
    return [
        (_("From events"), "; ".join(says)),
        (_("Types of events"), ", ".join(types)),
        (_("Counted in"), "; ".join(str(BASES[each]) for each in bases)),
        (
            _("Formula"),
            _("counting %(counting)s, evaluation %(evaluation)s")
            % {"counting": FORMULA_VERSION, "evaluation": indicator_rules.METHOD},
        ),
    ]


def _wordings(rows: Iterable[Any], said: str) -> str:
    return "; ".join(
        _("version %(version)s from %(day)s") % {"version": row.version, "day": days.in_table(row.valid_from, said)}
        for row in rows
    )


def quantities(spec: Any) -> list[str]:
    """Every quantity that a part of a definition names, in order, each once."""
    found: list[str] = []
    if isinstance(spec, Mapping):
        found += [str(spec[word]) for word in ("sum", "take") if word in spec]
        for part in spec.values():
            found += quantities(part)
    elif isinstance(spec, list | tuple):
        for part in spec:
            found += quantities(part)
    return list(dict.fromkeys(found))
