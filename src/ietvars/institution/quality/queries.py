"""Reads what the descriptions of bodies are worth: marks on their texts, links that no longer lead anywhere."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from ietvars.ground.bodies import queries as bodies
from ietvars.institution.canvases.description import STAGES
from ietvars.institution.quality import links, rules
from ietvars.institution.quality.checks import Mark
from ietvars.institution.quality.links import Fault, Outcome, Seen
from ietvars.institution.quality.models import Link, LinkCheck
from ietvars.institution.services import queries as services

Texts = Mapping[str, str]


@dataclass(frozen=True)
class About:
    """The service that something is said of."""

    code: str
    title: Texts
    holder: str
    holder_name: Texts
    state: str


@dataclass(frozen=True)
class Looked:
    """A service with the marks on its texts."""

    service: About
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Use:
    """One place where a description names a link: its part, the entry of several, and what it is called there."""

    service: About
    part: str
    url: str
    index: int | None = None
    label: Texts | None = None


@dataclass(frozen=True)
class Broken:
    """A link with a lasting fault, in one place where it stands."""

    use: Use
    fault: Fault


@dataclass(frozen=True)
class Watched:
    """A link in one place, with its last check and its fault if it lasts."""

    use: Use
    last: Seen | None
    fault: Fault | None


@dataclass(frozen=True)
class DueService:
    """What a service asks of its owner: links that lead nowhere since a day, and marks on its texts."""

    service: About
    broken: tuple[Broken, ...]
    marks: int

    @property
    def since(self) -> datetime | None:
        """Since when the oldest of its broken links leads nowhere."""
        return min((one.fault.first_seen for one in self.broken), default=None)


def known_abbreviations() -> frozenset[str]:
    """Short names of institutions in every language: readers meet them beside the full name on the same page."""
    return frozenset(short for body in bodies.all_bodies() for short in body.short.values() if short)


def look(code: str) -> Looked | None:
    """The marks on one service's texts; None when there is no such service."""
    chosen = services.all_services().filter(code=code)
    return next(looked(chosen), None)


def looked(chosen: Any = None, body_ids: Collection[int] | None = None) -> Iterator[Looked]:
    """Services that people read, of some bodies or of all, each with the marks on its texts; also those without any.

    `chosen` is another set of services, in whatever state.
    """
    known = known_abbreviations()
    for service, description in services.descriptions_of(_chosen(chosen, body_ids)):
        yield Looked(_about(service), rules.look(description, known))


def uses(chosen: Any = None, body_ids: Collection[int] | None = None) -> list[Use]:
    """Every place where a description that people read names an address of the web."""
    found = []
    for service, description in services.descriptions_of(_chosen(chosen, body_ids)):
        about = _about(service)
        for stage in STAGES:
            url = description.get(f"stages.{stage}.url")
            if url:
                found.append(Use(about, f"stages.{stage}.url", url))
        for at, act in enumerate(description.get("legal_acts") or ()):
            if act.get("url"):
                found.append(Use(about, "legal_acts", act["url"], at, act.get("title")))
    return [use for use in found if use.url.lower().startswith(("http://", "https://"))]


def _ids(body_ids: Collection[int] | None) -> tuple[int, ...] | None:
    return None if body_ids is None else tuple(sorted(body_ids))


@functools.lru_cache(maxsize=64)
def _uses_now(last_change: int, body_ids: tuple[int, ...] | None) -> tuple[Use, ...]:
    """`uses` of bodies, kept until what people read changes: an owner's desk asks at every look."""
    return tuple(uses(body_ids=body_ids))


def forget() -> None:
    """Forget what was read of descriptions: for tests, whose databases begin anew."""
    _uses_now.cache_clear()


def watched(body_ids: Collection[int] | None = None, chosen: Any = None) -> list[Watched]:
    """Every link of descriptions that people read, with what is known of it."""
    every = uses(chosen, body_ids)
    last = last_checks({use.url for use in every})
    faults = lasting_faults({use.url for use in every})
    return [Watched(use, last.get(use.url), faults.get(use.url)) for use in every]


