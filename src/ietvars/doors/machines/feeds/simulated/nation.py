"""What a simulation must know of a state: its services with holders, terms, channels, steps and evidence.

Plain values without Django, so that a state of any size can be made up for the bench; `catalogue` makes one of the
real tables. It must not know how often anything happens: that is drawn in `habits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TITLES = {
    "registracija": {"lv": "Reģistrēšana", "en": "Registration"},
    "parbaude": {"lv": "Pārbaude", "en": "Check"},
    "izvertesana": {"lv": "Izvērtēšana", "en": "Assessment"},
    "saskanosana": {"lv": "Saskaņošana", "en": "Consultation"},
    "sagatavosana": {"lv": "Lēmuma sagatavošana", "en": "Drafting the decision"},
}
"""Code of each activity between request and result to what people call it, in the order in which they are done."""

STEPS = tuple(TITLES)

ELECTRONIC = frozenset({"online", "e-address", "email", "app", "sms"})
"""Channels that are open on any day of the week."""


@dataclass(frozen=True)
class Evidence:
    """Something that a person is asked to bring; `held_by` is the body whose register holds it already, or 0."""

    number: int
    code: str
    held_by: int = 0


@dataclass(frozen=True)
class Offering:
    """One service. Days are counted since 1970-01-01; the last of `holders` and `versions` that has begun counts."""

    number: int
    code: str
    weight: float
    holders: tuple[tuple[int, int], ...]
    providers: tuple[int, ...] = ()
    request_channels: tuple[str, ...] = ("online", "in-person")
    receipt_channels: tuple[str, ...] = ("online", "in-person")
    term_days: int | None = None
    is_immediate: bool = False
    price_cents: int = 0
    steps: tuple[tuple[int, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    versions: tuple[tuple[int, int], ...] = ((-(10**6), 1),)
    until_day: int | None = None


@dataclass(frozen=True)
class Nation:
    """All services of a state, ordered by number, and which of them one life situation brings about together."""

    offerings: tuple[Offering, ...]
    situations: tuple[tuple[int, ...], ...] = ()
    """Places of offerings that follow one another in a life situation."""


def invented(seed: int, *, services: int = 3200, bodies: int = 180) -> Nation:
    """A state that exists nowhere, after the measurements of the design: few services are asked for very often."""
    rng = np.random.default_rng([seed, 101])
    weights = 1.0 / np.arange(1, services + 1) ** 0.9
    rng.shuffle(weights)
    holders = rng.zipf(1.6, services) % bodies + 1
    delegated = rng.random(services) < 0.15
    terms = rng.choice((2, 5, 10, 15, 22, 30), services)
    channels = ("online", "e-address", "in-person", "one-stop-centre", "phone", "post", "email")
    offerings: list[Offering] = []
    next_step = 1
    for place in range(services):
        holder, number = int(holders[place]), place + 1
        kept = tuple(channels[i] for i in sorted(rng.choice(7, int(rng.integers(2, 6)), replace=False)))
        other = int(rng.integers(1, bodies + 1))
        offerings.append(
            Offering(
                number=number,
                code=f"pakalpojums-{number}",
                weight=float(weights[place]),
                holders=_holders(rng, holder, bodies),
                providers=(other,) if delegated[place] else (),
                request_channels=kept,
                receipt_channels=tuple(code for code in kept if code != "phone") or ("post",),
                term_days=int(terms[place]),
                is_immediate=bool(rng.random() < 0.08),
                price_cents=int(rng.integers(0, 4) * 700),
                steps=_steps(next_step, int(rng.integers(1, 4))),
                evidence=_evidence(rng, bodies),
            )
        )
        next_step += len(offerings[-1].steps)
    return Nation(tuple(offerings), _situations(rng, services))


def _steps(first: int, count: int) -> tuple[tuple[int, str], ...]:
    """So many of STEPS, numbered as the tables would where nothing stood in them: by service and name."""
    codes = STEPS[:count]
    numbers = {code: first + place for place, code in enumerate(sorted(codes))}
    return tuple((numbers[code], code) for code in codes)


def _holders(rng: np.random.Generator, holder: int, bodies: int) -> tuple[tuple[int, int], ...]:
    """One service in thirty goes over to another body in the summer of 2025."""
    always = (-(10**6), holder)
    return (always, (20270, int(rng.integers(1, bodies + 1)))) if rng.random() < 1 / 30 else (always,)


def _evidence(rng: np.random.Generator, bodies: int) -> tuple[Evidence, ...]:
    found = []
    for place in range(int(rng.integers(0, 4))):
        held_by = int(rng.integers(1, bodies + 1)) if rng.random() < 0.5 else 0
        found.append(Evidence(place + 1, f"pieradijums-{place}", held_by))
    return tuple(found)


def _situations(rng: np.random.Generator, services: int) -> tuple[tuple[int, ...], ...]:
    """Forty situations of four services, fewer where the state is small."""
    count = min(40, services // 8)
    return tuple(tuple(int(i) for i in four) for four in rng.permutation(services)[: count * 4].reshape(count, 4))


def middle_holders(nation: Nation, day: int) -> Sequence[int]:
    """The body that holds each offering on a day."""
    return [
        next((body for since, body in reversed(each.holders) if since <= day), each.holders[0][1])
        for each in nation.offerings
    ]
