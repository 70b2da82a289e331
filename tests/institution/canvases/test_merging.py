"""The three-way comparison: nothing of the owner's is ever lost, and wording alone never reopens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import merging
from ietvars.institution.canvases.merging import Class, Standing
from ietvars.institution.canvases.rules import Also, Level, Part
from tests.world import texts

OLD = (
    Part(path="title", level=Level.NON_WAIVABLE),
    Part(path="appeal", level=Level.MANDATORY, text=texts("Mēneša laikā var apstrīdēt."), source=texts("Likums")),
    Part(path="term", level=Level.MANDATORY, text={"immediate": False, "days": 10}),
)


def _with(path: str, **said: Any) -> tuple[Part, ...]:
    return tuple(replace(part, **said) if part.path == path else part for part in OLD)


def _one(new: tuple[Part, ...], mine: dict[str, Any] | None = None) -> merging.Change:
    (change,) = merging.compare(OLD, new, mine if mine is not None else merging.laid_into(OLD, {}))
    return change


def test_the_same_canvas_changes_nothing() -> None:
    assert merging.compare(OLD, OLD, {}) == ()


def test_another_wording_is_open_to_take_and_reopens_nothing() -> None:
    change = _one(_with("appeal", text=texts("Viena mēneša laikā varat apstrīdēt.")))
    assert (change.of_class, change.standing) == (Class.WORDING, Standing.OPEN)
    assert not merging.reopens([change])


def test_help_alone_is_wording() -> None:
    change = _one(_with("title", help=texts("Sauciet to vārdā.")))
    assert (change.of_class, change.standing) == (Class.WORDING, Standing.UNCHANGED)


def test_another_level_is_a_requirement_and_reopens() -> None:
    assert _one(_with("term", level=Level.NON_WAIVABLE)).of_class is Class.REQUIREMENT
    assert _one(_with("term", also=(Also("fees-have-amounts", Level.MANDATORY),))).of_class is Class.REQUIREMENT


def test_another_source_is_legal_and_reopens() -> None:
    change = _one(_with("appeal", source=texts("Jaunais likums")))
    assert change.of_class is Class.LEGAL
    assert merging.reopens([change])


def test_a_fact_in_the_common_content_is_a_requirement() -> None:
    assert _one(_with("term", text={"immediate": False, "days": 7})).of_class is Class.REQUIREMENT


def test_a_new_binding_part_reopens_and_a_new_hint_does_not() -> None:
    assert _one((*OLD, Part(path="outputs", level=Level.MANDATORY))).of_class is Class.REQUIREMENT
    assert _one((*OLD, Part(path="outputs", level=Level.DESIRABLE))).of_class is Class.WORDING


def test_what_the_owner_wrote_is_replaced_only_by_name() -> None:
    mine = {"appeal": texts("Rakstiet mums.")}
    new = _with("appeal", text=texts("Viena mēneša laikā varat apstrīdēt."))
    changes = merging.compare(OLD, new, mine)
    assert changes[0].standing is Standing.CONFLICT
    assert merging.take(mine, changes)["appeal"] == texts("Rakstiet mums.")
    assert merging.take(mine, changes, {"appeal"})["appeal"] == texts("Viena mēneša laikā varat apstrīdēt.")


def test_content_that_goes_is_not_taken_from_the_owner() -> None:
    mine = merging.laid_into(OLD, {})
    changes = merging.compare(OLD, _with("appeal", text=None), mine)
    assert "appeal" in merging.take(mine, changes)


# Properties over random canvases and owners

LEVELS = st.sampled_from(list(Level))
TEXTS = st.one_of(st.none(), st.builds(texts, st.sampled_from(["viens", "divi", "trīs", "četri"])))
TEXT_PATHS = ("title", "summary", "receives", "appeal", "apply_within", "stages.request.text", "stages.receipt.text")
PART = st.builds(
    Part,
    path=st.sampled_from(TEXT_PATHS),
    level=LEVELS,
    source=st.sampled_from([texts("Likums"), texts("Plāns")]),
    help=st.sampled_from([texts("Rakstiet īsi."), texts("Rakstiet skaidri.")]),
    text=TEXTS,
)
CANVAS = st.lists(PART, max_size=7, unique_by=lambda part: part.path).map(tuple)
MINE = st.dictionaries(st.sampled_from(TEXT_PATHS), st.builds(texts, st.sampled_from(["mans", "viens", "divi"])))


@given(CANVAS, CANVAS, MINE)
def test_taking_all_never_loses_what_the_owner_wrote(old: tuple[Part, ...], new: tuple[Part, ...], mine: Any) -> None:
    common = {part.path: part.text for part in old}
    own = {path for path, said in mine.items() if not descriptions.same(said, common.get(path))}
    taken = merging.take(mine, merging.compare(old, new, mine))
    assert {path: taken.get(path) for path in own} == {path: mine[path] for path in own}


@given(CANVAS, CANVAS, MINE, st.sets(st.sampled_from(TEXT_PATHS)))
def test_taking_some_changes_only_what_is_named(
    old: tuple[Part, ...], new: tuple[Part, ...], mine: Any, named: set[str]
) -> None:
    taken = merging.take(mine, merging.compare(old, new, mine), named)
    assert set(descriptions.changed(mine, taken)) <= named


@given(CANVAS, CANVAS, MINE)
def test_after_taking_all_there_is_nothing_open(old: tuple[Part, ...], new: tuple[Part, ...], mine: Any) -> None:
    taken = merging.take(mine, merging.compare(old, new, mine))
    again = merging.compare(old, new, taken)
    assert [change.path for change in again if change.standing is Standing.OPEN] == []


@given(CANVAS, CANVAS, MINE)
def test_every_difference_of_content_is_shown(old: tuple[Part, ...], new: tuple[Part, ...], mine: Any) -> None:
    before, after = ({part.path: part.text for part in canvas} for canvas in (old, new))
    shown = {change.path for change in merging.compare(old, new, mine)}
    assert {path for path in TEXT_PATHS if not descriptions.same(before.get(path), after.get(path))} <= shown


@given(CANVAS, st.data(), MINE)
def test_wording_alone_never_reopens(old: tuple[Part, ...], data: st.DataObject, mine: Any) -> None:
    new = tuple(
        replace(
            part,
            help=data.draw(st.just(texts("Citi vārdi."))),
            example=texts("Piemērs."),
            text=data.draw(TEXTS) if part.text is not None and part.path != "apply_within" else part.text,
        )
        for part in old
    )
    assert not merging.reopens(merging.compare(old, new, mine))


@given(CANVAS, MINE)
def test_laying_into_a_canvas_keeps_all_that_is_said(canvas: tuple[Part, ...], mine: Any) -> None:
    laid = merging.laid_into(canvas, mine)
    assert {path: laid[path] for path in mine} == mine
