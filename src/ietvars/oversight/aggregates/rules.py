"""How the figures of services are read as one state: who reads it, sectors, coverage, the tree. Pure.

Only counts are added up here; what becomes one figure does so by the rule that its definition declares, which lives
with the definitions. There is no rule that lets the best member stand for the rest, and what is not measured is
counted beside the figure, never taken as zero.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.indicators import rules as indicators
from ietvars.institution.indicators.comparison import Direction, Word
from ietvars.institution.indicators.definitions import Aggregation, Indicator, Kind
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State
from ietvars.oversight.aggregates import errors

Text = Mapping[str, str]

READERS = frozenset({Role.OVERSEER, Role.COORDINATOR, Role.SYSTEM})
"""Capacities in which the whole state is read."""

SECTOR_KINDS = frozenset({"ministry", "chancellery"})
"""Kinds of bodies that head a sector; where none stands above a holder, the topmost body does."""

HEADLINE = "time-median"
REQUESTS = "demand"
REQUEST_STAGE = "request"


def headline(critical: Sequence[Indicator], wanted: str = "") -> Indicator | None:
    """What the verdicts are about: the wanted indicator; or time to result, else the first with a good direction."""
    by_code = {each.code: each for each in critical}
    if wanted:
        return by_code.get(wanted)
    directed = (each for each in critical if each.direction is not Direction.NONE)
    return by_code.get(HEADLINE) or next(directed, next(iter(critical), None))


def requests(critical: Sequence[Indicator]) -> Indicator | None:
    """The indicator that counts requests: `demand`, or the first count of the request stage that adds up."""
    by_code = {each.code: each for each in critical}
    counted = (
        each
        for each in critical
        if each.kind is Kind.COUNT and each.aggregation is Aggregation.SUM and each.stage == REQUEST_STAGE
    )
    return by_code.get(REQUESTS) or next(counted, None)


def require_reader(actor: Actor) -> None:
    """Overseers and coordinators read the whole state, whichever body gave them the capacity.

    Plan and control of public services is a task over all institutions (the ministry of regional development for
    the state, the chancellery across ministries), while the place of that body in the hierarchy only says who
    appointed the person. So reach does not narrow what they read; it still bounds what anybody changes.
    """
    if actor.role not in READERS:
        raise errors.NotAReader


def require_rule(indicator: Indicator) -> None:
    """No aggregate without a declared rule: `none` refuses, and so does the weakest where no direction is good."""
    name = indicator.name.get("en") or indicator.code
    if indicator.aggregation is Aggregation.NONE:
        raise errors.NoRule(indicator=name)
    if indicator.aggregation is Aggregation.WEAKEST and indicator.direction is Direction.NONE:
        raise errors.NoRule(indicator=name)


def aggregate(indicator: Indicator, figures: Mapping[int, Figure]) -> indicators.Aggregate:
    """One figure of the figures by service id, by the declared rule. Raises NoRule."""
    require_rule(indicator)
    return indicators.aggregate(indicator, figures)


# ---- coverage ---------------------------------------------------------------------------------------------------


class Coverage(StrEnum):
    """How far a service's critical indicators are measured. Those that do not apply to it are left out."""

    FULL = "full"
    PARTLY = "partly"
    NONE = "none"
    NOT_DUE = "not_due"


def coverage(measured: int, expected: int) -> Coverage:
    """Of `expected` indicators that apply to a service `measured` have a figure."""
    if not expected:
        return Coverage.NOT_DUE
    if not measured:
        return Coverage.NONE
    return Coverage.FULL if measured == expected else Coverage.PARTLY


# ---- the tree ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A body as the tree needs it."""

    body_id: int
    code: str
    kind: str
    name: Text
    sort_key: str = ""
    short: Text | None = None


def sector_of(path: Sequence[Place]) -> Place:
    """The sector of a holder, from the bodies above it, topmost first, the holder itself last.

    It is the first ministry or chancellery on the way down, else the topmost body: municipalities stand below one
    group and so are one sector.
    """
    return next((place for place in path if place.kind in SECTOR_KINDS), path[0])


@dataclass(frozen=True)
class Leaf:
    """One service in one period: where it stands, how far it is measured, its requests, the headline and its verdict.

    `verdict` is not_comparable with the reason where the headline was not compared.
    """

    service_id: int
    code: str
    title: Text
    sector: Place
    institution: Place
    measured: int
    expected: int
    requests: Figure | None = None
    headline: Figure | None = None
    verdict: str = Word.NOT_COMPARABLE.value
    reason: str = ""
    sort_key: str = ""

    @property
    def coverage(self) -> Coverage:
        """How far its critical indicators are measured."""
        return coverage(self.measured, self.expected)

    @property
    def is_illustrative(self) -> bool:
        """Whether a figure of it is invented."""
        return any(figure is not None and figure.is_illustrative for figure in (self.requests, self.headline))


@dataclass(frozen=True)
class Totals:
    """What stands in one row of the tree: counts, never means. `requests` is None where no rule adds them up."""

    services: int
    requests: indicators.Aggregate | None
    holders: int
    holders_with_requests: int
    coverage: Mapping[str, int]
    verdicts: Mapping[str, int]
    is_illustrative: bool


