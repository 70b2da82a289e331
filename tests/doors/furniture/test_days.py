"""Days, times and periods as people say them, in both languages."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from ietvars.doors.furniture import days
from ietvars.ground.periods.errors import UnknownPeriod

NOVEMBER = date(2026, 11, 3)

CASES = ("nominative", "genitive", "dative", "accusative", "locative")

MONTHS = """
janvāris   janvāra   janvārim   janvāri   janvārī
februāris  februāra  februārim  februāri  februārī
marts      marta     martam     martu     martā
aprīlis    aprīļa    aprīlim    aprīli    aprīlī
maijs      maija     maijam     maiju     maijā
jūnijs     jūnija    jūnijam    jūniju    jūnijā
jūlijs     jūlija    jūlijam    jūliju    jūlijā
augusts    augusta   augustam   augustu   augustā
septembris septembra septembrim septembri septembrī
oktobris   oktobra   oktobrim   oktobri   oktobrī
novembris  novembra  novembrim  novembri  novembrī
decembris  decembra  decembrim  decembri  decembrī
"""


def test_latvian_months_in_all_cases() -> None:
    declined = [line.split() for line in MONTHS.strip().splitlines()]
    assert [[days.month(number, "lv", case) for case in CASES] for number in range(1, 13)] == declined


def test_english_months_have_one_form() -> None:
    assert {days.month(3, "en", case) for case in CASES} == {"March"}
    assert [days.month_short(number, "en") for number in (1, 5, 9, 12)] == ["Jan", "May", "Sep", "Dec"]
    assert [days.month_short(number, "lv") for number in (1, 3, 5, 9)] == ["janv.", "marts", "maijs", "sept."]


def test_a_day_in_a_sentence_stands_in_the_case_that_the_sentence_needs() -> None:
    assert days.in_text(NOVEMBER, "lv") == "2026. gada 3. novembrī"
    assert days.in_text(NOVEMBER, "lv", "dative") == "2026. gada 3. novembrim"
    assert days.in_text(NOVEMBER, "lv", "genitive") == "2026. gada 3. novembra"
    assert days.in_text(NOVEMBER, "en") == days.in_text(NOVEMBER, "en", "genitive") == "3 November 2026"


def test_a_day_in_a_table() -> None:
    assert days.in_table(NOVEMBER, "lv") == "03.11.2026."
    assert days.in_table(NOVEMBER, "en") == "3 Nov 2026"


def test_times_and_moments() -> None:
    at = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    assert days.clock(time(14, 20), "lv") == "plkst. 14.20"
    assert days.clock(time(14, 20), "en") == "14:20"
    assert days.moment(at, "lv") == "2026. gada 20. novembrī plkst. 6.00"
    assert days.moment(at, "en") == "20 November 2026 at 6:00"
    assert days.moment_in_table(at, "lv") == "20.11.2026. plkst. 6.00"
    assert days.moment_in_table(at, "en") == "20 Nov 2026 6:00"


PERIODS = """
2025    | 2025. gads              | 2025. gadā              | 2025          | 2025            | 2025
2023-24 | 2023–24. finanšu gads   | 2023–24. finanšu gadā   | 2023–24       | 2023–24         | 2023–24
2025-Q3 | 2025. gada 3. ceturksnis| 2025. gada 3. ceturksnī | Q3 2025       | 2025. g. 3. cet.| Q3 2025
2025-03 | 2025. gada marts        | 2025. gada martā        | March 2025    | 2025. g. marts  | Mar 2025
2025-12 | 2025. gada decembris    | 2025. gada decembrī     | December 2025 | 2025. g. dec.   | Dec 2025
"""


@pytest.mark.parametrize("line", PERIODS.strip().splitlines())
def test_a_period_is_said_from_its_code(line: str) -> None:
    code, nominative, locative, english, short, english_short = (cell.strip() for cell in line.split("|"))
    assert days.period(code, "lv") == nominative
    assert days.period(code, "lv", "locative") == locative
    assert days.period(code, "en") == days.period(code, "en", "locative") == english
    assert days.period_short(code, "lv") == short
    assert days.period_short(code, "en") == english_short


def test_a_period_in_other_cases() -> None:
    assert days.period("2025", "lv", "genitive") == "2025. gada"
    assert days.period("2025", "lv", "dative") == "2025. gadam"
    assert days.period("2025-Q1", "lv", "genitive") == "2025. gada 1. ceturkšņa"
    assert days.period("2025-Q1", "lv", "dative") == "2025. gada 1. ceturksnim"


def test_on_an_axis_the_year_can_be_left_out() -> None:
    assert days.period_short("2025-Q3", "lv", year=False) == "3. cet."
    assert days.period_short("2025-Q3", "en", year=False) == "Q3"
    assert days.period_short("2025-03", "lv", year=False) == "marts"
    assert days.period_short("2025-03", "en", year=False) == "Mar"


def test_a_text_that_is_no_period_is_refused() -> None:
    with pytest.raises(UnknownPeriod):
        days.period("2025. gads", "lv")


DISTANCES = """
-21 | nokavēts par 21·dienu   | 21·days overdue
-11 | nokavēts par 11·dienām  | 11·days overdue
-8  | nokavēts par 8·dienām   | 8·days overdue
-1  | nokavēts par 1·dienu    | 1·day overdue
0   | šodien                  | today
1   | vēl 1·diena             | 1·day left
3   | vēl 3·dienas            | 3·days left
11  | vēl 11·dienas           | 11·days left
21  | vēl 21·diena            | 21·days left
"""


@pytest.mark.parametrize("line", DISTANCES.strip().splitlines())
def test_the_distance_of_a_due_day_is_said_as_a_colleague_says_it(line: str) -> None:
    left, latvian, english = (cell.strip().replace("·", "\N{NO-BREAK SPACE}") for cell in line.split("|"))
    day = NOVEMBER + timedelta(days=int(left))
    assert days.distance(day, NOVEMBER, "lv") == latvian
    assert days.distance(day, NOVEMBER, "en") == english
