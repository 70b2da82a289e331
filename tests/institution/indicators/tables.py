"""Reads the tables of the decision documents, so that each row that people read there is also a test."""

import codecs
import re
from pathlib import Path

DECISIONS = Path(__file__).resolve().parents[3] / "docs/decisions"
_ESCAPE = re.compile(r"\\u[0-9a-f]{4}")


def rows(document: str, table: str) -> list[dict[str, str]]:
    """The rows of the table that follows `<!-- table: NAME -->`; code marks are taken off, \\uXXXX is the character."""
    _, found, text = (DECISIONS / document).read_text(encoding="utf-8").partition(f"<!-- table: {table} -->\n")
    assert found, f"{document} has no table {table}"
    lines = re.match(r"(?:\|.*\n)+", text)
    assert lines
    head, _, *body = (_cells(line) for line in lines[0].splitlines())
    assert all(len(cells) == len(head) for cells in body), f"{document}: uneven rows in table {table}"
    return [dict(zip(head, cells, strict=True)) for cells in body]


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return [_ESCAPE.sub(lambda escape: codecs.decode(escape[0], "unicode_escape"), _bare(cell)) for cell in cells]


def _bare(cell: str) -> str:
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == "`" else cell
