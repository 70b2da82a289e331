"""Refusals about ties between services."""

from ietvars.ground.errors import Refusal, sentence


class NotYours(Refusal):
    """Somebody who may tie neither of the two services."""

    code = "tie-not-yours"
    message = sentence("You can tie a service of your own institution, or any two services as a coordinator.")


class SameService(Refusal):
    """A service tied to itself."""

    code = "tie-same-service"
    message = sentence("A tie joins two different services; “%(service)s” cannot be tied to itself.")


class AlreadyTied(Refusal):
    """The tie is there, perhaps written from the other end."""

    code = "already-tied"
    message = sentence("“%(source)s” and “%(target)s” are already tied in this way.")


class WouldCircle(Refusal):
    """A tie after which a service would come before itself."""

    code = "tie-would-circle"
    message = sentence(
        "With this tie “%(source)s” would have to come before itself: “%(target)s” already depends on it. "
        "Look at the chain of ties and take away the one that is wrong."
    )


class UnknownKind(Refusal):
    """A word that is no kind of tie."""

    code = "tie-unknown-kind"
    message = sentence("“%(kind)s” is no kind of tie: take one of %(known)s.")
