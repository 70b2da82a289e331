"""Makes the gateway's documents from what the rooms counted: feedback, and views of information pages.

Words like Yes and No are texts here, as the Commission's description has them; whoever reads that description as
YAML 1.1 gets truth values instead. It must not count anything itself.
"""

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from ietvars.doors.machines.feeds.sdg import errors
from ietvars.ground.periods.rules import Period
from ietvars.institution.feedback import queries as feedback
from ietvars.institution.visits import queries as visits

Document = dict[str, Any]


class Kind(StrEnum):
    """Documents that can be asked for."""

    FEEDBACK = "feedback"
    INFORMATION = "information-statistics"
    ASSISTANCE = "assistance-statistics"


class Transfer(StrEnum):
    """How the document is handed over: uploaded by a person, or sent to the interface."""

    MANUAL = "Manual"
    API = "API"


CATEGORIES = {"information": "Information", "procedure": "Procedure", "assistance": "Assistance"}
FOUND = {"yes": "Yes", "partly": "Partly", "no": "No"}
DEVICES = {"pc": "PC", "tablet": "Tablet", "smartphone": "Smartphone", "others": "Others"}
UNKNOWN_COUNTRY = "ZZ"
"""The field is mandatory. ISO 3166-1 leaves ZZ to its users, and CLDR reads it as an unknown territory."""

OWN_NAMES = {"GR": "EL"}
"""Countries that the Union writes otherwise than ISO 3166-1."""


def document(
    kind: Kind,
    period: Period,
    *,
    address: str,
    now: datetime,
    unique_id: str = "",
    transfer: Transfer = Transfer.MANUAL,
) -> Document:
    """The document of one kind for a period; `address` is where people open the pages, such as https://a.example.

    `unique_id` is the one that the gateway's interface has given; without it one is made that is the same for the same
    kind, period and address, so that a file made again can be told as such.

    Raises NoAssistance, NothingCounted, NothingCountedYet, NotAnAddress.
    """
    site = _site(address)
    make = MAKERS.get(kind)
    if make is None:
        raise errors.NoAssistance
    name, entries = make(period, site)
    return {
        "uniqueId": unique_id or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{site}/{kind.value}/{period.code}")),
        "referencePeriod": {
            "startDate": f"{period.start.isoformat()}T00:00:00Z",
            "endDate": f"{period.end.isoformat()}T23:59:59Z",
        },
        "transferDate": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "transferType": transfer.value,
        "nbEntries": len(entries),
        name: entries,
    }


def text(made: Document) -> str:
    """The document as it is written into a file."""
    return json.dumps(made, ensure_ascii=False, indent=1)


def _site(address: str) -> str:
    named = urlsplit(address)
    if named.scheme not in ("http", "https") or not named.hostname:
        raise errors.NotAnAddress(address=address)
    return address.rstrip("/")


def _feedback(period: Period, site: str) -> tuple[str, list[Document]]:
    return "feedbacks", [_entry(row, site) for row in feedback.between(period.start, period.end).iterator()]


def _entry(row: Any, site: str) -> Document:
    prefix = "/en" if row.language == "en" else ""
    made: Document = {
        "source": f"{site}{prefix}{row.page}" if row.page.startswith("/") else row.page,
        "category": CATEGORIES[row.category],
        "rating": row.rating,
    }
    if row.found:
        made["foundInformation"] = FOUND[row.found]
    if row.comment:
        made["helpUsImprove"] = row.comment
    return made


def _information(period: Period, site: str) -> tuple[str, list[Document]]:
    rows = visits.between(period.start, period.end)
    made = [
        {"sourceUrl": f"{site}{page}", "statistics": _statistics(views)}
        for page, views in groupby(rows, key=lambda row: row.page)
    ]
    if not made:
        began = visits.began()
        if began is None:
            raise errors.NothingCountedYet
        raise errors.NothingCounted(period=period.code, began=began.isoformat())
    return "sources", made


def _statistics(views: Iterable[visits.Views]) -> list[Document]:
    return [
        {
            "nbVisits": row.n,
            "originatingCountry": OWN_NAMES.get(row.country, row.country) or UNKNOWN_COUNTRY,
            "deviceType": DEVICES[row.device],
        }
        for row in views
    ]


MAKERS: dict[Kind, Callable[[Period, str], tuple[str, list[Document]]]] = {
    Kind.FEEDBACK: _feedback,
    Kind.INFORMATION: _information,
}
"""Kinds that can be made. Statistics on assistance wait for a help desk."""
