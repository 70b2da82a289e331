"""Pure decisions about services: who may change one, when it can be published, what a local service inherits.

Never imports Django. Sources: Cabinet Regulation 399, points 2.1 to 2.4 (holder, provider, three stages).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.services import errors

Texts = Mapping[str, str]

OWNERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may change services within their reach."""

REVIEW_AFTER_DAYS = 365
"""A description is stale when nobody has confirmed it for a year."""


class State(StrEnum):
    """Where a description stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.RETIRED}),
    State.RETIRED: frozenset({State.PUBLISHED}),
}
"""Every state with those that may follow; a retired service can come back."""

STAGES = ("request", "execution", "receipt")
"""The three stages of the law, in order."""


@dataclass(frozen=True)
class StageFacts:
    """What is said of one stage. `providers` are codes of bodies; none means the holder itself."""

    text: Texts = field(default_factory=dict)
    url: str = ""
    channels: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeeFacts:
    """What a person pays at a stage; without an amount the text says it."""

    stage: str
    amount: Decimal | None = None
    currency: str = "EUR"
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceFacts:
    """All that a description says, apart from code, holder and state. Names are those of the table's fields."""

    title: Texts
    summary: Texts = field(default_factory=dict)
    kind: str = ""
    area: str = ""
    audience: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    receives: Texts = field(default_factory=dict)
    eligibility: Mapping[str, Sequence[str]] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    legal_acts: tuple[Mapping[str, Any], ...] = ()
    is_immediate: bool = False
    term_days: int | None = None
    apply_within: Texts = field(default_factory=dict)
    appeal: Texts = field(default_factory=dict)
    reviewed_on: date | None = None
    illustrative: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    stages: Mapping[str, StageFacts] = field(default_factory=dict)
    fees: tuple[FeeFacts, ...] = ()


ROW_FIELDS = tuple(entry.name for entry in fields(ServiceFacts) if entry.name not in ("identifiers", "stages", "fees"))
"""Fields kept on the service's own row."""

LOCAL_FIELDS = tuple(
    entry.name for entry in fields(ServiceFacts) if entry.name not in ("kind", "area", "identifiers", "life_events")
)
"""Fields in which a local service may differ from the common description."""


NOT_NOW: Mapping[State, type[Refusal]] = {
    State.DRAFT: errors.NotNow,
    State.PUBLISHED: errors.AlreadyPublished,
    State.RETIRED: errors.NotPublished,
}
"""The sentence for each state that cannot follow."""


class Gap(StrEnum):
    """What keeps a description from being published."""

    TITLE = "title"
    SUMMARY = "summary"
    HOLDER = "holder"
    REQUEST_CHANNEL = "request-channel"


REFUSALS: Mapping[Gap, type[Refusal]] = {
    Gap.TITLE: errors.NoTitle,
    Gap.SUMMARY: errors.NoSummary,
    Gap.HOLDER: errors.NoHolder,
    Gap.REQUEST_CHANNEL: errors.NoRequestChannel,
}
"""The sentence for each gap."""


def plain(value: Any) -> Any:
    """The value as JSON keeps it: tuples become lists, mappings dictionaries; anything else stays."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def require_web_addresses(facts: ServiceFacts) -> None:
    """Raise NoWebAddress for a link of a stage or of a legal act that is none, e.g. a script."""
    links = [stage.url for stage in facts.stages.values()] + [str(act.get("url") or "") for act in facts.legal_acts]
    for link in links:
        if link and not _WEB_ADDRESS.match(link):
            raise errors.NoWebAddress(address=link[:80])


_WEB_ADDRESS = re.compile(r"https?://[^\s/]")


def row_values(facts: ServiceFacts) -> dict[str, Any]:
    """The fields of the service's own row, as JSON keeps them."""
    return {name: plain(getattr(facts, name)) for name in ROW_FIELDS}


def require_owner(actor: Actor, holder_id: int | None) -> None:
    """Refuse everybody who may not change services of the holder. Raises NotYours."""
    if actor.role not in OWNERS or not actor.reaches(holder_id):
        raise errors.NotYours


def require_next(service: str, now: State, wanted: State) -> None:
    """Refuse a change of state that the table does not have. Raises NotNow, with the sentence for what is wanted."""
    if wanted not in NEXT[now]:
        raise NOT_NOW[wanted](service=service)


