"""Conditions and amounts of the definition language: what they are, and how they are read from data.

Pure, never Django. A condition is true, false or not to be told; an amount is a number with its state. Evaluating
them is the engine's. A word that is not known is refused with its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ietvars.institution.indicators import errors, parts
from ietvars.institution.measurements.values import State

STATE_MARK = "state:"
"""In a set of values, `state:not_applicable` stands for the state and not for a text."""


# ---- conditions: true, false, or not to be told -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Among:
    """A set of texts and states. Texts are compared without regard to case."""

    texts: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()


@dataclass(frozen=True, slots=True)
class Contains:
    """Some value of a field that may hold several is in the set; with `other`, some value is outside it."""

    field: str
    among: Among
    other: bool = False


@dataclass(frozen=True, slots=True)
class Equals:
    """The field holds one value and it is in the set, or the field's state is."""

    field: str
    among: Among


@dataclass(frozen=True, slots=True)
class Every:
    """Every part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount against a number: `at_least`, `above`, `at_most`, `below`."""

    amount: "Amount"
    word: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class InState:
    """The amount is in one of the states."""

    amount: "Amount"
    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class Same:
    """Two amounts are equal."""

    first: "Amount"
    second: "Amount"


Condition = Contains | Equals | Every | Some | Not | Limit | InState | Same


