"""The words of the letter that carries an answer. Plain text, in the language in which the feedback was left.

It must hold nothing but the answer, what it answers, and from whom it comes: no link that tells who opened it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from ietvars.ground.terms.rules import pick

if TYPE_CHECKING:
    from ietvars.institution.feedback.models import Answer


@dataclass(frozen=True)
class Letter:
    """Subject and text."""

    subject: str
    text: str = field(repr=False)


def letter(answer: Answer, holder: dict[str, str]) -> Letter:
    """The letter of an answer; `holder` is the name of the institution that answers."""
    feedback = answer.feedback
    with translation.override(feedback.language):
        title = pick(feedback.service.title, feedback.language) if feedback.service else feedback.page
        who = pick(holder, feedback.language) or "Ietvars"
        parts = [
            _("You left feedback on “%(title)s”. %(who)s answers:") % {"title": title, "who": who},
            answer.text,
        ]
        if feedback.comment:
            quoted = "\n".join(f"> {line}" for line in feedback.comment.splitlines())
            parts += [_("You wrote:"), quoted]
        parts.append(
            _("Nobody reads replies to this letter. Your e-mail address has been deleted once this letter was sent.")
        )
        # A title comes from a description; a head of a letter holds one line.
        subject = " ".join((_("Answer to your feedback: %(title)s") % {"title": title}).split())
        return Letter(subject=subject, text="\n\n".join(parts) + "\n")
