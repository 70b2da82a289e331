"""The checks of text: each a small class with its code, sentences, remedy and what it marks. Never imports Django.

A check reads only what it names and is quiet when in doubt: limits were set on the texts of the sample state, where
almost none may sound, and on sentences of offices that must (docs/rooms/institution-quality.md gives both rates).
"""

import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from ietvars.institution.quality.texts import LANGUAGES, WORD, Span, Text

Words = Mapping[str, str]
"""Language to text."""

OFFICE_WORDS = Path(__file__).parent / "office_words.toml"

NOT_PROSE = ("keywords", "legal_acts")
"""Parts that nobody reads as prose: words for the search, and titles that parliament gave."""

AROUND = 90
"""Letters shown before and after a marked place when its sentence is long."""


@dataclass(frozen=True)
class Mark:
    """One place in a text with what a check says of it. `start` and `end` count in `text`; `index` is the entry."""

    code: str
    part: str
    language: str
    text: str
    start: int
    end: int
    says: Words
    remedy: Words
    index: int | None = None

    @property
    def pieces(self) -> tuple[str, str, str]:
        """The marked place between what stands around it, as a page shows it."""
        before, after = self.text[: self.start], self.text[self.end :]
        before = before if len(before) <= AROUND else f"…{before[-AROUND:]}"
        after = after if len(after) <= AROUND else f"{after[:AROUND]}…"
        return before, self.text[self.start : self.end], after

    def document(self) -> dict[str, Any]:
        """The mark as JSON."""
        return {
            "code": self.code,
            "part": self.part,
            "index": self.index,
            "language": self.language,
            "start": self.start,
            "end": self.end,
            "marked": self.text[self.start : self.end],
            "says": dict(self.says),
            "remedy": dict(self.remedy),
        }


@dataclass(frozen=True)
class Whole:
    """What a check looks at: the description, its texts, and abbreviations its reader knows."""

    description: Mapping[str, Any]
    texts: tuple[Text, ...]
    known: frozenset[str] = frozenset()

    def prose(self) -> Iterator[Text]:
        """Texts that people read, in languages the checks know."""
        return (text for text in self.texts if text.language in LANGUAGES and text.part not in NOT_PROSE)


class Check(ABC):
    """One check. `name`, `says` and `remedy` are texts in both languages; `says` and `remedy` may hold {facts}."""

    code: ClassVar[str]
    name: ClassVar[Words]
    says: ClassVar[Words]
    remedy: ClassVar[Words]

    @abstractmethod
    def look(self, whole: Whole) -> Iterator[Mark]:
        """Every place that this check marks."""

    def mark(self, text: Text, span: Span, **facts: object) -> Mark:
        """A mark on a span of a text with the check's sentences filled in."""
        return Mark(
            code=self.code,
            part=text.part,
            language=text.language,
            text=text.value,
            start=span[0],
            end=span[1],
            says={language: said.format(**facts) for language, said in self.says.items()},
            remedy={language: said.format(**facts) for language, said in self.remedy.items()},
            index=text.index,
        )


class LongSentence(Check):
    """A sentence of more words than people keep in mind.

    25 words is the limit of the GOV.UK content style for English. Latvian has no articles, so the same thought takes
    fewer words; the limit for it is ours.
    """

    code = "long-sentence"
    limits: ClassVar[Mapping[str, int]] = {"lv": 22, "en": 25}
    name = {"lv": "Garš teikums", "en": "Long sentence"}
    says = {
        "lv": "Teikums ir garš: vārdu skaits {words}, viegli lasāmā līdz {limit}.",
        "en": "The sentence is long: {words} words, an easy one has up to {limit}.",
    }
    remedy = {
        "lv": "Sadaliet to divos teikumos vai sarakstā.",
        "en": "Make two sentences or a list of it.",
    }

    def look(self, whole: Whole) -> Iterator[Mark]:
        for text in whole.prose():
            limit = self.limits[text.language]
            for start, end in text.sentences:
                size = len(WORD.findall(text.value[start:end]))
                if size > limit:
                    yield self.mark(text, (start, end), words=size, limit=limit)


@dataclass(frozen=True)
class OfficePhrase:
    """A phrase of offices with its plain alternative. One of weight 1 disturbs only beside another one.

    `piece` is its longest fixed piece: a text without it is not searched any further.
    """

    pattern: re.Pattern[str]
    piece: str
    plain: str
    weight: int


