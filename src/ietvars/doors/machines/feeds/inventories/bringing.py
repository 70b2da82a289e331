"""Brings a gathered run into the rooms: bodies, services, edition, figures and standards, all in one transaction.

Each order goes to the action of its room. What cannot be placed becomes a fault of its row, never a guess.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ietvars.doors.machines.feeds.inventories import errors, gathering, mapping, naming, report, restating
from ietvars.doors.machines.feeds.inventories.faults import Fault, Weight
from ietvars.doors.machines.feeds.inventories.gathering import Gathered
from ietvars.doors.machines.feeds.inventories.naming import Named
from ietvars.doors.machines.feeds.inventories.rows import BodyName, Place
from ietvars.doors.machines.feeds.inventories.standards import Result, StandardTold
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods.rules import Period
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import errors as refusals
from ietvars.institution.measurements import queries as measured
from ietvars.institution.measurements import rules
from ietvars.institution.services import queries as services

MOST_NAME = 160
Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how far it is, and how far it goes."""


@dataclass
class Run:
    """What a run did: the document for machines, and the faults for the list."""

    document: dict[str, Any]
    faults: Sequence[Fault] = ()
    is_new: bool = True


def bring(
    inventory: mapping.Inventory,
    paths: Sequence[Path],
    *,
    by: Actor,
    now: datetime,
    edition: str = "",
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> Run:
    """Read the files as one edition and keep it. The same content again changes nothing.

    Raises refusals of this slice and of the indicators beside the mapping, and EditionExists where other content bears
    the edition's name.
    """
    if len(edition) > MOST_NAME or not edition.isprintable():
        raise errors.BadEditionName(most=MOST_NAME)
    tell = progress or (lambda _step, _done, _of: None)
    size = sum(path.stat().st_size for path in paths if path.is_file())
    read = 0

    def reading(count: int) -> None:
        nonlocal read
        read += count
        tell("reading", read, size)

    found = gathering.gather(inventory, paths, only=only, tell=reading)
    kept = _kept(inventory.source, edition, found.digest)
    code = edition or f"{now:%Y-%m-%d}-{found.digest[:12]}"
    with transaction.atomic():
        definitions = _define(inventory, by=by, now=now)
        if kept is not None:
            run = Run(report.again(kept, inventory), is_new=False)
        else:
            run = _Bringing(inventory, found, by, now, tell).bring(code)
    run.document["definitions"] = definitions
    return run


def _define(inventory: mapping.Inventory, *, by: Actor, now: datetime) -> list[str]:
    """Take in the indicators beside the mapping; the new and the reworded ones by code and version."""
    if not inventory.definitions:
        return []
    return [str(each) for each in indicators.load_register(text=inventory.definitions, by=by, now=now)]


def _kept(source: str, edition: str, digest: str) -> Any:
    """The edition that holds this content already, None where it is new. Raises EditionExists."""
    if not edition:
        return measured.edition_of_content(source, digest)
    known = measured.edition(source, edition)
    if known is not None and known.content_hash != digest:
        raise refusals.EditionExists(edition=edition, source=source)
    return known


@dataclass
class _Rows:
    """What goes into the record."""

    reported: list[rules.ReportedFacts] = field(default_factory=list)
    figures: list[rules.MeasurementFacts] = field(default_factory=list)
    standards: list[rules.StandardFacts] = field(default_factory=list)
    results: list[rules.ResultFacts] = field(default_factory=list)


class _Bringing:
    """One run inside its transaction."""

    def __init__(self, inventory: mapping.Inventory, found: Gathered, by: Actor, now: datetime, tell: Progress) -> None:
        self.inventory = inventory
        self.found = found
        self.by = by
        self.now = now
        self.tell = tell
        self.faults = list(found.faults)
        self.named = Named()

    def bring(self, code: str) -> Run:
        """Write everything; returns the report."""
        mentioned = len(self.found.mentions)
        if mentioned:
            self.tell("services", 0, mentioned)
        self.named = naming.name(self.inventory, self.found, by=self.by, now=self.now)
        if mentioned:
            self.tell("services", mentioned, mentioned)
        rows = self._rows()
        if not (rows.reported or rows.figures or rows.standards or self.named.services):
            first = self.faults[-1]
            raise errors.NothingTaken(file=first.file, line=first.line, why=first.explanation)
        earlier = {
            period: known
            for period in sorted(self.found.periods)
            if (known := restating.before(self.inventory.source, period)) is not None
        }
        edition = measurements.open_edition(
            source=self.inventory.source,
            code=code,
            title=dict(self.inventory.title),
            content_hash=self.found.digest,
            is_illustrative=self.inventory.is_illustrative,
            by=self.by,
            now=self.now,
        )
        total, done = len(rows.reported) + len(rows.figures) + len(rows.results), 0

        def written(count: int) -> None:
            nonlocal done
            done += count
            self.tell("figures", done, total)

        recorded = measurements.record(
            edition=edition,
            reported=rows.reported,
            measurements=rows.figures,
            standards=rows.standards,
            results=rows.results,
            by=self.by,
            now=self.now,
            progress=written,
        )
        self.faults.sort(key=lambda fault: (fault.file, fault.line))
        document = report.document(
            self.inventory,
            self.found,
            self.named,
            recorded=recorded,
            edition=code,
            now=self.now,
            faults=self.faults,
            restatements=self._restatements(earlier, rows),
        )
        measurements.keep_report(edition=edition, report=document, by=self.by, now=self.now)
        return Run(document, self.faults)

    # ---- rows of the record ----------------------------------------------------------------------------------------

    def _rows(self) -> _Rows:
        holders = _Holders(self.inventory, self.found, self.named)
        rows = _Rows()
        left_out: set[Place] = set()
        for (identity, code), line in self.found.lines.items():
            period = self.found.periods[code]
            service, holder = self._placed(identity, period, line.body, line.place, holders, left_out)
            if service and holder:
                rows.reported.append(rules.ReportedFacts(service, holder, period, line.fields, line.place.line))
        for (identity, *_), held in self.found.cells.items():
            cell = held.cell
            service, holder = self._placed(identity, cell.period, held.body, held.place, holders, left_out)
            if service and holder:
                rows.figures.append(
                    rules.MeasurementFacts(
                        service,
                        holder,
                        cell.period,
                        cell.quantity,
                        cell.said,
                        stage=cell.stage,
                        channel=cell.channel,
                        n=cell.n,
                        spread=cell.spread,
                        spread_kind=cell.spread_kind,
                        scale=cell.method,
                    )
                )
        _Standards(self, rows).take()
        return rows

    def _placed(
        self,
        identity: str,
        period: Period,
        body: BodyName | None,
        place: Place,
        holders: "_Holders",
        left_out: set[Place],
    ) -> tuple[int, int]:
        """Ids of service and holder of a row; zeros, with one fault a row, where one of them cannot be told."""
        service = self.named.services.get(identity, 0)
        holder = holders.of(identity, service, period, body) if service else 0
        if not (service and holder) and place not in left_out:
            left_out.add(place)
            reason, _ = self.named.nameless.get(identity, ("no-body" if service else "unknown-service", place))
            self.faults.append(place.fault("", identity, reason))
        return service, holder

    def _restatements(self, earlier: Mapping[str, restating.Before], rows: _Rows) -> dict[str, Any]:
        numbers = {pk: identity for identity, pk in naming.numbered(self.inventory).items()}
        listed: dict[str, list[int]] = defaultdict(list)
        for row in rows.reported:
            listed[row.period.code].append(row.service_id)
        return {
            period: restating.restatement(
                known,
                listed=listed.get(period),
                figures=(row for row in rows.figures if row.period.code == period),
                results=(row for row in rows.results if row.period.code == period),
                numbers=numbers,
            )
            for period, known in earlier.items()
        }


class _Holders:
    """Who held a service in a period: the body its row names, else who is known of the period, else of its last day."""

    def __init__(self, inventory: mapping.Inventory, found: Gathered, named: Named) -> None:
        self._inventory = inventory
        self._lines = found.lines
        self._named = named
        self._listed: dict[str, dict[int, int]] = {}
        self._on_day: dict[date, dict[int, int]] = {}

    def of(self, identity: str, service: int, period: Period, body: BodyName | None) -> int:
        """Id of the holder, 0 where nobody is known."""
        if body is None and (line := self._lines.get((identity, period.code))):
            body = line.body
        if body is not None:
            return self._named.bodies[body.code]
        if period.code not in self._listed:
            rows = measured.listed(period.code)
            self._listed[period.code] = {pk: row.holder_id for pk, row in rows.items()}
        if holder := self._listed[period.code].get(service):
            return holder
        for day in (period.end, date.max):
            if day not in self._on_day:
                self._on_day[day] = services.holders_on(self._named.services.values(), day)
            if holder := self._on_day[day].get(service):
                return holder
        return 0


class _Standards:
    """Finds the service of each standard and gathers promises and results."""

    def __init__(self, run: _Bringing, rows: _Rows) -> None:
        self._run = run
        self._rows = rows
        self._told = run.found.standards
        self._listing = {code for _, code in run.found.lines}
        self._by_code: dict[str, dict[date, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for told in self._told:
            if told.identity:
                self._by_code[told.code][told.period.start][told.identity] = told.channel
        self._kept: dict[str, dict[int, date | None]] | None = None
        self._channels: dict[tuple[int, str], str] = {}

    def take(self) -> None:
        """Fill the rows of standards and their results."""
        promises: dict[tuple[int, str], tuple[date, rules.StandardFacts]] = {}
        seen: dict[tuple[int, str, str, str], Place] = {}
        for told in self._told:
            service, channel = self._service(told)
            if not service:
                continue
            key = (service, told.code)
            start = told.period.start
            if key not in promises or (told.promise and promises[key][0] <= start):
                facts = rules.StandardFacts(service, told.code, told.promise, told.kind)
                promises[key] = (start, facts)
            self._note_unlisted(told)
            for result in told.results:
                self._take_result(told, result, service, result.channel or channel, seen)
        self._rows.standards = [facts for _, facts in promises.values()]

    def _take_result(
        self,
        told: StandardTold,
        result: Result,
        service: int,
        channel: str,
        seen: dict[tuple[int, str, str, str], Place],
    ) -> None:
        key = (service, told.code, result.period.code, channel)
        if key in seen:
            self._fault(told, "second-result", first=seen[key])
            return
        seen[key] = told.place
        self._rows.results.append(
            rules.ResultFacts(
                service,
                told.code,
                result.period,
                channel=channel,
                claimed=result.claimed,
                faults=result.faults,
                line=told.place.line,
                **result.said,
            )
        )

    def _service(self, told: StandardTold) -> tuple[int, str]:
        """Id of the service and the channel of the standard; 0 with a fault where it cannot be told."""
        if told.identity:
            service = self._run.named.services.get(told.identity, 0)
            if not service:
                reason, _ = self._run.named.nameless.get(told.identity, ("unknown-service", told.place))
                self._fault(told, reason, raw=told.identity)
            return service, told.channel
        by_day = self._by_code.get(told.code)
        if not by_day:
            return self._known_before(told)
        start = told.period.start
        day = max((each for each in by_day if each <= start), default=min(by_day))
        if len(by_day[day]) > 1:
            self._fault(told, "standard-of-several", raw=told.code)
            return 0, ""
        identity, channel = next(iter(by_day[day].items()))
        service = self._run.named.services.get(identity, 0)
        if not service:
            self._fault(told, "unknown-service", raw=identity)
        return service, channel

    def _known_before(self, told: StandardTold) -> tuple[int, str]:
        """The service that an earlier edition promised this standard for, the newest where there were several."""
        if self._kept is None:
            source = self._run.inventory.source
            self._kept = measured.standards_of(source)
            ids = {pk for known in self._kept.values() for pk in known}
            self._channels = measured.standard_channels(source, ids)
        known = self._kept.get(told.code, {})
        newest = max((day or date.min for day in known.values()), default=date.min)
        candidates = [pk for pk, day in known.items() if (day or date.min) == newest]
        if len(candidates) != 1:
            self._fault(told, "standard-of-several" if candidates else "unknown-standard", raw=told.code)
            return 0, ""
        return candidates[0], self._channels.get((candidates[0], told.code), "")

    def _note_unlisted(self, told: StandardTold) -> None:
        """Name a standard whose service the run does not list in that period, where the run lists any."""
        listed = (told.identity, told.period.code) in self._run.found.lines
        if told.identity and told.period.code in self._listing and not listed:
            self._fault(told, "service-not-listed", raw=told.identity, weight=Weight.CONTRADICTION)

    def _fault(
        self,
        told: StandardTold,
        reason: str,
        *,
        raw: str = "",
        weight: Weight = Weight.ROW,
        first: Place | None = None,
    ) -> None:
        self._run.faults.append(told.place.fault("", raw or told.code, reason, weight, first=first))
