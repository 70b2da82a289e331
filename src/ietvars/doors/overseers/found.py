"""Presenters of findings: by finder, as a table, the figures that raised one, the answers to criteria.

They take what the room has read and place words, marks and links; they decide nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import days, readings, words
from ietvars.doors.furniture.marks import Muted, State, Value
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import Asked, address
from ietvars.ground.people import queries as people
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.oversight.finders import queries, rules


def reason_words(reason: str, criteria: Mapping[str, Mapping[str, str]]) -> str:
    """Why a finder named something: its reasons in words."""
    said = {
        "criterion": _("another criterion is affirmed"),
        "nothing-measured": _("nothing was measured"),
        "zero-twice": _("no requests in two periods"),
        "beyond-chance": _("worse, and not by chance"),
        "on-list-not-described": _("on the list, but not described"),
        "described-not-on-list": _("described, but not on the list"),
        "stale": _("described long ago or ended"),
    }
    told = [said.get(code) or pick(criteria.get(code), language()) or code for code in reason.split("+")]
    return "; ".join(told)


# ---- presenters -------------------------------------------------------------------------------------------------


def by_finder(found: Asked) -> Table:
    """Each finder with its ground, how much it found, and what to do about it."""
    said = language()
    counts = queries.counts(found.period)
    return Table(
        code="atradumi",
        caption=_("Findings"),
        columns=(
            Column(_("Finding and its ground"), "finder"),
            Column(_("Number"), "number", n=True),
            Column(_("What to do"), "what_to_do"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        pick(finder.name, said),
                        href=address("findings", **found.query(), atradejs=finder.code),
                        under=f"{pick(finder.explanation, said)} {pick(finder.source, said)}.",
                    ),
                    Cell(
                        counts[finder.code],
                        href=address("findings", **found.query(), atradejs=finder.code) if counts[finder.code] else "",
                    ),
                    pick(finder.what_to_do, said),
                )
            )
            for finder in rules.FINDERS
        ),
    )


def table(
    found: Asked, *, body_ids: Collection[int] | None = None, service_ids: Collection[int] | None = None
) -> Table:
    """What was found about some bodies or services."""
    return rows_table(found, queries.findings(found.period, body_ids=body_ids, service_ids=service_ids))


def rows_table(found: Asked, rows: Iterable[Any]) -> Table:
    said = language()
    criteria = terms.labels(rules.CRITERIA)[rules.CRITERIA]
    names = {finder.code: finder for finder in rules.FINDERS}
    held = list(rows)
    return Table(
        code="atradumi",
        caption=_("Findings"),
        columns=(
            Column(_("About what"), "about"),
            Column(_("Finding"), "finder"),
            Column(_("Why"), "reason"),
            Column(_("Holder"), "holder"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        about(row),
                        href=address("finding", row.period, row.finder, row.key, **_carried(found)),
                    ),
                    pick(names[row.finder].name, said) if row.finder in names else row.finder,
                    reason_words(row.reason, criteria),
                    Cell(pick(row.body.name, said), href=address("body", row.body.code, **found.query()))
                    if row.body
                    else Muted(_("none")),
                ),
                illustrative=row.is_illustrative,
            )
            for row in held
        ),
        scroll=_("Findings"),
        illustrative=any(row.is_illustrative for row in held),
    )


def _carried(found: Asked) -> dict[str, str]:
    return {**found.query(), "periods": ""}


def about(row: Any) -> str:
    """What a finding is about: the service, else the title on the list."""
    if row.service:
        return pick(row.service.title, language())
    return str(next((figure["title"] for figure in row.figures if figure.get("title")), row.key))


def figures_table(row: Any) -> Table:
    """The figures that raised a finding: what, when, how much, beside what, by which wording and edition."""
    names = {each.code: each for each in indicators.all_definitions()}
    criteria = terms.labels(rules.CRITERIA)[rules.CRITERIA]
    return Table(
        code="skaitli",
        caption=_("Figures that raised it"),
        columns=(
            Column(_("Figure"), "figure"),
            Column(_("Period"), "period"),
            Column(_("Value"), "value", values=True),
            Column(_("Beside"), "beside"),
            Column(_("Definition"), "definition"),
            Column(_("Edition"), "edition"),
        ),
        rows=tuple(
            Row(
                (
                    _what(figure, names, criteria),
                    days.period_short(figure["period"], language()) if figure.get("period") else Muted(_("none")),
                    _value(figure),
                    _beside(figure) or Muted(pgettext("beside a figure", "nothing")),
                    figure.get("definition") or Muted(pgettext("definition", "none")),
                    "; ".join(figure.get("editions", ())) or Muted(pgettext("editions", "none")),
                ),
                illustrative=row.is_illustrative,
            )
            for figure in row.figures
        ),
        scroll=_("Figures that raised it"),
        illustrative=row.is_illustrative,
    )


def _what(figure: Mapping[str, Any], names: Mapping[str, Any], criteria: Mapping[str, Mapping[str, str]]) -> str:
    said = language()
    match figure["what"]:
        case "cases":
            return _("Cases")
        case "share-of-holder":
            return _("Part of all the holder's cases")
        case "criterion":
            return words.capital(pick(criteria.get(figure["code"]), said) or figure["code"])
        case "indicators-measured":
            return _("Critical indicators measured")
        case "indicator":
            definition = names.get(figure["code"])
            return pick(definition.name, said) if definition else str(figure["code"])
        case "list":
            return _("On the list: %(title)s") % {"title": figure["title"]}
        case other:
            return str(other)


def _value(figure: Mapping[str, Any]) -> object:
    match figure["what"]:
        case "criterion":
            return Muted(_("yes"))
        case "list":
            return Muted(_("no number"))
        case "indicators-measured":
            return Value(figure["numerator"])
    unit = readings.SHARE if figure["what"] == "share-of-holder" else figure.get("unit", "")
    number = figure.get("value")
    return readings.value(
        state=State.MISSING if number is None else State.MEASURED,
        number=None if number is None else Decimal(str(number)),
        unit=unit,
        n=figure.get("denominator"),
    )


def _beside(figure: Mapping[str, Any]) -> str:
    """The limit it passed, the whole it is a part of, the year before with the difference, or the day of looking."""
    said = language()
    match figure["what"]:
        case "indicators-measured":
            return words.of(figure["numerator"], figure["denominator"], said)
        case "share-of-holder":
            limit = words.percent(Decimal(str(figure["threshold"])) * 100, said, decimals=None)
            whole = words.number(figure["denominator"], said)
            return _("limit: more than %(limit)s; of %(whole)s cases") % {"limit": limit, "whole": whole}
        case "indicator" if figure.get("before") is not None:
            before = readings.value(
                state=State.MEASURED, number=Decimal(str(figure["before"])), unit=figure.get("unit", "")
            )
            told = readings.verdict("worse", "", unit=figure.get("unit", ""), **_interval(figure)).why
            when = days.period(figure["with"], said, "locative")
            return f"{words.capital(when)}: {before.text()}. {told}"
        case "list":
            return _("reviewed %(day)s") % {"day": figure["reviewed_on"]} if figure.get("reviewed_on") else ""
    if figure.get("threshold") is not None:
        return _("limit: more than %(limit)s") % {
            "limit": words.number(Decimal(str(figure["threshold"])), said, running=True)
        }
    return ""


def _interval(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {name: figure.get(name) for name in ("difference", "low", "high")}


def answers_table(service_id: int) -> Table | None:
    """The answers to the criteria of digitalisation that were given about a service, newest first."""
    rows = list(queries.answers_of(service_id))
    if not rows:
        return None
    said = language()
    criteria = queries.criteria()
    names = people.names(row.username for row in rows)
    return Table(
        code="kriteriji",
        caption=_("Answers to the criteria"),
        columns=(
            Column(_("Criterion"), "criterion"),
            Column(_("Answer"), "answer"),
            Column(_("Why"), "why"),
            Column(_("Who and when"), "who"),
        ),
        rows=tuple(
            Row(
                (
                    words.capital(pick(criteria.get(row.criterion), said) or row.criterion),
                    _("Yes") if row.answer else _("No"),
                    row.why,
                    f"{pick(names.get(row.username), said) or row.username}, {days.in_table(row.at.date(), said)}",
                )
            )
            for row in rows
        ),
    )
