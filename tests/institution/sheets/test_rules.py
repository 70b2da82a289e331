"""What each cell of a file does: three-way comparison, rows that were moved about, values read without guessing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.errors import Refusal
from ietvars.institution.sheets import cells, comparing, errors, layouts, rules
from ietvars.institution.sheets import parts as sheet_parts
from ietvars.institution.sheets.cells import Kind, Known, Raw, Sort
from ietvars.institution.sheets.rules import FileRow, Judged, Outcome, Preview, Sent, Standing

KNOWN = Known(
    lists={
        "channels": {"online": {"lv": "internetā", "en": "online"}, "post": {"lv": "pa pastu", "en": "by post"}},
        "stages": {"request": {"lv": "pieprasīšana", "en": "request"}},
        "areas": {"health": {"lv": "Veselība", "en": "Health"}},
    },
    bodies={"vid": {"lv": "Valsts ieņēmumu dienests", "en": "State Revenue Service"}},
)
DOWNLOAD = "ivabcdefgh"


def column(code: str, kind: str = layouts.SERVICES) -> cells.Column:
    found = layouts.column(kind, code)
    assert found is not None
    return found


# ---- three ways --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "becomes", "outcome"),
    [
        ("a", "a", "a", None),
        ("a", "b", "a", None),
        ("a", "a", "b", Outcome.CHANGE),
        ("a", "b", "b", Outcome.SAME),
        ("a", "b", "c", Outcome.CONFLICT),
        ("", "", "x", Outcome.CHANGE),
        ("x", "x", "", Outcome.CHANGE),
        ("x", "y", "", Outcome.CONFLICT),
    ],
)
def test_a_cell_is_judged_by_three_values(was: str, now: str, becomes: str, outcome: Outcome | None) -> None:
    assert rules.judge(was, now, becomes) is outcome


class Town:
    """Rows of figures that went out, as they stand now, and as a file has them."""

    def __init__(self, rows: Mapping[str, str], kind: str = layouts.MEASUREMENTS) -> None:
        self.kind = kind
        self.sent = {
            number: Sent(key, self.cells(key, value)) for number, (key, value) in enumerate(rows.items(), start=1)
        }
        self.standing = {sent.key: Standing(sent.key, sent.key, dict(sent.cells)) for sent in self.sent.values()}
        self.columns = [layouts.MARK, *layouts.LAYOUTS[kind]]

    def cells(self, key: str, value: str) -> dict[str, str]:
        told = {"service": key, "period": "2025", "quantity": "requests", "value": value, "title": f"P {key}"}
        return {each.code: told.get(each.code, "") for each in layouts.LAYOUTS[self.kind]} | {"illustrative": "no"}

    def now(self, key: str, **told: str) -> None:
        self.standing[key] = Standing(key, key, {**self.standing[key].cells, **told})

    def refused(self, key: str, refusal: Refusal, *, is_foreign: bool = False) -> None:
        self.standing[key] = Standing(key, key, self.standing[key].cells, refusal, is_foreign)

    def row(self, number: int, **told: Raw | str) -> list[Raw]:
        """A row of the file as it went out, with some cells said anew."""
        sent = self.sent[number]
        made = [Raw(rules.mark(DOWNLOAD, number))]
        for each in layouts.LAYOUTS[self.kind]:
            text = cells.harmless(cells.shown(each, sent.cells[each.code], "lv"))
            made.append(Raw(text))
        for code, said in told.items():
            place = next(index for index, each in enumerate(self.columns) if each.code == code)
            made[place] = said if isinstance(said, Raw) else Raw(said)
        return made

    def see(self, *rows: list[Raw], heads: list[str] | None = None, above: int = 0) -> Preview:
        head = [Raw(text) for text in heads or [layouts.heading(each, "lv") for each in self.columns]]
        table = [FileRow(number, (Raw("Mans virsraksts"),)) for number in range(1, above + 1)]
        table += [FileRow(number, tuple(row)) for number, row in enumerate([head, *rows], start=above + 1)]
        found = rules.find(table, "a.xlsx")
        download = rules.Download(DOWNLOAD, self.kind, "lv", self.sent)
        sent = {DOWNLOAD: download} if DOWNLOAD in found.downloads() else {}
        placed = comparing.place(found, comparing.kind_of(sent, "a.xlsx"), "a.xlsx", "lv")
        return comparing.compare(found, placed, sent, self.standing, KNOWN)


def told(seen: Preview) -> list[tuple[str, str, str]]:
    """Address, outcome and code of the refusal of each cell."""
    return [(cell.address, cell.outcome.value, cell.refusal.code if cell.refusal else "") for cell in seen.cells]


VALUES = st.sampled_from(["", "0", "7", "12.5", "missing", "not_asked", "100000"])


@given(
    st.dictionaries(
        st.sampled_from([f"s{number}" for number in range(30)]), st.tuples(VALUES, VALUES, VALUES), min_size=1
    ),
    st.randoms(use_true_random=False),
)
def test_the_preview_names_exactly_the_cells_that_differ_whatever_was_moved_about(
    rows: dict[str, tuple[str, str, str]], chance: random.Random
) -> None:
    town = Town({key: was for key, (was, _, _) in rows.items()})
    for key, (_, now, _) in rows.items():
        town.now(key, value=now)
    lines = [
        town.row(number, value=cells.shown(column("value", layouts.MEASUREMENTS), rows[sent.key][2], "lv"))
        for number, sent in town.sent.items()
    ]
    chance.shuffle(lines)
    order = list(range(len(town.columns)))
    chance.shuffle(order)
    heads = [layouts.heading(town.columns[index], "lv") for index in order]
    seen = town.see(*[[line[index] for index in order] for line in lines], heads=heads)

    expected = {}
    for key, (was, now, becomes) in rows.items():
        if becomes != was:
            change = Outcome.CHANGE if now == was else Outcome.CONFLICT
            # Nothing that was reported is erased, also where others have nothing there any more.
            expected[key] = Outcome.REFUSED if becomes == "" else Outcome.SAME if becomes == now else change
    assert {cell.key: cell.outcome for cell in seen.cells} == expected
    for cell in seen.cells:
        assert cell.row == 2 + next(at for at, line in enumerate(lines) if line[2].text == cell.key)
        assert town.columns[order[cell.place]].code == cell.column == "value"


# ---- rows and columns that were moved about ----------------------------------------------------------------------


def three() -> Town:
    return Town({"one": "1", "two": "2", "three": "3"})


def test_a_file_that_nobody_changed_changes_nothing_even_when_others_wrote_meanwhile() -> None:
    town = three()
    town.now("two", value="99")
    assert told(town.see(town.row(1), town.row(2), town.row(3))) == []


def test_rows_may_be_left_out_and_are_told() -> None:
    town = three()
    seen = town.see(town.row(3, value="4"))
    assert (told(seen), seen.absent_rows) == ([("J2", "change", "")], 2)


def test_a_row_that_stands_twice_is_refused_where_it_changes_something() -> None:
    town = three()
    seen = town.see(town.row(1, value="5"), town.row(1), town.row(2, value="5"))
    assert told(seen) == [("J2", "refused", "cell-row-twice"), ("J4", "change", "")]


def test_42_copies_of_a_row_are_refused_by_their_number() -> None:
    town = three()
    seen = town.see(*[town.row(1, value=str(100 + copy)) for copy in range(42)])
    assert [cell.outcome for cell in seen.cells] == [Outcome.REFUSED] * 42
    assert "42" in str(seen.cells[0].refusal)


def test_columns_sorted_apart_from_their_marks_are_noticed_row_by_row() -> None:
    town = three()
    first, second = town.row(1), town.row(2)
    mixed = [[first[0], *second[1:]], [second[0], *first[1:]], town.row(3, value="8")]
    seen = town.see(*mixed)
    assert {cell.refusal.code for cell in seen.cells if cell.refusal} == {"cell-rows-apart"}
    assert told(seen)[-1] == ("J4", "change", "")
    assert not [cell for cell in seen.cells if cell.row < 4 and cell.outcome is not Outcome.REFUSED]


def test_a_row_without_a_mark_and_one_with_a_foreign_mark_are_refused_once_each() -> None:
    town = three()
    new, changed = town.row(1, value="5"), town.row(2, value="6")
    new[0], changed[0] = Raw(""), Raw("ivabcdefgh-99")
    assert told(town.see(new, changed, town.row(3))) == [
        ("A2", "refused", "cell-new-row"),
        ("A3", "refused", "cell-unknown-row"),
    ]


def test_columns_may_be_left_out_added_and_reworded() -> None:
    town = three()
    keep = [0, 1, 2, 5, 7, 8, 9]
    heads = [layouts.heading(town.columns[index], "lv") for index in keep]
    heads[-1] = "Mans nosaukums [VALUE] "
    seen = town.see(
        [town.row(1, value="5")[index] for index in keep] + [Raw("=1", Sort.FORMULA)], heads=[*heads, "Mans"]
    )
    assert (told(seen), seen.absent_columns, seen.extra_columns) == ([("G2", "change", "")], ("n",), ("Mans",))


def test_the_heading_may_stand_lower() -> None:
    town = three()
    assert told(town.see(town.row(1, value="5"), above=3)) == [("J5", "change", "")]


@pytest.mark.parametrize(
    ("heads", "refusal"),
    [
        (["Periods [period]", "x"], errors.NotOurs),
        (["[ietvars]", "[period]", "[period]"], errors.ColumnTwice),
        (["[ietvars]", "[period]", "[value]"], errors.ColumnMissing),
    ],
)
def test_a_table_that_cannot_be_checked_is_refused_whole(heads: list[str], refusal: type[Refusal]) -> None:
    town = three()
    with pytest.raises(refusal):
        town.see([Raw("ivabcdefgh-1"), Raw("2025"), Raw("5")], heads=heads)


def test_a_table_of_which_no_row_is_known_is_refused_whole() -> None:
    town = three()
    with pytest.raises(errors.NothingKnown):
        town.see([Raw("ivzzzzzzzz-1"), *town.row(1)[1:]])


# ---- what may not be changed -------------------------------------------------------------------------------------


def test_of_a_foreign_row_no_value_is_shown() -> None:
    town = three()
    town.refused("one", errors.ForeignRow(), is_foreign=True)
    seen = town.see(town.row(1, value="5", n="3"), town.row(2, value="7"))
    assert told(seen) == [
        ("J2", "refused", "cell-foreign-row"),
        ("K2", "refused", "cell-foreign-row"),
        ("J3", "change", ""),
    ]
    assert {(cell.was, cell.now, cell.label) for cell in seen.cells if cell.row == 2} == {("", "", "")}


def test_a_row_that_is_no_more_refuses_its_changes_only() -> None:
    town = three()
    del town.standing["one"]
    seen = town.see(town.row(1, value="5"), town.row(2))
    assert told(seen) == [("J2", "refused", "cell-gone-row")]


def test_a_column_for_reading_cannot_be_changed() -> None:
    town = three()
    assert told(town.see(town.row(1, title="Cits"))) == [("D2", "refused", "cell-not-changeable")]


def test_a_formula_is_refused_even_where_its_result_would_change_nothing() -> None:
    town = three()
    seen = town.see(town.row(1, value=Raw("=1", Sort.FORMULA)), town.row(2, title=Raw("=A1", Sort.FORMULA)))
    assert told(seen) == [("J2", "refused", "cell-formula"), ("D3", "refused", "cell-formula")]


def test_a_merged_cell_and_a_fault_are_refused() -> None:
    town = three()
    seen = town.see(town.row(1, value=Raw("J2:J3", Sort.MERGED)), town.row(2, value=Raw("#REF!", Sort.FAULT)))
    assert told(seen) == [("J2", "refused", "cell-merged"), ("J3", "refused", "cell-faulty")]


def test_a_figure_is_not_erased_and_a_number_of_answers_needs_a_figure() -> None:
    town = three()
    seen = town.see(town.row(1, value=""), town.row(2, value="trūkst", n="5"), town.row(3, value="4", n="5"))
    assert told(seen) == [
        ("J2", "refused", "cell-erases-figure"),
        ("J3", "change", ""),
        ("K3", "refused", "cell-count-without-figure"),
        ("J4", "change", ""),
        ("K4", "change", ""),
    ]


def test_a_service_that_is_given_at_once_has_no_term() -> None:
    town = Town({"one": ""}, layouts.SERVICES)
    town.sent[1] = Sent("one", {**town.sent[1].cells, "immediate": "no", "term_days": "10"})
    town.standing["one"] = Standing("one", "One", dict(town.sent[1].cells))
    codes = [each.code for each in town.columns]

    def outcomes(seen: Preview) -> dict[str, str]:
        return {codes[cell.place]: cell.outcome.value for cell in seen.cells}

    assert outcomes(town.see(town.row(1, immediate="jā"))) == {"immediate": "refused"}
    assert outcomes(town.see(town.row(1, immediate="jā", term_days=""))) == {
        "immediate": "change",
        "term_days": "change",
    }
    assert outcomes(town.see(town.row(1, term_days="12"))) == {"term_days": "change"}


# ---- values ------------------------------------------------------------------------------------------------------


@given(st.text())
def test_every_text_comes_back_from_being_made_harmless(text: str) -> None:
    held = cells.harmless(text)
    assert not held.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cells.restored(held) == text


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+371 67", "-5 %", "@x", "\tx", "\rx", "'=x", "''=x", "'citāts'", "＝1"]
)
def test_dangerous_beginnings_are_held_by_an_apostrophe_and_let_go_again(text: str) -> None:
    assert cells.restored(cells.harmless(text)) == text
    assert cells.harmless("'citāts'") == "'citāts'"


NUMBERS = """
    12            | 12
    12.0          | 12
    12,50         | 12.5
    0,125         | 0.125
    0.125         | 0.125
    1 234         | 1234
    1 234,5       | 1234.5
    1.234.567     | 1234567
    1.234,5       | 1234.5
    1,234.5       | 1234.5
    -5            | -5
    −5,5          | -5.5
    1,234         | cell-two-readings
    1.234         | cell-two-readings
    12 %          | cell-not-a-number
    1e5           | cell-not-a-number
    divpadsmit    | cell-not-a-number
    1,2,3         | cell-not-a-number
    ١٢            | cell-not-a-number
    trūkst        | missing
    TRŪKST        | missing
    not asked     | not_asked
    neattiecas    | not_applicable
    nesalasāms    | cell-not-a-number
