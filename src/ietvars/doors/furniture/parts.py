"""The parts that pages are put together from, as frozen dataclasses holding words; their templates only place them.

Marks stand in `marks`, tables in `tables`, charts in `charts`, forms in `fields`. A part must not read the database,
decide a rule or format a number by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture import days
from ietvars.doors.furniture.marks import (
    STATE_MEANING,
    Button,
    Link,
    State,
    StateMark,
    Tag,
    Value,
    Verdict,
    Words,
)
from ietvars.doors.furniture.shown import Part, language


@dataclass(frozen=True)
class HowComputed(Part):
    """What stands behind a figure, one click away: rendered from the definition and the result, never typed.

    `extra` are further rows of (term, words), e.g. the disclosure limit or what an edition replaces.
    """

    numerator: Words
    denominator: Words
    exclusions: Words
    coverage: Words
    edition: Words
    source: Words = ""
    definition: Link | None = None
    extra: tuple[tuple[Words, Words], ...] = ()
    says: Words = _("How it is computed")

    template: ClassVar[str] = "ietvars/parts/how.html"

    @property
    def rows(self) -> tuple[tuple[Words, Words | Link], ...]:
        """Term and words, in the order in which every page shows them; empty ones are left out."""
        rows: tuple[tuple[Words, Words | Link | None], ...] = (
            (_("Numerator"), self.numerator),
            (_("Denominator"), self.denominator),
            (_("Left out"), self.exclusions),
            (_("Coverage"), self.coverage),
            (_("Edition"), self.edition),
            (_("Source"), self.source),
            (_("Definition"), self.definition),
            *self.extra,
        )
        return tuple((term, words) for term, words in rows if words)


@dataclass(frozen=True)
class VerdictCard(Part):
    """One indicator of a service against the period before. At most four stand together.

    `was` is the previous value in words ("2024. gadā 17 darbdienas"); the verdict's `why` is shown under it.
    """

    name: Words
    value: Value
    was: Words
    verdict: Verdict
    unit: Words = ""
    how: HowComputed | None = None
    href: str = ""
    illustrative: bool = False

    template: ClassVar[str] = "ietvars/parts/card.html"

    @property
    def bare(self) -> Verdict:
        """The verdict without its reason, which the card shows on a line of its own."""
        return replace(self.verdict, why="")


@dataclass(frozen=True)
class Cards(Part):
    """The row of verdict cards."""

    cards: tuple[VerdictCard, ...]

    template: ClassVar[str] = "ietvars/parts/cards.html"


@dataclass(frozen=True)
class Fact:
    """One key fact: label, value, a line under it, a way to its list."""

    label: Words
    says: object
    under: Words = ""
    href: str = ""


@dataclass(frozen=True)
class Facts(Part):
    """Key facts in a row, e.g. what a person gets, when, for how much."""

    facts: tuple[Fact, ...]

    template: ClassVar[str] = "ietvars/parts/facts.html"


@dataclass(frozen=True)
class Empty(Part):
    """Nothing is here: what will be, why not yet, one thing to do."""

    title: Words
    says: Words
    action: Button | Link | None = None
    level: int = 3

    template: ClassVar[str] = "ietvars/parts/empty.html"


@dataclass(frozen=True)
class RefusalBox(Part):
    """It is not possible: what, why, and who or what helps. `items` are links to what must be put right."""

    title: Words
    says: Words
    items: tuple[tuple[Link, Words], ...] = ()
    help: Link | None = None
    level: int = 3

    template: ClassVar[str] = "ietvars/parts/refusal.html"


@dataclass(frozen=True)
class Note(Part):
    """News of a version, an edit by somebody else. `tone`: nothing, info, due, danger."""

    title: Words
    says: Words = ""
    link: Link | None = None
    tone: str = ""

    template: ClassVar[str] = "ietvars/parts/note.html"


@dataclass(frozen=True)
class Panel(Part):
    """One side task on mist ground."""

    title: Words
    says: Words
    action: Button | Link | None = None
    level: int = 2

    template: ClassVar[str] = "ietvars/parts/panel.html"


@dataclass(frozen=True)
class Due:
    """One thing that is due: kind, what, why in one sentence with its figure, by when, one button named by its verb."""

    kind: Words
    what: Words
    why: Words
    button: Button
    day: date | None = None
    when: Words = ""

    def day_words(self) -> Words:
        """The day as tables write it, or that there is none."""
        return days.in_table(self.day, language()) if self.day else pgettext_lazy("a due day", "no date")

    def distance(self, today: date) -> Words:
        """How far it is, unless `when` says something better."""
        if self.when or not self.day:
            return self.when
        return days.distance(self.day, today, language())


@dataclass(frozen=True)
class DueList(Part):
    """What is due, one sentence and one button a row. Overdue rows have the main button, others the second."""

    rows: tuple[Due, ...]
    today: date
    level: int = 3

    template: ClassVar[str] = "ietvars/parts/due.html"

    @property
    def shown(self) -> tuple[tuple[Due, Words, Words, Button], ...]:
        """Row, day, distance and button with its rank."""
        return tuple((row, row.day_words(), row.distance(self.today), self._button(row)) for row in self.rows)

    def _button(self, row: Due) -> Button:
        is_overdue = row.day is not None and row.day < self.today
        return replace(row.button, size="sm", variant="" if is_overdue else "secondary")


@dataclass(frozen=True)
class Step:
    """One step of a life situation. `href` only for services; `beside` marks an "and" step, which has no number."""

    name: Words
    says: Words = ""
    deadline: Words = ""
    meta: tuple[Words, ...] = ()
    href: str = ""
    beside: bool = False
    current: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Steps(Part):
    """Step by step: only for journeys with a start, an end and an order."""

    steps: tuple[Step, ...]
    level: int = 3

    template: ClassVar[str] = "ietvars/parts/steps.html"

    @property
    def numbered(self) -> tuple[tuple[Step, int | None], ...]:
        """Steps with their numbers; "and" steps stand beside the one before and have none."""
        number = 0
        shown: list[tuple[Step, int | None]] = []
        for step in self.steps:
            number += not step.beside
            shown.append((step, None if step.beside else number))
        return tuple(shown)


@dataclass(frozen=True)
class Option:
    """One choice of a switch or one filter."""

    says: Words
    href: str
    current: bool = False


@dataclass(frozen=True)
class Switch(Part):
    """A choice of a few that lives in the address, e.g. the period beside h1."""

    label: Words
    options: tuple[Option, ...]
    small: bool = True

    template: ClassVar[str] = "ietvars/parts/switch.html"


@dataclass(frozen=True)
class Chips(Part):
    """The filters that are on; each link takes one off."""

    options: tuple[Option, ...]

    template: ClassVar[str] = "ietvars/parts/chips.html"


@dataclass(frozen=True)
class Choice:
    """One box of a filter: value in the query, words, how many answers it would leave."""

    value: str
    says: Words
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True)
class FilterGroup:
    """A group of filter boxes under one name in the query."""

    name: str
    label: Words
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Filters(Part):
    """Filters at the left; a plain disclosure on narrow screens, always with a button. `kept` goes along unseen."""

    action: str
    groups: tuple[FilterGroup, ...]
    kept: Mapping[str, str]
    clear: str = ""

    template: ClassVar[str] = "ietvars/parts/filters.html"

    @property
    def on(self) -> int:
        """How many boxes are ticked."""
        return sum(choice.chosen for group in self.groups for choice in group.choices)


@dataclass(frozen=True)
class Pages(Part):
    """Where we are in a long list. Build it with `pages`."""

    number: int
    last: int
    total: int
    before: str = ""
    after: str = ""

    template: ClassVar[str] = "ietvars/parts/pages.html"


def pages(request: HttpRequest, *, number: int, per_page: int, total: int, name: str = "lapa") -> Pages:
    """Pagination of `total` rows that keeps the rest of the query; `name` is the parameter with the page number."""
    last = max(1, -(-total // per_page))

    def at(page: int) -> str:
        return with_query(request, **{name: str(page) if page > 1 else None})

    return Pages(
        number=number,
        last=last,
        total=total,
        before=at(number - 1) if number > 1 else "",
        after=at(number + 1) if number < last else "",
    )


def with_query(request: HttpRequest, **changed: str | None) -> str:
    """This page's address with some parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changed.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


