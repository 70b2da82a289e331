"""The command `ietvars import table`: tables of service inventories, steered by a mapping. The work is the feed's.

Exit code 0 when the run was kept or was kept already, 1 with --strict when rows or cells had faults, 2 when nothing
was written.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils import timezone

from ietvars.doors.console import bringing_logs, linking, serving, telling
from ietvars.doors.machines.feeds.inventories import bringing, faults, reading, restating
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import definitions

MOST_PERIODS = 6
MOST_LINES = 12
"""So many changes and columns are told to people; the document and the list of faults have all."""


@click.group("import")
def import_command() -> None:
    """Bring in what other inventories and catalogues hold."""


for _command in (*linking.IMPORTS, *bringing_logs.IMPORTS):
    import_command.add_command(_command)


@import_command.command("sdg-feedback")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="own-tool", help="Short name of the tool that gathered it.")
@click.option("--service", default="", help="Code of the service that all entries are about.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def sdg_feedback_command(file: Path, *, source: str, service: str, as_json: bool) -> None:
    """Bring in a batch of feedback (JSON of the Single Digital Gateway). Comments are masked before they are kept."""
    from ietvars.doors.console import feedback

    serving.prepare()
    feedback.bring(file, source=source, service=service, as_json=as_json)


@import_command.command("table")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--mapping", "mapping_name", required=True, help="Mapping file, or the name of one that ships.")
@click.option("--edition", default="", help="Name of the edition; without it, today's date and the content's hash.")
@click.option("--period", "only", multiple=True, help="Take rows of this period only; may be given several times.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a row or a cell has a fault. The rest still goes in.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option("--faults", "faults_file", type=click.Path(path_type=Path), help="Where to list the faults, as CSV.")
def table_command(
    files: Sequence[Path],
    mapping_name: str,
    edition: str,
    only: Sequence[str],
    *,
    strict: bool,
    as_json: bool,
    faults_file: Path | None,
) -> None:
    """Bring in one edition of an inventory from its FILEs, each matched to a table of the mapping by its columns."""
    serving.prepare()
    try:
        inventory = reading.load(mapping_name)
        measured_by = _measured_by(mapping_name)
        with telling.progress() as step:
            run = bringing.bring(
                inventory,
                files,
                by=SYSTEM,
                now=timezone.now(),
                edition=edition.strip(),
                only=sorted({periods.parse(text).code for text in only}),
                progress=step,
            )
        if measured_by is not None:
            indicators.load_definitions(
                register=measured_by.code, definitions=measured_by.indicators, by=SYSTEM, now=timezone.now()
            )
    except Refusal as refusal:
        telling.say(str(refusal))
        sys.exit(2)
    if run.is_new:
        run.document["faults"]["file"] = str(_list(run, faults_file))
    if as_json:
        click.echo(json.dumps(run.document, ensure_ascii=False, indent=2))
    _tell(run)
    if strict and any(fault.weight is not faults.Weight.CONTRADICTION for fault in run.faults):
        sys.exit(1)


def _measured_by(mapping_name: str) -> definitions.Register | None:
    """The indicators that lie beside a mapping: what its services are measured by. Raises the slips of that file."""
    path = Path(mapping_name)
    if not path.is_file():
        path = reading.SHIPPED / mapping_name / "mapping.toml"
    beside = path.with_name("indicators.toml")
    return definitions.read(beside.read_text(encoding="utf-8")) if beside.is_file() else None


def _list(run: bringing.Run, path: Path | None) -> Path:
    """Write the list of faults, where told to or under its edition's name; returns where it is."""
    if path is None:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(run.document["edition"])).strip(".-") or "edition"
        path = Path(settings.VAR) / "import-faults" / f"{name}.csv"
    faults.write(run.faults, path)
    return path


# ---- the report for people ----------------------------------------------------------------------------------------


def _tell(run: bringing.Run) -> None:
    document = run.document
    edition = f"“{document['edition']}” of {document['source']}"
    if document["definitions"]:
        telling.say(f"{len(document['definitions'])} definitions of indicators are new or worded anew.")
    if not run.is_new:
        telling.say(f"The edition {edition} holds this content already; nothing changed.")
        if document["mapping_changed"]:
            telling.say("The mapping has changed since. To read the content anew, give it a new name with --edition.")
        return
    telling.say(f"The edition {edition} is kept.")
    for each in document["files"]:
        telling.say(f"  {each['file']} is “{each['table']}”: {each['taken']} of {each['rows']} rows taken.")
        if each["unknown_columns"]:
            telling.say(f"    Columns that the mapping does not know: {_some(each['unknown_columns'])}.")
    services = document["services"]
    telling.say(
        f"  {services['named']} services, {services['new']} of them new; {document['measurements']['rows']} figures."
    )
    _tell_faults(document["faults"])
    restatement = document["restatement"]
    for period in list(restatement)[-MOST_PERIODS:]:
        _tell_restatement(period, restatement[period])
    if len(restatement) > MOST_PERIODS:
        telling.say(f"  {len(restatement) - MOST_PERIODS} older periods are restated too: see the document (--json).")


def _tell_faults(found: Mapping[str, Any]) -> None:
    kinds = (
        (found["rows_left_out"], "rows left out"),
        (found["cells_unreadable"], "cells unreadable"),
        (found["contradictions"], "contradictions kept as they came"),
    )
    if any(count for count, _ in kinds):
        told = ", ".join(f"{count} {name}" for count, name in kinds if count)
        telling.say(f"  {told}: {found.get('file', '')}")


def _tell_restatement(period: str, restated: Mapping[str, Any]) -> None:
    telling.say(f"  {period} was reported before by {_some(restated['restates'])}.")
    if services := restated.get("services"):
        telling.say(f"    Services: {services['kept']} kept, {services['gone']} gone, {services['new']} new.")
        if services["gone_list"]:
            telling.say(f"    Gone: {_some(services['gone_list'])}.")
    figures = restated["figures"]
    told = ", ".join(f"{count} {change}" for change, count in restating.summed(figures["changed"]).most_common())
    telling.say(f"    Figures: {figures['same']} the same, {figures['new']} new{f'; {told}' if told else ''}.")
    for each in figures["changed"][:MOST_LINES]:
        what = f"{each['quantity']} {each['channel']}".strip()
        telling.say(f"      {what}: {each['count']} {each['change']}")


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:MOST_LINES])
    return f"{shown} and {len(texts) - MOST_LINES} more" if len(texts) > MOST_LINES else shown
