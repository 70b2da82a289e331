"""Which documents answer a question best: two lists, one by words and one by 4-grams, joined by their ranks. Pure.

The list by words knows stems, everyday words and, where a word is spelt otherwise, its 4-grams; the list by 4-grams
alone sees what stemming breaks. Each is wrong elsewhere, so a document that both put high is right more often than one
that either puts first (reciprocal rank fusion). `make bench` prints the measures of each list beside what ships.

It sees the index only as sets of documents by term, so both databases give the same order.
"""

import functools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ietvars.ground.words import rules

FIELD_WEIGHTS = {rules.TITLE: 1.0, rules.KEYWORDS: 0.6, rules.TEXT: 0.15}
"""What a word is worth where it stands."""

GRAM_WEIGHTS = {rules.TITLE_GRAMS: 1.0, rules.KEYWORD_GRAMS: 0.6}
SYNONYM, PART_OF_SYNONYM, SIDE_SYNONYM = 0.7, 0.6, 0.8
"""An everyday word is worth less than the word itself; one word of a longer official name less again."""

CORRECTED = 0.7
"""What a word is worth that is probably meant by a misspelt one."""

ALIKE, LEAST_ALIKE, ALIKE_ENOUGH = 0.6, 0.2, 0.5
"""What 4-grams are worth to the list by words; from how large a part of them on; and from when a word counts as met."""

WHOLE_TITLE = 0.3
"""So much more, at most, for a title that the question names whole."""

RANK, WORDS_COUNT = 5, 2.0
"""Rank fusion: how much the first ranks stand out, and that the list by words counts double."""

LEAST_OF_BEST, LEAST_OF_ALL = 0.3, 0.1
"""What is shown: at least so much of the best answer's worth, and of all that the question could give."""

OWN_PLACE, OTHER_PLACE = 1.5, 0.5
"""One's own municipality comes first, those of others last."""


@dataclass(frozen=True)
class Groups:
    """Everyday words compiled: token to tokens with their worth, and the same for phrases of several words."""

    single: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    phrases: tuple[tuple[tuple[frozenset[str], ...], Mapping[str, float]], ...] = ()


@dataclass(frozen=True)
class Asked:
    """One telling word of a question: the tokens that answer it with their worth, and its 4-grams."""

    word: str
    tokens: Mapping[str, float]
    grams: tuple[str, ...]


@dataclass
class Worth:
    """What one document is worth to a question."""

    words: float = 0.0
    grams: float = 0.0
    met: int = 0
    named: int = 0
    """Words met so well that the title may hold them."""


@dataclass(frozen=True)
class Candidate:
    """A document whose worth is known, with what its order depends on besides."""

    pk: int
    kind: str
    key: str
    title: str
    boost: float
    group: str
    place: str
    worth: Worth


@functools.lru_cache(maxsize=16)
def compile_groups(groups: tuple[tuple[bool, tuple[str, ...]], ...], language: str) -> Groups:
    """Compile groups of words, each (whether all its words are equal, words).

    Where they are not equal the last one is what services use: all others lead to it, and single words to each other.
    """
    single: dict[str, dict[str, float]] = defaultdict(dict)
    phrases: list[tuple[tuple[frozenset[str], ...], Mapping[str, float]]] = []
    for are_equal, group in groups:
        targets = _equal(group, language) if are_equal else _leading(group, language)
        for phrase in group:
            parts = tuple(frozenset(rules.tokens_of(word, language)) for word in rules.telling(phrase, language))
            if len(parts) == 1:
                for token in parts[0]:
                    _raise(single[token], targets)
            elif parts:
                phrases.append((parts, targets))
    return Groups(dict(single), tuple(phrases))


def _equal(group: Sequence[str], language: str) -> dict[str, float]:
    return {token: 1.0 for phrase in group for token in rules.analyse(phrase, language).split()}


