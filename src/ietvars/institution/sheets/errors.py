"""Refusals about spreadsheets: of a whole file, of one cell, of a step."""

from ietvars.ground.errors import Refusal, sentence

# ---- the file as a whole -----------------------------------------------------------------------------------------


class UnreadableFile(Refusal):
    """Base: nothing of the file is taken."""

    code = "sheet-unreadable"


class NotASheet(UnreadableFile):
    """Something else under the name of a spreadsheet; judged by its content, not by its name."""

    code = "sheet-is-something-else"
    message = sentence("“%(file)s” is no spreadsheet, its content is %(sign)s. Save the table as XLSX or CSV.")


class NoSuchSheet(UnreadableFile):
    """A path that leads nowhere."""

    code = "sheet-no-such-file"
    message = sentence("“%(file)s” cannot be opened. Check the path.")


class EmptyFile(UnreadableFile):
    """Nothing in it."""

    code = "sheet-empty"
    message = sentence("“%(file)s” is empty. Choose the spreadsheet that you have filled in.")


class OldWorkbook(UnreadableFile):
    """An .xls workbook, or one locked with a password: both look the same from outside."""

    code = "sheet-old-or-locked"
    message = sentence(
        "“%(file)s” is an old Excel workbook (.xls) or is locked with a password. Save it as XLSX without a password."
    )


class HoldsMacros(UnreadableFile):
    """A workbook with programs in it."""

    code = "sheet-holds-macros"
    message = sentence("“%(file)s” holds macros, and programs are not taken in. Save it as XLSX without macros.")


class HoldsDeclarations(UnreadableFile):
    """XML with a document type: no spreadsheet program writes one, entity bombs do."""

    code = "sheet-holds-declarations"
    message = sentence(
        "“%(file)s” holds document type declarations, which no spreadsheet program writes. Save the table anew as XLSX."
    )


class FileTooLarge(UnreadableFile):
    """More bytes than are taken."""

    code = "sheet-too-large"
    message = sentence("“%(file)s” is larger than %(most)s MB. Send fewer rows at a time.")


class UnpacksTooLarge(UnreadableFile):
    """A small file that unpacks to a huge one."""

    code = "sheet-unpacks-too-large"
    message = sentence("“%(file)s” unpacks to more than %(most)s MB, so it is not read. Send fewer rows at a time.")


class TooManyRows(UnreadableFile):
    """More rows than are taken at a time."""

    code = "sheet-too-many-rows"
    message = sentence("“%(file)s” has more than %(most)s rows. Split it and send the parts one by one.")


class TooManyColumns(UnreadableFile):
    """More columns than any sheet of ours has."""

    code = "sheet-too-many-columns"
    message = sentence("“%(file)s” has more than %(most)s columns. Leave only the columns of the download.")


class TooManyCells(UnreadableFile):
    """More cells than are taken at a time."""

    code = "sheet-too-many-cells"
    message = sentence("“%(file)s” has more than %(most)s cells. Split it and send the parts one by one.")


class TookTooLong(UnreadableFile):
    """Reading was given up."""

    code = "sheet-took-too-long"
    message = sentence("“%(file)s” could not be read within %(most)s seconds. Send fewer rows at a time.")


class Damaged(UnreadableFile):
    """A packed file that is not whole."""

    code = "sheet-damaged"
    message = sentence("“%(file)s” is damaged or cut off and cannot be read. Save it anew and upload it again.")


class UnknownLetters(UnreadableFile):
    """Bytes that are no text in any encoding that spreadsheet programs here write."""

    code = "sheet-unknown-letters"
    message = sentence("The letters of “%(file)s” cannot be read. Save it as XLSX, or as CSV in UTF-8.")


class BrokenTable(UnreadableFile):
    """Quotation marks that do not pair up, or the like."""

    code = "sheet-broken-table"
    message = sentence(
        "“%(file)s” is no well-formed CSV: quotation marks do not pair up at row %(line)s. Save it as XLSX."
    )


class NotOurs(UnreadableFile):
    """A table without the column that says which row is which."""

    code = "sheet-without-row-marks"
    message = sentence(
        "“%(file)s” has no column “%(column)s”, which says which row is which. Download the sheet anew, change the "
        "cells there and leave that column as it is."
    )


