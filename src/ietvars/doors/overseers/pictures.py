"""Presenters of the state: how full the picture is, the tree, the services behind a number, the indicators of a body.

They take what the rooms have read and place words, marks and links; they read nothing and decide nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ietvars.doors.furniture import charts, days, readings, words
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.marks import Muted, Outcome, State, Value, VerdictCounts, Words
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import Asked, address
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators.comparison import Direction
from ietvars.institution.indicators.definitions import Indicator
from ietvars.institution.indicators.rules import Aggregate
from ietvars.oversight.aggregates import rules
from ietvars.oversight.aggregates.queries import Combined, Picture

LEVELS = {rules.Level.SECTOR: 0, rules.Level.INSTITUTION: 1, rules.Level.SERVICE: 2}
DIRECTED = (Outcome.BETTER, Outcome.SAME, Outcome.WORSE, Outcome.NONE)
UNDIRECTED = (Outcome.CHANGED, Outcome.SAME, Outcome.NONE)


def outcomes(indicator: Indicator) -> tuple[Outcome, ...]:
    """Verdicts that an indicator can have: without a direction nothing is better or worse, only changed."""
    return UNDIRECTED if indicator.direction is Direction.NONE else DIRECTED


OF_SERVICES = {"lv": ("pakalpojuma", "pakalpojumiem", "pakalpojumiem"), "en": ("service", "services")}
OF_TOWNS = {"lv": ("pašvaldības", "pašvaldībām", "pašvaldībām"), "en": ("municipality", "municipalities")}
MUNICIPALITY = "municipality"


# ---- sentences --------------------------------------------------------------------------------------------------


def sentence(seen: Picture, whole: rules.Totals) -> str:
    """What a reader could repeat: how many became better, how many worse, of how many nothing can be said."""
    if not seen.is_compared:
        return _("There is no year before to compare with yet.")
    better, worse = whole.verdicts[Outcome.BETTER], whole.verdicts[Outcome.WORSE]
    unsaid = whole.verdicts[Outcome.NONE]
    said = language()
    if seen.headline.direction is Direction.NONE:
        changed = whole.verdicts[Outcome.CHANGED]
        told = ngettext("%(number)s service has clearly changed.", "%(number)s services have clearly changed.", changed)
        return _with_unsaid(told % {"number": words.number(changed, said)}, unsaid)
    first = ngettext("%(number)s service has become better", "%(number)s services have become better", better)
    second = ngettext("%(number)s worse", "%(number)s worse", worse)
    told = _("%(better)s, %(worse)s.") % {
        "better": first % {"number": words.number(better, said)},
        "worse": second % {"number": words.number(worse, said)},
    }
    return _with_unsaid(told, unsaid)


def _with_unsaid(told: str, unsaid: int) -> str:
    if not unsaid:
        return told
    more = ngettext("Of %(number)s nothing can be said.", "Of %(number)s nothing can be said.", unsaid)
    return f"{told} {more % {'number': words.number(unsaid, language())}}"


# ---- how full the picture is ------------------------------------------------------------------------------------


def coverage(found: Asked, whole: rules.Totals, **kept: str) -> Figure:
    """How many services are measured fully, partly, not at all; each part leads to its list."""

    def listed(part: rules.Coverage) -> str:
        return address("services", **found.query(), **kept, izmerits=part.value)

    parts = [
        charts.PartOf(_("measured fully"), whole.coverage[rules.Coverage.FULL], "f1", listed(rules.Coverage.FULL)),
        charts.PartOf(_("partly"), whole.coverage[rules.Coverage.PARTLY], "f-soft", listed(rules.Coverage.PARTLY)),
        charts.PartOf(
            _("without any figure"), whole.coverage[rules.Coverage.NONE], "f-none", listed(rules.Coverage.NONE)
        ),
    ]
    if not_due := whole.coverage[rules.Coverage.NOT_DUE]:
        parts.append(charts.PartOf(_("nothing to measure"), not_due, "f6", listed(rules.Coverage.NOT_DUE)))
    full = words.of(parts[0].number, whole.services, language())
    return Figure(
        title=_("How full the picture is"),
        about=_("Only what is measured is in the sums. What is missing is never replaced by zero."),
        chart=charts.PartsOfWhole(
            code="segums",
            title=_("How full the picture is"),
            finding=_("Measured fully: %(full)s services.") % {"full": full},
            unit=_("services"),
            parts=tuple(parts),
            illustrative=whole.is_illustrative,
        ),
        alone=True,
    )


# ---- the tree ---------------------------------------------------------------------------------------------------


def tree_table(found: Asked, seen: Picture, tree: rules.Tree) -> Table:
    """The state by sectors, institutions and services. Every number is a door to the services that make it."""
    towns = {
        sector
        for sector in {leaf.sector.code for leaf in seen.leaves}
        if all(leaf.institution.kind == MUNICIPALITY for leaf in seen.leaves if leaf.sector.code == sector)
    }
    return Table(
        code="nozares",
        caption=_("Services by sector and institution"),
        columns=(
            Column(_("Sector, institution, service"), "name"),
            Column(_("Services"), "services", n=True),
            Column(_("Requests"), "requests", values=True),
            Column(_("Measured"), "measured"),
            Column(_("Verdicts"), "verdicts"),
        ),
        rows=tuple(_node_row(found, seen, node, node.sector.code in towns) for node in tree.rows),
        foot=(
            Row(
                (_("The whole state"), *_totals(found, seen, tree.whole, {}, is_towns=False)),
                illustrative=tree.whole.is_illustrative,
            ),
        ),
        scroll=_("Services by sector and institution"),
        illustrative=tree.whole.is_illustrative,
    )


def _node_row(found: Asked, seen: Picture, node: rules.Node, is_towns: bool) -> Row:  # noqa: FBT001 - a row's own trait
    kept = {"nozare": node.sector.code}
    if node.institution:
        kept["iestade"] = node.institution.code
    name = pick(node.name, language())
    if node.leaf is not None:
        href = address("service", node.code, **found.query())
        return Row(
            (Cell(name, href=href), *_of_service(found, seen, node)), level=2, illustrative=node.totals.is_illustrative
        )
    toggle = address("state", **found.tree(found.toggled(node.key)), anchor="nozares")
    return Row(
        (
            Cell(name, href=toggle, under=_to_page(found, node)),
            *_totals(found, seen, node.totals, kept, is_towns=is_towns),
        ),
        level=LEVELS[node.level],
        open=node.is_open,
        illustrative=node.totals.is_illustrative,
    )


def _to_page(found: Asked, node: rules.Node) -> Words:
    """Under an open row the way to its own page."""
    if not node.is_open:
        return ""
    is_inner = node.level is rules.Level.INSTITUTION and node.code == node.sector.code
    href = address("body", node.code, **found.query(), limenis="iestade" if is_inner else "")
    says = _("All indicators of the sector") if node.level is rules.Level.SECTOR else _("All its indicators")
    return format_html('<a href="{}">{}</a>', href, says)


def _totals(
    found: Asked, seen: Picture, totals: rules.Totals, kept: Mapping[str, str], *, is_towns: bool
) -> tuple[object, ...]:
    def listed(**more: str) -> str:
        return address("services", **found.query(), **kept, **more)

    covered = totals.coverage
    bar = charts.CoverageBar(
        covered[rules.Coverage.FULL],
        covered[rules.Coverage.PARTLY],
        covered[rules.Coverage.NONE],
        href=listed(izmerits=rules.Coverage.FULL.value) if covered[rules.Coverage.FULL] else "",
    )
    return (
        Cell(totals.services, href=listed()),
        requests_cell(totals, listed(pieprasijumi=State.MEASURED.value), is_towns=is_towns),
        bar,
        VerdictCounts(
            {one: totals.verdicts[one] for one in outcomes(seen.headline)},
            links={one: listed(vertejums=one.value) for one in outcomes(seen.headline) if totals.verdicts[one]},
        ),
    )


def _of_service(found: Asked, seen: Picture, node: rules.Node) -> tuple[object, ...]:
    assert node.leaf is not None
    leaf = node.leaf
    requests = seen.requests.code if seen.requests else rules.REQUESTS
    return (
        Cell(1, href=address("service", leaf.code, **found.query())),
        requests_of(
            leaf, address("series", leaf.code, requests, **{**found.query(), "raditajs": ""}, posms=rules.REQUEST_STAGE)
        ),
        words.of(leaf.measured, leaf.expected, language()) if leaf.expected else Muted(_("nothing to measure")),
        readings.verdict_in_table(leaf.verdict, leaf.reason),
    )


def requests_cell(totals: rules.Totals, href: str, *, is_towns: bool = False) -> Cell:
    """The sum of requests, and under it of how many it is, where it is not of all."""
    made = totals.requests
    if made is None or made.value is None:
        return Cell(Value(state=State(made.state.value) if made else State.MISSING))
    value = Value(made.value, href=href, illustrative=made.is_illustrative)
    return Cell(value, under=_of_how_many(totals, made, is_towns=is_towns))


def _of_how_many(totals: rules.Totals, made: Aggregate, *, is_towns: bool) -> str:
    said = language()
    forms = "lv" if said == words.LATVIAN else "en"
    if made.measured < made.expected:
        part, whole, of = made.measured, made.expected, OF_SERVICES[forms]
        if is_towns:
            part, whole, of = totals.holders_with_requests, totals.holders, OF_TOWNS[forms]
        told = _("%(part)s of %(whole)s") % {"part": words.number(part, said), "whole": words.counted(whole, of, said)}
        return told.replace(" ", words.NO_BREAK)
    return _("some channels missing") if made.parts_measured < made.parts_expected else ""


def requests_of(leaf: rules.Leaf, href: str = "") -> Value:
    """The requests of one service."""
    figure = leaf.requests
    if figure is None:
        return Value(state=State.MISSING)
    return readings.value(
        state=figure.state.value, number=figure.value, unit="", href=href, illustrative=figure.is_illustrative
    )


# ---- the list behind a number -----------------------------------------------------------------------------------


def coverage_words(part: rules.Coverage) -> str:
    """How far a service is measured, in words."""
    said = {
        rules.Coverage.FULL: _("measured fully"),
        rules.Coverage.PARTLY: _("partly"),
        rules.Coverage.NONE: _("without any figure"),
        rules.Coverage.NOT_DUE: _("nothing to measure"),
    }
    return said[part]


def services_table(found: Asked, seen: Picture, leaves: Sequence[rules.Leaf], *, in_file: bool = False) -> Table:
    """Services with their holder, requests, coverage and the verdict on the headline; files hold the codes too."""
    said = language()
    return Table(
        code="pakalpojumi",
        caption=_("Services"),
        columns=(
            Column(_("Service"), "service"),
            *((Column(_("Code"), "code"),) if in_file else ()),
            Column(_("Holder"), "holder"),
            Column(_("Requests"), "requests", values=True),
            Column(_("Measured"), "measured", n=True),
            Column(pick(seen.headline.name, said), "headline", values=True, unit=readings.unit(seen.headline.unit)),
            Column(_("Verdict"), "verdict"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(pick(leaf.title, said), href=address("service", leaf.code, **found.query())),
                    *((leaf.code,) if in_file else ()),
                    Cell(
                        pick(leaf.institution.name, said), href=address("body", leaf.institution.code, **found.query())
                    ),
                    requests_of(leaf),
                    words.of(leaf.measured, leaf.expected, said) if leaf.expected else Muted(_("nothing to measure")),
                    headline_of(seen, leaf),
                    readings.verdict_in_table(leaf.verdict, leaf.reason),
                ),
                illustrative=leaf.is_illustrative,
            )
            for leaf in leaves
        ),
        scroll=_("Services"),
        illustrative=any(leaf.is_illustrative for leaf in leaves),
    )


def headline_of(seen: Picture, leaf: rules.Leaf) -> Value:
    """The headline of one service, its unit in the head of the column."""
    figure = leaf.headline
    if figure is None:
        return Value(state=State.MISSING)
    n = int(figure.denominator) if figure.denominator is not None else figure.n
    shown = readings.value(
        state=figure.state.value,
        number=figure.value,
        unit=seen.headline.unit,
        n=n,
        illustrative=figure.is_illustrative,
    )
    return readings.bare(shown)


# ---- the indicators of a body -----------------------------------------------------------------------------------


def indicators_table(found: Asked, seen: Picture, combined: Iterable[Combined], kept: Mapping[str, str]) -> Table:
    """Each critical indicator over several services, by its declared rule, beside the period before."""
    said = language()
    rows = tuple(_indicator_row(found, each, kept) for each in combined)
    return Table(
        code="raditaji",
        caption=_("All critical indicators"),
        columns=(
            Column(_("Indicator"), "indicator"),
            Column(days.period_short(seen.with_period, said), "before", values=True),
            Column(days.period_short(seen.period, said), "now", values=True),
            Column(_("Services"), "services", n=True),
            Column(_("Verdicts of the services"), "verdicts"),
        ),
        rows=rows,
        scroll=_("All critical indicators"),
        illustrative=any(row.illustrative for row in rows),
    )


def _indicator_row(found: Asked, each: Combined, kept: Mapping[str, str]) -> Row:
    said = language()
    indicator = each.indicator
    query = {**found.query(), **kept, "raditajs": indicator.code}
    shown = outcomes(indicator)
    counts = {one: each.verdicts.get(one.value, 0) for one in shown}
    before: object = _aggregate_value(each, each.before)
    if each.before is not None and not each.same_wording:
        before = Cell(before, under=_("by another definition"))
    covered = each.now is not None and each.now.expected
    return Row(
        (
            Cell(pick(indicator.name, said), unit=readings.unit(indicator.unit), under=aggregation_words(each)),
            before,
            _aggregate_value(each, each.now),
            Cell(words.of(each.now.measured, each.now.expected, said), href=address("services", **query))
            if covered and each.now
            else Muted(pgettext("coverage", "none")),
            VerdictCounts(
                counts, links={one: address("services", **query, vertejums=one.value) for one in shown if counts[one]}
            ),
        ),
        illustrative=bool(each.now and each.now.is_illustrative),
    )


def _aggregate_value(each: Combined, made: Aggregate | None) -> object:
    if each.now is None and made is None:
        return Muted(_("no single figure"))
    if made is None:
        return Value(state=State.NOT_ASKED)
    n = int(made.denominator) if made.denominator is not None else None
    shown = readings.value(
        state=made.state.value,
        number=made.value,
        unit=each.indicator.unit,
        n=n,
        illustrative=made.is_illustrative,
    )
    return readings.bare(shown)


def aggregation_words(each: Combined) -> str:
    """By which rule several services make one figure."""
    said = {
        "pooled": _("all cases together"),
        "sum": _("sum of the services"),
        "count": _("number of services"),
        "median": _("the middle service"),
        "weakest": _("the weakest service"),
        "none": _("only service by service"),
    }
    return said[each.indicator.aggregation.value]
