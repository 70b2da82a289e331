"""Examples of tables for the living component page. All figures are invented, and say so.

It must not read the database.
"""

from typing import Any

from ietvars.doors.furniture import charts, parts, tables
from ietvars.doors.furniture.gallery_figures import HERE, say
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Value, Verdict, VerdictCounts


def _import_table() -> tables.Table:
    return tables.Table(
        code="import",
        caption=say("Import", "Imports"),
        columns=(
            tables.Column(say("What happened", "Kas notika"), code="what"),
            tables.Column(say("Rows", "Rindas"), code="rows", n=True),
            tables.Column(say("Explanation", "Paskaidrojums"), code="explanation"),
        ),
        rows=(
            tables.Row(
                (say("Taken", "Paņemts"), tables.Cell(1681, href=HERE), say("43 of them changed", "no tām 43 mainītas"))
            ),
            tables.Row(
                (
                    say("Unreadable", "Nesalasāms"),
                    tables.Cell(12, href=HERE),
                    say("the text is kept, it is no number", "teksts saglabāts, nav skaitlis"),
                )
            ),
            tables.Row(
                (
                    say("Not taken", "Nav paņemts"),
                    tables.Cell(3, href=HERE),
                    say("no code of an institution: rows 118, 402, 977", "nav iestādes koda: 118., 402. un 977. rinda"),
                )
            ),
        ),
    )


def _indicator_table() -> tables.Table:
    columns = (
        tables.Column(say("Indicator", "Rādītājs"), code="indicator"),
        tables.Column("2024", code="before", values=True),
        tables.Column("2025", code="now", values=True),
        tables.Column(say("Difference", "Starpība"), code="difference", n=True),
        tables.Column(say("Verdict", "Vērtējums"), code="verdict"),
        tables.Column(say("Coverage", "Segums"), code="coverage", n=True),
    )
    rows = (
        tables.Row(
            (
                tables.Cell(say("Applications", "Pieteikumi"), href=HERE, unit=say("cases", "lietas")),
                Value(19102),
                Value(18240),
                Value(-862, signed=True),
                Verdict(Outcome.CHANGED),
                say("12 of 12", "12 no 12"),
            )
        ),
        tables.Row(
            (
                tables.Cell(say("Done within the promised term", "Paveikts solītajā termiņā"), href=HERE, unit="%"),
                Value(88.1, decimals=1),
                Value(95.2, decimals=1),
                Value(7.1, signed=True),
                Verdict(Outcome.BETTER),
                say("11 of 12", "11 no 12"),
            )
        ),
        tables.Row(
            (
                tables.Cell(
                    say("Repeated questions to the help desk", "Atkārtoti jautājumi palīdzības dienestam"),
                    href=HERE,
                    unit="%",
                ),
                Value(state=State.NOT_ASKED),
                Value(9.3, decimals=1),
                Muted(),
                Verdict(Outcome.NONE, says=say("Not asked last year", "Pērn nejautāja")),
                say("10 of 12", "10 no 12"),
            )
        ),
    )
    return tables.Table(
        "indicators",
        say("All indicators", "Visi rādītāji"),
        columns,
        rows,
        stack="grid",
        scroll=say("All indicators", "Visi rādītāji"),
        illustrative=True,
    )


def _tree_table() -> tables.Table:
    counts = VerdictCounts({Outcome.BETTER: 7, Outcome.SAME: 9, Outcome.WORSE: 3, Outcome.CHANGED: 0, Outcome.NONE: 5})
    columns = (
        tables.Column(say("Sector, institution, service", "Nozare, iestāde, pakalpojums"), code="name"),
        tables.Column(say("Services", "Pakalpojumi"), code="services", n=True),
        tables.Column(say("Measured", "Izmērīts"), code="measured"),
        tables.Column(say("Verdicts", "Vērtējumi"), code="verdicts"),
    )
    one = VerdictCounts({Outcome.BETTER: 1, Outcome.SAME: 0, Outcome.WORSE: 0, Outcome.CHANGED: 0, Outcome.NONE: 0})
    cell = tables.Cell
    rows = (
        tables.Row(
            (
                cell(say("Welfare", "Labklājības nozare"), href=HERE),
                cell(24, href=HERE),
                charts.CoverageBar(17, 5, 2),
                counts,
            ),
            level=0,
            open=True,
        ),
        tables.Row(
            (
                cell(say("First institution", "Pirmā iestāde"), href=HERE),
                cell(14),
                charts.CoverageBar(11, 3, 0),
                counts,
            ),
            level=1,
            open=True,
        ),
        tables.Row(
            (cell(say("One service", "Viens pakalpojums"), href=HERE), 1, charts.CoverageBar(1, 0, 0), one), level=2
        ),
        tables.Row(
            (cell(say("Finance", "Finanšu nozare"), href=HERE), 18, charts.CoverageBar(15, 2, 1), counts),
            level=0,
            open=False,
        ),
    )
    foot = (tables.Row((say("The whole state", "Valsts kopā"), 42, charts.CoverageBar(32, 7, 3), counts)),)
    name = say("Services by sector", "Pakalpojumi pa nozarēm")
    return tables.Table("sectors", name, columns, rows, foot, scroll=name, illustrative=True)


def _evidence() -> parts.Evidence:
    table = tables.Table(
        code="frozen",
        caption=say("The evidence as it was on 12 March 2026", "Pierādījumi, kā tie bija 2026. gada 12. martā"),
        show_caption=True,
        columns=(
            tables.Column(say("Indicator", "Rādītājs"), code="indicator"),
            tables.Column(say("Frozen", "Iesaldēts"), code="frozen", values=True),
            tables.Column(say("Today", "Šodien"), code="today", values=True),
            tables.Column(say("Why they differ", "Kāpēc atšķiras"), code="why"),
        ),
        rows=(
            tables.Row(
                (
                    say("Applications", "Pieteikumi"),
                    Value(11840),
                    Value(11902),
                    say("2nd edition, 62 cases more", "2. izdevums, par 62 lietām vairāk"),
                )
            ),
            tables.Row(
                (
                    say("Share online", "Tiešsaistes daļa"),
                    Value(38.2, unit="%"),
                    Value(38.0, unit="%", decimals=1),
                    say("2nd edition", "2. izdevums"),
                )
            ),
        ),
        illustrative=True,
        tagged=True,
    )
    return parts.Evidence(
        kind=say("Digitalise", "Elektronizēt"),
        title=say("Funeral benefit online", "Apbedīšanas pabalsts tiešsaistē"),
        expectation=say(
            "We expect the share of online applications to grow from 38.2 % to at least 60 %.",
            "Sagaidām, ka tiešsaistes pieteikumu daļa pieaug no 38,2 % līdz vismaz 60 %.",
        ),
        table=table,
        proof=((say("Query", "Vaicājums"), Link("raditaji?gads=2025", HERE)),),
        digest="3f9a07c2b81d",
        illustrative=True,
    )


def context() -> dict[str, Any]:
    """Tables, and the evidence that holds one."""
    return {
        "import_table": _import_table(),
        "indicator_table": _indicator_table(),
        "tree_table": _tree_table(),
        "evidence": _evidence(),
    }
