"""Examples of every component for the living component page. All figures here are invented, and say so.

A new component first gets its place here; pages of doors come after. It must not read the database.
"""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ietvars.doors.furniture import days, gallery_figures, parts
from ietvars.doors.furniture.frame import Frame, Section, crumbs
from ietvars.doors.furniture.gallery_figures import HERE
from ietvars.doors.furniture.marks import (
    Button,
    Link,
    Outcome,
    State,
    StateMark,
    Tag,
    Value,
    Verdict,
    VerdictCounts,
    illustrative,
)
from ietvars.doors.furniture.shown import language

TODAY = date(2026, 11, 23)


class ExampleForm(forms.Form):
    """A form that shows every sort of field."""

    name = forms.CharField(max_length=120)
    term = forms.IntegerField(min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    receive = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {
            "name": (_("Name"), _("What the person gets, not what the institution does.")),
            "term": (_("Term in working days"), _("From registration to the decision. Only a number.")),
            "receive": (_("Ways to receive the result"), ""),
            "text": (_("Notes"), ""),
            "agreed": (_("I have read it"), ""),
        }
        for field, (label, hint) in said.items():
            self.fields[field].label, self.fields[field].help_text = label, hint
        self.fields["term"].error_messages["invalid"] = _("It must be a whole number, for example 10.")
        self.fields["receive"].error_messages["required"] = _("Choose at least one.")
        self.fields["receive"].choices = [  # type: ignore[attr-defined]
            ("e-address", _("E-address")),
            ("person", _("In person")),
            ("post", _("By post")),
        ]


def _marks() -> dict[str, Any]:
    counts = {Outcome.BETTER: 5, Outcome.SAME: 7, Outcome.WORSE: 2, Outcome.CHANGED: 3, Outcome.NONE: 0}
    return {
        "verdicts": [Verdict(one) for one in Outcome],
        "counts": VerdictCounts(counts, links={Outcome.BETTER: HERE, Outcome.WORSE: HERE}),
        "states": [Value(0), *(StateMark(one) for one in State if one is not State.MEASURED)],
        "raw": StateMark(State.UNREADABLE, raw="~17?"),
        "buttons": [
            Button(_("Submit for approval"), href=HERE),
            Button(_("Save the draft"), href=HERE, variant="secondary"),
            Link(_("Cancel"), HERE),
        ],
        "tags": [
            Tag(_("Draft")),
            Tag(_("Published"), tone="blue"),
            Tag(_("Review by %(day)s") % {"day": days.in_table(date(2026, 11, 27), language())}, tone="due"),
            Tag(_("Overdue"), tone="danger"),
            illustrative(),
        ],
    }


def _boxes() -> dict[str, Any]:
    return {
        "empties": [
            parts.Empty(
                _("No measurements yet"),
                _("The first figures of this service are due on 15 January."),
                Button(_("Enter figures"), href=HERE, variant="secondary", size="sm"),
            ),
            parts.Empty(
                _("Nothing was found"),
                _("Look at all life situations, or say what you were looking for."),
                Link(_("All life situations"), HERE),
            ),
        ],
        "refusals": [
            parts.RefusalBox(
                _("It cannot be published yet"),
                _("Two obligatory fields are missing. Your text is kept."),
                (
                    (Link(_("Who can receive it"), HERE), _("is empty")),
                    (Link(_("Term in working days"), HERE), _("is no number")),
                ),
            ),
            parts.RefusalBox(
                _("Nobody approves his own work"),
                _("You wrote this draft. Ask a colleague to look at it."),
                help=Link(_("Who can approve in our institution"), HERE),
            ),
        ],
        "note": parts.Note(
            _("Somebody has changed this description."),
            _("Another editor saved a field."),
            Link(_("See both"), HERE),
            "due",
        ),
        "panel": parts.Panel(
            _("Yearly review"),
            _("It is not written yet. Write how you read these figures and what you will do."),
            Button(_("Write the review"), href=HERE, variant="secondary"),
        ),
    }


def _lists() -> dict[str, Any]:
    due = (
        parts.Due(
            _("Measurements"),
            _("Send the figures of quarter 3"),
            _("Satisfaction and costs are missing."),
            Button(_("Enter figures"), href=HERE),
            date(2026, 11, 15),
        ),
        parts.Due(
            _("Feedback"),
            _("Answer 12 comments"),
            _("9 of them are about one field."),
            Button(_("Read"), href=HERE),
            date(2026, 11, 27),
        ),
        parts.Due(
            _("Links"), _("One link does not open"), _("It has been so for 14 days."), Button(_("Mend"), href=HERE)
        ),
    )
    steps = (
        parts.Step(_("Register with a doctor"), _("The doctor gives a certificate."), meta=(_("Not a service"),)),
        parts.Step(
            _("Register the birth"),
            _("The child gets a name and a personal code."),
            deadline=_("Within one month of the birth"),
            meta=(_("Registry office"), _("1 working day")),
            href=HERE,
            current=True,
        ),
        parts.Step(_("Declare where the child lives"), _("It can be done in the same visit."), href=HERE, beside=True),
        parts.Step(_("Apply for the childbirth benefit"), href=HERE, meta=(_("Online"), _("8 working days"))),
    )
    facts = (
        parts.Fact(_("What you get"), Value(298, unit="€"), _("each month")),
        parts.Fact(_("How long it takes"), _("up to 22 working days"), _("half waited 14")),
        parts.Fact(_("Fee"), _("Free of charge")),
        parts.Fact(_("Published"), 21, href=HERE),
    )
    gaps = (parts.Gap(Link(_("Who can receive it"), "#id_name"), _("obligatory, is empty")),)
    return {
        "due": parts.DueList(due, TODAY),
        "steps": parts.Steps(steps),
        "facts": parts.Facts(facts),
        "gaps": parts.Gaps(gaps),
    }


def _choices(request: HttpRequest) -> dict[str, Any]:
    audience = parts.FilterGroup(
        "kam",
        _("For whom"),
        (parts.Choice("person", _("A person"), 9, chosen=True), parts.Choice("business", _("A business"), 0)),
    )
    return {
        "switch": parts.Switch(_("Period"), (parts.Option("2024", HERE), parts.Option("2025", HERE, current=True))),
        "chips": parts.Chips((parts.Option(_("A person"), HERE),)),
        "filters": parts.Filters(HERE, (audience,), {"q": "x"}, clear=HERE),
        "pages": parts.pages(request, number=2, per_page=20, total=93),
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """All examples."""
    sections = (
        Section("desk", _("To do"), HERE, count=7),
        Section("components", _("Components"), HERE, current=True),
    )
    invalid = ExampleForm({"name": _("Funeral benefit"), "term": "x", "text": ""})
    invalid.is_valid()
    name = _("Components and states")
    version = parts.Version
    return {
        "frame": Frame(door="owners", name=_("Workplace of holders"), who=_("Service owner, VSAA"), sections=sections),
        "crumbs": crumbs((_("First page"), "/"), name),
        "form": ExampleForm(),
        "invalid": invalid,
        "three_way": parts.ThreeWay(
            _("Where to appeal"),
            Tag(_("Legal"), tone="danger"),
            (
                version(_("Canvas, version 4"), _("To the head of the institution.")),
                version(_("Canvas, version 5"), _("To the higher institution.")),
                version(_("Your text"), _("To the director of the agency.")),
            ),
            _("Reason: an amendment of the law."),
        ),
        "colours": [
            (f"f{number}", words)
            for number, words in enumerate(
                (_("Online"), _("In person"), _("Service centre"), _("Telephone"), _("By post"), _("Previous period")),
                1,
            )
        ],
        **_marks(),
        **gallery_figures.context(),
        **_boxes(),
        **_lists(),
        **_choices(request),
    }
