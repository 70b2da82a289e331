"""The second opinion on linked data: the official shapes under pySHACL. They are read here and nowhere else."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyshacl
import rdflib
from rdflib import RDF
from rdflib.namespace import SH

from ietvars.doors.machines.feeds.cpsv_ap.validating import Mode

Faults = Counter[tuple[str, str, str]]
"""How often each (focus, path, constraint) is at fault."""

# Ill-formed literals are what some of these tests are about; rdflib prints a trace for each.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


@contextmanager
def as_written() -> Iterator[None]:
    """Lets the oracle see the letters of a file as they were written: PT72H is not P3D."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


@cache
def _official(shared: Path, name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(shared / "standards/cpsv-ap/official" / name)


def judged(graph: rdflib.Graph, shared: Path) -> dict[Mode, Faults]:
    """What the official shapes find, alone and with the ontology."""
    shapes, ontology = (_official(shared, name) for name in ("cpsv-ap-SHACL.ttl", "cpsv-ap.ttl"))
    return {Mode.SHAPES: _faults(graph, shapes, None), Mode.ONTOLOGY: _faults(graph, shapes, ontology)}


def _faults(graph: rdflib.Graph, shapes: rdflib.Graph, ontology: rdflib.Graph | None) -> Faults:
    # pySHACL sets the letters of rdflib as it likes and leaves them so (NaN became nan, which is no number of XSD).
    before = rdflib.NORMALIZE_LITERALS
    try:
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=ontology, inference="none", advanced=False)
    finally:
        rdflib.NORMALIZE_LITERALS = before
    assert isinstance(report, rdflib.Graph)
    found: Faults = Counter()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        component = str(report.value(result, SH.sourceConstraintComponent))
        constraint = component.rpartition("#")[2].removesuffix("ConstraintComponent")
        found["_:" if isinstance(focus, rdflib.BNode) else str(focus), str(path), constraint] += 1
    return found
