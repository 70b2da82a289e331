"""Examples of cards and charts for the living component page. All figures are invented, and say so.

It must not read the database.
"""

from typing import Any

from ietvars.doors.furniture import charts, days, figures, parts, words
from ietvars.doors.furniture.marks import Link, Outcome, State, Value, Verdict
from ietvars.doors.furniture.shown import language

HERE = "#saturs"


def say(english: str, latvian: str) -> str:
    """An example's words. They are sample content, not texts of the interface, so both languages stand here."""
    return latvian if language() == words.LATVIAN else english


_MISSING = Value(state=State.MISSING)


def _how() -> parts.HowComputed:
    return parts.HowComputed(
        numerator=say(
            "Working days of all closed cases from registration to the decision",
            "Visu slēgto lietu darbdienas no reģistrācijas līdz lēmumam",
        ),
        denominator=say("16,763 closed cases", "16\N{NO-BREAK SPACE}763 slēgtas lietas"),
        exclusions=say("412 cases that waited for the person", "412 lietas, kurās gaidīja personu"),
        coverage=say("11 of 12 months", "11 no 12 mēnešiem"),
        edition=say("2nd edition", "2. izdevums"),
        source=say("Invented for this page", "Izdomāts šai lapai"),
    )


def _card(name: str, value: Value, was: str, verdict: Verdict, unit: str = "") -> parts.VerdictCard:
    before = f"{days.period('2024', language(), 'locative')}{say(':', '')} {was}"
    return parts.VerdictCard(name, value, before, verdict, unit=unit, how=_how(), illustrative=True)


def _cards() -> parts.Cards:
    shorter = say(
        "Shorter by 3 working days; interval from 2.4 to 3.6.",
        "Par 3 darbdienām īsāks; ticamības intervāls no 2,4 līdz 3,6.",
    )
    lower = say("Lower by 7 points; interval from 4 to 10.", "Par 7 punktiem zemāka; ticamības intervāls no 4 līdz 10.")
    fewer = say("Fewer by 862; a count has no better direction.", "Par 862 mazāk; skaitam nav labāka virziena.")
    shared = say(
        "The costs of shared systems are counted since this year.", "Kopš šī gada ieskaita kopīgo sistēmu izmaksas."
    )
    cards = (
        _card(
            say("Time to the result, median", "Laiks līdz rezultātam, mediāna"),
            Value(14),
            say("17 working days", "17 darbdienas"),
            Verdict(Outcome.BETTER, why=shorter),
            say("working days", "darbdienas"),
        ),
        _card(
            say("Satisfaction", "Apmierinātība"),
            Value(71),
            say("78 of 100", "78 no 100"),
            Verdict(Outcome.WORSE, why=lower),
            say("of 100", "no 100"),
        ),
        _card(
            say("Applications", "Pieteikumi"),
            Value(18240),
            words.number(19102, language()),
            Verdict(Outcome.CHANGED, why=fewer),
        ),
        _card(
            say("Cost of a case", "Izmaksas par lietu"),
            Value(6.12, unit="€", decimals=2),
            say("another definition", "cita definīcija"),
            Verdict(Outcome.NONE, why=shared),
        ),
    )
    return parts.Cards(cards)


def _line() -> charts.Line:
    now = [17, 16, None, 15, 15, 14, 14, 15, 13, 13, 12, 12]
    was = [None, None, 18, 18, 17, 19, 17, None, 17, 16, 17, 18]
    return charts.Line(
        code="time-to-result",
        title=say(
            "Time to the result by month, 2024 and 2025", "Laiks līdz rezultātam pa mēnešiem, 2024. un 2025. gads"
        ),
        finding=say(
            "In 2025 the median fell from 17 to 12 working days; the value of March is missing.",
            "2025. gadā mediāna sarukusi no 17 līdz 12 darbdienām; marta vērtības trūkst.",
        ),
        unit=say("working days, median", "darbdienas, mediāna"),
        axis=say("Month", "Mēnesis"),
        ticks=tuple(days.month_short(number, language()) for number in range(1, 13)),
        now=charts.Series("2025", tuple(Value(one, href=HERE) if one else _MISSING for one in now)),
        was=charts.Series("2024", tuple(Value(one) if one else Value(state=State.NOT_ASKED) for one in was)),
        reference=charts.Reference(say("promised term", "solītais termiņš"), 22),
        illustrative=True,
    )


