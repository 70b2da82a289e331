"""The one rule set: a requirement is one small class with code, part, text, source and check.

The form's marks, the check while typing, the gate before publishing, the API's answer and the bulk report all ask
here. Pure; never imports Django. A canvas says which of the rules weigh how much; `BASIC` holds for every service.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from ietvars.ground.errors import sentence
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases.description import Description
from ietvars.institution.canvases.rules import BLOCKING, STRENGTH, Also, Level, Part, Texts

FRAMEWORK: Texts = {"lv": "Ietvara prasība", "en": "Requirement of the framework"}
REGULATION_399: Texts = {
    "lv": "Ministru kabineta noteikumi Nr. 399, 2.3. punkts",
    "en": "Cabinet Regulation 399, point 2.3",
}
ONCE_ONLY: Texts = {"lv": "Vienreizes princips", "en": "The once-only principle"}


class Requirement:
    """Something a description must or should say. `text` is what to do, as an English message id."""

    code: ClassVar[str]
    part: ClassVar[str]
    text: ClassVar[str]
    source: ClassVar[Texts] = FRAMEWORK

    def is_met(self, description: Description) -> bool:
        """Whether the description fulfils it."""
        raise NotImplementedError


def _latvian(description: Description, path: str) -> str:
    return str((description.get(path) or {}).get("lv") or "").strip()


def _entries(description: Description, path: str) -> list[Mapping[str, Any]]:
    return list(description.get(path) or ())


def _channels(description: Description, stage: str) -> set[str]:
    return set(description.get(f"stages.{stage}.channels") or ())


STATE: Mapping[str, str] = {
    "title": sentence("Give the service a title."),
    "summary": sentence("Say in one or two sentences what a person gets."),
    "receives": sentence("Say in a few words what a person receives."),
    "kind": sentence("Choose the kind of service."),
    "area": sentence("Choose the area it belongs to."),
    "audience": sentence("Say whom the service is for."),
    "life_events": sentence("Name the life event in which people need it."),
    "keywords": sentence("Add the everyday words by which people look for it."),
    "eligibility": sentence("Say who can receive it."),
    "evidence": sentence("Say which documents and data are needed."),
    "apply_within": sentence("Say until when one has to apply."),
    "stages.request.text": sentence("Say how a person asks for it."),
    "stages.request.url": sentence("Give the address where it is asked for online."),
    "stages.request.channels": sentence("Name at least one way to ask for it."),
    "stages.request.providers": sentence("Say who takes the request."),
    "fees": sentence("Say what it costs."),
    "stages.execution.text": sentence("Say what happens after the request."),
    "stages.execution.url": sentence("Give the address where the progress can be followed."),
    "stages.execution.channels": sentence("Say how the person takes part while the request is handled."),
    "stages.execution.providers": sentence("Say who does the work."),
    "term": sentence("Say within how many working days the result comes, or that it comes at once."),
    "stages.receipt.text": sentence("Say how a person gets the result."),
    "stages.receipt.url": sentence("Give the address where the result can be fetched."),
    "stages.receipt.channels": sentence("Name at least one way to get the result."),
    "stages.receipt.providers": sentence("Say who hands the result over."),
    "outputs": sentence("Name the result: the decision, document, entry or payment."),
    "appeal": sentence("Say where and by when the decision can be contested."),
    "legal_acts": sentence("Name the legal act on which the service rests."),
    "languages": sentence("Say in which languages it is given."),
}
"""What to do about a part that says nothing."""

EMPTY_SAYS: Mapping[str, str] = {
    "stages.execution.channels": sentence("Nothing entered means: the person has nothing to do at this stage."),
    "fees": sentence("Nothing entered means: free of charge."),
    "stages.request.providers": sentence("Nothing entered means: the holder itself."),
    "stages.execution.providers": sentence("Nothing entered means: the holder itself."),
    "stages.receipt.providers": sentence("Nothing entered means: the holder itself."),
}
"""Parts in which nothing is an answer too, and what it says; they are never missing."""


@dataclass(frozen=True)
class Stated(Requirement):
    """The part says something; texts are asked for in Latvian."""

    path: str

    @property
    def code(self) -> str:  # type: ignore[override]
        """E.g. `stages.request.text` is asked for by `stages-request-text-stated`."""
        return f"{self.path.replace('.', '-').replace('_', '-')}-stated"

    @property
    def part(self) -> str:  # type: ignore[override]
        """The path itself."""
        return self.path

    @property
    def text(self) -> str:  # type: ignore[override]
        """What to do."""
        return STATE[self.path]

    def is_met(self, description: Description) -> bool:
        """Whether there is a Latvian text, or any value where the part is no text."""
        if self.path in EMPTY_SAYS:
            return True
        value: Any = description.get(self.path)
        if self.path in descriptions.LIST_PARTS:
            return any(str(text).strip() for text in (value or {}).get("lv") or ())
        if self.path in descriptions.TEXT_PARTS or self.path.endswith(".text"):
            return bool(_latvian(description, self.path))
        if self.path == "term":
            return bool(value) and (bool(value.get("immediate")) or value.get("days") is not None)
        return not descriptions.is_empty(value)


class TitleIsShort(Requirement):
    """A title that fits a list and a telephone."""

    code = "title-is-short"
    part = "title"
    text = sentence("Shorten the title to at most 80 characters.")
    LONGEST = 80

    def is_met(self, description: Description) -> bool:
        """In every language."""
        return all(len(text) <= self.LONGEST for text in (description.get("title") or {}).values())


class TitleSaysResult(Requirement):
    """Named for what a person gets, not for what an office does."""

    code = "title-says-result"
    part = "title"
    text = sentence("Name the service by what a person gets, not by what the office does (no “issuing”, “provision”).")
    _OFFICE = re.compile(r"\b(sniegšana|izsniegšana|nodrošināšana|veikšana|piešķiršana)\b", re.IGNORECASE)

    def is_met(self, description: Description) -> bool:
        """No noun of office work in the Latvian title."""
        return not self._OFFICE.search(_latvian(description, "title"))


class SummaryIsShort(Requirement):
    """Read at a glance."""

    code = "summary-is-short"
    part = "summary"
    text = sentence("Shorten the summary to at most 160 characters.")
    LONGEST = 160

    def is_met(self, description: Description) -> bool:
        """In every language."""
        return all(len(text) <= self.LONGEST for text in (description.get("summary") or {}).values())


class EnglishStated(Requirement):
    """People who read no Latvian can find the service and see what it gives."""

    code = "english-stated"
    part = "summary"
    text = sentence("Give the title and the summary in English too.")

    def is_met(self, description: Description) -> bool:
        """Both texts that a list shows."""
        return all(str((description.get(path) or {}).get("en") or "").strip() for path in ("title", "summary"))


class TextIsPlain(Requirement):
    """Sentences a person can read aloud."""

    code = "text-is-plain"
    part = "summary"
    text = sentence("Split sentences of more than 25 words.")
    LONGEST = 25
    _END = re.compile(r"[.!?:;]\s")

    def is_met(self, description: Description) -> bool:
        """No sentence longer than the bound, in any text of the description."""
        texts = [
            text
            for path in descriptions.PARTS
            if path in descriptions.TEXT_PARTS or path.endswith(".text")
            for text in (description.get(path) or {}).values()
        ]
        return all(len(said.split()) <= self.LONGEST for text in texts for said in self._END.split(text))


class KeywordsEveryday(Requirement):
    """Found by the words people use."""

    code = "keywords-everyday"
    part = "keywords"
    text = sentence("Add at least three everyday words by which people look for it.")
    FEWEST = 3

    def is_met(self, description: Description) -> bool:
        """In Latvian."""
        return len((description.get("keywords") or {}).get("lv") or ()) >= self.FEWEST


class RequestHasTwoChannels(Requirement):
    """Nobody is shut out by one way."""

    code = "request-has-two-channels"
    part = "stages.request.channels"
    text = sentence("Offer at least two ways to ask for it.")
    source = REGULATION_399

    def is_met(self, description: Description) -> bool:
        """Two different ones."""
        return len(_channels(description, "request")) > 1


class RequestOffersOnline(Requirement):
    """Can be asked for without going anywhere."""

    code = "request-offers-online"
    part = "stages.request.channels"
    text = sentence("Offer an online way to ask for it: online, e-address, e-mail or app.")
    ONLINE = frozenset({"online", "e-address", "email", "app"})

    def is_met(self, description: Description) -> bool:
        """Any electronic channel."""
        return bool(_channels(description, "request") & self.ONLINE)


class RequestOffersAssisted(Requirement):
    """Somebody helps those who need it."""

    code = "request-offers-assisted"
    part = "stages.request.channels"
    text = sentence("Offer a way where somebody helps: in person, one-stop centre, library, telephone or video.")
    ASSISTED = frozenset({"in-person", "one-stop-centre", "library", "phone", "video"})

    def is_met(self, description: Description) -> bool:
        """Any channel with a person at the other end."""
        return bool(_channels(description, "request") & self.ASSISTED)


class EvidenceNotHeldByRegisters(Requirement):
    """Nobody is asked for what the state already knows."""

    code = "evidence-not-held-by-registers"
    part = "evidence"
    text = sentence("Do not ask people for what a register already holds; say which body holds it.")
    source = ONCE_ONLY

    def is_met(self, description: Description) -> bool:
        """Every known register document names the body that holds it."""
        return all(
            entry.get("held_by") or entry.get("code") not in self.IN_REGISTERS for entry in self._asked(description)
        )

    IN_REGISTERS = frozenset(
        {"birth-record", "birth-certificate", "marriage-record", "death-record", "declared-residence", "land-register"}
    )

    @staticmethod
    def _asked(description: Description) -> list[Mapping[str, Any]]:
        return _entries(description, "evidence")


class FeesHaveAmounts(Requirement):
    """A price is a number, or a text says how it is reckoned."""

    code = "fees-have-amounts"
    part = "fees"
    text = sentence("Give each fee an amount, or say in words how it is reckoned.")

    def is_met(self, description: Description) -> bool:
        """Amount or Latvian text for every fee."""
        return all(
            fee.get("amount") not in (None, "") or (fee.get("text") or {}).get("lv")
            for fee in _entries(description, "fees")
        )


class LegalActHasLink(Requirement):
    """One click to the law."""

    code = "legal-act-has-link"
    part = "legal_acts"
    text = sentence("Give each legal act its address on the web.")

    def is_met(self, description: Description) -> bool:
        """Every act named has one."""
        return all(act.get("url") for act in _entries(description, "legal_acts"))


class AppealTellsTerm(Requirement):
    """Contesting has a term and a place."""

    code = "appeal-tells-term"
    part = "appeal"
    text = sentence("Say within what time the decision can be contested.")
    _TERM = re.compile(r"\d|mēne|dien|nedēļ|gada laikā", re.IGNORECASE)

    def is_met(self, description: Description) -> bool:
        """A text about contesting names a time."""
        text = _latvian(description, "appeal")
        return not text or bool(self._TERM.search(text))


STATED: Mapping[str, Stated] = {path: Stated(path) for path in descriptions.PARTS}
FURTHER: Mapping[str, Requirement] = {
    kind.code: kind()
    for kind in (
        TitleIsShort,
        TitleSaysResult,
        SummaryIsShort,
        EnglishStated,
        TextIsPlain,
        KeywordsEveryday,
        RequestHasTwoChannels,
        RequestOffersOnline,
        RequestOffersAssisted,
        EvidenceNotHeldByRegisters,
        FeesHaveAmounts,
        LegalActHasLink,
        AppealTellsTerm,
    )
}
"""Rules beyond the mere presence of a part, by code. A new one is a class here, and a line in a canvas."""


@dataclass(frozen=True)
class Asked:
    """A requirement as a canvas asks it: what it weighs, by what source, and in force from when to when."""

    requirement: Requirement
    level: Level
    source: Texts = field(default_factory=dict)

    @property
    def part(self) -> str:
        """The path it is about."""
        return self.requirement.part


@dataclass(frozen=True)
class Gap:
    """A requirement that a description does not fulfil. `sentence` says what to do, as an English message id."""

    code: str
    part: str
    level: Level
    sentence: str
    source: Texts = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether it keeps the description from being published."""
        return self.level in BLOCKING


