"""Makes a mapping from its TOML. Every word is checked; what the language does not know is refused with its place."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.inventories import errors, mapping, pieces
from ietvars.doors.machines.feeds.inventories.files import Form
from ietvars.doors.machines.feeds.inventories.section import Section
from ietvars.institution.measurements.rules import Claim

SHIPPED = Path(__file__).parent
FORMAT = 1
CLAIMS = tuple(claim.value for claim in Claim)
DEFINITIONS = "indicators.toml"
"""A file of this name beside a mapping says by which indicators its tables are measured."""


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
        beside = path.with_name(DEFINITIONS)
        definitions = beside.read_text(encoding="utf-8") if beside.is_file() else ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise errors.MappingNotToml(mapping=name, why=str(fault)) from fault
    return replace(read(data), definitions=definitions)


def read(data: Mapping[str, Any]) -> mapping.Inventory:
    """The mapping in a document."""
    top = Section(data, "")
    if top.number("format", 0) != FORMAT:
        raise top.wrong("format", f"format = {FORMAT}")
    house = pieces.House(
        form=pieces.form(top.section("file"), Form()),
        markers=pieces.marked(top.section("markers"), {}),
        numbers=pieces.numbers(top.section("numbers"), {}),
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


# ---- a table -----------------------------------------------------------------------------------------------------


def _table(section: Section, house: pieces.House) -> mapping.Table:
    kind = pieces.choice(section, "kind", {each.value: each for each in mapping.Kind})
    name = section.text("name")
    here = replace(
        house,
        form=pieces.form(section.section("file"), house.form),
        markers=pieces.marked(section.section("markers"), house.markers),
        numbers=pieces.numbers(section.section("numbers"), house.numbers),
    )
    made = mapping.Table(
        name=name,
        kind=kind,
        form=here.form,
        lists=section.truth("lists", default=kind is mapping.Kind.SERVICES),
        names_services=section.truth("names_services", default=kind is not mapping.Kind.STANDARDS),
        identity=pieces.identity(section),
        period=pieces.period(section),
        body=pieces.body(section, "body", here),
        title=pieces.words(section, "title", here),
        summary=pieces.words(section, "summary", here),
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


def _fields(section: Section, house: pieces.House) -> dict[str, mapping.Coded]:
    part = section.section("fields")
    if part is None:
        return {}
    found: dict[str, mapping.Coded] = {}
    for name in section.keys_of("fields"):
        made = pieces.coded(part, name, house)
        if made is not None:
            found[name] = made
    part.done()
    return found


def _measures(section: Section, house: pieces.House) -> list[mapping.Measure]:
    """One measure for a column, one for a pattern of columns, or one for each column of `channels`."""
    channels = {
        column: pieces.coherent(section, "channels", text, empty=True)
        for column, text in section.words("channels").items()
    }
    base = mapping.Measure(
        quantity=pieces.code(section, "quantity"),
        figure=pieces.figure(section, house),
        stage=pieces.stage(section),
        channel="" if section.is_table("channel") else pieces.code(section, "channel", ""),
        channels=pieces.coded(section, "channel", house, closed=True) if section.is_table("channel") else None,
        column=section.text("column", ""),
        pattern=pieces.pattern(section, "pattern"),
        n=_beside(section, "n", house, whole=True),
        spread=_beside(section, "spread", house),
        spread_kind=pieces.spread_kind(section),
    )
    section.done()
    if sum(map(bool, (channels, base.column, base.pattern))) != 1:
        raise errors.WrongReading(place=section.place, why="it needs exactly one of column, channels and pattern.")
    if base.pattern and "period" not in re.compile(base.pattern).groupindex:
        raise errors.WrongReading(place=section.at("pattern"), why="the pattern has no part (?P<period>...).")
    if channels:
        return [replace(base, column=column, channel=channel) for column, channel in channels.items()]
    return [base]


def _beside(section: Section, key: str, house: pieces.House, *, whole: bool = False) -> mapping.NumberColumn | None:
    """The column with the number of observations or the spread, written as numbers of the table are."""
    column = section.text(key, "")
    plain = Section({"whole": whole, "scale": "plain", "percent_sign": False}, section.at(key))
    return mapping.NumberColumn(column, pieces.figure(plain, house)) if column else None


def _long(section: Section, house: pieces.House) -> mapping.Long | None:
    part = section.section("long")
    if part is None:
        return None
    quantity = part.text("quantity_column", "")
    made = mapping.Long(
        value=part.text("value"),
        quantity=quantity,
        channel=pieces.coded(part, "channel", house, closed=True),
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


def _of_long(section: Section, house: pieces.House) -> mapping.Measure:
    made = mapping.Measure(
        quantity=pieces.code(section, "quantity"),
        figure=pieces.figure(section, house),
        stage=pieces.stage(section),
        n=_beside(section, "n", house, whole=True),
        spread=_beside(section, "spread", house),
        spread_kind=pieces.spread_kind(section),
    )
    section.done()
    return made


def _not_asked(section: Section) -> list[mapping.NotAsked]:
    quantity, stage = pieces.code(section, "quantity"), pieces.stage(section)
    channels = [pieces.coherent(section, "channels", text) for text in section.texts("channels")] or [""]
    section.done()
    return [mapping.NotAsked(quantity, channel, stage) for channel in channels]


def _total(section: Section, house: pieces.House) -> mapping.TotalCheck:
    made = mapping.TotalCheck(section.text("column"), pieces.code(section, "quantity"), pieces.figure(section, house))
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


def _standard(section: Section, house: pieces.House) -> mapping.Standard | None:
    part = section.section("standard")
    if part is None:
        return None
    several = [_results(each, house) for each in part.sections("results")]
    made = mapping.Standard(
        code=part.text("code"),
        promise=pieces.words(part, "promise", house),
        kind=pieces.coded(part, "kind", house, closed=True),
        channel=pieces.coded(part, "channel", house, closed=True),
        results=tuple(several) or _single(part, house),
    )
    part.done()
    return made


def _single(part: Section, house: pieces.House) -> tuple[mapping.Results, ...]:
    found = _results_of(part, house)
    return (found,) if found.numbers() or found.claimed else ()


def _results(section: Section, house: pieces.House) -> mapping.Results:
    made = replace(_results_of(section, house), quarter=section.number("quarter", 0))
    section.done()
    if made.quarter > 4:
        raise section.wrong("quarter", "a quarter from 1 to 4")
    return made


def _claimed(section: Section, house: pieces.House) -> mapping.Coded | None:
    found = pieces.coded(section, "claimed", house, closed=True)
    if found is not None and (strange := set(found.codes.values()) - set(CLAIMS)):
        raise errors.WrongReading(
            place=section.at("claimed"), why=f"a claim is {' or '.join(CLAIMS)}, not {', '.join(sorted(strange))}."
        )
    return found


def _results_of(section: Section, house: pieces.House) -> mapping.Results:
    return mapping.Results(
        target=pieces.number_column(section, "target", house, share=True),
        met=pieces.number_column(section, "met", house),
        total=pieces.number_column(section, "total", house),
        performance=pieces.number_column(section, "performance", house, share=True),
        claimed=_claimed(section, house),
    )
