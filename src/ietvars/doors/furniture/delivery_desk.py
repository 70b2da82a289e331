"""What the desks of owners and overseers have in common: the line that is looked at, its page, files and addresses.

A desk reads when it is asked. It says itself of whom its lines are, what else it shows, and who may see it; it must not
compute, as `delivery_pages`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ietvars.doors.furniture import delivery_pages as pages
from ietvars.doors.furniture import parts
from ietvars.doors.furniture.charts import Chart
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.tables import Table
from ietvars.ground.deployment import queries as deployment
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.tallies import queries as tallies
from ietvars.institution.tallies import reasons
from ietvars.institution.tallies.lines import Line

BASES = {"": Basis.DELIVERED, "atverts": Basis.OPENED}
"""What addresses call the month by which cases are counted; the first is meant where nothing is said."""
PEERED = ("on-time", "case-completion", "digital-share")
"""Shares by which like ones are set side by side, the first that can be."""


Make = Callable[[], Chart | Table | None]
"""Makes what a file holds; nothing where there is nothing to show."""


def asked_of(request: HttpRequest) -> tuple[Basis, str, bool]:
    """What an address asks a desk for: basis and indicator; and whether the figures are invented."""
    basis = BASES.get(request.GET.get("pec", ""), Basis.DELIVERED)
    return basis, request.GET.get("raditajs", ""), deployment.is_sample()


@dataclass(frozen=True)
class Desk(ABC):
    """All that a page and its files show, read when it is asked for."""

    basis: Basis
    asked: str
    illustrative: bool

    route: ClassVar[str]
    """Name of the page's address; those of its files end in -csv and -json."""

    @property
    @abstractmethod
    def code(self) -> str:
        """With what codes of charts and names of files begin."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Whose lines they are, in words."""

    @property
    @abstractmethod
    def lines(self) -> tuple[Line, ...]:
        """Every line on the chosen basis; none before the first event."""

    @abstractmethod
    def mix(self) -> Chart | None:
        """Requests by channel."""

    def place(self, kind: str = "") -> str:
        """Address of the page, or of its files of a kind."""
        return reverse(f"{self.route}-{kind}" if kind else self.route)

    def files(self) -> dict[str, Make]:
        """What of the page can be taken as a file, by its name in the address."""
        return {"linija": self.line_chart, "raditaji": self.overview, "kanali": self.mix}

    @cached_property
    def known(self) -> pages.Named:
        """Names of indicators and channels."""
        return pages.named()

    @cached_property
    def fresh(self) -> cases.Freshness:
        """Of what state of the events."""
        return cases.freshness()

    @cached_property
    def line(self) -> Line:
        """The line that is looked at: the asked one, else the newest that turned, else the first that has a card."""
        by_code = {line.code: line for line in self.lines}
        turned = max((line for line in self.lines if line.since), key=lambda line: line.since[-1], default=None)
        first = next((by_code[code] for code in pages.CARDS if code in by_code), self.lines[0])
        return by_code.get(self.asked) or turned or first

    # ---- addresses ---------------------------------------------------------------------------------------------

    def query(self, **changed: str) -> str:
        """The query of an address of this page; what it would show by itself is left out."""
        basis = next(name for name, one in BASES.items() if one is self.basis)
        said = {"pec": basis, "raditajs": self.asked, **changed}
        text = urlencode({key: given for key, given in said.items() if given})
        return f"?{text}" if text else ""

    def href(self, indicator: str) -> str:
        """The page with one indicator looked at."""
        return f"{self.place()}{self.query(raditajs=indicator)}#linija"

    def file(self, what: str, kind: str = "csv") -> str:
        """Address of a file of this page."""
        return f"{self.place(kind)}{self.query(kas=what)}"

    def asked_file(self, request: HttpRequest) -> tuple[Chart | Table, str]:
        """The chart or table that an address of a file asks for, and what the file is called. Raises Http404."""
        what = request.GET.get("kas", "linija")
        make = self.files().get(what)
        if make is None:
            raise Http404
        # Before the first event a file is an empty table, and no fault of whoever asks for it.
        made = make() if self.lines else self.overview()
        if made is None:
            raise Http404
        return made, f"{self.code}-{what}"

    # ---- what it is made of ------------------------------------------------------------------------------------

    def context(self, *, behind: Link | None = None) -> dict[str, Any]:
        """The part of the page that every desk has. `behind` leads from the line to what it is counted from."""
        chart, mix, spans = self.line_chart(), self.mix(), pages.spans(self.line)
        return {
            "sentence": pages.sentence(self.lines, self.known),
            "switch": self._switch(),
            "fresh": pages.freshness_words(self.fresh),
            "cards": pages.cards(self.lines, self.known, self.href),
            "line": Figure(
                title=self.known.indicator(self.line.code),
                about=chart.finding,
                chart=chart,
                csv=self.file("linija"),
                json=self.file("linija", "json"),
                behind=behind,
                permanent=self.href(self.line.code),
                how=pages.how(self.line, self.known, self.fresh),
                alone=True,
            ),
            "by_mean": self.line.code in reasons.BY_MEAN,
            "overview": self.overview(),
            "overview_csv": self.file("raditaji"),
            "overview_json": self.file("raditaji", "json"),
            "spans": spans.said if spans else "",
            "mix": self.alone(mix, "kanali"),
            "is_illustrative": self.illustrative,
            "data_as_of": self.fresh.made_at,
        }

    def _switch(self) -> parts.Switch:
        said = {Basis.DELIVERED: _("month of the result"), Basis.OPENED: _("month of opening")}
        return parts.Switch(
            _("Counted by"),
            tuple(
                parts.Option(said[basis], f"{self.place()}{self.query(pec=name)}", current=self.basis is basis)
                for name, basis in BASES.items()
            ),
        )

    def line_chart(self) -> Chart:
        """The line that is looked at."""
        return pages.line_chart(self.line, self.known, self.title, code=self.code, illustrative=self.illustrative)

    def overview(self) -> Table:
        """All lines."""
        return pages.overview(self.lines, self.known, self.href, illustrative=self.illustrative)

    def why(
        self,
        rows: Callable[[int, int], Iterable[cases.Month]],
        by: str,
        name: Callable[[Any], str],
        *,
        head: str,
        code: str,
    ) -> tuple[str, Table] | None:
        """Who brought the change of the line, by a column of the sums; `rows` gives those from one month to another.

        None where the change cannot be parted.
        """
        spans, amounts = pages.spans(self.line), reasons.AMOUNTS.get(self.line.code)
        if spans is None or amounts is None:
            return None

        def parted(span: tuple[int, int]) -> Mapping[Hashable, reasons.Amounts]:
            found: dict[Hashable, reasons.Amounts] = {}
            for row in rows(*span):
                above, below = amounts(row)
                held = found.get(getattr(row, by), (0, 0))
                found[getattr(row, by)] = (held[0] + above, held[1] + below)
            return found

        return pages.why_table(self.line, spans, parted, name, head=head, code=code, illustrative=self.illustrative)

    def shares(self) -> Iterator[tuple[Line, int, int]]:
        """Shares by which like ones can be set side by side, the line looked at first: each with a year of months.

        The year is the first and the last of the twelve newest settled months.
        """
        by_code = {line.code: line for line in self.lines}
        for code in (self.line.code, *PEERED):
            months = [spot.month for spot in pages.settled(by_code[code])][-pages.YEAR :] if code in by_code else []
            if months and code in tallies.FUNNELS:
                yield by_code[code], months[0], months[-1]

    def alone(self, chart: Chart | None, what: str) -> Figure | None:
        """A chart whose table is long, with its files: the page folds the table below."""
        if chart is None:
            return None
        return Figure(
            title=chart.title,
            about=chart.finding,
            chart=chart,
            csv=self.file(what),
            json=self.file(what, "json"),
            alone=True,
        )
