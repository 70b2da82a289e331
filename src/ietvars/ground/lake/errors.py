"""Refusals of the lake: no room, somebody else was first, an engine that is not there."""

from ietvars.ground.errors import Refusal, sentence


class LakeFull(Refusal):
    """The disk under the lake took no more. Nothing half written is left, and the manifest is as it was."""

    code = "lake-full"
    message = sentence(
        "The disk under the lake (%(folder)s) is full: %(free_mb)s MB are free. Nothing was lost and nothing is half"
        " written. Make room or move the lake, then start this again."
    )


class Overtaken(Refusal):
    """Somebody else published while we worked on an older generation."""

    code = "lake-overtaken"
    message = sentence(
        "Somebody else has published the data set “%(dataset)s” meanwhile (generation %(generation)s, not"
        " %(based_on)s). Start this again."
    )


class LakeBusy(Refusal):
    """Another process of this machine writes the same."""

    code = "lake-busy"
    message = sentence("Another process is writing “%(dataset)s” into the lake right now. Try again in a moment.")


class NotInLake(Refusal):
    """A manifest row was to be written for what does not lie there whole."""

    code = "not-in-lake"
    message = sentence("The file %(path)s does not lie whole in the lake, so the manifest must not name it.")


class UnknownEngine(Refusal):
    """An engine that expressions are not compiled for."""

    code = "unknown-engine"
    message = sentence("There is no engine “%(engine)s”. Known are: %(known)s.")


class BackupThere(Refusal):
    """A backup is never written over."""

    code = "backup-there"
    message = sentence("%(folder)s holds a backup already. Name another folder; a backup is never written over.")


class NoBackup(Refusal):
    """A folder that holds no whole backup."""

    code = "no-backup"
    message = sentence("%(folder)s holds no whole backup: its list is missing or cannot be read.")


class BackupDamaged(Refusal):
    """A backup that must not be restored."""

    code = "backup-damaged"
    message = sentence("The backup is damaged and was not restored: %(why)s Take another backup.")


class PlaceTaken(Refusal):
    """There is something where a backup was to be restored."""

    code = "place-taken"
    message = sentence(
        "%(place)s is not empty. A backup is restored into an empty database and an empty lake only; name others with"
        " DATABASE_URL and IETVARS_LAKE, or remove what is there yourself."
    )


class OtherDatabase(Refusal):
    """A backup of another kind of database."""

    code = "other-database"
    message = sentence("The backup holds a database of %(kept)s, and DATABASE_URL names one of %(here)s.")


class ToolMissing(Refusal):
    """A program of PostgreSQL that is not installed here."""

    code = "tool-missing"
    message = sentence("The program %(tool)s is not installed here. Install the client programs of PostgreSQL.")


class ToolFailed(Refusal):
    """A program of PostgreSQL that did not do it."""

    code = "tool-failed"
    message = sentence("The program %(tool)s failed: %(why)s")
