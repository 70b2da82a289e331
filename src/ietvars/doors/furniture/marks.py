"""The small marks: verdict, verdict counts, value and its state, tag, link, bar of parts.

Each is a shape and a word; colour only helps. A mark must not decide anything: whether something got better is a rule's
answer, and no number is formatted here, only shown through `words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture import words
from ietvars.doors.furniture.shown import Mark, language

Words = str | Promise
"""A text for people: a plain string, a lazy translation or safe HTML."""


class State(StrEnum):
    """What stands where a value could stand, by the rooms' codes. Never merged into one another; zero is measured."""

    MEASURED = "measured"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"
    UNREADABLE = "unreadable"

    @property
    def short(self) -> str:
        """The code of the visual language: na, notasked."""
        return {State.NOT_APPLICABLE: "na", State.NOT_ASKED: "notasked"}.get(self, self.value)


STATE_WORDS: Mapping[State, Words] = {
    State.MEASURED: pgettext_lazy("state of a value", "measured"),
    State.MISSING: pgettext_lazy("state of a value", "missing"),
    State.NOT_APPLICABLE: pgettext_lazy("state of a value", "not applicable"),
    State.NOT_ASKED: pgettext_lazy("state of a value", "not asked"),
    State.UNREADABLE: pgettext_lazy("state of a value", "unreadable"),
}
STATE_MEANING: Mapping[State, Words] = {
    State.MEASURED: _("Measured, and it is zero."),
    State.MISSING: _("It was due, but has not come in."),
    State.NOT_APPLICABLE: _("For this service there is no sense in measuring it."),
    State.NOT_ASKED: _("Nobody asked for it at that time."),
    State.UNREADABLE: _("It came in, but is no number. We keep it as it was written."),
}
STATE_SHAPES = {
    State.MISSING: '<path d="M1.5 1.5h11v11h-11z" stroke-dasharray="2.6 2"/>',
    State.NOT_APPLICABLE: '<circle cx="7" cy="7" r="5.5"/><path d="M3.2 10.8l7.6-7.6"/>',
    State.NOT_ASKED: '<path d="M2 7h10"/>',
    State.UNREADABLE: '<path d="M1.5 1.5h11v11h-11z"/>'
    '<path d="M5.4 5.4a1.7 1.7 0 1 1 2.4 1.6c-.5.2-.8.5-.8 1.1M7 9.8v1"/>',
}


def _shape(size: int, drawn: str) -> SafeString:
    # Width and height keep the shape small where the style sheet does not come.
    box = f'width="{size}" height="{size}" viewBox="0 0 {size} {size}"'
    return mark_safe(f'<svg {box} aria-hidden="true">{drawn}</svg>')  # noqa: S308


@dataclass(frozen=True)
class StateMark(Mark):
    """Shape and word of a state other than measured. `raw` is what was written, for the unreadable."""

    state: State
    raw: str = ""

    def html(self) -> SafeString:
        if self.state is State.MEASURED:
            raise ValueError("What is measured shows its number, not its state")
        shape = _shape(14, STATE_SHAPES[self.state])
        mark = format_html(
            '<span class="iv-state" data-state="{}">{}{}</span>', self.state.short, shape, STATE_WORDS[self.state]
        )
        if not self.raw:
            return mark
        return format_html('{} <span class="iv-sub">{}</span>', mark, words.quoted(self.raw, language()))

    def plain(self) -> str:
        return str(STATE_WORDS[self.state])


