"""What the forms of this door may hold. What a form means is decided by the rooms."""

import json
from collections.abc import Iterable

from django import forms
from django.forms.fields import InvalidJSONInput
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
    document = forms.FileField(
        label=_("The signed document"),
        help_text=_("PDF, EDOC or ASiC-E. It may also be attached later."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.edoc,.asice,.sce"}),
        error_messages={"empty": _("The file is empty. Choose the signed document.")},
    )


class AttachForm(forms.Form):
    """The file of a document, attached to an approval that is given."""

    document = forms.FileField(
        label=_("The signed document"),
        help_text=_("PDF, EDOC or ASiC-E. An earlier file stays on record."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.edoc,.asice,.sce"}),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty. Choose the signed document."),
        },
    )


class WhyForm(forms.Form):
    """Why a list goes back."""

    why = forms.CharField(
        label=_("What has to be changed?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": _("Say what has to be changed.")},
    )


class SenderForm(forms.Form):
    """A program that may send events."""

    title = forms.CharField(
        label=_("What the program is called"),
        max_length=200,
        error_messages={"required": _("Write what the program is called.")},
    )
    code = forms.SlugField(
        label=_("Code of the sender"),
        help_text=_("Small letters, digits and dashes. It is the user name of the program."),
        max_length=80,
        error_messages={"required": _("Write a code."), "invalid": _("Use small letters, digits and dashes only.")},
    )
    body = forms.ChoiceField(
        label=_("Institution"),
        error_messages={"required": _("Choose the institution.")},
    )
    services = forms.CharField(
        label=_("Only these services"),
        help_text=_("Codes of services, separated by blanks. Leave it empty for all of the institution."),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: object, bodies: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["body"].choices = list(bodies)  # type: ignore[attr-defined]

    @property
    def codes(self) -> list[str]:
        """The codes of services that were typed."""
        return str(self.cleaned_data.get("services") or "").replace(",", " ").split()


class DocumentField(forms.JSONField):
    """JSON as people read it: a line for each part."""

    def prepare_value(self, value: object) -> str:
        """A value over several lines; what was typed and cannot be read stays as it was typed."""
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)


class MendForm(forms.Form):
    """The document of a refused event."""

    document = DocumentField(
        label=_("The event"),
        help_text=_("JSON. A person’s identifier that you type into person is hashed before it is kept."),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        error_messages={"required": _("Write the event."), "invalid": _("This cannot be read as JSON.")},
    )


class DropForm(forms.Form):
    """Why refused events are given up."""

    why = forms.CharField(label=_("Why are they given up?"), max_length=300)
