"""Which figures a round asks of a service: derived from the definitions of the chosen indicators. Pure, never Django.

Nobody writes a list of questions by hand. A definition names its quantities; where it counts them by channel, the
question is put once for each channel that the service has at that stage, and once for all of them together, which may
be left out. So a new wording of an indicator changes the questions of the next round by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ietvars.institution.indicators import definitions, expressions


class Key(NamedTuple):
    """What a figure of a service is about; stage and channel are empty where it is about all of them."""

    quantity: str
    stage: str = ""
    channel: str = ""

    def __str__(self) -> str:
        return ".".join(self)


SLICED_STAGE = "request"
"""Where a definition slices by stage without naming one, the question is about the request: it is what people meet."""

PART, WHOLE, ALONE = "part", "whole", ""
"""Whether a quantity stands above the line of a share, below it, or by itself."""

SPREADS = {"mean": "sd", "median": "iqr"}
"""What is asked beside a mean and a median: how far single values lie apart, by this measure."""


@dataclass(frozen=True, slots=True)
class Need:
    """One quantity that indicators need: where, whether by channel, and what sort of number it is.

    `mean` is "mean" or "median" where a number stands for many, and n and spread belong to it.
    """

    quantity: str
    stage: str
    by_channel: bool
    mean: str
    is_whole: bool
    indicators: tuple[str, ...]
    part: str = ALONE


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one service. Optional: a total beside its channels."""

    key: Key
    mean: str
    is_whole: bool
    is_optional: bool
    indicators: tuple[str, ...]
    part: str = ALONE

    @property
    def spread_kind(self) -> str:
        """What the spread of a mean or median is called: sd or iqr."""
        return SPREADS.get(self.mean, "")


@dataclass(frozen=True, slots=True)
class Pair:
    """A part and its whole, as a definition of a share names them. The part can never be more."""

    part: Key
    whole: Key


def needs(indicators: Iterable[definitions.Indicator]) -> tuple[Need, ...]:
    """What these definitions need, each quantity and stage once, in the order of the definitions."""
    found: dict[tuple[str, str], Need] = {}
    for indicator in indicators:
        for place, amount in ((PART, indicator.numerator), (WHOLE, indicator.denominator), (ALONE, indicator.value)):
            for leaf in _leaves(amount):
                _add(found, indicator, place, leaf)
    return tuple(found.values())


def _leaves(amount: expressions.Amount | None) -> Iterable[expressions.Sum | expressions.Take]:
    match amount:
        case expressions.Sum() | expressions.Take():
            yield amount
        case expressions.Combined(_, inner):
            for each in inner:
                yield from _leaves(each)


def _stage(indicator: definitions.Indicator, leaf: expressions.Sum | expressions.Take) -> str:
    if leaf.stage is not None:
        return leaf.stage
    return indicator.stage or (SLICED_STAGE if leaf.each and "stage" in indicator.by else "")


def _add(
    found: dict[tuple[str, str], Need],
    indicator: definitions.Indicator,
    place: str,
    leaf: expressions.Sum | expressions.Take,
) -> None:
    # A quantity that one definition reads at a stage and another without any is one question, at the stage.
    stage = _stage(indicator, leaf)
    known = next((key for key in found if key[0] == leaf.quantity and (key[1] == stage or not stage)), None)
    if known is None:
        blank = (leaf.quantity, "")
        earlier = found.pop(blank, None) if stage else None
        known = (leaf.quantity, stage)
    else:
        earlier = found[known]
    is_mean = isinstance(leaf, expressions.Take)
    by_channel = isinstance(leaf, expressions.Sum) and (
        leaf.channels is not None or bool(leaf.among) or (leaf.each and "channel" in indicator.by)
    )
    counts = indicator.kind in (definitions.Kind.COUNT, definitions.Kind.SHARE) and not is_mean
    found[known] = Need(
        quantity=leaf.quantity,
        stage=known[1],
        by_channel=by_channel or (earlier is not None and earlier.by_channel),
        mean=indicator.kind.value if is_mean and indicator.kind in _MEANS else (earlier.mean if earlier else ""),
        is_whole=counts or (earlier is not None and earlier.is_whole),
        indicators=(*(earlier.indicators if earlier else ()), *_new(indicator.code, earlier)),
        part=(earlier.part if earlier and earlier.part else "") or (place if counts else ALONE),
    )


_MEANS = (definitions.Kind.MEAN, definitions.Kind.MEDIAN)


def _new(code: str, earlier: Need | None) -> tuple[str, ...]:
    return () if earlier is not None and code in earlier.indicators else (code,)


def asked(found: Sequence[Need], channels: Mapping[str, Iterable[str]]) -> tuple[Asked, ...]:
    """The questions about a service with these channels at each stage. Where it has none, only the total is asked."""
    made: list[Asked] = []
    for need in found:
        given = list(channels.get(need.stage, ())) if need.by_channel else []
        made += [_asked(need, channel, is_optional=False) for channel in given]
        made.append(_asked(need, "", is_optional=bool(given)))
    return tuple(made)


def _asked(need: Need, channel: str, *, is_optional: bool) -> Asked:
    key = Key(need.quantity, need.stage, channel)
    return Asked(key, need.mean, need.is_whole, is_optional, need.indicators, need.part)


def pairs(indicators: Iterable[definitions.Indicator]) -> tuple[Pair, ...]:
    """Parts and wholes of the shares among these definitions, where each is one quantity and they differ."""
    found: dict[tuple[Key, Key], None] = {}
    for indicator in indicators:
        if indicator.kind is not definitions.Kind.SHARE:
            continue
        above, below = indicator.numerator, indicator.denominator
        if not isinstance(above, expressions.Sum) or not isinstance(below, expressions.Sum):
            continue
        if above.quantity == below.quantity:
            continue
        part = Key(above.quantity, _stage(indicator, above))
        whole = Key(below.quantity, _stage(indicator, below))
        found[part, whole] = None
    return tuple(Pair(part, whole) for part, whole in found)
