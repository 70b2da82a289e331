"""A report of a round as owners and overseers see it: states, figures, doubts, history. Words and places only.

What is asked, said and doubted comes from the rounds room; this module must not judge or write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ietvars.doors.furniture import days, words
from ietvars.doors.furniture.marks import Muted, State, Tag, Value, Words
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.people import queries as people
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.rounds import asking, quality, queries
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.typed import Figure

STATES: Mapping[str, tuple[Words, str]] = {
    "not-reported": (pgettext_lazy("report", "Not reported"), "due"),
    "submitted": (pgettext_lazy("report", "Submitted"), "blue"),
    "change-requested": (pgettext_lazy("report", "Change requested"), "danger"),
    "accepted": (pgettext_lazy("report", "Accepted"), "better"),
}
"""A report's state in words, with its tone."""

SEVERITIES: Mapping[quality.Severity, tuple[Words, str]] = {
    quality.Severity.ERROR: (gettext_lazy("Mend"), "danger"),
    quality.Severity.WARNING: (gettext_lazy("Doubtful"), "due"),
    quality.Severity.REMARK: (gettext_lazy("Remark"), ""),
}
"""How grave a doubt is, in a word, with its tone."""

PARTS: Mapping[str, Words] = {
    asking.PART: gettext_lazy("numerator: the part"),
    asking.WHOLE: gettext_lazy("denominator: all of them"),
}
"""What a quantity is in a share: above or below the line."""

Findings = Mapping[str, Sequence[quality.Finding]]
"""Code of each service to what is doubtful in it."""


def state_tag(state: str) -> Tag:
    """The state of a report."""
    says, tone = STATES[state]
    return Tag(says, tone=tone)


def severity_tag(severity: quality.Severity) -> Tag:
    """How grave a doubt is."""
    says, tone = SEVERITIES[severity]
    return Tag(says, tone=tone)


def coverage(said: int, asked: int) -> Any:
    """Figures said of those asked; in words where nothing is asked."""
    return words.of(said, asked, language()) if asked else Muted(_("nothing is asked"))


@dataclass(frozen=True)
class Names:
    """Names of quantities and channels, read once."""

    quantities: Mapping[str, Mapping[str, str]]
    channels: Mapping[str, Mapping[str, str]]
    said: str

    def quantity(self, code: str) -> str:
        """The quantity, opening with a capital."""
        return words.capital(pick(self.quantities.get(code), self.said) or code)

    def channel(self, code: str) -> str:
        """The channel; all of them together where there is none."""
        return pick(self.channels.get(code), self.said) or code or _("all channels together")

    def figure(self, key: Key, *, alone: bool = False) -> str:
        """A figure by its quantity and, unless it is alone, its channel."""
        if key.quantity == "standard":
            return _("Standard %(code)s") % {"code": key.channel}
        if not key.channel and alone:
            return self.quantity(key.quantity)
        return (
            f"{self.quantity(key.quantity)}: {self.channel(key.channel)}"
            if key.channel
            else self.quantity(key.quantity)
        )


def names() -> Names:
    """Names in the language of this answer."""
    labels = terms.labels("quantities", "channels")
    return Names(labels["quantities"], labels["channels"], language())


def value(figure: Figure | None, *, illustrative: bool = False) -> Value:
    """A figure as tables show it."""
    if figure is None or figure.number is None:
        state = State(figure.state) if figure is not None else State.MISSING
        return Value(state=state, raw=figure.raw if figure is not None else "", illustrative=illustrative)
    number = figure.number
    places = 0 if number == number.to_integral_value() else min(2, -int(number.normalize().as_tuple().exponent))
    return Value(number, decimals=places, illustrative=illustrative)


def beside(figure: Figure) -> str:
    """What belongs to a mean: answers and scale."""
    said = language()
    parts = []
    if figure.n is not None:
        parts.append(_("%(n)s answers or cases") % {"n": words.number(figure.n, said)})
    if figure.scale:
        parts.append(_("scale %(scale)s") % {"scale": figure.scale})
    return ", ".join(parts)


