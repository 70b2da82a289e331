"""The record of the catalogue passes DCAT-AP 3.0.1 and leads to what is there."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from django.test import Client

from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Format, write
from ietvars.doors.machines.feeds.dcat import record
from tests.doors.machines.feeds.cpsv_ap import oracle, rich
from tests.world import World

pytestmark = pytest.mark.django_db


def document() -> str:
    return "".join(write(record.nodes(), Format.TURTLE))


@pytest.mark.parametrize("shapes", ["shapes.ttl", "range.ttl"])
def test_the_record_passes_the_shapes_of_dcat_ap(shapes: str, world: World, shared: Path) -> None:
    world.service()
    graph = rdflib.Graph().parse(data=document())
    asked = rdflib.Graph().parse(shared / "standards/dcat-ap" / shapes)
    conforms, _, told = pyshacl.validate(graph, shacl_graph=asked, inference="none")
    assert conforms, told


def test_the_catalogue_that_services_are_part_of_is_the_dataset_of_the_record(shared: Path) -> None:
    rich.build()
    both = rich.text_of(Format.TURTLE) + document().replace("@prefix", "\n@prefix")
    with oracle.as_written():
        graph = rdflib.Graph().parse(data=both)
        assert not any(oracle.judged(graph, shared).values())


def test_every_file_that_the_record_names_can_be_had(client: Client) -> None:
    rich.build()
    for dataset in record.datasets():
        for address, media_type in dataset.files:
            answer = client.get(address.removeprefix("https://data.example"))
            assert answer.status_code == 200, address
            assert answer["Content-Type"].startswith(media_type), address


def test_the_day_of_the_last_change_is_told_only_when_there_was_one(world: World) -> None:
    assert "dct:modified" not in document()
    world.service()
    assert 'dct:modified "2026-11-23"^^xsd:date' in document()


def test_without_a_release_the_record_names_no_figures(world: World) -> None:
    assert [one.code for one in record.datasets()] == ["services", "terms"]
