"""Checks links and keeps what was found. Descriptions are never touched.

One audit row a round, whatever it found.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries as job_rows
from ietvars.ground.jobs.models import Job
from ietvars.institution.quality import asking, errors, links, queries, rules
from ietvars.institution.quality.asking import Answer, Asker, Manners
from ietvars.institution.quality.models import Link, LinkCheck

JOB = "check-links"
"""Kind of work under which the worker checks links; its argument `bodies` may hold codes of bodies."""

BATCH = 25
"""Links that are asked before what was found is written."""


Tell = Callable[[int, int], None]
"""Told how many links are done, and of how many."""


@dataclass(frozen=True)
class Checked:
    """What a round found: how many links are named, how many were asked, how many have each outcome."""

    links: int
    asked: int
    outcomes: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """The round as JSON."""
        return {"links": self.links, "asked": self.asked, "outcomes": dict(self.outcomes)}


def check_links(
    *,
    by: Author,
    now: datetime,
    manners: Manners,
    body_ids: Collection[int] | None = None,
    is_round: bool = True,
    tell: Tell | None = None,
    asker: Asker | None = None,
) -> Checked:
    """Ask every link of the descriptions that people read, of some bodies or of all, that is due to be asked.

    Without `is_round` all are asked that nobody asked within the last hour. What was found is written every 25 links,
    so an interrupted round goes on where it was. Raises NotForYou, Offline when no server answered at all.
    """
    rules.require_checker(by)
    named = {use.url for use in queries.uses(body_ids=body_ids)}
    last = queries.last_checks(named)
    due = links.in_turn(
        url
        for url in sorted(named)
        if (links.is_due(last.get(url), now) if is_round else _is_rested(last.get(url), now))
    )
    asker = asker or asking.Asker(manners)
    found: dict[str, int] = {}
    tell = tell or _quietly
    tell(0, len(due))
    for start in range(0, len(due), BATCH):
        part = due[start : start + BATCH]
        answers = [_asked(asker, url, start + at, len(due), tell) for at, url in enumerate(part, start=1)]
        _require_online(part, answers)
        _write(part, answers, now)
        for answer in answers:
            found[answer.outcome.value] = found.get(answer.outcome.value, 0) + 1
    made = Checked(links=len(named), asked=len(due), outcomes=found)
    audit.record(by=by, now=now, action="quality.check-links", subject=("links", "all"), after=made.document())
    return made


def ask_for_round(*, by: Author, now: datetime) -> Job | None:
    """Let the worker ask the links that are due, unless a round was asked for within the last 20 hours."""
    last = job_rows.of_kind(JOB).filter(arguments={}).first()
    if last is not None and now - last.asked_at < links.AGAIN_AFTER[False]:
        return None
    return jobs.enqueue(kind=JOB, arguments={}, by=by, now=now)


def _quietly(done: int, of: int) -> None:
    """Nobody wants to know."""


def _is_rested(last: links.Seen | None, now: datetime) -> bool:
    return last is None or now - last.at >= links.ASKED_AT_MOST_EVERY


def _asked(asker: Asker, url: str, number: int, of: int, tell: Tell) -> Answer:
    answer = asker.ask(url)
    tell(number, of)
    return answer


def _require_online(urls: Sequence[str], answers: Iterable[Answer]) -> None:
    given = list(answers)
    hosts = {found.host for url in urls if (found := links.target(url)) is not None}
    if links.is_offline([one.answered for one in given], len(hosts), [one.outcome for one in given]):
        raise errors.Offline(hosts=len(hosts))


@transaction.atomic
def _write(urls: Sequence[str], answers: Sequence[Answer], now: datetime) -> None:
    kept = [(url, answer) for url, answer in zip(urls, answers, strict=True) if len(url) <= links.LONGEST]
    Link.objects.bulk_create([Link(url=url) for url, _answer in kept], ignore_conflicts=True)
    ids = dict(Link.objects.filter(url__in=[url for url, _answer in kept]).values_list("url", "pk"))
    LinkCheck.objects.bulk_create(
        LinkCheck(link_id=ids[url], at=now, outcome=answer.outcome.value, status=answer.status, note=answer.note)
        for url, answer in kept
    )
