"""Search finds what people mean: inflected, without diacritics, by everyday words, on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.words import actions, errors, queries, ranking, rules
from tests.world import NOW

pytestmark = pytest.mark.django_db


def index(*documents: rules.Document) -> None:
    actions.index(documents=documents, by=SYSTEM, now=NOW)


def document(key: str, title: str, keywords: str = "", text: str = "", **said: object) -> rules.Document:
    return rules.Document("service", key, "lv", title, keywords, text, **said)  # type: ignore[arg-type]


def found(text: str, **said: object) -> list[str]:
    return [hit.key for hit in queries.search(text, "lv", **said)]  # type: ignore[arg-type]


@pytest.fixture
def benefits() -> None:
    index(
        document("care", "Bērna kopšanas pabalsts", "mazulis", "Nauda katru mēnesi."),
        document("family", "Ģimenes valsts pabalsts", "bērni"),
        document("pension", "Vecuma pensija", "seniors", "Nauda vecumdienās."),
        document("passport", "Pases izsniegšana", "pazaudēta pase"),
    )


# question | what is found
QUESTIONS = """
pabalsti bērniem   | care family
pabalstu berniem   | care family
PABALSTS BĒRNAM    | care family
pensijas           | pension
pensijām           | pension
pazaudeta pase     | passport
pases              | passport
"""


@pytest.mark.parametrize("row", QUESTIONS.strip().splitlines())
@pytest.mark.usefixtures("benefits")
def test_inflected_and_unaccented_words_find_the_same(row: str) -> None:
    asked, wanted = (cell.strip() for cell in row.split("|"))
    assert set(found(asked)) == set(wanted.split())


@pytest.mark.usefixtures("benefits")
def test_a_title_stands_before_a_mention() -> None:
    index(document("other", "Pavisam cits", "", "Te piemin arī pensiju."))
    assert found("pensija")[0] == "pension"


@pytest.mark.usefixtures("benefits")
def test_when_not_all_words_are_met_some_suffice_and_it_is_said() -> None:
    hits = queries.search("pensija zvaigznēs", "lv")
    assert [hit.key for hit in hits] == ["pension"]
    assert hits[0].is_partial


@pytest.mark.usefixtures("benefits")
def test_everyday_words_of_a_group_find_the_official_one() -> None:
    actions.replace_groups(kind="synonym", groups=[("lv", ["opītis", "seniors"])], by=SYSTEM, now=NOW)
    assert found("opītim") == ["pension"]


def test_a_group_of_one_word_is_refused() -> None:
    with pytest.raises(errors.LoneWord):
        actions.replace_groups(kind="synonym", groups=[("lv", ["viens"])], by=SYSTEM, now=NOW)


def test_ones_own_municipality_comes_first_and_others_last() -> None:
    index(
        document("a", "Pabalsts bērnam Ogrē", place="ogre"),
        document("b", "Pabalsts bērnam Cēsīs", place="cesis"),
        document("c", "Pabalsts bērnam"),
    )
    assert found("pabalsts bērnam", place="cesis") == ["b", "c", "a"]


@pytest.mark.usefixtures("benefits")
def test_a_document_indexed_anew_is_found_by_its_new_words_only() -> None:
    index(document("pension", "Apbedīšanas nauda"))
    assert found("vecuma") == []
    assert found("apbedīšana") == ["pension"]


@pytest.mark.usefixtures("benefits")
def test_a_forgotten_document_is_found_no_more() -> None:
    actions.forget(kind="service", key="passport", by=SYSTEM, now=NOW)
    assert found("pase") == []


@pytest.mark.usefixtures("benefits")
def test_a_misspelt_word_is_answered_with_what_was_meant() -> None:
    assert queries.meant("penzija", "lv") == "pensija"
    assert queries.meant("pensija", "lv") == ""


@pytest.mark.usefixtures("benefits")
def test_typing_suggests_titles() -> None:
    assert [one.title for one in queries.suggest("berna kop", "lv")] == ["Bērna kopšanas pabalsts"]
    assert queries.suggest("p", "lv") == []


@pytest.mark.usefixtures("benefits")
@pytest.mark.parametrize(
    "text", ["", "   ", '"', 'a" OR "b', "' ; DROP TABLE x --", "NEAR(a b)", "*", "&|!():<>", "-", "%", "\x00pensija"]
)
def test_signs_of_the_databases_own_grammar_are_harmless(text: str) -> None:
    queries.search(text, "lv")
    queries.suggest(text, "lv")
    queries.meant(text, "lv")


@given(st.text(max_size=300))
def test_a_question_never_becomes_more_than_letters_and_digits(text: str) -> None:
    for term in ranking.terms(ranking.ask(text, "lv"), "lv"):
        assert term.replace("_", "").isalnum()