@dataclass(frozen=True)
class Value(Mark):
    """A value in a state. Every number is a door: `href` leads to the list that makes it.

    `unit` follows the number (words) unless it is "%" or "€", which stand as the language wants them.
    """

    number: int | float | Decimal | None = None
    state: State = State.MEASURED
    raw: str = ""
    decimals: int | None = None
    unit: Words = ""
    href: str = ""
    signed: bool = False
    illustrative: bool = False

    def __post_init__(self) -> None:
        if (self.number is None) is (self.state is State.MEASURED):
            raise ValueError(f"A measured value has a number and no other has: {self.number!r} is {self.state}")

    def text(self) -> str:
        """The number with its unit, or the word of the state."""
        if self.number is None:
            return str(STATE_WORDS[self.state])
        if self.unit == "%":
            return words.percent(self.number, language(), decimals=self.decimals)
        if self.unit == "€":
            return words.money(self.number, language(), decimals=self.decimals)
        shown = words.number(self.number, language(), decimals=self.decimals, signed=self.signed)
        return f"{shown}{words.NO_BREAK}{self.unit}" if self.unit else shown

    def html(self) -> SafeString:
        shown: SafeString
        if self.number is None:
            shown = StateMark(self.state, self.raw).html()
        else:
            shown = format_html('<span class="iv-num">{}</span>', self.text())
        if self.href:
            shown = format_html('<a href="{}">{}</a>', self.href, shown)
        if self.illustrative:
            shown = format_html('{}<span class="iv-sub">{}</span>', shown, ILLUSTRATIVE_WORD)
        return shown

    def plain(self) -> int | float | Decimal | str:
        return "" if self.number is None else self.number

    def quietly(self) -> "Value":
        """The same value where the page already says of all of it that it is illustrative."""
        return replace(self, illustrative=False)


ILLUSTRATIVE_WORD = pgettext_lazy("a value", "illustrative")


class Outcome(StrEnum):
    """The five words of a verdict, by the rooms' codes. CHANGED is for counts, which have no better direction."""

    BETTER = "better"
    SAME = "no_clear_change"
    WORSE = "worse"
    CHANGED = "changed"
    NONE = "not_comparable"

    @property
    def short(self) -> str:
        """The code of the visual language: same, none."""
        return {Outcome.SAME: "same", Outcome.NONE: "none"}.get(self, self.value)


OUTCOME_WORDS: Mapping[Outcome, Words] = {
    Outcome.BETTER: pgettext_lazy("verdict", "Better"),
    Outcome.SAME: pgettext_lazy("verdict", "No clear change"),
    Outcome.WORSE: pgettext_lazy("verdict", "Worse"),
    Outcome.CHANGED: pgettext_lazy("verdict", "Changed"),
    Outcome.NONE: pgettext_lazy("verdict", "Cannot be compared"),
}
_OUTCOME_SHAPES = {
    Outcome.BETTER: '<circle cx="9" cy="9" r="8.5" fill="currentColor"/>'
    '<path d="M5 9.3l2.7 2.7L13 6.6" fill="none" stroke="#fff" stroke-width="2"/>',
    Outcome.WORSE: '<path d="M9 .8l8.6 15.7H.4z" fill="currentColor"/>'
    '<path d="M9 6.2v5.2M9 13v1.8" stroke="#fff" stroke-width="2"/>',
    Outcome.SAME: '<rect x=".5" y=".5" width="17" height="17" rx="4" fill="currentColor"/>'
    '<path d="M4.5 7h9M4.5 11h9" stroke="#fff" stroke-width="2"/>',
    Outcome.CHANGED: '<path d="M9 .2L17.8 9 9 17.8.2 9z" fill="currentColor"/>'
    '<path d="M5.6 7.4h6.8M5.6 10.6h6.8M10.8 5.2l-3.6 7.6" stroke="#fff" stroke-width="1.6"/>',
    Outcome.NONE: '<circle cx="9" cy="9" r="7.6" fill="none" stroke="currentColor" stroke-width="1.6"'
    ' stroke-dasharray="3 2.2"/><path d="M5 9h2.2M10.8 9H13" stroke="currentColor" stroke-width="2"/>',
}


def _outcome_shape(code: Outcome) -> SafeString:
    return _shape(18, _OUTCOME_SHAPES[code])


