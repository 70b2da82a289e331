"""Form fields: every word is tied to its control, errors are sentences, what was typed is kept."""

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.utils import translation

from ietvars.doors.furniture import fields

WAYS = [("a", "E-adrese"), ("b", "Pasts")]
KINDS = [("x", "Paturēt"), ("y", "Ņemt")]


class Example(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nosaukums", help_text="Ko cilvēks saņem.")
    days = forms.IntegerField(label="Termiņš", widget=forms.TextInput, error_messages={"invalid": "Jābūt skaitlim."})
    ways = forms.MultipleChoiceField(
        label="Veidi", choices=[("a", "E-adrese"), ("b", "Pasts")], widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(
        label="Lēmums", choices=[("x", "Paturēt"), ("y", "Ņemt")], widget=forms.RadioSelect, required=False
    )
    agreed = forms.BooleanField(label="Izlasīju", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("name") == "=":
            raise forms.ValidationError("Nosaukums nav vārds.")
        return dict(self.cleaned_data)


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def soup(what: object) -> BeautifulSoup:
    return BeautifulSoup(str(what), "html.parser")


def drawn(form: forms.Form) -> BeautifulSoup:
    return soup("".join(str(fields.Field(bound)) for bound in form))


def test_every_control_has_a_label_and_every_id_that_describes_it_exists() -> None:
    for form in (Example(), Example({"days": "viens mēnesis"})):
        shown = drawn(form)
        ids = {one["id"] for one in shown.select("[id]")}
        controls = shown.select("input:not([type=hidden]), textarea, select")
        assert len(controls) == 7
        for control in controls:
            assert shown.select_one(f'label[for="{control["id"]}"]')
            assert set(str(control.get("aria-describedby", "")).split()) <= ids


def test_a_hint_and_an_error_describe_the_control() -> None:
    shown = drawn(Example({"name": "", "days": "viens mēnesis"}))
    name, days = shown.select_one("#id_name"), shown.select_one("#id_days")
    assert name is not None
    assert days is not None
    assert name["aria-describedby"] == "id_name-h id_name-g"
    assert (days["aria-describedby"], days["aria-invalid"], days["value"]) == ("id_days-g", "true", "viens mēnesis")
    said = shown.select_one("#id_days-g")
    assert said is not None
    assert said.get_text(strip=True) == "Jābūt skaitlim."


def test_the_error_of_a_set_describes_each_of_its_choices() -> None:
    shown = drawn(Example({"name": "a", "days": "1"}))
    boxes = shown.select('input[name="ways"]')
    assert [box["aria-describedby"] for box in boxes] == ["id_ways-g", "id_ways-g"]
    assert shown.select_one("fieldset legend").get_text() == "Veidi"  # type: ignore[union-attr]


def test_what_may_be_left_out_says_so() -> None:
    shown = soup(fields.Field(Example()["kind"]))
    assert shown.select_one(".iv-req").get_text() == "var izlaist"  # type: ignore[union-attr]
    assert not soup(fields.Field(Example()["name"])).select(".iv-req")
    assert soup(fields.Field(Example()["name"], requirement="vēlams")).select_one(".iv-req").get_text() == "vēlams"  # type: ignore[union-attr]


def test_a_gap_is_shown_until_there_is_an_error() -> None:
    gap = "Vēl nav aizpildīts. Bez tā nevar publicēt."
    shown = soup(fields.Field(Example()["name"], gap=gap))
    assert shown.select_one("[data-gap] .iv-gapmsg").get_text(strip=True) == gap  # type: ignore[union-attr]
    assert gap not in str(fields.Field(Example({"name": ""})["name"], gap=gap))


def test_a_hidden_field_shows_nothing_but_itself() -> None:
    shown = soup(fields.Field(Example()["secret"]))
    assert [one.name for one in shown.find_all(True)] == ["input"]


def test_the_summary_counts_the_errors_and_leads_to_each() -> None:
    form = Example({"name": "", "days": "x"})
    summary = fields.errors(form)
    assert summary is not None
    shown = soup(summary)
    assert shown.h2 is not None
    assert shown.h2.get_text() == "Jāizlabo 3 vietas"
    page = drawn(form)
    assert all(page.select_one(str(link["href"])) for link in shown.select("a"))


def test_the_summary_says_what_is_wrong_with_the_whole_form() -> None:
    summary = fields.errors(Example({"name": "=", "days": "1", "ways": ["a"]}))
    assert summary is not None
    assert "Nosaukums nav vārds." in str(summary)
    assert "Jāizlabo 1 vieta" in str(summary)


def test_a_form_without_errors_has_no_summary() -> None:
    assert fields.errors(Example()) is None
    assert fields.errors(Example({"name": "a", "days": "1", "ways": ["a"]})) is None


def test_what_was_typed_is_escaped() -> None:
    shown = str(fields.Field(Example({"name": '"><script>'})["name"]))
    assert "<script>" not in shown
