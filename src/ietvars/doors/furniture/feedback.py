"""The fold at the foot of every public page in which a visitor says whether the page helped.

It holds words and fields; what may be said and what becomes of it is the business of the room. Nothing in it tells who
is asking: the page's path goes along, without its query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from ietvars.doors.furniture import frame, words
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.institution.feedback import errors, masking, queries, rules

DOORS = frozenset({"public", "machines"})
"""Doors whose pages are for everybody."""

OWN = frozenset({"feedback", "feedback-thanks"})
"""Pages that are the fold itself."""

RATING_WORDS: Mapping[int, Words] = {
    1: pgettext_lazy("rating", "very poor"),
    2: pgettext_lazy("rating", "poor"),
    3: pgettext_lazy("rating", "fair"),
    4: pgettext_lazy("rating", "good"),
    5: pgettext_lazy("rating", "very good"),
}
FOUND_WORDS: Mapping[str, Words] = {
    "yes": pgettext_lazy("found what was sought", "Yes"),
    "partly": pgettext_lazy("found what was sought", "Partly"),
    "no": pgettext_lazy("found what was sought", "No"),
}
PART_WORDS: Mapping[str, Words] = {
    "eligibility": gettext_lazy("Who can have it"),
    "evidence": gettext_lazy("What to prepare"),
    "fees": gettext_lazy("Price"),
    "term": gettext_lazy("How long it takes"),
    "appeal": gettext_lazy("If you disagree with the decision"),
    "stages.request": gettext_lazy("Applying"),
    "stages.execution": gettext_lazy("Waiting for the result"),
    "stages.receipt": gettext_lazy("Receiving the result"),
}
MASKED_WORDS: Mapping[str, Words] = {kind.value: gettext_lazy(said) for kind, said in masking.WORDS.items()}


class FeedbackForm(forms.Form):
    """What a visitor may say. The last two fields are for programs: the page, and a trap."""

    vertejums = forms.TypedChoiceField(
        label=gettext_lazy("How do you rate this page?"),
        widget=forms.RadioSelect,
        choices=[(str(one), str(one)) for one in rules.RATINGS],
        coerce=int,
        error_messages={
            "required": gettext_lazy(errors.NoRating.message),
            "invalid_choice": gettext_lazy(errors.NoRating.message),
        },
    )
    atradu = forms.ChoiceField(
        label=gettext_lazy("Did you find what you were looking for?"),
        widget=forms.RadioSelect,
        choices=list(FOUND_WORDS.items()),
        required=False,
    )
    par = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[("", gettext_lazy("The whole page")), *PART_WORDS.items()],
        required=False,
    )
    komentars = forms.CharField(
        label=gettext_lazy("What should be better?"),
        help_text=gettext_lazy("Do not write names, personal codes or telephone numbers. We take out those we notice."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": rules.LONGEST_COMMENT}),
        required=False,
    )
    epasts = forms.CharField(
        label=gettext_lazy("Your e-mail, if you want an answer"),
        help_text=gettext_lazy("We send one answer and delete the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": rules.LONGEST_ADDRESS}),
        required=False,
    )
    majaslapa = forms.CharField(label=gettext_lazy("Website"), required=False)
    lapa = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_epasts(self) -> str:
        """The address, if it is one."""
        address = str(self.cleaned_data["epasts"])
        if address and not rules.is_address(address):
            raise forms.ValidationError(gettext_lazy(errors.NotAnAddress.message), code="address")
        return address


@dataclass(frozen=True)
class Fold:
    """The fold of a page. `done` is the thanks that stand in its place once something was left."""

    form: FeedbackForm
    has_parts: bool = False
    rating: Words = ""
    is_illustrative: bool = False
    is_open: bool = False
    refusal: RefusalBox | None = None
    done: tuple[Words, ...] = ()

    @property
    def action(self) -> str:
        return frame.place("public:feedback")

    @property
    def ratings(self) -> tuple[tuple[Any, str, int, Words], ...]:
        """Control, id, number and word of each rating."""
        return tuple(
            (one.tag(), str(one.id_for_label), number, RATING_WORDS[number])
            for one, number in zip(self.form["vertejums"].subwidgets, rules.RATINGS, strict=True)
        )

    @property
    def page(self) -> str:
        """The path of the page it is about."""
        return str(self.form["lapa"].value() or "/")

    @property
    def trap(self) -> BoundField:
        return self.form["majaslapa"]


def empty_form(page: str) -> FeedbackForm:
    """The form of a page, nothing filled in. Its ids are its own, since it stands beside other forms."""
    return FeedbackForm(auto_id="ats-%s", initial={"lapa": masking.mask(page[: rules.LONGEST_PAGE]).text})


def fold(request: HttpRequest, *, of: Any = None, on: date | None = None) -> Fold | None:
    """The fold of the page of this request; nothing on pages of staff and on the fold's own page.

    `of` is the service that the page shows, `on` today: then parts can be pointed at, and the mean of a year is said.
    """
    match = request.resolver_match
    if match is not None and (match.namespace not in DOORS or match.url_name in OWN):
        return None
    found = queries.rating_of(of.pk, on) if of is not None and on is not None else None
    return Fold(
        form=empty_form(request.path),
        has_parts=of is not None,
        rating=rating_says(found),
        is_illustrative=found is not None and found.is_illustrative,
    )


def rating_says(rating: rules.Rating | None) -> str:
    """The mean with how many it is of; nothing while they are too few."""
    if rating is None:
        return ""
    language = get_language() or words.LATVIAN
    text = ngettext(
        "People rate it %(mean)s of 5: %(n)s rating in a year.",
        "People rate it %(mean)s of 5: %(n)s ratings in a year.",
        rating.n,
    )
    return text % {"mean": words.number(rating.mean, language, decimals=1), "n": words.number(rating.n, language)}


@dataclass(frozen=True)
class About:
    """The public page that an address leads to. `is_known` is false for an address where there is nothing."""

    path: str
    language: str
    service: str = ""
    body: str = ""
    is_known: bool = True


def about(address: str) -> About | None:
    """What page an address is, or nothing when it is a page of staff, of programs, or no address of ours."""
    path = rules.path_of(address)
    if not path:
        return None
    said = "lv"
    if path == "/en" or path.startswith("/en/"):
        said, path = "en", path[3:] or "/"
    with translation.override("lv"):
        try:
            match = resolve(path)
        except Resolver404:
            return About(path, said, is_known=False)
    if match.namespace not in DOORS or match.url_name in OWN:
        return None
    code = str(match.kwargs.get("code", ""))
    return About(
        path,
        said,
        service=code if match.url_name == "service" else "",
        body=code if match.url_name == "body" else "",
    )


def masked_says(found: Mapping[str, int]) -> str:
    """What was taken out of a comment, in a sentence; nothing when nothing was."""
    if not found:
        return ""
    language = get_language() or words.LATVIAN
    named = words.listed([str(MASKED_WORDS[kind]) for kind in MASKED_WORDS if kind in found], language)
    return _("We took out of your text before keeping it: %(what)s.") % {"what": named}
