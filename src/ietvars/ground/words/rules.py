"""The analyser: how a word of a text or of a question becomes the tokens it is found by. Never imports Django.

A Latvian word is indexed both as fold(stem(word)) and stem(fold(word)): the first joins inflected forms, the second
joins what people type without diacritics. Trial: 119 of 120 inflected forms met, with and without diacritics. Beside
them stand the character 4-grams of the folded word, by which misspelt and compound words are met.
"""

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import LatvianStemmer
import snowballstemmer

from ietvars.ground.words import errors

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ENGLISH = snowballstemmer.stemmer("english")
STOP_WORDS = {
    "lv": frozenset("un vai ar par no uz pie kā kas ko ja to tas ir es man mans mana kur kad lai bez".split()),
    "en": frozenset("the a an and or of for to in on my i is how do what where with".split()),
}
LONGEST_QUESTION = 200
"""Characters of a question that are read; the rest is cut, so that nobody can make the index work for a minute."""

MOST_WORDS = 12
"""So many telling words of a question are looked up."""

SHORTEST_CORRECTED = 5
"""Shorter words have too many others like them."""

LONGEST_TOKEN = 40
GRAM = 4
EDGE = "_"
"""Marks where a word begins and ends in its 4-grams, and parts a term into its field and its token."""

TITLE, KEYWORDS, TEXT, TITLE_GRAMS, KEYWORD_GRAMS = "a", "b", "c", "g", "h"
"""The fields of a document, each with the letter under which its tokens stand in the index."""

KEEPERS = frozenset({"overseer", "coordinator", "administrator", "system"})
"""Capacities in which the list of everyday words is kept: it is one for the whole state."""

LONGEST_PHRASE, MOST_PHRASES = 60, 40


@dataclass(frozen=True)
class Document:
    """What an upper room hands in to be found. Texts are plain; `group` folds copies, `place` is a body code."""

    kind: str
    key: str
    language: str
    title: str
    keywords: str = ""
    text: str = ""
    boost: float = 0.0
    group: str = ""
    place: str = ""
    audience: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One found document. `is_partial` says that not every word of the question was met.

    `copies` is how many more documents of its group were found, where the search was asked to fold them.
    """

    kind: str
    key: str
    title: str
    score: float
    group: str = ""
    place: str = ""
    is_partial: bool = False
    copies: int = 0


@dataclass(frozen=True)
class Found:
    """What the index says to a question: hits, best first; `nearest` even where no hit is good enough.

    `unknown` are the words of the question that no document has in any form, as asked; `meant` is the question with
    the known words that are spelt most like them, empty when there are none.
    """

    hits: tuple[Hit, ...] = ()
    nearest: Hit | None = None
    unknown: tuple[str, ...] = ()
    meant: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether there are hits, and none of them meets every word."""
        return bool(self.hits) and all(hit.is_partial for hit in self.hits)


@dataclass(frozen=True)
class Suggestion:
    """A title offered while somebody types, with the document it belongs to."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True)
class Missed:
    """A question that nothing answered, or only some of its words, added up over days. Nothing says who asked."""

    text: str
    language: str
    is_partial: bool
    times: int
    last: date
    nearest: tuple[str, str] | None = None


def words(text: str) -> list[str]:
    """Split into lower-case words; digits are words too."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@functools.lru_cache(maxsize=20_000)
def telling(text: str, language: str) -> tuple[str, ...]:
    """The words of a question or a title that say something, each once; small ones only where there is nothing else."""
    asked = words(text[:LONGEST_QUESTION])
    kept = [word for word in asked if word not in STOP_WORDS.get(language, ())] or asked
    return tuple(dict.fromkeys(kept))[:MOST_WORDS]


@functools.lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Take the diacritics off, and whatever else is no letter or digit once a sign is taken apart (as in ¼)."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if sign.isalnum())


