"""Sends the deliveries of a state folder: two years of events that never happened, by the same action as everybody's.

`deliveries.toml` says the seed, how many cases in how many months, up to the day of the state. Nothing for the worse is
planted at bodies that exist. Figures of the tables stay as they are: what the events add up to is read from the lake,
and is never handed to the figures by loading.
Why so: docs/decisions/2026-11-23-deliveries-of-the-sample-state.md
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.simulated import catalogue, making, streaming
from ietvars.doors.machines.feeds.state import errors
from ietvars.doors.machines.feeds.state.entries import Place
from ietvars.ground.deployment import queries as installation
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import compacting

KEYS = frozenset({"seed", "cases", "months"})
Progress = Callable[[str, int, int], None]


def send(*, folder: Path, by: Actor, now: datetime, progress: Progress | None = None) -> None:
    """Send all deliveries of a folder and lay them into the lake; one without the file has none. Raises NotTaken."""
    told = folder / "deliveries.toml"
    if not told.is_file():
        return
    place = Place(told.name, "the whole file")
    try:
        plan = _plan(tomllib.loads(told.read_text(encoding="utf-8")), by, now)
        deliveries.take_in(events=streaming.events(plan, progress), by=by, now=now)
        compacting.compact(by=by, now=now)
    except Refusal as refusal:
        raise errors.NotTaken(place=place, why=str(refusal)) from refusal
    except (KeyError, ValueError) as wrong:
        raise errors.NotTaken(place=place, why=f"{wrong} is missing or cannot be read.") from wrong


def _plan(told: Mapping[str, Any], by: Actor, now: datetime) -> making.Plan:
    if unknown := told.keys() - KEYS:
        raise ValueError(", ".join(sorted(unknown)))
    nation = catalogue.nation(codes=None, by=by, now=now)
    return making.Plan(
        nation=nation,
        seed=int(told["seed"]),
        cases=int(told["cases"]),
        until=catalogue.today(installation.as_of(), now),
        months=int(told["months"]),
        keeps_better=True,
        may_worsen=catalogue.of_invented(nation),
    )
