"""Refusals about state folders: nothing of a broken folder is loaded."""

from collections.abc import Sequence

from ietvars.doors.machines.feeds.state.entries import Fault
from ietvars.ground.errors import Refusal, sentence


class NoFolder(Refusal):
    """A path that leads to no folder."""

    code = "state-no-folder"
    message = sentence("There is no folder %(folder)s: name the folder that holds bodies.toml.")


class BrokenFolder(Refusal):
    """A folder with faults, all of them listed in `faults`."""

    code = "state-broken"
    message = sentence("The state folder has faults (%(count)s) and nothing of it was loaded; the first: %(first)s")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(faults), first=str(faults[0]))


class NotTaken(Refusal):
    """An entry that an action refused."""

    code = "state-not-taken"
    message = sentence("%(place)s: %(why)s Nothing was loaded.")


class NotFollowed(Refusal):
    """An answer or an initiative that an action refused; the state itself is loaded by then."""

    code = "state-not-followed"
    message = sentence("%(place)s: %(why)s The state is loaded without it and what comes after it.")


class OtherOutcome(Refusal):
    """A check that gave something else than the folder tells."""

    code = "state-other-outcome"
    message = sentence(
        "%(place)s: the check gave “%(found)s” (%(why)s), not “%(expected)s”. Correct the figures or the outcome."
    )
