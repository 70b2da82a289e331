"""The finders: what they look for, on which ground, and how they say it. Pure: facts in, findings out.

A finder is one small class: docs/howto/add-a-finder.md tells how to add one. It reads facts and gives findings with
the figures that raised them; it never asks the database, and no threshold of a law stands here, since laws change:
those come with the facts, from the code lists.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from ietvars.ground.people.rules import Actor, Role
from ietvars.oversight.finders import errors

Text = Mapping[str, str]

CRITERIA = "digitalisation-criteria"
"""The code list of Cabinet Regulation 402, point 3: counted criteria with their limits, and answered ones."""

LONGEST_KEY = 200


@dataclass(frozen=True)
class Amount:
    """A figure that a finder reads: value state, value, how complete it is, and by which wording and editions."""

    state: str = "missing"
    value: Decimal | None = None
    is_complete: bool = True
    is_illustrative: bool = False
    definition: str = ""
    editions: tuple[str, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether there is a number; a zero is one."""
        return self.state == "measured" and self.value is not None


@dataclass(frozen=True)
class Worsening:
    """One series whose verdict is worse than the period before, beyond chance."""

    indicator: str
    now: Decimal | None
    before: Decimal | None
    difference: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None
    stage: str = ""
    channel: str = ""
    unit: str = ""
    definition: str = ""
    editions: tuple[str, ...] = ()
    is_illustrative: bool = False


