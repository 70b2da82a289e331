"""The form that names steps: of each step its name in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from ietvars.ground.terms.rules import LANGUAGES
from ietvars.institution.deliveries.titling import LONGEST
from ietvars.institution.services.rules import Texts


@dataclass(frozen=True)
class Named:
    """A step as events name it, and the fields of its names."""

    code: str
    fields: tuple[BoundField, ...]


class StepsForm(forms.Form):
    """Names of steps; a step without one is called as events name it."""

    def __init__(self, *args: Any, steps: Iterable[Any], **named: Any) -> None:
        super().__init__(*args, **named)
        self._steps: dict[int, str] = {}
        labels = {"lv": _("In Latvian"), "en": _("In English")}
        for step in steps:
            self._steps[step.pk] = step.code
            for language in LANGUAGES:
                self.fields[f"{language}-{step.pk}"] = forms.CharField(
                    label=labels[language],
                    required=False,
                    max_length=LONGEST,
                    initial=step.title.get(language, ""),
                    widget=forms.TextInput(attrs={"lang": language}),
                )

    def rows(self) -> Iterable[Named]:
        """The steps in the order in which they were first met."""
        return (
            Named(code, tuple(self[f"{language}-{number}"] for language in LANGUAGES))
            for number, code in self._steps.items()
        )

    def titles(self) -> dict[int, Texts]:
        """Number of each step to its names."""
        return {
            number: {language: self.cleaned_data[f"{language}-{number}"] for language in LANGUAGES}
            for number in self._steps
        }
