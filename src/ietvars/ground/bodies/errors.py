"""Refusals about bodies."""

from ietvars.ground.errors import Refusal, sentence


class BodyExists(Refusal):
    """A second body of the same code."""

    code = "body-exists"
    message = sentence("There is already a body “%(body)s”. Choose another code or change that body.")


class UnknownBody(Refusal):
    """A code that names no body."""

    code = "unknown-body"
    message = sentence("There is no body “%(body)s”. Check the code, or add the body first.")


class BodyHasEnded(Refusal):
    """Something is asked of a body that no longer exists."""

    code = "body-has-ended"
    message = sentence("“%(body)s” ended on %(until)s. Choose the body that took over its work.")


class WouldBeAboveItself(Refusal):
    """A place in the hierarchy that makes a circle."""

    code = "would-be-above-itself"
    message = sentence("“%(body)s” cannot stand under “%(parent)s”, because that body is already below it.")


class NothingToMerge(Refusal):
    """A merger or split that names too few bodies."""

    code = "nothing-to-merge"
    message = sentence("A merger or a split needs at least one body that ends and one that takes over.")


class NotForYou(Refusal):
    """Only administrators and the system keep the register of bodies."""

    code = "bodies-are-kept-by-administrators"
    message = sentence("Only an administrator may change bodies. Ask the administrator of your institution.")


class NotYourReorganisation(Refusal):
    """Somebody who may not reorganise these bodies."""

    code = "reorganisation-not-yours"
    message = sentence(
        "Institutions are merged, split and renamed by an overseer, or by an administrator of all of them. "
        "Ask one of these people."
    )


class BrokenPlan(Refusal):
    """A plan of a reorganisation that cannot be read."""

    code = "reorganisation-broken-plan"
    message = sentence("The plan cannot be read: %(why)s. Correct it and try again.")


class NotThatMany(Refusal):
    """Too few or too many bodies for what is to happen."""

    code = "reorganisation-not-that-many"
    message = sentence(
        "A merger has one institution that takes over, a split has one old and several that take over, "
        "a renaming has one of each. Check which institutions you named."
    )


class BodyNotYet(Refusal):
    """A reorganisation before one of its bodies began."""

    code = "reorganisation-body-not-yet"
    message = sentence("“%(body)s” began on %(since)s, so it cannot go over on %(on)s. Choose a later day.")


class NoNewName(Refusal):
    """A new or renamed body without its name."""

    code = "reorganisation-no-name"
    message = sentence("Write the new name in Latvian: an institution needs one.")


class Undecided(Refusal):
    """A split in which something has no place yet."""

    code = "reorganisation-undecided"
    message = sentence(
        "It is not decided yet where everything goes: %(count)s without a place, the first is “%(key)s”. "
        "Choose a successor for each, or say that it stays."
    )


class NoSuccessor(Refusal):
    """Something is assigned to a body that takes nothing over."""

    code = "reorganisation-no-successor"
    message = sentence(
        "“%(key)s” cannot go to “%(body)s”, which takes nothing over here. Choose one of the successors."
    )


class NothingOfThat(Refusal):
    """The plan assigns something that the old bodies do not have."""

    code = "reorganisation-nothing-of-that"
    message = sentence("The plan names “%(key)s”, which these institutions do not have. Take it out.")


class NotThatStep(Refusal):
    """A step that the state of a reorganisation does not allow."""

    code = "reorganisation-not-that-step"
    message = sentence("This reorganisation cannot go from “%(state)s” to “%(wanted)s”. Look at how it stands now.")


class TooEarly(Refusal):
    """A reorganisation applied before its day."""

    code = "reorganisation-too-early"
    message = sentence(
        "It takes effect on %(on)s; until then the old institutions do the work. Apply it on that day or later."
    )


class UndoTheLaterFirst(Refusal):
    """Undoing below a later reorganisation of the same bodies."""

    code = "reorganisation-undo-the-later-first"
    message = sentence(
        "The same institutions were reorganised again later (No. %(later)s). Undo that one first, then this one."
    )


class ChangedSince(Refusal):
    """Undoing what others have built upon."""

    code = "reorganisation-changed-since"
    message = sentence(
        "This cannot be undone whole, because something was changed since: %(things)s. "
        "Take these changes back first, or plan a new reorganisation."
    )


class StillUsed(Refusal):
    """Undoing the founding of a body that others have begun to use."""

    code = "reorganisation-still-used"
    message = sentence(
        "“%(body)s” was founded by this reorganisation and is in use since: %(things)s. "
        "Move that elsewhere first, or plan a new reorganisation."
    )


class NoSuchReorganisation(Refusal):
    """A number that names no reorganisation."""

    code = "no-such-reorganisation"
    message = sentence("There is no reorganisation No. %(number)s. Look at the list for its number.")
