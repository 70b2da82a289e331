"""What a canvas is, as a value: its parts, and what each asks. Never imports Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import errors

Texts = Mapping[str, str]

CENTRE = (Role.OVERSEER, Role.COORDINATOR, Role.SYSTEM)
"""Roles that write and publish canvases for all."""


class Level(StrEnum):
    """How much a requirement weighs, strongest first."""

    NON_WAIVABLE = "non-waivable"
    MANDATORY = "mandatory"
    DESIRABLE = "desirable"


BLOCKING = frozenset({Level.NON_WAIVABLE, Level.MANDATORY})
"""Levels that keep a description from being published; an approver may waive a mandatory one with a reason."""

STRENGTH: Mapping[Level, int] = {level: rank for rank, level in enumerate(Level)}


class State(StrEnum):
    """Where a version of a canvas stands."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Also:
    """A further rule for a part: the code of a requirement and what it weighs in this canvas."""

    code: str
    level: Level


@dataclass(frozen=True)
class Part:
    """One part of a canvas: the path it stands for, what is asked and why, and what helps to write it.

    `text` is common content in the part's own form, the same for every service made from the canvas. The requirement
    holds from `valid_from` to `valid_until`, both days included.
    """

    path: str
    level: Level
    source: Texts = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    help: Texts = field(default_factory=dict)
    example: Texts = field(default_factory=dict)
    practice: Texts = field(default_factory=dict)
    solutions: tuple[str, ...] = ()
    text: Any = None
    also: tuple[Also, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether the requirement is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


def content(parts: Iterable[Part]) -> dict[str, Any]:
    """The common content of a canvas, as a description."""
    return {part.path: part.text for part in parts if not descriptions.is_empty(part.text)}


def require_centre(actor: Actor) -> None:
    """Refuse everybody who may not write canvases. Raises NotTheCentre."""
    if actor.role not in CENTRE:
        raise errors.NotTheCentre


def part_of(canvas: str, entry: Mapping[str, Any]) -> Part:
    """A part out of its JSON or TOML form. Raises FaultyCanvas, UnknownPart, NotAPart."""
    unknown = set(entry) - _KEYS
    if unknown:
        raise errors.FaultyCanvas(canvas=canvas, fault=f"unknown key “{min(unknown)}”")
    try:
        part = Part(
            path=str(entry["path"]),
            level=Level(entry["level"]),
            source=dict(entry.get("source", {})),
            valid_from=_day(entry.get("valid_from")),
            valid_until=_day(entry.get("valid_until")),
            help=dict(entry.get("help", {})),
            example=dict(entry.get("example", {})),
            practice=dict(entry.get("practice", {})),
            solutions=tuple(entry.get("solutions", ())),
            text=descriptions.plain(entry.get("text")),
            also=tuple(Also(str(one["code"]), Level(one["level"])) for one in entry.get("also", ())),
        )
    except (KeyError, ValueError, TypeError) as fault:
        raise errors.FaultyCanvas(canvas=canvas, fault=str(fault)) from fault
    descriptions.require_form(part.path, part.text)
    return part


_KEYS = {
    "path", "level", "source", "valid_from", "valid_until", "help", "example", "practice", "solutions", "text", "also",
}  # fmt: skip


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def entry_of(part: Part) -> dict[str, Any]:
    """The JSON form of a part; what is empty is left out."""
    found: dict[str, Any] = {
        "path": part.path,
        "level": part.level.value,
        "source": dict(part.source),
        "valid_from": part.valid_from.isoformat() if part.valid_from else None,
        "valid_until": part.valid_until.isoformat() if part.valid_until else None,
        "help": dict(part.help),
        "example": dict(part.example),
        "practice": dict(part.practice),
        "solutions": list(part.solutions),
        "text": part.text,
        "also": [{"code": one.code, "level": one.level.value} for one in part.also],
    }
    return {key: value for key, value in found.items() if not descriptions.is_empty(value)}


@dataclass(frozen=True)
class Shipped:
    """A canvas as a file says it."""

    code: str
    kind: str
    title: Texts
    about: Texts
    for_services: Texts
    number: int
    valid_from: date | None
    note: Texts
    parts: tuple[Part, ...]


def shipped(name: str, table: Mapping[str, Any]) -> Shipped:
    """A canvas out of a file's table. Raises FaultyCanvas, UnknownPart, NotAPart."""
    code = str(table.get("code") or name)
    parts = tuple(part_of(code, entry) for entry in table.get("part", ()))
    paths = [part.path for part in parts]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice:
        raise errors.FaultyCanvas(canvas=code, fault=f"part “{twice}” stands twice")
    if not parts or not (table.get("title") or {}).get("lv"):
        raise errors.FaultyCanvas(canvas=code, fault="a title in Latvian and at least one part are needed")
    return Shipped(
        code=code,
        kind=str(table.get("kind", "")),
        title=table["title"],
        about=table.get("about", {}),
        for_services=table.get("for_services", {}),
        number=int(table.get("number", 1)),
        valid_from=_day(table.get("valid_from")),
        note=table.get("note", {}),
        parts=tuple(sorted(parts, key=lambda part: descriptions.PARTS.index(part.path))),
    )
