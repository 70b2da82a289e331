"""What tests of deliveries share: a body with services, a sender of it, and documents as institutions send them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ietvars.ground.jobs import rules as jobs
from ietvars.institution.deliveries import queries
from ietvars.institution.deliveries.models import Sender
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

Document = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.PERSON_KEYS = tmp_path / "apart" / "person-keys.json"


@pytest.fixture
def document() -> Document:
    """A CloudEvent that is right; what is said replaces an attribute, or a field of its data."""

    def made(key: str = "1", /, **said: Any) -> dict[str, Any]:
        attributes = {
            "specversion": "1.0",
            "id": key,
            "source": "urn:agency:desk",
            "type": "lv.ietvars.delivery.opened",
            "time": "2026-11-20T10:00:00+02:00",
            "subject": "case-1",
        }
        data: dict[str, Any] = {"service": "benefit", "channel": "online", "person": "010190-12345"}
        data |= said.pop("data", {})
        return {**attributes, **said, "data": {name: value for name, value in data.items() if value is not None}}

    return made


@pytest.fixture
def sender(world: World) -> Sender:
    """A sender of the agency, which holds the service `benefit`."""
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.deliveries import senders

    jobs.register("compact", lambda *_given: {})
    world.service("benefit", holder="agency")
    made, _secret = senders.make(code="desk", title="Desk", body=world.body("agency"), by=SYSTEM, now=NOW)
    return made


@pytest.fixture
def scope(sender: Sender) -> Any:
    """What the sender may send of."""
    return queries.sender_facts(sender, NOW)
