"""What the profile lets pass and we still say: terms nobody knows, two titles in one language, things without address.

None of these counts as a fault of conformity.
"""

from dataclasses import dataclass

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import rules, validating_words, vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.validating import named

MOST = 1000
"""Warnings of one kind that are listed; all are counted."""

UNKNOWN_TERM, TITLE_TWICE, BLANK_NODE = "unknown-term", "title-twice", "blank-node"

WELL_KNOWN = (
    *vocabulary.PREFIXES.values(),
    "http://www.w3.org/ns/prov#",
    "http://www.w3.org/ns/dqv#",
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/shacl#",
    "http://www.w3.org/ns/regorg#",
    "http://www.w3.org/2006/vcard/ns#",
    "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "http://www.opengis.net/ont/geosparql#",
    "http://purl.org/linked-data/cube#",
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/dcmitype/",
    "http://purl.org/vocab/vann/",
    "http://schema.org/",
    "https://schema.org/",
)
"""Namespaces whose terms nobody would take for a slip."""

CLOSED = (vocabulary.PREFIXES["cpsv"], vocabulary.PREFIXES["cv"])
"""The namespaces of the profile itself: what it does not name there is a slip or an older term."""

WITH_ADDRESS = tuple(
    vocabulary.iri(owner)
    for owner in (
        "cpsv:PublicService cv:PublicOrganisation org:Organization foaf:Agent cv:Event cv:LifeEvent cv:BusinessEvent"
        " cv:Channel cv:Cost cv:Participation cv:Requirement cv:Evidence cv:EvidenceType cv:Output cpsv:Rule"
        " eli:LegalResource cv:ServiceConcessionContract dcat:Dataset skos:Concept"
    ).split()
)
"""Classes whose members others point at."""

TITLES = (vocabulary.iri("dct:title"), vocabulary.iri("skos:prefLabel"))


@dataclass(frozen=True)
class Warnings:
    """The warnings listed, as JSON, and how many there are of each kind."""

    listed: list[dict[str, object]]
    counts: dict[str, int]


def look(store: ox.Store) -> Warnings:
    """Look over a graph made by `validating.graph_of`."""
    listed: list[dict[str, object]] = []
    counts: dict[str, int] = {}
    for kind, found in ((UNKNOWN_TERM, _unknown(store)), (TITLE_TWICE, _twice(store)), (BLANK_NODE, _blank(store))):
        counts[kind] = len(found)
        listed += [{"kind": kind, **one} for one in found[:MOST]]
    return Warnings(listed, counts)


def _unknown(store: ox.Store) -> list[dict[str, object]]:
    profile = rules.profile()
    known = profile.classes | profile.properties
    found = []
    for is_class, text in (
        (False, "SELECT ?t (COUNT(*) AS ?n) (SAMPLE(?s) AS ?f) WHERE { ?s ?t ?o } GROUP BY ?t ORDER BY ?t"),
        (True, "SELECT ?t (COUNT(*) AS ?n) (SAMPLE(?s) AS ?f) WHERE { ?s a ?t } GROUP BY ?t ORDER BY ?t"),
    ):
        for row in store.query(text):  # type: ignore[union-attr]
            term = row["t"]
            if not isinstance(term, ox.NamedNode) or term.value in known or not _is_strange(term.value):
                continue
            times = int(row["n"].value)
            sentence = validating_words.of_unknown_term(term.value, times, is_class=is_class)
            found.append({"focus": named(row["f"]), "path": term.value, "count": times, "sentence": sentence})
    return found


def _is_strange(term: str) -> bool:
    return term.startswith(CLOSED) or not term.startswith(WELL_KNOWN)


def _twice(store: ox.Store) -> list[dict[str, object]]:
    found = []
    for path in TITLES:
        text = (
            f"SELECT ?f ?l (COUNT(*) AS ?n) WHERE {{ ?f <{path}> ?t BIND(lang(?t) AS ?l) FILTER(?l != '') }}"
            " GROUP BY ?f ?l HAVING (COUNT(*) > 1)"
        )
        for row in store.query(text):  # type: ignore[union-attr]
            times, language = int(row["n"].value), row["l"].value
            sentence = validating_words.of_title_twice(path, language, times)
            found.append({"focus": named(row["f"]), "path": path, "count": times, "sentence": sentence})
    return found


def _blank(store: ox.Store) -> list[dict[str, object]]:
    found = []
    for owner in WITH_ADDRESS:
        for row in store.query(f"SELECT ?f WHERE {{ ?f a <{owner}> FILTER(isBlank(?f)) }}"):  # type: ignore[union-attr]
            sentence = validating_words.of_blank_node(owner)
            found.append({"focus": named(row["f"]), "path": owner, "count": 1, "sentence": sentence})
    return found
