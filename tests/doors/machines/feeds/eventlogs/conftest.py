"""What tests of event logs share: a log written down and brought in, and what the inbox then holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ietvars.doors.machines.feeds.eventlogs import bringing, mapping
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import queries
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.facts import MARK
from tests.world import NOW, World

Bring = Callable[..., bringing.Run]

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<string key="concept:name" value="Permits"/>
{traces}
</log>
"""


@pytest.fixture(autouse=True)
def _own_keys_and_lake(settings: Any, tmp_path: Path) -> None:
    settings.PERSON_KEYS = tmp_path / "apart" / "person-keys.json"
    settings.LAKE = tmp_path / "lake"


@pytest.fixture
def bring(world: World, tmp_path: Path) -> Bring:
    """Brings in a log that is a path, a text or bytes; `toml` is its mapping."""

    def brought(log: Path | str | bytes, *, name: str = "log.xes", toml: str = "", **said: Any) -> bringing.Run:
        import tomllib

        if not isinstance(log, Path):
            path = tmp_path / name
            path.write_bytes(log.encode() if isinstance(log, str) else log)
            log = path
        steered = mapping.parse(tomllib.loads(toml))
        return bringing.bring(log, mapping=steered, by=SYSTEM, now=said.pop("now", NOW), **said)

    return brought


def event(activity: str = "Check", at: str = "2026-03-02T10:00:00+02:00", **said: str) -> str:
    """An event of XES; `said` are further attributes, with `_` for `:`."""
    values = {"concept:name": activity, "time:timestamp": at, **{key.replace("_", ":"): v for key, v in said.items()}}
    lines = (
        f'<{"date" if key == "time:timestamp" else "string"} key="{key}" value="{value}"/>'
        for key, value in values.items()
        if value
    )
    return f"<event>{''.join(lines)}</event>"


def trace(*events: str, name: str = "case-1", **said: str) -> str:
    """A trace of XES."""
    values = {"concept:name": name, **said}
    lines = (f'<string key="{key}" value="{value}"/>' for key, value in values.items() if value)
    return f"<trace>{''.join(lines)}{''.join(events)}</trace>"


def xes(*traces: str) -> str:
    """A log of XES."""
    return XES.format(traces="\n".join(traces))


def inbox() -> list[Event]:
    """All events that were taken in, in the order of their arrival."""
    return [one for _, one in queries.waiting(0, 10**7)]


def corrected() -> list[Event]:
    """Those that count: without what a later one corrects."""
    found = inbox()
    gone = {one.corrects for one in found if one.corrects}
    return [one for one in found if one.event_id not in gone]


def variants() -> dict[int, tuple[str, ...]]:
    """The activities of each case by time."""
    counted = corrected()
    names: dict[int, str] = {}
    for service in {one.service_id for one in counted}:
        names |= queries.activities(service)
    cases: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for number, one in enumerate(counted):
        if one.activity != MARK:
            cases[one.case_id].append((one.occurred_us, number, one.activity))
    return {case: tuple(names[activity] for *_, activity in sorted(rows)) for case, rows in cases.items()}
