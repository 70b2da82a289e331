"""A reorganisation as a value: who goes over into whom from which day, and what goes where. Never imports Django.

Besides mergers, splits and renamings of whole bodies it knows the split that leaves the old body alive with a part of
its work. It must not know what kinds of things bodies have: rooms name them as items.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from ietvars.ground.bodies import errors
from ietvars.ground.terms.rules import pick

Texts = Mapping[str, str]

STAYS = "-"
"""Said instead of a successor: the thing stays as it is, or ends with its body."""

EVERYTHING = "*"
"""Said instead of a thing: all of its kind that are not named."""


class Kind(StrEnum):
    """What happens to the bodies."""

    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"


class State(StrEnum):
    """Where a reorganisation stands."""

    PLANNED = "planned"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


NEXT: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.APPLIED, State.DROPPED}),
    State.APPLIED: frozenset({State.UNDONE}),
    State.UNDONE: frozenset(),
    State.DROPPED: frozenset(),
}
"""Every state with those that may follow. Who wants an undone one again plans it anew, on what is there then."""


@dataclass(frozen=True)
class NewBody:
    """A body that the reorganisation founds."""

    code: str
    name: Texts
    kind: str = ""
    short: Texts = field(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True)
class Plan:
    """What is wanted. `assigned` maps a kind of thing to (key of the thing, code of its successor, or STAYS).

    `name` and `short` are those of a body that goes on under the same code. With one successor everything goes there.
    """

    kind: Kind
    on: date
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    name: Texts = field(default_factory=dict)
    short: Texts = field(default_factory=dict)
    document: Texts = field(default_factory=dict)
    new: tuple[NewBody, ...] = ()
    assigned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def ending(self) -> tuple[str, ...]:
        """Codes of the bodies that end: a body that is its own successor lives on."""
        return tuple(code for code in self.predecessors if code not in self.successors)

    @property
    def keeps_its_code(self) -> bool:
        """Whether one body goes on under a new name."""
        return self.kind is Kind.RENAMED and self.predecessors == self.successors

    def heir(self, what: str, key: str) -> str | None:
        """Where a thing of a predecessor goes: a code, STAYS, or None while nobody has decided."""
        if self.keeps_its_code:
            return STAYS
        if len(self.successors) == 1:
            return self.successors[0]
        named = self.assigned.get(what, {})
        found = named.get(key) or named.get(EVERYTHING)
        return found if found == STAYS or found in self.successors else None

    def document_of(self) -> dict[str, Any]:
        """The plan as JSON keeps it."""
        return {
            "kind": self.kind.value,
            "on": self.on.isoformat(),
            "predecessors": list(self.predecessors),
            "successors": list(self.successors),
            "name": dict(self.name),
            "short": dict(self.short),
            "document": dict(self.document),
            "new": [
                {"code": b.code, "name": dict(b.name), "kind": b.kind, "short": dict(b.short), "parent": b.parent}
                for b in self.new
            ],
            "assign": {what: dict(named) for what, named in self.assigned.items()},
        }


def read(document: Mapping[str, Any]) -> Plan:
    """The plan of a document: of a file, or as the table keeps it. Raises BrokenPlan with what cannot be read."""
    unknown = set(document) - {
        "kind", "on", "predecessors", "successors", "name", "short", "document", "new", "assign"
    }  # fmt: skip
    if unknown:
        raise errors.BrokenPlan(why=f"{min(unknown)} is not known")
    try:
        on = document["on"]
        return Plan(
            kind=Kind(document["kind"]),
            on=on if isinstance(on, date) else date.fromisoformat(str(on)),
            predecessors=_codes(document["predecessors"]),
            successors=_codes(document["successors"]),
            name=_texts(document.get("name")),
            short=_texts(document.get("short")),
            document=_texts(document.get("document")),
            new=tuple(_new(entry) for entry in document.get("new") or ()),
            assigned={
                str(what): {str(key): str(code) for key, code in named.items()}
                for what, named in (document.get("assign") or {}).items()
            },
        )
    except KeyError as fault:
        raise errors.BrokenPlan(why=f"{fault.args[0]} is missing") from fault
    except (TypeError, ValueError, AttributeError) as fault:
        raise errors.BrokenPlan(why=str(fault)) from fault


def _codes(said: Any) -> tuple[str, ...]:
    if isinstance(said, str) or not all(isinstance(code, str) for code in said):
        raise TypeError(f"{said!r} is no list of codes")
    return tuple(dict.fromkeys(said))


def _texts(said: Any) -> dict[str, str]:
    if said is not None and not (isinstance(said, Mapping) and all(isinstance(text, str) for text in said.values())):
        raise TypeError(f"{said!r} is no text by languages")
    return dict(said or {})


def _new(entry: Mapping[str, Any]) -> NewBody:
    return NewBody(
        code=str(entry["code"]),
        name=_texts(entry["name"]),
        kind=str(entry.get("kind") or ""),
        short=_texts(entry.get("short")),
        parent=str(entry.get("parent") or ""),
    )


@dataclass(frozen=True)
class Known:
    """What a plan must know of a body that exists."""

    code: str
    since: date | None = None
    until: date | None = None


def require_sound(plan: Plan, known: Mapping[str, Known]) -> None:
    """Refuse a plan that cannot be: bodies unknown, ended or not begun, founded twice, too few of them.

    Raises NothingToMerge, NotThatMany, UnknownBody, BodyHasEnded, BodyExists, BodyNotYet, NoNewName.
    """
    if not plan.predecessors or not plan.successors:
        raise errors.NothingToMerge
    _require_number(plan)
    _require_new(plan, known)
    founded = [body.code for body in plan.new]
    for code in dict.fromkeys((*plan.predecessors, *plan.successors)):
        if code not in known and (code not in founded or code in plan.predecessors):
            raise errors.UnknownBody(body=code)
        body = known.get(code)
        if body is not None and body.until is not None:
            raise errors.BodyHasEnded(body=code, until=body.until.isoformat())
        if body is not None and body.since is not None and body.since >= plan.on:
            raise errors.BodyNotYet(body=code, since=body.since.isoformat(), on=plan.on.isoformat())
    if plan.keeps_its_code and not plan.name.get("lv"):
        raise errors.NoNewName


def _require_new(plan: Plan, known: Mapping[str, Known]) -> None:
    founded = [body.code for body in plan.new]
    for body in plan.new:
        if body.code in known or founded.count(body.code) > 1:
            raise errors.BodyExists(body=body.code)
        if body.code not in plan.successors:
            raise errors.BrokenPlan(why=f"{body.code} is founded and takes over nothing")
        if body.parent and body.parent not in known:
            raise errors.UnknownBody(body=body.parent)
        if not body.name.get("lv"):
            raise errors.NoNewName


def _require_number(plan: Plan) -> None:
    few, many = len(plan.predecessors), len(plan.successors)
    fits = {
        Kind.MERGED: many == 1 and bool(plan.ending),
        Kind.SPLIT: few == 1 and many > 1,
        Kind.RENAMED: few == many == 1,
    }
    if not fits[plan.kind]:
        raise errors.NotThatMany


@dataclass(frozen=True)
class Item:
    """One thing that a reorganisation concerns: its kind, its key in the plan, its name, where it is and where it goes.

    `new` is the code of the successor, STAYS, or None while nobody has decided. `note` is a reason in one word.
    """

    what: str
    key: str
    says: Texts
    old: str
    new: str | None
    note: str = ""


@dataclass
class Gathering:
    """Handed from room to room: each adds the things it would move under the plan."""

    plan: Plan
    items: list[Item] = field(default_factory=list)

    def add(self, what: str, key: str, says: Texts, old: str, *, note: str = "") -> None:
        """Name a thing of a predecessor; where it goes is read from the plan."""
        self.items.append(Item(what, key, says, old, self.plan.heir(what, key), note))

    def along(self, what: str, key: str, says: Texts, old: str, *, beside: tuple[str, str]) -> None:
        """Name a thing that goes wherever another one goes, which is told by its kind and key."""
        self.items.append(Item(what, key, says, old, self.plan.heir(*beside)))

    def stays(self, what: str, key: str, says: Texts, old: str, *, note: str) -> None:
        """Name a thing that stays where it is, with the reason."""
        self.items.append(Item(what, key, says, old, STAYS, note))


def by_kind(items: Iterable[Item]) -> dict[str, tuple[Item, ...]]:
    """Kind of thing to its items, in the order in which the rooms named them."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.what].append(item)
    return {what: tuple(of_kind) for what, of_kind in found.items()}


