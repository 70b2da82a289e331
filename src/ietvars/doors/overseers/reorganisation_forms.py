"""What the forms of reorganisations may hold: a plan in the words of a person, and why one is taken back."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.bodies.plans import Kind, NewBody, Plan
from ietvars.ground.terms.rules import pick


def named_bodies(said: str) -> list[str]:
    """Names of the bodies that exist, for choosing one while typing."""
    return [pick(body.name, said) for body in bodies.all_bodies() if body.until is None]


class BodyField(forms.CharField):
    """An institution by its name, short name or code, in whatever language."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "iestades", "autocomplete": "off"})
        super().__init__(max_length=240, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The code of the institution; empty where nothing was written."""
        text = super().clean(value).strip()
        if not text:
            return ""
        found = {
            body.code
            for body in bodies.all_bodies()
            if text.casefold()
            in {body.code.casefold(), *(each.casefold() for each in (*body.name.values(), *body.short.values()))}
        }
        if len(found) != 1:
            raise forms.ValidationError(
                _("There is no institution of this name. Choose one of the list."), code="unknown"
            )
        return found.pop()


class PlanForm(forms.Form):
    """What happens, to whom, from which day."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[
            (Kind.MERGED.value, gettext_lazy("Merger: institutions go over into one")),
            (Kind.SPLIT.value, gettext_lazy("Split: an institution goes over into several, or gives a part away")),
            (Kind.RENAMED.value, gettext_lazy("Renaming: an institution goes on under another name")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what happens.")},
    )
    on = forms.DateField(
        label=gettext_lazy("First day of what is new"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Choose the day."),
            "invalid": gettext_lazy("This is no date."),
        },
    )
    old_1 = BodyField(
        label=gettext_lazy("Institution that goes over"),
        help_text=gettext_lazy("Begin to write the name and choose."),
        error_messages={"required": gettext_lazy("Name the institution.")},
    )
    old_2 = BodyField(label=gettext_lazy("Second one that goes over"), required=False)
    old_3 = BodyField(label=gettext_lazy("Third one that goes over"), required=False)
    heir_1 = BodyField(
        label=gettext_lazy("Institution that takes over"),
        required=False,
        help_text=gettext_lazy("In a split, name the old one here too if it lives on."),
    )
    heir_2 = BodyField(label=gettext_lazy("Second one that takes over"), required=False)
    heir_3 = BodyField(label=gettext_lazy("Third one that takes over"), required=False)
    name_lv = forms.CharField(
        label=gettext_lazy("New name in Latvian"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Of a new institution that takes over, or of the one that is renamed."),
    )
    name_en = forms.CharField(label=gettext_lazy("New name in English"), required=False, max_length=200)
    short = forms.CharField(label=gettext_lazy("New short name"), required=False, max_length=40)
    document = forms.CharField(
        label=pgettext_lazy("a reorganisation", "Document"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("The order or law by which it happens."),
    )

    def clean(self) -> dict[str, Any]:
        """A renaming needs the name; anything else somebody that takes over."""
        given: dict[str, Any] = super().clean() or {}
        has_heir = any(given.get(name) for name in ("heir_1", "heir_2", "heir_3"))
        if not self.errors and not has_heir and not given.get("name_lv"):
            if given.get("kind") == Kind.RENAMED:
                self.add_error("name_lv", _("Write the new name."))
            else:
                self.add_error("heir_1", _("Name who takes over, or write the name of a new institution below."))
        return given

    def plan(self) -> Plan:
        """The plan that the form describes."""
        given = self.cleaned_data
        olds = _several(given, "old")
        heirs = _several(given, "heir")
        name = {code: given[f"name_{code}"].strip() for code in ("lv", "en") if given[f"name_{code}"].strip()}
        short = dict.fromkeys(("lv", "en"), given["short"].strip()) if given["short"].strip() else {}
        kind = Kind(given["kind"])
        new: tuple[NewBody, ...] = ()
        if kind is Kind.RENAMED and not heirs:
            heirs = olds
        elif name:
            new = (NewBody(code=_code(name.get("lv", "")), name=name, short=short),)
            heirs = (*heirs, new[0].code)
        keeps = kind is Kind.RENAMED and heirs == olds
        return Plan(
            kind=kind,
            on=given["on"],
            predecessors=olds,
            successors=heirs,
            name=name if keeps else {},
            short=short if keeps else {},
            document={"lv": given["document"].strip()} if given["document"].strip() else {},
            new=new,
        )


def _several(given: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for at in (1, 2, 3) if (code := given.get(f"{name}_{at}"))))


def _code(name: str) -> str:
    """A free code made from a name."""
    wanted = slugify(name)[:70] or "jauna-iestade"
    code, number = wanted, 2
    while bodies.by_code(code) is not None:
        code, number = f"{wanted}-{number}", number + 1
    return code


class UndoForm(forms.Form):
    """Why a reorganisation is taken back."""

    why = forms.CharField(
        label=gettext_lazy("Why is it undone?"),
        help_text=gettext_lazy("It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Say why: it stays on record.")},
    )
