"""What the pages of a flow call things: steps, outcomes, deviations, and how long something took.

It must not fetch a flow or decide anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ietvars.doors.furniture import words
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.shown import Mark, language
from ietvars.ground.terms.rules import pick
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.deliveries.facts import Stage, Type
from ietvars.institution.flows import rules

TYPES: Mapping[int, Words] = {
    Type.OPENED: pgettext_lazy("step of a case", "Opened"),
    Type.STEP: pgettext_lazy("step of a case", "Step without a name"),
    Type.WAIT_STARTED: pgettext_lazy("step of a case", "Waits for the person"),
    Type.WAIT_ENDED: pgettext_lazy("step of a case", "The person answered"),
    Type.EVIDENCE_REQUESTED: pgettext_lazy("step of a case", "Evidence asked for"),
    Type.CONTACT: pgettext_lazy("step of a case", "The person asked"),
    Type.DECIDED: pgettext_lazy("step of a case", "Decided"),
    Type.DELIVERED: pgettext_lazy("step of a case", "Result delivered"),
    Type.RATED: pgettext_lazy("step of a case", "Rated"),
    Type.WITHDRAWN: pgettext_lazy("step of a case", "Withdrawn"),
    Type.EXPIRED: pgettext_lazy("step of a case", "Expired"),
    Type.CONTESTED: pgettext_lazy("step of a case", "Contested"),
    Type.OVERTURNED: pgettext_lazy("step of a case", "Decision overturned"),
}

STAGES: Mapping[int, Words] = {
    Stage.REQUEST: pgettext_lazy("stage", "request"),
    Stage.EXECUTION: pgettext_lazy("stage", "execution"),
    Stage.RECEIPT: pgettext_lazy("stage", "receipt of the result"),
}

OUTCOMES: Mapping[rules.Outcome, Words] = {
    rules.Outcome.WITHDRAWN: pgettext_lazy("how a case ended", "withdrawn"),
    rules.Outcome.EXPIRED: pgettext_lazy("how a case ended", "expired"),
    rules.Outcome.LEFT: pgettext_lazy("how a case ended", "nothing has happened for 90 days"),
}

DEVIATIONS: Mapping[rules.Deviation, tuple[Words, Words]] = {
    rules.Deviation.SKIPS: (
        _("A stage is missing"),
        _("The result was delivered, but no event of some described stage was met."),
    ),
    rules.Deviation.GOES_BACK: (_("Goes back"), _("After a later stage something of an earlier one was done again.")),
    rules.Deviation.ENDS_EARLY: (_("Ends early"), _("Withdrawn or expired before the result was received.")),
    rules.Deviation.RESULT_BEFORE_DECISION: (
        _("Result before decision"),
        _("The result was delivered before the decision was made."),
    ),
}


@dataclass(frozen=True)
class Names:
    """Names of the steps of services, by number."""

    known: Mapping[int, str]

    @classmethod
    def of(cls, service_ids: list[int]) -> "Names":
        """As the activities of these services are called in the language of the page."""
        said = language()
        return cls({row.pk: pick(row.title, said) or row.code for row in deliveries.steps(service_ids)})

    def step(self, number: int) -> str:
        """The name of a step, or of the type that was said without one."""
        if number < 0:
            return str(TYPES.get(-number, number))
        return self.known.get(number) or str(_("Step %(number)s") % {"number": number})

    def passage(self, source: int, target: int) -> str:
        """Two steps with an arrow between."""
        return f"{self.step(source)} → {self.step(target)}"


# ---- time --------------------------------------------------------------------------------------------------------

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, rules.DAY_US

_FORMS = {
    "minute": {"lv": ("minūte", "minūtes", "minūšu"), "en": ("minute", "minutes")},
    "hour": {"lv": ("stunda", "stundas", "stundu"), "en": ("hour", "hours")},
    "day": {"lv": ("diena", "dienas", "dienu"), "en": ("day", "days")},
}


def span(us: float) -> str:
    """A length of time as people say it: 12 minūtes, 5 stundas, 11,5 dienas."""
    if us < MINUTE:
        return gettext("under a minute")
    said = language()
    forms = "lv" if said == words.LATVIAN else "en"
    for unit, size, until in (("minute", MINUTE, 90 * MINUTE), ("hour", HOUR, 48 * HOUR), ("day", DAY, float("inf"))):
        if us < until:
            value = us / size
            decimals = 1 if unit != "minute" and value < 10 and round(value, 1) != round(value) else 0
            return words.counted(round(value, decimals), _FORMS[unit][forms], said, decimals=decimals)
    raise AssertionError("unreachable: the last unit has no end")


@dataclass(frozen=True)
class Span(Mark):
    """A length of time: in words on a page, in hours in a file."""

    us: float

    def html(self) -> SafeString:
        return format_html('<span class="iv-num">{}</span>', span(self.us))

    def plain(self) -> float:
        return round(self.us / HOUR, 3)


TONES = ((HOUR, "t0"), (DAY, "t1"), (10 * DAY, "t2"))
"""Median time below which a passage is drawn in a tone; what takes longer is t3."""

TONE_WORDS: tuple[tuple[str, Words], ...] = (
    ("t0", _("up to an hour")),
    ("t1", _("up to a day")),
    ("t2", _("up to 10 days")),
    ("t3", _("longer")),
    ("wait", _("waits for the person")),
    ("out", _("the person stops")),
)


def tone(edge: rules.Edge, types: Mapping[int, int]) -> str:
    """How a passage is drawn: by what it is, else by its median time."""
    if types.get(edge.target) in (Type.WITHDRAWN, Type.EXPIRED):
        return "out"
    if types.get(edge.source) == Type.WAIT_STARTED:
        return "wait"
    return next((name for until, name in TONES if edge.median_us < until), "t3")


@dataclass(frozen=True)
class Bar(Mark):
    """A bar as long as a share; the number stands beside it in words."""

    share: float

    def html(self) -> SafeString:
        return format_html(
            '<svg class="iv-bar" width="136" height="10" viewBox="0 0 136 10" aria-hidden="true">'
            '<rect class="f1" width="{}" height="10"/></svg>',
            f"{max(1.0, 136 * self.share):.1f}",
        )

    def plain(self) -> float:
        return round(self.share * 100, 2)