def broken(body_ids: Collection[int] | None = None, chosen: Any = None) -> list[Broken]:
    """Links that no longer lead anywhere, in each place where they stand, oldest fault first."""
    every = uses(chosen) if chosen is not None else _uses_now(services.last_change(), _ids(body_ids))
    faults = lasting_faults({use.url for use in every})
    found = [Broken(use, faults[use.url]) for use in every if use.url in faults]
    return sorted(found, key=lambda one: (one.fault.first_seen, one.use.service.code, one.use.part))


def due(body_ids: Collection[int]) -> tuple[DueService, ...]:
    """Services of these bodies whose owners have something to put right, those with broken links first.

    For the owners' desk: `broken` and `since` are worth a row each; `marks` is the number of places to reword.
    """
    by_code: dict[str, list[Broken]] = defaultdict(list)
    for one in broken(body_ids):
        by_code[one.use.service.code].append(one)
    found = [
        DueService(each.service, tuple(by_code.get(each.service.code, ())), len(each.marks))
        for each in looked(body_ids=body_ids)
        if each.marks or each.service.code in by_code
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.broken), -one.marks, one.service.code)))


def last_checks(urls: Collection[str]) -> dict[str, Seen]:
    """Address to its last check; addresses that were never checked are left out."""
    newest = LinkCheck.objects.filter(link=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    rows = LinkCheck.objects.filter(pk__in=Link.objects.annotate(newest=Subquery(newest)).values("newest"))
    return {
        url: Seen(at, Outcome(outcome), status)
        for url, at, outcome, status in rows.values_list("link__url", "at", "outcome", "status")
        if url in urls
    }


def lasting_faults(urls: Collection[str]) -> dict[str, Fault]:
    """Address to its lasting fault. Only links that were hard at some time are read, and there are few of them."""
    suspects = LinkCheck.objects.filter(outcome__in=sorted(links.HARD)).values("link")
    rows = LinkCheck.objects.filter(link__in=suspects).values_list("link__url", "at", "outcome", "status")
    checks: dict[str, list[Seen]] = defaultdict(list)
    for url, at, outcome, status in rows:
        if url in urls:
            checks[url].append(Seen(at, Outcome(outcome), status))
    found = {url: links.lasting(seen) for url, seen in checks.items()}
    return {url: fault for url, fault in found.items() if fault is not None}


def last_round() -> datetime | None:
    """When a link was checked last; None before the first time."""
    at: datetime | None = LinkCheck.objects.aggregate(at=Max("at"))["at"]
    return at


def counts(marks: Iterable[Looked]) -> dict[str, int]:
    """How often each check marked something in these services."""
    return rules.counts(mark for each in marks for mark in each.marks)


def texts_document(found: Iterable[Looked]) -> dict[str, Any]:
    """Marks on texts as JSON: how many services were looked at, how often each check marked, every mark."""
    every = list(found)
    return {
        "services": len(every),
        "marked": sum(bool(each.marks) for each in every),
        "counts": counts(every),
        "checks": [{"code": check.code, "name": dict(check.name)} for check in rules.CHECKS],
        "marks": [
            {"service": each.service.code, "holder": each.service.holder, **mark.document()}
            for each in every
            for mark in each.marks
        ],
    }


def links_document(found: Iterable[Broken]) -> dict[str, Any]:
    """Links with lasting faults as JSON, and when a link was checked last."""
    last = last_round()
    return {
        "last_checked": last.isoformat() if last else None,
        "broken": [
            {
                "service": one.use.service.code,
                "holder": one.use.service.holder,
                "part": one.use.part,
                "url": one.use.url,
                "fault": one.fault.outcome.value,
                "status": one.fault.status,
                "first_seen": one.fault.first_seen.isoformat(),
                "last_seen": one.fault.last_seen.isoformat(),
                "times": one.fault.times,
            }
            for one in found
        ],
    }


def _chosen(chosen: Any, body_ids: Collection[int] | None) -> Any:
    if chosen is not None:
        return chosen
    return services.published() if body_ids is None else services.of(body_ids).published()


def _about(service: Any) -> About:
    return About(service.code, service.title, service.holder_code or "", service.holder_name or {}, service.state)
