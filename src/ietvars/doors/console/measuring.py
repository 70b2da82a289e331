"""The commands `indicators`, `compare` and `measure`: they compute what is stale and print it.

With `--json` one document goes to stdout and nothing else (docs/howto/json-of-commands.md); otherwise a table.
It must not compute anything itself.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from ietvars.doors.console import serving, telling
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.errors import Refusal
from ietvars.ground.lake import queries as lake
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import rules as terms
from ietvars.institution.cases import recomputing
from ietvars.institution.indicators import actions, comparison, documents, errors, queries
from ietvars.institution.tallies import actions as tallies

Document = dict[str, Any]

MOST_ROWS = 60
"""So many series are printed unless they were asked for by service or verdict; the document holds all."""

MOST_NAMED = 15
"""So many services are named under another reading; the document names all."""

WIDE = 140
"""Columns of a table that goes into a file or a pipe, which has no width of its own."""

WORDS = [word.value for word in comparison.Word]


@click.command("indicators")
@click.option("--period", required=True, help="Such as 2025, 2023-24, 2025-Q1 or 2025-03.")
@click.option("--code", "codes", multiple=True, help="Only this indicator; may be given several times.")
@click.option("--register", help="Only the indicators of this register, such as national.")
@click.option("--service", help="The figures of this one service.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def indicators_command(
    *, period: str, codes: tuple[str, ...], register: str | None, service: str | None, as_json: bool
) -> None:
    """Print the indicators of a period, computed anew where their input changed."""
    serving.prepare()
    with _refusing():
        _require_known(codes)
        done = _ensure(period)
        made = documents.indicators(done.period, codes=codes or None, register=register, service=service)
    if as_json:
        _print(made)
        return
    if service is not None:
        _show(f"{service}, {done.period}", _FIGURE, map(_figure, made["figures"]))
    else:
        wanted = made["indicators"] if codes else [each for each in made["indicators"] if not each["channel"]]
        _show(f"Indicators of {done.period}", _INDICATOR, map(_indicator, wanted))
        _list_named(wanted)
    _say_illustrative(made)


@click.command("compare")
@click.option("--period", required=True, help="The later period.")
@click.option("--with", "with_period", help="The earlier one; without it, the same of last year.")
@click.option("--code", "codes", multiple=True, help="Only this indicator; may be given several times.")
@click.option("--service", help="Only the series of this service.")
@click.option("--verdict", type=click.Choice(WORDS), help="Only series with this verdict.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def compare_command(
    *,
    period: str,
    with_period: str | None,
    codes: tuple[str, ...],
    service: str | None,
    verdict: str | None,
    as_json: bool,
) -> None:
    """Set a period beside another: one verdict for each series, or the reason why there can be none."""
    serving.prepare()
    with _refusing():
        _require_known(codes)
        done = _ensure(period, with_period)
        if not done.with_period:
            raise errors.NothingToCompareWith(period=done.period, known=_known())
        made = documents.comparison(
            done.period, done.with_period, codes=codes or None, service=service, verdict=verdict
        )
    if as_json:
        _print(made)
        return
    _summary(made)
    asked = service is not None or verdict is not None
    series = made["series"] if asked else [each for each in made["series"] if each["verdict"] in {"better", "worse"}]
    shown = series if asked else series[:MOST_ROWS]
    _show(f"{done.period} beside {done.with_period}", _SERIES, map(_series, shown))
    if len(series) > len(shown):
        telling.say(f"{len(series) - len(shown)} more; --service or --verdict show them, --json gives all.")
    _say_illustrative(made)


@click.command("measure")
@click.option("--period", help="Only this period; without it, every period of which something is reported.")
def measure_command(*, period: str | None) -> None:
    """Compute figures and comparisons anew, whether or not their input changed.

    Where events of deliveries lie in the lake, all that is computed of them is made anew first (LAKE_ENGINE,
    LAKE_MASTER), and counted into the figures that indicators are made of. Stopped and called again, it goes on.
    """
    serving.prepare()
    with _refusing():
        now = timezone.now()
        _recompute(now)
        wanted = [periods.parse(period).code] if period else queries.periods_with_figures()
        if not wanted:
            telling.say("Nothing is reported yet. Import a table first: ietvars import table FILE --mapping MAPPING.")
            return
        for code in wanted:
            with telling.progress() as step:
                done = actions.compute(period=code, by=SYSTEM, now=now, progress=_bar(step))
            beside = f", {done.comparisons} verdicts beside {done.with_period}" if done.with_period else ""
            telling.say(f"{done.period}: {done.figures} figures{beside}.")


def _recompute(now: datetime) -> None:
    """What is computed of the lake, where there is any."""
    if not lake.generation("facts"):
        return
    with telling.progress() as step:
        made = recomputing.recompute(by=SYSTEM, now=now, step=lambda done, of: step("months of cases", done, of))
    resumed = f", {made.resumed} more as an earlier run had left them" if made.resumed else ""
    telling.say(f"{made.cases} cases of {made.facts} facts in {made.cohorts} months{resumed}.")
    if not deployment.is_sample():  # the sample state's tables are planted beside its events
        changed = [one.period for one in tallies.post(by=SYSTEM, now=now) if one.changed]
        telling.say(f"Counted into the figures of {', '.join(changed)}." if changed else "No counted figure changed.")


# ---- what the commands share ------------------------------------------------------------------------------------


@contextmanager
def _refusing() -> Iterator[None]:
    """A refusal is one clear sentence on stderr and exit code 2."""
    try:
        yield
    except Refusal as refusal:
        telling.say(str(refusal))
        sys.exit(2)


def _ensure(period: str, with_period: str | None = None) -> actions.Computed:
    with telling.progress() as step:
        return actions.ensure(
            period=period,
            with_period=with_period,
            by=SYSTEM,
            now=timezone.now(),
            progress=_bar(step),
        )


def _bar(step: telling.Step) -> actions.Progress:
    return lambda period, done, of: step(f"services of {period}", done, of)


def _known() -> str:
    return ", ".join(queries.periods_with_figures()) or "–"


def _require_known(codes: tuple[str, ...]) -> None:
    known = {each.code for each in queries.indicators().values()}
    for code in codes:
        if code not in known:
            raise errors.UnknownIndicator(code=code, known=", ".join(sorted(known)))


def _print(document: Document) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


# ---- tables for people ------------------------------------------------------------------------------------------

_INDICATOR = ("indicator", "stage", "channel", "value", "of", "services", "left out")
_FIGURE = ("indicator", "stage", "channel", "value", "of", "parts", "note")
_SERIES = ("service", "indicator", "stage", "channel", "before", "now", "verdict", "reason")


def _show(title: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def _indicator(one: Document) -> tuple[str, ...]:
    coverage = one["coverage"]
    left_out = [f"{each['code']} {each['count']}" for each in (*one["exclusions"], *one["checks"])]
    return (
        terms.pick(one["name"], "en"),
        one["stage"],
        one["channel"],
        ("at least " if one["is_lower_bound"] else "") + _value(one),
        _parts(one),
        f"{coverage['services_measured']} of {coverage['services_expected']}",
        ", ".join(left_out),
    )


def _figure(one: Document) -> tuple[str, ...]:
    coverage = one["coverage"]
    return (
        terms.pick(one["name"], "en"),
        one["stage"],
        one["channel"],
        _value(one),
        _parts(one),
        f"{coverage['parts_measured']} of {coverage['parts_expected']}",
        ", ".join([*one["exclusions"], *(["restated"] if one["restated"] else [])]),
    )


def _series(one: Document) -> tuple[str, ...]:
    before, now = (
        "–" if side is None else side["state"] if side["value"] is None else _number(side["value"])
        for side in (one["before"], one["now"])
    )
    key = (one["service"], one["indicator"], one["stage"], one["channel"])
    return (*key, before, now, one["verdict"], one["reason"])


def _value(one: Document) -> str:
    if one["aggregation"] == "none" and "services_expected" in one["coverage"]:
        return "no single figure"
    if one["value"] is None:
        return str(one["state"])
    if one["unit"] == "share":
        return f"{one['value'] * 100:.2f} %"
    return f"{_number(one['value'])} {one['unit']}"


def _parts(one: Document) -> str:
    if one["denominator"] is None:
        return ""
    return f"{_number(one['numerator'])} of {_number(one['denominator'])}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0")


def _list_named(wanted: list[Document]) -> None:
    """Which services another reading would leave out, and what the figure would be then."""
    for one in wanted:
        for reading in one["alternatives"]:
            if not reading["count"]:
                continue
            telling.say(
                f"{terms.pick(one['name'], 'en')}: {terms.pick(reading['text'], 'en')}"
                f" ({reading['count']}) it would be {_parts(reading) or _number(reading['value'])}."
            )
            for service in reading["services"][:MOST_NAMED]:
                telling.say(f"  {service['code']}  {terms.pick(service['title'], 'en')}")
            if reading["count"] > MOST_NAMED:
                telling.say(f"  and {reading['count'] - MOST_NAMED} more")


def _summary(made: Document) -> None:
    if "services" in made:
        services = made["services"]
        click.echo(f"Services: {services['kept']} kept, {services['gone']} gone, {services['new']} new.")
    counts = ", ".join(f"{word} {count}" for word, count in made["verdicts"].items() if count)
    click.echo(f"Verdicts: {counts or 'none'}.")
    if made["reasons"]:
        click.echo("Reasons: " + ", ".join(f"{reason} {count}" for reason, count in made["reasons"].items()) + ".")


def _say_illustrative(made: Document) -> None:
    if made["is_illustrative"]:
        telling.say("Some of these figures are illustrative: they show how the tool works, not how a service does.")
