"""A mapping as values: which tables an inventory has and what their columns mean. docs/howto/mapping.md describes it.

Pure data with a few questions about itself; `reading` makes it from TOML, `rows` and `standards` follow it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from ietvars.doors.machines.feeds.inventories.files import Form
from ietvars.ground.periods import rules as periods
from ietvars.ground.periods.errors import UnknownPeriod
from ietvars.institution.measurements import values

Cells = Mapping[str, str]
"""Column name to the text of its cell, for one row."""


class Kind(StrEnum):
    """What a row of a table is about."""

    REGISTER = "register"
    """A service and its names, outside of time."""
    SERVICES = "services"
    """A service in a period: that it was listed, its described fields and figures."""
    MEASUREMENTS = "measurements"
    """Figures of a service that another table lists."""
    STANDARDS = "standards"
    """What a service promises, and how that was kept."""


# ---- texts and codes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A text in several languages: a column for each, or one column that holds all of them, parted by a mark."""

    columns: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    split: str = ""
    languages: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()

    def wanted(self) -> Iterator[str]:
        """The columns that this text needs."""
        yield from (self.column,) if self.column else self.columns.values()

    def read(self, cells: Cells) -> dict[str, str]:
        """The text by language; a language whose cell is empty or says that there is none is left out."""
        if self.column:
            parts = cells.get(self.column, "").split(self.split) if self.split else [cells.get(self.column, "")]
            found = dict(zip(self.languages, parts, strict=False))
        else:
            found = {language: cells.get(column, "") for language, column in self.columns.items()}
        clean = {language: text.strip() for language, text in found.items()}
        return {language: text for language, text in clean.items() if text and text.casefold() not in self.absent}


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of codes: their translation, the mark between several, and the texts that are states."""

    column: str
    markers: values.Reading
    codes: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    several: str = ""
    fold: str = ""

    def code(self, text: str) -> str | None:
        """The code of one text, None where the mapping does not know it."""
        clean = " ".join(text.split())
        if self.codes:
            return self.codes.get(clean.casefold())
        folded = clean.upper() if self.fold == "upper" else clean.lower() if self.fold == "lower" else clean
        return folded if not self.known or folded in self.known else None

    def parts(self, text: str) -> list[str]:
        """The texts in a cell, each once, in their order."""
        found = text.split(self.several) if self.several else [text]
        return list(dict.fromkeys(part.strip() for part in found if part.strip()))


# ---- figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """How one number is read: the grammar, the range it must lie in, the range where its scale cannot be told."""

    reading: values.Reading
    within: tuple[float, float] | None = None
    ambiguous: tuple[float, float] | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column with how it is read."""

    column: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity and where it stands: in a column, in columns whose names match, or in the value of a long table.

    Its channel is `channel`, or what each row says in the column of `channels`.
    """

    quantity: str
    figure: Figure
    stage: str = ""
    channel: str = ""
    channels: Coded | None = None
    column: str = ""
    pattern: str = ""
    n: NumberColumn | None = None
    spread: NumberColumn | None = None
    spread_kind: str = ""

    def wanted(self) -> Iterator[str]:
        """The columns that this measure needs by name."""
        if self.column:
            yield self.column
        if self.channels:
            yield self.channels.column
        yield from (each.column for each in (self.n, self.spread) if each)

    def periods_in(self, header: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Columns whose names match the pattern, each with the text of its period."""
        for name in header:
            if found := re.fullmatch(self.pattern, name):
                yield name, found["period"]


@dataclass(frozen=True, slots=True)
class Long:
    """A table with one figure a row: which column holds it, and which ones say of what and through what."""

    value: str
    quantity: str
    measures: Mapping[str, Measure]
    channel: Coded | None = None


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A figure that this form did not ask for."""

    quantity: str
    channel: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """A column that must equal the sum of a quantity's measured parts. It is checked and never added."""

    column: str
    quantity: str
    figure: Figure


# ---- standards ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Results:
    """Columns of one result of a standard; `quarter` is the quarter of the row's year that they speak of."""

    target: NumberColumn | None = None
    met: NumberColumn | None = None
    total: NumberColumn | None = None
    performance: NumberColumn | None = None
    claimed: Coded | None = None
    quarter: int = 0

    def numbers(self) -> dict[str, NumberColumn]:
        """The number columns by their names in the record."""
        found = {"target": self.target, "met": self.met, "total": self.total, "performance": self.performance}
        return {name: each for name, each in found.items() if each is not None}


@dataclass(frozen=True, slots=True)
class Standard:
    """How a row tells of a standard. Without results it only defines the standard."""

    code: str
    promise: Words | None = None
    kind: Coded | None = None
    channel: Coded | None = None
    results: tuple[Results, ...] = ()


# ---- who and when ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """The columns that together name a service in the inventory."""

    columns: tuple[str, ...]
    join: str = " "
    fold: str = ""

    def read(self, cells: Cells) -> str:
        """The service's number, spaces put in order; empty where a part is missing."""
        parts = [" ".join(cells.get(column, "").split()) for column in self.columns]
        text = self.join.join(parts) if all(parts) else ""
        return text.upper() if self.fold == "upper" else text.lower() if self.fold == "lower" else text


