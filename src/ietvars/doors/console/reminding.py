"""The letters that `ietvars tick` sends: rounds 14 and 3 days before the due date and the day after, reviews once.

Whom to remind of what on which day is decided by the rooms; this module writes the letters and sends them.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from ietvars.doors.console import telling
from ietvars.doors.furniture import days, today
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.terms.rules import LANGUAGES, pick
from ietvars.institution.revisions import actions as descriptions
from ietvars.institution.rounds import actions, rules

OPENING = {
    rules.Reminder.TWO_WEEKS: {
        "lv": "Līdz termiņam ir divas nedēļas.",
        "en": "Two weeks are left.",
    },
    rules.Reminder.THREE_DAYS: {
        "lv": "Līdz termiņam ir trīs dienas.",
        "en": "Three days are left.",
    },
    rules.Reminder.OVERDUE: {
        "lv": "Termiņš ir pagājis.",
        "en": "The due date is over.",
    },
}
SUBJECT = "%(round)s: %(body)s, rādījumi / figures"
BODY = {
    "lv": "%(opening)s\n%(body)s: rādījumi vēl nav iesniegti (%(round)s). Termiņš: %(day)s.\n"
    "Ierakstiet un iesniedziet tos turētāja darbvietā, sadaļā „Kārtas”.\n",
    "en": "%(opening)s\n%(body)s: the figures are not submitted yet (%(round)s). Due: %(day)s.\n"
    "Type them in and submit them at the holder's workplace, under “Rounds”.\n",
}


def remind() -> None:
    """Send the letters of today; `tick` calls it. Where no mail is set up none is sent, and none counts as sent."""
    on = today.today()
    if not settings.MAIL_GOES_OUT:
        return
    for report, kind, reached in actions.remind(on=on, send=_send, by=SYSTEM, now=timezone.now()):
        told = f"{reached} people" if reached else "nobody with an e-mail address"
        telling.say(f"Round {report.round.code}, {report.body.code}: reminder {kind.value} to {told}.")


REVIEW_SUBJECT = "%(service)s: pārskatīšana / review"
REVIEW_BODY = {
    "lv": "Aprakstu „%(service)s” jāpārskata līdz %(day)s.\n"
    "Izlasiet to turētāja darbvietā un apstipriniet, ka tas ir pareizs, vai labojiet melnrakstā.\n",
    "en": "The description “%(service)s” is to be reviewed by %(day)s.\n"
    "Read it at the holder's workplace and confirm that it is right, or mend it in a draft.\n",
}


def remind_of_reviews() -> None:
    """Send the letters about reviews; under the same conditions as those about rounds."""
    if not settings.MAIL_GOES_OUT:
        return
    for code, due, reached in descriptions.remind(on=today.today(), send=_send_review, by=SYSTEM, now=timezone.now()):
        told = f"{reached} people" if reached else "nobody with an e-mail address"
        telling.say(f"Review of {code}, due {due}: reminder to {told}.")


def _send_review(service: Any, due: date) -> int:
    """Write to whoever looks after the service, else to the owners of its holder; how many they are."""
    person = people.by_username(service.responsible) if service.responsible else None
    holder = bodies.by_code(service.holder_code)
    to = [person.email] if person and person.email else _addresses(holder) if holder else []
    if to:
        title = " ".join(pick(service.title, LANGUAGES[0]).split())
        text = "\n".join(
            REVIEW_BODY[said] % {"service": pick(service.title, said), "day": days.in_table(due, said)}
            for said in LANGUAGES
        )
        headers = {"Auto-Submitted": "auto-generated"}
        EmailMessage(REVIEW_SUBJECT % {"service": title}, text, to=to, headers=headers).send()
    return len(to)


def _send(report: Any, kind: rules.Reminder) -> int:
    """Send one letter to those who report for the institution; how many they are."""
    to = _addresses(report.body)
    if to:
        EmailMessage(_subject(report), _text(report, kind), to=to, headers={"Auto-Submitted": "auto-generated"}).send()
    return len(to)


def _addresses(body: Any) -> list[str]:
    """E-mails of the service owners of the body; where it has none, of the nearest body above that has."""
    for one in (body, *reversed(bodies.path(body))):
        if found := people.addresses(Role.SERVICE_OWNER, one):
            return found
    return []


def _subject(report: Any) -> str:
    said = LANGUAGES[0]
    text = SUBJECT % {"round": pick(report.round.title, said), "body": pick(report.body.name, said)}
    return " ".join(text.split())


def _text(report: Any, kind: rules.Reminder) -> str:
    """The letter in all languages, the first one first."""
    return "\n".join(
        BODY[said]
        % {
            "opening": OPENING[kind][said],
            "body": pick(report.body.name, said),
            "round": pick(report.round.title, said),
            "day": days.in_table(report.round.due, said),
        }
        for said in LANGUAGES
    )
