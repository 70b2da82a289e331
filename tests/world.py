"""A small world for tests, built by the same actions that people use; it never writes a table itself.

Ask for the fixture `world`, or make a `World()` in a test with the database. What is not said gets a plain
default, so a test names only what it is about:

    holder = world.body("agency", below="ministry")
    owner = world.actor(Role.SERVICE_OWNER, "agency")
    service = world.service("benefit", holder="agency", channels=("online",))

Bodies and services are told by code, and asking for a known body gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ietvars.collaboration.situations import actions as situations
from ietvars.collaboration.situations import rules as situation_rules
from ietvars.collaboration.situations.models import Situation
from ietvars.collaboration.ties import actions as ties
from ietvars.collaboration.ties import rules as tie_rules
from ietvars.collaboration.ties.models import Tie
from ietvars.ground.bodies import actions as body_actions
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.models import Body
from ietvars.ground.people import actions as people
from ietvars.ground.people import queries as people_queries
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import actions as terms
from ietvars.ground.terms import queries as term_lists
from ietvars.institution.lists import actions as lists
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import queries as figures
from ietvars.institution.measurements import rules as measurement_rules
from ietvars.institution.measurements.models import Edition
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as catalogue
from ietvars.institution.services import rules as service_rules
from ietvars.institution.services.models import Service

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The moment at which everything in the world is done unless a test says otherwise."""

TODAY = NOW.date()

Figure = int | float | Decimal | str
"""A number, or the state of a value that is none."""


def texts(latvian: str, english: str | None = None) -> dict[str, str]:
    """A text in both languages; the English one is made up from the Latvian one when not given."""
    return {"lv": latvian, "en": english if english is not None else f"{latvian} (en)"}


def facts(
    title: str | Mapping[str, str] = "Pabalsts",
    *,
    channels: Sequence[str] = ("online", "in-person"),
    providers: Sequence[str] = (),
    **said: Any,
) -> service_rules.ServiceFacts:
    """A description that can be published; `said` are further fields of ServiceFacts."""
    stages = {
        "request": service_rules.StageFacts(
            text=texts("Jūs iesniedzat pieteikumu."), channels=tuple(channels), providers=tuple(providers)
        ),
        "execution": service_rules.StageFacts(text=texts("Iestāde pieņem lēmumu."), providers=tuple(providers)),
        "receipt": service_rules.StageFacts(text=texts("Jūs saņemat lēmumu."), channels=("e-address",)),
    }
    plain: dict[str, Any] = {
        "title": texts(title) if isinstance(title, str) else title,
        "summary": texts("Nauda tam, kam tā vajadzīga."),
        "kind": "individual-benefit",
        "area": "benefits",
        "audience": ("natural-person",),
        "languages": ("lv",),
        "term_days": 10,
        "reviewed_on": date(2026, 6, 1),
        "stages": stages,
    }
    return service_rules.ServiceFacts(**{**plain, **said})


