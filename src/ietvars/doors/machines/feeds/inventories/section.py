"""Reads a mapping's TOML piece by piece and refuses every word that nobody asked for, with its place.

A slip of the pen in a mapping must never become a column that is silently not read.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from ietvars.doors.machines.feeds.inventories import errors

Plain = TypeVar("Plain", str, int, bool)


class Section:
    """One table of the mapping. Each word is asked for once; `done` refuses the words that are left."""

    def __init__(self, data: Mapping[str, Any], place: str) -> None:
        self._data = dict(data)
        self._asked: set[str] = set()
        self.place = place

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def at(self, key: str) -> str:
        """The place of a word, as a person would name it."""
        return f"{self.place}.{key}" if self.place else key

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        return self._data.get(key)

    def wrong(self, key: str, expected: str) -> errors.WrongShape:
        """The refusal for a value of the wrong sort."""
        found = self._data.get(key)
        shown = "nothing" if found is None else f"“{found}”"
        return errors.WrongShape(place=self.at(key), expected=expected, found=shown[:120])

    def need(self, key: str) -> None:
        """Refuse when the word is not there."""
        if key not in self._data:
            raise errors.MissingKey(key=key, place=self.place or "its top")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; one without default must be there."""
        if default is None:
            self.need(key)
        found = self._take(key)
        if found is None:
            return default or ""
        if not isinstance(found, str) or (default is None and not found.strip()):
            raise self.wrong(key, "a text")
        return found

    def number(self, key: str, default: int) -> int:
        """A whole number from 0."""
        found = self._take(key)
        if found is None:
            return default
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            raise self.wrong(key, "a whole number")
        return found

    def truth(self, key: str, *, default: bool) -> bool:
        """True or false."""
        found = self._take(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise self.wrong(key, "true or false")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        found = self._take(key)
        if found is None:
            return ()
        if isinstance(found, str):
            return (found,)
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.wrong(key, "a list of texts")
        return tuple(found)

    def pair(self, key: str) -> tuple[float, float] | None:
        """Two numbers, the lower first."""
        found = self._take(key)
        if found is None:
            return None
        if (
            not isinstance(found, list)
            or len(found) != 2
            or any(isinstance(each, bool) or not isinstance(each, int | float) for each in found)
            or found[0] > found[1]
        ):
            raise self.wrong(key, "two numbers, the lower first")
        return found[0], found[1]

    def words(self, key: str) -> dict[str, str]:
        """A table of texts."""
        found = self._take(key)
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise self.wrong(key, "a table of texts")
        return dict(found)

    def section(self, key: str) -> "Section | None":
        """The table under a word."""
        found = self._take(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.wrong(key, "a table")
        return Section(found, self.at(key))

    def sections(self, key: str) -> list["Section"]:
        """The tables of a list of tables."""
        found = self._take(key)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.wrong(key, "a list of tables")
        return [Section(each, f"{self.at(key)}[{number}]") for number, each in enumerate(found, start=1)]

    def named(self, key: str) -> dict[str, "Section"]:
        """Tables under names of their own."""
        found = self.section(key)
        if found is None:
            return {}
        return {name: each for name in found._data if (each := found.section(name)) is not None}  # noqa: SLF001

    def keys_of(self, key: str) -> list[str]:
        """The words inside the table under a word."""
        found = self._data.get(key)
        return list(found) if isinstance(found, dict) else []

    def is_table(self, key: str) -> bool:
        """Whether the word holds a table."""
        return isinstance(self._data.get(key), dict)

    def done(self) -> None:
        """Refuse the first word that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                raise errors.UnknownKey(
                    key=key, place=self.place or "its top", known=", ".join(sorted(self._asked)) or "nothing"
                )
