"""Quality of texts and links: of all services within reach, and of one with each marked place shown. Views translate.

What is marked and which faults last is decided by institution.quality; marks are advice and stop nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import days, downloads, part_names, parts, today
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link, Muted, Tag, Words
from ietvars.doors.furniture.shown import Mark, language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners.common import STAFF, actor, holder_of, own_frame, service_or_404
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries as job_rows
from ietvars.ground.people.rules import Role, may
from ietvars.ground.terms.rules import LANGUAGES, pick
from ietvars.institution.quality import actions, queries, rules
from ietvars.institution.quality.checks import Mark as TextMark
from ietvars.institution.quality.links import Outcome
from ietvars.institution.services import queries as services

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))

PER_PAGE = 50

TONGUES: dict[str, Words] = {"lv": gettext_lazy("Latvian"), "en": gettext_lazy("English")}

FAULTS: dict[Outcome, Words] = {
    Outcome.GONE: gettext_lazy("The page is not there"),
    Outcome.NO_HOST: gettext_lazy("Nobody knows the address of the site"),
}
OUTCOMES: dict[Outcome, tuple[Words, str]] = {
    Outcome.FINE: (gettext_lazy("Opens"), ""),
    Outcome.GONE: (gettext_lazy("Not found last time"), "due"),
    Outcome.NO_HOST: (gettext_lazy("Site not found last time"), "due"),
    Outcome.UNCLEAR: (gettext_lazy("No clear answer last time"), ""),
    Outcome.INNER: (gettext_lazy("Inside a network, not checked"), ""),
    Outcome.UNREADABLE: (gettext_lazy("Not a web address"), "due"),
}


@dataclass(frozen=True)
class Marked(Mark):
    """A piece of text with the marked place in it."""

    mark: TextMark

    def html(self) -> SafeString:
        """The place between what stands around it, in the language of the text."""
        before, here, after = self.mark.pieces
        return format_html('<span lang="{}">{}<mark>{}</mark>{}</span>', self.mark.language, before, here, after)

    def plain(self) -> str:
        """The marked words."""
        return self.mark.text[self.mark.start : self.mark.end]


# ---- all services within reach ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """What the address asks for: checks and languages of the texts; nothing chosen means all."""

    checks: frozenset[str]
    languages: frozenset[str]

    def lets(self, mark: TextMark) -> bool:
        """Whether a mark is asked for."""
        return (not self.checks or mark.code in self.checks) and (not self.languages or mark.language in self.languages)


def _chosen(request: HttpRequest) -> Chosen:
    return Chosen(
        frozenset(request.GET.getlist("parbaude")) & {check.code for check in rules.CHECKS},
        frozenset(request.GET.getlist("valoda")) & set(LANGUAGES),
    )


def _marks(looked: Iterable[queries.Looked], chosen: Chosen) -> list[tuple[queries.About, TextMark]]:
    return [(each.service, mark) for each in looked for mark in each.marks if chosen.lets(mark)]


@access(role(*STAFF))
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Links that lead nowhere, and marks on texts, of the services within reach."""
    who = actor(request)
    looked, chosen = list(queries.looked(body_ids=who.reach)), _chosen(request)
    marks = _marks(looked, chosen)
    number = _number(request, len(marks))
    broken = queries.broken(who.reach)
    query = request.GET.copy()
    query.pop("lapa", None)
    return render(
        request,
        "owners/quality.html",
        {
            "frame": own_frame(request, "services"),
            "crumbs": crumbs((_("Services"), reverse("owners:services")), _("Quality of texts and links")),
            "services": len(looked),
            "marked": sum(bool(each.marks) for each in looked),
            "broken": _broken_table(broken) if broken else None,
            "checked": _checked(),
            "table": _marks_table(marks[(number - 1) * PER_PAGE : number * PER_PAGE]),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(marks)),
            "filters": _filters(looked, chosen),
            "is_narrowed": bool(chosen.checks or chosen.languages),
            "job": job_rows.newest(actions.JOB) if _is_running() else None,
            "may_check": may(rules.require_checker, who) and not _is_running(),
            "links_csv": reverse("owners:quality-links-csv"),
            "texts_csv": f"{reverse('owners:quality-texts-csv')}?{query.urlencode()}",
            "json": reverse("owners:quality-json"),
        },
    )


def _is_running() -> bool:
    newest = job_rows.newest(actions.JOB)
    return bool(newest and newest.is_open)


def _checked() -> str:
    last = queries.last_round()
    return days.moment(last, language()) if last else ""


