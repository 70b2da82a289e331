"""Refusals about what this installation is."""

from ietvars.ground.errors import Refusal, sentence


class NotEmpty(Refusal):
    """Sample data would mix with what is already here."""

    code = "database-not-empty"
    message = sentence(
        "The sample state can only be loaded into an empty database, and this one already holds data. "
        "Take another database, or remove this one."
    )


class NotForYou(Refusal):
    """Only the loader of the sample state and administrators say what an installation is."""

    code = "deployment-not-for-you"
    message = sentence("Only an administrator of the installation can do this.")
