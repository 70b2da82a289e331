"""Judges a graph by the rules of the profile, each run as one SPARQL query: once as it stands, once with the ontology.

The two judgements differ where the profile says that one class is also another. Nothing is ever added to the graph that
is judged; what is known of subclasses is marked with a predicate of our own. Literals keep the letters they were
written in, since the engine would take PT72H and P3D for one. Must not know where a graph came from, nor say sentences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import rules
from ietvars.doors.machines.feeds.cpsv_ap.rules import Constraint, Rule

RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_AS_WRITTEN = "urn:ietvars:as-written:"
_STRING = ox.NamedNode(f"{_XSD}string")

Step = Callable[[int, int], None]
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Mode(StrEnum):
    """The two judgements, by the names that reports give them."""

    SHAPES = "shapes_only"
    ONTOLOGY = "shapes_plus_ontology"


@dataclass(frozen=True)
class Fault:
    """One thing that breaks one rule: at which subject, and by which value (a term of RDF) where one is to blame."""

    focus: ox.NamedNode | ox.BlankNode
    rule: Rule
    value: Term | None = None
    number: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """(focus, path, constraint), as reports are compared."""
        return (named(self.focus), self.rule.path, self.rule.constraint.value)


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a graph in both modes; equal faults stand in both."""

    faults: dict[Mode, tuple[Fault, ...]]
    triples: int
    services: int

    @property
    def conforms(self) -> bool:
        """Only a graph without faults in both modes conforms."""
        return not any(self.faults.values())


def named(node: ox.NamedNode | ox.BlankNode) -> str:
    """How reports call a node: its IRI, or _:label."""
    return node.value if isinstance(node, ox.NamedNode) else f"_:{node.value}"


# ---- the graph --------------------------------------------------------------------------------------------------


def graph_of(quads: Iterable[ox.Quad]) -> ox.Store:
    """A store for judging. Not for anything else: its typed literals are marked as written."""
    store = ox.Store()
    store.bulk_extend(_as_written(quad) for quad in quads)
    return store


def _as_written(quad: ox.Quad) -> ox.Quad:
    value = quad.object
    if isinstance(value, ox.Literal) and value.language is None and value.datatype != _STRING:
        kept = ox.Literal(value.value, datatype=ox.NamedNode(_AS_WRITTEN + value.datatype.value))
        return ox.Quad(quad.subject, quad.predicate, kept)
    return quad


def plain(value: Term) -> Term:
    """A value of such a store as it stood in the file."""
    if isinstance(value, ox.Literal) and value.datatype.value.startswith(_AS_WRITTEN):
        return ox.Literal(value.value, datatype=ox.NamedNode(value.datatype.value.removeprefix(_AS_WRITTEN)))
    return value


# ---- judging ----------------------------------------------------------------------------------------------------


def judge(store: ox.Store, step: Step | None = None) -> Judgement:
    """Judge a graph made by `graph_of`. `step` hears how many rules are done of how many."""
    profile = rules.profile()
    triples = len(store)
    services = _count(store, "http://purl.org/vocab/cpsv#PublicService")
    below = {mode: _below(store, profile, mode) for mode in Mode}
    predicates = {path: _is_used(store, path) for path in profile.properties}
    asked = [rule for rule in profile.rules if rule.constraint is Constraint.MIN or predicates[rule.path]]
    faults: dict[Mode, list[Fault]] = {mode: [] for mode in Mode}
    suspects = _Suspects(store)
    marks = _mark(store, below)
    try:
        for number, rule in enumerate(asked, start=1):
            for modes in _modes_alike(rule, below):
                is_a = partial(_is_a, mode=modes[0], below=below[modes[0]])
                if not suspects.has(rule, is_a):
                    continue
                found = list(_faults(store, rule, query(rule, is_a)))
                for mode in modes:
                    faults[mode] += found
            if step:
                step(number, len(asked))
    finally:
        for mark in marks:
            store.remove(mark)
    return Judgement({mode: tuple(each) for mode, each in faults.items()}, triples, services)


def _modes_alike(rule: Rule, below: dict[Mode, dict[str, frozenset[str]]]) -> list[tuple[Mode, ...]]:
    """Modes in groups that see the same members of the classes of a rule, so that it is asked once for each group."""
    seen: dict[object, list[Mode]] = {}
    for mode, classes in below.items():
        seen.setdefault((classes[rule.owner], classes.get(rule.bound)), []).append(mode)
    return [tuple(modes) for modes in seen.values()]


