"""Frozen evidence: what is kept of the figures on the day of a proposal, how it is read again, what moved since.

Pure, never Django. A frozen document stands for itself: it holds the result rows, the wording of each definition and
the content hash of each edition, so that its fingerprint can be checked and its figures compared without this database.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ietvars.institution.indicators import comparison, definitions
from ietvars.institution.indicators import rules as indicators
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State
from ietvars.oversight.initiatives.rules import Movement

DOCUMENT = "ietvars/frozen-evidence"
CHECK_DOCUMENT = "ietvars/initiative-check"
VERSION = 1

Document = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One computed figure with the codes that name it everywhere: service, holder, definition, editions."""

    service: str
    holder: str
    indicator: definitions.Indicator
    figure: Figure
    editions: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The series: service, indicator, stage, channel."""
        return (self.service, self.indicator.code, self.figure.stage, self.figure.channel)


@dataclass(frozen=True)
class Edition:
    """An edition as the outside knows it."""

    source: str
    code: str
    content_hash: str
    is_illustrative: bool = False

    @property
    def name(self) -> str:
        """Source and code, as rows name it."""
        return f"{self.source} {self.code}"


def freeze(
    *,
    period: str,
    indicator: str,
    services: Iterable[str],
    rows: Iterable[Row],
    editions: Iterable[Edition],
    finding: Mapping[str, Any] | None,
) -> Document:
    """The document of a proposal's evidence; `rules.canonical` of it is what is kept and fingerprinted."""
    held = sorted(rows, key=lambda row: row.key)
    used = {name for row in held for name in row.editions}
    wordings = {row.indicator.mark: row.indicator for row in held}
    return {
        "document": DOCUMENT,
        "version": VERSION,
        "query": {
            "period": period,
            "services": sorted(services),
            "indicators": sorted({row.indicator.code for row in held} | {indicator}),
            "expected": indicator,
        },
        "finding": dict(finding) if finding else None,
        "figures": [written(row) for row in held],
        "definitions": [
            {"code": each.code, "version": each.version, "register": each.register, "spec": each.spec}
            for _, each in sorted(wordings.items())
        ],
        "editions": [
            {
                "source": each.source,
                "code": each.code,
                "content_hash": each.content_hash,
                "is_illustrative": each.is_illustrative,
            }
            for each in sorted(editions, key=lambda one: one.name)
            if each.name in used
        ],
    }


def written(row: Row) -> Document:
    """A row as documents hold it."""
    figure = row.figure
    return {
        "service": row.service,
        "holder": row.holder,
        "indicator": row.indicator.code,
        "definition_version": row.indicator.version,
        "unit": row.indicator.unit,
        "stage": figure.stage,
        "channel": figure.channel,
        "state": figure.state.value,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
        "spread": figure.spread,
        "spread_kind": figure.spread_kind,
        "scale": figure.scale,
        "parts_measured": figure.measured,
        "parts_expected": figure.expected,
        "gaps": list(figure.gaps),
        "exclusions": list(figure.exclusions),
        "restated": list(figure.restated),
        "editions": sorted(row.editions),
        "is_illustrative": figure.is_illustrative,
    }


@dataclass(frozen=True)
class Frozen:
    """A frozen document, read again."""

    period: str
    indicator: str
    services: tuple[str, ...]
    rows: tuple[Row, ...]
    finding: Mapping[str, Any] | None
    document: Mapping[str, Any]


def read(text: str) -> Frozen:
    """Read what `freeze` made. Numbers come back exactly as they were written."""
    document = json.loads(text, parse_float=Decimal)
    wordings = {
        (each["code"], each["version"]): definitions.indicator(json.loads(json.dumps(each["spec"], default=float)))
        for each in document["definitions"]
    }
    return Frozen(
        period=document["query"]["period"],
        indicator=document["query"]["expected"],
        services=tuple(document["query"]["services"]),
        rows=tuple(_row(each, wordings) for each in document["figures"]),
        finding=document["finding"],
        document=document,
    )


