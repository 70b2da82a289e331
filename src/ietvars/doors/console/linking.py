"""The commands under `export` and `import` of linked data and its neighbours, which the two groups take in.

The work is the feeds'.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import click
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.doors.machines.feeds.cpsv_ap import parsing
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Format, Node, write
from ietvars.ground.people.rules import SYSTEM

MOST_SERVICES, MOST_FAULTS = 20, 6
"""So many are told to people; the document of --json has all."""

READ = {
    "turtle": parsing.Format.TURTLE,
    "ntriples": parsing.Format.N_TRIPLES,
    "jsonld": parsing.Format.JSON_LD,
    "rdfxml": parsing.Format.RDF_XML,
}

FORMAT = click.option(
    "--format", "form", type=click.Choice([one.value for one in Format]), default="turtle", help="Turtle when not said."
)
OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; stdout without it."
)


@click.command("cpsv-ap")
@click.option("--service", "codes", multiple=True, help="Code of a service; may be given several times.")
@FORMAT
@OUTPUT
@telling.refusing()
def export_cpsv_ap(codes: Sequence[str], form: str, output: Path | None) -> None:
    """Write the catalogue, or single services, as CPSV-AP 3.2.0."""
    from ietvars.doors.machines.feeds.cpsv_ap import exporting as feed

    serving.prepare()
    with telling.progress() as step:
        if codes:
            found = _known(codes)
            nodes: Iterator[Node] = feed.some(found)
            size = len(found)
        else:
            nodes = feed.everything(step)
            size = feed.size()
        _write(nodes, Format(form), output, size, "services")


def _known(codes: Sequence[str]) -> list[str]:
    from ietvars.institution.services import exchange

    found = list(exchange.readable().filter(code__in=codes).values_list("code", flat=True))
    if missing := sorted(set(codes) - set(found)):
        telling.say(f"Nothing is published under {', '.join(missing)}. Look the code up in the address of its page.")
        sys.exit(2)
    return found


def _write(nodes: Iterable[Node], form: Format, output: Path | None, size: int, what: str) -> None:
    """Stream nodes to a file or stdout, then say how fast. Exits with 2 when the file cannot be written."""
    begun = perf_counter()
    triples = 0

    def counted() -> Iterator[Node]:
        nonlocal triples
        for node in nodes:
            triples += len(node[1]) + len(node[2])
            yield node

    try:
        if output is None:
            for piece in write(counted(), form):
                sys.stdout.write(piece)
        else:
            with output.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(write(counted(), form))
    except BrokenPipeError:
        sys.exit(2)
    except OSError as fault:
        telling.say(f"“{output}” cannot be written: {fault.strerror}. Choose another place with -o.")
        sys.exit(2)
    seconds = perf_counter() - begun
    telling.say(f"{size} {what}, {triples} triples in {seconds:.2f} s: {size / seconds:.0f} {what} a second.")


@click.command("cpsv-ap")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--format", "form", type=click.Choice(list(READ)), help="When neither name nor beginning tells it.")
@click.option("--language", default="", help="Language of texts that say none, e.g. lv.")
@click.option("--holder", default="", help="Code of the institution that holds what names no authority.")
@click.option("--source", default="", help="Name of the catalogue; the file's name when not said.")
@click.option("--trial", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a service has a fault. The rest still goes in.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@telling.refusing()
def import_cpsv_ap(
    files: Sequence[Path], form: str | None, language: str, holder: str, source: str, *, trial: bool, strict: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Bring services in from linked data after CPSV-AP, of 3.2.0 or before, in FILEs of any of the four formats."""
    from ietvars.doors.machines.feeds.cpsv_ap import importing as feed

    serving.prepare()
    with telling.progress() as step:
        run = feed.bring(
            files,
            by=SYSTEM,
            now=timezone.now(),
            format=READ[form] if form else None,
            language=language,
            holder=holder,
            source=source,
            is_trial=trial,
            progress=step,
        )
    if as_json:
        click.echo(json.dumps(run.document(), ensure_ascii=False, indent=2))
    _tell(run)
    if strict and run.faults:
        sys.exit(1)


