"""What a run says otherwise than the editions before it: services gone and new, figures changed and how.

Counts and lists, no judgement. Reads the rooms, writes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements import rules


@dataclass(frozen=True)
class Before:
    """What was known of a period before the run."""

    editions: tuple[str, ...] = ()
    services: frozenset[int] = frozenset()
    figures: Mapping[measurements.Cell, measurements.Current] = field(default_factory=dict)
    results: Mapping[tuple[int, str, str], measurements.Kept] = field(default_factory=dict)


def before(source: str, period: str) -> Before | None:
    """What the editions of a source say of a period; None where it has none."""
    editions = [each for each in measurements.editions(period) if each.source == source]
    if not editions:
        return None
    listed = (measurements.services_in(period, each.pk) for each in editions)
    return Before(
        editions=tuple(each.code for each in editions),
        services=frozenset().union(*listed),
        figures={each.cell: each for each in measurements.current(period, source=source)},
        results={each.cell: each for each in measurements.results(period, source=source)},
    )


def restatement(
    known: Before,
    *,
    listed: Iterable[int] | None,
    figures: Iterable[rules.MeasurementFacts],
    results: Iterable[rules.ResultFacts],
    numbers: Mapping[int, str],
) -> dict[str, Any]:
    """The part of the report about one period. `numbers`: service id to its number in the inventory.

    `listed` is None where the run lists no services at all, so that nothing can be gone.
    """
    found: dict[str, Any] = {"restates": list(known.editions)}
    if listed is not None and known.services:
        now = set(listed)
        found["services"] = {
            "kept": len(now & known.services),
            "gone": len(known.services - now),
            "new": len(now - known.services),
            "gone_list": _sorted(known.services - now, numbers),
            "new_list": _sorted(now - known.services, numbers),
        }
    found["figures"] = _figures(known, figures, numbers)
    found["standards"] = _results(known, results, numbers)
    return found


def _sorted(ids: Iterable[int], numbers: Mapping[int, str]) -> list[str]:
    return sorted((numbers.get(pk, str(pk)) for pk in ids), key=lambda text: (len(text), text))


def _figures(known: Before, figures: Iterable[rules.MeasurementFacts], numbers: Mapping[int, str]) -> dict[str, Any]:
    same = new = 0
    said: set[measurements.Cell] = set()
    changed: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for row in figures:
        if row.said.state == NOT_ASKED:
            continue
        cell = (row.service_id, row.quantity, row.stage, row.channel)
        said.add(cell)
        earlier = known.figures.get(cell)
        if earlier is None:
            new += 1
            continue
        change = rules.change((earlier.state, earlier.value), (row.said.state, row.said.number))
        if change:
            changed[row.quantity, row.stage, row.channel, change].append(row.service_id)
        else:
            same += 1
    return {
        "same": same,
        "new": new,
        "not_repeated": len(known.figures.keys() - said),
        "changed": [
            {
                "quantity": quantity,
                "stage": stage,
                "channel": channel,
                "change": change,
                "count": len(ids),
                "services": _sorted(ids, numbers),
            }
            for (quantity, stage, channel, change), ids in sorted(changed.items())
        ],
    }


NOT_ASKED = "not_asked"
"""What an edition did not ask it does not restate."""

_NUMBERS = ("target", "met", "total", "performance")


def _results(known: Before, results: Iterable[rules.ResultFacts], numbers: Mapping[int, str]) -> dict[str, Any]:
    same = new = 0
    said: set[tuple[int, str, str]] = set()
    changed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in results:
        cell = (row.service_id, row.standard, row.channel)
        said.add(cell)
        earlier = known.results.get(cell)
        if earlier is None:
            new += 1
            continue
        changes = dict(_changes(earlier, row))
        same += not changes
        for name, change in changes.items():
            changed[name, change].append(f"{numbers.get(row.service_id, row.service_id)} {row.standard}")
    return {
        "same": same,
        "new": new,
        "not_repeated": len(known.results.keys() - said),
        "changed": [
            {"number": name, "change": change, "count": len(each), "standards": sorted(each)}
            for (name, change), each in sorted(changed.items())
        ],
    }


def _changes(earlier: measurements.Kept, row: rules.ResultFacts) -> Iterable[tuple[str, str]]:
    for name in _NUMBERS:
        said: rules.Said = getattr(row, name)
        was = (getattr(earlier, f"{name}_state"), getattr(earlier, name))
        if said.state == NOT_ASKED:
            continue
        if change := rules.change(was, (said.state, said.number)):
            yield name, change
    if row.claimed and earlier.claimed != row.claimed:
        yield "claimed", f"{earlier.claimed or 'nothing'} → {row.claimed or 'nothing'}"


def summed(changed: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Changes over all quantities and channels, by kind."""
    found: Counter[str] = Counter()
    for each in changed:
        found[each["change"]] += each["count"]
    return found
