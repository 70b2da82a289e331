"""What a visitor's question may hold. Anything else is left out, never refused: a visitor makes no mistakes."""

from typing import Any

from django import forms

AUDIENCES = ("natural-person", "enterprise")


class Question(forms.Form):
    """The search box and its filters."""

    q = forms.CharField(required=False, max_length=200, strip=True)
    kam = forms.MultipleChoiceField(required=False, choices=[(code, code) for code in AUDIENCES])
    ka = forms.MultipleChoiceField(required=False, choices=())
    situacija = forms.MultipleChoiceField(required=False, choices=())

    def __init__(self, data: object, *, channels: list[str], situations: list[str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["ka"].choices = [(code, code) for code in channels]  # type: ignore[attr-defined]
        self.fields["situacija"].choices = [(code, code) for code in situations]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """What was understood; unknown filters are dropped."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "" if name == "q" else []) for name in self.fields}
