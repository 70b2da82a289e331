"""Our own vocabulary as nodes: what each class, role and property of it means. Made from `vocabulary` alone."""

from collections.abc import Iterator

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import texts
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said

COMMENT = v.Property("rdfs:comment", v.Kind.TEXT)
LABEL = v.Property("rdfs:label", v.Kind.TEXT)
DEFINED_BY = v.Property("rdfs:isDefinedBy", v.Kind.LINK)
RANGE = v.Property("rdfs:range", v.Kind.LINK)

ABOUT = "What the framework of service management says of a service and CPSV-AP 3.2.0 has no words for."


def nodes() -> Iterator[Node]:
    """The vocabulary with all its terms."""
    whole = v.OWN.rstrip("#")
    yield whole, ("owl:Ontology",), [(v.TITLE, "Ietvars", "@en"), (v.DESCRIPTION, ABOUT, "@en")]
    for one in v.CLASSES:
        kind = "skos:Concept" if one.is_concept else "rdfs:Class"
        name = one.short.partition(":")[2]
        said = texts(v.LABEL, v.ROLE_WORDS[name]) if one.is_concept else [(LABEL, name, "@en")]
        yield v.OWN + name, (kind,), [*said, (COMMENT, one.about, "@en"), (DEFINED_BY, whole, None)]
    for each in v.PROPERTIES:
        if each.iri.startswith(v.OWN):
            yield each.iri, ("rdf:Property",), _property(each, whole)


def _property(each: v.Property, whole: str) -> list[Said]:
    said: list[Said] = [
        (LABEL, each.short.partition(":")[2], "@en"),
        (COMMENT, each.about, "@en"),
        (DEFINED_BY, whole, None),
    ]
    if each.kind is v.Kind.TEXT:
        said.append((RANGE, v.iri("rdf:langString"), None))
    elif each.kind is v.Kind.PLAIN:
        said.append((RANGE, v.iri("xsd:string"), None))
    elif each.kind is not v.Kind.LINK:
        said.append((RANGE, v.iri(each.kind.value), None))
    return said
