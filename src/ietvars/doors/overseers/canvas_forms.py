"""The forms in which the centre writes the next version of a canvas: one part of it, and what is new in it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ietvars.doors.furniture import part_names, words
from ietvars.doors.furniture.shown import language
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import requirements, rules


class PartForm(forms.Form):
    """What a canvas says of one part, apart from its common text."""

    level = forms.ChoiceField(label=gettext_lazy("Weight"), widget=forms.RadioSelect)
    valid_from = forms.DateField(
        label=gettext_lazy("Asked from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Asked until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Further rules"), required=False, widget=forms.CheckboxSelectMultiple
    )
    solutions = forms.MultipleChoiceField(
        label=gettext_lazy("Shared solutions that fit"), required=False, widget=forms.CheckboxSelectMultiple
    )

    TEXTS = (
        ("source", gettext_lazy("Why it is asked (law, plan)"), 1),
        ("help", gettext_lazy("Help"), 2),
        ("example", gettext_lazy("Example"), 2),
        ("practice", gettext_lazy("Good practice"), 3),
    )

    def __init__(self, part: rules.Part, data: Any = None) -> None:
        super().__init__(
            data=data,
            initial={
                "level": part.level.value,
                "valid_from": part.valid_from,
                "valid_until": part.valid_until,
                "also": [one.code for one in part.also],
                "solutions": list(part.solutions),
            },
        )
        said = language()
        self.part = part
        self.fields["level"].choices = [(code, str(says)) for code, says in part_names.LEVELS.items()]  # type: ignore[attr-defined]
        self.fields["also"].choices = [  # type: ignore[attr-defined]
            (code, _(one.text))
            for code, one in requirements.FURTHER.items()
            if one.part == part.path or code in {known.code for known in part.also}
        ]
        labels = terms.labels("shared-solutions")["shared-solutions"]
        self.fields["solutions"].choices = [  # type: ignore[attr-defined]
            *((code, words.capital(pick(label, said))) for code, label in labels.items()),
            *((code, code) for code in part.solutions if code not in labels),
        ]
        for name, label, rows in self.TEXTS:
            for tongue, tongue_name in (("lv", _("in Latvian")), ("en", _("in English"))):
                widget = (
                    forms.TextInput(attrs={"class": "ds-input"})
                    if rows == 1
                    else forms.Textarea(attrs={"class": "ds-input", "rows": rows})
                )
                self.fields[f"{name}-{tongue}"] = forms.CharField(
                    label=f"{label}, {tongue_name}",
                    required=False,
                    max_length=2000,
                    initial=getattr(part, name).get(tongue, ""),
                    widget=widget,
                )

    def made(self, text: Any) -> rules.Part:
        """The part as it is typed, with the common text given."""
        said = self.cleaned_data
        level = rules.Level(said["level"])
        levels = {one.code: one.level for one in self.part.also}
        made = replace(
            self.part,
            level=level,
            valid_from=said["valid_from"],
            valid_until=said["valid_until"],
            also=tuple(rules.Also(code, levels.get(code, level)) for code in _in_order(levels, said["also"])),
            solutions=tuple(_in_order(self.part.solutions, said["solutions"])),
            text=None if descriptions.is_empty(text) else text,
        )
        return replace(
            made, source=self._typed("source"), help=self._typed("help"), example=self._typed("example"),
            practice=self._typed("practice"),
        )  # fmt: skip

    def _typed(self, name: str) -> dict[str, str]:
        texts = {tongue: self.cleaned_data[f"{name}-{tongue}"].strip() for tongue in ("lv", "en")}
        return {tongue: text for tongue, text in texts.items() if text}


def _in_order(before: Iterable[str], chosen: Sequence[str]) -> list[str]:
    """What is chosen, in the order in which it stood; what is new behind it. So a mere saving changes nothing."""
    known = [code for code in before if code in chosen]
    return [*known, *(code for code in chosen if code not in known)]


class NoteForm(forms.Form):
    """What is new in a version, and from when it counts."""

    note_lv = forms.CharField(
        label=gettext_lazy("What is new, in Latvian"),
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 2}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Say in one sentence what is new: owners read it.")},
    )
    note_en = forms.CharField(
        label=gettext_lazy("What is new, in English"),
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 2}),
        max_length=1000,
        required=False,
    )