class ColumnTwice(UnreadableFile):
    """A known column that stands in the file twice."""

    code = "sheet-column-twice"
    message = sentence("“%(file)s” has the column “%(column)s” twice. Delete one of them.")


class ColumnMissing(UnreadableFile):
    """A column by which the rows are checked is gone."""

    code = "sheet-column-missing"
    message = sentence("“%(file)s” lacks the column “%(column)s”, by which rows are checked. Put it back as it was.")


class NothingKnown(UnreadableFile):
    """No row of the file went out from here."""

    code = "sheet-of-no-download"
    message = sentence(
        "No row of “%(file)s” is known here: its row marks were changed, or the sheet was downloaded from elsewhere or "
        "too long ago. Download it anew."
    )


class TwoKinds(UnreadableFile):
    """Services and measurements in one table."""

    code = "sheet-of-two-kinds"
    message = sentence("“%(file)s” mixes rows of services and of measurements. Send them as two files.")


# ---- one row or one cell -----------------------------------------------------------------------------------------


class CellRefusal(Refusal):
    """Base: one cell is not taken, the others are."""

    code = "cell-refused"


class FormulaCell(CellRefusal):
    """A formula instead of its result."""

    code = "cell-formula"
    message = sentence("The cell holds a formula. Paste its result as a value.")


class FaultyCell(CellRefusal):
    """A formula's fault such as #REF!"""

    code = "cell-faulty"
    message = sentence("The cell shows the spreadsheet's fault %(text)s. Type the value.")


class MergedCell(CellRefusal):
    """One cell over several rows or columns."""

    code = "cell-merged"
    message = sentence("The cell is part of the merged cells %(range)s, so its value is not clear. Unmerge them.")


class NotChangeable(CellRefusal):
    """A column that is there for reading."""

    code = "cell-not-changeable"
    message = sentence("This column is only for reading. Change it in the workplace, not in the spreadsheet.")


class ForeignRow(CellRefusal):
    """A row of somebody else's institution."""

    code = "cell-foreign-row"
    message = sentence(
        "The row belongs to another institution. You can change rows of your institution and of those below it."
    )


class RowTwice(CellRefusal):
    """The same row twice: which of them is meant is nobody's guess."""

    code = "cell-row-twice"
    message = sentence("The row with the mark %(mark)s stands %(count)s times in the file. Leave one of them.")


class RowsApart(CellRefusal):
    """Columns were sorted apart from their row marks, or a key was retyped."""

    code = "cell-rows-apart"
    message = sentence(
        "The row is marked as %(expected)s, but its column “%(column)s” says “%(found)s”. Columns were sorted apart or "
        "overwritten; download the sheet anew."
    )


class UnknownRow(CellRefusal):
    """A row mark that names no row of any download."""

    code = "cell-unknown-row"
    message = sentence("The row's mark “%(mark)s” is unknown. Download the sheet anew and leave the marks as they are.")


class NewRow(CellRefusal):
    """A row that was not in the download."""

    code = "cell-new-row"
    message = sentence(
        "The row has no mark, so it is new. New services begin in the workplace; new periods with a new download."
    )


class GoneRow(CellRefusal):
    """What the row is about is no more, or can be changed no more."""

    code = "cell-gone-row"
    message = sentence("“%(key)s” can no longer be changed: it has ended or is no longer there.")


class LockedRow(CellRefusal):
    """A description that waits for approval or publication."""

    code = "cell-locked-row"
    message = sentence("The description of “%(key)s” waits for approval. Take it back to a draft first.")


class UnknownCode(CellRefusal):
    """A code that is not of the list."""

    code = "cell-unknown-code"
    message = sentence("“%(text)s” is no code of the list “%(list)s”. The codes stand in the sheet “%(sheet)s”.")


class UnknownInstitution(CellRefusal):
    """A code that no institution has."""

    code = "cell-unknown-institution"
    message = sentence("“%(text)s” is no code of an institution.")


class NotANumber(CellRefusal):
    """Text where a number belongs."""

    code = "cell-not-a-number"
    message = sentence("“%(text)s” is no number. Write digits only.")


