"""Parts what was not understood of services: what can be given out again, and what would make the catalogue faulty.

The rules of the profile judge it: what they blame is held back, again and again until they blame nothing. Pure apart
from the nodes of the services, which it is handed a function for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import validating
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, ntriples
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import RDF_TYPE
from ietvars.doors.machines.feeds.cpsv_ap.rules import Constraint

MOST_ROUNDS = 12
PIECE = 400
"""So many services are judged at once, with what they name."""

Left = Mapping[str, Sequence[str]]
"""Code of a service to lines of N-Triples."""


def parted(left: Left, nodes: Callable[[Collection[str], str], Iterable[Node]]) -> tuple[Left, Left]:
    """What can be given out, and what is held back. `nodes` are those of services and of what a text names."""
    given: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    codes = list(left)
    for start in range(0, len(codes), PIECE):
        part = codes[start : start + PIECE]
        named = "\n".join(line for code in part for line in left[code])
        base = list(_quads("".join(map(ntriples, nodes(part, named)))))
        lines = {code: list(left[code]) for code in part}
        for _round in range(MOST_ROUNDS):
            bad = _blamed(base, lines)
            if not bad:
                break
            for code in part:
                held.setdefault(code, []).extend(line for line in lines[code] if line in bad)
                lines[code] = [line for line in lines[code] if line not in bad]
        else:
            # Never settled: give out nothing that is in doubt.
            for code in part:
                held.setdefault(code, []).extend(lines[code])
                lines[code] = []
        given |= {code: rest for code, rest in lines.items() if rest}
    return given, {code: rest for code, rest in held.items() if rest}


def _quads(text: str) -> Iterator[ox.Quad]:
    return ox.parse(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)


def _blamed(base: Sequence[ox.Quad], lines: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Lines without which the rules would blame less."""
    extra = {line: next(_quads(line)) for told in lines.values() for line in told}
    if not extra:
        return frozenset()
    store = validating.graph_of([*base, *extra.values()])
    found = [fault for faults in validating.judge(store).faults.values() for fault in faults]
    triples: set[tuple[str, str, str]] = set()
    many: set[tuple[str, str]] = set()
    lacking: set[str] = set()
    for fault in found:
        focus = str(fault.focus)
        if fault.rule.constraint is Constraint.MIN:
            lacking.add(focus)
        elif fault.rule.constraint is Constraint.MAX:
            many.add((focus, fault.rule.path))
        else:
            triples.add((focus, fault.rule.path, str(fault.value)))
    bad = set()
    for line, quad in extra.items():
        focus, path = str(quad.subject), quad.predicate.value
        if (
            (focus, path, str(quad.object)) in triples
            or (focus, path) in many
            or (path == RDF_TYPE and focus in lacking)
        ):
            bad.add(line)
    return frozenset(bad)
