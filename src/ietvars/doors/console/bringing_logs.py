"""The commands `ietvars import events` and `export events`: event logs from and for other systems. The work is the
feed's.

Exit code 0 when every log was taken in, 1 with --strict when events were refused, 2 when a log could not be read; the
logs before it are in then.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.ground.people.rules import SYSTEM

MOST_LINES = 12

DOCUMENT = {"document": "ietvars/events", "version": 1}
"""How the document of --json begins; the version grows when a key changes its meaning or goes."""


@click.command("events")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), help="Mapping file (TOML): columns, words.")
@click.option("--service", default="", help="Code of the service that all events are of.")
@click.option("--body", default="", help="Code of the institution that holds a service made for the log.")
@click.option("--resume", is_flag=True, help="Go on where a run of the same log was cut off, instead of looking again.")
@click.option("--strict", is_flag=True, help="Exit with 1 when events were refused. The rest still goes in.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@telling.refusing()
def import_events(
    files: Sequence[Path], mapping_file: Path | None, service: str, body: str, *, resume: bool, strict: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Bring in event logs: XES, OCEL 2.0 (JSON, XML, SQLite), CSV or Parquet, packed (.gz) or not."""
    from ietvars.doors.machines.feeds.eventlogs import bringing, mapping

    serving.prepare()
    steered = mapping.read(mapping_file)
    documents: list[dict[str, Any]] = []
    for file in files:
        with telling.progress() as step:
            run = bringing.bring(
                file, mapping=steered, service=service, body=body, resume=resume, by=SYSTEM, now=timezone.now(),
                progress=step,
            )  # fmt: skip
        documents.append(run.document())
        _tell(documents[-1])
    if as_json:
        click.echo(json.dumps({**DOCUMENT, "logs": documents}, ensure_ascii=False, indent=2))
    if strict and any(document["events"]["refused"] for document in documents):
        sys.exit(1)


def _tell(log: dict[str, Any]) -> None:
    """The report for people."""
    events, cases = log["events"], log["cases"]
    telling.say(
        f"“{log['log']}” ({log['form']}): {cases['read']} cases, {events['taken']} events taken, "
        f"{events['known']} known already, {events['refused']} refused, in {log['seconds']:.2f} s."
    )
    where = f"the service “{log['service']}”" if log["service"] else f"{len(log['services'])} services"
    telling.say(f"  They are of {where}{', made as a draft for this log' if log['service_made'] else ''}.")
    if log["resumed_after_cases"]:
        telling.say(f"  Went on after {log['resumed_after_cases']} cases that were in already.")
    if dates := log["dates_of_cases"]["taken"]:
        telling.say(f"  {dates} times a case itself says when it began or ended.")
    new = log["activities"]["new"]
    telling.say(f"  {log['activities']['used']} activities, {len(new)} of them new{f': {_some(new)}' if new else ''}.")
    _tell_handling(log)
    for fault in log["faults"][:MOST_LINES]:
        told = f" ({fault['what']})" if fault["what"] else ""
        telling.say(f"  Refused: {fault['file']}, line {fault['line']}: {fault['code']}{told}.")
    if events["refused"] > MOST_LINES:
        counts = ", ".join(f"{code} {count}" for code, count in log["refused"].items())
        telling.say(f"  All that was refused: {counts}.")


def _tell_handling(log: dict[str, Any]) -> None:
    cycle, objects, cases = log["lifecycle"], log["objects"], log["cases"]
    if cycle["states_joined_into_one_activity"] or cycle["activities_never_over"]:
        telling.say(
            f"  {cycle['states_joined_into_one_activity']} states (schedule, start ...) belong to activities that "
            f"are counted once; {cycle['activities_never_over']} activities never came to an end."
        )
    if cycle["missing_read_as_complete"]:
        telling.say(f"  {cycle['missing_read_as_complete']} events name no state; they count as complete.")
    if objects["case_type"]:
        telling.say(f"  A case is an object of type “{objects['case_type']}”.")
    if objects["events_of_several_cases"]:
        telling.say(
            f"  {objects['events_of_several_cases']} events are of several cases and stand in each of them: "
            f"{objects['events_made_of_them']} events."
        )
    if log["times_without_offset"]:
        telling.say(f"  {log['times_without_offset']} times name no offset and were read in the zone of the mapping.")
    if cases["read"] and cases["open"] == cases["read"]:
        telling.say("  No case says when it ended, so all stay open. See “ends” in the guide to mappings.")
    for what, found in log["unknown"].items():
        told = _some([f"{word} ({count})" for word, count in found.items()])
        telling.say(f"  Unknown {what}, left empty: {told}.")
    for role, count in log["unreadable_dates"].items():
        telling.say(f"  {count} cases have an unreadable date for “{role}”.")


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:MOST_LINES])
    return f"{shown} and {len(texts) - MOST_LINES} more" if len(texts) > MOST_LINES else shown


@click.command("events")
@click.option("--service", "codes", multiple=True, help="Code of a service; may be given several times.")
@click.option(
    "--format", "form", type=click.Choice(["xes", "ocel-json", "ocel-xml"]), default="xes", help="XES when not said."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; stdout without it.")
@telling.refusing()
def export_events(codes: Sequence[str], form: str, output: Path | None) -> None:
    """Write what happened in services, case by case, as XES or OCEL 2.0: cases under pseudonyms, no persons."""
    from ietvars.doors.machines.feeds.eventlogs import errors, writing
    from ietvars.institution.services import queries as services

    serving.prepare()
    found = services.by_codes(codes) if codes else {one.code: one for one in services.all_services()}
    if missing := sorted(set(codes) - found.keys()):
        raise errors.NoSuchService(service=missing[0])
    name = f"{' '.join(sorted(codes))[:80] or 'all'} {timezone.localdate():%Y-%m-%d}"
    pieces = writing.write(services=list(found.values()), form=form, name=name, by=SYSTEM)
    try:
        if output is None:
            for piece in pieces:
                sys.stdout.write(piece)
            return
        with output.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
    except BrokenPipeError:
        sys.exit(2)
    except OSError as fault:
        telling.say(f"“{output}” cannot be written: {fault.strerror}. Choose another place with -o.")
        sys.exit(2)
    telling.say(f"Written to {output}.")


IMPORTS = (import_events,)
EXPORTS = (export_events,)