def _leading(group: Sequence[str], language: str) -> dict[str, float]:
    official = rules.telling(group[-1], language)
    worth = 1.0 if len(official) == 1 else PART_OF_SYNONYM
    targets = {token: worth for word in official for token in rules.tokens_of(word, language)}
    for phrase in group[:-1]:
        parts = rules.telling(phrase, language)
        if len(parts) == 1:
            for token in rules.tokens_of(parts[0], language):
                targets.setdefault(token, SIDE_SYNONYM)
    return targets


def _raise(known: dict[str, float], by: Mapping[str, float], times: float = 1.0) -> None:
    for token, worth in by.items():
        known[token] = max(known.get(token, 0.0), worth * times)


def ask(text: str, language: str, groups: Groups | None = None) -> tuple[Asked, ...]:
    """The telling words of a question with all that answers them. Tokens and 4-grams hold letters and digits only."""
    telling = [word for word in rules.telling(text, language) if rules.tokens_of(word, language)]
    own = [rules.tokens_of(word, language) for word in telling]
    known = groups or Groups()
    meant: list[dict[str, float]] = [{} for _ in telling]
    for position, tokens in enumerate(own):
        for token in tokens:
            _raise(meant[position], known.single.get(token, {}), SYNONYM)
    for parts, targets in known.phrases:
        for start in range(len(own) - len(parts) + 1):
            if all(part.intersection(own[start + at]) for at, part in enumerate(parts)):
                for at in range(len(parts)):
                    _raise(meant[start + at], targets, SYNONYM)
    return tuple(
        Asked(word, {**others, **dict.fromkeys(tokens, 1.0)}, rules.grams_of(word))
        for word, tokens, others in zip(telling, own, meant, strict=True)
    )


def corrected(asked: Iterable[Asked], meant: Mapping[str, str], language: str) -> tuple[Asked, ...]:
    """The question with the tokens of the words that were probably meant beside those that were asked."""
    return tuple(
        replace(one, tokens={**dict.fromkeys(rules.tokens_of(meant[one.word], language), CORRECTED), **one.tokens})
        if one.word in meant
        else one
        for one in asked
    )


def terms(asked: Iterable[Asked], language: str) -> list[str]:
    """What must be looked up in the index for a question."""
    wanted: dict[str, None] = {}
    for one in asked:
        for token in one.tokens:
            wanted.update(dict.fromkeys(rules.term(language, where, token) for where in FIELD_WEIGHTS))
        for gram in one.grams:
            wanted.update(dict.fromkeys(rules.term(language, where, gram) for where in GRAM_WEIGHTS))
    return list(wanted)


def weigh(
    asked: Sequence[Asked], language: str, found: Mapping[str, Collection[int]], total: int
) -> tuple[dict[int, Worth], float]:
    """The worth of every document that has any of the terms, and what a document with everything would be worth.

    `found` holds the documents of each term, `total` is the number of documents in the language.
    """
    worths: dict[int, Worth] = defaultdict(Worth)
    possible = 0.0
    rarity = _rarity_of_grams(asked, language, found, total)
    for one in asked:
        by_words = _by_words(one, language, found)
        alike = _alike(one, language, found, rarity)
        best = dict(by_words)
        for pk, part in alike.items():
            if part >= LEAST_ALIKE:
                best[pk] = max(best.get(pk, 0.0), ALIKE * part)
        often = sum(min(1.0, worth) for worth in best.values())
        rare = math.log(1 + (total - min(often, total) + 0.5) / (often + 0.5))
        possible += rare
        for pk, worth in best.items():
            mine = worths[pk]
            mine.words += rare * worth
            mine.met += pk in by_words or alike.get(pk, 0.0) >= ALIKE_ENOUGH
            mine.named += worth >= FIELD_WEIGHTS[rules.KEYWORDS]
    for gram, rare in rarity.items():
        for pk in _holders(gram, language, found):
            worths[pk].grams += rare
    return worths, possible


