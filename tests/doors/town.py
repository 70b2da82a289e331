"""A small state for tests of all doors at once: four bodies, and of each the same things under words of its own.

    above (ministry) > own (agency) > below (office), and foreign (agency of another ministry)

What anybody may read of a body carries its WORD; what is not public yet carries its SECRET. So a test sees in any
answer whose things it holds. Built by actions in one transaction that a test module opens and rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people import actions as people
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.lists import actions as lists
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.services.models import Service
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions as initiatives
from ietvars.oversight.initiatives.models import Initiative
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
PUBLISHED, UNPUBLISHED = 2025, 2026
"""Years of the lists."""

ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
CAPACITIES = {"nobody": (), "undecided": (Role.SERVICE_OWNER, Role.OVERSEER), **{role.value: (role,) for role in ROLES}}
"""Who lives here: username to the capacities held for `own`. `undecided` has not chosen, `nobody` has none."""


def service_of(position: str) -> str:
    """Code of the published service of a body."""
    return f"{position}-service"


def draft_of(position: str) -> str:
    """Code of its service that nobody has published."""
    return f"{position}-draft"


class Town:
    """The state and its people."""

    def __init__(self) -> None:
        # The sample state stands still on its day, so that no test depends on the clock.
        deployment.mark_sample(name=texts("Pilsēta"), as_of=TODAY, sample_hash="town", by=SYSTEM, now=NOW)
        self.world = World()
        self.state = MeasuredState(self.world)
        self.people: dict[str, Person] = {}
        self.services: dict[str, Service] = {}
        self.findings: dict[str, tuple[str, str]] = {}
        self.initiatives: dict[str, str] = {}
        self._bodies()
        self._people()
        self._measure()
        self._decide()

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
