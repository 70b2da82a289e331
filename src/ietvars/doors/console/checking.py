"""The commands `check descriptions`, `check texts`, `check links`: what is missing, what readers stumble over, and
which links no longer lead anywhere.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md). They judge nothing by
themselves and change no description; marks are advice, so both end with 0 whatever they found.
"""

import json
import sys
from collections import Counter
from typing import Any

import click
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import doubting, serving, telling
from ietvars.doors.furniture import today
from ietvars.ground.bodies import errors as body_errors
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms.rules import pick
from ietvars.institution.quality import actions, queries, rules, working
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.services import queries as services

LANGUAGE = "en"
WIDE = 160
"""Columns of a table that goes into a file or a pipe, which has no width of its own."""


@click.group("check")
def check_command() -> None:
    """Look at texts and links of descriptions, and at figures."""


check_command.add_command(doubting.figures)


@check_command.command("descriptions")
@click.option("--body", default="", help="Only services of this body and of those below it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def descriptions(*, body: str, as_json: bool) -> None:
    """Say what published services do not say of what their canvases require: the gate's own rules, in bulk."""
    serving.prepare()
    reach = _reach(body)
    chosen = services.published() if reach is None else services.of(reach).published()
    found = revisions.report(chosen, today.today())
    rows = [
        {
            "service": row.service.code,
            "part": gap.part,
            "requirement": gap.code,
            "level": gap.level.value,
            "says": gap.sentence,
        }
        for row in found
        for gap in row.gaps
    ]
    blocked = sum(1 for row in found if row.blocks)
    if as_json:
        _print({"services": len(found), "blocked": blocked, "gaps": rows})
        return
    shown = ((row["service"], row["part"], row["level"], row["requirement"]) for row in rows)
    _show("Requirements not met", ("Service", "Part", "Level", "Requirement"), shown)
    telling.say(f"Services: {len(found)}, with gaps that would keep them from being published: {blocked}.")


@check_command.command("texts")
@click.option("--body", default="", help="Only services of this body and of those below it.")
@click.option("--check", "only", default="", help="Only this check, e.g. long-sentence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def texts(*, body: str, only: str, as_json: bool) -> None:
    """Mark what readers stumble over in the texts of published services."""
    serving.prepare()
    if only and rules.check_named(only) is None:
        known = ", ".join(check.code for check in rules.CHECKS)
        raise click.UsageError(f"There is no check {only}. The checks are: {known}.")
    found = list(queries.looked(body_ids=_reach(body)))
    made = queries.texts_document(found)
    if only:
        made["marks"] = [mark for mark in made["marks"] if mark["code"] == only]
    if as_json:
        _print(made)
        return
    rows = ((mark["service"], mark["part"], mark["language"], mark["code"], mark["marked"]) for mark in made["marks"])
    _show("Marks on texts", ("Service", "Part", "Language", "Check", "Marked"), rows)
    names = {check.code: pick(check.name, LANGUAGE) for check in rules.CHECKS}
    counts = Counter(mark["code"] for mark in made["marks"])
    told = "; ".join(f"{names[code]}: {count}" for code, count in counts.most_common())
    telling.say(f"Services: {made['services']}, with marks: {made['marked']}. {told}".strip())


@check_command.command("links")
@click.option("--body", default="", help="Only services of this body and of those below it.")
@click.option("--all", "everything", is_flag=True, help="Ask also links whose turn has not come.")
@click.option("--no-ask", is_flag=True, help="Ask nobody; only say what earlier checks found.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@telling.refusing()
def links(*, body: str, everything: bool, no_ask: bool, as_json: bool) -> None:
    """Ask whether the links of published services still lead somewhere; report those that lastingly do not."""
    serving.prepare()
    reach = _reach(body)
    asked: dict[str, Any] | None = None
    if not no_ask:
        with telling.progress() as step:
            asked = actions.check_links(
                by=SYSTEM,
                now=timezone.now(),
                manners=working.manners(),
                body_ids=reach,
                is_round=not everything,
                tell=lambda done, of: step("links asked", done, of),
            ).document()
    made = {"asked": asked, **queries.links_document(queries.broken(reach))}
    if as_json:
        _print(made)
        return
    _show(
        "Links that lead nowhere",
        ("Service", "Link", "Fault", "Since", "Last seen", "Times"),
        (
            (
                one["service"],
                one["url"],
                str(one["status"] or one["fault"]),
                one["first_seen"][:10],
                one["last_seen"][:10],
                str(one["times"]),
            )
            for one in made["broken"]
        ),
    )
    if asked:
        told = ", ".join(f"{outcome}: {count}" for outcome, count in asked["outcomes"].items())
        telling.say(f"Links: {asked['links']}, asked now: {asked['asked']}. {told}".strip())


def _reach(code: str) -> frozenset[int] | None:
    if not code:
        return None
    body = bodies.by_code(code)
    if body is None:
        raise body_errors.UnknownBody(body=code)
    return bodies.reach(body.pk)


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


def _show(title: str, heads: tuple[str, ...], rows: Any) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    table = Table(*heads, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
