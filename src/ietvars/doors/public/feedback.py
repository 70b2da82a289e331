"""Takes what visitors say of a page. Nobody signs in; with JavaScript the fold changes in place, else a page comes.

What was typed goes to the room as it is, and is shown again only masked. Faults must not print it, so the view hides
its form from reports.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.doors.furniture import feedback as folds
from ietvars.doors.furniture import refusals, today
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.ground.errors import Refusal
from ietvars.institution.feedback import actions, errors, masking, rules
from ietvars.institution.services import queries as services

FLOODS = (errors.TooMany, errors.TooManyInAll)

SHOWN_AGAIN = 2 * rules.LONGEST_COMMENT
"""So much of a comment that was refused is shown again; to look through megabytes for codes would take too long."""


@access(anyone)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form of one page (GET), and what was said in it (POST)."""
    asked = request.POST if request.method == "POST" else request.GET
    about = folds.about(asked.get("lapa", "") or "/") or folds.About("/", language())
    if request.method != "POST":
        return _shown(request, folds.empty_form(_address(about)), about)
    typed = request.POST.copy()
    typed["komentars"] = masking.mask(typed.get("komentars", "")[:SHOWN_AGAIN], language()).text
    form = folds.FeedbackForm(typed, auto_id="ats-%s")
    if not form.is_valid():
        return _shown(request, form, about, status=HTTPStatus.BAD_REQUEST)
    said = form.cleaned_data
    try:
        if folds.about(asked.get("lapa", "") or "/") is None:
            raise errors.UnknownPage
        made = actions.leave(
            said=rules.Said(
                page=about.path,
                rating=said["vertejums"],
                found=said["atradu"],
                comment=request.POST.get("komentars", ""),
                part=said["par"] if about.service else "",
                address=said["epasts"],
                language=about.language,
                service=about.service if _is_public(about.service) else "",
                body=about.body,
                trap=said["majaslapa"],
            ),
            sender=get_adapter().get_client_ip(request),
            by=rules.VISITOR,
            now=today.now(),
        )
    except Refusal as refusal:
        status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(refusal, FLOODS) else HTTPStatus.BAD_REQUEST
        return _shown(request, form, about, refusal, status)
    if request.headers.get("HX-Request"):
        done = folds.Fold(form=folds.empty_form(""), done=_thanks(made.masked, wants_answer=made.wants_answer))
        return render(request, "ietvars/feedback.html", {"c": done})
    query = {"lapa": _address(about), "izmests": ",".join(sorted(made.masked)), "atbilde": "1" * made.wants_answer}
    return HttpResponseRedirect(
        f"{reverse('public:feedback-thanks')}?{urlencode({k: v for k, v in query.items() if v})}"
    )


@access(anyone)
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """That it was taken, what was taken out of it, and the way back."""
    about = folds.about(request.GET.get("lapa", ""))
    found = dict.fromkeys((kind for kind in request.GET.get("izmests", "").split(",") if kind in folds.MASKED_WORDS), 1)
    return render(
        request,
        "public/thanks.html",
        {
            "says": _thanks(found, wants_answer="atbilde" in request.GET),
            "back": _address(about) if about is not None and about.is_known else "",
            "crumbs": crumbs((_("Home"), reverse("public:home")), _("Feedback")),
        },
    )


def _thanks(found: dict[str, int], *, wants_answer: bool) -> tuple[str, ...]:
    says = (
        folds.masked_says(found),
        _("The one who answers for this page reads it. You will get the answer by e-mail.")
        if wants_answer
        else _("The one who answers for this page reads it."),
    )
    return tuple(one for one in says if one)


def _is_public(code: str) -> bool:
    found = services.by_code(code) if code else None
    return found is not None and found.state != "draft"


def _address(about: folds.About) -> str:
    return f"/en{about.path}" if about.language == "en" else about.path


def _shown(
    request: HttpRequest,
    form: folds.FeedbackForm,
    about: folds.About,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    fold = folds.Fold(
        form=form,
        has_parts=bool(about.service),
        is_open=True,
        refusal=refusals.box(refusal, level=2) if refusal is not None else None,
    )
    if request.headers.get("HX-Request"):
        # What is put in place of the fold must come as an answer that was given, or htmx drops it.
        return render(request, "ietvars/feedback.html", {"c": fold})
    return render(
        request,
        "public/feedback.html",
        {"c": fold, "crumbs": crumbs((_("Home"), reverse("public:home")), _("Feedback"))},
        status=status,
    )