@lru_cache(maxsize=1)
def office_phrases() -> Mapping[str, tuple[OfficePhrase, ...]]:
    """The phrases of both languages. A star in a phrase of the file stands for any letters of a word."""
    read = tomllib.loads(OFFICE_WORDS.read_text(encoding="utf-8"))
    return {language: tuple(_phrase(**entry) for entry in read[language]) for language in LANGUAGES}


def _phrase(phrase: str, plain: str, weight: int = 2) -> OfficePhrase:
    words = r"\s+".join(_either(word) for word in phrase.split())
    fixed = " ".join(word for word in phrase.lower().split() if "|" not in word)
    piece = max(re.split(r"[*\s]+", fixed), key=len)
    return OfficePhrase(re.compile(rf"\b{words}(?!\w)", re.IGNORECASE), piece, plain, weight)


def _either(word: str) -> str:
    options = "|".join(re.escape(option).replace(r"\*", r"\w*") for option in word.split("|"))
    return f"(?:{options})"


class OfficeLanguage(Check):
    """Phrases that officials write to one another, each with its everyday alternative."""

    code = "office-language"
    name = {"lv": "Kancelejas valoda", "en": "Office language"}
    says = {
        "lv": "Kancelejas valoda: „{phrase}”.",
        "en": "Office language: “{phrase}”.",
    }
    remedy = {"lv": "Rakstiet vienkāršāk: {plain}.", "en": "Write it plainly: {plain}."}
    enough = 2
    """Weight of the phrases of one sentence at which it is marked."""

    def look(self, whole: Whole) -> Iterator[Mark]:
        for text in whole.prose():
            found = self._hits(text)
            for sentence in text.sentences if found else ():
                inside = [(span, phrase) for span, phrase in found if sentence[0] <= span[0] < sentence[1]]
                if sum(phrase.weight for _span, phrase in inside) >= self.enough:
                    for span, phrase in inside:
                        yield self.mark(text, span, phrase=text.value[slice(*span)], plain=phrase.plain)

    def _hits(self, text: Text) -> list[tuple[Span, OfficePhrase]]:
        """Phrases in the order in which they stand; of two that overlap the first, and the longer one."""
        small = text.value.lower()
        every = [
            (match.span(), phrase)
            for phrase in office_phrases()[text.language]
            if phrase.piece in small
            for match in phrase.pattern.finditer(text.value)
        ]
        kept: list[tuple[Span, OfficePhrase]] = []
        for span, phrase in sorted(every, key=lambda hit: (hit[0][0], -hit[0][1])):
            if not kept or span[0] >= kept[-1][0][1]:
                kept.append((span, phrase))
        return kept


class PassiveChain(Check):
    """Passives upon passives in one sentence: nobody is said to do anything. English lives with two of them."""

    code = "passive-chain"
    name = {"lv": "Nav teikts, kurš dara", "en": "Nobody does it"}
    says = {
        "lv": "Teikumā vairākas reizes nav teikts, kurš to dara.",
        "en": "Several times the sentence does not say who does it.",
    }
    remedy = {
        "lv": "Nosauciet darītāju: „aģentūra pārbauda”, nevis „tiek pārbaudīts”.",
        "en": "Name who does it: “the agency checks”, not “is checked”.",
    }
    limits: ClassVar[Mapping[str, int]] = {"lv": 2, "en": 3}
    passives: ClassVar[Mapping[str, re.Pattern[str]]] = {
        "lv": re.compile(
            r"\b(?:tiek|tika|tiks|tikt|tiktu|tikšot)\b(?:\s+[^\W\d_]+){0,2}?\s+"
            r"(?:ne)?[^\W\d_]{3,}t(?:s|a|i|as|u|ām)\b",
            re.IGNORECASE,
        ),
        "en": re.compile(
            r"\b(?:is|are|was|were|be|been|being)\s+(?:[a-z]+ly\s+|not\s+|also\s+)?"
            r"(?:[a-z]{3,}ed|given|taken|made|sent|done|paid|written|kept|held|known|shown|set|found|brought)\b",
            re.IGNORECASE,
        ),
    }

    def look(self, whole: Whole) -> Iterator[Mark]:
        for text in whole.prose():
            for start, end in text.sentences:
                found = list(self.passives[text.language].finditer(text.value, start, end))
                if len(found) >= self.limits[text.language]:
                    yield self.mark(text, (found[0].start(), found[-1].end()))


