"""What every reader gives: raw events, each with its case, and the faults of those that cannot be one.

Values are texts as they stand in the file, told by role (see `mapping.ROLES`). Nothing here knows a format.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_TEXT = 400
"""Characters of a value that are kept; names of activities and cases are shorter."""

MOST_FAULTS = 1_000
"""So many faults are listed with their line; beyond that they are counted only."""


class Raw(NamedTuple):
    """One event as it stands in a log. `own` are its values by role, `of_case` those that its case carries."""

    case: str
    line: int
    own: Mapping[str, str]
    of_case: Mapping[str, str] = {}


class Fault(NamedTuple):
    """Why one event was refused, and where it stands."""

    file: str
    line: int
    code: str
    what: str

    def document(self) -> dict[str, object]:
        """As JSON."""
        return self._asdict()


@dataclass
class Notes:
    """What a reader noticed on the way; the report is made of it."""

    file: str
    log: str = ""
    faults: list[Fault] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)

    def refuse(self, line: int, code: str, what: str = "") -> None:
        """Note an event that cannot be taken."""
        self.refused[code] += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.file, line, code, what[:120]))


Reader = Iterator[Raw]

Tell = Callable[[int], None]
"""Called with the number of bytes of the file read since the last call."""
