"""Loads code lists. Terms that left a file are ended, never removed, since old records may name them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from ietvars.ground.terms import errors, rules
from ietvars.ground.terms.models import CodeList, Term


class Author(Protocol):
    """Who loads, as far as this room must know; the audit row is written by the caller above."""

    @property
    def role(self) -> str:
        """Capacity of the author."""


def load_lists(*, lists: Iterable[rules.ListFacts], by: Author, now: datetime) -> dict[str, int]:
    """Bring the lists into the database as their files say; loading them again changes nothing.

    Returns how many terms are new, changed and ended. Raises NotForYou.
    """
    if by.role not in rules.KEEPERS:
        raise errors.NotForYou
    report = {"new": 0, "changed": 0, "ended": 0}
    with transaction.atomic():
        for entry in lists:
            code_list, _ = CodeList.objects.update_or_create(
                code=entry.code, defaults={"title": dict(entry.title), "source": entry.source}
            )
            _load_terms(code_list, entry.terms, now, report)
    return report


def _load_terms(code_list: CodeList, terms: tuple[rules.TermFacts, ...], now: datetime, report: dict[str, int]) -> None:
    kept = {term.code: term for term in code_list.terms.all()}
    for position, facts in enumerate(terms, start=1):
        values: dict[str, Any] = {**asdict(facts), "position": position}
        term = kept.pop(facts.code, None)
        if term is None:
            Term.objects.create(code_list=code_list, **values)
            report["new"] += 1
        elif any(getattr(term, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(term, name, value)
            term.save()
            report["changed"] += 1
    for term in kept.values():
        if term.until is None:
            term.until = timezone.localdate(now - timedelta(days=1))
            term.save(update_fields=["until"])
            report["ended"] += 1
