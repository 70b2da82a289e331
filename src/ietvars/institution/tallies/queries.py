"""Reads what desks show of events: monthly lines with their turns, the wait of those who still wait, and peers.

Reads the published marts through `cases`, never facts or single cases, so a page may ask. Statistics are those of the
pure files; nothing is computed twice and nothing is written.
"""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ietvars.ground.lake import files
from ietvars.ground.lake import queries as lake
from ietvars.ground.periods import rules as periods
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import SUMS, Basis, Measure, Scope
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import lines, peers, reading, rules, survival, turns
from ietvars.institution.tallies.lines import Line

# ---- lines ----------------------------------------------------------------------------------------------------------


def due(today: date) -> list[periods.Period]:
    """The periods that are worth telling, of those that are over and of which there are events."""
    extent = reading.extent()
    return [] if extent is None else rules.worth_telling(extent.first, extent.last, today)


def service_lines(
    service_id: int,
    *,
    today: date,
    basis: Basis = Basis.DELIVERED,
    channel: str = "",
    provider_id: int | None = None,
) -> tuple[Line, ...]:
    """Every figure of a service month by month, each with since when it is another; () without events.

    Volumes that exist on one basis only (requests by opening, results by delivery) come with that basis only. The turns
    are settled among all lines of the service: one in twenty that stand may be chance.
    """
    return _service_lines(_generation(), service_id, _running(today), basis, channel, provider_id)


@functools.lru_cache(maxsize=512)
def _service_lines(
    generation: tuple[str, int], service_id: int, running: int, basis: Basis, channel: str, provider_id: int | None
) -> tuple[Line, ...]:
    """The same for a generation of the marts: it never changes, and every page of a service asks for it."""
    channels, providers = _only(channel, provider_id)
    months = cases.months([service_id], basis=basis, channels=channels, providers=providers, quantiles=False)
    leads = cases.histogram([service_id], basis=basis, measure=Measure.LEAD, channels=channels, providers=providers)
    by_month: dict[int, dict[int, int]] = defaultdict(dict)
    for each in leads:
        by_month[each.month][each.bucket] = each.n
    return lines.drawn({month.month: _columns(month) for month in months}, by_month, basis=basis, running=running)


def _generation() -> tuple[str, int]:
    """Which lake, and which generation of its marts. All marts are published at once."""
    return str(files.root()), lake.generation("mart_month")


def scope_lines(scope: Scope, scope_id: int = 0, *, today: date, basis: Basis = Basis.DELIVERED) -> tuple[Line, ...]:
    """The same of the whole state, a holder, a provider or a channel, from the marts of the state."""
    return _scope_lines(_generation(), scope, scope_id, _running(today), basis)


@functools.lru_cache(maxsize=128)
def _scope_lines(
    generation: tuple[str, int], scope: Scope, scope_id: int, running: int, basis: Basis
) -> tuple[Line, ...]:
    """The same for a generation of the marts."""
    months = cases.state_months(basis=basis, scope=scope, scope_ids=[scope_id])
    leads = cases.state_histogram(basis=basis, scope=scope, scope_ids=[scope_id])
    return lines.drawn(
        {month.month: _columns(month) for month in months},
        {month: counts for (month, _), counts in leads.items()},
        basis=basis,
        running=running,
    )


def turned(service_ids: Iterable[int], code: str, *, today: date, basis: Basis = Basis.DELIVERED) -> dict[int, Line]:
    """Services whose line of one indicator has a turn that stands among those of all these services."""
    ids = list(service_ids)
    months: dict[int, dict[int, lines.Month]] = defaultdict(dict)
    for month in cases.months(ids, basis=basis, quantiles=False):
        months[month.service_id or 0][month.month] = _columns(month)
    leads: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    if any(sort.code == code and sort.part is not None for sort in lines.SORTS):
        for each in cases.histogram(ids, basis=basis, measure=Measure.LEAD):
            leads[each.service_id or 0][each.month][each.bucket] = each.n
    found: dict[int, Line] = {}
    for service in sorted(months):
        for line in lines.drawn(months[service], leads[service], basis=basis, running=_running(today), only=code):
            found[service] = line
    kept = lines.settled(list(found.values()))
    return {service: line for service, line in zip(found, kept, strict=True) if line.found.turns}


def _only(channel: str, provider_id: int | None) -> tuple[list[int] | None, list[int] | None]:
    channels = [CHANNELS.index(channel)] if channel else None
    return channels, None if provider_id is None else [provider_id]


def _columns(month: cases.Month) -> dict[str, int]:
    return {name: getattr(month, name) or 0 for name in SUMS}


def _running(today: date) -> int:
    return today.year * 100 + today.month


def services_with_cases() -> frozenset[int]:
    """Services of which any case was told."""
    return _services_with_cases(_generation())


