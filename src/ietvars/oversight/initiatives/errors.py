"""Refusals about initiatives."""

from ietvars.ground.errors import Refusal, sentence


class NotForYou(Refusal):
    """A capacity that may not do this with initiatives."""

    code = "initiative-not-for-you"
    message = sentence("Initiatives are proposed and decided by overseers. Ask the overseer to do it.")


class OwnProposal(Refusal):
    """Deciding one's own proposal."""

    code = "own-proposal"
    message = sentence("You proposed “%(title)s” yourself. Ask another overseer to decide about it.")


class WrongState(Refusal):
    """A step that the initiative's state does not allow."""

    code = "wrong-initiative-state"
    message = sentence(
        "This step was already taken, or does not fit where the initiative stands now."
        " Reload the page to see where it stands."
    )


class UnknownKind(Refusal):
    """A kind that is on no list."""

    code = "unknown-initiative-kind"
    message = sentence("There is no kind of initiative “%(kind)s”. Choose one from the list.")


class NothingExpected(Refusal):
    """A proposal that cannot be checked later."""

    code = "nothing-expected"
    message = sentence(
        "Say which indicator should move, in which direction, and by when. Otherwise nobody can check it."
    )


class TooEarly(Refusal):
    """A check before the deadline."""

    code = "too-early"
    message = sentence("The deadline is %(deadline)s. The check is possible from the day after it.")


class NoService(Refusal):
    """A proposal that names no service."""

    code = "initiative-without-service"
    message = sentence("Name at least one service that the initiative is about.")


class DeadlinePassed(Refusal):
    """A proposal whose deadline is over before it begins."""

    code = "deadline-passed"
    message = sentence("The deadline %(deadline)s is already over. Choose a later day.")


class ReasonNeeded(Refusal):
    """A proposal or decision without its ground."""

    code = "initiative-without-reason"
    message = sentence("Say why in a few words. Who reads it later will know nothing else.")


class UnknownOwner(Refusal):
    """An owner whom nobody knows here."""

    code = "unknown-initiative-owner"
    message = sentence("There is nobody with the username “%(owner)s”. Choose who answers for it from the list.")


class CheckTooSoon(Refusal):
    """A check period that cannot show a change."""

    code = "check-period-too-soon"
    message = sentence(
        "The check compares a later period of the same length with the frozen one. After %(frozen)s choose"
        " %(period)s or a later one."
    )


class NoSuchInitiative(Refusal):
    """A code that no initiative has."""

    code = "no-such-initiative"
    message = sentence("There is no initiative “%(initiative)s”.")
