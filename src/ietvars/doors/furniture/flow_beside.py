"""Two flows of a service side by side: two periods, or two providers; what is new, what is gone, what takes longer.

It must not judge which is better.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import today, words
from ietvars.doors.furniture.flow_pages import FilterForm, asked, periods
from ietvars.doors.furniture.flow_words import Names, Span
from ietvars.doors.furniture.marks import Muted, Tag
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as period_rules
from ietvars.ground.terms.rules import pick
from ietvars.institution.flows import queries, rules


class BesideForm(FilterForm):
    """The filter, and what stands beside it: another period or another provider."""

    ar_periods = forms.ChoiceField(required=False)
    ar_sniedzejs = forms.ChoiceField(required=False)
    field_order = ("periods", "sniedzejs", "ar_periods", "ar_sniedzejs", "kanals")

    def __init__(self, *args: Any, whole: rules.Flow, **named: Any) -> None:
        super().__init__(*args, whole=whole, **named)
        self.fields["ar_periods"].label = _("Beside: opened")
        self.fields["ar_sniedzejs"].label = _("Beside: provider at the beginning")
        for name in ("periods", "sniedzejs"):
            held = self.fields[name]
            assert isinstance(held, forms.ChoiceField)
            self._offer(f"ar_{name}", list(held.choices))  # type: ignore[arg-type]


def page(request: HttpRequest, service: Any) -> dict[str, Any]:
    """The context of the comparison."""
    now_of, before_of = _asked(request)
    on = today.today()
    whole, now, before = (
        queries.flow([service.pk], on=on, period=of.period, channel=of.channel, provider=of.provider)
        for of in (queries.ALL, now_of, before_of)
    )
    names = Names.of([service.pk])
    return {
        "form": BesideForm(
            {
                "periods": now_of.period,
                "sniedzejs": now_of.provider,
                "kanals": now_of.channel,
                "ar_periods": before_of.period,
                "ar_sniedzejs": before_of.provider,
            },
            whole=whole,
        ),
        "now": _told(now_of),
        "before": _told(before_of),
        "is_empty": not whole.cases,
        "is_same": now_of == before_of,
        "lacks": [_told(of) for of, flow in ((before_of, before), (now_of, now)) if not flow.cases],
        "sentence": _sentence(before, now),
        "table": table(before, now, names, _told(before_of), _told(now_of)),
    }


def _asked(request: HttpRequest) -> tuple[queries.Filter, queries.Filter]:
    """What is compared with what; the period before stands beside where the address names nothing."""
    now = asked(request)
    known = [code for code, _said in periods()]
    if not now.period and not now.provider and "ar_periods" not in request.GET and known:
        now = queries.Filter(known[0], now.channel)
    period, provider = request.GET.get("ar_periods", ""), request.GET.get("ar_sniedzejs", "")
    if "ar_periods" not in request.GET and not provider and now.period:
        earlier = period_rules.previous(period_rules.parse(now.period)).code
        period = earlier if earlier in known else ""
    is_body = provider and bodies.by_code(provider)
    return now, queries.Filter(period if period in known else "", now.channel, provider if is_body else "")


def _told(of: queries.Filter) -> str:
    said = language()
    parts = [dict(periods())[of.period] if of.period else _("the whole time")]
    body = bodies.by_code(of.provider) if of.provider else None
    if body is not None:
        parts.append(pick(body.name, said))
    return ", ".join(parts)


def _sentence(before: rules.Flow, now: rules.Flow) -> str:
    found = rules.side_by_side(before, now)
    new, gone = sum(one.is_new for one in found), sum(one.is_gone for one in found)
    said = language()
    return _("Passages: %(new)s new, %(gone)s gone, %(both)s in both.") % {
        "new": words.number(new, said),
        "gone": words.number(gone, said),
        "both": words.number(len(found) - new - gone, said),
    }


def table(before: rules.Flow, now: rules.Flow, names: Names, before_says: str, now_says: str) -> Table:
    """Every passage of either, those whose share moved most first."""
    return Table(
        code="plusma-blakus",
        caption=_("Passages side by side"),
        columns=(
            Column(_("Passage"), "passage"),
            Column(before_says, "before", n=True, stacked=_("Before")),
            Column(now_says, "now", n=True, stacked=_("Now")),
            Column(_("Difference"), "difference", n=True),
            Column(_("Median before"), "median_before", n=True, unit=_("hours"), in_file=True),
            Column(_("Median now"), "median_now", n=True, unit=_("hours"), in_file=True),
        ),
        rows=tuple(_row(one, names) for one in rules.side_by_side(before, now)),
        stack="grid",
        scroll=_("Passages side by side"),
    )


def _row(one: rules.Difference, names: Names) -> Row:
    said = language()
    if one.is_new:
        moved: Any = Tag(pgettext("a passage", "new"), tone="blue")
    elif one.is_gone:
        moved = Tag(pgettext("a passage", "gone"))
    else:
        shift = 100 * (one.now_share - one.before_share)
        moved = words.percentage_points(shift, said) if shift < 0 else f"+{words.percentage_points(shift, said)}"
    return Row(
        (
            names.passage(one.source, one.target),
            _side(one.before, one.before_share),
            _side(one.now, one.now_share),
            moved,
            Span(one.before.median_us) if one.before else Muted(_("did not occur")),
            Span(one.now.median_us) if one.now else Muted(_("does not occur")),
        )
    )


def _side(edge: rules.Edge | None, share: float) -> Cell:
    said = language()
    shown = words.percent(100 * share, said)
    return Cell(shown, under=words.count(edge.cases if edge else 0, "case", said))
