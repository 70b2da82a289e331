"""Reads code lists: those in the database, and those that ship as files beside this room.

Lists are a few dozen rows; a page asks for all it needs in one call of `labels`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from django.db.models import QuerySet

from ietvars.ground.terms import rules
from ietvars.ground.terms.models import CodeList, Term

FOLDER = Path(__file__).resolve().parent / "lists"


def shipped() -> tuple[rules.ListFacts, ...]:
    """The code lists that ship as files, by name. Raises BrokenCodeList."""
    return tuple(
        rules.read_list(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    )


def files() -> tuple[Path, ...]:
    """The files of the shipped lists: what the hash of the reference data is taken from."""
    return tuple(sorted(FOLDER.glob("*.toml")))


def lists() -> QuerySet[CodeList]:
    """All code lists with their terms."""
    return CodeList.objects.order_by("code").prefetch_related("terms")


def terms(list_code: str) -> QuerySet[Term]:
    """Terms of one list in their order, ended ones included."""
    return Term.objects.filter(code_list__code=list_code).order_by("position", "code")


def labels(*list_codes: str) -> dict[str, dict[str, Mapping[str, str]]]:
    """For each list its codes with their labels, in the order of the list; one query for all."""
    found: dict[str, dict[str, Mapping[str, str]]] = {code: {} for code in list_codes}
    rows = Term.objects.filter(code_list__code__in=list_codes).order_by("position", "code")
    for list_code, code, label in rows.values_list("code_list__code", "code", "label"):
        found[list_code][code] = label
    return found


def facts(list_code: str) -> dict[str, dict[str, object]]:
    """What else the terms of a list say, by code."""
    return {
        code: {"same_as": same_as, "notation": notation, **more}
        for code, same_as, notation, more in terms(list_code).values_list("code", "same_as", "notation", "facts")
    }
