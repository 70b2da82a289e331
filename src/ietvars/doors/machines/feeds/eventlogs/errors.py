"""Why a log or its mapping cannot be read: one clear sentence each. What was taken in before stays, and a second run
goes on from there."""

from ietvars.ground.errors import Refusal, sentence


class CannotBring(Refusal):
    """Base: the run as a whole is refused."""

    code = "cannot-bring-log"


# ---- the file ----------------------------------------------------------------------------------------------------


class NoSuchLog(CannotBring):
    """A path that leads nowhere."""

    code = "no-such-log"
    message = sentence("“%(file)s” cannot be opened: %(why)s. Check the path.")


class NotALog(CannotBring):
    """A file of a form that nobody here reads."""

    code = "not-a-log"
    message = sentence(
        "“%(file)s” is %(what)s. Event logs are XES, OCEL 2.0 (JSON, XML or SQLite), CSV or Parquet, each also as .gz."
    )


class Broken(CannotBring):
    """A log that ends in the middle or is not well-formed."""

    code = "log-broken"
    message = sentence("“%(file)s” is broken at line %(line)s: %(why)s. Export it again and try once more.")


class DamagedPack(CannotBring):
    """A packed file that cannot be unpacked."""

    code = "log-damaged"
    message = sentence("“%(file)s” cannot be unpacked: %(why)s. Fetch it again, whole.")


class Hostile(CannotBring):
    """XML that asks for more than its own text."""

    code = "log-hostile"
    message = sentence(
        "“%(file)s” holds %(what)s at line %(line)s, which no event log needs and which can be used for an attack. "
        "Export it without that."
    )


class TooMuch(CannotBring):
    """More than the limits allow."""

    code = "log-too-much"
    message = sentence("“%(file)s” has %(what)s, more than %(most)s. Divide the log and bring in the parts.")


class WrongLetters(CannotBring):
    """Bytes that are not text in the encoding of the mapping."""

    code = "log-wrong-encoding"
    message = sentence(
        "“%(file)s” is not %(encoding)s text: it breaks at line %(line)s. Name its encoding in the mapping, "
        'e.g. encoding = "cp1257".'
    )


# ---- the columns -------------------------------------------------------------------------------------------------


class NoColumn(CannotBring):
    """What every event needs is in no column."""

    code = "log-no-column"
    message = sentence(
        "“%(file)s” has no column for the %(role)s of an event. Its columns are: %(columns)s. "
        "Say in a mapping file which it is: [columns] %(key)s = “…”."
    )


class TwiceNamed(CannotBring):
    """Two columns of one name, one of which is wanted."""

    code = "log-column-twice"
    message = sentence("“%(file)s” has several columns “%(column)s”, so it cannot be told which one is meant.")


class NoCaseType(CannotBring):
    """An object type that the log does not have."""

    code = "log-no-case-type"
    message = sentence("“%(file)s” has no objects of type “%(type)s”. Its types are: %(types)s.")


# ---- the mapping -------------------------------------------------------------------------------------------------


class NoMapping(CannotBring):
    """A mapping file that cannot be read."""

    code = "log-mapping-unreadable"
    message = sentence("The mapping “%(file)s” cannot be read: %(why)s.")


class WrongMapping(CannotBring):
    """A mapping that says something that does not exist."""

    code = "log-mapping-wrong"
    message = sentence("The mapping says %(what)s. %(advice)s")


# ---- where it goes -----------------------------------------------------------------------------------------------


class NoSuchService(CannotBring):
    """A service that was named and does not exist."""

    code = "log-no-such-service"
    message = sentence("There is no service “%(service)s”. Look its code up in the address of its page.")


class NoSuchBody(CannotBring):
    """A body that was named and does not exist."""

    code = "log-no-such-body"
    message = sentence("There is no institution “%(body)s”. Look its code up in the address of its page.")


class NothingToWrite(CannotBring):
    """An export without a single case."""

    code = "log-nothing-to-write"
    message = sentence("There are no events of %(what)s yet, so there is no log to write.")