class LongText(Check):
    """A text too long for where it stands: a title in a list of answers, a summary on a telephone."""

    code = "long-text"
    limits: ClassVar[Mapping[str, int]] = {
        "title": 100,
        "summary": 300,
        "receives": 150,
        "apply_within": 200,
        "appeal": 500,
        "eligibility": 300,
        "evidence": 150,
        "outputs": 150,
        "keywords": 60,
        "fees": 250,
        "stages.request.text": 1200,
        "stages.execution.text": 1200,
        "stages.receipt.text": 1200,
    }
    """Letters, blanks among them, by the part; for parts of several entries of each of them."""
    name = {"lv": "Garš teksts", "en": "Long text"}
    says = {
        "lv": "Šai vietai teksts ir par garu: zīmju skaits {letters}, vieta ir {limit}.",
        "en": "The text is too long for this place: {letters} characters, there is room for {limit}.",
    }
    remedy = {
        "lv": "Atstājiet būtisko; pārējo pārceliet uz pakalpojuma norises aprakstu.",
        "en": "Keep the essence; move the rest to the description of the stages.",
    }

    def look(self, whole: Whole) -> Iterator[Mark]:
        for text in whole.texts:
            limit = self.limits.get(text.part)
            if limit is not None and text.language in LANGUAGES and len(text.value) > limit:
                yield self.mark(text, (limit, len(text.value)), letters=len(text.value), limit=limit)


class Abbreviation(Check):
    """Capitals that no text of the description spells out; once a language."""

    code = "abbreviation"
    name = {"lv": "Neizskaidrots saīsinājums", "en": "Unexplained abbreviation"}
    says = {
        "lv": "Saīsinājums „{short}” šajā aprakstā nav izskaidrots.",
        "en": "This description does not explain the abbreviation “{short}”.",
    }
    remedy = {
        "lv": "Pirmoreiz uzrakstiet pilnu nosaukumu un saīsinājumu iekavās.",
        "en": "Write it in full the first time, with the abbreviation in brackets.",
    }
    pattern = re.compile(r"(?<![\w-])[A-ZĀČĒĢĪĶĻŅŠŪŽ]{2,7}(?![\w])")
    roman = re.compile(r"[IVXLC]+")
    familiar = frozenset(
        "EUR ES EU ASV USA UK PVN VAT PIN SMS PDF ID CV TV QR GPS SIA NVO NGO COVID HIV AIDS DNS DNA SOS OCTA IT"
        " AM PM WWW URL USB MMS JSON CSV XML XLSX ISO LV EN".split()
    )
    """What everybody knows by these letters; longer forms would be harder to read."""

    def look(self, whole: Whole) -> Iterator[Mark]:
        told: set[tuple[str, str]] = set()
        for text in whole.prose():
            if _is_shouted(text):
                continue
            for found in self.pattern.finditer(text.value):
                short = found.group()
                if (text.language, short) in told or self._is_known(short, whole, text.language):
                    continue
                told.add((text.language, short))
                yield self.mark(text, found.span(), short=short)

    def _is_known(self, short: str, whole: Whole, language: str) -> bool:
        if short in self.familiar or short in whole.known or self.roman.fullmatch(short):
            return True
        spelled = re.compile(rf"\w\s*\({short}\b|\b{short}\s*(?:\(|[–—-]\s+\w)")
        return any(spelled.search(text.value) for text in whole.texts if text.language == language)


class Capitals(Check):
    """A text in capitals only: harder to read, and screen readers spell it."""

    code = "capitals"
    name = {"lv": "Tikai lielie burti", "en": "All capitals"}
    says = {
        "lv": "Vārdi rakstīti tikai ar lielajiem burtiem.",
        "en": "These words are written in capitals only.",
    }
    remedy = {
        "lv": "Rakstiet parastiem burtiem: tā lasa ātrāk, un ekrānlasītājs nepārprot.",
        "en": "Use ordinary letters: they are read faster, and screen readers do not spell them.",
    }
    pattern = re.compile(r"\b[A-ZĀČĒĢĪĶĻŅŠŪŽ]{4,}(?:[\s,]+[A-ZĀČĒĢĪĶĻŅŠŪŽ]{2,})*[\s,]+[A-ZĀČĒĢĪĶĻŅŠŪŽ]{4,}\b")

    def look(self, whole: Whole) -> Iterator[Mark]:
        for text in whole.prose():
            if _is_shouted(text):
                yield self.mark(text, text.whole)
            else:
                yield from (self.mark(text, found.span()) for found in self.pattern.finditer(text.value))


def _is_shouted(text: Text) -> bool:
    return len(text.words) > 1 and text.value.isupper() and sum(len(word) for word in text.words) >= 10


def lix(texts: list[Text]) -> float:
    """LIX of several texts together: words a sentence, plus the percentage of words of more than six letters.

    Source: C.-H. Björnsson, Läsbarhet, Stockholm 1968. Texts without words have 0.
    """
    words = [word for text in texts for word in text.words]
    sentences = sum(len(text.sentences) for text in texts)
    if not words:
        return 0.0
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


