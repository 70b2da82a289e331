"""The receipt phase of a Dutch municipality, as process mining counts it, from both of its files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ietvars.institution.deliveries.facts import CHANNELS, MARK, Type
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.eventlogs.conftest import Bring, event, inbox, trace, variants, xes

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["receipt.xes.gz", "receipt.csv.gz"])
def log(request: pytest.FixtureRequest, shared: Path) -> Path:
    return shared / "data" / "eventlog-wabo-receipt" / str(request.param)


def test_the_log_needs_no_mapping_and_comes_out_as_process_mining_counts_it(bring: Bring, log: Path) -> None:
    run = bring(log)
    events = inbox()
    found = Counter(variants().values())
    late = [one for one in _ended(events) if one[0] > one[1]]
    channels = Counter(CHANNELS[one.channel] for one in events if one.type == Type.OPENED)

    assert (run.cases, run.counts.accepted, run.refused) == (1434, 8577, 0)
    assert sum(one.activity != MARK for one in events) == 8577
    assert (len(found), found.most_common(1)[0][1], len(run.activities)) == (116, 713, 27)
    assert (len(late), len(_ended(events))) == (389, 1329)
    assert channels == {"online": 1250, "in-person": 109, "post": 53, "email": 21, "": 1}
    assert run.unknown["channels"]["Intern"] == 1


def _ended(events: list) -> list[tuple[int, int]]:  # type: ignore[type-arg]
    """(end, promised end) of each case that ended."""
    due = {one.case_id: one.due_us for one in events if one.due_us is not None}
    return [(one.occurred_us, due[one.case_id]) for one in events if one.type == Type.DELIVERED]


def test_the_same_log_again_is_known_to_the_last_event(bring: Bring, log: Path) -> None:
    bring(log)
    again = bring(log)
    assert (again.counts.accepted, again.counts.known) == (0, 8577)
    assert (again.dates.accepted, again.dates.known) == (0, 2763)
    assert len(inbox()) == 8577 + 2763


def test_the_service_is_a_draft_named_after_the_log_in_the_body_of_the_unassigned(bring: Bring) -> None:
    run = bring(xes(trace(event("A"))), toml='name = "Būvatļauja (WABO)"')
    service = services.by_code("buvatlauja-wabo")
    assert run.made_service
    assert service is not None
    assert (service.state, service.title["lv"]) == ("draft", "Būvatļauja (WABO)")
    assert services.holder_of(service).code == "unassigned"
