"""Our validator against its oracle: on all fixtures, on real catalogues, on graphs made at random."""

from __future__ import annotations

import json
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rdflib.namespace import SH

from ietvars.doors.machines.feeds.cpsv_ap import parsing, rules, validating, validating_warnings, vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.limits import Limits
from ietvars.doors.machines.feeds.cpsv_ap.validating import Mode
from tests.doors.machines.feeds.cpsv_ap import oracle
from tests.doors.machines.feeds.cpsv_ap.oracle import Faults
from tests.machine import shared as shared_folder

LIMITS = Limits()
EXAMPLE = "https://ietvars.example/id/"
VALID = ("minimal-valid.ttl", "minimal-valid.jsonld", "full-valid.ttl", "framework-extension.ttl")


@pytest.fixture(scope="module", autouse=True)
def _letters() -> Iterator[None]:
    with oracle.as_written():
        yield


def fixtures() -> Path:
    return (shared_folder() or Path("nowhere")) / "standards/cpsv-ap/fixtures"


def cases() -> list[dict[str, Any]]:
    file = fixtures() / "expected.json"
    return json.loads(file.read_text(encoding="utf-8"))["cases"] if file.exists() else []


def judged(source: Path | bytes, form: parsing.Format | None = None) -> validating.Judgement:
    return validating.judge(validating.graph_of(parsing.quads(source, form, limits=LIMITS)))


def keys(judgement: validating.Judgement) -> dict[Mode, Faults]:
    """As the oracle gives them; blank nodes have no names that two programs would share."""
    return {
        mode: Counter(("_:" if focus.startswith("_:") else focus, path, what) for focus, path, what in map(_key, found))
        for mode, found in judgement.faults.items()
    }


def _key(fault: validating.Fault) -> tuple[str, str, str]:
    return fault.key


# ---- the facts --------------------------------------------------------------------------------------------------


def test_our_table_of_facts_asks_exactly_what_the_official_shapes_ask(shared: Path) -> None:
    official = rdflib.Graph().parse(shared / "standards/cpsv-ap/official/cpsv-ap-SHACL.ttl")
    asked: Counter[tuple[str, str, str, str]] = Counter()
    for shape, owner in official.subject_objects(SH.targetClass):
        for each in official.objects(shape, SH.property):
            path = str(official.value(each, SH.path))
            for what in (SH.minCount, SH.maxCount):
                for most in official.objects(each, what):
                    assert str(most) == "1"
                    asked[str(owner), path, what.fragment[0].upper() + what.fragment[1:], ""] += 1
            for what, name in ((SH.datatype, "Datatype"), (SH["class"], "Class")):
                for bound in official.objects(each, what):
                    asked[str(owner), path, name, str(bound)] += 1
    ours = Counter((rule.owner, rule.path, rule.constraint.value, rule.bound) for rule in rules.profile().rules)
    assert ours == asked
    assert sum(ours.values()) == 156


def test_our_subclasses_are_those_of_the_official_vocabulary(shared: Path) -> None:
    official = rdflib.Graph().parse(shared / "standards/cpsv-ap/official/cpsv-ap.ttl")
    told = {(str(low), str(high)) for low, high in official.subject_objects(rdflib.RDFS.subClassOf)}
    assert set(rules.profile().subclasses.items()) == told


def test_every_class_and_property_has_a_name_in_both_languages() -> None:
    profile = rules.profile()
    assert (profile.classes | profile.properties) - set(profile.names) == set()
    assert all(name.lv and name.en for name in profile.names.values())


# ---- fixtures and catalogues ------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("case", cases(), ids=lambda case: Path(case["file"]).stem)
def test_each_faulty_file_has_exactly_its_faults_in_both_judgements(case: dict[str, Any]) -> None:
    found = keys(judged(fixtures() / case["file"]))
    for mode in Mode:
        expected = Counter(
            (row["focus"].replace("ex:", EXAMPLE), row["path"], row["constraint"])
            for row in case[mode.value]["results"]
        )
        assert found[mode] == expected


def test_all_faulty_files_are_tried(shared: Path) -> None:
    assert len(cases()) == len(list((fixtures() / "invalid").glob("*.ttl"))) == 28


@pytest.mark.shared
@pytest.mark.parametrize("name", VALID)
def test_the_valid_files_conform_in_both_judgements(name: str) -> None:
    assert judged(fixtures() / name).conforms