def _number(request: HttpRequest, total: int) -> int:
    given = request.GET.get("lapa", "1")
    last = max(1, -(-total // PER_PAGE))
    return min(max(int(given), 1), last) if given.isdecimal() and len(given) < 7 else 1


def _filters(looked: Sequence[queries.Looked], chosen: Chosen) -> parts.Filters:
    said, counts = language(), queries.counts(looked)
    tongues = [mark.language for each in looked for mark in each.marks]
    return parts.Filters(
        action=reverse("owners:quality"),
        groups=(
            parts.FilterGroup(
                "parbaude",
                _("What is marked"),
                tuple(
                    parts.Choice(check.code, pick(check.name, said), counts[check.code], check.code in chosen.checks)
                    for check in rules.CHECKS
                    if check.code in counts
                ),
            ),
            parts.FilterGroup(
                "valoda",
                _("Language of the text"),
                tuple(
                    parts.Choice(code, TONGUES[code], tongues.count(code), code in chosen.languages)
                    for code in LANGUAGES
                    if code in tongues
                ),
            ),
        ),
        kept={},
        clear=reverse("owners:quality"),
    )


@access(role(*STAFF))
@require_GET
def texts_csv(request: HttpRequest) -> HttpResponseBase:
    """The same marks as a file."""
    looked = queries.looked(body_ids=actor(request).reach)
    return downloads.csv(_marks_table(_marks(looked, _chosen(request)), as_file=True))


@access(role(*STAFF))
@require_GET
def links_csv(request: HttpRequest) -> HttpResponseBase:
    """The broken links as a file."""
    return downloads.csv(_broken_table(queries.broken(actor(request).reach)))


@access(role(*STAFF))
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """Texts and links as the documents that `ietvars check texts` and `check links` print."""
    reach = actor(request).reach
    texts = queries.texts_document(queries.looked(body_ids=reach))
    return downloads.json({"texts": texts, "links": queries.links_document(queries.broken(reach))})


@access(role(*STAFF))
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask the links of one's own services in the background, without waiting for the round."""
    who = actor(request)
    rules.require_checker(who)
    jobs.enqueue(kind=actions.JOB, arguments={"bodies": [who.body_code]}, by=who, now=today.now())
    messages.success(request, _("The links are being checked. This page shows how far it is."))
    return HttpResponseRedirect(reverse("owners:quality"))


# ---- tables -----------------------------------------------------------------------------------------------------


def _broken_table(broken: Sequence[queries.Broken]) -> Table:
    said = language()
    return Table(
        code="kvalitate-saites",
        caption=_("Links that lead nowhere"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("Link"), "link"),
            Column(_("Where it stands"), "part"),
            Column(_("What is wrong"), "fault"),
            Column(_("First seen"), "first_seen"),
            Column(_("Last seen"), "last_seen"),
            Column(_("Times"), "times", n=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(pick(one.use.service.title, said), href=_own_page(one.use.service.code)),
                    Link(one.use.url, one.use.url),
                    _place(one.use),
                    _fault(one),
                    timezone.localdate(one.fault.first_seen),
                    timezone.localdate(one.fault.last_seen),
                    one.fault.times,
                )
            )
            for one in broken
        ),
    )


def _own_page(code: str) -> str:
    return reverse("owners:service-quality", args=[code])


def _place(use: queries.Use) -> str:
    return pick(use.label or {}, language()) or part_names.name(use.part)


def _fault(one: queries.Broken) -> str:
    says = str(FAULTS[one.fault.outcome])
    return f"{says} ({one.fault.status})" if one.fault.status else says


def _marks_table(
    marks: Sequence[tuple[queries.About, TextMark]], *, with_service: bool = True, as_file: bool = False
) -> Table:
    """The marks; on a page what to do stands under what is wrong, in a file beside it."""
    said = language()
    first = (Column(_("Service"), "service"),) if with_service else ()
    last = (Column(_("What to do"), "remedy"),) if as_file else ()
    return Table(
        code="kvalitate-teksti",
        caption=_("Marks on texts"),
        columns=(
            *first,
            Column(_("Text"), "text"),
            Column(_("Part"), "part"),
            Column(_("What is wrong"), "says"),
            *last,
        ),
        rows=tuple(
            Row(
                (
                    *((Cell(pick(about.title, said), href=_own_page(about.code)),) if with_service else ()),
                    Marked(mark),
                    f"{part_names.name(mark.part)} ({mark.language.upper()})",
                    Cell(pick(mark.says, said), under="" if as_file else pick(mark.remedy, said)),
                    *((pick(mark.remedy, said),) if as_file else ()),
                )
            )
            for about, mark in marks
        ),
    )


# ---- one service ------------------------------------------------------------------------------------------------


@over_own
@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service, in whatever state: each marked place of its texts, and all its links with their last check."""
    found = service_or_404(code)
    looked = queries.look(code)
    if looked is None:
        raise Http404
    watched = queries.watched(chosen=services.all_services().filter(code=code))
    marks = [(looked.service, mark) for mark in looked.marks]
    said = language()
    return render(
        request,
        "owners/service_quality.html",
        {
            "frame": own_frame(request, "services"),
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (pick(found.title, said), reverse("owners:service", args=[code])),
                _("Texts and links"),
            ),
            "holder": pick(found.holder_name, said),
            "title": pick(found.title, said),
            "code": code,
            "table": _marks_table(marks, with_service=False),
            "links": _watched_table(watched),
            "may_own": actor(request).role == Role.SERVICE_OWNER,
        },
    )


def _watched_table(watched: Sequence[queries.Watched]) -> Table:
    return Table(
        code="saites",
        caption=_("Links"),
        columns=(
            Column(_("Link"), "link"),
            Column(_("Where it stands"), "part"),
            Column(_("State"), "state"),
            Column(_("Checked"), "checked"),
        ),
        rows=tuple(Row((Link(one.use.url, one.use.url), _place(one.use), _state(one), _when(one))) for one in watched),
    )


def _state(one: queries.Watched) -> object:
    if one.fault is not None:
        since = days.in_table(timezone.localdate(one.fault.first_seen), language())
        return Tag(_("Leads nowhere since %(since)s") % {"since": since}, tone="danger")
    if one.last is None:
        return Muted(_("not checked yet"))
    says, tone = OUTCOMES[one.last.outcome]
    return Tag(says, tone=tone)


def _when(one: queries.Watched) -> object:
    return timezone.localdate(one.last.at) if one.last else Muted("–")
