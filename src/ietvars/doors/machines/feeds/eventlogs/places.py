"""Where the events of a log go: to a service that is known, or to one made for the log in the body “unassigned”.

Works by queries and actions of bodies and services only. It must not know an event.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.ground.bodies import actions as body_actions
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import logs, rules
from ietvars.institution.deliveries import queries as delivered
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from ietvars.institution.services.rules import ServiceFacts

if TYPE_CHECKING:
    from ietvars.ground.bodies.models import Body

UNASSIGNED = "unassigned"
"""Code of the body that holds services which nobody has claimed yet."""

MOST_NEW = 500
"""Services that one log may make; a column of more is none of services."""


class Known(NamedTuple):
    """A service as its events need it."""

    id: int
    code: str
    facts: rules.KnownService
    otherwise: int
    """Its holder today, for days of which none is known."""

    def holder(self, day: int) -> int:
        """Who held it on a day."""
        return self.facts.holder(day) or self.otherwise

    def version(self, moment: int) -> int:
        """The version in force at a moment."""
        return self.facts.version(moment)


class Place:
    """Finds and makes the services of one log."""

    def __init__(self, service: str, body: str, by: Actor, now: datetime) -> None:
        self._wanted, self._body, self.by, self.now = service, body, by, now
        if service and services.by_code(service) is None:
            raise errors.NoSuchService(service=service)
        if body and bodies.by_code(body) is None:
            raise errors.NoSuchBody(body=body)
        self.service, self.service_id, self.is_new = "", 0, False
        self._log = ""
        self.codes: dict[str, str] = {}
        self._known: dict[str, Known] = {}
        self._bodies = {code.casefold(): pk for code, pk in bodies.all_bodies().values_list("code", "pk")}
        for pk, name in bodies.all_bodies().values_list("pk", "name"):
            for told in name.values():
                self._bodies.setdefault(told.casefold(), pk)

    def body_id(self, told: str) -> int:
        """Number of the body of a code or name; 0 where there is none."""
        return self._bodies.get(told.casefold(), 0)

    def settle(self, log: str, named: Collection[str]) -> None:
        """Find or make the services: the one that was asked for, else those that the log names, else one for the log.

        Raises TooMuch where a column names more unknown services than a log can have.
        """
        self._log = log
        found = services.by_codes(named)
        if not self._wanted and len(set(named) - found.keys()) > MOST_NEW:
            raise errors.TooMuch(
                file=log, what=f"{len(set(named) - found.keys())} services that nobody knows", most=f"{MOST_NEW}"
            )
        if self._wanted:
            self.codes[""] = self._wanted
        else:
            for name in sorted(named):
                self.codes[name] = name if name in found else self._make(name)
            if not named:
                self.codes[""] = logs.service_of(log) or self._make(log)
        read = delivered.read_known().services
        today = services.holders_on([read[code].id for code in self.codes.values()], timezone.localdate(self.now))
        for name, code in self.codes.items():
            facts = read[code]
            self._known[name] = Known(facts.id, code, facts, today.get(facts.id) or 0)
        first = self._known[next(iter(self._known))]
        self.service, self.service_id = (first.code, first.id) if len(self._known) == 1 else ("", 0)

    def of(self, name: str) -> Known:
        """The service of a case by what the case calls it."""
        if (found := self._known.get(name) or self._known.get("")) is None:
            # A case that names no service in a log whose other cases do.
            self.codes[""] = self._make(self._log)
            facts = delivered.read_known().services[self.codes[""]]
            found = self._known[""] = Known(facts.id, self.codes[""], facts, self._holder().pk)
        return found

    def _holder(self) -> "Body":
        if self._body and (named := bodies.by_code(self._body)):
            return named
        return bodies.by_code(UNASSIGNED) or body_actions.establish(
            code=UNASSIGNED,
            kind="group",
            name={"lv": "Nepiešķirtie pakalpojumi", "en": "Unassigned services"},
            short={"lv": "Nepiešķirtie", "en": "Unassigned"},
            by=self.by,
            now=self.now,
        )

    def _make(self, name: str) -> str:
        """A draft of a service under a name, or the one that was made under it before. Returns its code."""
        holder = self._holder()
        code = slug(name)
        known = services.with_holder(services.all_services()).filter(code=code).first()
        if known is not None and known.holder_id != holder.pk:
            code = f"log-{code}"[:120]
            known = services.by_code(code)
        if known is None:
            self.is_new = True
            service_actions.describe(
                code=code, holder=holder, facts=ServiceFacts(title={"lv": name, "en": name}), by=self.by, now=self.now
            )
        return code


def slug(name: str) -> str:
    """A code made of a name: small letters and digits with single dashes; “log” where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-") or "log"