def totals(leaves: Sequence[Leaf], requests: Indicator | None) -> Totals:
    """Add up the services of one row.

    A holder counts as having requests when every service of it to which they apply is measured.
    """
    figures = {leaf.service_id: leaf.requests or Figure(state=State.MISSING) for leaf in leaves}
    asked: dict[int, bool] = {}
    for leaf in leaves:
        state = figures[leaf.service_id].state
        if state is not State.NOT_APPLICABLE:
            holder = leaf.institution.body_id
            asked[holder] = asked.get(holder, True) and state is State.MEASURED
    return Totals(
        services=len(leaves),
        requests=aggregate(requests, figures) if requests is not None else None,
        holders=len(asked),
        holders_with_requests=sum(asked.values()),
        coverage=_counted(Coverage, (leaf.coverage for leaf in leaves)),
        verdicts=_counted(Word, (leaf.verdict for leaf in leaves)),
        is_illustrative=any(leaf.is_illustrative for leaf in leaves),
    )


def _counted(words: type[Coverage] | type[Word], found: Iterable[str]) -> dict[str, int]:
    """How many of each word, all words named, so that a zero is said."""
    counts = Counter(found)
    return {str(word.value): counts[word.value] for word in words}


class Level(StrEnum):
    """Rows of the tree, from the top."""

    SECTOR = "sector"
    INSTITUTION = "institution"
    SERVICE = "service"


@dataclass(frozen=True)
class Node:
    """One row of the tree. `is_open` is None for services, which have nothing below them.

    `key` opens and closes the row: the code of a sector, `sector.institution` of an institution, since a ministry is
    both its sector and an institution in it.
    """

    level: Level
    code: str
    name: Text
    key: str
    totals: Totals
    sector: Place
    institution: Place | None = None
    leaf: Leaf | None = None
    is_open: bool | None = None


@dataclass(frozen=True)
class Tree:
    """The state: its rows as far as they are open, and the whole."""

    rows: tuple[Node, ...]
    whole: Totals


def tree(leaves: Sequence[Leaf], requests: Indicator | None, opened: frozenset[str] = frozenset()) -> Tree:
    """The state by sectors, institutions and services; what is not in `opened` (keys of rows) stays closed."""
    rows: list[Node] = []
    for sector, inside in _grouped(leaves, lambda leaf: leaf.sector):
        is_open = sector.code in opened
        made = totals(inside, requests)
        rows.append(Node(Level.SECTOR, sector.code, sector.name, sector.code, made, sector, is_open=is_open))
        if is_open:
            rows += _institutions(sector, inside, requests, opened)
    return Tree(tuple(rows), totals(leaves, requests))


def _institutions(
    sector: Place, leaves: Sequence[Leaf], requests: Indicator | None, opened: frozenset[str]
) -> Iterable[Node]:
    for body, inside in _grouped(leaves, lambda leaf: leaf.institution):
        key = f"{sector.code}.{body.code}"
        is_open = key in opened
        yield Node(
            Level.INSTITUTION, body.code, body.name, key, totals(inside, requests), sector, body, is_open=is_open
        )
        if is_open:
            for leaf in sorted(inside, key=lambda one: (one.sort_key, one.code)):
                made = totals([leaf], requests)
                yield Node(Level.SERVICE, leaf.code, leaf.title, leaf.code, made, sector, body, leaf)


def _grouped(leaves: Sequence[Leaf], place_of: Callable[[Leaf], Place]) -> list[tuple[Place, list[Leaf]]]:
    """Leaves by their place, places in alphabet order."""
    groups: dict[int, tuple[Place, list[Leaf]]] = {}
    for leaf in leaves:
        place = place_of(leaf)
        groups.setdefault(place.body_id, (place, []))[1].append(leaf)
    return sorted(groups.values(), key=lambda group: (group[0].sort_key, group[0].code))


# ---- the list behind a number -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which services a number is made of. An empty set asks for nothing in particular."""

    sectors: frozenset[str] = frozenset()
    institutions: frozenset[str] = frozenset()
    coverage: frozenset[str] = frozenset()
    verdicts: frozenset[str] = frozenset()
    requests: frozenset[str] = frozenset()

    def holds(self, leaf: Leaf) -> bool:
        """Whether the service is one of them."""
        state = leaf.requests.state.value if leaf.requests else State.MISSING.value
        asked: tuple[tuple[frozenset[str], str], ...] = (
            (self.sectors, leaf.sector.code),
            (self.institutions, leaf.institution.code),
            (self.coverage, leaf.coverage),
            (self.verdicts, leaf.verdict),
            (self.requests, state),
        )
        return all(not wanted or found in wanted for wanted, found in asked)


def behind(leaves: Iterable[Leaf], wanted: Wanted) -> tuple[Leaf, ...]:
    """The services that make a number, in the order of the tree."""
    found = [leaf for leaf in leaves if wanted.holds(leaf)]
    return tuple(
        sorted(found, key=lambda leaf: (leaf.sector.sort_key, leaf.institution.sort_key, leaf.sort_key, leaf.code))
    )
