"""Figures for anybody: the list of releases, one release with its files and dictionary, and the files themselves.

Addresses of files are stable: a release never changes. Drafts are nobody's to see here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import days, licence, release_tables, words
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.release_words import STATES, size
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.terms.rules import pick
from ietvars.institution.releases import dictionary, laying, queries, rules

MEDIA_TYPES = {
    "figures.csv": "text/csv; charset=utf-8",
    "figures.parquet": "application/vnd.apache.parquet",
    "figures.ttl": "text/turtle; charset=utf-8",
    "dictionary.csv": "text/csv; charset=utf-8",
    "manifest.json": "application/json",
}

PIECE = 64 * 1024


@access(anyone)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All releases that the public may see."""
    said = language()
    found = list(queries.public())
    return render(
        request,
        "public/figures.html",
        {
            "crumbs": crumbs((_("Home"), reverse("public:home")), _("Figures of deliveries")),
            "table": Table(
                code="izlaides",
                caption=_("Releases"),
                columns=(
                    Column(_("Period"), "period"),
                    Column(_("State"), "state"),
                    Column(_("Published"), "published"),
                ),
                rows=tuple(
                    Row(
                        (
                            Cell(
                                words.capital(days.period(one.period, said)),
                                href=reverse("public:figures-release", args=[one.code]),
                            ),
                            Tag(STATES[rules.State(one.state)]()),
                            days.in_table(timezone.localdate(one.published_at), said) if one.published_at else "",
                        )
                    )
                    for one in found
                ),
            )
            if found
            else None,
            "is_illustrative": any(one.is_illustrative for one in found),
        },
    )


def _public(code: str) -> Any:
    found = queries.public().filter(code=code).first()
    if found is None:
        raise Http404
    return found


@access(anyone)
@require_GET
def release(request: HttpRequest, code: str) -> HttpResponse:
    """One release: its files, what it hides and why, its dictionary."""
    found, said = _public(code), language()
    steps = list(found.steps.all())
    return render(
        request,
        "public/figures_release.html",
        {
            "crumbs": crumbs(
                (_("Home"), reverse("public:home")),
                (_("Figures of deliveries"), reverse("public:figures")),
                found.code,
            ),
            "release": found,
            "title": words.capital(days.period(found.period, said)),
            "state": STATES[rules.State(found.state)](),
            "superseded": next((step.why for step in steps if step.state == rules.State.SUPERSEDED), ""),
            "k": found.manifest["parameters"]["k"],
            "files": _files(found),
            "sums": release_tables.sums(found),
            "licence": licence.OPEN_DATA,
            "dictionary": _dictionary(),
            "input_hash": found.manifest["input"]["sha256"],
        },
    )


def _files(found: Any) -> Table:
    hashes = found.manifest["files"]
    return Table(
        code="datnes",
        caption=_("Files"),
        columns=(Column(_("File"), "file"), Column(_("Size"), "size", n=True), Column("SHA-256", "sha256")),
        rows=tuple(
            Row(
                (
                    Cell(name, href=reverse("public:figures-file", args=[found.code, name])),
                    size(queries.size(found, name)),
                    f"{hashes[name][:16]}…" if name in hashes else "",
                )
            )
            for name in laying.PUBLIC
            if queries.file(found, name) is not None
        ),
    )


def _dictionary() -> Table:
    said = language()
    return Table(
        code="vardnica",
        caption=_("Dictionary"),
        columns=(Column(_("Code"), "code"), Column(_("Name"), "name"), Column(_("Meaning"), "meaning")),
        rows=tuple(Row((one.code, pick(one.name, said), pick(one.about, said))) for one in dictionary.ENTRIES),
    )


@access(anyone)
@require_GET
def file(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """A file of a release, as it was laid."""
    path = queries.file(_public(code), name)
    if path is None:
        raise Http404
    answer = StreamingHttpResponse(_pieces(path), content_type=MEDIA_TYPES[name])
    answer["Content-Length"] = str(path.stat().st_size)
    if name != "manifest.json":
        answer["Content-Disposition"] = f'attachment; filename="{code}-{name}"'
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _pieces(path: Path) -> Iterator[bytes]:
    """The file piece by piece; opened only by who takes it, so that nothing stays open where nobody does."""
    with path.open("rb") as found:
        while piece := found.read(PIECE):
            yield piece
