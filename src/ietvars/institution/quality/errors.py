"""Refusals about the quality of texts and links, each a sentence for people."""

from ietvars.ground.errors import Refusal, sentence


class NotForYou(Refusal):
    """Somebody who answers for no services asks for their links to be checked."""

    code = "quality-not-for-you"
    message = sentence("Links are checked for service owners, administrators and overseers. Ask one of them.")


class Offline(Refusal):
    """No server answered at all, so it is this machine that is cut off."""

    code = "quality-offline"
    message = sentence(
        "None of %(hosts)s servers answered, so this computer seems to be cut off from the internet. "
        "Nothing was noted of these links. Check the connection and start again."
    )
