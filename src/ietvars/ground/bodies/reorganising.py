"""Plans, previews, applies and undoes a merger, split or renaming: one transaction, one audit row, one way back.

Rooms above hear three notices. "bodies.reorganisation-asked" hands them a Gathering: each names its things. What they
named is what is moved: "bodies.reorganised" hands them the Operation with these very items, and each moves its own
through `operation.journal_of(room)`. "bodies.reorganisation-undone" hands them the rows of their journal to take back.
A room that cannot raises a refusal, and nothing is done at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.bodies import errors, plans, queries, rules
from ietvars.ground.bodies.journal import Journal, take_back
from ietvars.ground.bodies.models import Body, FormerName, Placement, Reorganisation, Succession
from ietvars.ground.bodies.plans import STAYS, Gathering, Item, Known, Plan, State
from ietvars.ground.errors import Refusal
from ietvars.ground.notices import actions as notices
from ietvars.ground.terms import rules as terms

ROOM = "bodies"
KIND = "reorganisation"
"""Under this kind reorganisations stand in the audit trail."""

BODY = "body"
"""Kind of thing: a body below one that goes over. It comes to stand below a successor."""


@dataclass(frozen=True)
class Preview:
    """What a plan would do: each thing with its new place, those without one, and what keeps it from being applied."""

    plan: Plan
    items: tuple[Item, ...]
    undecided: tuple[Item, ...]
    refusal: Refusal | None

    def document(self) -> dict[str, Any]:
        """The preview as JSON."""
        return {
            "plan": self.plan.document_of(),
            "items": [
                {"what": i.what, "key": i.key, "name": dict(i.says), "from": i.old, "to": i.new, "note": i.note}
                for i in self.items
            ],
            "counts": counted(self.items),
            "undecided": len(self.undecided),
            "refusal": {"code": self.refusal.code, "detail": str(self.refusal)} if self.refusal else None,
        }


@dataclass
class Operation:
    """A reorganisation under way, handed from room to room."""

    plan: Plan
    items: tuple[Item, ...]
    bodies: Mapping[str, Body]
    now: datetime
    journals: dict[str, Journal] = field(default_factory=dict)

    def of(self, what: str) -> tuple[Item, ...]:
        """The things of a kind that go elsewhere."""
        return tuple(item for item in self.items if item.what == what and item.new not in (STAYS, item.old))

    def heir(self, item: Item) -> Body:
        """The body to which a thing goes."""
        return self.bodies[str(item.new)]

    @property
    def last_day(self) -> date:
        """The last day of the old bodies."""
        return self.plan.on - timedelta(days=1)

    def journal_of(self, room: str) -> Journal:
        """The journal through which a room writes its rows."""
        return self.journals.setdefault(room, Journal(self.now))


def counted(items: Iterable[Item]) -> dict[str, int]:
    """Kind of thing to how many of it go elsewhere."""
    return {
        what: sum(item.new not in (STAYS, None, item.old) for item in of_kind)
        for what, of_kind in plans.by_kind(items).items()
    }


def preview(*, plan: Plan, by: Author, now: datetime) -> Preview:
    """What a plan would do; writes nothing. Raises NotYourReorganisation and the refusals of a plan that cannot be."""
    _require_sound(plan, by)
    items = _gather(plan, by=by, now=now)
    refusal: Refusal | None = None
    try:
        plans.require_known_things(plan, items)
        plans.require_decided(items)
        plans.require_day(plan, timezone.localdate(now))
    except Refusal as refused:
        refusal = refused
    return Preview(plan, items, plans.undecided(items), refusal)


def plan(*, plan: Plan, by: Author, now: datetime) -> Reorganisation:
    """Keep a plan, also an undecided one. Raises as `preview` does."""
    _require_sound(plan, by)
    return Reorganisation.objects.create(
        kind=plan.kind.value, on=plan.on, plan=plan.document_of(), planned_by=by.username, planned_at=now
    )


def decide(
    *, reorganisation: Reorganisation, assigned: Mapping[str, Mapping[str, str]], by: Author, now: datetime
) -> Reorganisation:
    """Say where things go; what is not named stays as it was decided before, an empty successor takes a decision back.

    Raises NotThatStep, NoSuccessor, NothingOfThat.
    """
    with transaction.atomic():
        found = _locked(reorganisation)
        plans.require_next(found.state, State.APPLIED)
        known = plans.read(found.plan)
        merged = {
            what: {
                key: code for key, code in {**known.assigned.get(what, {}), **assigned.get(what, {})}.items() if code
            }
            for what in dict.fromkeys((*known.assigned, *assigned))
        }
        wanted = replace(known, assigned=merged)
        _require_sound(wanted, by)
        plans.require_known_things(wanted, _gather(wanted, by=by, now=now))
        found.plan = wanted.document_of()
        found.save(update_fields=["plan"])
    return found


def drop(*, reorganisation: Reorganisation, by: Author, now: datetime, why: str = "") -> Reorganisation:
    """Give a plan up. Raises NotThatStep."""
    with transaction.atomic():
        found = _locked(reorganisation)
        _require_reach(plans.read(found.plan), by)
        plans.require_next(found.state, State.DROPPED)
        found.state, found.why = State.DROPPED.value, why
        found.save(update_fields=["state", "why"])
    return found


def apply(*, reorganisation: Reorganisation, by: Author, now: datetime) -> Reorganisation:
    """Do what is planned, whole or not at all: bodies, and through the notice everything they have.

    Figures keep the holder of their day, since nothing that was reported is touched. Raises NotThatStep, Undecided,
    TooEarly, and what the rooms refuse.
    """
    with transaction.atomic():
        found = _locked(reorganisation)
        plans.require_next(found.state, State.APPLIED)
        wanted = plans.read(found.plan)
        _require_sound(wanted, by)
        items = _gather(wanted, by=by, now=now)
        plans.require_known_things(wanted, items)
        plans.require_decided(items)
        plans.require_day(wanted, timezone.localdate(now))
        journal = Journal(now)
        _found(wanted, journal)
        operation = Operation(
            wanted, items, queries.by_codes((*wanted.predecessors, *wanted.successors)), now, {ROOM: journal}
        )
        _move_bodies(operation)
        notices.announce("bodies.reorganised", by=by, now=now, operation=operation)
        found.state, found.applied_by, found.applied_at = State.APPLIED.value, by.username, now
        found.moved = {room: kept.rows for room, kept in operation.journals.items()}
        found.counts = counted(items)
        found.save()
        _told(found, "bodies.reorganise", by, now)
    return found


def undo(*, reorganisation: Reorganisation, by: Author, now: datetime, why: str) -> Reorganisation:
    """Take an applied reorganisation back, whole or not at all: every row is again as it was.

    Raises NotThatStep, UndoTheLaterFirst, ChangedSince, StillUsed.
    """
    with transaction.atomic():
        found = _locked(reorganisation)
        plans.require_next(found.state, State.UNDONE)
        wanted = plans.read(found.plan)
        _require_reach(wanted, by)
        later = Reorganisation.objects.filter(state=State.APPLIED.value, applied_at__gte=found.applied_at)
        later_ones = later.exclude(pk=found.pk).order_by("-applied_at", "-pk")
        plans.require_newest(
            _codes(wanted), [(one.pk, _codes(plans.read(one.plan))) for one in later_ones if _is_later(one, found)]
        )
        notices.announce("bodies.reorganisation-undone", by=by, now=now, plan=wanted, moved=found.moved)
        _take_bodies_back(wanted, found.moved.get(ROOM, []), now)
        # Rooms that index by the names of bodies do so once the bodies are as they were.
        notices.announce("bodies.reorganisation-taken-back", by=by, now=now, plan=wanted, moved=found.moved)
        found.state, found.undone_by, found.undone_at, found.why = State.UNDONE.value, by.username, now, why
        found.save()
        _told(found, "bodies.reorganise-undo", by, now, why)
    return found


# ---- bodies themselves ------------------------------------------------------------------------------------------


def _gather(wanted: Plan, *, by: Author, now: datetime) -> tuple[Item, ...]:
    """Everything that the plan concerns: bodies below first, then what each room names."""
    gathering = Gathering(wanted)
    for row in _below(wanted):
        gathering.add(BODY, row.body.code, row.body.name, row.parent.code)
    notices.announce("bodies.reorganisation-asked", by=by, now=now, gathering=gathering)
    return tuple(gathering.items)


def _below(wanted: Plan) -> list[Placement]:
    """Places of bodies right below the predecessors, without the bodies of the plan itself."""
    rows = Placement.objects.filter(parent__code__in=wanted.predecessors, until__isnull=True, body__until__isnull=True)
    others = rows.exclude(body__code__in=(*wanted.predecessors, *wanted.successors))
    return list(others.select_related("body", "parent").order_by("body__sort_key", "body__code"))


def _found(wanted: Plan, journal: Journal) -> None:
    """Found the new bodies. Without a parent of its own a new body stands where the first predecessor stood."""
    first = Body.objects.get(code=wanted.predecessors[0])
    place = Placement.objects.filter(body=first, until__isnull=True).first()
    for new in wanted.new:
        body = Body(
            code=new.code,
            kind=new.kind or first.kind,
            name=dict(new.name),
            short=dict(new.short),
            sort_key=terms.sort_key(terms.pick(dict(new.name), "lv")),
            since=wanted.on,
            is_invented=first.is_invented,
        )
        journal.add(body, new.code)
        parent = Body.objects.get(code=new.parent).pk if new.parent else (place.parent_id if place else None)
        if parent is not None:
            journal.add(Placement(body=body, parent_id=parent, since=wanted.on), new.code)


def _move_bodies(operation: Operation) -> None:
    wanted, journal = operation.plan, operation.journal_of(ROOM)
    if wanted.keeps_its_code:
        _rename(operation)
        return
    for old in (operation.bodies[code] for code in wanted.predecessors):
        for new in (operation.bodies[code] for code in wanted.successors):
            if new != old:
                journal.add(
                    Succession(
                        kind=wanted.kind.value, on=wanted.on, predecessor=old, successor=new,
                        document=dict(wanted.document),
                    ),
                    old.code,
                )  # fmt: skip
    places = {row.body.code: row for row in _below(wanted)}
    for item in operation.of(BODY):
        _place(journal, places[item.key], operation.heir(item), operation)
    for code in wanted.ending:
        body = operation.bodies[code]
        for place in Placement.objects.filter(body=body, until__isnull=True).select_related("body"):
            _end(journal, place, operation)
        journal.change(body, code, until=operation.last_day)


def _place(journal: Journal, row: Placement, parent: Body, operation: Operation) -> None:
    """Put a body below another from the day on; a place that began later only is below the successor from its start."""
    if row.since is not None and row.since >= operation.plan.on:
        journal.change(row, row.body.code, parent_id=parent.pk)
        return
    journal.change(row, row.body.code, until=operation.last_day)
    journal.add(Placement(body=row.body, parent=parent, since=operation.plan.on), row.body.code)


def _end(journal: Journal, row: Placement, operation: Operation) -> None:
    if row.since is not None and row.since >= operation.plan.on:
        journal.remove(row, row.body.code)
    else:
        journal.change(row, row.body.code, until=operation.last_day)


def _rename(operation: Operation) -> None:
    wanted, journal = operation.plan, operation.journal_of(ROOM)
    body = operation.bodies[wanted.predecessors[0]]
    journal.add(
        FormerName(body=body, name=dict(body.name), short=dict(body.short), until=operation.last_day), body.code
    )
    journal.add(
        Succession(
            kind=wanted.kind.value, on=wanted.on, predecessor=body, successor=body, document=dict(wanted.document)
        ),
        body.code,
    )
    name = dict(wanted.name)
    journal.change(
        body,
        body.code,
        name=name,
        short=dict(wanted.short) or body.short,
        sort_key=terms.sort_key(terms.pick(name, "lv")),
    )


def _take_bodies_back(wanted: Plan, rows: list[dict[str, Any]], now: datetime) -> None:
    founded = {new.code for new in wanted.new}
    try:
        take_back(rows, (Body, FormerName, Placement, Succession), now=now)
    except (ProtectedError, RestrictedError) as fault:
        used = fault.protected_objects if isinstance(fault, ProtectedError) else fault.restricted_objects
        things = ", ".join(sorted({str(row) for row in used})[:5])
        raise errors.StillUsed(body=", ".join(sorted(founded)), things=things) from fault


# ---- small ------------------------------------------------------------------------------------------------------


def _codes(wanted: Plan) -> frozenset[str]:
    return frozenset((*wanted.predecessors, *wanted.successors))


def _is_later(one: Reorganisation, other: Reorganisation) -> bool:
    return one.applied_at is not None and (one.applied_at, one.pk) > (other.applied_at, other.pk)


def _locked(reorganisation: Reorganisation) -> Reorganisation:
    return Reorganisation.objects.select_for_update().get(pk=reorganisation.pk)


def _require_sound(wanted: Plan, by: Author) -> None:
    _require_reach(wanted, by)
    named = {*_codes(wanted), *(new.code for new in wanted.new), *(new.parent for new in wanted.new)}
    found = queries.by_codes(named)
    plans.require_sound(wanted, {code: Known(code, body.since, body.until) for code, body in found.items()})


def _require_reach(wanted: Plan, by: Author) -> None:
    """An administrator must reach the bodies of the plan; of a new one, the body above it."""
    founded = {new.code for new in wanted.new}
    parents = {new.parent for new in wanted.new if new.parent}
    named = (_codes(wanted) - founded) | parents
    rules.require_reorganiser(by, [body.pk for body in queries.by_codes(named).values()])


def _told(found: Reorganisation, action: str, by: Author, now: datetime, why: str = "") -> None:
    wanted = plans.read(found.plan)
    after = {
        "kind": wanted.kind.value,
        "on": wanted.on.isoformat(),
        "predecessors": list(wanted.predecessors),
        "successors": list(wanted.successors),
        "moved": found.counts,
    }
    audit.record(by=by, now=now, action=action, subject=(KIND, str(found.pk)), why=why, after=after)
