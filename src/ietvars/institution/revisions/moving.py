"""What a reorganisation does to drafts: an open one goes along with its service, and names the successor as provider.

A draft speaks of bodies by code; published, it would bring the old body back as a provider.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.institution.canvases.description import STAGES
from ietvars.institution.revisions.models import Revision
from ietvars.institution.services import queries as services
from ietvars.institution.services.moving import PROVIDER, SERVICE

ROOM = "revisions"
DRAFT = "draft"
"""Kind of thing: an open draft, by the code of its service."""

OPEN = ("draft", "submitted", "approved", "scheduled")


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": open drafts of services that go over, or that name the old body."""
    rows = _open()
    chosen = services.all_services().filter(pk__in=[row.service_id for row in rows])
    holders = {service.pk: service.holder_code for service in services.with_holder(chosen)}
    for row in rows:
        holder = holders.get(row.service_id) or ""
        if holder in gathering.plan.predecessors:
            gathering.along(DRAFT, row.service.code, row.service.title, holder, beside=(SERVICE, row.service.code))
            continue
        for old in gathering.plan.predecessors:
            if old in _providers(row.description):
                gathering.along(DRAFT, row.service.code, row.service.title, old, beside=(PROVIDER, row.service.code))


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": where a draft names an old body as provider, it names the successor."""
    journal = operation.journal_of(ROOM)
    rows = {row.service.code: row for row in _open()}
    for item in operation.of(DRAFT):
        row, old = rows[item.key], operation.plan.predecessors
        changed = _instead(row.description, old if item.old not in operation.plan.successors else (item.old,), item.new)
        if changed != row.description:
            journal.change(row, item.key, description=changed)


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": each draft names its providers as before."""
    take_rows_back(moved.get(ROOM, ()), (Revision,), now=now)


def _open() -> list[Revision]:
    rows = Revision.objects.filter(state__in=OPEN).select_related("service")
    return list(rows.order_by("service__sort_key", "service__code"))


def _providers(description: Mapping[str, Any]) -> set[str]:
    return {code for stage in STAGES for code in description.get(f"stages.{stage}.providers") or ()}


def _instead(description: Mapping[str, Any], old: Iterable[str], new: str | None) -> dict[str, Any]:
    """The description with one provider in the place of others, named once."""
    gone, changed = set(old), dict(description)
    for path in (f"stages.{stage}.providers" for stage in STAGES):
        if gone & set(changed.get(path) or ()):
            changed[path] = list(dict.fromkeys(new if code in gone else code for code in changed[path]))
    return changed
