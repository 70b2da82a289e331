"""The report of a validation as JSON: both judgements with faults in words, the services they belong to, warnings.

Its shape is described in docs/howto/json-of-commands.md. Decides nothing.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import rules, validating_words
from ietvars.doors.machines.feeds.cpsv_ap.validating import RDF_TYPE, Fault, Judgement, Mode, named, plain
from ietvars.doors.machines.feeds.cpsv_ap.validating_warnings import Warnings

MOST = 200_000
"""Faults of a mode that a report lists; all are counted."""

UP, VISITED, NAMED = 4, 200, 10
"""How many links are followed from a fault towards a service, over how many nodes, to how many services."""

SERVICE = ox.NamedNode("http://purl.org/vocab/cpsv#PublicService")
TITLE = ox.NamedNode("http://purl.org/dc/terms/title")


def document(store: ox.Store, judged: Judgement, warnings: Warnings, prefixes: Mapping[str, str]) -> dict[str, Any]:
    """The report of one graph."""
    owners = _Owners(store)
    short = _Short(prefixes)
    return {
        "conforms": judged.conforms,
        "triples": judged.triples,
        "services": judged.services,
        **{mode.value: _mode(judged.faults[mode], owners, short) for mode in Mode},
        "warnings": [{**one, "focus": short(str(one["focus"])), "focus_iri": one["focus"]} for one in warnings.listed],
        "warnings_counted": warnings.counts,
    }


def _mode(faults: tuple[Fault, ...], owners: "_Owners", short: "_Short") -> dict[str, Any]:
    rows = sorted(faults, key=lambda fault: fault.key)
    per_service = Counter(service for fault in rows for service in owners.of(fault.focus)[:1])
    return {
        "conforms": not faults,
        "faults": len(faults),
        "results": [_result(fault, owners, short) for fault in rows[:MOST]],
        "by_rule": [
            {"path": path, "constraint": constraint, "faults": times}
            for (path, constraint), times in Counter(fault.key[1:] for fault in rows).most_common()
        ],
        "by_service": [
            {"service": service, "title": owners.title(service), "faults": times}
            for service, times in per_service.most_common()
        ],
    }


def _result(fault: Fault, owners: "_Owners", short: "_Short") -> dict[str, Any]:
    services = owners.of(fault.focus)
    return {
        "focus": short(named(fault.focus)),
        "path": fault.rule.path,
        "constraint": fault.rule.constraint.value,
        "focus_iri": named(fault.focus),
        "of_class": fault.rule.owner,
        "value": None if fault.value is None else str(fault.value)[:1000],
        "wanted": fault.rule.bound or None,
        "services": services,
        "sentence": validating_words.of_fault(fault),
    }


class _Owners:
    """Finds the services that a thing belongs to, by the links that lead to it."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._known: dict[str, list[str]] = {}

    def of(self, focus: ox.NamedNode | ox.BlankNode) -> list[str]:
        """IRIs of the nearest services, at most ten; none where it cannot be told."""
        key = named(focus)
        if key not in self._known:
            self._known[key] = sorted(named(one) for one in self._nearest(focus))[:NAMED]
        return self._known[key]

    def _nearest(self, focus: Any) -> list[Any]:
        level, seen = [focus], {focus}
        for _ in range(UP + 1):
            if found := [one for one in level if ox.Quad(one, RDF_TYPE, SERVICE) in self._store]:
                return found
            above = []
            for one in level:
                for quad in self._store.quads_for_pattern(None, None, one):
                    if len(seen) >= VISITED:
                        break
                    if quad.subject not in seen:
                        seen.add(quad.subject)
                        above.append(quad.subject)
            level = above
        return []

    def title(self, service: str) -> dict[str, str]:
        """Titles of a service by language; a title without one stands under an empty code."""
        node = ox.BlankNode(service[2:]) if service.startswith("_:") else ox.NamedNode(service)
        found: dict[str, str] = {}
        for quad in self._store.quads_for_pattern(node, TITLE, None):
            value = plain(quad.object)
            if isinstance(value, ox.Literal):
                found.setdefault(value.language or "", value.value[:400])
        return found


class _Short:
    """Shortens an IRI by the prefixes that the file itself declares, as people know its things."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(((whole, name) for name, whole in prefixes.items() if whole), reverse=True)

    def __call__(self, iri: str) -> str:
        for whole, name in self._prefixes:
            if iri.startswith(whole) and re.fullmatch(r"[\w-][\w.-]*", iri[len(whole) :]):
                return f"{name}:{iri[len(whole) :]}"
        return iri


def engine() -> str:
    """What judged, for the head of a report."""
    return f"{rules.profile().name}, SPARQL on pyoxigraph {ox.__version__}"
