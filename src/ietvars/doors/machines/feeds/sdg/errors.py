"""Why a file of the gateway cannot be made or read: one sentence each."""

from ietvars.ground.errors import Refusal, sentence


class NothingCounted(Refusal):
    """No page view is known of the period."""

    code = "sdg-nothing-counted"
    message = sentence(
        "No page view was counted in %(period)s, and a file without any would say that nobody came. Counting began on "
        "%(began)s; choose a later period."
    )


class NothingCountedYet(Refusal):
    """No page view is known at all."""

    code = "sdg-nothing-counted-yet"
    message = sentence(
        "No page view has been counted yet, and a file without any would say that nobody came. Let the pages be opened "
        "first; views are written down once a minute."
    )


class NoAssistance(Refusal):
    """There is no assistance service whose requests could be counted."""

    code = "sdg-no-assistance"
    message = sentence(
        "There are no statistics on assistance: they are of the services listed in Annex III of Regulation (EU) "
        "2018/1724, and none of them takes its requests here. Answers to feedback are not requests for assistance. "
        "Whoever runs such a service sends its figures."
    )


class NotAnAddress(Refusal):
    """The address under which people open the pages is none."""

    code = "sdg-not-an-address"
    message = sentence("“%(address)s” is no address of a site. Give one such as https://katalogs.example.")


class CannotRead(Refusal):
    """A file that is no batch of feedback."""

    code = "sdg-cannot-read"
    message = sentence("“%(file)s” cannot be read: %(why)s. Nothing was brought in.")


class TooLarge(Refusal):
    """A file larger than what is read."""

    code = "sdg-too-large"
    message = sentence("“%(file)s” has %(size)s MB, and at most %(limit)s MB are read. Split it into several files.")


class UnknownService(Refusal):
    """A service that the batch is said to be about, and that does not exist."""

    code = "unknown-service-of-batch"
    message = sentence("There is no service “%(code)s”. Give the code that stands in the address of its page.")
