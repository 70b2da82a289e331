"""The rules on figures over the inventory of the Government of Canada: what docs/howto/run-a-round.md says of it.

The data lie beside the checkout and are never copied; where they are absent this test is skipped and says so.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from ietvars.doors.machines.feeds.inventories import bringing, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.rounds import looking
from tests.doors.machines.feeds.inventories.tables import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

FOLDER = "data/gc-service-inventory"

# Part above whole in its own numbers; the last three met a case of a total of none.
OVER_WHOLE = {
    "ca-1991", "ca-2", "ca-3413", "ca-3414", "ca-872", "ca-955",
    "ca-975", "ca-srv02750", "ca-srv02795",
}  # fmt: skip


@pytest.mark.once
def test_the_rules_find_in_canada_what_the_docs_say(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / FOLDER
    indicators.load_national(by=SYSTEM, now=NOW)
    mapping = reading.load("canada")
    computed = [folder / f"indicators/2025-03-01_{name}.csv.gz" for name in ("si_vol", "ss_tml_perf_vol")]
    yearly = [folder / f"new-schema/2025-03-01_{name}.csv.gz" for name in ("service", "service-std")]
    bringing.bring(mapping, yearly, by=SYSTEM, now=NOW, edition="2025-03-01")
    listed = [*computed, folder / "dictionary/2025-03-01_sid_list.csv.gz"]
    bringing.bring(mapping, listed, by=SYSTEM, now=NOW + timedelta(hours=1), edition="computed")
    made = looking.document(periods.parse("2023-24"))
    found = {each["code"]: each["services"] for each in made["rules"] if each["services"]}
    with capsys.disabled():
        print(f"\n{made['services']} services of 2023-24: {found}")
    assert made["services"] == 1715
    assert found == {
        "unreadable": 7,
        "share-over-whole": 9,
        "standard-contradicts-itself": 5,
        "volume-without-standard": 253,
        "standard-without-volume": 79,
        "same-four-periods": 3,
        "extreme-change": 70,
        "zero-after-many": 84,
        "same-in-every-channel": 1,
        "no-volume": 127,
    }
    assert {each["service"] for each in made["findings"] if each["rule"] == "share-over-whole"} == OVER_WHOLE
    severities = Counter(each["severity"] for each in made["findings"])
    assert severities["error"] < 30
