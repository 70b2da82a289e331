"""Refusals about people and their capacities."""

from ietvars.ground.errors import Refusal, sentence


class NotAnAdministrator(Refusal):
    """Somebody else wants to add people or capacities."""

    code = "not-an-administrator"
    message = sentence("Only an administrator of this body may give rights in it. Ask the administrator.")


class PersonExists(Refusal):
    """A second person of the same username."""

    code = "person-exists"
    message = sentence("There is already a person “%(username)s”. Choose another name to sign in with.")


class UnknownPerson(Refusal):
    """A username nobody has."""

    code = "unknown-person"
    message = sentence("There is no person “%(username)s”. Check the name, or add the person first.")


class NotYourCapacity(Refusal):
    """Somebody chose a capacity that is not his or has ended."""

    code = "not-your-capacity"
    message = sentence("You do not hold this capacity. Choose one of yours.")


class NoSampleHere(Refusal):
    """Entering as a sample person where it is shut."""

    code = "no-sample-here"
    message = sentence(
        "Sample persons can be entered only in the sample state and only on this computer."
        " Sign in with your own account."
    )


class WeakPassword(Refusal):
    """A password that the rules of this installation do not take."""

    code = "weak-password"
    message = sentence("This password is not taken: %(why)s")


class SecondFactorNeeded(Refusal):
    """A capacity that a password alone does not open."""

    code = "second-factor-needed"
    message = sentence("This capacity needs a second factor. Set up a code app for your account, then sign in with it.")


class SubjectTaken(Refusal):
    """A provider's subject that already belongs to somebody else."""

    code = "subject-taken"
    message = sentence("At %(provider)s this subject already belongs to another person. Check the subject.")