@dataclass(frozen=True)
class ServiceFacts:
    """What the finders know of one published service in a period."""

    service_id: int
    code: str
    holder_id: int
    holder_code: str
    is_electronic: bool
    cases: Amount = Amount()
    cases_before: Amount = Amount()
    measured: int = 0
    expected: int = 0
    worse: tuple[Worsening, ...] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class ListFacts:
    """One disagreement of an institution's published list with the catalogue."""

    body_id: int
    body_code: str
    year: int
    kind: str
    title: str
    service_id: int | None = None
    code: str = ""
    reviewed_on: date | None = None
    looked_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything the finders may read about one period.

    `limits` are the counted criteria of the law by code; they are about a year, so a shorter period has none. In the
    sample state every finding is illustrative, since even what is not measured is planted there.
    """

    period: str
    with_period: str
    services: tuple[ServiceFacts, ...] = ()
    lists: tuple[ListFacts, ...] = ()
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    is_sample: bool = False


@dataclass(frozen=True)
class Found:
    """One finding, as a finder gives it. `figures` are what raised it, ready to be shown and frozen."""

    finder: str
    key: str
    reason: str
    body_id: int
    service_id: int | None = None
    figures: tuple[Mapping[str, Any], ...] = ()
    is_illustrative: bool = False


class Finder(ABC):
    """One thing worth seeing in the figures of a state."""

    code: ClassVar[str]
    name: ClassVar[Text]
    source: ClassVar[Text]
    explanation: ClassVar[Text]
    what_to_do: ClassVar[Text]

    @abstractmethod
    def find(self, facts: Facts) -> Iterator[Found]:
        """Give the findings of a period, in any order."""


def _cases(facts: Facts, cases: Amount, *, before: bool = False, **more: Any) -> dict[str, Any]:
    """The figure of cases as every finder shows it."""
    return {
        "what": "cases",
        "period": facts.with_period if before else facts.period,
        "value": cases.value,
        "is_complete": cases.is_complete,
        "definition": cases.definition,
        "editions": list(cases.editions),
        **more,
    }


def key_of(*parts: object) -> str:
    """A key from parts. One that would be too long to keep ends in its fingerprint, so that no two become one."""
    key = "/".join(str(part) for part in parts)
    if len(key) <= LONGEST_KEY:
        return key
    mark = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"{key[: LONGEST_KEY - len(mark) - 1]}~{mark}"


class Digitalise(Finder):
    """Services whose digitalisation the holder must weigh, by Cabinet Regulation 402, point 3.

    One criterion suffices. Two are figures: more cases a year than a limit, or a larger share of all the holder's
    cases than a limit. The rest are answers that people give and that are kept. A holder with any service unmeasured
    has no known total, so the share is then not judged.
    """

    code = "digitalise"
    name = {"lv": "Jāvērtē elektronizācija", "en": "Digitalisation to be assessed"}
    source = {
        "lv": "Ministru kabineta noteikumi Nr. 402 (2017), 3. punkts",
        "en": "Cabinet Regulation No. 402 (2017), point 3",
    }
    explanation = {
        "lv": "Vairāk nekā 5000 gadījumu gadā, vairāk nekā desmitā daļa visu turētāja gadījumu vai apstiprināts cits"
        " kritērijs, bet pieprasīt elektroniski nevar.",
        "en": "More than 5,000 cases a year, more than a tenth of the holder's cases, or another criterion affirmed,"
        " and no way to request it electronically.",
    }
    what_to_do = {"lv": "Aizpildīt kritēriju anketu", "en": "Answer the criteria"}
    MANY_CASES = "many-cases"
    LARGE_SHARE = "large-share"
    CRITERION = "criterion"

    def find(self, facts: Facts) -> Iterator[Found]:
        """Look at services that cannot be requested electronically."""
        totals = self._totals(facts.services)
        for service in facts.services:
            if service.is_electronic:
                continue
            reasons, figures = self._reasons(facts, service, totals.get(service.holder_id))
            if reasons:
                yield Found(
                    finder=self.code,
                    key=service.code,
                    reason="+".join(reasons),
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=tuple(figures),
                    is_illustrative=service.cases.is_illustrative and reasons != [self.CRITERION],
                )

    def _reasons(
        self, facts: Facts, service: ServiceFacts, total: Decimal | None
    ) -> tuple[list[str], list[Mapping[str, Any]]]:
        reasons: list[str] = []
        figures: list[Mapping[str, Any]] = []
        cases, many, share = service.cases.value, facts.limits.get(self.MANY_CASES), facts.limits.get(self.LARGE_SHARE)
        if service.cases.is_measured and cases is not None:
            figures.append(_cases(facts, service.cases, threshold=many))
            if many is not None and cases > many:
                reasons.append(self.MANY_CASES)
            if share is not None and total and cases > share * total:
                reasons.append(self.LARGE_SHARE)
                figures.append(
                    {
                        "what": "share-of-holder",
                        "period": facts.period,
                        "value": (cases / total).quantize(Decimal("0.000001")),
                        "numerator": cases,
                        "denominator": total,
                        "threshold": share,
                    }
                )
        affirmed = sorted(code for code, answer in service.answers.items() if answer)
        if affirmed:
            reasons.append(self.CRITERION)
            figures.extend({"what": self.CRITERION, "code": code, "answer": True} for code in affirmed)
        return reasons, figures if reasons else []

    @staticmethod
    def _totals(services: Iterable[ServiceFacts]) -> dict[int, Decimal]:
        """Cases of each holder whose every service is measured completely; the rest have no known total.

        A holder of one service has no share to speak of: a tenth of one is always exceeded.
        """
        totals: dict[int, Decimal] = {}
        sizes: dict[int, int] = {}
        unknown: set[int] = set()
        for service in services:
            sizes[service.holder_id] = sizes.get(service.holder_id, 0) + 1
            if service.cases.state == "not_applicable":
                continue
            if not service.cases.is_measured or service.cases.value is None or not service.cases.is_complete:
                unknown.add(service.holder_id)
            else:
                totals[service.holder_id] = totals.get(service.holder_id, Decimal(0)) + service.cases.value
        return {holder: total for holder, total in totals.items() if holder not in unknown and sizes[holder] > 1}


class Unmeasured(Finder):
    """Services without a single measured critical indicator in the period."""

    code = "unmeasured"
    name = {"lv": "Nav neviena mērījuma", "en": "Not measured at all"}
    source = {
        "lv": "Valsts pakalpojumu ietvars: kritiskos rādījumus mēra regulāri",
        "en": "The state's service framework: critical indicators are measured regularly",
    }
    explanation = {
        "lv": "Periodā nav izmērīts neviens pakalpojuma kritiskais rādītājs.",
        "en": "None of the service's critical indicators was measured in the period.",
    }
    what_to_do = {"lv": "Prasīt skaitļus nākamajā kārtā", "en": "Ask for figures in the next round"}

    def find(self, facts: Facts) -> Iterator[Found]:
        """Look at services to which at least one indicator applies."""
        for service in facts.services:
            if service.expected and not service.measured:
                yield Found(
                    finder=self.code,
                    key=service.code,
                    reason="nothing-measured",
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=(
                        {
                            "what": "indicators-measured",
                            "period": facts.period,
                            "numerator": 0,
                            "denominator": service.expected,
                        },
                    ),
                )


class Unused(Finder):
    """Services that nobody asked for in two periods running: both are measured, completely, and zero."""

    code = "unused"
    name = {"lv": "Neviens nelieto", "en": "Used by nobody"}
    source = {
        "lv": "Valsts pakalpojumu ietvars: nevajadzīgu pakalpojumu izbeigšana",
        "en": "The state's service framework: ending services that are not needed",
    }
    explanation = {
        "lv": "Nulle pieprasījumu divus periodus pēc kārtas; nulle ir izmērīta, nevis iztrūkst.",
        "en": "No requests two periods in a row; the zero is measured, not missing.",
    }
    what_to_do = {"lv": "Vērtēt, vai pakalpojums vajadzīgs", "en": "Weigh whether the service is needed"}

    def find(self, facts: Facts) -> Iterator[Found]:
        """Look for measured zeros."""
        for service in facts.services:
            pair = (service.cases, service.cases_before)
            if all(cases.is_measured and cases.is_complete and cases.value == 0 for cases in pair):
                yield Found(
                    finder=self.code,
                    key=service.code,
                    reason="zero-twice",
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=(
                        _cases(facts, service.cases),
                        _cases(facts, service.cases_before, before=True),
                    ),
                    is_illustrative=any(cases.is_illustrative for cases in pair),
                )


class Worse(Finder):
    """Services with an indicator worse than a year ago, beyond chance and beyond the effect floor."""

    code = "worse"
    name = {"lv": "Sliktāk nekā pērn", "en": "Worse than a year ago"}
    source = {
        "lv": "Valsts pakalpojumu ietvars: rādījumus vismaz reizi gadā salīdzina ar iepriekšējo periodu",
        "en": "The state's service framework: indicators are compared with the period before at least yearly",
    }
    explanation = {
        "lv": "Starpība ir lielāka, nekā var būt nejauši, un gadi ir salīdzināmi.",
        "en": "The difference is larger than chance would make it, and the years can be compared.",
    }
    what_to_do = {"lv": "Lūgt turētāja skaidrojumu", "en": "Ask the holder to explain"}

    def find(self, facts: Facts) -> Iterator[Found]:
        """One finding a service, with every series that became worse."""
        for service in facts.services:
            if service.worse:
                yield Found(
                    finder=self.code,
                    key=service.code,
                    reason="beyond-chance",
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=tuple(
                        {
                            "what": "indicator",
                            "code": series.indicator,
                            "period": facts.period,
                            "with": facts.with_period,
                            "stage": series.stage,
                            "channel": series.channel,
                            "unit": series.unit,
                            "value": series.now,
                            "before": series.before,
                            "difference": series.difference,
                            "low": series.low,
                            "high": series.high,
                            "p_adjusted": series.p_adjusted,
                            "definition": series.definition,
                            "editions": list(series.editions),
                        }
                        for series in service.worse
                    ),
                    is_illustrative=any(series.is_illustrative for series in service.worse),
                )


class ListDisagrees(Finder):
    """An institution's published list and the catalogue disagree about a service."""

    code = "list-disagrees"
    name = {"lv": "Saraksts un katalogs nesakrīt", "en": "List and catalogue disagree"}
    source = {
        "lv": "Valsts pakalpojumu ietvars: iestāde uztur apstiprinātu pakalpojumu sarakstu un publicē katalogā",
        "en": "The state's service framework: an institution keeps an approved list and publishes in the catalogue",
    }
    explanation = {
        "lv": "Ir iestādes sarakstā, bet nav aprakstīts; ir aprakstīts, bet nav sarakstā; vai apraksts ir novecojis.",
        "en": "On the institution's list but not described; described but not on the list; or described long ago.",
    }
    what_to_do = {"lv": "Saskaņot sarakstu ar katalogu", "en": "Reconcile list and catalogue"}

    def find(self, facts: Facts) -> Iterator[Found]:
        """One finding a row of the reconcile reports."""
        for row in facts.lists:
            yield Found(
                finder=self.code,
                key=key_of(row.body_code, row.year, row.kind, row.code or row.title),
                reason=row.kind,
                body_id=row.body_id,
                service_id=row.service_id,
                figures=(
                    {
                        "what": "list",
                        "body": row.body_code,
                        "year": row.year,
                        "code": row.code,
                        "title": row.title,
                        "reviewed_on": row.reviewed_on,
                        "looked_on": row.looked_on,
                    },
                ),
            )


