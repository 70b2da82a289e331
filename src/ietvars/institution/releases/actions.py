"""Makes releases, has them approved by another, drops drafts, and proves that a release is still what it was."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.lake import actions as lake
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.institution.releases import errors, laying, queries, rules, tables
from ietvars.institution.releases.models import Release, ReleaseStep

DATASET = "releases"
"""The data set of the lake that holds the files."""


@dataclass(frozen=True)
class Verified:
    """What stands against a release: files that are changed or gone, and files that came out otherwise when remade."""

    code: str
    changed: tuple[str, ...]
    otherwise: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing does."""
        return not self.changed and not self.otherwise


def make(*, period: str, by: Actor, now: datetime, k: int = rules.K, derived_from: str = "", why: str = "") -> Release:
    """Freeze the figures of a period and write the files, as a draft that another overseer approves.

    With `derived_from` the counts are those that the named release froze, whatever came in since: two releases of one
    period never differ in a count. Raises PeriodNotOver, PeriodsOverlap, AlreadyReleased, NothingToRelease, NoReason.
    """
    rules.require_overseer(by)
    rules.require_k(k)
    span = periods.parse(period)
    rules.require_over(span, on=timezone.localdate(now))
    source = queries.by_code(derived_from) if derived_from else None
    if source is not None and not why.strip():
        raise errors.NoReason
    if source is not None and source.period != span.code:
        raise errors.PeriodsOverlap(period=span.code, other=source.code)
    rules.require_free(span, queries.held(), derived_from=derived_from)
    frozen = laying.read(source.code) if source is not None else queries.gathered(span)
    # The threshold stays too: two thresholds over the same counts could be subtracted like two releases.
    k = int(source.manifest["parameters"]["k"]) if source is not None else k
    code = _code(span.code)
    parameters = {"k": k, "width": k, "base": settings.BASE_IRI}
    manifest = laying.manifest(frozen, code=code, made_at=now.isoformat(), parameters=parameters)
    sums = _sums(frozen, k)
    rows = sum(number for states in sums.values() for number in states.values())
    month = span.start.year * 100 + span.start.month
    with transaction.atomic():
        made = Release.objects.create(
            code=code,
            period=span.code,
            start=span.start,
            end=span.end,
            made_at=now,
            maker=by.username,
            derived_from=source,
            is_illustrative=frozen.illustrative,
            manifest=manifest,
            sums=sums,
        )
        lake.publish(
            dataset=DATASET, add=laying.parts(code, month=month, rows=rows), drop=(), watermark=0, by=by, now=now
        )
        _step(made, rules.State.DRAFT, by=by, now=now, why=why)
    return made


def approve(*, release: Release, by: Actor, now: datetime) -> Release:
    """Give a draft to the public. What it was derived from is superseded. Raises OwnRelease, WrongReleaseState."""
    rules.require_approver(by, maker=release.maker, code=release.code)
    rules.require_next(rules.State(release.state), rules.State.PUBLISHED)
    with transaction.atomic():
        for other in Release.objects.filter(period=release.period, state=rules.State.PUBLISHED):
            why = release.steps.order_by("at", "pk").values_list("why", flat=True)[0]
            other.state = rules.State.SUPERSEDED
            other.save(update_fields=["state"])
            _step(other, rules.State.SUPERSEDED, by=by, now=now, why=f"{release.code}: {why}")
        release.state, release.approver, release.published_at = rules.State.PUBLISHED, by.username, now
        release.save(update_fields=["state", "approver", "published_at"])
        _step(release, rules.State.PUBLISHED, by=by, now=now)
    return release


def drop(*, release: Release, why: str, by: Actor, now: datetime) -> Release:
    """Put a draft aside that the public has not seen. Raises NoReason, WrongReleaseState."""
    rules.require_overseer(by)
    rules.require_next(rules.State(release.state), rules.State.DROPPED)
    if not why.strip():
        raise errors.NoReason
    with transaction.atomic():
        release.state = rules.State.DROPPED
        release.save(update_fields=["state"])
        _step(release, rules.State.DROPPED, by=by, now=now, why=why.strip())
    return release


def verify(*, release: Release, by: Actor, now: datetime) -> Verified:
    """Compare the files with the manifest, then make them again from the frozen input and compare the bytes."""
    changed = laying.faults(release.code, release.manifest)
    otherwise = [] if laying.INPUT in changed else laying.made_again(release.code, release.manifest)
    found = Verified(release.code, tuple(changed), tuple(otherwise))
    said = {"changed": list(found.changed), "otherwise": list(found.otherwise)}
    audit.record(by=by, now=now, action="releases.verify", subject=("release", release.code), after=said)
    return found


def _code(period: str) -> str:
    plain = period.lower()
    taken = set(Release.objects.filter(code__startswith=plain).values_list("code", flat=True))
    return next(code for code in (plain, *(f"{plain}-v{at}" for at in range(2, 1000))) if code not in taken)


def _sums(frozen: Any, k: int) -> dict[str, dict[str, int]]:
    """How many figures of each measure stand in each state."""
    counted = Counter((row.measure, str(row.state)) for row in tables.rows(frozen, k=k, width=k))
    made: dict[str, dict[str, int]] = {}
    for (measure, state), number in sorted(counted.items()):
        made.setdefault(measure, {})[state] = number
    return made


def _step(release: Release, state: rules.State, *, by: Actor, now: datetime, why: str = "") -> None:
    ReleaseStep.objects.create(release=release, state=state, at=now, username=by.username, why=why)
    subject = ("release", release.code)
    audit.record(by=by, now=now, action=f"releases.{state}", subject=subject, why=why, after={"state": str(state)})
