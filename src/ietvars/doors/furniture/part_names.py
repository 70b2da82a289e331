"""What the parts of a description are called, in which sections they are written, and how a value of one reads.

Shared by the doors where drafts are written, approved, compared and published. It decides nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ietvars.doors.furniture import words
from ietvars.doors.furniture.marks import Words
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import description as descriptions

CLASSES: Mapping[str, tuple[Words, str]] = {
    "legal": (gettext_lazy("Legal"), "danger"),
    "requirement": (gettext_lazy("Requirement"), "due"),
    "wording": (gettext_lazy("Wording only"), ""),
}
"""Classes of a change between two versions of a canvas: what each is called, and the tone of its tag."""

NAMES: Mapping[str, Words] = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In short"),
    "receives": gettext_lazy("What a person receives"),
    "kind": gettext_lazy("Kind of service"),
    "area": gettext_lazy("Area"),
    "audience": gettext_lazy("For whom"),
    "life_events": gettext_lazy("Life events"),
    "keywords": gettext_lazy("Everyday words"),
    "eligibility": gettext_lazy("Who can receive it"),
    "evidence": gettext_lazy("Documents and data needed"),
    "apply_within": gettext_lazy("Apply until"),
    "stages.request.text": gettext_lazy("How to ask for it"),
    "stages.request.url": gettext_lazy("Address for asking online"),
    "stages.request.channels": gettext_lazy("Ways to ask for it"),
    "stages.request.providers": gettext_lazy("Who takes the request"),
    "fees": pgettext_lazy("a part of a description", "Fee"),
    "stages.execution.text": gettext_lazy("What happens then"),
    "stages.execution.url": gettext_lazy("Address for following the progress"),
    "stages.execution.channels": gettext_lazy("How the person is told of the progress"),
    "stages.execution.providers": gettext_lazy("Who does the work"),
    "term": gettext_lazy("Term in working days"),
    "stages.receipt.text": gettext_lazy("How the result comes"),
    "stages.receipt.url": gettext_lazy("Address where the result is fetched"),
    "stages.receipt.channels": gettext_lazy("Ways to get the result"),
    "stages.receipt.providers": gettext_lazy("Who hands the result over"),
    "outputs": gettext_lazy("Result"),
    "appeal": gettext_lazy("Where to contest"),
    "legal_acts": gettext_lazy("Legal acts"),
    "languages": gettext_lazy("Languages"),
}
"""Path of a part to its name."""

SECTIONS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    ("kas", gettext_lazy("What it is"), descriptions.PARTS[:9]),
    ("pieprasit", gettext_lazy("How to ask for it"), descriptions.PARTS[9:16]),
    ("izpilde", gettext_lazy("What happens then"), descriptions.PARTS[16:21]),
    ("rezultats", gettext_lazy("How the result comes"), descriptions.PARTS[21:26]),
    ("tiesibas", gettext_lazy("Rights and law"), descriptions.PARTS[26:]),
)
"""Anchor, heading and parts of each section of the form, in the order of writing."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "kind": ("service-kinds",),
    "area": ("areas",),
    "audience": ("target-groups",),
    "life_events": ("life-events", "business-events"),
    **{f"stages.{stage}.channels": ("channels",) for stage in descriptions.STAGES},
}
"""Path of a part that holds codes to the code lists they come from."""

LANGUAGES: Mapping[str, Words] = {
    "lv": gettext_lazy("Latvian"),
    "en": gettext_lazy("English"),
    "ru": gettext_lazy("Russian"),
}

STAGES: Mapping[str, Words] = {
    "request": gettext_lazy("on asking"),
    "execution": gettext_lazy("during the work"),
    "receipt": gettext_lazy("on getting the result"),
}

LEVELS: Mapping[str, Words] = {
    "non-waivable": pgettext_lazy("a requirement", "must not be left out"),
    "mandatory": pgettext_lazy("a requirement", "mandatory"),
    "desirable": pgettext_lazy("a requirement", "desirable"),
}
"""Level of a requirement to the word behind a label."""


def name(path: str) -> str:
    """What a part is called; the path itself where it is none."""
    return str(NAMES.get(path, path))


def anchor(path: str) -> str:
    """The id of a part on the page of a draft."""
    return f"p-{path.replace('.', '-').replace('_', '-')}"


class Reader:
    """Says values of parts in words; asks each code list once."""

    def __init__(self, language: str) -> None:
        self.language = language
        wanted = {code for codes in LISTS.values() for code in codes}
        self._labels = terms.labels(*sorted(wanted))

    def label(self, path: str, code: str) -> str:
        """The word for a code in the list of a part."""
        for list_code in LISTS.get(path, ()):
            if code in self._labels[list_code]:
                return pick(self._labels[list_code][code], self.language)
        return str(LANGUAGES.get(code, code)) if path == "languages" else code

    def choices(self, path: str) -> list[tuple[str, str]]:
        """Codes and words of the list of a part."""
        if path == "languages":
            return [(code, str(says)) for code, says in LANGUAGES.items()]
        return [
            (code, words.capital(pick(label, self.language)))
            for list_code in LISTS[path]
            for code, label in self._labels[list_code].items()
        ]

    def lines(self, path: str, value: Any) -> list[str]:
        """A value as lines of plain text, both languages told apart; nothing for an empty one."""
        if descriptions.is_empty(value):
            return []
        if path in descriptions.LIST_PARTS:
            return [f"{_tongue(code)}{one}" for code, many in sorted(value.items(), reverse=True) for one in many]
        if path in descriptions.TEXT_PARTS or path.endswith(".text"):
            return [f"{_tongue(code)}{text}" for code, text in sorted(value.items(), reverse=True) if text]
        if path == "term":
            days = value.get("days") or 0
            return [_("at once") if value.get("immediate") else words.count(days, "working-day", self.language)]
        if path in descriptions.ENTRY_PARTS:
            return [self._entry(path, entry) for entry in value]
        if isinstance(value, list):
            return [words.listed([self.label(path, code) for code in value], self.language)]
        return [self.label(path, str(value))]

    def _entry(self, path: str, entry: Mapping[str, Any]) -> str:
        if path == "fees":
            amount = entry.get("amount")
            price = words.money(float(amount), self.language) if amount not in (None, "") else ""
            stage = str(STAGES.get(entry["stage"], entry["stage"]))
            return ", ".join(part for part in (price, pick(entry.get("text"), self.language), stage) if part)
        more = str(entry.get("url") or entry.get("held_by") or "")
        title = " / ".join(text for _code, text in sorted((entry.get("title") or {}).items(), reverse=True) if text)
        return f"{title} ({more})" if more else title


def _tongue(code: str) -> str:
    """The mark before a text that is not Latvian."""
    return "" if code == "lv" else f"{code.upper()}: "
