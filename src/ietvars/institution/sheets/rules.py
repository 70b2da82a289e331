"""Pure decisions about sheets: who may send one back, what may follow what, and where the table stands in a file.

What each of its cells would do is the business of `comparing`. Never imports Django.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.sheets import cells, errors, layouts
from ietvars.institution.sheets.cells import Raw

SENDERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may send a sheet back; each row is checked besides."""

READERS = (*SENDERS, Role.LIST_APPROVER, Role.COORDINATOR, Role.OVERSEER)
"""Roles that may download one."""


class State(StrEnum):
    """Where a preview stands."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    DROPPED = "dropped"


NEXT: Mapping[State, frozenset[State]] = {
    State.PREVIEWED: frozenset({State.APPLIED, State.DROPPED}),
    State.APPLIED: frozenset(),
    State.DROPPED: frozenset(),
}
"""Every state with those that may follow. The same file can be sent again and is then previewed anew."""


class Outcome(StrEnum):
    """What a cell of the file would do. A cell that came back as it went out is not listed at all."""

    CHANGE = "change"
    CONFLICT = "conflict"
    REFUSED = "refused"
    SAME = "same"


class Choice(StrEnum):
    """What of a preview is applied."""

    ALL = "all"
    UNCONFLICTED = "unconflicted"


WRITES: Mapping[Choice, frozenset[Outcome]] = {
    Choice.ALL: frozenset({Outcome.CHANGE, Outcome.CONFLICT}),
    Choice.UNCONFLICTED: frozenset({Outcome.CHANGE}),
}


def require_sender(actor: Actor) -> None:
    """Refuse whoever may not send sheets back at all. Raises NotYourSheet."""
    if actor.role not in SENDERS:
        raise errors.NotYourSheet


def require_reader(actor: Actor) -> None:
    """Refuse whoever may not download sheets. Raises NotYourSheet."""
    if actor.role not in READERS:
        raise errors.NotYourSheet


def require_open(state: State, day: str) -> None:
    """Refuse a step with a preview that is done with. Raises AlreadyApplied, AlreadyDropped."""
    if State.APPLIED not in NEXT[state]:
        raise errors.AlreadyApplied(day=day) if state is State.APPLIED else errors.AlreadyDropped()


def judge(was: str, now: str, becomes: str) -> Outcome | None:
    """What a readable cell does; None where it came back as it went out."""
    if becomes == was:
        return None
    if becomes == now:
        return Outcome.SAME
    return Outcome.CHANGE if now == was else Outcome.CONFLICT


# ---- what went out, what stands, what came back ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """One row of a download: what it is about and the plain text of each of its cells."""

    key: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Download:
    """A sheet as it went out, by the numbers of its rows."""

    code: str
    kind: str
    language: str
    rows: Mapping[int, Sent]


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands now. `refusal` says why none of its cells can be changed by whoever sends the sheet."""

    key: str
    label: str
    cells: Mapping[str, str]
    refusal: Refusal | None = None
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file with its number as the spreadsheet program counts."""

    number: int
    cells: tuple[Raw, ...]
    is_hidden: bool = False

    def at(self, place: int) -> Raw:
        """The cell at a place; blank beyond the row's end."""
        return self.cells[place] if place < len(self.cells) else cells.BLANK


@dataclass(frozen=True)
class Judged:
    """One cell that would do something, or may not."""

    row: int
    place: int
    key: str
    label: str
    column: str
    outcome: Outcome
    was: str = ""
    now: str = ""
    becomes: str = ""
    refusal: Refusal | None = None

    @property
    def address(self) -> str:
        """Where it stands in the file, e.g. D17."""
        return f"{letters(self.place)}{self.row}"


@dataclass(frozen=True)
class Preview:
    """What a file would do, cell by cell, and what else is to be said of it."""

    kind: str
    cells: tuple[Judged, ...]
    rows: int = 0
    hidden_rows: tuple[int, ...] = ()
    absent_rows: int = 0
    absent_columns: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    downloads: tuple[str, ...] = field(default=())

    @property
    def counts(self) -> dict[str, int]:
        """Number of cells of each outcome."""
        found = Counter(cell.outcome.value for cell in self.cells)
        return {outcome.value: found[outcome.value] for outcome in Outcome}


def letters(place: int) -> str:
    """The letters of a column, counted from 0: A, B, ... Z, AA."""
    found = ""
    rest = place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        found = chr(ord("A") + letter) + found
    return found


# ---- the marks of rows -------------------------------------------------------------------------------------------

_MARK = re.compile(r"(iv[a-z0-9]{8})-([1-9][0-9]{0,6})")


def mark(download: str, number: int) -> str:
    """The mark of a row: which download, which row of it. It is text in every program, never a number or a date."""
    return f"{download}-{number}"


def read_mark(text: str) -> tuple[str, int] | None:
    """Download and row that a mark names; None where it is none."""
    found = _MARK.fullmatch(text.strip().casefold())
    return (found.group(1), int(found.group(2))) if found else None


HEADING_WITHIN = 10
"""The heading stands in one of the first rows; somebody may have put a title above it."""


@dataclass(frozen=True)
class Found:
    """Where the table stands in a file: its heading, the place of the marks, and the rows below."""

    heading: FileRow
    marks: int
    rows: tuple[FileRow, ...]

    def downloads(self) -> frozenset[str]:
        """Downloads that the marks name."""
        read = (read_mark(row.at(self.marks).text) for row in self.rows)
        return frozenset(each[0] for each in read if each)


def find(rows: Sequence[FileRow], file: str, language: str = "lv") -> Found:
    """The table within the rows of a file. Raises NotOurs, NothingKnown."""
    for index, row in enumerate(rows[:HEADING_WITHIN]):
        for place, raw in enumerate(row.cells):
            if layouts.column_of(cells.restored(raw.text), layouts.SERVICES) is layouts.MARK:
                below = tuple(each for each in rows[index + 1 :] if any(cell.text.strip() for cell in each.cells))
                return Found(row, place, below)
    raise errors.NotOurs(file=file, column=layouts.heading(layouts.MARK, language))
