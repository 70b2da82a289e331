"""Pure decisions about services: who may change one, when it can be published, what a local service inherits.

Never imports Django. Sources: Cabinet Regulation 399, points 2.1 to 2.4 (holder, provider, three stages).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.canvases import description
from ietvars.institution.canvases.description import ROW_FIELDS, FeeFacts, ServiceFacts, StageFacts, plain
from ietvars.institution.canvases.requirements import Gap
from ietvars.institution.canvases.rules import Level
from ietvars.institution.services import errors

__all__ = ["ROW_FIELDS", "FeeFacts", "ServiceFacts", "StageFacts", "plain"]
# A description is a value of the room of canvases; whoever works with services finds its names here too.

Texts = Mapping[str, str]

OWNERS = (Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may change services within their reach."""


class State(StrEnum):
    """Where a description stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"


NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.WITHDRAWN, State.RETIRED}),
    State.WITHDRAWN: frozenset({State.PUBLISHED, State.RETIRED}),
    State.RETIRED: frozenset({State.PUBLISHED}),
}
"""Every state with those that may follow; a withdrawn or retired service can come back."""

STAGES = description.STAGES
"""The three stages of the law, in order."""

LOCAL_FIELDS = tuple(
    entry.name for entry in fields(ServiceFacts) if entry.name not in ("kind", "area", "identifiers", "life_events")
)
"""Fields in which a local service may differ from the common description."""


NOT_NOW: Mapping[State, type[Refusal]] = {
    State.DRAFT: errors.NotNow,
    State.PUBLISHED: errors.AlreadyPublished,
    State.WITHDRAWN: errors.NotPublished,
    State.RETIRED: errors.NotPublished,
}
"""The sentence for each state that cannot follow."""

LONGEST_RHYTHM = 16
"""Months after which a description is to be read again at the latest; the owner picks 1 to this many."""


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


def require_whole(service: str, found: Sequence[Gap], waived: Collection[str] = ()) -> None:
    """Refuse to publish while a gap blocks that nobody has waived. Raises NotReady, which carries the gaps.

    Only a mandatory requirement can be waived, never a non-waivable one.
    """
    open_gaps = [gap for gap in found if gap.blocks and not (gap.level is Level.MANDATORY and gap.code in waived)]
    if open_gaps:
        raise errors.NotReady(
            service=service, count=len(open_gaps), parts=", ".join(gap.part for gap in open_gaps), gaps=open_gaps
        )


def require_rhythm(months: int) -> None:
    """Refuse a review rhythm of less than one month or more than LONGEST_RHYTHM. Raises NoRhythm."""
    if not 1 <= months <= LONGEST_RHYTHM:
        raise errors.NoRhythm(months=months, longest=LONGEST_RHYTHM)


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier; the last day of the month where it has no such day."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))


def review_due(reviewed_on: date | None, months: int) -> date | None:
    """The day on which a description is to be read again; None when nobody has ever confirmed it."""
    return months_before(reviewed_on, -months) if reviewed_on else None


def is_overdue(reviewed_on: date | None, months: int, on: date) -> bool:
    """Whether the review is overdue on a day. A description never confirmed is."""
    due = review_due(reviewed_on, months)
    return due is None or due < on


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