class HardToRead(Check):
    """LIX over all prose of a description in one language, where there is enough of it.

    Björnsson's bands (over 60: very hard) come from Swedish. Latvian words are longer by their endings, so its limit
    is set on our own texts. LIX counts letters only: it sees neither whether a text is right or whole, nor whether
    anybody understood it, and a low value proves nothing.
    """

    code = "hard-to-read"
    limits: ClassVar[Mapping[str, float]] = {"lv": 66.0, "en": 55.0}
    least = 40
    """Words below which the figure says nothing."""
    name = {"lv": "Grūti lasāms", "en": "Hard to read"}
    says = {
        "lv": "Apraksts ir grūti lasāms: LIX {value}, robeža {limit}.",
        "en": "The description is hard to read: LIX {value}, the limit is {limit}.",
    }
    remedy = {
        "lv": "Īsiniet garākos teikumus un vārdus. LIX skaita tikai garumu; izlasiet tekstu skaļi.",
        "en": "Shorten the longest sentences and words. LIX counts length only; read the text aloud.",
    }

    def look(self, whole: Whole) -> Iterator[Mark]:
        for language in LANGUAGES:
            prose = [text for text in whole.prose() if text.language == language and len(text.sentences) > 0]
            sentences = [text for text in prose if text.part == "summary" or text.part.startswith("stages.")]
            if sum(len(text.words) for text in sentences) < self.least:
                continue
            value = lix(sentences)
            if value > self.limits[language]:
                hardest = max(sentences, key=lambda text: lix([text]) if len(text.words) > 4 else 0)
                yield self.mark(hardest, hardest.whole, value=round(value), limit=round(self.limits[language]))


class MissingTranslation(Check):
    """A text that is there in one language and not in another that the description is given in.

    A language is offered when the title stands in it; a catalogue that came in one language is not asked for two.
    """

    code = "missing-translation"
    name = {"lv": "Trūkst tulkojuma", "en": "Missing translation"}
    says = {
        "lv": "Šī teksta nav {missing_lv}, bet pārējais apraksts tajā ir.",
        "en": "This text is missing in {missing_en}, though the description is given in it.",
    }
    remedy = {"lv": "Pievienojiet tulkojumu.", "en": "Add the translation."}
    into: ClassVar[Mapping[str, Words]] = {
        "lv": {"lv": "latviski", "en": "Latvian"},
        "en": {"lv": "angliski", "en": "English"},
    }

    def look(self, whole: Whole) -> Iterator[Mark]:
        offered = {text.language for text in whole.texts if text.part == "title"} & set(LANGUAGES)
        said: dict[tuple[str, int | None], dict[str, Text]] = {}
        for text in whole.texts:
            # Lists of conditions are translated as lists: what counts is whether there is one in each language.
            at = None if text.part in ("eligibility", "keywords") else text.index
            said.setdefault((text.part, at), {}).setdefault(text.language, text)
        for (part, _index), given in said.items():
            known = [text for language, text in given.items() if language in offered]
            if part == "legal_acts" or not known:
                continue
            for language in LANGUAGES:
                if language in offered and language not in given:
                    names = self.into[language]
                    yield self.mark(known[0], known[0].whole, missing_lv=names["lv"], missing_en=names["en"])


class SameInBoth(Check):
    """The same words in both languages: somebody copied and meant to translate."""

    code = "same-in-both"
    name = {"lv": "Nav iztulkots", "en": "Not translated"}
    says = {
        "lv": "Latviskais un angliskais teksts ir vienādi.",
        "en": "The Latvian and the English text are the same.",
    }
    remedy = {"lv": "Iztulkojiet vienu no tiem.", "en": "Translate one of them."}
    least = 3
    """Words from which on it cannot be a name."""

    def look(self, whole: Whole) -> Iterator[Mark]:
        latvian = {(text.part, text.index): text for text in whole.prose() if text.language == "lv"}
        for text in whole.prose():
            twin = latvian.get((text.part, text.index)) if text.language == "en" else None
            if twin and len(text.words) >= self.least and twin.value.strip() == text.value.strip():
                yield self.mark(text, text.whole)


CHECKS: tuple[Check, ...] = (
    LongSentence(),
    OfficeLanguage(),
    PassiveChain(),
    HardToRead(),
    LongText(),
    Abbreviation(),
    Capitals(),
    MissingTranslation(),
    SameInBoth(),
)
"""All checks in the order in which pages list them."""
