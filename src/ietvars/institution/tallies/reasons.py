"""Why a figure is another than before: how much of its change each channel or provider brought.

Pure arithmetic, never Django. A ratio R = A / B changes from R0 to R1; the part i brought
(A1i - R0 B1i) / B1 - (A0i - R0 B0i) / B0, which adds up to R1 - R0 over all parts and holds both that the part itself
changed and that it weighs more or less. A count changed by the difference of its parts. It says who brought the change,
not who is to blame for it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Protocol

Amounts = tuple[float, float]
"""What is above the line and what is below it; of a count nothing is below."""


class Cell(Protocol):
    """The sums of a part over a span."""

    @property
    def cases(self) -> int: ...

    @property
    def delivered(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    @property
    def lead_days_sum(self) -> int: ...

    @property
    def on_time_n(self) -> int: ...

    @property
    def on_time_base(self) -> int: ...

    @property
    def rating_n(self) -> int: ...

    @property
    def rating_sum(self) -> int: ...

    @property
    def digital_request_n(self) -> int: ...

    @property
    def digital_request_base(self) -> int: ...

    @property
    def cost_n(self) -> int: ...

    @property
    def cost_cents(self) -> int: ...

    @property
    def contact_n(self) -> int: ...

    @property
    def failure_contact_n(self) -> int: ...


AMOUNTS: Mapping[str, Callable[[Cell], Amounts]] = {
    "demand": lambda one: (one.cases, 0),
    "throughput": lambda one: (one.delivered, 0),
    "time-median": lambda one: (one.lead_days_sum, one.delivered),
    "on-time": lambda one: (one.on_time_n, one.on_time_base),
    "case-completion": lambda one: (one.delivered, one.delivered + one.dropped),
    "satisfaction": lambda one: (one.rating_sum / 10, one.rating_n),
    "digital-share": lambda one: (one.digital_request_n, one.digital_request_base),
    "cost-per-case": lambda one: (one.cost_cents / 100, one.cost_n),
    "failure-demand": lambda one: (one.failure_contact_n, one.contact_n),
}
"""Indicators whose change can be parted. A median cannot: its mean stands for it, and the page says so."""

BY_MEAN = frozenset({"time-median"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One part: its own figure before and now (None without cases), its cases, and what it brought of the change."""

    key: Hashable
    before: float | None
    now: float | None
    n_before: float
    n_now: float
    brought: float


@dataclass(frozen=True, slots=True)
class Parted:
    """A change and who brought it, the strongest first."""

    before: float
    now: float
    reasons: tuple[Reason, ...]


def parted(before: Mapping[Hashable, Amounts], now: Mapping[Hashable, Amounts]) -> Parted | None:
    """The change of a figure among its parts; None where one of the two sides has no cases."""
    above0, below0 = (sum(amounts[at] for amounts in before.values()) for at in (0, 1))
    above1, below1 = (sum(amounts[at] for amounts in now.values()) for at in (0, 1))
    is_count = not below0 and not below1
    if not is_count and not (below0 and below1):
        return None
    old, new = (above0, above1) if is_count else (above0 / below0, above1 / below1)
    found = []
    for key in before.keys() | now.keys():
        a0, b0 = before.get(key, (0.0, 0.0))
        a1, b1 = now.get(key, (0.0, 0.0))
        brought = a1 - a0 if is_count else (a1 - old * b1) / below1 - (a0 - old * b0) / below0
        found.append(
            Reason(
                key,
                a0 if is_count else (a0 / b0 if b0 else None),
                a1 if is_count else (a1 / b1 if b1 else None),
                a0 if is_count else b0,
                a1 if is_count else b1,
                brought,
            )
        )
    found.sort(key=lambda one: (-abs(one.brought), str(one.key)))
    return Parted(old, new, tuple(found))