@pytest.mark.parametrize(
    "name",
    [
        "standards/cpsv-ap/fixtures/full-valid.ttl",
        "standards/cpsv-ap/fixtures/framework-extension.ttl",
        "standards/cpsv-ap/official/example-rdf_public_service.ttl",
        "data/cpsv-ap-rdf/EstonianServices.rdf",
        "data/cpsv-ap-rdf/FinnishServices.ttl",
    ],
)
def test_real_catalogues_have_the_faults_that_the_oracle_finds(shared: Path, name: str) -> None:
    graph = rdflib.Graph().parse(shared / name)
    expected = oracle.judged(graph, shared)
    assert keys(judged(shared / name)) == expected


# ---- graphs made at random --------------------------------------------------------------------------------------

PROFILE = rules.profile()
NODES = [*(f"{EXAMPLE}n{number}" for number in range(5)), "_:b0", "_:b1"]
XSD = vocabulary.PREFIXES["xsd"]


def _literals() -> st.SearchStrategy[rdflib.Literal]:
    """Values of every kind the profile speaks of, well written and not."""
    words = st.sampled_from(["viens", "divi", ""])
    durations = st.sampled_from(["P3D", "PT72H", "P1Y2M", "-P1D", "3 dienas", "", "P1DT2H3M4.5S"])
    numbers = st.sampled_from(["15.0", "15", "1.5E1", "-0.5", "INF", "NaN", "daudz", ""])
    return st.one_of(
        st.builds(rdflib.Literal, words, lang=st.sampled_from(["lv", "en"])),
        st.builds(rdflib.Literal, words),
        st.builds(lambda text: rdflib.Literal(text, datatype=rdflib.URIRef(f"{XSD}duration")), durations),
        st.builds(lambda text: rdflib.Literal(text, datatype=rdflib.URIRef(f"{XSD}double")), numbers),
        st.builds(lambda text: rdflib.Literal(text, datatype=rdflib.URIRef(f"{XSD}decimal")), st.just("15.0")),
        st.builds(lambda text: rdflib.Literal(text, datatype=rdflib.URIRef(f"{XSD}integer")), st.sampled_from("12")),
    )


def _node(name: str) -> rdflib.URIRef | rdflib.BNode:
    return rdflib.BNode(name[2:]) if name.startswith("_:") else rdflib.URIRef(name)


