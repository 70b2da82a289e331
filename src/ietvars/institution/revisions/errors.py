"""Refusals about drafts and their approval, each a sentence for people."""

from ietvars.ground.errors import Refusal, sentence


class NotYours(Refusal):
    """Somebody who neither owns nor approves services of the holder."""

    code = "revision-not-yours"
    message = sentence("This draft belongs to another institution. Its own service owners and approvers work on it.")


class NotTheApprover(Refusal):
    """Somebody who owns the service, but does not approve."""

    code = "revision-not-the-approver"
    message = sentence("Only an approver of the institution can do this: ask one to look through the draft.")


class OwnWork(Refusal):
    """Approving what one has written."""

    code = "revision-own-work"
    message = sentence("You have written in this draft, so another person must approve it.")


class NotNow(Refusal):
    """A step that the table of states does not have."""

    code = "revision-not-now"
    message = sentence("The draft of “%(service)s” is %(state)s now, so this step is not possible.")


class EditedMeanwhile(Refusal):
    """Somebody else has changed the same parts. `facts["conflicts"]` holds both values of each; nothing is written."""

    code = "revision-edited-meanwhile"
    message = sentence(
        "%(who)s has changed the same parts meanwhile: %(parts)s. Nothing of yours is saved yet: "
        "see both texts, choose, and save again."
    )


class NotSubmitted(Refusal):
    """A draft with open requirements that nobody asked to waive. `facts["gaps"]` holds what is open."""

    code = "revision-has-gaps"
    message = sentence(
        "“%(service)s” cannot be submitted yet: %(count)s requirements are open, in the parts %(parts)s. "
        "Write what is missing, or ask to waive a mandatory one with a reason."
    )


class NoReason(Refusal):
    """A step that the author will ask about, without its reason."""

    code = "revision-no-reason"
    message = sentence("Write why: the person who wrote the draft will ask.")


class NoText(Refusal):
    """An empty comment."""

    code = "comment-empty"
    message = sentence("Write the comment before you send it.")


class DayIsPast(Refusal):
    """Scheduling into the past."""

    code = "revision-day-is-past"
    message = sentence("A draft can be published today or later, and %(day)s has passed.")


class NoSuchCanvas(Refusal):
    """A canvas without a published version."""

    code = "canvas-not-published"
    message = sentence("The canvas “%(canvas)s” has no published version yet. Choose another one.")


class NoTitle(Refusal):
    """A new service without a name."""

    code = "service-needs-title"
    message = sentence("Give the new service a title in Latvian. It can be changed later.")


class NothingNewer(Refusal):
    """Taking what is not there."""

    code = "canvas-nothing-newer"
    message = sentence("“%(service)s” already stands on the newest version of its canvas.")


class NothingApproved(Refusal):
    """Publishing a service that has no draft."""

    code = "revision-nothing-approved"
    message = sentence("“%(service)s” has no approved draft. Write one and let a colleague approve it.")
