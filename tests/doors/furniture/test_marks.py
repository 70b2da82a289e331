"""The small marks: always a shape and a word, never one state for another."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.utils import translation

from ietvars.doors.furniture.marks import (
    Button,
    Link,
    Muted,
    Outcome,
    State,
    StateMark,
    Tag,
    Value,
    Verdict,
    VerdictCounts,
    illustrative,
)
from ietvars.institution.indicators.comparison import Word
from ietvars.institution.measurements.values import State as ReportedState

STATE_WORDS = {
    State.MISSING: ("trūkst", "missing"),
    State.NOT_APPLICABLE: ("neattiecas", "not applicable"),
    State.NOT_ASKED: ("nejautāts", "not asked"),
    State.UNREADABLE: ("nesalasāms", "unreadable"),
}
OUTCOME_WORDS = {
    Outcome.BETTER: ("Labāk", "Better"),
    Outcome.SAME: ("Nav skaidru izmaiņu", "No clear change"),
    Outcome.WORSE: ("Sliktāk", "Worse"),
    Outcome.CHANGED: ("Mainījies", "Changed"),
    Outcome.NONE: ("Nevar salīdzināt", "Cannot be compared"),
}


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def soup(what: object) -> BeautifulSoup:
    return BeautifulSoup(str(what), "html.parser")


def test_the_marks_know_the_same_codes_as_the_rooms() -> None:
    assert {str(one) for one in State} == {str(one) for one in ReportedState}
    assert {str(one) for one in Outcome} == {str(one) for one in Word}


@pytest.mark.parametrize(("state", "words"), STATE_WORDS.items())
def test_each_state_has_its_shape_and_its_word(state: State, words: tuple[str, str]) -> None:
    for language, word in zip(("lv", "en"), words, strict=True):
        with translation.override(language):
            mark = soup(StateMark(state)).span
            assert mark is not None
            assert mark.get_text() == word
            assert mark["data-state"] == state.short
            assert mark.svg is not None


def test_no_two_states_and_no_two_outcomes_share_a_shape() -> None:
    shapes = [str(soup(StateMark(state)).svg) for state in STATE_WORDS]
    shapes += [str(soup(Verdict(outcome)).svg) for outcome in Outcome]
    assert len(set(shapes)) == 9


def test_what_is_measured_shows_no_state_but_its_number() -> None:
    assert soup(Value(0)).get_text() == "0"
    with pytest.raises(ValueError, match="number"):
        StateMark(State.MEASURED).html()


def test_the_unreadable_keeps_what_was_written_and_escapes_it() -> None:
    shown = StateMark(State.UNREADABLE, raw="<b>~17?</b>")
    assert "nesalasāms „<b>~17?</b>”" in " ".join(soup(shown).get_text(" ").split())
    assert "<b>" not in str(shown)


@pytest.mark.parametrize(("number", "state"), [(None, State.MEASURED), (0, State.MISSING), (5, State.UNREADABLE)])
def test_a_value_has_a_number_exactly_when_it_is_measured(number: int | None, state: State) -> None:
    with pytest.raises(ValueError, match="measured"):
        Value(number, state)


def test_a_value_says_its_unit_as_its_language_does() -> None:
    shown = (Value(86.4, unit="%", decimals=1), Value(421.17, unit="€"), Value(14, unit="darbdienas"))
    assert [one.text() for one in shown] == ["86,4\xa0%", "421,17\xa0€", "14\xa0darbdienas"]
    with translation.override("en"):
        assert [one.text() for one in shown[:2]] == ["86.4%", "€421.17"]


def test_a_number_is_a_door_to_its_list() -> None:
    link = soup(Value(18240, href="/lietas?gads=2025")).a
    assert link is not None
    assert (link["href"], link.get_text()) == ("/lietas?gads=2025", "18\xa0240")


def test_an_illustrative_value_says_so_beside_its_number() -> None:
    assert soup(Value(5, illustrative=True)).get_text(" ") == "5 ilustratīvs"
    assert soup(Value(5, illustrative=True).quietly()).get_text(" ") == "5"
    assert soup(illustrative()).get_text() == "Ilustratīvs"


def test_in_files_a_value_is_its_bare_number_or_nothing() -> None:
    assert Value(Decimal(-862)).plain() == Decimal(-862)
    assert Value(state=State.MISSING).plain() == ""
    assert StateMark(State.MISSING).plain() == "trūkst"


@pytest.mark.parametrize(("outcome", "words"), OUTCOME_WORDS.items())
def test_each_outcome_has_its_shape_and_its_word(outcome: Outcome, words: tuple[str, str]) -> None:
    for language, word in zip(("lv", "en"), words, strict=True):
        with translation.override(language):
            mark = soup(Verdict(outcome)).span
            assert mark is not None
            assert (mark.get_text(), mark["data-verdict"]) == (word, outcome.short)
            assert Verdict(outcome).plain() == word


def test_a_verdict_may_say_its_reason_in_place_of_the_word_and_below_it() -> None:
    shown = Verdict(Outcome.NONE, says="Mainīta definīcija", why="Kopš 2025. gada.")
    assert soup(shown).get_text("|") == "Mainīta definīcija|Kopš 2025. gada."
    assert shown.plain() == "Mainīta definīcija: Kopš 2025. gada."


def test_counts_say_their_word_to_those_who_do_not_see_the_shape() -> None:
    counts = VerdictCounts({Outcome.WORSE: 0, Outcome.BETTER: 1200}, links={Outcome.BETTER: "/labak"})
    assert soup(counts).get_text("") == "Labāk: 1\xa0200Sliktāk: 0"
    faded = soup(counts).select("[data-zero]")
    assert [one["data-verdict"] for one in faded] == ["worse"]
    assert [link["href"] for link in soup(counts).select("a")] == ["/labak"]
    assert counts.plain() == "Labāk: 1200; Sliktāk: 0"


def test_tags_links_buttons_and_muted_words_escape_what_they_say() -> None:
    evil = "<script>"
    for mark in (
        Tag(evil),
        Tag(evil, tone="due"),
        Link(evil, "/a"),
        Button(evil),
        Button(evil, href="/a"),
        Muted(evil),
    ):
        assert "<script>" not in str(mark)
        assert mark.plain() == evil


def test_a_button_is_a_link_with_an_address_and_a_submit_without() -> None:
    link, button = (
        soup(Button("Labot", href="/x", variant="secondary")).a,
        soup(Button("Labot", name="a", value="b")).button,
    )
    assert link is not None
    assert button is not None
    assert (link["href"], link["data-variant"]) == ("/x", "secondary")
    assert (button["type"], button["name"], button["value"]) == ("submit", "a", "b")


def test_a_tag_refuses_what_it_does_not_show() -> None:
    template = engines["django"].from_string("{% verdict v %}")
    assert "Labāk" in template.render({"v": Verdict(Outcome.BETTER)})
    with pytest.raises(TypeError, match="verdict"):
        template.render({"v": Tag("Labāk")})


def test_the_filters_speak_the_language_of_the_answer() -> None:
    source = "{{ n|number }} {{ n|money }} {{ k|counted:'service' }} {{ c|period:'locative' }} {{ q|quoted }}"
    shown = engines["django"].from_string(source)
    facts = {"n": 5000, "k": 21, "c": "2025", "q": "x"}
    assert shown.render(facts).replace("\xa0", "·") == "5·000 5·000·€ 21·pakalpojums 2025. gadā „x”"
    with translation.override("en"):
        assert shown.render(facts).replace("\xa0", "·") == "5,000 €5,000 21·services 2025 “x”"
