"""Kinds of work and their functions, the states of a job, and who may do what with it. Never imports Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import errors


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


NEXT: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.STOPPED}),
    # Back to queued when its worker was asked to end, or died.
    State.RUNNING: frozenset({State.DONE, State.FAILED, State.STOPPED, State.QUEUED}),
    State.STOPPED: frozenset({State.QUEUED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.DONE: frozenset(),
}

ENDED = frozenset({State.DONE, State.FAILED, State.STOPPED})
OPEN = frozenset({State.QUEUED, State.RUNNING})

SIGN_OF_LIFE = timedelta(seconds=10)
"""How often a worker says that it is still at a job."""

LOST_AFTER = timedelta(seconds=60)
"""A running job of which nothing was heard for so long has lost its worker."""

KEPT_FOR = timedelta(days=30)
"""How long a job that has ended is kept; the newest of its kind that is done stays."""

MOST_LOSSES = 3
"""A job that takes its worker down (by its hunger for memory, say) is not tried for ever."""

MAY_SEE_ALL = frozenset({"administrator", "overseer", "system"})
"""Capacities that may look at, stop and resume the work of others."""


class Step(Protocol):
    """What a function tells its progress to. May raise LetGo or HandBack: let them pass."""

    @property
    def kept(self) -> Any:
        """What the function asked to keep when the job was last interrupted; None at first."""

    def __call__(self, done: int, of: int, kept: Any = None) -> None:
        """So much is done of so many. `kept` is anything JSON that helps to go on from here after an interruption."""


@dataclass(frozen=True)
class Asker:
    """The author of what a job does: whoever asked for it, in the capacity of that moment."""

    username: str
    role: str
    body_code: str


Function = Callable[[Mapping[str, Any], Step, Asker, datetime], dict[str, Any]]
"""(arguments, step, by, now) -> report. Call it outside of a transaction, or nobody sees its progress."""

_functions: dict[str, Function] = {}


def register(kind: str, function: Function) -> None:
    """Say which function does a kind of work. Registering the same again does no harm, so it may stand in `ready`."""
    _functions[kind] = function


def function_of(kind: str) -> Function:
    """The function of a kind. Raises UnknownKind."""
    try:
        return _functions[kind]
    except KeyError:
        raise errors.UnknownKind(kind=kind) from None


def require_step(state: str, wanted: State) -> None:
    """Refuse a step that the table of states does not have."""
    if wanted not in NEXT[State(state)]:
        raise errors.NotThatStep(state=state, wanted=wanted.value)


def require_reader(by: Author, asked_by: str) -> None:
    """A job is seen, stopped and resumed by whoever asked for it, by overseers and administrators."""
    if by.username != asked_by and by.role not in MAY_SEE_ALL:
        raise errors.NotYourJob


def is_lost(*, seen_at: datetime, now: datetime) -> bool:
    """Whether a running job has been silent for too long."""
    return now - seen_at > LOST_AFTER
