"""The commands `export ...`: what the catalogue holds, in the formats of others. The work is the feeds'."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils import timezone

from ietvars.doors.console import bringing_logs, linking, serving, telling
from ietvars.ground.periods import rules as periods


@click.group("export")
def export_command() -> None:
    """Write what the catalogue holds in the formats of others."""


for _command in (*linking.EXPORTS, *bringing_logs.EXPORTS):
    export_command.add_command(_command)


def put(text: str, output: Path | None) -> None:
    """Write a document to a file, or to stdout. Exits with 2 when the file cannot be written."""
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as fault:
        telling.say(f"“{output}” cannot be written: {fault.strerror}. Choose another place with -o.")
        sys.exit(2)


@export_command.command("sdg")
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["feedback", "information-statistics", "assistance-statistics"]),
    help="Which document of the Single Digital Gateway.",
)
@click.option("--period", required=True, help="Such as 2026-01, 2026-Q1 or 2026.")
@click.option("--address", default="", help="Where people open the pages; without it, the address of IETVARS_IRI.")
@click.option("--unique-id", default="", help="The identifier that the gateway's interface gave for this transfer.")
@click.option("--transfer", type=click.Choice(["Manual", "API"]), default="Manual", help="How it is handed over.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; stdout without it.")
@telling.refusing()
def sdg_command(*, kind: str, period: str, address: str, unique_id: str, transfer: str, output: Path | None) -> None:
    """Write a document of the EU Single Digital Gateway for a period."""
    from ietvars.doors.machines.feeds.sdg import files
    from ietvars.institution.feedback import queries as feedback

    serving.prepare()
    asked = periods.parse(period)
    made: dict[str, Any] = files.document(
        files.Kind(kind),
        asked,
        address=address or settings.BASE_IRI,
        now=timezone.now(),
        unique_id=unique_id,
        transfer=files.Transfer(transfer),
    )
    put(json.dumps(made, ensure_ascii=False, indent=1), output)
    telling.say(f"{made['nbEntries']} entries of {asked.code}.")
    if kind == files.Kind.FEEDBACK and (n := feedback.illustrative(asked.start, asked.end)):
        telling.say(f"{n} of them are illustrative: this file is a sample and not to be handed over.")
    if not unique_id:
        telling.say("The identifier is our own. For the gateway's interface ask it for one and give it by --unique-id.")
