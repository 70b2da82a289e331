"""What the forms of this door may hold. What a form means is decided by the rooms."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """The owner's reading of the comparison and the decision."""

    reading = forms.CharField(
        label=_("How do you read these figures?"),
        help_text=_("Two or three sentences: what changed and why, as far as you know."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        error_messages={"required": _("Write how you read the figures.")},
    )
    decision = forms.ChoiceField(
        label=_("What will you do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you will do.")},
    )

    def __init__(self, *args: object, decisions: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["decision"].choices = list(decisions)  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    """Why a service is no longer given."""

    why = forms.CharField(
        label=_("Why is the service no longer given?"),
        help_text=_("Visitors do not see it; it stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": _("Say why: it stays on record.")},
    )


class ApproveForm(forms.Form):
    """The document on which an approval rests."""

    document_number = forms.CharField(
        label=_("Number of the document"),
        max_length=80,
        error_messages={"required": _("Write the number of the document.")},
    )
    document_date = forms.DateField(
        label=_("Date of the document"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the date of the document."), "invalid": _("This is no date.")},
    )


class WhyForm(forms.Form):
    """Why a list goes back."""

    why = forms.CharField(
        label=_("What has to be changed?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": _("Say what has to be changed.")},
    )
