"""What each column and each measure of a release means, in Latvian and English: the dictionary beside the data.

Pure, never Django, and the only place where these words stand: page, file and tests read them here.
"""

# ruff: noqa: E501 - a sentence of the dictionary stands on one line
import csv
import io
from typing import NamedTuple


class Entry(NamedTuple):
    """A column, a measure or a state: its code, its unit, its name and meaning in both languages."""

    kind: str
    code: str
    unit: str
    name: dict[str, str]
    about: dict[str, str]


def _entry(kind: str, code: str, unit: str, lv: tuple[str, str], en: tuple[str, str]) -> Entry:
    return Entry(kind, code, unit, {"lv": lv[0], "en": en[0]}, {"lv": lv[1], "en": en[1]})


ENTRIES = (
    _entry("column", "level", "", ("Līmenis", "Kam rādītājs pieder: valstij (state), turētājam (holder) vai pakalpojumam (service)."),
           ("Level", "Whose the figure is: the state's, a holder's or a service's.")),
    _entry("column", "holder", "", ("Turētājs", "Iestādes kods; tukšs, ja rādītājs ir visai valstij."),
           ("Holder", "Code of the institution; empty where the figure is of the whole state.")),
    _entry("column", "service", "", ("Pakalpojums", "Pakalpojuma kods; tukšs, ja rādītājs ir turētājam vai valstij."),
           ("Service", "Code of the service; empty where the figure is of a holder or of the state.")),
    _entry("column", "month", "", ("Mēnesis", "GGGG-MM; tukšs, ja rādītājs ir par visu periodu."),
           ("Month", "YYYY-MM; empty where the figure is of the whole period.")),
    _entry("column", "measure", "", ("Lielums", "Kas ir izmērīts; skatiet zemāk."),
           ("Measure", "What was measured; see below.")),
    _entry("column", "part", "", ("Daļa", "Kanāla kods vai iznākums; tukšs, ja saskaitīts kopā."),
           ("Part", "Code of the channel or of the outcome; empty where all are added up.")),
    _entry("column", "value", "", ("Vērtība", "Skaitlis; tukšs, ja stāvoklis nav measured."),
           ("Value", "A number; empty unless the state is measured.")),
    _entry("column", "state", "", ("Stāvoklis", "measured, suppressed vai missing. Šie trīs nekad nav viens un tas pats."),
           ("State", "measured, suppressed or missing. These three are never the same.")),
    _entry("measure", "begun", "cases", ("Pieprasījumi", "Lietas, kas mēnesī uzsāktas, pēc pieprasījuma kanāla."),
           ("Requests", "Cases begun in the month, by channel of the request.")),
    _entry("measure", "delivered", "cases", ("Rezultāti", "Lietas, kurām mēnesī izsniegts rezultāts, pēc pieprasījuma kanāla."),
           ("Results", "Cases whose result was handed over in the month, by channel of the request.")),
    _entry("measure", "judged", "cases", ("Rezultāti ar termiņu", "Lietas ar rezultātu, kurām bija solīts termiņš: kept – termiņā, not-kept – vēlāk."),
           ("Results with a term", "Cases with a result for which a term was promised: kept within it, not-kept later.")),
    _entry("measure", "on-time", "share", ("Termiņā", "Daļa no rezultātiem ar termiņu, kas izsniegti termiņā; no 0 līdz 1."),
           ("On time", "Share of the results with a term that came within it; from 0 to 1.")),
    _entry("measure", "time-median", "working-days", ("Laiks līdz rezultātam: mediāna", "Darba dienas no pieprasījuma līdz rezultātam; pusei lietu ne vairāk. Interpolēta (7. tips)."),
           ("Time to result: median", "Working days from request to result; half of the cases took no more. Interpolated (type 7).")),
    _entry("measure", "time-p90", "working-days", ("Laiks līdz rezultātam: 9 no 10", "Darba dienas, kurās rezultātu saņem deviņi no desmit. Interpolēts (7. tips)."),
           ("Time to result: 9 of 10", "Working days within which nine of ten have their result. Interpolated (type 7).")),
    _entry("measure", "rated", "answers", ("Vērtējumi", "Cik vērtējumu saņemts par lietām ar rezultātu šajā mēnesī."),
           ("Ratings", "How many ratings came of cases with a result in the month.")),
    _entry("measure", "satisfaction", "points", ("Apmierinātība", "Vērtējumu vidējais, 0–100, veselos punktos."),
           ("Satisfaction", "Mean of the ratings, 0-100, in whole points.")),
    _entry("state", "measured", "", ("Izmērīts", "Skaitlis ir zināms un rādīts. Arī nulle ir izmērīta."),
           ("Measured", "The figure is known and shown. Nought is measured too.")),
    _entry("state", "suppressed", "", ("Slēpts", "Zināms, bet nerādīts: skaits ir mazs, vai no tā varētu izrēķināt mazu skaitu."),
           ("Suppressed", "Known and not shown: the count is small, or a small one could be worked out from it.")),
    _entry("state", "missing", "", ("Trūkst", "Nav zināms: par šo mēnesi neviens notikumus nav sūtījis."),
           ("Missing", "Not known: nobody sent events of this month.")),
)  # fmt: skip

HEAD = ("kind", "code", "unit", "label_lv", "label_en", "about_lv", "about_en")


def of(kind: str) -> dict[str, Entry]:
    """The entries of a kind by code."""
    return {entry.code: entry for entry in ENTRIES if entry.kind == kind}


def as_csv() -> bytes:
    """The dictionary as a file."""
    into = io.StringIO()
    lines = csv.writer(into, lineterminator="\n")
    lines.writerow(HEAD)
    for kind, code, unit, name, about in ENTRIES:
        lines.writerow((kind, code, unit, name["lv"], name["en"], about["lv"], about["en"]))
    return into.getvalue().encode()