class _Suspects:
    """Asks first whether anything at all could break a rule, whatever class it is of.

    Many classes share a property, and most properties are without fault, so one short question spares many long ones.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._known: dict[str, bool] = {}

    def has(self, rule: Rule, is_a: Callable[[str], str]) -> bool:
        """Whether the rule must be asked of its class."""
        text = suspicion(rule, is_a)
        if text not in self._known:
            self._known[text] = not text or bool(self._store.query(text))
        return self._known[text]


def suspicion(rule: Rule, is_a: Callable[[str], str]) -> str:
    """The rule without its class, as a question for yes or no; empty where that would spare nothing."""
    values = f"?f <{rule.path}> ?v"
    match rule.constraint:
        case Constraint.MIN:
            return ""
        case Constraint.MAX:
            return f"ASK {{ {values} , ?w FILTER(!sameTerm(?v, ?w)) }}"
        case Constraint.DATATYPE:
            return f"ASK {{ {values} FILTER(!({_WELL_WRITTEN[rule.bound]})) }}"
        case Constraint.CLASS:
            return (
                f"ASK {{ {{ SELECT DISTINCT ?v WHERE {{ {values} }} }} FILTER NOT EXISTS {{ ?v {is_a(rule.bound)} }} }}"
            )


def _faults(store: ox.Store, rule: Rule, text: str) -> Iterator[Fault]:
    for solution in store.query(text):  # type: ignore[union-attr]
        value = solution["v"] if rule.constraint in (Constraint.DATATYPE, Constraint.CLASS) else None
        number = int(solution["n"].value) if rule.constraint is Constraint.MAX else 0
        yield Fault(solution["f"], rule, plain(value) if value is not None else None, number)


def query(rule: Rule, is_a: Callable[[str], str]) -> str:
    """The rule as SPARQL; `is_a` says by which predicate and object a node is of a class."""
    target = f"?f {is_a(rule.owner)} ."
    match rule.constraint:
        case Constraint.MIN:
            return f"SELECT ?f WHERE {{ {target} FILTER NOT EXISTS {{ ?f <{rule.path}> ?v }} }}"
        case Constraint.MAX:
            return (
                f"SELECT ?f (COUNT(?v) AS ?n) WHERE {{ {target} ?f <{rule.path}> ?v }}"
                " GROUP BY ?f HAVING (COUNT(?v) > 1)"
            )
        case Constraint.DATATYPE:
            return f"SELECT ?f ?v WHERE {{ {target} ?f <{rule.path}> ?v FILTER(!({_WELL_WRITTEN[rule.bound]})) }}"
        case Constraint.CLASS:
            return (
                f"SELECT ?f ?v WHERE {{ {target} ?f <{rule.path}> ?v FILTER NOT EXISTS {{ ?v {is_a(rule.bound)} }} }}"
            )


_TIME = r"T([0-9]+H([0-9]+M)?([0-9]+([.][0-9]+)?S)?|[0-9]+M([0-9]+([.][0-9]+)?S)?|[0-9]+([.][0-9]+)?S)"
_DURATION = rf"^\\s*-?P(([0-9]+Y([0-9]+M)?([0-9]+D)?|[0-9]+M([0-9]+D)?|[0-9]+D)({_TIME})?|{_TIME})\\s*$"
_DOUBLE = r"^\\s*([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)\\s*$"


def _written_as(datatype: str, pattern: str) -> str:
    return f'isLiteral(?v) && datatype(?v) = <{_AS_WRITTEN}{datatype}> && regex(str(?v), "{pattern}")'


_WELL_WRITTEN = {
    rules.DATATYPES[rules.TEXT]: 'isLiteral(?v) && lang(?v) != ""',
    # The grammars of XML Schema, part 2, sections 3.2.6 and 3.2.5.
    rules.DATATYPES[rules.DURATION]: _written_as(rules.DATATYPES[rules.DURATION], _DURATION),
    rules.DATATYPES[rules.DOUBLE]: _written_as(rules.DATATYPES[rules.DOUBLE], _DOUBLE),
}


# ---- what is also what ------------------------------------------------------------------------------------------


def _below(store: ox.Store, profile: rules.Profile, mode: Mode) -> dict[str, frozenset[str]]:
    """Each class of the profile with all classes that are it, by the file and, in that mode, by the ontology."""
    lower: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, SUBCLASS, None):
        if isinstance(quad.object, ox.NamedNode) and not isinstance(quad.subject, ox.Triple):
            lower[quad.object.value].add(named(quad.subject))
    if mode is Mode.ONTOLOGY:
        for low, high in profile.subclasses.items():
            lower[high].add(low)
    return {owner: _reached(owner, lower) for owner in profile.classes}


def _reached(owner: str, lower: dict[str, set[str]]) -> frozenset[str]:
    found, waiting = {owner}, [owner]
    while waiting:
        for one in lower.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return frozenset(found)


def _is(mode: Mode) -> ox.NamedNode:
    return ox.NamedNode(f"urn:ietvars:is:{mode.value}")


def _is_a(owner: str, *, mode: Mode, below: dict[str, frozenset[str]]) -> str:
    """Predicate and object by which a node is of a class."""
    predicate = RDF_TYPE if len(below[owner]) == 1 else _is(mode)
    return f"<{predicate.value}> <{owner}>"


def _mark(store: ox.Store, below: dict[Mode, dict[str, frozenset[str]]]) -> list[ox.Quad]:
    """Mark the members of classes that have others below them; gives the marks back, to be taken off again."""
    marks = []
    for mode, classes in below.items():
        for owner, lower in classes.items():
            if len(lower) > 1:
                members = {
                    quad.subject for one in lower for quad in store.quads_for_pattern(None, RDF_TYPE, _node(one))
                }
                marks += [ox.Quad(member, _is(mode), ox.NamedNode(owner)) for member in members]
    store.bulk_extend(marks)
    return marks


def _node(name: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(name.removeprefix("_:")) if name.startswith("_:") else ox.NamedNode(name)


def _is_used(store: ox.Store, path: str) -> bool:
    return next(iter(store.quads_for_pattern(None, ox.NamedNode(path), None)), None) is not None


def _count(store: ox.Store, owner: str) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, RDF_TYPE, ox.NamedNode(owner)))
