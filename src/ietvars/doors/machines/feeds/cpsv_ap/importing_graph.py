"""A graph in memory from which a reader takes what it understands; what nobody took is what was not understood.

Files are read under the limits of `limits`, in a process apart. It knows terms of RDF, and nothing of services.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from ietvars.doors.machines.feeds import scratch
from ietvars.doors.machines.feeds.cpsv_ap import apart, errors, parsing, vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import clean
from ietvars.doors.machines.feeds.cpsv_ap.limits import Limits
from ietvars.doors.machines.feeds.cpsv_ap.vocabulary import Property

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal
RDF_TYPE = f"{vocabulary.PREFIXES['rdf']}type"
_STRING = f"{vocabulary.PREFIXES['xsd']}string"


class Graph:
    """What is said of each node: predicate to values, in the order of the file."""

    def __init__(self) -> None:
        self.said: dict[Node, dict[str, list[Term]]] = {}
        self.size = 0

    def add(self, subject: Node, predicate: str, value: Term) -> None:
        """One triple."""
        self.said.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self.size += 1

    def once(self) -> None:
        """Let what is said twice stand once."""
        for told in self.said.values():
            for name, values in told.items():
                if len(values) > 1:
                    told[name] = list(dict.fromkeys(values))

    def values(self, node: Term, name: Property) -> list[Term]:
        """What is said, left where it is."""
        return self.said.get(node, {}).get(name.iri, []) if not isinstance(node, ox.Literal) else []

    def take(self, node: Node, name: Property) -> list[Term]:
        """What is said, taken out: it is understood unless given back."""
        return self.said.get(node, {}).pop(name.iri, [])

    def give_back(self, node: Node, name: Property, values: Iterable[Term]) -> None:
        """Values that were not understood."""
        if left := list(values):
            self.said.setdefault(node, {})[name.iri] = left

    def keep_if(self, node: Node, name: Property, understood: Callable[[Term], bool]) -> None:
        """Take each value that is understood."""
        self.give_back(node, name, [value for value in self.take(node, name) if not understood(value)])

    def classes(self, node: Term) -> frozenset[str]:
        """IRIs of the classes of a node."""
        if isinstance(node, ox.Literal):
            return frozenset()
        return frozenset(
            one.value for one in self.said.get(node, {}).get(RDF_TYPE, []) if isinstance(one, ox.NamedNode)
        )

    def forget_classes(self, node: Node, *known: str) -> None:
        """Take the classes that we give a thing of this kind ourselves."""
        told = self.said.get(node, {})
        left = [one for one in told.pop(RDF_TYPE, []) if one.value not in known]
        if left:
            told[RDF_TYPE] = left

    def of_class(self, *classes: str) -> Iterator[Node]:
        """Nodes of any of the classes, in the order of the file."""
        wanted = {ox.NamedNode(one) for one in classes}
        return (node for node, told in self.said.items() if wanted.intersection(told.get(RDF_TYPE, ())))

    def made(self, node: Node, name: str) -> ox.NamedNode:
        """A new node that belongs to another."""
        base = node.value if isinstance(node, ox.NamedNode) else f"urn:ietvars:node:{node.value}"
        return ox.NamedNode(f"{base}{'-' if '#' in base else '#'}{name}")


def _speakable(value: Term) -> Term:
    """A text without characters that no table and not every format can hold."""
    if isinstance(value, ox.Literal) and (text := clean(value.value)) != value.value:
        return (
            ox.Literal(text, language=value.language) if value.language else ox.Literal(text, datatype=value.datatype)
        )
    return value


def load(
    paths: Iterable[Path], *, limits: Limits, change: Callable[[str, Term], tuple[str, Term]],
    format: parsing.Format | None = None,  # noqa: A002 - the word of the trade
    tell: Callable[[int], None] = lambda _count: None,
) -> Graph:  # fmt: skip
    """Read files as one graph; `change` may rename a predicate and its object. Raises what parsing refuses."""
    graph = Graph()
    for path in paths:
        with scratch.folder() as place:
            plain = place / "triples.nt"
            found, called = parsing.settled(path, place, limits=limits)
            arguments = {"path": str(found), "format": format, "name": called, "into": str(plain)}
            apart.call("parsing:rewrite", arguments, limits, file=called)
            # Blank nodes of two files are two things, whatever they are called.
            triples = ox.parse(path=str(plain), format=ox.RdfFormat.N_TRIPLES, lenient=True, rename_blank_nodes=True)
            for quad in triples:
                predicate, value = change(quad.predicate.value, _speakable(quad.object))
                graph.add(quad.subject, predicate, value)
                if graph.size % 10_000 == 0:
                    tell(graph.size)
                if graph.size > limits.triples:
                    raise errors.TooManyTriples(file=called, limit=limits.triples)
    graph.once()
    tell(graph.size)
    return graph
