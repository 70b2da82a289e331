"""What the rules on figures doubt in everything reported of a period: counts by rule, and the services behind each.

It computes nothing: the rules are those that speak while figures are typed.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import days, downloads, parts, round_pages, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import (
    PER_PAGE,
    Asked,
    address,
    asked,
    own_frame,
    page_number,
    period_switch,
    readers,
)
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.rounds import looking, quality


@dataclass(frozen=True)
class Seen:
    """What the rules see in a period, with the names that a page shows."""

    looked: looking.Looked
    services: dict[int, dict[str, Any]]
    bodies: dict[int, dict[str, str]]

    @property
    def rows(self) -> list[tuple[int, quality.Finding]]:
        """Service and finding, the gravest rule first, then by title."""
        order = {rule: at for at, rule in enumerate(quality.RULES)}
        found = [(pk, one) for pk, findings in self.looked.findings.items() for one in findings]
        return sorted(found, key=lambda row: (order[row[1].rule], self.title(row[0]), row[1].key))

    def title(self, pk: int) -> str:
        """The service's title in the language of the page."""
        return pick(self.services.get(pk, {}).get("title"), language()) or str(pk)


def see(period: str) -> Seen:
    """Let the rules look at a period."""
    looked = looking.period(periods.parse(period))
    return Seen(
        looked,
        indicators.named_services(looked.findings),
        dict(
            bodies.all_bodies().filter(pk__in={looked.holders[pk] for pk in looked.findings}).values_list("pk", "name")
        ),
    )


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Counts by rule, and the services behind one of them."""
    found = asked(request)
    if found is None:
        box = parts.Empty(
            _("Nothing has been measured yet"), _("Once figures come in, the rules will look at them."), level=2
        )
        return render(request, "overseers/empty.html", {"frame": own_frame(request, "rounds"), "empty": box})
    seen, said = see(found.period), language()
    rule = quality.BY_CODE.get(request.GET.get("likums", ""))
    rows = [row for row in seen.rows if rule is None or row[1].rule is rule]
    number = page_number(request, len(rows))
    return render(
        request,
        "overseers/doubts.html",
        {
            "frame": own_frame(request, "rounds", found),
            "crumbs": crumbs((_("Rounds"), address("rounds")), _("Doubtful figures")),
            "period": found.period,
            "switch": period_switch(request, found, {"likums": rule.code if rule else ""}),
            "lead": _lead(seen, found.period),
            "rules": _rules_table(seen, found, speaking=True),
            "quiet": _rules_table(seen, found, speaking=False),
            "rule": rule.name[said] if rule else "",
            "remedy": rule.remedy[said] if rule else "",
            "all": address("doubts", **found.query()),
            "table": _services_table(seen, rows[(number - 1) * PER_PAGE : number * PER_PAGE], found),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(rows)),
            "csv": address("doubts-csv", **found.query()),
            "json": address("doubts-json", **found.query()),
        },
    )


def _lead(seen: Seen, period: str) -> str:
    said = language()
    grave = sum(
        any(one.severity is quality.Severity.ERROR for one in findings) for findings in seen.looked.findings.values()
    )
    return _("%(when)s: something is doubtful in %(part)s services; %(grave)s of them have figures that cannot be.") % {
        "when": words.capital(days.period(period, said)),
        "part": words.of(len(seen.looked.findings), seen.looked.services, said),
        "grave": words.number(grave, said),
    }


def _rules_table(seen: Seen, found: Asked, *, speaking: bool) -> Table:
    """The rules that found something, the one with most services first; or those that found nothing."""
    said = language()
    figures = Counter(one.rule for _pk, one in seen.rows)
    services = Counter(rule for findings in seen.looked.findings.values() for rule in {one.rule for one in findings})
    return Table(
        code=f"saubu-likumi-{found.period}" if speaking else "klusie-likumi",
        caption=_("Rules"),
        columns=(
            Column(_("Rule"), "rule"),
            Column(_("Severity"), "severity"),
            Column(_("Services"), "services", n=True),
            Column(_("Figures"), "figures", n=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        rule.name[said],
                        href=address("doubts", **{**found.query(), "likums": rule.code}) if figures[rule] else "",
                        under=rule.remedy[said],
                    ),
                    round_pages.severity_tag(rule.severity),
                    services[rule],
                    figures[rule],
                )
            )
            for rule in sorted(quality.RULES, key=lambda rule: -services[rule])
            if bool(figures[rule]) is speaking
        ),
    )


def _services_table(seen: Seen, rows: list[tuple[int, quality.Finding]], found: Asked) -> Table:
    named = round_pages.names()

    def cells(pk: int, one: quality.Finding) -> tuple[Any, ...]:
        code = str(seen.services.get(pk, {}).get("code", ""))
        return (
            Cell(
                seen.title(pk),
                href=address("service", code, **found.query()) if code else "",
                under=pick(seen.bodies.get(seen.looked.holders[pk]), language()),
            ),
            named.figure(one.key),
            Cell(one.sentence(named.said), under=one.rule.name[named.said]),
            round_pages.severity_tag(one.severity),
        )

    return Table(
        code=f"saubas-{found.period}",
        caption=_("Doubtful figures"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("Figure"), "figure"),
            Column(_("What is doubtful"), "says"),
            Column(_("Severity"), "severity"),
        ),
        rows=tuple(Row(cells(*row)) for row in rows),
    )


def _whole(request: HttpRequest) -> Table | None:
    found = asked(request)
    if found is None:
        return None
    seen = see(found.period)
    return _services_table(seen, seen.rows, found)


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """Every doubt of the period as a file."""
    return downloads.csv(_whole(request) or _nothing())


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """The same as a document."""
    return downloads.json(_whole(request) or _nothing())


def _nothing() -> Table:
    return Table(code="saubas", caption=_("Doubtful figures"), columns=(Column(_("Service"), "service"),), rows=())
