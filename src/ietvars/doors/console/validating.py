"""The command `validate`: judges linked data, a file as it stands or the whole catalogue. It decides nothing itself."""

import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from ietvars.doors.console import serving, telling
from ietvars.doors.machines.feeds.cpsv_ap import limits, parsing, validating_files, validating_report
from ietvars.doors.machines.feeds.cpsv_ap.validating import Mode
from ietvars.ground.errors import Refusal

CONFORMS, FAULTY, UNREADABLE = 0, 1, 2

FORMATS = {
    "turtle": parsing.Format.TURTLE,
    "ntriples": parsing.Format.N_TRIPLES,
    "jsonld": parsing.Format.JSON_LD,
    "rdfxml": parsing.Format.RDF_XML,
}

SHOWN = 200
"""Faults of a file that are printed for people; --json prints all."""


@click.group("validate")
def validate_command() -> None:
    """Judge data by the rules of a profile."""


@validate_command.command("cpsv-ap")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="When neither name nor beginning tells it.")
@click.option("--with-codes", is_flag=True, help="Merge our code lists in first; the report says so.")
@click.option("--language", type=click.Choice(["lv", "en"]), default="en", help="Of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def cpsv_ap(*, files: tuple[Path, ...], form: str | None, with_codes: bool, language: str, as_json: bool) -> None:
    """Judge FILEs, or the whole catalogue when none is named, by CPSV-AP 3.2.0: as they stand, and with the ontology.

    Ends with 0 when all conform in both judgements, 1 when there are faults, 2 when something cannot be read.
    """
    codes = None
    if with_codes or not files:
        serving.prepare()
        from ietvars.doors.machines.feeds.cpsv_ap import validating_catalogue  # it needs the database

        codes = validating_catalogue.code_lists() if with_codes else None
    if files:
        cases = [_file(file, FORMATS[form] if form else None, codes) for file in files]
    else:
        with telling.progress() as step:
            cases = [_answered(lambda: validating_catalogue.validate(step, codes=codes), "catalogue")]
    if as_json:
        click.echo(json.dumps(_document(cases), ensure_ascii=False, indent=1))
    else:
        for case in cases:
            _print(case, language)
    for case in cases:
        _say(case)
    sys.exit(max(_code(case) for case in cases))


def _file(file: Path, form: parsing.Format | None, codes: bytes | None) -> dict[str, Any]:
    # A bar for each of many files would be noise.
    with telling.progress() if sys.stderr.isatty() else nullcontext() as step:
        told = (lambda done, of: step(f"rules, {file.name}", done, of)) if step else None
        return _answered(
            lambda: validating_files.validate(file, form, limits=limits.current(), codes=codes, step=told), str(file)
        )


def _answered(ask: Any, name: str) -> dict[str, Any]:
    try:
        return {**ask(), "file": name}
    except Refusal as refusal:
        return {"file": name, "conforms": False, "error": str(refusal)}


def _code(case: dict[str, Any]) -> int:
    if "error" in case:
        return UNREADABLE
    return CONFORMS if case["conforms"] else FAULTY


def _document(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "document": "ietvars/cpsv-ap-validation",
        "version": 1,
        "shapes": "CPSV-AP 3.2.0",
        "engine": validating_report.engine(),
        "conforms": all(case["conforms"] for case in cases),
        "cases": list(cases),
    }


# ---- for people -------------------------------------------------------------------------------------------------


def _print(case: dict[str, Any], language: str) -> None:
    """Each fault on a line, once when both judgements have it."""
    if "error" in case:
        return
    if case["conforms"]:
        click.echo(f"{case['file']}: conforms, as it stands and with the ontology")
    else:
        counts = ", ".join(f"{case[mode.value]['faults']} {_WHERE[mode]}" for mode in Mode)
        click.echo(f"{case['file']}: does not conform; faults: {counts}")
    merged: dict[tuple[str, str, str, str], tuple[dict[str, Any], list[Mode]]] = {}
    for mode in Mode:
        for fault in case[mode.value]["results"]:
            key = (fault["focus"], fault["path"], fault["constraint"], fault["value"] or fault["of_class"])
            merged.setdefault(key, (fault, []))[1].append(mode)
    for fault, modes in list(merged.values())[:SHOWN]:
        where = "" if len(modes) == len(Mode) else f" ({_WHERE[modes[0]]})"
        click.echo(f"  {fault['focus']} {fault['constraint']}: {fault['sentence'][language]}{where}")
    if len(merged) > SHOWN:
        click.echo(f"  … and {len(merged) - SHOWN} more; --json lists all.")
    for warning in case["warnings"][:SHOWN]:
        click.echo(f"  {warning['focus']} warning, no fault: {warning['sentence'][language]}")


_WHERE = {Mode.SHAPES: "as it stands", Mode.ONTOLOGY: "with the ontology"}


def _say(case: dict[str, Any]) -> None:
    """How quick it was, or what refused it, on stderr."""
    if "error" in case:
        telling.say(case["error"])
        return
    seconds = max(sum(case["seconds"].values()), 0.001)
    merged = "; our code lists are merged in" if case["with_codes"] else ""
    telling.say(
        f"{case['file']}: {case['services']} services, {case['triples']} triples in {seconds:.2f} s"
        f" ({case['services'] / seconds:,.0f} services/s, {case['triples'] / seconds:,.0f} triples/s){merged}."
    )
