"""What the forms of this door may hold. What a form means is decided by the rooms."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ietvars.doors.furniture.shown import language
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates.queries import Picture

Choices = Iterable[tuple[str, str]]


class HeadlineForm(forms.Form):
    """Which indicator the verdicts of the tree are about."""

    raditajs = forms.ChoiceField(
        label=gettext_lazy("The verdict is about"), widget=forms.Select(attrs={"class": "ds-input"})
    )

    def __init__(self, *args: Any, headlines: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["raditajs"].choices = list(headlines)  # type: ignore[attr-defined]


def headline(seen: Picture) -> HeadlineForm:
    """The choice of the headline, with the present one chosen."""
    said = language()
    choices = [(each.code, pick(each.name, said)) for each in seen.critical]
    return HeadlineForm(headlines=choices, initial={"raditajs": seen.headline.code})


class Number(forms.Field):
    """A number as people write it: a comma or a point, spaces between thousands, a percent sign behind."""

    LONGEST = 40

    def to_python(self, value: Any) -> Decimal | None:
        """The number, or None where nothing was written."""
        text = "".join(str(value or "")[: self.LONGEST].split())
        if not text.rstrip("%€"):
            return None
        try:
            found = Decimal(text.rstrip("%€").replace(",", "."))
        except InvalidOperation as fault:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from fault
        if not found.is_finite() or abs(found) >= Decimal(10) ** 15:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class ProposeForm(forms.Form):
    """A proposal: what, why, about which services, who answers for it, and what should be otherwise by when."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What sort of change"),
        error_messages={"required": gettext_lazy("Choose what sort of change it is.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What will be otherwise for people, in a few words."),
        max_length=300,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Two or three sentences: what is wrong now and what would help."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write why it is needed.")},
    )
    services = forms.CharField(
        label=gettext_lazy("Services"),
        help_text=gettext_lazy(
            "Codes of the services, one a line. The code stands in the address of the service's page."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Name at least one service.")},
    )
    body = forms.ChoiceField(
        label=gettext_lazy("Who carries it out"),
        error_messages={"required": gettext_lazy("Choose who carries it out.")},
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Who answers for it"),
        error_messages={"required": gettext_lazy("Choose who answers for it.")},
    )
    indicator = forms.ChoiceField(
        label=gettext_lazy("Which indicator should move"),
        help_text=gettext_lazy("It is checked after the deadline."),
        error_messages={"required": gettext_lazy("Choose the indicator that should move.")},
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Which way"),
        widget=forms.RadioSelect,
        choices=[("up", pgettext_lazy("direction", "up")), ("down", pgettext_lazy("direction", "down"))],
        error_messages={"required": gettext_lazy("Choose which way it should move.")},
    )
    target = Number(
        label=gettext_lazy("How far"),
        help_text=gettext_lazy("The value it should reach, for example 60. Shares in percent. May be left empty."),
        required=False,
        error_messages={"invalid": gettext_lazy("It must be a number, for example 60 or 7,5.")},
    )
    deadline = forms.DateField(
        label=gettext_lazy("By when"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose the deadline."),
            "invalid": gettext_lazy("This is no date."),
        },
    )
    check_period = forms.ChoiceField(
        label=gettext_lazy("By the figures of which period"),
        help_text=gettext_lazy("They are compared with the figures frozen today."),
        error_messages={"required": gettext_lazy("Choose the period.")},
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            blank = [] if name == "check_period" else [("", "–")]
            self.fields[name].choices = [*blank, *offered]  # type: ignore[attr-defined]

    def clean_services(self) -> list[Any]:
        """The services of the codes. A code that nobody has is named."""
        codes = list(dict.fromkeys(self.cleaned_data["services"].replace(",", " ").split()))
        known = services.by_codes(codes)
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(_("There is no service “%(code)s”.") % {"code": unknown[0]})
        return [known[code] for code in codes]


class DecideForm(forms.Form):
    """Why a proposal is adopted or rejected."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stays with the initiative."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why: it stays with the initiative.")},
    )


class WordsForm(forms.Form):
    """A group of words: what people write, one a line, and the word that services use. The room judges the words."""

    LANGUAGES = (("lv", gettext_lazy("Latvian")), ("en", gettext_lazy("English")))

    kind = forms.ChoiceField(
        label=gettext_lazy("Why they stand together"),
        widget=forms.RadioSelect,
        choices=[
            ("synonym", gettext_lazy("They mean the same")),
            ("lemma", gettext_lazy("They are forms of one verb")),
        ],
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.RadioSelect, choices=LANGUAGES)
    words = forms.CharField(
        label=gettext_lazy("People write"),
        help_text=gettext_lazy(
            "Words and short phrases, one a line. The search joins inflected forms and words without diacritics itself."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write at least one word that people use.")},
    )
    official = forms.CharField(
        label=gettext_lazy("Services say"),
        help_text=gettext_lazy("The word that stands in titles and descriptions of services."),
        max_length=200,
        required=False,
        error_messages={"required": gettext_lazy("Write the word that services use.")},
    )

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        """`kind` where it is known already: then it is known too whether a word of services is needed."""
        super().__init__(*args, **kwargs)
        if kind == "synonym":
            self.fields["official"].required = True
        elif not kind:
            self.fields["official"].help_text = _(
                "The word that stands in titles and descriptions of services. Leave it empty for forms of a verb."
            )

    def clean(self) -> dict[str, Any]:
        """Words of one meaning lead to the word that services use, so there must be one."""
        said = super().clean() or {}
        if said.get("kind") == "synonym" and not said.get("official") and "official" not in self.errors:
            self.add_error("official", _("Write the word that services use."))
        return said

    def phrases(self) -> list[str]:
        """All words in the order that the room keeps: of words of one meaning the last is the one services use."""
        lines = [line for line in self.cleaned_data["words"].splitlines() if line.strip()]
        official = self.cleaned_data["official"]
        return [*(line for line in lines if line.strip() != official), *([official] if official else [])]

    @staticmethod
    def from_words(kind: str, words: Sequence[str]) -> dict[str, object]:
        """The form's values for a group as it is kept."""
        people, official = (words[:-1], words[-1]) if kind == "synonym" else (words, "")
        return {"kind": kind, "words": "\n".join(people), "official": official}