@dataclass(frozen=True)
class Evidence(Part):
    """Figures frozen with an initiative, beside what they are today. `table` shows both; `proof` how to check them."""

    kind: Words
    title: Words
    expectation: Words
    table: Part
    proof: tuple[tuple[Words, object], ...] = ()
    digest: str = ""
    illustrative: bool = False
    level: int = 3

    template: ClassVar[str] = "ietvars/parts/evidence.html"


@dataclass(frozen=True)
class Gap:
    """A field that keeps something from being published: link to it, requirement and reason."""

    field: Link
    says: Words


@dataclass(frozen=True)
class Gaps(Part):
    """The gap list beside an editor; the same sentences as the publishing gate."""

    gaps: tuple[Gap, ...]

    template: ClassVar[str] = "ietvars/parts/gaps.html"


@dataclass(frozen=True)
class Version:
    """One column of a comparison: heading and text, where `ins` and `del` mark what changed."""

    heading: Words
    says: Words


@dataclass(frozen=True)
class ThreeWay(Part):
    """What a new version of a canvas changes: class of the change, old, new, mine, and why."""

    name: Words
    kind: Tag
    versions: tuple[Version, Version, Version]
    why: Words = ""

    template: ClassVar[str] = "ietvars/parts/threeway.html"


class Legend(Part):
    """What the marks of value states mean."""

    template: ClassVar[str] = "ietvars/parts/legend.html"

    @property
    def rows(self) -> tuple[tuple[object, Words], ...]:
        """Each mark and what it means; the measured zero first."""
        return tuple(
            (Value(0) if state is State.MEASURED else StateMark(state), meaning)
            for state, meaning in STATE_MEANING.items()
        )
