"""Composes search: what the index finds becomes the groups that people look through. It ranks nothing itself.

A module of its own, since the page and the API of this door ask for the same groups.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ietvars.collaboration.situations import queries as situations
from ietvars.ground.periods import rules as periods
from ietvars.ground.words import queries as words
from ietvars.ground.words.rules import Found
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services

SERVICE, SITUATION = "service", "situation"
"""Kinds of documents that this door knows pages for."""

LIMIT = 160
"""So many documents are looked through, the copies of 42 municipalities among them."""

MOST_SITUATIONS = 3

SHOWN_ANYWAY = 5
"""So many services are shown even if others have more of the words."""


@dataclass(frozen=True)
class Answers:
    """What was found: situations first, then services of one's own municipality, of the state, and folded copies.

    `loose` are services far down that have some of the words only, where others have all. `is_elsewhere_first` says
    that the best answer is one that municipalities give, while the visitor has not said where he lives.
    `nearest` is the (kind, key) that comes closest even where nothing was found; `meant` the question put right.
    """

    situations: tuple[Any, ...] = ()
    own: tuple[Any, ...] = ()
    everywhere: tuple[Any, ...] = ()
    elsewhere: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    loose: tuple[Any, ...] = ()
    is_elsewhere_first: bool = False
    is_partial: bool = False
    meant: str = ""
    nearest: tuple[str, str] | None = None
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def service_count(self) -> int:
        """Services found, copies elsewhere counted once each group."""
        return len(self.own) + len(self.everywhere) + len(self.elsewhere) + len(self.loose)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was found."""
        return not self.service_count and not self.situations


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
    known: Mapping[str, Any] | None = None,
) -> Answers:
    """Find situations and services for a question, in groups, with counts for the filters.

    `known` are the published situations by code, for a caller who has read them already.
    """
    found = words.look(text, language, kinds=(SERVICE, SITUATION), place=place, limit=LIMIT)
    known = {one.code: one for one in situations.published()} if known is None else known
    order = {hit.key: position for position, hit in enumerate(found.hits) if hit.kind == SERVICE}
    rows = sorted(services.for_lists(order), key=lambda one: order[one.code])
    members = situations.members()
    traits = {"kam": set(audience), "ka": set(channels), "situacija": set(life)}
    passed = [(row, _passed(row, traits, members)) for row in rows]
    own, everywhere, elsewhere = _grouped([row for row, names in passed if len(names) == len(traits)], place)
    partial = {hit.key for hit in found.hits if hit.kind == SERVICE and hit.is_partial and not found.is_partial}
    everywhere, loose = _parted(everywhere, partial)
    best = next((hit for hit in found.hits if hit.kind == SERVICE), None)
    return Answers(
        situations=tuple(known[hit.key] for hit in found.hits if hit.kind == SITUATION and hit.key in known)[
            :MOST_SITUATIONS
        ],
        own=tuple(own),
        everywhere=tuple(everywhere),
        elsewhere=tuple((code, tuple(group)) for code, group in elsewhere.items()),
        loose=tuple(loose),
        is_elsewhere_first=not place and best is not None and best.group in elsewhere,
        is_partial=found.is_partial,
        meant=found.meant,
        nearest=_nearest(found),
        counts=_counts(passed, traits, members),
    )


def _parted(rows: Sequence[Any], partial: Collection[str]) -> tuple[list[Any], list[Any]]:
    """The first rows whatever they have, then those with all the words; and apart from them the rest."""
    shown = [row for place, row in enumerate(rows) if place < SHOWN_ANYWAY or row.code not in partial]
    kept = {row.pk for row in shown}
    return shown, [row for row in rows if row.pk not in kept]


def _nearest(found: Found) -> tuple[str, str] | None:
    """The best hit that is a service, since services have owners; else whatever is nearest."""
    best = next((hit for hit in found.hits if hit.kind == SERVICE), None) or found.nearest
    return (best.kind, best.key) if best else None


def _traits(row: Any, members: Mapping[str, set[int]]) -> dict[str, set[str]]:
    """What the filters can ask of a service."""
    return {
        "kam": set(row.audience),
        "ka": set(request_channels(row)),
        "situacija": {code for code, ids in members.items() if {row.pk, row.template_id} & ids},
    }


def _passed(row: Any, asked: Mapping[str, set[str]], members: Mapping[str, set[int]]) -> set[str]:
    """Names of the filters that let the service through. One without an audience is for everybody."""
    own = _traits(row, members)
    return {
        name for name, wanted in asked.items() if not wanted or wanted & own[name] or (name == "kam" and not own[name])
    }


def _counts(
    passed: Iterable[tuple[Any, set[str]]], asked: Mapping[str, set[str]], members: Mapping[str, set[int]]
) -> dict[str, dict[str, int]]:
    """How many answers each choice would leave beside the other filters that are on.

    Copies of one common description count once, as the page folds them.
    """
    found: dict[str, dict[str, set[int]]] = {name: {} for name in asked}
    for row, names in passed:
        for name, codes in _traits(row, members).items():
            if names >= asked.keys() - {name}:
                for code in codes:
                    found[name].setdefault(code, set()).add(row.template_id or row.pk)
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
