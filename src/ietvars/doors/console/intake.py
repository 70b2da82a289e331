"""The commands `senders`, `quarantine` and `persons`: who may send events, what was refused, who is to be forgotten.

A secret is printed to stdout once and to nothing else; whom to erase is read from stdin, never from the command line,
where others can see it. It must not decide anything: that is the room's.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from django.conf import settings
from django.utils import timezone

from ietvars.doors.console import serving, telling
from ietvars.doors.console.telling import refusing
from ietvars.ground.bodies import errors as body_errors
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import errors, forgetting, mending, persons, queries, rules, senders
from ietvars.institution.services import queries as services

MOST_LINES = 20
"""So many refused events are told to people; the document has all that were asked for."""


# ---- senders ----------------------------------------------------------------------------------------------------


@click.group("senders", help="Programs of institutions that may send events.")
def senders_command() -> None:
    """The family of commands about senders."""


@senders_command.command("add")
@click.argument("code")
@click.option("--body", required=True, metavar="CODE", help="Body whose services it may send events of.")
@click.option("--title", default="", help="What people call the program.")
@click.option("--service", "codes", multiple=True, metavar="CODE", help="Only these services.")
@refusing()
def add(code: str, body: str, title: str, codes: tuple[str, ...]) -> None:
    """Make a sender and print its secret, which is shown this once."""
    serving.prepare()
    found = bodies.by_code(body)
    if found is None:
        raise body_errors.UnknownBody(body=body)
    known = services.by_codes(codes)
    if missing := [one for one in codes if one not in known]:
        raise click.UsageError(f"There is no service {', '.join(missing)}.")
    _made, secret = senders.make(
        code=code, title=title or code, body=found, services=list(known.values()), by=SYSTEM, now=timezone.now()
    )
    click.echo(secret)
    telling.say(f"The sender {code} may send events of {body}. Its secret stands above and is shown this once.")


@senders_command.command("list")
def show_senders() -> None:
    """Print senders, one a line: code, body, when last used, whether revoked."""
    serving.prepare()
    for one in queries.senders():
        used = one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else "-"
        click.echo(f"{one.code}\t{one.body.code}\t{used}\t{'revoked' if one.revoked_at else ''}")


@senders_command.command("renew")
@click.argument("code")
@refusing()
def renew(code: str) -> None:
    """Give a sender a new secret and print it; the old one is worth nothing from now on."""
    serving.prepare()
    click.echo(senders.renew(sender=_sender(code), by=SYSTEM, now=timezone.now()))


@senders_command.command("revoke")
@click.argument("code")
@refusing()
def revoke(code: str) -> None:
    """Let a sender send nothing more."""
    serving.prepare()
    senders.revoke(sender=_sender(code), by=SYSTEM, now=timezone.now())
    telling.say(f"Revoked: {code}.")


def _sender(code: str) -> Any:
    found = queries.sender(code)
    if found is None:
        raise errors.NoSuchSender(code=code)
    return found


# ---- quarantine -------------------------------------------------------------------------------------------------


@click.group("quarantine", help="Refused events: read, replay, drop.")
def quarantine_command() -> None:
    """The family of commands about refused events."""


@quarantine_command.command("list")
@click.option("--code", default="", help="Only for this reason.")
@click.option("--body", default="", metavar="CODE", help="Only of senders of this body and of those below it.")
@click.option("--limit", default=1000, show_default=True, help="Of single events, at most so many.")
@click.option("--json", "as_json", is_flag=True, help="One document on stdout.")
@refusing()
def show_quarantine(*, code: str, body: str, limit: int, as_json: bool) -> None:
    """Why events lie open, and which."""
    serving.prepare()
    reach = _reach(body)
    found = list(queries.quarantine(reach=reach, code=code)[:limit])
    reasons = [one for one in queries.reasons(reach) if code in ("", one.code)]
    if as_json:
        document = {
            "document": "ietvars/quarantine",
            "version": 1,
            "filter": {"code": code or None, "body": body or None, "limit": limit},
            "reasons": [asdict(one) for one in reasons],
            "events": [
                {
                    "id": one.pk,
                    "code": one.code,
                    "says": one.sentence % one.facts if one.facts else one.sentence,
                    "sender": one.sender.code if one.sender else None,
                    "body": one.body.code if one.body else None,
                    "received": one.received_at,
                    "times": one.times,
                    "document": one.document,
                }
                for one in found
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
        return
    for reason in reasons:
        telling.say(f"{reason.events:>8}  {reason.code}  {reason.first:%Y-%m-%d} to {reason.last:%Y-%m-%d}")
    for one in found[:MOST_LINES]:
        telling.say(f"  {one.pk}  {one.code}  {one.sender}  {one.sentence % one.facts if one.facts else one.sentence}")
    if not reasons:
        telling.say("Nothing lies in quarantine.")


@quarantine_command.command("replay")
@click.option("--code", default="", help="All that lie there for this reason.")
@click.option("--id", "ids", multiple=True, type=int, help="These.")
@click.option("--json", "as_json", is_flag=True, help="One document on stdout.")
@refusing()
def replay(*, code: str, ids: tuple[int, ...], as_json: bool) -> None:
    """Let refused events come in once more; those that are refused again stay. Ends with 1 when some were."""
    serving.prepare()
    counts = mending.replay(pks=_chosen(code, ids), by=SYSTEM, now=timezone.now())
    if as_json:
        click.echo(json.dumps({"document": "ietvars/replay", "version": 1, **asdict(counts)}, indent=2))
    telling.say(f"{counts.accepted} accepted, {counts.known} known already, {counts.refused} refused again.")
    sys.exit(1 if counts.refused else 0)


@quarantine_command.command("drop")
@click.option("--code", default="", help="All that lie there for this reason.")
@click.option("--id", "ids", multiple=True, type=int, help="These.")
@click.option("--why", required=True)
@click.option("--json", "as_json", is_flag=True, help="One document on stdout.")
@refusing()
def drop(*, code: str, ids: tuple[int, ...], why: str, as_json: bool) -> None:
    """Give refused events up, and say why."""
    serving.prepare()
    count = mending.drop(pks=_chosen(code, ids), why=why, by=SYSTEM, now=timezone.now())
    if as_json:
        click.echo(json.dumps({"document": "ietvars/drop", "version": 1, "dropped": count}, indent=2))
    telling.say(f"{count} dropped.")


def _chosen(code: str, ids: tuple[int, ...]) -> list[int]:
    if not code and not ids:
        raise click.UsageError("Say --code or --id.")
    return [*ids, *(queries.quarantine(code=code).values_list("pk", flat=True) if code else ())]


def _reach(code: str) -> frozenset[int] | None:
    if not code:
        return None
    found = bodies.by_code(code)
    if found is None:
        raise body_errors.UnknownBody(body=code)
    return bodies.reach(found.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


# ---- persons ----------------------------------------------------------------------------------------------------


@click.group("persons", help="The keys that stand for persons, and persons to be forgotten.")
def persons_command() -> None:
    """The family of commands about persons."""


@persons_command.command("keys")
@refusing()
def keys() -> None:
    """Print the versions of the keys that are kept and since when; never a key."""
    serving.prepare()
    for one in persons.ring(settings.PERSON_KEYS, timezone.now()).keys:
        click.echo(f"{one.version}\t{one.made_at}")


@persons_command.command("rotate")
@refusing()
def rotate() -> None:
    """Begin a new key. Persons from before are not joined with the same ones after it."""
    serving.prepare()
    version = forgetting.rotate_key(by=SYSTEM, now=timezone.now())
    telling.say(f"Key {version} hashes from now on. Make a copy of {settings.PERSON_KEYS}, apart from other backups.")


@persons_command.command("erase")
@click.option("--json", "as_json", is_flag=True, help="One document on stdout.")
@refusing()
def erase(*, as_json: bool) -> None:
    """Erase a person, whose identifier is asked for or read from stdin, and never join him again."""
    serving.prepare()
    if sys.stdin.isatty():
        raw = str(click.prompt("Identifier of the person", hide_input=True))
    else:
        raw = sys.stdin.readline().rstrip("\n")
    if not 0 < len(raw.strip()) <= rules.LONGEST_PERSON:
        raise click.UsageError("Write the identifier of the person to stdin.")
    found = forgetting.erase_person(raw=raw, by=SYSTEM, now=timezone.now())
    if as_json:
        click.echo(json.dumps({"document": "ietvars/erase", "version": 1, **asdict(found)}, indent=2))
    telling.say(
        f"Erased from {found.facts} events of the lake, {found.inbox} of the inbox, "
        f"{found.quarantine} of the quarantine."
    )


def forget_old() -> None:
    """What `tick` does: delete what the settings say is kept no longer."""
    done = forgetting.forget_old(by=SYSTEM, now=timezone.now())
    if done != forgetting.Forgotten():
        telling.say(
            f"Forgotten: {done.inbox} events of the inbox and {done.quarantine} of the quarantine, "
            f"{done.persons} events' persons, {done.facts} events of the lake."
        )
