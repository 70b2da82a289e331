"""What a newer canvas means for a service, part by part, take all or one; or laying a service into a canvas."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ietvars.doors.furniture import part_names, today
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners import drafting
from ietvars.doors.owners.common import actor, holder_of, own_frame, service_or_404
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import merging, requirements, rules
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.revisions import actions, queries
from ietvars.institution.services import queries as services

over_own_as_owner = access(over_body(Role.SERVICE_OWNER, body_from="code", body_of=holder_of))


@dataclass(frozen=True)
class ChangeShown:
    """One part in which the canvas differs: its class, old, new and mine in lines, and whether there is a choice.

    `told` says what changed besides the common text: weight, further rules, days, help.
    """

    path: str
    name: str
    tag: Tag
    was: list[str]
    becomes: list[str]
    told: list[str]
    mine: list[str]
    why: str
    has_choice: bool
    takes_new: bool


def shown(
    change: merging.Change, reader: part_names.Reader, old: rules.Part | None, new: rules.Part | None
) -> ChangeShown:
    """A change in words: the common text only where it differs, and everything else that differs as a sentence."""
    says, tone = part_names.CLASSES[change.of_class.value]
    was, becomes = reader.lines(change.path, change.was), reader.lines(change.path, change.becomes)
    source = pick(change.source_becomes, reader.language) if change.source_becomes != change.source_was else ""
    told = _told(old, new)
    if was == becomes:
        becomes = []
        if not told:
            told = [_("Another source.") if source else _("Other help, example or good practice.")]
    return ChangeShown(
        path=change.path,
        name=part_names.name(change.path),
        tag=Tag(says, tone=tone),
        was=was,
        becomes=becomes,
        told=told,
        mine=reader.lines(change.path, change.mine),
        why=_("By: %(source)s") % {"source": source} if source else "",
        has_choice=change.has_content,
        takes_new=change.standing is merging.Standing.OPEN,
    )


def _told(old: rules.Part | None, new: rules.Part | None) -> list[str]:
    """What differs besides the common text, each as a line."""
    if new is None:
        return [_("No part of the canvas any more.")]
    told = []
    if old is None:
        told.append(_("A new part: %(level)s.") % {"level": part_names.LEVELS[new.level.value]})
    elif old.level is not new.level:
        told.append(
            _("Was %(was)s, is %(level)s.")
            % {"was": part_names.LEVELS[old.level.value], "level": part_names.LEVELS[new.level.value]}
        )
    before = {one.code: one.level for one in old.also} if old else {}
    after = {one.code: one.level for one in new.also}
    for code in dict.fromkeys([*before, *after]):
        told += _rule_told(code, before.get(code), after.get(code))
    if old is not None and (old.valid_from, old.valid_until) != (new.valid_from, new.valid_until):
        told.append(_("Other days on which it is asked."))
    return told


def _rule_told(code: str, was: rules.Level | None, level: rules.Level | None) -> list[str]:
    """What became of a further rule; nothing where it stayed as it was."""
    rule = _(requirements.FURTHER[code].text)
    if was is level:
        return []
    if level is None:
        return [_("No longer asked: %(rule)s") % {"rule": rule}]
    if was is None:
        return [_("New: %(rule)s") % {"rule": rule}]
    levels = {"was": part_names.LEVELS[was.value], "level": part_names.LEVELS[level.value]}
    told = _("Was %(was)s, is %(level)s.") % levels
    return [f"{rule} {told}"]


@over_own_as_owner
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Compare with the newest version of the service's canvas; without a canvas, choose one."""
    service = service_or_404(code)
    if request.method == "POST":
        return _take(request, service)
    drift = queries.drift(service)
    revision = queries.open_of(service)
    version = revision.canvas_version if revision else services.version_of(service)
    if drift is None and (version is None or "sagatave" in request.GET):
        return _choose(request, service, revision)
    said = language()
    reader = part_names.Reader(said)
    changes = _shown_all(drift, reader) if drift else []
    return render(
        request,
        "owners/canvas_changes.html",
        {
            "frame": own_frame(request, "services"),
            "service": service,
            "title": pick(service.title, said),
            "canvas": pick(version.canvas.title, said) if version else "",
            "version": version,
            "drift": drift,
            "note": pick(drift.newest.note, said) if drift else "",
            "changes": changes,
            "counts": [
                (part_names.CLASSES[kind.value][0], sum(1 for one in drift.changes if one.of_class is kind))
                for kind in merging.Class
            ]
            if drift
            else [],
            "crumbs": _crumbs(service),
        },
    )


def _shown_all(drift: queries.Drift, reader: part_names.Reader) -> list[ChangeShown]:
    old = {part.path: part for part in canvases.parts(drift.stands_on)}
    new = {part.path: part for part in canvases.parts(drift.newest)}
    return [shown(change, reader, old.get(change.path), new.get(change.path)) for change in drift.changes]


def _take(request: HttpRequest, service: Any) -> HttpResponse:
    by, now = actor(request), today.now()
    revision = actions.start(service=service, by=by, now=now)
    wanted = request.POST.get("sagatave", "")
    if wanted:
        version = canvases.current(wanted)
        if version is not None:
            actions.lay_into(revision=revision, version=version, by=by, now=now)
            messages.success(request, _("Laid into the canvas. What you wrote stays; see beside it what is missing."))
    else:
        paths = None
        if request.POST.get("step") != "all":
            paths = {name[5:] for name, choice in request.POST.items() if name.startswith("take-") and choice == "new"}
        actions.take(revision=revision, paths=paths, by=by, now=now)
        messages.success(request, _("The draft stands on the newest canvas. Look it through and submit it."))
    return HttpResponseRedirect(reverse("owners:draft", args=[service.code]))


def _choose(request: HttpRequest, service: Any, revision: Any) -> HttpResponse:
    """Canvases to lay a service into, each with how many gaps the description would have there."""
    said, on = language(), today.today()
    description = revision.description if revision else services.description(service)
    rows = []
    for version in canvases.newest().values():
        if version.canvas.kind == "common":
            continue
        parts = canvases.parts(version)
        laid = merging.laid_into(parts, description)
        found = requirements.gaps(laid, requirements.asked(parts, on, is_offered=service.is_offered))
        blocking = [gap for gap in found if gap.blocks]
        rows.append(
            (
                version.canvas.code,
                pick(version.canvas.title, said),
                pick(version.canvas.about, said),
                len(blocking),
                ", ".join(dict.fromkeys(part_names.name(gap.part) for gap in blocking)),
            )
        )
    return render(
        request,
        "owners/canvas_choose.html",
        {
            "frame": own_frame(request, "services"),
            "service": service,
            "title": pick(service.title, said),
            "rows": sorted(rows, key=lambda row: (row[3], row[1])),
            "near": drafting.near(pick(service.title, "lv"), besides=service.code),
            "crumbs": _crumbs(service),
        },
    )


def _crumbs(service: Any) -> Any:
    return crumbs(
        (_("Services"), reverse("owners:services")),
        (pick(service.title, language()), reverse("owners:service", args=[service.code])),
        _("Canvas"),
    )