@st.composite
def graphs(draw: st.DrawFn) -> rdflib.Graph:
    """A handful of things of some classes with properties of these classes, now and then of others."""
    graph = rdflib.Graph()
    nodes = st.sampled_from(NODES).map(_node)
    classes = st.sampled_from(sorted(PROFILE.classes)).map(rdflib.URIRef)
    for name in NODES:
        for owner in draw(st.lists(classes, max_size=3)):
            graph.add((_node(name), rdflib.RDF.type, owner))
            fitting = sorted({rule.path for rule in PROFILE.rules if rule.owner == str(owner)} or PROFILE.properties)
            paths = st.one_of(
                st.sampled_from(fitting), st.sampled_from(fitting), st.sampled_from(sorted(PROFILE.properties))
            )
            for path in draw(st.lists(paths, max_size=8)):
                graph.add((_node(name), rdflib.URIRef(path), draw(st.one_of(nodes, _literals()))))
    for low, high in draw(st.lists(st.tuples(classes, classes), max_size=1)):
        if str(low) not in PROFILE.subclasses and low != high:
            graph.add((low, rdflib.RDFS.subClassOf, high))
    return graph


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(graph=graphs())
# Without shrinking: each try asks the oracle, which takes its time; the failure below says enough.
@settings(
    max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
def test_graphs_made_at_random_have_the_faults_that_the_oracle_finds(shared: Path, graph: rdflib.Graph) -> None:
    text = graph.serialize(format="nt", encoding="utf-8")
    expected, found = oracle.judged(graph, shared), keys(judged(text, parsing.Format.N_TRIPLES))
    wrong = {mode: (found[mode] - expected[mode], expected[mode] - found[mode]) for mode in Mode}
    assert found == expected, f"(ours only, the oracle's only): {wrong}\n{text.decode()}"


def test_the_oracle_leaves_the_letters_as_they_were(shared: Path) -> None:
    before = rdflib.NORMALIZE_LITERALS
    oracle.judged(rdflib.Graph(), shared)
    assert rdflib.NORMALIZE_LITERALS is before is False


# ---- what the engine must not do --------------------------------------------------------------------------------


def graph(body: str) -> ox.Store:
    prefixes = "".join(f"@prefix {name}: <{whole}> .\n" for name, whole in vocabulary.PREFIXES.items())
    return validating.graph_of(parsing.quads(f"{prefixes}@prefix ex: <{EXAMPLE}> .\n{body}".encode(), limits=LIMITS))


def test_judging_leaves_the_graph_as_it_was(shared: Path) -> None:
    store = validating.graph_of(parsing.quads(fixtures() / "full-valid.ttl", limits=LIMITS))
    before = set(store)
    validating.judge(store)
    assert set(store) == before


def test_two_spellings_of_one_duration_are_two_values() -> None:
    body = 'ex:c a cv:Channel ; dct:identifier "1" ; cv:processingTime "PT72H"^^xsd:duration, "P3D"^^xsd:duration .'
    (fault,) = validating.judge(graph(body)).faults[Mode.SHAPES]
    assert (fault.rule.constraint.value, fault.number) == ("MaxCount", 2)


def test_a_value_is_told_as_it_was_written() -> None:
    body = 'ex:c a cv:Channel ; dct:identifier "1" ; cv:processingTime "PT72H"^^xsd:dayTimeDuration .'
    (fault,) = validating.judge(graph(body)).faults[Mode.SHAPES]
    assert str(fault.value) == f'"PT72H"^^<{XSD}dayTimeDuration>'


def test_subclasses_that_a_file_states_count_in_both_judgements() -> None:
    body = "ex:Thing rdfs:subClassOf ex:Middle . ex:Middle rdfs:subClassOf cv:Channel . ex:c a ex:Thing ."
    found = validating.judge(graph(body)).faults
    assert [[fault.key[2] for fault in found[mode]] for mode in Mode] == [["MinCount"], ["MinCount"]]


def test_a_circle_of_subclasses_comes_to_an_end() -> None:
    body = "cv:Channel rdfs:subClassOf cv:Cost . cv:Cost rdfs:subClassOf cv:Channel . ex:c a cv:Cost ."
    assert len(validating.judge(graph(body)).faults[Mode.SHAPES]) == 2


@pytest.mark.parametrize("text", ["P", "PT", "P1W", "P1.5D", "P-1D", "1D", "P1H", "PT1D", *string.punctuation[:3]])
def test_what_is_no_duration_is_refused(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    body = f'ex:c a cv:Channel ; dct:identifier "1" ; cv:processingTime "{escaped}"^^xsd:duration .'
    assert [fault.key[2] for fault in validating.judge(graph(body)).faults[Mode.SHAPES]] == ["Datatype"]


# ---- warnings ---------------------------------------------------------------------------------------------------

# graph                                                                 | kind of warning, and about what
WARNINGS = """
ex:a <http://www.w3.org/ns/locn/fullAddress> "x"@lv .                    | unknown-term http://www.w3.org/ns/locn/fullAddress
ex:a cv:hasFormalFramework ex:b .                                        | unknown-term http://data.europa.eu/m8g/hasFormalFramework
ex:a a cpsv:FormalFramework .                                            | unknown-term http://purl.org/vocab/cpsv#FormalFramework
ex:a a cv:Event ; dct:identifier "1" ; dct:title "a"@lv, "b"@lv .        | title-twice http://purl.org/dc/terms/title
ex:a a cv:Event ; dct:identifier "1" ; dct:title "a"@lv, "b"@en .        |
_:a a cv:Channel ; dct:identifier "1" .                                  | blank-node http://data.europa.eu/m8g/Channel
_:a a locn:Address .                                                     |
"""


@pytest.mark.parametrize(
    "line", WARNINGS.strip().splitlines(), ids=lambda line: line.partition("|")[2].strip() or "none"
)
def test_what_the_profile_lets_pass_is_warned_of_and_is_no_fault(line: str) -> None:
    body, _, expected = (part.strip() for part in line.partition(" | "))
    store = graph(body.removesuffix("|"))
    assert validating.judge(store).conforms
    found = validating_warnings.look(store)
    assert " ".join(f"{one['kind']} {one['path']}" for one in found.listed) == expected
    assert sum(found.counts.values()) == bool(expected)
    assert all(one["sentence"]["lv"] and one["sentence"]["en"] for one in found.listed)  # type: ignore[index]
