"""The checks of text: each finds what it is for, with the words marked, and is quiet on plain text."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ietvars
from ietvars.institution.quality import checks, rules, texts

SAMPLE = Path(ietvars.__file__).parent / "sample_state"


def described(**said: Any) -> dict[str, Any]:
    """A description with a title in both languages, and what is said; a text alone stands in Latvian."""
    plain = {"title": {"lv": "Pabalsts", "en": "Benefit"}}
    return {**plain, **{part.replace("__", "."): value for part, value in said.items()}}


def marked(code: str, **said: Any) -> list[str]:
    """The words that one check marks."""
    return [mark.text[mark.start : mark.end] for mark in rules.look(described(**said)) if mark.code == code]


LONG_LV = (
    "Iesniedzot pieteikumu, jums jāuzrāda pase, jānosauc konta numurs, jāatzīmē vēlamais saņemšanas veids un jāparaksta"
    " iesniegums, ko pēc tam iestāde reģistrē, izskata, pārbauda un nodod tālāk lemšanai."
)
LONG_EN = (
    "When you hand in the application you must show your passport, give the number of your account, choose how you want"
    " to receive the answer and sign the form, which the office then registers, checks and decides upon."
)


def test_a_long_sentence_is_marked_from_its_first_letter_to_its_last() -> None:
    said = {"lv": f"Tas ir īss. {LONG_LV} Arī šis.", "en": f"This is short. {LONG_EN} So is this."}
    assert marked("long-sentence", summary=said) == [LONG_EN, LONG_LV]


def test_two_short_sentences_are_not_one_long_one() -> None:
    halves = LONG_LV.replace(", jāatzīmē", ". Jāatzīmē")
    assert marked("long-sentence", summary={"lv": halves}) == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Viens. Divi! Trīs?", ["Viens.", "Divi!", "Trīs?"]),
        ("Saskaņā ar Nr. 399 lemj iestāde.", ["Saskaņā ar Nr. 399 lemj iestāde."]),
        ("Pieteikties līdz 22. maijam. Tad maksā.", ["Pieteikties līdz 22. maijam.", "Tad maksā."]),
        ("Dokumenti, piem., pase u. c. Tos rāda.", ["Dokumenti, piem., pase u. c. Tos rāda."]),
        ("Apply online, e.g. at home. Then pay.", ["Apply online, e.g. at home.", "Then pay."]),
        ("Bez punkta\nJauna rinda", ["Bez punkta", "Jauna rinda"]),
        ("Viņš teica: „Nāc!” Es gāju.", ["Viņš teica: „Nāc!”", "Es gāju."]),
        ("   ", []),
        ("...", ["..."]),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, sentences: list[str]) -> None:
    found = texts.Text("summary", "lv", text)
    assert [found.value[start:end] for start, end in found.sentences] == sentences


@given(st.text(max_size=300))
def test_every_sentence_lies_in_its_text_and_none_overlaps(value: str) -> None:
    text = texts.Text("summary", "lv", value)
    ends = 0
    for start, end in text.sentences:
        assert ends <= start < end <= len(value)
        assert value[start:end] == value[start:end].strip()
        ends = end
    assert "".join(value[a:b] for a, b in text.sentences).split() == value.split() or text.sentences


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("lv", "Lai saņemtu atļauju, jāveic samaksa bankā un jāgriežas iestādē.", ["jāveic samaksa", "jāgriežas"]),
        ("lv", "Jums jāgriežas iestādē.", ["jāgriežas"]),
        ("lv", "Pirms tam veiciet samaksu bankā.", ["veiciet samaksu"]),
        ("lv", "Persona veic samaksu bankā.", ["veic samaksu"]),
        ("lv", "Saimnieciskās darbības veicēja reģistrācija.", []),
        ("lv", "Pabalstu piešķir saskaņā ar likumu.", []),
        ("lv", "Attiecīgo pabalstu piešķir saskaņā ar likumu.", ["Attiecīgo", "saskaņā ar"]),
        ("lv", "Gadījumā, ja trūkst ziņu, jums uzrakstīs.", ["Gadījumā, ja"]),
        ("lv", "Tiek veikta izvērtēšana.", ["Tiek veikta"]),
        ("en", "In the event that data are missing, we write to you.", ["In the event that"]),
        ("en", "You get it prior to the start in accordance with the law.", ["prior to", "in accordance with"]),
        ("en", "We pay within ten days.", []),
    ],
)
def test_office_language_is_marked_by_the_phrase(language: str, text: str, words: list[str]) -> None:
    assert marked("office-language", summary={language: text}) == words


def test_a_phrase_of_offices_comes_with_its_plain_alternative() -> None:
    (found,) = rules.look({"summary": {"lv": "Gadījumā, ja trūkst ziņu, jums uzrakstīs."}})
    assert found.remedy["lv"] == "Rakstiet vienkāršāk: ja."


def test_every_phrase_of_the_list_finds_itself() -> None:
    for language, phrases in checks.office_phrases().items():
        raw = tomllib.loads(checks.OFFICE_WORDS.read_text(encoding="utf-8"))[language]
        for phrase, entry in zip(phrases, raw, strict=True):
            first = re.sub(r"\|\S+", "", entry["phrase"])
            assert phrase.pattern.search(f"A {first.replace('*', 'xx')} z"), entry
            assert phrase.plain


@pytest.mark.parametrize(
    ("language", "text", "chains"),
    [
        ("lv", "Pieteikums tiek reģistrēts un pēc tam tiek izskatīts komisijā.", 1),
        ("lv", "Pieteikums tiek reģistrēts. Pēc tam tiek izskatīts.", 0),
        ("lv", "Pieteikums tiek reģistrēts, un iestāde to izskata.", 0),
        ("en", "The form is checked, then it is registered and the sum is paid.", 1),
        ("en", "The form is checked and registered.", 0),
    ],
)
def test_a_chain_of_passives_is_marked_once(language: str, text: str, chains: int) -> None:
    assert len(marked("passive-chain", summary={language: text})) == chains


def test_a_text_too_long_for_its_place_is_marked_from_where_the_place_ends() -> None:
    title = "Ļoti gara pakalpojuma nosaukuma piemērs " * 4
    (found,) = marked("long-text", title={"lv": title})
    assert found == title[100:]
    assert marked("long-text", stages__request__text={"lv": title}) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"summary": {"lv": "Iesniedz sistēmā EDS."}}, ["EDS"]),
        ({"summary": {"lv": "Iesniedz elektroniskās deklarēšanas sistēmā (EDS)."}}, []),
        (
            {
                "summary": {"lv": "Iesniedz EDS."},
                "receives": {"lv": "ieraksts elektroniskās deklarēšanas sistēmā (EDS)"},
            },
            [],
        ),
        ({"summary": {"lv": "EDS ir sistēma. EDS strādā."}}, ["EDS"]),
        ({"summary": {"lv": "Maksā 20 EUR ar PIN, III grupa, eID karte."}}, []),
        ({"keywords": {"lv": ["EDS"]}}, []),
        ({"legal_acts": [{"title": {"lv": "EDS noteikumi"}}]}, []),
    ],
)
def test_an_abbreviation_is_marked_once_unless_the_description_explains_it(
    said: dict[str, Any], words: list[str]
) -> None:
    assert marked("abbreviation", **said) == words


def test_short_names_that_the_reader_knows_are_not_marked() -> None:
    said = {"summary": {"lv": "Naudu pārskaita VSAA."}}
    assert [mark.code for mark in rules.look(said)] == ["abbreviation"]
    assert rules.look(said, frozenset({"VSAA"})) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UZMANĪBU VISIEM IESNIEDZĒJIEM", ["UZMANĪBU VISIEM IESNIEDZĒJIEM"]),
        ("Dokumenti, kas OBLIGĀTI JĀIESNIEDZ klātienē.", ["OBLIGĀTI JĀIESNIEDZ"]),
        ("Iesniedziet VSAA vai PMLP.", []),
    ],
)
def test_words_in_capitals_are_marked(text: str, words: list[str]) -> None:
    assert marked("capitals", summary={"lv": text}) == words


def test_lix_is_words_a_sentence_and_the_percentage_of_long_words() -> None:
    # 8 words, 2 sentences, 2 words of more than six letters: 8/2 + 100*2/8
    text = texts.Text("summary", "lv", "Nauda tam, kas audzina mazuli. Iesniedziet tiešsaistē pats.")
    assert len(text.words) == 8
    assert checks.lix([text]) == 8 / 2 + 100 * 3 / 8
    assert checks.lix([]) == 0.0


def test_lix_speaks_only_where_there_is_enough_text() -> None:
    hard = "Administratīvās atbildības iestāšanās nosacījumu konstatēšanas procedūra īstenojama vadlīniju ietvarā. "
    assert marked("hard-to-read", summary={"lv": hard}) == []
    assert len(marked("hard-to-read", summary={"lv": hard * 6})) == 1


def test_a_translation_is_missed_only_where_the_language_is_offered() -> None:
    assert marked("missing-translation", summary={"lv": "Nauda."}) == ["Nauda."]
    assert marked("missing-translation", title={"lv": "Pabalsts"}, summary={"lv": "Nauda."}) == []
    assert marked("missing-translation", summary={"en": "Money."}) == ["Money."]
    assert marked("missing-translation", summary={"lv": "Nauda.", "en": "Money."}) == []
    assert marked("missing-translation", summary={"lv": "Nauda.", "en": "  "}) == ["Nauda."]
    assert marked("missing-translation", title={"en": "Passport", "fr": "Passeport"}, summary={"en": "A."}) == []


def test_conditions_are_missed_as_a_list_and_documents_one_by_one() -> None:
    assert marked("missing-translation", eligibility={"lv": ["viens", "divi"], "en": ["one and two"]}) == []
    assert marked("missing-translation", eligibility={"lv": ["viens", "divi"]}) == ["viens"]
    papers = [{"title": {"lv": "pase", "en": "passport"}}, {"title": {"lv": "foto"}}]
    assert marked("missing-translation", evidence=papers) == ["foto"]


def test_a_text_copied_into_the_other_language_is_marked_and_a_name_is_not() -> None:
    copied = "Jūs saņemat pabalstu kontā"
    assert marked("same-in-both", summary={"lv": copied, "en": copied}) == [copied]
    assert marked("same-in-both", title={"lv": "Smart-ID", "en": "Smart-ID"}) == []


def test_a_mark_shows_its_place_between_what_stands_around_it() -> None:
    (found,) = rules.look({"summary": {"lv": f"{'Vārds ' * 18}. Gadījumā, ja trūkst, tad {'vārds ' * 17}."}})
    before, words, after = found.pieces
    assert before.startswith("…")
    assert after.endswith("…")
    assert (before[-2:], words, after[:9]) == (". ", "Gadījumā, ja", " trūkst, ")
    assert found.document()["marked"] == "Gadījumā, ja"


def test_texts_in_other_languages_are_left_alone() -> None:
    assert rules.look({"title": {"fr": "UN TITRE EN CAPITALES"}, "summary": {"ru": "ТЕКСТ БУКВАМИ БОЛЬШИМИ"}}) == ()


@given(
    st.dictionaries(
        st.sampled_from(["title", "summary", "eligibility", "evidence", "stages.request.text"]),
        st.one_of(
            st.dictionaries(st.sampled_from(["lv", "en", "fr"]), st.one_of(st.text(), st.lists(st.text()), st.none())),
            st.lists(st.one_of(st.text(), st.dictionaries(st.sampled_from(["title"]), st.none()))),
            st.text(),
            st.none(),
            st.integers(),
        ),
    )
)
def test_looking_never_fails_and_every_span_lies_in_its_text(description: dict[str, Any]) -> None:
    for mark in rules.look(description):
        assert 0 <= mark.start < mark.end <= len(mark.text)
        assert set(mark.says) == set(mark.remedy) == {"lv", "en"}
        assert not any("{" in said for said in (*mark.says.values(), *mark.remedy.values()) if "{" not in mark.text)


def test_looking_again_at_the_same_says_the_same() -> None:
    said = described(summary={"lv": LONG_LV, "en": LONG_EN})
    assert rules.look(said) == rules.look(said)
    assert rules.counts(rules.look(said)) == {"long-sentence": 2}


def _sample() -> Iterator[Mapping[str, Any]]:
    for path in sorted((SAMPLE / "services").glob("*.toml")):
        for service in tomllib.loads(path.read_text(encoding="utf-8")).get("service", []):
            if "title" in service:
                stages = {
                    f"stages.{name}.text": service[name].get("text", {})
                    for name in ("request", "execution", "receipt")
                    if name in service
                }
                yield {**service, **stages}


def test_plain_texts_of_the_sample_state_are_nearly_never_marked() -> None:
    """The calibration of the room's page: EDS, BIS and the like are told as they are, and hardly anything else."""
    bodies = tomllib.loads((SAMPLE / "bodies.toml").read_text(encoding="utf-8"))["body"]
    known = frozenset(short for body in bodies for short in (body.get("short") or {}).values())
    descriptions = list(_sample())
    found = Counter(mark.code for one in descriptions for mark in rules.look(one, known))
    sentences = sum(len(text.sentences) for one in descriptions for text in texts.of(one))
    assert sentences > 5000
    del found["abbreviation"]
    assert found.total() <= sentences / 1000