FINDERS: tuple[Finder, ...] = (Digitalise(), Unmeasured(), Unused(), Worse(), ListDisagrees())
"""All finders in the order in which pages show them."""


def finder_named(code: str) -> Finder:
    """The finder of a code. Raises UnknownFinder."""
    for finder in FINDERS:
        if finder.code == code:
            return finder
    raise errors.UnknownFinder(finder=code, known=", ".join(finder.code for finder in FINDERS))


def look(facts: Facts) -> tuple[Found, ...]:
    """Let every finder look; findings in the order of finders and keys."""
    found = [one for finder in FINDERS for one in sorted(finder.find(facts), key=lambda one: one.key)]
    return tuple(replace(one, is_illustrative=True) for one in found) if facts.is_sample else tuple(found)


def years_of_lists(end: date) -> tuple[int, int]:
    """Years whose service lists belong to a period that ends on a day: its own, and the one in which it is read.

    Figures of a year come in and are read in the year after, beside the list that then is in force.
    """
    return end.year, end.year + 1


def require_looker(actor: Actor) -> None:
    """The system looks on its rounds, and an overseer may ask for it."""
    if actor.role not in (Role.OVERSEER, Role.SYSTEM):
        raise errors.NotForYou


def require_answerer(actor: Actor, holder_id: int | None) -> None:
    """A service owner whose capacity reaches the holder answers its criteria."""
    if actor.role not in (Role.SERVICE_OWNER, Role.SYSTEM) or not actor.reaches(holder_id):
        raise errors.NotYours


def require_answerable(criterion: str, answered: Iterable[str]) -> None:
    """Only what figures cannot say is answered by people."""
    if criterion not in tuple(answered):
        raise errors.UnknownCriterion(criterion=criterion)


def require_why(why: str) -> None:
    """An answer is kept for years, so it says why."""
    if not why.strip():
        raise errors.WhyNeeded
