"""The command `ietvars sample`: loads a state folder into an empty database. The work is the state feed's."""

import sys
from pathlib import Path

import click
from django.db import transaction
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.doors.machines.feeds.state import errors, following, loading
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import SYSTEM

SHIPPED = Path(__file__).resolve().parents[2] / "sample_state"
"""The sample state "Latvia" that ships with the product."""

MOST_FAULTS = 40
"""So many faults of a folder are listed; who mends them will run it again anyway."""


def load(folder: Path = SHIPPED) -> None:
    """Load a folder with progress on stderr, compute its figures, and repeat what people made of them.

    Whoever breaks it off leaves the database empty. Raises the refusals of the feed; after one about what people made
    of the figures, everything else is loaded.
    """
    refused: Refusal | None = None
    with transaction.atomic():
        with telling.progress() as step:
            loading.load(folder=folder, by=SYSTEM, now=timezone.now(), progress=step)
        try:
            following.follow(folder=folder, look=serving.compute, by=SYSTEM)
        except Refusal as refusal:
            refused = refusal
    if refused is not None:
        raise refused


def load_or_tell(folder: Path = SHIPPED) -> bool:
    """The same, with each fault or refusal told as a sentence. Whether all of the folder is in."""
    try:
        load(folder)
    except errors.BrokenFolder as broken:
        for fault in broken.faults[:MOST_FAULTS]:
            telling.say(str(fault))
        telling.say(f"Faults: {len(broken.faults)}; nothing was loaded.")
    except Refusal as refusal:
        telling.say(str(refusal))
    else:
        return True
    return False


@click.command("sample")
@click.argument("folder", type=click.Path(path_type=Path), default=SHIPPED)
def sample_command(folder: Path) -> None:
    """Load the sample state, or another state FOLDER, into an empty database. Exit code 2 when not all is in."""
    serving.prepare()
    if not load_or_tell(folder):
        sys.exit(2)
    telling.say("The sample state is loaded.")
