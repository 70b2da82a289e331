"""Refusals about canvases and descriptions, each a sentence for people."""

from ietvars.ground.errors import Refusal, sentence


class UnknownPart(Refusal):
    """A path that no description has."""

    code = "part-unknown"
    message = sentence("A description has no part “%(part)s”. Take one of the parts named in the guide to canvases.")


class NotAPart(Refusal):
    """A value of another form than its part has."""

    code = "part-of-another-form"
    message = sentence(
        "The value given for the part “%(part)s” has not the form of that part. The guide to canvases shows its form."
    )


class NotTheCentre(Refusal):
    """Somebody who may not change canvases."""

    code = "canvas-not-yours"
    message = sentence("Canvases are written and published by the centre: by overseers and by coordinators.")


class UnknownRequirement(Refusal):
    """A canvas that asks for what no rule checks."""

    code = "requirement-unknown"
    message = sentence(
        "The canvas “%(canvas)s” asks for “%(requirement)s”, and there is no such rule. Known are: %(known)s."
    )


class FaultyCanvas(Refusal):
    """A canvas file that cannot be understood."""

    code = "canvas-faulty"
    message = sentence("The canvas “%(canvas)s” cannot be read: %(fault)s.")


class VersionIsPublished(Refusal):
    """Changing what services were made from."""

    code = "canvas-version-published"
    message = sentence(
        "Version %(number)s of the canvas “%(canvas)s” is published and stays as it is. Write a new version instead."
    )


class NothingNew(Refusal):
    """A version that says the same as the one before."""

    code = "canvas-version-same"
    message = sentence("The new version of the canvas “%(canvas)s” says the same as version %(number)s.")
