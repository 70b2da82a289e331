"""The columns of each kind of sheet, and how a heading is known again.

Pure, never Django. Headings carry the code of their column in brackets, so that a reworded heading is still known.
"""

import re
from collections.abc import Mapping
from typing import Any

from ietvars.institution.sheets.cells import INSTITUTIONS, Column, Kind

SERVICES = "services"
MEASUREMENTS = "measurements"
ROUNDS = "rounds"
KINDS = (SERVICES, MEASUREMENTS, ROUNDS)

TITLES = {
    SERVICES: {"lv": "Pakalpojumi", "en": "Services"},
    MEASUREMENTS: {"lv": "Mērījumi", "en": "Measurements"},
    ROUNDS: {"lv": "Mērījumu kārta", "en": "Collection round"},
}

MARK = Column(
    "ietvars",
    {"lv": "Rindas zīme", "en": "Row mark"},
    about={
        "lv": "Pasaka, kura rinda ir kura. Atstājiet, kā ir.",
        "en": "Says which row is which. Leave it as it is.",
    },
    is_changeable=False,
    width=16,
)
"""The first column of every sheet."""


def _both(code: str, path: str, latvian: str, english: str, about: tuple[str, str], **more: Any) -> tuple[Column, ...]:
    """Two columns of one part: its text in Latvian and in English."""
    kind, most, width = more.get("kind", Kind.TEXT), more.get("most", 4000), more.get("width", 40)
    explained = {"lv": about[0], "en": about[1]}
    return (
        Column(
            f"{code}_lv",
            {"lv": f"{latvian} latviski", "en": f"{english} in Latvian"},
            kind,
            path,
            "lv",
            about=explained,
            most=most,
            width=width,
        ),
        Column(
            f"{code}_en",
            {"lv": f"{latvian} angliski", "en": f"{english} in English"},
            kind,
            path,
            "en",
            about=explained,
            most=most,
            width=width,
        ),
    )


def _stage(name: str, latvian: str, english: str) -> tuple[Column, ...]:
    """The columns of one of the three stages."""
    path = f"stages.{name}"
    return (
        *_both(
            f"{name}_text", f"{path}.text", f"{latvian}: teksts", f"{english}: text", ("Kas notiek.", "What happens.")
        ),
        Column(
            f"{name}_url",
            {"lv": f"{latvian}: adrese", "en": f"{english}: address"},
            Kind.ADDRESS,
            f"{path}.url",
            about={"lv": "Tīmekļa adrese ar https://.", "en": "A web address with https://."},
            most=400,
        ),
        Column(
            f"{name}_channels",
            {"lv": f"{latvian}: kanāli", "en": f"{english}: channels"},
            Kind.CODES,
            f"{path}.channels",
            codes="channels",
            about={"lv": "Kodi ar semikolu starp tiem.", "en": "Codes parted by semicolons."},
        ),
        Column(
            f"{name}_providers",
            {"lv": f"{latvian}: sniedzēji", "en": f"{english}: providers"},
            Kind.CODES,
            f"{path}.providers",
            codes=INSTITUTIONS,
            about={
                "lv": "Institūciju kodi; tukšs nozīmē turētāju pašu.",
                "en": "Codes of institutions; empty means the holder itself.",
            },
        ),
    )


_READ_ONLY = {"lv": "Tikai lasīšanai.", "en": "For reading only."}