# ---- doubts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """One doubt about one figure, in words, with the field that mends it and the one that takes the reason."""

    what: str
    says: str
    remedy: str
    tag: Tag
    href: str = ""
    note_name: str = ""
    note: str = ""

    @property
    def wants_reason(self) -> bool:
        """Whether a field for the reason stands beside it."""
        return bool(self.note_name)


def doubt(finding: quality.Finding, named: Names, *, title: str = "", href: str = "", **more: Any) -> Doubt:
    """A finding in words; `title` names the service where several stand together."""
    figure = named.figure(finding.key, alone=True)
    return Doubt(
        what=f"{title}: {figure[:1].lower()}{figure[1:]}" if title else figure,
        says=finding.sentence(named.said),
        remedy=finding.remedy(named.said),
        tag=severity_tag(finding.severity),
        href=href,
        **more,
    )


def counts(found: Findings) -> dict[quality.Severity, int]:
    """How many doubts of each severity."""
    made = dict.fromkeys(quality.Severity, 0)
    for findings in found.values():
        for one in findings:
            made[one.severity] += 1
    return made


# ---- tables ------------------------------------------------------------------------------------------------------


def figures_table(
    grid: queries.Grid, found: Findings, *, links: Mapping[str, str] | None = None, is_file: bool = False
) -> Table:
    """Every figure of a report, with the period before and what is doubtful. A file also names each figure's key."""
    named, said = names(), language()
    rows = []
    lasts = {cell.last.period for line in grid.lines for cell in line.cells if cell.last}
    before = days.period_short(next(iter(lasts)), said) if len(lasts) == 1 else ""
    for line in grid.lines:
        title = pick(line.service.title, said)
        doubts = {one.key: one for one in reversed(found.get(line.service.code, ()))}
        for cell in line.cells:
            if cell.asked.is_optional and cell.figure.is_blank:
                continue
            rows.append(
                _figure_row(
                    grid,
                    line,
                    cell,
                    title,
                    doubts.get(cell.key),
                    named,
                    (links or {}),
                    is_file=is_file,
                    says_period=not before,
                )
            )
    return Table(
        code=f"karta-{grid.round.code}-{grid.body.code}",
        caption=_("Figures of the report"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("Figure"), "figure"),
            *((Column(_("Key"), "key"),) if is_file else ()),
            Column(_("Value"), "value", values=True),
            Column(before or _("Period before"), "before", values=True),
            Column(_("Remark"), "remark"),
        ),
        rows=tuple(rows),
        scroll=_("Figures of the report"),
        stack="",
        dense=True,
        illustrative=grid.round.is_illustrative,
        tagged=True,
    )


def _figure_row(
    grid: queries.Grid,
    line: queries.Line,
    cell: queries.Cell,
    title: str,
    finding: quality.Finding | None,
    named: Names,
    links: Mapping[str, str],
    *,
    is_file: bool,
    says_period: bool,
) -> Row:
    said = named.said
    remarks = [finding.sentence(said)] if finding is not None else []
    remarks += [part for part in (cell.figure.note, cell.excuse) if part]
    shown = Figure("not_asked") if cell.excuse and cell.figure.is_blank else cell.figure
    return Row(
        (
            Cell(title, href=links.get(line.service.code, "")),
            named.figure(cell.key),
            *((f"{line.service.code} {cell.key}",) if is_file else ()),
            Cell(value(shown), under=beside(cell.figure)),
            Cell(value(cell.last.figure), under=days.period_short(cell.last.period, said) if says_period else "")
            if cell.last
            else Cell(Value(state=State.MISSING)),
            " ".join(remarks),
        )
    )


def history(report: Any) -> list[tuple[Words, Any, str, str]]:
    """State, moment, person and reason of each step, oldest first."""
    rows = list(report.rows.all())
    named = people.names(row.username for row in rows)
    said = language()
    return [
        (STATES[row.state][0], row.at, pick(named.get(row.username, {}), said) or row.username, row.why) for row in rows
    ]


def meter(said: int, asked: int) -> SafeString:
    """How much is said, as a bar for the eye; the words stand beside it."""
    share = round(100 * said / asked) if asked else 0
    return format_html(
        '<svg class="iv-progress iv-thin" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="f-line" width="100" height="3"/><rect class="f1" width="{}" height="3"/></svg>',
        share,
    )