class NotWhole(CellRefusal):
    """A fraction where only whole numbers make sense."""

    code = "cell-not-whole"
    message = sentence("“%(text)s” is no whole number from %(least)s to %(most)s.")


class TwoReadings(CellRefusal):
    """1,234: a thousand and more, or one and a bit."""

    code = "cell-two-readings"
    message = sentence("“%(text)s” can be read as %(first)s or as %(second)s. Write it without a thousands mark.")


class TurnedIntoDay(CellRefusal):
    """The spreadsheet program made a date of a text."""

    code = "cell-turned-into-day"
    message = sentence("The spreadsheet program has turned the text into the date %(text)s. Set the cell to text.")


class NotYesOrNo(CellRefusal):
    """Something else than yes or no."""

    code = "cell-not-yes-or-no"
    message = sentence("“%(text)s” is neither yes nor no.")


class TooLong(CellRefusal):
    """More text than the field holds."""

    code = "cell-too-long"
    message = sentence("The text has %(count)s characters; %(most)s is the most.")


class HiddenCharacters(CellRefusal):
    """Control characters."""

    code = "cell-hidden-characters"
    message = sentence("The text holds characters that nobody sees. Type it anew.")


class NotAnAddress(CellRefusal):
    """A link that is none."""

    code = "cell-not-an-address"
    message = sentence("“%(text)s” is no web address. It begins with https:// or http://.")


class BrokenLine(CellRefusal):
    """A line of a cell with several fields that has too few or too many."""

    code = "cell-broken-line"
    message = sentence("Line %(line)s of the cell is to read: %(shape)s")


class ImmediateWithTerm(CellRefusal):
    """Two columns that contradict each other."""

    code = "cell-immediate-with-term"
    message = sentence("A service that is given at once has no term in days. Clear one of the two.")


class ErasesFigure(CellRefusal):
    """Clearing a figure."""

    code = "cell-erases-figure"
    message = sentence("What was reported is not erased. Write a number, or one of the words: %(words)s.")


class CountWithoutFigure(CellRefusal):
    """A number of observations beside nothing measured."""

    code = "cell-count-without-figure"
    message = sentence("A number of answers needs a figure beside it.")


class NotAMean(CellRefusal):
    """What belongs to a mean, beside a figure that is none."""

    code = "cell-not-a-mean"
    message = sentence("The figure is no mean, so nothing stands in this column. Clear the cell.")


class ClosedReport(CellRefusal):
    """A report that is accepted, or a round that is closed."""

    code = "cell-closed-report"
    message = sentence("The figures of “%(key)s” are accepted or the round is closed. Ask the overseer to reopen it.")


# ---- steps -------------------------------------------------------------------------------------------------------


class NotYourSheet(Refusal):
    """Somebody who may neither download nor send back."""

    code = "sheet-not-yours"
    message = sentence("Spreadsheets are sent back by service owners, for their institution and those below it.")


class AlreadyApplied(Refusal):
    """Applying twice."""

    code = "sheet-already-applied"
    message = sentence(
        "This sheet was applied on %(day)s and changes nothing any more. For more changes upload a file again."
    )


class AlreadyDropped(Refusal):
    """Applying what was put aside."""

    code = "sheet-already-dropped"
    message = sentence("This sheet was put aside. Upload the file again to see what it would change.")


class NothingToApply(Refusal):
    """A preview without changes."""

    code = "sheet-nothing-to-apply"
    message = sentence("There is nothing to apply: no cell of the file would change anything.")


class ChangedMeanwhile(Refusal):
    """Something was changed between the preview and applying."""

    code = "sheet-changed-meanwhile"
    message = sentence(
        "%(count)s cells of this preview were changed by others since you saw it, so nothing was written. "
        "The preview now shows them: look at it again."
    )


class NothingToDownload(Refusal):
    """A sheet without rows."""

    code = "sheet-nothing-to-download"
    message = sentence("There is nothing to put into a sheet: no row is yours in what you chose.")


class UnknownSheet(Refusal):
    """The number of a preview that is not there."""

    code = "sheet-unknown"
    message = sentence("There is no preview with the number %(number)s.")
