"""Of a question that nobody answers only the words and the day are kept, never what could name a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.words import actions, masking, queries
from ietvars.ground.words.models import MissedQuestion
from tests.world import NOW, TODAY

# what is typed | what is kept
KEPT = """
Kosmosa  KUĢIS                       | kosmosa kuģis
parāds 010190-12345                  | parāds …
parāds 01019012345                   | parāds …
parāds 320101-12345 Bērziņš          | parāds … bērziņš
zvaniet +371 29 123 456              | zvaniet …
zvaniet 29123456 lūdzu               | zvaniet … lūdzu
raksti janis.berzins@pasts.lv        | raksti …
konts LV80BANK0000435195001          | konts …
konts LV80 BANK 0000 4351 9500 1     | konts …
skat. https://piemers.lv/a?b=1       | skat. …
pabalsts 2026                        | pabalsts 2026
1. klase                             | 1. klase
covid-19                             | covid-19
010190-12345                         |
29123456                             |
...                                  |
"""


@pytest.mark.parametrize("row", KEPT.strip().splitlines())
def test_what_could_name_a_person_is_masked(row: str) -> None:
    typed, kept = (cell.strip() for cell in row.split("|"))
    assert masking.without_personal(typed) == kept


@given(st.text(max_size=300))
def test_no_run_of_digits_survives(text: str) -> None:
    kept = masking.without_personal(text)
    assert len(kept) <= masking.LONGEST_KEPT
    for word in kept.split():
        assert sum(sign.isdigit() for sign in word) < 6
        assert "@" not in word


def miss(text: str, *, on: int = 0, language: str = "lv", is_partial: bool = False) -> bool:
    return actions.miss(
        text=text,
        language=language,
        is_partial=is_partial,
        nearest=("service", "pase"),
        on=TODAY - timedelta(days=on),
        by=SYSTEM,
        now=NOW,
    )


@pytest.mark.django_db
def test_days_are_added_up_and_the_most_asked_comes_first() -> None:
    for day in (0, 0, 3, 9):
        miss("kosmosa kuģis", on=day)
    miss("sniegs")
    rows = queries.missed_questions(since=TODAY - timedelta(days=5))
    assert [(row.text, row.times, row.last) for row in rows] == [("kosmosa kuģis", 3, TODAY), ("sniegs", 1, TODAY)]
    assert rows[0].nearest == ("service", "pase")


@pytest.mark.django_db
def test_a_row_holds_nothing_but_day_text_language_and_what_was_near() -> None:
    miss("kosmosa kuģis")
    fields = {field.name for field in MissedQuestion._meta.get_fields()}
    assert fields == {"id", "day", "language", "text", "is_partial", "nearest_kind", "nearest_key", "times"}


@pytest.mark.django_db
def test_a_question_of_nothing_but_numbers_is_not_kept() -> None:
    assert not miss("010190-12345")
    assert queries.missed_questions(since=TODAY) == []


@pytest.mark.django_db
def test_what_is_too_old_is_forgotten() -> None:
    miss("sen", on=400)
    miss("nesen", on=10)
    assert actions.forget_missed(before=TODAY - timedelta(days=365), by=SYSTEM, now=NOW) == 1
    assert [row.text for row in queries.missed_questions(since=TODAY - timedelta(days=999))] == ["nesen"]


@pytest.mark.django_db
def test_a_flood_of_different_questions_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_A_DAY", 3)
    assert [miss(f"vārds{'abcde'[n]}") for n in range(5)] == [True, True, True, False, False]
    assert miss("vārdsa"), "what is known goes on being counted"
    assert miss("vārdsx", on=1), "another day has room of its own"
