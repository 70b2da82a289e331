"""The three-way comparison: the canvas a service was made from, the newer one, and what the owner wrote.

Nothing of the owner's is ever lost: a part in which he differs from the old canvas is replaced only where he names it.
A change is classed; wording alone never reopens an instance. Pure; never imports Django.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import rules
from ietvars.institution.canvases.description import Description, is_empty, same
from ietvars.institution.canvases.rules import BLOCKING, Part


class Class(StrEnum):
    """What a change of a canvas is about, weightiest first."""

    LEGAL = "legal"
    REQUIREMENT = "requirement"
    WORDING = "wording"


REOPENING = frozenset({Class.LEGAL, Class.REQUIREMENT})
"""Only these make an instance due; a wording may be taken at leisure."""

LAW = frozenset({"legal_acts"})
"""Parts whose common content is law."""

FACTS = frozenset(
    {"audience", "eligibility", "evidence", "apply_within", "fees", "term", "kind", "languages"}
    | {path for path in descriptions.PARTS if path.endswith((".channels", ".providers"))}
)
"""Parts whose common content is a fact, so that another value is another duty and no wording."""


class Standing(StrEnum):
    """How the owner's part stands to the new common content."""

    UNCHANGED = "unchanged"
    TAKEN = "taken"
    OPEN = "open"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Change:
    """One part in which the newer canvas differs. `was`, `becomes` and `mine` are contents; None where there is none.

    `asked_was` and `asked_becomes` are the levels; `standing` tells whether the owner wrote something of his own.
    """

    path: str
    of_class: Class
    standing: Standing
    was: Any = None
    becomes: Any = None
    mine: Any = None
    asked_was: str = ""
    asked_becomes: str = ""
    source_was: Mapping[str, str] | None = None
    source_becomes: Mapping[str, str] | None = None

    @property
    def has_content(self) -> bool:
        """Whether there is a text or fact to take, and not only another requirement."""
        return self.standing in (Standing.OPEN, Standing.CONFLICT)


def compare(old: Iterable[Part], new: Iterable[Part], mine: Description) -> tuple[Change, ...]:
    """Field by field what a newer canvas changes for one description, in the order of the parts."""
    before, after = {part.path: part for part in old}, {part.path: part for part in new}
    found = (_change(path, before.get(path), after.get(path), mine.get(path)) for path in descriptions.PARTS)
    return tuple(change for change in found if change is not None)


def _change(path: str, old: Part | None, new: Part | None, mine: Any) -> Change | None:
    if old == new:
        return None
    was, becomes = old.text if old else None, new.text if new else None
    weight = _class(path, old, new)
    if weight is None:
        return None
    return Change(
        path=path,
        of_class=weight,
        standing=_standing(was, becomes, mine),
        was=was,
        becomes=becomes,
        mine=mine,
        asked_was=old.level.value if old else "",
        asked_becomes=new.level.value if new else "",
        source_was=old.source if old else None,
        source_becomes=new.source if new else None,
    )


def _class(path: str, old: Part | None, new: Part | None) -> Class | None:
    """What the change is about: the weightiest thing that differs; None when nothing a reader sees does."""
    if old is None or new is None:
        # A part that comes or goes is a requirement when it binds or brings content; else it is a hint more or less.
        part = new or old
        assert part is not None
        binds = part.level in BLOCKING or bool(part.also)
        if not is_empty(part.text):
            return Class.LEGAL if path in LAW else Class.REQUIREMENT if binds or path in FACTS else Class.WORDING
        return Class.REQUIREMENT if binds else Class.WORDING
    has_other_text = not same(old.text, new.text)
    if dict(old.source) != dict(new.source) or (has_other_text and path in LAW):
        return Class.LEGAL
    asks = (old.level, old.also, old.valid_from, old.valid_until) != (
        new.level, new.also, new.valid_from, new.valid_until,
    )  # fmt: skip
    if asks or (has_other_text and path in FACTS):
        return Class.REQUIREMENT
    return Class.WORDING


def _standing(was: Any, becomes: Any, mine: Any) -> Standing:
    if same(was, becomes):
        return Standing.UNCHANGED
    if same(mine, becomes):
        return Standing.TAKEN
    # Content that the new canvas no longer brings is not taken away from the owner by itself.
    if same(mine, was) and not is_empty(becomes):
        return Standing.OPEN
    return Standing.CONFLICT


def reopens(changes: Iterable[Change]) -> bool:
    """Whether the changes make an instance due."""
    return any(change.of_class in REOPENING for change in changes)


def take(mine: Description, changes: Sequence[Change], paths: Collection[str] | None = None) -> dict[str, Any]:
    """The description with new common content: of the named paths, or of all in which the owner wrote nothing."""
    wanted = {
        change.path: change.becomes
        for change in changes
        if (change.standing is Standing.OPEN if paths is None else change.path in paths and change.has_content)
    }
    return descriptions.with_changes(mine, wanted)


def overrides(parts: Iterable[Part], mine: Description) -> tuple[str, ...]:
    """Paths in which the description says something else than the canvas's common content."""
    common = rules.content(parts)
    return tuple(path for path in descriptions.PARTS if path in common and not same(common[path], mine.get(path)))


def laid_into(parts: Iterable[Part], mine: Description) -> dict[str, Any]:
    """A description laid into a canvas: what it says stays, and common content fills what says nothing."""
    common = rules.content(parts)
    return descriptions.with_changes(common, {path: value for path, value in mine.items() if not is_empty(value)})
