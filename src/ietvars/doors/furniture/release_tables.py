"""Tables that the pages of a release have in common, inside and outside. The words stand in `release_words`.

It must not show a figure of a release: those stand in its files alone.
"""

from typing import Any

from django.utils.translation import gettext as _

from ietvars.doors.furniture.marks import Value
from ietvars.doors.furniture.release_words import measure_name
from ietvars.doors.furniture.tables import Column, Row, Table

COUNTED = ("measured", "suppressed", "missing")
"""States of the figures of a release, in the order of the columns."""


def sums(found: Any, *, dense: bool = False) -> Table:
    """How many figures of each measure a release shows, hides and lacks."""
    return Table(
        code="skaits",
        caption=_("What it shows and what it hides"),
        columns=(
            Column(_("Measure"), "measure"),
            Column(_("Shown"), "measured", values=True),
            Column(_("Hidden"), "suppressed", values=True),
            Column(_("Missing"), "missing", values=True),
        ),
        rows=tuple(
            Row((measure_name(measure), *(Value(int(states.get(state, 0))) for state in COUNTED)))
            for measure, states in found.sums.items()
        ),
        dense=dense,
    )
