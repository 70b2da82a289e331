"""Validates the whole catalogue as this installation would give it out, at once or as work in the background.

The catalogue is written as any follower would get it and judged like a file; only the limits of bytes and triples,
which guard against strangers, do not hold for it. Must not repair anything.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as ox
from django.conf import settings

from ietvars.doors.machines.feeds.cpsv_ap import (
    exporting,
    exporting_addresses,
    exporting_writers,
    limits,
    validating_files,
    vocabulary,
)
from ietvars.doors.machines.feeds.cpsv_ap.parsing import Format
from ietvars.doors.machines.feeds.cpsv_ap.validating import RDF_TYPE, Mode
from ietvars.ground.jobs import rules as jobs

KIND = "validate-cpsv-ap"
"""The kind of work in the background."""

CATALOGUE = "catalogue.nt"
"""What a report calls the whole catalogue."""

LISTED = 5000
"""Faults of each judgement that the report of a job keeps; all are counted."""

BOUNDLESS = 1 << 60

EXACT_MATCH = ox.NamedNode(vocabulary.iri("skos:exactMatch"))

Progress = Callable[[str, int, int], None]


def validate(progress: Progress | None = None, *, codes: bytes | None = None) -> dict[str, Any]:
    """The report of the whole catalogue. `progress` hears “services” being written, then “rules” being judged."""
    allowed = replace(limits.current(), bytes=BOUNDLESS, triples=BOUNDLESS)
    with TemporaryDirectory(prefix="ietvars-rdf-") as place:
        path = Path(place) / CATALOGUE
        with path.open("w", encoding="utf-8") as file:
            file.writelines(exporting_writers.write(exporting.everything(progress), exporting_writers.Format.N_TRIPLES))
        return validating_files.validate(
            path,
            Format.N_TRIPLES,
            limits=allowed,
            codes=codes,
            step=(lambda done, of: progress("rules", done, of)) if progress else None,
        )


def code_lists() -> bytes:
    """All code lists of this installation as N-Triples: their terms, the EU's terms they equal, languages, the area."""
    return ox.serialize(_concepts(), format=ox.RdfFormat.N_TRIPLES) or b""


def _concepts() -> Iterator[ox.Triple]:
    nodes = (
        exporting_addresses.term_node(exporting.addresses(), scheme, code, term)
        for scheme, terms in exporting.term_lists().items()
        for code, term in terms.items()
    )
    text = "".join(exporting_writers.write(nodes, exporting_writers.Format.N_TRIPLES))
    for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
        yield quad.triple
        if quad.predicate == EXACT_MATCH and isinstance(quad.object, ox.NamedNode):
            yield _typed(quad.object.value, "skos:Concept")
    for code in vocabulary.EU_LANGUAGES.values():
        yield _typed(f"{vocabulary.EU}language/{code}", "dct:LinguisticSystem")
        yield _typed(f"{vocabulary.EU}language/{code}", "skos:Concept")
    for status in vocabulary.STATUS.values():
        yield _typed(status, "skos:Concept")
    yield _typed(settings.AREA_IRI, "dct:Location")


def _typed(address: str, owner: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(address), RDF_TYPE, ox.NamedNode(vocabulary.iri(owner)))


def in_background(
    arguments: Mapping[str, Any], step: jobs.Step, by: jobs.Asker, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """The same as work in the background: half of the progress is writing, half is judging."""
    parts = {"services": 0, "rules": 1}

    def told(what: str, done: int, of: int) -> None:
        if of:
            step(50 * parts[what] + 50 * done // of, 100)

    report = validate(told)
    for mode in Mode:
        report[mode.value]["results"] = report[mode.value]["results"][:LISTED]
        report[mode.value]["by_service"] = report[mode.value]["by_service"][:LISTED]
    return report


jobs.register(KIND, in_background)
