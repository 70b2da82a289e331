"""The command `tally`: counts what the marts add up to and reports it as measurements.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md). It must not count itself.
"""

import json
import sys

import click
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import working as measuring
from ietvars.institution.tallies import actions


@click.command("tally")
@click.option("--period", "codes", multiple=True, help="Only this period; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def tally_command(*, codes: tuple[str, ...], as_json: bool) -> None:
    """Report what was counted from deliveries, of periods that they cover whole; indicators follow in the background.

    Without --period: every whole year, the newest quarters and months. The worker does the same after each refresh.
    """
    serving.prepare()
    try:
        wanted = [periods.parse(code) for code in codes] or None
        posted = actions.post(periods=wanted, by=SYSTEM, now=timezone.now())
    except Refusal as refusal:
        telling.say(str(refusal))
        sys.exit(2)
    if as_json:
        rows = [
            {"period": one.period, "edition": one.edition, "services": one.services, "changed": one.changed}
            for one in posted
        ]
        document = {"document": "ietvars/tally", "version": 1, "periods": rows}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    if not posted:
        telling.say("Nothing to count: there are no cases, or no period is over.")
    for one in posted:
        news = f"{one.changed} figures changed, edition {one.edition}" if one.edition else "nothing changed"
        telling.say(f"{one.period}: {one.services} services covered whole, {news}.")
    if any(one.edition for one in posted):
        telling.say(f"The worker computes the indicators (job “{measuring.JOB}”); `ietvars measure` does it at once.")
