"""Refusals about service lists."""

from ietvars.ground.errors import Refusal, sentence


class NotYourList(Refusal):
    """Somebody whose capacity does not reach the list's institution."""

    code = "not-your-list"
    message = sentence("This list belongs to an institution you do not act for. Ask its service owner.")


class NotAnAuthor(Refusal):
    """A capacity that may not write lists."""

    code = "not-an-author"
    message = sentence("Lists are written by service owners. Act in that capacity, or ask a service owner.")


class NotAnApprover(Refusal):
    """A capacity that may not approve lists."""

    code = "not-an-approver"
    message = sentence("Lists are approved by list approvers. Ask the list approver of the institution.")


class OwnWork(Refusal):
    """An author approving his own list."""

    code = "own-work"
    message = sentence(
        "You cannot approve your own work: you wrote the list “%(title)s”. Ask a colleague to look at it."
    )


class WrongState(Refusal):
    """A step that the list's state does not allow."""

    code = "wrong-list-state"
    message = sentence("The list is %(state)s and cannot become %(wanted)s. Reload the page to see where it stands.")


class NoDocument(Refusal):
    """An approval without the document it rests on."""

    code = "no-document"
    message = sentence("An approval needs the document's number and date. Fill in both.")


class EmptyList(Refusal):
    """A list without entries."""

    code = "empty-list"
    message = sentence("An empty list cannot be submitted. Add at least one service.")


class ListExists(Refusal):
    """A second list of a body and year."""

    code = "list-exists"
    message = sentence("The institution already has a list for %(year)s. Change that one.")


class EmptyDocument(Refusal):
    """A file without content."""

    code = "empty-document"
    message = sentence("The file is empty. Choose the signed document.")


class DocumentTooLarge(Refusal):
    """A file beyond the limit."""

    code = "document-too-large"
    message = sentence("The file has %(size)s, and %(largest)s is the most. Attach the document without its annexes.")


class NotADocument(Refusal):
    """A file that is neither PDF nor a signed container, whatever its name says."""

    code = "not-a-document"
    message = sentence("“%(name)s” is no PDF, EDOC or ASiC-E document. Attach the document as it was signed.")


class NothingToAttachTo(Refusal):
    """A document for a list that nobody has approved."""

    code = "nothing-to-attach-to"
    message = sentence("A document belongs to an approval, and this list is not approved. Approve it first.")
