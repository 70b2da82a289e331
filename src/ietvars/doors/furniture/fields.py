"""Form fields as the pages show them, made from Django's bound fields: label, requirement, hint, error, control.

The form decides what is valid and says the error's sentence; this module only places words and ties them to the control
with aria-describedby. It must not know any form.
"""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from ietvars.doors.furniture.marks import Link, Words
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.doors.furniture.shown import Part

_SETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class Field(Part):
    """One field. `gap` is the sentence of the publishing gate, when the field keeps something from being published."""

    bound: BoundField
    gap: Words = ""
    requirement: Words = ""
    hint: Words = ""

    template: ClassVar[str] = "ietvars/parts/field.html"

    @property
    def id(self) -> str:
        return self.bound.id_for_label or self.bound.auto_id or self.bound.html_name

    @property
    def kind(self) -> str:
        """How it is placed: hidden, check (one box), set (several) or line."""
        widget = self.bound.field.widget
        if widget.is_hidden:
            return "hidden"
        if isinstance(widget, _SETS):
            return "set"
        return "check" if isinstance(widget, forms.CheckboxInput) else "line"

    @property
    def help(self) -> Words:
        return self.hint or self.bound.help_text

    @property
    def says_required(self) -> Words:
        """The word behind the label: what is given, else "optional" for what may be left out."""
        if self.requirement:
            return self.requirement
        return "" if self.bound.field.required else pgettext_lazy("a field", "optional")

    @property
    def troubles(self) -> tuple[str, ...]:
        """Sentences above the control: errors of what was sent, else the gap."""
        errors = tuple(str(error) for error in self.bound.errors)
        return errors or ((str(self.gap),) if self.gap else ())

    @property
    def described_by(self) -> str:
        """Ids of hint and trouble, for the control."""
        ids = [f"{self.id}-h"] if self.help else []
        return " ".join([*ids, f"{self.id}-g"] if self.troubles else ids)

    @property
    def control(self) -> SafeString:
        """The control itself, with its class and what describes it."""
        given: dict[str, str | bool] = {}
        if self.kind == "line":
            given["class"] = "ds-input"
        if self.described_by and self.kind != "set":
            given["aria-describedby"] = self.described_by
        if self.bound.errors and self.kind != "set":
            given["aria-invalid"] = "true"
        return self.bound.as_widget(attrs=given)

    @property
    def choices(self) -> tuple[tuple[SafeString, str, str], ...]:
        """Control, id and label of each choice of a set."""
        shown = []
        for choice in self.bound.subwidgets:
            tied = {"aria-describedby": self.described_by} if self.described_by else {}
            choice.data["attrs"] = {**choice.data["attrs"], **tied}
            shown.append((choice.tag(), str(choice.id_for_label), str(choice.choice_label)))
        return tuple(shown)


def errors(form: forms.BaseForm) -> RefusalBox | None:
    """The summary over a form that was refused: how many things, with a link to each; None when all is well."""
    if not form.errors:
        return None
    items = tuple((Link(bound.label, f"#{_target(bound)}"), str(error)) for bound in form for error in bound.errors)
    general = [str(error) for error in form.non_field_errors()]
    says: Words = format_html("{}", " ".join(general)) if general else _("Your text is kept.")
    return RefusalBox(
        title=ngettext_lazy("One thing must be put right", "%(number)d things must be put right", "number")
        % {"number": max(1, len(items) + len(general))},
        says=says,
        items=items,
        level=2,
    )


def _target(bound: BoundField) -> str:
    """Where the summary leads: the control, or the first choice of a set."""
    if isinstance(bound.field.widget, _SETS):
        first = next(iter(bound.subwidgets), None)
        return str(first.id_for_label) if first else str(bound.auto_id)
    return str(bound.id_for_label or bound.auto_id)