def _row(said: Mapping[str, Any], wordings: Mapping[tuple[str, int], definitions.Indicator]) -> Row:
    return Row(
        service=said["service"],
        holder=said["holder"],
        indicator=wordings[said["indicator"], said["definition_version"]],
        figure=Figure(
            stage=said["stage"],
            channel=said["channel"],
            state=State(said["state"]),
            value=_number(said["value"]),
            numerator=_number(said["numerator"]),
            denominator=_number(said["denominator"]),
            n=said["n"],
            spread=_number(said["spread"]),
            spread_kind=said["spread_kind"],
            scale=said["scale"],
            measured=said["parts_measured"],
            expected=said["parts_expected"],
            gaps=tuple(said["gaps"]),
            exclusions=tuple(said["exclusions"]),
            restated=tuple(said["restated"]),
            is_illustrative=said["is_illustrative"],
        ),
        editions=tuple(said["editions"]),
    )


def _number(said: int | Decimal | None) -> Decimal | None:
    return None if said is None else Decimal(said)


def checked(
    *,
    period: str,
    evidence_hash: str,
    frozen: Movement,
    anew: Movement,
    rows: Iterable[Row],
    rows_anew: Iterable[Row],
    editions: Iterable[Edition],
    outcome: str,
    reason: str,
) -> Document:
    """The document of a check: the figures it saw, what they say beside both baselines, and the outcome."""
    now, again = sorted(rows, key=lambda row: row.key), sorted(rows_anew, key=lambda row: row.key)
    used = {name for row in (*now, *again) for name in row.editions}
    return {
        "document": CHECK_DOCUMENT,
        "version": VERSION,
        "evidence_hash": evidence_hash,
        "check_period": period,
        "outcome": outcome,
        "reason": reason,
        "since_frozen": _moved(frozen),
        "since_today": _moved(anew),
        "figures": [written(row) for row in now],
        "baseline_today": [written(row) for row in again],
        "definitions": sorted({row.indicator.mark for row in (*now, *again)}),
        "editions": [
            {"source": each.source, "code": each.code, "content_hash": each.content_hash}
            for each in sorted(editions, key=lambda one: one.name)
            if each.name in used
        ],
    }


def _moved(movement: Movement) -> Document:
    return {
        "baseline": movement.baseline,
        "now": movement.now,
        "is_clear": movement.is_clear,
        "reason": movement.reason,
    }


# ---- is it still what it was ------------------------------------------------------------------------------------


def is_intact(text: str, kept: str) -> bool:
    """Whether a frozen text is the one that was fingerprinted."""
    return indicators.fingerprint(text) == kept


@dataclass(frozen=True)
class Beside:
    """A frozen figure beside today's of the same series and period. `why` says in codes why they differ."""

    then: Row
    today: Row | None
    why: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.why


def beside(frozen: Frozen, today: Iterable[Row]) -> tuple[Beside, ...]:
    """Each frozen figure with what is known of it today."""
    now = {row.key: row for row in today}
    return tuple(Beside(row, now.get(row.key), _why(row, now.get(row.key))) for row in frozen.rows)


def _why(then: Row, today: Row | None) -> tuple[str, ...]:
    """Codes: gone, definition_changed, later_edition, restated, holder_changed, otherwise."""
    if today is None:
        return ("gone",)
    differs = {
        "definition_changed": then.indicator.mark != today.indicator.mark,
        "later_edition": set(then.editions) != set(today.editions),
        "restated": bool(today.figure.restated) and today.figure.restated != then.figure.restated,
        "holder_changed": then.holder != today.holder,
    }
    said = tuple(code for code, holds in differs.items() if holds)
    is_same = (then.figure.state, then.figure.value) == (today.figure.state, today.figure.value)
    return said if said or is_same else ("otherwise",)


# ---- what moved -------------------------------------------------------------------------------------------------


