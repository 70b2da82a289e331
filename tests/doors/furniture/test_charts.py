"""One spec gives the drawing, the table, the CSV and the JSON; what is missing is never bridged and never zero."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ietvars.doors.furniture import charts, downloads, figures
from ietvars.doors.furniture.charts import svg
from ietvars.doors.furniture.marks import Link, Outcome, State, Value
from ietvars.doors.furniture.parts import HowComputed

MISSING = Value(state=State.MISSING)


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def soup(what: object) -> BeautifulSoup:
    return BeautifulSoup(str(what), "html.parser")


def line(now: list[Value], **more: Any) -> charts.Line:
    ticks = tuple(f"p{number}" for number in range(len(now)))
    facts = {"code": "laiks", "title": "Laiks", "finding": "Kļuvis īsāks.", "unit": "darbdienas", "axis": "Mēnesis"}
    return charts.Line(**{**facts, "ticks": ticks, "now": charts.Series("2025", tuple(now)), **more})


def bars(**more: Any) -> charts.Bars:
    rows = (charts.Bar("Tiešsaiste", Value(90), Value(100), href="/t"), charts.Bar("Pasts", MISSING))
    facts = {"code": "b", "title": "Veidi", "finding": "Vairākums tiešsaistē.", "unit": "lietas", "head": "Veids"}
    return charts.Bars(**{**facts, "bars": rows, "now": "2025", "was": "2024", **more})


def intervals(**more: Any) -> charts.Intervals:
    rows = (
        charts.Interval("VSAA", Value(7.1, signed=True), 4.2, 10.0, Outcome.BETTER),
        charts.Interval("NVA", MISSING, outcome=Outcome.NONE),
    )
    facts = {"code": "i", "title": "Starpības", "finding": "Viena labāka.", "unit": "procentpunkti", "head": "Iestāde"}
    return charts.Intervals(**{**facts, "intervals": rows, "value_head": "Starpība", "signed": True, **more})


def coverage(**more: Any) -> charts.PartsOfWhole:
    parts = (
        charts.PartOf("pilnībā", 78, "f1", "/pilniba"),
        charts.PartOf("daļēji", 0, "f-soft"),
        charts.PartOf("nemaz", 22, "f-none"),
    )
    facts = {"code": "c", "title": "Segums", "finding": "78 no 100 izmērīti.", "unit": "pakalpojumi"}
    return charts.PartsOfWhole(**{**facts, "parts": parts, **more})


def funnel(**more: Any) -> charts.Funnel:
    points = tuple(
        charts.Point(f"P{number}", 70.0 + number, 60.0, 90.0, 20 + 30 * number, "nejaušības robežās", own=number == 3)
        for number in range(8)
    )
    facts: dict[str, Any] = {"code": "f", "title": "Līdzīgie", "finding": "Kopā 80 %.", "unit": "%", "head": "Kas"}
    return charts.Funnel(**{**facts, "points": points, "target": 80.0, "limits": lambda _n: (60, 70, 90, 100), **more})


def curve(**more: Any) -> charts.Curve:
    stairs = tuple(charts.Stair(day, 100.0 - 2 * day, 90.0 - 2 * day, 100.0, 50 - day) for day in range(1, 30))
    facts: dict[str, Any] = {"code": "w", "title": "Gaida", "finding": "Puse 25 dienās.", "unit": "%"}
    return charts.Curve(**{**facts, "axis": "Dienas", "stairs": stairs, **more})


def stacked(**more: Any) -> charts.Stacked:
    series = tuple(charts.Series(name, (Value(1), Value(2))) for name in ("tiešsaistē", "klātienē"))
    facts: dict[str, Any] = {"code": "s", "title": "Kanāli", "finding": "Trešdaļa.", "unit": "pieprasījumi"}
    drawn = {"axis": "Mēnesis", "ticks": ("jan.", "feb."), "series": series, "fills": ("f1", "f2")}
    return charts.Stacked(**{**facts, **drawn, **more})


def every_chart(**more: Any) -> list[charts.Chart]:
    whole = [line([Value(1), MISSING, Value(3)], **more), bars(**more), intervals(**more), coverage(**more)]
    return [*whole, funnel(**more), curve(**more), stacked(**more)]


def test_every_chart_is_a_picture_with_a_name_and_its_finding() -> None:
    for chart in (line([Value(1)]), bars(), intervals()):
        drawings = soup(chart).select("svg.iv-chart")
        assert [one["data-w"] for one in drawings] == ["wide", "narrow"]
        for one in drawings:
            named = [soup(chart).select_one(f"#{name}") for name in str(one["aria-labelledby"]).split()]
            assert [text.get_text() for text in named if text] == [chart.title, chart.finding]
            assert one["role"] == "img"
    bar = soup(coverage()).select_one("svg.iv-bar")
    assert bar is not None
    assert bar["aria-label"] == "78 no 100 izmērīti."


def test_no_drawing_carries_a_style_or_a_script_or_a_link_that_only_a_mouse_finds() -> None:
    for chart in every_chart(illustrative=True):
        drawn = soup(chart)
        assert not drawn.select("[style], style, script, svg[role=img] a, [onclick]")


def test_ids_differ_between_charts_and_widths() -> None:
    page = soup("".join(str(chart) for chart in every_chart()))
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids)) == 24


def test_a_missing_value_breaks_the_line_is_shaded_and_marked() -> None:
    drawn = soup(line([Value(17), Value(16), MISSING, Value(15), Value(14)])).select('[data-w="wide"]')[0]
    assert len(drawn.select("polyline.now")) == 2
    assert len(drawn.select(".gapband")) == len(drawn.select(".gapmark")) == 1
    assert len(drawn.select("circle.dot")) == 4
    assert "trūkst" in drawn.get_text("|").split("|")


def test_each_state_gets_its_own_mark_in_the_drawing_and_the_legend() -> None:
    states = [one for one in State if one is not State.MEASURED]
    drawn = soup(line([Value(1), *(Value(state=one) for one in states), Value(2)]))
    wide = drawn.select('[data-w="wide"]')[0]
    assert len({str(one.decode_contents()) for one in wide.select(".gapmark")}) == 4
    assert [one["data-state"] for one in drawn.select("ul .iv-state")] == ["missing", "na", "notasked", "unreadable"]


def test_a_gap_of_the_period_before_is_not_bridged_and_a_lone_point_is_seen() -> None:
    was = charts.Series("2024", (Value(5), MISSING, Value(6), Value(7)))
    drawn = soup(line([Value(1)] * 4, was=was)).select('[data-w="wide"]')[0]
    assert len(drawn.select("polyline.was")) == 1
    assert len(drawn.select(".wasdot")) == 1
    assert not drawn.select(".gapband")


def test_zero_is_drawn_as_a_value() -> None:
    drawn = soup(line([Value(0), Value(0)])).select('[data-w="wide"]')[0]
    base = drawn.select_one("line.axis")
    assert base is not None
    assert {one["cy"] for one in drawn.select("circle.dot")} == {base["y1"]}


def test_a_chart_without_any_measured_value_still_draws_its_axis_and_gaps() -> None:
    drawn = soup(line([MISSING, MISSING], was=charts.Series("2024", (MISSING, MISSING))))
    assert len(drawn.select('[data-w="wide"] .gapmark')) == 2
    assert not drawn.select("polyline, circle.dot")


def test_series_of_another_length_and_more_than_five_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        line([Value(1)], was=charts.Series("2024", (Value(1), Value(2))))
    more = tuple(charts.Series(f"s{number}", (Value(1),)) for number in range(5))
    with pytest.raises(ValueError, match="small multiples"):
        line([Value(1)], more=more)
    assert (
        len(
            soup(
                line([Value(1), Value(2)], more=tuple(charts.Series(f"s{n}", (Value(1), Value(n))) for n in range(4)))
            ).select("li")
        )
        == 5
    )


def test_the_end_labels_do_not_lie_on_one_another() -> None:
    was = charts.Series("2024", (Value(12), Value(12)))
    drawn = soup(line([Value(12), Value(12)], was=was)).select('[data-w="wide"]')[0]
    labels = {
        text.get_text(): float(str(text["y"]))
        for text in drawn.select("text")
        if re.match(r"20\d\d: ", text.get_text())
    }
    assert set(labels) == {"2025: 12", "2024: 12"}
    assert abs(labels["2025: 12"] - labels["2024: 12"]) >= 16


def test_a_promise_is_a_dotted_line_with_its_name() -> None:
    drawn = soup(line([Value(14)], reference=charts.Reference("solītais termiņš", 22)))
    wide = drawn.select('[data-w="wide"]')[0]
    assert len(wide.select("line.ref")) == 1
    assert "solītais termiņš 22" in wide.get_text("|").split("|")


@given(
    st.lists(st.floats(min_value=-1e9, max_value=1e9).map(lambda value: round(value, 3)), max_size=8),
)
def test_a_scale_holds_zero_and_all_values_in_at_most_five_steps(values: list[float]) -> None:
    scale = svg.scale(values, 300, 20)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= svg.MOST_GRIDLINES + 1
    unseen = scale.step * 1e-6
    assert scale.low - unseen <= min([0, *values]) <= max([0, *values]) <= scale.high + unseen
    assert any(abs(tick) <= scale.step * 1e-6 for tick in ticks)
    assert scale.at(scale.low) == pytest.approx(300)
    assert scale.at(scale.high) == pytest.approx(20)
    assert len({scale.label(tick) for tick in ticks}) == len(ticks)


def test_percentages_end_at_a_hundred() -> None:
    assert svg.scale([86.4, 98], 300, 20, most=100).high == 100
    assert svg.scale([120], 300, 20, most=100).high > 100


@given(st.lists(st.floats(min_value=0, max_value=300), max_size=6))
def test_labels_are_moved_apart_and_keep_their_order(wanted: list[float]) -> None:
    placed = svg.apart(wanted, 16)
    in_order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    gaps = [placed[b] - placed[a] for a, b in itertools.pairwise(in_order)]
    assert all(gap >= 16 - 1e-9 for gap in gaps)


def test_long_labels_wrap_and_lose_no_word() -> None:
    name = "Valsts sociālās apdrošināšanas aģentūra un Nodarbinātības valsts aģentūra"
    lines = svg.wrapped(name, 200)
    assert " ".join(lines) == name
    assert all(svg.width_of(one) <= 200 for one in lines)


def test_bars_begin_at_zero_and_a_missing_one_is_marked_not_drawn() -> None:
    drawn = soup(bars()).select('[data-w="wide"]')[0]
    axis = drawn.select_one("line.axis")
    assert axis is not None
    assert [bar["x"] for bar in drawn.select("rect.f1")] == [axis["x1"]]
    assert len(drawn.select(".gapmark")) == 1
    assert len(drawn.select("line.was")) == 1
    assert soup(bars()).select("ul.iv-legend li")[1].get_text() == "2024"


def test_intervals_draw_a_dot_with_its_whisker_and_a_mark_where_nothing_was_measured() -> None:
    drawn = soup(intervals(reference=charts.Reference("nav starpības", 0))).select('[data-w="wide"]')[0]
    dot, whisker = drawn.select_one("circle.dot-full"), drawn.select_one("line.whisker")
    assert dot is not None
    assert whisker is not None
    assert float(str(whisker["x1"])) < float(str(dot["cx"])) < float(str(whisker["x2"]))
    assert len(drawn.select(".gapmark")) == 1
    ends = [row["low"]["state"] for row in intervals().table().document()["rows"]]
    assert ends == ["measured", "missing"]


def test_parts_fill_the_bar_and_nothing_takes_no_room() -> None:
    bar = soup(coverage()).select("svg.iv-bar rect")
    assert [one["class"] for one in bar] == [["f1"], ["f-none"]]
    assert float(str(bar[0]["width"])) == pytest.approx((1000 - 4) * 0.78, abs=0.1)
    items = [" ".join(item.get_text(" ").split()) for item in soup(coverage()).select("li")]
    assert items == ["78 pilnībā", "0 daļēji", "22 nemaz", "100 kopā"]
    with pytest.raises(ValueError, match="fill"):
        charts.PartOf("x", 1, "red")


def test_the_small_bar_of_a_cell_says_its_parts() -> None:
    bar = charts.CoverageBar(17, 5, 2, href="/24")
    shown = soup(bar)
    assert shown.get_text(" ").split() == ["17", "no", "24"]
    assert shown.select("svg")[0]["aria-label"] == bar.plain() == "pilnībā 17, daļēji 5, nemaz 2"
    assert not soup(charts.CoverageBar(0, 0, 0)).select("rect")


def test_drawing_table_csv_and_json_hold_the_same_values() -> None:
    was = charts.Series("2024", (Value(state=State.NOT_ASKED), Value(18)))
    beside = charts.Series("Lietas", (Value(1602), Value(1498)))
    chart = line([Value(17, href="/a"), MISSING], was=was, beside=(beside,), reference=charts.Reference("termiņš", 22))
    assert list(chart.table().csv_rows()) == [
        ["p0", "", "not_asked", 17, "measured", 1602, "measured", "nē"],
        ["p1", 18, "measured", "", "missing", 1498, "measured", "nē"],
    ]
    document = json.loads(downloads.json(chart).content)
    assert [series["role"] for series in document["series"]] == ["now", "before", "beside"]
    assert document["series"][0]["points"][0] == {
        "at": "p0",
        "value": 17,
        "state": "measured",
        "illustrative": False,
        "list": "/a",
    }
    assert document["series"][0]["points"][1]["value"] is None
    assert document["reference"] == {"name": "termiņš", "value": 22}


def test_months_that_may_still_change_are_shaded_and_the_legend_says_so() -> None:
    months: dict[str, Any] = {
        "code": "t", "title": "Laiks", "finding": "Nemainās.", "unit": "dienas", "axis": "Mēnesis",
        "ticks": ("jan.", "feb.", "marts"), "now": charts.Series("tagad", (Value(1), Value(2), Value(3))),
    }  # fmt: skip
    open_months = charts.Turning(**months, provisional=2, provisional_says="vēl var mainīties")
    keys = [key.get_text() for key in soup(open_months).select(".iv-legend li")]
    assert keys == ["tagad", "vēl var mainīties"]
    assert "gapband" not in str(charts.Turning(**months))


def test_what_is_illustrative_says_so_in_drawing_table_csv_and_json() -> None:
    for chart in every_chart(illustrative=True):
        assert "Ilustratīvi dati" in str(chart)
        assert all(row[-1] == "jā" for row in chart.table().csv_rows())
        assert chart.table().illustrative
        assert chart.document()["illustrative"] is True
        assert "Ilustratīvs" in str(figures.Figure("F", "kas", chart))
    for chart in every_chart():
        assert "lustratīv" not in str(chart)
        assert not any(row[-1] == "jā" for row in chart.table().csv_rows())


def test_a_document_speaks_the_language_of_the_answer() -> None:
    for chart in every_chart():
        with translation.override("en"):
            document = chart.document()
        assert document["language"] == "en"
        assert json.dumps(document, default=str)


def test_a_figure_puts_chart_and_table_side_by_side_with_its_ways_out() -> None:
    how = HowComputed("darbdienas", "16 763 lietas", "412 lietas", "11 no 12", "2. izdevums")
    figure = figures.Figure(
        "Laiks", "Mediāna", line([Value(1)]), csv="/c", json="/j", behind=Link("Lietas", "/l"), how=how
    )
    shown = soup(figure)
    assert shown.select(".iv-figgrid svg")
    assert shown.select(".iv-figgrid table")
    assert [link["href"] for link in shown.select(".iv-figfoot > a")] == ["/c", "/j", "/l"]
    assert [term.get_text() for term in shown.select("dt")] == [
        "Skaitītājs",
        "Saucējs",
        "Neieskaita",
        "Segums",
        "Izdevums",
    ]
    assert not soup(figures.Figure("Segums", "x", coverage(), alone=True)).select("table")
    assert not soup(figures.Figure("Starpības", "x", intervals())).select(".iv-figgrid")
