"""Refusals about deliveries as a whole: of a call, of a sender, of what lies in quarantine. Those of a single event are
faults, see `rules`."""

from ietvars.ground.errors import Refusal, sentence


class TooManyEvents(Refusal):
    """More events than one call may bring."""

    code = "deliveries-too-many-events"
    message = sentence("One call may bring %(limit)s events, and this one has %(count)s. Send them in several calls.")


class NoEvents(Refusal):
    """A call that brings nothing."""

    code = "deliveries-no-events"
    message = sentence("The call brings no event. Send at least one.")


class InboxFull(Refusal):
    """More waits than is being laid away."""

    code = "deliveries-inbox-full"
    message = sentence("Too many events wait to be laid away. Nothing was taken; send the same again in %(seconds)s s.")


class TooFast(Refusal):
    """One sender sends more than he may."""

    code = "deliveries-too-fast"
    message = sentence(
        "You may send %(limit)s events a minute. Nothing was taken; send the same again in %(seconds)s s."
    )


class UnknownSender(Refusal):
    """Neither code nor secret is said to be wrong: who guesses learns nothing."""

    code = "deliveries-not-a-sender"
    message = sentence("No sender with this code and secret may send. Check both, or ask for a new secret.")


class NoKeys(Refusal):
    """The file of keys cannot be read."""

    code = "deliveries-no-person-keys"
    message = sentence(
        "The file of keys for persons cannot be read (IETVARS_PERSON_KEYS). Restore it; without it nobody is joined."
    )


class NotYourSteps(Refusal):
    """Somebody who does not answer for the service."""

    code = "deliveries-not-your-steps"
    message = sentence("Steps are named by the owner of the service. Ask the owner to change the name.")


class LongTitle(Refusal):
    """A title that no map can hold."""

    code = "deliveries-long-title"
    message = sentence("A name of a step has %(longest)s characters at most. Shorten “%(title)s…”.")


class NotYourSender(Refusal):
    """Somebody who does not look after the sender's body."""

    code = "deliveries-not-your-sender"
    message = sentence(
        "Senders and refused events are looked after by owners and administrators of their own institution. Ask one "
        "there."
    )


class BadCode(Refusal):
    """A sender's code or title that is none."""

    code = "deliveries-bad-code"
    message = sentence(
        "A sender needs a code of small letters, digits and dashes (at most 80), and a title of at most 200 characters."
    )


class SenderExists(Refusal):
    """The code is taken."""

    code = "deliveries-sender-exists"
    message = sentence("A sender “%(code)s” exists already. Choose another code.")


class Revoked(Refusal):
    """A sender that may not send any more."""

    code = "deliveries-sender-revoked"
    message = sentence("The sender “%(code)s” has been revoked. Make a new one.")


class InboxDamaged(Refusal):
    """A row of the inbox is not what was written."""

    code = "deliveries-inbox-damaged"
    message = sentence(
        "Event %(seq)s of the inbox cannot be read: the database was damaged or changed. Restore it from a backup; "
        "until then nothing more is laid into the lake."
    )


class NotYourCases(Refusal):
    """Single cases of a service that is not within reach."""

    code = "deliveries-not-your-cases"
    message = sentence("Single cases of this service are for its owner. Everybody else sees them added up.")


class NotJson(Refusal):
    """A body that is no JSON, or not what its content type says."""

    code = "deliveries-not-json"
    message = sentence("The call cannot be read as JSON in UTF-8. Nothing was taken.")


class NotThisForm(Refusal):
    """A content type that is none of CloudEvents."""

    code = "deliveries-not-this-form"
    message = sentence(
        "Send application/cloudevents-batch+json, application/cloudevents+json, or one event as application/json with "
        "ce- headers."
    )


class TooLarge(Refusal):
    """More bytes than one call may bring."""

    code = "deliveries-too-large"
    message = sentence("One call may have %(limit)s bytes. Send the events in several calls; nothing was taken.")


class NotOpen(Refusal):
    """A refused event that somebody has dealt with."""

    code = "deliveries-not-open"
    message = sentence("This event was replayed or dropped meanwhile. Open the list anew.")


class LiesOpenAlready(Refusal):
    """A mended event that is the same as another refused one."""

    code = "deliveries-lies-open-already"
    message = sentence("The very same event lies in quarantine already. Drop one of the two.")


class NoReason(Refusal):
    """Events given up without a word."""

    code = "deliveries-no-reason"
    message = sentence("Say in a few words why these events are given up.")


class NoSuchSender(Refusal):
    """A code that no sender has."""

    code = "unknown-sender"
    message = sentence("There is no sender “%(code)s”.")
