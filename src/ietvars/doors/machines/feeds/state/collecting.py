"""Repeats collection rounds of a state folder: opened, exempted, typed in, submitted and accepted by the same actions.

`rounds.toml` says who did what on which day, `rounds/<period>.csv` what was typed: service, quantity, stage, channel,
text, n, scale, spread, note. It must not know what is asked; a figure that nobody asked is a fault of the folder.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.state import acting, errors
from ietvars.doors.machines.feeds.state.entries import Place
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.institution.rounds import actions, queries, rules
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.typed import Typed
from ietvars.institution.services import queries as services

Entry = Mapping[str, Any]


def collect(*, folder: Path, by: Actor) -> None:
    """Carry each round of the folder as far as it tells; a folder without rounds has none. `by` acts where a person
    of the folder has no capacity for it. Raises NotTaken with the entry that was refused.
    """
    told = folder / "rounds.toml"
    for number, entry in enumerate(acting.entries(told, "round"), start=1):
        place = Place(told.name, f"round {number} “{entry.get('period', '')}”")
        try:
            _round(folder, entry, by)
        except Refusal as refusal:
            raise errors.NotTaken(place=place, why=str(refusal)) from refusal
        except (KeyError, OSError) as missing:
            raise errors.NotTaken(place=place, why=f"{missing} is missing or unknown.") from missing


def _round(folder: Path, entry: Entry, by: Actor) -> None:
    made = actions.open_round(
        period=entry["period"],
        due=entry["due"],
        indicators=entry["indicators"],
        title=entry["title"],
        bodies=[_body(code) for code in entry["bodies"]],
        is_illustrative=True,
        by=_actor(entry["opened_by"], by, rules.require_overseer),
        now=acting.noon(entry["opened"]),
    )
    for each in entry.get("exemption", ()):
        actions.exempt(
            round=made,
            body=_body(each["body"]) if "body" in each else None,
            service=services.by_code(each["service"]) if "service" in each else None,
            quantity=each.get("quantity", ""),
            is_excused=each.get("excused", True),
            reason=each["reason"],
            by=by,
            now=acting.noon(entry["opened"]),
        )
    typed = _typed(folder / "rounds" / f"{made.code}.csv")
    for each in entry.get("report", ()):
        _report(made, each, typed, by)
    if "closed" in entry:
        actions.close_round(round=made, by=by, now=acting.noon(entry["closed"]))


def _report(made: Any, entry: Entry, typed: Mapping[str, list[Typed]], by: Actor) -> None:
    """What one institution typed; submitted, accepted or sent back where the folder tells so."""
    body, on = _body(entry["body"]), acting.noon(entry["on"])
    grid = queries.grid(made, body)
    codes = [line.service.code for line in grid.lines] if grid else []
    owner = _actor(entry["by"], by, rules.require_reporter, body.pk)
    cells = [cell for code in codes for cell in typed.get(code, ())]
    actions.enter(round=made, body=body, cells=cells, by=owner, now=on)
    if "submitted" not in entry:
        return
    report = actions.submit(round=made, body=body, by=owner, now=acting.noon(entry["submitted"]))
    if "accepted" in entry:
        accepter = _actor(entry["accepted_by"], by, rules.require_accepter, body.pk, report.reporter)
        actions.accept(report=report, by=accepter, now=acting.noon(entry["accepted"]))
    elif "sent_back" in entry:
        accepter = _actor(entry["sent_back_by"], by, rules.require_accepter, body.pk, report.reporter)
        actions.request_change(report=report, why=entry["why"], by=accepter, now=acting.noon(entry["sent_back"]))


def _typed(path: Path) -> dict[str, list[Typed]]:
    found: dict[str, list[Typed]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = Key(row["quantity"], row["stage"], row["channel"])
            cell = Typed(row["service"], key, row["text"], row["n"], row["scale"], row["spread"], row["note"])
            found.setdefault(row["service"], []).append(cell)
    return found


def _body(code: str) -> Any:
    found = bodies.by_code(code)
    if found is None:
        raise KeyError(code)
    return found


def _actor(username: str, otherwise: Actor, require: Any, *more: Any) -> Actor:
    """The person in the first capacity that may do this."""
    for found in acting.capacities(username):
        try:
            require(found, *more)
        except Refusal:
            continue
        return found
    return otherwise