_SERVICES: tuple[Column, ...] = (
    Column(
        "service",
        {"lv": "Pakalpojuma kods", "en": "Code of the service"},
        is_key=True,
        is_changeable=False,
        about=_READ_ONLY,
        width=28,
    ),
    Column("holder", {"lv": "Turētājs", "en": "Holder"}, is_changeable=False, about=_READ_ONLY, width=14),
    Column("state", {"lv": "Stāvoklis", "en": "State"}, is_changeable=False, about=_READ_ONLY, width=14),
    *_both("title", "title", "Nosaukums", "Title", ("Kā cilvēki to sauc.", "What people call it."), most=300),
    *_both(
        "summary", "summary", "Kopsavilkums", "Summary", ("Divi teikumi par būtību.", "Two sentences on what it is.")
    ),
    *_both("receives", "receives", "Ko saņem", "What one gets", ("Dažos vārdos.", "In a few words."), most=600),
    Column(
        "kind",
        {"lv": "Veids", "en": "Kind"},
        Kind.CODE,
        "kind",
        codes="service-kinds",
        about={"lv": "Viens kods.", "en": "One code."},
    ),
    Column(
        "area",
        {"lv": "Joma", "en": "Area"},
        Kind.CODE,
        "area",
        codes="areas",
        about={"lv": "Viens kods.", "en": "One code."},
    ),
    Column(
        "audience",
        {"lv": "Kam", "en": "Audience"},
        Kind.CODES,
        "audience",
        codes="target-groups",
        about={"lv": "Kodi ar semikolu starp tiem.", "en": "Codes parted by semicolons."},
    ),
    Column(
        "life_events",
        {"lv": "Dzīves notikumi", "en": "Life events"},
        Kind.CODES,
        "life_events",
        codes="life-events",
        about={"lv": "Kodi ar semikolu starp tiem.", "en": "Codes parted by semicolons."},
    ),
    *_both(
        "keywords",
        "keywords",
        "Atslēgvārdi",
        "Keywords",
        ("Vārdi ar semikolu starp tiem.", "Words parted by semicolons."),
        kind=Kind.WORDS,
        most=2000,
    ),
    *_both(
        "eligibility",
        "eligibility",
        "Nosacījumi",
        "Conditions",
        ("Katrs nosacījums savā rindā (Alt+Enter).", "Each condition on a line of its own (Alt+Enter)."),
        kind=Kind.LINES,
    ),
    Column(
        "evidence",
        {"lv": "Kas jāiesniedz", "en": "Evidence"},
        Kind.ENTRIES,
        "evidence",
        fields=("code", "title.lv", "title.en", "held_by"),
        width=40,
    ),
    *_both("apply_within", "apply_within", "Kad pieteikties", "When to apply", ("Īsi.", "In short."), most=600),
    *_stage("request", "Pieprasīšana", "Request"),
    Column(
        "fees",
        {"lv": "Maksa", "en": "Fees"},
        Kind.ENTRIES,
        "fees",
        fields=("stage", "amount", "currency", "text.lv", "text.en"),
        width=40,
    ),
    *_stage("execution", "Izpilde", "Execution"),
    Column(
        "immediate",
        {"lv": "Uzreiz", "en": "At once"},
        Kind.YES_NO,
        "term",
        about={"lv": "jā vai nē.", "en": "yes or no."},
        width=10,
    ),
    Column(
        "term_days",
        {"lv": "Termiņš darbdienās", "en": "Term in working days"},
        Kind.WHOLE,
        "term",
        about={"lv": "Vesels skaitlis vai tukšs.", "en": "A whole number, or empty."},
        most=10_000,
        width=12,
    ),
    *_stage("receipt", "Saņemšana", "Receipt"),
    Column(
        "outputs",
        {"lv": "Rezultāti", "en": "Outputs"},
        Kind.ENTRIES,
        "outputs",
        fields=("code", "title.lv", "title.en"),
        width=40,
    ),
    *_both("appeal", "appeal", "Pārsūdzēšana", "Appeal", ("Kam un cik ilgā laikā.", "To whom and within what time.")),
    Column(
        "legal_acts",
        {"lv": "Tiesību akti", "en": "Legal acts"},
        Kind.ENTRIES,
        "legal_acts",
        fields=("title.lv", "title.en", "url"),
        width=40,
    ),
    Column(
        "languages",
        {"lv": "Valodas", "en": "Languages"},
        Kind.WORDS,
        "languages",
        about={"lv": "lv; en", "en": "lv; en"},
    ),
    Column(
        "review_months",
        {"lv": "Pārskata ik pēc (mēneši)", "en": "Reviewed every (months)"},
        Kind.WHOLE,
        "review_months",
        about={"lv": "No 1 līdz 16; spēkā uzreiz.", "en": "From 1 to 16; holds at once."},
        least=1,
        most=16,
        width=12,
    ),
    Column(
        "reviewed_on",
        {"lv": "Pēdējoreiz pārskatīts", "en": "Last reviewed"},
        Kind.DAY,
        is_changeable=False,
        about=_READ_ONLY,
        width=14,
    ),
)

_MEASUREMENTS: tuple[Column, ...] = (
    Column("period", {"lv": "Periods", "en": "Period"}, is_key=True, is_changeable=False, about=_READ_ONLY, width=12),
    Column(
        "service",
        {"lv": "Pakalpojuma kods", "en": "Code of the service"},
        is_key=True,
        is_changeable=False,
        about=_READ_ONLY,
        width=28,
    ),
    Column("title", {"lv": "Pakalpojums", "en": "Service"}, is_changeable=False, about=_READ_ONLY, width=40),
    Column("holder", {"lv": "Turētājs", "en": "Holder"}, is_changeable=False, about=_READ_ONLY, width=14),
    Column(
        "quantity",
        {"lv": "Lielums", "en": "Quantity"},
        is_key=True,
        is_changeable=False,
        about={"lv": "Kas mērīts. Tikai lasīšanai.", "en": "What is measured. For reading only."},
        width=24,
    ),
    Column(
        "quantity_label",
        {"lv": "Lieluma nosaukums", "en": "Name of the quantity"},
        is_changeable=False,
        about=_READ_ONLY,
        width=36,
    ),
    Column("stage", {"lv": "Posms", "en": "Stage"}, is_key=True, is_changeable=False, about=_READ_ONLY, width=12),
    Column(
        "channel",
        {"lv": "Kanāls", "en": "Channel"},
        is_key=True,
        is_changeable=False,
        about={"lv": "Tukšs: visi kanāli kopā.", "en": "Empty: all channels together."},
        width=14,
    ),
    Column(
        "value",
        {"lv": "Vērtība", "en": "Value"},
        Kind.FIGURE,
        "value",
        about={
            "lv": "Skaitlis vai vārds: trūkst, neattiecas, nejautāts. Nulle ir izmērīta.",
            "en": "A number, or a word: missing, not applicable, not asked. Zero is measured.",
        },
        width=14,
    ),
    Column(
        "n",
        {"lv": "Atbilžu skaits", "en": "Number of answers"},
        Kind.WHOLE,
        "n",
        about={
            "lv": "Cik novērojumu ir aiz vidējās vērtības; citur tukšs.",
            "en": "Observations behind a mean; empty elsewhere.",
        },
        most=10**12,
        width=12,
    ),
    Column(
        "illustrative",
        {"lv": "Ilustratīvs", "en": "Illustrative"},
        Kind.YES_NO,
        is_changeable=False,
        about=_READ_ONLY,
        width=12,
    ),
)


