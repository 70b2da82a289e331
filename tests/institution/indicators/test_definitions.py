"""The definition language: what it reads, and how it names the place of every slip."""

import copy
import itertools
from pathlib import Path
from typing import Any

import pytest

from ietvars.ground.errors import Refusal
from ietvars.institution.indicators import definitions, errors, expressions, queries, rules
from ietvars.institution.measurements.values import State

SHIPPED = [*sorted(Path(definitions.__file__).parents[2].rglob("indicators*.toml")), queries.NATIONAL]

PLAIN: dict[str, Any] = {
    "code": "demand",
    "version": 1,
    "register": "trial",
    "name": {"lv": "Pieprasījumi", "en": "Requests"},
    "source": {"en": "A trial"},
    "valid_from": "2020-01-01",
    "unit": "requests",
    "kind": "count",
    "direction": "none",
    "aggregation": "sum",
    "value": {"sum": "requests"},
}
SHARE = {
    **{word: part for word, part in PLAIN.items() if word != "value"},
    "kind": "share",
    "aggregation": "pooled",
    "numerator": {"sum": "requests", "channels": ["online"]},
    "denominator": {"sum": "requests", "channels": "all"},
}


def made(**said: Any) -> definitions.Indicator:
    return definitions.indicator(PLAIN | said)


def test_a_definition_is_read_into_its_parts() -> None:
    found = made(
        population={"field": "scope", "contains": ["A", "state:missing"]},
        value={"sum": "requests", "channels": ["online", "post"], "except": ["post"], "each": True},
        by=["channel"],
        floor={"absolute": 2},
    )
    assert found.population == expressions.Contains(
        "scope", expressions.Among(frozenset({"a"}), frozenset({State.MISSING}))
    )
    assert found.value == expressions.Sum("requests", ("online", "post"), but=frozenset({"post"}), each=True)
    assert found.floor is not None
    assert found.floor.absolute == 2.0
    assert found.mark == "demand v1"


def test_a_definition_kept_as_json_reads_the_same_again() -> None:
    for register in map(_read, SHIPPED):
        for each in register.indicators:
            again = definitions.indicator(rules.plain(each.spec))
            assert {**vars(again), "spec": 0} == {**vars(each), "spec": 0}


