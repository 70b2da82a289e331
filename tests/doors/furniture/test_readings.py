"""Figures and comparisons of level 1 are said alike at every door."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from ietvars.doors.furniture import readings
from ietvars.doors.furniture.marks import Outcome, State
from ietvars.institution.indicators.comparison import Reason, Word


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def test_every_reason_of_a_comparison_has_a_short_word_and_a_sentence_in_both_languages() -> None:
    assert set(readings.REASON) == set(readings.REASON_SHORT) == {str(one) for one in Reason}
    for texts in (readings.REASON, readings.REASON_SHORT):
        latvian = {code: str(text) for code, text in texts.items()}
        with translation.override("en"):
            assert not {code for code, text in texts.items() if str(text) == latvian[code]}


FIGURES = """
number    | unit         | n     | lv                | en
0.864     | share        | 18240 | 86,4·%            | 86.4%
0.864     | share        | 50    | 86·%              | 86%
14.000000 | working-days | 900   | 14                | 14
6.120000  | eur          |       | 6,12·€            | €6.12
18240     | requests     |       | 18·240            | 18,240
0         | cases        |       | 0                 | 0
"""


@pytest.mark.parametrize("line", FIGURES.strip().splitlines()[1:])
def test_a_figure_is_shown_in_its_unit(line: str) -> None:
    number, unit, n, latvian, english = (cell.strip().replace("·", "\N{NO-BREAK SPACE}") for cell in line.split("|"))
    shown = readings.value(state="measured", number=Decimal(number), unit=unit, n=int(n) if n else None)
    assert shown.text() == latvian
    with translation.override("en"):
        assert shown.text() == english


def test_a_figure_that_is_not_there_keeps_its_state_and_what_was_written() -> None:
    shown = readings.value(state="unreadable", number=None, unit="share", raw="~17?", illustrative=True)
    assert (shown.state, shown.raw, shown.illustrative) == (State.UNREADABLE, "~17?", True)


def test_without_its_unit_a_value_fits_a_column_that_names_it() -> None:
    shown = readings.bare(readings.value(state="measured", number=Decimal("0.864"), unit="share", n=1000))
    assert shown.text() == "86,4"


DIFFERENCES = """
number | unit         | lv                      | en
-3     | working-days | −3·darbdienas           | −3·working days
1      | working-days | +1·darbdiena            | +1·working day
0.005  | share        | +0,5·procentpunkti      | +0.5·percentage points
-0.07  | share        | −7,0·procentpunkti      | −7.0·percentage points
-1.25  | eur          | −1,25·€                 | −€1.25
7      | stones       | +7·stones               | +7·stones
"""


@pytest.mark.parametrize("line", DIFFERENCES.strip().splitlines()[1:])
def test_a_difference_has_its_sign_and_unit(line: str) -> None:
    number, unit, latvian, english = (cell.strip().replace("·", "\N{NO-BREAK SPACE}") for cell in line.split("|"))
    assert readings.difference(Decimal(number), unit) == latvian
    with translation.override("en"):
        assert readings.difference(Decimal(number), unit) == english


def test_a_difference_that_cannot_stand_is_nothing() -> None:
    assert readings.difference(None, "share") == ""


def test_a_card_says_the_difference_with_its_interval_or_the_reason() -> None:
    better = readings.verdict(Word.BETTER, unit="share", difference=0.071, low=0.042, high=0.1)
    assert better.outcome is Outcome.BETTER
    assert str(better.why) == "Starpība +7,1\xa0procentpunkts; ticamības intervāls no 4,2 līdz 10,0."
    assert str(readings.verdict(Word.CHANGED, unit="cases", difference=-862).why) == "Starpība −862\xa0gadījumi."
    same = readings.verdict(
        Word.NO_CLEAR_CHANGE, Reason.WITHIN_CHANCE, unit="share", difference=0.005, low=-0.01, high=0.02
    )
    assert str(same.why) == "Starpība var būt nejauša."


def test_a_row_says_the_reason_only_in_place_of_what_cannot_be_compared() -> None:
    assert str(readings.verdict_in_table(Word.NOT_COMPARABLE, Reason.DEFINITION_CHANGED).words) == "Mainīta definīcija"
    assert str(readings.verdict_in_table(Word.NO_CLEAR_CHANGE, Reason.WITHIN_CHANCE).words) == "Nav skaidru izmaiņu"
    assert str(readings.verdict_in_table(Word.BETTER).words) == "Labāk"


def test_units_stand_in_heads() -> None:
    assert [readings.unit(code) for code in ("share", "eur", "working-days", "stones")] == [
        "%",
        "€",
        "darbdienas",
        "stones",
    ]