def _coverage() -> charts.PartsOfWhole:
    return charts.PartsOfWhole(
        code="coverage",
        title=say("How complete the picture is", "Cik pilna ir aina"),
        finding=say(
            "78 of 120 services are measured fully, 25 partly, 17 not at all.",
            "No 120 pakalpojumiem 78 izmērīti pilnībā, 25 daļēji, 17 nemaz.",
        ),
        unit=say("services", "pakalpojumi"),
        parts=(
            charts.PartOf(say("measured fully", "pilnībā izmērīti"), 78, "f1", HERE),
            charts.PartOf(say("partly", "daļēji"), 25, "f-soft", HERE),
            charts.PartOf(say("without any measurement", "bez neviena mērījuma"), 17, "f-none", HERE),
        ),
        illustrative=True,
    )


def _bars() -> charts.Bars:
    rows = [
        (say("Online", "Tiešsaistē"), 15760, 16410),
        (say("In person", "Klātienē"), 1880, 2010),
        (say("Service centre", "Klientu centrā"), 412, 380),
    ]
    bars = [charts.Bar(name, Value(now), Value(was), href=HERE) for name, now, was in rows]
    return charts.Bars(
        code="by-channel",
        title=say("Applications by channel", "Pieteikumi pa veidiem"),
        finding=say(
            "Most apply online. How many came by post is not known.",
            "Vairākums piesakās tiešsaistē. Cik pieteikumu nāca pa pastu, nav zināms.",
        ),
        unit=say("applications", "pieteikumi"),
        head=say("Channel", "Veids"),
        bars=(*bars, charts.Bar(say("By post", "Pa pastu"), _MISSING)),
        now="2025",
        was="2024",
        illustrative=True,
    )


def _intervals() -> charts.Intervals:
    rows = [
        (say("First institution", "Pirmā iestāde"), 7.1, 4.2, 10.0, Outcome.BETTER),
        (say("Second institution", "Otrā iestāde"), 0.5, -1.4, 2.4, Outcome.SAME),
        (
            say("Third institution, which has a longer name", "Trešā iestāde, kurai ir garāks nosaukums"),
            -5.2,
            -8.1,
            -2.3,
            Outcome.WORSE,
        ),
    ]
    shown = [
        charts.Interval(name, Value(at, decimals=1, signed=True), low, high, outcome)
        for name, at, low, high, outcome in rows
    ]
    missing = charts.Interval(say("Fourth institution", "Ceturtā iestāde"), _MISSING, outcome=Outcome.NONE)
    return charts.Intervals(
        code="on-time",
        title=say(
            "Done within the promised term, difference from the year before",
            "Paveikts solītajā termiņā, starpība ar pērno gadu",
        ),
        finding=say(
            "One institution improved beyond chance, one got worse, one did not change clearly.",
            "Viena iestāde kļuvusi labāka, viena sliktāka, vienai nav skaidru izmaiņu.",
        ),
        unit=say("percentage points", "procentpunkti"),
        head=say("Institution", "Iestāde"),
        value_head=say("Difference", "Starpība"),
        intervals=(*shown, missing),
        reference=charts.Reference(say("no difference", "nav starpības"), 0),
        signed=True,
        illustrative=True,
    )


def _figures() -> dict[str, Any]:
    return {
        "line": figures.Figure(
            say("Line over periods", "Līnija pa periodiem"),
            say(
                "Median in working days, by the month in which the case was closed",
                "Mediāna darbdienās, pa mēnešiem, kad lieta slēgta",
            ),
            _line(),
            csv=HERE,
            json=HERE,
            behind=Link(say("The cases it was computed from", "Lietas, no kurām tas aprēķināts"), HERE),
            permanent=HERE,
            how=_how(),
        ),
        "parts_of_whole": figures.Figure(
            say("Parts of a whole", "Veselā daļas"),
            say("Services by how fully they are measured", "Pakalpojumi pēc tā, cik pilnībā tie izmērīti"),
            _coverage(),
            csv=HERE,
            alone=True,
        ),
        "bars": figures.Figure(
            say("Bars", "Stabiņi"),
            say("Applications of one year, by channel", "Viena gada pieteikumi pa veidiem"),
            _bars(),
            csv=HERE,
        ),
        "intervals": figures.Figure(
            say("Intervals", "Intervāli"),
            say("Difference of shares, 95 % interval", "Daļu starpība, 95 % ticamības intervāls"),
            _intervals(),
            csv=HERE,
        ),
    }


def context() -> dict[str, Any]:
    """Cards and figures."""
    return {
        "how": _how(),
        "cards": _cards(),
        **_figures(),
    }