def _read(path: Path) -> definitions.Register:
    return definitions.read(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_register_is_read_and_speaks_both_languages(path: Path) -> None:
    register = _read(path)
    assert register.indicators
    for each in register.indicators:
        for words in (each.name, each.purpose, each.source, *(named.text for named in each.alternatives)):
            assert words.keys() == {"lv", "en"}, each.mark


def test_the_national_set_holds_what_every_service_is_measured_by() -> None:
    assert list(dict.fromkeys(each.code for each in queries.shipped().indicators)) == [
        "demand",
        "cases",
        "throughput",
        "backlog",
        "digital-share",
        "digital-share-receipt",
        "channel-mix",
        "completion",
        "time-median",
        "time-p90",
        "on-time",
        "cost-per-case",
        "satisfaction",
        "failure-demand",
        "first-contact",
        "once-only-debt",
        "contest-rate",
        "overturned-share",
        "case-completion",
        "drop-off",
        "processing-time",
        "person-wait",
        "person-wait-share",
        "repeat-share",
        "availability",
        "description-health",
    ]


def test_no_code_is_defined_by_two_shipped_registers() -> None:
    for one, other in itertools.combinations(map(_read, SHIPPED), 2):
        assert not {each.code for each in one.indicators} & {each.code for each in other.indicators}


REFUSED: list[tuple[str, dict[str, Any], type[Refusal], str]] = [
    ("an unknown word", {"populaton": {}}, errors.UnknownWord, "populaton"),
    ("an unknown kind", {"kind": "shares"}, errors.UnknownWord, "demand.kind"),
    ("an unknown direction", {"direction": "up"}, errors.UnknownWord, "down_is_better"),
    ("the best member as a rule", {"aggregation": "best"}, errors.UnknownWord, "weakest"),
    ("a version of nought", {"version": 0}, errors.WrongShape, "demand.version"),
    ("a day that is none", {"valid_from": "2020-02-30"}, errors.WrongShape, "demand.valid_from"),
    ("a name without a language", {"name": "Requests"}, errors.WrongShape, "demand.name"),
    ("no unit", {"unit": ""}, errors.WrongShape, "demand.unit"),
    ("a count without a value", {"value": None}, errors.WrongShape, "demand.value"),
    ("a count that divides", {"numerator": 1}, errors.UnknownWord, "numerator"),
    ("a share without a denominator", {"kind": "share", "numerator": 1}, errors.DefinitionPartMissing, "denominator"),
    ("a pooled count", {"aggregation": "pooled"}, errors.AggregationDoesNotFit, "pooled"),
    ("a slice of nothing", {"by": ["channel"]}, errors.NothingToSlice, "demand"),
    ("a slice that nobody asks for", {"value": {"sum": "a", "each": True}}, errors.NothingToSlice, "demand"),
    ("slices by an unknown axis", {"by": ["body"]}, errors.UnknownWord, "stage"),
    ("a floor below nought", {"floor": {"relative": -1}}, errors.NotAFloor, "-1"),
    ("an unknown amount", {"value": {"add": "requests"}}, errors.WrongShape, "count_of"),
    ("two amounts in one", {"value": {"sum": "a", "take": "b"}}, errors.WrongShape, "demand.value"),
    ("a sum over no channels", {"value": {"sum": "a", "channels": []}}, errors.WrongShape, "channels"),
    (
        "a choice among listed channels",
        {"value": {"sum": "a", "channels": ["x"], "among": ["x"]}},
        errors.WrongShape,
        "among",
    ),
    ("a scale of one end", {"value": {"take": "a", "rescale": [1]}}, errors.WrongShape, "rescale"),
    ("a difference of one", {"value": {"minus": [1]}}, errors.WrongShape, "minus"),
    ("a number that is true", {"value": True}, errors.WrongShape, "demand.value"),
    ("a number without end", {"value": float("inf")}, errors.WrongShape, "demand.value"),
    ("a condition of two minds", {"population": {"all": [], "any": []}}, errors.WrongShape, "demand.population"),
    ("an empty condition", {"population": {"all": []}}, errors.WrongShape, "demand.population.all"),
    ("a condition that asks nothing", {"population": {"field": "a"}}, errors.WrongShape, "contains"),
    ("an unknown state", {"population": {"field": "a", "state": "absent"}}, errors.UnknownWord, "not_asked"),
    ("an unknown state in a set", {"population": {"field": "a", "is": ["state:nil"]}}, errors.UnknownWord, "nil"),
    ("no fields at all", {"population": {"each": [], "is": ["Y"]}}, errors.WrongShape, "demand.population.each"),
    ("a limit without a number", {"population": {"amount": 1}}, errors.WrongShape, "at_least"),
    ("an equation of three", {"population": {"equal": [1, 2, 3]}}, errors.WrongShape, "demand.population.equal"),
    ("a deep slip", {"population": {"any": [{"not": {"field": "a", "has": "b"}}]}}, errors.UnknownWord, "any[1].not"),
    ("an exclusion without words", {"exclusion": [{"code": "a", "when": {}}]}, errors.DefinitionPartMissing, "text"),
]


@pytest.mark.parametrize(
    ("said", "refusal", "place"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_is_refused_with_its_place(said: dict[str, Any], refusal: type[Refusal], place: str) -> None:
    with pytest.raises(refusal) as refused:
        made(**said)
    assert place in str(refused.value)


@pytest.mark.parametrize("part", ["code", "version", "name", "source", "valid_from", "unit", "kind", "direction"])
def test_a_definition_without_a_part_that_it_needs_is_refused(part: str) -> None:
    spec = copy.deepcopy(PLAIN)
    del spec[part]
    with pytest.raises(errors.DefinitionPartMissing):
        definitions.indicator(spec)


def test_a_register_that_is_no_toml_is_refused() -> None:
    with pytest.raises(errors.NotToml):
        definitions.read("register = ")


def test_a_register_with_one_version_twice_is_refused() -> None:
    spec = {word: part for word, part in PLAIN.items() if word != "register"}
    with pytest.raises(errors.DefinedTwice):
        definitions.register({"register": "trial", "indicator": [spec, spec]})


def test_a_list_has_a_name_and_an_unknown_name_is_refused() -> None:
    spec = {word: part for word, part in PLAIN.items() if word != "register"}
    document: dict[str, Any] = {
        "register": "trial",
        "sources": ["there"],
        "lists": {"paper": ["post", "in-person"]},
        "indicator": [spec | {"value": {"sum": "requests", "channels": "@paper"}}],
    }
    (found,) = definitions.register(document).indicators
    assert found.value == expressions.Sum("requests", ("post", "in-person"))
    assert found.sources == {"there"}
    document["lists"] = {}
    with pytest.raises(errors.UnknownWord, match="@paper"):
        definitions.register(document)


def test_words_do_not_change_what_a_definition_means() -> None:
    other = {**SHARE, "name": {"en": "Other"}, "source": {"en": "Elsewhere"}}
    assert rules.meaning(SHARE) == rules.meaning(other)
    assert rules.meaning(SHARE) != rules.meaning({**SHARE, "numerator": {"sum": "requests", "channels": ["post"]}})
