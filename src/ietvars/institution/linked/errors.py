"""Refusals about linked data."""

from ietvars.ground.errors import Refusal, sentence


class NotForYou(Refusal):
    """Somebody who may not bring a catalogue in."""

    code = "linked-data-not-for-you"
    message = sentence("Linked data is brought in by an administrator of the installation.")
