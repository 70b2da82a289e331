"""`ietvars people`: add people and give or end their capacities. The first administrator comes from here.

It asks for passwords on the terminal or reads them from stdin, never from the command line that others can see.
"""

import sys
from typing import Any

import click
from django.utils import timezone

from ietvars.doors.console import serving
from ietvars.doors.console.telling import refusing
from ietvars.doors.entrance import adapters
from ietvars.ground.bodies import actions as body_actions
from ietvars.ground.bodies import errors as body_errors
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people import actions, errors, queries, rules
from ietvars.ground.people.rules import SYSTEM, Role

ROLES = [role.value for role in Role if role is not Role.SYSTEM]


@click.group("people", help="Add people and give them capacities.")
def people_command() -> None:
    """The family of commands about people."""


@people_command.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), default=Role.ADMINISTRATOR.value, show_default=True)
@click.option("--body", required=True, metavar="CODE", help="Body for which the person acts, and all below it.")
@click.option("--new-body", metavar="NAME", help="Name of the body, when there is none of that code yet.")
@click.option("--name", default="", help="Name that colleagues see.")
@click.option("--password/--no-password", default=True, help="Without one only a provider lets the person in.")
@click.option("--provider", metavar="ID", help="Identity provider of the settings that will vouch for the person.")
@click.option("--subject", metavar="SUB", help="The person's subject at that provider; only its pseudonym is kept.")
@refusing()
def add(**given: Any) -> None:
    """Add a person, or give a further capacity to one who is known."""
    serving.prepare()
    now = timezone.now()
    body = bodies.by_code(given["body"])
    if body is None:
        if not given["new_body"]:
            raise body_errors.UnknownBody(body=given["body"])
        name = {"lv": given["new_body"], "en": given["new_body"]}
        body = body_actions.establish(code=given["body"], kind="agency", name=name, by=SYSTEM, now=now)
    # Whoever has signed in through the provider before is known here by another name, and stays one person.
    person = queries.by_username(given["username"]) or _came_by_himself(given["provider"], given["subject"])
    is_new = person is None
    if person is None:
        shown = given["name"]
        person = actions.add_person(
            username=given["username"],
            name={"lv": shown, "en": shown} if shown else {},
            password=_password() if given["password"] and not given["provider"] else None,
            by=SYSTEM,
            now=now,
        )
    if given["provider"]:
        if not given["subject"]:
            raise click.UsageError("--provider needs --subject: who the person is there.")
        actions.link_provider(
            person=person,
            provider=given["provider"],
            pseudonym=adapters.pseudonym(given["provider"], given["subject"]),
            by=SYSTEM,
            now=now,
        )
    actions.give_capacity(person=person, role=Role(given["role"]), body=body, by=SYSTEM, now=now)
    click.echo(
        f"{'Added' if is_new else 'Known already:'} {person.username}, {given['role']} at {body.code}.", err=True
    )


@people_command.command("list")
def show() -> None:
    """Print everybody with their open capacities, one a line."""
    serving.prepare()
    for person in queries.everybody():
        held = ", ".join(f"{row.role} at {row.body.code}" for row in queries.capacities_of(person))
        click.echo(f"{person.username}\t{held or '-'}")


@people_command.command("end")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--body", required=True, metavar="CODE")
@click.option("--why", default="")
@refusing()
def end(username: str, role: str, body: str, why: str) -> None:
    """End a capacity today; what was done in it stays on record."""
    serving.prepare()
    person = queries.by_username(username)
    if person is None:
        raise errors.UnknownPerson(username=username)
    held = next((row for row in queries.capacities_of(person) if (row.role, row.body.code) == (role, body)), None)
    if held is None:
        raise errors.NotYourCapacity
    actions.end_capacity(capacity=held, until=timezone.localdate(), by=SYSTEM, now=timezone.now(), why=why)
    click.echo(f"Ended: {username}, {role} at {body}.", err=True)


def _came_by_himself(provider: str | None, subject: str | None) -> Any:
    """The person that a first sign-in through a provider has made, who has no other name here."""
    if not provider or not subject:
        return None
    return queries.by_username(rules.provider_username(provider, adapters.pseudonym(provider, subject)))


def _password() -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\n")
