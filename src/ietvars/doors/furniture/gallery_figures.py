"""Examples of charts, figures and tables for the living component page. All figures are invented, and say so.

It must not read the database.
"""

from typing import Any

from django.utils.translation import gettext as _

from ietvars.doors.furniture import charts, days, figures, parts, tables
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Value, Verdict, VerdictCounts
from ietvars.doors.furniture.shown import language

HERE = "#saturs"
_MISSING = Value(state=State.MISSING)


def _how() -> parts.HowComputed:
    return parts.HowComputed(
        numerator=_("Working days of all closed cases from registration to the decision"),
        denominator=_("16,763 closed cases"),
        exclusions=_("412 cases that waited for the person"),
        coverage=_("11 of 12 months"),
        edition=_("2nd edition"),
        source=_("Invented for this page"),
    )


def _cards() -> parts.Cards:
    year = days.period("2024", language(), "locative")
    return parts.Cards(
        (
            parts.VerdictCard(
                name=_("Time to the result, median"),
                value=Value(14),
                unit=_("working days"),
                was=_("%(period)s: 17 working days") % {"period": year},
                verdict=Verdict(Outcome.BETTER, why=_("Shorter by 3 working days; interval from 2.4 to 3.6.")),
                how=_how(),
                illustrative=True,
            ),
            parts.VerdictCard(
                name=_("Satisfaction"),
                value=Value(71),
                unit=_("of 100"),
                was=_("%(period)s: 78 of 100") % {"period": year},
                verdict=Verdict(Outcome.WORSE, why=_("Lower by 7 points; interval from 4 to 10.")),
                how=_how(),
                illustrative=True,
            ),
            parts.VerdictCard(
                name=_("Applications"),
                value=Value(18240),
                was=_("%(period)s: 19,102") % {"period": year},
                verdict=Verdict(Outcome.CHANGED, why=_("Fewer by 862; a count has no better direction.")),
                how=_how(),
                illustrative=True,
            ),
            parts.VerdictCard(
                name=_("Cost of a case"),
                value=Value(6.12, unit="€", decimals=2),
                was=_("%(period)s: another definition") % {"period": year},
                verdict=Verdict(Outcome.NONE, why=_("The costs of shared systems are counted since this year.")),
                how=_how(),
                illustrative=True,
            ),
        )
    )


def _line() -> charts.Line:
    now = [17, 16, None, 15, 15, 14, 14, 15, 13, 13, 12, 12]
    was = [None, None, 18, 18, 17, 19, 17, None, 17, 16, 17, 18]
    return charts.Line(
        code="time-to-result",
        title=_("Time to the result by month, 2024 and 2025"),
        finding=_("In 2025 the median fell from 17 to 12 working days; the value of March is missing."),
        unit=_("working days, median"),
        axis=_("Month"),
        ticks=tuple(days.month_short(number, language()) for number in range(1, 13)),
        now=charts.Series("2025", tuple(Value(one, href=HERE) if one else _MISSING for one in now)),
        was=charts.Series("2024", tuple(Value(one) if one else Value(state=State.NOT_ASKED) for one in was)),
        reference=charts.Reference(_("promised term"), 22),
        illustrative=True,
    )


def _coverage() -> charts.PartsOfWhole:
    return charts.PartsOfWhole(
        code="coverage",
        title=_("How complete the picture is"),
        finding=_("78 of 120 services are measured fully, 25 partly, 17 not at all."),
        unit=_("services"),
        parts=(
            charts.PartOf(_("measured fully"), 78, "f1", HERE),
            charts.PartOf(_("partly"), 25, "f-soft", HERE),
            charts.PartOf(_("without any measurement"), 17, "f-none", HERE),
        ),
        illustrative=True,
    )


def _bars() -> charts.Bars:
    rows = [(_("Online"), 15760, 16410), (_("In person"), 1880, 2010), (_("Service centre"), 412, 380)]
    bars = [charts.Bar(name, Value(now), Value(was), href=HERE) for name, now, was in rows]
    return charts.Bars(
        code="by-channel",
        title=_("Applications by channel"),
        finding=_("Most apply online. How many came by post is not known."),
        unit=_("applications"),
        head=_("Channel"),
        bars=(*bars, charts.Bar(_("By post"), _MISSING)),
        now="2025",
        was="2024",
        illustrative=True,
    )


def _intervals() -> charts.Intervals:
    rows = [
        (_("First institution"), 7.1, 4.2, 10.0, Outcome.BETTER),
        (_("Second institution"), 0.5, -1.4, 2.4, Outcome.SAME),
        (_("Third institution, which has a longer name"), -5.2, -8.1, -2.3, Outcome.WORSE),
    ]
    shown = [
        charts.Interval(name, Value(at, decimals=1, signed=True), low, high, outcome)
        for name, at, low, high, outcome in rows
    ]
    missing = charts.Interval(_("Fourth institution"), _MISSING, outcome=Outcome.NONE)
    return charts.Intervals(
        code="on-time",
        title=_("Done within the promised term, difference from the year before"),
        finding=_("One institution improved beyond chance, one got worse, one did not change clearly."),
        unit=_("percentage points"),
        head=_("Institution"),
        value_head=_("Difference"),
        intervals=(*shown, missing),
        reference=charts.Reference(_("no difference"), 0),
        signed=True,
        illustrative=True,
    )


