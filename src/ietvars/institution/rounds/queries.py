"""Reads rounds: who is asked what, what was typed so far and what the period before said, and what is due."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from ietvars.ground.bodies.models import Body
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import definitions
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.rounds import asking, rules
from ietvars.institution.rounds.asking import Asked, Key
from ietvars.institution.rounds.models import Exemption, Report, Round, Typed
from ietvars.institution.rounds.typed import BLANK, Figure
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

REGISTER = "national"
"""The register whose indicators a round can ask."""

LOOK_BACK = 3
"""Periods before that are read beside a figure: for the value of the last one, and to see one copied year by year."""


# ---- rounds ------------------------------------------------------------------------------------------------------


def rounds() -> QuerySet[Round]:
    """All rounds, the newest due date first."""
    return Round.objects.order_by("-due", "-pk")


def by_code(code: str) -> Round | None:
    """The round of a code."""
    return Round.objects.filter(code=code).first()


def open_of_period(period: str) -> Round | None:
    """The open round of a period; there is at most one."""
    return Round.objects.filter(period=period, closed_at__isnull=True).first()


def period_of(round: Round) -> periods.Period:
    """The period of a round as a value."""
    return periods.parse(round.period)


def choosable(period: periods.Period) -> list[definitions.Indicator]:
    """Indicators that a round of this period can ask, by the wording in force on its first day."""
    known = indicators.indicators()
    rows = indicators.definitions_in_force(period.start, REGISTER)
    found = [known[row.pk] for row in sorted(rows, key=lambda row: row.pk)]
    return [one for one in found if asking.needs([one])]


def asked_indicators(round: Round) -> list[definitions.Indicator]:
    """The definitions whose figures the round asks."""
    wanted = set(round.indicators)
    return [one for one in choosable(period_of(round)) if one.code in wanted]


def needs(round: Round) -> tuple[asking.Need, ...]:
    """The quantities that the round asks, in the order of the definitions."""
    return asking.needs(asked_indicators(round))


def exemptions(round: Round) -> QuerySet[Exemption]:
    """The exemptions of a round, in the order in which they were given."""
    return round.exemptions.select_related("body", "service").order_by("pk")


def _exempted(round: Round) -> tuple[rules.Exempted, ...]:
    return tuple(
        rules.Exempted(row.is_excused, row.reason, row.body_id, row.service_id, row.quantity)
        for row in round.exemptions.all()
    )


# ---- reports -----------------------------------------------------------------------------------------------------


def reports(round: Round) -> QuerySet[Report]:
    """The institutions that the round asks, in alphabet order."""
    return round.reports.select_related("body", "round").order_by("body__sort_key", "body__code")


def reports_of(body_ids: Iterable[int]) -> QuerySet[Report]:
    """Reports of these bodies in all rounds: open rounds first, the nearest due date first."""
    found = Report.objects.filter(body_id__in=list(body_ids)).select_related("body", "round", "edition")
    return found.order_by("-round__due", "body__sort_key", "pk")


def report(round: Round, body: Body) -> Report | None:
    """The report of a body in a round."""
    return Report.objects.filter(round=round, body=body).select_related("body", "round", "edition").first()


def report_of(round_code: str, body_code: str) -> Report | None:
    """The report that an address names."""
    found = Report.objects.filter(round__code=round_code, body__code=body_code)
    return found.select_related("body", "round", "edition").first()


@dataclass(frozen=True)
class Due:
    """A report that its institution still owes."""

    report: Report
    round: Round
    body: Body
    due: date
    is_returned: bool

    def days(self, on: date) -> int:
        """Days until the due date; negative once it is over."""
        return (self.due - on).days


def due(body_ids: Iterable[int], on: date) -> list[Due]:
    """What these bodies owe in open rounds, the most urgent first seen from a day. One query."""
    waiting = [state.value for state in rules.WAITING]
    rows = reports_of(body_ids).filter(round__closed_at__isnull=True, state__in=waiting)
    found = [
        Due(row, row.round, row.body, row.round.due, row.state == rules.State.CHANGE_REQUESTED.value) for row in rows
    ]
    return sorted(found, key=lambda one: (one.due - on, one.report.pk))


def to_accept(body_ids: Iterable[int] | None = None) -> QuerySet[Report]:
    """Submitted reports in open rounds, of these bodies or of all."""
    found = Report.objects.filter(state=rules.State.SUBMITTED.value, round__closed_at__isnull=True)
    if body_ids is not None:
        found = found.filter(body_id__in=list(body_ids))
    return found.select_related("body", "round").order_by("round__due", "pk")


# ---- who is asked what -------------------------------------------------------------------------------------------


def _services(body_ids: Iterable[int]) -> list[Service]:
    """The services whose figures bodies owe: published, offered, the state's own; each with its holder."""
    found = services.with_holder(services.of(body_ids).published().filter(source="")).distinct()
    return list(found.order_by("sort_key", "code"))