BASIC: tuple[Asked, ...] = (
    Asked(STATED["title"], Level.NON_WAIVABLE),
    Asked(STATED["summary"], Level.NON_WAIVABLE),
    Asked(STATED["stages.request.channels"], Level.NON_WAIVABLE, REGULATION_399),
)
"""What holds for every service, made from a canvas or not."""

NOT_OFFERED: tuple[Asked, ...] = BASIC[:2]
"""What holds for a service that a body does not offer: its name and what it would be."""


def asked(parts: Iterable[Part], on: date, *, is_offered: bool = True) -> tuple[Asked, ...]:
    """All requirements of a canvas in force on a day, with those of every service; the stronger level counts.

    For a part whose emptiness is an answer only its further rules are asked.
    """
    if not is_offered:
        return NOT_OFFERED
    found: dict[str, Asked] = {one.requirement.code: one for one in BASIC}
    for part in parts:
        for one in _asked_by(part, on):
            known = found.get(one.requirement.code)
            if known is None or STRENGTH[one.level] <= STRENGTH[known.level]:
                found[one.requirement.code] = one
    order = {path: position for position, path in enumerate(descriptions.PARTS)}
    return tuple(sorted(found.values(), key=lambda one: (order[one.part], STRENGTH[one.level])))


def _asked_by(part: Part, on: date) -> Iterator[Asked]:
    if not part.holds_on(on):
        return
    if part.path not in EMPTY_SAYS:
        yield Asked(STATED[part.path], part.level, part.source)
    for further in part.also:
        requirement = FURTHER[further.code]
        yield Asked(requirement, further.level, requirement.source)


def levels(requirements: Iterable[Asked]) -> dict[str, Level]:
    """Path to the strongest level at which it must say something: the marks of the form.

    Only what an empty description does not fulfil marks a part. A rule about how a thing is said, such as an amount
    for each fee, asks nothing of a part that says nothing.
    """
    found: dict[str, Level] = {}
    for one in requirements:
        if one.requirement.is_met({}):
            continue
        known = found.get(one.part)
        if known is None or STRENGTH[one.level] < STRENGTH[known]:
            found[one.part] = one.level
    return found


def gaps(description: Description, requirements: Iterable[Asked]) -> tuple[Gap, ...]:
    """What the description does not fulfil, in the order of the parts."""
    return tuple(
        Gap(
            code=one.requirement.code,
            part=one.part,
            level=one.level,
            sentence=one.requirement.text,
            source=one.source or one.requirement.source,
        )
        for one in requirements
        if not one.requirement.is_met(description)
    )


def unknown(also: Iterable[Also]) -> tuple[str, ...]:
    """Codes of further rules that do not exist."""
    return tuple(one.code for one in also if one.code not in FURTHER)