@dataclass(frozen=True)
class Verdict(Mark):
    """Shape and word of a yearly comparison. `says` takes the word's place, e.g. "Definition changed"."""

    outcome: Outcome
    says: Words = ""
    why: Words = ""

    @property
    def words(self) -> Words:
        return self.says or OUTCOME_WORDS[self.outcome]

    def html(self) -> SafeString:
        shape = _outcome_shape(self.outcome)
        mark = format_html(
            '<span class="iv-verdict" data-verdict="{}">{}{}</span>', self.outcome.short, shape, self.words
        )
        return format_html('{}<span class="iv-sub">{}</span>', mark, self.why) if self.why else mark

    def plain(self) -> str:
        return f"{self.words}: {self.why}" if self.why else str(self.words)


@dataclass(frozen=True)
class VerdictCounts(Mark):
    """How many of each verdict, in a fixed order; zeros fade. Only outcomes named in `counts` are shown."""

    counts: Mapping[Outcome, int]
    links: Mapping[Outcome, str] = field(default_factory=dict)

    def html(self) -> SafeString:
        shown = [code for code in Outcome if code in self.counts]
        inner = format_html_join("", "{}", ((self._one(code, self.counts[code]),) for code in shown))
        return format_html('<span class="iv-vcs">{}</span>', inner)

    def _one(self, code: Outcome, number: int) -> SafeString:
        figure: str | SafeString = words.number(number, language())
        if href := self.links.get(code):
            figure = format_html('<a href="{}">{}</a>', href, figure)
        return format_html(
            '<span class="iv-vc" data-verdict="{}"{}>{}<span class="ds-sr-only">{}: </span>{}</span>',
            code.short,
            SafeString(" data-zero" if number == 0 else ""),
            _outcome_shape(code),
            OUTCOME_WORDS[code],
            figure,
        )

    def plain(self) -> str:
        return "; ".join(f"{OUTCOME_WORDS[code]}: {self.counts[code]}" for code in Outcome if code in self.counts)


@dataclass(frozen=True)
class Tag(Mark):
    """A short state in words. `tone`: nothing, blue, due, danger, better. At most two stand together."""

    says: Words
    tone: str = ""

    def html(self) -> SafeString:
        if not self.tone:
            return format_html('<span class="iv-tag">{}</span>', self.says)
        return format_html('<span class="iv-tag" data-tone="{}">{}</span>', self.tone, self.says)

    def plain(self) -> str:
        return str(self.says)


def illustrative() -> Tag:
    """The tag of everything invented to show how the tool works."""
    return Tag(pgettext_lazy("tag", "Illustrative"), tone="due")


@dataclass(frozen=True)
class Link(Mark):
    """A way to somewhere, named by what is there."""

    says: Words
    href: str

    def html(self) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.href, self.says)

    def plain(self) -> str:
        return str(self.says)


@dataclass(frozen=True)
class Muted(Mark):
    """Words that stand where no number may stand, e.g. that a difference is not computed."""

    says: Words = pgettext_lazy("a difference", "not computed")

    def html(self) -> SafeString:
        return format_html('<span class="iv-muted iv-small">{}</span>', self.says)

    def plain(self) -> str:
        return str(self.says)


@dataclass(frozen=True)
class Button(Mark):
    """One thing to do, named by its verb: a link when it has `href`, else a button of its form."""

    says: Words
    href: str = ""
    name: str = ""
    value: str = ""
    variant: str = ""
    size: str = ""
    form: str = ""

    def html(self) -> SafeString:
        own = {"data-variant": self.variant, "data-size": self.size}
        if self.href:
            own["href"] = self.href
            return format_html('<a class="ds-button"{}>{}</a>', _attributes(own), self.says)
        own |= {"name": self.name, "value": self.value, "form": self.form}
        return format_html('<button class="ds-button" type="submit"{}>{}</button>', _attributes(own), self.says)

    def plain(self) -> str:
        return str(self.says)


def _attributes(given: Mapping[str, str]) -> SafeString:
    return format_html_join("", ' {}="{}"', ((name, text) for name, text in given.items() if text))
