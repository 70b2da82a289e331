"""What is wrong with a row or a cell: a value with its line, its text and its reason, and the list of them as a file.

A fault never stops a run. It names what was left out, what could not be read, and what contradicts itself.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Weight(StrEnum):
    """What became of the row."""

    ROW = "row left out"
    CELL = "cell unreadable"
    CONTRADICTION = "kept as it came"


REASONS: dict[str, str] = {
    "second-row": "A second row of one service and period; the first is at line %(first)s of %(in_file)s.",
    "second-cell": "The same figure a second time; the first is at line %(first)s of %(in_file)s.",
    "said-otherwise": "Another table says otherwise at line %(first)s of %(in_file)s; that figure stands.",
    "second-result": "A second result of one standard and period; the first is at line %(first)s of %(in_file)s.",
    "columns": "The row has %(has)s cells, the header %(wanted)s.",
    "no-identity": "The row does not say which service it is about.",
    "no-period": "This text is no period.",
    "value-without-period": "A figure without a period: nobody can say of which year it speaks.",
    "no-body": "No institution is named, and the service is not known from another table.",
    "no-title": "The service has no name, and is not known from another table.",
    "unknown-service": "No table names this service.",
    "unknown-standard": "No table says to which service this standard belongs.",
    "standard-of-several": "This standard belongs to several services, and the row does not say to which.",
    "no-standard": "The row does not say which standard it is about.",
    "too-long": "The text is longer than a number of this kind can be.",
    "unknown-quantity": "The mapping does not know this quantity.",
    "unknown-channel": "The mapping does not know this channel.",
    "unknown-code": "The mapping does not know this code.",
    "unknown_text": "Neither a number nor a marker that the mapping knows.",
    "marked": "The source itself marks the figure as broken.",
    "negative": "A number below zero where none can be.",
    "not_whole": "A fraction where whole numbers are counted.",
    "percent_sign": "A percent sign where none is expected.",
    "too_long": "More digits than any figure has.",
    "out-of-range": "The number lies outside the scale, which runs from %(low)s to %(high)s.",
    "ambiguous-scale": "The number may stand on another scale, and nothing says on which.",
    "service-not-listed": "A standard of a service that is not in the list of this period.",
    "total-differs": "The total is not the sum of its parts, which is %(sum)s.",
    "met-above-total": "More cases within the standard than cases.",
    "percent-and-fraction-mixed": "Written as percent where fractions stand, or the other way round.",
    "share-above-whole": "A share above the whole.",
    "performance-differs-from-its-numbers": "The performance is not what its own numbers give.",
    "claim-contradicts-its-numbers": "The source's word on the target contradicts its own numbers.",
    "claim-without-cases": "The source's word on the target stands on no case at all.",
}
"""Reason code to its sentence, in English as everything on the console."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `first` is the line of the row with which it collides."""

    file: str
    line: int
    column: str
    raw: str
    reason: str
    weight: Weight
    first: int = 0
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def explanation(self) -> str:
        """The reason as a sentence."""
        return REASONS[self.reason] % {"first": self.first, **self.facts}


COLUMNS = ("file", "line", "column", "raw", "reason", "explanation", "what_became_of_it", "first_line")
"""Columns of the list of faults; stable."""


def write(faults: Iterable[Fault], path: Path) -> None:
    """Write the list as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        for fault in faults:
            sheet.writerow(
                (
                    fault.file,
                    fault.line,
                    fault.column,
                    _harmless(fault.raw),
                    fault.reason,
                    fault.explanation,
                    fault.weight.value,
                    fault.first or "",
                )
            )


def _harmless(raw: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{raw}" if raw[:1] in "=+@\t\r" or (raw[:1] == "-" and not raw[1:2].isdigit()) else raw
