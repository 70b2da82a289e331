"""The small pieces of a mapping, each made from its TOML: files, markers, numbers, texts, codes, bodies, periods."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ietvars.doors.machines.feeds.inventories import errors, mapping
from ietvars.doors.machines.feeds.inventories.files import Form
from ietvars.doors.machines.feeds.inventories.section import Section
from ietvars.ground.errors import Refusal
from ietvars.ground.periods import rules as periods
from ietvars.ground.periods.errors import UnknownPeriod
from ietvars.institution.measurements import values

Choice = TypeVar("Choice")

STAGES = ("", "request", "execution", "receipt")
SPREADS = ("", "sd", "iqr")
CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
LONGEST = {"quantity": 60, "channel": 40, "kind": 40, "method": 40}
"""Lengths of the columns in which codes of a mapping are kept."""

_MARKERS = ("missing", "not_applicable", "not_asked", "unreadable")
_BLANKS = {state.value: state for state in values.State if state is not values.State.MEASURED}
_FOLDS = {"": "", "upper": "upper", "lower": "lower"}
_YEARS = {name: name for name in ("year", "first-of-fiscal-year", "last-of-fiscal-year")}


@dataclass(frozen=True)
class House:
    """What the mapping says once for all its tables."""

    form: Form
    markers: dict[str, Any]
    numbers: dict[str, Any]
    absent: frozenset[str]


def choice(section: Section, key: str, choices: Mapping[str, Choice], default: str | None = None) -> Choice:
    text = section.text(key, default)
    if text not in choices:
        raise section.wrong(key, "one of " + ", ".join(name for name in choices if name))
    return choices[text]


def code(section: Section, key: str, default: str | None = None) -> str:
    """A code of this house: small letters, digits, hyphens and underscores."""
    return coherent(section, key, section.text(key, default), empty=default == "")


def coherent(section: Section, key: str, text: str, *, empty: bool = False) -> str:
    """The code, once it is sure that it can be kept."""
    if not (empty and not text) and (not CODE.fullmatch(text) or len(text) > LONGEST.get(key, 40)):
        raise errors.WrongShape(
            place=section.at(key),
            expected=f"a code of small letters, digits, hyphens and underscores, at most {LONGEST.get(key, 40)} long",
            found=f"“{text[:80]}”",
        )
    return text


def stage(section: Section) -> str:
    """A stage of the law, or none."""
    return choice(section, "stage", {name: name for name in STAGES}, "")


def spread_kind(section: Section) -> str:
    """What a spread is: standard deviation or interquartile range."""
    return choice(section, "spread_kind", {name: name for name in SPREADS}, "")


def pattern(section: Section, key: str) -> str:
    text = section.text(key, "")
    return checked(section, key, text)


def checked(section: Section, key: str, text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise errors.WrongReading(place=section.at(key), why=f"“{text}” is no pattern: {fault}.") from fault
    return text


def form(section: Section | None, default: Form) -> Form:
    if section is None:
        return default
    made = Form(
        encoding=section.text("encoding", default.encoding),
        delimiters=section.texts("delimiter") or default.delimiters,
        quote=section.text("quote", default.quote),
        skip=section.number("skip", default.skip),
        footer=tuple(checked(section, "footer", text) for text in section.texts("footer")) or default.footer,
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


def marked(section: Section | None, default: Mapping[str, Any]) -> dict[str, Any]:
    """Markers as arguments of a Reading; a list that is given replaces the one of the house."""
    found = dict(default)
    if section is not None:
        take_markers(section, found)
        section.done()
    return found


def take_markers(section: Section, found: dict[str, Any]) -> None:
    for key in _MARKERS:
        if key in section:
            found[key] = frozenset(section.texts(key))
    if "blank" in section:
        found["blank"] = choice(section, "blank", _BLANKS)


def numbers(section: Section | None, default: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(default)
    if section is not None:
        take_numbers(section, found)
        section.done()
    return found


def take_numbers(section: Section, found: dict[str, Any]) -> None:
    if "decimal" in section:
        found["decimal"] = section.text("decimal")
    if "thousands" in section:
        found["thousands"] = frozenset(section.texts("thousands"))
    for key in ("whole", "negative", "percent_sign"):
        if key in section:
            found[key] = section.truth(key, default=False)
    if "scale" in section:
        found["scale"] = choice(section, "scale", {scale.value: scale for scale in values.Scale})


def figure(section: Section, house: House, *, share: bool = False) -> mapping.Figure:
    """How a number is read, from the words beside its column; all of them have a default in the house."""
    found = {**house.markers, **house.numbers}
    if share:
        found |= {"whole": False, "scale": values.Scale.FRACTION}
    take_markers(section, found)
    take_numbers(section, found)
    reading = _reading(section, found)
    return mapping.Figure(
        reading=reading,
        within=section.pair("within"),
        ambiguous=section.pair("ambiguous"),
        method=_method(section),
    )


def _method(section: Section) -> str:
    text = section.text("method", "")
    if len(text) > LONGEST["method"]:
        raise section.wrong("method", f"a text of at most {LONGEST['method']} letters")
    return text


def _reading(section: Section, found: Mapping[str, Any]) -> values.Reading:
    try:
        return values.Reading(**found)
    except Refusal as fault:
        raise errors.WrongReading(place=section.place, why=str(fault)) from fault


def number_column(section: Section, key: str, house: House, *, share: bool = False) -> mapping.NumberColumn | None:
    """A column of numbers: its name, or a table with its name and how it is read."""
    if key not in section:
        return None
    if section.is_table(key):
        part = section.section(key)
        assert part is not None
        made = mapping.NumberColumn(part.text("column"), figure(part, house, share=share))
        part.done()
        return made
    return mapping.NumberColumn(section.text(key), figure(Section({}, section.at(key)), house, share=share))


def words(section: Section, key: str, house: House) -> mapping.Words | None:
    part = section.section(key)
    if part is None:
        return None
    if "column" not in part:
        columns = {_language(part, language): part.text(language) for language in section.keys_of(key)}
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
    for language in made.languages:
        _language(part, language)
    return made


def _language(section: Section, text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", text):
        raise errors.WrongShape(place=section.place, expected="the code of a language, such as lv", found=f"“{text}”")
    return text


def coded(section: Section, key: str, house: House, *, closed: bool = False) -> mapping.Coded | None:
    """A column of codes: its name, or a table with its name and how it is read.

    `closed`: its codes become codes of this house, so the mapping must give each of them: as `codes`, or as `known`
    where the column speaks in our codes already.
    """
    if key not in section:
        return None
    part = section.section(key) if section.is_table(key) else Section({"column": section.text(key)}, section.at(key))
    assert part is not None
    markers = dict(house.markers)
    take_markers(part, markers)
    codes = part.words("codes")
    fold = choice(part, "fold", _FOLDS, "")
    made = mapping.Coded(
        column=part.text("column"),
        markers=_reading(part, markers),
        codes={" ".join(text.split()).casefold(): code for text, code in codes.items()},
        known=frozenset(part.texts("known")),
        several=part.text("several", ""),
        fold=fold,
    )
    part.done()
    if closed:
        if not made.codes and not made.known:
            raise errors.MissingKey(key="codes", place=part.place)
        for each in (*made.codes.values(), *made.known):
            coherent(part, key, each, empty=True)
    return made


def identity(section: Section) -> mapping.Identity | None:
    if "identity" not in section:
        return None
    if not section.is_table("identity"):
        return mapping.Identity(columns=section.texts("identity"))
    part = section.section("identity")
    assert part is not None
    made = mapping.Identity(
        columns=part.texts("columns"), join=part.text("join", " "), fold=choice(part, "fold", _FOLDS, "")
    )
    part.done()
    if not made.columns:
        raise errors.MissingKey(key="columns", place=part.place)
    return made


def body(section: Section, key: str, house: House) -> mapping.BodyColumns | None:
    part = section.section(key)
    if part is None:
        return None
    name = words(part, "name", house)
    if name is None:
        raise errors.MissingKey(key="name", place=part.place)
    made = mapping.BodyColumns(name=name, kind=code(part, "kind", "agency"), parent=body(part, "above", house))
    part.done()
    return made


def period(section: Section) -> mapping.PeriodColumn | None:
    part = section.section("period")
    if part is None:
        return None
    made = mapping.PeriodColumn(
        column=part.text("column", ""),
        fixed=part.text("fixed", ""),
        year_is=choice(part, "year_is", _YEARS, "year"),
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
