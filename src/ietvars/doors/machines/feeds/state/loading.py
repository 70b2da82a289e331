"""Brings a state folder in by the same actions that people use, in one transaction: all of it or nothing.

The order is that of the house: bodies, people, services as their former holders held them, what became of the bodies,
publishing, situations and ties, lists, drafts; then the tables of measurements, one edition for each folder of
`measurements`, read by the feed of inventories under `mapping.toml`. What an action refuses is told with the entry that
caused it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from ietvars.collaboration.situations import actions as situations
from ietvars.collaboration.ties import actions as ties
from ietvars.collaboration.ties import rules as tie_rules
from ietvars.doors.machines.feeds.inventories import bringing
from ietvars.doors.machines.feeds.inventories import reading as tables
from ietvars.doors.machines.feeds.state import (
    acting,
    checking,
    collecting,
    drafting,
    entries,
    errors,
    hearing,
    reading,
    sending,
)
from ietvars.ground.bodies import actions as bodies
from ietvars.ground.bodies import queries as known_bodies
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.errors import Refusal
from ietvars.ground.people import actions as people
from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.terms import queries as terms
from ietvars.ground.words import actions as words
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.lists import actions as lists
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as known_services

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with what is being loaded, how many entries of it are done, and how many there are."""


def load(*, folder: Path, by: Actor, now: datetime, progress: Progress | None = None) -> entries.Folder:
    """Load a folder into an empty database and mark it as the sample state.

    Raises NoFolder, BrokenFolder, NotTaken, NotEmpty.
    """
    found = reading.read(folder)
    if faults := checking.check(found, terms.labels(*checking.LISTS), canvases.published()):
        raise errors.BrokenFolder(faults)
    with transaction.atomic():
        deployment.mark_sample(
            name=found.state.name,
            as_of=found.state.as_of,
            sample_hash=reading.content_hash(folder),
            by=by,
            now=now,
        )
        _Loader(found, by=by, now=now, progress=progress).load()
        _measurements(folder, by=by, now=now, progress=progress)
        collecting.collect(folder=folder, by=by)
        hearing.hear(folder=folder, by=by)
        sending.send(folder=folder, by=by, now=now, progress=progress)
    return found


def _measurements(folder: Path, *, by: Actor, now: datetime, progress: Progress | None) -> None:
    mapping = folder / "mapping.toml"
    if not mapping.is_file():
        return
    inventory = tables.load(str(mapping))
    for edition in sorted(path for path in (folder / "measurements").iterdir() if path.is_dir()):
        bringing.bring(
            inventory,
            sorted(edition.glob("*.csv")),
            edition=edition.name,
            by=by,
            now=now,
            progress=progress,
        )