def _tell(run: Any) -> None:
    brought = run.brought
    if run.is_trial:
        telling.say("A trial: nothing was written.")
    telling.say(
        f"{len(run.read)} services in {run.triples} triples: {len(brought.new)} new, {len(brought.changed)} changed, "
        f"{len(brought.same)} as they were; {len(run.new_bodies)} new bodies, {run.ties} new ties, "
        f"{len(run.situations)} life situations described."
    )
    telling.say(f"{run.seconds:.2f} s: {len(run.read) / max(run.seconds, 0.001):.0f} services a second.")
    if run.drafts:
        telling.say(f"{len(run.drafts)} stay drafts, since they lack what everything published must have.")
    if run.left_out:
        telling.say(f"Left out: {', '.join(run.left_out[:MOST_SERVICES])}.")
    if run.upgraded:
        told = ", ".join(f"{word} ({count})" for word, count in sorted(run.upgraded.items()))
        telling.say(f"Old words brought up to 3.2.0: {told}.")
    if run.kept or run.held_back:
        telling.say(
            f"Not understood and kept: {run.kept} triples that are given out again, {run.held_back} that break the "
            "profile and are not."
        )
    for each in run.refusals:
        telling.say(f"  {each}")
    _tell_faults(run)


def _tell_faults(run: Any) -> None:
    faults = run.faults
    if not faults:
        return
    counts = Counter(one.code for one in faults)
    telling.say(f"Faults: {', '.join(f'{code} {count}' for code, count in counts.most_common())}.")
    named = [read for read in run.read if any(fault in faults for fault in read.faults)]
    for read in named[:MOST_SERVICES]:
        telling.say(f"  {read.whole.code}")
        for fault in read.faults[:MOST_FAULTS]:
            telling.say(f"    {fault.says('en')}")
    if len(named) > MOST_SERVICES:
        telling.say(f"  and {len(named) - MOST_SERVICES} more services: see the document (--json).")


# ---- the neighbours ---------------------------------------------------------------------------------------------


@click.command("dcat-ap")
@FORMAT
@OUTPUT
@telling.refusing()
def export_dcat_ap(form: str, output: Path | None) -> None:
    """Write the record of the catalogue as DCAT-AP 3.0.1."""
    from ietvars.doors.machines.feeds.dcat import record

    serving.prepare()
    _write(record.nodes(), Format(form), output, len(record.datasets()), "datasets")


@click.command("skos")
@click.option("--list", "code", default="", help="Code of one list; all of them when not said.")
@FORMAT
@OUTPUT
@telling.refusing()
def export_skos(code: str, form: str, output: Path | None) -> None:
    """Write code lists as SKOS."""
    from ietvars.doors.machines.feeds.skos import exporting as feed

    serving.prepare()
    nodes = feed.nodes(code)
    if nodes is None:
        telling.say(f"There is no code list “{code}”. The page of the API lists them under /api/v1/terms.")
        sys.exit(2)
    _write(nodes, Format(form), output, feed.size(code), "terms")


@click.command("dqv")
@click.option("--period", "codes", multiple=True, required=True, help="Such as 2025; may be given several times.")
@FORMAT
@OUTPUT
@telling.refusing()
def export_dqv(codes: Sequence[str], form: str, output: Path | None) -> None:
    """Write the figures of periods as quality measurements of DQV."""
    from ietvars.doors.machines.feeds.dqv import exporting as feed

    serving.prepare()
    _write(feed.nodes(codes), Format(form), output, feed.size(codes), "figures")


@click.command("hsds")
@click.option("--language", type=click.Choice(["lv", "en"]), default="lv", help="HSDS has one language at a time.")
@OUTPUT
@telling.refusing()
def export_hsds(language: str, output: Path | None) -> None:
    """Write the services as HSDS 3.0."""
    from ietvars.doors.machines.feeds.hsds import exporting as feed

    serving.prepare()
    exported = list(feed.everything(language))
    text = json.dumps(exported, ensure_ascii=False, indent=1)
    if output is None:
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")
    telling.say(f"{len(exported)} services.")


@click.command("skos")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--list", "code", default="", help="Code that the list has here; that of its address when not said.")
@click.option("--scheme", default="", help="Address or last name of the scheme, when FILE holds several.")
@click.option("--language", default="", help="Language of labels that say none.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@telling.refusing()
def import_skos(files: Sequence[Path], code: str, scheme: str, language: str, *, as_json: bool) -> None:
    """Bring a concept scheme in as a code list. Terms that left it are ended, never removed."""
    from ietvars.doors.machines.feeds.skos import importing as feed

    serving.prepare()
    run = feed.bring(files, by=SYSTEM, now=timezone.now(), code=code, scheme=scheme, language=language)
    if as_json:
        click.echo(json.dumps(run.document(), ensure_ascii=False, indent=2))
    told = ", ".join(f"{count} {name}" for name, count in run.report.items())
    telling.say(f"The list “{run.code}” has {run.terms} terms: {told}.")
    for language_code, count in run.untranslated.items():
        telling.say(f"  {count} terms have no label in “{language_code}”.")


EXPORTS = (export_cpsv_ap, export_dcat_ap, export_skos, export_dqv, export_hsds)
IMPORTS = (import_cpsv_ap, import_skos)
