"""Makes a mapping from its TOML. Every word is checked; what the language does not know is refused with its place."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ietvars.doors.machines.feeds.inventories import errors, mapping
from ietvars.doors.machines.feeds.inventories.files import Form
from ietvars.doors.machines.feeds.inventories.section import Section
from ietvars.ground.errors import Refusal
from ietvars.ground.periods import rules as periods
from ietvars.ground.periods.errors import UnknownPeriod
from ietvars.institution.measurements import values

SHIPPED = Path(__file__).parent
FORMAT = 1
Choice = TypeVar("Choice")

_MARKERS = ("missing", "not_applicable", "not_asked", "unreadable")
_BLANKS = {state.value: state for state in values.State if state is not values.State.MEASURED}
_FOLDS = {"": "", "upper": "upper", "lower": "lower"}
_YEARS = {name: name for name in ("year", "first-of-fiscal-year", "last-of-fiscal-year")}


def shipped() -> list[str]:
    """Names of the mappings that come with the program."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/mapping.toml"))


def load(name: str) -> mapping.Inventory:
    """The mapping in a file, or the shipped one of that name. Raises refusals of this slice."""
    path = Path(name)
    if not path.is_file():
        path = SHIPPED / name / "mapping.toml"
        if name not in shipped():
            raise errors.NoMapping(mapping=name, shipped=", ".join(shipped()))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise errors.MappingNotToml(mapping=name, why=str(fault)) from fault
    return read(data)


def read(data: Mapping[str, Any]) -> mapping.Inventory:
    """The mapping in a document."""
    top = Section(data, "")
    if top.number("format", 0) != FORMAT:
        raise top.wrong("format", f"format = {FORMAT}")
    house = _House(
        form=_form(top.section("file"), Form()),
        markers=_marked(top.section("markers"), {}),
        numbers=_numbers(top.section("numbers"), {}),
        absent=frozenset(text.casefold() for text in top.texts("no_text")),
    )
    bodies = _bodies(top.section("bodies"))
    is_catalogue = top.truth("catalogue", default=False)
    found = mapping.Inventory(
        source=top.text("source"),
        scheme="" if is_catalogue else top.text("scheme"),
        title=top.words("title"),
        prefix="" if is_catalogue else top.text("prefix"),
        bodies=bodies,
        tables=tuple(_table(each, house) for each in top.sections("table")),
        digest=hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest(),
        is_catalogue=is_catalogue,
        is_illustrative=top.truth("illustrative", default=False),
    )
    for key in ("source",) if is_catalogue else ("source", "scheme", "prefix"):
        if not re.fullmatch(r"[a-z0-9-]{1,60}", getattr(found, key)):
            raise top.wrong(key, "small letters, digits and hyphens")
    top.done()
    if not found.tables:
        raise errors.MissingKey(key="[[table]]", place="its top")
    if len({each.name for each in found.tables}) < len(found.tables):
        raise errors.WrongReading(place="table", why="two tables have one name.")
    return found


@dataclass(frozen=True)
class _House:
    """What the mapping says once for all its tables."""

    form: Form
    markers: dict[str, Any]
    numbers: dict[str, Any]
    absent: frozenset[str]


def _choice(section: Section, key: str, choices: Mapping[str, Choice], default: str | None = None) -> Choice:
    text = section.text(key, default)
    if text not in choices:
        raise section.wrong(key, "one of " + ", ".join(name for name in choices if name))
    return choices[text]


def _pattern(section: Section, key: str) -> str:
    text = section.text(key, "")
    return _checked(section, key, text)


