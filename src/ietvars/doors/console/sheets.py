"""The command `ietvars sheet`: lists out as a spreadsheet, what a file would change, and writing it.

Exit code 0 when all of the file is taken, 1 when cells are refused or left in conflict, 2 when nothing can be read or
written. The console acts as the system, which reaches every institution.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.doors.furniture import today
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.sheets import actions, errors, layouts, queries, rules

MOST_LINES = 40
"""So many cells are told to people; the document has all."""
WIDE = 140


@click.group("sheet")
def sheet_command() -> None:
    """Lists that go out as a spreadsheet and come back."""


@sheet_command.command("out")
@click.option("--kind", type=click.Choice(layouts.KINDS), default=layouts.SERVICES, show_default=True)
@click.option("-o", "--output", "path", required=True, type=click.Path(path_type=Path), help="FILE.xlsx or FILE.csv")
@click.option("--period", "periods", multiple=True, help="Of figures; the newest when not given. May be repeated.")
@click.option("--round", "round_code", default="", help="Of answers to a round: its code; with --body.")
@click.option("--body", "body_code", default="", help="The institution whose answers they are.")
@click.option("--service", "codes", multiple=True, help="Only this service; may be given several times.")
@click.option("--language", type=click.Choice(["lv", "en"]), default="lv", show_default=True, help="Of the headings.")
@telling.refusing()
def out(
    *,
    kind: str,
    path: Path,
    periods: Sequence[str],
    codes: Sequence[str],
    language: str,
    round_code: str,
    body_code: str,
) -> None:
    """Write a list into a file, to be changed and sent back."""
    serving.prepare()
    made = actions.download(
        kind=kind,
        language=language,
        periods_wanted=periods,
        codes=codes,
        report=(round_code, body_code),
        by=SYSTEM,
        now=today.now(),
    )
    path.write_bytes(queries.file_of(made, "csv" if path.suffix.casefold() == ".csv" else "xlsx"))
    telling.say(f"{len(made.rows)} rows of {kind} stand in {path}. Row marks begin with {made.code}.")


@sheet_command.command("preview")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def preview(*, path: Path, as_json: bool) -> None:
    """Print what FILE would change, cell by cell; nothing of it is written."""
    serving.prepare()
    found = queries.document(_previewed(path))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _show(found)
    _tell(found)
    sys.exit(1 if found["counts"]["refused"] or found["counts"]["conflict"] else 0)


@sheet_command.command("apply")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--all", "takes_all", is_flag=True, help="Write conflicts too, over what others wrote meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def apply(*, path: Path, takes_all: bool, as_json: bool) -> None:
    """Write what FILE changes: service changes into drafts, figures as an edition."""
    serving.prepare()
    choice = rules.Choice.ALL if takes_all else rules.Choice.UNCONFLICTED
    made = actions.apply(sheet=_previewed(path), choice=choice, by=SYSTEM, now=today.now())
    found = queries.document(made)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    result = found["result"]
    telling.say(f"{result['cells']} cells are written: {len(result['drafts'])} drafts, {result['figures']} figures.")
    left = found["counts"]["refused"] + (0 if takes_all else found["counts"]["conflict"])
    if left:
        telling.say(f"{left} cells were left; `ietvars sheet preview` says why.")
    sys.exit(1 if left else 0)


def _previewed(path: Path) -> Any:
    """The preview of a file. Raises NoSuchSheet and the refusals of reading."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise errors.NoSuchSheet(file=str(path)) from fault
    return actions.preview(file_name=path.name, content=content, by=SYSTEM, now=today.now())


def _show(found: dict[str, Any]) -> None:
    console = Console()
    table = Table("Cell", "About", "Column", "Outcome", "Was", "Becomes", "Why", title=found["file"])
    for each in found["cells"][:MOST_LINES]:
        why = each["why"] or (f"now: {each['now']}" if each["outcome"] == "conflict" else "")
        shown = (each["cell"], each["about"], each["column"], each["outcome"], each["was"], each["becomes"], why)
        table.add_row(*(text if len(text) <= 60 else f"{text[:60]}…" for text in shown))
    console.print(table, width=None if console.is_terminal else WIDE, markup=False)


def _tell(found: dict[str, Any]) -> None:
    told = ", ".join(f"{count} {name}" for name, count in found["counts"].items() if count) or "no change"
    telling.say(f"“{found['file']}”: {told}. Nothing is written.")
    if len(found["cells"]) > MOST_LINES:
        telling.say(f"{len(found['cells']) - MOST_LINES} more cells: see the document (--json).")
