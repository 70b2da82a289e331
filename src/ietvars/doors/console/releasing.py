"""The commands `release ...`: make a release of figures, list them, prove that one is still what it was."""

import json
import sys
from typing import Any

import click
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.ground.people.rules import SYSTEM


@click.group("release")
def release_command() -> None:
    """Freeze figures for the public, list releases, verify one."""


def _document(one: Any) -> dict[str, Any]:
    return {
        "code": one.code,
        "period": one.period,
        "state": one.state,
        "made_at": one.made_at.isoformat(),
        "derived_from": one.derived_from.code if one.derived_from else None,
        "illustrative": one.is_illustrative,
        "figures": one.sums,
        "manifest": one.manifest,
    }


def _put(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


@release_command.command("make")
@click.option("--period", required=True, help="A period that is over, such as 2026-Q3, 2026-09 or 2025.")
@click.option("--k", default=10, show_default=True, help="Counts below this are hidden.")
@click.option("--from", "derived_from", default="", help="Make it again from the frozen counts of this release.")
@click.option("--why", default="", help="With --from: what the reader of the new release must know.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def make_command(*, period: str, k: int, derived_from: str, why: str, as_json: bool) -> None:
    """Freeze the figures of a period as a draft. An overseer publishes it on his desk."""
    from ietvars.institution.releases import actions

    serving.prepare()
    made = actions.make(period=period, k=k, derived_from=derived_from, why=why, by=SYSTEM, now=timezone.now())
    if as_json:
        _put(_document(made))
        return
    for measure, states in made.sums.items():
        said = ", ".join(f"{number} {state}" for state, number in states.items())
        telling.say(f"  {measure}: {said}")
    telling.say(f"Release {made.code} is drafted. An overseer publishes it.")


@release_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def list_command(*, as_json: bool) -> None:
    """All releases, the newest period first."""
    from ietvars.institution.releases import queries

    serving.prepare()
    found = list(queries.every())
    if as_json:
        _put({"releases": [_document(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.code}\t{one.period}\t{one.state}\t{one.made_at:%Y-%m-%d}")
    telling.say(f"{len(found)} releases.")


@release_command.command("verify")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def verify_command(*, code: str, as_json: bool) -> None:
    """Compare the files with the manifest, make them again and compare the bytes. Exit code 1 when they differ."""
    from ietvars.institution.releases import actions, queries

    serving.prepare()
    found = actions.verify(release=queries.by_code(code), by=SYSTEM, now=timezone.now())
    if as_json:
        _put({"code": code, "whole": found.is_whole, "changed": found.changed, "otherwise": found.otherwise})
    for name in found.changed:
        telling.say(f"{name}: not there, or not what the manifest says.")
    for name in found.otherwise:
        telling.say(f"{name}: came out otherwise when it was made again.")
    if found.is_whole:
        telling.say(f"Release {code} is whole, and comes out the same when it is made again.")
    sys.exit(0 if found.is_whole else 1)