def _figures() -> dict[str, Any]:
    return {
        "line": figures.Figure(
            _("Line over periods"),
            _("Median in working days, by the month in which the case was closed"),
            _line(),
            csv=HERE,
            json=HERE,
            behind=Link(_("The cases it was computed from"), HERE),
            permanent=HERE,
            how=_how(),
        ),
        "parts_of_whole": figures.Figure(
            _("Parts of a whole"), _("Services by how fully they are measured"), _coverage(), csv=HERE, alone=True
        ),
        "bars": figures.Figure(_("Bars"), _("Applications of one year, by channel"), _bars(), csv=HERE),
        "intervals": figures.Figure(_("Intervals"), _("Difference of shares, 95 % interval"), _intervals(), csv=HERE),
    }


def _import_table() -> tables.Table:
    return tables.Table(
        code="import",
        caption=_("Import"),
        columns=(
            tables.Column(_("What happened"), code="what"),
            tables.Column(_("Rows"), code="rows", n=True),
            tables.Column(_("Explanation"), code="explanation"),
        ),
        rows=(
            tables.Row((_("Taken"), tables.Cell(1681, href=HERE), _("43 of them changed"))),
            tables.Row((_("Unreadable"), tables.Cell(12, href=HERE), _("the text is kept, it is no number"))),
            tables.Row((_("Not taken"), tables.Cell(3, href=HERE), _("no code of an institution: rows 118, 402, 977"))),
        ),
    )


def _indicator_table() -> tables.Table:
    columns = (
        tables.Column(_("Indicator"), code="indicator"),
        tables.Column("2024", code="before", values=True),
        tables.Column("2025", code="now", values=True),
        tables.Column(_("Difference"), code="difference", n=True),
        tables.Column(_("Verdict"), code="verdict"),
        tables.Column(_("Coverage"), code="coverage", n=True),
    )
    rows = (
        tables.Row(
            (
                tables.Cell(_("Applications"), href=HERE, unit=_("cases")),
                Value(19102),
                Value(18240),
                Value(-862, signed=True),
                Verdict(Outcome.CHANGED),
                _("12 of 12"),
            )
        ),
        tables.Row(
            (
                tables.Cell(_("Done within the promised term"), href=HERE, unit="%"),
                Value(88.1, decimals=1),
                Value(95.2, decimals=1),
                Value(7.1, signed=True),
                Verdict(Outcome.BETTER),
                _("11 of 12"),
            )
        ),
        tables.Row(
            (
                tables.Cell(_("Repeated questions to the help desk"), href=HERE, unit="%"),
                Value(state=State.NOT_ASKED),
                Value(9.3, decimals=1),
                Muted(),
                Verdict(Outcome.NONE, says=_("Not asked last year")),
                _("10 of 12"),
            )
        ),
    )
    return tables.Table(
        "indicators", _("All indicators"), columns, rows, stack="grid", scroll=_("All indicators"), illustrative=True
    )


def _tree_table() -> tables.Table:
    counts = VerdictCounts({Outcome.BETTER: 7, Outcome.SAME: 9, Outcome.WORSE: 3, Outcome.CHANGED: 0, Outcome.NONE: 5})
    columns = (
        tables.Column(_("Sector, institution, service"), code="name"),
        tables.Column(_("Services"), code="services", n=True),
        tables.Column(_("Measured"), code="measured"),
        tables.Column(_("Verdicts"), code="verdicts"),
    )
    one = VerdictCounts({Outcome.BETTER: 1, Outcome.SAME: 0, Outcome.WORSE: 0, Outcome.CHANGED: 0, Outcome.NONE: 0})
    cell = tables.Cell
    rows = (
        tables.Row(
            (cell(_("Welfare"), href=HERE), cell(24, href=HERE), charts.CoverageBar(17, 5, 2), counts),
            level=0,
            open=True,
        ),
        tables.Row(
            (cell(_("First institution"), href=HERE), cell(14), charts.CoverageBar(11, 3, 0), counts),
            level=1,
            open=True,
        ),
        tables.Row((cell(_("One service"), href=HERE), 1, charts.CoverageBar(1, 0, 0), one), level=2),
        tables.Row((cell(_("Finance"), href=HERE), 18, charts.CoverageBar(15, 2, 1), counts), level=0, open=False),
    )
    foot = (tables.Row((_("The whole state"), 42, charts.CoverageBar(32, 7, 3), counts)),)
    name = _("Services by sector")
    return tables.Table("sectors", name, columns, rows, foot, scroll=name, illustrative=True)


def _evidence() -> parts.Evidence:
    table = tables.Table(
        code="frozen",
        caption=_("The evidence as it was on 12 March 2026"),
        show_caption=True,
        columns=(
            tables.Column(_("Indicator"), code="indicator"),
            tables.Column(_("Frozen"), code="frozen", values=True),
            tables.Column(_("Today"), code="today", values=True),
            tables.Column(_("Why they differ"), code="why"),
        ),
        rows=(
            tables.Row((_("Applications"), Value(11840), Value(11902), _("2nd edition, 62 cases more"))),
            tables.Row((_("Share online"), Value(38.2, unit="%"), Value(38.0, unit="%", decimals=1), _("2nd edition"))),
        ),
        illustrative=True,
        tagged=True,
    )
    return parts.Evidence(
        kind=_("Digitalise"),
        title=_("Funeral benefit online"),
        expectation=_("We expect the share of online applications to grow from 38.2 % to at least 60 %."),
        table=table,
        proof=((_("Query"), Link("raditaji?gads=2025", HERE)),),
        digest="3f9a07c2b81d",
        illustrative=True,
    )


def context() -> dict[str, Any]:
    """Charts, figures and tables."""
    return {
        "how": _how(),
        "cards": _cards(),
        "import_table": _import_table(),
        "indicator_table": _indicator_table(),
        "tree_table": _tree_table(),
        "evidence": _evidence(),
        **_figures(),
    }
