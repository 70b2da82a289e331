"""The command `flow`: the way that cases really take, counted now from all events that have come in.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md); otherwise tables. It must
not compute anything itself.
"""

import json
import sys
from typing import Any

import click
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.ground.errors import Refusal
from ietvars.institution.deliveries import compacting
from ietvars.institution.flows import documents, errors, queries
from ietvars.institution.services import queries as services

WIDE = 140
"""Columns of a table that goes into a file or a pipe, which has no width of its own."""

MOST_EDGES = 25
"""So many passages of a service are printed; the document holds all."""


@click.command("flow")
@click.option("--service", "codes", multiple=True, help="Only this service; may be given several times.")
@click.option("--period", default="", help="Only cases opened in it, such as 2026, 2026-Q1 or 2026-03.")
@click.option("--channel", default="", help="Only cases requested by this channel, such as online.")
@click.option("--provider", default="", help="Only cases that began at this institution (its code).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def flow_command(*, codes: tuple[str, ...], period: str, channel: str, provider: str, as_json: bool) -> None:
    """Print cases, events, variants, activities and edges of services, from the events that have come in."""
    serving.prepare()
    try:
        _require_known(codes)
        _lay()
        now = timezone.now()
        made = documents.flows(codes, queries.Filter(period, channel, provider), on=timezone.localdate(now))
    except Refusal as refusal:
        telling.say(str(refusal))
        sys.exit(2)
    if as_json:
        sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
        return
    _show(made)


def _require_known(codes: tuple[str, ...]) -> None:
    known = services.by_codes(codes)
    for code in codes:
        if code not in known:
            raise errors.UnknownFlowService(code=code)


def _lay() -> None:
    """Bring what waits in the inbox into the lake, so that what was imported just now counts."""
    from ietvars.ground.people.rules import SYSTEM

    compacting.compact(by=SYSTEM, now=timezone.now())


def _show(made: dict[str, Any]) -> None:
    if not made["services"]:
        telling.say("No events yet. Bring in a log: ietvars import events FILE.")
        return
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    whole = Table("service", "cases", "open", "events", "variants", "activities", "edges", title="Flow")
    for one in made["services"]:
        counts = (one["cases"], one["open_cases"], one["events"], one["variants"])
        whole.add_row(one["code"], *(f"{n:,}" for n in counts), str(len(one["activities"])), str(len(one["edges"])))
    console.print(whole)
    if len(made["services"]) > 1:
        return
    (one,) = made["services"]
    edges = Table("from", "to", "n", "cases", "median, hours", "9 of 10 within, hours", title="Passages")
    for edge in one["edges"][:MOST_EDGES]:
        hours = (f"{edge[name] / 3600:,.2f}" for name in ("median_seconds", "p90_seconds"))
        edges.add_row(edge["from"], edge["to"], f"{edge['n']:,}", f"{edge['cases']:,}", *hours)
    console.print(edges)
    if len(one["edges"]) > MOST_EDGES:
        telling.say(f"{len(one['edges']) - MOST_EDGES} more; --json gives all.")
