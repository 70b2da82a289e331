"""The one base of all refusals. It knows no room, no door and no language.

A refusal is a sentence for people: what is not possible, why, and what to do. The English sentence is the
message id; doors translate it and fill in the parameters, so that page, API and console say the same.
"""

from typing import Any, ClassVar


def sentence(text: str) -> str:
    """Mark `text` for extraction as a translatable message; it is returned unchanged."""
    return text


class Refusal(Exception):
    """Something a person asked for and may not have.

    `code` is stable and goes into problem+json; `message` is the English message id with %(name)s parameters.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = sentence("This is not possible.")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message % facts if facts else self.message)