OFFICE = (
    ("lv", "Saskaņā ar normatīvajos aktos noteikto kārtību persona veic samaksu par attiecīgo pakalpojumu."),
    ("lv", "Iesnieguma izskatīšanas rezultātā tiek pieņemts lēmums, kas tiek paziņots iesniedzējam."),
    ("lv", "Gadījumā, ja iesniegumam nav pievienoti dokumenti, izskatīšana tiek apturēta."),
    ("lv", "Pakalpojuma saņemšanai jāgriežas iestādē, uzrādot personu apliecinošu dokumentu."),
    ("lv", "Iepriekšminētie dokumenti iesniedzami rakstveida formā."),
    ("lv", "Pie nosacījuma, ka maksa saņemta, tiks veikta dokumentu izsniegšana."),
    ("lv", "Sakarā ar remontu klientu apkalpošana dotajā brīdī notiek citur."),
    ("lv", "Nepieciešamības gadījumā var tikt pieprasīta papildu informācija."),
    ("lv", "Lai nodrošinātu iespēju saņemt atļauju, personai ir pienākums iesniegt attiecīgos dokumentus."),
    ("lv", "Atļauja tiek sagatavota un tiek nosūtīta pa pastu."),
    ("en", "In the event that the applicant fails to pay, proceedings shall be suspended."),
    ("en", "The decision is made pursuant to the regulatory enactments in force."),
    ("en", "The service recipient is obliged to notify the authority of any change."),
    ("en", "The aforementioned documents must be submitted not later than ten days."),
    ("en", "The form is received, is registered in the system and is forwarded to the committee."),
    ("en", "The permit is issued for the purpose of building, in accordance with the plan."),
)
"""Own-written after the manner of offices. They show that the checks find such sentences, not how many they miss."""


def test_sentences_of_offices_are_marked() -> None:
    silent = [text for language, text in OFFICE if not rules.look({"summary": {language: text}})]
    assert len(silent) <= 1, silent
