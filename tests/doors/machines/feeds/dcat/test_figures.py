"""The newest release of figures stands in the record of the catalogue. A module of its own, since the town is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyshacl
import pytest
import rdflib
from django.test import Client

from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Format, write
from ietvars.doors.machines.feeds.dcat import record

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db


def test_the_newest_release_of_figures_is_a_dataset_with_its_licence(town: Town, client: Client, shared: Path) -> None:
    (figures,) = (one for one in record.datasets() if one.code == "figures")
    assert [address.rpartition("/")[2] for address, _ in figures.files] == [name for name, _ in record.FIGURES]
    for address, media_type in figures.files:
        answer = client.get(address.removeprefix("https://data.example"))
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, media_type), address
    graph = rdflib.Graph().parse(data="".join(write(record.nodes(), Format.TURTLE)))
    licences = set(graph.objects(None, rdflib.DCTERMS.license))
    assert licences == {rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")}
    for shapes in ("shapes.ttl", "range.ttl"):
        asked = rdflib.Graph().parse(shared / "standards/dcat-ap" / shapes)
        conforms, _, told = pyshacl.validate(graph, shacl_graph=asked, inference="none")
        assert conforms, told