def _by_words(one: Asked, language: str, found: Mapping[str, Collection[int]]) -> dict[int, float]:
    best: dict[int, float] = {}
    for token, worth in one.tokens.items():
        for where, weight in FIELD_WEIGHTS.items():
            for pk in found.get(rules.term(language, where, token), ()):
                if worth * weight > best.get(pk, 0.0):
                    best[pk] = worth * weight
    return best


def _alike(
    one: Asked, language: str, found: Mapping[str, Collection[int]], rarity: Mapping[str, float]
) -> dict[int, float]:
    """How large a part of the word's 4-grams each document has, rare ones counting more."""
    whole = sum(rarity[gram] for gram in one.grams) or 1.0
    parts: dict[int, float] = defaultdict(float)
    for gram in one.grams:
        in_title = found.get(rules.term(language, rules.TITLE_GRAMS, gram), ())
        share = rarity[gram] / whole
        for pk in in_title:
            parts[pk] += share * GRAM_WEIGHTS[rules.TITLE_GRAMS]
        for pk in found.get(rules.term(language, rules.KEYWORD_GRAMS, gram), ()):
            if pk not in in_title:
                parts[pk] += share * GRAM_WEIGHTS[rules.KEYWORD_GRAMS]
    return parts


def _holders(gram: str, language: str, found: Mapping[str, Collection[int]]) -> set[int]:
    return {pk for where in GRAM_WEIGHTS for pk in found.get(rules.term(language, where, gram), ())}


def _rarity_of_grams(
    asked: Sequence[Asked], language: str, found: Mapping[str, Collection[int]], total: int
) -> dict[str, float]:
    grams = dict.fromkeys(gram for one in asked for gram in one.grams)
    return {gram: math.log(1 + total / (1 + len(_holders(gram, language, found)))) for gram in grams}


def unknown(asked: Iterable[Asked], language: str, found: Mapping[str, Collection[int]]) -> tuple[str, ...]:
    """The words that no document has in any form, everyday words included."""
    return tuple(
        one.word
        for one in asked
        if not any(found.get(rules.term(language, where, token)) for token in one.tokens for where in FIELD_WEIGHTS)
    )


def order(
    candidates: Collection[Candidate], asked: Sequence[Asked], *, language: str, possible: float, place: str = ""
) -> list[tuple[Candidate, float, bool]]:
    """Candidates, best first, each with its score and whether it is good enough to be shown.

    Place, and what a document brings with it, decide between answers; they make none of what is no answer.
    """
    whole = {one.pk: _worth(one, language) for one in candidates}
    by_words = _ranks(candidates, whole)
    by_grams = _ranks(candidates, {one.pk: one.worth.grams for one in candidates})
    top = max(whole.values(), default=0.0)
    least = max(LEAST_OF_BEST * top, LEAST_OF_ALL * possible)
    placed = []
    for one in candidates:
        score = WORDS_COUNT / (RANK + by_words[one.pk]) + 1 / (RANK + by_grams[one.pk])
        is_enough = whole[one.pk] >= least and one.worth.met > 0
        placed.append((one, score * _place(one.place, place), is_enough))
    return sorted(placed, key=lambda row: (-row[1], -row[0].boost, row[0].title, row[0].pk))


def _worth(one: Candidate, language: str) -> float:
    title = len(rules.telling(one.title, language)) or 1
    return one.worth.words * (1 + WHOLE_TITLE * min(1.0, one.worth.named / title))


def _ranks(candidates: Iterable[Candidate], worths: Mapping[int, float]) -> dict[int, int]:
    """The rank of each document from 1 on; copies share the rank of the best of them, so that they push nobody down.

    What a document brings with it decides where the words say the same.
    """
    ordered = sorted(candidates, key=lambda one: (-round(worths[one.pk], 6), -one.boost, one.title, one.pk))
    of_group: dict[str, int] = {}
    return {one.pk: of_group.setdefault(one.group or f"#{one.pk}", len(of_group) + 1) for one in ordered}


def _place(place: str, own: str) -> float:
    if not place or not own:
        return 1.0
    return OWN_PLACE if place == own else OTHER_PLACE
