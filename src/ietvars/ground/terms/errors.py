"""Refusals about code lists."""

from ietvars.ground.errors import Refusal, sentence


class BrokenCodeList(Refusal):
    """A file of a code list that cannot be understood."""

    code = "broken-code-list"
    message = sentence("The code list %(name)s cannot be read: %(why)s")


class UnknownTerm(Refusal):
    """A code that no term of the list has."""

    code = "unknown-term"
    message = sentence("“%(term)s” is not in the list “%(list)s”: take one of %(known)s.")


class NotForYou(Refusal):
    """Code lists are kept by administrators."""

    code = "code-lists-not-for-you"
    message = sentence("Code lists are changed by an administrator.")
