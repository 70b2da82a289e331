"""The holder's answers to the criteria of digitalisation that figures cannot answer. The room decides what is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ietvars.doors.furniture import refusals, today, words
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners.common import actor, holder_of, own_frame, service_or_404
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.oversight.finders import actions, queries

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Pair:
    """One criterion of the form: the answer and why."""

    answer: BoundField
    why: BoundField


class CriteriaForm(forms.Form):
    """A yes or no to each criterion, with its reason; what is left open is not answered."""

    def __init__(self, *args: Any, criteria: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = tuple(criteria)
        for code, label in criteria.items():
            self.fields[f"answer-{code}"] = forms.ChoiceField(
                label=label, choices=[(YES, _("Yes")), (NO, _("No"))], widget=forms.RadioSelect, required=False
            )
            self.fields[f"why-{code}"] = forms.CharField(
                label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000
            )

    def pairs(self) -> Iterable[Pair]:
        """The criteria in the order of the law."""
        return (Pair(self[f"answer-{code}"], self[f"why-{code}"]) for code in self.codes)

    def clean(self) -> dict[str, Any]:
        """An answer needs its reason; a reason alone answers nothing."""
        cleaned: dict[str, Any] = super().clean() or {}
        for code in self.codes:
            if cleaned.get(f"answer-{code}") and not cleaned.get(f"why-{code}"):
                self.add_error(f"why-{code}", _("Say why you answer so."))
        return cleaned

    def given(self) -> dict[str, tuple[bool, str]]:
        """Criterion to answer and reason, of those that were answered."""
        return {
            code: (self.cleaned_data[f"answer-{code}"] == YES, self.cleaned_data[f"why-{code}"])
            for code in self.codes
            if self.cleaned_data[f"answer-{code}"]
        }


@access(over_body(Role.SERVICE_OWNER, body_from="code", body_of=holder_of))
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the criteria; only what is new or otherwise than before is kept, and earlier answers stay on record."""
    found = service_or_404(code)
    said = language()
    criteria = {one: words.capital(pick(label, said)) for one, label in queries.criteria().items()}
    known = {one: (row.answer, row.why) for one, row in queries.answers([found.pk]).get(found.pk, {}).items()}
    form = CriteriaForm(request.POST or None, criteria=criteria, initial=_initial(known))
    back = reverse("owners:service", args=[code])
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_several(
                service=found,
                answers={one: given for one, given in form.given().items() if known.get(one) != given},
                by=actor(request),
                now=today.now(),
                on=today.today(),
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("The answers are kept."))
            return HttpResponseRedirect(back)
    return render(
        request,
        "owners/criteria.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "refusal": refusal,
            "title": pick(found.title, said),
            "back": back,
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")), (pick(found.title, said), back), _("Criteria")
            ),
        },
        status=400 if request.method == "POST" else 200,
    )


def _initial(known: Mapping[str, tuple[bool, str]]) -> dict[str, str]:
    made = {f"answer-{code}": YES if answer else NO for code, (answer, _why) in known.items()}
    return made | {f"why-{code}": why for code, (_answer, why) in known.items()}
