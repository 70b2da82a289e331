"""Looking through a draft: what changes for people part by part, what is open, what colleagues say; and the history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import part_names, today
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners import drafting
from ietvars.doors.owners.common import STAFF, actor, holder_of, own_frame, service_or_404
from ietvars.doors.owners.drafts import DayForm
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Actor, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases.requirements import Gap
from ietvars.institution.revisions import queries, rules
from ietvars.institution.services import queries as services

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))


@dataclass(frozen=True)
class ChangedPart:
    """A part as people read it now and as the draft says it, with what colleagues say of it."""

    path: str
    anchor: str
    name: str
    was: list[str]
    becomes: list[str]
    gaps: list[str]
    comments: tuple[drafting.Comment, ...]


def state_tag(state: str) -> Tag:
    """A draft's state in words."""
    says, tone = {
        "draft": (_("Draft"), ""),
        "submitted": (_("Submitted"), "due"),
        "approved": (_("Approved"), "blue"),
        "scheduled": (_("Scheduled"), "blue"),
        "published": (_("Published"), "better"),
        "abandoned": (_("Given up"), ""),
    }[state]
    return Tag(says, tone=tone)


def _changed_parts(
    reads: Mapping[str, Any],
    revision: Any,
    comments: Sequence[Any],
    names: Mapping[str, Mapping[str, str]],
    gaps: Iterable[Gap],
) -> list[ChangedPart]:
    """The parts that differ from what people read, that miss something, or of which somebody speaks."""
    reader = part_names.Reader(language())
    told = drafting.gap_sentences(gaps)
    open_comments = [row for row in comments if not row.settled_at]
    shown = {*descriptions.changed(reads, revision.description), *(row.part for row in comments)}
    shown |= {path for path, (blocking, _advice) in told.items() if blocking}
    return [
        ChangedPart(
            path=path,
            anchor=part_names.anchor(path),
            name=part_names.name(path),
            was=reader.lines(path, reads.get(path)),
            becomes=reader.lines(path, revision.description.get(path)),
            gaps=told.get(path, ([], []))[0],
            comments=tuple(drafting.comment_of(row, names) for row in open_comments if row.part == path),
        )
        for path in descriptions.PARTS
        if path in shown
    ]


def _steps_open(who: Actor, service: Any, revision: Any, writers: set[str]) -> dict[str, bool]:
    """Which buttons stand there: each asks the rule that would refuse its step."""
    holder = service.holder_id
    may_read = may(rules.require_reader, who, holder)
    return {
        "may_approve": revision.state == "submitted" and may(rules.require_approver, who, holder, writers),
        "may_publish": revision.state in ("approved", "scheduled") and may_read,
        "may_write": may(rules.require_writer, who, holder),
    }


@over_own
@require_GET
def approval(request: HttpRequest, code: str) -> HttpResponse:
    """A draft beside what people read, for whoever approves it and for whoever wrote it."""
    service = service_or_404(code)
    revision = queries.open_of(service)
    said, on, who = language(), today.today(), actor(request)
    if revision is None:
        context = {"title": pick(service.title, said), "code": code}
        return render(
            request, "owners/draft_none.html", {"frame": own_frame(request, "services"), "crumbs": None, **context}
        )
    comments = queries.comments(revision)
    writers = queries.writers(revision)
    steps = queries.steps(revision)
    talkers = {row.username for row in comments} | {row.username for row in steps}
    names = people.names({*writers, *talkers, revision.approver})
    reads = services.description(service) if service.state != "draft" else {}
    gaps = queries.gaps(revision, on)
    title = pick(revision.description.get("title"), said) or _("Service without a name")
    return render(
        request,
        "owners/approval.html",
        {
            "frame": own_frame(request, "services"),
            "service": service,
            "revision": revision,
            "state": state_tag(revision.state),
            "title": title,
            "is_new": not reads,
            "parts": _changed_parts(reads, revision, comments, names, gaps),
            "whole_comments": [
                drafting.comment_of(row, names) for row in comments if not row.part and not row.settled_at
            ],
            "waivers": [
                (part_names.name(gap.part), _(gap.sentence), revision.waived[gap.code])
                for gap in gaps
                if gap.code in revision.waived
            ],
            "missing": drafting.missing(revision.description, queries.asked(revision, on)),
            "writers": [pick(names.get(one, {}), said) or one for one in sorted(writers)],
            "steps": [
                (state_tag(row.state), pick(names.get(row.username, {}), said) or row.username, row) for row in steps
            ],
            "day_form": DayForm(initial={"valid_from": on}),
            **_steps_open(who, service, revision, writers),
            "wrote_it": who.username in writers,
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (pick(service.title, said), reverse("owners:service", args=[code])),
                _("Draft"),
            ),
        },
    )


@over_own
@require_GET
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that was published of a service and every draft with its steps."""
    service = service_or_404(code)
    said = language()
    reader = part_names.Reader(said)
    versions = services.versions_of(service)
    drafts = queries.of(service)
    steps = {draft.pk: queries.steps(draft) for draft in drafts}
    names = people.names({row.username for rows in steps.values() for row in rows})
    published = []
    for at, row in enumerate(versions):
        before = versions[at + 1].description if at + 1 < len(versions) else {}
        changed = [
            (part_names.name(path), reader.lines(path, before.get(path)), reader.lines(path, row.description.get(path)))
            for path in descriptions.changed(before, row.description)
        ]
        published.append((row, pick(row.holder.name, said), changed if before else []))
    return render(
        request,
        "owners/history.html",
        {
            "frame": own_frame(request, "services"),
            "title": pick(service.title, said),
            "versions": published,
            "drafts": [
                (
                    draft,
                    state_tag(draft.state),
                    [
                        (state_tag(row.state), pick(names.get(row.username, {}), said) or row.username, row)
                        for row in steps[draft.pk]
                    ],
                )
                for draft in drafts
            ],
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (pick(service.title, said), reverse("owners:service", args=[code])),
                _("History"),
            ),
        },
    )
