"""The template tags and filters of Ietvars: each shows one kind of presenter, or says a number or day as people do.

Built in for every template, so nothing needs to be loaded. A tag takes the dataclass and refuses any other thing, so a
misplaced name fails loudly. It must not compute.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from ietvars.doors.furniture import charts, days, fields, figures, marks, parts, progress, tables, words
from ietvars.doors.furniture.shown import Mark, as_html, language

register = template.Library()

KINDS: dict[str, type[Mark]] = {
    "verdict": marks.Verdict,
    "verdict_counts": marks.VerdictCounts,
    "verdict_cards": parts.Cards,
    "state": marks.StateMark,
    "tag": marks.Tag,
    "link": marks.Link,
    "how": parts.HowComputed,
    "facts": parts.Facts,
    "figure": figures.Figure,
    "chart": charts.Chart,
    "table": tables.Table,
    "due": parts.DueList,
    "steps": parts.Steps,
    "evidence": parts.Evidence,
    "empty_state": parts.Empty,
    "refusal": parts.RefusalBox,
    "note": parts.Note,
    "panel": parts.Panel,
    "switch": parts.Switch,
    "chips": parts.Chips,
    "filters": parts.Filters,
    "pages": parts.Pages,
    "gaps": parts.Gaps,
    "three_way": parts.ThreeWay,
}
"""Tag and the presenter it shows: {% verdict v %}, {% table t %} and so on."""


def _tag(name: str, kind: type[Mark]) -> None:
    def show(what: Any) -> SafeString:
        if not isinstance(what, kind):
            raise TypeError(f"{{% {name} %}} shows {kind.__name__}, not {what!r}")
        return what.html()

    register.simple_tag(show, name=name)


for _name, _kind in KINDS.items():
    _tag(_name, _kind)


@register.simple_tag(takes_context=True)
def job_progress(context: dict[str, Any], job: Any) -> SafeString:
    """How far work in the background is: {% job_progress job %}; nothing when there is none or it is done."""
    return progress.shown(job, context["request"])


@register.simple_tag
def shown(what: Any) -> SafeString:
    """Show any mark, number, day or words."""
    return as_html(what)


@register.simple_tag
def illustrative() -> SafeString:
    """The tag of what is invented."""
    return marks.illustrative().html()


@register.simple_tag
def marks_legend() -> SafeString:
    """What the marks of value states mean."""
    return parts.Legend().html()


@register.simple_tag
def verdict_legend(*codes: str) -> SafeString:
    """The legend under verdict counts; all outcomes unless some are named."""
    chosen = [marks.Outcome(code) for code in codes] or list(marks.Outcome)
    rows = [f"<li>{marks.Verdict(one).html()}</li>" for one in chosen]
    return SafeString(f'<ul class="iv-legend iv-gapsm">{"".join(rows)}</ul>')


@register.simple_tag
def field(bound: BoundField | fields.Field, gap: str = "", requirement: str = "", hint: str = "") -> SafeString:
    """A form field with label, hint and error: {% field form.name %}."""
    made = bound if isinstance(bound, fields.Field) else fields.Field(bound, gap, requirement, hint)
    return made.html()


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The summary over a refused form, or nothing."""
    summary = fields.errors(form)
    return summary.html() if summary else SafeString("")


@register.filter
def number(value: float | Decimal, decimals: int | None = None) -> str:
    """18 240 as tables write it."""
    return words.number(value, language(), decimals=decimals)


@register.filter
def money(value: float | Decimal) -> str:
    """421.17 as 421,17 €."""
    return words.money(value, language())


@register.filter
def counted(value: int, word: str) -> str:
    """24 with one of the counted words: {{ n|counted:"service" }}."""
    return words.count(value, word, language())


@register.filter
def day(value: date, case: str = "locative") -> str:
    """A day in a sentence; the case is nominative, genitive, dative or locative."""
    return days.in_text(value, language(), case)


@register.filter
def day_short(value: date) -> str:
    """A day in a table."""
    return days.in_table(value, language())


@register.filter
def moment(value: datetime) -> str:
    """A day and time in a sentence."""
    return days.moment(value, language())


@register.filter
def period(code: str, case: str = "nominative") -> str:
    """A period in a sentence: 2025. gads, 2025. gadā."""
    return days.period(str(code), language(), case)


@register.filter
def quoted(text: str) -> str:
    """The text in the quotation marks of the language."""
    return words.quoted(text, language())
