"""What a rule on figures sees and says: facts of one service, a finding, the shape of a rule. Pure, never Django.

It holds no rule; those are in `impossible` and `doubtful`, and `quality` gathers them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from ietvars.institution.rounds.asking import Key, Pair
from ietvars.institution.rounds.typed import Figure


class Severity(StrEnum):
    """An error keeps a report from being submitted; a warning wants a reason; a remark is only told."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Promise:
    """A standard of the service and how it was kept, as reported."""

    code: str
    met: Decimal | None = None
    total: Decimal | None = None
    performance: Decimal | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """One service in one period. `earlier` holds the periods before it, newest first, one after another.

    `has_promise` is None where nobody could know: an inventory that says nothing of standards. `offered` are channels
    of the description by stage, None where no description says any. `monthly` are the months of the period, quantity by
    quantity. `is_entry` is true while figures are typed, when reasons can be asked for.
    """

    cells: Mapping[Key, Figure]
    earlier: Sequence[Mapping[Key, Figure]] = ()
    has_promise: bool | None = None
    promises: Sequence[Promise] = ()
    offered: Mapping[str, frozenset[str]] | None = None
    pairs: Sequence[Pair] = ()
    whole: frozenset[str] = frozenset()
    monthly: Mapping[str, Sequence[Decimal | None]] = field(default_factory=dict)
    is_entry: bool = False

    def number(self, key: Key) -> Decimal | None:
        """The measured number of a cell; None where there is none."""
        found = self.cells.get(key)
        return None if found is None else found.number

    def total(self, quantity: str, cells: Mapping[Key, Figure] | None = None) -> Decimal | None:
        """What was said of a quantity over all channels of its first stage, else its channels added."""
        return total_of(self.cells if cells is None else cells, quantity)

    @property
    def volume(self) -> Decimal | None:
        """How often the service was asked for."""
        return self.total(VOLUME)

    @property
    def last(self) -> Mapping[Key, Figure]:
        """What was said of the period before."""
        return self.earlier[0] if self.earlier else {}


VOLUME = "requests"
"""The quantity that says how large a service is."""

ONLINE = frozenset({"online", "app"})
"""Channels that need an e-service."""

Hit = tuple[Key, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about one figure: whose words, how grave, about which cell, and the numbers that the sentence names."""

    rule: "type[Rule]"
    key: Key
    facts: Mapping[str, object]

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    def sentence(self, language: str) -> str:
        """What is wrong, with the numbers."""
        return self.rule.says[language] % self.facts

    def remedy(self, language: str) -> str:
        """What to do about it."""
        return self.rule.remedy[language]


class Rule:
    """One rule: its code, how grave it is, its sentence and its remedy in both languages, and where it applies."""

    code: ClassVar[str]
    severity: ClassVar[Severity]
    name: ClassVar[Mapping[str, str]]
    says: ClassVar[Mapping[str, str]]
    remedy: ClassVar[Mapping[str, str]]

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        """Each cell that the rule doubts, with what its sentence names."""
        raise NotImplementedError


def scale(text: str) -> tuple[Decimal, Decimal] | None:
    """The ends of a scale such as 1-10; None where the text is no scale."""
    low, dash, high = text.replace("–", "-").partition("-")
    if not dash or not low.strip().isdecimal() or not high.strip().isdecimal():
        return None
    ends = Decimal(low.strip()), Decimal(high.strip())
    return ends if ends[0] < ends[1] else None


def total_of(cells: Mapping[Key, Figure], quantity: str) -> Decimal | None:
    stage = next((key.stage for key in cells if key.quantity == quantity), "")
    whole = cells.get(Key(quantity, stage))
    if whole is not None and whole.number is not None:
        return whole.number
    said = [
        figure.number
        for key, figure in cells.items()
        if key.quantity == quantity and key.stage == stage and key.channel and figure.number is not None
    ]
    return sum(said, Decimal(0)) if said else None


def key_of(facts: Facts, quantity: str) -> Key:
    """The cell that speaks for a quantity: its total, else its first channel."""
    keys = [key for key in facts.cells if key.quantity == quantity]
    return next((key for key in keys if not key.channel and facts.number(key) is not None), None) or next(
        iter(keys), Key(quantity)
    )


def by_stage(facts: Facts) -> dict[tuple[str, str], dict[str, Decimal]]:
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for key, figure in facts.cells.items():
        if key.channel and figure.number is not None:
            found.setdefault((key.quantity, key.stage), {})[key.channel] = figure.number
    return found


def totals(facts: Facts) -> Iterator[tuple[Key, Decimal, dict[str, Decimal]]]:
    """Each total that stands beside measured channels of the same quantity and stage."""
    for (quantity, stage), parts in by_stage(facts).items():
        total = facts.number(Key(quantity, stage))
        if total is not None:
            yield Key(quantity, stage), total, parts


def channels_complete(facts: Facts, total: Key, parts: Mapping[str, Decimal]) -> bool:
    """Whether every channel is said: only then must they add up."""
    said = [
        figure
        for key, figure in facts.cells.items()
        if key.quantity == total.quantity and key.stage == total.stage and key.channel
    ]
    offered = (facts.offered or {}).get(total.stage, frozenset())
    named = {key.channel for key in facts.cells if key.quantity == total.quantity and key.stage == total.stage}
    return len(parts) > 1 and all(one.state in ("measured", "not_applicable") for one in said) and offered <= named


def plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"
