"""Pure decisions about life situations: who writes them, what a step needs, which steps stand beside one another.

Never imports Django.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ietvars.collaboration.situations import errors
from ietvars.ground.people.rules import Actor, Role

Texts = Mapping[str, str]

COORDINATORS = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.SYSTEM)
"""Roles that may describe life situations."""


@dataclass(frozen=True)
class StepFacts:
    """One step: a service, or something else to do, or both."""

    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    deadline: Texts = field(default_factory=dict)
    service: str = ""
    turn_to: str = ""
    """Code of the body to turn to where no service does it."""
    illustrative: tuple[str, ...] = ()
    is_beside_previous: bool = False
    is_optional: bool = False


@dataclass(frozen=True)
class SituationFacts:
    """A life situation as a person would tell it."""

    title: Texts
    summary: Texts = field(default_factory=dict)
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: tuple[StepFacts, ...] = ()


class InOrder(Protocol):
    """Anything that knows whether it stands beside the one before."""

    @property
    def is_beside_previous(self) -> bool:
        """At the same time as the step before."""


S = TypeVar("S", bound=InOrder)
K = TypeVar("K", bound=Hashable)


def require_coordinator(actor: Actor) -> None:
    """Refuse everybody but coordinators. Raises NotACoordinator."""
    if actor.role not in COORDINATORS:
        raise errors.NotACoordinator


def require_sound(situation: str, steps: Sequence[StepFacts], states: Mapping[str, str]) -> None:
    """Refuse steps that lead nowhere. `states` maps each service in the catalogue to its state.

    Raises NoSteps, FirstStandsAlone, NamelessStep, UnknownService, RetiredService.
    """
    if not steps:
        raise errors.NoSteps(situation=situation)
    if steps[0].is_beside_previous:
        raise errors.FirstStandsAlone(situation=situation)
    for number, step in enumerate(steps, start=1):
        if not step.service and not step.title.get("lv"):
            raise errors.NamelessStep(situation=situation, step=number)
        if step.service and step.service not in states:
            raise errors.UnknownService(situation=situation, step=number, service=step.service)
        if step.service and states[step.service] == "retired":
            raise errors.RetiredService(situation=situation, step=number, service=step.service)


def together(steps: Iterable[S]) -> list[list[S]]:
    """Steps in order, those at the same time in one group."""
    groups: list[list[S]] = []
    for step in steps:
        if step.is_beside_previous and groups:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def related(of: K, situations: Iterable[Sequence[K]]) -> list[K]:
    """What stands in the same situations as `of`: those that share most situations first, then the nearest steps.

    What is equally near stands in the order of the steps.
    """
    shared: Counter[K] = Counter()
    distance: dict[K, int] = {}
    for members in situations:
        places = [number for number, member in enumerate(members) if member == of]
        if not places:
            continue
        shared.update(dict.fromkeys((member for member in members if member != of), 1))
        for number, member in enumerate(members):
            away = min(abs(number - place) for place in places)
            distance[member] = min(away, distance.get(member, away))
    return sorted(shared, key=lambda member: (-shared[member], distance[member]))