class _Loader:
    """Walks the entries of a folder; one method for each kind of entry."""

    def __init__(self, folder: entries.Folder, *, by: Actor, now: datetime, progress: Progress | None) -> None:
        self.folder, self.by, self.now = folder, by, now
        self.progress = progress
        self.place: entries.Place | None = None
        self.canvases = canvases.published()

    def load(self) -> None:
        folder = self.folder
        try:
            for body in self._steps("bodies", _parents_first(folder.bodies)):
                self._body(body)
            for person in self._steps("people", folder.people):
                self._person(person)
            templates = [service for service in folder.services if service.is_template]
            ordinary = [service for service in folder.services if not service.is_template]
            for service in self._steps("services", [*templates, *ordinary]):
                self._describe(service)
            for variant in self._steps("local services", folder.variants):
                self._vary(variant)
            for change in self._steps("changes of bodies", sorted(folder.changes, key=lambda entry: entry.on)):
                self._change(change)
            described: list[entries.ServiceEntry | entries.VariantEntry] = [*templates, *ordinary, *folder.variants]
            self._publish(described)
            for situation in self._steps("life situations", folder.situations):
                situations.describe(code=situation.code, facts=situation.facts, by=self.by, now=self.now)
            for tie in self._steps("ties", folder.ties):
                self._tie(tie)
            self._words()
            for entry in self._steps("service lists", folder.lists):
                self._list(entry)
            for draft in self._steps("drafts", folder.drafts):
                drafting.draft(draft, by=self.by)
        except Refusal as refusal:
            raise errors.NotTaken(place=self.place, why=str(refusal)) from refusal

    def _steps(self, what: str, told: Sequence[T]) -> Iterable[T]:
        for number, entry in enumerate(told):
            self.place = getattr(entry, "place", None)
            self._tell(what, number, len(told))
            yield entry
        self._tell(what, len(told), len(told))

    def _tell(self, what: str, done: int, of: int) -> None:
        if self.progress:
            self.progress(what, done, of)

    def _body(self, entry: entries.BodyEntry) -> None:
        bodies.establish(
            code=entry.code,
            kind=entry.kind,
            name=entry.name,
            short=entry.short,
            parent=known_bodies.by_code(entry.parent) if entry.parent else None,
            since=entry.since,
            registration_code=entry.registration_code,
            territory_code=entry.territory,
            is_invented=entry.is_invented,
            by=self.by,
            now=self.now,
        )

    def _person(self, entry: entries.PersonEntry) -> None:
        person = people.add_person(username=entry.username, name=entry.name, is_sample=True, by=self.by, now=self.now)
        for role, code in entry.capacities:
            body = known_bodies.by_code(code)
            assert body is not None
            people.give_capacity(person=person, role=Role(role), body=body, by=self.by, now=self.now)

    def _describe(self, entry: entries.ServiceEntry) -> None:
        holder = known_bodies.by_code(self._first_holder(entry))
        assert holder is not None
        made_in = self.canvases.get(entry.canvas, {})
        services.describe(
            code=entry.code,
            holder=holder,
            facts=entry.facts,
            is_template=entry.is_template,
            since=entry.since,
            canvas_version=made_in.get(entry.canvas_number or max(made_in, default=0)),
            by=self.by,
            now=self._moment(entry.retired_on),
        )

    def _first_holder(self, entry: entries.ServiceEntry) -> str:
        """Who held the service before any change: as the entry says, else whoever bore another name then.

        A common description without a holder is held by the group that its first local body stands in.
        """
        code = entry.former_holder or entry.holder
        if not code:
            first = next(variant.body for variant in self.folder.variants if variant.template == entry.code)
            return next(body.parent for body in self.folder.bodies if body.code == first)
        if entry.former_holder:
            return code
        for change in sorted(self.folder.changes, key=lambda change: change.on, reverse=True):
            if change.kind == "renamed" and change.new == (code,):
                (code,) = change.old
        return code

    def _vary(self, entry: entries.VariantEntry) -> None:
        template, body = known_services.by_code(entry.template), known_bodies.by_code(entry.body)
        assert template is not None
        assert body is not None
        services.vary(
            template=template,
            holder=body,
            code=entry.code,
            own=entry.own,
            is_offered=entry.is_offered,
            not_offered_because=entry.reason,
            by=self.by,
            now=self.now,
        )

    def _change(self, entry: entries.ChangeEntry) -> None:
        old = [body for code in entry.old if (body := known_bodies.by_code(code))]
        new = [body for code in entry.new if (body := known_bodies.by_code(code))]
        if entry.kind == "split":
            bodies.split(
                predecessor=old[0], successors=new, on=entry.on, document=entry.document, by=self.by, now=self.now
            )
        elif entry.kind == "merged":
            bodies.merge(
                predecessors=old, successor=new[0], on=entry.on, document=entry.document, by=self.by, now=self.now
            )
        else:
            bodies.renew(
                predecessor=old[0], successor=new[0], on=entry.on, document=entry.document, by=self.by, now=self.now
            )

    def _publish(self, told: Sequence[entries.ServiceEntry | entries.VariantEntry]) -> None:
        """Publish what is no draft: those that ended on the day they ended, all others together."""
        self.place = None
        ended = [one for one in told if isinstance(one, entries.ServiceEntry) and one.retired_on is not None]
        drafts = [one for one in told if isinstance(one, entries.ServiceEntry) and one.is_draft]
        standing = [one.code for one in told if one not in ended and one not in drafts]
        found = known_services.by_codes(standing)
        self._tell("publishing", 0, len(told))
        try:
            services.publish_all(services=[found[code] for code in standing], by=self.by, now=self.now)
        except Refusal as refusal:
            refused = refusal.facts.get("service")
            self.place = next((one.place for one in told if one.code == refused), None)
            raise
        for entry in self._steps("ended services", ended):
            service, moment = known_services.by_codes([entry.code])[entry.code], self._moment(entry.retired_on)
            services.publish(service=service, by=self.by, now=moment)
            services.retire(service=service, by=self.by, now=moment, why=service.summary.get("lv", ""))
        self._tell("publishing", len(told), len(told))

    def _tie(self, entry: entries.TieEntry) -> None:
        known = known_services.by_codes([entry.source, entry.target])
        ties.tie(
            kind=tie_rules.read_kind(entry.kind),
            source=known[entry.source],
            target=known[entry.target],
            note=entry.note,
            by=self.by,
            now=self.now,
        )

    def _words(self) -> None:
        self.place = None
        for kind in ("synonym", "lemma"):
            groups = [(entry.language, entry.words) for entry in self.folder.words if entry.kind == kind]
            words.replace_groups(kind=kind, groups=groups, by=self.by, now=self.now)

    def _list(self, entry: entries.ListEntry) -> None:
        body = known_bodies.by_code(entry.body)
        assert body is not None
        described = known_services.by_codes(line.service for line in entry.lines)
        made = lists.draft(
            body=body,
            year=entry.year,
            title=dict(entry.title),
            entries=[lists.Entry(described.get(line.service), dict(line.title)) for line in entry.lines],
            author=entry.author,
            by=self.by,
            now=self._moment(entry.document_date),
        )
        if entry.state == "draft":
            return
        lists.submit(service_list=made, by=self.by, now=self._moment(entry.document_date))
        if entry.state == "submitted":
            return
        lists.approve(
            service_list=made,
            document_number=entry.document_number,
            document_date=entry.document_date,
            by=_approver(entry, body.pk) or self.by,
            now=self._moment(entry.document_date),
        )
        if entry.state == "published":
            lists.publish(service_list=made, by=self.by, now=self._moment(entry.document_date))

    def _moment(self, day: date | None) -> datetime:
        """Noon of a day that the folder names, else now."""
        return acting.noon(day) if day else self.now


def _approver(entry: entries.ListEntry, body_id: int) -> Actor | None:
    """The approver whom the entry names, in the capacity that reaches the body."""
    actors = acting.capacities(entry.approver)
    return next((actor for actor in actors if actor.role == Role.LIST_APPROVER and actor.reaches(body_id)), None)


def _parents_first(bodies_told: Sequence[entries.BodyEntry]) -> list[entries.BodyEntry]:
    """Bodies in an order in which each stands behind its parent. A circle was refused before."""
    waiting = {entry.code: entry for entry in bodies_told}
    ordered: list[entries.BodyEntry] = []
    while waiting:
        ready = [entry for entry in waiting.values() if entry.parent not in waiting]
        ordered += ready
        for entry in ready:
            del waiting[entry.code]
    return ordered
