"""Stable IRIs: every thing of the catalogue answers under `/id/`, as a page for people or as linked data for programs.

Which of the two is settled by the ending of the address, else by the Accept header: people are sent on to the page
(303), programs get the document at once. What the documents say is the feeds' matter.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_GET

from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.machines.feeds.cpsv_ap import context, exporting, exporting_vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import (
    BY_MEDIA_TYPE,
    BY_SUFFIX,
    WAYS,
    Format,
    Node,
    write,
)
from ietvars.doors.machines.feeds.dcat import record
from ietvars.doors.machines.feeds.skos import exporting as code_lists

HTML = "text/html"

Nodes = Iterator[Node] | None


class SeeOther(HttpResponseRedirect):
    """303: what was asked for is no document; the page about it stands elsewhere."""

    status_code = 303


def _asked(request: HttpRequest, suffix: str, *, has_page: bool) -> Format | None:
    """The format that is asked for; None for a page. An unknown ending is no address of ours."""
    if suffix:
        if suffix not in BY_SUFFIX:
            raise Http404
        return BY_SUFFIX[suffix]
    offered = [HTML, *BY_MEDIA_TYPE] if has_page else list(BY_MEDIA_TYPE)
    wanted = request.get_preferred_type(offered)
    if wanted is None or wanted == HTML:
        return None if has_page else Format.TURTLE
    return BY_MEDIA_TYPE[wanted]


def _thing(request: HttpRequest, suffix: str, page: str, nodes: Callable[[], Nodes]) -> HttpResponseBase:
    """A thing as its page or as its document."""
    form = _asked(request, suffix, has_page=bool(page))
    if form is None:
        answer: HttpResponseBase = SeeOther(page)
    else:
        found = nodes()
        if found is None:
            raise Http404
        answer = _document(request, "".join(write(found, form)), form)
        if not suffix:
            answer["Content-Location"] = f"{request.path}.{WAYS[form].suffix}"
    if not suffix:
        patch_vary_headers(answer, ["Accept"])
    return answer


def _document(request: HttpRequest, text: str, form: Format) -> HttpResponseBase:
    answer = HttpResponse(text, content_type=f"{WAYS[form].media_type}; charset=utf-8")
    answer["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    return _open(get_conditional_response(request, etag=answer["ETag"], response=answer) or answer)


def _open(answer: HttpResponseBase) -> HttpResponseBase:
    """Let scripts of other sites read it: it is the same for everybody and tells nothing of a visitor."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@access(anyone)
@require_GET
def service(request: HttpRequest, code: str, suffix: str = "") -> HttpResponseBase:
    """One service."""
    return _thing(request, suffix, reverse("public:service", args=[code]), lambda: exporting.service(code))


@access(anyone)
@require_GET
def body(request: HttpRequest, code: str, suffix: str = "") -> HttpResponseBase:
    """One institution, municipality, company or partner."""
    return _thing(request, suffix, reverse("public:body", args=[code]), lambda: exporting.body(code))


@access(anyone)
@require_GET
def situation(request: HttpRequest, code: str, suffix: str = "") -> HttpResponseBase:
    """One life situation with its steps."""
    return _thing(request, suffix, reverse("public:situation", args=[code]), lambda: exporting.situation(code))


@access(anyone)
@require_GET
def code_list(request: HttpRequest, scheme: str, suffix: str = "") -> HttpResponseBase:
    """One code list with its terms."""
    return _thing(request, suffix, "", lambda: code_lists.nodes(scheme))


@access(anyone)
@require_GET
def all_lists(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """Every code list with its terms."""
    return _thing(request, suffix, "", code_lists.nodes)


@access(anyone)
@require_GET
def term(request: HttpRequest, scheme: str, code: str, suffix: str = "") -> HttpResponseBase:
    """One term of a code list."""
    return _thing(request, suffix, "", lambda: exporting.term(scheme, code))


@access(anyone)
@require_GET
def canvas(request: HttpRequest, code: str, number: int, suffix: str = "") -> HttpResponseBase:
    """One published version of a canvas."""
    return _thing(request, suffix, "", lambda: exporting.canvas(code, number))


@access(anyone)
@require_GET
def catalogue(request: HttpRequest, suffix: str = "") -> HttpResponseBase:
    """The catalogue as a dataset of DCAT-AP, which says where all of it can be had."""
    return _thing(request, suffix, reverse("public:data"), record.nodes)


@access(anyone)
@require_GET
def everything(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The whole catalogue, written while it is read."""
    form = _asked(request, suffix, has_page=False)
    assert form is not None
    answer = StreamingHttpResponse(
        write(exporting.everything(), form), content_type=f"{WAYS[form].media_type}; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="catalogue.{suffix}"'
    return _open(answer)


@access(anyone)
@require_GET
def vocabulary(request: HttpRequest, suffix: str = "") -> HttpResponseBase:
    """Our own words: what each class and property means."""
    return _thing(request, suffix, "", exporting_vocabulary.nodes)


@access(anyone)
@require_GET
def json_ld_context(request: HttpRequest) -> HttpResponseBase:
    """The JSON-LD context of our documents, with the keys of CPSV-AP beside our own."""
    text: Any = json.dumps(context.document(), ensure_ascii=False, indent=1)
    return _open(HttpResponse(text, content_type="application/ld+json; charset=utf-8"))