@functools.lru_cache(maxsize=8)
def _services_with_cases(generation: tuple[str, int]) -> frozenset[int]:
    return cases.services_with_cases()


# ---- while many wait ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long cases of the last months take, those that still wait counted in. `is_shown`: many still do.

    `until` is the last day of which the marts know anything; `curve` is None where there are too few cases.
    """

    since: int
    until: date
    cases: int
    delivered: int
    dropped: int
    open: int
    is_shown: bool
    curve: survival.Curve | None


def waiting(service_id: int, *, months: int = 6, channel: str = "", provider_id: int | None = None) -> Waiting | None:
    """The wait of cases that opened in the last so many months of the marts; None without such cases."""
    return _waiting_of(_generation(), service_id, months, channel, provider_id)


@functools.lru_cache(maxsize=512)
def _waiting_of(
    generation: tuple[str, int], service_id: int, months: int, channel: str, provider_id: int | None
) -> Waiting | None:
    """The same for a generation of the marts."""
    span = cases.span()
    if span is None:
        return None
    since = months_before(span[1], months - 1)
    found: dict[Measure, dict[int, int]] = {}
    channels, providers = _only(channel, provider_id)
    for measure in (Measure.LEAD, Measure.DROPPED, Measure.OPEN):
        counts = cases.histogram(
            [service_id], measure=measure, since=since, monthly=False, channels=channels, providers=providers
        )
        found[measure] = {each.bucket: each.n for each in counts}
    if not any(found.values()):
        return None
    # The last day on which anybody came and still waits: nothing is known of later days.
    anywhere = cases.state_histogram(measure=Measure.OPEN, since=since, monthly=False)
    last_day = max((day for counts in anywhere.values() for day in counts), default=0)
    return _waiting(since, found[Measure.LEAD], found[Measure.DROPPED], found[Measure.OPEN], last_day)


def _waiting(
    since: int, leads: dict[int, int], dropped: dict[int, int], opened: dict[int, int], last_day: int
) -> Waiting:
    waited = _working_days_until(last_day, opened)
    delivered, gone, still = (sum(each.values()) for each in (leads, dropped, opened))
    every = delivered + gone + still
    return Waiting(
        since=since,
        until=reading.EPOCH + timedelta(days=last_day),
        cases=every,
        delivered=delivered,
        dropped=gone,
        open=still,
        is_shown=survival.is_shown(delivered + gone, every),
        curve=survival.estimate(lines.waits(leads, dropped, opened, waited)),
    )


def _working_days_until(last_day: int, days: Iterable[int]) -> dict[int, int]:
    """Day of opening to the working days after it up to the last day."""
    found, passed, at = {}, 0, last_day
    for day in sorted(days, reverse=True):
        while at > day:
            passed += periods.is_working_day(reading.EPOCH + timedelta(days=at))
            at -= 1
        found[day] = passed
    return found


def months_before(month: int, by: int) -> int:
    """The month yyyymm so many months before another."""
    number = month // 100 * 12 + month % 100 - 1 - by
    return number // 12 * 100 + number % 12 + 1


# ---- peers ----------------------------------------------------------------------------------------------------------


FUNNELS: Mapping[str, lines.Sort] = {sort.code: sort for sort in lines.SORTS if sort.kind is turns.Kind.SHARE}
"""Indicators that are shares, by which services of a kind are set side by side."""


def like(service_id: int) -> list[int]:
    """The published services of like kind, itself among them: of the same canvas, else of the same kind."""
    every = services.published()
    canvas, kind = every.filter(pk=service_id).values_list("canvas_version__canvas", "kind").first() or (None, "")
    alike = every.filter(canvas_version__canvas=canvas) if canvas else every.filter(kind=kind)
    return sorted({service_id, *alike.values_list("pk", flat=True)})


def funnel(
    code: str, service_ids: Collection[int], *, since: int, until: int, basis: Basis | None = None
) -> peers.Funnel | None:
    """These services about their pooled share from one month to another (yyyymm, both included); None for too few.

    `code` is one of FUNNELS; without a basis it is the first on which that is counted. Keys of the peers are service
    ids.
    """
    return _funnel(_generation(), code, tuple(service_ids), since, until, basis)


@functools.lru_cache(maxsize=64)
def _funnel(
    generation: tuple[str, int], code: str, service_ids: tuple[int, ...], since: int, until: int, basis: Basis | None
) -> peers.Funnel | None:
    """The same for a generation of the marts."""
    sort = FUNNELS[code]
    months = cases.months(
        service_ids, basis=basis or sort.bases[0], since=since, until=until, monthly=False, quantiles=False
    )
    counted = ((month.service_id, *lines.share_of(sort, _columns(month))) for month in months)
    return peers.funnel([peers.Peer(service, hits, n) for service, hits, n in counted])
