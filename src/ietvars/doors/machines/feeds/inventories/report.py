"""The report of a run: one document for machines, stable and described in docs/howto/import-a-table.md."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ietvars.doors.machines.feeds.inventories import mapping
from ietvars.doors.machines.feeds.inventories.faults import Fault, Weight
from ietvars.doors.machines.feeds.inventories.gathering import Gathered
from ietvars.doors.machines.feeds.inventories.naming import Named
from ietvars.institution.measurements.actions import Recorded

DOCUMENT = "ietvars/import"
VERSION = 1
"""Grows when a key changes its meaning or goes; new keys may come without it."""
MOST_FAULTS = 200
"""So many faults stand in the document; all of them stand in the list of faults."""


def document(
    inventory: mapping.Inventory,
    found: Gathered,
    named: Named,
    *,
    recorded: Recorded,
    edition: str,
    now: datetime,
    faults: Sequence[Fault],
    restatements: Mapping[str, Any],
) -> dict[str, Any]:
    """What a run that wrote something did."""
    states = found.states()
    return {
        "document": DOCUMENT,
        "version": VERSION,
        "source": inventory.source,
        "edition": edition,
        "content_hash": found.digest,
        "mapping_hash": inventory.digest,
        "imported_at": now.isoformat(timespec="seconds"),
        "changed": True,
        "periods": _periods(found),
        "files": _files(found, faults),
        "services": {
            "named": len(named.services),
            "new": len(named.new_services),
            "changed": len(named.changed_services),
            "handed_over": sorted(named.handed_over),
        },
        "bodies": {"named": len(named.bodies), "new": sorted(named.new_bodies)},
        "rows": recorded.reported,
        "measurements": {"rows": recorded.measurements, "by_state": _summed(states), "by_cell": states},
        "standards": {"new": recorded.standards, "results": recorded.results},
        "faults": {
            "rows_left_out": sum(fault.weight is Weight.ROW for fault in faults),
            "cells_unreadable": sum(fault.weight is Weight.CELL for fault in faults),
            "contradictions": sum(fault.weight is Weight.CONTRADICTION for fault in faults),
            "by_reason": dict(sorted(Counter(fault.reason for fault in faults).items())),
            "list": [_fault(fault) for fault in faults[:MOST_FAULTS]],
            "list_is_whole": len(faults) <= MOST_FAULTS,
        },
        "restatement": dict(restatements),
    }


def again(edition: Any, inventory: mapping.Inventory) -> dict[str, Any]:
    """The document of a run that changed nothing, since this content is kept already."""
    kept: dict[str, Any] = dict(edition.report)
    return {
        **kept,
        "document": DOCUMENT,
        "version": VERSION,
        "source": edition.source,
        "edition": edition.code,
        "changed": False,
        "mapping_changed": kept.get("mapping_hash", inventory.digest) != inventory.digest,
    }


def _summed(states: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for counts in states.values():
        found.update(counts)
    return dict(sorted(found.items()))


def _periods(found: Gathered) -> dict[str, dict[str, int]]:
    listed = Counter(code for _, code in found.lines)
    figures = Counter(key[1] for key in found.cells)
    results = Counter(result.period.code for told in found.standards for result in told.results)
    ordered = sorted(found.periods.values(), key=lambda period: (period.start, period.code))
    return {
        each.code: {
            "services": listed[each.code],
            "measurements": figures[each.code],
            "standard_results": results[each.code],
        }
        for each in ordered
    }


def _files(found: Gathered, faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Each file's own numbers, with the rows that could only be left out once all files were known."""
    weights = Counter((fault.file, fault.weight) for fault in faults)
    early = Counter(fault.file for fault in found.faults if fault.weight is Weight.ROW)
    return [
        {
            **asdict(each),
            "taken": each.taken - (weights[each.file, Weight.ROW] - early[each.file]),
            "left_out": weights[each.file, Weight.ROW],
            "unreadable": weights[each.file, Weight.CELL],
            "contradictions": weights[each.file, Weight.CONTRADICTION],
        }
        for each in found.files
    ]


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "raw": fault.raw[:200],
        "reason": fault.reason,
        "explanation": fault.explanation,
        "what_became_of_it": fault.weight.value,
        "first_line": fault.first or None,
    }
