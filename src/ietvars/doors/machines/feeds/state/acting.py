"""What repeating a life takes: the person who did something, the hour of a day, and the entries of a file of it.

Used by `collecting`, `drafting`, `following` and `hearing`. It must not carry out anything.
"""

import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.state import errors
from ietvars.doors.machines.feeds.state.entries import Place
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Actor, Role


def entries(path: Path, word: str) -> list[dict[str, Any]]:
    """The tables `[[word]]` of a TOML file; none where there is no such file. Raises NotTaken where it is not TOML."""
    if not path.is_file():
        return []
    try:
        found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(word, [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise errors.NotTaken(place=Place(path.name, "the whole file"), why=f"It is not TOML: {wrong}.") from wrong
    return found


def capacities(username: str) -> list[Actor]:
    """All capacities in which a person may act; none where nobody bears the name."""
    person = people.by_username(username)
    return [people.actor_of(capacity) for capacity in people.capacities_of(person)] if person is not None else []


def actor(username: str, roles: Sequence[Role], otherwise: Actor) -> Actor:
    """A person in the first capacity of such a role."""
    return next((each for each in capacities(username) if each.role in roles), otherwise)


def noon(day: date) -> datetime:
    """When something is taken to have happened of which only the day is told."""
    return datetime.combine(day, time(12), UTC)
