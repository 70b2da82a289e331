"""Refusals about services, each a sentence for people."""

from ietvars.ground.errors import Refusal, sentence


class NotYours(Refusal):
    """Somebody who does not own services of the holder."""

    code = "service-not-yours"
    message = sentence(
        "This service is described by its holder. "
        "You can change services of your own institution and of those below it."
    )


class HeldByAnother(Refusal):
    """A description that names another holder than the service has."""

    code = "service-held-by-another"
    message = sentence(
        "The service “%(service)s” is held by %(holder)s. "
        "A service passes to another holder by a merger or a handover, not by its description."
    )


class NotNow(Refusal):
    """A change of state that the table of states does not have."""

    code = "service-not-now"
    message = sentence("The service “%(service)s” was published once and cannot become a draft again.")


class AlreadyPublished(NotNow):
    """Publishing what people read already."""

    code = "service-already-published"
    message = sentence("The service “%(service)s” is published already. Change it in a draft and publish that.")


class NotPublished(NotNow):
    """Retiring what nobody could receive."""

    code = "service-not-published"
    message = sentence("Only a published service can be withdrawn or retired, and “%(service)s” is not.")


class NotReady(Refusal):
    """A description that is not whole enough to be published. `facts["gaps"]` holds what is open."""

    code = "service-not-ready"
    message = sentence(
        "“%(service)s” cannot be published yet: %(count)s requirements are open, in the parts %(parts)s. "
        "Write what is missing, then publish it."
    )


class NoHolder(Refusal):
    """Nobody holds the service today."""

    code = "service-without-holder"
    message = sentence("Name the institution that holds the service before you publish it.")


class NoRhythm(Refusal):
    """A review rhythm beyond the bounds."""

    code = "service-no-rhythm"
    message = sentence("A description can be reviewed every 1 to %(longest)s months, and not every %(months)s.")


class UnknownProvider(Refusal):
    """A provider that is no body."""

    code = "service-unknown-provider"
    message = sentence("There is no institution with the code “%(provider)s”, so it cannot provide a stage.")


class NotATemplate(Refusal):
    """A local service that would vary a service that is no common description."""

    code = "service-not-a-template"
    message = sentence("“%(service)s” is no common description, so no local service can vary it.")


class UnknownField(Refusal):
    """A field that no local service may have of its own."""

    code = "service-unknown-field"
    message = sentence("A local service cannot have a “%(field)s” of its own: take one of %(known)s.")


class NoReason(Refusal):
    """A step that others will ask about, without its reason."""

    code = "service-no-reason"
    message = sentence("Write why: people who relied on the service will ask.")


class NoWebAddress(Refusal):
    """A link that a browser would run, or follow to nowhere, instead of opening a page."""

    code = "service-no-web-address"
    message = sentence("“%(address)s” is no web address: it must begin with https:// or http://.")
