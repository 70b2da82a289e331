"""The commands `compact`, `backup`, `restore` and `verify`: deliveries are laid away, copied, brought back, looked at.

With `--json` one document goes to stdout and nothing else. It must not know how a backup is made: that is
`ground.lake.backing`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.ground.errors import Refusal
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import backing, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake.rules import Fault
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import compacting, counting
from ietvars.institution.deliveries import queries as deliveries

MOST_FAULTS = 40
"""So many faults are printed one by one; the document holds all."""


@click.command("compact")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def compact_command(*, as_json: bool) -> None:
    """Lay the deliveries that wait into the lake, and sweep away files that no longer count."""
    serving.prepare()
    now = timezone.now()
    with telling.progress() as step:
        done = compacting.compact(by=SYSTEM, now=now, step=lambda at, of: step("events laid", at, of))
    swept = lake_actions.sweep(by=SYSTEM, now=now)
    if as_json:
        _print("compact", {**asdict(done), "swept_files": swept})
        return
    telling.say(
        f"{done.events} events laid into the lake"
        + (f", {done.known} of them known already" if done.known else "")
        + (f", {done.moved_cases} cases moved to an earlier month" if done.moved_cases else "")
        + f"; {deliveries.waiting_count()} wait."
    )
    for back in done.clock_back:
        telling.say(_clock(asdict(back)))


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--copy", "copies", is_flag=True, help="Copy the files of the lake even where they could be linked.")
@click.option(
    "--with-keys", is_flag=True, help="Also copy the keys of persons and sessions. Keep such a backup locked."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def backup_command(*, folder: Path, copies: bool, with_keys: bool, as_json: bool) -> None:
    """Copy database and lake, as they are at one moment, into FOLDER. Broken off, it goes on when called again."""
    serving.prepare()
    keys = [path for path in _keys() if path.is_file()] if with_keys else []
    with telling.progress() as step:
        made = backing.back_up(folder, now=timezone.now(), step=step, copies=copies, keys=keys)
    if as_json:
        _print("backup", {"folder": str(folder), **_backup(made)})
        return
    telling.say(f"{folder}: the database and {len(made.parts)} files of the lake, {made.bytes / 1e6:,.0f} MB.")
    if not with_keys:
        telling.say(
            "The keys of persons are not in it (--with-keys); without them nobody can be joined after a restore."
        )


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def restore_command(*, folder: Path, as_json: bool) -> None:
    """Bring the backup in FOLDER back into an empty database and an empty lake. Stop the server and workers first."""
    with telling.progress() as step:
        made = backing.restore(folder, step=step)
    serving.prepare()
    found = lake.faults()
    if as_json:
        _print("restore", {"folder": str(folder), **_backup(made), "faults": list(map(_fault, found))})
    else:
        telling.say(f"Restored as of {made.made_at}: the database and {len(made.parts)} files of the lake.")
        if made.keys:
            telling.say(
                f"Put the keys back yourself, readable by you alone: {', '.join(made.keys)} (in {folder}/keys)."
            )
        _tell(found)
    sys.exit(1 if found else 0)


@click.command("verify")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), required=False)
@click.option("--deep", is_flag=True, help="Read every byte and every row, not only sizes and ends of files.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def verify_command(*, folder: Path | None, deep: bool, as_json: bool) -> None:
    """Look whether database and lake are whole, or the backup in FOLDER. Ends with 1 when they are not."""
    document = _verify_backup(folder, deep=deep) if folder else _verify_here(deep=deep)
    if as_json:
        _print("verify", document)
    else:
        for fault in document["faults"][:MOST_FAULTS]:
            telling.say(fault["sentence"])
        if len(document["faults"]) > MOST_FAULTS:
            telling.say(f"and {len(document['faults']) - MOST_FAULTS} more; --json gives all.")
        for back in document.get("clock_set_back", ()):
            telling.say(_clock(back))
        telling.say("All is whole." if document["is_whole"] else "Not all is whole.")
    sys.exit(0 if document["is_whole"] else 1)


def lay_away() -> None:
    """What `tick` does about deliveries: lay away what waits, sweep, and say what could not be done."""
    try:
        if deliveries.waiting_count(1):
            done = compacting.compact(by=SYSTEM, now=timezone.now())
            telling.say(f"{done.events} events laid into the lake.")
        lake_actions.sweep(by=SYSTEM, now=timezone.now())
    except Refusal as refusal:
        telling.say(str(refusal))


# ---- what was found -----------------------------------------------------------------------------------------------


def _verify_backup(folder: Path, *, deep: bool) -> dict[str, Any]:
    with telling.progress() as step:
        found = backing.faults(folder, deep=deep, step=step)
    faults = list(map(_fault, found))
    return {"is_whole": not faults, "is_deep": deep, **_backup(backing.read(folder)), "faults": faults}


def _verify_here(*, deep: bool) -> dict[str, Any]:
    serving.prepare()
    faults = list(map(_fault, lake.faults(deep=deep)))
    if deep and (said := backing.what_ails_the_database()):
        faults.append({"code": "database", "path": "", "sentence": f"The database is damaged: {said}."})
    counted = None
    # A file that cannot be read would break the counting off; it is named above already.
    if not any(fault["code"] != "unknown" for fault in faults):
        counted = counting.count(deep=deep)
        faults += _doubts(counted)
    clock: Any = lake.state(deliveries.DATASET).facts.get("clock") or {}
    return {
        "is_whole": not faults,
        "is_deep": deep,
        "lake": str(files.root()),
        "datasets": [asdict(state) for state in lake.states()],
        "counts": asdict(counted) if counted else None,
        "clock_set_back": clock.get("set_back", []),
        "faults": faults,
    }


def _doubts(counted: counting.Counted) -> list[dict[str, str]]:
    said = {
        "twice": (counted.twice, "{} events lie in the lake twice."),
        "astray": (counted.astray, "{} cases lie in several months of the lake."),
        "lost": (counted.missing or 0, "{} events of the inbox should lie in the lake and do not."),
    }
    return [
        {"code": code, "path": "", "sentence": text.format(number)} for code, (number, text) in said.items() if number
    ]


def _fault(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "path": fault.path, "sentence": fault.sentence}


def _backup(made: backing.Backup) -> dict[str, Any]:
    return {
        "made_at": made.made_at,
        "made_with": made.version,
        "database": made.vendor,
        "bytes": made.bytes,
        "files": len(made.parts),
        "generations": made.generations,
        "keys": made.keys,
    }


def _keys() -> list[Path]:
    return [Path(settings.PERSON_KEYS), settings.VAR / "secret-key"]


def _tell(found: list[Fault]) -> None:
    for fault in found[:MOST_FAULTS]:
        telling.say(fault.sentence)


def _clock(back: dict[str, Any]) -> str:
    return (
        f"The clock of this computer was set back by {back['seconds']} s when event {back['seq']} arrived"
        f" (noticed {back.get('noticed', 'now')}). The order of arrival counts; check the clock."
    )


def _print(name: str, document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"document": f"ietvars/{name}", "version": 1, **document}, ensure_ascii=False) + "\n")
