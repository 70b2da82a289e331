"""What the tests of the oversight floor share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState
    from tests.world import World


@pytest.fixture
def state(world: World) -> MeasuredState:
    """A small world whose services can be measured; see measuring.py."""
    from tests.oversight.measuring import MeasuredState  # tables exist only once Django is set up

    return MeasuredState(world)