def holders_of_services() -> set[int]:
    """Ids of the bodies that hold a service of whose figures a round can ask."""
    found = services.with_holder(services.published().filter(source=""))
    return {service.holder_id for service in found.only("pk") if service.holder_id is not None}


def _asked(found: tuple[asking.Need, ...], service_ids: Collection[int]) -> dict[int, tuple[Asked, ...]]:
    """Service id to the questions about it, its channels in the order of the code list."""
    order = {code: at for at, code in enumerate(terms.labels("channels")["channels"])}
    stages = {need.stage for need in found if need.by_channel}
    channels = {stage: services.channels_at(stage, service_ids) for stage in stages}
    return {
        pk: asking.asked(
            found,
            {
                stage: sorted(given.get(pk, ()), key=lambda code: (order.get(code, len(order)), code))
                for stage, given in channels.items()
            },
        )
        for pk in service_ids
    }


# ---- the grid: one institution in one round ----------------------------------------------------------------------


@dataclass(frozen=True)
class Last:
    """What an earlier period said of the same figure."""

    period: str
    figure: Figure


@dataclass(frozen=True)
class Cell:
    """One question with what was typed and what was said before. `excuse` is the reason why it need not be answered."""

    asked: Asked
    figure: Figure
    last: Last | None = None
    excuse: str = ""

    @property
    def key(self) -> Key:
        return self.asked.key

    @property
    def is_due(self) -> bool:
        """Whether the question counts towards the coverage."""
        return not self.asked.is_optional and not self.excuse

    @property
    def is_said(self) -> bool:
        """Whether it was answered: a number, or that it does not apply or was not counted."""
        return self.figure.state in ("measured", "not_applicable", "not_asked")


@dataclass(frozen=True)
class Line:
    """One service with its cells in the order of the questions."""

    service: Service
    cells: tuple[Cell, ...]

    @property
    def coverage(self) -> tuple[int, int]:
        """Figures answered, and asked."""
        return sum(cell.is_due and cell.is_said for cell in self.cells), sum(cell.is_due for cell in self.cells)

    def cell(self, key: Key) -> Cell | None:
        """The cell of a key."""
        return next((cell for cell in self.cells if cell.key == key), None)


@dataclass(frozen=True)
class Grid:
    """All questions of a round to one institution, service by service, with the answers so far."""

    round: Round
    body: Body
    report: Report
    lines: tuple[Line, ...]
    indicators: tuple[definitions.Indicator, ...]

    @cached_property
    def needs(self) -> tuple[asking.Need, ...]:
        """The quantities that the round asks, in the order of the definitions."""
        return asking.needs(self.indicators)

    @cached_property
    def columns(self) -> tuple[Key, ...]:
        """Every key that some service is asked, in the order of the questions: the columns of a table."""
        order = {(need.quantity, need.stage): at for at, need in enumerate(self.needs)}
        channels = list(terms.labels("channels")["channels"])
        keys = {cell.key for line in self.lines for cell in line.cells}

        def place(key: Key) -> tuple[int, bool, int, str]:
            at = channels.index(key.channel) if key.channel in channels else len(channels)
            return order[key.quantity, key.stage], not key.channel, at, key.channel

        return tuple(sorted(keys, key=place))

    @property
    def coverage(self) -> tuple[int, int]:
        """Figures answered, and asked, of all services."""
        rows = [line.coverage for line in self.lines]
        return sum(said for said, _ in rows), sum(asked for _, asked in rows)

    def line(self, code: str) -> Line | None:
        """The line of a service."""
        return next((line for line in self.lines if line.service.code == code), None)