def _checked(section: Section, key: str, text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise errors.WrongReading(place=section.at(key), why=f"“{text}” is no pattern: {fault}.") from fault
    return text


# ---- files, markers, numbers -------------------------------------------------------------------------------------


def _form(section: Section | None, default: Form) -> Form:
    if section is None:
        return default
    made = Form(
        encoding=section.text("encoding", default.encoding),
        delimiters=section.texts("delimiter") or default.delimiters,
        quote=section.text("quote", default.quote),
        skip=section.number("skip", default.skip),
        footer=tuple(_checked(section, "footer", text) for text in section.texts("footer")) or default.footer,
        sheet=section.text("sheet", default.sheet),
    )
    section.done()
    try:
        "".encode(made.encoding)
    except LookupError as fault:
        raise section.wrong("encoding", "the name of an encoding, such as utf-8") from fault
    if any(len(mark) != 1 for mark in (*made.delimiters, made.quote)):
        raise section.wrong("delimiter", "single characters as delimiter and quote")
    return made


def _marked(section: Section | None, default: Mapping[str, Any]) -> dict[str, Any]:
    """Markers as arguments of a Reading; a list that is given replaces the one of the house."""
    found = dict(default)
    if section is not None:
        _take_markers(section, found)
        section.done()
    return found


def _take_markers(section: Section, found: dict[str, Any]) -> None:
    for key in _MARKERS:
        if key in section:
            found[key] = frozenset(section.texts(key))
    if "blank" in section:
        found["blank"] = _choice(section, "blank", _BLANKS)


def _numbers(section: Section | None, default: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(default)
    if section is not None:
        _take_numbers(section, found)
        section.done()
    return found


def _take_numbers(section: Section, found: dict[str, Any]) -> None:
    if "decimal" in section:
        found["decimal"] = section.text("decimal")
    if "thousands" in section:
        found["thousands"] = frozenset(section.texts("thousands"))
    for key in ("whole", "negative", "percent_sign"):
        if key in section:
            found[key] = section.truth(key, default=False)
    if "scale" in section:
        found["scale"] = _choice(section, "scale", {scale.value: scale for scale in values.Scale})


def _figure(section: Section, house: _House, *, share: bool = False) -> mapping.Figure:
    """How a number is read, from the words beside its column; all of them have a default in the house."""
    found = {**house.markers, **house.numbers}
    if share:
        found |= {"whole": False, "scale": values.Scale.FRACTION}
    _take_markers(section, found)
    _take_numbers(section, found)
    try:
        reading = values.Reading(**found)
    except Refusal as fault:
        raise errors.WrongReading(place=section.place, why=str(fault)) from fault
    return mapping.Figure(
        reading=reading,
        within=section.pair("within"),
        ambiguous=section.pair("ambiguous"),
        method=section.text("method", ""),
    )


def _number_column(section: Section, key: str, house: _House, *, share: bool = False) -> mapping.NumberColumn | None:
    """A column of numbers: its name, or a table with its name and how it is read."""
    if key not in section:
        return None
    if section.is_table(key):
        part = section.section(key)
        assert part is not None
        made = mapping.NumberColumn(part.text("column"), _figure(part, house, share=share))
        part.done()
        return made
    return mapping.NumberColumn(section.text(key), _figure(Section({}, section.at(key)), house, share=share))


# ---- texts and codes ---------------------------------------------------------------------------------------------


def _words(section: Section, key: str, house: _House) -> mapping.Words | None:
    part = section.section(key)
    if part is None:
        return None
    if "column" not in part:
        columns = {language: part.text(language) for language in section.keys_of(key)}
        part.done()
        return mapping.Words(columns=columns, absent=house.absent)
    made = mapping.Words(
        column=part.text("column"),
        split=part.text("split", ""),
        languages=part.texts("languages"),
        absent=house.absent,
    )
    part.done()
    if not made.languages:
        raise part.wrong("languages", "the languages of the texts in the column, in their order")
    return made


def _coded(section: Section, key: str, house: _House) -> mapping.Coded | None:
    """A column of codes: its name, or a table with its name and how it is read."""
    if key not in section:
        return None
    part = section.section(key) if section.is_table(key) else Section({"column": section.text(key)}, section.at(key))
    assert part is not None
    markers = dict(house.markers)
    _take_markers(part, markers)
    codes = part.words("codes")
    fold = _choice(part, "fold", _FOLDS, "")
    made = mapping.Coded(
        column=part.text("column"),
        markers=values.Reading(**markers),
        codes={" ".join(text.split()).casefold(): code for text, code in codes.items()},
        known=frozenset(part.texts("known")),
        several=part.text("several", ""),
        fold=fold,
    )
    part.done()
    return made


# ---- who and when ------------------------------------------------------------------------------------------------


def _identity(section: Section) -> mapping.Identity | None:
    if "identity" not in section:
        return None
    if not section.is_table("identity"):
        return mapping.Identity(columns=section.texts("identity"))
    part = section.section("identity")
    assert part is not None
    made = mapping.Identity(
        columns=part.texts("columns"), join=part.text("join", " "), fold=_choice(part, "fold", _FOLDS, "")
    )
    part.done()
    if not made.columns:
        raise errors.MissingKey(key="columns", place=part.place)
    return made


def _body(section: Section, key: str, house: _House) -> mapping.BodyColumns | None:
    part = section.section(key)
    if part is None:
        return None
    name = _words(part, "name", house)
    if name is None:
        raise errors.MissingKey(key="name", place=part.place)
    made = mapping.BodyColumns(name=name, kind=part.text("kind", "agency"), parent=_body(part, "above", house))
    part.done()
    return made


def _bodies(section: Section | None) -> mapping.Bodies:
    if section is None:
        return mapping.Bodies(prefix="")
    root = section.section("root")
    made = mapping.Bodies(
        prefix=section.text("prefix", ""),
        aliases={" ".join(name.split()).casefold(): right for name, right in section.words("aliases").items()},
    )
    if root is not None:
        made = replace(
            made, root_code=root.text("code"), root_name=root.words("name"), root_kind=root.text("kind", "group")
        )
        root.done()
    section.done()
    return made


def _period(section: Section) -> mapping.PeriodColumn | None:
    part = section.section("period")
    if part is None:
        return None
    made = mapping.PeriodColumn(
        column=part.text("column", ""),
        fixed=part.text("fixed", ""),
        year_is=_choice(part, "year_is", _YEARS, "year"),
        start_month=part.number("start_month", periods.FISCAL_START_MONTH),
        texts=part.words("texts"),
        undated=frozenset(text.casefold() for text in part.texts("undated")),
        undated_period=part.text("undated_period", ""),
    )
    part.done()
    if not 1 <= made.start_month <= 12:
        raise part.wrong("start_month", "a month from 1 to 12")
    for key in ("fixed", "undated_period"):
        if (text := getattr(made, key)) and made.read(text) is None:
            raise part.wrong(key, "a period, such as 2025, 2023-24 or 2025-Q1")
    for text in made.texts.values():
        try:
            periods.parse(text, made.start_month)
        except UnknownPeriod as fault:
            raise errors.WrongReading(place=part.at("texts"), why=str(fault)) from fault
    return made


# ---- a table -----------------------------------------------------------------------------------------------------


def _table(section: Section, house: _House) -> mapping.Table:
    kind = _choice(section, "kind", {each.value: each for each in mapping.Kind})
    name = section.text("name")
    here = replace(
        house,
        form=_form(section.section("file"), house.form),
        markers=_marked(section.section("markers"), house.markers),
        numbers=_numbers(section.section("numbers"), house.numbers),
    )
    made = mapping.Table(
        name=name,
        kind=kind,
        form=here.form,
        lists=section.truth("lists", default=kind is mapping.Kind.SERVICES),
        names_services=section.truth("names_services", default=kind is not mapping.Kind.STANDARDS),
        identity=_identity(section),
        period=_period(section),
        body=_body(section, "body", here),
        title=_words(section, "title", here),
        summary=_words(section, "summary", here),
        fields=_fields(section, here),
        measures=tuple(each for part in section.sections("measures") for each in _measures(part, here)),
        long=_long(section, here),
        standard=_standard(section, here),
        not_asked=tuple(each for part in section.sections("not_asked") for each in _not_asked(part)),
        totals=tuple(_total(part, here) for part in section.sections("totals")),
        filters=tuple(_filter(part) for part in section.sections("filters")),
        optional=frozenset(section.texts("optional")),
        ignored=section.texts("ignore"),
    )
    section.done()
    _require_whole(section, made)
    return made


def _require_whole(section: Section, made: mapping.Table) -> None:
    """Refuse a table that could never be followed."""
    if made.identity is None and (made.kind is not mapping.Kind.STANDARDS or not made.standard):
        raise errors.MissingKey(key="identity", place=section.place)
    has_period = made.period and (made.period.column or made.period.fixed)
    if made.kind is not mapping.Kind.REGISTER and not has_period and not all(each.pattern for each in made.measures):
        raise errors.MissingKey(key="period", place=section.place)
    if made.kind is mapping.Kind.STANDARDS and made.standard is None:
        raise errors.MissingKey(key="standard", place=section.place)
    if stray := made.optional - made.columns():
        raise errors.WrongReading(
            place=section.at("optional"), why=f"it names columns that the table does not use: {', '.join(stray)}."
        )


def _fields(section: Section, house: _House) -> dict[str, mapping.Coded]:
    part = section.section("fields")
    if part is None:
        return {}
    found: dict[str, mapping.Coded] = {}
    for name in section.keys_of("fields"):
        made = _coded(part, name, house)
        if made is not None:
            found[name] = made
    part.done()
    return found


def _measures(section: Section, house: _House) -> list[mapping.Measure]:
    """One measure for a column, one for a pattern of columns, or one for each column of `channels`."""
    channels = section.words("channels")
    base = mapping.Measure(
        quantity=section.text("quantity"),
        figure=_figure(section, house),
        stage=section.text("stage", ""),
        channel=section.text("channel", ""),
        column=section.text("column", ""),
        pattern=_pattern(section, "pattern"),
        n=section.text("n", ""),
        spread=section.text("spread", ""),
        spread_kind=section.text("spread_kind", ""),
    )
    section.done()
    if sum(map(bool, (channels, base.column, base.pattern))) != 1:
        raise errors.WrongReading(place=section.place, why="it needs exactly one of column, channels and pattern.")
    if base.pattern and "period" not in re.compile(base.pattern).groupindex:
        raise errors.WrongReading(place=section.at("pattern"), why="the pattern has no part (?P<period>...).")
    if channels:
        return [replace(base, column=column, channel=channel) for column, channel in channels.items()]
    return [base]


def _long(section: Section, house: _House) -> mapping.Long | None:
    part = section.section("long")
    if part is None:
        return None
    quantity = part.text("quantity_column", "")
    made = mapping.Long(
        value=part.text("value"),
        quantity=quantity,
        channel=_coded(part, "channel", house),
        measures={
            " ".join(text.split()).casefold(): _of_long(each, house) for text, each in part.named("quantities").items()
        },
    )
    part.done()
    if not made.measures or (not quantity and len(made.measures) != 1):
        raise errors.WrongReading(
            place=part.place, why="it needs quantities, and quantity_column where there is more than one."
        )
    return made


def _of_long(section: Section, house: _House) -> mapping.Measure:
    made = mapping.Measure(
        quantity=section.text("quantity"),
        figure=_figure(section, house),
        stage=section.text("stage", ""),
        n=section.text("n", ""),
        spread=section.text("spread", ""),
        spread_kind=section.text("spread_kind", ""),
    )
    section.done()
    return made


def _not_asked(section: Section) -> list[mapping.NotAsked]:
    quantity, stage = section.text("quantity"), section.text("stage", "")
    channels = section.texts("channels") or ("",)
    section.done()
    return [mapping.NotAsked(quantity, channel, stage) for channel in channels]


def _total(section: Section, house: _House) -> mapping.TotalCheck:
    made = mapping.TotalCheck(section.text("column"), section.text("quantity"), _figure(section, house))
    section.done()
    return made


def _filter(section: Section) -> mapping.Filter:
    keeps, drops = section.texts("keep"), section.texts("drop")
    made = mapping.Filter(
        column=section.text("column"),
        texts=frozenset(text.strip().casefold() for text in keeps or drops),
        keeps=bool(keeps),
    )
    section.done()
    if bool(keeps) == bool(drops):
        raise errors.WrongReading(place=section.place, why="it needs either keep or drop.")
    return made


def _standard(section: Section, house: _House) -> mapping.Standard | None:
    part = section.section("standard")
    if part is None:
        return None
    several = [_results(each, house) for each in part.sections("results")]
    made = mapping.Standard(
        code=part.text("code"),
        promise=_words(part, "promise", house),
        kind=_coded(part, "kind", house),
        channel=_coded(part, "channel", house),
        results=tuple(several) or _single(part, house),
    )
    part.done()
    return made


def _single(part: Section, house: _House) -> tuple[mapping.Results, ...]:
    found = _results_of(part, house)
    return (found,) if found.numbers() or found.claimed else ()


def _results(section: Section, house: _House) -> mapping.Results:
    made = replace(_results_of(section, house), quarter=section.number("quarter", 0))
    section.done()
    if made.quarter > 4:
        raise section.wrong("quarter", "a quarter from 1 to 4")
    return made


def _results_of(section: Section, house: _House) -> mapping.Results:
    return mapping.Results(
        target=_number_column(section, "target", house, share=True),
        met=_number_column(section, "met", house),
        total=_number_column(section, "total", house),
        performance=_number_column(section, "performance", house, share=True),
        claimed=_coded(section, "claimed", house),
    )
