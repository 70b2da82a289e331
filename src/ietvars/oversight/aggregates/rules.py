"""How figures of services become one figure: a rule for each, coverage always, the best member never. Pure.

A careless aggregate is attacked as deceit: letting the best member stand for the whole bundle is the known case, so
no such rule exists here. A figure that is not measured is left out and counted, never taken as zero.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from types import MappingProxyType

from ietvars.oversight.aggregates import errors


@dataclass(frozen=True)
class Part:
    """One service's figure, as aggregating needs it. `state` is one of the five value states."""

    service_id: int
    state: str
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    editions: tuple[int, ...] = ()
    is_illustrative: bool = False
    is_partial: bool = False


@dataclass(frozen=True)
class Aggregate:
    """One figure over many services, with all that made it.

    `measured` of `expected` services are in it; `left_out` counts the others by value state. Services to which the
    indicator does not apply are not expected. `value` is None when nothing was measured.
    """

    rule: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    measured: int
    expected: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    partial: int = 0
    editions: tuple[int, ...] = ()
    is_illustrative: bool = False

    @property
    def state(self) -> str:
        """Value state of the whole: measured, missing, or not_applicable when it applies to nobody."""
        if self.measured:
            return "measured"
        return "missing" if self.expected else "not_applicable"


def _pooled(parts: Sequence[Part]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Sum of numerators over sum of denominators: each case weighs the same, whichever service it belongs to."""
    whole = [part for part in parts if part.numerator is not None and part.denominator is not None]
    numerator = sum((part.numerator for part in whole if part.numerator is not None), Decimal(0))
    denominator = sum((part.denominator for part in whole if part.denominator is not None), Decimal(0))
    if not denominator:
        return None, numerator, denominator
    return numerator / denominator, numerator, denominator


def _sum(parts: Sequence[Part]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Plain sum of values."""
    total = sum((part.value for part in parts if part.value is not None), Decimal(0))
    return total, total, None


def _count(parts: Sequence[Part]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """How many services meet the condition, of how many: numerator of each is 1 or 0."""
    met = Decimal(sum(1 for part in parts if part.numerator))
    return met, met, Decimal(len(parts))


def _median(parts: Sequence[Part]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The middle service: half of the services are below it. Says nothing of how many cases they have."""
    return median([part.value for part in parts if part.value is not None]), None, None


def _weakest(pick: Callable[..., Decimal]) -> Callable[[Sequence[Part]], tuple[Decimal | None, None, None]]:
    def weakest(parts: Sequence[Part]) -> tuple[Decimal | None, None, None]:
        """The chain is as strong as its weakest member, by the indicator's direction."""
        return pick(part.value for part in parts if part.value is not None), None, None

    return weakest


Rule = Callable[[Sequence[Part]], tuple[Decimal | None, Decimal | None, Decimal | None]]
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "pooled": _pooled,
        "sum": _sum,
        "count": _count,
        "median": _median,
    }
)
"""Rules a definition may declare besides `weakest` (which needs the direction) and `none` (which refuses)."""


def rule_named(rule: str, direction: str, indicator: str = "") -> Rule:
    """The rule of that name. Raises NoRule for `none` and UnknownRule for a name nobody wrote."""
    if rule == "none":
        raise errors.NoRule(indicator=indicator)
    if rule == "weakest":
        if direction not in ("up_is_better", "down_is_better"):
            raise errors.NoRule(indicator=indicator)
        return _weakest(min if direction == "up_is_better" else max)
    if rule not in RULES:
        raise errors.UnknownRule(indicator=indicator, rule=rule)
    return RULES[rule]


def aggregate(rule: str, parts: Iterable[Part], *, direction: str = "none", indicator: str = "") -> Aggregate:
    """Make one figure of many by the declared rule, with coverage.

    Raises NoRule and UnknownRule. `parts` holds at most one figure a service.
    """
    make = rule_named(rule, direction, indicator)
    every = list(parts)
    used = [part for part in every if part.state == "measured" and part.value is not None]
    left_out = Counter(part.state for part in every if part not in used)
    value, numerator, denominator = make(used) if used else (None, None, None)
    return Aggregate(
        rule=rule,
        value=value,
        numerator=numerator,
        denominator=denominator,
        measured=len(used),
        expected=len(every) - left_out.get("not_applicable", 0),
        left_out=dict(sorted(left_out.items())),
        partial=sum(part.is_partial for part in used),
        editions=tuple(sorted({edition for part in used for edition in part.editions})),
        is_illustrative=any(part.is_illustrative for part in used),
    )
