"""Refusals about life situations."""

from ietvars.ground.errors import Refusal, sentence


class NotACoordinator(Refusal):
    """Life situations cross institutions, so a coordinator writes them."""

    code = "situation-not-yours"
    message = sentence("A life situation joins services of several institutions: a coordinator describes it.")


class NoSteps(Refusal):
    """A situation that tells nobody what to do."""

    code = "situation-without-steps"
    message = sentence("Give the life situation “%(situation)s” at least one step.")


class NamelessStep(Refusal):
    """A step with neither service nor title."""

    code = "step-without-name"
    message = sentence("Step %(step)s of “%(situation)s” needs a title, since it leads to no service.")


class FirstStandsAlone(Refusal):
    """A first step beside one before it."""

    code = "first-step-stands-alone"
    message = sentence("The first step of “%(situation)s” cannot be at the same time as one before it.")


class UnknownService(Refusal):
    """A step that leads to a service that is not there."""

    code = "step-unknown-service"
    message = sentence(
        "Step %(step)s of “%(situation)s” names the service “%(service)s”, which is not in the catalogue."
    )


class RetiredService(Refusal):
    """A step that leads to a service that is no longer given."""

    code = "step-retired-service"
    message = sentence(
        "Step %(step)s of “%(situation)s” leads to “%(service)s”, which is no longer given. "
        "Take the service that replaced it, or write the step without a service."
    )
