"""Folders for what a reader must open by its name, in the folder for temporary files (`TMPDIR`).

A folder goes with its reader. Who is killed removes nothing, so each reader first sweeps the folders that nobody holds
any more. The lock on a folder says who holds it, since the system lets go of it with the process. Must not hold
anything that somebody would miss.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "ietvars-scratch-"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder of one's own, gone afterwards."""
    _sweep()
    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    with _held(hidden):
        # Only now does it bear the name by which it may be swept: before, nobody would have held it.
        made = hidden.rename(hidden.with_name(hidden.name.removeprefix(".")))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _sweep() -> None:
    """Remove what readers left that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with _held(left) as is_left:
            if is_left:
                shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _held(place: Path) -> Iterator[bool]:
    """Hold a folder; whether it is held, which it is not where somebody else holds it, owns it or has removed it."""
    try:
        opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_held = os.fstat(opened).st_uid == os.geteuid()
    except OSError:
        is_held = False
    try:
        yield is_held
    finally:
        os.close(opened)
