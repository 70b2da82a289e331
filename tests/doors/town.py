"""A small state for tests of all doors at once: four bodies, and of each the same things under words of its own.

    above (ministry) > own (agency) > below (office), and foreign (agency of another ministry)

What anybody may read of a body carries its WORD; what is not public yet carries its SECRET. So a test sees in any
answer whose things it holds. Built by actions in one transaction that a test module opens and rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from ietvars.ground.bodies import reorganising
from ietvars.ground.bodies.plans import Kind, Plan
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import rules as job_rules
from ietvars.ground.people import actions as people
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import actions as words
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries as known_canvases
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import queries as events
from ietvars.institution.deliveries import senders
from ietvars.institution.feedback import actions as feedback
from ietvars.institution.feedback import rules as feedback_rules
from ietvars.institution.lists import actions as lists
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.releases import laying
from ietvars.institution.releases.frozen import Cell, Frozen, Named
from ietvars.institution.releases.models import Release
from ietvars.institution.revisions import actions as drafts
from ietvars.institution.rounds import actions as rounds
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.typed import Typed
from ietvars.institution.services.models import Service
from ietvars.institution.sheets import actions as sheets
from ietvars.institution.sheets import queries as sheet_files
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions as initiatives
from ietvars.oversight.initiatives.models import Initiative
from tests.institution.flows import laid
from tests.oversight.measuring import MeasuredState
from tests.world import NOW, TODAY, World, texts

POSITIONS = ("own", "below", "above", "foreign")
"""Bodies as seen by everybody of the town, who all act for the body `own`; each position is the body's code."""

IN_REACH = frozenset({"own", "below"})

WORD = {"own": "Zilkalns", "below": "Zalleja", "above": "Augstkalne", "foreign": "Svessala"}
"""In the title of what is public. Letters that no format escapes."""

SECRET = {position: f"{word}melnraksts" for position, word in WORD.items()}
"""In the title of drafts, and of lists that nobody has published."""

SITUATION, INDICATOR, PERIOD, BEFORE = "move-house", "on-time", "2025", "2024"
COMMON = "common-benefit"
"""Code of a service that all give by one description."""

QUARTER, ROUND = "2026-Q3", "2026-q3"
"""The period of a round that is open, and the round's code."""
PUBLISHED, UNPUBLISHED = 2025, 2026
"""Years of the lists."""

ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
CAPACITIES = {"nobody": (), "undecided": (Role.SERVICE_OWNER, Role.OVERSEER), **{role.value: (role,) for role in ROLES}}
"""Who lives here: username to the capacities held for `own`. `undecided` has not chosen, `nobody` has none."""


RELEASE = "2026-q1"


def service_of(position: str) -> str:
    """Code of the published service of a body."""
    return f"{position}-service"


def case_of(position: str) -> str:
    """How addresses name the case of its service."""
    return f"{POSITIONS.index(position) + 1:016x}"


def draft_of(position: str) -> str:
    """Code of its service that nobody has published."""
    return f"{position}-draft"


def _nothing(arguments: Mapping[str, Any], step: Any, by: Any, now: datetime) -> dict[str, Any]:
    """A kind of work that never is done here."""
    return {}


