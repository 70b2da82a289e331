"""The commands `findings` and `initiatives`: they print what the finders see, and the ledger of decisions.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md); otherwise a table.
`initiatives check` does what the rounds do. It must not decide anything: proposing and deciding take a person, at the
overseers' door.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.doors.furniture import today
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import errors
from ietvars.institution.indicators import queries as figures
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.finders import rules as finder_rules
from ietvars.oversight.initiatives import actions, queries, rules

LANGUAGE = "en"
WIDE = 140
"""Columns of a table that goes into a file or a pipe, which has no width of its own."""


@click.command("findings")
@click.option("--period", required=True, help="Such as 2025 or 2023-24.")
@click.option("--finder", default="", help="Only this finder: digitalise, unmeasured, unused, worse, list-disagrees.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def findings_command(*, period: str, finder: str, as_json: bool) -> None:
    """Let the finders look at a period, and print what they see."""
    serving.prepare()
    if finder:
        finder_rules.finder_named(finder)
    code = periods.parse(period).code
    now = timezone.now()
    known = figures.periods_with_figures()
    if code not in known:
        raise errors.NothingReported(period=code, known=", ".join(known) or "–")
    indicators.ensure(period=code, by=SYSTEM, now=now)
    finders.look(period=code, by=SYSTEM, now=now, on=today.today())
    made = findings.document(code, finder=finder)
    if as_json:
        _print(made)
        return
    names = {each["code"]: pick(each["name"], LANGUAGE) for each in made["finders"]}
    _show(
        f"Findings of {code}",
        ("Finding", "About", "Holder", "Why"),
        (
            (names[each["finder"]], each["service"] or each["key"], each["holder"] or "", each["reason"])
            for each in made["findings"]
        ),
    )
    telling.say("; ".join(f"{names[each['code']]}: {each['count']}" for each in made["finders"]) + ".")
    _say_illustrative(made)


@click.group("initiatives", invoke_without_command=True)
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in rules.State]))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
@telling.refusing()
def initiatives_command(ctx: click.Context, *, states: tuple[str, ...], as_json: bool) -> None:
    """Print the initiatives with their frozen evidence and checks."""
    if ctx.invoked_subcommand is not None:
        return
    serving.prepare()
    made = queries.document(queries.initiatives(states=states or None))
    if as_json:
        _print(made)
        return
    _show(
        "Initiatives",
        ("Number", "Kind", "Title", "Body", "Deadline", "State", "Evidence"),
        (
            (
                each["code"],
                each["kind"],
                each["title"],
                each["body"],
                each["expected"]["deadline"],
                each["check"]["outcome"] if each["check"] else each["state"],
                "intact" if each["is_intact"] else "CHANGED",
            )
            for each in made["initiatives"]
        ),
    )
    _say_illustrative(made)


@initiatives_command.command("check")
@telling.refusing()
def check() -> None:
    """Check every adopted initiative whose deadline is over and whose figure has come in."""
    serving.prepare()
    checked = actions.check_due(by=SYSTEM, now=timezone.now(), on=today.today())
    for each in checked:
        told = f" ({each.outcome_reason})" if each.outcome_reason else ""
        telling.say(f"{each.code} {each.title}: {each.outcome}{told}.")
    telling.say(f"Checked: {len(checked)}.")


# ---- printing ---------------------------------------------------------------------------------------------------


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


def _show(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    console = Console()
    table = Table(*heads, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    console.print(table, width=None if console.is_terminal else WIDE)


def _say_illustrative(document: dict[str, Any]) -> None:
    if document["is_illustrative"]:
        telling.say("Some of this is illustrative: sample data, made to show how the tool works.")
