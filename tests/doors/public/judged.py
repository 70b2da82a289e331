"""The search set and its measures: what ships, beside plain full text, the stemmer alone and 4-grams alone.

The other three are what one would build first; each is given its best form, with the same weights of title, keywords
and text, on SQLite's own ranking, whatever database the product runs on. `make bench` prints the table, a test holds
that what ships is at least the best of them. What the set can and cannot prove stands at the head of search_set.toml.
"""

from __future__ import annotations

import math
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import LatvianStemmer

from ietvars.collaboration.situations import queries as situations
from ietvars.ground.words import queries, ranking, rules
from ietvars.institution.services import queries as services

Answerer = Callable[[str], list[str]]
"""Answers a question with documents, best first, copies folded."""

SET = Path(__file__).with_name("search_set.toml")
LANGUAGE = "lv"
TOP = 10
KINDS = ("service", "situation")


@dataclass(frozen=True)
class Question:
    """A question with its judged answers: 3 what was asked for, 2 helps too, 1 is related."""

    kind: str
    text: str
    answers: Mapping[str, int]


@dataclass(frozen=True)
class Measures:
    """Means over the set. A hit is an answer of the highest grade that the question has."""

    hit_1: float
    hit_5: float
    ndcg_10: float


def questions() -> list[Question]:
    """The whole set."""
    rows = tomllib.loads(SET.read_text(encoding="utf-8"))["query"]
    return [Question(row["kind"], row["text"], row["answers"]) for row in rows]


def measure(answer: Answerer, asked: Sequence[Question]) -> Measures:
    """The three measures of one way to search."""
    hit_1 = hit_5 = gain = 0.0
    for question in asked:
        found = answer(question.text)[:TOP]
        best = max(question.answers.values())
        hit_1 += any(question.answers.get(key) == best for key in found[:1])
        hit_5 += any(question.answers.get(key) == best for key in found[:5])
        gain += _gain(question.answers.get(key, 0) for key in found) / _gain(
            sorted(question.answers.values(), reverse=True)[:TOP]
        )
    return Measures(hit_1 / len(asked), hit_5 / len(asked), gain / len(asked))


def _gain(grades: Iterable[int]) -> float:
    """Discounted cumulative gain with exponential grades (Järvelin and Kekäläinen 2002, Burges 2005)."""
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, start=1))


def shipped(text: str) -> list[str]:
    """What the product answers."""
    found = queries.look(text, LANGUAGE, kinds=KINDS, limit=200)
    return list(dict.fromkeys(_key(hit.kind, hit.key, hit.group) for hit in found.hits))


def without_words(text: str) -> list[str]:
    """What the product would answer if nobody kept a list of everyday words."""
    with mock.patch.object(queries, "groups", return_value=ranking.Groups()):
        return shipped(text)


def others() -> dict[str, Answerer]:
    """What one would build first, over the documents of the state at hand."""
    documents = [
        one
        for row in services.with_holder(services.all_services().filter(state="published")).select_related("template")
        for one in services.documents(row)
    ]
    documents += [one for row in situations.published() for one in situations.documents(row)]
    documents = [one for one in documents if one.language == LANGUAGE]
    return {
        "plain FTS5": _full_text(documents, rules.words),
        "the stemmer alone": _full_text(documents, _stems),
        "character 4-grams alone": _full_text(documents, _grams, text=False),
    }


def _stems(text: str) -> list[str]:
    return [rules.fold(LatvianStemmer.stem(word)) for word in rules.words(text)]


def _grams(text: str) -> list[str]:
    return [gram for word in rules.words(text) for gram in rules.grams_of(word)]


def _full_text(
    documents: Sequence[rules.Document], split: Callable[[str], list[str]], *, text: bool = True
) -> Answerer:
    """SQLite's full text over what `split` makes of a text, ranked by bm25; any word suffices, as in a search box."""
    tokenizer = "tokenize=\"unicode61 remove_diacritics 2 tokenchars '_'\""
    index = sqlite3.connect(":memory:")
    index.execute(f"CREATE VIRTUAL TABLE found USING fts5(title, keywords, text, {tokenizer})")
    index.executemany(
        "INSERT INTO found(rowid, title, keywords, text) VALUES (?, ?, ?, ?)",
        (
            (number, *(" ".join(split(part)) for part in (one.title, one.keywords, one.text if text else "")))
            for number, one in enumerate(documents)
        ),
    )

    def answer(asked: str) -> list[str]:
        wanted = " OR ".join(f'"{token}"' for token in dict.fromkeys(split(asked)))
        rows = index.execute(
            "SELECT rowid FROM found WHERE found MATCH ? ORDER BY bm25(found, 10, 5, 1) LIMIT 200", [wanted]
        )
        found = (documents[number] for (number,) in rows)
        return list(dict.fromkeys(_key(one.kind, one.key, one.group) for one in found))

    return answer


def _key(kind: str, key: str, group: str) -> str:
    """How answers are written in the set."""
    return f"{kind}:{key}" if kind == "situation" else group or key