class World:
    """Makes bodies, people, services, situations and ties, and gives them back by code."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    # Ground

    def code_lists(self) -> None:
        """The code lists that ship with the product."""
        terms.load_lists(lists=term_lists.shipped(), by=SYSTEM, now=self.now)

    def body(self, code: str = "agency", *, below: str | None = None, kind: str = "agency", **said: Any) -> Body:
        """The body of a code; made, under the body `below`, when it is not there yet."""
        known = bodies.by_code(code)
        if known is not None:
            return known
        parent = self.body(below, kind="ministry") if below else None
        plain = {"name": texts(code.replace("-", " ").capitalize()), "short": texts(code.upper()[:8])}
        return body_actions.establish(code=code, kind=kind, parent=parent, by=SYSTEM, now=self.now, **{**plain, **said})

    def person(self, role: Role, body: str = "agency", *, username: str = "", is_sample: bool = False) -> Person:
        """Somebody who may act in a role for a body; the same username twice is one person with two capacities."""
        name = username or f"{role.value}-at-{body}"
        person = Person.objects.filter(username=name).first() or people.add_person(
            username=name, name=texts(name), is_sample=is_sample, by=SYSTEM, now=self.now
        )
        people.give_capacity(person=person, role=role, body=self.body(body), by=SYSTEM, now=self.now)
        return person

    def actor(self, role: Role, body: str = "agency", *, username: str = "") -> Actor:
        """Such a person acting for that body, as a request would see it."""
        person = self.person(role, body, username=username)
        capacities = people_queries.capacities_of(person)
        return people_queries.actor_of(next(c for c in capacities if c.role == role and c.body.code == body))

    def visitor(self, role: Role = Role.SERVICE_OWNER) -> Actor:
        """An actor who reaches nothing here, for refusals."""
        return self.actor(role, "somewhere-else")

    # Level 1

    def draft(self, code: str = "benefit", *, holder: str = "agency", **said: Any) -> Service:
        """A service that is described and not yet published; `said` as in `facts`."""
        title = said.pop("title", code.replace("-", " ").capitalize())
        return services.describe(
            code=code, holder=self.body(holder), facts=facts(title, **said), by=SYSTEM, now=self.now
        )

    def service(self, code: str = "benefit", *, holder: str = "agency", **said: Any) -> Service:
        """A published service."""
        return services.publish(service=self.draft(code, holder=holder, **said), by=SYSTEM, now=self.now)

    def retired(self, code: str = "old-benefit", *, holder: str = "agency", **said: Any) -> Service:
        """A service that is no longer given."""
        return services.retire(
            service=self.service(code, holder=holder, **said), by=SYSTEM, now=self.now, why="Nobody needs it."
        )

    def template(self, code: str = "common-benefit", *, holder: str = "municipalities", **said: Any) -> Service:
        """A published common description that local services can vary."""
        title = said.pop("title", code.replace("-", " ").capitalize())
        made = services.describe(
            code=code,
            holder=self.body(holder, kind="group"),
            facts=facts(title, **said),
            is_template=True,
            by=SYSTEM,
            now=self.now,
        )
        return services.publish(service=made, by=SYSTEM, now=self.now)

    def variant(self, template: Service, holder: str, *, because: str = "", **own: Any) -> Service:
        """A published local service; with `because` one that the body does not offer."""
        made = services.vary(
            template=template,
            holder=self.body(holder, kind="municipality"),
            code=f"{template.code}-{holder}",
            own=own,
            is_offered=not because,
            not_offered_because=texts(because) if because else None,
            by=SYSTEM,
            now=self.now,
        )
        return services.publish(service=made, by=SYSTEM, now=self.now)

    def again(self, service: Service) -> Service:
        """The service as it is in the database now, with its holder."""
        found = catalogue.by_code(service.code)
        assert found is not None
        return found

    def service_list(
        self, body: str = "agency", *lines: str, year: int = 2026, is_published: bool = True
    ) -> ServiceList:
        """A body's list of a year, written and approved by two people. A line is the code of a service, or the title
        of one that nobody has described."""
        known = catalogue.by_codes(lines)
        entries = [lists.Entry(known.get(line), {} if line in known else texts(line)) for line in lines]
        made = lists.draft(
            body=self.body(body),
            year=year,
            title=texts(f"{body} {year}"),
            entries=entries,
            by=self.actor(Role.SERVICE_OWNER, body),
            now=self.now,
        )
        if not is_published:
            return made
        lists.submit(service_list=made, by=SYSTEM, now=self.now)
        lists.approve(
            service_list=made,
            document_number="1-1/1",
            document_date=date(year, 1, 15),
            by=self.actor(Role.LIST_APPROVER, body),
            now=self.now,
        )
        return lists.publish(service_list=made, by=SYSTEM, now=self.now)

    def edition(self, code: str = "first", *, source: str = "test", is_illustrative: bool = False) -> Edition:
        """The edition of a name; opened when it is not there yet."""
        return figures.edition(source, code) or measurements.open_edition(
            source=source,
            code=code,
            title=texts(code),
            content_hash=f"{source}/{code}",
            is_illustrative=is_illustrative,
            by=SYSTEM,
            now=self.now,
        )

    def measured(
        self, period: str, told: Mapping[Service, Mapping[str, Figure]], *, edition: str = "first", **said: Any
    ) -> Edition:
        """One edition's figures of a period: service to quantity to number, or to a state such as "missing".

        `said` holds for all of them, e.g. channel="online" or n=200. The holder is that of the period's first day.
        """
        opened, span = self.edition(edition), periods.parse(period)
        holders = catalogue.holders_on([service.pk for service in told], span.start)
        rows = [
            measurement_rules.MeasurementFacts(
                service_id=service.pk,
                holder_id=holders[service.pk],
                period=span,
                quantity=quantity,
                said=measurement_rules.Said(figure)
                if isinstance(figure, str)
                else measurement_rules.Said("measured", Decimal(str(figure))),
                **said,
            )
            for service, quantities in told.items()
            for quantity, figure in quantities.items()
        ]
        listed = [
            measurement_rules.ReportedFacts(service_id=service.pk, holder_id=holders[service.pk], period=span)
            for service in told
            if service.pk not in figures.services_in(span.code, opened.pk)
        ]
        measurements.record(edition=opened, reported=listed, measurements=rows, by=SYSTEM, now=self.now)
        return opened

    # Level 2

    def situation(self, code: str = "child", *steps: str | situation_rules.StepFacts, **said: Any) -> Situation:
        """A life situation. A step is the code of a service, with `+` in front when it stands beside the step before,
        or StepFacts for anything else."""
        told = tuple(step if isinstance(step, situation_rules.StepFacts) else _step(step) for step in steps)
        plain = {"title": texts(code.capitalize()), "summary": texts("Kas jādara."), "steps": told}
        return situations.describe(
            code=code, facts=situation_rules.SituationFacts(**{**plain, **said}), by=SYSTEM, now=self.now
        )

    def tie(self, source: Service, kind: str, target: Service) -> Tie:
        """`source` KIND `target`, e.g. world.tie(pension, "requires", card)."""
        return ties.tie(kind=tie_rules.read_kind(kind), source=source, target=target, by=SYSTEM, now=self.now)


def _step(told: str) -> situation_rules.StepFacts:
    made = situation_rules.StepFacts(service=told.removeprefix("+"))
    return replace(made, is_beside_previous=told.startswith("+"))
