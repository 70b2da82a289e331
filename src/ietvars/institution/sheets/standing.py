"""What the rooms below say now, row by row, in the plain texts of the columns. It reads; it decides and writes nothing.

A service stands as its open draft has it, else as people read it: that is what its owner would go on writing. A figure
stands as the newest edition has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role, may
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements import rules as measured
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.revisions import rules as revision_rules
from ietvars.institution.rounds import queries as rounds
from ietvars.institution.rounds import rules as round_rules
from ietvars.institution.rounds import typed
from ietvars.institution.services import queries as services
from ietvars.institution.sheets import cells, errors, layouts, rules
from ietvars.institution.sheets import parts as sheet_parts

if TYPE_CHECKING:
    from ietvars.institution.services.models import ServiceSet

Key = tuple[str, str, str, str, str]
"""What a figure is about: period, code of the service, quantity, stage, channel."""

EVERYWHERE = frozenset({Role.OVERSEER, Role.COORDINATOR, Role.SYSTEM})
"""Who reads the whole state, whatever body gave the capacity; the system reaches all."""

ENDED = ("retired",)


@dataclass(frozen=True)
class Row:
    """One row as it stands now. `parts` are the values behind its cells; `holder_id` says whose it is."""

    key: str
    label: str
    cells: Mapping[str, str]
    holder_id: int | None
    parts: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    service_id: int = 0


def known() -> cells.Known:
    """What cells may name, from the code lists and the institutions. Events of life and of business are one list."""
    wanted = ("service-kinds", "areas", "target-groups", "channels", "stages", "life-events", "business-events")
    lists: dict[str, dict[str, Mapping[str, str]]] = {
        code: dict(found) for code, found in terms.labels(*wanted).items()
    }
    lists["life-events"].update(lists.pop("business-events"))
    return cells.Known(lists=lists, bodies={body.code: body.name for body in bodies.all_bodies()})


def reachable(actor: Actor) -> ServiceSet:
    """Services whose rows somebody may download: those of his reach, or of the whole state."""
    every = services.all_services() if actor.role in EVERYWHERE else services.of(actor.reach)
    return every.exclude(state__in=ENDED).distinct()


# ---- services ----------------------------------------------------------------------------------------------------


def service_rows(found: ServiceSet) -> list[Row]:
    """Services as they stand now, in the order of their titles."""
    told = list(services.descriptions_of(found.order_by("sort_key", "code")))
    drafts = {
        draft.service_id: draft for draft in revisions.waiting({one.holder_id for one, _ in told if one.holder_id})
    }
    rows: list[Row] = []
    for service, description in told:
        draft = drafts.get(service.pk)
        parts = dict(draft.description if draft else description)
        parts["review_months"] = service.review_months
        texts = {column.code: sheet_parts.told(column, parts) for column in _PARTS_OF_SERVICES}
        texts |= {
            "service": service.code,
            "holder": service.holder_code or "",
            "state": service.state,
            "reviewed_on": service.reviewed_on.isoformat() if service.reviewed_on else "",
        }
        rows.append(
            Row(
                key=service.code,
                label=pick(parts.get("title"), "lv"),
                cells=texts,
                holder_id=service.holder_id,
                parts=parts,
                refusal=_closed(service, draft),
                service_id=service.pk,
            )
        )
    return rows


_PARTS_OF_SERVICES = tuple(column for column in layouts.LAYOUTS[layouts.SERVICES] if column.path)


def _closed(service: Any, draft: Any) -> Refusal | None:
    """Why nobody can write in the description now."""
    if service.state in ENDED:
        return errors.GoneRow(key=service.code)
    if draft is not None and draft.state != revision_rules.State.DRAFT:
        return errors.LockedRow(key=service.code)
    return None


# ---- measurements ------------------------------------------------------------------------------------------------


def joined(key: Key) -> str:
    """The key as one text."""
    return "|".join(key)


def parted(text: str) -> Key | None:
    """The key of a text; None when it is none."""
    pieces = text.split("|")
    return (pieces[0], pieces[1], pieces[2], pieces[3], pieces[4]) if len(pieces) == 5 else None


def newest_period() -> str:
    """The newest period of which there are figures; empty when there are none."""
    known_periods = indicators.periods_with_figures()
    return known_periods[-1] if known_periods else ""


def asked_keys(found: ServiceSet, wanted: Iterable[str]) -> list[Key]:
    """Which figures a sheet of these periods asks for: all that were ever reported of the period, or else of the newest
    one before it, for each service."""
    codes = dict(found.values_list("pk", "code"))
    keys: dict[Key, None] = {}
    for period in wanted:
        for row in sorted(_cells_of(period, codes), key=lambda cell: (codes[cell[0]], *cell[1:])):
            keys[period, codes[row[0]], row[1], row[2], row[3]] = None
    return list(keys)


def _cells_of(period: str, codes: Mapping[int, str]) -> set[measurements.Cell]:
    own = {row.cell for row in measurements.current(period, service_ids=list(codes))}
    wanted = periods.parse(period)
    earlier = [
        code
        for code, start in measurements.periods()
        if start < wanted.start and periods.parse(code).kind == wanted.kind
    ]
    there = {cell[0] for cell in own}
    if earlier:
        lacking = [pk for pk in codes if pk not in there]
        own |= {row.cell for row in measurements.current(earlier[-1], service_ids=lacking)} if lacking else set()
    return own


def figure_rows(keys: Collection[Key], language: str = "lv") -> list[Row]:
    """Figures as they stand now, in the order of the keys; those of unknown services are left out."""
    codes = {key[1] for key in keys}
    found = services.with_holder(services.all_services().filter(code__in=codes))
    by_code = {service.code: service for service in found}
    labels = terms.labels("quantities")["quantities"]
    current: dict[Key, measurements.Current] = {}
    holders: dict[str, dict[int, int]] = {}
    ids = {service.pk: code for code, service in by_code.items()}
    for period in {key[0] for key in keys}:
        holders[period] = services.holders_on(ids, periods.parse(period).start)
        for row in measurements.current(period, service_ids=list(ids)):
            current[period, ids[row.service_id], row.quantity, row.stage, row.channel] = row
    rows: list[Row] = []
    names = dict(bodies.all_bodies().values_list("pk", "code"))
    for key in keys:
        period, code, quantity, stage, channel = key
        service = by_code.get(code)
        if service is None:
            continue
        said = current.get(key)
        holder = said.holder_id if said else holders[period].get(service.pk, service.holder_id)
        rows.append(
            Row(
                key=joined(key),
                label=pick(service.title, language),
                cells={
                    "period": period,
                    "service": code,
                    "title": pick(service.title, language),
                    "holder": names.get(holder or 0, ""),
                    "quantity": quantity,
                    "quantity_label": pick(labels.get(quantity), language),
                    "stage": stage,
                    "channel": channel,
                    "value": _figure(said),
                    "n": "" if said is None or said.n is None else str(said.n),
                    "illustrative": "yes" if said is not None and said.is_illustrative else "no",
                },
                holder_id=holder,
                parts={"figure": said},
                service_id=service.pk,
            )
        )
    return rows


def _figure(said: measurements.Current | None) -> str:
    """The figure as a plain text; empty where nobody ever said anything."""
    if said is None:
        return ""
    return cells.plain(said.value) if said.state == "measured" else said.state


# ---- rounds ------------------------------------------------------------------------------------------------------


def round_rows(round_code: str, body_code: str, language: str = "lv") -> list[Row]:
    """The questions of a round to an institution with what was answered so far; none where it asks nothing."""
    report = rounds.report_of(round_code, body_code)
    grid = rounds.grid(report.round, report.body) if report else None
    if grid is None or report is None:
        return []
    labels = terms.labels("quantities")["quantities"]
    is_closed = report.round.closed_at is not None or report.state == round_rules.State.ACCEPTED
    refusal = errors.ClosedReport(key=f"{round_code} {body_code}") if is_closed else None
    rows: list[Row] = []
    for line in grid.lines:
        for cell in line.cells:
            if cell.excuse:
                continue
            title = pick(line.service.title, language)
            key = (round_code, body_code, line.service.code, *cell.key)
            texts = {
                "round": round_code,
                "body": body_code,
                "service": line.service.code,
                "title": title,
                "quantity": cell.key.quantity,
                "quantity_label": pick(labels.get(cell.key.quantity), language),
                "stage": cell.key.stage,
                "channel": cell.key.channel,
                "earlier": _answer(cell.last.figure) if cell.last else "",
                "mean": "yes" if cell.asked.mean else "no",
                **_answered(cell.figure),
            }
            rows.append(
                Row("|".join(key), title, texts, grid.body.pk, {"figure": cell.figure}, refusal, line.service.pk)
            )
    return rows


VALUE = next(column for column in layouts.LAYOUTS[layouts.ROUNDS] if column.code == "value")
"""The column of the answer itself."""


def _answered(figure: typed.Figure) -> dict[str, str]:
    return {
        "value": _answer(figure),
        "n": "" if figure.n is None else str(figure.n),
        "spread": cells.plain(figure.spread),
        "scale": figure.scale,
        "note": figure.note,
    }


def _answer(figure: typed.Figure) -> str:
    if figure.number is not None:
        return cells.plain(figure.number)
    return "" if figure.state == "missing" else figure.state


# ---- for whom ----------------------------------------------------------------------------------------------------


def rows_of(kind: str, keys: Collection[str]) -> list[Row]:
    """The rows of these keys as they stand now; keys of what is no more are left out."""
    if kind == layouts.SERVICES:
        return service_rows(services.all_services().filter(code__in=keys))
    if kind == layouts.ROUNDS:
        reports = {(pieces[0], pieces[1]) for text in keys if len(pieces := text.split("|")) == 6}
        every = (row for report in sorted(reports) for row in round_rows(*report))
        return [row for row in every if row.key in keys]
    return figure_rows([key for text in keys if (key := parted(text))])


def for_sender(kind: str, rows: Iterable[Row], actor: Actor) -> dict[str, rules.Standing]:
    """The rows as the comparison wants them: what is not the sender's is refused, and its values are not shown."""
    found: dict[str, rules.Standing] = {}
    for row in rows:
        is_own = may(_REQUIRED[kind], actor, row.holder_id)
        refusal = row.refusal if is_own else errors.ForeignRow()
        found[row.key] = rules.Standing(row.key, row.label, row.cells, refusal, is_foreign=not is_own)
    return found


def _require_reporter(actor: Actor, holder_id: int | None) -> None:
    measured.require_reporter(actor, () if holder_id is None else (holder_id,))


_REQUIRED: Mapping[str, Callable[[Actor, Any], None]] = {
    layouts.SERVICES: revision_rules.require_writer,
    layouts.MEASUREMENTS: _require_reporter,
    layouts.ROUNDS: round_rules.require_reporter,
}
"""Who may change a row of each kind, by the rule of the room below."""
