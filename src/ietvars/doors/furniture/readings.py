"""How a computed figure and its comparison are said to people: unit, number, difference, verdict, reason.

The owners', overseers' and public pages say the same thing in the same words. Codes come from the rooms of level 1;
shares arrive as fractions (0.864) and are shown in percent. This module must not judge or compute a figure.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ietvars.doors.furniture import words
from ietvars.doors.furniture.marks import Outcome, State, Value, Verdict, Words
from ietvars.doors.furniture.shown import language

Number = int | float | Decimal

SHARE = "share"
EURO = "eur"

UNITS: Mapping[str, Mapping[str, words.Forms]] = {
    "requests": {"lv": ("pieprasījums", "pieprasījumi", "pieprasījumu"), "en": ("request", "requests")},
    "results": {"lv": ("rezultāts", "rezultāti", "rezultātu"), "en": ("result", "results")},
    "cases": words.COUNTED["case"],
    "working-days": words.COUNTED["working-day"],
    "days": words.COUNTED["day"],
    "points": words.COUNTED["point"],
    "services": words.COUNTED["service"],
    "applications": words.COUNTED["application"],
    "hours": {"lv": ("stunda", "stundas", "stundu"), "en": ("hour", "hours")},
    "minutes": {"lv": ("minūte", "minūtes", "minūšu"), "en": ("minute", "minutes")},
}
"""Forms of the units of definitions. A unit that is not here is shown by its code."""

REASON_SHORT: Mapping[str, Words] = {
    "service_gone": pgettext_lazy("reason", "Service is gone"),
    "service_new": pgettext_lazy("reason", "Service is new"),
    "missing_now": pgettext_lazy("reason", "Missing now"),
    "not_applicable_now": pgettext_lazy("reason", "Not applicable now"),
    "not_asked_now": pgettext_lazy("reason", "Not asked now"),
    "unreadable_now": pgettext_lazy("reason", "Unreadable now"),
    "missing_before": pgettext_lazy("reason", "Missing before"),
    "not_applicable_before": pgettext_lazy("reason", "Not applicable before"),
    "not_asked_before": pgettext_lazy("reason", "Not asked before"),
    "unreadable_before": pgettext_lazy("reason", "Unreadable before"),
    "definition_changed": pgettext_lazy("reason", "Definition changed"),
    "scale_changed": pgettext_lazy("reason", "Scale changed"),
    "source_changed": pgettext_lazy("reason", "Source changed"),
    "restated": pgettext_lazy("reason", "Restated"),
    "too_few": pgettext_lazy("reason", "Too few cases"),
    "no_spread": pgettext_lazy("reason", "Spread not known"),
    "within_chance": pgettext_lazy("reason", "May be chance"),
    "chance_among_many": pgettext_lazy("reason", "May be chance"),
    "below_floor": pgettext_lazy("reason", "Too small to matter"),
}
"""The reason in place of the verdict's word, for tables."""

REASON: Mapping[str, Words] = {
    "service_gone": gettext_lazy("The service is no longer there."),
    "service_new": gettext_lazy("The service was not there in the period before."),
    "missing_now": gettext_lazy("The figure of this period has not come in."),
    "not_applicable_now": gettext_lazy("In this period there is no sense in measuring it."),
    "not_asked_now": gettext_lazy("In this period nobody asked for it."),
    "unreadable_now": gettext_lazy("What came in for this period is no number."),
    "missing_before": gettext_lazy("The figure of the period before has not come in."),
    "not_applicable_before": gettext_lazy("In the period before there was no sense in measuring it."),
    "not_asked_before": gettext_lazy("In the period before nobody asked for it."),
    "unreadable_before": gettext_lazy("What came in for the period before is no number."),
    "definition_changed": gettext_lazy("The definition of the indicator has changed."),
    "scale_changed": gettext_lazy("It was measured on another scale."),
    "source_changed": gettext_lazy("One figure was reported, the other was counted from events."),
    "restated": gettext_lazy("A later edition says otherwise than an earlier one."),
    "too_few": gettext_lazy("There are too few cases to tell."),
    "no_spread": gettext_lazy("How far single values lie apart has not come in."),
    "within_chance": gettext_lazy("The difference may be chance."),
    "chance_among_many": gettext_lazy("Among so many comparisons a difference like this may be chance."),
    "below_floor": gettext_lazy("The difference is too small to matter."),
}
"""The reason as a sentence, for cards and pages."""


def unit(code: str) -> str:
    """The unit for a head or axis: darbdienas, %, €."""
    if code in (SHARE, EURO):
        return {SHARE: "%", EURO: "€"}[code]
    forms = UNITS.get(code)
    return forms["lv" if language() == words.LATVIAN else "en"][1] if forms else code


def value(
    *,
    state: str,
    number: Number | None,
    unit: str,
    n: int | None = None,
    raw: str = "",
    href: str = "",
    illustrative: bool = False,
) -> Value:
    """A figure with its state, as tables and cards show it. A share becomes percent, in no more digits than n bears."""
    if number is None:
        return Value(state=State(state), raw=raw, href=href, illustrative=illustrative)
    if unit == SHARE:
        decimals = words.share_decimals(n)
        return Value(_exact(number) * 100, unit="%", decimals=decimals, href=href, illustrative=illustrative)
    if unit == EURO:
        return Value(number, unit="€", decimals=_cents(number), href=href, illustrative=illustrative)
    return Value(number, href=href, illustrative=illustrative)


def bare(shown: Value) -> Value:
    """The same value without its unit, where the head or the name carries it."""
    return replace(shown, unit="")


def difference(number: Number | None, unit: str) -> str:
    """A difference with its sign and unit: −3 darbdienas, +0,5 procentpunkti; nothing where there is none."""
    if number is None:
        return ""
    said = language()
    sign = "+" if number > 0 else ""
    if unit == SHARE:
        return sign + words.percentage_points(_exact(number) * 100, said)
    if unit == EURO:
        return sign + words.money(number, said, decimals=_cents(number))
    places = words.decimals_of([number])
    forms = UNITS.get(unit)
    if forms is None:
        return f"{sign}{words.number(number, said, decimals=places)}{words.NO_BREAK}{unit}"
    return sign + words.counted(number, forms["lv" if said == words.LATVIAN else "en"], said, decimals=places)


def verdict(
    outcome: str,
    reason: str = "",
    *,
    unit: str = "",
    difference: Number | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Verdict:
    """A comparison for a card: the verdict's word, and under it the reason or the difference with its interval."""
    why = REASON.get(reason, "")
    if difference is not None and not why:
        why = _told(difference, low, high, unit)
    return Verdict(Outcome(outcome), why=why)


def verdict_in_table(outcome: str, reason: str = "") -> Verdict:
    """A comparison for a table row: what cannot be compared says its reason in place of the word."""
    code = Outcome(outcome)
    return Verdict(code, says=REASON_SHORT.get(reason, "") if code is Outcome.NONE else "")


def _told(number: Number, low: float | None, high: float | None, unit: str) -> str:
    shown = difference(number, unit)
    if low is None or high is None:
        return _("Difference %(difference)s.") % {"difference": shown}
    scale = 100 if unit == SHARE else 1
    places = max(1 if unit == SHARE else 0, words.decimals_of([low * scale, high * scale]))
    ends = [words.number(_exact(end) * scale, language(), decimals=places) for end in (low, high)]
    return _("Difference %(difference)s; confidence interval from %(low)s to %(high)s.") % {
        "difference": shown,
        "low": ends[0],
        "high": ends[1],
    }


def _exact(number: Number) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


def _cents(number: Number) -> int:
    return words.decimals_of([number], most=2)
