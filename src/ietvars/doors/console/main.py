"""The `ietvars` command: gathers the commands of this door. Each module beside it holds one family of commands.

`--json` prints one document to stdout and nothing else; messages and progress go to stderr.
"""

import importlib
import os
import sys

import click

COMMANDS = {
    "run": ("serving", "Prepare the database, load the sample state when it is empty, and serve the pages."),
    "prepare": ("serving", "Bring the database up to date: tables, code lists, definitions."),
    "sample": ("sample", "Load the sample state into an empty database."),
    "simulate": ("simulating", "Make deliveries that never happened, to try figures and verdicts on."),
    "import": ("importing", "Bring in what other inventories and catalogues hold."),
    "export": ("exporting", "Write what the catalogue holds in the formats of others."),
    "indicators": ("measuring", "Compute and print the indicators of a period."),
    "compare": ("measuring", "Compare a period with another, one verdict per series."),
    "measure": ("measuring", "Compute figures and comparisons of all periods anew."),
    "tally": ("tallying", "Report what was counted from deliveries as measurements."),
    "flow": ("flowing", "The way that cases really take: cases, events, variants, activities, edges."),
    "release": ("releasing", "Freeze figures for the public, list releases, verify one."),
    "findings": ("overseeing", "What the finders see in a period."),
    "initiatives": ("overseeing", "Initiatives with their frozen evidence and checks."),
    "sheet": ("sheets", "Lists that go out as a spreadsheet and come back."),
    "check": ("checking", "Look at texts and links of descriptions, and at figures."),
    "reorganise": ("reorganising", "Merge, split or rename institutions, or take it back."),
    "people": ("people", "Add people and their capacities."),
    "validate": ("validating", "Judge linked data by the rules of CPSV-AP."),
    "worker": ("working", "Do the work that waits in the background."),
    "senders": ("intake", "Programs of institutions that may send events."),
    "quarantine": ("intake", "Refused events: read, replay, drop."),
    "persons": ("intake", "The keys that stand for persons, and persons to be forgotten."),
    "compact": ("keeping_safe", "Lay the deliveries that wait into the lake."),
    "backup": ("keeping_safe", "Copy database and lake as they are at one moment."),
    "restore": ("keeping_safe", "Bring a backup back into an empty place."),
    "verify": ("keeping_safe", "Look whether database, lake or a backup are whole."),
    "tick": ("serving", "Do what is periodic; call it from a timer."),
}
"""Command name to module of this package and one line of help; modules load only when asked for."""


class Lazy(click.Group):
    """A group whose commands are imported when called, so that --help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `cmd_name` of its module; the attribute is the name with `_command` behind it."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ietvars.doors.console.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Lazy)
@click.version_option(package_name="ietvars")
def cli() -> None:
    """Ietvars: the services of a state, seen, measured and developed as one."""


def main() -> None:
    """Entry of the console script: sets Django up, then runs the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    import django

    django.setup()
    sys.exit(cli(standalone_mode=True))
