"""Reads persons and capacities, and makes the actor of a request."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.models import Body
from ietvars.ground.people.models import Capacity, Person
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.ground.terms.rules import LANGUAGES


def capacities_of(person: Person) -> QuerySet[Capacity]:
    """Open capacities of a person, in the order they were given."""
    rows = Capacity.objects.filter(person=person, until__isnull=True)
    return rows.select_related("body", "person").order_by("pk")


def capacities_of_each(persons: Iterable[Person]) -> dict[int, list[Capacity]]:
    """Id of each person to his open capacities, in the order they were given. One query."""
    found: dict[int, list[Capacity]] = {person.pk: [] for person in persons}
    rows = Capacity.objects.filter(person__in=found, until__isnull=True).select_related("body").order_by("pk")
    for row in rows:
        found[row.person_id].append(row)
    return found


def acting(user: Any, capacity_id: int | None = None) -> Actor | None:
    """The actor of a signed-in user: in the chosen capacity, or the only one; None for visitors or an open choice."""
    if not getattr(user, "is_authenticated", False):
        return None
    capacities = list(capacities_of(user))
    chosen = next((row for row in capacities if row.pk == capacity_id), None)
    if chosen is None and len(capacities) == 1:
        chosen = capacities[0]
    if chosen is None:
        return None
    return actor_of(chosen)


def actor_of(capacity: Capacity) -> Actor:
    """The actor that a capacity makes, with today's reach."""
    person = capacity.person
    return Actor(
        username=person.username,
        role=Role(capacity.role),
        body_id=capacity.body_id,
        body_code=capacity.body.code,
        person_id=person.pk,
        name=person.username,
        reach=bodies.reach(capacity.body_id),
    )


def by_username(username: str) -> Person | None:
    """The person of a username."""
    return Person.objects.filter(username=username).first()


def sample_persons() -> QuerySet[Person]:
    """The persons anybody may enter as in the sample state, in the order they were added."""
    return Person.objects.filter(is_sample=True, is_active=True).order_by("pk")


def staff() -> QuerySet[Person]:
    """Everybody who holds an open capacity, by username: who can be named as answering for something."""
    held = Capacity.objects.filter(until__isnull=True).values("person")
    return Person.objects.filter(is_active=True, pk__in=held).order_by("username")


def owners_for(body_ids: Iterable[int]) -> QuerySet[Person]:
    """Service owners who act for any of the bodies: to whom a service can be assigned."""
    held = Capacity.objects.filter(until__isnull=True, role=Role.SERVICE_OWNER.value, body__in=list(body_ids))
    return Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("username")


def addresses(role: Role, body: Body) -> list[str]:
    """E-mail addresses of those who act in a role for exactly this body."""
    held = Capacity.objects.filter(until__isnull=True, role=role.value, body=body, person__is_active=True)
    return sorted(set(held.exclude(person__email="").values_list("person__email", flat=True)))


def names(usernames: Iterable[str]) -> dict[str, dict[str, str]]:
    """Username to name in several languages, for showing who did something; the system has a name too."""
    wanted = set(usernames)
    found = dict(Person.objects.filter(username__in=wanted).values_list("username", "name"))
    if SYSTEM.username in wanted:
        found[SYSTEM.username] = dict.fromkeys(LANGUAGES, SYSTEM.name)
    return found


def everybody() -> QuerySet[Person]:
    """All persons, in the order of their usernames."""
    return Person.objects.order_by("username")
