"""Gives triples that nobody here understood out again, as they came: from N-Triples back to nodes.

It must not decide what they mean; another catalogue may know.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said, clean

RDF_TYPE = f"{v.PREFIXES['rdf']}type"
_STRING = f"{v.PREFIXES['xsd']}string"


def nodes(triples: str) -> Iterator[Node]:
    """The nodes of some N-Triples, which hold no blank nodes."""
    if not triples:
        return
    classes: dict[str, list[str]] = {}
    said: dict[str, list[Said]] = {}
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        subject, value = quad.subject.value, quad.object
        of = said.setdefault(subject, [])
        if quad.predicate.value == RDF_TYPE and isinstance(value, ox.NamedNode):
            classes.setdefault(subject, []).append(v.shortened(value.value))
        elif isinstance(value, ox.NamedNode):
            of.append((v.Property.unknown(quad.predicate.value), value.value, None))
        elif isinstance(value, ox.Literal):
            of.append((v.Property.unknown(quad.predicate.value), clean(value.value), _mark(value)))
    for subject, told in said.items():
        yield subject, tuple(classes.get(subject, ())), told


def _mark(value: ox.Literal) -> str:
    if value.language:
        return f"@{value.language}"
    kind = value.datatype.value
    return "" if kind == _STRING else f"^^{v.shortened(kind)}"
