"""The command `ietvars simulate`: deliveries that never happened, for the services of this installation.

It goes on by itself only where the state is a sample; elsewhere it wants to be told, since invented events among real
ones could not be told apart by their figures. The work is the feed's.
"""

import dataclasses
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.doors.machines.feeds.simulated import catalogue, making, parquet, streaming
from ietvars.ground.deployment import queries as installation
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import compacting

DEFAULT_CASES = 20_000


@click.command("simulate")
@click.option("--cases", type=click.IntRange(1), help="So many cases, about.")
@click.option("--events", type=click.IntRange(1), help="So many events, about, instead of a number of cases.")
@click.option("--months", type=click.IntRange(1, 600), default=24, help="In so many months, the last one included.")
@click.option("--until", help="The last day, e.g. 2026-11-20; without it, today or the day of the sample state.")
@click.option("--seed", type=click.IntRange(0), default=1, help="The same seed makes the same events.")
@click.option("--service", "codes", multiple=True, help="Only this service; may be given several times.")
@click.option("--truth", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what is planted (JSON).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write Parquet here, take nothing in.")
@click.option("--plain", is_flag=True, help="Plant nothing: whoever then finds a change has found noise.")
@click.option("--among-real-ones", is_flag=True, help="Take them in although this is no sample state.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@telling.refusing()
def simulate_command(
    *,
    cases: int | None,
    events: int | None,
    months: int,
    until: str | None,
    seed: int,
    codes: tuple[str, ...],
    truth: Path | None,
    out: Path | None,
    plain: bool,
    among_real_ones: bool,
    as_json: bool,
) -> None:
    """Make delivery events for the services of this installation, take them in, and lay them into the lake.

    The same seed, size and day make the same events, so a run that was broken off is simply started again.
    """
    if cases and events:
        raise click.UsageError("Give --cases or --events, not both.")
    serving.prepare()
    if out is None and not installation.is_sample() and not among_real_ones:
        telling.say(
            "This installation is no sample state; --among-real-ones would take invented events in all the same."
        )
        sys.exit(2)
    plan = _plan(cases, events, months, _day(until), seed, codes, plain=plain)
    if truth:
        truth.write_text(json.dumps(plan.truth(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with telling.progress() as step:
        report = _write(plan, out, step) if out else _take_in(plan, step)
    report["planted"] = len(plan.changes)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        telling.say(f"Done: {report}.")


def _plan(
    cases: int | None, events: int | None, months: int, until: date, seed: int, codes: tuple[str, ...], *, plain: bool
) -> making.Plan:
    nation = catalogue.nation(codes=codes or None, by=SYSTEM, now=timezone.now())
    if not nation.offerings:
        telling.say("There is no such published service; load the sample state first (ietvars sample).")
        sys.exit(2)
    plan = making.Plan(
        nation=nation,
        seed=seed,
        cases=cases or DEFAULT_CASES,
        until=until,
        months=months,
        keeps_better=True,
        may_worsen=catalogue.of_invented(nation),
        plants=not plain,
    )
    return dataclasses.replace(plan, cases=making.cases_for(plan, events)) if events else plan


def _day(text: str | None) -> date:
    if text is None:
        return catalogue.today(installation.as_of(), timezone.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a day as 2026-11-20", param_hint="--until") from None


def _take_in(plan: making.Plan, step: telling.Step) -> dict[str, Any]:
    now = timezone.now()
    counts = deliveries.take_in(events=streaming.events(plan, step), by=SYSTEM, now=now)
    laid = compacting.compact(by=SYSTEM, now=now, step=lambda done, of: step("laid into the lake", done, of))
    return {"accepted": counts.accepted, "known": counts.known, "laid": laid.laid, "generation": laid.generation}


def _write(plan: making.Plan, out: Path, step: telling.Step) -> dict[str, Any]:
    try:
        made = parquet.write(plan, out, step=step)
    except ValueError as wrong:
        telling.say(str(wrong))
        sys.exit(2)
    return {"rows": made["rows"], "cases": made["cases"], "months": len(made["done"]), "folder": str(out)}
