"""The form of a draft: posted back untouched it changes nothing, and what the form cannot show is kept all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ietvars.doors.furniture import part_names
from ietvars.doors.furniture.writing import MOST_ROWS, DraftForm
from ietvars.institution.canvases import description as descriptions
from tests.doors.posting import sent_back
from tests.world import World, texts

pytestmark = pytest.mark.django_db

# No control characters: no browser sends them, and no database keeps them all.
NO_CONTROL: tuple[Literal["C"], ...] = ("C",)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=NO_CONTROL), max_size=20) | st.just("rinda\nrinda")
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12)
TONGUES = st.sampled_from(["lv", "en", "ru", "lt"])
TEXTS = st.dictionaries(TONGUES, WORDS, max_size=3)
CODES = st.lists(st.sampled_from(["online", "in-person", "child", "natural-person", "lv", "nezināms"]), unique=True)
AMOUNTS = st.none() | st.sampled_from(["0", "5", "12.50", "7.125", "1E+2"])
ADDRESSES = st.sampled_from(["", "https://example.lv/a", "www.example.lv", "javascript:alert(1)"])


def entries(path: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    if path == "fees":
        stages = st.sampled_from(descriptions.STAGES)
        one = st.fixed_dictionaries({"stage": stages, "amount": AMOUNTS, "currency": st.just("EUR"), "text": TEXTS})
    else:
        more = {"code": st.just("x"), "held_by": st.just("pmlp"), "url": ADDRESSES}
        one = st.fixed_dictionaries({"title": TEXTS}, optional=more)
    return st.lists(one, max_size=3)


def part(path: str) -> st.SearchStrategy[Any]:
    if path in descriptions.TEXT_PARTS or path.endswith(".text"):
        return TEXTS
    if path in descriptions.LIST_PARTS:
        return st.dictionaries(TONGUES, st.lists(LINE, max_size=3), max_size=3)
    if path in descriptions.CODE_PARTS or path.endswith((".channels", ".providers")):
        return CODES
    if path == "term":
        return st.fixed_dictionaries({"immediate": st.booleans(), "days": st.none() | st.integers(0, 5000)})
    if path in descriptions.ENTRY_PARTS:
        return entries(path)
    return ADDRESSES if path.endswith(".url") else st.sampled_from(["", "public", "nezināms"])


DESCRIPTIONS = st.fixed_dictionaries({}, optional={path: part(path) for path in descriptions.PARTS})


def drawn(description: Mapping[str, Any]) -> Any:
    form = DraftForm(description, part_names.Reader("lv"))
    return sent_back(f"<form>{''.join(str(form[name]) for name in form.fields)}</form>")


def changes(description: Mapping[str, Any], **typed: str) -> dict[str, Any]:
    data = drawn(description)
    for name, value in typed.items():
        data[name.replace("__", "-")] = value
    form = DraftForm(description, part_names.Reader("lv"), data=data)
    found = form.changes()
    assert not form.errors
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(description=DESCRIPTIONS)
def test_a_form_posted_back_untouched_changes_nothing(description: dict[str, Any]) -> None:
    assert changes(description) == {}


def test_what_is_said_in_other_languages_is_kept_beside_what_is_typed(world: World) -> None:
    description = {
        "title": {**texts("Pabalsts"), "ru": "Пособие"},
        "keywords": {"lv": ["nauda"], "ru": ["деньги"]},
        "evidence": [{"code": "x", "held_by": "pmlp", "title": {"lv": "ziņas", "ru": "справка"}}],
        "fees": [{"stage": "request", "amount": "5.00", "currency": "EUR", "text": {"lv": "nodeva", "ru": "пошлина"}}],
    }
    typed = {
        "title__lv": "Nauda",
        "keywords__lv": "nauda\r\npabalsts",
        "evidence__0__lv": "izziņa",
        "fees__0__amount": "7,5",
    }
    found = changes(description, **typed)
    assert found["title"]["ru"] == "Пособие"
    assert found["keywords"] == {"lv": ["nauda", "pabalsts"], "ru": ["деньги"]}
    assert found["evidence"] == [{"code": "x", "held_by": "pmlp", "title": {"lv": "izziņa", "ru": "справка"}}]
    assert found["fees"][0]["text"]["ru"] == "пошлина"
    assert found["fees"][0]["amount"] == "7.50"


def test_an_entry_whose_text_is_emptied_is_taken_out_and_the_others_stay() -> None:
    acts = [{"title": texts("Pirmais"), "url": "https://likumi.lv/1"}, {"title": texts("Otrais"), "url": ""}]
    found = changes({"legal_acts": acts}, legal_acts__0__lv="", legal_acts__0__en="")
    assert [entry["title"]["lv"] for entry in found["legal_acts"]] == ["Otrais"]


def test_more_entries_than_the_form_shows_are_kept() -> None:
    many = [{"code": str(number), "title": {"lv": f"akts {number}"}} for number in range(MOST_ROWS + 3)]
    found = changes({"outputs": many}, outputs__0__lv="cits")
    assert len(found["outputs"]) == MOST_ROWS + 3
    assert found["outputs"][0]["title"] == {"lv": "cits"}


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("term-days", "viens mēnesis", "veselam skaitlim"),
        ("term-days", "1001", "veselam skaitlim"),
        ("fees-0-amount", "-1", "summai"),
        ("fees-0-amount", "NaN", "summai"),
        ("fees-0-amount", "1.234", "summai"),
        ("stages-request-url", "javascript:alert(1)", "https://"),
        ("legal_acts-0-url", "likumi.lv", "https://"),
        ("stages-request-providers", "nav-tadas", "nav-tadas"),
    ],
)
def test_what_cannot_be_read_is_said_and_changes_nothing(name: str, typed: str, says: str) -> None:
    description = {"legal_acts": [{"title": texts("Likums")}]}
    data = drawn(description)
    data[name] = typed
    form = DraftForm(description, part_names.Reader("lv"), data=data)
    assert form.changes() == {}
    ((where, told),) = form.errors.items()
    assert where == name
    assert says in str(told)
    assert typed in str(form[name])
