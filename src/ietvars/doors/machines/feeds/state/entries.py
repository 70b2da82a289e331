"""What a state folder says, as plain values. Codes are not yet known to lead anywhere; `checking` looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ietvars.collaboration.situations.rules import SituationFacts
from ietvars.institution.services.rules import ServiceFacts

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where an entry stands: the file, and the entry as a person would look for it."""

    file: str
    entry: str

    def __str__(self) -> str:
        return f"{self.file}, {self.entry}"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, as one sentence with its place: what is wrong and what to do."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True)
class StateEntry:
    """state.toml: the name of the state and the day that it calls today."""

    place: Place
    name: Texts
    as_of: date | None


@dataclass(frozen=True)
class BodyEntry:
    """A body of bodies.toml."""

    place: Place
    code: str
    kind: str
    name: Texts
    short: Texts
    parent: str
    since: date | None
    registration_code: str
    territory: str
    is_invented: bool


@dataclass(frozen=True)
class ChangeEntry:
    """What became of bodies on a day: `old` went over into `new`."""

    place: Place
    kind: str
    on: date
    old: tuple[str, ...]
    new: tuple[str, ...]
    document: Texts


@dataclass(frozen=True)
class ServiceEntry:
    """A service; a common description when `is_template`. `former_holder` held it before a change of bodies; `since`
    is the first day on which anybody gave it. `canvas` is the code of what it was made from, in the version
    `canvas_number`; without a number the newest."""

    place: Place
    code: str
    holder: str
    facts: ServiceFacts
    former_holder: str
    is_template: bool = False
    since: date | None = None
    retired_on: date | None = None
    is_draft: bool = False
    canvas: str = ""
    canvas_number: int | None = None


@dataclass(frozen=True)
class VariantEntry:
    """How one body gives a common service; `own` holds what differs."""

    place: Place
    template: str
    body: str
    own: Mapping[str, Any]
    is_offered: bool
    reason: Texts

    @property
    def code(self) -> str:
        """Code of the local service."""
        return f"{self.template}-{self.body}"


@dataclass(frozen=True)
class SituationEntry:
    """A life situation with its steps."""

    place: Place
    code: str
    facts: SituationFacts


@dataclass(frozen=True)
class TieEntry:
    """`source` KIND `target`."""

    place: Place
    kind: str
    source: str
    target: str
    note: Texts


@dataclass(frozen=True)
class PersonEntry:
    """A sample person with capacities as (role, body)."""

    place: Place
    username: str
    name: Texts
    capacities: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WordsEntry:
    """Words that people use for the same thing. `kind` is synonym or lemma."""

    place: Place
    kind: str
    language: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class ListLine:
    """One line of a service list: the code of a service, or the title of one that nobody has described."""

    service: str
    title: Texts


@dataclass(frozen=True)
class ListEntry:
    """A body's service list of a year and how far it came."""

    place: Place
    body: str
    year: int
    title: Texts
    state: str
    author: str
    approver: str
    document_number: str
    document_date: date | None
    lines: tuple[ListLine, ...]


@dataclass(frozen=True)
class Comment:
    """What somebody said of a part of a draft, or of the whole when no part is named."""

    author: str
    on: date
    part: str
    text: str


@dataclass(frozen=True)
class DraftEntry:
    """What somebody is writing: a new text of the service `service`, or a new service of the code, holder, title and
    canvas. `parts` maps paths of a description to values in their own form."""

    place: Place
    service: str
    code: str
    holder: str
    title: Texts
    canvas: str
    canvas_number: int | None
    author: str
    begun_on: date
    is_submitted: bool
    parts: Mapping[str, Any]
    comments: tuple[Comment, ...]


@dataclass(frozen=True)
class AnswerEntry:
    """A yes or no to a criterion about a service, by whom and when."""

    place: Place
    service: str
    criterion: str
    answer: bool
    why: str
    by: str
    on: date


@dataclass(frozen=True)
class Decision:
    """What was decided about an initiative: adopted or rejected."""

    word: str
    on: date
    by: str
    why: str


@dataclass(frozen=True)
class InitiativeEntry:
    """An initiative and how far it came. `outcome` and `outcome_reason` are what its check must give."""

    place: Place
    kind: str
    title: str
    reason: str
    services: tuple[str, ...]
    body: str
    owner: str
    period: str
    finder: str
    finding: str
    indicator: str
    direction: str
    target: Decimal | None
    deadline: date
    check_period: str
    proposed_on: date
    proposed_by: str
    decision: Decision | None
    checked_on: date | None
    outcome: str
    outcome_reason: str


@dataclass(frozen=True)
class Folder:
    """All that a state folder says."""

    state: StateEntry
    bodies: tuple[BodyEntry, ...] = ()
    changes: tuple[ChangeEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    variants: tuple[VariantEntry, ...] = ()
    situations: tuple[SituationEntry, ...] = ()
    ties: tuple[TieEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()
    words: tuple[WordsEntry, ...] = ()
    lists: tuple[ListEntry, ...] = ()
    drafts: tuple[DraftEntry, ...] = ()
    answers: tuple[AnswerEntry, ...] = ()
    initiatives: tuple[InitiativeEntry, ...] = ()
