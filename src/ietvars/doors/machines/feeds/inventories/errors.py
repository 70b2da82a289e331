"""Why a file or a mapping cannot be read: one clear sentence each. After any of these nothing has been written."""

from ietvars.ground.errors import Refusal, sentence


class CannotImport(Refusal):
    """Base: the run as a whole is refused."""

    code = "cannot-import"


# ---- the file ----------------------------------------------------------------------------------------------------


class NoSuchFile(CannotImport):
    """A path that leads nowhere."""

    code = "no-such-file"
    message = sentence("“%(file)s” cannot be opened: %(why)s. Check the path.")


class NotATable(CannotImport):
    """Something else under the name of a table."""

    code = "not-a-table"
    message = sentence("“%(file)s” is %(what)s, not a table. Download the table itself and try again.")


class CutOff(CannotImport):
    """A file that ends in the middle."""

    code = "file-cut-off"
    message = sentence("“%(file)s” is cut off: %(why)s. Fetch it again, whole.")


class Damaged(CannotImport):
    """A packed file that cannot be unpacked."""

    code = "file-damaged"
    message = sentence("“%(file)s” is damaged and cannot be unpacked: %(why)s. Fetch it again.")


class WrongEncoding(CannotImport):
    """Bytes that are not text in the encoding of the mapping."""

    code = "wrong-encoding"
    message = sentence(
        "“%(file)s” is not %(encoding)s text: it breaks at line %(line)s. Name its encoding in the mapping."
    )


class OtherEncoding(CannotImport):
    """Text in UTF-8 where the mapping names an encoding that would read it as other letters."""

    code = "other-encoding"
    message = sentence("“%(file)s” is UTF-8 text, and the mapping says %(encoding)s. Correct it in the mapping.")


class BrokenQuotes(CannotImport):
    """Quotation marks that do not pair up."""

    code = "broken-quotes"
    message = sentence(
        "“%(file)s” is no well-formed table: at line %(line)s %(why)s. Check the delimiter and the quotation marks."
    )


class LineTooLong(CannotImport):
    """A line longer than any row of a table."""

    code = "line-too-long"
    message = sentence(
        "“%(file)s” has a row longer than %(most)s characters at line %(line)s, so it is no table of an inventory."
    )


class TooLarge(CannotImport):
    """A file that unpacks to more than this program takes."""

    code = "file-too-large"
    message = sentence(
        "“%(file)s” holds more than %(most)s, more than any inventory. Split it, or check that it is one."
    )


class ColumnTwice(CannotImport):
    """A wanted column that stands in the file twice."""

    code = "column-twice"
    message = sentence("“%(file)s” has the column “%(column)s” twice, so nobody can say which one is meant.")


class NothingTaken(CannotImport):
    """A run that would leave nothing behind but its faults."""

    code = "nothing-taken"
    message = sentence(
        "No row of the files could be taken, so the mapping does not fit them: line %(line)s of “%(file)s”: %(why)s"
    )


class NoRows(CannotImport):
    """A table without rows, or without rows of the wanted periods."""

    code = "no-rows"
    message = sentence(
        "“%(file)s” has no row that is wanted: it is empty, or holds other periods. Nothing was written."
    )


class BadEditionName(CannotImport):
    """A name that cannot be kept."""

    code = "bad-edition-name"
    message = sentence("The name of an edition has at most %(most)s letters and no line breaks.")


# ---- the mapping -------------------------------------------------------------------------------------------------


class NoMapping(CannotImport):
    """A mapping that is not there."""

    code = "no-such-mapping"
    message = sentence("There is no mapping “%(mapping)s”: name a file, or one of those that ship: %(shipped)s.")


class MappingNotToml(CannotImport):
    """A mapping that is not TOML."""

    code = "mapping-not-toml"
    message = sentence("The mapping “%(mapping)s” cannot be read: %(why)s.")


class UnknownKey(CannotImport):
    """A key that the language does not have."""

    code = "mapping-unknown-key"
    message = sentence("The mapping says “%(key)s” at %(place)s, which is no word of it. Known there: %(known)s.")


class MissingKey(CannotImport):
    """A key that must be there."""

    code = "mapping-missing-key"
    message = sentence("The mapping must say “%(key)s” at %(place)s.")


class WrongShape(CannotImport):
    """A value of another sort than the language asks."""

    code = "mapping-wrong-shape"
    message = sentence("The mapping has %(found)s at %(place)s, where %(expected)s is expected.")


class WrongReading(CannotImport):
    """Numbers or markers that cannot be read as the mapping says."""

    code = "mapping-wrong-reading"
    message = sentence("The mapping cannot be followed at %(place)s: %(why)s")


class NoTableFits(CannotImport):
    """A file that no table of the mapping describes."""

    code = "mapping-does-not-fit"
    message = sentence(
        "The mapping does not fit “%(file)s”: no table of it has these columns. The nearest, “%(table)s”, also needs "
        "%(columns)s."
    )


class SeveralTablesFit(CannotImport):
    """A file that two tables of the mapping describe equally well."""

    code = "mapping-fits-twice"
    message = sentence(
        "The mapping does not say which table “%(file)s” is: %(tables)s fit it equally well. Let one of them need a "
        "column that only it has."
    )