def undecided(items: Iterable[Item]) -> tuple[Item, ...]:
    """Things of which nobody has said where they go."""
    return tuple(item for item in items if item.new is None)


def require_decided(items: Sequence[Item]) -> None:
    """Refuse while a thing has no place. Raises Undecided with how many and the first."""
    open_ones = undecided(items)
    if open_ones:
        first = open_ones[0]
        raise errors.Undecided(count=len(open_ones), what=first.what, key=pick(first.says, "lv") or first.key)


def require_known_things(plan: Plan, items: Iterable[Item]) -> None:
    """Refuse an assignment of a thing that is not there, or to a body that takes nothing over: most likely a slip."""
    there = {(item.what, item.key) for item in items}
    for what, named in plan.assigned.items():
        for key, code in named.items():
            if code != STAYS and code not in plan.successors:
                raise errors.NoSuccessor(body=code, key=key)
            if key != EVERYTHING and (what, key) not in there:
                raise errors.NothingOfThat(what=what, key=key)


def require_next(state: str, wanted: State) -> None:
    """Refuse a step that the table of states does not have. Raises NotThatStep."""
    if wanted not in NEXT[State(state)]:
        raise errors.NotThatStep(state=state, wanted=wanted.value)


def require_day(plan: Plan, today: date) -> None:
    """Refuse to apply a plan before its day: until then the old bodies do the work. Raises TooEarly."""
    if today < plan.on:
        raise errors.TooEarly(on=plan.on.isoformat())


def require_newest(bodies: Collection[str], later: Iterable[tuple[int, Collection[str]]]) -> None:
    """Refuse to undo below a later reorganisation of the same bodies. Raises UndoTheLaterFirst."""
    for pk, others in later:
        if set(bodies) & set(others):
            raise errors.UndoTheLaterFirst(later=pk)
