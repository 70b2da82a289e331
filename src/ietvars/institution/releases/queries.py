"""Reads releases: their list, one of them, its files; and gathers from the marts what a new one would freeze."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from ietvars.ground.deployment import queries as deployment
from ietvars.ground.periods.rules import Period
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.releases import errors, laying, rules
from ietvars.institution.releases.frozen import Cell, Days, Frozen, Named
from ietvars.institution.releases.models import Release
from ietvars.institution.services import queries as services


def every() -> QuerySet[Release]:
    """All releases, the newest period first."""
    return Release.objects.select_related("derived_from").prefetch_related("steps")


def public() -> QuerySet[Release]:
    """What anybody may see: published releases, and superseded ones with the reason."""
    return every().filter(state__in=[rules.State.PUBLISHED, rules.State.SUPERSEDED])


def by_code(code: str) -> Release:
    """One release. Raises NoSuchRelease."""
    found = every().filter(code=code).first()
    if found is None:
        raise errors.NoSuchRelease(code=code)
    return found


def held() -> list[rules.Held]:
    """All releases as the rules see them."""
    return [
        rules.Held(one.code, one.period, one.start, one.end, rules.State(one.state)) for one in Release.objects.all()
    ]


def newest() -> Release | None:
    """The published release of the newest period."""
    return every().filter(state=rules.State.PUBLISHED).first()


def file(release: Release, name: str) -> Path | None:
    """A file of a release that anybody may take; None where it has no such file."""
    path = laying.folder(release.code) / name
    return path if name in laying.PUBLIC and path.is_file() else None


def size(release: Release, name: str) -> int:
    """Bytes of a file; 0 where it is not there."""
    path = file(release, name)
    return path.stat().st_size if path else 0


def months_of(period: Period) -> tuple[str, ...]:
    """The months of a period, such as 2026-03."""
    first = period.start.year * 12 + period.start.month - 1
    last = period.end.year * 12 + period.end.month - 1
    return tuple(f"{at // 12}-{at % 12 + 1:02}" for at in range(first, last + 1))


def gathered(period: Period) -> Frozen:
    """What the marts hold of a period, of published services by their holder of today. Raises NothingToRelease."""
    months = months_of(period)
    first, last = _number(months[0]), _number(months[-1])
    fresh = cases.freshness()
    known = {row["pk"]: row for row in _services()}
    sums = _sums(first, last, frozenset(known))
    if not sums:
        raise errors.NothingToRelease(period=period.code)
    used = {row["holder_code"]: row["holder_name"] for row in known.values()}
    return Frozen(
        period=period.code,
        months=months,
        services=tuple(
            Named(row["code"], dict(row["title"]), row["holder_code"])
            for row in sorted(known.values(), key=lambda row: str(row["code"]))
        ),
        holders=tuple(Named(code, dict(name)) for code, name in sorted(used.items())),
        since={known[pk]["code"]: _code(month) for pk, month in _since(frozenset(known)).items()},
        cells=tuple(
            sorted(
                Cell(known[service]["code"], _code(month), CHANNELS[channel] or "unknown", *numbers)
                for (service, month, channel), numbers in sums.items()
            )
        ),
        days=tuple(sorted(_days(known, first, last))),
        illustrative=deployment.is_sample(),
        facts={"watermark": fresh.watermark, "generation": fresh.generation, "formula_version": fresh.formula_version},
    )


def _services() -> Iterator[dict[str, Any]]:
    for one in services.published().with_holder():
        if one.holder_id is not None:
            yield {
                "pk": one.pk,
                "code": one.code,
                "title": one.title,
                "holder_code": one.holder_code,
                "holder_name": one.holder_name,
            }


def _sums(first: int, last: int, known: frozenset[int]) -> dict[tuple[int, int, int], list[int]]:
    """Sums of each service, month and channel, in the order of the cell's columns."""
    sums: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0] * 6)
    for basis in (Basis.OPENED, Basis.DELIVERED):
        for each in cases.months(
            known, basis=basis, since=first, until=last, by=("service", "channel"), quantiles=False
        ):
            cell = sums[each.service_id or 0, each.month, each.channel or 0]
            if basis is Basis.OPENED:
                cell[0] += each.cases
                continue
            kept = min(each.on_time_n, each.on_time_base)
            for at, number in enumerate(
                (each.delivered, each.on_time_base, kept, each.rating_n, each.rating_sum), start=1
            ):
                cell[at] += number
    return dict(sums)


def _since(known: frozenset[int]) -> dict[int, int]:
    """The first month of each service of which anything is known."""
    first: dict[int, int] = {}
    for each in cases.months(known, basis=Basis.OPENED, by=("service",), quantiles=False):
        service = each.service_id or 0
        first[service] = min(first.get(service, each.month), each.month)
    return first


def _days(known: Mapping[int, Mapping[str, Any]], first: int, last: int) -> Iterator[Days]:
    for monthly in (True, False):
        for each in cases.months(frozenset(known), basis=Basis.DELIVERED, since=first, until=last, monthly=monthly):
            if each.p50 is not None and each.p90 is not None:
                month = _code(each.month) if monthly else ""
                yield Days(known[each.service_id or 0]["code"], month, each.p50, each.p90)


def _number(month: str) -> int:
    return int(month.replace("-", ""))


def _code(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"
