"""The finders: what they look for, on which ground, and how they say it. Pure: facts in, findings out.

A finder is one small class. To add one, write it here, add it to FINDERS, give it a heading in docs/rooms and a place
among the planted findings of the sample state.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ietvars.ground.people.rules import Actor, Role
from ietvars.oversight.finders import errors

Text = Mapping[str, str]


@dataclass(frozen=True)
class Amount:
    """A figure that a finder reads: value state, value, and how complete it is."""

    state: str = "missing"
    value: Decimal | None = None
    is_complete: bool = True
    is_illustrative: bool = False

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


@dataclass(frozen=True)
class Facts:
    """Everything the finders may read about one period."""

    period: str
    with_period: str
    services: tuple[ServiceFacts, ...] = ()
    lists: tuple[ListFacts, ...] = ()


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


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


class Digitalise(Finder):
    """Services whose digitalisation the holder must weigh, by Cabinet Regulation 402, point 3.

    One of seven criteria suffices. Two are figures: more than 5,000 cases a year, or more than a tenth of all the
    holder's cases. Five are answers that people give and that are kept. A holder with any service unmeasured has no
    known total, so the tenth is then not judged.
    """

    code = "digitalise"
    name = {"lv": "Jāvērtē elektronizācija", "en": "Digitalisation to be assessed"}
    source = {
        "lv": "Ministru kabineta noteikumi Nr. 402 (2017), 3. punkts",
        "en": "Cabinet Regulation No. 402 (2017), point 3",
    }
    explanation = {
        "lv": "Vairāk nekā 5000 lietu gadā, vairāk nekā desmitā daļa turētāja lietu vai apstiprināts cits kritērijs,"
        " bet pieprasīt elektroniski nevar.",
        "en": "More than 5,000 cases a year, more than a tenth of the holder's cases, or another criterion affirmed,"
        " and no way to request it electronically.",
    }
    what_to_do = {"lv": "Aizpildīt kritēriju anketu", "en": "Answer the criteria"}
    MANY_CASES = Decimal(5000)
    LARGE_SHARE = Decimal("0.1")

    def find(self, facts: Facts) -> Iterator[Found]:
        """Look at services that cannot be requested electronically."""
        totals = self._totals(facts.services)
        for service in facts.services:
            if service.is_electronic:
                continue
            reasons, figures = self._reasons(service, totals.get(service.holder_id))
            if reasons:
                yield Found(
                    finder=self.code,
                    key=service.code,
                    reason="+".join(reasons),
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=tuple(figures),
                    is_illustrative=service.cases.is_illustrative and reasons != ["criterion"],
                )

    def _reasons(self, service: ServiceFacts, total: Decimal | None) -> tuple[list[str], list[Mapping[str, Any]]]:
        reasons: list[str] = []
        figures: list[Mapping[str, Any]] = []
        cases = service.cases.value
        if service.cases.is_measured and cases is not None:
            figures.append({"what": "cases", "value": _number(cases), "threshold": _number(self.MANY_CASES)})
            if cases > self.MANY_CASES:
                reasons.append("many-cases")
            if total and cases / total > self.LARGE_SHARE:
                reasons.append("large-share")
                figures.append(
                    {
                        "what": "share-of-holder",
                        "numerator": _number(cases),
                        "denominator": _number(total),
                        "threshold": _number(self.LARGE_SHARE),
                    }
                )
        affirmed = sorted(code for code, answer in service.answers.items() if answer)
        if affirmed:
            reasons.append("criterion")
            figures.extend({"what": "criterion", "code": code, "value": "yes"} for code in affirmed)
        return reasons, figures

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
                    figures=({"what": "indicators-measured", "numerator": "0", "denominator": str(service.expected)},),
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
                        {"what": "cases", "period": facts.period, "value": "0"},
                        {"what": "cases", "period": facts.with_period, "value": "0"},
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
                    reason="+".join(dict.fromkeys(series.indicator for series in service.worse)),
                    body_id=service.holder_id,
                    service_id=service.service_id,
                    figures=tuple(
                        {
                            "what": series.indicator,
                            "stage": series.stage,
                            "channel": series.channel,
                            "value": _number(series.now),
                            "before": _number(series.before),
                            "difference": series.difference,
                            "low": series.low,
                            "high": series.high,
                            "p_adjusted": series.p_adjusted,
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
                key=f"{row.body_code}/{row.year}/{row.kind}/{row.code or row.title}"[:200],
                reason=row.kind,
                body_id=row.body_id,
                service_id=row.service_id,
                figures=({"what": "list", "body": row.body_code, "year": row.year, "title": row.title},),
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
    return tuple(found for finder in FINDERS for found in sorted(finder.find(facts), key=lambda one: one.key))


def require_answerer(actor: Actor, holder_id: int) -> None:
    """A service owner whose capacity reaches the holder answers its criteria."""
    if actor.role not in (Role.SERVICE_OWNER, Role.SYSTEM) or not actor.reaches(holder_id):
        raise errors.NotYours
