"""Shapes of what the API gives. Plain schemas, so that a table may change without the API changing."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

Texts = dict[str, str]
Limit = Annotated[int, Field(ge=1, le=500)]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
Code = Annotated[str, Field(max_length=120, pattern=r"^[-a-zA-Z0-9_]+$")]


Question = Annotated[str, Field(max_length=200)]
Language = Annotated[str, Field(pattern=r"^(lv|en)$")]
PeriodCode = Annotated[str, Field(max_length=10, description="2025, 2023-24, 2025-Q1 or 2025-03")]


class Paged(Schema):
    """Where in a list an answer stands."""

    total: int
    limit: int
    offset: int


class ServiceRow(Schema):
    """A service in a list."""

    code: str
    title: Texts
    summary: Texts
    holder: str | None
    kind: str
    area: str
    audience: list[str]
    reviewed_on: date | None
    illustrative: list[str]


class Services(Paged):
    """A page of services."""

    services: list[ServiceRow]


class StageOut(Schema):
    """One of the three legal stages with its channels and providers."""

    stage: str
    text: Texts
    url: str
    channels: list[str]
    providers: list[str]


class FeeOut(Schema):
    """What a person pays at a stage."""

    stage: str
    amount: Decimal | None
    currency: str
    text: Texts


class TieOut(Schema):
    """A relation to another service, as read from this one."""

    kind: str
    reading: str
    service: str


class ServiceOut(ServiceRow):
    """One service with all that its page shows."""

    state: str
    is_offered: bool
    not_offered_because: Texts
    receives: Texts
    eligibility: dict[str, list[str]]
    evidence: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    legal_acts: list[dict[str, Any]]
    is_immediate: bool
    term_days: int | None
    apply_within: Texts
    appeal: Texts
    languages: list[str]
    stages: list[StageOut]
    fees: list[FeeOut]
    identifiers: list[dict[str, str]]
    template: str | None
    situations: list[str]
    ties: list[TieOut]


class Hit(Schema):
    """One found service or situation."""

    kind: str
    code: str
    title: str
    is_partial: bool
    copies: int


class Found(Schema):
    """What a question found, best first, copies folded, and what may have been meant by words that nobody knows."""

    hits: list[Hit]
    meant: str


class StepOut(Schema):
    """One step of a life situation."""

    position: int
    is_beside_previous: bool
    is_optional: bool
    service: str | None
    title: Texts
    text: Texts
    deadline: Texts


class SituationRow(Schema):
    """A life situation in a list."""

    code: str
    title: Texts
    summary: Texts


class SituationOut(SituationRow):
    """A life situation with its steps."""

    steps: list[StepOut]


class BodyRow(Schema):
    """A body in a list."""

    code: str
    kind: str
    name: Texts
    short: Texts
    since: date | None
    until: date | None
    is_invented: bool


class Bodies(Paged):
    """A page of bodies."""

    bodies: list[BodyRow]


class SuccessionOut(Schema):
    """How a body went over into another."""

    kind: str
    on: date
    predecessor: str
    successor: str


class BodyOut(BodyRow):
    """A body with its place, its past and its services."""

    registration_code: str
    territory_code: str
    above: list[str]
    below: list[str]
    former_names: list[dict[str, Any]]
    successions: list[SuccessionOut]
    services: list[str]


class TermOut(Schema):
    """One term of a code list."""

    code: str
    label: Texts
    same_as: str
    notation: str


class TermList(Schema):
    """A code list with its terms."""

    code: str
    title: Texts
    source: str
    terms: list[TermOut]


class EntryOut(Schema):
    """One line of a service list."""

    position: int
    service: str | None
    title: Texts


class ListRow(Schema):
    """A published service list."""

    body: str
    year: int
    title: Texts
    document_number: str
    document_date: date | None


class ListOut(ListRow):
    """A published service list with its lines."""

    entries: list[EntryOut]


class DefinitionOut(Schema):
    """One version of an indicator's definition."""

    code: str
    version: int
    of_register: str
    name: Texts
    purpose: Texts
    source: Texts
    unit: str
    direction: str
    aggregation: str
    valid_from: date
    spec: dict[str, Any]


class EditionOut(Schema):
    """One edition of reported figures."""

    source: str
    code: str
    title: Texts
    content_hash: str
    is_illustrative: bool
