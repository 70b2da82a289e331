"""Brings a concept scheme in as a code list. Terms that left it are ended; what a term says besides stays with it.

Reads under the limits of linked data. Which terms mean the same as those of another list is not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyoxigraph as ox
from django.utils.text import slugify

from ietvars.doors.machines.feeds.cpsv_ap import limits
from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Graph, Node, Term, load
from ietvars.doors.machines.feeds.cpsv_ap.importing_taking import UNDETERMINED, texts_of
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import ending
from ietvars.doors.machines.feeds.skos import errors
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms import actions as terms
from ietvars.ground.terms import queries as known
from ietvars.ground.terms.rules import LANGUAGES, ListFacts, TermFacts

SCHEME, CONCEPT = v.iri("skos:ConceptScheme"), v.iri("skos:Concept")
HAS_TOP = v.Property("skos:hasTopConcept", v.Kind.LINK)
DC_IDENTIFIER = v.Property("dct:identifier", v.Kind.PLAIN)
_MOST_CODE, _MOST_LIST, _MOST_ADDRESS, _MOST_NOTATION = 80, 64, 300, 40


@dataclass
class Run:
    """What came in."""

    code: str
    terms: int = 0
    report: dict[str, int] = field(default_factory=dict)
    unlabelled: list[str] = field(default_factory=list)
    untranslated: dict[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The report for machines."""
        return {"document": "ietvars/import-skos", "version": 1, "list": self.code, "terms": self.terms, **self.report,
                "without_label": self.unlabelled, "without_language": self.untranslated}  # fmt: skip


def bring(
    paths: Sequence[Path], *, by: Actor, now: datetime, code: str = "", scheme: str = "", language: str = ""
) -> Run:
    """Bring one scheme in under a code; without one, that of the scheme's own address.

    Raises what parsing refuses, NoScheme, NoSuchScheme, NotForYou.
    """
    graph = load(paths, limits=limits.current(), change=lambda predicate, value: (predicate, value))
    node = _chosen(graph, scheme, paths[0].name)
    spoken = language or UNDETERMINED
    concepts = _concepts(graph, node)
    if not concepts:
        raise errors.NoScheme(file=paths[0].name)
    wanted = (code or slugify(ending(node.value)))[:_MOST_LIST] or "list"
    before = {one.code: one for one in known.terms(wanted)}
    run = Run(wanted, len(concepts))
    told = []
    taken: set[str] = set()
    for one in concepts:
        facts = _term(graph, one, spoken, taken)
        if not facts.label:
            run.unlabelled.append(facts.code)
        for each in LANGUAGES:
            if not facts.label.get(each):
                run.untranslated[each] = run.untranslated.get(each, 0) + 1
        kept = before.get(facts.code)
        told.append(
            TermFacts(
                code=facts.code,
                label={**(kept.label if kept else {}), **facts.label} or {spoken: facts.code},
                same_as=facts.same_as or (kept.same_as if kept else ""),
                notation=facts.notation or (kept.notation if kept else ""),
                facts=kept.facts if kept else {},
                since=facts.since,
                until=facts.until,
            )
        )
    title = texts_of(graph.values(node, v.LABEL) or graph.values(node, v.TITLE), spoken)
    source = next((one.value for one in graph.values(node, v.SOURCE)), node.value)
    facts_list = ListFacts(code=wanted, title=title or {spoken: wanted}, source=source, terms=tuple(told))
    run.report = terms.load_lists(lists=[facts_list], by=by, now=now)
    return run


def _chosen(graph: Graph, scheme: str, file: str) -> ox.NamedNode:
    found = [node for node in graph.of_class(SCHEME) if isinstance(node, ox.NamedNode)]
    if not found:
        raise errors.NoScheme(file=file)
    fitting = [node for node in found if not scheme or scheme in (node.value, ending(node.value))]
    if len(fitting) != 1:
        raise errors.NoSuchScheme(known=", ".join(node.value for node in found[:20]))
    return fitting[0]


def _concepts(graph: Graph, scheme: Node) -> list[Node]:
    """The scheme's concepts in their order: their own, else that of the file."""
    of_scheme = [
        node
        for node in graph.of_class(CONCEPT)
        if scheme in graph.values(node, v.IN_SCHEME)
        or scheme in graph.values(node, v.TOP_CONCEPT_OF)
        or node in graph.values(scheme, HAS_TOP)
    ]
    return sorted(of_scheme, key=lambda node: _order(graph.values(node, v.ORDER)))


def _order(values: Sequence[Term]) -> int:
    return int(values[0].value) if values and values[0].value.isdigit() else 0


def _term(graph: Graph, node: Node, spoken: str, taken: set[str]) -> TermFacts:
    names = [one.value for name in (v.NOTATION, DC_IDENTIFIER) for one in graph.values(node, name)]
    is_ours = "/id/term/" in node.value
    wanted = slugify((names[:1] or [""])[0] if is_ours else ending(node.value)) or slugify((names or ["term"])[0])
    wanted = wanted[: _MOST_CODE - 4] or "term"
    code, number = wanted, 2
    while code in taken:
        code, number = f"{wanted}-{number}", number + 1
    taken.add(code)
    same = [one.value for one in graph.values(node, v.EXACT_MATCH) if isinstance(one, ox.NamedNode)]
    address = same[0] if same else ("" if is_ours or isinstance(node, ox.BlankNode) else node.value)
    return TermFacts(
        code=code,
        label=texts_of(graph.values(node, v.LABEL), spoken),
        same_as=address if len(address) <= _MOST_ADDRESS else "",
        notation="" if is_ours else (names or [""])[0][:_MOST_NOTATION],
        since=_day(graph.values(node, v.SINCE)),
        until=_day(graph.values(node, v.UNTIL)),
    )


def _day(values: Sequence[Term]) -> date | None:
    try:
        return date.fromisoformat(values[0].value[:10]) if values else None
    except ValueError:
        return None
