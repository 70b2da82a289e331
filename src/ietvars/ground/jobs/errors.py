"""Refusals about jobs, and the two ways in which a running job is told to let go."""

from ietvars.ground.errors import Refusal, sentence


class UnknownKind(Refusal):
    """A kind of work that nobody has registered a function for."""

    code = "unknown-kind-of-work"
    message = sentence("There is no work “%(kind)s” to be done in the background. Check the name.")


class NotThatStep(Refusal):
    """A step that the state of the job does not allow."""

    code = "job-does-not-allow-it"
    message = sentence("This work cannot go from “%(state)s” to “%(wanted)s”. Look at how it stands now.")


class NotYourJob(Refusal):
    """Somebody reaches for the work of another."""

    code = "not-your-job"
    message = sentence("This work was asked for by somebody else. Ask them, an administrator or an overseer.")


class Broken(Refusal):
    """What a person is told when a job broke off for a reason that nobody foresaw."""

    code = "job-broke-off"
    message = sentence(
        "The work broke off unexpectedly. Start it again; if it breaks off again, tell the administrator."
    )


class TooOftenLost(Refusal):
    """A job that took its worker down each time it was tried."""

    code = "job-too-often-lost"
    message = sentence(
        "The work was lost %(times)s times together with the program that did it. It will not be tried again by itself;"
        " ask the administrator what it lacks, then resume it."
    )


class LetGo(Exception):
    """The job was stopped, or taken up by another worker: whoever still does it must stop, and write nothing."""


class HandBack(Exception):
    """The worker itself is asked to end: the job waits for the next one."""
