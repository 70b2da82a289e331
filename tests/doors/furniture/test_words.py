"""Numbers, money, plurals and lists as people write them, in both languages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.doors.furniture import words

# A middle dot stands for the no-break space, so that the eye sees it.
NUMBERS = """
value       | lv table   | lv sentence | en
0           | 0          | 0           | 0
7           | 7          | 7           | 7
999         | 999        | 999         | 999
1681        | 1·681      | 1681        | 1,681
5000        | 5·000      | 5000        | 5,000
9999        | 9·999      | 9999        | 9,999
10000       | 10·000     | 10·000      | 10,000
18240       | 18·240     | 18·240      | 18,240
408004765   | 408·004·765| 408·004·765 | 408,004,765
86.4        | 86,4       | 86,4        | 86.4
14.0        | 14         | 14          | 14
0.05        | 0,1        | 0,1         | 0.1
-862        | −862       | −862        | −862
-0.04       | 0          | 0           | 0
-1234.5     | −1·234,5   | −1234,5     | −1,234.5
12345.67    | 12·345,7   | 12·345,7    | 12,345.7
"""


def rows(table: str) -> list[tuple[str, ...]]:
    """Cells of a small text table, without its head; a middle dot is a no-break space."""
    lines = table.strip().splitlines()[1:]
    return [tuple(cell.strip().replace("·", words.NO_BREAK) for cell in line.split("|")) for line in lines]


@pytest.mark.parametrize(("value", "table", "sentence", "english"), rows(NUMBERS))
def test_a_number_is_written_as_its_language_writes_it(value: str, table: str, sentence: str, english: str) -> None:
    assert words.number(Decimal(value), "lv") == table
    assert words.number(Decimal(value), "lv", running=True) == sentence
    assert words.number(Decimal(value), "en") == words.number(Decimal(value), "en", running=True) == english


def test_floats_are_rounded_as_they_are_written_and_halves_go_up() -> None:
    assert words.number(2.675, "en", decimals=2) == "2.68"
    assert words.number(0.25, "lv", decimals=1) == "0,3"
    assert words.number(-0.25, "lv", decimals=1) == "−0,3"


def test_a_sign_is_shown_for_what_is_above_zero_only_when_asked() -> None:
    assert [words.number(value, "lv", signed=True) for value in (7.1, 0, -3)] == ["+7,1", "0", "−3"]


def test_asked_decimals_are_kept_down_a_column() -> None:
    assert words.decimals_of([17, 14, 12]) == 0
    assert words.decimals_of([88.1, 95, 86.4]) == 1
    assert words.decimals_of([2.04, 3.0]) == 0
    assert words.decimals_of([4.87, 6], most=2) == 2
    assert words.decimals_of([]) == 0
    assert words.number(95, "lv", decimals=1) == "95,0"


def test_a_share_of_few_cases_bears_no_decimal() -> None:
    assert [words.share_decimals(n) for n in (0, 99, 100, 18240, None)] == [0, 0, 1, 1, 1]


MONEY = """
value    | lv          | en
0        | 0·€         | €0
298      | 298·€       | €298
421.17   | 421,17·€    | €421.17
111629   | 111·629·€   | €111,629
-4.8     | −4,80·€     | −€4.80
6.125    | 6,13·€      | €6.13
"""


@pytest.mark.parametrize(("value", "latvian", "english"), rows(MONEY))
def test_money_has_cents_only_where_there_are_some(value: str, latvian: str, english: str) -> None:
    assert words.money(Decimal(value), "lv") == latvian
    assert words.money(Decimal(value), "en") == english


def test_money_in_a_column_can_be_asked_to_keep_its_cents() -> None:
    assert words.money(6, "lv", decimals=2) == "6,00\N{NO-BREAK SPACE}€"


def test_percent_has_a_space_in_latvian_and_none_in_english() -> None:
    assert words.percent(86.4, "lv") == "86,4\N{NO-BREAK SPACE}%"
    assert words.percent(86.4, "en") == "86.4%"
    assert words.percent(86, "en", decimals=None) == "86%"


POINTS = """
value | lv                  | en
0.5   | 0,5·procentpunkti   | 0.5·percentage points
7.1   | 7,1·procentpunkts   | 7.1·percentage points
1.0   | 1,0·procentpunkts   | 1.0·percentage points
-3.2  | −3,2·procentpunkti  | −3.2·percentage points
0.0   | 0,0·procentpunktu   | 0.0·percentage points
"""


@pytest.mark.parametrize(("value", "latvian", "english"), rows(POINTS))
def test_a_difference_of_percentages_is_in_percentage_points(value: str, latvian: str, english: str) -> None:
    assert words.percentage_points(Decimal(value), "lv") == latvian
    assert words.percentage_points(Decimal(value), "en") == english


@pytest.mark.parametrize("value", [1, 21, 31, 101, 1001, -1, 121])
def test_latvian_one(value: int) -> None:
    assert words.plural(value, ("pakalpojums", "pakalpojumi", "pakalpojumu"), "lv") == "pakalpojums"


@pytest.mark.parametrize("value", [2, 9, 10, 11, 12, 19, 20, 24, 30, 100, 111, 211, 1011, 42, -11])
def test_latvian_many(value: int) -> None:
    assert words.plural(value, ("pakalpojums", "pakalpojumi", "pakalpojumu"), "lv") == "pakalpojumi"


def test_latvian_none() -> None:
    assert words.plural(0, ("pakalpojums", "pakalpojumi", "pakalpojumu"), "lv") == "pakalpojumu"
    assert words.count(0, "service", "lv") == "0\N{NO-BREAK SPACE}pakalpojumu"


@given(st.integers(min_value=-10_000, max_value=10_000))
def test_latvian_plural_is_that_of_gettext(value: int) -> None:
    n = abs(value)
    by_formula = 0 if n % 10 == 1 and n % 100 != 11 else 1 if n != 0 else 2
    assert words.plural(value, ("0", "1", "2"), "lv") == str(by_formula)


def test_english_has_one_and_others() -> None:
    shown = [words.count(value, "service", "en") for value in (0, 1, 2, 11, 21)]
    assert [text.split("\N{NO-BREAK SPACE}")[1] for text in shown] == ["services", "service", *["services"] * 3]


def test_every_counted_word_has_the_forms_of_both_languages() -> None:
    assert {code: (len(forms["lv"]), len(forms["en"])) for code, forms in words.COUNTED.items()} == dict.fromkeys(
        words.COUNTED, (3, 2)
    )


def test_parts_ranges_lists_and_quotes() -> None:
    space = words.NO_BREAK
    assert words.of(10, 11, "lv") == f"10{space}no{space}11"
    assert words.of(10, 11, "en") == f"10{space}of{space}11"
    assert words.span(22, 32, "lv") == "22–32"
    assert words.span(2.4, 3, "en") == "2.4–3.0"
    assert words.listed([], "lv") == ""
    assert words.listed(["a"], "lv") == "a"
    assert words.listed(["a", "b", "c"], "lv") == "a, b un c"
    assert words.listed(["a", "b"], "en") == "a and b"
    assert words.quoted("pase", "lv") == "„pase”"
    assert words.quoted("pass", "en") == "“pass”"


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(["lv", "en"]))
def test_grouping_never_changes_the_digits(value: int, language: str) -> None:
    bare = words.number(value, language).replace(words.NO_BREAK, "").replace(",", "").replace(words.MINUS, "-")
    assert int(bare) == value
