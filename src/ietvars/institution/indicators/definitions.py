"""The language in which an indicator is written as data: its words, its shape, and what it refuses.

Pure, never Django. A definition names described fields and quantities as texts; nothing here knows any inventory.
A word that is not known is refused with its place, so that a slip of the pen never becomes a figure.
The words are explained one by one in docs/howto/define-an-indicator.md.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from ietvars.institution.indicators import comparison, errors, expressions, parts

Part = TypeVar("Part")


class Kind(StrEnum):
    """What sort of number the figure is. A ratio divides amounts that are no cases: EUR, hours."""

    SHARE = "share"
    RATIO = "ratio"
    MEAN = "mean"
    MEDIAN = "median"
    COUNT = "count"
    AMOUNT = "amount"


class Aggregation(StrEnum):
    """How figures of services become one. There is no `best`: the best member never stands for the rest."""

    POOLED = "pooled"
    SUM = "sum"
    COUNT = "count"
    MEDIAN = "median"
    WEAKEST = "weakest"
    NONE = "none"


TESTED_AS = {
    Kind.SHARE: comparison.Kind.SHARE,
    Kind.RATIO: comparison.Kind.AMOUNT,
    Kind.MEAN: comparison.Kind.MEAN,
    Kind.MEDIAN: comparison.Kind.MEDIAN,
    Kind.COUNT: comparison.Kind.COUNT,
    Kind.AMOUNT: comparison.Kind.AMOUNT,
}
DIVIDED = frozenset({Kind.SHARE, Kind.RATIO})
_FITTING = {
    Aggregation.POOLED: {Kind.SHARE, Kind.RATIO, Kind.MEAN},
    Aggregation.SUM: {Kind.COUNT, Kind.AMOUNT},
    Aggregation.COUNT: set(Kind),
    Aggregation.MEDIAN: set(Kind),
    Aggregation.WEAKEST: set(Kind),
    Aggregation.NONE: set(Kind),
}


# ---- the definition ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A condition with a code and words, so that what it catches can be listed."""

    code: str
    text: Mapping[str, str]
    when: expressions.Condition


@dataclass(frozen=True)
class Indicator:
    """One version of one definition, read and checked. `spec` is the data it was read from."""

    code: str
    version: int
    register: str
    name: Mapping[str, str]
    purpose: Mapping[str, str]
    source: Mapping[str, str]
    valid_from: date
    unit: str
    kind: Kind
    direction: comparison.Direction
    aggregation: Aggregation
    stage: str
    by: frozenset[str]
    whole: bool
    compared: bool
    population: expressions.Condition | None
    numerator: expressions.Amount | None
    denominator: expressions.Amount | None
    value: expressions.Amount | None
    pooled_over: str
    floor: comparison.Floor | None
    grain: Decimal | None
    exclusions: tuple[Named, ...]
    alternatives: tuple[Named, ...]
    checks: tuple[Named, ...]
    sources: frozenset[str]
    spec: Mapping[str, Any]

    @property
    def amounts(self) -> tuple[expressions.Amount, ...]:
        """The parts that make the figure."""
        return tuple(part for part in (self.numerator, self.denominator, self.value) if part is not None)

    @property
    def mark(self) -> str:
        """What names this wording in a comparison."""
        return f"{self.code} v{self.version}"


@dataclass(frozen=True)
class Register:
    """A set of definitions from one hand; `sources` are the inventories it is for, none means all others."""

    code: str
    sources: frozenset[str]
    indicators: tuple[Indicator, ...]


