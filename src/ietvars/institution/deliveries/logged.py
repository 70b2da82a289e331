"""Reads what happened case by case, as a log for process mining shows it: pseudonymous, and for those with the right.

It reads facts, so it is no way for a page to count anything. Who the person of a case is stays out of it altogether.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.lake import engines
from ietvars.ground.lake import queries as lake
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.deliveries import errors, facts, queries
from ietvars.institution.services import queries as services

if TYPE_CHECKING:
    from ietvars.institution.services.models import Service

READERS = (Role.SERVICE_OWNER, Role.SYSTEM)
"""Roles that see single cases, of services within their reach; everybody else sees them added up."""

_FETCH = 20_000


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a case. `type` is its name in CloudEvents; `provider` the code of the body that did it."""

    at: int
    activity: str
    type: str
    stage: str
    channel: str
    provider: str


@dataclass(slots=True)
class LoggedCase:
    """One case with its events by time, and the dates that it states beside them (microseconds of UTC)."""

    name: str
    service: str
    steps: list[Step] = field(default_factory=list)
    channel: str = ""
    begun: int | None = None
    ended: int | None = None
    due: int | None = None


def require_reader(actor: Actor, holder_id: int | None) -> None:
    """Refuse everybody who may not see single cases of a holder's services. Raises NotYourCases."""
    if actor.role not in READERS or not actor.reaches(holder_id):
        raise errors.NotYourCases


def cases(*, of: Sequence["Service"], actor: Actor) -> Iterator[LoggedCase]:
    """The cases of services, cohort by cohort; the rights are looked at before any is read. Raises NotYourCases."""
    held = services.tenures([one.pk for one in of])
    for one in of:
        today = [tenure.holder_id for tenure in held.get(one.pk, ()) if tenure.until is None]
        require_reader(actor, today[0] if today else None)
    return _cases({one.pk: one.code for one in of})


def activities(of: Sequence["Service"]) -> list[str]:
    """Names of all that can have happened in these services, in alphabet order."""
    named = {name for one in of for name in queries.activities(one.pk).values()}
    return sorted(named | set(_TYPE_NAMES.values()))


_TYPE_NAMES = {one.value: one.name.lower().replace("_", "-") for one in facts.Type}
_STAGE_NAMES = {one.value: one.name.lower() if one else "" for one in facts.Stage}


def _cases(of: dict[int, str]) -> Iterator[LoggedCase]:
    names = {pk: name for service in of for pk, name in queries.activities(service).items()}
    codes = dict(bodies.all_bodies().values_list("pk", "code"))
    with engines.duck(threads=1) as link:
        for cohort in lake.cohorts(queries.DATASET):
            source = lake.reading(queries.DATASET, cohorts=[cohort])
            if source is None:
                continue
            found = link.execute(
                _ROWS.format(source=source, annulled=facts.Type.ANNULLED.value), {"services": list(of)}
            )
            case: LoggedCase | None = None
            last = None
            while block := found.fetchmany(_FETCH):
                for service, number, at, activity, kind, stage, channel, provider, due in block:
                    if case is None or (service, number) != last:
                        if case is not None and case.steps:
                            yield case
                        case, last = LoggedCase(pseudonym(number), of[service]), (service, number)
                    _add(case, at, activity, kind, stage, channel, codes.get(provider, ""), due, names)
            if case is not None and case.steps:
                yield case


_ROWS = """
WITH mine AS (SELECT * FROM {source} WHERE list_contains($services::INTEGER[], service_id)),
     gone AS (SELECT DISTINCT corrects FROM mine WHERE corrects IS NOT NULL)
SELECT service_id, case_id, occurred_us, activity, type, stage, channel, provider_id, due_us
FROM mine ANTI JOIN gone ON mine.event_id = gone.corrects
WHERE type <> {annulled}
ORDER BY service_id, case_id, occurred_us, seq
"""


def _add(
    case: LoggedCase,
    at: int,
    activity: int,
    kind: int,
    stage: int,
    channel: int,
    provider: str,
    due: int | None,
    names: dict[int, str],
) -> None:
    if due is not None:
        case.due = due if case.due is None else max(case.due, due)
    is_opening = kind == facts.Type.OPENED.value
    if is_opening and channel and not case.channel:
        case.channel = facts.CHANNELS[channel]
    if activity == facts.MARK:
        if is_opening:
            case.begun = at
        elif kind == facts.Type.DELIVERED.value:
            case.ended = at
        return
    type_name = _TYPE_NAMES[kind]
    case.steps.append(
        Step(at, names.get(activity) or type_name, type_name, _STAGE_NAMES[stage], facts.CHANNELS[channel], provider)
    )


def pseudonym(case_id: int) -> str:
    """A name for a case that says nothing of it, the same each time in this deployment and another one elsewhere."""
    made = hmac.digest(settings.SECRET_KEY.encode(), f"case:{case_id}".encode(), "sha256")
    return f"c-{made.hex()[:20]}"
