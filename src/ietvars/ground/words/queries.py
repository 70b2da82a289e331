"""Finds documents. SQLite answers with FTS5 and bm25, PostgreSQL with tsvector and ts_rank_cd; the order is ours."""

import functools
from collections.abc import Sequence

from django.db import connection

from ietvars.ground.words import rules
from ietvars.ground.words.models import Document, WordGroup
from ietvars.ground.words.rules import Hit

_WEIGHTS = (10.0, 5.0, 1.0)
"""Title, keywords, text."""


def search(
    text: str,
    language: str,
    *,
    kinds: Sequence[str] = (),
    audience: str = "",
    place: str = "",
    limit: int = 50,
) -> list[Hit]:
    """Documents in `language` that answer all words of `text`, else those that answer some; best first.

    `place` lifts documents for that body's inhabitants and sinks those of other places.
    """
    wanted = rules.question(text, language, groups(language))
    if not wanted:
        return []
    found = _ranked(wanted, language, joiner="AND", kinds=kinds, audience=audience, limit=limit * 4)
    is_partial = not found and len(wanted) > 1
    if is_partial:
        found = _ranked(wanted, language, joiner="OR", kinds=kinds, audience=audience, limit=limit * 4)
    hits = [
        Hit(
            kind=document.kind,
            key=document.key,
            title=document.title,
            score=score + document.boost + _place_bonus(document.place, place),
            group=document.group,
            place=document.place,
            is_partial=is_partial,
        )
        for document, score in found
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.title))[:limit]


def suggest(beginning: str, language: str, limit: int = 6) -> list[str]:
    """Titles that contain a word beginning like the last word typed, for suggestions while typing."""
    typed = [rules.fold(word) for word in rules.words(beginning[: rules.LONGEST_QUESTION])]
    if not typed or len(typed[-1]) < 2:
        return []
    *whole, last = typed
    titles = []
    for title in _titles(language):
        parts = [rules.fold(word) for word in rules.words(title)]
        if any(part.startswith(last) for part in parts) and all(any(p.startswith(w) for p in parts) for w in whole):
            titles.append(title)
    return titles[:limit]


def meant(text: str, language: str) -> str:
    """The question with its unknown words replaced by the nearest known ones; empty when nothing is nearer."""
    known = {word for title in _titles(language) for word in rules.words(title)}
    known |= {
        word
        for row in Document.objects.filter(language=language).values_list("keywords", flat=True)
        for word in rules.words(row)
    }
    folded = {rules.fold(word) for word in known}
    changed = False
    result = []
    for word in rules.words(text[: rules.LONGEST_QUESTION]):
        near = [] if rules.fold(word) in folded else rules.nearest(word, known, limit=1)
        changed = changed or bool(near)
        result.append(near[0] if near else word)
    return " ".join(result) if changed else ""


def groups(language: str) -> dict[str, set[str]]:
    """Token to the tokens that mean the same, from the word groups of the language."""
    rows = WordGroup.objects.filter(language=language).values_list("words", flat=True)
    return _group_map(tuple(tuple(row) for row in rows), language)


@functools.lru_cache(maxsize=8)
def _group_map(rows: tuple[tuple[str, ...], ...], language: str) -> dict[str, set[str]]:
    return rules.group_map(rows, language)


def _titles(language: str) -> list[str]:
    rows = Document.objects.filter(language=language).order_by("-boost", "title").values_list("title", flat=True)
    return list(dict.fromkeys(rows))


def _place_bonus(place: str, own: str) -> float:
    if not place or not own:
        return 0.0
    return 5.0 if place == own else -5.0


def _ranked(
    wanted: Sequence[Sequence[str]], language: str, *, joiner: str, kinds: Sequence[str], audience: str, limit: int
) -> list[tuple[Document, float]]:
    scores = (
        _fts5(wanted, joiner, language, limit * 4)
        if connection.vendor == "sqlite"
        else _tsvector(wanted, joiner, language, limit * 4)
    )
    documents = Document.objects.filter(pk__in=scores, language=language)
    if kinds:
        documents = documents.filter(kind__in=kinds)
    rows = [
        (document, scores[document.pk])
        for document in documents
        if not audience or not document.audience or audience in document.audience.split()
    ]
    return sorted(rows, key=lambda row: -row[1])[:limit]


def _fts5(wanted: Sequence[Sequence[str]], joiner: str, language: str, limit: int) -> dict[int, float]:
    # Tokens are letters and digits only (rules.words), so quoting them is all that FTS5's own grammar needs.
    match = f" {joiner} ".join("(" + " OR ".join(f'"{token}"' for token in one) + ")" for one in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.rowid, -bm25(ground_document_fts, %s, %s, %s) FROM ground_document_fts f"
            " JOIN ground_document d ON d.id = f.rowid"
            " WHERE ground_document_fts MATCH %s AND d.language = %s ORDER BY 2 DESC LIMIT %s",
            [*_WEIGHTS, match, language, limit],
        )
        return {int(pk): float(score) for pk, score in cursor.fetchall()}


def _tsvector(wanted: Sequence[Sequence[str]], joiner: str, language: str, limit: int) -> dict[int, float]:
    sign = " & " if joiner == "AND" else " | "
    asked = sign.join("(" + " | ".join(f"'{token}'" for token in one) + ")" for one in wanted)
    weights = "{" + ",".join(str(weight / _WEIGHTS[0]) for weight in (0.0, *reversed(_WEIGHTS))) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, 10 * ts_rank(%s::float4[], found_by, %s::tsquery, 1) FROM ground_document"
            " WHERE found_by @@ %s::tsquery AND language = %s ORDER BY 2 DESC LIMIT %s",
            [weights, asked, asked, language, limit],
        )
        return {int(pk): float(score) for pk, score in cursor.fetchall()}
