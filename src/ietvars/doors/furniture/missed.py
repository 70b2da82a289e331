"""Questions that nothing answered, as owners and overseers see them: the span of days, the table, its file.

The doors differ in whose services they are about and where a service's page stands. It must not know who asked;
nobody does.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ietvars.doors.furniture import days
from ietvars.doors.furniture.marks import Link, Tag
from ietvars.doors.furniture.parts import Option, Switch, with_query
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.words.rules import Missed

SPANS = (30, 90, 365)
"""Days back from today that can be asked for; the first where none is."""


def span(request: HttpRequest) -> int:
    """How many days the address asks for."""
    given = request.GET.get("dienas", "")
    return int(given) if given in {str(one) for one in SPANS} else SPANS[0]


def since(request: HttpRequest, today: date) -> date:
    """The first day of the span."""
    return today - timedelta(days=span(request))


def switch(request: HttpRequest) -> Switch:
    """The choice of the span, beside h1."""
    chosen = span(request)
    return Switch(
        _("How far back"),
        tuple(
            Option(
                ngettext("%(n)s day", "%(n)s days", one) % {"n": one},
                with_query(request, dienas=str(one) if one != SPANS[0] else None),
                current=one == chosen,
            )
            for one in SPANS
        ),
    )


def total(rows: Sequence[Missed]) -> int:
    """How many times all of them were asked."""
    return sum(row.times for row in rows)


def table(
    rows: Sequence[Missed],
    titles: Mapping[tuple[str, str], str],
    where: Callable[[tuple[str, str]], str],
    step: Callable[[Missed], Link] | None = None,
) -> Table:
    """What was asked, how often and when, what came nearest; `step` is what can be done about each."""
    columns = [
        Column(_("What people asked"), code="question"),
        Column(_("How many times"), code="times", n=True, stacked=_("Times")),
        Column(_("Last asked"), code="last"),
        Column(_("What was found"), code="found"),
        Column(_("Nearest"), code="nearest"),
    ]
    if step is not None:
        columns.append(Column(_("What to do"), code="step"))
    return Table(
        code="missed",
        caption=_("Searches without result"),
        columns=tuple(columns),
        rows=tuple(_row(row, titles, where, step) for row in rows),
    )


def _row(
    row: Missed,
    titles: Mapping[tuple[str, str], str],
    where: Callable[[tuple[str, str]], str],
    step: Callable[[Missed], Link] | None,
) -> Row:
    found = pgettext("what was found", "some words") if row.is_partial else pgettext("what was found", "nothing")
    nearest: Cell | str = "–"
    if row.nearest in titles and row.nearest is not None:
        nearest = Cell(titles[row.nearest], href=where(row.nearest))
    cells = [
        Cell(row.text, href=_again(row), under="" if row.language == language() else row.language.upper()),
        row.times,
        days.in_table(row.last, language()),
        Tag(found, tone="" if row.is_partial else "due"),
        nearest,
    ]
    return Row((*cells, step(row)) if step is not None else tuple(cells))


def _again(row: Missed) -> str:
    """The search page with the question, in the language in which it was asked."""
    with translation.override(row.language):
        return f"{reverse('public:search')}?{urlencode({'q': row.text})}"