@dataclass(frozen=True, slots=True)
class BodyColumns:
    """The columns that name the body which holds the service, and the body above it."""

    name: Words
    kind: str
    parent: "BodyColumns | None" = None

    def wanted(self) -> Iterator[str]:
        """The columns that this body needs."""
        yield from self.name.wanted()
        if self.parent:
            yield from self.parent.wanted()


@dataclass(frozen=True, slots=True)
class PeriodColumn:
    """Where the period stands and how its texts are read."""

    column: str = ""
    fixed: str = ""
    year_is: str = "year"
    start_month: int = periods.FISCAL_START_MONTH
    texts: Mapping[str, str] = field(default_factory=dict)
    undated: frozenset[str] = frozenset()
    undated_period: str = ""

    def is_undated(self, text: str) -> bool:
        """Whether the text says that there is no period."""
        return text.strip().casefold() in self.undated

    def read(self, text: str) -> periods.Period | None:
        """The period of a text, None where it is none."""
        clean = self.texts.get(text.strip(), text.strip())
        try:
            if self.year_is != "year" and re.fullmatch(r"\d{4}", clean):
                first = int(clean) - (self.year_is == "last-of-fiscal-year")
                return periods.fiscal_year(first, self.start_month)
            return periods.parse(clean, self.start_month)
        except (UnknownPeriod, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows are kept whose cell is one of the texts, or none of them."""

    column: str
    texts: frozenset[str]
    keeps: bool

    def passes(self, cells: Cells) -> bool:
        """Whether the row is kept."""
        return (cells.get(self.column, "").strip().casefold() in self.texts) == self.keeps


# ---- the whole ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """One table of the inventory."""

    name: str
    kind: Kind
    form: Form
    lists: bool
    names_services: bool = True
    identity: Identity | None = None
    period: PeriodColumn | None = None
    body: BodyColumns | None = None
    title: Words | None = None
    summary: Words | None = None
    fields: Mapping[str, Coded] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    long: Long | None = None
    standard: Standard | None = None
    not_asked: tuple[NotAsked, ...] = ()
    totals: tuple[TotalCheck, ...] = ()
    filters: tuple[Filter, ...] = ()
    optional: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    @property
    def is_by_cell(self) -> bool:
        """Whether one service and period may have several rows, each about other figures."""
        return self.long is not None or any(measure.channels for measure in self.measures)

    def columns(self) -> frozenset[str]:
        """Every column that the table names, wanted or optional, without those that it only sets aside."""
        found: set[str] = set(self.identity.columns if self.identity else ())
        if self.period and self.period.column:
            found.add(self.period.column)
        for part in (self.body, self.title, self.summary):
            found.update(part.wanted() if part else ())
        found.update(each.column for each in self.fields.values())
        for measure in self.measures:
            found.update(measure.wanted())
        found.update(each.column for each in self.totals)
        found.update(each.column for each in self.filters)
        found.update(_of_long(self.long) if self.long else ())
        found.update(_of_standard(self.standard) if self.standard else ())
        return frozenset(found)

    def wanted(self) -> frozenset[str]:
        """The columns without which a file is not this table."""
        return self.columns() - self.optional

    def missing(self, header: Iterable[str]) -> list[str]:
        """The wanted columns that a header does not have; a pattern counts as one."""
        names = list(header)
        absent = sorted(self.wanted() - set(names))
        patterns = [each.pattern for each in self.measures if each.pattern]
        return absent + [text for text in patterns if not any(re.fullmatch(text, name) for name in names)]

    def unknown(self, header: Iterable[str]) -> list[str]:
        """Columns of a header of which the mapping says nothing."""
        known = self.columns()
        patterns = [each.pattern for each in self.measures if each.pattern]
        return [
            name
            for name in header
            if name not in known
            and not any(fnmatchcase(name, pattern) for pattern in self.ignored)
            and not any(re.fullmatch(pattern, name) for pattern in patterns)
        ]


def _of_long(long: Long) -> Iterator[str]:
    yield long.value
    if long.quantity:
        yield long.quantity
    if long.channel:
        yield long.channel.column
    for measure in long.measures.values():
        yield from measure.wanted()


def _of_standard(standard: Standard) -> Iterator[str]:
    yield standard.code
    for coded in (standard.kind, standard.channel):
        if coded:
            yield coded.column
    if standard.promise:
        yield from standard.promise.wanted()
    for results in standard.results:
        yield from (each.column for each in results.numbers().values())
        if results.claimed:
            yield results.claimed.column


@dataclass(frozen=True)
class Bodies:
    """How bodies of the inventory are called in this house: a prefix, the body above all, other spellings of names."""

    prefix: str
    root_code: str = ""
    root_name: Mapping[str, str] = field(default_factory=dict)
    root_kind: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inventory:
    """All that a mapping file says. `digest` changes when its meaning does, not with its comments.

    `definitions` is the text of the indicators that lie beside it, by which its tables are measured.

    With `is_catalogue` the tables name services of this catalogue by their codes, and make none.
    """

    source: str
    scheme: str
    title: Mapping[str, str]
    prefix: str
    bodies: Bodies
    tables: tuple[Table, ...]
    digest: str
    definitions: str = ""
    is_catalogue: bool = False
    is_illustrative: bool = False
