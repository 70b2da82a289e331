"""Texts in several languages, and Latvian alphabet order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.terms import rules


@pytest.mark.parametrize(
    ("texts", "language", "picked"),
    [
        ({"lv": "māja", "en": "house"}, "en", "house"),
        ({"lv": "māja", "en": "house"}, "ru", "māja"),
        ({"lv": "", "en": "house"}, "lv", "house"),
        ({"fr": "maison"}, "lv", "maison"),
        ({}, "lv", ""),
        (None, "lv", ""),
    ],
)
def test_a_text_is_picked_in_the_language_asked_for(texts: dict[str, str] | None, language: str, picked: str) -> None:
    assert rules.pick(texts, language) == picked


@pytest.mark.parametrize("broken", ["text", ["lv"], {"lv": 1}, {"l": "a"}, {1: "a"}, None])
def test_what_is_no_language_map_is_told(broken: object) -> None:
    assert rules.faults(broken)


def test_latvian_words_sort_in_alphabet_order() -> None:
    words = ["ābols", "zāle", "žagars", "čakls", "cukurs", "ēka", "aka", "ķirsis", "kaķis"]
    assert sorted(words, key=rules.sort_key) == [
        "aka", "ābols", "cukurs", "čakls", "ēka", "kaķis", "ķirsis", "zāle", "žagars",
    ]  # fmt: skip


@given(st.text(alphabet="aābcčdeēfgģ", min_size=1, max_size=30), st.text(alphabet="aābcčdeēfgģ", max_size=30))
def test_a_beginning_sorts_before_the_whole(beginning: str, rest: str) -> None:
    assert rules.sort_key(beginning) <= rules.sort_key(beginning + rest)
