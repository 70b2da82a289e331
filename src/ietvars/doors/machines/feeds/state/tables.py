"""Reads one TOML table entry by entry and says in one sentence what is wrong. It knows types, not meanings."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ietvars.doors.machines.feeds.state.entries import Place
from ietvars.ground.terms import rules as terms


class Wrong(Exception):
    """What is wrong with a table, as the second half of a sentence that begins with its place."""


class Table:
    """A table whose keys are taken one by one; `done` complains about those nobody took."""

    def __init__(self, values: Mapping[str, Any], place: Place) -> None:
        self.place = place
        self._values = dict(values)
        self._asked: list[str] = []

    def _take(self, key: str) -> Any:
        self._asked.append(key)
        return self._values.pop(key, None)

    def has(self, key: str) -> bool:
        """Whether the key stands in the table and was not taken yet."""
        return key in self._values

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text on one line; empty when it is not there."""
        value = self._take(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise Wrong(f'“{key}” must be a text; write {key} = "..."')
        return value

    def texts(self, key: str, *, needed: bool = False) -> dict[str, str]:
        """A text in several languages; empty when it is not there."""
        value = self._take(key)
        if value is None and not needed:
            return {}
        if terms.faults(value) or not value.get("lv"):
            raise Wrong(f'“{key}” must be a text in languages, Latvian among them; write {key} = {{ lv = "..." }}')
        return dict(value)

    def codes(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when it is not there."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise Wrong(f'“{key}” must be a list of texts; write {key} = ["..."]')
        return tuple(value)

    def word_lists(self, key: str) -> dict[str, list[str]]:
        """Language to a list of texts; empty when it is not there."""
        value = self._take(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(
            isinstance(words, list) and all(isinstance(word, str) for word in words) for words in value.values()
        ):
            raise Wrong(f'“{key}” must hold a list for each language; write {key} = {{ lv = ["..."] }}')
        return value

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """A day; None when it is not there."""
        value = self._take(key)
        if value is None and not needed:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise Wrong(f"“{key}” must be a day without quotes; write {key} = 2026-03-12")
        return value

    def yes(self, key: str, *, otherwise: bool = False) -> bool:
        """A yes or no."""
        value = self._take(key)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            raise Wrong(f"“{key}” must be true or false, without quotes")
        return value

    def number(self, key: str, *, needed: bool = False) -> int | None:
        """A whole number that is not negative; None when it is not there."""
        value = self._take(key)
        if value is None and not needed:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Wrong(f"“{key}” must be a whole number that is not negative")
        return value

    def money(self, key: str) -> Decimal | None:
        """An amount of money; None when it is not there."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise Wrong(f"“{key}” must be an amount that is not negative; write {key} = 15.00")
        return Decimal(str(value)).quantize(Decimal("0.01"))

    def quantity(self, key: str) -> Decimal | None:
        """A number, such as a target; None when it is not there."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Wrong(f"“{key}” must be a number; write {key} = 0.5")
        return Decimal(str(value))

    def one_of(self, key: str, known: Iterable[str], *, otherwise: str = "") -> str:
        """One of the known words; `otherwise` when it is not there and something else is given for that case."""
        value = self.text(key, needed=not otherwise) or otherwise
        if value not in (words := tuple(known)):
            raise Wrong(f"“{key}” is “{value}”; write one of {', '.join(words)}")
        return value

    def inner(self, key: str) -> "Table":
        """A table inside this one; an empty one when it is not there."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            raise Wrong(f"“{key}” must be a table of its own")
        return Table(value or {}, self.place)

    def values(self, key: str) -> dict[str, Any]:
        """A table of values whose keys and forms another room knows; empty when it is not there."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            raise Wrong(f"“{key}” must be a table of its own")
        return dict(value or {})

    def many(self, key: str) -> list["Table"]:
        """Tables inside this one, in order."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise Wrong(f"“{key}” must be a list of tables")
        return [Table(entry, self.place) for entry in value]

    def ignore(self, *keys: str) -> None:
        """Take keys that say something only to the people who write the folder."""
        for key in keys:
            self._take(key)

    def done(self) -> None:
        """Complain about keys that nobody knows: they are most often misspelt."""
        for key in self._values:
            raise Wrong(f"“{key}” is not known here; correct it or take it away. Known are {', '.join(self._asked)}")
