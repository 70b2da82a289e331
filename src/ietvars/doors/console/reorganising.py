"""The command `reorganise`: a merger, split or renaming of institutions from a file, seen before, done, or undone.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md). What may be done is decided
by ground.bodies; here a file is read and an answer is printed.
"""

import json
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.doors.furniture import today
from ietvars.ground.bodies import errors, plans, queries, reorganising
from ietvars.ground.bodies.reorganising import Preview
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms.rules import pick

LANGUAGE = "en"
WIDE = 140


@click.command("reorganise")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--preview", "only_preview", is_flag=True, help="Say what would go where, and write nothing.")
@click.option("--undo", type=int, default=None, metavar="ID", help="Take back the reorganisation of this number.")
@click.option("--why", default="", help="Why it is taken back; stays on record.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def reorganise_command(*, file: Path | None, only_preview: bool, undo: int | None, why: str, as_json: bool) -> None:
    """Merge, split or rename institutions as FILE (TOML) says, whole or not at all."""
    if (file is None) == (undo is None):
        raise click.UsageError("Name a file with the plan, or --undo with the number of what is to be taken back.")
    serving.prepare()
    if undo is not None:
        found = reorganising.undo(reorganisation=queries.reorganisation(undo), by=SYSTEM, now=_now(), why=why)
        _tell(found, as_json)
        return
    assert file is not None  # one of the two is there
    plan = _read(file)
    preview = reorganising.preview(plan=plan, by=SYSTEM, now=_now())
    if only_preview:
        _show(preview, as_json)
        return
    if preview.refusal is not None:
        raise preview.refusal
    made = reorganising.plan(plan=plan, by=SYSTEM, now=_now())
    _tell(reorganising.apply(reorganisation=made, by=SYSTEM, now=_now()), as_json)


def _now() -> datetime:
    """The moment of the day that this installation calls today."""
    return today.now()


def _read(file: Path) -> plans.Plan:
    try:
        return plans.read(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise errors.BrokenPlan(why=str(fault)) from fault


def _show(preview: Preview, as_json: bool) -> None:  # noqa: FBT001 - as click hands it over
    if as_json:
        click.echo(json.dumps(preview.document(), ensure_ascii=False, indent=1))
        return
    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    table = Table("What", "Which", "Name", "From", "To", title="What would go where", title_justify="left")
    for item in preview.items:
        to = "?" if item.new is None else "stays" if item.new == plans.STAYS else item.new
        table.add_row(item.what, item.key, pick(item.says, LANGUAGE), item.old, to)
    console.print(table)
    telling.say(str(preview.refusal) if preview.refusal else "It can be applied.")


def _tell(found: Any, as_json: bool) -> None:  # noqa: FBT001 - as click hands it over
    document = queries.reorganisation_document(found)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    counts = ", ".join(f"{what}: {count}" for what, count in found.counts.items())
    telling.say(f"Reorganisation No. {found.pk} is {found.state}. {counts}.")
