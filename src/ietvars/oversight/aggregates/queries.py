"""Reads the state as one, from the summary tables only: figures and comparisons that the indicators room computed.

A picture of a period costs a fixed number of queries, whatever the size of the state; the rules then make the tree,
the totals and the lists behind them out of it without asking again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators import rules as indicator_rules
from ietvars.institution.indicators.comparison import Reason, Word
from ietvars.institution.indicators.definitions import Indicator
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates import errors, rules

ByIndicator = dict[str, dict[int, Figure]]
"""Code of an indicator to service id to its figure."""


class Wordings:
    """The definitions of all times, read once for a page."""

    def __init__(self) -> None:
        self.known = indicators.indicators()
        self.ids = {each.mark: pk for pk, each in self.known.items()}

    def in_force(self, period: str) -> tuple[Indicator, ...]:
        """The wordings that were valid when a period began."""
        return indicator_rules.in_force(self.known.values(), periods.parse(period).start)

    def critical(self, period: str, register: str = indicators.CRITICAL) -> tuple[Indicator, ...]:
        """The critical indicators of a period."""
        return tuple(indicators.critical(period, self.known, register).values())

    def figures(self, period: str, wanted: Iterable[Indicator], service_ids: Collection[int]) -> ByIndicator:
        """The whole figure of each of some services, by code of the indicator. One query."""
        chosen = {self.ids[each.mark]: each for each in wanted}
        found: ByIndicator = {each.code: {} for each in chosen.values()}
        for row in indicators.kept(period, list(chosen), service_ids, whole=True):
            indicator = chosen[row.definition_id]
            if row.figure.stage == indicator.stage:
                found[indicator.code][row.service_id] = row.figure
        return found


@dataclass(frozen=True)
class Picture:
    """The state in one period, set beside another: every service once. `computed` is False before the first run."""

    period: str
    with_period: str
    register: str
    headline: Indicator
    critical: tuple[Indicator, ...]
    requests: Indicator | None
    leaves: tuple[rules.Leaf, ...]
    computed: bool
    is_compared: bool
    wordings: Wordings = field(repr=False)

    def tree(self, opened: Iterable[str] = ()) -> rules.Tree:
        """The state by sectors, institutions and services, as far as they are open."""
        return rules.tree(self.leaves, self.requests, frozenset(opened))

    def behind(self, wanted: rules.Wanted) -> tuple[rules.Leaf, ...]:
        """The services that make a number."""
        return rules.behind(self.leaves, wanted)


def critical_set(period: str) -> tuple[Indicator, ...]:
    """The critical indicators by which a period is measured."""
    wordings = Wordings()
    return wordings.critical(period, indicators.register_of(period, wordings.known))


def picture(period: str, with_period: str = "", headline: str = "") -> Picture:
    """Every service of a period as its critical set sees it, with the verdict on the headline.

    Without `with_period` beside the same period of last year; without `headline` on the time to result, or on the
    first indicator that has a good direction. A period of which only an inventory speaks is seen by the definitions of
    that inventory. Raises UnknownPeriod, NotDefined.
    """
    code = periods.parse(period).code
    other = periods.parse(with_period).code if with_period else periods.of_last_year(periods.parse(code)).code
    wordings = Wordings()
    register = indicators.register_of(code, wordings.known)
    critical = wordings.critical(code, register)
    chosen = rules.headline(critical, headline)
    if chosen is None:
        raise errors.NotDefined(indicator=headline or rules.HEADLINE, period=code)
    requests = rules.requests(critical)
    return Picture(
        period=code,
        with_period=other,
        register=register,
        headline=chosen,
        critical=critical,
        requests=requests,
        leaves=tuple(_leaves(code, other, wordings, critical, chosen, requests)),
        computed=indicators.computed(code) is not None,
        is_compared=indicators.computed(code, other) is not None,
        wordings=wordings,
    )


def _leaves(
    code: str,
    other: str,
    wordings: Wordings,
    critical: Sequence[Indicator],
    headline: Indicator,
    requests: Indicator | None,
) -> Iterable[rules.Leaf]:
    counted = indicators.coverage(code, critical_set={wordings.ids[each.mark]: each for each in critical})
    if not counted:
        return []
    asked = [headline, *([requests] if requests else [])]
    figures = wordings.figures(code, asked, counted.keys())
    asked_for, shown = figures[requests.code] if requests else {}, figures[headline.code]
    verdicts = _verdicts(code, other, headline)
    places = _Places(periods.parse(code).end)
    described = services.all_services().filter(pk__in=counted.keys())
    return [
        rules.Leaf(
            service_id=pk,
            code=service_code,
            title=title,
            sector=places.sector_of(counted[pk].holder_id),
            institution=places.known[counted[pk].holder_id],
            measured=counted[pk].measured,
            expected=counted[pk].expected,
            requests=asked_for.get(pk),
            headline=shown.get(pk),
            verdict=verdicts.get(pk, (Word.NOT_COMPARABLE.value, ""))[0],
            reason=verdicts.get(pk, ("", Reason.MISSING_NOW.value))[1],
            sort_key=sort_key,
        )
        for pk, service_code, title, sort_key in described.values_list("pk", "code", "title", "sort_key")
    ]


def _verdicts(period: str, with_period: str, headline: Indicator) -> dict[int, tuple[str, str]]:
    rows = indicators.comparisons(period, with_period, codes=[headline.code]).filter(channel="", stage=headline.stage)
    return {pk: (verdict, reason) for pk, verdict, reason in rows.values_list("service_id", "verdict", "reason")}


class _Places:
    """Bodies and the way up from each as it was on a day. Two queries.

    A body that reported for a period and ended within it keeps the sector in which it ended.
    """

    def __init__(self, on: date) -> None:
        self.above = bodies.last_parents(on)
        rows = bodies.all_bodies().values_list("pk", "code", "kind", "name", "sort_key", "short")
        self.known = {row[0]: rules.Place(*row) for row in rows}
        self.sectors: dict[int, rules.Place] = {}

    def sector_of(self, body_id: int) -> rules.Place:
        if body_id not in self.sectors:
            self.sectors[body_id] = rules.sector_of([self.known[pk] for pk in self._path(body_id)])
        return self.sectors[body_id]

    def _path(self, body_id: int) -> list[int]:
        path = [body_id]
        while (above := self.above.get(path[0])) is not None and above not in path:
            path.insert(0, above)
        return path


# ---- one figure of many -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Combined:
    """An indicator over several services: its wording, the one figure, and beside it the same of the earlier period.

    `now` is None where the definition declares no rule; then there is no single figure, only the services' own.
    """

    indicator: Indicator
    now: indicator_rules.Aggregate | None
    before: indicator_rules.Aggregate | None = None
    before_by: Indicator | None = None
    verdicts: Mapping[str, int] = field(default_factory=dict)

    @property
    def same_wording(self) -> bool:
        """Whether both periods were measured by one definition, so that the figures may stand side by side."""
        return self.before_by is None or self.before_by.mark == self.indicator.mark


def aggregate_of(
    code: str,
    period: str,
    *,
    body_ids: Collection[int] | None = None,
    service_ids: Collection[int] | None = None,
    stage: str | None = None,
    channel: str = "",
) -> Combined:
    """One figure of an indicator over the services of some bodies, or some services, by its declared rule.

    Raises NotDefined where no wording was in force, NoRule where the definition declares none.
    """
    code_of_period = periods.parse(period).code
    wordings = Wordings()
    indicator = next((each for each in wordings.in_force(code_of_period) if each.code == code), None)
    if indicator is None:
        raise errors.NotDefined(indicator=code, period=code_of_period)
    wanted_stage = indicator.stage if stage is None else stage
    figures = {
        row.service_id: row.figure
        for row in indicators.kept(code_of_period, [wordings.ids[indicator.mark]], service_ids)
        if (row.figure.stage, row.figure.channel) == (wanted_stage, channel)
        and (body_ids is None or row.holder_id in body_ids)
    }
    return Combined(indicator, rules.aggregate(indicator, figures))


def by_indicator(seen: Picture, leaves: Sequence[rules.Leaf]) -> list[Combined]:
    """Every critical indicator over some services of a picture, now and before, with the verdicts on each."""
    ids = [leaf.service_id for leaf in leaves]
    before_by = {each.code: each for each in seen.wordings.critical(seen.with_period, seen.register)}
    now = seen.wordings.figures(seen.period, seen.critical, ids)
    before = seen.wordings.figures(seen.with_period, before_by.values(), ids)
    verdicts = _verdict_counts(seen, ids)
    return [
        Combined(
            indicator=each,
            now=_combined(each, now.get(each.code, {})),
            before=_combined(before_by[each.code], before.get(each.code, {})) if each.code in before_by else None,
            before_by=before_by.get(each.code),
            verdicts=verdicts.get(each.code, {}),
        )
        for each in seen.critical
    ]


def _combined(indicator: Indicator, figures: Mapping[int, Figure]) -> indicator_rules.Aggregate | None:
    try:
        return rules.aggregate(indicator, figures)
    except errors.NoRule:
        return None


def _verdict_counts(seen: Picture, ids: Collection[int]) -> dict[str, dict[str, int]]:
    stages = {each.code: each.stage for each in seen.critical}
    rows = indicators.comparisons(seen.period, seen.with_period, codes=stages.keys(), service_ids=ids)
    found: dict[str, dict[str, int]] = defaultdict(lambda: {word.value: 0 for word in Word})
    for code, stage, verdict in rows.filter(channel="").values_list("indicator", "stage", "verdict"):
        if stage == stages[code]:
            found[code][verdict] += 1
    return found


# ---- documents --------------------------------------------------------------------------------------------------


def document(seen: Picture, opened: Iterable[str] = ()) -> dict[str, Any]:
    """The tree as a stable JSON document, for the machines' door."""
    tree = seen.tree(opened)
    return {
        "document": "ietvars/state",
        "version": 1,
        "period": seen.period,
        "with": seen.with_period,
        "register": seen.register,
        "headline": seen.headline.mark,
        "requests": seen.requests.mark if seen.requests else None,
        "is_computed": seen.computed,
        "rows": [_node(node) for node in tree.rows],
        "whole": _totals(tree.whole),
    }


def _node(node: rules.Node) -> dict[str, Any]:
    return {
        "level": node.level.value,
        "code": node.code,
        "name": dict(node.name),
        "sector": node.sector.code,
        "institution": node.institution.code if node.institution else None,
        **_totals(node.totals),
        "reason": node.leaf.reason if node.leaf else None,
    }


def _totals(totals: rules.Totals) -> dict[str, Any]:
    made = totals.requests
    return {
        "services": totals.services,
        "requests": {
            "state": made.state.value,
            "value": indicator_rules.plain(made.value),
            "services_measured": made.measured,
            "services_expected": made.expected,
            "parts_measured": made.parts_measured,
            "parts_expected": made.parts_expected,
            "holders_measured": totals.holders_with_requests,
            "holders_expected": totals.holders,
            "editions": list(made.editions),
        }
        if made
        else None,
        "coverage": dict(totals.coverage),
        "verdicts": dict(totals.verdicts),
        "is_illustrative": totals.is_illustrative,
    }
