"""Refusals of linked data: a file that cannot be read, or asks for more than the limits give."""

from ietvars.ground.errors import Refusal, sentence


class NoSuchFile(Refusal):
    """A path that leads to no file."""

    code = "no-such-file"
    message = sentence("There is no file “%(file)s”. Check its name.")


class UnknownFormat(Refusal):
    """Neither the name nor the beginning of a file says what it is."""

    code = "unknown-rdf-format"
    message = sentence(
        "“%(file)s” is neither Turtle, N-Triples, JSON-LD nor RDF/XML by its name and its beginning."
        " Name the format with --format, or save the file in one of these."
    )


class Unreadable(Refusal):
    """A file that breaks the grammar of its format."""

    code = "unreadable-rdf"
    message = sentence("“%(file)s” cannot be read as %(format)s: %(fault)s. Correct that place and try again.")


class NotUtf8(Refusal):
    """A file in another encoding."""

    code = "not-utf-8"
    message = sentence("“%(file)s” is not written in UTF-8. Save it in UTF-8 and try again.")


class Entities(Refusal):
    """RDF/XML whose entities hold other entities, files, or more than names."""

    code = "entities-in-rdf-xml"
    message = sentence(
        "“%(file)s” declares XML entities that hold other entities, outside files or long texts."
        " Such entities are not read; write the texts out instead."
    )


class RemoteContext(Refusal):
    """JSON-LD that wants a context from the network."""

    code = "remote-context"
    message = sentence(
        "“%(file)s” asks for the JSON-LD context “%(context)s”, and contexts are never fetched."
        " Write the context into the file, or name the one of CPSV-AP 3.2.0: %(own)s."
    )


class TooManyBytes(Refusal):
    """A file larger than the limit."""

    code = "too-many-bytes"
    message = sentence("“%(file)s” is larger than %(limit)s bytes. Split it, or raise IETVARS_RDF_BYTES.")


class TooManyTriples(Refusal):
    """A file that says more than the limit allows."""

    code = "too-many-triples"
    message = sentence("“%(file)s” holds more than %(limit)s triples. Split it, or raise IETVARS_RDF_TRIPLES.")


class TooSlow(Refusal):
    """Work on a file that took longer than the limit."""

    code = "too-slow"
    message = sentence("“%(file)s” took longer than %(limit)s seconds. Split it, or raise IETVARS_RDF_SECONDS.")


class BrokeOff(Refusal):
    """Work on a file that ended in a way that nobody foresaw."""

    code = "reading-broke-off"
    message = sentence(
        "The work on “%(file)s” broke off, and why is in the log. Try a part of the file, or tell the administrator."
    )


class TooHungry(Refusal):
    """Work on a file that wanted more memory than the limit."""

    code = "too-hungry"
    message = sentence("“%(file)s” needs more than %(limit)s MiB of memory. Split it, or raise IETVARS_RDF_MEMORY.")
