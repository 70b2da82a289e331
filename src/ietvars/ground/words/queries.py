"""Finds documents, suggests titles, and reads the lists of words. The database finds by terms; the order is ours."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet, Sum

from ietvars.ground.words import ranking, rules
from ietvars.ground.words.models import Document, MissedQuestion, WordGroup
from ietvars.ground.words.rules import Found, Hit, Missed, Suggestion

CANDIDATES, BY_GRAMS = 250, 50
"""So many documents are set in order: the best by words, and some more by 4-grams alone."""

SUGGESTIONS = 6
SHORTEST_BEGINNING = 2

# ---- finding ----------------------------------------------------------------------------------------------------


def search(
    text: str,
    language: str,
    *,
    kinds: Sequence[str] = (),
    audience: str = "",
    place: str = "",
    limit: int = 50,
    fold: bool = False,
) -> list[Hit]:
    """Documents in `language` that answer `text`, best first; see `look`."""
    return list(look(text, language, kinds=kinds, audience=audience, place=place, limit=limit, fold=fold).hits)


def look(
    text: str,
    language: str,
    *,
    kinds: Sequence[str] = (),
    audience: str = "",
    place: str = "",
    limit: int = 50,
    fold: bool = False,
) -> Found:
    """What answers a question, best first, and what is nearest where nothing does.

    `place` lifts documents for that body's inhabitants and sinks those of other places. `fold` leaves one hit of each
    group of copies, that of the own place before any other, and counts the rest.
    """
    asked = ranking.ask(text, language, groups(language))
    if not asked:
        return Found()
    found = _holders(ranking.terms(asked, language))
    unknown = ranking.unknown(asked, language, found)
    near = _near(unknown, language)
    if near:
        asked = ranking.corrected(asked, near, language)
        found |= _holders([term for term in ranking.terms(asked, language) if term not in found])
    total = Document.objects.filter(language=language).count()
    worths, possible = ranking.weigh(asked, language, found, total)
    candidates = _candidates(worths, language, kinds=kinds, audience=audience)
    ordered = ranking.order(candidates.values(), asked, language=language, possible=possible, place=place)
    hits = [_hit(one, score, len(asked)) for one, score, is_enough in ordered if is_enough]
    return Found(
        hits=tuple((_folded(hits, place) if fold else hits)[:limit]),
        nearest=_hit(*ordered[0][:2], len(asked)) if ordered else None,
        unknown=unknown,
        meant=_with(text, near),
    )


def suggest(beginning: str, language: str, limit: int = SUGGESTIONS) -> list[Suggestion]:
    """Titles for what is typed so far: each typed word begins a word of the title, or else of the everyday words.

    Titles that begin with it stand first; copies of one thing are offered once.
    """
    typed = rules.folded(beginning[: rules.LONGEST_QUESTION])
    if not typed or len(typed[-1]) < SHORTEST_BEGINNING:
        return []
    found = []
    rows = Document.objects.filter(language=language).order_by("-boost", "title", "pk")
    for kind, key, title, keywords, group in rows.values_list("kind", "key", "title", "keywords", "group"):
        own = rules.folded(title)
        if _begin(typed, own):
            rank = 0 if own[: len(typed) - 1] == typed[:-1] and own[len(typed) - 1].startswith(typed[-1]) else 1
        elif _begin(typed, own + rules.folded(keywords)):
            rank = 2
        else:
            continue
        found.append((rank, group or f"{kind}:{key}", Suggestion(kind, key, title)))
    once: dict[str, Suggestion] = {}
    for _, group, suggestion in sorted(found, key=lambda row: row[0]):
        once.setdefault(group, suggestion)
    return list(once.values())[:limit]


def _begin(typed: Iterable[str], parts: Collection[str]) -> bool:
    return all(any(part.startswith(word) for part in parts) for word in typed)


def meant(text: str, language: str) -> str:
    """The question with its unknown words replaced by the nearest known ones; empty when nothing is nearer."""
    return look(text, language, limit=0).meant


def _near(unknown: Collection[str], language: str) -> dict[str, str]:
    """The known word spelt most like each unknown one, where there is one."""
    asked = [word for word in unknown if len(word) >= rules.SHORTEST_CORRECTED]
    if not asked:
        return {}
    rows = Document.objects.filter(language=language).values_list("title", "keywords")
    often = Counter(word for row in rows for text in row for word in rules.words_of(text))
    known = sorted(often, key=lambda word: (-often[word], word))
    found = {word: rules.nearest(word, known, limit=1) for word in asked}
    return {word: near[0] for word, near in found.items() if near}


def _with(text: str, near: Mapping[str, str]) -> str:
    if not near:
        return ""
    return " ".join(near.get(word, word) for word in rules.words(text[: rules.LONGEST_QUESTION]))


def _holders(terms: Sequence[str]) -> dict[str, set[int]]:
    """The documents that hold each term. One question to the database, whichever it is."""
    found: dict[str, set[int]] = defaultdict(set)
    if not terms:
        return found
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ",".join(["%s"] * len(terms))
            cursor.execute(f"SELECT term, doc FROM ground_document_term WHERE term IN ({marks})", terms)  # noqa: S608
        else:
            # Quoted, so that PostgreSQL's own grammar of questions sees one lexeme; terms hold letters, digits and _.
            cursor.execute(
                "SELECT asked.term, d.id FROM unnest(%s::text[]) AS asked(term)"
                " JOIN ground_document d ON d.found_by @@ ('''' || asked.term || '''')::tsquery",
                [list(terms)],
            )
        for term, pk in cursor.fetchall():
            found[term].add(pk)
    return found


def _candidates(
    worths: dict[int, ranking.Worth], language: str, *, kinds: Sequence[str], audience: str
) -> dict[int, ranking.Candidate]:
    best = sorted(worths, key=lambda pk: -worths[pk].words)[:CANDIDATES]
    best += sorted(worths, key=lambda pk: -worths[pk].grams)[:BY_GRAMS]
    documents = Document.objects.filter(pk__in=set(best), language=language)
    if kinds:
        documents = documents.filter(kind__in=kinds)
    rows = documents.values_list("pk", "kind", "key", "title", "boost", "group", "place", "audience")
    return {
        row[0]: ranking.Candidate(pk=row[0], kind=row[1], key=row[2], title=row[3], boost=row[4], group=row[5],
                                  place=row[6], worth=worths[row[0]])
        for row in rows
        if not audience or not row[7] or audience in row[7].split()
    }  # fmt: skip


def _hit(one: ranking.Candidate, score: float, asked: int) -> Hit:
    return Hit(
        kind=one.kind,
        key=one.key,
        title=one.title,
        score=score,
        group=one.group,
        place=one.place,
        is_partial=one.worth.met < asked,
    )


def _folded(hits: Sequence[Hit], place: str) -> list[Hit]:
    """One hit of each group: of the own place where there is one, else the best."""
    together: dict[str, list[Hit]] = {}
    for hit in hits:
        together.setdefault(hit.group or f"{hit.kind}:{hit.key}", []).append(hit)
    shown = [
        replace(next((hit for hit in group if place and hit.place == place), group[0]), copies=len(group) - 1)
        for group in together.values()
    ]
    return sorted(shown, key=lambda hit: -hit.score)


# ---- lists of words ---------------------------------------------------------------------------------------------


def groups(language: str) -> ranking.Groups:
    """The word groups of the language, ready to be asked."""
    rows = WordGroup.objects.filter(language=language).order_by("pk").values_list("kind", "words")
    return ranking.compile_groups(tuple((kind == WordGroup.Kind.LEMMA, tuple(words)) for kind, words in rows), language)


def word_groups(*, language: str = "", kind: str = "", holding: str = "") -> list[WordGroup]:
    """Groups for the page where they are kept, by their first word; `holding` is a word that some phrase begins."""
    rows = WordGroup.objects.all()
    rows = rows.filter(language=language) if language else rows
    rows = rows.filter(kind=kind) if kind else rows
    wanted = rules.folded(holding)
    found = [row for row in rows if not wanted or any(_begin(wanted, rules.folded(words)) for words in row.words)]
    return sorted(found, key=lambda row: (rules.folded(row.words[0]) if row.words else (), row.pk))


def word_group(pk: int) -> WordGroup | None:
    """One group."""
    return WordGroup.objects.filter(pk=pk).first()


# ---- questions without answer -----------------------------------------------------------------------------------


def missed_questions(
    *, since: date, language: str = "", nearest: tuple[str, Collection[str]] | None = None
) -> list[Missed]:
    """Questions since a day that nothing answered or only some words, most often asked first.

    `nearest` (kind, keys) keeps those whose nearest document is one of these.
    """
    rows = MissedQuestion.objects.filter(day__gte=since)
    rows = rows.filter(language=language) if language else rows
    if nearest is not None:
        rows = rows.filter(nearest_kind=nearest[0], nearest_key__in=nearest[1])
    return [
        Missed(
            text=row["text"],
            language=row["language"],
            is_partial=row["is_partial"],
            times=row["all_times"],
            last=row["last"],
            nearest=(row["nearest_kind"], row["nearest_key"]) if row["nearest_key"] else None,
        )
        for row in _added_up(rows)
    ]


def _added_up(rows: QuerySet[MissedQuestion]) -> Iterable[Any]:
    return (
        rows.values("text", "language", "is_partial", "nearest_kind", "nearest_key")
        .annotate(all_times=Sum("times"), last=Max("day"))
        .order_by("-all_times", "-last", "text")
    )
