"""Who acts, as a pure value, and the one way to ask a rule whether something is allowed. Never imports Django."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ietvars.ground.errors import Refusal
from ietvars.ground.people import errors


class Role(StrEnum):
    """Capacities, as the framework names them. A capacity is always held for a body."""

    SERVICE_OWNER = "service-owner"
    LIST_APPROVER = "list-approver"
    COORDINATOR = "coordinator"
    OVERSEER = "overseer"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A person in a capacity for a body. `reach` holds the ids of that body and of all below it, today."""

    username: str
    role: Role
    body_id: int | None = None
    body_code: str = ""
    person_id: int | None = None
    name: str = ""
    reach: frozenset[int] = field(default=frozenset(), repr=False)

    def reaches(self, body_id: int | None) -> bool:
        """Whether the capacity covers the body; the system reaches all."""
        return self.role == Role.SYSTEM or body_id in self.reach


SYSTEM = Actor(username="system", role=Role.SYSTEM, name="Ietvars")
"""The author of imports from the console, of computations and of everything periodic."""


def may(require: Callable[..., None], /, *args: Any, **kwargs: Any) -> bool:
    """Ask a `require_*` rule without raising: one body gives the refusal's sentence and the hidden button."""
    try:
        require(*args, **kwargs)
    except Refusal:
        return False
    return True


def require_administrator(actor: Actor, body_id: int | None) -> None:
    """Only the system, or an administrator whose body reaches `body_id`, gives rights in a body."""
    if actor.role == Role.SYSTEM:
        return
    if actor.role != Role.ADMINISTRATOR or (body_id is not None and body_id not in actor.reach):
        raise errors.NotAnAdministrator


def require_sample_entry(*, is_sample_state: bool, is_sample_person: bool, is_loopback: bool) -> None:
    """One-click entry needs all three: a database marked as sample, a sample person, and this very computer."""
    if not (is_sample_state and is_sample_person and is_loopback):
        raise errors.NoSampleHere


def provider_username(provider: str, pseudonym: str) -> str:
    """The username of somebody who comes through a provider: readable as such, unique, and telling nothing of him."""
    return f"{provider}-{pseudonym[:20]}"


NEED_SECOND_FACTOR = frozenset({Role.ADMINISTRATOR, Role.OVERSEER, Role.LIST_APPROVER})
"""Capacities that a password alone does not open: they give rights, decide for the state, or approve."""


def require_second_factor(role: Role, methods: frozenset[str]) -> None:
    """Refuse these capacities to somebody who has signed in with nothing but a password.

    `methods` are the ways the person has proved himself in this session: password, mfa, socialaccount, sample.
    """
    if role in NEED_SECOND_FACTOR and "password" in methods and "mfa" not in methods:
        raise errors.SecondFactorNeeded
