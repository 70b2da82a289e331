"""Brings older words of CPSV-AP up to those of 3.2.0: what was renamed since 1.x, and what became a node of its own.

Our own table after the changelogs of the profile; where these say nothing the basis is real data of that time. Must not
judge whether the result conforms, nor touch what was never renamed.
"""

from collections import Counter
from dataclasses import dataclass

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import RDF_TYPE, Graph, Term

SCHEMA = ("http://schema.org/", "https://schema.org/")

CLASSES = {
    "dct:Agent": "foaf:Agent",
    "cv:CriterionRequirement": "cv:Requirement",
    "cv:PublicServiceDataset": "dcat:Dataset",
    "schema:ContactPoint": "cv:ContactPoint",
    "schema:OpeningHoursSpecification": "time:TemporalEntity",
    "cv:ConcessionContract": "cv:ServiceConcessionContract",
    "cpsv:FormalFramework": "eli:LegalResource",
}
"""Classes that were renamed."""

PROPERTIES = {
    "cv:hasCriterion": "cv:holdsRequirement",
    "cv:isDescribedAt": "dct:isPartOf",
    "cv:hasContactPoint": "cv:contactPoint",
    "schema:email": "cv:email",
    "schema:telephone": "cv:telephone",
    "schema:openingHours": "cv:openingHours",
    "schema:hoursAvailable": "cv:specialOpeningHoursSpecification",
    "cv:value": "cv:hasValue",
    "cv:hasAddress": "locn:address",
    "cv:playsRole": "cv:participates",
    "dct:status": "adms:status",
    "cv:hasFormalFramework": "cv:hasLegalResource",
}
"""Properties that were renamed."""

MADE_NODES = {"cv:serviceProvider": "cv:hasParticipation", "dct:relation": "cv:hasRelatedService"}
"""Properties that a rename alone does not mend: a provider takes part, an event names services by an own word."""

DROPPED = ("schema:faxNumber",)
"""Gone without a successor; kept as it came."""


def _wholes(told: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Whole IRI of each old word to the old word and the whole IRI of the new one."""
    found = {}
    for old, new in told.items():
        prefix, _, name = old.partition(":")
        for space in SCHEMA if prefix == "schema" else (v.PREFIXES[prefix],):
            found[space + name] = (old, v.iri(new))
    return found


_CLASSES, _PROPERTIES = _wholes(CLASSES), _wholes(PROPERTIES)
_PROVIDER, _RELATION = map(v.iri, MADE_NODES)
_EVENTS = frozenset(map(v.iri, ("cv:Event", "cv:LifeEvent", "cv:BusinessEvent")))
_HOURS = (v.iri("cv:openingHours"), v.iri("cv:specialOpeningHoursSpecification"))


@dataclass
class Upgrade:
    """Upgrades triple by triple while a graph is read, then what needs the whole graph; counts each old word."""

    counts: Counter[str]

    @classmethod
    def begin(cls) -> "Upgrade":
        """Nothing upgraded yet."""
        return cls(Counter())

    def triple(self, predicate: str, value: Term) -> tuple[str, Term]:
        """Predicate and object in today's words."""
        if predicate == RDF_TYPE and isinstance(value, ox.NamedNode):
            renamed = _CLASSES.get(value.value)
            if renamed:
                self.counts[renamed[0]] += 1
                return predicate, ox.NamedNode(renamed[1])
        elif renamed := _PROPERTIES.get(predicate):
            self.counts[renamed[0]] += 1
            return renamed[1], value
        return predicate, value

    def graph(self, graph: Graph) -> None:
        """What the whole graph must be known for."""
        for node in list(graph.said):
            told = graph.said[node]
            if _PROVIDER in told:
                self._providers(graph, node)
            if _RELATION in told and graph.classes(node) & _EVENTS:
                values = told.pop(_RELATION)
                self.counts["dct:relation"] += len(values)
                told.setdefault(v.HAS_RELATED_SERVICE.iri, []).extend(values)
            for name in _HOURS:
                if any(isinstance(value, ox.Literal) for value in told.get(name, ())):
                    self._hours(graph, node, name)

    def _providers(self, graph: Graph, node: ox.NamedNode | ox.BlankNode) -> None:
        for number, provider in enumerate(graph.said[node].pop(_PROVIDER), start=1):
            self.counts["cv:serviceProvider"] += 1
            part = graph.made(node, f"provider-{number}")
            graph.said[part] = {
                RDF_TYPE: [ox.NamedNode(v.iri("cv:Participation"))],
                v.ROLE.iri: [ox.NamedNode(f"{v.OWN}role-provider")],
                v.PARTICIPANT.iri: [provider],
            }
            graph.said[node].setdefault(v.PARTICIPATION.iri, []).append(part)

    def _hours(self, graph: Graph, node: ox.NamedNode | ox.BlankNode, name: str) -> None:
        values = graph.said[node][name]
        for number, value in enumerate(values):
            if isinstance(value, ox.Literal):
                made = graph.made(node, f"hours-{number + 1}")
                graph.said[made] = {
                    RDF_TYPE: [ox.NamedNode(v.iri("time:TemporalEntity"))],
                    v.DESCRIPTION.iri: [value],
                }
                values[number] = made