def gaps(
    *, title: Texts, summary: Texts, has_holder: bool, request_channels: Iterable[str], is_offered: bool = True
) -> tuple[Gap, ...]:
    """What is missing before a description can be read by people; a service not offered needs no channel."""
    found = {
        Gap.TITLE: not title.get("lv"),
        Gap.SUMMARY: not summary.get("lv"),
        Gap.HOLDER: not has_holder,
        Gap.REQUEST_CHANNEL: is_offered and not any(request_channels),
    }
    return tuple(gap for gap, is_open in found.items() if is_open)


def require_whole(found: Sequence[Gap]) -> None:
    """Refuse to publish while a gap is open, with the sentence of the first one."""
    for gap in found:
        raise REFUSALS[gap]


def stale_before(on: date) -> date:
    """Descriptions last confirmed before this day are stale on the day `on`."""
    return on - timedelta(days=REVIEW_AFTER_DAYS)


def inherit(template: ServiceFacts, own: Mapping[str, Any], *, template_holder: str, holder: str) -> ServiceFacts:
    """The description of a local service: the common one, with what differs here.

    A stage given by the holder of the common description is given by the local holder instead.
    `own` maps names of LOCAL_FIELDS to values; a stage named in its `stages` replaces that stage only.
    Raises UnknownField.
    """
    for name in own:
        if name not in LOCAL_FIELDS:
            raise errors.UnknownField(field=name, known=", ".join(LOCAL_FIELDS))
    stages = {
        name: replace(stage, providers=tuple(holder if code == template_holder else code for code in stage.providers))
        for name, stage in template.stages.items()
    }
    changed = {**own, "stages": {**stages, **own.get("stages", {})}}
    return replace(template, identifiers=(), **changed)


def own_fields(own: Mapping[str, Any]) -> list[str]:
    """Names of what a local service says itself; a stage counts for itself, e.g. `stages.request`."""
    return sorted(
        inner
        for name, value in own.items()
        for inner in ([f"stages.{stage}" for stage in value] if name == "stages" else [name])
    )


def own_values(facts: ServiceFacts, names: Iterable[str]) -> dict[str, Any]:
    """What a local service says itself, taken out of its whole description by the names of `own_fields`."""
    own: dict[str, Any] = {}
    for name in names:
        field_name, _, stage = name.partition(".")
        if stage:
            own.setdefault(field_name, {})[stage] = facts.stages[stage]
        else:
            own[field_name] = getattr(facts, field_name)
    return own


@dataclass(frozen=True)
class Held:
    """A holder from the day `since` (None: as long as known) to the day `until` (None: still)."""

    holder: int
    since: date | None
    until: date | None = None


def witness(tenures: Sequence[Held], holder: int, since: date, until: date | None) -> tuple[Held, ...]:
    """Holders over time, once a source has said who held the service from `since` to `until`.

    `until` is None for the newest that is known: it holds from then on. What the source says wins for its days;
    what was known of the days around it stays. The last holder holds until something else is said, so exactly one
    end is open; there are no overlaps, neighbours of one holder are joined, and witnessing the same again changes
    nothing.
    """
    found = [Held(holder, since, until)]
    for entry in tenures:
        if entry.since is None or entry.since < since:
            end = since - timedelta(days=1)
            found.append(replace(entry, until=end if entry.until is None or entry.until > end else entry.until))
        if until is not None and (entry.until is None or entry.until > until):
            begin = until + timedelta(days=1)
            found.append(replace(entry, since=begin if entry.since is None or entry.since < begin else entry.since))
    found.sort(key=lambda entry: entry.since or date.min)
    joined: list[Held] = []
    for entry in found:
        last = joined[-1] if joined else None
        if last and last.holder == entry.holder and last.until and entry.since == last.until + timedelta(days=1):
            joined[-1] = replace(last, until=entry.until)
        else:
            joined.append(entry)
    joined[-1] = replace(joined[-1], until=None)
    return tuple(joined)


def holder_on(tenures: Iterable[Held], day: date) -> int | None:
    """Who held the service on a day; None where nobody is known."""
    for entry in tenures:
        if (entry.since is None or entry.since <= day) and (entry.until is None or day <= entry.until):
            return entry.holder
    return None


@dataclass(frozen=True)
class Inventoried:
    """One service as an inventory names it: its number there, who holds it, and what is said of it.

    `facts` may hold any of ROW_FIELDS; those left out stay as they are.
    """

    value: str
    holder_id: int
    title: Texts
    since: date
    until: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