"""


@pytest.mark.parametrize(
    ("text", "plain"), [[part.strip() for part in line.split("|")] for line in NUMBERS.strip().splitlines()]
)
def test_a_figure_is_read_without_guessing(text: str, plain: str) -> None:
    assert read(column("value", layouts.MEASUREMENTS), text) == plain


def read(into: cells.Column, text: str, sort: Sort = Sort.TEXT) -> str:
    """The plain text of a cell, or the code of its refusal."""
    try:
        return cells.read(into, Raw(text, sort), KNOWN, "lv")
    except errors.CellRefusal as refusal:
        return refusal.code


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_every_figure_that_went_out_is_known_when_it_comes_back(value: Decimal) -> None:
    into = column("value", layouts.MEASUREMENTS)
    sent = Sent("k", {"value": cells.plain(value)})
    for text in (cells.plain(value), cells.plain(value).replace(".", ","), f"{value:.6f}"):
        came = comparing._came_back(into, Raw(text), sent, "lv")
        assert came or read(into, text) in (cells.plain(value), "cell-two-readings")
    assert comparing._came_back(into, Raw(cells.plain(value).replace(".", ",")), sent, "lv")


@pytest.mark.parametrize(
    ("code", "text", "plain"),
    [
        ("area", "HEALTH", "health"),
        ("area", "Veselība", "health"),
        ("area", "", ""),
        ("area", "slimības", "cell-unknown-code"),
        ("request_channels", "online;post", "online; post"),
        ("request_channels", "pa pastu\nonline, online", "post; online"),
        ("request_channels", "online; fax", "cell-unknown-code"),
        ("request_providers", "vid", "vid"),
        ("request_providers", "nav", "cell-unknown-institution"),
        ("immediate", "JĀ", "yes"),
        ("immediate", "false", "no"),
        ("immediate", "varbūt", "cell-not-yes-or-no"),
        ("term_days", "10.0", "10"),
        ("term_days", "10,5", "cell-not-whole"),
        ("term_days", "-1", "cell-not-a-number"),
        ("review_months", "16", "16"),
        ("review_months", "17", "cell-not-whole"),
        ("keywords_lv", "bērns;  pabalsts ; bērns;", "bērns; pabalsts"),
        ("eligibility_lv", "pirmais\n\n  otrais  ", "pirmais\notrais"),
        ("request_url", "https://latvija.lv/x", "https://latvija.lv/x"),
        ("request_url", "javascript:alert(1)", "cell-not-an-address"),
        ("title_lv", "x" * 301, "cell-too-long"),
        ("fees", "request | 14,23 | eur | nodeva", "request | 14.23 | EUR | nodeva"),
        ("fees", "Pieprasīšana || | par velti", "request |  | EUR | par velti"),
        ("fees", "nekas | 5", "cell-unknown-code"),
        ("fees", "request | daudz", "cell-not-a-number"),
        ("fees", "request | 1 | EUR | a | b | c", "cell-broken-line"),
        ("evidence", "id | pase | passport | vid", "id | pase | passport | vid"),
        ("evidence", "id", "cell-broken-line"),
        ("legal_acts", "Likums | Law | javascript:x", "cell-not-an-address"),
    ],
)
def test_each_kind_of_cell_is_read_by_its_rule(code: str, text: str, plain: str) -> None:
    assert read(column(code), text) == plain


def test_what_a_program_has_made_a_date_of_is_refused_in_a_text_and_known_in_a_day() -> None:
    assert read(column("title_lv"), "2025-03-01", Sort.DAY) == "cell-turned-into-day"
    day = column("reviewed_on")
    assert {read(day, text) for text in ("2026-06-01", "01.06.2026", "1.6.2026.")} == {"2026-06-01"}
    assert read(day, "46174", Sort.NUMBER) == "2026-06-01"
    assert read(day, "2026-06-01", Sort.DAY) == "2026-06-01"


def test_a_day_for_reading_that_a_program_rewrote_is_no_change() -> None:
    town = Town({"one": ""}, layouts.SERVICES)
    town.sent[1] = Sent("one", {**town.sent[1].cells, "immediate": "no", "reviewed_on": "2026-06-01"})
    town.standing["one"] = Standing("one", "One", dict(town.sent[1].cells))
    for raw in (Raw("01.06.2026"), Raw("46174", Sort.NUMBER), Raw("2026-06-01", Sort.DAY)):
        assert told(town.see(town.row(1, reviewed_on=raw))) == []
    changed: list[Judged] = list(town.see(town.row(1, reviewed_on="02.06.2026")).cells)
    assert [cell.refusal.code for cell in changed if cell.refusal] == ["cell-not-changeable"]


def test_letters_of_columns_are_those_of_spreadsheet_programs() -> None:
    assert [rules.letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_the_states_of_a_preview_are_complete() -> None:
    assert set(rules.NEXT) == set(rules.State)


# ---- parts of a description ----------------------------------------------------------------------------------------

TEXTS = st.dictionaries(
    st.sampled_from(["lv", "en", "ru"]), st.text(st.characters(codec="utf-8"), min_size=1), max_size=3
)


@given(TEXTS, st.text(max_size=20))
def test_a_cell_of_one_language_leaves_the_others_as_they_are(before: dict[str, str], said: str) -> None:
    into = column("title_lv")
    after = sheet_parts.put(into, {"title": before}, said)
    assert sheet_parts.told(into, {"title": after}) == said
    assert {key: text for key, text in after.items() if key != "lv"} == {
        key: text for key, text in before.items() if key != "lv"
    }


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("keywords_lv", {"lv": ["a", "b c"], "en": ["x"]}),
        ("eligibility_en", {"lv": ["a"], "en": ["one", "two; three"]}),
        ("request_channels", ["online", "post"]),
        ("fees", [{"stage": "request", "amount": "14.23", "currency": "EUR", "text": {"lv": "nodeva", "ru": "x"}}]),
        ("fees", [{"stage": "receipt", "amount": None, "currency": "EUR", "text": {"lv": "par velti | vai ne"}}]),
        ("evidence", [{"code": "id", "title": {"lv": "pase", "en": "passport"}, "held_by": "vid", "more": "x"}]),
        ("legal_acts", [{"title": {"lv": "Likums"}, "url": "https://likumi.lv/1"}, {"title": {"lv": "Noteikumi"}}]),
        ("immediate", {"immediate": True, "days": None}),
        ("term_days", {"immediate": False, "days": 10}),
        ("review_months", 12),
        ("kind", "permit"),
    ],
)
def test_what_went_out_and_came_back_is_put_back_as_it_was(code: str, part: Any) -> None:
    into = column(code)
    assert sheet_parts.put(into, {into.path: part}, sheet_parts.told(into, {into.path: part})) == part


def test_entries_that_stay_keep_what_the_line_does_not_show() -> None:
    into = column("evidence")
    before = [{"code": "id", "title": {"lv": "pase"}, "more": "kept"}, {"code": "x", "title": {"lv": "vecs"}}]
    after = sheet_parts.put(into, {"evidence": before}, "id | pase\nnew | jauns | new | vid")
    assert after == [
        {"code": "id", "title": {"lv": "pase"}, "more": "kept"},
        {"code": "new", "title": {"lv": "jauns", "en": "new"}, "held_by": "vid"},
    ]


def test_every_column_has_words_in_both_languages_and_a_code_of_its_own() -> None:
    for kind in layouts.KINDS:
        codes = [each.code for each in (layouts.MARK, *layouts.LAYOUTS[kind])]
        assert len(codes) == len(set(codes))
        for each in layouts.LAYOUTS[kind]:
            assert set(each.heading) == {"lv", "en"}
            assert each.kind is Kind.ENTRIES or set(each.about) in ({"lv", "en"}, set())
            for language in ("lv", "en"):
                assert layouts.column_of(layouts.heading(each, language), kind) is each
