"""The parts of pages: each says what it must, in the order that the visual language sets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from ietvars.doors.furniture import parts, refusals, tables, today
from ietvars.doors.furniture.marks import Button, Link, Outcome, Tag, Value, Verdict
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.errors import Refusal

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def soup(what: object) -> BeautifulSoup:
    return BeautifulSoup(str(what), "html.parser")


def due(day: date | None, **more: str) -> parts.Due:
    return parts.Due("Mērījumi", "Iesniegt skaitļus", "Trūkst izmaksu.", Button("Ievadīt", href="/i"), day, **more)


def test_what_is_overdue_has_the_main_button_and_says_by_how_much() -> None:
    rows = (
        due(date(2026, 11, 15)),
        due(date(2026, 11, 26)),
        due(None),
        due(date(2027, 1, 15), when="gada izvērtējums"),
    )
    shown = soup(parts.DueList(rows, TODAY))
    said = [[text.replace("\xa0", " ") for text in one.stripped_strings] for one in shown.select(".iv-when")]
    assert said == [
        ["15.11.2026.", "nokavēts par 8 dienām"],
        ["26.11.2026.", "vēl 3 dienas"],
        ["bez termiņa"],
        ["15.01.2027.", "gada izvērtējums"],
    ]
    assert [button.get("data-variant") for button in shown.select("a.ds-button")] == [None, *["secondary"] * 3]


def test_what_is_due_today_is_not_overdue() -> None:
    shown = soup(parts.DueList((due(TODAY),), TODAY))
    assert shown.select("a.ds-button")[0]["data-variant"] == "secondary"
    assert "šodien" in shown.get_text()


def test_steps_beside_the_one_before_have_no_number() -> None:
    steps = (
        parts.Step("Ārsts"),
        parts.Step("Reģistrācija", href="/r", current=True),
        parts.Step("Dzīvesvieta", href="/d", beside=True),
        parts.Step("Pabalsts", href="/p", optional=True),
    )
    shown = soup(parts.Steps(steps))
    assert [one.get_text() for one in shown.select(".iv-stepno")] == ["1", "2", "un", "3"]
    assert [bool(one.a) for one in shown.select("h3")] == [False, True, True, True]
    assert shown.select("[data-current] .iv-tag")[0].get_text() == "Tagad darāms"
    assert "Ja vajag" in shown.select("li.iv-step")[-1].get_text()


def test_how_it_is_computed_leaves_out_what_is_not_there() -> None:
    how = parts.HowComputed(
        "s", "d", "", "11 no 12", "2. izdevums", definition=Link("Definīcija", "/d"), extra=(("Aizstāj", "1."),)
    )
    terms = [term.get_text() for term in soup(how).select("dt")]
    assert terms == ["Skaitītājs", "Saucējs", "Segums", "Izdevums", "Definīcija", "Aizstāj"]


def test_a_card_shows_value_previous_value_verdict_and_reason_in_this_order() -> None:
    card = parts.VerdictCard(
        "Laiks",
        Value(14),
        "2024. gadā 17",
        Verdict(Outcome.BETTER, why="Par 3 īsāks."),
        unit="dienas",
        illustrative=True,
    )
    assert list(soup(card).stripped_strings) == [
        "Laiks",
        "14",
        "dienas",
        "2024. gadā 17",
        "Labāk",
        "Par 3 īsāks.",
        "Ilustratīvs",
    ]
    assert soup(card).li["data-verdict"] == "better"  # type: ignore[index]


def test_a_refusal_says_what_why_and_who_helps_aloud() -> None:
    box = parts.RefusalBox(
        "Vēl nevar publicēt", "Trūkst lauka.", ((Link("Maksa", "#m"), "nav skaitlis"),), Link("Palīgs", "/p")
    )
    shown = soup(box)
    assert shown.select('[role="alert"]')
    assert [" ".join(text.split()) for text in shown.stripped_strings] == [
        "Vēl nevar publicēt",
        "Trūkst lauka.",
        "Maksa",
        ": nav skaitlis",
        "Palīgs",
    ]


def test_headings_stand_at_the_level_that_the_page_needs() -> None:
    for level in (1, 2, 3):
        assert soup(parts.RefusalBox("a", "b", level=level)).find(f"h{level}")
        assert soup(parts.Empty("a", "b", level=level)).find(f"h{level}")


def test_filters_count_what_is_on_and_keep_the_rest_of_the_query() -> None:
    choices = (parts.Choice("a", "Iedzīvotājam", 9, chosen=True), parts.Choice("b", "Uzņēmumam"))
    filters = parts.Filters(
        "/meklet", (parts.FilterGroup("kam", "Kam", choices),), {"q": "pase"}, clear="/meklet?q=pase"
    )
    shown = soup(filters)
    assert shown.summary is not None
    assert shown.summary.get_text() == "Filtri (1)"
    assert [one["value"] for one in shown.select("input[type=hidden]")] == ["pase"]
    assert [one.has_attr("checked") for one in shown.select("input[type=checkbox]")] == [True, False]
    assert shown.select("button[type=submit]")


def test_evidence_shows_the_table_and_how_to_check_it() -> None:
    table = tables.Table("f", "Pierādījumi", (tables.Column("a"), tables.Column("b")), (tables.Row(("x", "y")),))
    evidence = parts.Evidence(
        "Elektronizēt", "Pabalsts", "Sagaidām.", table, (("Iesaldēja", TODAY),), "3f9a", illustrative=True
    )
    shown = soup(evidence)
    assert shown.select("table")
    assert [one.get_text() for one in shown.select("dd")] == ["23.11.2026.", "sha256 3f9a"]
    assert "Ilustratīvs" in shown.h3.get_text()  # type: ignore[union-attr]


def test_a_switch_marks_the_choice_that_is_on() -> None:
    shown = soup(
        parts.Switch("Periods", (parts.Option("2024", "?p=2024"), parts.Option("2025", "?p=2025", current=True)))
    )
    assert [link.get("aria-current") for link in shown.select("a")] == [None, "page"]
    assert shown.nav["aria-label"] == "Periods"  # type: ignore[index]


def test_everything_that_is_said_is_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    made = (
        parts.Empty(evil, evil),
        parts.Note(evil, evil),
        parts.Panel(evil, evil),
        parts.Facts((parts.Fact(evil, evil, evil),)),
        parts.Steps((parts.Step(evil, evil, evil, (evil,)),)),
        parts.Chips((parts.Option(evil, "/"),)),
        parts.ThreeWay(evil, Tag(evil), (parts.Version(evil, evil),) * 3, evil),
        parts.Gaps((parts.Gap(Link(evil, "#a"), evil),)),
        tables.Table(
            evil, evil, (tables.Column(evil, unit=evil),), (tables.Row((tables.Cell(evil, under=evil),)),), scroll=evil
        ),
    )
    for part in made:
        assert "<img" not in str(part)


class NotOnSunday(Refusal):
    """For the tests."""

    code = "not-on-sunday"
    message = "Not on %(day)s."


def test_a_refusal_of_a_room_is_said_with_its_facts_on_pages_and_in_problem_json() -> None:
    refusal = NotOnSunday(day="svētdiena")
    assert refusals.sentence(refusal) == "Not on svētdiena."
    assert str(refusals.box(refusal).says) == "Not on svētdiena."
    assert refusals.problem(refusal) == {
        "type": "urn:ietvars:refusal:not-on-sunday",
        "title": "Forbidden",
        "status": 403,
        "detail": "Not on svētdiena.",
    }


def test_the_sample_state_stands_on_its_own_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "as_of", lambda: date(2026, 2, 3))
    assert today.today() == date(2026, 2, 3)
    assert today.now().date() == date(2026, 2, 3)


def test_a_real_state_asks_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "as_of", lambda: None)
    assert abs((today.now() - datetime.now(tz=UTC)).total_seconds()) < 5