def read(text: str) -> Register:
    """The register written in a TOML text. Raises a `Refusal` that names the place of the fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise errors.NotToml(why=str(fault)) from fault
    return register(data)


def register(data: Mapping[str, Any]) -> Register:
    """The register of a document: `register`, `sources`, `lists` and `indicator` tables."""
    place = "register"
    parts.only(data, {"register", "sources", "lists", "indicator"}, place)
    lists = {
        name: parts.texts(found, f"{place}.lists.{name}")
        for name, found in parts.table(data.get("lists", {}), f"{place}.lists").items()
    }
    code = parts.text(parts.need(data, "register", place), f"{place}.register")
    sources = parts.texts(data.get("sources", []), f"{place}.sources")
    indicators = tuple(
        indicator({**_spelt(each, lists, f"indicator[{at}]"), "register": code, "sources": sorted(sources)})
        for at, each in enumerate(parts.listing(data.get("indicator", []), "indicator"), start=1)
    )
    seen: set[str] = set()
    for each in indicators:
        if each.mark in seen:
            raise errors.DefinedTwice(code=each.code, version=each.version)
        seen.add(each.mark)
    return Register(code, frozenset(sources), indicators)


def _spelt(data: object, lists: Mapping[str, tuple[str, ...]], place: str) -> dict[str, Any]:
    """The table with each text `@name` replaced by the list of that name."""

    def spell(part: Any) -> Any:
        if isinstance(part, str) and part.startswith("@"):
            if part[1:] not in lists:
                raise errors.UnknownWord(place=place, word=part, known=", ".join(f"@{name}" for name in lists) or "–")
            return list(lists[part[1:]])
        if isinstance(part, Mapping):
            return {word: spell(each) for word, each in part.items()}
        return [spell(each) for each in part] if isinstance(part, list) else part

    return {word: spell(part) for word, part in parts.table(data, place).items()}


_WORDS = frozenset(
    "code version register sources name purpose source valid_from unit kind direction aggregation stage by whole "
    "compared population numerator denominator value pooled_over floor grain exclusion alternative check".split()
)


def indicator(spec: Mapping[str, Any]) -> Indicator:
    """One definition from its data, which may also come back from where it was kept as JSON."""
    code = parts.text(parts.need(spec, "code", "indicator"), "indicator.code")
    parts.only(spec, _WORDS, code)
    made = Indicator(
        code=code,
        version=parts.whole(parts.need(spec, "version", code), f"{code}.version"),
        register=parts.text(parts.need(spec, "register", code), f"{code}.register"),
        name=parts.words(parts.need(spec, "name", code), f"{code}.name"),
        purpose=parts.words(spec.get("purpose", {}), f"{code}.purpose", empty=True),
        source=parts.words(parts.need(spec, "source", code), f"{code}.source"),
        valid_from=parts.day(parts.need(spec, "valid_from", code), f"{code}.valid_from"),
        unit=parts.text(parts.need(spec, "unit", code), f"{code}.unit"),
        kind=parts.one_of(Kind, parts.need(spec, "kind", code), f"{code}.kind"),
        direction=parts.one_of(comparison.Direction, parts.need(spec, "direction", code), f"{code}.direction"),
        aggregation=parts.one_of(Aggregation, parts.need(spec, "aggregation", code), f"{code}.aggregation"),
        stage=parts.text(spec.get("stage", ""), f"{code}.stage", empty=True),
        by=frozenset(
            parts.known_all(parts.texts(spec.get("by", []), f"{code}.by"), {"channel", "stage"}, f"{code}.by")
        ),
        whole=parts.truth(spec.get("whole", True), f"{code}.whole"),
        compared=parts.truth(spec.get("compared", True), f"{code}.compared"),
        population=_maybe(expressions.condition, spec, "population", code),
        numerator=_maybe(expressions.amount, spec, "numerator", code),
        denominator=_maybe(expressions.amount, spec, "denominator", code),
        value=_maybe(expressions.amount, spec, "value", code),
        pooled_over=parts.word(spec.get("pooled_over", "measured"), {"measured", "population"}, f"{code}.pooled_over"),
        floor=_floor(spec["floor"], f"{code}.floor") if "floor" in spec else None,
        grain=parts.number(spec["grain"], f"{code}.grain") if "grain" in spec else None,
        exclusions=_named(spec, "exclusion", code),
        alternatives=_named(spec, "alternative", code),
        checks=_named(spec, "check", code),
        sources=frozenset(parts.texts(spec.get("sources", []), f"{code}.sources")),
        spec=spec,
    )
    _coherent(made)
    return made


def _coherent(made: Indicator) -> None:
    """A share or ratio divides, all else has one value; what is pooled can be; `by` has something to slice."""
    needed = ("numerator", "denominator") if made.kind in DIVIDED else ("value",)
    for part in ("numerator", "denominator", "value"):
        if part in needed and getattr(made, part) is None:
            raise errors.DefinitionPartMissing(place=made.code, part=part)
        if part not in needed and getattr(made, part) is not None:
            raise errors.UnknownWord(place=made.code, word=part, known=", ".join(needed))
    if made.kind not in _FITTING[made.aggregation]:
        raise errors.AggregationDoesNotFit(code=made.code, aggregation=made.aggregation, kind=made.kind)
    slicing = any(expressions.sliced(part) for part in made.amounts)
    if slicing != bool(made.by):
        raise errors.NothingToSlice(code=made.code)


def _named(spec: Mapping[str, Any], word: str, place: str) -> tuple[Named, ...]:
    made = []
    for at, each in enumerate(parts.listing(spec.get(word, []), f"{place}.{word}"), start=1):
        here = f"{place}.{word}[{at}]"
        table = parts.table(each, here)
        parts.only(table, {"code", "text", "when"}, here)
        made.append(
            Named(
                parts.text(parts.need(table, "code", here), f"{here}.code"),
                parts.words(parts.need(table, "text", here), f"{here}.text"),
                expressions.condition(parts.need(table, "when", here), f"{here}.when"),
            )
        )
    return tuple(made)


def _maybe(reader: Callable[[object, str], Part], spec: Mapping[str, Any], word: str, place: str) -> Part | None:
    return reader(spec[word], f"{place}.{word}") if word in spec else None


def _floor(data: object, place: str) -> comparison.Floor:
    table = parts.table(data, place)
    parts.only(table, {"absolute", "relative"}, place)
    return comparison.Floor(**{word: float(parts.number(table[word], f"{place}.{word}")) for word in table})