# ---- amounts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that needs no measuring, such as 1 for each service."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class Sum:
    """A quantity added over channels.

    `channels` None: what was reported over all channels, else the named ones added. An empty tuple: the named ones,
    else what was reported over all. A listed channel without any report counts as not asked. `among`: of the named
    ones only these; where others are named and none of these, the quantity applies to none of them.
    `each`: this amount is the one that is sliced where the definition says `by`.
    `where_not_applicable`: the number that stands where the quantity applies nowhere.
    """

    quantity: str
    channels: tuple[str, ...] | None = None
    among: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    stage: str | None = None
    each: bool = False
    where_not_applicable: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """One reported mean, median or quantile as it is, with its n, spread and scale; `rescale` maps its scale."""

    quantity: str
    channel: str = ""
    stage: str | None = None
    each: bool = False
    rescale: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """`plus` or `minus`: all parts must be measured."""

    word: str
    parts: tuple["Amount", ...]


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many of the conditions are true; a single one gives 1 or 0."""

    conditions: tuple[Condition, ...]


Amount = Constant | Sum | Take | Combined | CountOf


def sliced(what: Amount) -> tuple[Sum | Take, ...]:
    """The sums and takes in an amount that are marked `each`."""
    match what:
        case Sum() | Take():
            return (what,) if what.each else ()
        case Combined(_, inner):
            return tuple(leaf for part in inner for leaf in sliced(part))
        case _:
            return ()


# ---- reading conditions -----------------------------------------------------------------------------------------


def condition(data: object, place: str) -> Condition:
    """A condition: one of `all`, `any`, `not`, `field`, `each`, `some`, `amount`, `equal`."""
    table = parts.table(data, place)
    heads = [word for word in _CONDITIONS if word in table]
    if len(heads) != 1:
        raise errors.WrongShape(
            place=place, expected="exactly one of " + ", ".join(_CONDITIONS), found=parts.show(table)
        )
    return _CONDITIONS[heads[0]](table, place)


def _several(table: Mapping[str, Any], word: str, place: str) -> tuple[Condition, ...]:
    parts.only(table, {word}, place)
    given = parts.listing(table[word], f"{place}.{word}")
    if not given:
        raise errors.WrongShape(place=f"{place}.{word}", expected="at least one condition", found="none")
    return tuple(condition(part, f"{place}.{word}[{at}]") for at, part in enumerate(given, start=1))


def _not(table: Mapping[str, Any], place: str) -> Condition:
    parts.only(table, {"not"}, place)
    return Not(condition(table["not"], f"{place}.not"))


def _field(table: Mapping[str, Any], place: str) -> Condition:
    operators = {"contains", "contains_other_than", "is", "state"}
    parts.only(table, {"field"} | operators, place)
    name = parts.text(table["field"], f"{place}.field")
    given = [word for word in table if word in operators]
    if len(given) != 1:
        raise errors.WrongShape(place=place, expected="one of " + ", ".join(sorted(operators)), found=parts.show(given))
    word = given[0]
    if word == "state":
        return Equals(name, Among(states=_states(table[word], f"{place}.state")))
    among = _among(table[word], f"{place}.{word}")
    return Equals(name, among) if word == "is" else Contains(name, among, other=word == "contains_other_than")


def _fields(table: Mapping[str, Any], word: str, place: str) -> tuple[Condition, ...]:
    parts.only(table, {word, "is"}, place)
    among = _among(parts.need(table, "is", place), f"{place}.is")
    names = parts.texts(table[word], f"{place}.{word}")
    if not names:
        raise errors.WrongShape(place=f"{place}.{word}", expected="at least one field", found="none")
    return tuple(Equals(name, among) for name in names)


_LIMITS = ("at_least", "above", "at_most", "below")


def _limit(table: Mapping[str, Any], place: str) -> Condition:
    parts.only(table, {"amount", "state", *_LIMITS}, place)
    measured = amount(table["amount"], f"{place}.amount")
    given = [word for word in table if word != "amount"]
    if len(given) != 1:
        raise errors.WrongShape(place=place, expected="one of state, " + ", ".join(_LIMITS), found=parts.show(given))
    if given[0] == "state":
        return InState(measured, _states(table["state"], f"{place}.state"))
    return Limit(measured, given[0], parts.number(table[given[0]], f"{place}.{given[0]}"))


def _equal(table: Mapping[str, Any], place: str) -> Condition:
    parts.only(table, {"equal"}, place)
    given = parts.listing(table["equal"], f"{place}.equal")
    if len(given) != 2:
        raise errors.WrongShape(place=f"{place}.equal", expected="two amounts", found=str(len(given)))
    return Same(amount(given[0], f"{place}.equal[1]"), amount(given[1], f"{place}.equal[2]"))


_CONDITIONS: dict[str, Callable[[Mapping[str, Any], str], Condition]] = {
    "all": lambda table, place: Every(_several(table, "all", place)),
    "any": lambda table, place: Some(_several(table, "any", place)),
    "not": _not,
    "field": _field,
    "each": lambda table, place: Every(_fields(table, "each", place)),
    "some": lambda table, place: Some(_fields(table, "some", place)),
    "amount": _limit,
    "equal": _equal,
}


def _among(data: object, place: str) -> Among:
    texts = parts.texts([data] if isinstance(data, str) else data, place)
    states = [text.removeprefix(STATE_MARK) for text in texts if text.startswith(STATE_MARK)]
    return Among(
        frozenset(text.casefold() for text in texts if not text.startswith(STATE_MARK)),
        _states(states, place) if states else frozenset(),
    )


def _states(data: object, place: str) -> frozenset[State]:
    texts = parts.texts([data] if isinstance(data, str) else data, place)
    return frozenset(parts.one_of(State, text, place) for text in texts)


# ---- reading amounts --------------------------------------------------------------------------------------------


def amount(data: object, place: str) -> Amount:
    """An amount: a number, or one of `sum`, `take`, `plus`, `minus`, `count_of`."""
    if isinstance(data, int | float | Decimal) and not isinstance(data, bool):
        return Constant(parts.number(data, place))
    table = parts.table(data, place)
    heads = [word for word in _AMOUNTS if word in table]
    if len(heads) != 1:
        raise errors.WrongShape(place=place, expected="exactly one of " + ", ".join(_AMOUNTS), found=parts.show(table))
    return _AMOUNTS[heads[0]](table, place)


def _sum(table: Mapping[str, Any], place: str) -> Amount:
    parts.only(table, {"sum", "channels", "among", "except", "stage", "each", "where_not_applicable"}, place)
    given = table.get("channels")
    channels: tuple[str, ...] | None
    if given is None or given == "all":
        channels = () if given else None
    else:
        channels = parts.texts(given, f"{place}.channels")
        if not channels:
            raise errors.WrongShape(place=f"{place}.channels", expected="`all` or channels", found="none")
    if "among" in table and channels != ():
        raise errors.WrongShape(place=place, expected='channels = "all" beside among', found=parts.show(given))
    nothing = table.get("where_not_applicable")
    return Sum(
        quantity=parts.text(table["sum"], f"{place}.sum"),
        channels=channels,
        among=frozenset(parts.texts(table.get("among", []), f"{place}.among")),
        but=frozenset(parts.texts(table.get("except", []), f"{place}.except")),
        stage=parts.text(table["stage"], f"{place}.stage", empty=True) if "stage" in table else None,
        each=parts.truth(table.get("each", False), f"{place}.each"),
        where_not_applicable=None if nothing is None else parts.number(nothing, f"{place}.where_not_applicable"),
    )


def _take(table: Mapping[str, Any], place: str) -> Amount:
    parts.only(table, {"take", "channel", "stage", "each", "rescale"}, place)
    ends = parts.listing(table["rescale"], f"{place}.rescale") if "rescale" in table else None
    if ends is not None and len(ends) != 2:
        raise errors.WrongShape(place=f"{place}.rescale", expected="two numbers", found=str(len(ends)))
    return Take(
        quantity=parts.text(table["take"], f"{place}.take"),
        channel=parts.text(table.get("channel", ""), f"{place}.channel", empty=True),
        stage=parts.text(table["stage"], f"{place}.stage", empty=True) if "stage" in table else None,
        each=parts.truth(table.get("each", False), f"{place}.each"),
        rescale=None if ends is None else (parts.number(ends[0], place), parts.number(ends[1], place)),
    )


def _combined(table: Mapping[str, Any], word: str, place: str) -> Amount:
    parts.only(table, {word}, place)
    given = parts.listing(table[word], f"{place}.{word}")
    if len(given) < 2:
        raise errors.WrongShape(place=f"{place}.{word}", expected="two amounts or more", found=str(len(given)))
    return Combined(word, tuple(amount(part, f"{place}.{word}[{at}]") for at, part in enumerate(given, start=1)))


def _count_of(table: Mapping[str, Any], place: str) -> Amount:
    parts.only(table, {"count_of"}, place)
    return CountOf(_several({"count_of": table["count_of"]}, "count_of", place))


_AMOUNTS: dict[str, Callable[[Mapping[str, Any], str], Amount]] = {
    "sum": _sum,
    "take": _take,
    "plus": lambda table, place: _combined(table, "plus", place),
    "minus": lambda table, place: _combined(table, "minus", place),
    "count_of": _count_of,
}