@functools.lru_cache(maxsize=20_000)
def folded(text: str) -> tuple[str, ...]:
    """The folded words of a text; remembered, since titles are asked for with every letter somebody types."""
    return tuple(fold(word) for word in words_of(text))


@functools.lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that is asked for again and again."""
    return tuple(words(text))


@functools.lru_cache(maxsize=50_000)
def tokens_of(word: str, language: str) -> tuple[str, ...]:
    """The tokens one word is found by, without repetition."""
    if language == "en":
        return _kept(fold(_ENGLISH.stemWord(word)))
    return _kept(fold(LatvianStemmer.stem(word)), fold(LatvianStemmer.stem(fold(word))))


def _kept(*tokens: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token[:LONGEST_TOKEN] for token in tokens if token))


def analyse(text: str, language: str) -> str:
    """Tokens of a text as one string separated by blanks, in order."""
    return " ".join(token for word in words(text) for token in tokens_of(word, language))


@functools.lru_cache(maxsize=50_000)
def grams_of(word: str) -> tuple[str, ...]:
    """The 4-grams of one word, its edges marked: "pase" gives _pas, pase, ase_. A short word is its own gram."""
    marked = f"{EDGE}{fold(word)[:LONGEST_TOKEN]}{EDGE}"
    return tuple(dict.fromkeys(marked[at : at + GRAM] for at in range(max(1, len(marked) - GRAM + 1))))


def term(language: str, field: str, token: str) -> str:
    """How a token of a field stands in the index, so that one index holds all fields of all languages."""
    return f"{language}{field}{EDGE}{token}"


def terms(document: Document) -> str:
    """All that a document is found by, as one string separated by blanks; each term once."""

    def found() -> Iterator[str]:
        texts = ((TITLE, document.title), (KEYWORDS, document.keywords), (TEXT, document.text))
        for field, text in texts:
            for token in analyse(text, document.language).split():
                yield term(document.language, field, token)
        # The rest of the text is left out: 4-grams of much text meet everything.
        for field, text in ((TITLE_GRAMS, document.title), (KEYWORD_GRAMS, document.keywords)):
            for word in words(text):
                for gram in grams_of(word):
                    yield term(document.language, field, gram)

    return " ".join(dict.fromkeys(found()))


def nearest(word: str, vocabulary: Iterable[str], limit: int = 3) -> list[str]:
    """Words of the vocabulary spelt most like `word`: what the person may have meant.

    Of words that differ by diacritics only, the one that the vocabulary names first. Only words that begin alike and
    are about as long are compared, since comparing all would take its time.
    """
    asked = fold(word)
    by_fold: dict[str, str] = {}
    for candidate in vocabulary:
        if abs(len(candidate) - len(word)) <= 2 and fold(candidate)[:1] == asked[:1]:
            by_fold.setdefault(fold(candidate), candidate)
    return [by_fold[close] for close in difflib.get_close_matches(asked, by_fold, n=limit, cutoff=0.78)]


def require_keeper(role: str) -> None:
    """Only these capacities change the list of everyday words. Raises NotAKeeper."""
    if role not in KEEPERS:
        raise errors.NotAKeeper


def require_group(phrases: Sequence[str]) -> tuple[str, ...]:
    """The phrases of a group, tidied and each once. Raises LoneWord, TooManyWords, TooLong, NoWord."""
    tidy = tuple(dict.fromkeys(" ".join(unicodedata.normalize("NFC", phrase).split()) for phrase in phrases))
    tidy = tuple(phrase for phrase in tidy if phrase)
    for phrase in tidy:
        if len(phrase) > LONGEST_PHRASE:
            raise errors.TooLong(words=phrase[:LONGEST_PHRASE], most=LONGEST_PHRASE)
        if not words(phrase):
            raise errors.NoWord(words=phrase)
    if len(tidy) < 2:
        raise errors.LoneWord(words=", ".join(tidy))
    if len(tidy) > MOST_PHRASES:
        raise errors.TooManyWords(most=MOST_PHRASES)
    return tidy
