"""Composes search: what the index finds becomes the groups that people look through. It ranks nothing itself.

A module of its own, since the page and the API of this door ask for the same groups.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ietvars.collaboration.situations import queries as situations
from ietvars.ground.periods import rules as periods
from ietvars.ground.words import queries as words
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services

LIMIT = 120


@dataclass(frozen=True)
class Answers:
    """What was found: situations first, then services of one's own municipality, of the state, and folded copies."""

    situations: tuple[Any, ...] = ()
    own: tuple[Any, ...] = ()
    everywhere: tuple[Any, ...] = ()
    elsewhere: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    is_partial: bool = False
    meant: str = ""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def service_count(self) -> int:
        """Services found, copies elsewhere counted once each group."""
        return len(self.own) + len(self.everywhere) + len(self.elsewhere)


def request_channels(service: Any) -> list[str]:
    """Channel codes of the request stage; needs prefetched stages."""
    return [
        row.channel
        for one in service.stages.all()
        if one.name == "request"
        for row in one.deliveries.all()
        if row.channel
    ]


def answer(
    text: str,
    language: str,
    *,
    place: str = "",
    audience: Sequence[str] = (),
    channels: Sequence[str] = (),
    life: Sequence[str] = (),
) -> Answers:
    """Find situations and services for a question, in groups, with counts for the filters."""
    hits = words.search(text, language, kinds=("service", "situation"), place=place, limit=LIMIT)
    found_situations = {one.code: one for one in situations.published()}
    order = {hit.key: position for position, hit in enumerate(hits) if hit.kind == "service"}
    rows = sorted(services.for_lists(order), key=lambda one: order[one.code])
    members = situations.members()
    counts = _counts(rows, members)
    kept = [row for row in rows if _passes(row, audience, channels, life, members)]
    own, everywhere, elsewhere = _grouped(kept, place)
    return Answers(
        situations=tuple(
            found_situations[hit.key] for hit in hits if hit.kind == "situation" and hit.key in found_situations
        )[:3],
        own=tuple(own),
        everywhere=tuple(everywhere),
        elsewhere=tuple((code, tuple(group)) for code, group in elsewhere.items()),
        is_partial=any(hit.is_partial for hit in hits),
        meant=words.meant(text, language) if not hits else "",
        counts=counts,
    )


def _passes(
    row: Any, audience: Sequence[str], channels: Sequence[str], life: Sequence[str], members: dict[str, set[int]]
) -> bool:
    if audience and row.audience and not set(audience) & set(row.audience):
        return False
    if channels and not set(channels) & set(request_channels(row)):
        return False
    return not life or any({row.pk, row.template_id} & members.get(code, set()) for code in life)


def _counts(rows: Iterable[Any], members: dict[str, set[int]]) -> dict[str, dict[str, int]]:
    """How many answers each filter would leave; copies of one common description count once, as the page folds them."""
    found: dict[str, dict[str, set[int]]] = {"kam": {}, "ka": {}, "situacija": {}}
    for row in rows:
        answer_id = row.template_id or row.pk
        for code in row.audience:
            found["kam"].setdefault(code, set()).add(answer_id)
        for code in request_channels(row):
            found["ka"].setdefault(code, set()).add(answer_id)
        for code, ids in members.items():
            if {row.pk, row.template_id} & ids:
                found["situacija"].setdefault(code, set()).add(answer_id)
    return {name: {code: len(ids) for code, ids in sets.items()} for name, sets in found.items()}


def _grouped(rows: Sequence[Any], place: str) -> tuple[list[Any], list[Any], dict[str, list[Any]]]:
    """Own municipality, the whole state, and copies elsewhere by the common description they vary."""
    own: list[Any] = []
    everywhere: list[Any] = []
    elsewhere: dict[str, list[Any]] = {}
    for row in rows:
        if row.template_id is None:
            (own if place and row.holder_code == place else everywhere).append(row)
        elif place and row.holder_code == place:
            own.append(row)
        else:
            elsewhere.setdefault(row.template.code, []).append(row)
    return own, everywhere, elsewhere


def most_requested(limit: int = 200) -> tuple[list[str], str]:
    """Codes of the services asked for most in the newest year that has figures, and that year's code.

    Services whose requests were not measured are not in the list; they are not taken for unused.
    """
    for period in reversed(indicators.periods_with_figures()):
        if periods.parse(period).kind not in indicators.YEARS:
            continue
        rows = (
            indicators.figures(period, codes=["demand"], whole=True)
            .filter(state="measured", value__gt=0)
            .order_by("-value")
        )
        codes = list(rows.values_list("service__code", flat=True)[:limit])
        if codes:
            return codes, period
    return [], ""