class Town:
    """The state and its people."""

    def __init__(self) -> None:
        # The sample state stands still on its day, so that no test depends on the clock.
        deployment.mark_sample(name=texts("Pilsēta"), as_of=TODAY, sample_hash="town", by=SYSTEM, now=NOW)
        canvases.load_shipped(by=SYSTEM, now=NOW)
        self.world = World()
        self.state = MeasuredState(self.world)
        self.people: dict[str, Person] = {}
        self.services: dict[str, Service] = {}
        self.findings: dict[str, tuple[str, str]] = {}
        self.initiatives: dict[str, str] = {}
        self.feedback: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.sheets: dict[str, int] = {}
        self.words = self._words()
        self.jobs: dict[str, int] = {}
        self._bodies()
        self._people()
        self._measure()
        self._decide()
        self._hear()
        self._send()
        self._deliver()
        self._send_sheets()
        self._collect()
        self._work()
        self._write()
        self._release()
        self.reorganisations = {position: self._plan(position) for position in POSITIONS}

    def _plan(self, position: str) -> int:
        """A renaming that is planned and not applied."""
        wanted = Plan(
            kind=Kind.RENAMED,
            on=TODAY,
            predecessors=(position,),
            successors=(position,),
            name=texts(f"{SECRET[position]} birojs"),
        )
        return reorganising.plan(plan=wanted, by=SYSTEM, now=NOW).pk

    def _write(self) -> None:
        """An open draft of each service, the next version of a canvas, and a common service."""
        for position in POSITIONS:
            writer = self.world.actor(Role.SERVICE_OWNER, position, username=f"writer-{position}")
            draft = drafts.start(service=self.services[position], by=writer, now=NOW)
            told = {"receives": texts(f"{SECRET[position]} summa")}
            drafts.save(revision=draft, changes=told, edition=draft.edition, by=writer, now=NOW)
        canvas = known_canvases.by_code("benefit")
        assert canvas is not None
        parts = known_canvases.parts(known_canvases.current("benefit"))
        canvases.draft(canvas=canvas, parts=parts, note={}, by=SYSTEM, now=NOW)
        self.world.template(COMMON)

    def _work(self) -> None:
        """Work in the background: some of it waits, some was stopped."""
        job_rules.register("nothing", _nothing)
        for position in POSITIONS:
            job = jobs.enqueue(kind="nothing", arguments={"position": position}, by=SYSTEM, now=NOW)
            self.jobs[position] = job.pk
            if position not in IN_REACH:
                jobs.stop(job=job, by=SYSTEM, now=NOW)

    def _bodies(self) -> None:
        world = self.world
        world.body("above", kind="ministry")
        world.body("own", below="above")
        world.body("below", below="own")
        world.body("foreign", below="elsewhere")
        for position in POSITIONS:
            self.services[position] = world.service(
                service_of(position), holder=position, title=f"{WORD[position]} pabalsts"
            )
            world.draft(draft_of(position), holder=position, title=f"{SECRET[position]} pabalsts")
            self._list(position, PUBLISHED, WORD[position], is_public=True)
            self._list(position, UNPUBLISHED, SECRET[position], is_public=False)
        world.situation(SITUATION, *(service_of(position) for position in POSITIONS))

    def _list(self, position: str, year: int, word: str, *, is_public: bool) -> ServiceList:
        body = self.world.body(position)
        made = lists.draft(
            body=body,
            year=year,
            title=texts(f"{word} saraksts"),
            entries=[lists.Entry(title=texts(f"{word} neaprakstīts"))],
            by=SYSTEM,
            author="somebody",
            now=NOW,
        )
        lists.submit(service_list=made, by=SYSTEM, now=NOW)
        if is_public:
            approver = self.world.actor(Role.LIST_APPROVER, position, username=f"approver-{position}")
            document: dict[str, Any] = {"document_number": "1-2/26/14", "document_date": date(year, 2, 10)}
            lists.approve(service_list=made, **document, by=approver, now=NOW)
            lists.publish(service_list=made, by=SYSTEM, now=NOW)
        return made

    def _words(self) -> int:
        """A group of everyday words; they are of the whole state."""
        made = words.add_group(kind="synonym", language="lv", words=["naudiņa", "pabalsts"], by=SYSTEM, now=NOW)
        return made.pk

    def _people(self) -> None:
        body = self.world.body("own")
        for username, roles in CAPACITIES.items():
            person = people.add_person(username=username, name=texts(username), is_sample=True, by=SYSTEM, now=NOW)
            for role in roles:
                people.give_capacity(person=person, role=role, body=body, by=SYSTEM, now=NOW)
            self.people[username] = person

    def _measure(self) -> None:
        for period, kept in ((BEFORE, 900), (PERIOD, 700)):
            said = {"requests": {"in-person": 6000}, "on_time": (kept, 1000), "time": 14, "satisfaction": 7}
            self.state.report(period, **{service_of(position).replace("-", "_"): said for position in POSITIONS})
            self.state.compute(period)
        finders.look(period=PERIOD, by=SYSTEM, now=NOW, on=TODAY)
        codes = {service_of(position): position for position in POSITIONS}
        for row in findings.findings(PERIOD):
            if row.service and row.service.code in codes:
                self.findings[codes[row.service.code]] = (row.finder, row.key)

    def _decide(self) -> None:
        for position in POSITIONS:
            made = self.propose(f"{WORD[position]} ātrāk", self.services[position], position)
            self.initiatives[position] = made.code

    def _deliver(self) -> None:
        """One case of each service in the lake, with the number of its position."""
        laid.publish(
            {
                "service_id": self.services[position].pk,
                "case_id": number,
                "holder_id": self.world.body(position).pk,
                "provider_id": self.world.body(position).pk,
                "type": kind,
                "occurred_us": int(NOW.timestamp() - 86_400 + 60 * kind) * 1_000_000,
            }
            for number, position in enumerate(POSITIONS, start=1)
            for kind in (1, 7, 8)
        )

    def _send_sheets(self) -> None:
        """A spreadsheet of each body that came back with one changed cell, and waits to be written."""
        for position in POSITIONS:
            sender = self.world.actor(Role.SERVICE_OWNER, position, username=f"sender-{position}")
            made = sheets.download(kind="services", codes=[service_of(position)], by=sender, now=NOW)
            content = sheet_files.file_of(made, "csv").decode().replace("pabalsts", f"{SECRET[position]} pabalsts", 1)
            name = f"{WORD[position]}.csv"
            self.sheets[position] = sheets.preview(file_name=name, content=content.encode(), by=sender, now=NOW).pk

    def _collect(self) -> None:
        """A round that asks every body; each has typed one figure, with a reason that is nobody else's business."""
        made = rounds.open_round(
            period=QUARTER,
            due=date(2026, 12, 4),
            indicators=["demand", "on-time"],
            title=texts("3. ceturksnis"),
            by=SYSTEM,
            now=NOW,
        )
        for position in POSITIONS:
            cell = Typed(service_of(position), Key("closed"), "neattiecas", note=f"{SECRET[position]} iemesls")
            rounds.enter(round=made, body=self.world.body(position), cells=[cell], by=SYSTEM, now=NOW)

    def _hear(self) -> None:
        for position in POSITIONS:
            said = feedback_rules.Said(
                page=f"/pakalpojumi/{service_of(position)}/",
                rating=2,
                service=service_of(position),
                comment=f"{SECRET[position]} atsauksme",
                address="visitor@example.org",
            )
            made = feedback.leave(said=said, sender="192.0.2.1", by=feedback_rules.VISITOR, now=NOW)
            self.feedback[position] = made.pk

    def _send(self) -> None:
        """An event of a sender of each body that was refused: its service is nobody's."""
        for position in POSITIONS:
            made, _secret = senders.make(
                code=f"sender-{position}",
                title=f"{SECRET[position]} programma",
                body=self.world.body(position),
                by=SYSTEM,
                now=NOW,
            )
            event = {"specversion": "1.0", "id": SECRET[position], "source": "urn:x", "subject": "1", "type": "opened"}
            deliveries.receive(documents=[event], sender=events.sender_facts(made, NOW), by=SYSTEM, now=NOW)
            found = events.quarantine(reach=[made.body_id]).first()
            assert found is not None
            self.refused[position] = found.pk

    def _release(self) -> None:
        """A published release of figures, by two overseers."""
        frozen = Frozen(
            period="2026-Q1",
            months=("2026-01", "2026-02", "2026-03"),
            services=tuple(
                Named(service_of(position), texts("Pakalpojums"), position) for position in sorted(POSITIONS)
            ),
            holders=tuple(Named(position, texts("Iestāde")) for position in sorted(POSITIONS)),
            since={service_of("own"): "2026-01"},
            cells=(Cell(service_of("own"), "2026-01", "online", 40, 40, 40, 20, 0, 0),),
            days=(),
            illustrative=True,
        )
        manifest = laying.manifest(
            frozen,
            code=RELEASE,
            made_at=NOW.isoformat(),
            parameters={"k": 10, "width": 10, "base": "https://x.example/"},
        )
        Release.objects.create(
            code=RELEASE,
            period=frozen.period,
            start=date(2026, 1, 1),
            end=date(2026, 3, 31),
            state=Release.State.PUBLISHED,
            made_at=NOW,
            maker="proposer",
            approver="another",
            published_at=NOW,
            is_illustrative=True,
            manifest=manifest,
            sums={"begun": {"measured": 1}},
        )

    def propose(self, title: str, service: Service, position: str) -> Initiative:
        """An initiative for a body by somebody who acts for none of the four."""
        return initiatives.propose(
            kind="efficient-process",
            title=title,
            reason="Cilvēki gaida.",
            services=[service],
            body=self.world.body(position),
            owner="service-owner",
            period=PERIOD,
            expected=initiatives.Expectation(
                indicator=INDICATOR,
                direction="up",
                target=Decimal("0.9"),
                deadline=date(2026, 12, 31),
                check_period="2026",
            ),
            by=self.world.actor(Role.OVERSEER, "elsewhere", username="proposer"),
            now=NOW,
            on=TODAY,
        )


@contextmanager
def town() -> Iterator[Town]:
    """Build it, and forget it at the end."""
    with transaction.atomic():
        yield Town()
        transaction.set_rollback(True)
