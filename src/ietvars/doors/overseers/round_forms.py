"""What the forms about rounds may hold: opening one, another due date, an exemption. The room decides."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Choices = Iterable[tuple[str, str]]


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the day."), "invalid": _("This is no date.")},
    )


class OpenForm(forms.Form):
    """A round to be opened."""

    period = forms.CharField(
        label=_("Period"),
        help_text=_("A year, quarter or month: 2026, 2026-Q3 or 2026-09."),
        max_length=10,
        error_messages={"required": _("Say of which period figures are asked.")},
    )
    due = _day(_("Due"), _("A day after the period has ended."))
    indicators = forms.MultipleChoiceField(
        label=_("Indicators"),
        help_text=_("Each institution is asked what the definitions of these need of its services."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one indicator.")},
    )
    bodies = forms.MultipleChoiceField(
        label=_("Institutions"),
        help_text=_("Nothing chosen: everybody who holds a published service."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        required=False,
    )

    def __init__(self, *args: Any, indicators: Choices, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = list(indicators)  # type: ignore[attr-defined]
        self.fields["bodies"].choices = list(bodies)  # type: ignore[attr-defined]


class DueForm(forms.Form):
    """Another due date."""

    due = _day(_("New due date"))


class ExemptForm(forms.Form):
    """Whom a round does not ask what, or asks after all, and why."""

    body = forms.ChoiceField(label=_("Institution"), required=False)
    service = forms.ChoiceField(
        label=_("Service"), required=False, help_text=_("Narrower than the institution; leave it out for all of them.")
    )
    quantity = forms.ChoiceField(label=_("Figure"), required=False)
    effect = forms.ChoiceField(
        label=_("What holds"),
        widget=forms.RadioSelect,
        choices=[
            ("excuse", pgettext_lazy("exemption", "Need not be reported")),
            ("ask", pgettext_lazy("exemption", "Must be reported after all")),
        ],
        initial="excuse",
        error_messages={"required": _("Choose what holds.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Say why: the reason stays on record.")},
    )

    def __init__(self, *args: Any, bodies: Choices, services: Choices, quantities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices, nothing in (
            ("body", bodies, pgettext_lazy("exemption", "all institutions")),
            ("service", services, pgettext_lazy("exemption", "all services")),
            ("quantity", quantities, pgettext_lazy("exemption", "all figures")),
        ):
            self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]
