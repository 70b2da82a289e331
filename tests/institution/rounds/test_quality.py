"""The rules on figures, each with a case it must doubt and the nearest case it must leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.rounds import quality
from ietvars.institution.rounds.asking import Key, Pair
from ietvars.institution.rounds.quality import Facts, Promise, Severity
from ietvars.institution.rounds.typed import Figure

REQUESTS = Key("requests", "request")
ONLINE, POST, PHONE = (Key("requests", "request", channel) for channel in ("online", "post", "phone"))
CLOSED, ON_TIME, RATING = Key("closed"), Key("closed_on_time"), Key("satisfaction")
MIDDLE, LONGEST = Key("time_to_result_median"), Key("time_to_result_p90")
PAIRS = (Pair(ON_TIME, CLOSED),)


def figure(said: Any) -> Figure:
    """A number, a state, or a figure as it is."""
    if isinstance(said, Figure):
        return said
    return Figure(said) if isinstance(said, str) else Figure("measured", Decimal(str(said)))


def cells(said: Mapping[Key, Any]) -> dict[Key, Figure]:
    return {key: figure(one) for key, one in said.items()}


def facts(said: Mapping[Key, Any], *earlier: Mapping[Key, Any], **more: Any) -> Facts:
    plain = {"has_promise": True, "pairs": PAIRS, "whole": frozenset({"requests", "closed", "closed_on_time"})}
    return Facts(cells(said), [cells(one) for one in earlier], **{**plain, **more})


def rating(number: str, n: int | None = 200, scale: str = "1-10") -> Figure:
    return Figure("measured", Decimal(number), n=n, scale=scale)


OFFERS = {"offered": {"request": frozenset({"online", "post"})}}
NOT_ONLINE = {"offered": {"request": frozenset({"post"})}}
NOT_ALL: dict[str, Any] = {"promises": [Promise("s-1", Decimal(9), Decimal(8))]}
DENIED: dict[str, Any] = {"promises": [Promise("s-1", Decimal(5), Decimal(10), Decimal(1), ("performance-differs",))]}
LATE: dict[str, Any] = {"promises": [Promise("s-1", Decimal(5), Decimal(10))]}
STEADY = [Decimal(50)] * 12
CLEANED = [*[Decimal(10)] * 11, Decimal(900)]

# code                          doubted                                                     left alone
TABLE: tuple[tuple[str, Facts, Facts], ...] = (
    ("unreadable", facts({CLOSED: Figure("unreadable", raw="~17")}), facts({CLOSED: "missing"})),
    ("below-zero", facts({CLOSED: -1}), facts({CLOSED: 0})),
    ("decimals-in-count", facts({CLOSED: Decimal("12.5")}), facts({Key("cost_total"): Decimal("12.5")})),
    (
        "not-applicable-without-reason",
        facts({CLOSED: "not_applicable"}, is_entry=True),
        facts({CLOSED: Figure("not_applicable", note="nav")}, is_entry=True),
    ),
    ("share-over-whole", facts({ON_TIME: 11, CLOSED: 10}), facts({ON_TIME: 10, CLOSED: 10})),
    ("share-over-whole", facts({}, **NOT_ALL), facts({}, **LATE)),
    ("total-below-part", facts({REQUESTS: 9, ONLINE: 10}), facts({REQUESTS: 10, ONLINE: 10})),
    ("off-its-scale", facts({RATING: rating("84")}), facts({RATING: rating("8.4")})),
    ("off-its-scale", facts({RATING: rating("5.1", scale="1-5")}), facts({RATING: rating("5", scale="1-5")})),
    ("mean-without-n-or-scale", facts({RATING: rating("8", n=None)}), facts({RATING: rating("8")})),
    ("mean-without-n-or-scale", facts({RATING: rating("8", scale="")}), facts({RATING: "missing"})),
    ("longest-below-middle", facts({MIDDLE: 10, LONGEST: 9}), facts({MIDDLE: 10, LONGEST: 10})),
    ("standard-contradicts-itself", facts({}, **DENIED), facts({}, **LATE)),
    ("volume-without-standard", facts({ONLINE: 10}, has_promise=False), facts({ONLINE: 0}, has_promise=False)),
    ("standard-without-volume", facts({REQUESTS: 0, CLOSED: 10}), facts({REQUESTS: "missing", CLOSED: 10})),
    ("same-four-periods", facts(*[{REQUESTS: 4321}] * 4), facts(*[{REQUESTS: 4321}] * 3, {REQUESTS: 4322})),
    ("same-four-periods", facts(*[{REQUESTS: 20}] * 4), facts(*[{REQUESTS: 19}] * 4)),
    ("extreme-change", facts({REQUESTS: 10000}, {REQUESTS: 1000}), facts({REQUESTS: 9999}, {REQUESTS: 1000})),
    ("extreme-change", facts({REQUESTS: 50}, {REQUESTS: 500}), facts({REQUESTS: 4}, {REQUESTS: 499})),
    ("zero-after-many", facts({REQUESTS: 0}, {REQUESTS: 100}), facts({REQUESTS: "missing"}, {REQUESTS: 100})),
    ("online-without-channel", facts({ONLINE: 1}, **NOT_ONLINE), facts({ONLINE: 1}, **OFFERS)),
    (
        "offered-but-not-applicable",
        facts({POST: "not_applicable"}, **OFFERS),
        facts({PHONE: "not_applicable"}, **OFFERS),
    ),
    (
        "parts-differ-from-total",
        facts({REQUESTS: 20, ONLINE: 10, POST: 5}, **OFFERS),
        facts({REQUESTS: 15, ONLINE: 10, POST: 5}, **OFFERS),
    ),
    (
        "parts-differ-from-total",
        facts({REQUESTS: 20, ONLINE: 10, POST: 5}, **OFFERS),
        facts({REQUESTS: 20, ONLINE: 10, POST: "missing"}, **OFFERS),
    ),
    ("same-in-every-channel", facts({ONLINE: 70, POST: 70, PHONE: 70}), facts({ONLINE: 70, POST: 70, PHONE: 71})),
    ("few-answers", facts({RATING: rating("8", n=29)}), facts({RATING: rating("8", n=30)})),
    (
        "answers-above-cases",
        facts({RATING: rating("8", n=60), REQUESTS: 59}),
        facts({RATING: rating("8", n=60), REQUESTS: 60}),
    ),
    (
        "bulk-closed",
        facts({CLOSED: 1010}, monthly={"closed": CLEANED}),
        facts({CLOSED: 600}, monthly={"closed": STEADY}),
    ),
    ("all-on-time", facts({ON_TIME: 1000, CLOSED: 1000}), facts({ON_TIME: 999, CLOSED: 1000})),
    ("round-numbers", facts({ONLINE: 1200, POST: 300, PHONE: 100}), facts({ONLINE: 1200, POST: 300, PHONE: 101})),
    ("no-volume", facts({ONLINE: "missing", POST: "not_asked"}), facts({ONLINE: "missing", POST: 0})),
)


@pytest.mark.parametrize(("code", "doubted", "fine"), TABLE, ids=[f"{at}-{row[0]}" for at, row in enumerate(TABLE)])
def test_each_rule_doubts_its_case_and_leaves_the_nearest_alone(code: str, doubted: Facts, fine: Facts) -> None:
    assert code in [one.code for one in quality.look(doubted)]
    assert code not in [one.code for one in quality.look(fine)]


def test_every_rule_is_tried_and_has_its_words_in_both_languages() -> None:
    assert {row[0] for row in TABLE} == {rule.code for rule in quality.RULES}
    assert len(quality.BY_CODE) == len(quality.RULES)
    for rule in quality.RULES:
        for texts in (rule.name, rule.says, rule.remedy):
            assert set(texts) == {"lv", "en"}
            assert all(texts.values())


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_sentence_names_its_numbers_and_every_remedy_says_what_to_do(language: str) -> None:
    for _code, doubted, _fine in TABLE:
        for one in quality.look(doubted):
            assert "%(" not in one.sentence(language)
            assert "%%" not in one.sentence(language)
            assert one.remedy(language).endswith(".")


def test_a_clean_service_is_left_in_peace() -> None:
    year = {
        REQUESTS: 1000,
        ONLINE: 700,
        POST: 300,
        CLOSED: 980,
        ON_TIME: 940,
        RATING: rating("8.2"),
        MIDDLE: 5,
        LONGEST: 9,
    }
    before = {REQUESTS: 1100, ONLINE: 750, POST: 350, CLOSED: 1090, ON_TIME: 1000, RATING: rating("8.1")}
    assert quality.look(facts(year, before, **OFFERS)) == ()


def test_a_reason_beside_the_figure_answers_a_warning_and_never_an_error() -> None:
    explained = facts({REQUESTS: Figure("measured", Decimal(10000), note="Jauns pabalsts")}, {REQUESTS: 1000})
    found = quality.look(explained)
    assert [one.code for one in found] == ["extreme-change"]
    assert quality.unexplained(found, explained.cells) == ()
    silent = facts({REQUESTS: 10000}, {REQUESTS: 1000})
    assert len(quality.unexplained(quality.look(silent), silent.cells)) == 1
    grave = quality.look(facts({REQUESTS: Figure("measured", Decimal(-1), note="tā bija")}))
    assert [one.severity for one in grave] == [Severity.ERROR]


NUMBERS = st.one_of(
    st.sampled_from(["missing", "not_applicable", "not_asked"]),
    st.decimals(min_value=-10, max_value=10**7, allow_nan=False, places=1),
)
KEYS = st.sampled_from([REQUESTS, ONLINE, POST, PHONE, CLOSED, ON_TIME, MIDDLE, LONGEST])


@given(st.dictionaries(KEYS, NUMBERS, max_size=8), st.lists(st.dictionaries(KEYS, NUMBERS, max_size=8), max_size=3))
def test_no_figures_make_a_rule_stumble(now: Any, earlier: Any) -> None:
    for one in quality.look(facts(now, *earlier, **OFFERS)):
        assert one.sentence("lv")
        assert one.key in cells(now) or one.key.quantity in ("requests", "standard", "closed", "results")
