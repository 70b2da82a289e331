"""The plan of a reorganisation as a value: what can be read, what cannot be, what follows from it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.bodies import errors, plans, rules
from ietvars.ground.bodies.plans import NEXT, STAYS, Gathering, Item, Kind, Known, Plan, State
from ietvars.ground.people.rules import SYSTEM, Actor, Role

ON = date(2026, 11, 1)
DOCUMENT = {"kind": "split", "on": "2026-11-01", "predecessors": ["a"], "successors": ["b", "c"]}


def test_a_plan_reads_what_it_wrote() -> None:
    document = {
        **DOCUMENT,
        "document": {"lv": "MK rīkojums"},
        "new": [{"code": "c", "name": {"lv": "C"}, "parent": "a"}],
        "assign": {"service": {"x": "b", "*": "c"}},
    }
    plan = plans.read(document)
    assert plans.read(plan.document_of()) == plan
    assert plan.new[0].parent == "a"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "swallowed"}, "swallowed"),
        ({"on": "yesterday"}, "yesterday"),
        ({"on": None}, "None"),
        ({"predecessors": "a"}, "no list of codes"),
        ({"successors": [1]}, "no list of codes"),
        ({"name": "C"}, "no text by languages"),
        ({"new": [{"code": "c"}]}, "name is missing"),
        ({"assign": {"service": ["x"]}}, "items"),
        ({"successor": ["b"]}, "successor is not known"),
    ],
)
def test_what_cannot_be_read_is_named(changed: dict[str, object], why: str) -> None:
    with pytest.raises(errors.BrokenPlan) as refused:
        plans.read({**DOCUMENT, **changed})
    assert why in str(refused.value)


def test_a_plan_without_its_day_is_named() -> None:
    with pytest.raises(errors.BrokenPlan, match="on is missing"):
        plans.read({key: value for key, value in DOCUMENT.items() if key != "on"})


NAMES = st.sampled_from(["kind", "on", "predecessors", "successors", "name", "new", "assign", "code"]) | st.text()
SIMPLE = st.none() | st.booleans() | st.integers() | st.text()


@given(
    st.dictionaries(
        NAMES,
        st.recursive(SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
        max_size=5,
    )
)
def test_no_document_breaks_the_reading(document: dict[str, object]) -> None:
    for tried in (document, {**DOCUMENT, **document}):
        try:
            plan = plans.read(tried)
        except errors.BrokenPlan:
            continue
        assert plans.read(plan.document_of()) == plan


@pytest.mark.parametrize(
    ("assigned", "key", "heir"),
    [
        ({}, "x", None),
        ({"service": {"x": "b"}}, "x", "b"),
        ({"service": {"*": "c"}}, "x", "c"),
        ({"service": {"x": "b", "*": "c"}}, "x", "b"),
        ({"service": {"x": "-"}}, "x", STAYS),
        ({"service": {"x": "elsewhere"}}, "x", None),
        ({"list": {"x": "b"}}, "x", None),
    ],
)
def test_a_thing_goes_where_it_is_assigned(assigned: dict[str, dict[str, str]], key: str, heir: str | None) -> None:
    assert Plan(Kind.SPLIT, ON, ("a",), ("b", "c"), assigned=assigned).heir("service", key) == heir


def test_with_one_successor_everything_goes_there_and_with_the_same_code_nothing_goes() -> None:
    assert Plan(Kind.MERGED, ON, ("a", "b"), ("c",)).heir("service", "x") == "c"
    assert Plan(Kind.RENAMED, ON, ("a",), ("a",)).heir("service", "x") == STAYS


@pytest.mark.parametrize(
    ("kind", "old", "new", "ending"),
    [
        (Kind.MERGED, ("a", "b"), ("c",), ("a", "b")),
        (Kind.MERGED, ("a", "b"), ("b",), ("a",)),
        (Kind.SPLIT, ("a",), ("b", "c"), ("a",)),
        (Kind.SPLIT, ("a",), ("a", "c"), ()),
        (Kind.RENAMED, ("a",), ("b",), ("a",)),
    ],
)
def test_who_is_his_own_successor_lives_on(
    kind: Kind, old: tuple[str, ...], new: tuple[str, ...], ending: tuple[str, ...]
) -> None:
    plan = Plan(kind, ON, old, new)
    plans.require_sound(plan, {code: Known(code) for code in "abc"})
    assert plan.ending == ending


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (Kind.MERGED, ("a",), ("b", "c")),
        (Kind.MERGED, ("a",), ("a",)),
        (Kind.SPLIT, ("a", "b"), ("c", "d")),
        (Kind.SPLIT, ("a",), ("b",)),
        (Kind.RENAMED, ("a", "b"), ("c",)),
    ],
)
def test_each_kind_has_its_numbers(kind: Kind, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    with pytest.raises(errors.NotThatMany):
        plans.require_sound(Plan(kind, ON, old, new), {code: Known(code) for code in "abcd"})


def test_a_body_that_ended_or_had_not_begun_takes_no_part() -> None:
    plan = Plan(Kind.MERGED, ON, ("a",), ("b",))
    with pytest.raises(errors.BodyHasEnded):
        plans.require_sound(plan, {"a": Known("a", until=date(2025, 1, 1)), "b": Known("b")})
    with pytest.raises(errors.BodyNotYet):
        plans.require_sound(plan, {"a": Known("a"), "b": Known("b", since=ON)})


def test_every_state_has_its_row_and_what_is_undone_is_over() -> None:
    assert set(NEXT) == set(State)
    assert NEXT[State.UNDONE] == NEXT[State.DROPPED] == frozenset()
    with pytest.raises(errors.NotThatStep):
        plans.require_next("planned", State.UNDONE)


def test_a_plan_is_not_applied_before_its_day() -> None:
    plan = Plan(Kind.MERGED, ON, ("a",), ("b",))
    plans.require_day(plan, ON)
    with pytest.raises(errors.TooEarly):
        plans.require_day(plan, date(2026, 10, 31))


def test_things_are_gathered_with_their_place() -> None:
    gathering = Gathering(Plan(Kind.SPLIT, ON, ("a",), ("b", "c"), assigned={"service": {"x": "b"}}))
    gathering.add("service", "x", {"lv": "X"}, "a")
    gathering.add("service", "y", {"lv": "Y"}, "a")
    gathering.along("draft", "x", {"lv": "X"}, "a", beside=("service", "x"))
    gathering.stays("list", "a/2026", {"lv": "L"}, "a", note="has-its-own")
    assert [item.new for item in gathering.items] == ["b", None, "b", STAYS]
    with pytest.raises(errors.Undecided) as refused:
        plans.require_decided(gathering.items)
    assert refused.value.facts == {"count": 1, "what": "service", "key": "Y"}
    assert plans.by_kind(gathering.items)["list"] == (
        Item("list", "a/2026", {"lv": "L"}, "a", STAYS, "has-its-own"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "reach", "may"),
    [
        (Role.OVERSEER, (), True),
        (Role.ADMINISTRATOR, (1, 2), True),
        (Role.ADMINISTRATOR, (1,), False),
        (Role.SERVICE_OWNER, (1, 2), False),
        (Role.COORDINATOR, (1, 2), False),
    ],
)
def test_overseers_reorganise_and_administrators_within_their_reach(
    role: Role,
    reach: tuple[int, ...],
    may: bool,
) -> None:
    actor = Actor(username="x", role=role, reach=frozenset(reach))
    if may:
        rules.require_reorganiser(actor, (1, 2))
    else:
        with pytest.raises(errors.NotYourReorganisation):
            rules.require_reorganiser(actor, (1, 2))
    rules.require_reorganiser(SYSTEM, (1, 2))
