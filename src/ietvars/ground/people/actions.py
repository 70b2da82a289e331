"""Adds people and gives or ends their capacities. Passwords are checked by the rules of the installation."""

from collections.abc import Mapping
from datetime import date, datetime

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.people import errors, rules
from ietvars.ground.people.models import Capacity, Person
from ietvars.ground.people.rules import Actor, Role


def add_person(
    *,
    username: str,
    by: Actor,
    now: datetime,
    name: Mapping[str, str] | None = None,
    email: str = "",
    password: str | None = None,
    is_sample: bool = False,
) -> Person:
    """Add somebody who may sign in. Without a password only a provider or the sample entry lets him in.

    Raises PersonExists, WeakPassword, NotAnAdministrator.
    """
    if by.role not in (Role.SYSTEM, Role.ADMINISTRATOR):
        raise errors.NotAnAdministrator
    if Person.objects.filter(username=username).exists():
        raise errors.PersonExists(username=username)
    person = Person(username=username, email=email, name=dict(name or {}), is_sample=is_sample)
    if password is None:
        person.set_unusable_password()
    else:
        try:
            validate_password(password, person)
        except ValidationError as fault:
            raise errors.WeakPassword(why=" ".join(fault.messages)) from fault
        person.set_password(password)
    with transaction.atomic():
        person.save()
        audit.record(by=by, now=now, action="people.add", subject=("person", username), after={"is_sample": is_sample})
    return person


def give_capacity(
    *, person: Person, role: Role, body: Body, by: Actor, now: datetime, since: date | None = None
) -> Capacity:
    """Let a person act in a role for a body and all below it. Giving it twice changes nothing."""
    rules.require_administrator(by, body.pk)
    with transaction.atomic():
        capacity, is_new = Capacity.objects.get_or_create(
            person=person, role=role.value, body=body, until=None, defaults={"since": since}
        )
        if is_new:
            audit.record(
                by=by,
                now=now,
                action="people.give-capacity",
                subject=("person", person.username),
                after={"role": role.value, "body": body.code},
            )
    return capacity


def end_capacity(*, capacity: Capacity, until: date, by: Actor, now: datetime, why: str = "") -> Capacity:
    """End a capacity with its last day; what was done in it stays on record."""
    rules.require_administrator(by, capacity.body_id)
    with transaction.atomic():
        capacity.until = until
        capacity.save(update_fields=["until"])
        audit.record(
            by=by,
            now=now,
            action="people.end-capacity",
            subject=("person", capacity.person.username),
            why=why,
            before={"role": capacity.role, "body": capacity.body.code},
            after={"until": until.isoformat()},
        )
    return capacity


def link_provider(*, person: Person, provider: str, pseudonym: str, by: Actor, now: datetime) -> None:
    """Let a provider vouch for a person. `pseudonym` is the keyed hash of the subject, never the subject itself.

    Raises SubjectTaken when the provider already vouches for somebody else by this subject.
    """
    if by.role not in (Role.SYSTEM, Role.ADMINISTRATOR):
        raise errors.NotAnAdministrator
    known = SocialAccount.objects.filter(provider=provider, uid=pseudonym).first()
    if known is not None and known.user_id != person.pk:
        raise errors.SubjectTaken(provider=provider)
    if known is None:
        with transaction.atomic():
            SocialAccount.objects.create(user=person, provider=provider, uid=pseudonym)
            audit.record(
                by=by,
                now=now,
                action="people.link-provider",
                subject=("person", person.username),
                after={"provider": provider},
            )
