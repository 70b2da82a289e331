"""How a cell's plain text stands to the part of a description that it shows. Pure, never Django.

One part may be shown by several cells, e.g. a text in two languages; saying one of them leaves the others as they are.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ietvars.institution.sheets.cells import Column, Kind, line_of


def told(column: Column, parts: Mapping[str, Any]) -> str:
    """The plain text of a column, taken from the parts of a row."""
    value = parts.get(column.path)
    match column.kind:
        case Kind.YES_NO:
            return "yes" if (value or {}).get("immediate") else "no"
        case Kind.WHOLE if column.path == "term":
            return _plain((value or {}).get("days"))
        case Kind.LINES | Kind.WORDS if column.language:
            joint = "\n" if column.kind is Kind.LINES else "; "
            return joint.join(" ".join(word.split()) for word in (value or {}).get(column.language) or ())
        case Kind.CODES | Kind.WORDS:
            return "; ".join(value or ())
        case Kind.ENTRIES:
            return "\n".join(line_of(column, flat(entry)) for entry in value or ())
    if column.language:
        return str((value or {}).get(column.language) or "")
    return _plain(value)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def put(column: Column, parts: Mapping[str, Any], text: str) -> Any:
    """The whole value of the column's part, once its text is said; what the column does not show stays."""
    before = parts.get(column.path)
    match column.kind:
        case Kind.YES_NO:
            return {**(before or {}), "immediate": text == "yes"}
        case Kind.WHOLE if column.path == "term":
            return {"immediate": False, **(before or {}), "days": int(text) if text else None}
        case Kind.WHOLE:
            return int(text) if text else None
        case Kind.LINES | Kind.WORDS if column.language:
            pieces = [word.strip() for word in text.split("\n" if column.kind is Kind.LINES else ";")]
            return _in_language(before, column.language, [word for word in pieces if word])
        case Kind.CODES | Kind.WORDS:
            return [code.strip() for code in text.split(";") if code.strip()]
        case Kind.ENTRIES:
            return list(_entries(column, before or (), text))
    return _in_language(before, column.language, text) if column.language else text


def _in_language(before: Any, language: str, said: Any) -> dict[str, Any]:
    """The texts with one language said anew, or taken out where nothing is said."""
    kept = {key: value for key, value in (before or {}).items() if key != language or said}
    return {**kept, language: said} if said else kept


def flat(entry: Mapping[str, Any]) -> dict[str, str]:
    """An entry with its fields side by side: {"title": {"lv": ...}} becomes {"title.lv": ...}."""
    found: dict[str, str] = {}
    for name, value in entry.items():
        if isinstance(value, Mapping):
            found.update({f"{name}.{language}": str(text) for language, text in value.items()})
        else:
            found[name] = _amount(value) if name == "amount" else _plain(value)
    return found


def _amount(value: Any) -> str:
    if value in (None, ""):
        return ""
    amount = Decimal(str(value))
    return format(amount.normalize(), "f") if amount else "0"


def _entries(column: Column, before: Iterable[Mapping[str, Any]], text: str) -> Iterable[dict[str, Any]]:
    """Entries of the lines; an entry whose line is as before stays as it was, with what the line does not show."""
    known: dict[str, list[Mapping[str, Any]]] = {}
    for entry in before:
        known.setdefault(line_of(column, flat(entry)), []).append(entry)
    for line in text.split("\n"):
        if not line:
            continue
        if known.get(line):
            yield dict(known[line].pop(0))
            continue
        pieces = [piece.strip() for piece in line.split("|")]
        made: dict[str, Any] = {}
        for name, value in zip(column.fields, pieces, strict=False):
            outer, _, language = name.partition(".")
            if language and value:
                made.setdefault(outer, {})[language] = value
            elif not language and (value or outer in ("stage", "currency")):
                made[outer] = value
        if column.path == "fees":
            made = {"amount": None, "currency": "EUR", "text": {}, **made}
        yield made
