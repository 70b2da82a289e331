"""The code lists that ship, and their loading."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms import actions, errors, queries, rules
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

EXPECTED = {
    "areas": 13,
    "body-kinds": 9,
    "business-events": 14,
    "channels": 11,
    "digitalisation-criteria": 8,
    "life-events": 19,
    "outputs": 10,
    "review-decisions": 6,
    "service-kinds": 3,
    "stages": 3,
    "target-groups": 4,
}


def test_every_list_ships_with_its_terms() -> None:
    shipped = {found.code: len(found.terms) for found in queries.shipped()}
    assert {code: shipped[code] for code in EXPECTED} == EXPECTED


def test_every_term_has_a_label_in_both_languages() -> None:
    assert [
        (found.code, term.code)
        for found in queries.shipped()
        for term in found.terms
        if not term.label["lv"] or not term.label["en"]
    ] == []


def test_each_list_is_kept_in_a_file_of_its_name() -> None:
    assert [path.stem for path in queries.files()] == [found.code for found in queries.shipped()]


def test_addresses_of_the_european_tables_end_in_their_notation() -> None:
    told = [(term.same_as, term.notation) for found in queries.shipped() for term in found.terms if term.same_as]
    assert told
    assert all(address.endswith(f"/data-theme/{notation}") for address, notation in told)


def test_the_european_themes_and_activities_exist(shared: Path) -> None:
    folder = shared / "standards/eu-vocabularies"
    themes, activities = (
        (folder / name).read_text(encoding="utf-8") for name in ("data-theme.ttl", "main-activity.ttl")
    )
    areas = next(found for found in queries.shipped() if found.code == "areas")
    for term in areas.terms:
        assert f"/data-theme/{term.facts['theme']}>" in themes
        assert f"/main-activity/{term.facts['activity']}>" in activities


def test_matches_name_labels_and_codes_that_the_other_lists_have(shared: Path) -> None:
    semic, italian = shared / "standards/eu-vocabularies/semic-2020", shared / "data/it-service-vocabularies"
    texts = {
        "semic-channel-types-2020": semic / "channel-types.csv",
        "semic-life-events-2020": semic / "life-events.csv",
        "semic-business-events-2020": semic / "business-events.csv",
        "semic-output-types-2020": semic / "output-types.csv",
        "it-channel": italian / "channel.csv",
        "it-life-event": italian / "life-event.csv",
        "it-business-event": italian / "business-event.csv",
        "it-service-output": italian / "service-input-output.csv",
        "sdg": shared / "standards/sdg/annex-1-2-policy-codes.csv",
    }
    lost = []
    for found in queries.shipped():
        for term in found.terms:
            for match in term.facts.get("matches", ()):
                text = texts[match["list"]].read_text(encoding="utf-8")
                wanted = match.get("label") or match["notation"]
                if match["list"] in ("it-life-event", "it-business-event"):
                    wanted = f"\n{wanted}.0,"
                if wanted not in text:
                    lost.append((found.code, term.code, match))
    assert lost == []


def test_loading_twice_changes_nothing() -> None:
    lists = [found for found in queries.shipped() if found.code in EXPECTED]
    first = actions.load_lists(lists=lists, by=SYSTEM, now=NOW)
    second = actions.load_lists(lists=lists, by=SYSTEM, now=NOW)

    assert first == {"new": sum(EXPECTED.values()), "changed": 0, "ended": 0}
    assert second == {"new": 0, "changed": 0, "ended": 0}


def _list(*codes: str, label: str = "Vārds") -> rules.ListFacts:
    terms = tuple(rules.TermFacts(code=code, label={"lv": label, "en": "Word"}) for code in codes)
    return rules.ListFacts(code="words", title={"lv": "Vārdi", "en": "Words"}, source="here", terms=terms)


def test_a_term_that_left_its_file_is_ended_and_not_removed() -> None:
    actions.load_lists(lists=[_list("one", "two")], by=SYSTEM, now=NOW)

    report = actions.load_lists(lists=[_list("two")], by=SYSTEM, now=NOW)

    assert report == {"new": 0, "changed": 1, "ended": 1}  # two has moved up
    assert queries.terms("words").get(code="one").until == (NOW - timedelta(days=1)).date()


def test_a_term_that_comes_back_is_open_again() -> None:
    for codes in (("one", "two"), ("two",), ("one", "two")):
        actions.load_lists(lists=[_list(*codes)], by=SYSTEM, now=NOW)

    assert queries.terms("words").get(code="one").until is None


def test_a_new_label_is_taken_over() -> None:
    actions.load_lists(lists=[_list("one")], by=SYSTEM, now=NOW)
    actions.load_lists(lists=[_list("one", label="Vārdiņš")], by=SYSTEM, now=NOW)

    assert queries.labels("words") == {"words": {"one": {"lv": "Vārdiņš", "en": "Word"}}}


def test_labels_of_several_lists_come_with_one_question(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.code_lists()
    with django_assert_num_queries(1):
        found = queries.labels("channels", "areas", "no-such-list")

    assert found["channels"]["e-address"]["lv"] == "e-adresē"
    assert next(iter(found["areas"])) == "benefits"
    assert found["no-such-list"] == {}


def test_only_administrators_load_lists() -> None:
    class Clerk:
        role = "clerk"

    with pytest.raises(errors.NotForYou):
        actions.load_lists(lists=[], by=Clerk(), now=NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('title = { lv = "A", en = "A" }\nsource = ""\nterm = []', "'code'"),
        ('code = "a"\ntitle = { lv = "A" }\nsource = ""\nterm = []', "a: no text in en"),
        (
            'code = "a"\ntitle = { lv = "A", en = "A" }\nsource = ""\n[[term]]\ncode = "b"\nlabel = { en = "B" }',
            "b: no text in lv",
        ),
        (
            'code = "a"\ntitle = { lv = "A", en = "A" }\nsource = ""\n[[term]]\ncode = "b"\nlable = { en = "B" }',
            "unexpected keyword argument 'lable'",
        ),
        (
            'code = "a"\ntitle = { lv = "A", en = "A" }\nsource = ""\n'
            + '[[term]]\ncode = "b"\nlabel = { lv = "B", en = "B" }\n' * 2,
            "b stands twice",
        ),
    ],
)
def test_a_broken_list_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(errors.BrokenCodeList, match=r"The code list a\.toml cannot be read") as refusal:
        rules.read_list("a.toml", tomllib.loads(text))

    assert why in str(refusal.value)


def test_a_code_outside_the_list_is_refused_and_the_known_ones_are_told() -> None:
    rules.require_known("online", ("online", "post"), "channels")
    with pytest.raises(errors.UnknownTerm, match="“fax” is not in the list “channels”: take one of online, post"):
        rules.require_known("fax", ("online", "post"), "channels")
