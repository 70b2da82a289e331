"""What stands behind a computed figure, in words: its value with state, and how it is computed.

Rendered from the definition and the kept row, never typed. It must not compute or judge.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import days, readings, words
from ietvars.doors.furniture.marks import Link, State, Value
from ietvars.doors.furniture.parts import HowComputed
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.measurements.rules import COUNTED


def shown_value(row: Any, unit: str, href: str = "") -> Value:
    """A kept figure as a value; no figure at all is missing."""
    if row is None:
        return Value(state=State("missing"))
    n = int(row.denominator) if row.denominator is not None else row.n
    return readings.value(
        state=row.state, number=row.value, unit=unit, n=n, href=href, illustrative=row.is_illustrative
    )


def lower(name: str) -> str:
    return name[:1].lower() + name[1:]


class Behind:
    """Renders what stands behind a figure, from its definition and its row. Labels are read once."""

    def __init__(self, said: str) -> None:
        self.said = said
        labels = terms.labels("quantities", "channels")
        self.quantities, self.channels = labels["quantities"], labels["channels"]
        self.editions = {row.pk: row for row in measurements.editions()}

    def how(self, row: Any, definition: Any) -> HowComputed:
        """Numerator, denominator, exclusions, coverage, edition, source."""
        spec = definition.spec
        top = spec.get("numerator") or spec.get("value") or {}
        bottom = spec.get("denominator")
        if bottom:
            above, below = self._with(self.amount(top), row.numerator), self._with(self.amount(bottom), row.denominator)
        elif row.n is not None:
            above, below = self._with(self.amount(top), None), self._with(_("answers or cases"), row.n)
        else:
            above, below = self._with(self.amount(top), row.value), _("none: the figure is no ratio")
        return HowComputed(
            numerator=above,
            denominator=below,
            exclusions=self._exclusions(row, definition),
            coverage=self._coverage(row),
            edition=self.edition_words(row.editions),
            source=pick(definition.source, self.said),
            **self._definition(definition),
        )

    def _definition(self, definition: Any) -> dict[str, Any]:
        """The wording by which it was computed; of a critical indicator linked to where it is explained."""
        says = _("%(code)s, version %(version)s, valid from %(day)s") % {
            "code": definition.code,
            "version": definition.version,
            "day": days.in_table(definition.valid_from, self.said),
        }
        if definition.register != indicators.CRITICAL:
            return {"extra": ((_("Definition"), says),)}
        return {"definition": Link(says, f"{reverse('public:methods')}#{definition.code}")}

    def amount(self, spec: Any) -> str:
        """An amount of the definition language in words."""
        if not isinstance(spec, Mapping):
            return str(spec)
        if "minus" in spec:
            return f" {words.MINUS} ".join(self.amount(one) for one in spec["minus"])
        quantity = spec.get("sum") or spec.get("take")
        if quantity is None:
            return _("services that meet the condition of the definition")
        text = pick(self.quantities.get(str(quantity), {}), self.said) or str(quantity)
        among = spec.get("among")
        if among == "@electronic":
            return _("%(what)s, electronic channels") % {"what": text}
        if isinstance(among, list | tuple):
            named = [pick(self.channels.get(code, {}), self.said) or str(code) for code in among]
            return f"{text} ({words.listed(named, self.said)})"
        return text

    def _with(self, text: str, number: Any) -> str:
        """The amount's words with its number, where there is one."""
        text = text[:1].upper() + text[1:]
        return text if number is None else f"{text}: {words.number(number, self.said)}"

    def _exclusions(self, row: Any, definition: Any) -> str:
        texts = {one["code"]: pick(one["text"], self.said) for one in definition.spec.get("exclusion", [])}
        found = [texts.get(code, str(code)) for code in row.exclusions]
        return "; ".join(found) if found else pgettext("exclusions", "nothing")

    def _coverage(self, row: Any) -> str:
        if not row.expected:
            return pgettext("coverage", "nothing expected")
        text = _("%(part)s parts measured") % {"part": words.of(row.measured, row.expected, self.said)}
        missing = [self._gap(gap) for gap in row.gaps[:6]]
        without = _("without")
        return f"{text}; {without}: {', '.join(missing)}" if missing else text

    def _gap(self, gap: Mapping[str, str]) -> str:
        place = pick(self.channels.get(gap.get("channel", ""), {}), self.said) or gap.get("channel", "")
        what = pick(self.quantities.get(gap.get("quantity", ""), {}), self.said) or gap.get("quantity", "")
        return " ".join(part for part in (what, place) if part)

    def source_words(self, source: str) -> str:
        """Who counted: the institution's report, or we from its events."""
        return _("counted from events") if source == COUNTED else _("reported")

    def edition_words(self, ids: Sequence[int]) -> str:
        """Editions by code and day."""
        found = [self.editions[pk] for pk in ids if pk in self.editions]
        said = [
            f"{self.source_words(row.source)}: {row.code} ({days.in_table(row.imported_at.date(), self.said)})"
            if row.source == COUNTED
            else f"{row.code} ({days.in_table(row.imported_at.date(), self.said)})"
            for row in found
        ]
        return "; ".join(said) if said else pgettext("edition", "none: computed from the description")
