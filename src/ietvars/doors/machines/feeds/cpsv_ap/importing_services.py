"""Reads services from a graph into descriptions of ours: our own words first, those of CPSV-AP where ours are missing.

What was read is taken out of the graph, so that what stays there is what was not understood. Pure: it writes nothing,
and a body or service that it names need not exist.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

import pyoxigraph as ox
from django.utils.text import slugify

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_services import calendar_days
from ietvars.doors.machines.feeds.cpsv_ap.importing_faults import Fault
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Node, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_stages import Stages
from ietvars.doors.machines.feeds.cpsv_ap.importing_taking import MOST_NAME, UNDETERMINED, Shared, Texts, whole
from ietvars.doors.machines.feeds.cpsv_ap.importing_things import Things
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import ending
from ietvars.institution.canvases.description import PARTS, STAGES, ServiceFacts
from ietvars.institution.services.exchange import Whole
from ietvars.institution.services.rules import LOCAL_FIELDS, LONGEST_RHYTHM

_SCHEME = re.compile(r"[-a-zA-Z0-9_]{1,60}")
OWN_FIELDS = frozenset({*LOCAL_FIELDS, *PARTS, *(f"stages.{name}" for name in STAGES)})

_STATES = {address: state for state, address in v.STATUS.items()}
_DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)

MOST_DAYS = 10_000
"""Of a term; whoever waits longer has waited for something else."""


@dataclass(frozen=True)
class TieRead:
    """A tie to another service of the file, by its IRI there."""

    kind: str
    target: str
    note: Texts


@dataclass
class ServiceRead:
    """A service as it was read; `nodes` are the things that belong to it, itself first."""

    whole: Whole
    iri: str
    nodes: list[Node]
    ties: list[TieRead] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Reader(Shared):
    """Reads one service after another from a graph."""

    def service(self, node: ox.NamedNode) -> ServiceRead:
        """One service. Its code, its description, its ties, and what is wrong with it."""
        return _Service(self, node).read()


class _Service(Things, Stages):
    """All of one service."""

    def __init__(self, reader: Shared, node: ox.NamedNode) -> None:
        super().__init__(reader, node)
        self.ties: list[TieRead] = []

    def read(self) -> ServiceRead:
        languages = self._languages()
        is_template = f"{v.OWN}CommonDescription" in self.graph.classes(self.node)
        self.graph.forget_classes(self.node, v.iri("cpsv:PublicService"), f"{v.OWN}CommonDescription")
        code, numbers = self._code()
        holder, since = self._holder()
        summary = self.texts(self.node, v.DESCRIPTION)
        if self.word(v.OWN_DESCRIPTION) == "false":
            summary = {}
        immediate, term_days = self._term()
        facts = ServiceFacts(
            title=self._title(code),
            summary=summary,
            receives=self.texts(self.node, v.RECEIVES),
            apply_within=self.texts(self.node, v.APPLY_WITHIN),
            appeal=self.texts(self.node, v.APPEAL),
            kind=self._one("service-kinds", v.CLASSIFIED_BY),
            area=self._area(),
            audience=tuple(self._terms("target-groups", v.AUDIENCE)),
            life_events=tuple(self._events()),
            languages=tuple(languages),
            keywords=self._keywords(),
            eligibility=self._eligibility(),
            evidence=tuple(self._parts((v.INPUT_TYPE, v.INPUT), "evidence")),
            outputs=tuple(self._parts((v.PRODUCES,), "output")),
            legal_acts=tuple(self._laws()),
            is_immediate=immediate,
            term_days=term_days,
            reviewed_on=self._day(v.REVIEWED_ON),
            illustrative=tuple(name[:80] for name in self._strings(v.ILLUSTRATIVE)),
            identifiers=tuple(numbers),
            stages=self._stages(),
            fees=tuple(self._fees()),
        )
        read = Whole(
            code=code,
            facts=facts,
            holder=holder,
            since=since,
            is_template=is_template,
            template=self._template(),
            own_fields=tuple(sorted(self._own_fields())),
            is_offered=self.word(v.IS_OFFERED) != "false",
            not_offered_because=self.texts(self.node, v.NOT_OFFERED),
            canvas=self._canvas(),
            review_months=self._review_months(),
            source=slugify(self.word(v.INVENTORY))[:60]
            or (self.reader.source if not self.names.is_ours(self.node) else ""),
        )
        self._read_ties()
        self.nodes += [one for one in self.graph.take(self.node, v.ALSO_ABOUT) if not isinstance(one, ox.Literal)]
        self._drop_told()
        if self.untagged and self.spoken == UNDETERMINED:
            self.fault("untagged", str(self.untagged))
        return ServiceRead(self._with_state(read), self.node.value, self.nodes, self.ties, self.faults)

    # ---- head ---------------------------------------------------------------------------------------------------

    def _languages(self) -> list[str]:
        """Languages in which the service is given. Where they are said in words, the texts are in the first of them."""
        found: list[str] = []
        left: list[Term] = []
        for value in self.graph.take(self.node, v.LANGUAGE):
            code = self.words.language(value)
            (found.append(code) if code else left.append(value))
            if code and isinstance(value, ox.Literal):
                self.spoken = code if self.spoken == UNDETERMINED else self.spoken
            if not code:
                self.fault("unknown-language", value.value)
        self.graph.give_back(self.node, v.LANGUAGE, left)
        if self.reader.language:
            self.spoken = self.reader.language
        return list(dict.fromkeys(found))

    def _code(self) -> tuple[str, list[tuple[str, str]]]:
        said = [one.value for one in self.graph.take(self.node, v.IDENTIFIER)]
        code = self.names.service(self.node, said[0] if said else "")
        if not said:
            self.fault("no-identifier", code)
        for other in said[1:]:
            self.fault("several-identifiers", other)
        self.graph.give_back(self.node, v.IDENTIFIER, [ox.Literal(other) for other in said[1:]])
        numbers: list[tuple[int, tuple[str, str]]] = []
        left: list[Term] = []
        for value in self.graph.take(self.node, v.ADMS_IDENTIFIER):
            scheme, number = self.word(v.SCHEME, value), self.word(v.NOTATION, value)
            if number and len(number) <= MOST_NAME and _SCHEME.fullmatch(scheme):
                numbers.append((self._place(value), (scheme, number)))
                self._own(value, "adms:Identifier", v.SCHEME, v.NOTATION, v.ORDER)
            else:
                left.append(value)
        self.graph.give_back(self.node, v.ADMS_IDENTIFIER, left)
        found = list(dict.fromkeys(number for _, number in sorted(numbers)))
        if said and said[0] != code and len(said[0]) <= MOST_NAME and (self.reader.source, said[0]) not in found:
            found.append((self.reader.source, said[0]))
        return code, found

    def _title(self, code: str) -> Texts:
        found = self.texts(self.node, v.TITLE)
        # A title that is nothing but the code stands for none: exports need one.
        return {} if set(found.values()) == {code} else found

    def _holder(self) -> tuple[str, date | None]:
        told = self.graph.take(self.node, v.AUTHORITY)
        codes = [self.names.body(value) for value in told]
        codes = [code for code in dict.fromkeys(codes) if code]
        if len(codes) > 1:
            self.fault("several-authorities", codes[0])
            self.graph.give_back(self.node, v.AUTHORITY, told[1:])
        for value in told[:1]:
            if not self.names.is_described(value):
                self.fault("unknown-authority", value.value)
        return (codes[0] if codes else self.reader.holder), self._since()

    def _since(self) -> date | None:
        for part in self.graph.values(self.node, v.PARTICIPATION):
            if any(role.value == f"{v.OWN}role-holder" for role in self.graph.values(part, v.ROLE)):
                since = self._day(v.SINCE, part) if not isinstance(part, ox.Literal) else None
                self._own(part, "cv:Participation", v.IDENTIFIER, v.DESCRIPTION, v.ROLE, v.PARTICIPANT, v.SINCE)
                self.graph.keep_if(self.node, v.PARTICIPATION, part.__eq__)
                return since
        return None

    def _with_state(self, read: Whole) -> Whole:
        """What its source published is published here, unless it lacks what everything published must have."""
        said = [_STATES[one.value] for one in self.graph.values(self.node, v.ADMS_STATUS) if one.value in _STATES]
        self.graph.keep_if(self.node, v.ADMS_STATUS, lambda value: value.value in _STATES)
        state = said[0] if said else "published"
        if self.names.is_ours(self.node) and said:
            return replace(read, state=state)
        for code, value in (
            ("no-title", read.facts.title),
            ("no-description", read.facts.summary),
            ("no-authority", read.holder),
        ):
            if not value:
                self.fault(code)
                state = "draft"
        return replace(read, state="draft" if state == "withdrawn" else state)

    def _template(self) -> str:
        for value in self.graph.take(self.node, v.VARIES):
            return self.names.service(value, "") if isinstance(value, ox.NamedNode) else ""
        return ""

    def _own_fields(self) -> set[str]:
        """Parts in which it differs from what it varies; only names of parts."""
        told = set(self._strings(v.OWN_FIELD))
        for name in sorted(told - OWN_FIELDS):
            self.fault("bad-value", name[:60])
        return told & OWN_FIELDS

    def _canvas(self) -> tuple[str, int] | None:
        for value in self.graph.take(self.node, v.MADE_IN):
            found = re.search(r"/id/canvas/([\w-]+)/(\d+)$", value.value)
            if found and self.names.has_canvas(found[1], int(found[2])):
                return found[1], int(found[2])
            self.fault("unknown-canvas", value.value)
            self.graph.give_back(self.node, v.MADE_IN, [value])
        return None

    def _review_months(self) -> int:
        told = whole(self.word(v.REVIEW_MONTHS))
        return told if told is not None and 1 <= told <= LONGEST_RHYTHM else 12

    # ---- codes --------------------------------------------------------------------------------------------------

    def _terms(self, scheme: str, name: v.Property) -> list[str]:
        found: list[str] = []

        def understood(value: Term) -> bool:
            code = self.words.term(scheme, value)
            if code:
                found.append(code)
            elif isinstance(value, ox.Literal):
                self.fault("text-for-concept", value.value)
            else:
                self.fault("unknown-term", value.value)
            return bool(code)

        self.graph.keep_if(self.node, name, understood)
        return list(dict.fromkeys(found))

    def _one(self, scheme: str, name: v.Property) -> str:
        """The first term of a list among values that may belong to others too."""
        for value in self.graph.values(self.node, name):
            code = self.words.term(scheme, value)
            if code:
                self.graph.keep_if(self.node, name, value.__eq__)
                return code
        return ""

    def _area(self) -> str:
        area = self._one("areas", v.THEMATIC_AREA)
        themes = self.graph.values(self.node, v.SECTOR)
        if not area:
            area = next((code for value in themes if (code := self.words.theme(value.value))), "")
        term = self.words.lists.get("areas", {}).get(area)
        facts = term.facts if term else {}
        ours = {f"{v.EU}data-theme/{facts.get('theme')}", f"{v.EU}main-activity/{facts.get('activity')}"}
        for name in (v.SECTOR, v.TYPE):
            self.graph.keep_if(self.node, name, lambda value: value.value in ours)
            for value in self.graph.values(self.node, name):
                is_text = isinstance(value, ox.Literal)
                if is_text or not value.value.startswith(v.EU):
                    self.fault("text-for-concept" if is_text else "unknown-term", value.value)
        return area

    def _events(self) -> list[str]:
        found: list[str] = []

        def understood(value: Term) -> bool:
            if self.names.situation(value):
                return True
            code = self.words.term("life-events", value) or self.words.term("business-events", value)
            (found.append(code) if code else self.fault("unknown-event", ending(value.value)))
            return bool(code)

        self.graph.keep_if(self.node, v.GROUPED_BY, understood)
        return list(dict.fromkeys(found))

    # ---- time, ties ---------------------------------------------------------------------------------------------

    def _term(self) -> tuple[bool, int | None]:
        told = self.graph.take(self.node, v.PROCESSING_TIME)
        if self.word(v.IS_IMMEDIATE) == "true":
            return True, None
        working = whole(self.word(v.WORKING_DAYS))
        if working is not None and working <= MOST_DAYS:
            return False, working
        for value in told[:1]:
            days = _days(value.value)
            if days is None or days > MOST_DAYS:
                self.fault("bad-duration", value.value[:60])
                self.graph.give_back(self.node, v.PROCESSING_TIME, told)
            elif days == 0:
                return True, None
            else:
                self.fault("calendar-days", value.value)
                return False, working_days(days)
        return False, None

    def _read_ties(self) -> None:
        notes: dict[tuple[str, str], Texts] = {}
        for part in self.graph.take(self.node, v.HAS_TIE):
            if isinstance(part, ox.Literal):
                continue
            for other in self.graph.take(part, v.SERVICE):
                notes[self.word(v.TIE_KIND, part), other.value] = self.texts(part, v.NOTE)
            self._own(part, "ietv:Tie")
        for kind, name in v.TIES.items():
            left: list[Term] = []
            for other in self.graph.take(self.node, name):
                if self.names.is_service(other):
                    self.ties.append(TieRead(kind, other.value, notes.get((kind, other.value), {})))
                else:
                    self.fault("unknown-service", other.value)
                    left.append(other)
            self.graph.give_back(self.node, name, left)

    def _drop_told(self) -> None:
        """What we say of every service anyway."""
        self.graph.keep_if(self.node, v.PART_OF, lambda value: value.value.endswith("/id/catalogue"))


def working_days(calendar: int) -> int:
    """The most working days that surely fit into so many calendar days; at least one."""
    found = max(1, calendar * 5 // 7 + 1)
    while found > 1 and calendar_days(found) > calendar:
        found -= 1
    return found


def _days(text: str) -> int | None:
    """Calendar days of a duration, begun ones whole; None when it is none."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()):
        return None
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    rest = hours / 24 + minutes / 1440 + seconds / 86400
    return int(years * 365 + months * 30 + weeks * 7 + days + -(-rest // 1))