def grid(round: Round, body: Body) -> Grid | None:
    """What the round asks of a body, with what was typed and what the period before said; None where it asks nothing.

    Lines are in the order of the services' titles; the columns of a table are `Grid.columns`.
    """
    owed = report(round, body)
    if owed is None:
        return None
    rows = _services([body.pk])
    wanted = tuple(asked_indicators(round))
    found = asking.needs(wanted)
    asked = _asked(found, [row.pk for row in rows])
    exempted = _exempted(round)
    typed = {(row.service_id, Key(row.quantity, row.stage, row.channel)): _figure(row) for row in owed.typed.all()}
    last = _lasts(period_of(round), [row.pk for row in rows], {need.quantity for need in found})
    lines = tuple(
        Line(
            service,
            tuple(
                Cell(
                    each,
                    typed.get((service.pk, each.key), BLANK),
                    last.get((service.pk, each.key)),
                    _excuse(exempted, body.pk, service.pk, each.key.quantity),
                )
                for each in asked[service.pk]
            ),
        )
        for service in rows
    )
    return Grid(round, body, owed, lines, wanted)


def _excuse(exempted: Collection[rules.Exempted], body_id: int, service_id: int, quantity: str) -> str:
    narrowest = rules.exemption(exempted, body_id, service_id, quantity)
    return narrowest.reason if narrowest is not None and narrowest.is_excused else ""


def _figure(row: Typed) -> Figure:
    return Figure(row.state, plain(row.value), row.n, plain(row.spread), row.scale, row.raw, row.note)


def plain(number: Decimal | None) -> Decimal | None:
    """A kept number without its trailing zeros."""
    if number is None:
        return None
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def said_in(
    period: str, service_ids: Collection[int] | None = None, quantities: Collection[str] | None = None
) -> dict[int, dict[Key, Figure]]:
    """Service id to its figures of a period, cell by cell the newest word."""
    found: dict[int, dict[Key, Figure]] = {}
    for row in measurements.current(period, service_ids=service_ids, quantities=quantities):
        found.setdefault(row.service_id, {})[Key(row.quantity, row.stage, row.channel)] = Figure(
            row.state, plain(row.value), row.n, plain(row.spread), row.scale, row.raw
        )
    return found


def before(period: periods.Period) -> list[periods.Period]:
    """The periods of the same kind before one, newest first."""
    made = [period]
    for _ in range(LOOK_BACK):
        made.append(periods.previous(made[-1]))
    return made[1:]


def _lasts(
    period: periods.Period, service_ids: Collection[int], quantities: Collection[str]
) -> dict[tuple[int, Key], Last]:
    found: dict[tuple[int, Key], Last] = {}
    for one in reversed(before(period)):
        for service, figures in said_in(one.code, service_ids, quantities).items():
            for key, figure in figures.items():
                if figure.state != "not_asked":
                    found[service, key] = Last(one.code, figure)
    return found


# ---- how far a round has come ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """One institution in a round: figures answered and asked, over so many services."""

    report: Report
    services: int
    said: int
    asked: int


def progress(round: Round) -> list[Progress]:
    """Every institution of a round with its coverage, in alphabet order. A fixed number of queries."""
    rows = list(reports(round))
    held: dict[int, list[int]] = {row.body_id: [] for row in rows}
    for service in _services(held):
        if service.holder_id in held:
            held[service.holder_id].append(service.pk)
    asked = _asked(needs(round), [pk for found in held.values() for pk in found])
    exempted = _exempted(round)
    typed: dict[tuple[int, int], set[Key]] = {}
    answered = Typed.objects.filter(report__round=round).exclude(state__in=["missing", "unreadable"])
    for report_id, service_id, *key in answered.values_list("report_id", "service_id", "quantity", "stage", "channel"):
        typed.setdefault((report_id, service_id), set()).add(Key(*key))
    made = []
    for row in rows:
        counted: Counter[bool] = Counter()
        for pk in held[row.body_id]:
            told = typed.get((row.pk, pk), set())
            for each in asked[pk]:
                if not each.is_optional and not rules.is_excused(exempted, row.body_id, pk, each.key.quantity):
                    counted[each.key in told] += 1
        made.append(Progress(row, len(held[row.body_id]), counted[True], counted.total()))
    return made


def states(round_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """Id of each round to how many institutions are in which state."""
    found: dict[int, Counter[str]] = {pk: Counter() for pk in round_ids}
    for round_id, state in Report.objects.filter(round__in=found).values_list("round_id", "state"):
        found[round_id][state] += 1
    return found


def target_words(row: Exemption, language: str, quantities: Mapping[str, Mapping[str, str]]) -> str:
    """Whom an exemption is about, in words; empty for the whole round."""
    named: list[Any] = [row.body.name if row.body else None, row.service.title if row.service else None]
    parts = [pick(text, language) for text in named if text]
    if row.quantity:
        parts.append(pick(quantities.get(row.quantity), language) or row.quantity)
    return ": ".join(parts)
