"""What stands on the page of a flow: the map's data, the tables beside it, and what strikes in short sentences.

Each takes a flow that is computed already, and `Places`: where a door has no list of cases, numbers lead nowhere. It
must not read a request or fetch a flow.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import flow_words, words
from ietvars.doors.furniture.flow_words import Bar, Names, Span, span
from ietvars.doors.furniture.shown import Mark, language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms.rules import pick
from ietvars.institution.flows import queries, rules

MOST_SAID = 5


"""So many rows of a kind stand on the page; files hold all."""


SORTS: Mapping[str, Callable[[rules.Edge], float]] = {
    "gadijumi": lambda edge: -edge.cases,
    "mediana": lambda edge: -edge.median_us,
    "kopa": lambda edge: -edge.sum_us,
}


@dataclass(frozen=True)
class Places:
    """Addresses of a door for one service: of the flow, its files, of a comparison; of cases and of the page that names
    steps where it has them."""

    flow: str
    csv: str
    json: str
    variants_csv: str
    compare: str
    cases: str = ""
    steps: str = ""

    def behind(self, wanted: queries.Filter, **said: str) -> str:
        """The list of the cases behind a figure; nothing where the door shows none."""
        if not self.cases:
            return ""
        return f"{self.cases}?{urlencode({**query_of(wanted), **said})}"


def query_of(wanted: queries.Filter) -> dict[str, str]:
    """A filter as words of an address."""
    said = {"periods": wanted.period, "kanals": wanted.channel, "sniedzejs": wanted.provider}
    return {name: value for name, value in said.items() if value}


def percent(part: int, whole: int) -> str:
    return words.percent(100 * part / whole, language(), decimals=0 if whole < 100 else 1) if whole else ""


def forms() -> str:
    return "lv" if language() == words.LATVIAN else "en"


def drawing(flow: rules.Flow, names: Names, places: Places, wanted: queries.Filter) -> dict[str, Any]:
    """What the script draws: steps and passages of the ways shown, with words and addresses ready."""
    said = language()
    types = {one.number: one.type for one in flow.activities}
    by_number = {one.number: one for one in flow.activities}
    edges = [edge for edge in flow.edges if (edge.source, edge.target) in flow.shown]
    most = max((edge.n for edge in edges), default=1)
    shown = {number for edge in edges for number in (edge.source, edge.target)}
    shown |= {variant.activities[0] for variant in flow.variants[:1]}
    return {
        "nodes": [
            {
                "id": str(number),
                "name": names.step(number),
                "count": words.number(by_number[number].cases, said),
                "href": places.behind(wanted, solis=str(number)),
                "kind": _node_kind(by_number[number], flow),
            }
            for number in sorted(shown & set(by_number))
        ],
        "edges": [
            {
                "source": str(edge.source),
                "target": str(edge.target),
                "count": words.number(edge.n, said),
                "time": span(edge.median_us),
                "width": round(1.5 + 8.5 * edge.n / most, 2),
                "tone": flow_words.tone(edge, types),
                "href": places.behind(wanted, no=str(edge.source), uz=str(edge.target)),
            }
            for edge in edges
        ],
    }


def _node_kind(one: rules.Activity, flow: rules.Flow) -> str:
    if one.ends * 2 > one.events:
        return "end"
    return "start" if one.starts * 2 > one.events and one.starts * 20 > flow.cases else "step"


def main_path(flow: rules.Flow, names: Names) -> list[tuple[str, str]]:
    """The commonest way, step by step, each with the time since the one before; for readers without the picture."""
    if not flow.variants:
        return []
    taken = {(edge.source, edge.target): edge for edge in flow.edges}
    path = flow.variants[0].activities
    made = [(names.step(path[0]), "")]
    for source, target in itertools.pairwise(path):
        edge = taken.get((source, target))
        made.append((names.step(target), span(edge.median_us) if edge else ""))
    return made


def passages(
    flow: rules.Flow,
    names: Names,
    places: Places,
    wanted: queries.Filter,
    sort: str,
    *,
    only: frozenset[tuple[int, int]] | None = None,
) -> Table:
    """The equal of the map: every passage that it shows, or every one, with cases, share and times."""
    edges = [edge for edge in flow.edges if only is None or (edge.source, edge.target) in only]
    edges.sort(key=lambda edge: (SORTS[sort](edge), edge.source, edge.target))
    return Table(
        code="plusma",
        caption=_("Passages between steps"),
        columns=(
            Column(_("Passage"), "passage"),
            Column(_("Cases"), "cases", n=True),
            Column(_("Share of cases"), "share", n=True, unit="%", in_file=True),
            Column(_("Times"), "times", n=True),
            Column(_("Median"), "median", n=True, unit=_("hours"), in_file=True),
            Column(_("9 of 10 within"), "ninth", n=True, unit=_("hours"), in_file=True),
        ),
        rows=tuple(
            Row(
                (
                    names.passage(edge.source, edge.target),
                    Cell(edge.cases, href=places.behind(wanted, no=str(edge.source), uz=str(edge.target))),
                    _Share(edge.cases, flow.cases),
                    edge.n,
                    Span(edge.median_us),
                    Span(edge.p90_us),
                )
            )
            for edge in edges
        ),
        stack="grid",
        scroll=_("Passages between steps"),
    )


def variants(flow: rules.Flow, names: Names, places: Places, wanted: queries.Filter, most: int) -> Table:
    """The commonest ways from beginning to end, with bars."""
    return Table(
        code="celi",
        caption=_("Ways from beginning to end"),
        columns=(
            Column(_("Way"), "way"),
            Column(_("Cases"), "cases", n=True),
            Column(_("Share of cases"), "share", n=True, unit="%", in_file=True),
            Column(pgettext("column head", "Bar"), "bar", unit="%", in_file=True),
        ),
        rows=tuple(
            Row(
                (
                    " → ".join(names.step(number) for number in variant.activities),
                    Cell(
                        variant.cases,
                        href=places.behind(wanted, cels=".".join(str(number) for number in variant.activities)),
                    ),
                    _Share(variant.cases, flow.cases),
                    Bar(variant.cases / flow.cases),
                )
            )
            for variant in flow.variants[:most]
        ),
        scroll=_("Ways from beginning to end"),
    )


@dataclass(frozen=True)
class _Share(Mark):
    part: int
    whole: int

    def html(self) -> SafeString:
        return format_html('<span class="iv-num">{}</span>', percent(self.part, self.whole))

    def plain(self) -> float:
        return round(100 * self.part / self.whole, 2) if self.whole else 0.0


def conformance(service: Any, flow: rules.Flow, places: Places, wanted: queries.Filter) -> dict[str, Any]:
    """How real ways kept to the described stages."""
    found = rules.conformance(flow.ways, queries.described_stages(service.pk))
    return {
        "judged": found.judged,
        "sentence": _conformance_sentence(found),
        "table": Table(
            code="atbilstiba",
            caption=_("Ways beside the described stages"),
            columns=(
                Column(_("How it went"), "what"),
                Column(_("Cases"), "cases", n=True),
                Column(_("Share"), "share", n=True, unit="%", in_file=True),
                Column(_("95 % interval"), "interval", n=True),
            ),
            rows=tuple(_conformance_row(one, places, wanted) for one in (found.kept, *found.deviations)),
            stack="grid",
        )
        if found.judged
        else None,
    }


def _conformance_sentence(found: rules.Conformance) -> str:
    said = language()
    parts = []
    if found.judged:
        parts.append(
            _("%(share)s of the judged cases went by the described stages: request, execution, receipt of the result.")
            % {"share": percent(found.kept.cases, found.judged)}
        )
    if found.running:
        parts.append(
            _("Still under way and not judged: %(count)s.") % {"count": words.count(found.running, "case", said)}
        )
    if found.unstaged:
        parts.append(
            _("Of %(count)s nobody said at which stage their events stand; they are not judged.")
            % {"count": words.counted(found.unstaged, _OF_CASES[forms()], said)}
        )
    return " ".join(parts)


_OF_CASES = {"lv": ("gadījuma", "gadījumiem", "gadījumiem"), "en": ("case", "cases")}


def _conformance_row(one: rules.Share, places: Places, wanted: queries.Filter) -> Row:
    said = language()
    name, about = (_("By the described stages"), "") if one.code is None else flow_words.DEVIATIONS[one.code]
    return Row(
        (
            Cell(name, under=about),
            Cell(one.cases, href=places.behind(wanted, novirze=one.code) if one.code and one.cases else ""),
            _Share(one.cases, one.of),
            f"{words.span(100 * one.low, 100 * one.high, said, decimals=1)}{words.NO_BREAK}%",
        )
    )


def sayings(flow: rules.Flow, names: Names, places: Places, wanted: queries.Filter) -> list[dict[str, Any]]:
    """What strikes, in short sentences with numbers: returns, repeats, hand-overs, where persons stop."""
    return [
        {"title": title, "none": none, "rows": rows}
        for title, none, rows in (
            (_("Done again"), _("No step was done again after another."), _returns(flow, names, places, wanted)),
            (
                _("Hand-overs between institutions"),
                _("Every case stayed with one body."),
                _handovers(flow, places, wanted),
            ),
            (
                _("Where cases stop without a result"),
                _("No case stopped on the way."),
                _dropouts(flow, names, places, wanted),
            ),
        )
    ]


def _returns(flow: rules.Flow, names: Names, places: Places, wanted: queries.Filter) -> list[tuple[str, str]]:
    said = language()
    made = [
        (
            loop.cases,
            _("%(step)s: again after another step in %(cases)s, %(times)s in all.")
            % {
                "step": names.step(loop.activity),
                "cases": words.counted(loop.cases, _IN_CASES[forms()], said),
                "times": words.counted(loop.times, _TIMES[forms()], said),
            },
            places.behind(wanted, solis=str(loop.activity), atkal="1"),
        )
        for loop in flow.loops
    ]
    made += [
        (
            edge.cases,
            _("%(step)s: twice in a row in %(cases)s.")
            % {"step": names.step(edge.source), "cases": words.counted(edge.cases, _IN_CASES[forms()], said)},
            places.behind(wanted, no=str(edge.source), uz=str(edge.target)),
        )
        for edge in flow.self_loops
    ]
    return [(says, href) for _cases, says, href in sorted(made, key=lambda one: -one[0])[:MOST_SAID]]


_IN_CASES = {"lv": ("gadījumā", "gadījumos", "gadījumos"), "en": ("case", "cases")}


_TIMES = {"lv": ("reizi", "reizes", "reižu"), "en": ("time", "times")}


def _handovers(flow: rules.Flow, places: Places, wanted: queries.Filter) -> list[tuple[str, str]]:
    said = language()
    ids = {number for one in flow.handovers for number in (one.source, one.target)}
    known = {body.pk: pick(body.name, said) for body in bodies.all_bodies().filter(pk__in=ids)}
    return [
        (
            _("%(first)s → %(then)s: %(times)s, half within %(time)s.")
            % {
                "first": known.get(one.source, str(one.source)),
                "then": known.get(one.target, str(one.target)),
                "times": words.counted(one.n, _TIMES[forms()], said),
                "time": span(one.median_us),
            },
            places.behind(wanted, nodod=f"{one.source}.{one.target}"),
        )
        for one in flow.handovers[:MOST_SAID]
    ]


def _dropouts(flow: rules.Flow, names: Names, places: Places, wanted: queries.Filter) -> list[tuple[str, str]]:
    said = language()
    return [
        (
            _("After “%(step)s”, %(outcome)s: %(cases)s (%(share)s).")
            % {
                "step": names.step(one.activity),
                "cases": words.count(one.cases, "case", said),
                "share": percent(one.cases, flow.cases),
                "outcome": flow_words.OUTCOMES[one.outcome],
            },
            places.behind(wanted, pec=str(one.activity), ka=one.outcome),
        )
        for one in flow.dropouts[:MOST_SAID]
    ]