def _key(code: str, latvian: str, english: str, width: int) -> Column:
    return Column(code, {"lv": latvian, "en": english}, is_key=True, is_changeable=False, about=_READ_ONLY, width=width)


def _shown(code: str, latvian: str, english: str, width: int, kind: Kind = Kind.TEXT) -> Column:
    return Column(code, {"lv": latvian, "en": english}, kind, is_changeable=False, about=_READ_ONLY, width=width)


_ROUNDS: tuple[Column, ...] = (
    _key("round", "Kārta", "Round", 14),
    _key("body", "Institūcija", "Institution", 14),
    _key("service", "Pakalpojuma kods", "Code of the service", 28),
    _shown("title", "Pakalpojums", "Service", 40),
    _key("quantity", "Lielums", "Quantity", 24),
    _shown("quantity_label", "Lieluma nosaukums", "Name of the quantity", 36),
    _key("stage", "Posms", "Stage", 12),
    _key("channel", "Kanāls", "Channel", 14),
    _shown("earlier", "Iepriekš", "Before", 14, Kind.FIGURE),
    Column(
        "value",
        {"lv": "Vērtība", "en": "Value"},
        Kind.ANSWER,
        "value",
        about={
            "lv": "Skaitlis vai vārds: neattiecas, nejautāts. Tukšs nozīmē „trūkst”. Nulle ir izmērīta.",
            "en": "A number, or a word: not applicable, not asked. Empty means missing. Zero is measured.",
        },
        width=14,
    ),
    _shown("mean", "Vidējais", "A mean", 10, Kind.YES_NO),
    Column(
        "n",
        {"lv": "Atbilžu skaits", "en": "Number of answers"},
        Kind.WHOLE,
        "n",
        about={"lv": "Tikai pie vidējā.", "en": "Beside a mean only."},
        most=10**12,
        width=12,
    ),
    Column(
        "spread",
        {"lv": "Izkliede", "en": "Spread"},
        Kind.NUMBER,
        "spread",
        about={"lv": "Tikai pie vidējā.", "en": "Beside a mean only."},
        width=12,
    ),
    Column(
        "scale",
        {"lv": "Skala", "en": "Scale"},
        Kind.TEXT,
        "scale",
        about={"lv": "Piemēram, 1-10. Tikai pie vidējā.", "en": "Such as 1-10. Beside a mean only."},
        most=40,
        width=12,
    ),
    Column(
        "note",
        {"lv": "Paskaidrojums", "en": "Note"},
        Kind.TEXT,
        "note",
        about={"lv": "Kāpēc skaitlis ir tāds vai tā nav.", "en": "Why the figure is so, or is not there."},
        most=1000,
        width=40,
    ),
)

LAYOUTS: Mapping[str, tuple[Column, ...]] = {
    SERVICES: _SERVICES,
    MEASUREMENTS: _MEASUREMENTS,
    ROUNDS: _ROUNDS,
}


def column(kind: str, code: str) -> Column | None:
    """The column of a code in the sheets of a kind."""
    return next((each for each in LAYOUTS[kind] if each.code == code), None)


def keys(kind: str) -> tuple[Column, ...]:
    """The columns that say what a row is about."""
    return tuple(each for each in LAYOUTS[kind] if each.is_key)


# ---- headings ----------------------------------------------------------------------------------------------------


def heading(column: Column, language: str) -> str:
    """What stands above a column."""
    return f"{column.heading[language]} [{column.code}]"


_IN_BRACKETS = re.compile(r"\[\s*([a-z][a-z0-9_]*)\s*\]\s*$")


def column_of(text: str, kind: str) -> Column | None:
    """The column that a heading names: by the code in brackets, by the bare code, or by its words."""
    said = " ".join(text.split())
    found = _IN_BRACKETS.search(said.casefold())
    code = found.group(1) if found else said.casefold()
    for each in (MARK, *LAYOUTS[kind]):
        if code == each.code or said.casefold() in (words.casefold() for words in each.heading.values()):
            return each
    return None
