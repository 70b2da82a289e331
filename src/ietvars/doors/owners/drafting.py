"""What the page of a draft shows: its parts with help and gaps, what is missing, nearly equal services, and conflicts.

Composes values for the templates. Levels, gaps and conflicts are the rooms' decisions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import part_names, words
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.writing import DraftForm, Drawn
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import merging, requirements
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases.requirements import Gap
from ietvars.institution.canvases.rules import BLOCKING
from ietvars.institution.quality import queries as marked
from ietvars.institution.quality import rules as quality
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.revisions.rules import Conflict


@dataclass(frozen=True)
class Comment:
    """What a colleague says of a part."""

    pk: int
    text: str
    who: str
    at: Any


@dataclass(frozen=True)
class WrittenPart:
    """One part of the form. `mark` is the word of its strongest requirement, `gaps` what it does not say yet."""

    path: str
    anchor: str
    name: str
    mark: str
    drawn: Drawn
    help: str
    example: str
    practice: str
    source: str
    solutions: tuple[str, ...]
    empty_says: str
    gaps: tuple[str, ...]
    advice: tuple[str, ...]
    common: str
    comments: tuple[Comment, ...]
    may_wait: bool

    @property
    def has_more(self) -> bool:
        """Whether there is anything in the fold below the help."""
        return bool(self.example or self.practice or self.source or self.solutions)


@dataclass(frozen=True)
class Section:
    """A heading with its parts."""

    anchor: str
    heading: str
    parts: tuple[WrittenPart, ...]

    @property
    def first(self) -> tuple[WrittenPart, ...]:
        """Parts that one sees at once: those asked for, and those that say something or are spoken of."""
        return tuple(part for part in self.parts if not part.may_wait)

    @property
    def later(self) -> tuple[WrittenPart, ...]:
        """Empty parts that may stay empty; they wait in a fold, so that the way through the form is short."""
        return tuple(part for part in self.parts if part.may_wait)


@dataclass(frozen=True)
class Missing:
    """The column beside the form: what keeps the draft from going on, and what would be good."""

    blocking: tuple[tuple[Link, str], ...]
    desirable: tuple[tuple[Link, str], ...]
    needed: int
    met: int
    marks: tuple[tuple[Link, str], ...] = ()

    @property
    def share(self) -> int:
        """How much of what is needed is there, in percent."""
        return round(100 * self.met / self.needed) if self.needed else 100

    @property
    def heading(self) -> str:
        """How many things are missing before publication."""
        if not self.blocking:
            return _("Nothing is missing")
        return _("Missing before publication: %(count)s") % {"count": len(self.blocking)}

    @property
    def under(self) -> str:
        """How many requirements are fulfilled."""
        return _("%(met)s fulfilled of those that are needed.") % {
            "met": words.of(self.met, self.needed, language()),
        }


def gap_sentences(found: Iterable[Gap]) -> dict[str, tuple[list[str], list[str]]]:
    """Path to the sentences of gaps that block, and of those that are advice."""
    told: dict[str, tuple[list[str], list[str]]] = {}
    for gap in found:
        told.setdefault(gap.part, ([], []))[0 if gap.blocks else 1].append(_(gap.sentence))
    return told


def missing(description: Mapping[str, Any], asked: Sequence[requirements.Asked]) -> Missing:
    """What a description does not say, by the rules that the gate asks."""
    found = requirements.gaps(description, asked)
    needed = sum(1 for one in asked if one.level in BLOCKING)
    blocking = tuple(_row(gap) for gap in found if gap.blocks)
    return Missing(
        blocking=blocking,
        desirable=tuple(_row(gap) for gap in found if not gap.blocks),
        needed=needed,
        met=needed - len(blocking),
        marks=tuple(
            (Link(part_names.name(mark.part), f"#{part_names.anchor(mark.part)}"), says)
            for mark, says in text_marks(description)
        ),
    )


def text_marks(description: Mapping[str, Any], most: int = 5) -> list[tuple[Any, str]]:
    """The first marks of the text check with their sentences in the reader's language."""
    known = marked.known_abbreviations()
    found = [mark for mark in quality.look(description, known) if mark.part in descriptions.PARTS]
    return [(mark, pick(mark.remedy, language())) for mark in found[:most]]


