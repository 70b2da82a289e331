"""Work in the background as pages show it: how far it is, what became of it, and the buttons to stop or resume it.

`{% job_progress job %}` places it on any page. With JavaScript it asks anew by itself and loads the page again when the
work has ended; without, a link does. It must not know any kind of work, nor show what is in a report.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture.access import access, actor_of, signed_in
from ietvars.doors.furniture.marks import Words
from ietvars.doors.furniture.shown import Part, language
from ietvars.ground.jobs import actions, errors, queries, rules
from ietvars.ground.jobs.rules import State
from ietvars.ground.people.rules import Actor, may
from ietvars.ground.terms.rules import pick


@dataclass(frozen=True)
class Progress(Part):
    """One job: its words, how much of how much is done, and what can be done with it."""

    says: Words
    done: int = 0
    of: int = 0
    is_open: bool = False
    is_failed: bool = False
    poll: str = ""
    stop: str = ""
    resume: str = ""
    token: str = ""

    template: ClassVar[str] = "ietvars/parts/progress.html"


def of_job(job: Any, request: HttpRequest) -> Progress:
    """The progress of a job, with the buttons to stop or resume it for whoever may."""
    may_change = _may_change(actor_of(request), job)
    is_open = job.state in rules.OPEN
    can_resume = job.state in (State.STOPPED, State.FAILED)
    return Progress(
        says=_words(job),
        done=job.done,
        of=job.of,
        is_open=is_open,
        is_failed=job.state == State.FAILED,
        poll=reverse("furniture:job", args=[job.pk]) if is_open and may_change else "",
        stop=reverse("furniture:job-stop", args=[job.pk]) if is_open and may_change else "",
        resume=reverse("furniture:job-resume", args=[job.pk]) if can_resume and may_change else "",
        token=get_token(request) if may_change else "",
    )


def shown(job: Any, request: HttpRequest) -> SafeString:
    """The same for a template; nothing when there is no job, or when it is done."""
    if job is None or job.state == State.DONE:
        return SafeString("")
    return of_job(job, request).html()


def _words(job: Any) -> str:
    match job.state:
        case State.QUEUED:
            return _("The work waits for its turn.")
        case State.RUNNING if job.of:
            return _("Done: %(done)s of %(of)s.") % {"done": job.done, "of": job.of}
        case State.RUNNING:
            return _("The work has begun.")
        case State.STOPPED if not job.of:
            return _("The work was stopped.")
        case State.STOPPED:
            return _("The work was stopped at %(done)s of %(of)s.") % {"done": job.done, "of": job.of}
        case State.FAILED:
            return pick(job.error, language())
        case _:
            return _("The work is done.")


def _may_change(actor: Actor | None, job: Any) -> bool:
    return actor is not None and may(rules.require_reader, actor, job.asked_by)


def _job_of(request: HttpRequest, pk: int) -> tuple[Any, Actor]:
    job = queries.by_pk(pk)
    if job is None:
        raise Http404
    actor = actor_of(request)
    if actor is None:
        raise errors.NotYourJob
    rules.require_reader(actor, job.asked_by)
    return job, actor


@access(signed_in)
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is: the part alone for a page that asks anew, a plain page for a person."""
    found, _actor = _job_of(request, pk)
    made = of_job(found, request)
    if not request.headers.get("HX-Request"):
        return render(request, "ietvars/job.html", {"job": made})
    answer = HttpResponse(made.html())
    if not made.is_open:
        # The page that asks shows what came of it; it knows how, we do not.
        answer["HX-Refresh"] = "true"
    return answer


@access(signed_in)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job that waits or runs."""
    found, actor = _job_of(request, pk)
    actions.stop(job=found, by=actor, now=timezone.now())
    messages.success(request, _("The work is stopped. It can go on from where it was."))
    return _back(request, pk)


@access(signed_in)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a stopped or failed job again."""
    found, actor = _job_of(request, pk)
    actions.resume(job=found, by=actor, now=timezone.now())
    messages.success(request, _("The work waits for its turn."))
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    place = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(place if is_ours else reverse("furniture:job", args=[pk]))
