"""Reads the small parts of a definition out of data: texts, numbers, days, lists. Refuses with the place of the fault.

Pure, never Django.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from ietvars.ground.terms import rules as terms
from ietvars.institution.indicators import errors

Word = TypeVar("Word", bound=StrEnum)


def show(data: object) -> str:
    """The found thing in a few letters."""
    text = ", ".join(map(str, data)) if isinstance(data, Mapping | list | tuple) else repr(data)
    return text[:80] or "nothing"


def table(data: object, place: str) -> Mapping[str, Any]:
    """A table of words."""
    if not isinstance(data, Mapping):
        raise errors.WrongShape(place=place, expected="a table", found=show(data))
    return data


def only(data: Mapping[str, Any], known: Collection[str], place: str) -> None:
    """Refuse a word that is not among the known ones."""
    for word in data:
        if word not in known:
            raise errors.UnknownWord(place=place, word=word, known=", ".join(sorted(known)))


def need(data: Mapping[str, Any], word: str, place: str) -> Any:
    """The part under a word that must be there."""
    if word not in data:
        raise errors.DefinitionPartMissing(place=place, part=word)
    return data[word]


def text(data: object, place: str, *, empty: bool = False) -> str:
    """A text, not empty unless allowed."""
    if not isinstance(data, str) or not (empty or data.strip()):
        raise errors.WrongShape(place=place, expected="a text", found=show(data))
    return data


def listing(data: object, place: str) -> list[Any]:
    """A list."""
    if not isinstance(data, list | tuple):
        raise errors.WrongShape(place=place, expected="a list", found=show(data))
    return list(data)


def texts(data: object, place: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(each, f"{place}[{at}]") for at, each in enumerate(listing(data, place), start=1))


def words(data: object, place: str, *, empty: bool = False) -> dict[str, str]:
    """Texts by language."""
    found = dict(table(data, place))
    if faults := terms.faults(found):
        raise errors.WrongShape(place=place, expected="texts by language", found=faults[0])
    if not empty and not any(found.values()):
        raise errors.WrongShape(place=place, expected="texts by language", found="none")
    return found


def number(data: object, place: str) -> Decimal:
    """A finite number."""
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        raise errors.WrongShape(place=place, expected="a number", found=show(data))
    made = Decimal(str(data))
    if not made.is_finite():
        raise errors.WrongShape(place=place, expected="a number", found=show(data))
    return made


def whole(data: object, place: str) -> int:
    """A whole number from 1."""
    if isinstance(data, bool) or not isinstance(data, int) or data < 1:
        raise errors.WrongShape(place=place, expected="a whole number from 1", found=show(data))
    return data


def truth(data: object, place: str) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        raise errors.WrongShape(place=place, expected="true or false", found=show(data))
    return data


def day(data: object, place: str) -> date:
    """A day, also where it was kept as text."""
    if isinstance(data, date):
        return data
    try:
        return date.fromisoformat(text(data, place))
    except ValueError as fault:
        raise errors.WrongShape(place=place, expected="a day, such as 2025-01-01", found=show(data)) from fault


def one_of(kind: type[Word], data: object, place: str) -> Word:
    """A word of a closed set."""
    try:
        return kind(text(data, place))
    except ValueError as fault:
        raise errors.UnknownWord(place=place, word=data, known=", ".join(kind)) from fault


def word(data: object, known: Collection[str], place: str) -> str:
    """One of the known words."""
    return known_all((text(data, place),), known, place)[0]


def known_all(found: tuple[str, ...], known: Collection[str], place: str) -> tuple[str, ...]:
    """The words, each of them known."""
    for each in found:
        if each not in known:
            raise errors.UnknownWord(place=place, word=each, known=", ".join(sorted(known)))
    return found
