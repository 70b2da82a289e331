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
    entries = list(lists)
    report = {"new": 0, "changed": 0, "ended": 0}
    with transaction.atomic():
        there = CodeList.objects.in_bulk([entry.code for entry in entries], field_name="code")
        kept: dict[int, list[Term]] = {}
        for term in Term.objects.filter(code_list__in=there.values()):
            kept.setdefault(term.code_list_id, []).append(term)
        for entry in entries:
            code_list = _load_list(there.get(entry.code), entry)
            _load_terms(code_list, entry.terms, kept.get(code_list.pk, ()), now, report)
    return report


def _load_list(there: CodeList | None, entry: rules.ListFacts) -> CodeList:
    title = dict(entry.title)
    if there is None:
        return CodeList.objects.create(code=entry.code, title=title, source=entry.source)
    if (there.title, there.source) != (title, entry.source):
        there.title, there.source = title, entry.source
        there.save()
    return there


def _load_terms(
    code_list: CodeList, terms: Iterable[rules.TermFacts], kept: Iterable[Term], now: datetime, report: dict[str, int]
) -> None:
    left, new = {term.code: term for term in kept}, list[Term]()
    for position, facts in enumerate(terms, start=1):
        values: dict[str, Any] = {**asdict(facts), "position": position}
        term = left.pop(facts.code, None)
        if term is None:
            new.append(Term(code_list=code_list, **values))
        elif any(getattr(term, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(term, name, value)
            term.save()
            report["changed"] += 1
    Term.objects.bulk_create(new)
    report["new"] += len(new)
    for term in left.values():
        if term.until is None:
            term.until = timezone.localdate(now - timedelta(days=1))
            term.save(update_fields=["until"])
            report["ended"] += 1
