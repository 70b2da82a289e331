"""The command `check figures`: what the rules on figures doubt in everything reported of a period.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md). It judges nothing by itself
and changes no figure; what it lists is for people to look at, so it ends with 0 whatever it found.
"""

import json
import time
from collections import Counter

import click
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import errors
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.rounds import looking, quality

LANGUAGE = "en"
WIDE = 140
"""Columns of a table that goes into a file or a pipe, which has no width of its own."""
MOST_ROWS = 60
"""So many doubts are printed unless one rule was asked for; the document holds all."""


@click.command("figures")
@click.option("--period", required=True, help="Such as 2025, 2023-24, 2025-Q1 or 2025-03.")
@click.option("--rule", default="", help="Only this rule, e.g. extreme-change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def figures(*, period: str, rule: str, as_json: bool) -> None:
    """Look at the figures of a period: what cannot be, what is doubtful, and how to mend it."""
    serving.prepare()
    if rule and rule not in quality.BY_CODE:
        raise click.UsageError(f"There is no rule {rule}. The rules are: {', '.join(quality.BY_CODE)}.")
    span, known = periods.parse(period), indicators.periods_with_figures()
    if span.code not in known:
        raise errors.NothingReported(period=span.code, known=", ".join(known) or "–")
    begun = time.perf_counter()
    made = looking.document(span, rule)
    seconds = time.perf_counter() - begun
    if as_json:
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    _counts(made)
    rows = made["findings"] if rule else made["findings"][:MOST_ROWS]
    table = Table(
        "Service", "Holder", "Figure", "Severity", "What is doubtful", title=f"Doubtful figures of {span.code}"
    )
    for each in rows:
        table.add_row(
            each["service"], each["holder"], each["figure"], each["severity"], pick(each["sentence"], LANGUAGE)
        )
    _console().print(table)
    if len(made["findings"]) > len(rows):
        telling.say(f"{len(made['findings']) - len(rows)} more; --rule shows those of one rule, --json gives all.")
    telling.say(f"{made['services']} services in {seconds:.2f} s.")


def _counts(made: looking.Document) -> None:
    found = Counter(each["rule"] for each in made["findings"])
    table = Table("Rule", "Severity", "Services", "Figures", title=f"Rules over {made['period']}")
    for each in made["rules"]:
        if found[each["code"]]:
            table.add_row(each["code"], each["severity"], str(each["services"]), str(each["figures"]))
    _console().print(table)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)
