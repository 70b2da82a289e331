"""Gives code lists as SKOS concept schemes. The concepts are those that descriptions name."""

from collections.abc import Iterator
from typing import Any

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting import addresses
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Addresses, Named, Term, term_node
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import scheme
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said
from ietvars.ground.terms import queries as terms

HAS_TOP = v.Property("skos:hasTopConcept", v.Kind.LINK)


def nodes(code: str = "") -> Iterator[Node] | None:
    """One code list with its terms, or all of them; None when there is no such list."""
    lists = [one for one in terms.lists() if not code or one.code == code]
    return _nodes(lists) if lists or not code else None


def size(code: str = "") -> int:
    """How many terms that gives."""
    return sum(one.terms.count() for one in terms.lists() if not code or one.code == code)


def _nodes(lists: list[Any]) -> Iterator[Node]:
    where = addresses()
    named = Named(where, {})
    for one in lists:
        address, classes, said = scheme(one.code, one.title, one.source, named)
        told = list(one.terms.all())
        yield address, classes, [*said, *((HAS_TOP, where.term(one.code, each.code), None) for each in told)]
        for each in told:
            yield _term(where, one.code, each)


def _term(where: Addresses, scheme_code: str, one: Any) -> Node:
    facts = Term(one.label, one.same_as, one.notation, one.facts)
    address, classes, said = term_node(where, scheme_code, one.code, facts)
    more: list[Said] = [
        (v.TOP_CONCEPT_OF, where.scheme(scheme_code), None),
        (v.ORDER, str(one.position), "^^xsd:integer"),
    ]
    if one.since:
        more.append((v.SINCE, one.since.isoformat(), "^^xsd:date"))
    if one.until:
        more.append((v.UNTIL, one.until.isoformat(), "^^xsd:date"))
    return address, classes, [*said, *more]
