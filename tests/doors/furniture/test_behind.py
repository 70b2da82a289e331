"""What stands behind a figure names its source, and leads to how a critical indicator is computed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from ietvars.doors.furniture.behind import Behind
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries
from ietvars.institution.measurements import actions, rules
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source", "said"), [(rules.COUNTED, "counted from events: 2025/g1 ("), ("round", "2025/g1 (")]
)
def test_a_figure_names_who_counted_and_links_its_definition(world: World, source: str, said: str) -> None:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    service, agency = world.service("benefit"), bodies.by_code("agency")
    assert agency is not None
    edition = actions.open_edition(source=source, code="2025/g1", title={}, content_hash="x", by=SYSTEM, now=NOW)
    requests = rules.MeasurementFacts(
        service.pk, agency.pk, periods.parse("2025"), "requests", rules.Said("measured", Decimal(7))
    )
    actions.record(edition=edition, measurements=[requests], by=SYSTEM, now=NOW)
    indicators.compute(period="2025", by=SYSTEM, now=NOW)
    row = queries.figures("2025", codes=["demand"], service_ids=[service.pk]).get()
    with translation.override("en"):
        how = Behind("en").how(row, row.definition)
        assert str(how.edition).startswith(said)
        assert how.definition is not None
        assert how.definition.href.endswith("/par/raditaji/#demand")