def _row(gap: Gap) -> tuple[Link, str]:
    level = part_names.LEVELS[gap.level.value]
    return Link(
        part_names.name(gap.part), f"#{part_names.anchor(gap.part)}"
    ), f"{level}: {_first_small(_(gap.sentence))}"


def _first_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def sections(
    revision: Any, form: DraftForm, on: date, *, comments: Sequence[Any], names: Mapping[str, Mapping[str, str]]
) -> tuple[Section, ...]:
    """The form in sections; a part that the canvas does not name stands there all the same, since it can be written."""
    said = language()
    asked = revisions.asked(revision, on)
    levels = requirements.levels(asked)
    by_path = {part.path: part for part in canvases.parts(revision.canvas_version)}
    # A part in which nothing is an answer, and of which more is asked once something stands there, stays in sight.
    ruled = {one.part for one in asked if one.part in requirements.EMPTY_SAYS}
    told = gap_sentences(requirements.gaps(revision.description, asked))
    solutions = terms.labels("shared-solutions")["shared-solutions"]
    own = set(merging.overrides(by_path.values(), revision.description))
    made = []
    for anchor, heading, paths in part_names.SECTIONS:
        parts = []
        for path in paths:
            if path not in form.paths:
                continue
            part = by_path.get(path)
            gaps, advice = told.get(path, ([], []))
            common = ""
            if part is not None and not descriptions.is_empty(part.text):
                common = (
                    _("You say it differently than the canvas.")
                    if path in own
                    else _("The same for all services of this canvas.")
                )
            parts.append(
                WrittenPart(
                    path=path,
                    anchor=part_names.anchor(path),
                    name=part_names.name(path),
                    mark=str(part_names.LEVELS[levels[path].value])
                    if path in levels
                    else pgettext("a field", "optional"),
                    drawn=form.drawn(path),
                    help=pick(part.help, said) if part else "",
                    example=pick(part.example, said) if part else "",
                    practice=pick(part.practice, said) if part else "",
                    source=pick(part.source, said) if part else "",
                    solutions=tuple(pick(solutions.get(code, {}), said) or code for code in part.solutions)
                    if part
                    else (),
                    empty_says=_(requirements.EMPTY_SAYS[path]) if path in requirements.EMPTY_SAYS else "",
                    gaps=tuple(gaps),
                    advice=tuple(advice),
                    common=common,
                    comments=(said_of := tuple(comment_of(row, names) for row in comments if row.part == path)),
                    may_wait=levels.get(path) not in BLOCKING
                    and path not in ruled
                    and descriptions.is_empty(revision.description.get(path))
                    and not (said_of or form.drawn(path).errors),
                )
            )
        if parts:
            made.append(Section(anchor, str(heading), tuple(parts)))
    return tuple(made)


def comment_of(row: Any, names: Mapping[str, Mapping[str, str]]) -> Comment:
    """A comment with the name of whoever wrote it."""
    return Comment(row.pk, row.text, pick(names.get(row.username, {}), language()) or row.username, row.at)


def near(title: str, besides: str = "") -> tuple[tuple[Link, str], ...]:
    """Nearly equal services with their holders."""
    said = language()
    return tuple(
        (
            Link(pick(one.service.title, said), reverse("public:service", args=[one.service.code])),
            pick(one.service.holder_name, said),
        )
        for one in revisions.near_equal(title, besides=besides)
    )


@dataclass(frozen=True)
class ConflictShown:
    """A part that two people changed: as it was, as the other left it, as I would; and the name of the choice."""

    name: str
    field: str
    was: list[str]
    theirs: list[str]
    mine: list[str]


def conflicts(found: Iterable[Conflict], reader: part_names.Reader) -> tuple[ConflictShown, ...]:
    """Conflicts in words."""
    return tuple(
        ConflictShown(
            name=part_names.name(one.part),
            field=f"keep-{one.part}",
            was=reader.lines(one.part, one.was),
            theirs=reader.lines(one.part, one.theirs),
            mine=reader.lines(one.part, one.mine),
        )
        for one in found
    )
