"""Reads a batch of feedback in the gateway's form, as an institution's own tool writes it.

An entry that cannot be read is named with its place and left out; the others go on. Truth values in the place of Yes
and No are understood, since tools that read the description as YAML write them. Nothing is written here, and no text
of an entry stands in a fault: it may hold what must not be kept.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils import timezone

from ietvars.doors.machines.feeds.sdg import errors, files
from ietvars.institution.feedback import rules

MOST_MEGABYTES = 20
MOST_ENTRIES = 100_000

CATEGORIES = {said: rules.Category(code) for code, said in files.CATEGORIES.items()}
FOUND: Mapping[Any, str] = {**{said: code for code, said in files.FOUND.items()}, True: "yes", False: "no"}

_PAGE = re.compile(r"/pakalpojumi/([a-z0-9_-]+)/?(?:[?#].*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Batch:
    """What a file holds: entries, the day by which they are dated, its fingerprint, and what could not be read."""

    entries: tuple[rules.Brought, ...]
    day: date
    fingerprint: str
    faults: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """Noon of the last day of the period: the file says no other day, and noon is the same day everywhere here."""
        return datetime.combine(self.day, time(12), timezone.get_default_timezone())


def read(path: Path, *, service: str = "") -> Batch:
    """Read a file; entries are about the service whose page their source is, or all about `service`.

    Raises CannotRead, TooLarge.
    """
    content = _content(path)
    document = _parsed(path, content)
    entries, faults = [], []
    for number, each in enumerate(document["feedbacks"], start=1):
        try:
            entries.append(_entry(each, service))
        except ValueError as fault:
            faults.append(f"entry {number}: {fault}")
    said = document.get("nbEntries")
    if isinstance(said, int) and said != len(document["feedbacks"]):
        faults.append(f"nbEntries says {said}, and there are {len(document['feedbacks'])} entries")
    return Batch(tuple(entries), _day(path, document), hashlib.sha256(content).hexdigest(), tuple(faults))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_MEGABYTES * 1024 * 1024:
            raise errors.TooLarge(file=path.name, size=size // 1024 // 1024, limit=MOST_MEGABYTES)
        return path.read_bytes()
    except OSError as fault:
        raise errors.CannotRead(file=path.name, why=fault.strerror or "it cannot be opened") from fault


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise errors.CannotRead(file=path.name, why="it is not written in UTF-8") from fault
    except (json.JSONDecodeError, RecursionError) as fault:
        # The message of the fault may quote the text, which is not masked yet.
        where = f" in line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else ""
        raise errors.CannotRead(file=path.name, why=f"it is no JSON{where}") from None
    if not isinstance(document, dict) or not isinstance(document.get("feedbacks"), list):
        raise errors.CannotRead(file=path.name, why="it has no list “feedbacks”")
    if len(document["feedbacks"]) > MOST_ENTRIES:
        raise errors.CannotRead(file=path.name, why=f"it has more than {MOST_ENTRIES} entries; split it")
    return document


def _day(path: Path, document: Mapping[str, Any]) -> date:
    period = document.get("referencePeriod")
    said = period.get("endDate") if isinstance(period, dict) else None
    try:
        return date.fromisoformat(str(said)[:10])
    except ValueError:
        raise errors.CannotRead(file=path.name, why="referencePeriod.endDate is no day") from None


def _entry(each: Any, service: str) -> rules.Brought:
    if not isinstance(each, dict):
        raise ValueError("is no object")  # noqa: TRY004 - a fault of the file, not of the program
    source, rating, found = each.get("source"), each.get("rating"), each.get("foundInformation")
    comment = each.get("helpUsImprove", "")
    if not isinstance(source, str) or not source.strip():
        raise ValueError("source is missing")
    category = CATEGORIES.get(str(each.get("category")))
    if category is None:
        raise ValueError(f"category is none of {', '.join(CATEGORIES)}")
    if isinstance(rating, bool) or not isinstance(rating, int) or rating not in rules.RATINGS:
        raise ValueError("rating is no whole number from 1 to 5")
    if not (found is None or (isinstance(found, str | bool) and found in FOUND)):
        raise ValueError("foundInformation is none of Yes, Partly, No")
    if not isinstance(comment, str):
        raise ValueError("helpUsImprove is no text")  # noqa: TRY004 - the same
    page = _PAGE.search(source)
    return rules.Brought(
        source=source.strip()[: rules.LONGEST_PAGE],
        category=category,
        rating=rating,
        found=FOUND[found] if found is not None else "",
        comment=comment,
        service=service or (page[1] if page else ""),
    )
