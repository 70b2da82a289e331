"""How the console tells people what it does: always on stderr, with a moving bar only where somebody looks at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from ietvars.ground.errors import Refusal

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def say(text: str) -> None:
    """One line for people."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Step]:
    """A function to tell steps to: bars on a terminal, one line for each finished step elsewhere."""
    if not sys.stderr.isatty():
        yield _line
        return
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    tasks: dict[str, TaskID] = {}

    def step(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=of)
        bars.update(tasks[what], completed=done, total=of)

    with bars:
        yield step


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a refusal into its one sentence on stderr and exit code 2. Works as a decorator too: `@refusing()`."""
    try:
        yield
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(2)


def _line(what: str, done: int, of: int) -> None:
    if done == of:
        say(f"  {what}: {of}")