def movement(before: Iterable[Row], now: Iterable[Row], indicator: str) -> Movement:
    """What the named indicator did over the services of an initiative, by the comparison that can refuse.

    Several services become one figure by the definition's rule, over those measured at both times; where a service
    was measured only once, that side counts as missing, since the figures would not be about the same services.
    """
    then, today = _stand(before, indicator), _stand(now, indicator)
    if not then or not today:
        known = _one(then or today)
        return Movement(
            baseline=known.figure.value if then and known else None,
            now=known.figure.value if today and known else None,
            is_clear=None,
            reason="missing_now" if then else "missing_before",
        )
    earlier, later = _one(then), _one(today)
    if earlier is None or later is None:
        return Movement(None, None, is_clear=None, reason="definition_changed")
    left = indicators.Side(earlier.indicator, _whole(earlier.figure, then, today))
    right = indicators.Side(later.indicator, _whole(later.figure, today, then))
    verdict = comparison.settle([indicators.series(left, right)])[0]
    refused = verdict.word is comparison.Word.NOT_COMPARABLE
    return Movement(
        baseline=earlier.figure.value,
        now=later.figure.value,
        is_clear=None if refused else verdict.word is not comparison.Word.NO_CLEAR_CHANGE,
        reason=verdict.reason.value if verdict.reason else "",
    )


def taken_as_final(rows: Iterable[Row]) -> list[Row]:
    """The rows as if they had never been restated, for asking what their newest word alone would say."""
    return [replace(row, figure=replace(row.figure, restated=())) for row in rows]


Stand = Mapping[str, Row]
"""The row of each service, by its code."""


def _stand(rows: Iterable[Row], indicator: str) -> Stand:
    """The whole figure of each service; slices by channel or stage are evidence, not what is checked."""
    return {
        row.service: row
        for row in rows
        if row.indicator.code == indicator and not row.figure.channel and row.figure.stage == row.indicator.stage
    }


@dataclass(frozen=True)
class _Made:
    indicator: definitions.Indicator
    figure: Figure


def _one(stand: Stand) -> _Made | None:
    """The one figure of the services; None where they were measured by different wordings."""
    rows = list(stand.values())
    if len({row.indicator.mark for row in rows}) != 1:
        return None
    if len(rows) == 1:
        return _Made(rows[0].indicator, rows[0].figure)
    made = indicators.aggregate(rows[0].indicator, {at: row.figure for at, row in enumerate(rows)})
    scales = {row.figure.scale for row in rows}
    figure = Figure(
        state=made.state,
        value=made.value,
        numerator=made.numerator,
        denominator=made.denominator,
        scale=scales.pop() if len(scales) == 1 else "mixed",
        restated=tuple(entry for row in rows for entry in row.figure.restated),
        gaps=tuple({**gap, "stage": f"{row.service} {gap['stage']}"} for row in rows for gap in row.figure.gaps),
    )
    return _Made(rows[0].indicator, figure)


def _whole(figure: Figure, mine: Stand, other: Stand) -> Figure | None:
    """The figure, or nothing where the other time measured services that this one did not."""
    lacking = _measured(other) - _measured(mine)
    return None if lacking else figure


def _measured(stand: Stand) -> set[str]:
    return {service for service, row in stand.items() if row.figure.state is State.MEASURED}


def baseline(rows: Iterable[Row], indicator: str) -> Decimal | None:
    """The value from which an initiative starts; None where nothing is measured or there is no single figure."""
    made = _one(_stand(rows, indicator))
    return made.figure.value if made and made.figure.state is State.MEASURED else None


def has_figure(rows: Iterable[Row], indicator: str) -> bool:
    """Whether a figure has come in for every service that has a row."""
    stand = _stand(rows, indicator)
    return bool(stand) and all(row.figure.state is State.MEASURED for row in stand.values())


def as_document(text: str) -> Document:
    """The frozen text as a document, for printing inside another one."""
    found: Document = json.loads(text)
    return found
